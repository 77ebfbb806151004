//! The line for a day that is full: the button on that day, the list under my requests, and the page of a time that is held
//! for half an hour. Drawn on the server; the forms are plain.

use std::collections::BTreeMap;

use booking::refusal::Refusal;
use booking::waiting::WaitingStatus;
use chrono::NaiveDate;
use desk::my_waiting::{Held, MyWaiting};
use desk::take_freed::{TakenFreed, Taking};
use desk::wait_for_day::WaitAsked;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::request::choices::Choices;
use super::request::choose::Ask;
use super::request::questions::Asked;
use super::request::submit::Typed;
use super::request::times::asked;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{
    Banner, Button, ButtonLink, Form, Hidden, Icon, Look, Once, PageHead, Pill, Tone,
};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// Under the times of a day that has none: the button, or that one waits already.
///
/// # Errors
/// The desk's.
pub async fn under_the_day(ask: &Ask, day: NaiveDate) -> Result<Option<AnyView>, Trouble> {
    let (locale, desk) = (ask::locale(), ask::desk()?);
    let today = ask::reader().date(desk.now());
    if ask.moving.is_some() || day < today {
        return Ok(None);
    }
    let service = asked(ask)?.service;
    if desk.waits_for(&ask::contact()?, service, day).await? {
        let waits = view! {
            <Banner tone=Tone::Wait>
                <p>{td_string!(locale, waiting.waits)}</p>
                <a class="link" href="/requests#waiting">{td_string!(locale, waiting.title)}</a>
            </Banner>
        };
        return Ok(Some(waits.into_any()));
    }
    let with = ask.with.clone().unwrap_or_default();
    let (service, length, seats) = (
        ask.service.clone(),
        ask.length.to_string(),
        ask.seats.to_string(),
    );
    let form = view! {
        <Form action=PortalWait::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
            <p class="text-sm text-muted">{td_string!(locale, waiting.about)}</p>
            <Hidden name="service" value=service/>
            <Hidden name="length" value=length/>
            <Hidden name="with" value=with/>
            <Hidden name="seats" value=seats/>
            <Hidden name="day" value=day.to_string()/>
            <Button><Icon name="icon-[lucide--bell]" class="size-4"/> {td_string!(locale, waiting.ask)}</Button>
        </Form>
    };
    Ok(Some(form.into_any()))
}

/// The days one waits for, under one's requests.
///
/// # Errors
/// The desk's.
pub async fn list() -> Result<Option<impl IntoView + use<>>, Trouble> {
    let rows = ask::desk()?.my_waiting(&ask::contact()?).await?;
    let title = td_string!(ask::locale(), waiting.title);
    let lines: Vec<_> = rows.iter().map(line).collect();
    Ok((!lines.is_empty()).then(|| {
        view! {
            <section id="waiting" class="mt-8" aria-labelledby="waiting-title">
                <h2 id="waiting-title" class="mb-3 text-base font-semibold">{title}</h2>
                <ul class="sheet divide-y divide-line">{lines}</ul>
            </section>
        }
    }))
}

fn line(row: &MyWaiting) -> impl IntoView + use<> {
    let (locale, reader) = (ask::locale(), ask::reader());
    let (id, service, day) = (
        row.id.to_string(),
        row.service_name.clone(),
        reader.day(row.day),
    );
    let label = td_string!(
        locale,
        waiting.stop_what,
        service = service.clone(),
        day = day.clone()
    );
    let held = row.held.filter(|_| row.status == WaitingStatus::Told);
    let (when, act) = match held {
        Some(held) => {
            let href = format!("/waiting/{id}");
            let answer = td_string!(locale, waiting.answer);
            let link = view! { <Pill tone=Tone::Yes text=td_string!(locale, waiting.freed)/> <ButtonLink href look=Look::Primary>{answer}</ButtonLink> };
            (reader.span(held.start, held.end), link.into_any())
        }
        None => {
            let stop = view! {
                <Pill tone=Tone::Wait text=td_string!(locale, waiting.in_line)/>
                <Form action=PortalLeaveLine::PATH posted=ask::posted() locale mark=id.clone() class="">
                    <Hidden name="id" value=id/>
                    <Button attr:aria-label=label>{td_string!(locale, waiting.stop)}</Button>
                </Form>
            };
            (day, stop.into_any())
        }
    };
    view! {
        <li class="flex flex-wrap items-center gap-3 px-4 py-3">
            <p class="min-w-40 grow"><span class="block font-semibold">{service}</span><span class="text-sm text-muted tabular-nums">{when}</span></p>
            {act}
        </li>
    }
}

/// The page `/waiting/{id}`.
#[component]
pub fn WaitingPage() -> impl IntoView {
    crate::site::page(async move {
        let id = ask::part("id").parse().map_err(|_| Refusal::NotFound)?;
        let row = ask::desk()?.my_waiting_for(&ask::contact()?, id).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        let locale = ask::locale();
        let held = row.held.filter(|_| row.status == WaitingStatus::Told);
        let (title, content) = match (held, &row.request) {
            (Some(held), _) => (
                td_string!(locale, waiting.freed),
                freed(&row, held).await?.into_any(),
            ),
            (None, Some(request)) => {
                ask::go(&format!("/requests/{request}"));
                (td_string!(locale, waiting.title), ().into_any())
            }
            (None, None) => (td_string!(locale, waiting.title), over(&row).into_any()),
        };
        let back = (
            "/requests".to_owned(),
            td_string!(locale, portal.requests.title).to_owned(),
        );
        Ok(view! {
            <PageHead title back/>
            <div class="flex max-w-2xl flex-col gap-4">{content}</div>
        })
    })
}

