//! Changes and cancellations as rows above the queue, each with the badge of its kind, and as a banner on their visit.

use booking::change::ChangeStatus;
use desk::changes_shown::ChangeSeen;
use desk::{Desk, StaffPass};
use leptos::prelude::*;

use crate::i18n::td_string;
use crate::kit::{Icon, Pill, Tone};
use crate::office::requests::Voice;
use crate::office::requests::shown::Filter;
use crate::trouble::Trouble;
use crate::{ask, portal::make_changes::shown::lines};

/// Those that the filter of the queue means; drawn again by `office::live` when something changed.
///
/// # Errors
/// Not allowed, faults.
pub async fn rows(desk: &Desk, staff: &StaffPass) -> Result<impl IntoView + use<>, Trouble> {
    let listed = listed(desk, staff).await?;
    Ok(view! { <div data-redraw="changes">{listed}</div> })
}

async fn listed(desk: &Desk, staff: &StaffPass) -> Result<Option<AnyView>, Trouble> {
    let filter = Filter::of(&ask::query("status").unwrap_or_default());
    let search = ask::query("search").unwrap_or_default();
    let status = match filter {
        Filter::Offered => return Ok(None),
        filter => status_of(filter),
    };
    let all = desk.changes(staff, status, &search).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let voice = Voice::here(desk).await?;
    let title = td_string!(voice.locale, changes.office.title);
    let rows: Vec<_> = all.iter().map(|one| row(&voice, one)).collect();
    // What is decided may be long: it stands behind its title, so that the queue stays in sight.
    let open = filter == Filter::Pending;
    Ok(Some(
        view! {
            <section class="border-b border-line bg-surface" aria-labelledby="changes-title">
                <details open=open>
                    <summary class="cursor-pointer px-4 py-2.5"><h2 id="changes-title" class="inline text-sm font-semibold text-muted">{title}</h2></summary>
                    <ul class="divide-y divide-line border-t border-line">{rows}</ul>
                </details>
            </section>
        }
        .into_any(),
    ))
}

/// The state of a change that a filter of the queue means; nothing: all of them.
const fn status_of(filter: Filter) -> Option<ChangeStatus> {
    match filter {
        Filter::All => None,
        Filter::Pending | Filter::Offered => Some(ChangeStatus::Pending),
        Filter::Approved => Some(ChangeStatus::Approved),
        Filter::Declined => Some(ChangeStatus::Declined),
        Filter::Cancelled => Some(ChangeStatus::Withdrawn),
    }
}

/// How many of them a filter means: they count among the requests (decision 16).
pub fn count(counts: &[(ChangeStatus, u64)], filter: Filter) -> u64 {
    let means = |status: ChangeStatus| match filter {
        Filter::Offered => false,
        filter => status_of(filter).is_none_or(|wanted| wanted == status),
    };
    let of_filter = counts.iter().filter(|(status, _)| means(*status));
    of_filter.map(|(_, n)| n).sum()
}

fn row(voice: &Voice, one: &ChangeSeen) -> impl IntoView + use<> {
    let href = format!("/office/requests/{}", one.reference);
    let (tone, status) = status(voice, one.status);
    let (client, service) = (one.client.1.clone(), one.service.clone());
    let when = voice.times.span(one.start, one.end);
    let wanted = lines(one, &voice.subjects).into_iter();
    let wanted = wanted.map(|(label, text)| format!("{label}: {text}"));
    let wanted: Vec<_> = wanted
        .map(|line| view! { <span class="block">{line}</span> })
        .collect();
    view! {
        <li class="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 py-3" id=format!("row-{}", one.reference)>
            <div class="min-w-0">
                <p class="flex flex-wrap items-center gap-2">
                    {badge(voice, one)}
                    <a class="font-semibold hover:underline" href=href data-reference=one.reference.clone()>{client}</a>
                    <span class="text-muted">{service} " · " {when}</span>
                </p>
                <p class="text-sm">{wanted}</p>
            </div>
            <span class="flex items-center gap-2"><span class="text-sm text-muted tabular-nums">{one.reference.clone()}</span> <Pill tone text=status/></span>
        </li>
    }
}

/// Which kind it is.
pub(super) fn badge(voice: &Voice, one: &ChangeSeen) -> impl IntoView + use<> {
    let text = match one.cancellation {
        true => td_string!(voice.locale, changes.kind.cancellation),
        false => td_string!(voice.locale, changes.kind.change),
    };
    view! { <Pill tone=Tone::Info text=text/> }
}

pub(super) fn status(voice: &Voice, status: ChangeStatus) -> (Tone, &'static str) {
    let l = voice.locale;
    match status {
        ChangeStatus::Pending => (Tone::Wait, td_string!(l, queue.waiting)),
        ChangeStatus::Approved => (Tone::Yes, td_string!(l, status.request.approved)),
        ChangeStatus::Declined => (Tone::No, td_string!(l, status.request.declined)),
        ChangeStatus::Withdrawn => (Tone::Off, td_string!(l, status.request.cancelled)),
        ChangeStatus::Superseded => (Tone::Off, td_string!(l, changes.office.superseded)),
        ChangeStatus::Expired => (Tone::Off, td_string!(l, status.request.expired)),
    }
}

/// What waits against a visit, as a banner on its page.
///
/// # Errors
/// Faults.
pub async fn waiting(
    desk: &Desk,
    staff: &StaffPass,
    visit: &str,
) -> Result<Option<AnyView>, Trouble> {
    if !desk.sees_queue(staff).await? {
        return Ok(None);
    }
    let all = desk
        .changes(staff, Some(ChangeStatus::Pending), visit)
        .await?;
    let Some(one) = all.into_iter().find(|one| one.visit == visit) else {
        return Ok(None);
    };
    let locale = ask::locale();
    let text = match one.cancellation {
        true => td_string!(locale, changes.waits_cancellation),
        false => td_string!(locale, changes.waits_change),
    };
    let href = format!("/office/requests/{}", one.reference);
    Ok(Some(
        view! {
            <p class="mb-4 flex flex-wrap items-center gap-2 rounded-control bg-wait-soft px-3 py-2 font-semibold text-wait">
                <Icon name="icon-[lucide--hourglass]" class="size-4 shrink-0"/> {text}
                <a class="link" href=href>{td_string!(locale, changes.office.look)}</a>
            </p>
        }
        .into_any(),
    ))
}
