//! The life of an entry in the line for a day: waiting, told that a time is held, and how it ended.

use crate::refusal::words;

/// For how many minutes a time that became free is held for whoever is told of it.
pub const MINUTES_TO_ANSWER: i64 = 30;

/// Days in whose lines one person can stand at once.
pub const MOST_WAITING: u64 = 20;

words! {
    /// Where an entry stands. It is open while it waits or its time is held.
    WaitingStatus {
        /// In line.
        Waiting => "waiting",
        /// A time is held, and the client knows.
        Told => "told",
        /// It became a request.
        Taken => "taken",
        /// The client said no.
        Passed => "passed",
        /// The client did not answer in time.
        Missed => "missed",
        /// The client waits no longer.
        Stopped => "stopped",
        /// The day is over.
        Over => "over",
    }
}
