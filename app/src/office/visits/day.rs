//! A technician's own day, made for a phone: my visits in order, with everything needed on the way and at the door.

use booking::ids::TechnicianId;
use chrono::{Days, NaiveDate};
use desk::my_day::DayVisit;
use leptos::prelude::*;

use super::status::{Stands, note, steps};
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Icon, PageHead, Pill};
use crate::office::paging::escaped;
use crate::office::requests::Voice;
use crate::office::schedule;
use crate::{answer_words, ask, photos, site};

/// Its path.
pub const PATH: &str = "/office/my-day";

/// The page `/office/my-day`.
#[component]
pub fn MyDayPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let voice = Voice::here(&desk).await?;
        let today = booking::zone::date(&voice.zone, desk.now());
        let date = ask::query("date").and_then(|text| text.parse().ok());
        let date: NaiveDate = date.unwrap_or(today);
        let own: Option<TechnicianId> = staff.technician();
        let visits = match own {
            Some(_) => desk.my_day(&staff, date).await?,
            None => Vec::new(),
        };
        let locale = voice.locale;
        let at = |date: NaiveDate| format!("{PATH}?date={date}");
        let (before, after) = (
            at(date.checked_sub_days(Days::new(1)).unwrap_or(date)),
            at(date.checked_add_days(Days::new(1)).unwrap_or(date)),
        );
        let list = if visits.is_empty() {
            view! { <Empty icon="icon-[lucide--coffee]" title=td_string!(locale, visits.day.none) text=td_string!(locale, visits.day.none_text)/> }.into_any()
        } else {
            let here = at(date);
            let cards = visits.into_iter().map(|one| card(&voice, one, &here));
            view! { <ol class="flex flex-col gap-3">{cards.collect_view()}</ol> }.into_any()
        };
        Ok(view! {
            <div class="day-page">
                <PageHead title=voice.times.long_day(date)>
                    <a class="btn btn-quiet btn-square" href=before aria-label=td_string!(locale, schedule.previous)><Icon name="icon-[lucide--chevron-left]"/></a>
                    <ButtonLink href=PATH>{td_string!(locale, schedule.today)}</ButtonLink>
                    <a class="btn btn-quiet btn-square" href=after aria-label=td_string!(locale, schedule.next)><Icon name="icon-[lucide--chevron-right]"/></a>
                </PageHead>
                <div data-redraw="schedule">{list}</div>
            </div>
        })
    })
}

fn card(voice: &Voice, one: DayVisit, here: &str) -> impl IntoView + use<> {
    let locale = voice.locale;
    let stands = Stands {
        reference: one.reference.clone(),
        version: one.version,
        status: one.status,
        start: one.start,
        since: one.status_at,
    };
    let (tone, word) = schedule::visit_status(locale, one.status);
    let times = voice.times.times(one.start, one.end);
    let href = format!("/office/visits/{}", one.reference);
    let photos = photos::linked(locale, one.photos, &href);
    let phone = one.phone.clone().map(|phone| {
        let href = format!("tel:{}", phone.replace(' ', ""));
        view! { <a class="btn btn-plain" href=href><Icon name="icon-[lucide--phone]" class="size-4"/> {phone}</a> }
    });
    let address = one.address.clone().map(|address| {
        let href = format!("https://www.openstreetmap.org/directions?to={}", escaped(&address.replace('\n', ", ")));
        view! {
            <p class="whitespace-pre-line">{address}</p>
            <a class="btn btn-plain" href=href target="_blank" rel="noreferrer"><Icon name="icon-[lucide--navigation]" class="size-4"/> {td_string!(locale, visits.day.directions)}</a>
        }
    });
    let subjects = (!one.subjects.is_empty()).then(|| {
        let (label, names) = (
            voice.subjects.clone(),
            crate::language::list(voice.locale, &one.subjects),
        );
        view! { <p><span class="text-muted">{crate::language::label(voice.locale, &label)} " "</span>{names}</p> }
    });
    let texts = [one.notes.clone(), one.internal_notes.clone()];
    let texts = texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| view! { <p class="said-note">{text}</p> });
    let with = (!one.others.is_empty()).then(|| {
        let names = crate::language::list(voice.locale, &one.others);
        view! { <p class="text-sm text-muted">{td_string!(locale, visits.day.with, names = names)}</p> }
    });
    view! {
        <li class="sheet day-card">
            <div class="flex items-start justify-between gap-2">
                <div class="min-w-0">
                    <p class="day-time">{times}</p>
                    <a class="link font-semibold" href=href>{one.service.clone()} " · " {one.client.clone()}</a>
                </div>
                <Pill tone text=word/>
            </div>
            {subjects} {with}
            {answer_words::list(&one.answers)}
            {texts.collect_view()}
            {photos}
            <div class="flex flex-wrap items-center gap-2">{address} {phone}</div>
            {steps(locale, &stands, false, here)}
            {note(locale, &stands, here)}
        </li>
    }
}
