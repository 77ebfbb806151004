//! The decision on one request: the approve form (A9) with its clash check while one chooses, and declining (A10). The same
//! in a row, in the details and for a hold of the calendar. Plain forms; scripts only make them quicker.

use std::time::Duration;

use booking::refusal::Refusal;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ask::check_time;
use super::board::Board;
use super::shown::{Approval, Check, Deciding, Instead, Person, Refusing, Verdict};
use crate::i18n::{Locale, td_string};
use crate::kit::Icon;
use crate::kit::posted::PAGE;

/// Where the forms go.
pub(super) mod action {
    /// Approving.
    pub const APPROVE: &str = "/do/office_approve";
    /// Declining.
    pub const DECLINE: &str = "/do/office_decline";
}

/// Refusals that mean: somebody else was faster.
pub(super) fn is_late(why: Refusal) -> bool {
    let late = [
        Refusal::Stale,
        Refusal::AlreadyDecided,
        Refusal::AlreadyCancelled,
        Refusal::Expired,
        Refusal::Final,
        Refusal::AwaitingClient,
    ];
    late.contains(&why)
}

/// Where a form that is drawn again leads back to.
pub(super) fn leads_back(board: Board) -> impl IntoView {
    board
        .page
        .get_value()
        .map(|page| view! { <input type="hidden" name=PAGE value=page/> })
}

/// How long the fields rest before the clash check asks.
const REST: Duration = Duration::from_millis(200);

/// What is in the fields, and what the desk says to it.
#[derive(Clone, Copy)]
struct Draft {
    form: RwSignal<Approval>,
    check: RwSignal<Check>,
    asking: RwSignal<bool>,
    turn: StoredValue<u32>,
}

impl Draft {
    /// Changes a field that the clash check looks at.
    fn choose(self, change: impl FnOnce(&mut Approval)) {
        self.form.update(change);
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.asking.set(true);
        set_timeout(move || self.ask(turn), REST);
    }

    /// Asks, unless a field has changed since.
    fn ask(self, turn: u32) {
        if self.turn.try_get_value() != Some(turn) {
            return;
        }
        let form = self.form.get_untracked();
        spawn_local(async move {
            let answer = check_time(form).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.asking.set(false);
            if let Ok(check) = answer {
                self.check.set(check);
            }
        });
    }

    fn take(self, instead: &Instead) {
        let instead = instead.clone();
        self.choose(move |form| {
            form.date = instead.date;
            form.time = instead.time;
            form.offset = instead.offset;
            if !instead.technician.is_empty() {
                form.technician = instead.technician;
            }
        });
    }
}

/// The approve form.
#[component]
pub(super) fn Decide(
    /// The queue it belongs to.
    board: Board,
    /// What it starts from.
    deciding: Deciding,
    /// The key of its decline form.
    key: String,
) -> impl IntoView {
    let locale = board.locale;
    let mut start = deciding.form;
    board.keep_typed(&mut start);
    let (reference, version) = (start.reference.clone(), start.version.clone());
    let draft = Draft {
        form: RwSignal::new(start.clone()),
        check: RwSignal::new(deciding.check),
        asking: RwSignal::new(false),
        turn: StoredValue::new(0),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        board.typed.set_value(Some(draft.form.get_untracked()));
        board.approve(draft.form.get_untracked());
    };
    let back = format!("/office/requests/{reference}");
    let prefix = format!("decide-{reference}-");
    let form = format!("{prefix}form");
    view! {
        <div class="decide">
            {outcome(board, draft, reference.clone())}
            {changed(board, reference.clone(), version.clone())}
            <form method="post" action=action::APPROVE class="decide-form" id=form.clone() on:submit=submit>
                {leads_back(board)}
                <input type="hidden" name="reference" value=reference.clone()/>
                <input type="hidden" name="version" value=version.clone()/>
                <input type="hidden" name="key" value=start.key.clone()/>
                <input type="hidden" name="offset" value=start.offset.clone() prop:value=move || draft.form.with(|form| form.offset.clone())/>
                {technician(draft, locale, &prefix, &start.technician)}
                {moment(draft, locale, &prefix, &start, deciding.zone)}
                {verdict(draft, locale, &back)}
                {reason(board, draft, &prefix, &start)}
                {team(board, draft, &prefix, &start)}
            </form>
            <div class="decide-buttons">
                <button class="btn btn-primary" form=form.clone()><Icon name="icon-[lucide--check]"/> {td_string!(locale, queue.approve)}</button>
                <button class="btn btn-plain script-off" form=form formmethod="get" formaction=back>{td_string!(locale, queue.check)}</button>
                <Decline board reference=reference version=version.parse().unwrap_or_default() key required=deciding.reason_required/>
                <span class="decide-keys" aria-hidden="true"><kbd>"A"</kbd> <kbd>"D"</kbd></span>
            </div>
        </div>
    }
}

