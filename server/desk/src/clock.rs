//! Where "now" comes from: the machine's clock when serving, a settable one in tests. Nothing else reads the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// A clock in whole seconds of UTC, the precision of every instant in the database.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// Stands still until it is set; seconds since 1970.
    Settable(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now`, for tests and demonstrations.
    #[must_use]
    pub fn standing_at(now: DateTime<Utc>) -> Self {
        Self::Settable(Arc::new(AtomicI64::new(now.timestamp())))
    }

    /// Moves a settable clock; the machine's clock ignores it.
    pub fn set(&self, now: DateTime<Utc>) {
        match self {
            Self::System => {}
            Self::Settable(seconds) => seconds.store(now.timestamp(), Ordering::SeqCst),
        }
    }

    /// The present instant, in whole seconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let seconds = match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| {
                    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
                }),
            Self::Settable(seconds) => seconds.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }
}
