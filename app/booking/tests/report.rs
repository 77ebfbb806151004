//! The arithmetic of reports against obvious, slow ways to the same numbers.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::refusal::Refusal;
use booking::report::{MOST_DAYS, Range, minutes_in, minutes_outside, percentile, week_of};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn range(first: &str, last: &str) -> Range {
    Range::new(day(first), day(last)).unwrap()
}

fn said(range: Range) -> String {
    format!("{} {}", range.first(), range.last())
}

fn minute(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at * 60, 0).unwrap()
}

#[test]
fn ranges_people_name() {
    let today = day("2026-11-21");
    assert_eq!(said(Range::month_of(today)), "2026-11-01 2026-11-30");
    assert_eq!(said(Range::month_before(today)), "2026-10-01 2026-10-31");
    assert_eq!(
        said(Range::month_before(day("2028-03-31"))),
        "2028-02-01 2028-02-29"
    );
    assert_eq!(
        said(Range::month_before(day("2026-01-01"))),
        "2025-12-01 2025-12-31"
    );
    assert_eq!(said(Range::quarter_of(today)), "2026-10-01 2026-12-31");
    assert_eq!(
        said(Range::quarter_of(day("2026-03-31"))),
        "2026-01-01 2026-03-31"
    );
}

#[test]
fn ranges_that_are_none() {
    let first = day("2026-03-02");
    for last in [
        first - TimeDelta::days(1),
        first + TimeDelta::days(MOST_DAYS),
        NaiveDate::MAX,
        NaiveDate::MIN,
    ] {
        assert_eq!(Range::new(first, last), Err(Refusal::BadDate), "{last}");
    }
    assert_eq!(
        Range::new(NaiveDate::MAX, NaiveDate::MAX),
        Err(Refusal::BadDate)
    );
    assert!(Range::new(first, first).is_ok());
    assert!(Range::new(first, first + TimeDelta::days(MOST_DAYS - 1)).is_ok());
}

#[test]
fn the_week_in_which_the_clocks_change_is_an_hour_shorter_or_longer() {
    let zone = Tz::Europe__Madrid;
    let hours = |range: Range| -> Vec<i64> {
        let weeks = range.weeks(&zone, Weekday::Mon);
        weeks.iter().map(|week| week.span.minutes() / 60).collect()
    };
    assert_eq!(hours(range("2026-03-16", "2026-04-05")), [168, 167, 168]);
    assert_eq!(hours(range("2026-10-19", "2026-11-01")), [169, 168]);
    // Sunday first: the change falls on the first day of its week.
    let weeks = range("2026-03-22", "2026-04-04").weeks(&zone, Weekday::Sun);
    assert_eq!(weeks[1].span.minutes(), 167 * 60);
}

#[test]
fn ranks_of_few() {
    assert_eq!(percentile(&[], 50), None);
    assert_eq!(
        (percentile(&[7], 50), percentile(&[7], 90)),
        (Some(7), Some(7))
    );
    let ten: Vec<i64> = (1..=10).collect();
    assert_eq!(
        (percentile(&ten, 50), percentile(&ten, 90)),
        (Some(5), Some(9))
    );
    let eleven: Vec<i64> = (1..=11).collect();
    assert_eq!(
        (percentile(&eleven, 50), percentile(&eleven, 90)),
        (Some(6), Some(10))
    );
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let span = (0i64..600, 1i64..90)
        .prop_map(|(from, length)| Span::new(minute(from), minute(from + length)).unwrap());
    prop::collection::vec(span, 0..12)
}

fn inside(spans: &[Span], at: DateTime<Utc>) -> bool {
    spans.iter().any(|span| span.contains(at))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rank_leaves_as_many_behind_as_it_says(mut values in prop::collection::vec(0i64..50, 1..40), percent in 1u32..=100) {
        values.sort_unstable();
        let found = percentile(&values, percent).unwrap();
        let enough = |value: i64| values.iter().filter(|v| **v <= value).count() * 100 >= values.len() * percent as usize;
        let slow = values.iter().copied().find(|value| enough(*value)).unwrap();
        prop_assert_eq!(found, slow);
    }

    #[test]
    fn minutes_are_counted_one_by_one(spans in spans(), holes in spans(), from in 0i64..600, length in 1i64..400) {
        let within = Span::new(minute(from), minute(from + length)).unwrap();
        let all = || (from..from + length).map(minute);
        let covered = all().filter(|at| inside(&spans, *at)).count() as i64;
        let left = all().filter(|at| inside(&spans, *at) && !inside(&holes, *at)).count() as i64;
        prop_assert_eq!(minutes_in(&spans, within), covered);
        prop_assert_eq!(minutes_outside(&spans, &holes, within), left);
    }

    #[test]
    fn each_instant_is_in_the_week_of_its_date(
        start in 0i64..700, days in 0i64..MOST_DAYS, first in 0u8..7,
        zone in prop::sample::select(vec![Tz::Europe__Madrid, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::Pacific__Apia, Tz::UTC]),
        at in 0i64..1_200 * 24 * 60,
    ) {
        let weekday = Weekday::try_from(first).unwrap();
        let first = day("2025-01-01") + TimeDelta::days(start);
        let range = Range::new(first, first + TimeDelta::days(days)).unwrap();
        let weeks = range.weeks(&zone, weekday);
        prop_assert_eq!(weeks[0].dates.first(), range.first());
        prop_assert_eq!(weeks.last().unwrap().dates.last(), range.last());
        for pair in weeks.windows(2) {
            prop_assert_eq!(pair[0].span.end(), pair[1].span.start());
            prop_assert_eq!(pair[1].dates.first().weekday(), weekday);
        }
        let at = zone::first_instant(&zone, day("2024-12-20")) + TimeDelta::minutes(at);
        let date = zone::date(&zone, at);
        let slow = weeks.iter().position(|week| week.dates.first() <= date && date <= week.dates.last());
        prop_assert_eq!(week_of(&weeks, at), slow);
    }
}
