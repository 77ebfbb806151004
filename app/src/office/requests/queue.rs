//! The queue: rows, with the details of one request inside its row (beside the Schedule) or at the right (on the Requests
//! page). One island for both places. What it shows was drawn by the server; links and forms are told apart by what they are.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::board::{Board, Failed, Place};
use super::shown::{Details, Drawn, Queue};
use super::{choosing, keys};
use crate::kit::live::{Heard, on};
use crate::kit::{Empty, Icon};

/// What the queue starts from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Where it stands.
    pub place: Place,
    /// Its first page.
    pub queue: Queue,
    /// The request that is open, and its row.
    pub open: Option<(Details, Drawn)>,
    /// The decision that was refused without scripts.
    pub failed: Option<Failed>,
    /// The words around it.
    pub words: BoardWords,
}

/// What the queue says by itself; what the desk refuses is put into words by the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoardWords {
    /// What the list is.
    pub title: String,
    /// No request is open.
    pub choose: String,
    /// How to open one.
    pub choose_text: String,
    /// A request that was just approved.
    pub approved: String,
    /// One that was just declined.
    pub declined: String,
    /// The client has edited the request in sight.
    pub changed: String,
    /// The button beside it.
    pub load_again: String,
    /// The server could not be reached.
    pub unreachable: String,
}

/// The queue, alive. Its children are the head with tabs, filter and search.
#[island]
pub fn RequestsDesk(
    /// What it starts from.
    start: Start,
    /// What stands above the rows.
    children: Children,
) -> impl IntoView {
    let panel = start.place.panel;
    let BoardWords {
        title,
        choose,
        choose_text,
        ..
    } = start.words.clone();
    let words = StoredValue::new(start.words.clone());
    let cursor = start.open.as_ref().map(|(open, _)| open.reference.clone());
    let board = Board {
        unreachable: StoredValue::new(start.words.unreachable),
        place: StoredValue::new(start.place),
        cursor: RwSignal::new(cursor),
        queue: RwSignal::new(start.queue),
        open: RwSignal::new(start.open),
        said: RwSignal::new(None),
        failed: RwSignal::new(start.failed),
        typed: StoredValue::new(None),
        settled: RwSignal::new(Vec::new()),
        turn: StoredValue::new(0),
    };
    on(Heard::Changed, move |what| {
        if what == "requests" {
            board.refresh();
        }
    });
    keys::listen(board);
    let press = move |event: MouseEvent| {
        if !choosing::taken(board, &event) {
            open_here(board, &event);
        }
    };
    let is_open = move || board.open.with(Option::is_some);
    view! {
        <div
            class="requests" class:requests-panel=panel class:requests-page=!panel
            on:click=press
            on:submit=move |event| choosing::sent(board, &event)
            on:change=move |event| choosing::changed(board, &event)
        >
            <section class="queue" aria-label=title>
                {children()}
                <p class="queue-said" role="status">{move || board.said.get()}</p>
                <ol class="queue-rows">
                    <For each=move || references(board) key=Clone::clone let:reference><RowView board words reference/></For>
                </ol>
                <div inner_html=move || board.queue.with(|queue| queue.foot.clone())></div>
            </section>
            <div class="details-none" hidden=move || panel || is_open()>
                <Empty icon="icon-[lucide--mouse-pointer-click]" title=choose text=choose_text/>
            </div>
            <article class="details" aria-labelledby="details-title" hidden=move || panel || !is_open()>
                {news(board, words, move || (!panel).then(|| board.open_reference()).flatten())}
                <div class="drawn" inner_html=move || details(board, !panel)></div>
            </article>
        </div>
    }
}

/// The rows in sight. Beside the Schedule a request that was opened from the calendar is among them, on whatever page of
/// the queue it stands.
fn references(board: Board) -> Vec<String> {
    let panel = board.place.with_value(|place| place.panel);
    let mut references: Vec<String> = board
        .queue
        .with(|queue| queue.rows.iter().map(|row| row.reference.clone()).collect());
    let open = board
        .open_reference()
        .filter(|open| panel && !references.contains(open));
    references.splice(0..0, open);
    references
}

