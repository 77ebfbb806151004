//! Where a date lies in its week, which begins on the weekday that the business says. Knows no clock.

use chrono::{Datelike, Days, NaiveDate};

/// How many days of its week are before a date, 0 to 6; `first_weekday` is 1 for Monday to 7 for Sunday.
#[must_use]
pub fn days_before(date: NaiveDate, first_weekday: u32) -> u32 {
    (date.weekday().number_from_monday() + 7 - first_weekday.clamp(1, 7)) % 7
}

/// The first date of the week that a date is in; on the calendar's first days the date itself.
#[must_use]
pub fn first_of_week(date: NaiveDate, first_weekday: u32) -> NaiveDate {
    let before = Days::new(u64::from(days_before(date, first_weekday)));
    date.checked_sub_days(before).unwrap_or(date)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_the_first_weekday() {
        // A Sunday.
        let sunday: NaiveDate = "2026-11-22".parse().unwrap();
        for (first_weekday, first) in [
            (1, "2026-11-16"),
            (6, "2026-11-21"),
            (7, "2026-11-22"),
            (0, "2026-11-16"),
            (9, "2026-11-22"),
        ] {
            let found = first_of_week(sunday, first_weekday).to_string();
            assert_eq!(found, first, "{first_weekday}");
        }
        assert_eq!(first_of_week(NaiveDate::MIN, 3), NaiveDate::MIN);
    }
}
