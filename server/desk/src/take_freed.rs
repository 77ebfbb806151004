//! A client takes the time that is held for them because they waited for its day: it becomes a request like any other, by
//! the same rules, and its hold goes over to the request in the same step.

use booking::ids::{QuestionId, ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::refusal::Refusal;
use booking::request::Wish;
use booking::slots::{self, BookingStatus};
use booking::span::Span;
use booking::waiting::WaitingStatus;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::answers::Given;
use crate::desk::{Desk, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::amount;
use crate::hold;
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::submit_request::{Asked, Details, Held, book, chosen, query, reference_in, write};
use crate::table::{request, waiting as table};
use crate::trouble::Result;
use crate::waiting;

/// The form "request this time".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taking {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// Which entry.
    pub entry: Uuid,
    /// What was answered to the service's questions, as typed.
    pub answers: Vec<(QuestionId, String)>,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum TakenFreed {
    /// It waits for staff.
    Sent {
        /// `R-…`.
        reference: String,
    },
    /// It is held no longer: nothing was done.
    Over,
    /// A rule excludes it by now: nothing was done.
    Lost {
        /// Which.
        why: Refusal,
    },
}

impl Desk {
    /// Turns the held time into a pending request (R1–R27 hold again). Pressed twice it happens once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody else's; as [`Desk::submit_request`].
    pub async fn take_freed(&self, who: &ContactPass, ask: Taking) -> Result<TakenFreed> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(result) => {
                let reference = reference_in(&result);
                return Ok(TakenFreed::Sent { reference });
            }
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        work.lock_client(who.client).await?;
        let row = waiting::own(&work, who, ask.entry).await?;
        let span = match (row.standing()?, row.starts_at, row.ends_at) {
            (WaitingStatus::Taken, _, _) => {
                let reference = reference(&work, &row).await?;
                return Ok(TakenFreed::Sent { reference });
            }
            (WaitingStatus::Told, Some(start), Some(end)) => Span::new(start, end)?,
            _ => return Ok(TakenFreed::Over),
        };
        if row.held_until.is_none_or(|until| until <= work.now()) {
            return Ok(TakenFreed::Over);
        }
        let reference = match submit(&mut work, who, (&row, span), &ask).await? {
            Ok(reference) => reference,
            Err(why) => return Ok(TakenFreed::Lost { why }),
        };
        work.done_once(who.person, &ask.key, json!({ "reference": reference }))
            .await?;
        work.commit().await?;
        Ok(TakenFreed::Sent { reference })
    }
}

/// The request's reference, or the rule that excludes the time by now.
async fn submit(
    work: &mut Work,
    who: &ContactPass,
    (row, span): (&table::Model, Span),
    ask: &Taking,
) -> Result<std::result::Result<String, Refusal>> {
    let service = ServiceId::of(row.service_id);
    let technician = row.technician_id.map(TechnicianId::of);
    let (length_min, seats) = (amount(row.length_min), amount(row.seats));
    work.lock_calendar(service, technician).await?;
    expire_around(work, span).await?;
    let held = waiting::hold_of(work, row).await?;
    let own = waiting::left_out(held.as_ref());
    let mut book = book(work, who, service, span).await?;
    let (entry, mut facts) = chosen(&mut book, service, length_min, technician)?;
    if held.is_some() {
        // It was free by these when they were told, and is theirs until the hold ends.
        facts.service.notice_min = 0;
        facts.request_cut_off = CutOff::None;
    }
    let query = query(span, technician, seats, own.clone());
    let slot = match slots::still_open(&facts, &query, span.start()) {
        Ok(slot) => slot,
        Err(why) => return Ok(Err(why)),
    };
    let details = Details::read(work, who, &book, "", "", &[]).await?;
    let details = details.answering(Given::read(work, service, &ask.answers).await?);
    let place = Held::choose(&facts, &entry, &slot, technician, seats, &own)?;
    if let Some(held) = &held {
        hold::release(work, held, BookingStatus::Rescheduled).await?;
    }
    let asked = Asked {
        service,
        length_min,
        technician,
        seats,
        wish: Wish::Appointment(place.wish),
        part: None,
        over: span.start(),
        held: Some(&place),
        photos: &[],
    };
    let reference = write(work, who, &book, asked, details).await?;
    let after = table::Model {
        status: WaitingStatus::Taken.as_str().to_owned(),
        request_id: Some(id_of(work, &reference).await?),
        ..row.clone()
    };
    waiting::write(work, row, after, Some(who.person)).await?;
    Ok(Ok(reference))
}

async fn id_of(work: &Work, reference: &str) -> Result<Uuid> {
    let found = request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::Reference.eq(reference))
        .into_tuple()
        .one(work.tx())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

async fn reference(work: &Work, row: &table::Model) -> Result<String> {
    let id = row.request_id.ok_or(Refusal::NotFound)?;
    let found = request::Entity::find_by_id(id).one(work.tx()).await?;
    Ok(found.ok_or(Refusal::NotFound)?.reference)
}
