//! Staff's questions about one time: what makes it impossible (hard), what speaks against it and can be overridden
//! (soft, R23, decision 11), and why it is not offered. Answers are facts, not sentences.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, ResourceId, TechnicianId};
use crate::refusal::Refusal;
use crate::resource::allot;
use crate::slots::{Check, Engine, Facts, Query, Technician, limits};
use crate::span::Span;
use crate::zone::{day_number, micros, micros_up};

/// A hard obstacle: never overridden (R23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum Clash {
    /// Another booking of the technician, or its buffer, is in the way (R14).
    Booking {
        /// The row in the way.
        booking: Option<BookingId>,
        /// Its time, without buffers.
        span: Span,
    },
    /// The session has not enough seats (R17).
    Seats {
        /// The session's time.
        span: Span,
        /// Seats that are free.
        free: u32,
    },
    /// No unit free (R18).
    Units {
        /// The resource, or all of the type that was looked for.
        resources: Vec<ResourceId>,
    },
    /// The technician does not perform the service (R10).
    NotQualified,
    /// The technician is not active, or unknown (R10).
    Inactive,
}

impl Clash {
    /// As a refusal.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Booking { .. } => Refusal::SlotTaken,
            Self::Seats { .. } => Refusal::NoSeats,
            Self::Units { .. } => Refusal::NoUnits,
            Self::NotQualified => Refusal::NotQualified,
            Self::Inactive => Refusal::TechnicianInactive,
        }
    }
}

/// A soft objection: staff may override it with a recorded reason (R23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// It has begun already, or is past.
    InThePast,
    /// Clients cannot book the service (R10).
    NotBookable,
    /// The business is closed (R8).
    Closed,
    /// An exception of the technician takes the hours of that date away (R8, R9).
    Exception,
    /// Outside working hours (R7, R13).
    OutsideHours,
    /// Not a start of the grid (R12).
    OffGrid,
    /// The technician has time off (R11).
    TimeOff,
    /// Reserved for holds on anyone (R19).
    Reserved,
    /// Less than the notice ahead (R21).
    Notice,
    /// The request cut-off has passed (spec §8).
    CutOff,
    /// Beyond the advance window (R21).
    Advance,
    /// The service's daily cap (R22).
    ServiceDay,
    /// The service's weekly cap (R22).
    ServiceWeek,
    /// The technician's daily cap (R22).
    TechnicianDay,
    /// The technician's weekly cap (R22).
    TechnicianWeek,
}

impl Objection {
    /// As a refusal, for a client.
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::InThePast => Refusal::InThePast,
            Self::NotBookable => Refusal::ServiceNotBookable,
            Self::Closed => Refusal::Closed,
            Self::Exception | Self::OutsideHours => Refusal::OutsideHours,
            Self::OffGrid => Refusal::OffGrid,
            Self::TimeOff => Refusal::TimeOff,
            Self::Reserved => Refusal::Reserved,
            Self::Notice => Refusal::TooSoon,
            Self::CutOff => Refusal::CutOffPassed,
            Self::Advance => Refusal::TooFar,
            Self::ServiceDay | Self::ServiceWeek | Self::TechnicianDay | Self::TechnicianWeek => {
                Refusal::Full
            }
        }
    }
}

/// One rule that excludes a time: the answer to "Why is this time not offered?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// A hard obstacle.
    Hard(Clash),
    /// A soft one.
    Soft(Objection),
}

impl Exclusion {
    /// As a refusal.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Hard(clash) => clash.refusal(),
            Self::Soft(objection) => objection.refusal(),
        }
    }
}

/// Everything hard against `technician` (`None`: none yet) taking `span` with `seats` (R14, R17, R18, decision 11).
/// Empty: it can be approved. The span may have another length than the service's: staff can change it.
pub fn hard_clashes<Z: TimeZone>(
    facts: &Facts<Z>,
    technician: Option<TechnicianId>,
    span: Span,
    seats: u32,
    leave_out: &[BookingId],
) -> Vec<Clash> {
    let query = question(span, seats, leave_out);
    clashes(&Engine::unlimited(facts, &query, span), technician, span)
}

/// Everything soft against `technician` taking `span` (R23, decision 11), most telling first.
pub fn soft_objections<Z: TimeZone>(
    facts: &Facts<Z>,
    technician: Option<TechnicianId>,
    span: Span,
    seats: u32,
    leave_out: &[BookingId],
) -> Vec<Objection> {
    let query = question(span, seats, leave_out);
    objections(&Engine::unlimited(facts, &query, span), technician, span)
}

