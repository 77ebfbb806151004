//! The second step: a day and a time. Everything stands in the address and works as links; the island makes it alive.
//! The same calendar moves a pending request.

use chrono::{Datelike, Months, NaiveDate};
use desk::free_slots::{BookableService, SlotsAsked};
use leptos::prelude::*;

use super::choices::{Choices, utc};
use super::choose::{Ask, ChooseSlot, Still, Taken};
use super::in_words;
use super::parts::{ChosenService, Question, Step};
use super::times::{asked, find_service, still};
use super::window;
use crate::ask;
use crate::calendar::month::MonthSheet;
use crate::calendar::slots::{DaySheet, SlotChip};
use crate::i18n::td_string;
use crate::kit::{Icon, Pick};
use crate::portal::itself::SendsItself;
use crate::portal::waiting;
use crate::trouble::Trouble;

/// How many of the next free times the list holds.
const LISTED: usize = 8;

/// The page `/request/{service}`.
#[component]
pub fn When() -> impl IntoView {
    crate::site::page(async move {
        let mut choices = Choices::here();
        let service = find_service(&ask::part("service")).await?;
        if !service.asked_by.slots() && !choices.window.is_asked() {
            choices.window.kind = "one_time".to_owned();
        }
        if choices.window.is_asked() {
            return window::step(service, choices).await;
        }
        let page = format!("/request/{}", service.id);
        let onward = format!("{page}/details");
        let question = td_string!(ask::locale(), portal.wizard.when);
        let calendar = calendar(&service, choices, None, (&page, &onward)).await?;
        Ok(view! {
            <Step number=2 back="/request" question=question/>
            {calendar}
        }
        .into_any())
    })
}

/// The service, what decides its times, and the calendar: `page` draws it again, `onward` takes the choice.
pub async fn calendar(
    service: &BookableService,
    mut choices: Choices,
    moving: Option<String>,
    (page, onward): (&str, &str),
) -> Result<impl IntoView + use<>, Trouble> {
    choices.length = Some(in_words::length_or_first(&service.lengths, choices.length));
    let ask = Ask {
        service: service.id.to_string(),
        length: choices.length.unwrap_or_default(),
        with: choices.with.clone(),
        seats: choices.seats.unwrap_or(1),
        moving,
    };
    let question = ask
        .moving
        .is_none()
        .then(|| td_string!(ask::locale(), portal.wizard.when));
    let switch = ask
        .moving
        .is_none()
        .then(|| window::switch(service, &choices));
    let change = ask.moving.is_none().then(|| "/request".to_owned());
    // Who comes to a visit that is booked, and with how many, is the office's.
    let booked = ask
        .moving
        .as_deref()
        .is_some_and(|what| what.starts_with("V-"));
    let preferences = preferences(service, &choices, (page, booked)).await?;
    let drawn = Drawn::load(&asked(&ask)?, &choices).await?;
    let words = in_words::choose_words(service.holds);
    let waiting = match drawn.day.as_ref().filter(|day| day.parts.is_empty()) {
        Some(day) => waiting::under_the_day(&ask, read_day(&day.date)?).await?,
        None => None,
    };
    let (name, line) = (
        service.name.clone(),
        in_words::service_line(service, choices.length),
    );
    let (path, onward) = (choices.path(page), choices.path(onward));
    Ok(view! {
        <ChosenService name line change/>
        {match question {
            Some(text) => view! { <Question text=text>{preferences}</Question> }.into_any(),
            None => view! { <div class="mb-4">{preferences}</div> }.into_any(),
        }}
        {switch}
        {next_free(&drawn.next, &path)}
        <ChooseSlot ask path onward month=drawn.month day=drawn.day chosen=drawn.chosen taken=drawn.taken words>{waiting}</ChooseSlot>
    })
}

fn read_day(date: &str) -> Result<NaiveDate, Trouble> {
    date.parse()
        .map_err(|_| booking::refusal::Refusal::BadDate.into())
}

/// The alternative to the grid: the next free times as a list of links.
fn next_free(slots: &[SlotChip], path: &str) -> Option<impl IntoView + use<>> {
    if slots.is_empty() {
        return None;
    }
    let links: Vec<_> = slots
        .iter()
        .map(|chip| {
            let href = format!("{path}day={}&start={}#times", chip.date, chip.start);
            view! { <li><a class="slot" href=href>{chip.line.clone()}</a></li> }
        })
        .collect();
    Some(view! {
        <details class="next-free">
            <summary><Icon name="icon-[lucide--list]" class="size-4"/>{td_string!(ask::locale(), portal.wizard.next_list)}</summary>
            <ul class="slots-lines">{links}</ul>
        </details>
    })
}

/// Everything the calendar draws first.
struct Drawn {
    month: MonthSheet,
    day: Option<DaySheet>,
    chosen: Option<SlotChip>,
    taken: Option<Taken>,
    next: Vec<SlotChip>,
}

