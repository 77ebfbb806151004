//! Prints how long the engine takes for a month of 20 technicians with 2,000 bookings, as medians over many runs.
//! Run it in release: `cargo run --release -p booking --example bench_slots`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use booking::ids::{ResourceId, ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::resource::{Needed, Resource, ResourceNeed};
use booking::service::Service;
use booking::slots::{
    Booking, BookingStatus, Facts, Query, Technician, WeeklyWindow, Window, month, slots,
    still_open,
};
use booking::span::Span;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

/// One size of the problem.
struct Load {
    technicians: u32,
    days: u32,
    bookings: u32,
    runs: usize,
}

fn main() {
    let month_of_20 = Load {
        technicians: 20,
        days: 31,
        bookings: 2_000,
        runs: 400,
    };
    let year_of_200 = Load {
        technicians: 200,
        days: 365,
        bookings: 200_000,
        runs: 15,
    };
    println!("engine alone, medians; aim for the first line: at most 2 ms");
    for load in [month_of_20, year_of_200] {
        measure(&load);
    }
}

fn measure(load: &Load) {
    let facts = facts(load);
    let from = facts.now;
    let anyone = Query::anyone(from, from + TimeDelta::days(i64::from(load.days)));
    let first = from.date_naive();
    let what = format!(
        "{} days x {} technicians x {} bookings",
        load.days, load.technicians, load.bookings
    );
    print(
        &what,
        "slots",
        median(load.runs, || slots(&facts, &anyone).len()),
    );
    print(
        &what,
        "month",
        median(load.runs, || {
            month(&facts, &facts.business_tz, first, load.days, &anyone).len()
        }),
    );
    let open = slots(&facts, &anyone);
    let Some(slot) = open.get(open.len() / 2) else {
        return;
    };
    print(
        &what,
        "one slot still open",
        median(load.runs, || {
            still_open(&facts, &anyone, slot.start).is_ok()
        }),
    );
}

fn print(what: &str, question: &str, took: Duration) {
    println!("{what}, {question}: {:.3} ms", took.as_secs_f64() * 1e3);
}

fn median<T>(runs: usize, question: impl Fn() -> T) -> Duration {
    let mut took: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(question());
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[runs / 2]
}

/// Technicians Monday to Friday 09:00–17:00 in Madrid, an hour on a half-hour grid, a shared room, a hold on anyone.
fn facts(load: &Load) -> Facts<Tz> {
    let start = NaiveDate::from_ymd_opt(2026, 3, 2)
        .and_then(|d| d.and_hms_opt(0, 0, 0))
        .unwrap_or_default()
        .and_utc();
    let room = ResourceId::new(1);
    Facts {
        now: start,
        business_tz: Tz::Europe__Madrid,
        first_weekday: Weekday::Mon,
        service: Service {
            id: ServiceId::new(1),
            bookable: true,
            length_min: 60,
            step_min: Some(30),
            buffer_before: 0,
            buffer_after: 10,
            capacity: 1,
            notice_min: 120,
            advance_days: None,
            max_per_day: None,
            max_per_week: None,
            resources: vec![ResourceNeed {
                what: Needed::Exactly(room),
                units: 1,
            }],
            technicians: None,
        },
        request_cut_off: CutOff::None,
        technicians: (0..load.technicians).map(technician).collect(),
        closures: Vec::new(),
        resources: vec![Resource {
            id: room,
            units: load.technicians,
            turnaround_min: 15,
        }],
        bookings: bookings(load, start, room),
    }
}

fn technician(number: u32) -> Technician<Tz> {
    let week = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
    ];
    let window = Window::new(9 * 60, 17 * 60).ok();
    Technician {
        id: TechnicianId::new(u128::from(number)),
        tz: Tz::Europe__Madrid,
        weekly: week
            .iter()
            .filter_map(|weekday| {
                Some(WeeklyWindow {
                    weekday: *weekday,
                    window: window?,
                })
            })
            .collect(),
        exceptions: Vec::new(),
        time_off: Vec::new(),
        buffer_before: 0,
        buffer_after: 0,
        max_per_day: Some(6),
        max_per_week: None,
        active: true,
    }
}

/// On scattered hours of working days, plus one hold on anyone in fifty.
fn bookings(load: &Load, start: DateTime<Utc>, room: ResourceId) -> Vec<Booking> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = |below: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as u32) % below
    };
    let mut all = Vec::new();
    while all.len() < load.bookings as usize {
        let at = start
            + TimeDelta::days(i64::from(random(load.days)))
            + TimeDelta::hours(i64::from(8 + random(8)));
        let technician = TechnicianId::new(u128::from(random(load.technicians)));
        let Ok(span) = Span::of(at, 60) else { continue };
        if matches!(at.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        all.push(Booking {
            id: None,
            technician: (random(50) > 0).then_some(technician),
            service: ServiceId::new(1),
            span,
            status: BookingStatus::Scheduled,
            expires: None,
            seats: 1,
            before_min: 0,
            after_min: 10,
            resources: vec![(room, 1)],
        });
    }
    all
}
