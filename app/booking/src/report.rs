//! The arithmetic of reports: ranges of dates, their weeks in the business's zone, ranks, minutes that are covered.
//! No rows and no words: the desk loads, the page draws.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::hours::{merged, without};
use crate::refusal::Refusal;
use crate::span::Span;
use crate::zone::{self, MINUTE, Micros, micros};

/// The most days of one report: a year, and what its first and last week need.
pub const MOST_DAYS: i64 = 371;

/// Dates of the business, first and last included, at most [`MOST_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    first: NaiveDate,
    last: NaiveDate,
}

impl Range {
    /// From one date to another.
    ///
    /// # Errors
    /// [`Refusal::BadDate`] when the last is before the first, or too far from it.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, Refusal> {
        let days = (last - first).num_days();
        if !(0..MOST_DAYS).contains(&days) || !(2000..=2100).contains(&first.year()) {
            return Err(Refusal::BadDate);
        }
        Ok(Self { first, last })
    }

    /// The month of a date.
    #[must_use]
    pub fn month_of(date: NaiveDate) -> Self {
        Self::months(date.with_day(1).unwrap_or(date), 1)
    }

    /// The month before that of a date.
    #[must_use]
    pub fn month_before(date: NaiveDate) -> Self {
        let first = date.with_day(1).unwrap_or(date);
        Self::months(first.checked_sub_months(Months::new(1)).unwrap_or(first), 1)
    }

    /// The quarter of a date: January to March, and so on.
    #[must_use]
    pub fn quarter_of(date: NaiveDate) -> Self {
        let month = date.month0() / 3 * 3 + 1;
        let first = NaiveDate::from_ymd_opt(date.year(), month, 1);
        Self::months(first.unwrap_or(date), 3)
    }

    fn months(first: NaiveDate, count: u32) -> Self {
        let next = first.checked_add_months(Months::new(count));
        Self {
            first,
            last: next.and_then(|next| next.pred_opt()).unwrap_or(first),
        }
    }

    /// The first date.
    #[must_use]
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last date, included.
    #[must_use]
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// From its first instant to the first one after it (R3); nothing where the zone skips all of it.
    pub fn span<Z: TimeZone>(&self, zone: &Z) -> Option<Span> {
        let end = self.last.succ_opt()?;
        Span::new(
            zone::first_instant(zone, self.first),
            zone::first_instant(zone, end),
        )
        .ok()
    }

    /// Its weeks from `weekday` on; the first and the last one may be cut short. Ascending, without gaps, 167 to 169 hours
    /// long where the clocks change.
    pub fn weeks<Z: TimeZone>(&self, zone: &Z, weekday: Weekday) -> Vec<Week> {
        let mut weeks = Vec::new();
        let mut first = self.first;
        while first <= self.last {
            let passed = u64::from(first.weekday().days_since(weekday));
            let next = first.checked_add_days(Days::new(7 - passed));
            let last = next.and_then(|next| next.pred_opt()).unwrap_or(self.last);
            let dates = Self {
                first,
                last: last.min(self.last),
            };
            weeks.extend(dates.span(zone).map(|span| Week { dates, span }));
            match next {
                Some(next) => first = next,
                None => break,
            }
        }
        weeks
    }
}

/// A week of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its dates.
    pub dates: Range,
    /// The same as instants.
    pub span: Span,
}

/// Which of ascending weeks an instant falls into.
#[must_use]
pub fn week_of(weeks: &[Week], at: DateTime<Utc>) -> Option<usize> {
    let place = weeks.partition_point(|week| week.span.end() <= at);
    let found = weeks.get(place)?;
    found.span.contains(at).then_some(place)
}

/// The nearest rank: the smallest of ascending values that is not below `percent` per cent of them. The 50th is the median
/// (the lower one of two), the 90th is what nine of ten do not exceed.
#[must_use]
pub fn percentile(ascending: &[i64], percent: u32) -> Option<i64> {
    let count = ascending.len();
    let rank = (count * percent.min(100) as usize).div_ceil(100).max(1);
    ascending.get(rank - 1).copied()
}

/// Whole minutes of `within` that lie in one of the spans or several; each counts once.
#[must_use]
pub fn minutes_in(spans: &[Span], within: Span) -> i64 {
    total(&cut(spans, within))
}

/// Whole minutes of `within` that lie in one of the spans and in none of the holes.
#[must_use]
pub fn minutes_outside(spans: &[Span], holes: &[Span], within: Span) -> i64 {
    total(&without(&cut(spans, within), &cut(holes, within)))
}

/// Merged, and cut to `within`.
fn cut(spans: &[Span], within: Span) -> Vec<(Micros, Micros)> {
    let (from, to) = (micros(within.start()), micros(within.end()));
    let ends = spans
        .iter()
        .map(|span| (micros(span.start()).max(from), micros(span.end()).min(to)));
    merged(ends.filter(|(start, end)| start < end).collect())
}

fn total(stretches: &[(Micros, Micros)]) -> i64 {
    let all: Micros = stretches.iter().map(|(start, end)| end - start).sum();
    all / MINUTE
}
