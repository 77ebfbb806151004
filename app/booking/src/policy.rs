//! The portal's cut-offs and the cancellation policy (spec §8), as pure functions of instants and the business zone.
//! Hours are elapsed and inclusive, "after HH:MM" is exclusive: 17:00:00 is too late (decision 7).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, words};
use crate::zone;

words! {
    /// How clients speak to the office about a visit (D1).
    PortalMode {
        /// By requests against the visit.
        Visits => "visits",
        /// By a message.
        Message => "message",
    }
}

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

/// One of the four rules of spec §8, for what a client may still ask for. For new requests it filters the slots that are
/// offered, like notice ([`CutOff::opening`]); for a visit that is booked it has a last moment ([`CutOff::deadline`]).
/// Written as `none`, `hours:24`, `same-day:17:00`, `day-before:17:00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CutOff {
    /// As long as everything else allows: the service's notice, or until the visit starts.
    #[default]
    None,
    /// At least this many elapsed hours before the start; exactly that many is allowed.
    HoursBefore(u32),
    /// From this time of the business's clock on, nothing on the same date.
    NotSameDayAfter(ClockTime),
    /// From this time of the business's clock on, nothing on the next date, nor on the same.
    NotTomorrowAfter(ClockTime),
}

/// The most hours a cut-off can have: four weeks.
pub const LONGEST_CUT_OFF_HOURS: u32 = 672;

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::HoursBefore(hours) => write!(f, "hours:{hours}"),
            Self::NotSameDayAfter(time) => write!(f, "same-day:{time}"),
            Self::NotTomorrowAfter(time) => write!(f, "day-before:{time}"),
        }
    }
}

impl FromStr for CutOff {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text.split_once(':') {
            None if text == "none" => Ok(Self::None),
            Some(("hours", hours)) => match hours.parse() {
                Ok(hours @ 1..=LONGEST_CUT_OFF_HOURS) => Ok(Self::HoursBefore(hours)),
                Ok(_) | Err(_) => Err(Refusal::BadAmount),
            },
            Some(("same-day", time)) => time.parse().map(Self::NotSameDayAfter),
            Some(("day-before", time)) => time.parse().map(Self::NotTomorrowAfter),
            None | Some(_) => Err(Refusal::BadChoice),
        }
    }
}

impl TryFrom<String> for CutOff {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<CutOff> for String {
    fn from(cut_off: CutOff) -> Self {
        cut_off.to_string()
    }
}

/// The last moment for something that is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Whether that very instant is still in time (decision 7).
    pub inclusive: bool,
}

impl Deadline {
    /// Whether `now` is in time.
    pub fn allows(&self, now: DateTime<Utc>) -> bool {
        now < self.at || (self.inclusive && now == self.at)
    }
}

/// From when on a cut-off lets starts through: both conditions hold where both are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The first instant, itself allowed.
    pub instant: Option<DateTime<Utc>>,
    /// The first date in the business zone.
    pub date: Option<NaiveDate>,
}

impl CutOff {
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

    /// The last moment to change or cancel a visit that starts at `start`; never later than the start, which is too late
    /// itself. A time of the clock that does not exist on that date is the end of the gap, one that exists twice is its first
    /// occurrence (decision 6). Once it has passed it stays passed.
    pub fn deadline<Z: TimeZone>(&self, business: &Z, start: DateTime<Utc>) -> Deadline {
        let date = zone::date(business, start);
        let clock = |date: Option<NaiveDate>, time: &ClockTime| {
            let minute = TimeDelta::minutes(i64::from(time.minute()));
            let local = date.map(|date| date.and_time(chrono::NaiveTime::MIN) + minute);
            Deadline {
                at: local.map_or(start, |local| zone::edge(business, local).min(start)),
                inclusive: false,
            }
        };
        match self {
            Self::None => Deadline {
                at: start,
                inclusive: false,
            },
            Self::HoursBefore(hours) => Deadline {
                at: start
                    .checked_sub_signed(TimeDelta::hours(i64::from(*hours)))
                    .unwrap_or(DateTime::<Utc>::MIN_UTC),
                inclusive: *hours > 0,
            },
            Self::NotSameDayAfter(time) => clock(Some(date), time),
            Self::NotTomorrowAfter(time) => clock(date.pred_opt(), time),
        }
    }

    /// Whether `now` is early enough to change or cancel a visit that starts at `start`.
    pub fn in_time<Z: TimeZone>(
        &self,
        now: DateTime<Utc>,
        business: &Z,
        start: DateTime<Utc>,
    ) -> bool {
        now < start && self.deadline(business, start).allows(now)
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

/// What happens when a client cancels a visit (decision 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum CancellationPolicy {
    /// Clients cannot cancel in the portal.
    NotAllowed,
    /// Accepted at once until the visit starts.
    AtOnce,
    /// Accepted at once inside the cut-off, reviewed after it: those are late, and a fee may be due.
    AtOnceBefore(CutOff),
    /// Always reviewed.
    #[default]
    Reviewed,
}

/// The business's rules for cancellations by clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancellationRules {
    /// Until when one can be asked for at all.
    pub until: CutOff,
    /// What happens then.
    pub policy: CancellationPolicy,
}

/// The answer to a client who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancellationAnswer {
    /// The visit is cancelled now; final.
    Accepted,
    /// Staff decide; the visit stays until then.
    Reviewed,
    /// Staff decide, because it is late.
    Late,
}

impl CancellationRules {
    /// The answer at `now` for a visit that starts at `start`.
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`], [`Refusal::CancellationNotAllowed`], [`Refusal::CancellationCutOffPassed`].
    pub fn answer<Z: TimeZone>(
        &self,
        now: DateTime<Utc>,
        business: &Z,
        start: DateTime<Utc>,
    ) -> Result<CancellationAnswer, Refusal> {
        if now >= start {
            return Err(Refusal::AlreadyStarted);
        }
        if self.policy == CancellationPolicy::NotAllowed {
            return Err(Refusal::CancellationNotAllowed);
        }
        if !self.until.in_time(now, business, start) {
            return Err(Refusal::CancellationCutOffPassed);
        }
        Ok(match self.policy {
            CancellationPolicy::NotAllowed | CancellationPolicy::Reviewed => {
                CancellationAnswer::Reviewed
            }
            CancellationPolicy::AtOnce => CancellationAnswer::Accepted,
            CancellationPolicy::AtOnceBefore(cut_off) => {
                match cut_off.in_time(now, business, start) {
                    true => CancellationAnswer::Accepted,
                    false => CancellationAnswer::Late,
                }
            }
        })
    }
}
