//! One appointment: everything about it, what can be done with it, and what happened to it.

use booking::refusal::Refusal;
use booking::visit::VisitStatus;
use desk::visit_details::VisitDetails;
use leptos::prelude::*;

use super::history;
use super::status::{Stands, note, steps};
use crate::i18n::td_string;
use crate::kit::{Banner, ButtonLink, Icon, Look, PageHead, Pill, Tone, money};
use crate::office::changes;
use crate::office::requests::Voice;
use crate::office::schedule;
use crate::{answer_words, ask, site};

/// The page `/office/visits/:reference`.
#[component]
pub fn VisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let voice = Voice::here(&desk).await?;
        let reference = ask::part("reference");
        let visit = desk.visit_details(&staff, &reference).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let lines = desk.visit_history(&staff, &reference).await?;
        let facts = schedule::visit_facts(&desk, &staff, &reference).await?;
        let (tone, word) = facts.status.clone();
        let (locale, runs) = (voice.locale, staff.dispatcher().is_ok());
        let title = format!("{} · {}", visit.service, visit.client.1);
        let day = format!("/office/schedule?date={}", voice.times.date(visit.start));
        let back = format!("/office/visits/{reference}");
        let stands = stands(&visit);
        let edits = runs && visit.status == VisitStatus::Scheduled;
        let words = runs
            && matches!(
                visit.status,
                VisitStatus::InProgress | VisitStatus::Completed | VisitStatus::NoShow
            );
        let (edit, cancel) = (format!("{back}/edit"), format!("{back}/cancel"));
        let successor = visit.replaced_by.clone().map(|other| {
            let href = format!("/office/visits/{other}");
            view! { <Banner tone=Tone::Off>{td_string!(locale, visits.moved_to)} " " <a class="link" href=href>{other}</a></Banner> }
        });
        let price = visit.price_minor.filter(|_| runs).map(|minor| {
            let price = money(minor, &ask::business().currency, locale);
            view! { <p><span class="text-muted">{crate::language::label(locale, td_string!(locale, portal.wizard.price))} " "</span>{price}</p> }
        });
        let waits = changes::waiting(&desk, &staff, &reference).await?;
        let fee = match runs {
            true => desk.fee(&staff, &reference).await?,
            false => None,
        };
        let fee = fee.map(|fee| changes::fee_row(&reference, fee));
        let mine = staff
            .technician()
            .is_some_and(|id| visit.technician_ids.contains(&id));
        Ok(view! {
            <div class="plain-page">
                <PageHead title back=(day, td_string!(locale, schedule.title).to_owned())>
                    <Pill tone text=word/>
                    {(edits || words).then(|| view! { <ButtonLink href=edit look=if edits { Look::Primary } else { Look::Plain }><Icon name="icon-[lucide--pencil]" class="size-4"/> {if edits { td_string!(locale, visits.edit) } else { td_string!(locale, visits.edit_words) }}</ButtonLink> })}
                    {edits.then(|| view! { <ButtonLink href=cancel look=Look::Danger>{td_string!(locale, visits.cancel)}</ButtonLink> })}
                </PageHead>
                {successor}
                {waits}
                <div class="visit-page">
                    <div class="sheet flex flex-col gap-4 p-4">
                        {schedule::visit_rows(facts)}
                        {price}
                        {fee}
                        {answer_words::list(&visit.answers)}
                        {(runs || mine).then(|| view! { {steps(locale, &stands, runs, &back)} {note(locale, &stands, &back)} })}
                    </div>
                    <div class="sheet p-4">{history::draw(&voice, &lines)}</div>
                </div>
            </div>
        })
    })
}

/// The visit as the buttons need it.
pub(super) fn stands(visit: &VisitDetails) -> Stands {
    Stands {
        reference: visit.reference.clone(),
        version: visit.version,
        status: visit.status,
        start: visit.start,
        since: visit.status_at,
    }
}
