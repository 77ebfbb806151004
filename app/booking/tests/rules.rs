//! One table a rule (R1–R26): small days in Madrid, by hand. Times of expectations are the business's wall clock.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::ids::{BookingId, ResourceId, ServiceId, TechnicianId};
use booking::policy::{ClockTime, CutOff};
use booking::refusal::Refusal;
use booking::resource::{Needed, Resource, ResourceNeed};
use booking::service::Service;
use booking::slots::{
    Booking, BookingStatus, Clash, Exception, Exclusion, Facts, Instead, Objection, Query,
    Technician, WeeklyWindow, Window, explain, hard_clashes, month, next_free, resources_for,
    slots, soft_objections, still_open,
};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];
const ANA: TechnicianId = TechnicianId::new(1);
const BEN: TechnicianId = TechnicianId::new(2);
const ROOM: ResourceId = ResourceId::new(1);
const BARN: ResourceId = ResourceId::new(2);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A wall time of Thursday 2026-03-26 in Madrid (UTC+1), `HH:MM`.
fn local(text: &str) -> DateTime<Utc> {
    let local =
        date("2026-03-26").and_time(chrono::NaiveTime::parse_from_str(text, "%H:%M").unwrap());
    zone::edge(&Tz::Europe__Madrid, local)
}

fn span(start: &str, end: &str) -> Span {
    Span::new(local(start), local(end)).unwrap()
}

fn window(text: &str) -> Window {
    let (start, end) = text.split_once('-').unwrap();
    let minute = |t: &str| match t {
        "24:00" => 1440,
        other => other.parse::<ClockTime>().unwrap().minute(),
    };
    Window::new(minute(start), minute(end)).unwrap()
}

fn daily(windows: &[&str]) -> Vec<WeeklyWindow> {
    let one = |w: &&str| {
        WEEK.map(|weekday| WeeklyWindow {
            weekday,
            window: window(w),
        })
    };
    windows.iter().flat_map(one).collect()
}

fn technician(id: TechnicianId, windows: &[&str]) -> Technician<Tz> {
    Technician {
        id,
        tz: Tz::Europe__Madrid,
        weekly: daily(windows),
        exceptions: Vec::new(),
        time_off: Vec::new(),
        buffer_before: 0,
        buffer_after: 0,
        max_per_day: None,
        max_per_week: None,
        active: true,
    }
}

