//! The decision on one request: the approve form (A9) with its clash check, and declining (A10). The same in a row, in the
//! details and for a hold of the calendar. Plain forms, drawn on the server; scripts only make them quicker (`choosing.rs`).

use leptos::prelude::*;

use super::drawing::Drawing;
use super::facts::{Check, Deciding, Instead, Person, Verdict};
use super::shown::Approval;
use crate::i18n::{Locale, td_string};
use crate::kit::Icon;

pub(super) use super::choosing::action;

/// The approve form.
pub(super) fn draw(drawing: &Drawing, deciding: Deciding, key: &str) -> impl IntoView + use<> {
    let locale = drawing.locale;
    let Deciding {
        form: start,
        check,
        reason_required,
        zone,
    } = deciding;
    let (reference, version) = (start.reference.clone(), start.version.clone());
    let back = format!("/office/requests/{reference}");
    let prefix = format!("decide-{reference}-");
    let form = format!("{prefix}form");
    let decline = decline(
        drawing,
        &reference,
        version.parse().unwrap_or_default(),
        key,
        reason_required,
    );
    view! {
        <div class="decide">
            <form method="post" action=action::APPROVE class="decide-form" id=form.clone()>
                {drawing.leads_back()}
                <input type="hidden" name="reference" value=reference.clone()/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="key" value=start.key.clone()/>
                <input type="hidden" name="offset" value=start.offset.clone()/>
                {technician(locale, &prefix, &check.people, &start.technician)}
                {moment(locale, &prefix, &start, zone)}
                <div class="check-place" aria-live="polite">{verdict(locale, &check, &reference)}</div>
                {reason(locale, &prefix, &start, wants_reason(&check))}
                {team(locale, &prefix, &start)}
            </form>
            <div class="decide-buttons">
                <button class="btn btn-primary" form=form.clone()><Icon name="icon-[lucide--check]"/> {td_string!(locale, queue.approve)}</button>
                <button class="btn btn-plain script-off" form=form formmethod="get" formaction=back>{td_string!(locale, queue.check)}</button>
                {decline}
                <span class="decide-keys" aria-hidden="true"><kbd>"A"</kbd> <kbd>"D"</kbd></span>
            </div>
        </div>
    }
}

/// Whether a rule is broken that staff can break with a reason.
pub(super) fn wants_reason(check: &Check) -> bool {
    check.verdict == Verdict::Soft
}

fn technician(
    locale: Locale,
    prefix: &str,
    people: &[Person],
    chosen: &str,
) -> impl IntoView + use<> {
    let id = format!("{prefix}technician");
    let nobody = chosen.is_empty();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{td_string!(locale, queue.technician)}</label>
            <select class="select" id=id name="technician" required=true>
                <option value="" selected=nobody disabled=true>{td_string!(locale, queue.choose_technician)}</option>
                {options(people, chosen)}
            </select>
        </div>
    }
}

/// Who can be chosen.
pub(super) fn options(people: &[Person], chosen: &str) -> impl IntoView + use<> {
    let option = |person: &Person| {
        let selected = person.id == chosen;
        let text = if person.note.is_empty() {
            person.name.clone()
        } else {
            format!("{} · {}", person.name, person.note)
        };
        view! { <option value=person.id.clone() selected=selected>{text}</option> }
    };
    people.iter().map(option).collect_view()
}

fn moment(
    locale: Locale,
    prefix: &str,
    start: &Approval,
    zone: Option<String>,
) -> impl IntoView + use<> {
    let (date, time, length) = (
        format!("{prefix}date"),
        format!("{prefix}time"),
        format!("{prefix}length"),
    );
    view! {
        <div class="decide-when">
            <div class="field">
                <label class="field-label" for=date.clone()>{td_string!(locale, queue.date)}</label>
                <input class="input" id=date type="date" name="date" required=true value=start.date.clone()/>
            </div>
            <div class="field">
                <label class="field-label" for=time.clone()>{td_string!(locale, queue.time)}</label>
                <input class="input" id=time type="time" name="time" required=true value=start.time.clone()/>
            </div>
            <div class="field">
                <label class="field-label" for=length.clone()>{td_string!(locale, queue.length)}</label>
                <input class="input" id=length type="number" name="length" min="5" max="1440" step="5" required=true value=start.length.clone()/>
            </div>
        </div>
        {zone.map(|zone| view! { <p class="field-hint">{zone}</p> })}
    }
}

