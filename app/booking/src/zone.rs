//! What a wall clock says when: window edges, typed times, first instants of dates, in any zone, by asking it for
//! offsets only. Gap and overlap have named outcomes; nothing here knows the time or a list of zones.

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::span::Span;

/// Microseconds of UTC since 1970, or of a wall clock: the engine's arithmetic.
pub(crate) type Micros = i64;
/// One minute in [`Micros`].
pub(crate) const MINUTE: Micros = 60_000_000;
/// One day of 24 hours in [`Micros`].
pub(crate) const DAY: Micros = 86_400_000_000;
/// Days since 1970 of a wall clock's date.
pub(crate) type DayNumber = i64;

const EPOCH_FROM_CE: i64 = 719_163;

pub(crate) fn day_number(date: NaiveDate) -> DayNumber {
    i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE
}

/// 0 = Monday.
pub(crate) fn weekday_of(day: DayNumber) -> usize {
    (day + 3).rem_euclid(7) as usize
}

pub(crate) fn micros(instant: DateTime<Utc>) -> Micros {
    instant.timestamp_micros()
}

/// Rounded up, for edges that must not admit an earlier instant.
pub(crate) fn micros_up(instant: DateTime<Utc>) -> Micros {
    let down = instant.timestamp_micros();
    if instant.timestamp_subsec_nanos().is_multiple_of(1000) {
        down
    } else {
        down + 1
    }
}

/// The instant, brought into the calendar where it lies beyond it.
pub(crate) fn instant(at: Micros) -> DateTime<Utc> {
    let edge = if at < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    };
    DateTime::from_timestamp_micros(at).unwrap_or(edge)
}

fn local_micros(local: NaiveDateTime) -> Micros {
    local.and_utc().timestamp_micros()
}

fn local_of(at: Micros) -> NaiveDateTime {
    instant(at).naive_utc()
}

/// The offsets of one zone over a stretch of time, found once by asking every 24 hours and halving where they differ.
///
/// Two changes within 24 hours that cancel each other out would not be seen; no zone has had such a pair.
#[derive(Clone, Debug)]
pub(crate) struct Wall {
    /// (first instant, offset), ascending; the first one holds from the beginning of time.
    pieces: Vec<(Micros, Micros)>,
}

impl Wall {
    /// The wall clock of `zone`, exact for instants in `[from, to]` and local times that lie there.
    pub(crate) fn new<Z: TimeZone>(zone: &Z, from: Micros, to: Micros) -> Self {
        let mut at = from;
        let mut offset = offset_at(zone, at);
        let mut pieces = vec![(Micros::MIN, offset)];
        while at < to {
            let next = at.saturating_add(DAY);
            let next_offset = offset_at(zone, next);
            if next_offset != offset {
                find_changes(zone, (at, offset), (next, next_offset), &mut pieces);
            }
            (at, offset) = (next, next_offset);
        }
        Self { pieces }
    }

    /// The wall clock around one date: two days before to two days after.
    fn around<Z: TimeZone>(zone: &Z, local: Micros) -> Self {
        Self::new(
            zone,
            local.saturating_sub(3 * DAY),
            local.saturating_add(3 * DAY),
        )
    }

    pub(crate) fn offset(&self, at: Micros) -> Micros {
        let mut offset = 0;
        for (first, value) in &self.pieces {
            if *first > at {
                break;
            }
            offset = *value;
        }
        offset
    }

    /// The wall clock's reading at an instant.
    pub(crate) fn local(&self, at: Micros) -> Micros {
        at.saturating_add(self.offset(at))
    }

    /// The wall clock's date at an instant.
    pub(crate) fn day(&self, at: Micros) -> DayNumber {
        self.local(at).div_euclid(DAY)
    }

