//! What clients see of the calendar: services with their next free time, the month, the slots of a day. The rules are
//! `booking::slots`; here is only what is loaded for them, and what of the answer a client may see.

pub(crate) mod load;

use booking::ids::{BookingId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::service::AskedBy;
use booking::service::Lengths;
use booking::slots::{self, DayFree, Query, Slot};
use booking::{span::Span, zone};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::table::{booking as bookings, person, request, service, visit};
use crate::trouble::{Beside, Result};
use load::{Book, Wanted};

/// How many days ahead [`Desk::bookable_services`] looks for the next free time.
pub const NEXT_FREE_DAYS: i64 = 60;

/// A service as the client may book it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookableService {
    /// Which one.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The lengths to choose from.
    pub lengths: Lengths,
    /// The price of the client's own agreement, or the catalogue's, in minor units of [`BookableService::currency`].
    pub price_minor: Option<i64>,
    /// Whether that is the client's own price.
    pub own_price: bool,
    /// The business's currency.
    pub currency: String,
    /// Whether a technician may be named.
    pub technician_preference: bool,
    /// Whether a request for it holds its time until it is answered.
    pub holds: bool,
    /// Seats of a session; 1: not a group service.
    pub capacity: u32,
    /// The first free start at the shortest length within [`NEXT_FREE_DAYS`].
    pub next_free: Option<DateTime<Utc>>,
    /// How it can be asked for.
    pub asked_by: AskedBy,
    /// Whether it can be asked for again and again.
    pub recurring: bool,
}

/// Which slots are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotsAsked {
    /// Of which service.
    pub service: ServiceId,
    /// How long, in minutes.
    pub length_min: u32,
    /// With whom; nobody: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats in a session, at least 1.
    pub seats: u32,
    /// The client's own pending request that is being edited, or the visit that is to be changed: what it takes does not
    /// count (R20).
    pub editing: Option<String>,
}

impl SlotsAsked {
    /// One seat with anyone.
    #[must_use]
    pub fn anyone(service: ServiceId, length_min: u32) -> Self {
        Self {
            service,
            length_min,
            technician: None,
            seats: 1,
            editing: None,
        }
    }
}

/// A slot as a client sees it: nothing in it reveals another client (R24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferedSlot {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who can be named; empty where the service does not let clients choose.
    pub technicians: Vec<TechnicianId>,
    /// The most seats free in one session.
    pub remaining: u32,
}

/// A technician a client may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedTechnician {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
}

