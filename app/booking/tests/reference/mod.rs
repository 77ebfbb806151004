//! The slow, obvious reference: every minute is looked at, every wall clock is asked anew, every pair is compared.
//! Written from the specification, not from the engine; it shares nothing with it but the types of facts and slots.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use booking::ids::ResourceId;
use booking::resource::Needed;
use booking::slots::{Booking, Facts, Instead, Query, Slot, Technician, Window};
use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta,
    TimeZone, Utc,
};
use chrono_tz::Tz;

type Instant = DateTime<Utc>;

/// The wall clock's reading of every minute of a stretch of time.
struct Tape {
    first: Instant,
    local: Vec<NaiveDateTime>,
}

thread_local! {
    static TAPES: RefCell<HashMap<(Tz, Instant, i64), Rc<Tape>>> = RefCell::new(HashMap::new());
}

impl Tape {
    fn of(tz: Tz, from: Instant, to: Instant) -> Rc<Self> {
        // Whole days, so that many scenarios share a tape.
        let first = from.date_naive().and_time(NaiveTime::MIN).and_utc();
        let minutes = (to - first).num_minutes() / 1440 * 1440 + 1440;
        let make = || {
            let read = |m| {
                (first + TimeDelta::minutes(m))
                    .with_timezone(&tz)
                    .naive_local()
            };
            Rc::new(Self {
                first,
                local: (0..minutes).map(read).collect(),
            })
        };
        TAPES.with_borrow_mut(|tapes| {
            tapes
                .entry((tz, first, minutes))
                .or_insert_with(make)
                .clone()
        })
    }

    fn minute(&self, at: Instant) -> i64 {
        (at - self.first).num_minutes()
    }
}

/// A window's edge: decision 6, by chrono's own local lookup.
fn edge(tz: Tz, local: NaiveDateTime) -> Instant {
    match tz.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => at.to_utc(),
        MappedLocalTime::Ambiguous(first, _) => first.to_utc(),
        MappedLocalTime::None => {
            let mut later = local;
            loop {
                later += TimeDelta::minutes(1);
                if let Some(at) = tz.from_local_datetime(&later).earliest() {
                    return at.to_utc();
                }
            }
        }
    }
}

fn date_in(tz: Tz, at: Instant) -> NaiveDate {
    at.with_timezone(&tz).date_naive()
}

fn at_minute(date: NaiveDate, minute: u16) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute))
}

/// One technician's working minutes and the minutes at which a grid lets a slot begin.
struct Working {
    tape: Rc<Tape>,
    works: Vec<bool>,
    begins: Vec<bool>,
}

fn windows_of(technician: &Technician<Tz>, date: NaiveDate) -> Vec<Window> {
    match technician
        .exceptions
        .iter()
        .find(|e| e.date == date)
        .map(|e| &e.instead)
    {
        Some(Instead::Off) => Vec::new(),
        Some(Instead::Hours(windows)) => windows.clone(),
        None => technician
            .weekly
            .iter()
            .filter(|w| w.weekday == date.weekday())
            .map(|w| w.window)
            .collect(),
    }
}

fn working(facts: &Facts<Tz>, technician: &Technician<Tz>, from: Instant, to: Instant) -> Working {
    let tz = technician.tz;
    let tape = Tape::of(tz, from, to);
    let business = Tape::of(facts.business_tz, from, to);
    let mut works = vec![false; tape.local.len()];
    let mut date = tape.local[0].date() + Days::new(1);
    while date <= tape.local[tape.local.len() - 1].date() {
        for window in windows_of(technician, date) {
            let end_date = if window.end_min() <= window.start_min() {
                date + Days::new(1)
            } else {
                date
            };
            let (start, end) = (
                edge(tz, at_minute(date, window.start_min())),
                edge(tz, at_minute(end_date, window.end_min())),
            );
            if facts.closures.contains(&date_in(facts.business_tz, start)) {
                continue;
            }
            let ruled = technician
                .exceptions
                .iter()
                .any(|e| e.date == date + Days::new(1));
            for minute in tape.minute(start).max(0)..tape.minute(end).min(works.len() as i64) {
                let spilt = tape.local[minute as usize].date() > date;
                works[minute as usize] |= !(ruled && spilt);
            }
        }
        date = date + Days::new(1);
    }
    for (minute, local) in business.local.iter().enumerate() {
        if facts.closures.contains(&local.date()) {
            works[minute] = false;
        }
    }
    let begins = begins(
        &tape,
        &works,
        i64::from(facts.service.step_min.unwrap_or(facts.service.length_min)),
    );
    Working {
        tape,
        works,
        begins,
    }
}