impl Drawn {
    async fn load(asked: &SlotsAsked, choices: &Choices) -> Result<Self, Trouble> {
        let (desk, who, zone) = (ask::desk()?, ask::contact()?, ask::zone());
        let today = desk.now().with_timezone(&zone).date_naive();
        let next = desk.next_free(&who, asked, desk.now(), LISTED).await?;
        let soonest = next
            .first()
            .map(|slot| slot.start.with_timezone(&zone).date_naive());
        let wanted = choices.day.or(choices
            .start
            .map(|start| start.with_timezone(&zone).date_naive()));
        let date = wanted.or(soonest.filter(|_| choices.month.is_none()));
        let month = choices
            .month
            .or(date)
            .unwrap_or(today)
            .max(first_of(today)?);
        let days = desk.month(&who, asked, month, zone).await?;
        let slots = match date {
            Some(date) => Some((date, desk.day_slots(&who, asked, date, zone).await?)),
            None => None,
        };
        let day = slots.map(|(date, slots)| in_words::day_sheet(date, &slots));
        let start = choices.start.map(utc);
        let chosen = start
            .as_ref()
            .and_then(|start| day.as_ref()?.chip(start).cloned());
        let taken = match choices.start.filter(|_| chosen.is_none()) {
            Some(start) => still(asked, start).await?,
            None => Still::Open,
        };
        let taken = match taken {
            Still::Open => None,
            Still::Taken(taken) => Some(taken),
        };
        let month = in_words::month_sheet(month, &days, today);
        Ok(Self {
            month,
            day,
            chosen,
            taken,
            next: next.iter().map(in_words::chip).collect(),
        })
    }
}

/// The first day of a date's month.
pub fn first_of(date: NaiveDate) -> Result<NaiveDate, Trouble> {
    date.with_day(1)
        .ok_or(booking::refusal::Refusal::BadDate.into())
}

/// The months beside one; none before this month, none later than a year from now.
pub fn beside(month: NaiveDate, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let before = month.checked_sub_months(Months::new(1));
    let after = month.checked_add_months(Months::new(1));
    let index = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
    (
        before.filter(|date| index(*date) >= index(today)),
        after.filter(|date| index(*date) <= index(today) + 12),
    )
}

/// Length, technician and seats, where there is something to choose: a form that asks for the page again.
async fn preferences(
    service: &BookableService,
    choices: &Choices,
    (page, booked): (&str, bool),
) -> Result<Option<impl IntoView + use<>>, Trouble> {
    let (locale, page) = (ask::locale(), page.to_owned());
    let mut fields: Vec<AnyView> = Vec::new();
    let lengths = in_words::lengths(&service.lengths);
    if lengths.len() > 1 {
        let chosen = choices.length.unwrap_or_default().to_string();
        fields.push(
            select(
                "length",
                td_string!(locale, portal.wizard.length),
                lengths,
                &chosen,
            )
            .into_any(),
        );
    }
    if service.technician_preference && !booked {
        let named = ask::desk()?
            .technicians_offered(&ask::contact()?, service.id)
            .await?;
        let anyone = Pick::new("", td_string!(locale, portal.wizard.anyone));
        let picks = std::iter::once(anyone).chain(
            named
                .into_iter()
                .map(|one| Pick::new(one.id.to_string(), one.name)),
        );
        let chosen = choices.with.clone().unwrap_or_default();
        fields.push(
            select(
                "with",
                td_string!(locale, portal.wizard.with),
                picks.collect(),
                &chosen,
            )
            .into_any(),
        );
    }
    if service.capacity > 1 && !booked {
        let picks = (1..=service.capacity.min(20))
            .map(|seats| Pick::new(seats.to_string(), seats.to_string()))
            .collect();
        let chosen = choices.seats.unwrap_or(1).to_string();
        fields.push(
            select(
                "seats",
                td_string!(locale, portal.wizard.seats),
                picks,
                &chosen,
            )
            .into_any(),
        );
    }
    if fields.is_empty() {
        return Ok(None);
    }
    let mut rest = choices.clone();
    (rest.length, rest.with, rest.seats) = (
        rest.length.filter(|_| service_has_one_length(service)),
        None,
        None,
    );
    Ok(Some(view! {
        <SendsItself>
            <form method="get" action=page class="flex flex-wrap items-end gap-3">
                {rest.fields()}
                {fields}
                <noscript><button class="btn btn-plain">{td_string!(locale, portal.wizard.show)}</button></noscript>
            </form>
        </SendsItself>
    }))
}

fn service_has_one_length(service: &BookableService) -> bool {
    in_words::lengths(&service.lengths).len() == 1
}

fn select(
    name: &'static str,
    label: &'static str,
    picks: Vec<Pick>,
    chosen: &str,
) -> impl IntoView + use<> {
    let options = picks.into_iter().map(|pick| {
        let selected = pick.value == chosen;
        view! { <option value=pick.value selected=selected>{pick.text}</option> }
    });
    let options = options.collect_view();
    let icon = match name {
        "with" => "icon-[lucide--user-round]",
        "seats" => "icon-[lucide--users-round]",
        _ => "icon-[lucide--clock]",
    };
    view! {
        <label class="flex min-w-36 flex-col gap-1">
            <span class="flex items-center gap-1.5 text-sm font-semibold text-muted"><Icon name=icon class="size-4"/>{label}</span>
            <select name=name class="select">{options}</select>
        </label>
    }
}