    /// The first instant at which the wall clock reads `local` or later: the transition instant for a time in a gap,
    /// the first occurrence of an ambiguous one (decision 6).
    pub(crate) fn first_at(&self, local: Micros) -> Micros {
        let mut found = Micros::MAX;
        for (index, (first, offset)) in self.pieces.iter().enumerate() {
            found = local.saturating_sub(*offset).max(*first);
            match self.pieces.get(index + 1) {
                Some((next, _)) if found >= *next => {}
                Some(_) | None => return found,
            }
        }
        found
    }

    /// All instants at which the wall clock reads `local`, ascending: none in a gap, two in an overlap.
    fn all_at(&self, local: Micros) -> Vec<Micros> {
        let mut found = Vec::new();
        for (index, (first, offset)) in self.pieces.iter().enumerate() {
            let at = local.saturating_sub(*offset);
            let next = self.pieces.get(index + 1).map_or(Micros::MAX, |p| p.0);
            if *first <= at && at < next {
                found.push(at);
            }
        }
        found
    }

    /// The first instant of a date (R3).
    pub(crate) fn first_of_day(&self, day: DayNumber) -> Micros {
        self.first_at(day.saturating_mul(DAY))
    }

    /// All instants whose wall-clock date is `day`: one stretch, two where the clock is set back across midnight,
    /// none where the date is skipped. Half-open, ascending.
    pub(crate) fn stretches_of_day(&self, day: DayNumber) -> Vec<(Micros, Micros)> {
        let (midnight, next_midnight) = (
            day.saturating_mul(DAY),
            day.saturating_add(1).saturating_mul(DAY),
        );
        let mut found: Vec<(Micros, Micros)> = Vec::new();
        for (index, (first, offset)) in self.pieces.iter().enumerate() {
            let until = self.pieces.get(index + 1).map_or(Micros::MAX, |p| p.0);
            let start = midnight.saturating_sub(*offset).max(*first);
            let end = next_midnight.saturating_sub(*offset).min(until);
            if start >= end {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                Some(_) | None => found.push((start, end)),
            }
        }
        found
    }
}

fn offset_at<Z: TimeZone>(zone: &Z, at: Micros) -> Micros {
    Micros::from(
        zone.offset_from_utc_datetime(&local_of(at))
            .fix()
            .local_minus_utc(),
    ) * 1_000_000
}

/// Finds every change between two instants whose offsets differ, by halving to the second.
fn find_changes<Z: TimeZone>(
    zone: &Z,
    low: (Micros, Micros),
    high: (Micros, Micros),
    pieces: &mut Vec<(Micros, Micros)>,
) {
    const SECOND: Micros = 1_000_000;
    if low.1 == high.1 {
        return;
    }
    let (low_second, high_second) = (low.0.div_euclid(SECOND), high.0.div_euclid(SECOND));
    if high_second - low_second <= 1 {
        pieces.push((high_second * SECOND, high.1));
        return;
    }
    let middle = (low_second + (high_second - low_second) / 2) * SECOND;
    let middle = (middle, offset_at(zone, middle));
    find_changes(zone, low, middle, pieces);
    find_changes(zone, middle, high, pieces);
}

/// What a local time typed by staff means (R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalTime {
    /// It exists once.
    Exact(DateTime<Utc>),
    /// The clock skips it. The two nearest valid times: the last whole minute before the gap and the first after it.
    Missing {
        /// The last minute the clock shows before it jumps.
        before: DateTime<Utc>,
        /// The instant of the jump.
        after: DateTime<Utc>,
    },
    /// The clock shows it twice.
    Ambiguous {
        /// With the offset before the clock is set back.
        first: DateTime<Utc>,
        /// With the offset after.
        second: DateTime<Utc>,
    },
}

/// What a local time typed by staff without an offset means (R6).
pub fn typed<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> LocalTime {
    let local = local_micros(local);
    let wall = Wall::around(zone, local);
    match *wall.all_at(local).as_slice() {
        [] => {
            let after = wall.first_at(local);
            let whole = after.div_euclid(MINUTE) * MINUTE;
            let before = if whole == after {
                after - MINUTE
            } else {
                whole
            };
            LocalTime::Missing {
                before: instant(before),
                after: instant(after),
            }
        }
        [only] => LocalTime::Exact(instant(only)),
        [first, second, ..] => LocalTime::Ambiguous {
            first: instant(first),
            second: instant(second),
        },
    }
}

