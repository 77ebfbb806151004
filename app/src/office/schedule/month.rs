//! The month: how much there is on each day, and the first of it.

use chrono::{Datelike, NaiveDate, Weekday};
use leptos::prelude::*;

use super::plan::{Item, Plan, What, look};
use super::sight::Sight;
use crate::calendar::grid::Look;
use crate::i18n::td_string;
use crate::kit::moment;

/// Entries of a day that are named.
const NAMED: usize = 3;

/// Draws the weeks of the month in sight.
pub fn draw(plan: &Plan, sight: &Sight) -> impl IntoView + use<> {
    let dates = Plan::dates(sight);
    let weekdays = dates.iter().take(7).map(|date| {
        let (short, long) = (moment::weekday_short(plan.locale, *date), moment::weekday(plan.locale, *date));
        view! { <div class="month-weekday" role="columnheader"><abbr title=long>{short}</abbr></div> }
    });
    let weekdays = weekdays.collect_view();
    let weeks = dates.chunks(7).map(|week| {
        let days = week
            .iter()
            .map(|date| day(plan, sight, *date))
            .collect_view();
        view! { <div role="row" class="contents">{days}</div> }
    });
    let label = plan.times.month(sight.date);
    view! {
        <div class="month-board" role="table" aria-label=label>
            <div role="row" class="contents">{weekdays}</div>
            {weeks.collect_view()}
        </div>
    }
}

fn day(plan: &Plan, sight: &Sight, date: NaiveDate) -> impl IntoView + use<> {
    let mut items: Vec<&Item> = plan.on(date).collect();
    items.retain(|item| !matches!(item.what, What::Visit { gone: true, .. }));
    let line = plan.count_line(&items);
    let label = [plan.times.long_day(date), line]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let count = (!items.is_empty())
        .then(|| view! { <span class="month-count" aria-hidden="true">{items.len()}</span> });
    let closed = plan
        .closures
        .iter()
        .find(|(closed, _)| *closed == date)
        .map(|(_, name)| {
            let word = if name.is_empty() {
                td_string!(plan.locale, schedule.closed).to_owned()
            } else {
                name.clone()
            };
            view! { <span class="month-closed">{word}</span> }
        });
    let more = items.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| {
        let text = td_string!(plan.locale, schedule.more, count = more).to_string();
        view! { <a class="month-count month-more" href=sight.day(date)>{text}</a> }
    });
    let named = items
        .iter()
        .take(NAMED)
        .map(|item| named(plan, sight, item))
        .collect_view();
    let other = date.month() != sight.date.month();
    let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    view! {
        <div class="month-day" role="cell" class:month-other=other class:month-weekend=weekend class:month-today=date == plan.today>
            <a class="month-number" href=sight.day(date) aria-label=label aria-current=(date == plan.today).then_some("date")>
                <b>{date.day()}</b> {count}
            </a>
            {closed} {named} {more}
        </div>
    }
}

fn named(plan: &Plan, sight: &Sight, item: &Item) -> impl IntoView + use<> {
    let class = match look(item) {
        Look::Hold => "month-entry month-hold",
        Look::Past | Look::Gone | Look::Blocked => "month-entry month-past",
        Look::Visit => "month-entry",
    };
    let text = if item.client.is_empty() {
        item.service.clone()
    } else {
        item.client.clone()
    };
    let mark = (item.what == What::Hold).then_some(" ?");
    let label = format!("{}, {}, {}", plan.times(item), text, item.status.1);
    view! {
        <a class=class href=plan.href(sight, item) aria-label=label>
            <time>{plan.times.time(item.span.start())}</time> <span>{text}{mark}</span>
        </a>
    }
}
