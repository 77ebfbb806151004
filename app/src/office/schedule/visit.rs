//! The details of one appointment, at the right of the Schedule.

use desk::{Desk, StaffPass};
use leptos::prelude::*;

use super::facts::{VisitFacts, visit};
use super::sight::Sight;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Icon, Look, Pill};
use crate::photos;
use crate::trouble::Trouble;

/// Draws them; nothing where the reference names no visit.
///
/// # Errors
/// Not found, faults.
pub async fn details(
    desk: &Desk,
    staff: &StaffPass,
    sight: &Sight,
    reference: &str,
) -> Result<AnyView, Trouble> {
    let facts = visit(desk, staff, reference).await?;
    Ok(draw(facts, sight.with_visit(None)).into_any())
}

fn draw(facts: VisitFacts, close: String) -> impl IntoView {
    let locale = ask::locale();
    let title = td_string!(
        locale,
        schedule.appointment,
        reference = facts.reference.clone()
    )
    .to_string();
    let page = format!("/office/visits/{}", facts.reference);
    let (edit, cancel) = (format!("{page}/edit"), format!("{page}/cancel"));
    let edits = facts.edits.then(|| {
        view! {
            <ButtonLink href=edit look=Look::Primary><Icon name="icon-[lucide--pencil]" class="size-4"/> {td_string!(locale, visits.edit)}</ButtonLink>
            <ButtonLink href=cancel look=Look::Danger>{td_string!(locale, visits.cancel)}</ButtonLink>
        }
    });
    let status = (facts.status.0, facts.status.1.clone());
    view! {
        <section class="visit" aria-labelledby="visit-title">
            <header class="queue-head">
                <h2 class="queue-title" id="visit-title">{title}</h2>
                <Pill tone=status.0 text=status.1/>
                <a class="btn btn-quiet btn-square" href=close aria-label=td_string!(locale, common.close)><Icon name="icon-[lucide--x]"/></a>
            </header>
            <div class="px-4 pb-4">
                <div class="mb-3 flex flex-wrap gap-2">
                    {edits}
                    <ButtonLink href=page>{td_string!(locale, visits.open)}</ButtonLink>
                </div>
                {rows(facts)}
            </div>
        </section>
    }
}

/// Everything about an appointment, as a list of words and values.
pub fn rows(facts: VisitFacts) -> impl IntoView {
    let locale = ask::locale();
    let link = |link: Option<crate::office::requests::facts::Link>| {
        link.map_or((String::new(), None), |link| (link.text, Some(link.href)))
    };
    let (request, request_href) = link(facts.request);
    let (ticket, ticket_href) = link(facts.ticket);
    let series = facts
        .series
        .then(|| td_string!(locale, visits.part_of_series).to_owned());
    let all = [
        (
            td_string!(locale, schedule.visit.service),
            facts.service,
            None,
        ),
        (td_string!(locale, schedule.visit.when), facts.when, None),
        (
            td_string!(locale, schedule.visit.technician),
            facts.technician,
            None,
        ),
        (td_string!(locale, visits.resources), facts.resources, None),
        (
            td_string!(locale, schedule.visit.client),
            facts.client.text,
            Some(facts.client.href),
        ),
        (td_string!(locale, visits.address), facts.address, None),
        (
            td_string!(locale, schedule.visit.phone),
            facts.phone.clone(),
            Some(format!("tel:{}", facts.phone.replace(' ', ""))),
        ),
        (
            td_string!(locale, schedule.visit.email),
            facts.email.clone(),
            Some(format!("mailto:{}", facts.email)),
        ),
        (
            td_string!(locale, schedule.visit.reference),
            facts.reference,
            None,
        ),
        (
            td_string!(locale, schedule.visit.request),
            request,
            request_href,
        ),
        (
            td_string!(locale, schedule.visit.ticket),
            ticket,
            ticket_href,
        ),
        (
            td_string!(locale, visits.series),
            series.unwrap_or_default(),
            None,
        ),
    ];
    let rows = all
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(word, value, href)| {
            let value = match href.filter(|href| !href.is_empty()) {
                Some(href) => view! { <a class="link" href=href>{value}</a> }.into_any(),
                None => value.into_any(),
            };
            view! { <div><dt>{word}</dt><dd>{value}</dd></div> }
        });
    // The business's own word is not known when the program is built.
    let (label, subjects) = facts.subjects;
    let subjects =
        (!subjects.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{subjects}</dd></div> });
    let texts = [
        (td_string!(locale, visits.cancelled_because), facts.reason),
        (td_string!(locale, schedule.visit.notes), facts.notes),
        (
            td_string!(locale, schedule.visit.internal_notes),
            facts.internal_notes,
        ),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(word, text)| {
        view! { <div class="facts-text"><h3 class="details-heading">{word}</h3><p>{text}</p></div> }
    });
    view! {
        <div>
            <dl class="facts">{rows.collect_view()} {subjects}</dl>
            {texts.collect_view()}
            {photos::strip(locale, &facts.photos)}
        </div>
    }
}
