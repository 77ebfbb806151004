//! "Why is this time not offered?": a service and a time in, for each technician the rules that keep it from clients.

use booking::clash::{Clash, Exclusion};
use booking::ids::{ServiceId, TechnicianId};
use desk::clash_check::WhyNot;
use desk::{Desk, StaffPass};
use leptos::prelude::*;

use super::catalogue::{Known, known};
use crate::i18n::{Locale, td_string};
use crate::kit::{Banner, Button, Card, Empty, Icon, Look, PageHead, Pill, Tone};
use crate::office::requests::shown::Approval;
use crate::office::requests::{Voice, read};
use crate::trouble::{Trouble, words};
use crate::{ask, site};

/// What is asked, as it was typed.
#[derive(Clone, Debug, Default)]
struct Asked {
    service: String,
    technician: String,
    when: Approval,
}

/// The answer: what was asked in a sentence, and each technician's reasons.
struct Answer {
    sentence: String,
    all: Vec<WhyNot>,
}

/// The page.
#[component]
pub fn Why() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let voice = Voice::here(&desk).await?;
        let known = known(&desk, &staff).await?;
        let asked = asked(&desk, &voice, &known);
        let answer = match ask::query("time") {
            Some(_) => Some(explain(&desk, &staff, &voice, &known, &asked).await),
            None => None,
        };
        let locale = voice.locale;
        let back = (
            super::sight::PATH.to_owned(),
            td_string!(locale, schedule.title).to_owned(),
        );
        let drawn = answer.map(|answer| match answer {
            Ok(answer) => draw(voice, answer).into_any(),
            Err(trouble) => {
                view! { <Banner tone=Tone::No alert=true>{trouble.words(locale)}</Banner> }
                    .into_any()
            }
        });
        Ok(view! {
            <div class="plain-page">
                <PageHead title=td_string!(locale, schedule.why.title) back/>
                <p class="mb-4 max-w-prose text-muted">{td_string!(locale, schedule.why.text)}</p>
                {form(locale, known, asked)}
                <div class="mt-4 flex flex-col gap-3" aria-live="polite">{drawn}</div>
            </div>
        })
    })
}

fn asked(desk: &Desk, voice: &Voice, known: &Known) -> Asked {
    let value = |name: &str| ask::query(name).filter(|value| !value.is_empty());
    let first = known.services.first();
    let length = first.map_or(60, |service| service.length_min);
    let service = value("service")
        .or_else(|| first.map(|service| service.id.clone()))
        .unwrap_or_default();
    let its = known
        .services
        .iter()
        .find(|one| one.id == service)
        .map_or(length, |service| service.length_min);
    Asked {
        service,
        technician: value("technician").unwrap_or_default(),
        when: Approval {
            date: value("date")
                .unwrap_or_else(|| booking::zone::date(&voice.zone, desk.now()).to_string()),
            time: value("time").unwrap_or_else(|| "10:00".to_owned()),
            offset: value("offset").unwrap_or_default(),
            length: value("length").unwrap_or_else(|| its.to_string()),
            ..Approval::default()
        },
    }
}

async fn explain(
    desk: &Desk,
    staff: &StaffPass,
    voice: &Voice,
    known: &Known,
    asked: &Asked,
) -> Result<Answer, Trouble> {
    let service: ServiceId = asked
        .service
        .parse()
        .map_err(|why| read::beside(why, "service"))?;
    let technician: Option<TechnicianId> = match asked.technician.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|why| read::beside(why, "technician"))?),
    };
    let start = read::start(&asked.when, voice.zone)?
        .ok_or_else(|| read::beside(booking::refusal::Refusal::BadTime, "time"))?;
    let length = read::length(&asked.when)?.unwrap_or(60);
    let all = desk
        .why_not_offered(staff, service, length, technician, start)
        .await?;
    let name = known
        .services
        .iter()
        .find(|one| one.id == asked.service)
        .map(|one| one.name.clone())
        .unwrap_or_default();
    let sentence = td_string!(
        voice.locale,
        schedule.why.answer,
        service = name,
        time = voice.stamp(start)
    )
    .to_string();
    Ok(Answer { sentence, all })
}

