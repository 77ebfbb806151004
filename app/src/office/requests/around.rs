//! Around the rows: the head with its tabs, filter and search; under them the way to other pages, or that there is nothing.
//! On the server only.

use leptos::prelude::*;

use super::drawing::Drawing;
use super::shown::{Asked, Filter, Queue};
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Dialog, Empty, Icon};

/// Above the rows.
pub(super) fn head(drawing: &Drawing, queue: &Queue) -> impl IntoView + use<> {
    let (locale, panel) = (drawing.locale, drawing.place.panel);
    let pending = ask::viewer().pending;
    let close = panel.then(|| {
        let mut place = drawing.place.clone();
        place.keep.retain(|(name, _)| name != "panel");
        let href = place.list(&Asked { page: 1, ..Asked::default() });
        view! {
            <a class="btn btn-quiet btn-square" href=href aria-label=td_string!(locale, common.close)><Icon name="icon-[lucide--x]"/></a>
        }
    });
    view! {
        <header class="queue-head">
            <h2 class="queue-title">{td_string!(locale, queue.title)}</h2>
            <span class="pill tone-wait"><Icon name="icon-[lucide--hourglass]" class="size-3.5"/> <span><span class="tabular-nums" data-count="">{pending}</span> " " {td_string!(locale, schedule.pending)}</span></span>
            {(!panel).then(|| view! {
                <button type="button" class="btn btn-quiet btn-square script-on" commandfor="keys" command="show-modal" aria-label=td_string!(locale, queue.keys.title)>
                    <Icon name="icon-[lucide--keyboard]"/>
                </button>
            })}
            {close}
        </header>
        {tabs(drawing, queue)}
        {filter(drawing, queue)}
    }
}

/// The word of a filter.
fn filter_word(locale: Locale, filter: Filter) -> &'static str {
    match filter {
        Filter::All => td_string!(locale, queue.all),
        Filter::Pending => td_string!(locale, queue.filter_pending),
        Filter::Offered => td_string!(locale, offers.filter),
        Filter::Approved => td_string!(locale, status.request.approved),
        Filter::Declined => td_string!(locale, status.request.declined),
        Filter::Cancelled => td_string!(locale, status.request.cancelled),
    }
}

fn tabs(drawing: &Drawing, queue: &Queue) -> impl IntoView + use<> {
    let (locale, asked) = (drawing.locale, &drawing.asked);
    let links = Filter::EVERY.map(|filter| {
        let there = Asked { filter, search: asked.search.clone(), page: 1 };
        let href = drawing.place.list(&there);
        let current = (filter == asked.filter).then_some("page");
        view! {
            <a class="tab-link" href=href aria-current=current>
                {filter_word(locale, filter)} <span class="queue-count" data-tally=filter.as_str()>{queue.count(filter)}</span>
            </a>
        }
    });
    view! { <nav class="tab-row queue-tabs" aria-label=td_string!(locale, queue.views)>{links.collect_view()}</nav> }
}

fn filter(drawing: &Drawing, queue: &Queue) -> impl IntoView + use<> {
    let locale = drawing.locale;
    let (asked, place) = (drawing.asked.clone(), drawing.place.clone());
    let kept = place
        .keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let options = Filter::EVERY.map(|filter| {
        let text = format!("{} ({})", filter_word(locale, filter), queue.count(filter));
        view! { <option value=filter.as_str() selected=filter == asked.filter data-tally=filter.as_str()>{text}</option> }
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

/// Under the rows.
pub(super) fn foot(drawing: &Drawing, pages: u32, nothing: bool) -> impl IntoView + use<> {
    let empty = nothing.then(|| none(drawing.locale, &drawing.asked));
    view! { {empty} {(pages > 1).then(|| other_pages(drawing, pages))} }
}

fn none(locale: Locale, asked: &Asked) -> impl IntoView + use<> {
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

fn other_pages(drawing: &Drawing, pages: u32) -> impl IntoView + use<> {
    let (locale, page) = (drawing.locale, drawing.asked.page);
    let link = |page: u32, icon: &'static str, word: &'static str, there: bool| {
        if !there {
            return view! { <span class="btn btn-plain btn-square queue-nowhere" aria-hidden="true"><Icon name=icon/></span> }.into_any();
        }
        let href = drawing.place.list(&Asked {
            page,
            ..drawing.asked.clone()
        });
        view! { <a class="btn btn-plain btn-square" href=href aria-label=word><Icon name=icon/></a> }.into_any()
    };
    view! {
        <nav class="queue-pages" aria-label=td_string!(locale, queue.pages)>
            {link(page.saturating_sub(1), "icon-[lucide--chevron-left]", td_string!(locale, queue.previous), page > 1)}
            <span class="tabular-nums">{format!("{page} / {pages}")}</span>
            {link(page + 1, "icon-[lucide--chevron-right]", td_string!(locale, queue.next), page < pages)}
        </nav>
    }
}

/// The window that shows all keys.
pub(super) fn help(locale: Locale) -> impl IntoView {
    let keys = [
        ("J", td_string!(locale, queue.keys.next)),
        ("K", td_string!(locale, queue.keys.previous)),
        ("A", td_string!(locale, queue.keys.approve)),
        ("D", td_string!(locale, queue.keys.decline)),
        ("Enter", td_string!(locale, queue.keys.open)),
        ("Esc", td_string!(locale, queue.keys.close)),
        ("?", td_string!(locale, queue.keys.help)),
    ];
    let rows = keys.map(
        |(key, what)| view! { <div class="key-row"><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> },
    );
    view! {
        <Dialog id="keys" title=td_string!(locale, queue.keys.title) close=td_string!(locale, common.close)>
            <dl class="mt-3">{rows.collect_view()}</dl>
        </Dialog>
    }
}