/// The grid (R12): from the first minute of a run of working minutes, and anew from each date that is covered whole.
fn begins(tape: &Tape, works: &[bool], step: i64) -> Vec<bool> {
    let mut whole: BTreeMap<NaiveDate, bool> = BTreeMap::new();
    for (minute, local) in tape.local.iter().enumerate() {
        *whole.entry(local.date()).or_insert(true) &= works[minute];
    }
    // The tape shows only a part of its first and last date.
    let edges = (
        tape.local[0].date(),
        tape.local[tape.local.len() - 1].date(),
    );
    let mut begins = vec![false; works.len()];
    let mut anchor = 0;
    let mut seen = BTreeSet::new();
    for minute in 0..works.len() {
        let date = tape.local[minute].date();
        if !works[minute] {
            continue;
        }
        let is_first_of_run = minute == 0 || !works[minute - 1];
        let restarts = whole[&date] && date != edges.0 && date != edges.1 && seen.insert(date);
        if is_first_of_run || restarts {
            anchor = minute;
        }
        begins[minute] = (minute - anchor) as i64 % step == 0;
    }
    begins
}

fn blocking<'a>(facts: &'a Facts<Tz>, query: &Query) -> Vec<&'a Booking> {
    let words = ["approved", "scheduled", "in_progress", "completed"];
    let blocks = |b: &Booking| match b.status.as_str() {
        "pending" => b.expires.is_none_or(|expires| expires > facts.now),
        word => words.contains(&word),
    };
    let left_out = |b: &Booking| b.id.is_some_and(|id| query.leave_out.contains(&id));
    facts
        .bookings
        .iter()
        .filter(|b| blocks(b) && !left_out(b))
        .collect()
}

fn minutes(n: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(n))
}

/// Bookings grouped into sessions: those of nobody stand alone.
fn sessions<'a>(bookings: &[&'a Booking]) -> Vec<Vec<&'a Booking>> {
    let mut all: Vec<Vec<&Booking>> = Vec::new();
    for booking in bookings {
        let same = |other: &&Booking| {
            booking.technician.is_some()
                && other.technician == booking.technician
                && other.service == booking.service
                && other.span == booking.span
        };
        match all.iter_mut().find(|session| session.iter().any(same)) {
            Some(session) => session.push(booking),
            None => all.push(vec![booking]),
        }
    }
    all
}

/// The most units of a resource in use at any minute of `[start, end)`.
fn peak(
    facts: &Facts<Tz>,
    sessions: &[Vec<&Booking>],
    id: ResourceId,
    start: Instant,
    end: Instant,
) -> u32 {
    let Some(resource) = facts.resources.iter().find(|r| r.id == id) else {
        return u32::MAX;
    };
    let turnaround = minutes(resource.turnaround_min);
    let mut most = 0;
    let mut at = start;
    while at < end + turnaround {
        let mut sum = 0;
        for session in sessions {
            let span = session[0].span;
            if span.start() <= at && at < span.end() + turnaround {
                let of_one = |b: &&Booking| {
                    b.resources
                        .iter()
                        .filter(|(r, _)| *r == id)
                        .map(|(_, n)| n)
                        .sum::<u32>()
                };
                sum += session.iter().map(of_one).max().unwrap_or(0);
            }
        }
        most = most.max(sum);
        at += TimeDelta::minutes(1);
    }
    most
}

fn units_fit(facts: &Facts<Tz>, sessions: &[Vec<&Booking>], start: Instant, end: Instant) -> bool {
    // Every way to choose a resource for each need.
    let mut choices: Vec<Vec<(ResourceId, u32)>> = vec![Vec::new()];
    for need in &facts.service.resources {
        let some = match &need.what {
            Needed::Exactly(id) => vec![*id],
            Needed::AnyOf(ids) => ids.clone(),
        };
        choices = choices
            .iter()
            .flat_map(|c| {
                some.iter()
                    .map(|id| [c.as_slice(), &[(*id, need.units)]].concat())
            })
            .collect();
    }
    choices.iter().any(|choice| {
        choice.iter().all(|(id, _)| {
            let wanted: u32 = choice
                .iter()
                .filter(|(other, _)| other == id)
                .map(|(_, n)| n)
                .sum();
            let Some(resource) = facts.resources.iter().find(|r| r.id == *id) else {
                return false;
            };
            peak(facts, sessions, *id, start, end) + wanted <= resource.units
        })
    })
}

fn week_of(facts: &Facts<Tz>, date: NaiveDate) -> NaiveDate {
    let mut day = date;
    while day.weekday() != facts.first_weekday {
        day = day - Days::new(1);
    }
    day
}

fn capped(
    facts: &Facts<Tz>,
    dates: &[NaiveDate],
    date: NaiveDate,
    day: Option<u32>,
    week: Option<u32>,
) -> bool {
    let on_day = dates.iter().filter(|d| **d == date).count() as u32;
    let in_week = dates
        .iter()
        .filter(|d| week_of(facts, **d) == week_of(facts, date))
        .count() as u32;
    day.is_some_and(|cap| on_day >= cap) || week.is_some_and(|cap| in_week >= cap)
}

