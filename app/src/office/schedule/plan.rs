//! What the Schedule draws: who works when, and what occupies time, as the desk answers it, ready to be put into columns.

use booking::span::Span;
use booking::zone;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::sight::Sight;
use crate::calendar::grid::{Band, Column, Entry, Grid, Look};
use crate::i18n::{Locale, td_string};
use crate::kit::{Tone, moment};

/// A technician with what lies behind their column.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Working hours, closures and exceptions taken into account, time off not.
    pub open: Vec<Span>,
    /// Time off.
    pub off: Vec<Span>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A visit with its status, tone and word.
    Visit {
        /// Whether it still lies ahead or goes on.
        live: bool,
        /// Whether it was cancelled.
        gone: bool,
    },
    /// A pending request's hold.
    Hold,
    /// Time blocked without a client.
    Blocked,
}

/// Something that occupies time.
#[derive(Clone, Debug)]
pub struct Item {
    /// V-… or R-…; empty for blocked time.
    pub reference: String,
    /// What it is.
    pub what: What,
    /// Who for.
    pub client: String,
    /// What for; the note of blocked time.
    pub service: String,
    /// Whose time; nobody's for holds on anyone.
    pub technician: Option<String>,
    /// When.
    pub span: Span,
    /// Its status.
    pub status: (Tone, String),
    /// How many more clients share the session.
    pub others: usize,
    /// Whether it is a visit that can still be moved.
    pub moves: bool,
    /// The booking, of blocked time.
    pub block: Option<String>,
    /// What it takes of which resource.
    pub takes: Vec<(String, u32)>,
}

/// Everything of the dates in sight.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The reader's language.
    pub locale: Locale,
    /// The zone of the business.
    pub zone: Tz,
    /// How times are said: in the zone of the business.
    pub times: moment::Reader,

    /// Today in that zone.
    pub today: NaiveDate,
    /// In the order of the team.
    pub workers: Vec<Worker>,
    /// Dates on which the business is closed.
    pub closures: Vec<(NaiveDate, String)>,
    /// By start.
    pub items: Vec<Item>,
    /// Whether the reader may book and move.
    pub books: bool,
    /// Locations and equipment.
    pub things: Vec<Thing>,
}

/// A location or a piece of equipment.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// How many there are.
    pub units: u32,
}

impl Plan {
    /// The dates of a sight.
    pub fn dates(sight: &Sight) -> Vec<NaiveDate> {
        let (first, count) = sight.dates();
        first
            .iter_days()
            .take(usize::try_from(count).unwrap_or(1))
            .collect()
    }

    /// Only what belongs to one technician, where one is chosen.
    #[must_use]
    pub fn only(mut self, technician: Option<&str>) -> Self {
        if let Some(id) = technician {
            self.items
                .retain(|item| item.technician.as_deref() == Some(id));
            self.workers.retain(|worker| worker.id == id);
        }
        self
    }

    /// The day: a column for each technician, and one for holds on anyone; or one for each resource.
    pub fn day(&self, sight: &Sight) -> Grid<Tz> {
        let date = sight.date;
        if sight.resources && !self.things.is_empty() {
            let columns = self
                .things
                .iter()
                .map(|thing| self.thing_column(sight, thing));
            let columns = columns.collect();
            return self.grid(self.long(date), false, columns);
        }
        let mut columns: Vec<Column> = self
            .workers
            .iter()
            .map(|worker| self.worker_column(sight, worker))
            .collect();
        let nobody: Vec<&Item> = self
            .on(date)
            .filter(|item| item.technician.is_none())
            .collect();
        if !nobody.is_empty() {
            columns.push(Column {
                date,
                name: td_string!(self.locale, schedule.unassigned).to_owned(),
                sub: td_string!(self.locale, schedule.unassigned_sub).to_owned(),
                technician: None,
                face: Some("?".to_owned()),
                href: None,
                today: date == self.today,
                bands: self.closed(date).into_iter().collect(),
                entries: nobody
                    .into_iter()
                    .map(|item| self.entry(sight, item, false))
                    .collect(),
            });
        }
        self.grid(self.long(date), false, columns)
    }