impl Desk {
    /// The services this client may book, in the order of the catalogue, each with its price and next free time. The
    /// number of queries does not depend on the number of services.
    ///
    /// # Errors
    /// The database's.
    pub async fn bookable_services(&self, who: &ContactPass) -> Result<Vec<BookableService>> {
        let now = self.now();
        let wanted = Wanted {
            service: None,
            client: Some(who.client),
            from: now,
            to: now + TimeDelta::days(NEXT_FREE_DAYS),
        };
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(Vec::new());
        };
        let services = book.services.clone();
        let mut found = Vec::with_capacity(services.len());
        for service in services.iter().filter(|s| s.bookable) {
            if book.bookable(service) {
                found.push(bookable(&mut book, service, now)?);
            }
        }
        Ok(found)
    }

    /// Who can be named for a service; nobody where clients may not choose.
    ///
    /// # Errors
    /// The database's.
    pub async fn technicians_offered(
        &self,
        who: &ContactPass,
        service: ServiceId,
    ) -> Result<Vec<NamedTechnician>> {
        let now = self.now();
        let (from, to) = (now, now);
        let wanted = wanted(who, service, from, to);
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(Vec::new());
        };
        let Some(row) = book.service(service).cloned() else {
            return Ok(Vec::new());
        };
        if !row.technician_preference || !book.bookable(&row) {
            return Ok(Vec::new());
        }
        let facts = book.facts(&row, load::lengths(&row)?.shortest());
        let can = |t: &&slots::Technician<Tz>| t.active && facts.service.is_performed_by(t.id);
        let ids: Vec<Uuid> = facts
            .technicians
            .iter()
            .filter(can)
            .map(|t| t.id.key())
            .collect();
        names(self.db(), ids).await
    }

    /// The month view (R25): every date of `month` (any date in it) in the client's `zone`, with the number of slots.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] beside `service`, [`Refusal::BadLength`] beside `length`.
    pub async fn month(
        &self,
        who: &ContactPass,
        ask: &SlotsAsked,
        month: NaiveDate,
        zone: Tz,
    ) -> Result<Vec<DayFree>> {
        let first = month.with_day(1).ok_or(Refusal::BadDate).beside("month")?;
        let next = first
            .checked_add_months(Months::new(1))
            .ok_or(Refusal::BadDate)
            .beside("month")?;
        let days = u32::try_from((next - first).num_days()).unwrap_or(31);
        let span = dates(&zone, first, next)?;
        let asked = self.ask(who, ask, span).await?;
        Ok(asked.month(&zone, first, days))
    }

    /// The slots that start on `date` in the client's `zone` (R3), ascending.
    ///
    /// # Errors
    /// As [`Desk::month`].
    pub async fn day_slots(
        &self,
        who: &ContactPass,
        ask: &SlotsAsked,
        date: NaiveDate,
        zone: Tz,
    ) -> Result<Vec<OfferedSlot>> {
        let next = date
            .checked_add_days(Days::new(1))
            .ok_or(Refusal::BadDate)
            .beside("date")?;
        let asked = self.ask(who, ask, dates(&zone, date, next)?).await?;
        Ok(asked.slots())
    }

    /// Whether the slot can be had at this moment: the slot, or the rule that excludes it.
    ///
    /// # Errors
    /// As [`Desk::month`].
    pub async fn slot_still_open(
        &self,
        who: &ContactPass,
        ask: &SlotsAsked,
        start: DateTime<Utc>,
    ) -> Result<std::result::Result<OfferedSlot, Refusal>> {
        let span = Span::of(sane(start)?, ask.length_min).beside("length")?;
        let asked = self.ask(who, ask, (span.start(), span.end())).await?;
        Ok(asked.still_open(start))
    }

    /// Up to `n` free slots nearest to `near`: those at or after it first (decision 12).
    ///
    /// # Errors
    /// As [`Desk::month`].
    pub async fn next_free(
        &self,
        who: &ContactPass,
        ask: &SlotsAsked,
        near: DateTime<Utc>,
        n: usize,
    ) -> Result<Vec<OfferedSlot>> {
        let asked = self.ask(who, ask, around(self.now(), sane(near)?)).await?;
        Ok(asked.next_free(near, n))
    }

    async fn ask(
        &self,
        who: &ContactPass,
        ask: &SlotsAsked,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Asked> {
        let now = self.now();
        let editing = match &ask.editing {
            Some(reference) => own_holds(self.db(), who, reference).await?,
            None => (None, Vec::new()),
        };
        let book = Book::load(self.db(), now, &wanted(who, ask.service, from, to)).await?;
        let book = book.ok_or(Refusal::NotFound).beside("service")?;
        Asked::new(book, ask, (from, to), editing)
    }
}

/// A client's question with everything loaded to answer it.
struct Asked {
    facts: slots::Facts<Tz>,
    query: Query,
    may_name: bool,
}

impl Asked {
    fn new(
        mut book: Book,
        ask: &SlotsAsked,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        (visit, leave_out): (Option<visit::Model>, Vec<BookingId>),
    ) -> Result<Self> {
        let row = book.service(ask.service).cloned();
        let row = row.ok_or(Refusal::NotFound).beside("service")?;
        check_choice_for(visit.as_ref(), &row, ask.length_min, ask.technician)?;
        // As many as are booked come at the other time too.
        let booked = visit.map_or(1, |visit| load::amount(visit.seats));
        let facts = book.facts(&row, ask.length_min).clone();
        let query = Query {
            from,
            to,
            technician: ask.technician,
            seats: ask.seats.max(booked).max(1),
            leave_out,
        };
        Ok(Self {
            facts,
            query,
            may_name: row.technician_preference,
        })
    }

    fn month(&self, zone: &Tz, first: NaiveDate, days: u32) -> Vec<DayFree> {
        slots::month(&self.facts, zone, first, days, &self.query)
    }

    fn slots(&self) -> Vec<OfferedSlot> {
        let all = slots::slots(&self.facts, &self.query);
        all.into_iter()
            .map(|slot| offered(slot, self.may_name))
            .collect()
    }

    fn still_open(&self, start: DateTime<Utc>) -> std::result::Result<OfferedSlot, Refusal> {
        slots::still_open(&self.facts, &self.query, start).map(|slot| offered(slot, self.may_name))
    }

    fn next_free(&self, near: DateTime<Utc>, n: usize) -> Vec<OfferedSlot> {
        let found = slots::next_free(&self.facts, &self.query, near, n);
        found
            .into_iter()
            .map(|slot| offered(slot, self.may_name))
            .collect()
    }
}