/// Why the last try was refused, above the form where it belongs to no field.
fn outcome(board: Board, draft: Draft, reference: String) -> impl IntoView {
    let failure = move || board.failure(&reference);
    // A refused time asks for other times at once.
    let again = failure.clone();
    Effect::new(move |_| {
        if again().is_some_and(|trouble| trouble.refusal().is_some()) {
            draft.choose(|_| {});
        }
    });
    move || {
        failure().map(|trouble| view! {
            <div class="banner tone-no" role="alert"><Icon name="icon-[lucide--circle-alert]"/> <p>{trouble.words(board.locale)}</p></div>
        })
    }
}

/// Says that the client has edited the request since the form was drawn.
fn changed(board: Board, reference: String, version: String) -> impl IntoView {
    let stored = StoredValue::new((reference, version));
    let newer = Memo::new(move |_| {
        stored.with_value(|(reference, version)| {
            board.queue.with(|queue| {
                queue
                    .rows
                    .iter()
                    .any(|row| row.reference == *reference && row.version.to_string() != *version)
            })
        })
    });
    let again = move |_| board.show(stored.with_value(|(reference, _)| reference.clone()));
    move || {
        newer.get().then(|| view! {
            <div class="banner tone-wait" role="status">
                <Icon name="icon-[lucide--info]"/>
                <p class="grow">{td_string!(board.locale, queue.changed)}</p>
                <button type="button" class="btn btn-plain btn-sm" on:click=again>{td_string!(board.locale, queue.load_again)}</button>
            </div>
        })
    }
}

fn technician(draft: Draft, locale: Locale, prefix: &str, chosen: &str) -> impl IntoView + use<> {
    let id = format!("{prefix}technician");
    let nobody = chosen.is_empty();
    let chosen = chosen.to_owned();
    let option = move |person: Person| {
        let (selected, its) = (person.id == chosen, person.id.clone());
        let text = if person.note.is_empty() {
            person.name
        } else {
            format!("{} · {}", person.name, person.note)
        };
        let now = move || draft.form.with(|form| form.technician == its);
        view! { <option value=person.id selected=selected prop:selected=now>{text}</option> }
    };
    // Ordered anew with every check; an answer without people (an unreadable time) keeps those that stand there.
    let people = Memo::new(move |before: Option<&Vec<Person>>| {
        let now = draft.check.with(|check| check.people.clone());
        if now.is_empty() {
            before.cloned().unwrap_or_default()
        } else {
            now
        }
    });
    let options = move || people.get().into_iter().map(option.clone()).collect_view();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{td_string!(locale, queue.technician)}</label>
            <select class="select" id=id name="technician" required=true on:change=move |event| draft.choose(|form| form.technician = event_target_value(&event))>
                <option value="" selected=nobody disabled=true>{td_string!(locale, queue.choose_technician)}</option>
                {options}
            </select>
        </div>
    }
}

fn moment(
    draft: Draft,
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
                <input
                    class="input" id=date type="date" name="date" required=true value=start.date.clone()
                    prop:value=move || draft.form.with(|form| form.date.clone())
                    on:change=move |event| draft.choose(|form| { form.date = event_target_value(&event); form.offset.clear(); })
                />
            </div>
            <div class="field">
                <label class="field-label" for=time.clone()>{td_string!(locale, queue.time)}</label>
                <input
                    class="input" id=time type="time" name="time" required=true value=start.time.clone()
                    prop:value=move || draft.form.with(|form| form.time.clone())
                    on:change=move |event| draft.choose(|form| { form.time = event_target_value(&event); form.offset.clear(); })
                />
            </div>
            <div class="field">
                <label class="field-label" for=length.clone()>{td_string!(locale, queue.length)}</label>
                <input
                    class="input" id=length type="number" name="length" min="5" max="1440" step="5" required=true value=start.length.clone()
                    on:change=move |event| draft.choose(|form| form.length = event_target_value(&event))
                />
            </div>
        </div>
        {zone.map(|zone| view! { <p class="field-hint">{zone}</p> })}
    }
}

