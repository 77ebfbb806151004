//! Dates, times and numbers as forms send them.

use booking::refusal::Refusal;
use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// A date as a date field sends it, `2026-03-02`, of a year people plan in.
pub(crate) fn date(typed: &str) -> Result<NaiveDate, Refusal> {
    let typed = typed.trim();
    let date = NaiveDate::parse_from_str(typed, "%Y-%m-%d").map_err(|_| Refusal::BadDate)?;
    if typed.len() == 10 && (2000..=2100).contains(&date.year()) {
        Ok(date)
    } else {
        Err(Refusal::BadDate)
    }
}

/// A date or nothing.
pub(crate) fn date_or_none(typed: &str) -> Result<Option<NaiveDate>, Refusal> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        date(typed).map(Some)
    }
}

/// A wall-clock time as a date-and-time field sends it, `2026-03-02T09:30`, with seconds or without.
pub(crate) fn time(typed: &str) -> Result<NaiveDateTime, Refusal> {
    let typed = typed.trim();
    let (day, clock) = typed.split_once(['T', ' ']).ok_or(Refusal::BadTime)?;
    let day = date(day).map_err(|_| Refusal::BadTime)?;
    let clock = clock
        .strip_suffix(":00")
        .filter(|short| short.len() == 5)
        .unwrap_or(clock);
    let clock: booking::policy::ClockTime = clock.parse()?;
    let minute = u32::from(clock.minute());
    day.and_hms_opt(minute / 60, minute % 60, 0)
        .ok_or(Refusal::BadTime)
}

/// An amount as the database keeps it, at most `most`.
pub(crate) fn amount(typed: u32, most: u32) -> Result<i32, Refusal> {
    if typed > most {
        return Err(Refusal::BadAmount);
    }
    i32::try_from(typed).map_err(|_| Refusal::BadAmount)
}

/// An amount, or none.
pub(crate) fn amount_or_none(typed: Option<u32>, most: u32) -> Result<Option<i32>, Refusal> {
    typed.map(|typed| amount(typed, most)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        assert!(date("2028-02-29").is_ok());
        for bad in [
            "2026-02-30",
            "0000-00-00",
            "292277026597-01-01",
            "2026-2-3",
            "1999-12-31",
            "2101-01-01",
            "",
            "x",
        ] {
            assert_eq!(date(bad), Err(Refusal::BadDate), "{bad}");
        }
    }

    #[test]
    fn times_of_the_clock() {
        assert_eq!(time("2026-03-02T09:30"), time(" 2026-03-02 09:30:00 "));
        for bad in [
            "2026-03-02",
            "2026-03-02T24:00",
            "2026-03-02T09:30:15",
            "2026-02-30T09:30",
            "T",
            "2026-03-02T9:30",
        ] {
            assert_eq!(time(bad), Err(Refusal::BadTime), "{bad}");
        }
    }
}
