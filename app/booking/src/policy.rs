//! The portal's cut-offs and the cancellation policy (spec §8), as pure functions of instants and the business zone.
//! Hours are elapsed and inclusive, "after HH:MM" is exclusive: 17:00:00 is too late (decision 7).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::zone;

/// A time of the wall clock to the minute, `00:00`–`23:59`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(u16);

impl ClockTime {
    /// The time that many minutes after 00:00.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] above 1439.
    pub const fn new(minute: u16) -> Result<Self, Refusal> {
        if minute < 1440 {
            Ok(Self(minute))
        } else {
            Err(Refusal::BadTime)
        }
    }

    /// Minutes after 00:00.
    pub const fn minute(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for ClockTime {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let digit = |place: usize| match text.as_bytes().get(place) {
            Some(byte @ b'0'..=b'9') => Ok(u16::from(byte - b'0')),
            Some(_) | None => Err(Refusal::BadTime),
        };
        if text.len() != 5 || text.as_bytes().get(2) != Some(&b':') {
            return Err(Refusal::BadTime);
        }
        let (hour, minute) = (digit(0)? * 10 + digit(1)?, digit(3)? * 10 + digit(4)?);
        if hour > 23 || minute > 59 {
            return Err(Refusal::BadTime);
        }
        Ok(Self(hour * 60 + minute))
    }
}

impl TryFrom<String> for ClockTime {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

/// Until when clients may ask for a time (spec §8). It filters the slots that are offered, like notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum RequestCutOff {
    /// As long as the service's notice allows.
    #[default]
    None,
    /// At least this many elapsed hours before the start; exactly that many is allowed.
    HoursBefore(u32),
    /// From this time of the business's clock on, nothing on the same date.
    NotSameDayAfter(ClockTime),
    /// From this time of the business's clock on, nothing on the next date, nor on the same.
    NotTomorrowAfter(ClockTime),
}

/// From when on a cut-off lets starts through: both conditions hold where both are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The first instant, itself allowed.
    pub instant: Option<DateTime<Utc>>,
    /// The first date in the business zone.
    pub date: Option<NaiveDate>,
}

impl RequestCutOff {
    /// What can be asked for at `now`.
    pub fn opening<Z: TimeZone>(&self, now: DateTime<Utc>, business: &Z) -> Opening {
        match self {
            Self::None => Opening::default(),
            Self::HoursBefore(hours) => Opening {
                instant: Some(later(now, *hours)),
                date: None,
            },
            Self::NotSameDayAfter(time) => Opening {
                instant: None,
                date: first_date(now, business, *time, 1),
            },
            Self::NotTomorrowAfter(time) => Opening {
                instant: None,
                date: first_date(now, business, *time, 2),
            },
        }
    }

    /// Whether a start can be asked for at `now`.
    pub fn allows<Z: TimeZone>(
        &self,
        now: DateTime<Utc>,
        business: &Z,
        start: DateTime<Utc>,
    ) -> bool {
        let opening = self.opening(now, business);
        opening.instant.is_none_or(|first| start >= first)
            && opening
                .date
                .is_none_or(|first| zone::date(business, start) >= first)
    }
}

fn later(now: DateTime<Utc>, hours: u32) -> DateTime<Utc> {
    now.checked_add_signed(TimeDelta::hours(i64::from(hours)))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Before `time` today anything goes; from it on, the date `days` after today is the first.
fn first_date<Z: TimeZone>(
    now: DateTime<Utc>,
    business: &Z,
    time: ClockTime,
    days: u64,
) -> Option<NaiveDate> {
    let local = zone::local(business, now);
    if !is_reached(local.time(), time) {
        return None;
    }
    local.date().checked_add_days(Days::new(days))
}

fn is_reached(clock: chrono::NaiveTime, time: ClockTime) -> bool {
    clock.hour() * 60 + clock.minute() >= u32::from(time.minute())
}

/// Until when a client may change or cancel a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum VisitCutOff {
    /// Until it starts.
    #[default]
    None,
    /// At least this many elapsed hours before the start; exactly that many is allowed.
    HoursBefore(u32),
    /// Before this time of the business's clock on the day before the visit; that time itself is too late.
    DayBeforeAt(ClockTime),
}

impl VisitCutOff {
    /// Whether `now` is early enough for a visit that starts at `start`.
    pub fn allows<Z: TimeZone>(
        &self,
        now: DateTime<Utc>,
        business: &Z,
        start: DateTime<Utc>,
    ) -> bool {
        match self {
            Self::None => now < start,
            Self::HoursBefore(hours) => now < start && later(now, *hours) <= start,
            Self::DayBeforeAt(time) => {
                let Some(day_before) = zone::date(business, start).pred_opt() else {
                    return false;
                };
                let local = zone::local(business, now);
                let in_time = local.date() < day_before || !is_reached(local.time(), *time);
                now < start && local.date() <= day_before && in_time
            }
        }
    }
}

/// What happens when a client cancels a visit (decision 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum CancellationPolicy {
    /// Clients cannot cancel in the portal.
    NotAllowed,
    /// Accepted at once until the visit starts.
    AtOnce,
    /// Accepted at once inside the cut-off, reviewed after it.
    AtOnceBefore(VisitCutOff),
    /// Always reviewed.
    Reviewed,
}

/// The answer to a client who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancellationAnswer {
    /// The visit is cancelled now; final.
    Accepted,
    /// Staff decide; the visit stays until then.
    Reviewed,
}

impl CancellationPolicy {
    /// The answer at `now` for a visit that starts at `start`.
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`], [`Refusal::CancellationNotAllowed`].
    pub fn answer<Z: TimeZone>(
        &self,
        now: DateTime<Utc>,
        business: &Z,
        start: DateTime<Utc>,
    ) -> Result<CancellationAnswer, Refusal> {
        if now >= start {
            return Err(Refusal::AlreadyStarted);
        }
        match self {
            Self::NotAllowed => Err(Refusal::CancellationNotAllowed),
            Self::AtOnce => Ok(CancellationAnswer::Accepted),
            Self::AtOnceBefore(cut_off) if cut_off.allows(now, business, start) => {
                Ok(CancellationAnswer::Accepted)
            }
            Self::AtOnceBefore(_) | Self::Reviewed => Ok(CancellationAnswer::Reviewed),
        }
    }
}
