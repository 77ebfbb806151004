//! One request in the queue: who, what, when; one press approves where the technician is clear. Beside the Schedule its
//! form opens inside the row.

use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;

use super::board::Board;
use super::decide::{Decide, Decline, action, leads_back};
use super::shown::{Ready, Row, Shade};
use crate::i18n::td_string;
use crate::kit::{Icon, Pill, Tone};

/// A row; it stays the same element while the queue around it is read again.
#[component]
pub(super) fn RowView(
    /// The queue it stands in.
    board: Board,
    /// R-…
    reference: String,
) -> impl IntoView {
    let stored = StoredValue::new(reference.clone());
    let row = Memo::new(move |before: Option<&Option<Row>>| {
        let own = |row: &&Row| stored.with_value(|reference| row.reference == *reference);
        let listed = board
            .queue
            .with(|queue| queue.rows.iter().find(own).cloned());
        let opened = || {
            board
                .open
                .with(|open| open.as_ref().map(|open| &open.row).filter(own).cloned())
        };
        listed.or_else(opened).or_else(|| before.cloned().flatten())
    });
    let panel = board.place.with_value(|place| place.panel);
    // The version of the details that are open here: the form is drawn again only when they were read again.
    let version = Memo::new(move |_| {
        board.open.with(|open| {
            open.as_ref()
                .filter(|open| stored.with_value(|reference| open.row.reference == *reference))
                .map(|open| open.row.version)
        })
    });
    let open = Memo::new(move |_| version.get().is_some());
    let cursor = Memo::new(move |_| {
        board
            .cursor
            .with(|cursor| stored.with_value(|reference| cursor.as_ref() == Some(reference)))
    });
    let settled = Memo::new(move |_| stored.with_value(|reference| board.settled(reference)));
    view! {
        <li class="qrow" id=format!("row-{reference}") class:qrow-open=open class:qrow-cursor=cursor class:qrow-settled=move || settled.get().is_some()>
            {move || row.get().map(|row| view! { {facts(board, &row, settled.get())} })}
            {move || (!open.get()).then(|| row.get().map(|row| actions(board, row, settled.get())))}
            {move || (panel && version.get().is_some()).then(|| inside(board))}
        </li>
    }
}

fn facts(board: Board, row: &Row, settled: Option<bool>) -> impl IntoView + use<> {
    let locale = board.locale;
    let pill = match settled {
        Some(true) => {
            view! { <Pill tone=Tone::Yes text=td_string!(locale, status.request.approved)/> }
                .into_any()
        }
        Some(false) => {
            view! { <Pill tone=Tone::No text=td_string!(locale, status.request.declined)/> }
                .into_any()
        }
        None if row.status.tone == Shade::Wait => {
            view! { <Pill tone=Tone::Info text=row.kind.clone() bare=true/> }.into_any()
        }
        None => {
            view! { <Pill tone=row.status.tone.into() text=row.status.word.clone()/> }.into_any()
        }
    };
    let ticket = row
        .ticket
        .clone()
        .map(|ticket| view! { " · " <a class="link" href=ticket.href>{ticket.text}</a> });
    let quote = (!row.quote.is_empty())
        .then(|| view! { <p class="qrow-quote">{format!("“{}”", row.quote)}</p> });
    let waiting = (row.status.tone == Shade::Wait)
        .then(|| view! { <span class="sr-only">{row.status.word.clone()}</span> });
    let href = board.place.with_value(|place| {
        place.one(
            &board.queue.with_untracked(|queue| queue.asked.clone()),
            &row.reference,
        )
    });
    let reference = row.reference.clone();
    let open = move |event: MouseEvent| open_here(board, &event, &reference);
    view! {
        <div class="qrow-head">
            <h3 class="qrow-name"><a href=href on:click=open>{row.client.clone()}</a> <span class="qrow-reference">" · " {row.reference.clone()}</span></h3>
            {pill} {waiting}
        </div>
        <p class="qrow-line">{row.service.clone()} " · " <span class="whitespace-nowrap">{row.when.clone()}</span> " · " {row.length.clone()} {ticket}</p>
        {quote}
    }
}