/// Ana, 09:00–12:00 every day, one hour each, nothing booked, seen from New Year.
fn facts() -> Facts<Tz> {
    Facts {
        now: at("2026-01-01T00:00:00Z"),
        business_tz: Tz::Europe__Madrid,
        first_weekday: Weekday::Mon,
        service: Service {
            id: ServiceId::new(1),
            bookable: true,
            length_min: 60,
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
        technicians: vec![technician(ANA, &["09:00-12:00"])],
        closures: Vec::new(),
        resources: Vec::new(),
        bookings: Vec::new(),
    }
}

fn booking(technician: Option<TechnicianId>, start: &str, end: &str) -> Booking {
    Booking {
        id: None,
        technician,
        service: ServiceId::new(2),
        span: span(start, end),
        status: BookingStatus::Scheduled,
        expires: None,
        seats: 1,
        before_min: 0,
        after_min: 0,
        resources: Vec::new(),
    }
}

fn member(start: &str, end: &str, seats: u32) -> Booking {
    Booking {
        service: ServiceId::new(1),
        seats,
        ..booking(Some(ANA), start, end)
    }
}

fn thursday() -> Query {
    Query::anyone(local("00:00"), local("00:00") + TimeDelta::days(1))
}

fn wall(at: DateTime<Utc>) -> String {
    zone::local(&Tz::Europe__Madrid, at)
        .format("%H:%M")
        .to_string()
}

fn starts_of(facts: &Facts<Tz>, query: &Query) -> String {
    let all: Vec<_> = slots(facts, query)
        .iter()
        .map(|slot| wall(slot.start))
        .collect();
    all.join(" ")
}

/// The starts on Thursday.
fn starts(facts: &Facts<Tz>) -> String {
    starts_of(facts, &thursday())
}

#[test]
fn r7_windows_merge_also_across_midnight_and_may_end_at_24() {
    let table: &[(&[&str], &str)] = &[
        (&[], ""),
        (&["09:00-11:00", "11:00-12:00"], "09:00 10:00 11:00"),
        (&["09:30-11:00", "09:00-10:00"], "09:00 10:00"),
        (&["09:00-10:30", "11:00-12:30"], "09:00 11:00"),
        (&["22:00-24:00"], "22:00 23:00"),
        (&["22:30-00:30"], "22:30 23:30"),
        (&["22:30-24:00", "00:00-01:00"], "22:30 23:30"),
        (&["23:30-01:30"], "00:30 23:30"),
        (
            &["09:00-09:00"],
            "00:00 01:00 02:00 03:00 04:00 05:00 06:00 07:00 08:00 09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00 17:00 18:00 19:00 20:00 21:00 22:00 23:00",
        ),
    ];
    for (windows, expected) in table {
        let mut facts = facts();
        facts.technicians = vec![technician(ANA, windows)];
        assert_eq!(starts(&facts), *expected, "{windows:?}");
    }
}

#[test]
fn r8_r9_exceptions_and_closures_govern_their_date() {
    let off = |day: &str| Exception {
        date: date(day),
        instead: Instead::Off,
    };
    let hours = |day: &str, all: &[&str]| Exception {
        date: date(day),
        instead: Instead::Hours(all.iter().map(|w| window(w)).collect()),
    };
    let night = &["22:00-03:00"][..];
    let morning = &["09:00-12:00"][..];
    let (on, before, after) = ("2026-03-26", "2026-03-25", "2026-03-27");
    type Row<'a> = (&'a [&'a str], Vec<Exception>, Vec<&'a str>, &'a str);
    let table: Vec<Row> = vec![
        (morning, vec![off(on)], vec![], ""),
        (
            morning,
            vec![hours(on, &["15:00-17:00"])],
            vec![],
            "15:00 16:00",
        ),
        (morning, vec![hours(on, &[])], vec![], ""),
        (morning, vec![hours(on, &["15:00-17:00"])], vec![on], ""),
        (
            morning,
            vec![off(before), off(after)],
            vec![before, after],
            "09:00 10:00 11:00",
        ),
        (night, vec![], vec![], "00:00 01:00 02:00 22:00 23:00"),
        // Thursday off takes Wednesday's spill and its own night.
        (night, vec![off(on)], vec![], ""),
        (night, vec![off(before)], vec![], "22:00 23:00"),
        // What spills into Friday is clipped at Friday's first instant.
        (
            night,
            vec![off(after)],
            vec![],
            "00:00 01:00 02:00 22:00 23:00",
        ),
        (night, vec![], vec![on], ""),
        (night, vec![], vec![before], "22:00 23:00"),
        (night, vec![], vec![after], "00:00 01:00 02:00 22:00 23:00"),
        (
            night,
            vec![hours(before, &["20:30-01:30"])],
            vec![],
            "00:30 22:00 23:00",
        ),
        (&["23:30-01:30"], vec![off(after)], vec![], "00:30"),
    ];
    for (windows, exceptions, closures, expected) in table {
        let mut facts = facts();
        facts.technicians = vec![Technician {
            exceptions: exceptions.clone(),
            ..technician(ANA, windows)
        }];
        facts.closures = closures.iter().map(|day| date(day)).collect();
        assert_eq!(
            starts(&facts),
            expected,
            "{windows:?} {exceptions:?} {closures:?}"
        );
    }
}

#[test]
fn r8_a_closure_is_a_date_of_the_business_wherever_the_technician_is() {
    // In Tokyo, 8 hours ahead, the windows 00:00–24:00 begin at 16:00 of the day before in Madrid.
    let mut facts = facts();
    facts.technicians = vec![Technician {
        tz: Tz::Asia__Tokyo,
        ..technician(ANA, &["00:00-24:00"])
    }];
    facts.closures = vec![date("2026-03-26")];
    let around = Query::anyone(
        local("00:00") - TimeDelta::days(1),
        local("00:00") + TimeDelta::days(2),
    );
    let all = slots(&facts, &around);
    // Thursday is closed; the window that began on it is dropped whole, up to 16:00 on Friday.
    let of = |day: &str| {
        all.iter()
            .filter(|s| zone::date(&Tz::Europe__Madrid, s.start) == date(day))
            .count()
    };
    assert_eq!(
        (of("2026-03-25"), of("2026-03-26"), of("2026-03-27")),
        (24, 0, 8)
    );
    assert!(
        all.iter().any(|slot| slot.end == local("00:00")),
        "the last one ends as Thursday begins"
    );
}

#[test]
fn r10_who_drops_out_does_not_affect_the_others() {
    let both = || Facts {
        technicians: vec![
            technician(ANA, &["09:00-12:00"]),
            technician(BEN, &["10:00-12:00"]),
        ],
        ..facts()
    };
    assert_eq!(starts(&both()), "09:00 10:00 11:00");
    let mut one = both();
    one.technicians[0].active = false;
    assert_eq!(starts(&one), "10:00 11:00");
    let mut one = both();
    one.service.technicians = Some(vec![BEN]);
    assert_eq!(starts(&one), "10:00 11:00");
    one.service.technicians = Some(vec![]);
    assert_eq!(starts(&one), "");
    let mut none = both();
    none.service.bookable = false;
    assert_eq!(starts(&none), "");
    assert_eq!(
        still_open(&none, &thursday(), local("10:00")),
        Err(Refusal::ServiceNotBookable)
    );
    let named = |id| Query {
        technician: Some(id),
        ..thursday()
    };
    assert_eq!(slots(&both(), &named(BEN))[0].technicians, [BEN]);
    assert_eq!(slots(&both(), &named(TechnicianId::new(9))), []);
}

#[test]
fn r11_time_off_keeps_the_grid() {
    let mut facts = facts();
    facts.technicians[0].time_off = vec![span("09:00", "09:15"), span("10:40", "10:50")];
    assert_eq!(starts(&facts), "11:00");
    facts.service.step_min = Some(20);
    assert_eq!(starts(&facts), "09:20 09:40 11:00");
}

#[test]
fn r12_a_stretch_without_end_begins_its_grid_anew_each_day() {
    let mut facts = facts();
    facts.technicians = vec![technician(ANA, &["00:00-24:00"])];
    facts.service.length_min = 300;
    assert_eq!(starts(&facts), "00:00 05:00 10:00 15:00 20:00");
    // Wednesday 10:00 to Thursday 08:00 covers no whole date: the grid of Wednesday goes on.
    facts.technicians = vec![technician(ANA, &[])];
    let hours = |day: &str, w: &str| Exception {
        date: date(day),
        instead: Instead::Hours(vec![window(w)]),
    };
    facts.technicians[0].exceptions = vec![
        hours("2026-03-25", "10:00-24:00"),
        hours("2026-03-26", "00:00-08:00"),
    ];
    facts.service.length_min = 60;
    facts.service.step_min = Some(300);
    assert_eq!(starts(&facts), "01:00 06:00");
    // Tuesday 10:00 to Thursday 08:00 covers Wednesday: its grid begins at Wednesday 00:00 and goes on.
    facts.technicians[0]
        .exceptions
        .push(hours("2026-03-24", "10:00-24:00"));
    facts.technicians[0].exceptions[0] = hours("2026-03-25", "00:00-24:00");
    assert_eq!(starts(&facts), "01:00 06:00");
    facts.service.step_min = Some(420);
    assert_eq!(starts(&facts), "04:00");
}

#[test]
fn r14_the_gap_is_the_larger_of_the_two_buffers_and_may_lie_outside_hours() {
    // (booking before, booking after, service before, service after, technician before, technician after)
    let table: &[([u32; 6], &str)] = &[
        ([0; 6], "08:00 08:30 09:00 11:00 11:30 12:00"),
        ([30, 0, 0, 0, 0, 0], "08:00 08:30 11:00 11:30 12:00"),
        ([0, 30, 0, 0, 0, 0], "08:00 08:30 09:00 11:30 12:00"),
        ([0, 0, 30, 0, 0, 0], "08:00 08:30 09:00 11:30 12:00"),
        ([0, 0, 0, 30, 0, 0], "08:00 08:30 11:00 11:30 12:00"),
        ([0, 0, 0, 0, 30, 0], "08:00 08:30 09:00 11:30 12:00"),
        ([0, 0, 0, 0, 0, 30], "08:00 08:30 11:00 11:30 12:00"),
        ([30, 30, 30, 30, 30, 30], "08:00 08:30 11:30 12:00"),
        ([0, 31, 30, 0, 0, 0], "08:00 08:30 09:00 12:00"),
        ([0, 0, 0, 31, 0, 0], "08:00 11:00 11:30 12:00"),
        ([0, 0, 240, 240, 0, 0], ""),
    ];
    for (gaps, expected) in table {
        let mut facts = facts();
        let [b_before, b_after, before, after, own_before, own_after] = *gaps;
        facts.technicians = vec![technician(ANA, &["08:00-13:00"])];
        facts.bookings = vec![Booking {
            before_min: b_before,
            after_min: b_after,
            ..booking(Some(ANA), "10:00", "11:00")
        }];
        facts.service.step_min = Some(30);
        (facts.service.buffer_before, facts.service.buffer_after) = (before, after);
        (
            facts.technicians[0].buffer_before,
            facts.technicians[0].buffer_after,
        ) = (own_before, own_after);
        assert_eq!(starts(&facts), *expected, "{gaps:?}");
    }
    // A booking outside working hours counts, too.
    let mut facts = facts();
    facts.bookings = vec![Booking {
        after_min: 30,
        ..booking(Some(ANA), "08:00", "09:00")
    }];
    assert_eq!(starts(&facts), "10:00 11:00");
}

#[test]
fn r14_r16_a_gap_that_fits_exactly_is_offered() {
    let mut facts = facts();
    facts.bookings = vec![
        booking(Some(ANA), "09:00", "10:00"),
        booking(Some(ANA), "11:00", "12:00"),
    ];
    assert_eq!(starts(&facts), "10:00");
    for (start, end) in [
        ("10:59", "11:30"),
        ("09:30", "10:01"),
        ("10:20", "10:30"),
        ("08:00", "13:00"),
        ("10:00", "11:00"),
    ] {
        facts.bookings.push(booking(Some(ANA), start, end));
        assert_eq!(starts(&facts), "", "{start}–{end}");
        facts.bookings.pop();
    }
}

#[test]
fn r15_what_blocks_and_what_does_not() {
    for status in BookingStatus::ALL {
        let mut facts = facts();
        facts.bookings = vec![Booking {
            status: *status,
            ..booking(Some(ANA), "10:00", "11:00")
        }];
        let blocks = [
            "pending",
            "approved",
            "scheduled",
            "in_progress",
            "completed",
        ]
        .contains(&status.as_str());
        assert_eq!(
            starts(&facts),
            if blocks {
                "09:00 11:00"
            } else {
                "09:00 10:00 11:00"
            },
            "{status}"
        );
        // An expiry only counts while pending, and does so at its very instant.
        for (expires, lives) in [
            (facts.now, false),
            (facts.now + TimeDelta::seconds(1), true),
        ] {
            facts.bookings[0].expires = Some(expires);
            let blocks = blocks && (*status != BookingStatus::Pending || lives);
            assert_eq!(
                starts(&facts),
                if blocks {
                    "09:00 11:00"
                } else {
                    "09:00 10:00 11:00"
                },
                "{status} {expires}"
            );
        }
    }
}

#[test]
fn r17_sessions_are_joined_until_their_seats_are_taken() {
    let group = |bookings: Vec<Booking>| {
        let mut facts = Facts {
            bookings,
            ..facts()
        };
        facts.service.capacity = 4;
        facts
    };
    let offered = |facts: &Facts<Tz>, seats| -> Vec<(String, u32)> {
        let all = slots(
            facts,
            &Query {
                seats,
                ..thursday()
            },
        );
        all.iter().map(|s| (wall(s.start), s.remaining)).collect()
    };
    let new = |times: &[&str]| times.iter().map(|t| (t.to_string(), 4)).collect::<Vec<_>>();
    let with_ten = |left| {
        vec![
            ("09:00".to_owned(), 4),
            ("10:00".to_owned(), left),
            ("11:00".to_owned(), 4),
        ]
    };
    let mine = group(vec![
        member("10:00", "11:00", 1),
        member("10:00", "11:00", 2),
    ]);
    assert_eq!(offered(&mine, 1), with_ten(1));
    assert_eq!(offered(&mine, 2), new(&["09:00", "11:00"]));
    assert_eq!(offered(&mine, 5), []);
    // Buffers between members of one session do not count; between sessions they do.
    let mut gaps = group(vec![Booking {
        before_min: 15,
        after_min: 15,
        ..member("10:00", "11:00", 1)
    }]);
    gaps.service.buffer_before = 15;
    assert_eq!(offered(&gaps, 1), [("10:00".to_owned(), 3)]);
    // Another length, another service, another start, another status: not this session.
    assert_eq!(
        offered(&group(vec![member("10:00", "10:45", 1)]), 1),
        new(&["09:00", "11:00"])
    );
    assert_eq!(
        offered(&group(vec![booking(Some(ANA), "10:00", "11:00")]), 1),
        new(&["09:00", "11:00"])
    );
    assert_eq!(
        offered(&group(vec![member("10:15", "11:15", 1)]), 1),
        new(&["09:00"])
    );
    let declined = Booking {
        status: BookingStatus::Declined,
        ..member("10:00", "11:00", 4)
    };
    assert_eq!(
        offered(&group(vec![declined]), 1),
        new(&["09:00", "10:00", "11:00"])
    );
    // Something else across a session closes it.
    let across = group(vec![
        member("10:00", "11:00", 1),
        booking(Some(ANA), "10:30", "10:40"),
    ]);
    assert_eq!(offered(&across, 1), new(&["09:00", "11:00"]));
}

#[test]
fn r17_remaining_is_the_most_free_in_one_session() {
    let mut facts = facts();
    facts.service.capacity = 4;
    facts.technicians.push(technician(BEN, &["09:00-12:00"]));
    facts.bookings = vec![
        member("10:00", "11:00", 3),
        Booking {
            technician: Some(BEN),
            ..member("10:00", "11:00", 2)
        },
    ];
    let ten = |technician, seats| {
        let all = slots(
            &facts,
            &Query {
                technician,
                seats,
                ..thursday()
            },
        );
        all.into_iter()
            .find(|s| s.start == local("10:00"))
            .map(|s| (s.technicians, s.remaining))
    };
    assert_eq!(ten(None, 1), Some((vec![ANA, BEN], 2)));
    assert_eq!(ten(None, 2), Some((vec![BEN], 2)));
    assert_eq!(ten(Some(ANA), 1), Some((vec![ANA], 1)));
    assert_eq!(ten(Some(ANA), 2), None);
}

fn needing(what: Needed, units: u32, resources: &[(ResourceId, u32, u32)]) -> Facts<Tz> {
    let mut facts = facts();
    facts.service.resources = vec![ResourceNeed { what, units }];
    let resource = |(id, units, turnaround_min): &(ResourceId, u32, u32)| Resource {
        id: *id,
        units: *units,
        turnaround_min: *turnaround_min,
    };
    facts.resources = resources.iter().map(resource).collect();
    facts
}

fn using(start: &str, end: &str, id: ResourceId, units: u32) -> Booking {
    Booking {
        resources: vec![(id, units)],
        ..booking(Some(BEN), start, end)
    }
}

#[test]
fn r18_units_are_counted_at_their_peak_with_turnaround() {
    // Two short uses one after the other never need two units at once.
    let mut facts = needing(Needed::Exactly(ROOM), 1, &[(ROOM, 2, 0)]);
    facts.bookings = vec![
        using("10:00", "10:30", ROOM, 1),
        using("10:30", "11:00", ROOM, 1),
    ];
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    facts.bookings[0].span = span("10:00", "10:31");
    assert_eq!(starts(&facts), "09:00 11:00");
    // Their turnaround makes them meet, and reaches into the next slot; mine reaches into theirs.
    facts.bookings[0].span = span("10:00", "10:30");
    facts.resources[0].turnaround_min = 10;
    assert_eq!(starts(&facts), "09:00 11:00");
    let mut facts = needing(Needed::Exactly(ROOM), 1, &[(ROOM, 1, 30)]);
    facts.bookings = vec![using("10:00", "10:31", ROOM, 1)];
    assert_eq!(starts(&facts), "");
    facts.bookings = vec![using("10:30", "11:00", ROOM, 1)];
    assert_eq!(starts(&facts), "09:00");
    facts.bookings = vec![using("12:30", "13:00", ROOM, 1)];
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    facts.bookings = vec![using("12:29", "13:00", ROOM, 1)];
    assert_eq!(starts(&facts), "09:00 10:00");
    // Units asked for, units that do not exist, a resource nobody defined.
    let mut facts = needing(Needed::Exactly(ROOM), 2, &[(ROOM, 3, 0)]);
    facts.bookings = vec![
        using("10:00", "11:00", ROOM, 1),
        using("11:00", "12:00", ROOM, 2),
    ];
    assert_eq!(starts(&facts), "09:00 10:00");
    assert_eq!(
        starts(&needing(Needed::Exactly(ROOM), 4, &[(ROOM, 3, 0)])),
        ""
    );
    assert_eq!(
        starts(&needing(Needed::Exactly(ROOM), 1, &[(BARN, 3, 0)])),
        ""
    );
}

#[test]
fn r18_a_session_uses_its_units_once() {
    let mut facts = needing(Needed::Exactly(ROOM), 1, &[(ROOM, 2, 0)]);
    facts.service.capacity = 5;
    let seat = Booking {
        technician: Some(BEN),
        resources: vec![(ROOM, 1)],
        ..member("10:00", "11:00", 1)
    };
    facts.bookings = vec![seat.clone(), seat.clone(), seat.clone()];
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    // Joining takes no unit, even where none is left.
    facts.technicians = vec![technician(BEN, &["09:00-12:00"])];
    facts.resources[0].units = 1;
    facts.bookings.push(using("09:00", "11:00", ROOM, 1));
    facts.bookings[3].technician = Some(ANA);
    assert_eq!(starts(&facts), "10:00 11:00");
}

#[test]
fn r18_any_of_a_type_needs_one_that_has_it_all() {
    let mut facts = needing(
        Needed::AnyOf(vec![ROOM, BARN]),
        2,
        &[(ROOM, 2, 0), (BARN, 2, 0)],
    );
    facts.bookings = vec![
        using("10:00", "11:00", ROOM, 1),
        using("11:00", "12:00", ROOM, 1),
        using("11:00", "12:00", BARN, 1),
    ];
    assert_eq!(starts(&facts), "09:00 10:00");
    assert_eq!(
        resources_for(&facts, span("10:00", "11:00"), &[]),
        Ok(vec![(BARN, 2)])
    );
    assert_eq!(
        resources_for(&facts, span("11:00", "12:00"), &[]),
        Err(Refusal::NoUnits)
    );
    // The room that must be the room is not given away to the need that could do with the barn.
    facts.service.resources.push(ResourceNeed {
        what: Needed::Exactly(ROOM),
        units: 1,
    });
    assert_eq!(starts(&facts), "09:00 10:00");
    assert_eq!(
        resources_for(&facts, span("09:00", "10:00"), &[]).map(|all| all.contains(&(BARN, 2))),
        Ok(true)
    );
}

#[test]
fn r19_holds_on_anyone_keep_a_reserve() {
    let mut facts = facts();
    facts.technicians.push(technician(BEN, &["10:00-12:00"]));
    facts.bookings = vec![booking(None, "10:00", "11:00")];
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    let named = |id| Query {
        technician: Some(id),
        ..thursday()
    };
    assert_eq!(starts_of(&facts, &named(ANA)), "09:00 10:00 11:00");
    facts.bookings.push(Booking {
        service: ServiceId::new(1),
        ..booking(None, "10:30", "11:00")
    });
    assert_eq!(starts(&facts), "09:00 11:00");
    assert_eq!(starts_of(&facts, &named(BEN)), "11:00");
    assert_eq!(
        still_open(&facts, &named(BEN), local("10:00")),
        Err(Refusal::Reserved)
    );
    // Two holds that never meet need one technician.
    facts.bookings[0].span = span("10:00", "10:30");
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    // Buffers of the holds and of the service widen them; a technician's own do not.
    facts.bookings[0].after_min = 10;
    assert_eq!(starts(&facts), "09:00 11:00");
    facts.bookings = vec![Booking {
        before_min: 20,
        ..booking(None, "10:00", "11:00")
    }];
    assert_eq!(starts(&facts), "10:00 11:00");
    facts.bookings[0].before_min = 0;
    facts.technicians[0].buffer_after = 30;
    facts.technicians[0].buffer_before = 30;
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    facts.service.buffer_after = 1;
    assert_eq!(starts(&facts), "10:00 11:00");
}

#[test]
fn r20_what_is_moved_leaves_itself_out() {
    let mut facts = needing(Needed::Exactly(ROOM), 1, &[(ROOM, 1, 0)]);
    let id = BookingId::new(7);
    facts.service.max_per_day = Some(1);
    facts.bookings = vec![Booking {
        id: Some(id),
        resources: vec![(ROOM, 1)],
        ..member("10:00", "11:00", 1)
    }];
    assert_eq!(starts(&facts), "");
    let moved = Query {
        leave_out: vec![id],
        ..thursday()
    };
    assert_eq!(starts_of(&facts, &moved), "09:00 10:00 11:00");
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:30", "11:30"), 1, &[id]),
        []
    );
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:30", "11:30"), 1, &[]).len(),
        2
    );
}