/// Seats free before the asking, when the technician passes every rule but the reserve at this very start.
fn passes(
    facts: &Facts<Tz>,
    query: &Query,
    technician: &Technician<Tz>,
    hours: &Working,
    bookings: &[&Booking],
    start: Instant,
) -> Option<u32> {
    let service = &facts.service;
    let end = start + minutes(service.length_min);
    let able = service
        .technicians
        .as_ref()
        .is_none_or(|all| all.contains(&technician.id));
    let first = hours.tape.minute(start) as usize;
    let inside = (first..first + service.length_min as usize).all(|m| hours.works[m]);
    let off = technician
        .time_off
        .iter()
        .any(|span| span.start() < end && start < span.end());
    if !service.bookable || !technician.active || !able || !hours.begins[first] || !inside || off {
        return None;
    }
    if start < facts.now + minutes(service.notice_min)
        || !facts
            .request_cut_off
            .allows(facts.now, &facts.business_tz, start)
    {
        return None;
    }
    let date = date_in(facts.business_tz, start);
    let today = date_in(facts.business_tz, facts.now);
    if service
        .advance_days
        .is_some_and(|days| date > today + Days::new(u64::from(days)))
    {
        return None;
    }
    let own: Vec<_> = bookings
        .iter()
        .filter(|b| b.technician == Some(technician.id))
        .copied()
        .collect();
    let member =
        |b: &&Booking| b.service == service.id && b.span.start() == start && b.span.end() == end;
    let before = service.buffer_before.max(technician.buffer_before);
    let after = service.buffer_after.max(technician.buffer_after);
    for b in own.iter().filter(|b| !member(b)) {
        let later = start >= b.span.end() + minutes(b.after_min.max(before));
        let earlier = end <= b.span.start() - minutes(b.before_min.max(after));
        if !later && !earlier {
            return None;
        }
    }
    let used: u32 = own.iter().filter(|b| member(b)).map(|b| b.seats).sum();
    if used + query.seats > service.capacity {
        return None;
    }
    if own.iter().any(member) {
        return Some(service.capacity - used);
    }
    let all = sessions(bookings);
    let of_service: Vec<_> = all
        .iter()
        .filter(|s| s[0].service == service.id)
        .map(|s| date_in(facts.business_tz, s[0].span.start()))
        .collect();
    let own_dates: Vec<_> = sessions(&own)
        .iter()
        .map(|s| date_in(technician.tz, s[0].span.start()))
        .collect();
    if capped(
        facts,
        &of_service,
        date,
        service.max_per_day,
        service.max_per_week,
    ) || capped(
        facts,
        &own_dates,
        date_in(technician.tz, start),
        technician.max_per_day,
        technician.max_per_week,
    ) || !units_fit(facts, &all, start, end)
    {
        return None;
    }
    Some(service.capacity)
}

/// The most holds on anyone at one minute of the slot (R19).
fn most_holds(facts: &Facts<Tz>, bookings: &[&Booking], start: Instant, end: Instant) -> usize {
    let service = &facts.service;
    let mut most = 0;
    let mut at = start;
    while at < end {
        let holds = |b: &&&Booking| {
            b.technician.is_none()
                && b.span.start() - minutes(b.before_min.max(service.buffer_after)) <= at
                && at < b.span.end() + minutes(b.after_min.max(service.buffer_before))
        };
        most = most.max(bookings.iter().filter(holds).count());
        at += TimeDelta::minutes(1);
    }
    most
}

/// The slots of a scenario whose instants are whole minutes.
pub fn slots(facts: &Facts<Tz>, query: &Query) -> Vec<Slot> {
    let (from, to) = (
        query.from - TimeDelta::days(7),
        query.to + minutes(facts.service.length_min) + TimeDelta::days(4),
    );
    let hours: Vec<_> = facts
        .technicians
        .iter()
        .map(|t| working(facts, t, from, to))
        .collect();
    let bookings = blocking(facts, query);
    let mut found = Vec::new();
    let mut start = query.from;
    while start < query.to {
        let end = start + minutes(facts.service.length_min);
        let mut free = BTreeMap::new();
        for (technician, hours) in facts.technicians.iter().zip(&hours) {
            if let Some(seats) = passes(facts, query, technician, hours, &bookings, start) {
                free.insert(technician.id, seats);
            }
        }
        let enough = !free.is_empty() && free.len() > most_holds(facts, &bookings, start, end);
        free.retain(|id, _| query.technician.is_none_or(|wanted| wanted == *id));
        if enough && let Some(remaining) = free.values().max().copied() {
            found.push(Slot {
                start,
                end,
                technicians: free.keys().copied().collect(),
                remaining,
            });
        }
        start += TimeDelta::minutes(1);
    }
    found
}