/// A plain press opens the details without leaving the page; any other (new tab, a phone) follows the link.
fn open_here(board: Board, event: &MouseEvent, reference: &str) {
    let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
    let panel = board.place.with_value(|place| place.panel);
    if !plain || (!panel && crate::office::live::narrow()) {
        return;
    }
    event.prevent_default();
    let shown = board.open.with_untracked(|open| {
        open.as_ref()
            .is_some_and(|open| open.row.reference == reference)
    });
    if shown && panel {
        board.shut()
    } else {
        board.show(reference.to_owned())
    }
}

fn actions(board: Board, row: Row, settled: Option<bool>) -> impl IntoView {
    let locale = board.locale;
    let failure = board.failure(&row.reference).map(|trouble| view! {
        <p class="field-error" role="alert"><Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/> {trouble.words(locale)}</p>
    });
    let open = row.status.open && settled.is_none();
    let buttons = open.then(|| {
        let approve = match row.ready.clone() {
            Some(ready) => one_press(board, ready).into_any(),
            None => review(board, &row).into_any(),
        };
        let word = match (&row.obstacle, row.ready.is_some()) {
            (Some(obstacle), _) => Some(view! { <span class="pill tone-no">{obstacle.clone()}</span> }.into_any()),
            (None, true) => Some(view! { <span class="qrow-free"><Icon name="icon-[lucide--circle-check]"/> {td_string!(locale, queue.free)}</span> }.into_any()),
            (None, false) => None,
        };
        view! {
            <div class="qrow-actions">
                {approve}
                <Decline board reference=row.reference.clone() version=row.version key=row.key.clone()/>
                {word}
            </div>
        }
    });
    view! { {failure} {buttons} }
}

/// "Approve · Ben": a form that carries everything.
fn one_press(board: Board, ready: Ready) -> impl IntoView {
    let form = ready.form;
    let sent = form.clone();
    let fields = [
        ("reference", form.reference),
        ("version", form.version),
        ("key", form.key),
        ("technician", form.technician),
        ("date", form.date),
        ("time", form.time),
        ("offset", form.offset),
        ("length", form.length),
        ("ticket", form.ticket),
    ];
    let fields = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        board.approve(sent.clone());
    };
    view! {
        <form method="post" action=action::APPROVE class="qrow-approve" on:submit=submit>
            {leads_back(board)} {fields.collect_view()}
            <button class="btn btn-primary btn-sm">{td_string!(board.locale, queue.approve_with, name = ready.name).to_string()}</button>
        </form>
    }
}

/// Where a choice is needed first.
fn review(board: Board, row: &Row) -> impl IntoView + use<> {
    let href = board.place.with_value(|place| {
        place.one(
            &board.queue.with_untracked(|queue| queue.asked.clone()),
            &row.reference,
        )
    });
    let reference = row.reference.clone();
    let open = move |event: MouseEvent| open_here(board, &event, &reference);
    view! { <a class="btn btn-primary btn-sm" href=href on:click=open>{td_string!(board.locale, queue.review)}</a> }
}

/// The form inside the row, and the way to everything else.
fn inside(board: Board) -> impl IntoView {
    let details = board.open.get_untracked();
    details.map(|details| {
        let href = format!("/office/requests/{}", details.row.reference);
        let decided = details.decided.clone().map(|decided| view! { <p class="qrow-line">{decided}</p> });
        view! {
            {decided}
            {details.deciding.clone().map(|deciding| view! { <Decide board deciding key=details.row.key.clone()/> })}
            <a class="link qrow-all" href=href>{td_string!(board.locale, queue.all_details)}</a>
        }
    })
}
