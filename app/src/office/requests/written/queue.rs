//! A page of the queue, in words.

use booking::request::{RequestKind, RequestStatus};
use desk::queue::{QueueAsk, QueueRow, StatusCounts};
use desk::{Desk, StaffPass};

use super::{Voice, first_words, kind, local, status};
use crate::ask;
use crate::i18n::td_string;
use crate::office::changes;
use crate::office::requests::facts::{Ready, Row};
use crate::office::requests::shown::{Approval, Asked, Filter};
use crate::trouble::Trouble;

/// A page of the queue.
pub struct Page {
    /// What was asked.
    pub asked: Asked,
    /// How many pages there are.
    pub pages: u32,
    /// How many requests there are under each filter, changes included, in the order of [`Filter::EVERY`].
    pub counts: Vec<u64>,
    /// The requests of this page.
    pub rows: Vec<Row>,
    /// Whether neither requests nor changes are here.
    pub nothing: bool,
}

/// Reads a page of the queue.
///
/// # Errors
/// Not allowed, faults.
pub async fn queue(desk: &Desk, staff: &StaffPass, asked: Asked) -> Result<Page, Trouble> {
    let page = asked.page.max(1);
    let ask = QueueAsk {
        status: status_of(asked.filter),
        awaiting_client: awaiting_of(asked.filter),
        search: asked.search.clone(),
        page: page - 1,
    };
    let found = desk.queue(staff, &ask).await?;
    let changes = desk.change_counts(staff, &asked.search).await?;
    let voice = Voice::here(desk).await?;
    Ok(Page {
        pages: found.pages,
        counts: Filter::EVERY
            .map(|filter| count(&found.counts, filter) + changes::count(&changes, filter))
            .to_vec(),
        nothing: found.rows.is_empty() && changes::count(&changes, asked.filter) == 0,
        rows: found.rows.into_iter().map(|one| row(&voice, one)).collect(),
        asked: Asked { page, ..asked },
    })
}

const fn status_of(filter: Filter) -> Option<RequestStatus> {
    match filter {
        Filter::All => None,
        Filter::Pending | Filter::Offered => Some(RequestStatus::Pending),
        Filter::Approved => Some(RequestStatus::Approved),
        Filter::Declined => Some(RequestStatus::Declined),
        Filter::Cancelled => Some(RequestStatus::Cancelled),
    }
}

/// What waits for staff and what waits for the client are told apart (decision 16).
const fn awaiting_of(filter: Filter) -> Option<bool> {
    match filter {
        Filter::Pending => Some(false),
        Filter::Offered => Some(true),
        Filter::All | Filter::Approved | Filter::Declined | Filter::Cancelled => None,
    }
}

fn count(counts: &StatusCounts, filter: Filter) -> u64 {
    match awaiting_of(filter) {
        Some(true) => counts.awaiting_client,
        Some(false) => counts.pending.saturating_sub(counts.awaiting_client),
        None => counts.of(status_of(filter)),
    }
}

/// One row (A7).
fn row(voice: &Voice, from: QueueRow) -> Row {
    let locale = voice.locale;
    let ready = ready(voice, &from);
    let open = from.status == RequestStatus::Pending && !from.awaiting_client;
    let obstacle = (open && from.start.is_some() && ready.is_none())
        .then(|| td_string!(locale, queue.nobody_free).to_owned());
    Row {
        version: from.version,
        client: from.client_name,
        service: from.service_name,
        kind: kind(locale, from.kind),
        day: from
            .start
            .map(|start| booking::zone::date(&voice.zone, start)),
        when: voice.when(from.start.zip(from.end), from.dates.as_ref()),
        length: voice.times.length(i64::from(from.length_min)),
        reason_required: voice.reason_required,
        wish: from.asked.as_ref().map(|(_, name)| voice.wish(name)),
        status: status(locale, from.status, from.awaiting_client),
        offers: from.kind != RequestKind::Recurring,
        ticket: from.ticket.map(|number| voice.ticket(&number)),
        key: ask::fresh_key(),
        quote: first_words(&from.notes),
        photos: from.photos,
        href: format!("/office/requests/{}", from.reference),
        reference: from.reference,
        ready,
        obstacle,
    }
}

/// What one press approves: the suggested technician, if they are free, at the time asked for.
fn ready(voice: &Voice, from: &QueueRow) -> Option<Ready> {
    let suggested = from.suggested.as_ref().filter(|suggested| suggested.free)?;
    let start = from
        .start
        .filter(|_| from.status == RequestStatus::Pending)?;
    Some(Ready {
        name: suggested
            .name
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
        form: Approval {
            reference: from.reference.clone(),
            version: from.version.to_string(),
            key: ask::fresh_key(),
            technician: suggested.id.to_string(),
            length: from.length_min.to_string(),
            ticket: from.ticket.clone().unwrap_or_default(),
            ..local(voice.zone, start)
        },
    })
}
