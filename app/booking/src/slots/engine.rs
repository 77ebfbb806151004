//! The engine itself: for each technician the starts of their grids that fit, then for each start what all share:
//! caps, units and the reserve for holds on anyone.

use chrono::{TimeZone, Weekday};

use super::ledger::{Ledger, MARGIN, Row, sessions};
use super::{Facts, LONGEST_QUERY_DAYS, Query, Slot, Technician};
use crate::hours::{Closures, LOOK_BACK_DAYS, Plan, Stretch, stretches};
use crate::hours::{Exception, WeeklyWindow};
use crate::ids::{ServiceId, TechnicianId};
use crate::policy::Opening;
use crate::resource::{Occupancy, Stairs, allot};
use crate::span::Span;
use crate::zone::{
    DAY, DayNumber, MINUTE, Micros, Wall, date, day_number, instant, micros, micros_up,
};

/// Whether bookings and caps count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// They do.
    Booked,
    /// As if nothing were booked or capped: what a full day would have (R22).
    Empty,
}

/// A start that a technician could take, were the technician alone.
struct Candidate {
    start: Micros,
    technician: TechnicianId,
    seats_free: u32,
    joins: bool,
}

/// One question being answered.
pub(crate) struct Engine<'a, Z: TimeZone> {
    pub(crate) facts: &'a Facts<Z>,
    pub(crate) query: &'a Query,
    load: Load,
    /// Starts lie in `[from, to)`; notice, cut-off and advance are in it already as far as they are instants.
    from: Micros,
    to: Micros,
    length: Micros,
    pub(crate) business: Wall,
    pub(crate) closures: Closures,
    pub(crate) ledger: Ledger,
    pub(crate) first_date: Option<DayNumber>,
    pub(crate) last_date: Option<DayNumber>,
}

impl<'a, Z: TimeZone> Engine<'a, Z> {
    pub(crate) fn new(facts: &'a Facts<Z>, query: &'a Query, load: Load) -> Self {
        let (notice, opening, last_date) = limits(facts);
        let first_date = opening.date.map(day_number);
        let from = micros_up(query.from).max(notice);
        let from = opening.instant.map_or(from, |at| from.max(micros_up(at)));
        let mut to = micros_up(query.to).min(from.saturating_add(LONGEST_QUERY_DAYS * DAY));
        if let Some(last) = last_date {
            // Far enough east and west of Greenwich; the exact date is checked at each start.
            to = to.min(last.saturating_add(3).saturating_mul(DAY));
        }
        let to = to.max(from);
        let length = Micros::from(facts.service.length_min) * MINUTE;
        let engine = Self::over(facts, query, load, (from, to), length);
        Self {
            first_date,
            last_date,
            ..engine
        }
    }

    /// Without notice, cut-off and advance, and with the length of a span: for staff, and for saying why.
    pub(crate) fn unlimited(facts: &'a Facts<Z>, query: &'a Query, span: Span) -> Self {
        let (from, end) = (micros_up(query.from), micros_up(span.end()));
        let to = micros_up(query.to).max(from);
        Self::over(facts, query, Load::Booked, (from, to), (end - from).max(1))
    }

    fn over(
        facts: &'a Facts<Z>,
        query: &'a Query,
        load: Load,
        (from, to): (Micros, Micros),
        length: Micros,
    ) -> Self {
        let end = to.saturating_add(length);
        let nothing = from >= to;
        let reach = if nothing {
            from
        } else {
            end_of_hours(to, length).saturating_add(MARGIN)
        };
        let (wall_from, wall_to) = (from.saturating_sub(MARGIN), reach);
        let business = Wall::new(&facts.business_tz, wall_from, wall_to);
        let (first, last) = (business.day(wall_from), business.day(wall_to));
        let closures = Closures::new(&facts.closures, &business, first, last);
        let ledger = match load {
            Load::Booked if !nothing => Ledger::new(facts, &query.leave_out, from, end),
            Load::Booked | Load::Empty => Ledger::empty(),
        };
        let (first_date, last_date) = (None, None);
        Self {
            facts,
            query,
            load,
            from,
            to,
            length,
            business,
            closures,
            ledger,
            first_date,
            last_date,
        }
    }