/// A local time typed by staff, with the offset in seconds where one was given: exactly one instant, or a refusal (R6).
///
/// # Errors
/// [`Refusal::MissingLocalTime`], [`Refusal::AmbiguousLocalTime`], or [`Refusal::BadOffset`] when the offset is not
/// one that this local time has. [`typed`] gives the times to choose from.
pub fn typed_exactly<Z: TimeZone>(
    zone: &Z,
    local: NaiveDateTime,
    offset_seconds: Option<i32>,
) -> Result<DateTime<Utc>, Refusal> {
    let wanted =
        offset_seconds.map(|s| local_micros(local).saturating_sub(Micros::from(s) * 1_000_000));
    match (typed(zone, local), wanted) {
        (LocalTime::Missing { .. }, _) => Err(Refusal::MissingLocalTime),
        (LocalTime::Exact(at), None) => Ok(at),
        (LocalTime::Ambiguous { .. }, None) => Err(Refusal::AmbiguousLocalTime),
        (LocalTime::Exact(at), Some(wanted)) if micros(at) == wanted => Ok(at),
        (LocalTime::Ambiguous { first, .. }, Some(wanted)) if micros(first) == wanted => Ok(first),
        (LocalTime::Ambiguous { second, .. }, Some(wanted)) if micros(second) == wanted => {
            Ok(second)
        }
        (LocalTime::Exact(_) | LocalTime::Ambiguous { .. }, Some(_)) => Err(Refusal::BadOffset),
    }
}

/// The instant of a single local time: in an overlap the first, in a gap by the offset before the gap
/// (RFC 5545 §3.3.5, decision 6).
pub fn single<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> DateTime<Utc> {
    let local = local_micros(local);
    let wall = Wall::around(zone, local);
    if let Some(first) = wall.all_at(local).first() {
        return instant(*first);
    }
    let jump = wall.first_at(local);
    instant(local.saturating_sub(wall.offset(jump - 1)))
}

/// The instant of a window's edge: in a gap the jump itself, in an overlap the first occurrence (R4, decision 6).
pub fn edge<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> DateTime<Utc> {
    let local = local_micros(local);
    instant(Wall::around(zone, local).first_at(local))
}

/// The first instant of a date (R3): midnight, or the first instant after a midnight that does not exist. Of a date
/// that the zone skips (Apia, 2011-12-30) it is the first instant of the next.
pub fn first_instant<Z: TimeZone>(zone: &Z, date: NaiveDate) -> DateTime<Utc> {
    edge(zone, date.and_time(NaiveTime::MIN))
}

/// A date as a span, 23 to 25 hours long (R3); nothing where the zone skips it.
pub fn day<Z: TimeZone>(zone: &Z, date: NaiveDate) -> Option<Span> {
    Span::new(
        first_instant(zone, date),
        first_instant(zone, date.succ_opt()?),
    )
    .ok()
}

/// The wall clock's reading at an instant.
pub fn local<Z: TimeZone>(zone: &Z, at: DateTime<Utc>) -> NaiveDateTime {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let shift = TimeDelta::seconds(i64::from(offset.local_minus_utc()));
    at.naive_utc()
        .checked_add_signed(shift)
        .unwrap_or(at.naive_utc())
}

/// The wall clock's date at an instant.
pub fn date<Z: TimeZone>(zone: &Z, at: DateTime<Utc>) -> NaiveDate {
    local(zone, at).date()
}

/// The offset from UTC in seconds at an instant: what a label carries when its local time repeats (R5).
pub fn offset_seconds<Z: TimeZone>(zone: &Z, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc()
}