    /// The week: a column for each day.
    pub fn week(&self, sight: &Sight) -> Grid<Tz> {
        let columns = Self::dates(sight).into_iter().map(|date| {
            let items: Vec<&Item> = self.on(date).collect();
            let mut bands: Vec<Band> = Vec::new();
            for worker in &self.workers {
                bands.extend(self.open(worker, date));
            }
            if let [only] = self.workers.as_slice() {
                bands.extend(self.off(only, date));
            }
            bands.extend(self.closed(date));
            Column {
                date,
                name: self.times.day(date),
                sub: self.count_line(&items),
                technician: None,
                face: None,
                href: Some(sight.day(date)),
                today: date == self.today,
                bands,
                entries: items
                    .into_iter()
                    .map(|item| self.entry(sight, item, self.workers.len() > 1))
                    .collect(),
            }
        });
        let columns = columns.collect();
        self.grid(self.long(sight.dates().0), true, columns)
    }

    fn long(&self, date: NaiveDate) -> String {
        self.times.long_day(date)
    }

    fn grid(&self, date: String, week: bool, columns: Vec<Column>) -> Grid<Tz> {
        Grid {
            zone: self.zone,
            label: td_string!(self.locale, schedule.grid_of, date = date).to_string(),
            nothing: td_string!(self.locale, schedule.nothing).to_owned(),
            week,
            books: self.books,
            columns,
        }
    }

    fn worker_column(&self, sight: &Sight, worker: &Worker) -> Column {
        let date = sight.date;
        let own: Vec<&Item> = self
            .on(date)
            .filter(|item| item.technician.as_deref() == Some(&worker.id))
            .collect();
        let mut bands: Vec<Band> = self.open(worker, date).collect();
        bands.extend(self.off(worker, date));
        bands.extend(self.closed(date));
        let week = Sight {
            view: super::sight::View::Week,
            technician: Some(worker.id.clone()),
            ..sight.clone()
        };
        Column {
            date,
            name: worker.name.clone(),
            sub: self.load(worker, date, &own),
            technician: Some(worker.id.clone()),
            face: Some(initials(&worker.name)),
            href: Some(week.href()),
            today: date == self.today,
            bands,
            entries: own
                .into_iter()
                .map(|item| self.entry(sight, item, false))
                .collect(),
        }
    }

    /// A resource with the appointments that take of it.
    fn thing_column(&self, sight: &Sight, thing: &Thing) -> Column {
        let date = sight.date;
        let takes = |item: &&Item| item.takes.iter().any(|(id, _)| *id == thing.id);
        let units = td_string!(self.locale, visits.units_of, count = thing.units).to_string();
        Column {
            date,
            name: thing.name.clone(),
            sub: format!("{} · {units}", thing.kind),
            technician: None,
            face: None,
            href: None,
            today: date == self.today,
            bands: self.closed(date).into_iter().collect(),
            entries: self
                .on(date)
                .filter(takes)
                .map(|item| self.entry(sight, item, true))
                .collect(),
        }
    }

    /// "4 of 7 h", or why there are none.
    fn load(&self, worker: &Worker, date: NaiveDate, own: &[&Item]) -> String {
        let Some(day) = zone::day(&self.zone, date) else {
            return String::new();
        };
        let open = minutes(&worker.open, day);
        if let Some((_, name)) = self.closures.iter().find(|(closed, _)| *closed == date) {
            return name.clone();
        }
        if open == 0 {
            return td_string!(self.locale, schedule.not_working).to_owned();
        }
        let end = worker
            .open
            .iter()
            .filter(|span| span.overlaps(&day))
            .map(Span::end)
            .max();
        let away = worker.off.iter().find(|off| {
            off.overlaps(&day) && end.is_some_and(|end| off.end() >= end.min(day.end()))
        });
        if let Some(away) = away {
            let from = self.times.time(away.start().max(day.start()));
            return td_string!(self.locale, schedule.off_from, time = from).to_string();
        }
        let visits: Vec<Span> = own
            .iter()
            .filter(|item| matches!(item.what, What::Visit { gone: false, .. }))
            .map(|item| item.span)
            .collect();
        let (booked, open) = (hours(minutes(&visits, day)), hours(open));
        td_string!(self.locale, schedule.hours_of, booked = booked, open = open).to_string()
    }

    fn open(&self, worker: &Worker, date: NaiveDate) -> impl Iterator<Item = Band> {
        self.part_of(&worker.open, date).map(Band::Open)
    }

    fn off(&self, worker: &Worker, date: NaiveDate) -> impl Iterator<Item = Band> {
        let word = td_string!(self.locale, schedule.time_off);
        self.part_of(&worker.off, date)
            .map(move |span| Band::Off(span, word.to_owned()))
    }

