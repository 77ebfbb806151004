//! Random scenarios around clock changes for the property tests, built of plain numbers so that they shrink well.

use booking::ids::{BookingId, ResourceId, ServiceId, TechnicianId};
use booking::policy::{ClockTime, CutOff};
use booking::resource::{Needed, Resource, ResourceNeed};
use booking::service::Service;
use booking::slots::{
    Booking, BookingStatus, Exception, Facts, Instead, Query, Technician, WeeklyWindow, Window,
};
use booking::span::Span;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

/// Zones and the dates on which something happens to their clocks.
const PLACES: &[(Tz, (i32, u32, u32))] = &[
    (Tz::America__New_York, (2026, 3, 8)),
    (Tz::America__New_York, (2026, 11, 1)),
    (Tz::Europe__Berlin, (2026, 3, 29)),
    (Tz::Europe__Berlin, (2026, 10, 25)),
    (Tz::Australia__Lord_Howe, (2026, 4, 5)),
    (Tz::Australia__Lord_Howe, (2026, 10, 4)),
    (Tz::Asia__Kathmandu, (2026, 6, 10)),
    (Tz::America__St_Johns, (2026, 3, 8)),
    (Tz::America__St_Johns, (2026, 11, 1)),
    (Tz::Africa__Cairo, (2026, 4, 24)),
    (Tz::Africa__Cairo, (2026, 10, 30)),
    (Tz::Pacific__Apia, (2011, 12, 30)),
    (Tz::Africa__Casablanca, (2026, 2, 15)),
    (Tz::Africa__Casablanca, (2026, 3, 22)),
];

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn window() -> impl Strategy<Value = Window> {
    let any = (0u16..48, 0u16..=48).prop_map(|(start, end)| (start * 30, end * 30));
    let whole = Just((0u16, 1440u16));
    let night = (40u16..48, 2u16..12).prop_map(|(start, end)| (start * 30, end * 30));
    let clock_change =
        (0u16..16, 4u16..20).prop_map(|(start, length)| (start * 15, (start + length) * 15));
    prop_oneof![4 => any, 2 => whole, 1 => night, 2 => clock_change]
        .prop_map(|(s, e)| Window::new(s, e).unwrap())
}

fn weekly() -> impl Strategy<Value = Vec<WeeklyWindow>> {
    let one = (select(&WEEK[..]), window())
        .prop_map(|(weekday, window)| WeeklyWindow { weekday, window });
    let same_daily = window().prop_map(|window| {
        WEEK.map(|weekday| WeeklyWindow { weekday, window })
            .to_vec()
    });
    let always = Just(
        WEEK.map(|weekday| WeeklyWindow {
            weekday,
            window: Window::new(0, 1440).unwrap(),
        })
        .to_vec(),
    );
    prop_oneof![3 => same_daily, 2 => vec(one, 0..8), 2 => always]
}

fn date(base: NaiveDate) -> impl Strategy<Value = NaiveDate> {
    (-2i64..4).prop_map(move |days| base + TimeDelta::days(days))
}

fn exceptions(base: NaiveDate) -> impl Strategy<Value = Vec<Exception>> {
    let instead = prop_oneof![
        Just(Instead::Off),
        vec(window(), 0..3).prop_map(Instead::Hours)
    ];
    let one = (date(base), instead).prop_map(|(date, instead)| Exception { date, instead });
    vec(one, 0..3).prop_map(|mut all| {
        all.sort_by_key(|e| e.date);
        all.dedup_by_key(|e| e.date);
        all
    })
}

/// An instant near the base, on a quarter of an hour.
fn moment(base: NaiveDate) -> impl Strategy<Value = DateTime<Utc>> {
    let midnight = base.and_hms_opt(0, 0, 0).unwrap().and_utc();
    (-144i64..240).prop_map(move |quarters| midnight + TimeDelta::minutes(15 * quarters))
}

fn span(base: NaiveDate) -> impl Strategy<Value = Span> {
    (moment(base), 1u32..24).prop_map(|(start, quarters)| Span::of(start, quarters * 15).unwrap())
}

fn technician(id: u128, tz: Tz, base: NaiveDate) -> impl Strategy<Value = Technician<Tz>> {
    let tz = prop_oneof![3 => Just(tz), 1 => select(PLACES).prop_map(|place| place.0)];
    let limits = (
        weighted(0.2, 0u32..3),
        weighted(0.2, 0u32..4),
        select(vec![0u32, 0, 10, 30]),
        prop::bool::weighted(0.93),
    );
    (
        tz,
        weekly(),
        exceptions(base),
        vec(span(base), 0..2),
        limits,
    )
        .prop_map(
            move |(
                tz,
                weekly,
                exceptions,
                time_off,
                (max_per_day, max_per_week, buffer_after, active),
            )| Technician {
                id: TechnicianId::new(id),
                tz,
                weekly,
                exceptions,
                time_off,
                buffer_before: 0,
                buffer_after,
                max_per_day,
                max_per_week,
                active,
            },
        )
}

fn need() -> impl Strategy<Value = ResourceNeed> {
    let (one, two) = (ResourceId::new(1), ResourceId::new(2));
    let what = select(vec![
        Needed::Exactly(one),
        Needed::Exactly(two),
        Needed::AnyOf(vec![one, two]),
    ]);
    (what, 1u32..3).prop_map(|(what, units)| ResourceNeed { what, units })
}

