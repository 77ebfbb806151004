//! One visit as its client sees it: when, what for, who comes, where it stands; its calendar file.

use booking::refusal::Refusal;
use booking::visit::VisitStatus;
use leptos::prelude::*;

use crate::i18n::td_string;
use crate::kit::{Banner, ButtonLink, Icon, Look, PageHead, Pill, Tone, money};
use crate::portal::make_changes::shown::{banner, wanted};
use crate::portal::make_changes::ways::take_back;
use crate::{answer_words, ask, photos, site};

/// The page `/visits/{ref}`.
#[component]
pub fn VisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        let visit = desk.my_visit(&who, &ask::part("ref")).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let answers = desk.answers_of_my_visit(&who, &visit.reference).await?;
        let ways = desk.my_visit_ways(&who, &visit.reference).await?;
        let ways = ways.ok_or(Refusal::NotFound)?;
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
                Some(crate::language::list(locale, &visit.subjects)),
            ),
            (
                td_string!(locale, portal.wizard.price).to_owned(),
                visit
                    .price_minor
                    .map(|minor| money(minor, &ask::business().currency, locale)),
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
            (
                td_string!(locale, changes.fee.title).to_owned(),
                ways.fee.map(|fee| {
                    let amount = money(fee.amount_minor, &ask::business().currency, locale);
                    match fee.waived {
                        true => td_string!(locale, changes.fee.waived, amount = amount),
                        false => amount,
                    }
                }),
            ),
        ];
        let said = ask::query("asked").map(|_| td_string!(locale, changes.processed));
        let said = said.or(ask::query("withdrawn").map(|_| td_string!(locale, changes.taken_back)));
        let changes = format!("/visits/{}/changes", visit.reference);
        let answers = answers
            .into_iter()
            .map(|one| (one.words.clone(), Some(answer_words::answer(&one))));
        let rows = rows.into_iter().chain(answers).filter_map(|(word, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(view! { <div class="flex flex-wrap gap-x-4 px-4 py-2.5"><dt class="w-32 shrink-0 text-muted">{word}</dt><dd class="min-w-0 whitespace-pre-line">{value}</dd></div> })
        });
        let rows = rows.collect_view();
        let request = visit.request.clone().map(|reference| {
            view! { <div class="flex flex-wrap gap-x-4 px-4 py-2.5"><dt class="w-32 shrink-0 text-muted">{td_string!(locale, portal.visit.request)}</dt><dd class="min-w-0"><a class="link" href=format!("/requests/{reference}")>{reference.clone()}</a></dd></div> }
        });
        let file = format!("/visits/{}/calendar.ics", visit.reference);
        let write = format!("/messages/new?about={}", visit.reference);
        let stands = matches!(
            visit.status,
            VisitStatus::Scheduled | VisitStatus::InProgress
        );
        Ok(view! {
            <PageHead title=visit.service_name.clone() back=back><Pill tone text=word/></PageHead>
            {said.map(|said| view! { <div class="mb-4"><Banner tone=Tone::Yes>{said}</Banner></div> })}
            {ways.open.as_ref().map(|open| view! {
                <section class="sheet mb-4 flex flex-col gap-3 p-4">{banner(open)} {wanted(open)} {take_back(&visit.reference)}</section>
            })}
            <dl class="sheet divide-y divide-line">{rows} {request}</dl>
            <div class="mt-4">{photos::strip(locale, &visit.photos)}</div>
            <div class="mt-4"><ButtonLink href=write><Icon name="icon-[lucide--message-circle]" class="size-4"/> {td_string!(locale, messages.about_visit)}</ButtonLink></div>
            {stands.then(|| view! {
                <div class="mt-4 flex flex-wrap gap-2">
                    {ways.open.is_none().then(|| view! { <ButtonLink href=changes look=Look::Primary><Icon name="icon-[lucide--pencil]" class="size-4"/> {td_string!(locale, changes.title)}</ButtonLink> })}
                    <ButtonLink href=file><Icon name="icon-[lucide--calendar-plus]" class="size-4"/> {td_string!(locale, portal.schedule.calendar_file)}</ButtonLink>
                </div>
            })}
        })
    })
}

/// Where a visit stands: what that means, and its word.
pub fn status(status: VisitStatus) -> (Tone, &'static str) {
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
