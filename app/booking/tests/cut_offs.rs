//! The four cut-off rules for what is booked (spec §8, decision 7), exact to the second, also where the clocks change: hours are
//! elapsed and inclusive, a time of the clock is exclusive, in a gap it is the end of the gap, twice it is the first.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::policy::{
    CancellationAnswer, CancellationPolicy, CancellationRules, CutOff, LONGEST_CUT_OFF_HOURS,
};
use booking::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn the_last_moment_of_every_rule() {
    let (berlin, howe, york) = (
        Tz::Europe__Berlin,
        Tz::Australia__Lord_Howe,
        Tz::America__New_York,
    );
    // Zone, rule, start of the visit, the last second that is in time.
    let table = [
        (
            berlin,
            "none",
            "2026-06-10T08:00:00Z",
            "2026-06-10T07:59:59Z",
        ),
        (
            berlin,
            "hours:24",
            "2026-06-10T08:00:00Z",
            "2026-06-09T08:00:00Z",
        ),
        (
            berlin,
            "day-before:17:00",
            "2026-06-10T08:00:00Z",
            "2026-06-09T14:59:59Z",
        ),
        (
            berlin,
            "same-day:08:30",
            "2026-06-10T08:00:00Z",
            "2026-06-10T06:29:59Z",
        ),
        // A time after the visit itself: until it starts.
        (
            berlin,
            "same-day:17:00",
            "2026-06-10T08:00:00Z",
            "2026-06-10T07:59:59Z",
        ),
        // Spring in Berlin: the 29th of March has 23 hours, 02:30 does not exist.
        (
            berlin,
            "hours:24",
            "2026-03-29T10:00:00Z",
            "2026-03-28T10:00:00Z",
        ),
        (
            berlin,
            "day-before:02:30",
            "2026-03-30T08:00:00Z",
            "2026-03-29T00:59:59Z",
        ),
        (
            berlin,
            "same-day:02:30",
            "2026-03-29T10:00:00Z",
            "2026-03-29T00:59:59Z",
        ),
        (
            berlin,
            "day-before:12:00",
            "2026-03-30T08:00:00Z",
            "2026-03-29T09:59:59Z",
        ),
        // Autumn: the 25th of October has 25 hours, 02:30 comes twice.
        (
            berlin,
            "hours:24",
            "2026-10-25T11:00:00Z",
            "2026-10-24T11:00:00Z",
        ),
        (
            berlin,
            "day-before:02:30",
            "2026-10-26T09:00:00Z",
            "2026-10-25T00:29:59Z",
        ),
        (
            berlin,
            "same-day:02:30",
            "2026-10-25T11:00:00Z",
            "2026-10-25T00:29:59Z",
        ),
        // Half an hour is skipped on Lord Howe; in New York the day before is another date in UTC.
        (
            howe,
            "same-day:02:15",
            "2026-10-03T23:00:00Z",
            "2026-10-03T15:29:59Z",
        ),
        (
            york,
            "day-before:23:00",
            "2026-11-01T15:00:00Z",
            "2026-11-01T02:59:59Z",
        ),
    ];
    for (zone, rule, start, last) in table {
        let (cut_off, start, last): (CutOff, _, _) = (rule.parse().unwrap(), at(start), at(last));
        let second = TimeDelta::seconds(1);
        assert!(cut_off.in_time(last, &zone, start), "{rule} {start}");
        assert!(
            !cut_off.in_time(last + second, &zone, start),
            "{rule} {start}"
        );
        // What is too late stays too late, up to the start and after it.
        for minutes in [1, 60, 600, 1_440, 2_880] {
            let later = last + second + TimeDelta::minutes(minutes);
            assert!(!cut_off.in_time(later, &zone, start), "{rule} {later}");
        }
    }
}

#[test]
fn cancelling_at_once_and_late_across_a_change_of_the_clocks() {
    let start = at("2026-03-29T10:00:00Z");
    let rules = CancellationRules {
        until: CutOff::HoursBefore(2),
        policy: CancellationPolicy::AtOnceBefore("day-before:17:00".parse().unwrap()),
    };
    let table = [
        ("2026-03-28T15:59:59Z", Ok(CancellationAnswer::Accepted)),
        ("2026-03-28T16:00:00Z", Ok(CancellationAnswer::Late)),
        ("2026-03-29T08:00:00Z", Ok(CancellationAnswer::Late)),
        (
            "2026-03-29T08:00:01Z",
            Err(Refusal::CancellationCutOffPassed),
        ),
        ("2026-03-29T10:00:00Z", Err(Refusal::AlreadyStarted)),
    ];
    for (now, expected) in table {
        assert_eq!(
            rules.answer(at(now), &Tz::Europe__Berlin, start),
            expected,
            "{now}"
        );
    }
}

#[test]
fn rules_are_read_as_they_are_written() {
    for word in [
        "none",
        "hours:1",
        "hours:672",
        "same-day:17:00",
        "day-before:00:00",
    ] {
        let rule: CutOff = word.parse().unwrap();
        assert_eq!(rule.to_string(), word);
    }
    assert_eq!(LONGEST_CUT_OFF_HOURS, 672);
    let bad = [
        ("hours:0", Refusal::BadAmount),
        ("hours:673", Refusal::BadAmount),
        ("hours:-1", Refusal::BadAmount),
        ("hours:x", Refusal::BadAmount),
        ("same-day:24:00", Refusal::BadTime),
        ("day-before:", Refusal::BadTime),
        ("", Refusal::BadChoice),
        ("hours", Refusal::BadChoice),
        ("never:1", Refusal::BadChoice),
    ];
    for (word, why) in bad {
        assert_eq!(word.parse::<CutOff>(), Err(why), "{word}");
    }
}