/// The time that is held, and the two answers.
async fn freed(row: &MyWaiting, held: Held) -> Result<impl IntoView + use<>, Trouble> {
    let (locale, reader, id) = (ask::locale(), ask::reader(), row.id.to_string());
    let questions = Asked::load(row.service, &Choices::default()).await?;
    let lost = ask::query("lost").filter(|_| ask::posted().is_none());
    let lost = lost.map(|_| {
        view! { <Banner tone=Tone::No alert=true>{td_string!(locale, waiting.lost)}</Banner> }
    });
    let until = td_string!(locale, waiting.held, time = reader.moment(held.until));
    let note = td_string!(locale, waiting.take_note, business = ask::business().name);
    let more = [
        Some(reader.length(i64::from(row.length_min))),
        row.technician.clone(),
    ];
    let more: Vec<String> = more.into_iter().flatten().collect();
    let pass = id.clone();
    Ok(view! {
        {lost}
        <Banner tone=Tone::Wait>{until}</Banner>
        <div class="sheet flex flex-col gap-4 p-4">
            <p>
                <span class="block text-base font-semibold">{row.service_name.clone()}</span>
                <span class="block tabular-nums">{reader.span(held.start, held.end)}</span>
                <span class="text-sm text-muted">{more.join(" · ")}</span>
            </p>
            <Form action=PortalTakeFreed::PATH posted=ask::posted() locale>
                <Once key=ask::fresh_key()/>
                <Hidden name="id" value=id/>
                {questions.fields()}
                <p class="text-sm text-muted">{note}</p>
                <Button look=Look::Primary><Icon name="icon-[lucide--send]"/> {td_string!(locale, waiting.take)}</Button>
            </Form>
            <Form action=PortalLeaveLine::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="id" value=pass/>
                <Button>{td_string!(locale, waiting.pass)}</Button>
            </Form>
        </div>
    })
}

/// Nothing is held: what became of it, and the way to the day.
fn over(row: &MyWaiting) -> impl IntoView + use<> {
    let locale = ask::locale();
    let words = match row.status {
        WaitingStatus::Waiting => td_string!(locale, waiting.waits),
        WaitingStatus::Told
        | WaitingStatus::Taken
        | WaitingStatus::Passed
        | WaitingStatus::Missed
        | WaitingStatus::Stopped
        | WaitingStatus::Over => td_string!(locale, waiting.over),
    };
    let href = day_of(&row.service.to_string(), Some(row.length_min), row.day);
    view! {
        <Banner tone=Tone::Info>{words}</Banner>
        <div><ButtonLink href>{td_string!(locale, waiting.see_day)}</ButtonLink></div>
    }
}

fn day_of(service: &str, length: Option<u32>, day: NaiveDate) -> String {
    let choices = Choices {
        length,
        day: Some(day),
        ..Choices::default()
    };
    choices.link(&format!("/request/{service}"))
}

/// Stands in line for a day.
#[server]
pub async fn portal_wait(
    service: String,
    length: String,
    day: String,
    #[server(default)] with: String,
    #[server(default)] seats: String,
) -> Result<(), Trouble> {
    let (length, seats) = (length.parse().ok(), seats.parse().unwrap_or(1));
    let wanted = asked(&Ask {
        service: service.clone(),
        length: length.unwrap_or_default(),
        with: Some(with.clone()),
        seats,
        moving: None,
    })?;
    let day = day.parse().map_err(|_| Refusal::BadDate)?;
    let ask = WaitAsked {
        service: wanted.service,
        length_min: wanted.length_min,
        technician: wanted.technician,
        seats: wanted.seats,
        day,
        zone: ask::zone(),
    };
    // Whether they are in line or a time is free by now: the day says it.
    ask::desk()?.wait_for_day(&ask::contact()?, ask).await?;
    let choices = Choices {
        length,
        with: (!with.is_empty()).then_some(with),
        seats: Some(seats),
        day: Some(day),
        ..Choices::default()
    };
    let page = choices.link(&format!("/request/{}", wanted.service));
    ask::go(&format!("{page}#times"));
    Ok(())
}

/// Waits no longer, or does not want the time that is held.
#[server]
pub async fn portal_leave_line(id: String) -> Result<(), Trouble> {
    ask::desk()?
        .leave_line(&ask::contact()?, known(&id)?)
        .await?;
    say(Said::Removed);
    ask::go("/requests");
    Ok(())
}

/// Turns the time that is held into a request.
#[server]
pub async fn portal_take_freed(
    id: String,
    key: String,
    #[server(default)] answer: BTreeMap<String, String>,
) -> Result<(), Trouble> {
    let typed = Typed {
        answer,
        ..Typed::default()
    };
    let taking = Taking {
        key,
        entry: known(&id)?,
        answers: typed.answers(),
    };
    let taken = ask::desk()?.take_freed(&ask::contact()?, taking).await?;
    ask::go(&match taken {
        TakenFreed::Sent { reference } => format!("/requests/{reference}?sent=1"),
        TakenFreed::Over => format!("/waiting/{id}"),
        TakenFreed::Lost { .. } => format!("/waiting/{id}?lost=1"),
    });
    Ok(())
}

fn known(id: &str) -> Result<Uuid, Trouble> {
    id.parse().map_err(|_| Refusal::NotFound.into())
}
