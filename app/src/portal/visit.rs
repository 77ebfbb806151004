//! One visit as its client sees it: when, what for, who comes, where it stands; its calendar file.

use booking::refusal::Refusal;
use booking::visit::VisitStatus;
use leptos::prelude::*;

use crate::i18n::td_string;
use crate::kit::{ButtonLink, Icon, PageHead, Pill, Tone};
use crate::{ask, site};

/// The page `/visits/{ref}`.
#[component]
pub fn VisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        let visit = desk.my_visit(&who, &ask::part("ref")).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let (locale, reader) = (ask::locale(), ask::reader());
        let (tone, word) = status(visit.status);
        let back = (
            "/".to_owned(),
            td_string!(locale, portal.nav.schedule).to_owned(),
        );
        let rows = [
            (
                td_string!(locale, portal.visit.when).to_owned(),
                Some(reader.span(visit.start, visit.end)),
            ),
            (
                td_string!(locale, portal.visit.technician).to_owned(),
                visit.technician.clone(),
            ),
            (
                ask::business().subjects(locale),
                Some(visit.subjects.join(", ")),
            ),
            (
                td_string!(locale, portal.visit.reference).to_owned(),
                Some(visit.reference.clone()),
            ),
            (
                td_string!(locale, portal.visit.notes).to_owned(),
                Some(visit.notes.clone()),
            ),
            (
                td_string!(locale, portal.visit.reason).to_owned(),
                visit.reason.clone(),
            ),
        ];
        let rows = rows.into_iter().filter_map(|(word, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(view! { <div class="flex flex-wrap gap-x-4 px-4 py-2.5"><dt class="w-32 shrink-0 text-muted">{word}</dt><dd class="min-w-0 whitespace-pre-line">{value}</dd></div> })
        });
        let rows = rows.collect_view();
        let file = format!("/visits/{}/calendar.ics", visit.reference);
        let stands = matches!(
            visit.status,
            VisitStatus::Scheduled | VisitStatus::InProgress
        );
        Ok(view! {
            <PageHead title=visit.service_name.clone() back=back><Pill tone text=word/></PageHead>
            <dl class="sheet divide-y divide-line">{rows}</dl>
            {stands.then(|| view! {
                <div class="mt-4"><ButtonLink href=file><Icon name="icon-[lucide--calendar-plus]" class="size-4"/> {td_string!(locale, portal.schedule.calendar_file)}</ButtonLink></div>
            })}
        })
    })
}

fn status(status: VisitStatus) -> (Tone, &'static str) {
    let locale = ask::locale();
    match status {
        VisitStatus::Scheduled => (Tone::Info, td_string!(locale, status.visit.scheduled)),
        VisitStatus::InProgress => (Tone::Yes, td_string!(locale, status.visit.in_progress)),
        VisitStatus::Completed => (Tone::Yes, td_string!(locale, status.visit.completed)),
        VisitStatus::Cancelled => (Tone::Off, td_string!(locale, status.visit.cancelled)),
        VisitStatus::NoShow => (Tone::No, td_string!(locale, status.visit.no_show)),
        VisitStatus::Rescheduled => (Tone::Off, td_string!(locale, status.visit.rescheduled)),
    }
}
