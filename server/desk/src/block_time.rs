//! Time blocked without a client: a meeting, a delivery, a drive. It keeps technicians' time like any booking (R14, R27);
//! nobody is told.

use booking::ids::{BookingId, TechnicianId};
use booking::people::Name;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::clash_check::ClashSeen;
use crate::creating;
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::sane;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{booking as bookings, technician};
use crate::trouble::{Beside, Result};
use crate::visit_form::{MOST_TECHNICIANS, Obstacle};

/// The longest block, in days: what is longer is time off.
pub const LONGEST_DAYS: i64 = 31;

/// The form "Block time".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBlock {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// Whose time; at least one.
    pub technicians: Vec<TechnicianId>,
    /// From when.
    pub start: DateTime<Utc>,
    /// Until when.
    pub end: DateTime<Utc>,
    /// What for, 1–200 characters.
    pub note: String,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Blocked {
    /// It is blocked.
    Done,
    /// Somebody has something at that time: nothing was written.
    Lost(Vec<Obstacle>),
}

impl Desk {
    /// Blocks time.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who is nothing else; beside `technicians`: [`Refusal::TechnicianRequired`],
    /// [`Refusal::BadChoice`]; beside `start`, `end`: [`Refusal::BadTime`]; beside `note` what is refused of it.
    pub async fn block_time(&self, who: &StaffPass, ask: NewBlock) -> Result<Blocked> {
        who.dispatcher()?;
        let span = span(&ask)?;
        let note = Name::parse(&ask.note).beside("note")?;
        let technicians = technicians(&ask)?;
        let mut work = self.begin().await?;
        if let Some(()) = creating::earlier(&work, who.person, &ask.key, &ask).await? {
            return Ok(Blocked::Done);
        }
        work.lock_places(&[], &technicians, &[]).await?;
        expire_around(&mut work, span).await?;
        known(&work, &technicians).await?;
        let obstacles = in_the_way(&work, &technicians, span).await?;
        if !obstacles.is_empty() {
            return Ok(Blocked::Lost(obstacles));
        }
        for technician in &technicians {
            let id = work.id();
            row(id, *technician, span, note.as_str())
                .into_active_model()
                .insert(work.tx())
                .await?;
            Entry::new(Some(who.person), "booking", id, "blocked")
                .after(&json!({
                    "technician": technician, "start": span.start(), "end": span.end(), "note": note.as_str(),
                }))?
                .write(&work)
                .await?;
        }
        creating::made(&work, who.person, &ask.key, &()).await?;
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(Blocked::Done)
    }

    /// Frees blocked time. Freeing twice is freeing once.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; [`Refusal::NotFound`] for what is no block.
    pub async fn free_blocked_time(&self, who: &StaffPass, id: BookingId) -> Result<()> {
        who.dispatcher()?;
        let mut work = self.begin().await?;
        let found = bookings::Entity::find_by_id(id.key())
            .filter(bookings::Column::VisitId.is_null())
            .filter(bookings::Column::RequestId.is_null())
            // What is held for a change or for somebody who waits is no block.
            .filter(bookings::Column::Status.ne(BookingStatus::Pending.as_str()))
            .one(work.tx())
            .await?;
        let row = found.ok_or(Refusal::NotFound)?;
        if !row.blocking {
            return Ok(());
        }
        hold::release(&work, &row, BookingStatus::Cancelled).await?;
        Entry::new(Some(who.person), "booking", row.id, "freed")
            .before(&json!({ "start": row.starts_at, "end": row.ends_at, "note": row.note }))?
            .write(&work)
            .await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }
}

fn span(ask: &NewBlock) -> Result<Span> {
    let (start, end) = (sane(ask.start)?, ask.end);
    let span = Span::new(start, end).beside("end")?;
    match end - start > TimeDelta::days(LONGEST_DAYS) {
        true => Err(Refusal::BadTime).beside("end"),
        false => Ok(span),
    }
}

fn technicians(ask: &NewBlock) -> Result<Vec<TechnicianId>> {
    let mut all = ask.technicians.clone();
    all.sort_unstable();
    all.dedup();
    match all.len() {
        0 => Err(Refusal::TechnicianRequired).beside("technicians"),
        1..=MOST_TECHNICIANS => Ok(all),
        _ => Err(Refusal::BadAmount).beside("technicians"),
    }
}

async fn known(work: &Work, technicians: &[TechnicianId]) -> Result<()> {
    let ids: Vec<Uuid> = technicians.iter().map(|id| id.key()).collect();
    let found = technician::Entity::find()
        .filter(technician::Column::Id.is_in(ids))
        .all(work.tx())
        .await?;
    match found.len() == technicians.len() {
        true => Ok(()),
        false => Err(Refusal::BadChoice).beside("technicians"),
    }
}

/// Bookings of these technicians whose time, buffers included, is touched.
async fn in_the_way(
    work: &Work,
    technicians: &[TechnicianId],
    span: Span,
) -> Result<Vec<Obstacle>> {
    let ids: Vec<Uuid> = technicians.iter().map(|id| id.key()).collect();
    let reach = TimeDelta::hours(4);
    let near = bookings::Entity::find()
        .filter(bookings::Column::TechnicianId.is_in(ids))
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::StartsAt.lt(span.end() + reach))
        .filter(bookings::Column::EndsAt.gt(span.start() - reach))
        .order_by_asc(bookings::Column::StartsAt)
        .all(work.tx())
        .await?;
    let touched = |row: &&bookings::Model| {
        let minutes = |n: i32| TimeDelta::minutes(i64::from(n));
        row.starts_at - minutes(row.before_min) < span.end()
            && row.ends_at + minutes(row.after_min) > span.start()
    };
    let obstacle = |row: &bookings::Model| Obstacle {
        technician: row.technician_id.map(TechnicianId::of),
        clash: ClashSeen {
            why: Refusal::SlotTaken,
            span: Span::new(row.starts_at, row.ends_at).ok(),
            client: None,
        },
    };
    Ok(near.iter().filter(touched).map(obstacle).collect())
}

fn row(id: Uuid, technician: TechnicianId, span: Span, note: &str) -> bookings::Model {
    bookings::Model {
        id,
        technician_id: Some(technician.key()),
        service_id: None,
        starts_at: span.start(),
        ends_at: span.end(),
        before_min: 0,
        after_min: 0,
        seats: 1,
        session_id: None,
        leader: true,
        status: BookingStatus::Scheduled.as_str().to_owned(),
        blocking: true,
        expires_at: None,
        request_id: None,
        visit_id: None,
        note: Some(note.to_owned()),
    }
}
