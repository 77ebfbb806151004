//! The dates that a request asks for where it asks for no exact slot, as pages and letters show them. It reads; what may be
//! asked is `submit_window.rs`.

use booking::recurrence::Parts;
use booking::request::DayPart;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::table::request;

/// A window of dates, with a part of the day and a rule where they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedDates {
    /// The preferred date, in the zone of the business; the first one of visits that repeat.
    pub from: NaiveDate,
    /// The last possible one.
    pub to: NaiveDate,
    /// The part of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<DayPart>,
    /// How visits repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Parts>,
}

impl AskedDates {
    /// From the columns of a request; nothing for an exact slot.
    pub(crate) fn read(
        window: Option<(NaiveDate, NaiveDate)>,
        part: Option<&str>,
        rule: Option<Value>,
    ) -> Option<Self> {
        let (from, to) = window?;
        Some(Self {
            from,
            to,
            part: part.and_then(|word| word.parse().ok()),
            repeat: rule.and_then(|rule| serde_json::from_value(rule).ok()),
        })
    }

    /// Of a request's row.
    pub(crate) fn of(row: &request::Model) -> Option<Self> {
        let window = row.window_from.zip(row.window_to);
        Self::read(window, row.day_part.as_deref(), row.rule.clone())
    }
}