/// The details that are open, where they belong here.
fn details(board: Board, here: bool) -> String {
    let open = board
        .open
        .with(|open| open.as_ref().map(|(open, _)| open.html.clone()));
    open.filter(|_| here).unwrap_or_default()
}

/// A row; it stays the same element while the queue around it is read again.
#[component]
fn RowView(
    /// The queue it stands in.
    board: Board,
    /// What it says.
    words: StoredValue<BoardWords>,
    /// R-…
    reference: String,
) -> impl IntoView {
    let panel = board.place.with_value(|place| place.panel);
    let id = format!("row-{reference}");
    let own = StoredValue::new(reference);
    let is = move |other: &str| own.with_value(|own| own == other);
    let row = Memo::new(move |before: Option<&Drawn>| {
        let listed = board
            .queue
            .with(|queue| queue.rows.iter().find(|row| is(&row.reference)).cloned());
        let opened = || {
            board.open.with(|open| {
                open.as_ref()
                    .map(|(_, row)| row)
                    .filter(|row| is(&row.reference))
                    .cloned()
            })
        };
        listed
            .or_else(opened)
            .or_else(|| before.cloned())
            .unwrap_or_default()
    });
    let open = Memo::new(move |_| {
        board
            .open
            .with(|open| open.as_ref().is_some_and(|(open, _)| is(&open.reference)))
    });
    let cursor = Memo::new(move |_| {
        board
            .cursor
            .with(|cursor| cursor.as_deref().is_some_and(is))
    });
    let settled = Memo::new(move |_| own.with_value(|own| board.settled(own)));
    let actions = move || {
        if open.get() {
            String::new()
        } else {
            row.get().actions
        }
    };
    let word = move || {
        settled.get().map(|approved| {
            words.with_value(|words| {
                if approved {
                    words.approved.clone()
                } else {
                    words.declined.clone()
                }
            })
        })
    };
    view! {
        <li class="qrow" id=id class:qrow-open=open class:qrow-cursor=cursor class:qrow-settled=move || settled.get().is_some()>
            <div class="drawn" inner_html=move || row.get().html></div>
            <div class="drawn" inner_html=actions></div>
            <span class="qrow-word">{word}</span>
            {news(board, words, move || (panel || !open.get()).then(|| own.get_value()))}
            <div class="drawn" inner_html=move || details(board, panel && open.get())></div>
        </li>
    }
}

/// What has happened to a request since it was drawn: a decision was refused, or the client has edited it.
fn news(
    board: Board,
    words: StoredValue<BoardWords>,
    about: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let refused = move || about().and_then(|reference| board.failure(&reference));
    let newer = move || about().is_some_and(|reference| board.is_stale(&reference));
    let again = move |_| {
        if let Some(reference) = about() {
            board.show(reference);
        }
    };
    view! {
        <div class="banner tone-no" role="alert" hidden=move || refused().is_none()><Icon name="icon-[lucide--circle-alert]"/> <p>{refused}</p></div>
        <div class="banner tone-wait" role="status" hidden=move || !newer()>
            <Icon name="icon-[lucide--info]"/>
            <p class="grow">{move || newer().then(|| words.with_value(|words| words.changed.clone()))}</p>
            <button type="button" class="btn btn-plain btn-sm" on:click=again>{words.with_value(|words| words.load_again.clone())}</button>
        </div>
    }
}

/// A plain press opens the details without leaving the page; any other (new tab, a phone) follows the link.
fn open_here(board: Board, event: &MouseEvent) {
    let Some(reference) =
        choosing::around(event, "[data-open]").and_then(|link| link.get_attribute("data-open"))
    else {
        return;
    };
    let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
    let panel = board.place.with_value(|place| place.panel);
    if !plain || (!panel && crate::office::live::narrow()) {
        return;
    }
    event.prevent_default();
    if panel && board.open_reference().as_ref() == Some(&reference) {
        board.shut();
    } else {
        board.show(reference);
    }
}
