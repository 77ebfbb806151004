//! Visits that repeat (R28): counts, ends, short months, clock changes, and the rules that are refused.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::recurrence::{Ends, Frequency, LARGEST, Parts, Recurrence};
use booking::refusal::Refusal;
use chrono::{DateTime, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn parts(freq: Frequency, interval: u32, ends: Ends) -> Parts {
    Parts {
        freq,
        interval,
        weekdays: Vec::new(),
        ends,
        excluded: Vec::new(),
    }
}

fn dates(parts: Parts, first: &str) -> String {
    let far: DateTime<Utc> = "2100-01-01T00:00:00Z".parse().unwrap();
    let all = Recurrence::new(parts)
        .unwrap()
        .occurrences(local(first), &Tz::Europe__Berlin, 200, far)
        .unwrap();
    all.iter()
        .map(|o| o.original_local.format("%m-%d").to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn until(text: &str) -> Ends {
    Ends::Until(text.parse().unwrap())
}

#[test]
fn what_a_rule_gives() {
    let start = "2026-01-29T10:00:00";
    let on = |days: &[Weekday], parts: Parts| Parts {
        weekdays: days.to_vec(),
        ..parts
    };
    let (daily, weekly, monthly) = (Frequency::Daily, Frequency::Weekly, Frequency::Monthly);
    let table = [
        (parts(daily, 1, Ends::Count(3)), start, "01-29 01-30 01-31"),
        (
            parts(daily, 10, until("2026-02-18")),
            start,
            "01-29 02-08 02-18",
        ),
        (parts(daily, 10, until("2026-02-17")), start, "01-29 02-08"),
        (parts(weekly, 1, Ends::Count(3)), start, "01-29 02-05 02-12"),
        (parts(weekly, 2, Ends::Count(3)), start, "01-29 02-12 02-26"),
        // Thursday 29th; Mondays of later weeks, Thursdays of all, every second week.
        (
            on(
                &[Weekday::Thu, Weekday::Mon, Weekday::Mon],
                parts(weekly, 2, Ends::Count(4)),
            ),
            start,
            "01-29 02-09 02-12 02-23",
        ),
        (
            on(&[Weekday::Sat], parts(daily, 1, Ends::Count(2))),
            start,
            "01-31 02-07",
        ),
        (
            parts(monthly, 1, Ends::Count(3)),
            start,
            "01-29 03-29 04-29",
        ),
        (
            parts(monthly, 1, Ends::Count(5)),
            "2026-01-31T10:00:00",
            "01-31 03-31 05-31 07-31 08-31",
        ),
        (
            parts(monthly, 12, Ends::Count(2)),
            "2028-02-29T10:00:00",
            "02-29 02-29",
        ),
    ];
    for (parts, first, expected) in table {
        assert_eq!(dates(parts.clone(), first), expected, "{parts:?}");
    }
}

#[test]
fn the_wall_clock_is_kept_across_changes() {
    let far: DateTime<Utc> = "2100-01-01T00:00:00Z".parse().unwrap();
    let starts = |first: &str| -> Vec<String> {
        let rule = Recurrence::new(parts(Frequency::Daily, 1, Ends::Count(3))).unwrap();
        let all = rule
            .occurrences(local(first), &Tz::Europe__Berlin, 200, far)
            .unwrap();
        all.iter()
            .map(|o| o.start.format("%dT%H:%M").to_string())
            .collect()
    };
    assert_eq!(
        starts("2026-03-28T10:00:00"),
        ["28T09:00", "29T08:00", "30T08:00"]
    );
    // In the gap by the offset before it (03:30 is what the clock shows), in the overlap the first.
    assert_eq!(
        starts("2026-03-28T02:30:00"),
        ["28T01:30", "29T01:30", "30T00:30"]
    );
    assert_eq!(
        starts("2026-10-24T02:30:00"),
        ["24T00:30", "25T00:30", "26T01:30"]
    );
}

#[test]
fn exceptions_are_named_by_their_original_start_and_count() {
    let rule = Recurrence::new(parts(Frequency::Daily, 1, Ends::Count(3))).unwrap();
    let rule = rule
        .without(local("2026-01-02T10:00:00"))
        .without(local("2026-01-02T10:00:00"));
    assert_eq!(
        dates(rule.parts().clone(), "2026-01-01T10:00:00"),
        "01-01 01-03"
    );
    // Another time of that day is no name of it.
    let other = rule.parts().clone();
    assert_eq!(dates(other, "2026-01-01T11:00:00"), "01-01 01-02 01-03");
}

#[test]
fn it_is_bounded() {
    let never = Recurrence::new(parts(Frequency::Daily, 1, Ends::Never)).unwrap();
    let far: DateTime<Utc> = "2300-01-01T00:00:00Z".parse().unwrap();
    let first = local("2026-01-01T10:00:00");
    assert_eq!(
        never
            .occurrences(first, &Tz::UTC, usize::MAX, far)
            .unwrap()
            .len(),
        200
    );
    assert_eq!(never.occurrences(first, &Tz::UTC, 5, far).unwrap().len(), 5);
    let horizon = "2026-01-04T10:00:00Z".parse().unwrap();
    assert_eq!(
        never
            .occurrences(first, &Tz::UTC, 200, horizon)
            .unwrap()
            .len(),
        3
    );
    let last = local("+262142-12-30T10:00:00");
    assert_eq!(
        never
            .occurrences(last, &Tz::UTC, 200, DateTime::<Utc>::MAX_UTC)
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn what_is_refused() {
    let new = |parts: Parts| Recurrence::new(parts).map(|_| ());
    let daily = Frequency::Daily;
    assert_eq!(
        new(parts(daily, 0, Ends::Never)),
        Err(Refusal::BadRecurrenceInterval)
    );
    assert_eq!(
        new(parts(daily, LARGEST + 1, Ends::Never)),
        Err(Refusal::BadRecurrenceInterval)
    );
    assert_eq!(
        new(parts(daily, 1, Ends::Count(0))),
        Err(Refusal::BadRecurrenceCount)
    );
    assert_eq!(
        new(parts(daily, 1, Ends::Count(1_000_000_000))),
        Err(Refusal::BadRecurrenceCount)
    );
    let monthly = Parts {
        weekdays: vec![Weekday::Mon],
        ..parts(Frequency::Monthly, 1, Ends::Never)
    };
    assert_eq!(new(monthly), Err(Refusal::BadChoice));
    let far: DateTime<Utc> = "2100-01-01T00:00:00Z".parse().unwrap();
    let give = |parts: Parts| {
        Recurrence::new(parts)
            .unwrap()
            .occurrences(local("2026-01-02T10:00:00"), &Tz::UTC, 9, far)
    };
    assert_eq!(
        give(parts(daily, 1, until("2026-01-01"))),
        Err(Refusal::RecurrenceEndsBeforeStart)
    );
    let never_a_monday = Parts {
        weekdays: vec![Weekday::Mon],
        ..parts(daily, 7, Ends::Never)
    };
    assert_eq!(give(never_a_monday), Err(Refusal::RecurrenceEmpty));
    let excluded = Parts {
        excluded: vec![local("2026-01-02T10:00:00")],
        ..parts(daily, 1, Ends::Count(1))
    };
    assert_eq!(give(excluded), Err(Refusal::RecurrenceEmpty));
    // Stored rules are checked like new ones.
    let text =
        serde_json::to_string(&Recurrence::new(parts(daily, 2, Ends::Count(3))).unwrap()).unwrap();
    assert!(serde_json::from_str::<Recurrence>(&text).is_ok());
    assert!(
        serde_json::from_str::<Recurrence>(&text.replace("\"interval\":2", "\"interval\":0"))
            .is_err()
    );
}