    /// All slots, ascending (R24).
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let facts = self.facts;
        if self.from >= self.to
            || !facts.service.bookable
            || facts.service.capacity < self.query.seats
        {
            return Vec::new();
        }
        let is_endless = self.length > LONGEST_QUERY_DAYS * DAY;
        if self.length <= 0 || is_endless || self.asked_for_nobody() {
            return Vec::new();
        }
        self.shared(self.candidates())
    }

    /// What each technician could take, ascending by start, then technician.
    fn candidates(&self) -> Vec<Candidate> {
        let facts = self.facts;
        let alone = self.ledger.of(None).is_empty();
        let mut candidates = Vec::new();
        for technician in &facts.technicians {
            // Without holds on anyone the others do not matter for a technician asked for (R19).
            let wanted = self
                .query
                .technician
                .is_none_or(|id| id == technician.id || !alone);
            if wanted && technician.active && facts.service.is_performed_by(technician.id) {
                self.gather(technician, &mut candidates);
            }
        }
        candidates.sort_by_key(|c| (c.start, c.technician));
        candidates.dedup_by_key(|c| (c.start, c.technician));
        candidates
    }

    /// How many technicians are free at `start`, dates aside, and how many holds on anyone need one (R19).
    pub(crate) fn free_and_reserved(&self, start: Micros) -> (i64, i64) {
        let end = start + self.length;
        let reserved = self.holds().peak(start, end);
        if reserved == 0 {
            return (0, 0);
        }
        let day = self.business.day(start);
        let new_fits = !self.service_caps().full(day)
            && self.units_free(&self.ledger.occupancies(self.facts), start, end);
        let candidates = self.candidates();
        (
            candidates.iter().filter(|c| c.joins || new_fits).count() as i64,
            reserved,
        )
    }

    fn asked_for_nobody(&self) -> bool {
        self.query
            .technician
            .is_some_and(|id| !self.facts.technicians.iter().any(|t| t.id == id))
    }

    /// The starts of one technician's grids that fit hours, time off, bookings and the technician's caps.
    fn gather(&self, technician: &Technician<Z>, found: &mut Vec<Candidate>) {
        let check = Check::new(self, technician);
        let step = check.step;
        let first = check.blocked.partition_point(|b| b.1 <= self.from);
        let mut blocked = check.blocked.get(first..).unwrap_or(&[]);
        for stretch in &check.stretches {
            for (index, anchor) in stretch.anchors.iter().enumerate() {
                let next_anchor = stretch
                    .anchors
                    .get(index + 1)
                    .copied()
                    .unwrap_or(Micros::MAX);
                let until = next_anchor.min(stretch.end - self.length + 1).min(self.to);
                let mut start = *anchor;
                if start < self.from {
                    start += (self.from - start + step - 1) / step * step;
                }
                while start < until {
                    while let Some((b, rest)) = blocked.split_first()
                        && b.1 <= start
                    {
                        blocked = rest;
                    }
                    let is_blocked = blocked.first().is_some_and(|b| b.0 < start);
                    if let Some((seats_free, joins)) = check.seats(start, is_blocked) {
                        found.push(Candidate {
                            start,
                            technician: technician.id,
                            seats_free,
                            joins,
                        });
                    }
                    start += step;
                }
            }
        }
    }

    /// What all technicians share at one start: dates, caps of the service, units, and the reserve (R18, R19, R21, R22).
    fn shared(&self, candidates: Vec<Candidate>) -> Vec<Slot> {
        let mut result = Vec::new();
        let caps = self.service_caps();
        let occupancies = self.ledger.occupancies(self.facts);
        let holds = self.holds();
        for group in candidates.chunk_by(|a, b| a.start == b.start) {
            let Some(start) = group.first().map(|c| c.start) else {
                continue;
            };
            let end = start + self.length;
            let day = self.business.day(start);
            if self.first_date.is_some_and(|first| day < first)
                || self.last_date.is_some_and(|last| day > last)
            {
                continue;
            }
            let new_fits = !caps.full(day) && self.units_free(&occupancies, start, end);
            let possible = || group.iter().filter(|c| c.joins || new_fits);
            let reserved = if holds.is_empty() {
                0
            } else {
                holds.peak(start, end)
            };
            if (possible().count() as i64) - reserved < 1 {
                continue;
            }
            let asked = |c: &&Candidate| self.query.technician.is_none_or(|id| id == c.technician);
            let Some(remaining) = possible().filter(asked).map(|c| c.seats_free).max() else {
                continue;
            };
            let technicians = possible().filter(asked).map(|c| c.technician).collect();
            result.push(Slot {
                start: instant(start),
                end: instant(end),
                technicians,
                remaining,
            });
        }
        result
    }

    fn units_free(&self, occupancies: &[Occupancy], start: Micros, end: Micros) -> bool {
        let needs = &self.facts.service.resources;
        needs.is_empty() || allot(needs, occupancies, start, end).is_ok()
    }

    /// The holds on anyone, each widened by the larger buffers (R19).
    pub(crate) fn holds(&self) -> Stairs {
        let service = &self.facts.service;
        let (before, after) = (
            Micros::from(service.buffer_before) * MINUTE,
            Micros::from(service.buffer_after) * MINUTE,
        );
        let widened = |row: &Row| {
            (
                row.start - row.before.max(after),
                row.end + row.after.max(before),
                1,
            )
        };
        Stairs::new(&self.ledger.of(None).iter().map(widened).collect::<Vec<_>>())
    }

    /// The caps of the service in the business zone; holds on anyone count (R22).
    pub(crate) fn service_caps(&self) -> Caps {
        let service = &self.facts.service;
        let (day, week) = match self.load {
            Load::Booked => (service.max_per_day, service.max_per_week),
            Load::Empty => (None, None),
        };
        let rows = self.ledger.rows.as_slice();
        Caps::new(day, week, self.facts.first_weekday, || {
            let of_service = sessions(rows).filter(|row| row.service == service.id);
            of_service.map(|row| self.business.day(row.start)).collect()
        })
    }

    /// The caps of one technician in the technician's zone (R22).
    fn technician_caps(&self, technician: &Technician<Z>, wall: &Wall, rows: &[Row]) -> Caps {
        let (day, week) = match self.load {
            Load::Booked => (technician.max_per_day, technician.max_per_week),
            Load::Empty => (None, None),
        };
        Caps::new(day, week, self.facts.first_weekday, || {
            sessions(rows).map(|row| wall.day(row.start)).collect()
        })
    }
}