fn bookable(book: &mut Book, row: &service::Model, now: DateTime<Utc>) -> Result<BookableService> {
    let lengths = load::lengths(row)?;
    let (price_minor, currency) = (book.price(row), book.business.currency.clone());
    let facts = book.facts(row, lengths.shortest());
    // Most services are free soon: a short look first.
    let look = |days| {
        let query = Query::anyone(now, now + TimeDelta::days(days));
        slots::next_free(facts, &query, now, 1).pop()
    };
    let next = look(7).or_else(|| look(NEXT_FREE_DAYS));
    Ok(BookableService {
        id: ServiceId::of(row.id),
        name: row.name.clone(),
        description: row.description.clone(),
        lengths,
        price_minor,
        own_price: price_minor != row.price_minor,
        currency,
        technician_preference: row.technician_preference,
        holds: row.holds,
        capacity: load::amount(row.capacity),
        next_free: next.map(|slot| slot.start),
        asked_by: load::asked_by(row)?,
        recurring: row.recurring,
    })
}

/// Whether the service is offered at this length, and with this technician named.
pub(crate) fn check_choice(
    service: &service::Model,
    length_min: u32,
    technician: Option<TechnicianId>,
) -> Result<()> {
    if !load::lengths(service)?.offers(length_min) {
        return Err(Refusal::BadLength).beside("length");
    }
    if technician.is_some() && !service.technician_preference {
        return Err(Refusal::TechnicianNotOffered).beside("technician");
    }
    Ok(())
}

/// The same for a visit that is to be otherwise: it may stay as long as staff made it.
pub(crate) fn check_choice_for(
    visit: Option<&visit::Model>,
    service: &service::Model,
    length_min: u32,
    technician: Option<TechnicianId>,
) -> Result<()> {
    let own = match visit.filter(|visit| visit.service_id == service.id) {
        Some(visit) => Some(visit.span()?.minutes()),
        None => None,
    };
    if own == Some(i64::from(length_min)) && technician.is_none() {
        return Ok(());
    }
    check_choice(service, length_min, technician)
}

/// An instant a person can mean; beyond it neither the calendar nor the database's order of instants is safe.
pub(crate) fn sane(instant: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let whole = instant.timestamp_subsec_nanos() == 0;
    match (2000..2200).contains(&instant.year()) && whole {
        true => Ok(instant),
        false => Err(Refusal::BadTime).beside("start"),
    }
}

/// Where the nearest free slots to `near` are looked for.
pub(crate) fn around(now: DateTime<Utc>, near: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = now.max(near - TimeDelta::days(7));
    (from, near.max(now) + TimeDelta::days(45))
}

pub(crate) fn offered(slot: Slot, may_name: bool) -> OfferedSlot {
    OfferedSlot {
        start: slot.start,
        end: slot.end,
        technicians: if may_name {
            slot.technicians
        } else {
            Vec::new()
        },
        remaining: slot.remaining,
    }
}

fn wanted(who: &ContactPass, service: ServiceId, from: DateTime<Utc>, to: DateTime<Utc>) -> Wanted {
    Wanted {
        service: Some(service),
        client: Some(who.client),
        from,
        to,
    }
}

/// From the first instant of one date to that of another, in the viewer's zone.
fn dates(zone: &Tz, first: NaiveDate, next: NaiveDate) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    if !(2000..2200).contains(&first.year()) {
        return Err(Refusal::BadDate).beside("date");
    }
    Ok((
        zone::first_instant(zone, first),
        zone::first_instant(zone, next),
    ))
}

/// The rows of the hold of the client's own request (R20), or their visit and its rows; nothing for a reference that is not
/// theirs.
async fn own_holds<C: ConnectionTrait>(
    db: &C,
    who: &ContactPass,
    reference: &str,
) -> Result<(Option<visit::Model>, Vec<BookingId>)> {
    let requests = request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::Reference.eq(reference))
        .filter(request::Column::ClientId.eq(who.client.key()))
        .into_query();
    let visit = visit::Entity::find()
        .filter(visit::Column::Reference.eq(reference))
        .filter(visit::Column::ClientId.eq(who.client.key()))
        .one(db)
        .await?;
    let theirs = match &visit {
        Some(visit) => bookings::Column::VisitId.eq(visit.id),
        None => bookings::Column::RequestId.in_subquery(requests),
    };
    let ids: Vec<Uuid> = bookings::Entity::find()
        .select_only()
        .column(bookings::Column::Id)
        .filter(theirs)
        .into_tuple()
        .all(db)
        .await?;
    Ok((visit, ids.into_iter().map(BookingId::of).collect()))
}

async fn names<C: ConnectionTrait>(db: &C, ids: Vec<Uuid>) -> Result<Vec<NamedTechnician>> {
    let rows: Vec<(Uuid, String)> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .column(person::Column::Name)
        .filter(person::Column::Id.is_in(ids))
        .order_by_asc(person::Column::Name)
        .into_tuple()
        .all(db)
        .await?;
    let named = |(id, name)| NamedTechnician {
        id: TechnicianId::of(id),
        name,
    };
    Ok(rows.into_iter().map(named).collect())
}
