//! An entry of the catalogue as far as the rules need it: lengths, buffers, limits, who performs it, what it takes.
//! Names, prices and pictures are the desk's.

use serde::{Deserialize, Serialize};

use crate::ids::{ServiceId, TechnicianId};
use crate::refusal::{Refusal, words};
use crate::resource::ResourceNeed;

/// The shortest appointment in minutes (spec §9).
pub const SHORTEST_MIN: u32 = 5;
/// The longest appointment in minutes (spec §9).
pub const LONGEST_MIN: u32 = 1440;
/// The longest buffer in minutes (spec §9).
pub const LONGEST_BUFFER_MIN: u32 = 240;

words! {
    /// How clients ask for a service.
    #[derive(Default)]
    AskedBy {
        /// For an exact slot or for a window of dates, as they like.
        #[default]
        Either => "either",
        /// For an exact slot only.
        Slots => "slots",
        /// For a window of dates only: staff find the time.
        Windows => "windows",
    }
}

impl AskedBy {
    /// Whether exact slots are offered.
    pub const fn slots(self) -> bool {
        matches!(self, Self::Either | Self::Slots)
    }

    /// Whether a window of dates is enough.
    pub const fn windows(self) -> bool {
        matches!(self, Self::Either | Self::Windows)
    }
}

/// A service at one of its lengths, as the slot engine sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Which service.
    pub id: ServiceId,
    /// Whether this client may book it (R10). Staff may book it either way (R23).
    pub bookable: bool,
    /// Length of the slot in elapsed minutes (R1).
    pub length_min: u32,
    /// Slot interval in elapsed minutes; `None`: the length (decision 5).
    pub step_min: Option<u32>,
    /// Gap wanted before, in minutes (decision 4).
    pub buffer_before: u32,
    /// Gap wanted after, in minutes (decision 4).
    pub buffer_after: u32,
    /// Seats of a session; 1 for a service that is not for groups (R17).
    pub capacity: u32,
    /// Notice in elapsed minutes, inclusive (R21).
    pub notice_min: u32,
    /// How many days after today, in the business zone, can be booked; the whole last day included (R21).
    pub advance_days: Option<u32>,
    /// The most bookings that start on one business date; `Some(0)`: nothing can be booked (R22).
    pub max_per_day: Option<u32>,
    /// The most bookings that start in one week of the business (R22).
    pub max_per_week: Option<u32>,
    /// What it takes (R18).
    pub resources: Vec<ResourceNeed>,
    /// Who performs it; `None`: everybody (R10).
    pub technicians: Option<Vec<TechnicianId>>,
}

impl Service {
    /// Whether `technician` performs it (R10).
    pub fn is_performed_by(&self, technician: TechnicianId) -> bool {
        self.technicians
            .as_ref()
            .is_none_or(|all| all.contains(&technician))
    }

    /// The interval between starts in minutes, at least 1 (decision 5).
    pub fn interval_min(&self) -> u32 {
        self.step_min.unwrap_or(self.length_min).max(1)
    }
}

/// The lengths at which a service is offered (A12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lengths {
    /// One of these, in minutes, ascending.
    OneOf(Vec<u32>),
    /// Any whole number of minutes between these two, both included.
    Any {
        /// The shortest.
        from: u32,
        /// The longest.
        to: u32,
    },
}

impl Lengths {
    /// A choice of lengths: sorted, each once.
    ///
    /// # Errors
    /// [`Refusal::BadLength`] when there is none or one is outside 5–1,440 minutes.
    pub fn one_of(mut minutes: Vec<u32>) -> Result<Self, Refusal> {
        minutes.sort_unstable();
        minutes.dedup();
        if minutes.is_empty() {
            return Err(Refusal::BadLength);
        }
        minutes.iter().try_for_each(|m| check_length(*m))?;
        Ok(Self::OneOf(minutes))
    }

    /// Any length between two, both included.
    ///
    /// # Errors
    /// [`Refusal::BadLength`] when one is outside 5–1,440 minutes or they are the wrong way round.
    pub fn any(from: u32, to: u32) -> Result<Self, Refusal> {
        check_length(from)?;
        check_length(to)?;
        if from > to {
            return Err(Refusal::BadLength);
        }
        Ok(Self::Any { from, to })
    }

    /// Whether a client may choose this length.
    pub fn offers(&self, minutes: u32) -> bool {
        match self {
            Self::OneOf(all) => all.contains(&minutes),
            Self::Any { from, to } => (*from..=*to).contains(&minutes),
        }
    }

    /// The same with one length more: that of a visit that staff made shorter or longer.
    #[must_use]
    pub fn with(self, minutes: u32) -> Self {
        match self {
            Self::OneOf(mut all) => {
                all.push(minutes);
                all.sort_unstable();
                all.dedup();
                Self::OneOf(all)
            }
            Self::Any { from, to } => Self::Any {
                from: from.min(minutes),
                to: to.max(minutes),
            },
        }
    }

    /// The length to begin with: the shortest.
    pub fn shortest(&self) -> u32 {
        match self {
            Self::OneOf(all) => all.first().copied().unwrap_or(SHORTEST_MIN),
            Self::Any { from, .. } => *from,
        }
    }
}

/// Checks a length (spec §9).
///
/// # Errors
/// [`Refusal::BadLength`] outside 5–1,440 minutes.
pub const fn check_length(minutes: u32) -> Result<(), Refusal> {
    if minutes < SHORTEST_MIN || minutes > LONGEST_MIN {
        Err(Refusal::BadLength)
    } else {
        Ok(())
    }
}

/// Checks a buffer (spec §9).
///
/// # Errors
/// [`Refusal::BadBuffer`] above 240 minutes.
pub const fn check_buffer(minutes: u32) -> Result<(), Refusal> {
    if minutes > LONGEST_BUFFER_MIN {
        Err(Refusal::BadBuffer)
    } else {
        Ok(())
    }
}

/// Checks a slot interval.
///
/// # Errors
/// [`Refusal::BadInterval`] when it is 0 or longer than a day.
pub const fn check_interval(minutes: u32) -> Result<(), Refusal> {
    if minutes == 0 || minutes > LONGEST_MIN {
        Err(Refusal::BadInterval)
    } else {
        Ok(())
    }
}

/// An amount of the business's currency in its smallest unit (cents), 0 to 10 billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Price(i64);

impl Price {
    /// That many of the smallest unit.
    ///
    /// # Errors
    /// [`Refusal::BadPrice`] below 0 or above 10,000,000,000.
    pub const fn new(minor: i64) -> Result<Self, Refusal> {
        if minor < 0 || minor > 10_000_000_000 {
            Err(Refusal::BadPrice)
        } else {
            Ok(Self(minor))
        }
    }

    /// In the smallest unit.
    pub const fn minor(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Price {
    type Error = Refusal;
    fn try_from(minor: i64) -> Result<Self, Refusal> {
        Self::new(minor)
    }
}

impl From<Price> for i64 {
    fn from(price: Price) -> Self {
        price.0
    }
}
