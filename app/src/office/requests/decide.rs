//! The decision on one request: the approve form (A9) with its clash check, and declining (A10). The same in a row, in the
//! details and for a hold of the calendar. Plain forms, drawn on the server; scripts only make them quicker (`choosing.rs`).

use leptos::prelude::*;

use super::drawing::Drawing;
use super::facts::{Check, Deciding, Instead, Person, Verdict, WindowDay};
use super::shown::Approval;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::Icon;
use crate::office::picks;

pub(super) use super::choosing::action;

/// The approve form.
pub(super) fn draw(drawing: &Drawing, deciding: Deciding, key: &str) -> AnyView {
    let locale = drawing.locale;
    let Deciding {
        form: start,
        check,
        reason_required,
        zone,
        days,
        plan,
    } = deciding;
    let (reference, version) = (start.reference.clone(), start.version.clone());
    let back = format!("/office/requests/{reference}");
    let prefix = format!("decide-{reference}-");
    let form = format!("{prefix}form");
    let decline = decline(
        drawing,
        format!("{prefix}decline"),
        (&reference, version.parse().unwrap_or_default()),
        key,
        reason_required,
    );
    if let Some(plan) = plan {
        return view! {
            <div class="decide">
                <p class="text-sm text-muted">{td_string!(locale, queue.plan_hint)}</p>
                <div class="decide-buttons">
                    <a class="btn btn-primary" href=plan><Icon name="icon-[lucide--calendar-check]"/> {td_string!(locale, queue.plan)}</a>
                    {decline}
                </div>
            </div>
        }
        .into_any();
    }
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
                {calendar(locale, days, &reference)}
                <div class="check-place" aria-live="polite">{verdict(locale, &check, &reference)}</div>
                {reason(locale, &prefix, &start, wants_reason(&check))}
                {team(locale, &prefix, &start)}
            </form>
            <div class="decide-buttons">
                <button class="btn btn-primary" form=form.clone()><Icon name="icon-[lucide--check]"/> {td_string!(locale, queue.approve)}</button>
                <button class="btn btn-plain script-off" form=form formmethod="get" formaction=back>{td_string!(locale, queue.check)}</button>
                {decline}
                {crate::office::offers::links(locale, &reference)}
                <span class="decide-keys" aria-hidden="true"><kbd>"A"</kbd> <kbd>"D"</kbd></span>
            </div>
        </div>
    }
    .into_any()
}

/// The days asked for, each with its free times: a press on a time puts it into the fields.
fn calendar(
    locale: Locale,
    days: Vec<WindowDay>,
    reference: &str,
) -> Option<impl IntoView + use<>> {
    if days.is_empty() {
        return None;
    }
    let name = format!("day-{reference}");
    let back = format!("/office/requests/{reference}");
    let week = picks::week_from(ask::business().first_weekday);
    let heads = week.map(|day| {
        view! { <span class="wday-head" aria-hidden="true">{picks::weekday_short(day, locale)}</span> }
    });
    let lead = days.first().map_or(1, |day| day.column);
    let lead = (1..lead).map(|_| view! { <span></span> });
    let lead = lead.collect_view();
    let cells = days.into_iter().map(|day| {
        let class = "wday";
        if day.times.is_empty() {
            return view! { <span class=class role="img" aria-label=day.label><span aria-hidden="true">{day.number} " " {day.month}</span></span> }.into_any();
        }
        let (count, label) = (day.times.len(), day.label.clone());
        let times = day.times.iter().map(|time| at(time, &back));
        view! {
            <label class=class>
                <input type="radio" name=name.clone() value=day.date checked=day.chosen aria-label=label.clone()/>
                <b aria-hidden="true">{day.number} " " {day.month}</b>
                <small aria-hidden="true">{count}</small>
            </label>
            <div class="wtimes" role="group" aria-label=label>{times.collect_view()}</div>
        }
        .into_any()
    });
    Some(view! {
        <fieldset class="field">
            <legend class="field-label">{td_string!(locale, queue.days)}</legend>
            <div class="wdays">{heads.collect_view()}{lead}{cells.collect_view()}</div>
        </fieldset>
    })
}

/// A time to take with one press.
fn at(time: &Instead, back: &str) -> impl IntoView + use<> {
    let value = format!(
        "{}|{}|{}|{}",
        time.technician, time.date, time.time, time.offset
    );
    let (text, back) = (time.text.clone(), back.to_owned());
    let class = match time.quiet {
        true => "btn btn-plain btn-sm text-muted",
        false => "btn btn-plain btn-sm",
    };
    view! { <button class=class name="at" value=value formmethod="get" formnovalidate=true formaction=back>{text}</button> }
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
    let buttons = check
        .instead
        .iter()
        .map(|time| at(time, &back))
        .collect_view();
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

/// Declining: a word that opens a reason and a button, with or without scripts. The row and the details of one request may
/// be on one page, each with an `id` of its own.
pub(super) fn decline(
    drawing: &Drawing,
    id: String,
    (reference, version): (&str, i32),
    key: &str,
    required: bool,
) -> impl IntoView + use<> {
    let locale = drawing.locale;
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
