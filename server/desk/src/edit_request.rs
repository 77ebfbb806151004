//! The client edits a pending request: the new slot is checked by the engine with the own hold left out (R20), and the
//! hold moves in the same transaction. When the new slot is lost, the old one stays held.

use booking::ids::{BookingId, PhotoId, QuestionId, ServiceId, SubjectId, TechnicianId};
use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::people::Notes;
use booking::refusal::Refusal;
use booking::request::{self as rules, RequestState, WantedSlot, Wish};
use booking::slots;
use booking::span::Span;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use crate::announce::{News, announce};
use crate::answers::{self, Given};
use crate::approve_request::too_late;
use crate::change_request::{LastChange, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::amount;
use crate::free_slots::{OfferedSlot, SlotsAsked, sane};
use crate::history::Entry;
use crate::hold::{self, minutes};
use crate::key::Key;
use crate::offer;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::photos;
use crate::submit_request::{Details, Held, book, chosen, place, query, write_subjects};
use crate::table::{booking as bookings, request};
use crate::trouble::{Beside, Result};
use crate::withdraw_request::own_request;

/// What the form says; the service stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestEdit {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// The length in minutes.
    pub length_min: u32,
    /// The slot's first instant.
    pub start: DateTime<Utc>,
    /// With whom; nobody: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats in a session, at least 1.
    pub seats: u32,
    /// The client's words, as typed; may be empty.
    pub notes: String,
    /// A ticket, as typed; may be empty.
    pub ticket: String,
    /// What it is for; the client's own.
    pub subjects: Vec<SubjectId>,
    /// What was answered to the service's questions, as typed.
    pub answers: Vec<(QuestionId, String)>,
    /// The photos it has from now on: those it keeps and new ones, at most 5.
    pub photos: Vec<PhotoId>,
}

/// The answer to an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Edited {
    /// It is changed, and still waits.
    Done,
    /// The new slot cannot be had: nothing was changed, the old slot is still held.
    Lost {
        /// The rule that excludes it.
        why: Refusal,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
    /// It was decided or changed meanwhile: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Edits the client's own pending request (decision 10). Only a changed slot is checked and held anew.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; beside their fields: lengths, technicians, texts, tickets, subjects and photos as in
    /// [`Desk::submit_request`].
    pub async fn edit_request(&self, who: &ContactPass, ask: RequestEdit) -> Result<Edited> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(_) => return Ok(Edited::Done),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = own_request(&work, who, &ask.request).await?;
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Edited::Changed(changed));
        }
        if row.starts_at.is_none() {
            return Err(Refusal::KindMismatch.into());
        }
        let wanted = wanted(&ask)?;
        let service = ServiceId::of(row.service_id);
        work.lock_calendar(service, ask.technician).await?;
        expire_around(&mut work, wanted.span).await?;
        let mut book = book(&work, who, service, wanted.span).await?;
        let details =
            Details::read(&work, who, &book, &ask.notes, &ask.ticket, &ask.subjects).await?;
        let details = details.answering(Given::read(&work, service, &ask.answers).await?);
        let held = hold::of_request(&work, row.id).await?;
        let moved = match is_same(&row, &wanted)? {
            true => None,
            false => {
                let own: Vec<BookingId> = held.iter().map(|r| BookingId::of(r.id)).collect();
                let (entry, facts) = chosen(&mut book, service, ask.length_min, ask.technician)?;
                let question = query(wanted.span, ask.technician, ask.seats, own.clone());
                match slots::still_open(&facts, &question, ask.start) {
                    Ok(slot) => Some(Held::choose(
                        &facts,
                        &entry,
                        &slot,
                        ask.technician,
                        ask.seats,
                        &own,
                    )?),
                    Err(why) => {
                        drop(work);
                        return self.lost_edit(who, service, &ask, why).await;
                    }
                }
            }
        };
        let hours = moved.as_ref().and_then(|m| m.hours);
        let hours = hours.map(|_| amount(book.business.hold_hours));
        let after = edited(&work, &row, &ask, wanted, &details, hours)?;
        let photos = photos::change(&work, who.person, row.id, &ask.photos).await?;
        let rest = (&details, &photos);
        write(&mut work, who, (&row, after), moved, held.first(), rest).await?;
        work.done_once(who.person, &ask.key, json!({})).await?;
        work.commit().await?;
        Ok(Edited::Done)
    }

    async fn lost_edit(
        &self,
        who: &ContactPass,
        service: ServiceId,
        ask: &RequestEdit,
        why: Refusal,
    ) -> Result<Edited> {
        let asked = SlotsAsked {
            service,
            length_min: ask.length_min,
            technician: ask.technician,
            seats: ask.seats,
            editing: Some(ask.request.clone()),
        };
        let next = self.next_free(who, &asked, ask.start, 3).await?;
        Ok(Edited::Lost { why, next })
    }
}

