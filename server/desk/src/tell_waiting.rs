//! When a time frees, the first in line for its day is told, and it is held for them for half an hour; then it is the next
//! one's turn. The housekeeping calls it now and then, and whenever the schedule changed; several servers may do it at once.

use std::collections::HashMap;

use booking::ids::{ServiceId, TechnicianId};
use booking::letter::{Event, Recipient};
use booking::slots::{self, BookingStatus, Slot};
use booking::span::Span;
use booking::waiting::{MINUTES_TO_ANSWER, WaitingStatus};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::hold::{self, Place};
use crate::key::Key;
use crate::offer_link::pass;
use crate::pass::ContactPass;
use crate::submit_request::{Held, book, chosen, query};
use crate::table::{person, waiting as table};
use crate::tell::{self, Tidings};
use crate::trouble::Result;
use crate::waiting;

/// How many are looked at in one round, the longest waiting first.
const AT_ONCE: u64 = 500;
/// How many end in one transaction.
const ENDED_AT_ONCE: u64 = 100;
/// One after the other, also among several servers: or the second in line could be faster than the first.
const IN_LINE: &str = "SELECT pg_advisory_xact_lock(7318403)";

impl Desk {
    /// Ends what is over, and tells who is first in line of the times that became free; how many were told.
    ///
    /// # Errors
    /// The database's; who was told before stays told.
    pub async fn tell_waiting(&self) -> Result<u64> {
        while self.end_some().await? == ENDED_AT_ONCE {}
        let mut told = 0;
        for id in self.likely().await? {
            // Who may not book it now, or is being merged, stays in line.
            match self.hold_for(id).await {
                Ok(done) => told += u64::from(done),
                Err(trouble) if trouble.refusal().is_some() => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(told)
    }

    /// Those whose day is over, and those who did not answer in time.
    async fn end_some(&self) -> Result<u64> {
        let due = |now: DateTime<Utc>| {
            let told = Condition::all()
                .add(table::Column::Status.eq(WaitingStatus::Told.as_str()))
                .add(table::Column::HeldUntil.lte(now));
            let over = Condition::all()
                .add(table::Column::Status.eq(WaitingStatus::Waiting.as_str()))
                .add(table::Column::UntilAt.lte(now));
            table::Entity::find()
                .select_only()
                .column(table::Column::Id)
                .filter(Condition::any().add(told).add(over))
                .order_by_asc(table::Column::Id)
                .limit(ENDED_AT_ONCE)
                .into_tuple()
        };
        let some: Vec<Uuid> = due(self.now()).all(self.db()).await?;
        if some.is_empty() {
            return Ok(0);
        }
        let mut work = self.begin().await?;
        work.in_line().await?;
        let some: Vec<Uuid> = due(work.now()).all(work.tx()).await?;
        for id in &some {
            end(&mut work, *id).await?;
        }
        work.commit().await?;
        Ok(some.len() as u64)
    }

    /// Those on whose day something seems to be free, in their order. Seven queries, whoever waits.
    async fn likely(&self) -> Result<Vec<Uuid>> {
        let now = self.now();
        let rows = table::Entity::find()
            .filter(table::Column::Status.eq(WaitingStatus::Waiting.as_str()))
            .filter(table::Column::UntilAt.gt(now))
            .order_by_asc(table::Column::CreatedAt)
            .order_by_asc(table::Column::Id)
            .limit(AT_ONCE)
            .all(self.db())
            .await?;
        let Some(last) = rows.iter().map(|row| row.until_at).max() else {
            return Ok(Vec::new());
        };
        let wanted = Wanted {
            service: None,
            client: None,
            from: now,
            to: last,
        };
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(Vec::new());
        };
        let mut known: HashMap<_, bool> = HashMap::new();
        let mut found = Vec::new();
        for row in &rows {
            let what = (row.service_id, row.length_min, row.technician_id);
            let free = *known
                .entry((what, row.seats, row.from_at, row.until_at))
                .or_insert_with(|| something_free(&mut book, row));
            if free {
                found.push(row.id);
            }
        }
        Ok(found)
    }

    /// Holds the first free time of the day for one entry and tells the client; whether there was one.
    async fn hold_for(&self, id: Uuid) -> Result<bool> {
        let mut work = self.begin().await?;
        work.in_line().await?;
        let Some(row) = table::Entity::find_by_id(id).one(work.tx()).await? else {
            return Ok(false);
        };
        let Some((who, _)) = pass(work.tx(), row.person_id, row.client_id).await? else {
            return Ok(false);
        };
        work.lock_client(who.client).await?;
        let row = waiting::locked(&work, id).await?;
        let in_line = |row: &table::Model| {
            row.status == WaitingStatus::Waiting.as_str()
                && row.until_at > work.now()
                && row.client_id == who.client.key()
        };
        let Some(row) = row.filter(in_line) else {
            return Ok(false);
        };
        let Some(place) = first_free(&mut work, &who, &row).await? else {
            return Ok(false);
        };
        let after = write(&work, &row, &place).await?;
        notify(&mut work, &after).await?;
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(true)
    }
}

impl Work {
    async fn in_line(&self) -> Result<()> {
        if self.locks_rows() {
            self.tx().execute_unprepared(IN_LINE).await?;
        }
        Ok(())
    }
}

async fn end(work: &mut Work, id: Uuid) -> Result<()> {
    let Some(row) = waiting::locked(work, id).await? else {
        return Ok(());
    };
    let status = match row.standing()? {
        WaitingStatus::Told => WaitingStatus::Missed,
        WaitingStatus::Waiting => WaitingStatus::Over,
        WaitingStatus::Taken
        | WaitingStatus::Passed
        | WaitingStatus::Missed
        | WaitingStatus::Stopped
        | WaitingStatus::Over => return Ok(()),
    };
    waiting::end(work, &row, status, None).await
}

fn something_free(book: &mut Book, row: &table::Model) -> bool {
    let Some(service) = book.service(ServiceId::of(row.service_id)).cloned() else {
        return false;
    };
    let now = book.facts(&service, amount(row.length_min)).now;
    let facts = book.facts(&service, amount(row.length_min));
    let technician = row.technician_id.map(TechnicianId::of);
    let asked = rest_of_day(row, now).map(|day| query(day, technician, amount(row.seats), vec![]));
    service.bookable && asked.is_some_and(|asked| !slots::slots(facts, &asked).is_empty())
}

fn rest_of_day(row: &table::Model, now: DateTime<Utc>) -> Option<Span> {
    Span::new(row.from_at.max(now), row.until_at).ok()
}

/// The first free time of the day, under the locks of the calendar.
async fn first_free(
    work: &mut Work,
    who: &ContactPass,
    row: &table::Model,
) -> Result<Option<Place>> {
    let Some(day) = rest_of_day(row, work.now()) else {
        return Ok(None);
    };
    let service = ServiceId::of(row.service_id);
    let technician = row.technician_id.map(TechnicianId::of);
    work.lock_calendar(service, technician).await?;
    expire_around(work, day).await?;
    let mut book = book(work, who, service, day).await?;
    let (entry, facts) = chosen(&mut book, service, amount(row.length_min), technician)?;
    let query = query(day, technician, amount(row.seats), Vec::new());
    let Some(slot): Option<Slot> = slots::slots(&facts, &query).into_iter().next() else {
        return Ok(None);
    };
    let held = Held::choose(&facts, &entry, &slot, technician, amount(row.seats), &[])?;
    let until = work.now() + TimeDelta::minutes(MINUTES_TO_ANSWER);
    Ok(Some(Place {
        technician: held.technician,
        service,
        span: held.wish.span,
        buffers: held.buffers,
        seats: held.wish.seats,
        group: held.group,
        status: BookingStatus::Pending,
        expires: Some(until.min(slot.start)),
        request: None,
        visit: None,
        resources: held.resources,
    }))
}

async fn write(work: &Work, row: &table::Model, place: &Place) -> Result<table::Model> {
    let after = table::Model {
        status: WaitingStatus::Told.as_str().to_owned(),
        booking_id: Some(hold::occupy(work, None, place).await?),
        starts_at: Some(place.span.start()),
        ends_at: Some(place.span.end()),
        held_until: place.expires,
        ..row.clone()
    };
    waiting::write(work, row, after.clone(), None).await?;
    Ok(after)
}

async fn notify(work: &mut Work, row: &table::Model) -> Result<()> {
    let mut facts =
        tell::facts(work, Recipient::Client, row.client_id, Some(row.service_id)).await?;
    facts.start = row.starts_at;
    facts.end = row.ends_at;
    facts.expires = row.held_until;
    facts.link = format!("/waiting/{}", row.id);
    if let Some(id) = row.technician_id {
        let found = person::Entity::find_by_id(id).one(work.tx()).await?;
        facts.technician = found.map(|person| person.name);
    }
    let tidings = Tidings {
        event: Event::WaitingFreed,
        client: row.client_id,
        about: row.id,
        facts,
    };
    tell::tell(work, &tidings, &[row.person_id]).await
}
