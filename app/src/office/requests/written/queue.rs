//! A page of the queue, in words.

use booking::request::RequestStatus;
use desk::queue::{QueueAsk, QueueRow, StatusCounts};
use desk::{Desk, StaffPass};

use super::{Voice, first_words, kind, local, status};
use crate::ask;
use crate::i18n::td_string;
use crate::office::requests::facts::{Ready, Row};
use crate::office::requests::shown::{Approval, Asked, Filter};
use crate::trouble::Trouble;

/// A page of the queue.
pub struct Page {
    /// What was asked.
    pub asked: Asked,
    /// How many pages there are.
    pub pages: u32,
    /// How many requests there are under each filter, in the order of [`Filter::EVERY`].
    pub counts: Vec<u64>,
    /// The requests of this page.
    pub rows: Vec<Row>,
}

/// Reads a page of the queue.
///
/// # Errors
/// Not allowed, faults.
pub async fn queue(desk: &Desk, staff: &StaffPass, asked: Asked) -> Result<Page, Trouble> {
    let page = asked.page.max(1);
    let ask = QueueAsk {
        status: status_of(asked.filter),
        search: asked.search.clone(),
        page: page - 1,
    };
    let found = desk.queue(staff, &ask).await?;
    let voice = Voice::here(desk).await?;
    Ok(Page {
        pages: found.pages,
        counts: Filter::EVERY
            .map(|filter| count(&found.counts, filter))
            .to_vec(),
        rows: found.rows.into_iter().map(|one| row(&voice, one)).collect(),
        asked: Asked { page, ..asked },
    })
}

const fn status_of(filter: Filter) -> Option<RequestStatus> {
    match filter {
        Filter::All => None,
        Filter::Pending => Some(RequestStatus::Pending),
        Filter::Approved => Some(RequestStatus::Approved),
        Filter::Declined => Some(RequestStatus::Declined),
        Filter::Cancelled => Some(RequestStatus::Cancelled),
    }
}

fn count(counts: &StatusCounts, filter: Filter) -> u64 {
    counts.of(status_of(filter))
}

/// One row (A7).
fn row(voice: &Voice, from: QueueRow) -> Row {
    let locale = voice.locale;
    let ready = ready(voice, &from);
    let obstacle =
        (from.status == RequestStatus::Pending && from.start.is_some() && ready.is_none())
            .then(|| td_string!(locale, queue.nobody_free).to_owned());
    Row {
        version: from.version,
        client: from.client_name,
        service: from.service_name,
        kind: kind(locale, from.kind),
        day: from
            .start
            .map(|start| booking::zone::date(&voice.zone, start)),
        when: voice.when(from.start.zip(from.end), from.window),
        length: voice.times.length(i64::from(from.length_min)),
        reason_required: voice.reason_required,
        wish: from.asked.as_ref().map(|(_, name)| voice.wish(name)),
        status: status(locale, from.status),
        ticket: from.ticket.map(|number| voice.ticket(&number)),
        key: ask::fresh_key(),
        quote: first_words(&from.notes),
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
