//! The queue: tabs, filter, search, rows, pages; with the details of one request inside its row (beside the Schedule) or
//! at the right (on the Requests page). One component for both places, alive where scripts run.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::board::{Board, Failed, Place};
use super::details::DetailsView;
use super::keys;
use super::row::RowView;
use super::shown::{Asked, Details, Filter, Queue};
use crate::i18n::{Locale, td_string};
use crate::kit::live::{Heard, on};
use crate::kit::{Empty, Icon};

/// What the queue starts from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Where it stands.
    pub place: Place,
    /// Its first page.
    pub queue: Queue,
    /// The request that is open.
    pub open: Option<Details>,
    /// The decision that was refused without scripts.
    pub failed: Option<Failed>,
    /// The page it was refused on; the address is the form's then.
    pub page: Option<String>,
}

/// The queue, alive.
#[island]
pub fn RequestsDesk(
    /// The reader's language.
    locale: Locale,
    /// What it starts from.
    start: Start,
) -> impl IntoView {
    let panel = start.place.panel;
    let board = Board {
        locale,
        place: StoredValue::new(start.place),
        page: StoredValue::new(start.page),
        cursor: RwSignal::new(start.open.as_ref().map(|open| open.row.reference.clone())),
        queue: RwSignal::new(start.queue),
        open: RwSignal::new(start.open),
        said: RwSignal::new(None),
        failed: RwSignal::new(start.failed),
        typed: StoredValue::new(None),
        settled: RwSignal::new(Vec::new()),
    };
    provide_context(board);
    on(Heard::Changed, move |what| {
        if what == "requests" {
            board.refresh();
        }
    });
    keys::listen(board);
    view! {
        <div class="requests" class:requests-panel=panel class:requests-page=!panel>
            <section class="queue" aria-label=td_string!(locale, queue.title)>
                {head(board, panel)}
                {tabs(board)}
                {filter(board)}
                <p class="queue-said" role="status">{move || board.said.get()}</p>
                {rows(board)}
                {pages(board)}
            </section>
            {(!panel).then(|| view! { <DetailsView board/> })}
            {keys::help(locale)}
        </div>
    }
}

fn head(board: Board, panel: bool) -> impl IntoView {
    let locale = board.locale;
    let pending = move || board.pending(board.queue.with(|queue| queue.count(Filter::Pending)));
    let close = panel.then(|| {
        let place = board.place.get_value();
        let keep = place.keep.into_iter().filter(|(name, _)| name != "panel").collect();
        let href = Place { keep, ..place }.list(&Asked { page: 1, ..Asked::default() });
        view! {
            <a class="btn btn-quiet btn-square" href=href aria-label=td_string!(locale, common.close)><Icon name="icon-[lucide--x]"/></a>
        }
    });
    view! {
        <header class="queue-head">
            <h2 class="queue-title">{td_string!(locale, queue.title)}</h2>
            <span class="pill tone-wait"><Icon name="icon-[lucide--hourglass]" class="size-3.5"/> {pending}</span>
            {(!panel).then(|| view! {
                <button type="button" class="btn btn-quiet btn-square script-on" commandfor="keys" command="show-modal" aria-label=td_string!(locale, queue.keys.title)>
                    <Icon name="icon-[lucide--keyboard]"/>
                </button>
            })}
            {close}
        </header>
    }
}

/// The word of a filter.
pub(super) fn filter_word(locale: Locale, filter: Filter) -> &'static str {
    match filter {
        Filter::All => td_string!(locale, queue.all),
        Filter::Pending => td_string!(locale, queue.filter_pending),
        Filter::Approved => td_string!(locale, status.request.approved),
        Filter::Declined => td_string!(locale, status.request.declined),
        Filter::Cancelled => td_string!(locale, status.request.cancelled),
    }
}

fn tabs(board: Board) -> impl IntoView {
    let locale = board.locale;
    let asked = board.queue.with_untracked(|queue| queue.asked.clone());
    let links = Filter::EVERY.map(|filter| {
        let there = Asked { filter, search: asked.search.clone(), page: 1 };
        let href = board.place.with_value(|place| place.list(&there));
        let current = (filter == asked.filter).then_some("page");
        view! {
            <a class="tab-link" href=href aria-current=current>
                {filter_word(locale, filter)} <span class="queue-count">{move || board.queue.with(|queue| queue.count(filter))}</span>
            </a>
        }
    });
    view! { <nav class="tab-row queue-tabs" aria-label=td_string!(locale, queue.views)>{links.collect_view()}</nav> }
}