/// Up to where hours have to be laid out. Nothing is longer than the longest question: a span that staff typed may be
/// absurd, and has to be answered all the same.
fn end_of_hours(to: Micros, length: Micros) -> Micros {
    to.saturating_add(length.min(LONGEST_QUERY_DAYS * DAY))
}

/// Notice as the first instant, the portal's cut-off, the last date of the advance window (R21).
pub(crate) fn limits<Z: TimeZone>(facts: &Facts<Z>) -> (Micros, Opening, Option<DayNumber>) {
    let notice =
        micros_up(facts.now).saturating_add(Micros::from(facts.service.notice_min) * MINUTE);
    let opening = facts.request_cut_off.opening(facts.now, &facts.business_tz);
    let today = day_number(date(&facts.business_tz, facts.now));
    (
        notice,
        opening,
        facts
            .service
            .advance_days
            .map(|days| today + DayNumber::from(days)),
    )
}

/// What one technician can take, prepared for asking about many starts.
pub(crate) struct Check<'e> {
    rows: &'e [Row],
    service: ServiceId,
    capacity: u32,
    length: Micros,
    step: Micros,
    before: Micros,
    after: Micros,
    time_off: Vec<(Micros, Micros)>,
    pub(crate) wall: Wall,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) caps: Caps,
    /// Open intervals of starts that time off or a booking excludes, ascending, disjoint.
    blocked: Vec<(Micros, Micros)>,
    /// (start, seats used) of existing sessions with seats enough for what is asked, ascending (R17).
    open_sessions: Vec<(Micros, u32)>,
}