/// What the desk says to the time in the fields, and other times to take.
pub(super) fn verdict(locale: Locale, check: &Check, reference: &str) -> impl IntoView + use<> {
    let (class, icon) = match check.verdict {
        Verdict::Free => ("check check-free", "icon-[lucide--circle-check]"),
        Verdict::Soft => ("check check-soft", "icon-[lucide--triangle-alert]"),
        Verdict::Clash => ("check check-clash", "icon-[lucide--circle-x]"),
        Verdict::Unclear => ("check check-soft", "icon-[lucide--circle-help]"),
    };
    let more = check
        .more
        .iter()
        .map(|sentence| view! { <li>{sentence.clone()}</li> });
    let back = format!("/office/requests/{reference}");
    let button = |instead: &Instead| {
        let value = format!(
            "{}|{}|{}|{}",
            instead.technician, instead.date, instead.time, instead.offset
        );
        view! { <button class="btn btn-plain btn-sm" name="at" value=value formmethod="get" formnovalidate=true formaction=back.clone()>{instead.text.clone()}</button> }
    };
    let buttons = check.instead.iter().map(button).collect_view();
    let instead = (!check.instead.is_empty()).then(|| {
        view! { <div class="check-instead" role="group" aria-label=td_string!(locale, queue.instead)>{buttons}</div> }
    });
    view! {
        <div class=class>
            <Icon name=icon/>
            <div><p>{check.sentence.clone()}</p><ul>{more.collect_view()}</ul></div>
        </div>
        {instead}
    }
}

/// The reason for breaking a soft rule; in sight only where one is broken.
fn reason(locale: Locale, prefix: &str, start: &Approval, wanted: bool) -> impl IntoView + use<> {
    let (id, value) = (format!("{prefix}reason"), start.override_reason.clone());
    view! {
        <div class="field decide-reason" hidden=!wanted>
            <label class="field-label" for=id.clone()>{td_string!(locale, queue.override_reason)}</label>
            <input class="input" id=id name="override_reason" maxlength="2000" value=value autocomplete="off"/>
        </div>
    }
}

fn team(locale: Locale, prefix: &str, start: &Approval) -> impl IntoView + use<> {
    let (notes, ticket) = (format!("{prefix}notes"), format!("{prefix}ticket"));
    view! {
        <div class="decide-team">
            <div class="field">
                <label class="field-label" for=notes.clone()>{td_string!(locale, queue.notes)}</label>
                <textarea class="textarea" id=notes name="internal_notes" rows="1" maxlength="2000" placeholder=td_string!(locale, queue.notes_example)>
                    {crate::kit::field::inside(&start.internal_notes)}
                </textarea>
            </div>
            <div class="field">
                <label class="field-label" for=ticket.clone()>{td_string!(locale, queue.ticket)}</label>
                <input class="input" id=ticket name="ticket" maxlength="100" value=start.ticket.clone() autocomplete="off"/>
            </div>
        </div>
    }
}

/// Declining: a word that opens a reason and a button, with or without scripts.
pub(super) fn decline(
    drawing: &Drawing,
    reference: &str,
    version: i32,
    key: &str,
    required: bool,
) -> impl IntoView + use<> {
    let locale = drawing.locale;
    let id = format!("decline-{reference}");
    let hint = if required {
        td_string!(locale, queue.reason_required)
    } else {
        td_string!(locale, queue.reason_nudge)
    };
    view! {
        <details class="decline" id=id.clone()>
            <summary class="btn btn-danger btn-sm">{td_string!(locale, queue.decline)}</summary>
            <form method="post" action=action::DECLINE class="decline-form">
                {drawing.leads_back()}
                <input type="hidden" name="reference" value=reference.to_owned()/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="key" value=key.to_owned()/>
                <div class="field">
                    <label class="field-label" for=format!("{id}-reason")>{td_string!(locale, queue.reason)}</label>
                    <textarea
                        class="textarea" id=format!("{id}-reason") name="reason" rows="2" maxlength="2000" required=required
                        aria-describedby=format!("{id}-hint")
                    ></textarea>
                    <p class="field-hint" id=format!("{id}-hint")>{hint}</p>
                </div>
                <button class="btn btn-danger">{td_string!(locale, queue.decline_now)}</button>
            </form>
        </details>
    }
}
