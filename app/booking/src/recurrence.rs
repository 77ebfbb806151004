//! How visits repeat (R28): a small part of RFC 5545. Wall-clock time is kept in the series' zone; each occurrence is
//! named by its original local start.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, words};
use crate::zone;

/// The most occurrences that are laid out at once (decision 19).
pub const MOST_OCCURRENCES: usize = 200;
/// The largest interval and count.
pub const LARGEST: u32 = 1_000;

words! {
    /// The step of a recurrence.
    Frequency {
        /// Every so many days.
        Daily => "daily",
        /// Every so many weeks, on some weekdays.
        Weekly => "weekly",
        /// Every so many months, on the day of the first; months without that day are skipped.
        Monthly => "monthly",
    }
}

/// When a recurrence ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// After this many occurrences; those left out by an exception count, days that do not exist do not.
    Count(u32),
    /// With the last occurrence on or before this local date.
    Until(NaiveDate),
    /// It does not: it is laid out up to a horizon (decision 19).
    Never,
}

/// A rule that visits repeat by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Recurrence {
    parts: Parts,
}

/// The parts of a rule, as they are stored; checked by [`Recurrence::new`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The step.
    pub freq: Frequency,
    /// Every how many steps, 1–1,000.
    pub interval: u32,
    /// Weekly: on which weekdays; empty: the first one's. Daily: only on these, where there are some. Monthly: empty.
    pub weekdays: Vec<Weekday>,
    /// The end.
    pub ends: Ends,
    /// Original local starts that do not take place.
    pub excluded: Vec<NaiveDateTime>,
}

/// One time of a recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Its name: the local start that the rule gives, also where the clock skips it.
    pub original_local: NaiveDateTime,
    /// Its instant; in a gap by the offset before the gap, in an overlap the first (RFC 5545 §3.3.5).
    pub start: DateTime<Utc>,
}

impl TryFrom<Parts> for Recurrence {
    type Error = Refusal;
    fn try_from(parts: Parts) -> Result<Self, Refusal> {
        Self::new(parts)
    }
}

impl From<Recurrence> for Parts {
    fn from(rule: Recurrence) -> Self {
        rule.parts
    }
}

impl Recurrence {
    /// A rule.
    ///
    /// # Errors
    /// [`Refusal::BadRecurrenceInterval`] and [`Refusal::BadRecurrenceCount`] for 0 and above 1,000;
    /// [`Refusal::BadChoice`] for weekdays of a monthly rule.
    pub fn new(mut parts: Parts) -> Result<Self, Refusal> {
        if parts.interval == 0 || parts.interval > LARGEST {
            return Err(Refusal::BadRecurrenceInterval);
        }
        if let Ends::Count(count) = parts.ends
            && (count == 0 || count > LARGEST)
        {
            return Err(Refusal::BadRecurrenceCount);
        }
        if parts.freq == Frequency::Monthly && !parts.weekdays.is_empty() {
            return Err(Refusal::BadChoice);
        }
        parts.weekdays.sort_by_key(Weekday::num_days_from_monday);
        parts.weekdays.dedup();
        parts.excluded.sort_unstable();
        parts.excluded.dedup();
        Ok(Self { parts })
    }

    /// Its parts.
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Without one more occurrence, named by its original local start.
    #[must_use]
    pub fn without(mut self, original: NaiveDateTime) -> Self {
        if let Err(place) = self.parts.excluded.binary_search(&original) {
            self.parts.excluded.insert(place, original);
        }
        self
    }

    /// The occurrences from `first_local` on that start before `horizon`, at most `limit` and at most 200, ascending by
    /// original. `first_local` itself is one only where the rule gives it (its weekday is among them).
    ///
    /// # Errors
    /// [`Refusal::RecurrenceEndsBeforeStart`], [`Refusal::RecurrenceEmpty`].
    pub fn occurrences<Z: TimeZone>(
        &self,
        first_local: NaiveDateTime,
        zone: &Z,
        limit: usize,
        horizon: DateTime<Utc>,
    ) -> Result<Vec<Occurrence>, Refusal> {
        if let Ends::Until(last) = self.parts.ends
            && last < first_local.date()
        {
            return Err(Refusal::RecurrenceEndsBeforeStart);
        }
        let limit = limit.min(MOST_OCCURRENCES);
        let mut found = Vec::new();
        for (counted, date) in self.dates(first_local.date()).enumerate() {
            let is_over = match self.parts.ends {
                Ends::Count(count) => counted >= count as usize,
                Ends::Until(last) => date > last,
                Ends::Never => false,
            };
            let original_local = date.and_time(first_local.time());
            let start = zone::single(zone, original_local);
            if is_over || start >= horizon || found.len() >= limit {
                break;
            }
            if self.parts.excluded.binary_search(&original_local).is_err() {
                found.push(Occurrence {
                    original_local,
                    start,
                });
            }
        }
        if found.is_empty() {
            Err(Refusal::RecurrenceEmpty)
        } else {
            Ok(found)
        }
    }

    /// The local dates the rule gives from `first` on, ascending, without its end. Ends with the calendar.
    fn dates(&self, first: NaiveDate) -> Box<dyn Iterator<Item = NaiveDate> + '_> {
        let Parts {
            freq,
            interval,
            weekdays,
            ..
        } = &self.parts;
        let interval = *interval;
        match freq {
            Frequency::Daily => {
                let wanted = move |date: &NaiveDate| {
                    weekdays.is_empty() || weekdays.contains(&date.weekday())
                };
                let days = (0..MOST_STEPS)
                    .map_while(move |n| first.checked_add_days(Days::new(n * u64::from(interval))));
                Box::new(days.filter(wanted))
            }
            Frequency::Weekly => {
                let back = u64::from(first.weekday().num_days_from_monday());
                let Some(monday) = first.checked_sub_days(Days::new(back)) else {
                    return Box::new(std::iter::empty());
                };
                let weeks = (0..MOST_STEPS).map_while(move |n| {
                    monday.checked_add_days(Days::new(7 * n * u64::from(interval)))
                });
                Box::new(
                    weeks
                        .flat_map(move |monday| self.of_week(monday, first))
                        .filter(move |date| *date >= first),
                )
            }
            Frequency::Monthly => {
                let day = first.day();
                let start = first.with_day(1).unwrap_or(first);
                let months = (0..MOST_STEPS).map_while(move |n| {
                    start.checked_add_months(Months::new(
                        u32::try_from(n).ok()?.checked_mul(interval)?,
                    ))
                });
                Box::new(months.filter_map(move |month| month.with_day(day)))
            }
        }
    }

    fn of_week(&self, monday: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let own = [first.weekday()];
        let weekdays = if self.parts.weekdays.is_empty() {
            &own[..]
        } else {
            &self.parts.weekdays
        };
        let date = |day: &Weekday| {
            monday.checked_add_days(Days::new(u64::from(day.num_days_from_monday())))
        };
        weekdays.iter().filter_map(date).collect()
    }
}

/// Enough steps for any rule to give a thousand occurrences; a rule that gives none ends here.
const MOST_STEPS: u64 = 20_000;
