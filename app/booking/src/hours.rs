//! Working hours: weekly windows, exceptions and closures become stretches of instants, each with the anchor of its
//! grid (R7–R12). Time off and bookings are subtracted elsewhere and never move a grid.

use chrono::{DateTime, NaiveDate, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::slots::Technician;
use crate::span::Span;
use crate::zone::{DAY, DayNumber, MINUTE, Micros, Wall, day_number, instant, micros, weekday_of};

/// The minutes of a day; also the largest minute a window can end at.
pub const DAY_MINUTES: u16 = 1440;

/// A window of a day in minutes after local midnight. The end may be 1440 (24:00); an end at or before the start
/// means the next day and belongs to the weekday it starts on (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "WindowMinutes", into = "WindowMinutes")]
pub struct Window {
    start_min: u16,
    end_min: u16,
}

#[derive(Serialize, Deserialize)]
struct WindowMinutes {
    start_min: u16,
    end_min: u16,
}

impl TryFrom<WindowMinutes> for Window {
    type Error = Refusal;
    fn try_from(minutes: WindowMinutes) -> Result<Self, Refusal> {
        Self::new(minutes.start_min, minutes.end_min)
    }
}

impl From<Window> for WindowMinutes {
    fn from(window: Window) -> Self {
        Self {
            start_min: window.start_min,
            end_min: window.end_min,
        }
    }
}

impl Window {
    /// From `start_min` (0–1439) to `end_min` (0–1440).
    ///
    /// # Errors
    /// [`Refusal::BadWindow`] outside these.
    pub const fn new(start_min: u16, end_min: u16) -> Result<Self, Refusal> {
        if start_min >= DAY_MINUTES || end_min > DAY_MINUTES {
            return Err(Refusal::BadWindow);
        }
        Ok(Self { start_min, end_min })
    }

    /// Minutes after local midnight, 0–1439.
    pub const fn start_min(&self) -> u16 {
        self.start_min
    }

    /// Minutes after local midnight, 0–1440; at or before the start: of the next day.
    pub const fn end_min(&self) -> u16 {
        self.end_min
    }

    /// Whether it ends on the day after it starts.
    pub const fn ends_next_day(&self) -> bool {
        self.end_min <= self.start_min
    }
}

/// A window of every week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeeklyWindow {
    /// The weekday it starts on.
    pub weekday: Weekday,
    /// Its hours.
    pub window: Window,
}

/// What a technician does on one date instead of the weekly plan (R8, R9).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// Nothing.
    Off,
    /// These windows; none means off.
    Hours(Vec<Window>),
}

/// An exception for one date in the technician's zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exception {
    /// The date in the technician's zone.
    pub date: NaiveDate,
    /// What holds instead of the weekly plan.
    pub instead: Instead,
}

/// The weekly plan and its exceptions, laid out for quick asking by date.
pub(crate) struct Plan<'a> {
    week: [Vec<Window>; 7],
    exceptions: Vec<(DayNumber, &'a Instead)>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(weekly: &[WeeklyWindow], exceptions: &'a [Exception]) -> Self {
        let mut week: [Vec<Window>; 7] = Default::default();
        for entry in weekly {
            week[entry.weekday.num_days_from_monday() as usize].push(entry.window);
        }
        let mut exceptions: Vec<_> = exceptions
            .iter()
            .map(|e| (day_number(e.date), &e.instead))
            .collect();
        exceptions.sort_by_key(|e| e.0);
        Self { week, exceptions }
    }

    fn exception(&self, day: DayNumber) -> Option<&'a Instead> {
        let place = self.exceptions.binary_search_by_key(&day, |e| e.0).ok()?;
        self.exceptions.get(place).map(|e| e.1)
    }

    pub(crate) fn has_exception(&self, day: DayNumber) -> bool {
        self.exception(day).is_some()
    }

    fn windows(&self, day: DayNumber) -> &[Window] {
        match self.exception(day) {
            Some(Instead::Off) => &[],
            Some(Instead::Hours(windows)) => windows,
            None => &self.week[weekday_of(day)],
        }
    }
}

/// Closures of the business: dates in its own zone, as days and as the instants they remove.
pub(crate) struct Closures {
    days: Vec<DayNumber>,
    removed: Vec<(Micros, Micros)>,
}

impl Closures {
    pub(crate) fn new(
        dates: &[NaiveDate],
        business: &Wall,
        first: DayNumber,
        last: DayNumber,
    ) -> Self {
        let mut days: Vec<_> = dates
            .iter()
            .map(|d| day_number(*d))
            .filter(|d| (first..=last).contains(d))
            .collect();
        days.sort_unstable();
        days.dedup();
        let removed = days
            .iter()
            .flat_map(|d| business.stretches_of_day(*d))
            .collect();
        Self {
            days,
            removed: merged(removed),
        }
    }