#[test]
fn r21_notice_is_inclusive_and_the_last_day_is_whole() {
    let mut facts = facts();
    facts.service.notice_min = 24 * 60;
    facts.now = local("10:00") - TimeDelta::days(1);
    assert_eq!(starts(&facts), "10:00 11:00");
    facts.now += TimeDelta::seconds(1);
    assert_eq!(starts(&facts), "11:00");
    assert_eq!(
        still_open(&facts, &thursday(), local("10:00")),
        Err(Refusal::TooSoon)
    );
    facts.service.notice_min = 0;
    for (days, expected) in [(0, ""), (1, "09:00 10:00 11:00"), (2, "09:00 10:00 11:00")] {
        facts.service.advance_days = Some(days);
        assert_eq!(starts(&facts), expected, "{days}");
    }
    facts.now = local("10:00");
    facts.service.advance_days = Some(0);
    assert_eq!(starts(&facts), "10:00 11:00");
    assert_eq!(
        still_open(&facts, &thursday(), local("09:00")),
        Err(Refusal::InThePast)
    );
    assert_eq!(
        still_open(&facts, &thursday(), local("10:00") + TimeDelta::days(1)),
        Err(Refusal::TooFar)
    );
    // The last day is the business's, not the technician's.
    facts.technicians = vec![Technician {
        tz: Tz::Asia__Tokyo,
        ..technician(ANA, &["00:00-24:00"])
    }];
    assert_eq!(
        slots(&facts, &thursday()).last().map(|s| s.end),
        Some(local("00:00") + TimeDelta::days(1))
    );
}

