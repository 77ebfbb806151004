//! "New Appointment": for whom first, then the form. Opened from a client's page, from the calendar, or from nowhere.

use booking::refusal::Refusal;
use booking::request::RequestStatus;
use desk::request_details::RequestDetails;
use desk::submit_window::rule_dates;
use desk::window_times::WindowTime;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::check::Answer;
use super::choose;
use super::form::{Choices, fields, frame};
use super::save::OfficeCreateVisit;
use super::typed::TypedVisit;
use crate::i18n::{Locale, td_string};
use crate::kit::repeat::{self, TypedRepeat};
use crate::kit::{
    Banner, Button, ButtonLink, Choice, Form, Hidden, Look, Once, PageHead, Pick, Tone,
};
use crate::office::requests::{Voice, earliest, local};
use crate::trouble::Trouble;
use crate::{ask, site};

/// Its path.
pub const PATH: &str = "/office/visits/new";

/// The page `/office/visits/new`.
#[component]
pub fn NewVisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let voice = Voice::here(&desk).await?;
        let (typed, _) = TypedVisit::here(OfficeCreateVisit::PATH);
        let asked = planned(&desk, &staff, &typed).await?;
        if asked.is_none() {
            staff.dispatcher()?;
        }
        let typed = match &asked {
            Some(asked) if typed.client.is_empty() => {
                let times = desk.window_times(&staff, &asked.reference).await?;
                let best = times.and_then(|times| times.best);
                proposed(&voice, of_request(&voice, asked, typed), best)
            }
            Some(_) | None => typed,
        };
        if typed.client.is_empty() {
            return Ok(choose::draw(&desk, &staff, voice.locale, &typed)
                .await?
                .into_any());
        }
        let (choices, name) = match &asked {
            Some(asked) if staff.dispatcher().is_err() => {
                let choices = Choices::answering(&desk, &staff, asked).await?;
                (choices, asked.client_name.clone())
            }
            Some(_) | None => {
                let (choices, client) = Choices::load(&desk, &staff, &typed).await?;
                (choices, client.form.name)
            }
        };
        let typed = choices.with_length(filled(&voice, &choices, typed));
        let answer = Answer::ask(&desk, &staff, &voice, &typed, None).await?;
        let locale = voice.locale;
        let (title, back, book) = match &asked {
            None => (
                td_string!(locale, visits.new_for, client = name.clone()).to_string(),
                (format!("/office/clients/{}", typed.client()?), name),
                td_string!(locale, visits.book),
            ),
            Some(asked) => (
                td_string!(locale, visits.plan.title, client = name).to_string(),
                (
                    format!("/office/requests/{}", asked.reference),
                    asked.reference.clone(),
                ),
                td_string!(locale, visits.plan.approve),
            ),
        };
        let answers = asked.as_ref().map(|asked| answers(&voice, asked));
        let (request, version) = (typed.request.clone(), typed.request_version.clone());
        let extra = view! {
            <Hidden name="request" value=request/>
            <Hidden name="request_version" value=version/>
            {asked.is_none().then(|| status(locale, &typed))}
            {repeat(&voice, &typed)}
        };
        let buttons = view! {
            <Button look=Look::Primary>{book}</Button>
            <ButtonLink href=back.0.clone()>{td_string!(locale, common.cancel)}</ButtonLink>
        };
        let fields = fields(&voice, &choices, &typed, &answer, extra.into_any()).into_any();
        Ok(view! {
            <div class="plain-page">
                <PageHead title back/>
                {answers}
                <Form action=OfficeCreateVisit::PATH posted=ask::posted() locale>
                    <Once key=ask::fresh_key()/>
                    {frame(&voice, &answer, &typed, PATH, (fields, buttons.into_any()))}
                </Form>
            </div>
        }
        .into_any())
    })
}

/// The recurring request that this page answers.
async fn planned(
    desk: &Desk,
    staff: &StaffPass,
    typed: &TypedVisit,
) -> Result<Option<RequestDetails>, Trouble> {
    if typed.request.is_empty() {
        return Ok(None);
    }
    let found = desk.request_details(staff, &typed.request).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let repeats = found
        .dates
        .as_ref()
        .is_some_and(|dates| dates.repeat.is_some());
    match repeats && found.status == RequestStatus::Pending {
        true => Ok(Some(found)),
        false => Err(Refusal::AlreadyDecided.into()),
    }
}