fn wanted(ask: &RequestEdit) -> Result<WantedSlot> {
    if ask.seats == 0 {
        return Err(Refusal::BadAmount).beside("seats");
    }
    Ok(WantedSlot {
        span: Span::of(sane(ask.start)?, ask.length_min).beside("length")?,
        technician: ask.technician,
        seats: ask.seats,
    })
}

/// Whether the slot stays as it is: then its hold stays too, whatever has become of notice and hours.
fn is_same(row: &request::Model, wanted: &WantedSlot) -> Result<bool> {
    // While the client is asked about other times, what was asked first is not held.
    Ok(!row.awaiting_client
        && row.span()? == wanted.span
        && row.technician_id == wanted.technician.map(Key::key)
        && amount(row.seats) == wanted.seats)
}

fn edited(
    work: &Work,
    row: &request::Model,
    ask: &RequestEdit,
    wanted: WantedSlot,
    details: &Details,
    hours: Option<u32>,
) -> Result<request::Model> {
    let before = row.pending()?;
    let wish = Wish::Appointment(wanted);
    let new = rules::NewRequest::new(
        before.client,
        before.by,
        before.service,
        wish,
        details.notes.clone(),
    )?;
    let same = is_same(row, &wanted)?;
    let after = before.edit(ask.version, new, work.now(), hours)?;
    let expires_at = match after.state {
        RequestState::Pending { expires, .. } if !same => expires,
        _ => row.expires_at,
    };
    Ok(request::Model {
        technician_id: ask.technician.map(Key::key),
        length_min: minutes(ask.length_min),
        starts_at: Some(wanted.span.start()),
        ends_at: Some(wanted.span.end()),
        seats: minutes(ask.seats),
        notes: details.notes.as_ref().map_or("", Notes::as_str).to_owned(),
        ticket: details.ticket.clone(),
        expires_at,
        awaiting_client: false,
        ..row.clone()
    })
}

async fn write(
    work: &mut Work,
    who: &ContactPass,
    (before, after): (&request::Model, request::Model),
    moved: Option<Held>,
    row: Option<&bookings::Model>,
    (details, photos): (&Details, &photos::Changed),
) -> Result<()> {
    let after = replace(work, before, after).await?;
    offer::end(work, before, OfferStatus::Dropped, Some(who.person), None).await?;
    write_subjects(work, before.id, &details.subjects).await?;
    let answered = answers::of_request(work.tx(), before.id).await?;
    details.answers.write(work, before.id).await?;
    match &moved {
        Some(held) if held.hours.is_some() => {
            let place = place(&after, ServiceId::of(after.service_id), held);
            hold::occupy(work, row, &place).await?;
        }
        // The service holds nothing any more: what was held goes with the old slot.
        Some(_) => {
            if let Some(row) = row {
                hold::release(work, row, slots::BookingStatus::Rescheduled).await?;
            }
        }
        None => {}
    }
    Entry::new(Some(who.person), "request", before.id, "edited")
        .before(&photos::told(
            answers::noted(snapshot(before), &answered),
            &photos.before,
        ))?
        .after(&photos::told(
            details.answers.noted(snapshot(&after)),
            &photos.after,
        ))?
        .write(work)
        .await?;
    let mut news = News::new(Event::RequestEdited, &after, Some(who.person));
    news.before.span = Some(before.span()?)
        .filter(|old| Some(old.start()) != after.starts_at || Some(old.end()) != after.ends_at);
    announce(work, &news).await
}
