//! Which times can be offered (spec §4): facts and a question in, slots out. Pure; the answer never depends on the order
//! of bookings, technicians or windows. Staff's questions about one time are in [`crate::clash`].

mod engine;
mod ledger;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

pub use crate::clash::{
    Clash, Exclusion, Objection, explain, hard_clashes, resources_for, soft_objections,
};
pub use crate::hours::{Exception, Instead, WeeklyWindow, Window};
pub use crate::resource::{Needed, Resource, ResourceNeed};
pub use crate::service::Service;
use engine::Load;
pub(crate) use engine::{Check, Engine, limits};

use crate::ids::{BookingId, ResourceId, ServiceId, TechnicianId};
use crate::policy::CutOff;
use crate::refusal::{Refusal, words};
use crate::span::Span;
use crate::zone;

/// Everything an answer depends on. `Z` is any zone of chrono: the server's zone data, or the browser's.
#[derive(Clone, Debug)]
pub struct Facts<Z: TimeZone> {
    /// The present.
    pub now: DateTime<Utc>,
    /// The zone of closures, the advance window, service caps and cut-offs (R2).
    pub business_tz: Z,
    /// The day on which weekly caps begin to count again (R22).
    pub first_weekday: Weekday,
    /// What is asked for.
    pub service: Service,
    /// The portal's cut-off; filters like notice (spec §8).
    pub request_cut_off: CutOff,
    /// All technicians of the business: those who cannot perform the service are left out here (R10).
    pub technicians: Vec<Technician<Z>>,
    /// Dates in the business zone (R8).
    pub closures: Vec<NaiveDate>,
    /// At least those the service can take. Units of a resource that is not here are not to be had.
    pub resources: Vec<Resource>,
    /// At least the blocking ones from 9 days before the window asked about to 9 days after it, of all technicians and
    /// of none, and of all services. The others change nothing.
    pub bookings: Vec<Booking>,
}

/// Who performs visits, and when (R2, R7–R11).
#[derive(Clone, Debug)]
pub struct Technician<Z: TimeZone> {
    /// Who.
    pub id: TechnicianId,
    /// The zone of the weekly plan, the exceptions and the caps.
    pub tz: Z,
    /// The weekly plan.
    pub weekly: Vec<WeeklyWindow>,
    /// Dates that differ from it, at most one entry a date.
    pub exceptions: Vec<Exception>,
    /// Times off, as instants (R11).
    pub time_off: Vec<Span>,
    /// Gap wanted before each visit, in minutes; the larger of this and the service's counts (decision 4).
    pub buffer_before: u32,
    /// Gap wanted after each visit, in minutes.
    pub buffer_after: u32,
    /// The most bookings that start on one date of the technician's zone (R22).
    pub max_per_day: Option<u32>,
    /// The most bookings that start in one week of the technician's zone (R22).
    pub max_per_week: Option<u32>,
    /// Whether they work here at present (R10).
    pub active: bool,
}

words! {
    /// The status of what occupies time (spec §4 R15, architecture §5).
    BookingStatus {
        /// A hold of a request that waits; blocks until it expires.
        Pending => "pending",
        /// Approved, not laid out as a visit yet.
        Approved => "approved",
        /// A visit that will happen.
        Scheduled => "scheduled",
        /// A visit under way.
        InProgress => "in_progress",
        /// A visit that happened.
        Completed => "completed",
        /// A request that was refused.
        Declined => "declined",
        /// A request that the client took back.
        Withdrawn => "withdrawn",
        /// Called off.
        Cancelled => "cancelled",
        /// Moved: another booking took its place.
        Rescheduled => "rescheduled",
        /// A hold that ran out.
        Expired => "expired",
        /// The client did not come.
        NoShow => "no_show",
    }
}

impl BookingStatus {
    /// Whether such a booking keeps its time from others (R15); a pending one only while its hold lives.
    pub const fn blocks(self) -> bool {
        match self {
            Self::Pending
            | Self::Approved
            | Self::Scheduled
            | Self::InProgress
            | Self::Completed => true,
            Self::Declined
            | Self::Withdrawn
            | Self::Cancelled
            | Self::Rescheduled
            | Self::Expired
            | Self::NoShow => false,
        }
    }
}

/// What occupies time: a hold, a visit, a proposed time, time blocked without a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Which row; `None` for one that is not stored.
    pub id: Option<BookingId>,
    /// Whose time; `None`: a hold on anyone (R19).
    pub technician: Option<TechnicianId>,
    /// What for.
    pub service: ServiceId,
    /// When, without buffers.
    pub span: Span,
    /// Its status.
    pub status: BookingStatus,
    /// When a pending hold stops blocking; ignored on other statuses. `None`: never.
    pub expires: Option<DateTime<Utc>>,
    /// Seats it takes in its session (R17).
    pub seats: u32,
    /// Effective buffer before in minutes, fixed when it was booked (decision 4).
    pub before_min: u32,
    /// Effective buffer after in minutes.
    pub after_min: u32,
    /// Units it uses (R18).
    pub resources: Vec<(ResourceId, u32)>,
}

