//! A week of the client's Schedule: seven days with their visits and the requests that wait for a time in them.

use chrono::NaiveDate;
use desk::my_requests::MyRequest;
use desk::my_visits::MyVisit;
use leptos::prelude::*;

use super::sight::Sight;
use super::ssr::{Coming, actions, details, title};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Icon, Pill, Tone};
use crate::language::list;
use crate::portal::make_changes::shown::banner;
use crate::portal::request::in_words::{today, zone_note};

/// The week in sight.
pub fn week(coming: &Coming, sight: &Sight) -> impl IntoView + use<> {
    let days = sight.week().map(|date| day(coming, date)).collect_view();
    view! {
        <section id="visits" aria-labelledby="visits-title" class="flex flex-col gap-3">
            {head(sight)}
            {zone_note().map(|note| view! { <p class="text-sm text-muted">{note}</p> })}
            <ol class="sheet divide-y divide-line">{days}</ol>
        </section>
    }
}

/// Which week it is, and the way to others.
fn head(sight: &Sight) -> impl IntoView + use<> {
    let (locale, reader) = (ask::locale(), ask::reader());
    let first = reader.day(sight.first_of_week(sight.date));
    let last = sight.week().last().map(|date| reader.day(date));
    let turn = |later: bool, word: &'static str, icon: &'static str| {
        view! { <a class="btn btn-quiet btn-square" href=sight.beside(later) aria-label=word title=word><Icon name=icon/></a> }
    };
    let earlier = turn(
        false,
        td_string!(locale, schedule.previous),
        "icon-[lucide--chevron-left]",
    );
    let later = turn(
        true,
        td_string!(locale, schedule.next),
        "icon-[lucide--chevron-right]",
    );
    view! {
        <div class="flex flex-wrap items-center justify-between gap-2">
            <h2 id="visits-title" class="text-sm font-semibold tabular-nums first-letter:uppercase">{first} " – " {last}</h2>
            <nav class="ms-auto flex items-center gap-1.5" aria-label=td_string!(locale, schedule.week)>
                {earlier}
                <a class="btn btn-plain" href=sight.week_of(today())>{td_string!(locale, schedule.today)}</a>
                {later}
            </nav>
        </div>
    }
}

fn day(coming: &Coming, date: NaiveDate) -> impl IntoView + use<> {
    let locale = ask::locale();
    let visits = coming.visits_on(date).into_iter();
    let asked = coming.asked_on(date);
    let rows: Vec<_> = visits
        .map(|one| view! { <li>{visit(coming, one)}</li> }.into_any())
        .chain(asked.map(|one| view! { <li>{request(one)}</li> }.into_any()))
        .collect();
    let is_today = date == today();
    let all = match rows.is_empty() {
        true => view! { <p class="text-sm text-muted md:grow">{td_string!(locale, schedule.free_day)}</p> }.into_any(),
        false => view! { <ul class="flex w-full flex-col gap-4 md:w-auto md:grow md:basis-0">{rows}</ul> }.into_any(),
    };
    view! {
        <li class="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-2 p-3.5">
            <h3 class="text-sm font-semibold first-letter:uppercase md:w-48" aria-current=is_today.then_some("date")>
                {ask::reader().named_day(date)} " "
                {is_today.then(|| view! { <Pill tone=Tone::Info text=td_string!(locale, schedule.today) bare=true/> })}
            </h3>
            {all}
        </li>
    }
}

fn visit(coming: &Coming, visit: &MyVisit) -> impl IntoView + use<> {
    let open = coming.open_against(visit).map(banner);
    let who = visit.technician.clone();
    view! {
        <article class="flex flex-wrap items-start gap-x-3">
            <p class="w-full font-semibold tabular-nums md:w-28">{ask::reader().times(visit.start, visit.end)}</p>
            <div class="min-w-0 grow basis-0">
                <h4>{title(visit)}</h4>
                {who.map(|who| view! { <p class="text-sm text-muted">{who}</p> })}
                {details(visit)}
            </div>
            {actions(coming, visit)}
            {open.map(|open| view! { <div class="mt-2 w-full">{open}</div> })}
        </article>
    }
}

/// A request for an exact time: it waits, said by an icon and in words.
pub fn request(request: &MyRequest) -> impl IntoView + use<> {
    let (locale, reader) = (ask::locale(), ask::reader());
    let word = match request.awaiting_client {
        true => td_string!(locale, status.request.awaiting_client),
        false => td_string!(locale, status.request.pending),
    };
    let times = request.start.zip(request.end);
    let times = times.map(|(start, end)| reader.times(start, end));
    let with = request.asked.as_ref().map(|(_, name)| name.clone());
    let line: Vec<String> = [with, Some(request.reference.clone())]
        .into_iter()
        .flatten()
        .collect();
    view! {
        <div class="flex flex-wrap items-start gap-x-3">
            <p class="w-full font-semibold tabular-nums md:w-28">{times}</p>
            <div class="min-w-0 grow basis-0">
                <a class="py-1 font-semibold hover:underline" href=format!("/requests/{}", request.reference)>{request.service_name.clone()}</a>
                <p class="text-sm text-muted">{list(locale, &line)}</p>
            </div>
            <Pill tone=Tone::Wait text=word/>
        </div>
    }
}