#[test]
fn r22_caps_count_sessions_by_their_local_start() {
    let mut facts = facts();
    facts.technicians.push(technician(BEN, &["09:00-12:00"]));
    facts.service.capacity = 3;
    facts.bookings = vec![member("10:00", "11:00", 1), member("10:00", "11:00", 1)];
    facts.service.max_per_day = Some(2);
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    // Holds on anyone count for the service, each by itself.
    facts.bookings.push(Booking {
        technician: None,
        ..member("11:00", "12:00", 1)
    });
    assert_eq!(starts(&facts), "10:00");
    assert_eq!(
        slots(&facts, &thursday())[0].technicians,
        [ANA],
        "a session with seats can still be joined"
    );
    facts.service.max_per_day = Some(0);
    facts.bookings.clear();
    assert_eq!(starts(&facts), "");
    // A technician's cap counts every service, and nobody's holds.
    facts.service.max_per_day = None;
    facts.technicians[0].max_per_day = Some(1);
    facts.bookings = vec![
        booking(Some(ANA), "07:00", "08:00"),
        booking(None, "07:00", "08:00"),
    ];
    let first = &slots(&facts, &thursday())[0];
    assert_eq!(first.technicians, [BEN]);
    facts.bookings.remove(0);
    assert_eq!(slots(&facts, &thursday())[0].technicians, [ANA, BEN]);
}

