//! When a technician works: the weekly plan, dates with other hours, time off. All in the technician's zone.

use booking::hours::Window;
use booking::ids::TechnicianId;
use booking::people::Name;
use booking::refusal::Refusal;
use booking::zone::{self, LocalTime};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::creating;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::locality;
use crate::pass::StaffPass;
use crate::table::{business, exception, technician, time_off, working_window};
use crate::team::{locked, touch};
use crate::trouble::{Beside, Fault, Result};
use crate::typed;

/// The most windows of one day.
const MOST_WINDOWS: usize = 12;
/// The longest time off.
const LONGEST_OFF: TimeDelta = TimeDelta::days(731);

/// A window of every week (R7): several a day are allowed, the gaps between them are breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeekWindow {
    /// 1 is Monday, 7 Sunday: the day it starts on.
    pub weekday: u16,
    /// Minutes after midnight, 0–1,439.
    pub start_min: u16,
    /// Minutes after midnight, 0–1,440; at or before the start: of the next day.
    pub end_min: u16,
}

/// A date with other hours: the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewException {
    /// The date in the technician's zone, `2026-03-02`.
    pub date: String,
    /// The hours, start and end in minutes of the day; none: off.
    pub windows: Vec<(u16, u16)>,
    /// Why, for staff; one line, or nothing.
    pub note: String,
}

/// Time off: the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewTimeOff {
    /// Wall-clock time in the technician's zone, `2026-03-02T09:00`.
    pub from: String,
    /// Wall-clock time in the technician's zone.
    pub to: String,
    /// The offset from UTC in seconds, where `from` exists twice (R6).
    pub from_offset: Option<i32>,
    /// The offset from UTC in seconds, where `to` exists twice (R6).
    pub to_offset: Option<i32>,
    /// Why, for staff; one line, or nothing.
    pub note: String,
}

impl WeekWindow {
    pub(crate) fn of(row: &working_window::Model) -> Self {
        let number = |number: i32| u16::try_from(number).unwrap_or(0);
        Self {
            weekday: number(row.weekday),
            start_min: number(row.start_min),
            end_min: number(row.end_min),
        }
    }
}