impl<'e> Check<'e> {
    pub(crate) fn new<Z: TimeZone>(engine: &'e Engine<'_, Z>, technician: &Technician<Z>) -> Self {
        let facts = engine.facts;
        let end = end_of_hours(engine.to, engine.length);
        let wall = Wall::new(
            &technician.tz,
            engine.from.saturating_sub(MARGIN),
            end.saturating_add(MARGIN),
        );
        let dates = (wall.day(engine.from) - LOOK_BACK_DAYS, wall.day(end) + 1);
        let plan = Plan::new(&technician.weekly, &technician.exceptions);
        let stretches = stretches(&plan, &wall, &engine.closures, &engine.business, dates);
        let rows = engine.ledger.of(Some(technician.id));
        let caps = engine.technician_caps(technician, &wall, rows);
        let (before, after) = buffers(facts, technician);
        let mut check = Self {
            rows,
            service: facts.service.id,
            capacity: facts.service.capacity,
            length: engine.length,
            step: Micros::from(facts.service.interval_min()) * MINUTE,
            before,
            after,
            time_off: technician
                .time_off
                .iter()
                .map(|s| (micros(s.start()), micros_up(s.end())))
                .collect(),
            wall,
            stretches,
            caps,
            blocked: Vec::new(),
            open_sessions: Vec::new(),
        };
        check.open_sessions = check.sessions_with(engine.query.seats);
        check.blocked = check.blocked_starts();
        check
    }

    /// Whether a booking could be a session of what is asked: same service and length (R17).
    fn is_session(&self, row: &Row) -> bool {
        row.service == self.service && row.end - row.start == self.length
    }

    /// The starts that a booking excludes: an open interval (R14).
    fn excluded(&self, row: &Row) -> (Micros, Micros) {
        (
            row.start - row.before.max(self.after) - self.length,
            row.end + row.after.max(self.before),
        )
    }

    fn blocked_starts(&self) -> Vec<(Micros, Micros)> {
        let off = self
            .time_off
            .iter()
            .map(|(start, end)| (start.saturating_sub(self.length), *end));
        let mut all: Vec<_> = self
            .rows
            .iter()
            .map(|row| self.excluded(row))
            .chain(off)
            .collect();
        all.sort_unstable();
        let mut result: Vec<(Micros, Micros)> = Vec::with_capacity(all.len());
        for (low, high) in all {
            match result.last_mut() {
                Some(last) if low < last.1 => last.1 = last.1.max(high),
                Some(_) | None => result.push((low, high)),
            }
        }
        result
    }

    /// Seats free in the session that would begin at `start`, and whether that session exists already; `None` when the
    /// technician cannot take it.
    fn seats(&self, start: Micros, is_blocked: bool) -> Option<(u32, bool)> {
        if !is_blocked {
            return (!self.caps.full(self.wall_day(start))).then_some((self.capacity, false));
        }
        self.join(start).map(|free| (free, true))
    }

    fn wall_day(&self, start: Micros) -> DayNumber {
        if self.caps.none() {
            0
        } else {
            self.wall.day(start)
        }
    }

    fn sessions_with(&self, asked: u32) -> Vec<(Micros, u32)> {
        let mut found: Vec<(Micros, u32)> = Vec::new();
        for row in self.rows.iter().filter(|row| self.is_session(row)) {
            match found.last_mut() {
                Some(last) if last.0 == row.start => last.1 = last.1.saturating_add(row.seats),
                Some(_) | None => found.push((row.start, row.seats)),
            }
        }
        found.retain(|(_, used)| used.saturating_add(asked) <= self.capacity);
        found
    }