#[test]
fn r22_a_week_begins_on_the_business_s_first_weekday() {
    let mut facts = facts();
    facts.service.max_per_week = Some(1);
    // Sunday 22 March and Thursday 26 March: one week from Sunday, two from Monday.
    let mut sunday = member("10:00", "11:00", 1);
    sunday.span = Span::of(local("10:00") - TimeDelta::days(4), 60).unwrap();
    facts.bookings = vec![sunday];
    assert_eq!(starts(&facts), "09:00 10:00 11:00");
    facts.first_weekday = Weekday::Sun;
    assert_eq!(starts(&facts), "");
    facts.service.max_per_week = None;
    facts.technicians[0].max_per_week = Some(1);
    assert_eq!(starts(&facts), "");
    let shown = month(
        &facts,
        &Tz::Europe__Madrid,
        date("2026-03-21"),
        9,
        &thursday(),
    );
    let seen: Vec<_> = shown.iter().map(|day| (day.free, day.full)).collect();
    let (open, full) = ((3, false), (0, true));
    // Saturday belongs to the week before, the next Sunday to the week after.
    assert_eq!(seen, [open, full, full, full, full, full, full, full, open]);
}

#[test]
fn r25_a_month_counts_the_days_of_the_viewer() {
    let mut facts = facts();
    facts.technicians = vec![technician(ANA, &["20:00-23:00"])];
    let tokyo = month(&facts, &Tz::Asia__Tokyo, date("2026-03-26"), 2, &thursday());
    // 20:00, 21:00, 22:00 in Madrid are 04:00, 05:00, 06:00 of the next day in Tokyo.
    assert_eq!(tokyo.iter().map(|day| day.free).collect::<Vec<_>>(), [3, 3]);
    facts.closures = vec![date("2026-03-26")];
    let tokyo = month(&facts, &Tz::Asia__Tokyo, date("2026-03-26"), 2, &thursday());
    assert_eq!(
        tokyo
            .iter()
            .map(|day| (day.free, day.full))
            .collect::<Vec<_>>(),
        [(3, false), (0, false)]
    );
    assert_eq!(
        month(&facts, &Tz::Asia__Tokyo, date("2026-03-26"), 0, &thursday()),
        []
    );
}