fn form(locale: Locale, known: Known, asked: Asked) -> impl IntoView {
    let services = known.services.into_iter().map(
        |one| view! { <option selected=one.id == asked.service value=one.id>{one.name}</option> },
    );
    let technicians = known.technicians.into_iter().map(
        |(id, name)| view! { <option selected=id == asked.technician value=id>{name}</option> },
    );
    let when = asked.when;
    view! {
        <form method="get" class="why-form">
            <div class="field">
                <label class="field-label" for="why-service">{td_string!(locale, schedule.why.service)}</label>
                <select class="select" id="why-service" name="service" required=true>{services.collect_view()}</select>
            </div>
            <div class="field">
                <label class="field-label" for="why-technician">{td_string!(locale, schedule.why.technician)}</label>
                <select class="select" id="why-technician" name="technician">
                    <option value="">{td_string!(locale, schedule.why.all)}</option>
                    {technicians.collect_view()}
                </select>
            </div>
            <div class="field">
                <label class="field-label" for="why-date">{td_string!(locale, schedule.why.date)}</label>
                <input class="input" id="why-date" type="date" name="date" required=true value=when.date/>
            </div>
            <div class="field">
                <label class="field-label" for="why-time">{td_string!(locale, schedule.why.time)}</label>
                <input class="input" id="why-time" type="time" name="time" required=true value=when.time/>
            </div>
            <div class="field">
                <label class="field-label" for="why-length">{td_string!(locale, schedule.why.length)}</label>
                <input class="input" id="why-length" type="number" name="length" min="5" max="1440" step="5" required=true value=when.length/>
            </div>
            <Button look=Look::Primary>{td_string!(locale, schedule.why.ask)}</Button>
        </form>
    }
}

fn draw(voice: Voice, answer: Answer) -> impl IntoView {
    let locale = voice.locale;
    let nobody = answer.all.is_empty();
    let cards = answer
        .all
        .into_iter()
        .map(|one| card(&voice, one))
        .collect_view();
    view! {
        <h2 class="text-lg font-semibold">{answer.sentence}</h2>
        {nobody.then(|| view! {
            <Empty icon="icon-[lucide--user-x]" title=td_string!(locale, schedule.why.nobody) text=td_string!(locale, schedule.why.nobody_text)/>
        })}
        {cards}
    }
}

fn card(voice: &Voice, one: WhyNot) -> impl IntoView + use<> {
    let (locale, times) = (voice.locale, voice.times);
    let offered = one.exclusions.is_empty();
    let pill = match offered {
        true => view! { <Pill tone=Tone::Yes text=td_string!(locale, schedule.why.offered)/> },
        false => view! { <Pill tone=Tone::No text=td_string!(locale, schedule.why.excluded)/> },
    };
    let rules = one.exclusions.into_iter().map(move |exclusion| {
        let kind = match &exclusion {
            Exclusion::Hard(_) => td_string!(locale, schedule.why.hard),
            Exclusion::Soft(_) => td_string!(locale, schedule.why.soft),
        };
        let rule = match exclusion {
            Exclusion::Hard(Clash::Booking { span, .. }) => td_string!(locale, schedule.why.taken, time = times.times(span.start(), span.end())).to_string(),
            other => words(other.refusal(), locale).to_owned(),
        };
        view! { <li><Icon name="icon-[lucide--ban]" class="size-4 mt-0.5"/> <span>{rule} " " <small class="text-muted">{kind}</small></span></li> }
    });
    view! {
        <Card class="p-4">
            <div class="flex items-center justify-between gap-2"><h3 class="font-semibold">{one.name}</h3>{pill}</div>
            {offered.then(|| view! { <p class="text-muted">{td_string!(locale, schedule.why.offered_text)}</p> })}
            <ul class="why-rules">{rules.collect_view()}</ul>
        </Card>
    }
}