impl Booking {
    /// Whether it keeps its time from others at `now` (R15): a hold does not at its very expiry.
    pub fn blocks_at(&self, now: DateTime<Utc>) -> bool {
        match (self.status, self.expires) {
            (BookingStatus::Pending, Some(expires)) => now < expires,
            (status, _) => status.blocks(),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The first instant a slot may start at.
    pub from: DateTime<Utc>,
    /// The first instant a slot may not start at any more.
    pub to: DateTime<Utc>,
    /// Only this technician; `None`: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats, at least 1.
    pub seats: u32,
    /// Bookings that are being edited or moved: they, their holds, units and caps do not count (R20).
    pub leave_out: Vec<BookingId>,
}

impl Query {
    /// One seat with anyone, for starts in `[from, to)`.
    pub const fn anyone(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self {
            from,
            to,
            technician: None,
            seats: 1,
            leave_out: Vec::new(),
        }
    }
}

/// A time that can be offered (R24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end, the service's length later (R1).
    pub end: DateTime<Utc>,
    /// Who is free, ascending; with a technician asked for exactly that one.
    pub technicians: Vec<TechnicianId>,
    /// The most seats free in one session among them, before the seats asked (R17).
    pub remaining: u32,
}

/// A date of the month view (R25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFree {
    /// The date in the viewer's zone.
    pub date: NaiveDate,
    /// How many slots start on it.
    pub free: u32,
    /// It has none, and would have some if nothing were booked or capped (R22).
    pub full: bool,
}

/// The longest window of starts answered at once, in days; a longer one is cut at its end. Calendars ask for weeks.
pub const LONGEST_QUERY_DAYS: i64 = 3_660;

/// All slots that start in `[query.from, query.to)` (R1–R26), ascending by start, each start once.
pub fn slots<Z: TimeZone>(facts: &Facts<Z>, query: &Query) -> Vec<Slot> {
    Engine::new(facts, query, Load::Booked).slots()
}

/// The month view (R25): for each of `days` dates from `first` in the viewer's zone, how many slots start on it.
/// `query.from` and `query.to` do not count: the dates say when. At most [`LONGEST_QUERY_DAYS`] dates.
pub fn month<Z: TimeZone, V: TimeZone>(
    facts: &Facts<Z>,
    viewer: &V,
    first: NaiveDate,
    days: u32,
    query: &Query,
) -> Vec<DayFree> {
    let days = u64::from(days).min(LONGEST_QUERY_DAYS.unsigned_abs());
    let dates: Vec<NaiveDate> = (0..days)
        .map_while(|n| first.checked_add_days(Days::new(n)))
        .collect();
    let Some(after) = dates.last().and_then(|last| last.succ_opt()) else {
        return Vec::new();
    };
    let edges: Vec<_> = dates
        .iter()
        .chain([&after])
        .map(|d| zone::first_instant(viewer, *d))
        .collect();
    let (Some(from), Some(to)) = (edges.first(), edges.last()) else {
        return Vec::new();
    };
    let asked = Query {
        from: *from,
        to: *to,
        ..query.clone()
    };
    let free = per_day(&slots(facts, &asked), &edges);
    let possible = match free.contains(&0) {
        true => per_day(&Engine::new(facts, &asked, Load::Empty).slots(), &edges),
        false => Vec::new(),
    };
    let day = |(index, date): (usize, &NaiveDate)| {
        let free = free.get(index).copied().unwrap_or(0);
        let full = free == 0 && possible.get(index).is_some_and(|n| *n > 0);
        DayFree {
            date: *date,
            free,
            full,
        }
    };
    dates.iter().enumerate().map(day).collect()
}

/// How many slots start between each edge and the next.
fn per_day(slots: &[Slot], edges: &[DateTime<Utc>]) -> Vec<u32> {
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    for slot in slots {
        let place = edges.partition_point(|edge| *edge <= slot.start);
        if let Some(count) = place.checked_sub(1).and_then(|day| counts.get_mut(day)) {
            *count += 1;
        }
    }
    counts
}

/// Whether the slot that starts at `start` can still be had, by the same function (R27). `query.from` and `query.to`
/// do not count.
///
/// # Errors
/// The first rule that excludes it: of the technician asked for, or of the technician who comes closest.
pub fn still_open<Z: TimeZone>(
    facts: &Facts<Z>,
    query: &Query,
    start: DateTime<Utc>,
) -> Result<Slot, Refusal> {
    let to = start
        .checked_add_signed(TimeDelta::microseconds(1))
        .ok_or(Refusal::BadTime)?;
    let asked = Query {
        from: start,
        to,
        ..query.clone()
    };
    match slots(facts, &asked).pop() {
        Some(slot) => Ok(slot),
        None => Err(crate::clash::why_not(facts, &asked, start)),
    }
}

/// Up to `n` slots nearest to `near` inside `[query.from, query.to)`: first those at or after it, ascending; when these
/// are too few, those before it, the latest first (decision 12).
pub fn next_free<Z: TimeZone>(
    facts: &Facts<Z>,
    query: &Query,
    near: DateTime<Utc>,
    n: usize,
) -> Vec<Slot> {
    let all = slots(facts, query);
    let place = all.partition_point(|slot| slot.start < near);
    let (before, after) = all.split_at(place);
    after
        .iter()
        .chain(before.iter().rev())
        .take(n)
        .cloned()
        .collect()
}
