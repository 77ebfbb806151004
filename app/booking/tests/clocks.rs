//! Wall clocks in every zone there is (R3–R6, decision 6), and the days on which they do something odd.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::hours::{Exception, Instead, WeeklyWindow, Window};
use booking::ids::{ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::refusal::Refusal;
use booking::service::Service;
use booking::slots::{Facts, Query, Technician, slots};
use booking::zone::{self, LocalTime};
use chrono::{
    DateTime, Days, MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::{TZ_VARIANTS, Tz};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// Against chrono's own lookup of local times.
fn check(tz: Tz, local: NaiveDateTime) {
    let typed = zone::typed(&tz, local);
    match tz.from_local_datetime(&local) {
        MappedLocalTime::Single(one) => {
            assert_eq!(typed, LocalTime::Exact(one.to_utc()), "{tz} {local}");
            assert_eq!(zone::edge(&tz, local), one.to_utc(), "{tz} {local}");
            assert_eq!(zone::single(&tz, local), one.to_utc(), "{tz} {local}");
        }
        MappedLocalTime::Ambiguous(first, second) => {
            let (first, second) = (first.to_utc(), second.to_utc());
            assert_eq!(
                typed,
                LocalTime::Ambiguous { first, second },
                "{tz} {local}"
            );
            assert_eq!(
                (zone::edge(&tz, local), zone::single(&tz, local)),
                (first, first),
                "{tz} {local}"
            );
        }
        MappedLocalTime::None => {
            let LocalTime::Missing { before, after } = typed else {
                panic!("{tz} {local} {typed:?}")
            };
            assert_eq!(zone::edge(&tz, local), after);
            assert!(
                zone::local(&tz, before) < local && local < zone::local(&tz, after),
                "{tz} {local}"
            );
            assert_ne!(
                zone::offset_seconds(&tz, before),
                zone::offset_seconds(&tz, after),
                "{tz} {local}"
            );
            // By the offset before the gap.
            let shift = TimeDelta::seconds(i64::from(zone::offset_seconds(&tz, before)));
            assert_eq!(
                zone::single(&tz, local).naive_utc(),
                local - shift,
                "{tz} {local}"
            );
        }
    }
}

#[test]
fn every_zone_around_every_change_of_three_years() {
    for tz in TZ_VARIANTS {
        let mut day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let offset =
            |day: NaiveDate| zone::offset_seconds(&tz, day.and_hms_opt(0, 0, 0).unwrap().and_utc());
        while day < NaiveDate::from_ymd_opt(2028, 1, 1).unwrap() {
            if offset(day) != offset(day + Days::new(1)) {
                for half_hours in -24..72 {
                    check(
                        tz,
                        day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(30 * half_hours),
                    );
                }
            }
            day = day + Days::new(1);
        }
        check(tz, local("2026-07-01T12:34:00"));
        check(tz, local("1970-01-01T00:00:00"));
    }
}

#[test]
fn a_date_begins_at_its_first_instant() {
    let table = [
        (
            Tz::Europe__Madrid,
            "2026-03-26",
            "2026-03-25T23:00:00Z",
            Some(24 * 60),
        ),
        (
            Tz::Europe__Berlin,
            "2026-03-29",
            "2026-03-28T23:00:00Z",
            Some(23 * 60),
        ),
        (
            Tz::Europe__Berlin,
            "2026-10-25",
            "2026-10-24T22:00:00Z",
            Some(25 * 60),
        ),
        (
            Tz::Australia__Lord_Howe,
            "2026-04-05",
            "2026-04-04T13:00:00Z",
            Some(24 * 60 + 30),
        ),
        (
            Tz::Australia__Lord_Howe,
            "2026-10-04",
            "2026-10-03T13:30:00Z",
            Some(23 * 60 + 30),
        ),
        // Midnight does not exist.
        (
            Tz::Africa__Cairo,
            "2026-04-24",
            "2026-04-23T22:00:00Z",
            Some(23 * 60),
        ),
        // 23:00–24:00 comes twice, and belongs to the Thursday both times.
        (
            Tz::Africa__Cairo,
            "2026-10-29",
            "2026-10-28T21:00:00Z",
            Some(25 * 60),
        ),
        (
            Tz::Africa__Cairo,
            "2026-10-30",
            "2026-10-29T22:00:00Z",
            Some(24 * 60),
        ),
        // The date does not exist.
        (
            Tz::Pacific__Apia,
            "2011-12-29",
            "2011-12-29T10:00:00Z",
            Some(24 * 60),
        ),
        (
            Tz::Pacific__Apia,
            "2011-12-30",
            "2011-12-30T10:00:00Z",
            None,
        ),
        (
            Tz::Pacific__Apia,
            "2011-12-31",
            "2011-12-30T10:00:00Z",
            Some(24 * 60),
        ),
        (
            Tz::Asia__Kathmandu,
            "2026-06-10",
            "2026-06-09T18:15:00Z",
            Some(24 * 60),
        ),
        (
            Tz::Africa__Casablanca,
            "2026-02-15",
            "2026-02-14T23:00:00Z",
            Some(25 * 60),
        ),
        (
            Tz::America__St_Johns,
            "2026-03-08",
            "2026-03-08T03:30:00Z",
            Some(23 * 60),
        ),
    ];
    for (tz, date, first, minutes) in table {
        let date = date.parse().unwrap();
        assert_eq!(zone::first_instant(&tz, date), at(first), "{tz} {date}");
        assert_eq!(
            zone::day(&tz, date).map(|span| span.minutes()),
            minutes,
            "{tz} {date}"
        );
    }
}

#[test]
fn r6_what_staff_type_is_one_instant_or_refused() {
    let tz = Tz::Europe__Berlin;
    let missing = LocalTime::Missing {
        before: at("2026-03-29T00:59:00Z"),
        after: at("2026-03-29T01:00:00Z"),
    };
    assert_eq!(zone::typed(&tz, local("2026-03-29T02:30:00")), missing);
    let twice = LocalTime::Ambiguous {
        first: at("2026-10-25T00:30:00Z"),
        second: at("2026-10-25T01:30:00Z"),
    };
    assert_eq!(zone::typed(&tz, local("2026-10-25T02:30:00")), twice);
    let table = [
        ("2026-03-29T02:30:00", None, Err(Refusal::MissingLocalTime)),
        (
            "2026-03-29T02:30:00",
            Some(3600),
            Err(Refusal::MissingLocalTime),
        ),
        ("2026-03-29T03:00:00", None, Ok(at("2026-03-29T01:00:00Z"))),
        (
            "2026-03-29T01:59:00",
            Some(3600),
            Ok(at("2026-03-29T00:59:00Z")),
        ),
        (
            "2026-10-25T02:30:00",
            None,
            Err(Refusal::AmbiguousLocalTime),
        ),
        (
            "2026-10-25T02:30:00",
            Some(7200),
            Ok(at("2026-10-25T00:30:00Z")),
        ),
        (
            "2026-10-25T02:30:00",
            Some(3600),
            Ok(at("2026-10-25T01:30:00Z")),
        ),
        ("2026-10-25T02:30:00", Some(0), Err(Refusal::BadOffset)),
        ("2026-10-25T03:00:00", None, Ok(at("2026-10-25T02:00:00Z"))),
        ("2026-06-01T12:00:00", Some(3600), Err(Refusal::BadOffset)),
        (
            "2026-06-01T12:00:00",
            Some(i32::MIN),
            Err(Refusal::BadOffset),
        ),
    ];
    for (typed, offset, expected) in table {
        assert_eq!(
            zone::typed_exactly(&tz, local(typed), offset),
            expected,
            "{typed} {offset:?}"
        );
    }
}

#[test]
fn the_ends_of_the_calendar_do_not_break_it() {
    for text in [
        "-262142-01-01T00:00:00",
        "+262142-12-31T23:59:59",
        "0000-01-01T00:00:00",
        "9999-12-31T23:59:59",
    ] {
        let Ok(local) = text.parse::<NaiveDateTime>() else {
            continue;
        };
        for tz in [Tz::Pacific__Apia, Tz::America__New_York, Tz::UTC] {
            let _ = (
                zone::typed(&tz, local),
                zone::edge(&tz, local),
                zone::single(&tz, local),
            );
            let _ = (
                zone::first_instant(&tz, local.date()),
                zone::day(&tz, local.date()),
            );
        }
    }
}

/// One technician with one window every day, an hour each; the starts as UTC `HH:MM`.
fn starts(tz: Tz, window: (u16, u16), step: u32, from: &str, to: &str) -> String {
    starts_with(tz, window, step, &[], from, to)
}

fn starts_with(
    tz: Tz,
    window: (u16, u16),
    step: u32,
    exceptions: &[Exception],
    from: &str,
    to: &str,
) -> String {
    let week = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let window = Window::new(window.0, window.1).unwrap();
    let facts = Facts {
        now: at("2000-01-01T00:00:00Z"),
        business_tz: tz,
        first_weekday: Weekday::Mon,
        service: Service {
            id: ServiceId::new(1),
            bookable: true,
            length_min: step,
            step_min: None,
            buffer_before: 0,
            buffer_after: 0,
            capacity: 1,
            notice_min: 0,
            advance_days: None,
            max_per_day: None,
            max_per_week: None,
            resources: Vec::new(),
            technicians: None,
        },
        request_cut_off: CutOff::None,
        technicians: vec![Technician {
            id: TechnicianId::new(1),
            tz,
            weekly: week
                .map(|weekday| WeeklyWindow { weekday, window })
                .to_vec(),
            exceptions: exceptions.to_vec(),
            time_off: Vec::new(),
            buffer_before: 0,
            buffer_after: 0,
            max_per_day: None,
            max_per_week: None,
            active: true,
        }],
        closures: Vec::new(),
        resources: Vec::new(),
        bookings: Vec::new(),
    };
    let all = slots(&facts, &Query::anyone(at(from), at(to)));
    all.iter()
        .map(|slot| slot.start.format("%H:%M").to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn r4_r5_windows_across_a_change_are_shorter_or_longer() {
    let berlin = |window, day: &str, next: &str| {
        starts(
            Tz::Europe__Berlin,
            window,
            60,
            &format!("{day}T12:00:00Z"),
            &format!("{next}T12:00:00Z"),
        )
    };
    let spring = |window| berlin(window, "2026-03-28", "2026-03-29");
    let autumn = |window| berlin(window, "2026-10-24", "2026-10-25");
    // 01:00–04:00 lasts two hours in spring, four in autumn; both occurrences of 02:00 are offered.
    assert_eq!(spring((60, 240)), "00:00 01:00");
    assert_eq!(autumn((60, 240)), "23:00 00:00 01:00 02:00");
    // Wholly inside the gap: empty. From inside the gap: from the jump.
    assert_eq!(spring((120, 180)), "");
    assert_eq!(spring((150, 240)), "01:00");
    assert_eq!(spring((60, 150)), "00:00");
    // Both edges in the repeated hour: the first occurrence only.
    assert_eq!(
        starts(
            Tz::Europe__Berlin,
            (120, 165),
            15,
            "2026-10-24T20:00:00Z",
            "2026-10-25T12:00:00Z"
        ),
        "00:00 00:15 00:30"
    );
    // From inside it: from the first occurrence, so an hour longer.
    assert_eq!(autumn((120, 240)), "00:00 01:00 02:00");
}

#[test]
fn odd_zones() {
    // Lord Howe goes back by half an hour: 01:00–03:00 lasts two and a half.
    let lord_howe = starts(
        Tz::Australia__Lord_Howe,
        (60, 180),
        30,
        "2026-04-04T12:00:00Z",
        "2026-04-05T12:00:00Z",
    );
    assert_eq!(lord_howe, "14:00 14:30 15:00 15:30 16:00");
    // Cairo skips midnight: the night goes on, and the grid begins anew where the day does.
    let cairo = starts(
        Tz::Africa__Cairo,
        (0, 1440),
        240,
        "2026-04-23T17:00:00Z",
        "2026-04-24T08:00:00Z",
    );
    assert_eq!(cairo, "18:00 22:00 02:00 06:00");
    // Apia's Friday never was: its night shift begins as Saturday does.
    let apia = starts(
        Tz::Pacific__Apia,
        (1320, 120),
        60,
        "2011-12-30T00:00:00Z",
        "2011-12-31T08:00:00Z",
    );
    assert_eq!(apia, "08:00 09:00 10:00 11:00");
    // An exception for the date that never was clips nothing but what would have spilt into it.
    let friday = Exception {
        date: NaiveDate::from_ymd_opt(2011, 12, 30).unwrap(),
        instead: Instead::Off,
    };
    let apia = starts_with(
        Tz::Pacific__Apia,
        (1320, 120),
        60,
        &[friday],
        "2011-12-30T00:00:00Z",
        "2011-12-31T08:00:00Z",
    );
    assert_eq!(apia, "08:00 09:00");
}