/// All rules that exclude `start` for `technician`, hard ones first; empty when it is offered.
pub fn explain<Z: TimeZone>(
    facts: &Facts<Z>,
    query: &Query,
    technician: TechnicianId,
    start: DateTime<Utc>,
) -> Vec<Exclusion> {
    let Ok(span) = Span::of(start, facts.service.length_min) else {
        return Vec::new();
    };
    let query = question(span, query.seats, &query.leave_out);
    let engine = Engine::unlimited(facts, &query, span);
    let hard = clashes(&engine, Some(technician), span)
        .into_iter()
        .map(Exclusion::Hard);
    let soft = objections(&engine, Some(technician), span)
        .into_iter()
        .map(Exclusion::Soft);
    hard.chain(soft).collect()
}

/// The resources that a visit of the service would take during `span`, for each need in turn (R18).
///
/// # Errors
/// [`Refusal::NoUnits`].
pub fn resources_for<Z: TimeZone>(
    facts: &Facts<Z>,
    span: Span,
    leave_out: &[BookingId],
) -> Result<Vec<(ResourceId, u32)>, Refusal> {
    let query = question(span, 1, leave_out);
    let occupancies = Engine::unlimited(facts, &query, span)
        .ledger
        .occupancies(facts);
    let (start, end) = (micros(span.start()), micros_up(span.end()));
    allot(&facts.service.resources, &occupancies, start, end).map_err(|_| Refusal::NoUnits)
}

/// The refusal for a slot that was not found: the first reason of the technician with the fewest.
pub(crate) fn why_not<Z: TimeZone>(
    facts: &Facts<Z>,
    query: &Query,
    start: DateTime<Utc>,
) -> Refusal {
    if !facts.service.bookable {
        return Refusal::ServiceNotBookable;
    }
    let asked = |t: &&Technician<Z>| query.technician.is_none_or(|id| id == t.id);
    let reasons = facts
        .technicians
        .iter()
        .filter(asked)
        .map(|t| explain(facts, query, t.id, start));
    let fewest = reasons
        .filter(|all| !all.is_empty())
        .min_by_key(|all| (all.len(), all.first().map(Exclusion::refusal)));
    let first = fewest.and_then(|all| all.first().map(Exclusion::refusal));
    first.unwrap_or(if query.technician.is_some() {
        Refusal::TechnicianInactive
    } else {
        Refusal::OutsideHours
    })
}

/// The question about one start; the length comes from the span.
fn question(span: Span, seats: u32, leave_out: &[BookingId]) -> Query {
    let to = span
        .start()
        .checked_add_signed(TimeDelta::microseconds(1))
        .unwrap_or(span.end());
    Query {
        from: span.start(),
        to,
        technician: None,
        seats,
        leave_out: leave_out.to_vec(),
    }
}

fn clashes<Z: TimeZone>(
    engine: &Engine<'_, Z>,
    technician: Option<TechnicianId>,
    span: Span,
) -> Vec<Clash> {
    let facts = engine.facts;
    let (mut found, joins) = match technician {
        Some(id) => of_one_technician(engine, id, span),
        None => (Vec::new(), false),
    };
    if engine.query.seats > facts.service.capacity {
        let free = facts.service.capacity;
        found.push(Clash::Seats { span, free });
    }
    let (start, end) = (micros(span.start()), micros_up(span.end()));
    let occupancies = engine.ledger.occupancies(facts);
    // Joining a session takes no new unit (R18).
    if !joins && let Err(resources) = allot(&facts.service.resources, &occupancies, start, end) {
        found.push(Clash::Units { resources });
    }
    found
}

/// What is against a technician, and whether they would join a session.
fn of_one_technician<Z: TimeZone>(
    engine: &Engine<'_, Z>,
    id: TechnicianId,
    span: Span,
) -> (Vec<Clash>, bool) {
    let facts = engine.facts;
    let mut found = Vec::new();
    if !facts.service.is_performed_by(id) {
        found.push(Clash::NotQualified);
    }
    let Some(technician) = facts.technicians.iter().find(|t| t.id == id) else {
        found.push(Clash::Inactive);
        return (found, false);
    };
    if !technician.active {
        found.push(Clash::Inactive);
    }
    let check = Check::new(engine, technician);
    found.extend(bookings_in_the_way(engine, &check, span));
    (found, check.join(micros(span.start())).is_some())
}