impl Desk {
    /// Replaces the whole weekly plan.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::BadWindow`] beside
    /// `windows`: not a time of the day, two of one day that overlap, more than twelve a day.
    pub async fn replace_week(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        version: i32,
        week: &[WeekWindow],
    ) -> Result<()> {
        who.dispatcher()?;
        let week = checked_week(week).beside("windows")?;
        let mut work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        let of_technician = working_window::Column::TechnicianId.eq(row.id);
        let before = working_window::Entity::find()
            .filter(of_technician.clone())
            .order_by_asc(working_window::Column::Weekday)
            .order_by_asc(working_window::Column::StartMin);
        let before: Vec<WeekWindow> = before
            .all(work.tx())
            .await?
            .iter()
            .map(WeekWindow::of)
            .collect();
        working_window::Entity::delete_many()
            .filter(of_technician)
            .exec(work.tx())
            .await?;
        let rows: Vec<_> = week
            .iter()
            .map(|window| a_window(&work, row.id, window).into_active_model())
            .collect();
        if !rows.is_empty() {
            working_window::Entity::insert_many(rows)
                .exec_without_returning(work.tx())
                .await?;
        }
        let entry = Entry::new(Some(who.person), "technician", row.id, "week-replaced");
        touch(&work, row).await?;
        entry.before(&before)?.after(&week)?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Gives a technician other hours on one date, or none.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::BadDate`] and
    /// [`Refusal::DuplicateException`] beside `date`; [`Refusal::BadWindow`] beside `windows`; what the note refuses.
    pub async fn add_exception(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        new: &NewException,
    ) -> Result<()> {
        who.dispatcher()?;
        let date = typed::date(&new.date).beside("date")?;
        let windows = checked_day(&new.windows).beside("windows")?;
        let note = note(&new.note).beside("note")?;
        let mut work = self.begin().await?;
        let row = locked_any(&work, id).await?;
        if exception_on(&work, row.id, date).await?.is_some() {
            return Err(Refusal::DuplicateException).beside("date");
        }
        let stored = exception::Model {
            id: work.id(),
            technician_id: row.id,
            date,
            windows: json!(windows),
            note,
        };
        stored.into_active_model().insert(work.tx()).await?;
        let entry = Entry::new(Some(who.person), "technician", row.id, "exception-added");
        entry.after(new)?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Lets the weekly plan hold again on a date.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`].
    pub async fn remove_exception(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        date: NaiveDate,
    ) -> Result<()> {
        who.dispatcher()?;
        let mut work = self.begin().await?;
        let row = locked_any(&work, id).await?;
        let known = exception_on(&work, row.id, date)
            .await?
            .ok_or(Refusal::NotFound)?;
        let entry = Entry::new(Some(who.person), "technician", row.id, "exception-removed");
        let entry =
            entry.before(&json!({ "date": date, "windows": known.windows, "note": known.note }))?;
        known.delete(work.tx()).await?;
        entry.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Gives a technician time off (R11). What is booked there stays, for staff to move.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::KeyReused`]; beside `from` or `to`
    /// [`Refusal::BadTime`], [`Refusal::MissingLocalTime`], [`Refusal::AmbiguousLocalTime`], [`Refusal::BadOffset`] (R6;
    /// [`Desk::what_time`] says which times there are).
    pub async fn add_time_off(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        key: &str,
        new: &NewTimeOff,
    ) -> Result<Uuid> {
        who.dispatcher()?;
        let from = typed::time(&new.from).beside("from")?;
        let to = typed::time(&new.to).beside("to")?;
        let note = note(&new.note).beside("note")?;
        let mut work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, &(id, new)).await? {
            return Ok(made);
        }
        let row = locked_any(&work, id).await?;
        let zone = zone_of(work.tx(), &row).await?;
        let starts_at = zone::typed_exactly(&zone, from, new.from_offset).beside("from")?;
        let ends_at = zone::typed_exactly(&zone, to, new.to_offset).beside("to")?;
        if ends_at <= starts_at || ends_at - starts_at > LONGEST_OFF {
            return Err(Refusal::BadTime).beside("to");
        }
        let stored = time_off::Model {
            id: work.id(),
            technician_id: row.id,
            starts_at,
            ends_at,
            note,
        };
        let made = stored.id;
        let entry = Entry::new(Some(who.person), "technician", row.id, "time-off-added")
            .after(&shown(&stored))?;
        stored.into_active_model().insert(work.tx()).await?;
        entry.write(&work).await?;
        creating::made(&work, who.person, key, &made).await?;
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(made)
    }

    /// Takes time off back.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`], also for somebody else's.
    pub async fn remove_time_off(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        time_off: Uuid,
    ) -> Result<()> {
        who.dispatcher()?;
        let mut work = self.begin().await?;
        let row = locked_any(&work, id).await?;
        let known = time_off::Entity::find_by_id(time_off)
            .filter(time_off::Column::TechnicianId.eq(row.id))
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        let entry = Entry::new(Some(who.person), "technician", row.id, "time-off-removed")
            .before(&shown(&known))?;
        known.delete(work.tx()).await?;
        entry.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// What a wall-clock time means in the technician's zone: once, twice, or never with the two nearest (R6).
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::BadTime`].
    pub async fn what_time(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        typed_time: &str,
    ) -> Result<LocalTime> {
        who.dispatcher()?;
        let row = technician::Entity::find_by_id(id.key())
            .one(self.db())
            .await?
            .ok_or(Refusal::NotFound)?;
        let zone = zone_of(self.db(), &row).await?;
        Ok(zone::typed(&zone, typed::time(typed_time)?))
    }
}

/// The windows of an exception, in minutes of the day.
pub(crate) fn exception_windows(row: &exception::Model) -> Result<Vec<(u16, u16)>> {
    let windows: Vec<Window> =
        serde_json::from_value(row.windows.clone()).map_err(|_| Fault::Unreadable {
            table: "exceptions",
            column: "windows",
            id: row.id.to_string(),
        })?;
    Ok(windows
        .iter()
        .map(|window| (window.start_min(), window.end_min()))
        .collect())
}

/// The technician's row, locked, whatever its version: for what is only added or removed.
async fn locked_any(work: &Work, id: TechnicianId) -> Result<technician::Model> {
    let row = technician::Entity::find_by_id(id.key())
        .lock_exclusive()
        .one(work.tx())
        .await?;
    Ok(row.ok_or(Refusal::NotFound)?)
}

async fn exception_on(
    work: &Work,
    technician: Uuid,
    date: NaiveDate,
) -> Result<Option<exception::Model>> {
    let found = exception::Entity::find()
        .filter(exception::Column::TechnicianId.eq(technician))
        .filter(exception::Column::Date.eq(date));
    Ok(found.one(work.tx()).await?)
}

/// The zone a technician's hours are in: their own, or the business's (R2).
async fn zone_of(db: &impl sea_orm::ConnectionTrait, row: &technician::Model) -> Result<Tz> {
    let name = match &row.time_zone {
        Some(own) => own.clone(),
        None => {
            business::Entity::find_by_id(1)
                .one(db)
                .await?
                .ok_or(Refusal::NotFound)?
                .time_zone
        }
    };
    let unreadable = |_| Fault::Unreadable {
        table: "technicians",
        column: "time_zone",
        id: row.id.to_string(),
    };
    Ok(locality::zone(&name).map_err(unreadable)?)
}

fn checked_week(week: &[WeekWindow]) -> std::result::Result<Vec<WeekWindow>, Refusal> {
    let mut all = week.to_vec();
    all.sort_unstable();
    for weekday in 1..=7 {
        let of_day = all.iter().filter(|window| window.weekday == weekday);
        checked_day(
            &of_day
                .map(|window| (window.start_min, window.end_min))
                .collect::<Vec<_>>(),
        )?;
    }
    if all.iter().all(|window| (1..=7).contains(&window.weekday)) {
        Ok(all)
    } else {
        Err(Refusal::BadWindow)
    }
}

/// The windows of one day, ascending. Those that touch are one to the rules (R7); those that overlap are a mistake.
fn checked_day(windows: &[(u16, u16)]) -> std::result::Result<Vec<Window>, Refusal> {
    if windows.len() > MOST_WINDOWS {
        return Err(Refusal::BadWindow);
    }
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let all: Vec<Window> = sorted
        .iter()
        .map(|(start, end)| Window::new(*start, *end))
        .collect::<std::result::Result<_, _>>()?;
    let end = |window: &Window| {
        window.end_min()
            + if window.ends_next_day() {
                booking::hours::DAY_MINUTES
            } else {
                0
            }
    };
    let overlap = all
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if end(a) > b.start_min()));
    if overlap {
        Err(Refusal::BadWindow)
    } else {
        Ok(all)
    }
}

fn a_window(work: &Work, technician_id: Uuid, window: &WeekWindow) -> working_window::Model {
    working_window::Model {
        id: work.id(),
        technician_id,
        weekday: i32::from(window.weekday),
        start_min: i32::from(window.start_min),
        end_min: i32::from(window.end_min),
    }
}

fn note(typed: &str) -> std::result::Result<Option<String>, Refusal> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        Name::parse(typed).map(|note| Some(note.into()))
    }
}

fn shown(row: &time_off::Model) -> serde_json::Value {
    let (from, to): (DateTime<Utc>, DateTime<Utc>) = (row.starts_at, row.ends_at);
    json!({ "from": from, "to": to, "note": row.note })
}