fn filter(board: Board) -> impl IntoView {
    let locale = board.locale;
    let asked = board.queue.with_untracked(|queue| queue.asked.clone());
    let place = board.place.get_value();
    let kept = place
        .keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let options = Filter::EVERY.map(|filter| {
        let text = move || {
            format!(
                "{} ({})",
                filter_word(locale, filter),
                board.queue.with(|queue| queue.count(filter))
            )
        };
        view! { <option value=filter.as_str() selected=filter == asked.filter>{text}</option> }
    });
    view! {
        <form class="queue-filter" method="get" action=place.path role="search">
            {kept.collect_view()}
            <label class="field-label" for="queue-status">{td_string!(locale, queue.filter_by_status)}</label>
            <select class="select" id="queue-status" name="status" data-sends="">{options.collect_view()}</select>
            <label class="sr-only" for="queue-search">{td_string!(locale, queue.search)}</label>
            <input class="input" id="queue-search" type="search" name="search" maxlength="100" value=asked.search placeholder=td_string!(locale, queue.search)/>
            <button class="btn btn-plain btn-square" aria-label=td_string!(locale, common.search)><Icon name="icon-[lucide--search]"/></button>
        </form>
    }
}

fn rows(board: Board) -> impl IntoView {
    // Beside the Schedule a request that was opened from the calendar is in sight on whatever page of the queue it stands.
    let panel = board.place.with_value(|place| place.panel);
    let references = move || {
        let mut references: Vec<String> = board
            .queue
            .with(|queue| queue.rows.iter().map(|row| row.reference.clone()).collect());
        let open = board
            .open
            .with(|open| open.as_ref().map(|open| open.row.reference.clone()));
        if let Some(open) = open.filter(|open| panel && !references.contains(open)) {
            references.insert(0, open);
        }
        references
    };
    view! {
        <ol class="queue-rows">
            <For each=references key=Clone::clone let:reference><RowView board reference/></For>
        </ol>
        {move || board.queue.with(|queue| queue.rows.is_empty()).then(|| nothing(board))}
    }
}

fn nothing(board: Board) -> impl IntoView {
    let locale = board.locale;
    let asked = board.queue.with(|queue| queue.asked.clone());
    let (title, text) = if !asked.search.is_empty() {
        (
            td_string!(locale, queue.nothing_found),
            td_string!(locale, queue.nothing_found_text),
        )
    } else if asked.filter == Filter::Pending {
        (
            td_string!(locale, queue.all_answered),
            td_string!(locale, queue.all_answered_text),
        )
    } else {
        (
            td_string!(locale, queue.none),
            td_string!(locale, queue.none_text),
        )
    };
    view! { <Empty icon="icon-[lucide--inbox]" title=title text=text/> }
}

fn pages(board: Board) -> impl IntoView {
    let locale = board.locale;
    let link = move |page: u32, icon: &'static str, word: &'static str, there: bool| {
        if !there {
            return view! { <span class="btn btn-plain btn-square queue-nowhere" aria-hidden="true"><Icon name=icon/></span> }.into_any();
        }
        let asked = board.queue.with(|queue| Asked {
            page,
            ..queue.asked.clone()
        });
        let href = board.place.with_value(|place| place.list(&asked));
        view! { <a class="btn btn-plain btn-square" href=href aria-label=word><Icon name=icon/></a> }.into_any()
    };
    move || {
        let (page, pages) = board.queue.with(|queue| (queue.asked.page, queue.pages));
        (pages > 1).then(|| {
            view! {
                <nav class="queue-pages" aria-label=td_string!(locale, queue.pages)>
                    {link(page.saturating_sub(1), "icon-[lucide--chevron-left]", td_string!(locale, queue.previous), page > 1)}
                    <span class="tabular-nums">{format!("{page} / {pages}")}</span>
                    {link(page + 1, "icon-[lucide--chevron-right]", td_string!(locale, queue.next), page < pages)}
                </nav>
            }
        })
    }
}
