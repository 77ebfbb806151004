//! The demonstration's technicians: their weeks, breaks, exceptions and time off, and the dates the business is closed.

use booking::zone;
use chrono::{Datelike, NaiveDate, TimeDelta};
use chrono_tz::Europe::Madrid;
use sea_orm::IntoActiveModel;
use serde_json::json;
use uuid::Uuid;

use super::people::People;
use super::store;
use crate::desk::Work;
use crate::table::{closure, exception, technician, time_off, working_window};
use crate::trouble::Result;

/// Weekday (1: Monday), start and end in minutes of the day.
type Week = &'static [(i32, i32, i32)];

const fn h(hours: i32) -> i32 {
    hours * 60
}

/// One week a technician, in their order: full days with a lunch break; mornings; afternoons and Saturday; late shifts.
const WEEKS: &[Week] = &[
    &[
        (1, h(9), h(13)),
        (1, h(14), h(18)),
        (2, h(9), h(13)),
        (2, h(14), h(18)),
        (3, h(9), h(13)),
        (3, h(14), h(18)),
        (4, h(9), h(13)),
        (4, h(14), h(18)),
        (5, h(9), h(13)),
        (5, h(14), h(17)),
    ],
    &[
        (1, h(8), h(15)),
        (2, h(8), h(15)),
        (3, h(8), h(15)),
        (4, h(8), h(15)),
        (5, h(8), h(14)),
    ],
    &[
        (2, h(12), h(20)),
        (3, h(12), h(20)),
        (4, h(12), h(20)),
        (5, h(12), h(20)),
        (6, h(10), h(14)),
    ],
    &[
        (1, h(16), h(22)),
        (2, h(16), h(22)),
        (3, h(16), h(24)),
        (5, h(16), h(22)),
        (6, h(9), h(13)),
        (7, h(9), h(13)),
    ],
];

/// Stores technicians, hours, exceptions, time off and closures.
pub(super) async fn seed(work: &Work, people: &People) -> Result<()> {
    let rows = people
        .technicians
        .iter()
        .enumerate()
        .map(|(place, id)| a_technician(*id, place));
    store(work, rows.map(IntoActiveModel::into_active_model).collect()).await?;
    let windows = people
        .technicians
        .iter()
        .zip(WEEKS)
        .flat_map(|(id, week)| a_week(work, *id, week));
    store(
        work,
        windows.map(IntoActiveModel::into_active_model).collect(),
    )
    .await?;
    let today = zone::date(&Madrid, work.now());
    store(work, exceptions(work, people, today)).await?;
    store(
        work,
        vec![a_day_off(work, people, today).into_active_model()],
    )
    .await?;
    let closed = [
        (today + TimeDelta::days(19), "Local holiday"),
        (today + TimeDelta::days(40), "Stock-taking"),
    ];
    let closed = closed.map(|(date, name)| {
        closure::Model {
            date,
            name: name.to_owned(),
        }
        .into_active_model()
    });
    store(work, closed.into()).await
}

fn a_technician(id: Uuid, place: usize) -> technician::Model {
    technician::Model {
        id,
        time_zone: None,
        buffer_before: 0,
        buffer_after: if place == 2 { 10 } else { 0 },
        max_per_day: (place == 1).then_some(6),
        max_per_week: None,
        active: true,
        position: i32::try_from(place).unwrap_or(0),
        version: 1,
    }
}

fn a_week(work: &Work, technician_id: Uuid, week: Week) -> Vec<working_window::Model> {
    week.iter()
        .map(|(weekday, start_min, end_min)| working_window::Model {
            id: work.id(),
            technician_id,
            weekday: *weekday,
            start_min: *start_min,
            end_min: *end_min,
        })
        .collect()
}

fn exceptions(work: &Work, people: &People, today: NaiveDate) -> Vec<exception::ActiveModel> {
    let days = [
        (
            0,
            9,
            json!([{"start_min": h(10), "end_min": h(12)}]),
            "Training in the afternoon",
        ),
        (1, 12, json!([]), "Moving house"),
        (
            3,
            6,
            json!([{"start_min": h(10), "end_min": h(16)}]),
            "Covers the day shift",
        ),
    ];
    days.into_iter()
        .filter_map(|(place, ahead, windows, note)| {
            let row = exception::Model {
                id: work.id(),
                technician_id: *people.technicians.get(place)?,
                date: today + TimeDelta::days(ahead),
                windows,
                note: Some(note.to_owned()),
            };
            Some(row.into_active_model())
        })
        .collect()
}

/// Tom's dentist: two hours of the next Wednesday but one.
fn a_day_off(work: &Work, people: &People, today: NaiveDate) -> time_off::Model {
    let to_wednesday = (2 - i64::from(today.weekday().num_days_from_monday())).rem_euclid(7) + 7;
    let wednesday = today + TimeDelta::days(to_wednesday);
    let at = |hour: i64| {
        zone::single(
            &Madrid,
            wednesday.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(hour),
        )
    };
    time_off::Model {
        id: work.id(),
        technician_id: people.technicians.first().copied().unwrap_or_default(),
        starts_at: at(10),
        ends_at: at(12),
        note: Some("Dentist".to_owned()),
    }
}