/// What was asked for, as the fields of the form: on the first date of the rule, early in the part of the day.
fn of_request(voice: &Voice, asked: &RequestDetails, typed: TypedVisit) -> TypedVisit {
    let Some(dates) = &asked.dates else {
        return typed;
    };
    let repeat = dates
        .repeat
        .as_ref()
        .map(TypedRepeat::of)
        .unwrap_or_default();
    let first = dates.repeat.as_ref().and_then(|parts| {
        let (_, all) = rule_dates(parts, dates.from, &voice.zone, voice.times.now).ok()?;
        all.first().map(|one| one.original_local.date())
    });
    TypedVisit {
        client: asked.client.to_string(),
        service: asked.service.to_string(),
        service_was: asked.service.to_string(),
        technician: asked.asked.iter().map(|(id, _)| id.to_string()).collect(),
        date: first.unwrap_or(dates.from).to_string(),
        time: earliest(dates.part).to_owned(),
        length: asked.length_min.to_string(),
        length_was: asked.length_min.to_string(),
        subject: asked
            .subjects
            .iter()
            .map(|(id, _)| id.to_string())
            .collect(),
        notes: asked.notes.clone(),
        ticket: asked.ticket.clone().unwrap_or_default(),
        freq: repeat.freq,
        interval: repeat.interval,
        weekday: repeat.weekday,
        ends: repeat.ends,
        count: repeat.count,
        until: repeat.until,
        request_version: asked.version.to_string(),
        ..typed
    }
}

/// With the best time of the first date, and whoever would come then.
fn proposed(voice: &Voice, typed: TypedVisit, best: Option<WindowTime>) -> TypedVisit {
    let Some(best) = best else {
        return typed;
    };
    let start = local(voice.zone, best.start);
    TypedVisit {
        technician: vec![best.technician.to_string()],
        date: start.date,
        time: start.time,
        offset: start.offset,
        ..typed
    }
}

/// What it answers, in words.
fn answers(voice: &Voice, asked: &RequestDetails) -> impl IntoView + use<> {
    let words = |dates| crate::kit::asked::words(dates, voice.locale, |date| voice.times.day(date));
    let dates = asked.dates.as_ref().map(words).unwrap_or_default();
    let reference = asked.reference.clone();
    let text = td_string!(
        voice.locale,
        visits.plan.answers,
        reference = reference,
        dates = dates
    );
    let text = text.to_string();
    view! { <div class="mb-4"><Banner tone=Tone::Info>{text}</Banner></div> }
}

/// The fields before anybody types: the first service, the next full hour.
fn filled(voice: &Voice, choices: &Choices, mut typed: TypedVisit) -> TypedVisit {
    if typed.service.is_empty()
        && let Some(first) = choices.services.iter().find(|one| one.active)
    {
        typed.service = first.id.to_string();
    }
    if typed.date.is_empty() {
        let next = voice.times.now + chrono::TimeDelta::hours(1);
        let next = local(voice.zone, next);
        typed.date = next.date;
        if typed.time.is_empty() {
            typed.time = format!("{}:00", next.time.get(..2).unwrap_or("09"));
        }
    }
    typed
}

fn status(locale: Locale, typed: &TypedVisit) -> impl IntoView + use<> {
    let picks = vec![
        Pick::new("scheduled", td_string!(locale, status.visit.scheduled)),
        Pick::new("completed", td_string!(locale, status.visit.completed)),
        Pick::new("no_show", td_string!(locale, status.visit.no_show)),
    ];
    view! { <Choice name="status" label=td_string!(locale, visits.status) picks value=typed.status.clone() hint=td_string!(locale, visits.status_hint)/> }
}

/// How it repeats (R28).
fn repeat(voice: &Voice, typed: &TypedVisit) -> impl IntoView + use<> {
    let (locale, open) = (voice.locale, !typed.freq.is_empty());
    let first = ask::business().first_weekday;
    let fields = repeat::fields(locale, first, &typed.typed_repeat(), true);
    view! {
        <details class="field" open=open>
            <summary class="field-label cursor-pointer">{td_string!(locale, visits.repeat.title)}</summary>
            <div class="pt-2">{fields}</div>
        </details>
    }
}