#[test]
fn r23_what_is_hard_and_what_staff_may_overrule() {
    let mut facts = needing(Needed::Exactly(ROOM), 1, &[(ROOM, 1, 0)]);
    facts.now = local("08:00");
    facts.service.notice_min = 90;
    facts.service.advance_days = Some(1);
    facts.closures = vec![date("2026-03-27")];
    facts.technicians[0].time_off = vec![span("11:00", "11:30")];
    let id = Some(BookingId::new(5));
    facts.bookings = vec![Booking {
        id,
        ..using("10:00", "11:00", ROOM, 1)
    }];
    let hard = |start, end| hard_clashes(&facts, Some(ANA), span(start, end), 1, &[]);
    let soft = |start, end| soft_objections(&facts, Some(ANA), span(start, end), 1, &[]);
    assert_eq!(
        hard("10:00", "11:00"),
        [Clash::Units {
            resources: vec![ROOM]
        }]
    );
    assert_eq!(hard("11:00", "12:00"), []);
    assert_eq!(soft("11:00", "12:00"), [Objection::TimeOff]);
    assert_eq!(soft("09:00", "10:00"), [Objection::Notice]);
    assert_eq!(soft("10:10", "11:00"), [Objection::OffGrid]);
    assert_eq!(soft("11:30", "12:30"), [Objection::OutsideHours]);
    assert_eq!(
        soft("07:00", "08:00"),
        [Objection::InThePast, Objection::OutsideHours]
    );
    let tomorrow = Span::of(local("09:00") + TimeDelta::days(1), 60).unwrap();
    assert_eq!(
        soft_objections(&facts, Some(ANA), tomorrow, 1, &[]),
        [Objection::Closed]
    );
    let later = Span::of(local("09:00") + TimeDelta::days(2), 60).unwrap();
    assert_eq!(
        soft_objections(&facts, Some(ANA), later, 1, &[]),
        [Objection::Advance]
    );
    facts.technicians[0].exceptions = vec![Exception {
        date: date("2026-03-26"),
        instead: Instead::Off,
    }];
    assert_eq!(
        soft_objections(&facts, Some(ANA), span("11:30", "12:00"), 1, &[]),
        [Objection::Exception]
    );
    facts.service.technicians = Some(vec![BEN]);
    facts.technicians[0].active = false;
    let unqualified = hard_clashes(&facts, Some(ANA), span("11:00", "12:00"), 1, &[]);
    assert_eq!(unqualified, [Clash::NotQualified, Clash::Inactive]);
    assert_eq!(
        hard_clashes(&facts, None, span("11:00", "12:00"), 1, &[]),
        []
    );
}

