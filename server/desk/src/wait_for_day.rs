//! A client stands in line for a day that is full: "Tell me when a time frees". Nothing is held yet, and nobody is told.

use booking::ids::{ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::slots;
use booking::waiting::{MOST_WAITING, WaitingStatus};
use booking::zone;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait};
use sea_orm::{QueryFilter, Select};
use serde_json::json;

use crate::desk::{Desk, Work};
use crate::free_slots::load::amount;
use crate::free_slots::sane;
use crate::history::Entry;
use crate::hold::minutes;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::submit_request::{book, chosen, query};
use crate::table::waiting;
use crate::trouble::{Beside, Result};

/// How far ahead a day can be waited for.
const FURTHEST: TimeDelta = TimeDelta::days(366);

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitAsked {
    /// The service.
    pub service: ServiceId,
    /// Its length in minutes, one the service offers.
    pub length_min: u32,
    /// With whom; nobody: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats in a session, at least 1.
    pub seats: u32,
    /// The day.
    pub day: NaiveDate,
    /// In whose zone.
    pub zone: Tz,
}

/// The answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// They are in line, now or before.
    Yes,
    /// A time is free at this moment: nothing was done.
    FreeNow,
}

impl Desk {
    /// Stands in line for a day. Twice is once: a person is in the line of a day for a service at most once.
    ///
    /// # Errors
    /// Beside their fields: a service that is not the client's to book, a length, technician or number of seats that is not
    /// offered; beside `day` one that is over, or further away than a year; [`Refusal::TooManyWaiting`].
    pub async fn wait_for_day(&self, who: &ContactPass, ask: WaitAsked) -> Result<Waits> {
        let work = self.begin().await?;
        let day = zone::day(&ask.zone, ask.day).ok_or(Refusal::BadDate);
        let day = day.beside("day")?;
        sane(day.start())?;
        if day.end() <= work.now() {
            return Err(Refusal::InThePast).beside("day");
        }
        if day.start() > work.now() + FURTHEST {
            return Err(Refusal::TooFar).beside("day");
        }
        work.lock_client(who.client).await?;
        let mut book = book(&work, who, ask.service, day).await?;
        let (row, facts) = chosen(&mut book, ask.service, ask.length_min, ask.technician)?;
        if ask.technician.is_some_and(|one| !book.can_send(&row, one)) {
            return Err(Refusal::NotQualified).beside("technician");
        }
        if !(1..=amount(row.capacity).max(1)).contains(&ask.seats) {
            return Err(Refusal::BadAmount).beside("seats");
        }
        if open(who).filter(same(&ask)).count(work.tx()).await? > 0 {
            return Ok(Waits::Yes);
        }
        let query = query(day, ask.technician, ask.seats, Vec::new());
        if !slots::slots(&facts, &query).is_empty() {
            return Ok(Waits::FreeNow);
        }
        if open(who).count(work.tx()).await? >= MOST_WAITING {
            return Err(Refusal::TooManyWaiting.into());
        }
        write(&work, who, &ask).await?;
        work.commit().await?;
        Ok(Waits::Yes)
    }
}

/// A person's entries that are open.
pub(crate) fn open(who: &ContactPass) -> Select<waiting::Entity> {
    let statuses = [WaitingStatus::Waiting, WaitingStatus::Told].map(WaitingStatus::as_str);
    waiting::Entity::find()
        .filter(waiting::Column::ClientId.eq(who.client.key()))
        .filter(waiting::Column::PersonId.eq(who.person.key()))
        .filter(waiting::Column::Status.is_in(statuses))
}

fn same(ask: &WaitAsked) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(waiting::Column::ServiceId.eq(ask.service.key()))
        .add(waiting::Column::Day.eq(ask.day))
}

async fn write(work: &Work, who: &ContactPass, ask: &WaitAsked) -> Result<()> {
    let day = zone::day(&ask.zone, ask.day).ok_or(Refusal::BadDate)?;
    let row = waiting::Model {
        id: work.id(),
        client_id: who.client.key(),
        person_id: who.person.key(),
        service_id: ask.service.key(),
        technician_id: ask.technician.map(Key::key),
        length_min: minutes(ask.length_min),
        seats: minutes(ask.seats),
        day: ask.day,
        from_at: day.start(),
        until_at: day.end(),
        status: WaitingStatus::Waiting.as_str().to_owned(),
        created_at: work.now(),
        booking_id: None,
        starts_at: None,
        ends_at: None,
        held_until: None,
        request_id: None,
    };
    Entry::new(
        Some(who.person),
        "waiting",
        row.id,
        WaitingStatus::Waiting.as_str(),
    )
    .after(&json!({ "service": row.service_id, "day": row.day, "technician": row.technician_id }))?
    .write(work)
    .await?;
    row.into_active_model().insert(work.tx()).await?;
    Ok(())
}
