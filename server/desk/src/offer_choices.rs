//! What staff choose from when they make an offer: the free times nearest to what was asked, and who could come. Nothing is
//! locked: sending asks again.

use booking::ids::{ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Serialize;

use crate::desk::Desk;
use crate::free_slots::OfferedSlot;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::queue::names;
use crate::table::request;
use crate::trouble::{Beside, Result};

/// How many free times are suggested.
pub const SUGGESTED: usize = 6;
/// How many are looked at for each that is suggested: neighbours on the grid overlap.
const LOOKED_AT: usize = 6;

/// What staff choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfferChoices {
    /// What was asked, where that is still free.
    pub asked: Option<FreeTime>,
    /// Free times, the earliest first; none is what was asked, and any of them can be offered together.
    pub free: Vec<FreeTime>,
    /// Who can perform the service, in the order of the team.
    pub technicians: Vec<(TechnicianId, String)>,
}

/// A free time with somebody who could come: the technician the client named, where they are free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FreeTime {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who.
    pub technician: (TechnicianId, String),
}

impl Desk {
    /// The free times nearest to what a request asks for, at a length (none: as asked), and who could come.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; a length that cannot be, beside `length`.
    pub async fn offer_choices(
        &self,
        who: &StaffPass,
        reference: &str,
        length_min: Option<u32>,
    ) -> Result<OfferChoices> {
        let row = self.request_seen(who, reference).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        let length = length_min.unwrap_or_else(|| amount(row.length_min));
        booking::service::check_length(length).beside("length")?;
        let service = ServiceId::of(row.service_id);
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from: self.now(),
            to: self.now(),
        };
        let book = Book::load(self.db(), self.now(), &wanted).await?;
        let mut book = book.ok_or(Refusal::NotFound)?;
        let entry = book.service(service).cloned().ok_or(Refusal::NotFound)?;
        let names = names(self.db()).await?;
        let name = |id: TechnicianId| (id, names.get(&id).cloned().unwrap_or_default());
        let near = Span::of(self.near(&row, &book), length).beside("length")?;
        let n = SUGGESTED * LOOKED_AT;
        let slots = self.free_near(&row, None, near, n).await?;
        let asked = row.technician_id.map(TechnicianId::of);
        let all = slots.iter().filter_map(|slot| {
            let (start, end) = (slot.start, slot.end);
            let technician = name(comes(slot, asked)?);
            Some(FreeTime {
                start,
                end,
                technician,
            })
        });
        let all: Vec<FreeTime> = all.collect();
        let named = all.iter().find(|time| Some(time.start) == row.starts_at);
        let buffer = entry.buffer_before.max(entry.buffer_after);
        let free = apart(&all, row.starts_at, TimeDelta::minutes(i64::from(buffer)));
        let mut able: Vec<TechnicianId> = able(&mut book, &entry, length);
        able.sort_by_key(|id| book.position(*id));
        Ok(OfferChoices {
            asked: named.cloned(),
            free,
            technicians: able.into_iter().map(name).collect(),
        })
    }

    /// Where free times are looked for: at what was asked, at the window's first morning, or from now on.
    fn near(&self, row: &request::Model, book: &Book) -> DateTime<Utc> {
        let morning = row.window_from.map(|date| {
            let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
            zone::single(&book.zone(), date.and_time(nine))
        });
        let near = row.starts_at.or(morning).unwrap_or(self.now());
        near.max(self.now())
    }
}

/// The technician the client named, where they are free, or whoever is.
fn comes(slot: &OfferedSlot, asked: Option<TechnicianId>) -> Option<TechnicianId> {
    let named = asked.filter(|id| slot.technicians.contains(id));
    named.or(slot.technicians.first().copied())
}

/// Other times than the one asked for that leave each other alone, the buffer of the service included.
fn apart(all: &[FreeTime], asked: Option<DateTime<Utc>>, buffer: TimeDelta) -> Vec<FreeTime> {
    let mut free: Vec<FreeTime> = Vec::new();
    for time in all.iter().filter(|time| Some(time.start) != asked) {
        let clear = |last: &FreeTime| last.end + buffer <= time.start;
        if free.len() < SUGGESTED && free.last().is_none_or(clear) {
            free.push(time.clone());
        }
    }
    free
}

fn able(book: &mut Book, entry: &crate::table::service::Model, length: u32) -> Vec<TechnicianId> {
    let facts = book.facts(entry, length);
    let qualified = facts
        .technicians
        .iter()
        .filter(|one| one.active && facts.service.is_performed_by(one.id));
    qualified.map(|one| one.id).collect()
}