    fn closed(&self, date: NaiveDate) -> Option<Band> {
        let (_, name) = self.closures.iter().find(|(closed, _)| *closed == date)?;
        let word = td_string!(self.locale, schedule.closed);
        let text = if name.is_empty() {
            word.to_owned()
        } else {
            crate::language::labelled(self.locale, word, name)
        };
        Some(Band::Closed(zone::day(&self.zone, date)?, text))
    }

    fn part_of<'a>(
        &self,
        spans: &'a [Span],
        date: NaiveDate,
    ) -> impl Iterator<Item = Span> + use<'a> {
        let day = zone::day(&self.zone, date);
        spans
            .iter()
            .copied()
            .filter(move |span| day.is_some_and(|day| day.overlaps(span)))
    }

    /// What touches a date, by start.
    pub fn on(&self, date: NaiveDate) -> impl Iterator<Item = &Item> {
        let day = zone::day(&self.zone, date);
        self.items
            .iter()
            .filter(move |item| day.is_some_and(|day| day.overlaps(&item.span)))
    }

    /// "3 planned, 1 pending".
    pub fn count_line(&self, items: &[&Item]) -> String {
        let pending = items.iter().filter(|item| item.what == What::Hold).count();
        let planned = items
            .iter()
            .filter(|item| matches!(item.what, What::Visit { gone: false, .. }))
            .count();
        match (planned, pending) {
            (0, 0) => String::new(),
            (_, 0) => td_string!(self.locale, schedule.entries, count = planned).to_string(),
            (_, _) => td_string!(
                self.locale,
                schedule.entries_and_pending,
                count = planned,
                pending = pending
            )
            .to_string(),
        }
    }

    fn entry(&self, sight: &Sight, item: &Item, named: bool) -> Entry {
        let times = self.times(item);
        let pending = td_string!(self.locale, queue.waiting).to_lowercase();
        let who = item
            .technician
            .as_deref()
            .filter(|_| named)
            .and_then(|id| self.first_name(id));
        let (title, mut line) = match item.what {
            What::Hold => (
                format!("{} · {} ?", item.client, item.service),
                format!("{times} · {pending}"),
            ),
            What::Visit { .. } => (format!("{} · {}", item.service, item.client), times.clone()),
            What::Blocked => (item.service.clone(), times.clone()),
        };
        if let Some(who) = who {
            line = format!("{line} · {who}");
        }
        Entry {
            span: item.span,
            look: look(item),
            label: format!("{title}, {line}, {}", item.status.1),
            title,
            line,
            href: self.href(sight, item),
            current: [&sight.visit, &sight.open]
                .into_iter()
                .flatten()
                .any(|open| *open == item.reference),
            reference: item.reference.clone(),
            moves: self.books && item.moves,
        }
    }

    /// Where the details of an item are: a visit's at the right, a hold's approve form in the panel.
    pub fn href(&self, sight: &Sight, item: &Item) -> String {
        match item.what {
            What::Visit { .. } => sight.with_visit(Some(&item.reference)),
            What::Hold => sight.with_request(&item.reference),
            What::Blocked => match &item.block {
                Some(id) if self.books => sight.with_block(id),
                Some(_) | None => sight.href(),
            },
        }
    }

    /// "09:00–10:30".
    pub fn times(&self, item: &Item) -> String {
        self.times.times(item.span.start(), item.span.end())
    }

    /// The technician's name.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.workers
            .iter()
            .find(|worker| worker.id == id)
            .map(|worker| worker.name.as_str())
    }

    fn first_name(&self, id: &str) -> Option<&str> {
        self.name(id)?.split_whitespace().next()
    }
}

/// How an item looks.
pub fn look(item: &Item) -> Look {
    match item.what {
        What::Visit { gone: true, .. } => Look::Gone,
        What::Visit { live: true, .. } => Look::Visit,
        What::Visit { .. } => Look::Past,
        What::Hold => Look::Hold,
        What::Blocked => Look::Blocked,
    }
}

/// The first letters of the first and the last word of a name.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    let first = words.next();
    first
        .into_iter()
        .chain(words.next_back())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Minutes of `spans` inside `day`.
fn minutes(spans: &[Span], day: Span) -> i64 {
    let inside = spans.iter().filter_map(|span| {
        Span::new(span.start().max(day.start()), span.end().min(day.end())).ok()
    });
    inside.map(|span| span.minutes()).sum()
}

/// Minutes as hours, halves written out: "7", "3.5".
fn hours(minutes: i64) -> String {
    let halves = (minutes + 15) / 30;
    if halves % 2 == 0 {
        (halves / 2).to_string()
    } else {
        format!("{}.5", halves / 2)
    }
}
