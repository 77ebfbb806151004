//! "New Appointment": for whom first, then the form. Opened from a client's page, from the calendar, or from nowhere.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::check::Answer;
use super::choose;
use super::form::{Choices, fields, frame};
use super::save::OfficeCreateVisit;
use super::typed::TypedVisit;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, ButtonLink, Choice, Field, Form, Look, Once, PageHead, Pick};
use crate::office::picks;
use crate::office::requests::{Voice, local};
use crate::office::section::Beside;
use crate::{ask, site};

/// Its path.
pub const PATH: &str = "/office/visits/new";

/// The page `/office/visits/new`.
#[component]
pub fn NewVisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        staff.dispatcher()?;
        let voice = Voice::here(&desk).await?;
        let (typed, _) = TypedVisit::here(OfficeCreateVisit::PATH);
        if typed.client.is_empty() {
            return Ok(choose::draw(&desk, &staff, voice.locale, &typed)
                .await?
                .into_any());
        }
        let (choices, client) = Choices::load(&desk, &staff, &typed).await?;
        let typed = choices.with_length(filled(&voice, &choices, typed));
        let answer = Answer::ask(&desk, &staff, &voice, &typed, None).await?;
        let locale = voice.locale;
        let title =
            td_string!(locale, visits.new_for, client = client.form.name.clone()).to_string();
        let back = (
            format!("/office/clients/{}", client.id),
            client.form.name.clone(),
        );
        let extra = view! {
            {status(locale, &typed)}
            {repeat(&voice, &typed)}
        };
        let buttons = view! {
            <Button look=Look::Primary>{td_string!(locale, visits.book)}</Button>
            <ButtonLink href=back.0.clone()>{td_string!(locale, common.cancel)}</ButtonLink>
        };
        let fields = fields(&voice, &choices, &typed, &answer, extra.into_any()).into_any();
        Ok(view! {
            <div class="plain-page">
                <PageHead title back/>
                <Form action=OfficeCreateVisit::PATH posted=ask::posted() locale>
                    <Once key=ask::fresh_key()/>
                    {frame(&voice, &answer, &typed, PATH, (fields, buttons.into_any()))}
                </Form>
            </div>
        }
        .into_any())
    })
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
    let locale = voice.locale;
    let freq = vec![
        Pick::new("", td_string!(locale, visits.repeat.no)),
        Pick::new("daily", td_string!(locale, visits.repeat.daily)),
        Pick::new("weekly", td_string!(locale, visits.repeat.weekly)),
        Pick::new("monthly", td_string!(locale, visits.repeat.monthly)),
    ];
    let ends = vec![
        Pick::new("count", td_string!(locale, visits.repeat.ends_count)),
        Pick::new("until", td_string!(locale, visits.repeat.ends_until)),
        Pick::new("never", td_string!(locale, visits.repeat.ends_never)),
    ];
    let days = picks::week_from(ask::business().first_weekday).map(|day| {
        let ticked = typed.weekday.contains(&day.to_string());
        view! {
            <label class="tick">
                <input type="checkbox" name="weekday[]" value=day checked=ticked class="checkbox checkbox-primary"/>
                <span>{picks::weekday_short(day, locale)}</span>
            </label>
        }
    });
    let or = |own: &String, usual: &str| match own.is_empty() {
        true => usual.to_owned(),
        false => own.clone(),
    };
    let open = !typed.freq.is_empty();
    view! {
        <details class="field" open=open>
            <summary class="field-label cursor-pointer">{td_string!(locale, visits.repeat.title)}</summary>
            <div class="flex flex-col gap-4 pt-2">
                <div class="pair">
                    <Choice name="freq" label=td_string!(locale, visits.repeat.freq) picks=freq value=typed.freq.clone()/>
                    <Field name="interval" kind="number" label=td_string!(locale, visits.repeat.interval) value=or(&typed.interval, "1") min="1" max="1000"/>
                </div>
                <fieldset class="field">
                    <legend class="field-label">{td_string!(locale, visits.repeat.weekdays)}</legend>
                    <p class="field-hint">{td_string!(locale, visits.repeat.weekdays_hint)}</p>
                    <div class="tick-row">{days.collect_view()}</div>
                </fieldset>
                <div class="pair">
                    <Choice name="ends" label=td_string!(locale, visits.repeat.ends) picks=ends value=typed.ends.clone()/>
                    <Field name="count" kind="number" label=td_string!(locale, visits.repeat.count) value=or(&typed.count, "10") min="1" max="200"/>
                </div>
                <Field name="until" kind="date" label=td_string!(locale, visits.repeat.until) value=typed.until.clone()/>
                <Beside name="repeat"/>
            </div>
        </details>
    }
}