#[test]
fn r23_a_clash_says_which_booking_or_how_many_seats() {
    let mut facts = facts();
    let id = Some(BookingId::new(5));
    facts.bookings = vec![Booking {
        id,
        after_min: 30,
        ..booking(Some(ANA), "09:00", "10:00")
    }];
    let clash = Clash::Booking {
        booking: id,
        span: span("09:00", "10:00"),
    };
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:15", "11:15"), 1, &[]),
        [clash]
    );
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:30", "11:15"), 1, &[]),
        []
    );
    facts.service.capacity = 4;
    facts.bookings = vec![member("10:00", "11:00", 3)];
    let seats = Clash::Seats {
        span: span("10:00", "11:00"),
        free: 1,
    };
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:00", "11:00"), 2, &[]),
        [seats]
    );
    assert_eq!(
        hard_clashes(&facts, Some(ANA), span("10:00", "11:00"), 1, &[]),
        []
    );
    let why = explain(
        &facts,
        &Query {
            seats: 2,
            ..thursday()
        },
        ANA,
        local("10:00"),
    );
    assert_eq!(
        why.iter().map(Exclusion::refusal).collect::<Vec<_>>(),
        [Refusal::NoSeats]
    );
}

#[test]
fn the_request_cut_off_filters_like_notice() {
    let five = ClockTime::new(17 * 60).unwrap();
    let evening = |text| local(text) - TimeDelta::days(1);
    // (cut-off, now, what is left on Thursday)
    let table = [
        (CutOff::None, evening("23:00"), "09:00 10:00 11:00"),
        (CutOff::HoursBefore(12), evening("22:00"), "10:00 11:00"),
        (
            CutOff::NotSameDayAfter(five),
            evening("17:00"),
            "09:00 10:00 11:00",
        ),
        (
            CutOff::NotTomorrowAfter(five),
            evening("16:59"),
            "09:00 10:00 11:00",
        ),
        (CutOff::NotTomorrowAfter(five), evening("17:00"), ""),
        (
            CutOff::NotTomorrowAfter(ClockTime::new(540).unwrap()),
            local("08:59"),
            "09:00 10:00 11:00",
        ),
        (
            CutOff::NotTomorrowAfter(ClockTime::new(540).unwrap()),
            local("09:00"),
            "",
        ),
        (
            CutOff::NotSameDayAfter(ClockTime::new(540).unwrap()),
            local("09:00"),
            "",
        ),
    ];
    for (request_cut_off, now, expected) in table {
        let facts = Facts {
            request_cut_off,
            now,
            ..facts()
        };
        assert_eq!(starts(&facts), expected, "{request_cut_off:?} {now}");
    }
}

