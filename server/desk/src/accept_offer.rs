//! The client takes one of the times that staff offered, or a quote: everything hard is checked again under the locks of the
//! calendar, the visit is booked as an approval books it, at the price of the quote, and everybody is told, in one
//! transaction. A time that was lost meanwhile leaves the others; when none is left, staff have to answer again.

use booking::ids::{PersonId, ServiceId};
use booking::letter::Event;
use booking::offer::{OfferKind, OfferStatus};
use booking::refusal::Refusal;
use booking::request::{Proposed, RequestKind};
use booking::visit::VisitStatus;
use sea_orm::{ActiveModelTrait, Set};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{About, News, announce};
use crate::approve_request::{Office, copy_subjects, too_late};
use crate::change_request::{LastChange, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::amount;
use crate::history::Entry;
use crate::key::Key;
use crate::offer::{self, OpenOffer, proposed};
use crate::offer_link::{Answering, answering};
use crate::once::{self, Once};
use crate::refuse_offer::back_to_staff;
use crate::send_offer::remembered;
use crate::table::{client_service, offer_time, request, service, visit};
use crate::trouble::Result;
use crate::visit_row::{self, Draft};
use crate::withdraw_request::own_request;

/// The form "take this one".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// The offer.
    pub offer: Uuid,
    /// Which of its times.
    pub time: Uuid,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Accepted {
    /// The visit is booked and everybody is told.
    Done {
        /// `R-…`.
        request: String,
        /// `V-…`.
        visit: String,
    },
    /// That time cannot be had any more.
    Lost {
        /// The hard rule that excludes it.
        why: Refusal,
        /// How many of the offer's times are left; with none, staff answer again.
        left: usize,
    },
    /// It was decided or changed meanwhile: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Accepts one time of an offer, or the quote: the request is approved with it (§5, C6).
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a request that is not theirs to see; [`Refusal::LinkExpired`];
    /// [`Refusal::NotAwaitingClient`]; [`Refusal::NotProposed`] for a time of another offer.
    pub async fn accept_offer(&self, by: Answering<'_>, ask: Acceptance) -> Result<Accepted> {
        let mut work = self.begin().await?;
        let who = answering(&work, by, &ask.request, ask.offer).await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(result) => return Ok(done(&result)),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = own_request(&work, &who, &ask.request).await?;
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Accepted::Changed(changed));
        }
        let offer = OpenOffer::of(&work, row.id).await?;
        let offer = offer.filter(|offer| offer.row.id == ask.offer);
        let offer = offer.ok_or(Refusal::NotAwaitingClient)?;
        let time = offer.times.iter().find(|time| time.id == ask.time);
        let time = time.ok_or(Refusal::NotProposed)?;
        let choice = proposed(time)?;
        let service = ServiceId::of(row.service_id);
        work.lock_calendar(service, Some(choice.technician)).await?;
        expire_around(&mut work, choice.span).await?;
        let office = Office::load(&work, &row, choice.technician, choice.span).await?;
        if let Some(why) = lost(&work, &office, &row, time) {
            let answer = lose(&mut work, (&row, &offer), time, why).await?;
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(answer);
        }
        let answer = approve(&mut work, who.person, &row, (&offer, choice), &office).await?;
        work.done_once(who.person, &ask.key, answer.clone()).await?;
        work.commit().await?;
        Ok(done(&answer))
    }
}

