//! The times at which a request for a window of dates could be approved, and the best of them (C2): the preferred date
//! first, in the part of the day that was wished, with whoever has least to do. Nothing is locked: approving asks again.

use booking::ids::{ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::request::{DayPart, RequestKind};
use booking::slots::{self, Facts, Query, Slot};
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::desk::Desk;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::queue::load_on;
use crate::submit_window::rule_dates;
use crate::table::request;
use crate::trouble::Result;

/// The most days of a window that are laid out.
pub const MOST_DAYS: i64 = 42;

/// A time in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WindowTime {
    /// Its start.
    pub start: DateTime<Utc>,
    /// Who would come: the one the client named, or whoever has least to do that day.
    pub technician: TechnicianId,
    /// Whether it is in the part of the day that was wished.
    pub wished: bool,
}

/// A day of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowDay {
    /// The date, in the zone of the business.
    pub date: NaiveDate,
    /// Its free times, in order; none: full, or closed.
    pub times: Vec<WindowTime>,
}

/// What is free in a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WindowTimes {
    /// Its days from today on, at most 42.
    pub days: Vec<WindowDay>,
    /// The one to take, unless staff know better.
    pub best: Option<WindowTime>,
}

impl Desk {
    /// What is free in the window of a pending request, on the first date of visits that repeat; nothing for one with an
    /// exact slot, for one that is decided and for one that this person does not decide. Notice, cut-off and advance bind
    /// the client, not staff. Eight queries.
    ///
    /// # Errors
    /// The database's.
    pub async fn window_times(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<WindowTimes>> {
        let Some(row) = self.request_seen(who, reference).await? else {
            return Ok(None);
        };
        if row.window_from.is_none() || row.status != "pending" {
            return Ok(None);
        }
        self.times_of(&row).await.map(Some)
    }

    async fn times_of(&self, row: &request::Model) -> Result<WindowTimes> {
        let now = self.now();
        let service = ServiceId::of(row.service_id);
        let zone = crate::business::zone_now(self.db()).await?;
        let (first, last) = reach(row, &zone, now)?;
        let first = first.max(zone::date(&zone, now));
        let last = last.min(first + TimeDelta::days(MOST_DAYS - 1));
        let ends = (zone::day(&zone, first), zone::day(&zone, last));
        let (Some(from), Some(to)) = ends else {
            return Ok(WindowTimes::default());
        };
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from: from.start().max(now),
            to: to.end(),
        };
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(WindowTimes::default());
        };
        let Some(mut entry) = book.service(service).cloned() else {
            return Ok(WindowTimes::default());
        };
        (entry.notice_min, entry.advance_days) = (0, None);
        let query = Query::anyone(wanted.from, wanted.to);
        let facts = Facts {
            request_cut_off: CutOff::None,
            ..book.facts(&entry, amount(row.length_min)).clone()
        };
        let found = slots::slots(&facts, &query);
        let wish = Wish {
            part: row.part()?,
            technician: row.technician_id.map(TechnicianId::of),
        };
        let mut days: Vec<WindowDay> = first
            .iter_days()
            .take_while(|date| *date <= last)
            .map(|date| WindowDay {
                date,
                times: Vec::new(),
            })
            .collect();
        for slot in found.iter().filter(|slot| slot.start > now) {
            let date = zone::date(&zone, slot.start);
            let Some(time) = wish.time(&book, slot) else {
                continue;
            };
            if let Some(day) = days.iter_mut().find(|day| day.date == date) {
                day.times.push(time);
            }
        }
        let best = best(&days);
        Ok(WindowTimes { days, best })
    }
}

/// The first and the last day that are looked at.
fn reach(row: &request::Model, zone: &Tz, now: DateTime<Utc>) -> Result<(NaiveDate, NaiveDate)> {
    let window = row.window()?;
    if row.kind()? != RequestKind::Recurring {
        return Ok((window.first(), window.last()));
    }
    let (_, dates) = rule_dates(row.rule()?.parts(), window.first(), zone, now)?;
    let first = dates.first().map(|one| one.original_local.date());
    let first = first.unwrap_or(window.first());
    Ok((first, first))
}

struct Wish {
    part: Option<DayPart>,
    technician: Option<TechnicianId>,
}

impl Wish {
    fn time(&self, book: &Book, slot: &Slot) -> Option<WindowTime> {
        let named = self.technician.filter(|id| slot.technicians.contains(id));
        let least = || {
            let load = |id: &TechnicianId| (load_on(book, *id, slot.start), book.position(*id));
            slot.technicians.iter().copied().min_by_key(load)
        };
        let hour = zone::local(&book.zone(), slot.start).hour();
        Some(WindowTime {
            start: slot.start,
            technician: named.or_else(least)?,
            wished: self.part.is_none_or(|part| part == DayPart::of_hour(hour)),
        })
    }
}

/// The first wished time of the first day that has one; else the first there is.
fn best(days: &[WindowDay]) -> Option<WindowTime> {
    let all = || days.iter().flat_map(|day| &day.times);
    all()
        .find(|time| time.wished)
        .or_else(|| all().next())
        .copied()
}
