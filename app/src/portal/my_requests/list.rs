//! My requests: all of them with their statuses, filtered by an address that tabs and a drop-down both lead to.

use leptos::prelude::*;

use super::in_words::{self, Line};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Icon, Look, PageHead, Pick, Pill, Tab, Tabs};
use crate::portal::itself::SendsItself;
use crate::portal::waiting;

/// The page `/requests`.
#[component]
pub fn MyRequests() -> impl IntoView {
    crate::site::page(async move {
        let (locale, desk, who) = (ask::locale(), ask::desk()?, ask::contact()?);
        let status = ask::query("status").unwrap_or_default();
        let filter = in_words::filter(&status);
        let page = ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1_u32)
            .max(1);
        let found = desk.my_requests(&who, filter, page - 1).await?;
        let lines: Vec<Line> = found.rows.iter().map(in_words::line).collect();
        let (picks, tabs) = in_words::filters(&found.counts, filter);
        let any = found.counts.all > 0;
        let waiting = waiting::list().await?;
        Ok(view! {
            <PageHead title=td_string!(locale, portal.requests.title)>
                <ButtonLink href="/request" look=Look::Primary class="max-lg:hidden">
                    <Icon name="icon-[lucide--plus]"/> {td_string!(locale, portal.nav.request_a_visit)}
                </ButtonLink>
            </PageHead>
            {any.then(|| filters(picks, tabs, &status))}
            {match (lines.is_empty(), any) {
                (false, _) => list(lines).into_any(),
                (true, true) => none_here().into_any(),
                (true, false) => none().into_any(),
            }}
            {(found.pages > 1).then(|| pages(page, found.pages, &status))}
            {waiting}
        })
    })
}

/// The same filter twice: tabs with counts for whoever looks, a drop-down for whoever was told to look for one.
fn filters(picks: Vec<Pick>, tabs: Vec<Tab>, status: &str) -> impl IntoView + use<> {
    let locale = ask::locale();
    let options = picks.into_iter().map(|pick| {
        let selected = pick.value == status;
        view! { <option value=pick.value selected=selected>{pick.text}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
            <div class="min-w-0 max-sm:hidden"><Tabs label=td_string!(locale, portal.requests.views) tabs=tabs/></div>
            <SendsItself>
                <form method="get" action="/requests" class="flex items-center gap-2">
                    <label class="flex items-center gap-2">
                        <span class="text-sm font-semibold whitespace-nowrap text-muted">{td_string!(locale, portal.requests.filter)}</span>
                        <select name="status" class="select w-44">{options}</select>
                    </label>
                    <noscript><button class="btn btn-plain">{td_string!(locale, portal.requests.show)}</button></noscript>
                </form>
            </SendsItself>
        </div>
    }
}

fn list(lines: Vec<Line>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| view! { <li>{one(line)}</li> });
    view! { <ul class="sheet divide-y divide-line">{rows.collect_view()}</ul> }
}

fn one(line: Line) -> impl IntoView {
    let href = format!("/requests/{}", line.reference);
    view! {
        <a href=href class="flex items-center gap-3 px-4 py-3 transition-colors hover:bg-accent-soft">
            <span class="min-w-0 grow">
                <span class="flex flex-wrap items-baseline justify-between gap-x-3">
                    <span class="font-semibold">{line.service}</span>
                    <span class="text-sm text-muted tabular-nums">{line.reference}</span>
                </span>
                <span class="mt-0.5 flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                    <span class="text-sm text-muted tabular-nums">{line.when}</span>
                    <Pill tone=line.tone text=line.status/>
                </span>
            </span>
            <Icon name="icon-[lucide--chevron-right]" class="size-5 text-muted"/>
        </a>
    }
}

fn none() -> impl IntoView {
    let locale = ask::locale();
    view! {
        <Empty icon="icon-[lucide--inbox]" title=td_string!(locale, portal.requests.none) text=td_string!(locale, portal.requests.none_text)>
            <ButtonLink href="/request" look=Look::Primary>{td_string!(locale, portal.nav.request_a_visit)}</ButtonLink>
        </Empty>
    }
}

fn none_here() -> impl IntoView {
    let locale = ask::locale();
    view! { <Empty icon="icon-[lucide--list-filter]" title=td_string!(locale, portal.requests.none_here) text=td_string!(locale, portal.requests.none_here_text)/> }
}

/// The way through many requests.
fn pages(page: u32, pages: u32, status: &str) -> impl IntoView + use<> {
    let locale = ask::locale();
    let link = |to: u32, word: &'static str| {
        let status = if status.is_empty() {
            String::new()
        } else {
            format!("&status={status}")
        };
        view! { <ButtonLink href=format!("/requests?page={to}{status}")>{word}</ButtonLink> }
    };
    let newer = (page > 1).then(|| link(page - 1, td_string!(locale, portal.requests.newer)));
    let older = (page < pages).then(|| link(page + 1, td_string!(locale, portal.requests.older)));
    view! { <nav class="mt-4 flex justify-between gap-3" aria-label=td_string!(locale, portal.requests.pages)>{newer} <span class="grow"></span> {older}</nav> }
}