    /// The bookings that exclude `start`, members of a session there included.
    pub(crate) fn in_the_way(&self, start: Micros) -> impl Iterator<Item = &'e Row> {
        let excludes = move |(low, high): (Micros, Micros)| low < start && start < high;
        self.rows
            .iter()
            .filter(move |row| excludes(self.excluded(row)))
    }

    pub(crate) fn is_member(&self, row: &Row, start: Micros) -> bool {
        row.start == start && self.is_session(row)
    }

    /// Whether time off takes a part of the slot at `start` (R11).
    pub(crate) fn is_off(&self, start: Micros) -> bool {
        self.time_off
            .iter()
            .any(|(from, to)| *from < start + self.length && start < *to)
    }

    /// `None`: the slot does not lie inside working hours; otherwise whether it is on the grid (R12, R13).
    pub(crate) fn place_in_hours(&self, start: Micros) -> Option<bool> {
        let stretch = self
            .stretches
            .iter()
            .find(|s| s.start <= start && start + self.length <= s.end)?;
        let anchor = stretch
            .anchors
            .iter()
            .rev()
            .find(|anchor| **anchor <= start)?;
        Some((start - anchor) % self.step == 0)
    }

    /// Whether it would lie inside working hours without closures and with these windows.
    pub(crate) fn would_be_inside<Z: TimeZone>(
        &self,
        engine: &Engine<'_, Z>,
        weekly: &[WeeklyWindow],
        exceptions: &[Exception],
        start: Micros,
    ) -> bool {
        let plan = Plan::new(weekly, exceptions);
        let none = Closures::new(&[], &engine.business, 0, 0);
        let end = start + self.length;
        let dates = (
            self.wall.day(start) - LOOK_BACK_DAYS,
            self.wall.day(end) + 1,
        );
        let all = stretches(&plan, &self.wall, &none, &engine.business, dates);
        all.iter().any(|s| s.start <= start && end <= s.end)
    }

    /// Seats free in an existing session at `start`, when seats suffice and nothing else is in the way (R17).
    pub(crate) fn join(&self, start: Micros) -> Option<u32> {
        let place = self
            .open_sessions
            .binary_search_by_key(&start, |session| session.0)
            .ok()?;
        let used = self.open_sessions.get(place)?.1;
        let other = self
            .in_the_way(start)
            .any(|row| !self.is_member(row, start));
        (!other && !self.is_off(start)).then_some(self.capacity - used)
    }
}

/// Effective buffers of a new visit: the larger of the service's and the technician's, each side (decision 4).
pub(crate) fn buffers<Z: TimeZone>(
    facts: &Facts<Z>,
    technician: &Technician<Z>,
) -> (Micros, Micros) {
    let before = facts.service.buffer_before.max(technician.buffer_before);
    let after = facts.service.buffer_after.max(technician.buffer_after);
    (Micros::from(before) * MINUTE, Micros::from(after) * MINUTE)
}

/// How many bookings start on each date and in each week, against their caps.
pub(crate) struct Caps {
    per_day: Option<u32>,
    per_week: Option<u32>,
    first_weekday: i64,
    days: Vec<DayNumber>,
    weeks: Vec<i64>,
}

impl Caps {
    fn new(
        per_day: Option<u32>,
        per_week: Option<u32>,
        first_weekday: Weekday,
        days: impl FnOnce() -> Vec<DayNumber>,
    ) -> Self {
        let first_weekday = i64::from(first_weekday.num_days_from_monday());
        let mut caps = Self {
            per_day,
            per_week,
            first_weekday,
            days: Vec::new(),
            weeks: Vec::new(),
        };
        if caps.none() {
            return caps;
        }
        caps.days = days();
        caps.days.sort_unstable();
        caps.weeks = caps.days.iter().map(|day| caps.week(*day)).collect();
        caps
    }

    fn none(&self) -> bool {
        self.per_day.is_none() && self.per_week.is_none()
    }

    /// Weeks since 1970, by the business's first weekday; day 0 was a Thursday.
    fn week(&self, day: DayNumber) -> i64 {
        (day + 3 - self.first_weekday).div_euclid(7)
    }

    pub(crate) fn day_full(&self, day: DayNumber) -> bool {
        self.per_day
            .is_some_and(|cap| occurrences(&self.days, day) >= u64::from(cap))
    }

    pub(crate) fn week_full(&self, day: DayNumber) -> bool {
        self.per_week
            .is_some_and(|cap| occurrences(&self.weeks, self.week(day)) >= u64::from(cap))
    }

    fn full(&self, day: DayNumber) -> bool {
        self.day_full(day) || self.week_full(day)
    }
}

fn occurrences(sorted: &[i64], value: i64) -> u64 {
    (sorted.partition_point(|v| *v <= value) - sorted.partition_point(|v| *v < value)) as u64
}