    pub(crate) fn contains(&self, day: DayNumber) -> bool {
        self.days.binary_search(&day).is_ok()
    }
}

/// A merged stretch of working time; `anchors` are the first instants of its grids, ascending, at least one (R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) start: Micros,
    pub(crate) end: Micros,
    pub(crate) anchors: Vec<Micros>,
}

/// How many days before the first instant asked for hours are laid out, so that merged stretches and the grids of
/// those that never end come out as if everything had been laid out.
pub(crate) const LOOK_BACK_DAYS: i64 = 5;

/// The working stretches of the dates `first..=last` in the technician's zone (order of work: R7).
pub(crate) fn stretches(
    plan: &Plan<'_>,
    wall: &Wall,
    closures: &Closures,
    business: &Wall,
    (first, last): (DayNumber, DayNumber),
) -> Vec<Stretch> {
    let mut working = Vec::new();
    for day in first..=last {
        for window in plan.windows(day) {
            let end_day = if window.ends_next_day() { day + 1 } else { day };
            let start = wall.first_at(day * DAY + Micros::from(window.start_min) * MINUTE);
            let mut end = wall.first_at(end_day * DAY + Micros::from(window.end_min) * MINUTE);
            if plan.has_exception(day + 1) {
                end = end.min(wall.first_of_day(day + 1));
            }
            if start < end && !closures.contains(business.day(start)) {
                working.push((start, end));
            }
        }
    }
    let open = without(&merged(working), &closures.removed);
    merged(open)
        .into_iter()
        .map(|(start, end)| anchored(start, end, wall))
        .collect()
}

/// When a technician works in `[from, to)`, time off not subtracted: the background of staff's calendar. Ascending,
/// disjoint; for weeks, not for years.
pub fn working<Z: TimeZone>(
    technician: &Technician<Z>,
    business_tz: &Z,
    closures: &[NaiveDate],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<Span> {
    let (from, to) = (micros(from), micros(to));
    let around = (from.saturating_sub(7 * DAY), to.saturating_add(7 * DAY));
    let business = Wall::new(business_tz, around.0, around.1);
    let wall = Wall::new(&technician.tz, around.0, around.1);
    let (first, last) = (business.day(around.0), business.day(around.1));
    let closures = Closures::new(closures, &business, first, last);
    let plan = Plan::new(&technician.weekly, &technician.exceptions);
    let dates = (wall.day(from) - LOOK_BACK_DAYS, wall.day(to) + 1);
    let all = stretches(&plan, &wall, &closures, &business, dates);
    let cut = |s: Stretch| Span::new(instant(s.start.max(from)), instant(s.end.min(to))).ok();
    all.into_iter().filter_map(cut).collect()
}

/// Adds the anchors: the first instant, and the first instant of every date covered whole (R12).
fn anchored(start: Micros, end: Micros, wall: &Wall) -> Stretch {
    let mut anchors = vec![start];
    let mut day = wall.day(start);
    if end - start < DAY / 2 {
        return Stretch {
            start,
            end,
            anchors,
        };
    }
    loop {
        let (first, next) = (wall.first_of_day(day), wall.first_of_day(day + 1));
        if next > end {
            break;
        }
        if first > start && first < next {
            anchors.push(first);
        }
        day += 1;
    }
    Stretch {
        start,
        end,
        anchors,
    }
}

/// Overlapping and touching stretches become one; the result is ascending.
pub(crate) fn merged(mut stretches: Vec<(Micros, Micros)>) -> Vec<(Micros, Micros)> {
    stretches.sort_unstable();
    let mut result: Vec<(Micros, Micros)> = Vec::with_capacity(stretches.len());
    for (start, end) in stretches {
        match result.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            Some(_) | None => result.push((start, end)),
        }
    }
    result
}

/// What is left of ascending, disjoint `stretches` when the ascending, disjoint `holes` are taken out.
pub(crate) fn without(
    stretches: &[(Micros, Micros)],
    holes: &[(Micros, Micros)],
) -> Vec<(Micros, Micros)> {
    let mut result = Vec::with_capacity(stretches.len());
    for &(start, end) in stretches {
        let mut start = start;
        let from = holes.partition_point(|hole| hole.1 <= start);
        for hole in holes.iter().skip(from).take_while(|hole| hole.0 < end) {
            if start < hole.0 {
                result.push((start, hole.0));
            }
            start = start.max(hole.1);
        }
        if start < end {
            result.push((start, end));
        }
    }
    result
}
