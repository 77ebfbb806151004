//! A stretch of time between two instants, half-open. It cannot be built empty or backwards.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// `[start, end)` in UTC, never empty (R1, R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Span {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Ends {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl TryFrom<Ends> for Span {
    type Error = Refusal;
    fn try_from(ends: Ends) -> Result<Self, Refusal> {
        Self::new(ends.start, ends.end)
    }
}

impl From<Span> for Ends {
    fn from(span: Span) -> Self {
        Self {
            start: span.start,
            end: span.end,
        }
    }
}

impl Span {
    /// `[start, end)`.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] when `end` is not after `start`.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, Refusal> {
        if end <= start {
            return Err(Refusal::BadTime);
        }
        Ok(Self { start, end })
    }

    /// From `start`, `minutes` elapsed minutes long (R1).
    ///
    /// # Errors
    /// [`Refusal::BadTime`] when `minutes` is 0 or the end is beyond the calendar.
    pub fn of(start: DateTime<Utc>, minutes: u32) -> Result<Self, Refusal> {
        let length = TimeDelta::minutes(i64::from(minutes));
        Self::new(
            start,
            start.checked_add_signed(length).ok_or(Refusal::BadTime)?,
        )
    }

    /// The first instant.
    pub const fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// The first instant after it.
    pub const fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Whole elapsed minutes, rounded down.
    pub fn minutes(&self) -> i64 {
        (self.end - self.start).num_minutes()
    }

    /// Whether the two share an instant; back to back they do not (R16).
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `instant` lies in it; its end does not.
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether `other` lies wholly inside it.
    pub fn encloses(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}