fn service() -> impl Strategy<Value = Service> {
    let shape = (
        select(vec![15u32, 30, 45, 60, 90, 240]),
        of(select(vec![15u32, 30, 50, 60, 420])),
    );
    let buffers = (
        select(vec![0u32, 0, 10, 45]),
        select(vec![0u32, 0, 15, 45]),
        prop_oneof![Just(1u32), 2u32..6],
    );
    let limits = (
        select(vec![0u32, 0, 90, 1440]),
        weighted(0.3, 0u32..4),
        weighted(0.2, 0u32..3),
        weighted(0.2, 0u32..5),
    );
    let who = weighted(0.2, vec((1u128..4).prop_map(TechnicianId::new), 0..3));
    let units = prop_oneof![Just(vec![]), vec(need(), 1..3)];
    (shape, buffers, limits, who, units).prop_map(
        |(
            (length_min, step_min),
            (buffer_before, buffer_after, capacity),
            limits,
            technicians,
            resources,
        )| Service {
            id: ServiceId::new(1),
            bookable: true,
            length_min,
            step_min,
            buffer_before,
            buffer_after,
            capacity,
            notice_min: limits.0,
            advance_days: limits.1,
            max_per_day: limits.2,
            max_per_week: limits.3,
            resources,
            technicians,
        },
    )
}

fn resource(id: u128) -> impl Strategy<Value = Resource> {
    (1u32..5, select(vec![0u32, 30])).prop_map(move |(units, turnaround_min)| Resource {
        id: ResourceId::new(id),
        units,
        turnaround_min,
    })
}

/// The start of a booking: mostly on a whole hour near the base, so that bookings meet each other and the grid.
fn booked_at(base: NaiveDate) -> impl Strategy<Value = DateTime<Utc>> {
    let midnight = base.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let hour = (-8i64..26).prop_map(move |hours| midnight + TimeDelta::hours(hours));
    prop_oneof![3 => hour, 1 => moment(base)]
}

fn booking(base: NaiveDate, length: u32) -> impl Strategy<Value = Booking> {
    let length = prop_oneof![5 => Just(length), 1 => select(vec![15u32, 45, 60, 120, 600])];
    let status = prop_oneof![
        3 => Just(BookingStatus::Scheduled),
        1 => Just(BookingStatus::Pending),
        1 => select(BookingStatus::ALL),
    ];
    let who = prop_oneof![5 => (1u128..4).prop_map(Some), 1 => Just(None)];
    let what = prop_oneof![3 => Just(1u128), 1 => Just(2u128)];
    let gaps = (select(vec![0u32, 0, 20]), select(vec![0u32, 0, 30]));
    let uses = vec(
        (1u128..3, 1u32..3).prop_map(|(id, units)| (ResourceId::new(id), units)),
        0..3,
    );
    (
        who,
        what,
        booked_at(base),
        length,
        status,
        weighted(0.3, moment(base)),
        1u32..3,
        gaps,
        uses,
    )
        .prop_map(
            |(
                who,
                service,
                start,
                length,
                status,
                expires,
                seats,
                (before_min, after_min),
                resources,
            )| Booking {
                id: None,
                technician: who.map(TechnicianId::new),
                service: ServiceId::new(service),
                span: Span::of(start, length).unwrap(),
                status,
                expires,
                seats,
                before_min,
                after_min,
                resources,
            },
        )
}

fn cut_off() -> impl Strategy<Value = CutOff> {
    let time = ClockTime::new(17 * 60).unwrap();
    let some = vec![
        CutOff::HoursBefore(5),
        CutOff::NotSameDayAfter(time),
        CutOff::NotTomorrowAfter(time),
    ];
    prop_oneof![5 => Just(CutOff::None), 1 => select(some)]
}

/// Some bookings twice, so that sessions have several members; some holds end at this very moment.
fn doubled(
    mut bookings: Vec<Booking>,
    twice: &[prop::sample::Index],
    now: DateTime<Utc>,
) -> Vec<Booking> {
    let copies: Vec<_> = twice
        .iter()
        .filter(|_| !bookings.is_empty())
        .map(|i| i.get(&bookings).clone())
        .collect();
    bookings.extend(copies);
    for (number, booking) in bookings.iter_mut().enumerate() {
        booking.id = Some(BookingId::new(number as u128));
        if number % 5 == 0 {
            booking.expires = Some(now);
        }
    }
    bookings
}

/// Facts and a question about one to three days around a clock change.
pub fn world() -> impl Strategy<Value = (Facts<Tz>, Query)> {
    (select(PLACES), service()).prop_flat_map(|((tz, (y, m, d)), service)| {
        let base = NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let team = (
            technician(1, tz, base),
            technician(2, tz, base),
            technician(3, tz, base),
            1usize..4,
        );
        let booked = (
            vec(booking(base, service.length_min), 0..16),
            vec(any::<prop::sample::Index>(), 0..4),
        );
        let calendar = (
            vec(date(base), 0..2),
            moment(base),
            select(&WEEK[..]),
            cut_off(),
        );
        let asked = (
            moment(base),
            1i64..60,
            weighted(0.3, 1u128..5),
            1u32..3,
            vec((0u128..12).prop_map(BookingId::new), 0..2),
        );
        (team, booked, calendar, asked, (resource(1), resource(2))).prop_map(
            move |(
                (a, b, c, count),
                (bookings, twice),
                (closures, now, first_weekday, request_cut_off),
                asked,
                (r, s),
            )| {
                let facts = Facts {
                    now: now - TimeDelta::days(1),
                    business_tz: tz,
                    first_weekday,
                    service: service.clone(),
                    request_cut_off,
                    technicians: [a, b, c].into_iter().take(count).collect(),
                    closures,
                    resources: vec![r, s],
                    bookings: doubled(bookings, &twice, now - TimeDelta::days(1)),
                };
                let (from, hours, technician, seats, leave_out) = asked;
                let technician = technician.map(TechnicianId::new);
                (
                    facts,
                    Query {
                        from,
                        to: from + TimeDelta::hours(hours),
                        technician,
                        seats,
                        leave_out,
                    },
                )
            },
        )
    })
}
