//! Time blocks: parts of a day, such as 7–9, that a business gives names of the clock to. A client asks for a day and a
//! block; staff choose the time in it. A block keeps no time free.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};

use crate::hours::Window;
use crate::policy::ClockTime;
use crate::refusal::Refusal;
use crate::span::Span;
use crate::zone;

/// The most blocks a business can have.
pub const MOST_BLOCKS: usize = 12;

/// A part of a day in wall-clock time, within one date. Written `07:00-09:00`; it may end at `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeBlock(Window);

impl TimeBlock {
    /// From `start_min` to `end_min`, minutes after 00:00, 0–1440.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] outside these, and for one that does not end after it starts.
    pub fn new(start_min: u16, end_min: u16) -> Result<Self, Refusal> {
        let window = Window::new(start_min, end_min).map_err(|_| Refusal::BadTime)?;
        if window.ends_next_day() {
            return Err(Refusal::BadTime);
        }
        Ok(Self(window))
    }

    /// Minutes after 00:00.
    pub const fn start_min(self) -> u16 {
        self.0.start_min()
    }

    /// Minutes after 00:00, up to 1440.
    pub const fn end_min(self) -> u16 {
        self.0.end_min()
    }

    /// The block on a date; an edge in a gap is the jump, an ambiguous one the first occurrence (decision 6).
    ///
    /// # Errors
    /// [`Refusal::BadTime`] where the clocks skip it whole.
    pub fn on<Z: TimeZone>(self, business: &Z, date: NaiveDate) -> Result<Span, Refusal> {
        let edge = |minute: u16| {
            let local = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
            zone::edge(business, local)
        };
        Span::new(edge(self.start_min()), edge(self.end_min())).map_err(|_| Refusal::BadTime)
    }
}

impl fmt::Display for TimeBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        write!(f, "{}-{}", clock(self.start_min()), clock(self.end_min()))
    }
}

impl FromStr for TimeBlock {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let minute = |clock: &str| match clock {
            "24:00" => Ok(1440),
            other => other.parse().map(ClockTime::minute),
        };
        let (start, end) = text.split_once('-').ok_or(Refusal::BadTime)?;
        Self::new(minute(start)?, minute(end)?)
    }
}

impl TryFrom<String> for TimeBlock {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<TimeBlock> for String {
    fn from(block: TimeBlock) -> Self {
        block.to_string()
    }
}

/// All blocks of a business, in the order of the day; they may overlap. Written with spaces between; empty: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeBlocks(Vec<TimeBlock>);

impl TimeBlocks {
    /// Of these, in order, each once.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] for more than 12.
    pub fn new(mut blocks: Vec<TimeBlock>) -> Result<Self, Refusal> {
        blocks.sort_by_key(|block| (block.start_min(), block.end_min()));
        blocks.dedup();
        if blocks.len() > MOST_BLOCKS {
            return Err(Refusal::BadTime);
        }
        Ok(Self(blocks))
    }

    /// Them, in the order of the day.
    pub fn all(&self) -> &[TimeBlock] {
        &self.0
    }
}

impl fmt::Display for TimeBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for TimeBlocks {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let blocks: Result<_, _> = text.split_whitespace().map(str::parse).collect();
        Self::new(blocks?)
    }
}