fn done(result: &Value) -> Accepted {
    let word = |name| {
        let found = result.get(name).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    Accepted::Done {
        request: word("request"),
        visit: word("visit"),
    }
}

/// Why a time cannot be had any more.
fn lost(
    work: &Work,
    office: &Office,
    row: &request::Model,
    time: &offer_time::Model,
) -> Option<Refusal> {
    if time.starts_at <= work.now() {
        return Some(Refusal::InThePast);
    }
    office.clashes(row).first().map(|clash| clash.refusal())
}

/// The time is marked as lost; with the last one the offer ends, and staff have to answer again.
async fn lose(
    work: &mut Work,
    (row, offer): (&request::Model, &OpenOffer),
    time: &offer_time::Model,
    why: Refusal,
) -> Result<Accepted> {
    offer::lose(work, time).await?;
    let stands = |other: &&offer_time::Model| {
        other.id != time.id && !other.lost && other.starts_at > work.now()
    };
    let left = offer.times.iter().filter(stands).count();
    if left == 0 {
        back_to_staff(work, row, (OfferStatus::Lost, None), None).await?;
    }
    Ok(Accepted::Lost { why, left })
}

async fn approve(
    work: &mut Work,
    by: PersonId,
    row: &request::Model,
    (offer, choice): (&OpenOffer, Proposed),
    office: &Office,
) -> Result<Value> {
    let accepted = offer
        .on(row)?
        .accept(row.version, choice, (by, work.now()), &[])?;
    // What is wrong gets a case of its own (C3).
    let mut asked = row.clone();
    if row.kind()? == RequestKind::Issue && row.ticket.is_none() {
        asked.ticket = office.open_ticket(work, by, row).await?;
    }
    let visit = write_visit(work, &asked, offer, (choice, office)).await?;
    let after = request::Model {
        status: accepted.status().as_str().to_owned(),
        awaiting_client: false,
        decided_at: Some(work.now()),
        decided_by: Some(by.key()),
        visit_id: Some(visit.id),
        ..asked
    };
    let after = replace(work, row, after).await?;
    offer::end(work, row, OfferStatus::Accepted, Some(by), None).await?;
    office.occupy(work, row, visit.id).await?;
    write_history(work, by, (row, &after), offer, &visit).await?;
    // Nobody is the actor: the letters go at once, and whoever sent the offer is told, too.
    let mut news = News::new(Event::BookingApproved, &after, None);
    news.technicians = vec![choice.technician];
    news.about = About::Request(&after, Some(&visit));
    announce(work, &news).await?;
    Ok(json!({ "request": after.reference, "visit": visit.reference }))
}

async fn write_visit(
    work: &Work,
    row: &request::Model,
    offer: &OpenOffer,
    (choice, office): (Proposed, &Office),
) -> Result<visit::Model> {
    let draft = Draft {
        id: work.id(),
        client: row.client_id,
        service: row.service_id,
        agreement: agreement(work, row, offer, &office.entry).await?,
        request: Some(row.id),
        span: choice.span,
        seats: amount(row.seats),
        status: VisitStatus::Scheduled,
        notes: row.notes.clone(),
        internal_notes: row.internal_notes.clone(),
        ticket: row.ticket.clone(),
        series: None,
        event: None,
    };
    let visit = visit_row::insert(work, &office.book.zone(), draft).await?;
    copy_subjects(work, row.id, visit.id).await?;
    Ok(visit)
}

/// The agreement that the visit's price comes from (C6). A quote is one for this visit alone: it has ended as soon as it is
/// made, so that the next visit is at the standing price again.
async fn agreement(
    work: &Work,
    row: &request::Model,
    offer: &OpenOffer,
    entry: &service::Model,
) -> Result<Uuid> {
    match offer::kind(&offer.row)? {
        OfferKind::Times => visit_row::agreement(work, row.client_id, entry, false).await,
        OfferKind::Quote => {
            let id = work.id();
            let new = client_service::ActiveModel {
                id: Set(id),
                client_id: Set(row.client_id),
                service_id: Set(row.service_id),
                kind: Set("one_time".to_owned()),
                price_minor: Set(Some(offer.row.total_minor)),
                active: Set(false),
                created_at: Set(work.now()),
                ended_at: Set(Some(work.now())),
                version: Set(1),
            };
            new.insert(work.tx()).await?;
            Ok(id)
        }
    }
}

async fn write_history(
    work: &Work,
    by: PersonId,
    (before, after): (&request::Model, &request::Model),
    offer: &OpenOffer,
    visit: &visit::Model,
) -> Result<()> {
    let technician = offer
        .times
        .iter()
        .find(|time| time.starts_at == visit.starts_at && time.ends_at == visit.ends_at)
        .map(|time| time.technician_id);
    Entry::new(Some(by), "request", before.id, "approved")
        .before(&snapshot(before))?
        .after(&json!({
            "status": after.status,
            "visit": visit.reference,
            "start": visit.starts_at,
            "end": visit.ends_at,
            "technician": technician,
            "offer": remembered(&offer.row, &[]),
        }))?
        .write(work)
        .await?;
    Entry::new(Some(by), "visit", visit.id, "created")
        .after(&json!({
            "status": visit.status,
            "start": visit.starts_at,
            "end": visit.ends_at,
            "technician": technician,
        }))?
        .write(work)
        .await
}