/// What the desk says to the time in the fields, and other times to take.
fn verdict(draft: Draft, locale: Locale, back: &str) -> impl IntoView + use<> {
    let back = back.to_owned();
    let line = move || {
        let check = draft.check.get();
        let (class, icon) = match check.verdict {
            Verdict::Free => ("check check-free", "icon-[lucide--circle-check]"),
            Verdict::Soft => ("check check-soft", "icon-[lucide--triangle-alert]"),
            Verdict::Clash => ("check check-clash", "icon-[lucide--circle-x]"),
            Verdict::Unclear => ("check check-soft", "icon-[lucide--circle-help]"),
        };
        let more = check
            .more
            .into_iter()
            .map(|sentence| view! { <li>{sentence}</li> })
            .collect_view();
        view! {
            <div class=class>
                <Icon name=icon/>
                <div><p>{check.sentence}</p><ul>{more}</ul></div>
            </div>
        }
    };
    let instead = move || {
        let all = draft.check.with(|check| check.instead.clone());
        let back = back.clone();
        (!all.is_empty()).then(|| {
            let buttons = all.into_iter().map(|instead| {
                let value = format!("{}|{}|{}|{}", instead.technician, instead.date, instead.time, instead.offset);
                let text = instead.text.clone();
                let take = move |event: leptos::ev::MouseEvent| {
                    event.prevent_default();
                    draft.take(&instead);
                };
                view! { <button class="btn btn-plain btn-sm" name="at" value=value formmethod="get" formnovalidate=true formaction=back.clone() on:click=take>{text}</button> }
            });
            view! {
                <div class="check-instead" role="group" aria-label=td_string!(locale, queue.instead)>{buttons.collect_view()}</div>
            }
        })
    };
    view! { <div class="check-place" class:check-asking=draft.asking aria-live="polite">{line} {instead}</div> }
}

/// The reason for breaking a soft rule; in sight only where one is broken.
fn reason(board: Board, draft: Draft, prefix: &str, start: &Approval) -> impl IntoView + use<> {
    let (id, value) = (format!("{prefix}reason"), start.override_reason.clone());
    let hidden = move || draft.check.with(|check| check.verdict != Verdict::Soft);
    view! {
        <div class="field" hidden=hidden>
            <label class="field-label" for=id.clone()>{td_string!(board.locale, queue.override_reason)}</label>
            <input
                class="input" id=id name="override_reason" maxlength="2000" value=value autocomplete="off"
                on:input=move |event| draft.form.update(|form| form.override_reason = event_target_value(&event))
            />
        </div>
    }
}

fn team(board: Board, draft: Draft, prefix: &str, start: &Approval) -> impl IntoView + use<> {
    let locale = board.locale;
    let (notes, ticket) = (format!("{prefix}notes"), format!("{prefix}ticket"));
    view! {
        <div class="decide-team">
            <div class="field">
                <label class="field-label" for=notes.clone()>{td_string!(locale, queue.notes)}</label>
                <textarea
                    class="textarea" id=notes name="internal_notes" rows="1" maxlength="2000" placeholder=td_string!(locale, queue.notes_example)
                    on:input=move |event| draft.form.update(|form| form.internal_notes = event_target_value(&event))
                >{start.internal_notes.clone()}</textarea>
            </div>
            <div class="field">
                <label class="field-label" for=ticket.clone()>{td_string!(locale, queue.ticket)}</label>
                <input
                    class="input" id=ticket name="ticket" maxlength="100" value=start.ticket.clone() autocomplete="off"
                    on:input=move |event| draft.form.update(|form| form.ticket = event_target_value(&event))
                />
            </div>
        </div>
    }
}

/// Declining: a word that opens a reason and a button, with or without scripts.
#[component]
pub(super) fn Decline(
    /// The queue it belongs to.
    board: Board,
    /// R-…
    reference: String,
    /// What the decision is against.
    version: i32,
    /// Pressing twice is pressing once.
    key: String,
    /// Whether a reason must be given.
    #[prop(default = false)]
    required: bool,
) -> impl IntoView {
    let locale = board.locale;
    let id = format!("decline-{reference}");
    let reason = RwSignal::new(String::new());
    let form = StoredValue::new(Refusing {
        reference: reference.clone(),
        version: version.to_string(),
        key: key.clone(),
        ..Refusing::default()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        board.decline(Refusing {
            reason: reason.get_untracked(),
            ..form.get_value()
        });
    };
    let hint = if required {
        td_string!(locale, queue.reason_required)
    } else {
        td_string!(locale, queue.reason_nudge)
    };
    view! {
        <details class="decline" id=id.clone()>
            <summary class="btn btn-danger btn-sm">{td_string!(locale, queue.decline)}</summary>
            <form method="post" action=action::DECLINE class="decline-form" on:submit=submit>
                {leads_back(board)}
                <input type="hidden" name="reference" value=reference/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="key" value=key/>
                <div class="field">
                    <label class="field-label" for=format!("{id}-reason")>{td_string!(locale, queue.reason)}</label>
                    <textarea
                        class="textarea" id=format!("{id}-reason") name="reason" rows="2" maxlength="2000" required=required
                        aria-describedby=format!("{id}-hint") on:input=move |event| reason.set(event_target_value(&event))
                    ></textarea>
                    <p class="field-hint" id=format!("{id}-hint")>{hint}</p>
                </div>
                <button class="btn btn-danger">{td_string!(locale, queue.decline_now)}</button>
            </form>
        </details>
    }
}