#[test]
fn the_nearest_times_come_after_then_before() {
    let near = |at: &str, n| -> Vec<String> {
        next_free(&facts(), &thursday(), local(at), n)
            .iter()
            .map(|slot| wall(slot.start))
            .collect()
    };
    assert_eq!(near("10:00", 2), ["10:00", "11:00"]);
    assert_eq!(near("10:01", 3), ["11:00", "10:00", "09:00"]);
    assert_eq!(near("23:00", 1), ["11:00"]);
    assert_eq!(near("00:00", 9), ["09:00", "10:00", "11:00"]);
}

#[test]
fn the_window_is_half_open_on_the_start() {
    let ask = |from: &str, to: &str| starts_of(&facts(), &Query::anyone(local(from), local(to)));
    assert_eq!(ask("09:00", "11:00"), "09:00 10:00");
    assert_eq!(ask("09:01", "11:01"), "10:00 11:00");
    assert_eq!(ask("11:00", "11:00"), "");
    assert_eq!(ask("12:00", "09:00"), "");
    // A slot may end after the window.
    assert_eq!(ask("11:00", "11:01"), "11:00");
}

#[test]
fn odd_questions_are_answered() {
    let (least, most) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for (from, to) in [
        (least, most),
        (most, least),
        (most, most),
        (least, least),
        (most - TimeDelta::days(1), most),
    ] {
        let mut facts = facts();
        slots(&facts, &Query::anyone(from, to));
        facts.now = from;
        facts.service.notice_min = u32::MAX;
        facts.service.advance_days = Some(u32::MAX);
        assert!(slots(&facts, &Query::anyone(from, to)).len() <= 3 * 3_660);
        let _ = still_open(&facts, &Query::anyone(from, to), from);
        let _ = month(
            &facts,
            &Tz::Pacific__Apia,
            from.date_naive(),
            3,
            &Query::anyone(from, to),
        );
    }
    let mut facts = facts();
    facts.service.length_min = 0;
    assert_eq!(starts(&facts), "");
    facts.service.length_min = u32::MAX;
    assert_eq!(starts(&facts), "");
}
