//! The engine against the slow reference, and the laws that hold for every scenario (R1–R27, T10).

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

mod reference;
mod world;

use booking::ids::TechnicianId;
use booking::slots::{
    self, Booking, Query, explain, hard_clashes, month, soft_objections, still_open,
};
use booking::span::Span;
use booking::zone;
use chrono::{Days, TimeDelta};
use proptest::prelude::*;
use world::world;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

/// More cases than a quick run: `BOOKING_CASES=5000 cargo test -p booking --test properties`.
fn many(quick: u32) -> u32 {
    std::env::var("BOOKING_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(quick)
}

proptest! {
    #![proptest_config(cases(many(250)))]

    #[test]
    fn equals_the_slow_reference((facts, query) in world()) {
        prop_assert_eq!(slots::slots(&facts, &query), reference::slots(&facts, &query));
    }
}

proptest! {
    #![proptest_config(cases(many(100)))]

    #[test]
    fn order_does_not_matter((facts, query) in world(), turn in 0usize..12) {
        let mut other = facts.clone();
        other.bookings.reverse();
        let shift = turn % other.bookings.len().max(1);
        other.bookings.rotate_left(shift);
        other.technicians.reverse();
        other.resources.reverse();
        other.closures.reverse();
        for technician in &mut other.technicians {
            technician.weekly.reverse();
            technician.exceptions.reverse();
            technician.time_off.reverse();
        }
        prop_assert_eq!(slots::slots(&facts, &query), slots::slots(&other, &query));
    }

    #[test]
    fn a_booking_more_never_adds_a_slot((mut facts, query) in world(), extra in any::<prop::sample::Index>()) {
        // In a group a new session can be joined although a cap is full, so the law is about single seats.
        facts.service.capacity = 1;
        let all = slots::slots(&facts, &query);
        prop_assume!(!facts.bookings.is_empty());
        let taken: Booking = facts.bookings.remove(extra.index(facts.bookings.len()));
        let before = slots::slots(&facts, &query);
        for slot in &all {
            let same = before.iter().find(|other| other.start == slot.start);
            prop_assert!(same.is_some_and(|other| slot.technicians.iter().all(|t| other.technicians.contains(t))));
        }
        let _ = taken;
    }

    #[test]
    fn a_window_is_the_union_of_its_parts((facts, query) in world(), cut in 0i64..60 * 60) {
        let middle = (query.from + TimeDelta::minutes(cut)).min(query.to);
        let mut parts = slots::slots(&facts, &Query { to: middle, ..query.clone() });
        parts.extend(slots::slots(&facts, &Query { from: middle, ..query.clone() }));
        prop_assert_eq!(slots::slots(&facts, &query), parts);
    }

    #[test]
    fn a_month_is_its_days((facts, query) in world(), viewer in 0usize..4) {
        let viewer = [chrono_tz::Tz::Pacific__Apia, chrono_tz::Tz::America__New_York, chrono_tz::Tz::Africa__Cairo, facts.business_tz][viewer];
        let first = zone::date(&viewer, query.from);
        let mut empty = facts.clone();
        empty.bookings.clear();
        (empty.service.max_per_day, empty.service.max_per_week) = (None, None);
        for technician in &mut empty.technicians {
            (technician.max_per_day, technician.max_per_week) = (None, None);
        }
        for day in month(&facts, &viewer, first, 3, &query) {
            let to = zone::first_instant(&viewer, day.date + Days::new(1));
            let asked = Query { from: zone::first_instant(&viewer, day.date), to, ..query.clone() };
            let free = slots::slots(&facts, &asked).len();
            prop_assert_eq!(day.free as usize, free);
            prop_assert_eq!(day.full, free == 0 && !slots::slots(&empty, &asked).is_empty());
        }
    }

    #[test]
    fn every_answer_about_one_time_agrees((facts, query) in world(), quarters in 0i64..60) {
        let all = slots::slots(&facts, &query);
        let start = query.from + TimeDelta::minutes(15 * quarters);
        let offered = slots::slots(&facts, &Query { from: start, to: start + TimeDelta::minutes(1), ..query.clone() }).pop();
        prop_assert_eq!(still_open(&facts, &query, start).ok(), offered.clone());
        if start < query.to {
            prop_assert_eq!(all.into_iter().find(|slot| slot.start == start), offered.clone());
        }
        let span = Span::of(start, facts.service.length_min).unwrap();
        for id in (1..4).map(TechnicianId::new) {
            let named = Query { technician: Some(id), ..query.clone() };
            let is_offered = still_open(&facts, &named, start).is_ok();
            let reasons = explain(&facts, &named, id, start);
            prop_assert_eq!(is_offered, reasons.is_empty(), "{:?}", reasons);
            let hard = hard_clashes(&facts, Some(id), span, query.seats, &query.leave_out);
            let soft = soft_objections(&facts, Some(id), span, query.seats, &query.leave_out);
            prop_assert_eq!(hard.len() + soft.len(), reasons.len());
        }
    }
}