fn bookings_in_the_way<Z: TimeZone>(
    engine: &Engine<'_, Z>,
    check: &Check<'_>,
    span: Span,
) -> Vec<Clash> {
    let (start, capacity) = (micros(span.start()), engine.facts.service.capacity);
    let mut found = Vec::new();
    let mut used = 0u32;
    for row in check.in_the_way(start) {
        if capacity > 1 && check.is_member(row, start) {
            used = used.saturating_add(row.seats);
            continue;
        }
        let Some(booking) = engine.facts.bookings.get(row.place) else {
            continue;
        };
        found.push(Clash::Booking {
            booking: booking.id,
            span: booking.span,
        });
    }
    if used > 0 && used.saturating_add(engine.query.seats) > capacity {
        found.push(Clash::Seats {
            span,
            free: capacity.saturating_sub(used),
        });
    }
    found
}

fn objections<Z: TimeZone>(
    engine: &Engine<'_, Z>,
    technician: Option<TechnicianId>,
    span: Span,
) -> Vec<Objection> {
    let facts = engine.facts;
    let start = micros(span.start());
    let mut found = of_the_calendar(engine, span);
    let known = technician.and_then(|id| facts.technicians.iter().find(|t| t.id == id));
    let check = known.map(|technician| Check::new(engine, technician));
    let joins = check
        .as_ref()
        .is_some_and(|check| check.join(start).is_some());
    match (known, &check) {
        (Some(technician), Some(check)) => {
            found.extend(of_the_technician(engine, technician, check, start))
        }
        (Some(_) | None, _) => {
            if engine.closures.contains(engine.business.day(start)) {
                found.push(Objection::Closed);
            }
        }
    }
    if !joins {
        let (day, caps) = (engine.business.day(start), engine.service_caps());
        found.extend(caps.day_full(day).then_some(Objection::ServiceDay));
        found.extend(caps.week_full(day).then_some(Objection::ServiceWeek));
        if let Some(check) = &check {
            let day = check.wall.day(start);
            found.extend(check.caps.day_full(day).then_some(Objection::TechnicianDay));
            found.extend(
                check
                    .caps
                    .week_full(day)
                    .then_some(Objection::TechnicianWeek),
            );
        }
    }
    found.sort_unstable();
    found
}

/// What speaks against a time whoever takes it: the present, notice, cut-off, advance (R10, R21).
fn of_the_calendar<Z: TimeZone>(engine: &Engine<'_, Z>, span: Span) -> Vec<Objection> {
    let facts = engine.facts;
    let (notice, opening, last_date) = limits(facts);
    let start = micros(span.start());
    let day = engine.business.day(start);
    let past = span.start() < facts.now;
    let too_early = opening.instant.is_some_and(|first| span.start() < first)
        || opening.date.is_some_and(|first| day < day_number(first));
    let all = [
        (!facts.service.bookable, Objection::NotBookable),
        (past, Objection::InThePast),
        (!past && start < notice, Objection::Notice),
        (!past && too_early, Objection::CutOff),
        (last_date.is_some_and(|last| day > last), Objection::Advance),
    ];
    all.into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, objection)| objection)
        .collect()
}

fn of_the_technician<Z: TimeZone>(
    engine: &Engine<'_, Z>,
    technician: &Technician<Z>,
    check: &Check<'_>,
    start: i64,
) -> Vec<Objection> {
    let mut found = Vec::new();
    match check.place_in_hours(start) {
        Some(true) => {}
        Some(false) => found.push(Objection::OffGrid),
        None if check.would_be_inside(
            engine,
            &technician.weekly,
            &technician.exceptions,
            start,
        ) =>
        {
            found.push(Objection::Closed);
        }
        None if check.would_be_inside(engine, &technician.weekly, &[], start) => {
            found.push(Objection::Exception)
        }
        None => found.push(Objection::OutsideHours),
    }
    if check.is_off(start) {
        found.push(Objection::TimeOff);
    }
    let (free, reserved) = engine.free_and_reserved(start);
    if reserved > 0 && free > 0 && free <= reserved {
        found.push(Objection::Reserved);
    }
    found
}
