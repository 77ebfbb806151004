//! Puts a visit on the calendar: what is hard and what is soft against a time with its technicians and resources (R14, R17,
//! R18, R23), and the rows it takes. Everything that staff book, move or repeat goes through here, under the locks.

use booking::clash::{Clash, Objection, hard_clashes, soft_objections};
use booking::ids::{BookingId, ResourceId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::resource::{Needed, ResourceNeed};
use booking::slots::{self, Booking, BookingStatus, Facts};
use booking::span::Span;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::desk::Work;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::hold::{self, Place};
use crate::submit_request::has_session;
use crate::table::{booking as bookings, service};
use crate::trouble::{Beside, Result};

/// A time with all that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// When.
    pub span: Span,
    /// Who comes; nobody: nobody yet.
    pub technicians: Vec<TechnicianId>,
    /// Seats in a session, at least 1.
    pub seats: u32,
}

/// The calendar around some times of one service, ready to answer and to be written into.
pub(crate) struct Placing {
    pub book: Book,
    pub entry: service::Model,
    pub facts: Facts<Tz>,
    /// Rows that are being moved: they do not count (R20).
    pub own: Vec<BookingId>,
}

impl Placing {
    /// Loads it for starts in `[from, to)`. `chosen` are resources that staff named; they serve the needs of the service
    /// where they can, and are taken besides where they cannot.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] beside `service`.
    pub(crate) async fn load<C: ConnectionTrait>(
        db: &C,
        now: DateTime<Utc>,
        (service, length_min): (ServiceId, u32),
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        chosen: &[(ResourceId, u32)],
    ) -> Result<Self> {
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from,
            to,
        };
        let book = Book::load(db, now, &wanted).await?;
        let mut book = book.ok_or(Refusal::NotFound).beside("service")?;
        let entry = book.service(service).cloned();
        let entry = entry.ok_or(Refusal::NotFound).beside("service")?;
        let mut facts = book.facts(&entry, length_min).clone();
        let known = |id: &ResourceId| facts.resources.iter().any(|one| one.id == *id);
        if !chosen.iter().all(|(id, _)| known(id)) {
            return Err(Refusal::BadChoice).beside("resources");
        }
        facts.service.resources = needed(&facts.service.resources, chosen);
        Ok(Self {
            book,
            entry,
            facts,
            own: Vec::new(),
        })
    }

    /// Everything hard against a spot, and against whom; empty: it can be had.
    pub(crate) fn clashes(&self, spot: &Spot) -> Vec<(Option<TechnicianId>, Clash)> {
        let mut found: Vec<(Option<TechnicianId>, Clash)> = Vec::new();
        for technician in each(spot) {
            let all = hard_clashes(&self.facts, technician, spot.span, spot.seats, &self.own);
            for clash in all {
                // Seats and units are the visit's, however many come.
                let shared = matches!(clash, Clash::Seats { .. } | Clash::Units { .. });
                if !shared || found.iter().all(|(_, other)| *other != clash) {
                    found.push((technician, clash));
                }
            }
        }
        found
    }

    /// Everything soft against a spot that staff have to answer with a reason; each once, most telling first.
    pub(crate) fn objections(&self, spot: &Spot) -> Vec<Objection> {
        let of =
            |technician| soft_objections(&self.facts, technician, spot.span, spot.seats, &self.own);
        let mut found: Vec<Objection> = each(spot).into_iter().flat_map(of).collect();
        found.retain(|objection| counts(*objection));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Takes a spot for a visit. `rows` are the visit's own, which are used again, technician by technician; those that
    /// are left over are taken out.
    pub(crate) async fn occupy(
        &mut self,
        work: &Work,
        spot: &Spot,
        of: &Occupant,
        rows: &[bookings::Model],
    ) -> Result<()> {
        let mut left: Vec<&bookings::Model> = rows.iter().collect();
        let technicians = each(spot);
        let mut kept = Vec::new();
        for technician in &technicians {
            let same = left
                .iter()
                .position(|row| row.technician_id.map(crate::key::Key::of) == *technician);
            kept.push(same.map(|place| left.remove(place)));
        }
        // A row that leaves gives way before another is put in its place.
        for row in &mut kept {
            if row.is_none() && !left.is_empty() {
                *row = Some(left.remove(0));
            }
        }
        for row in left {
            hold::remove(work, row).await?;
        }
        for (nth, (technician, row)) in technicians.into_iter().zip(kept).enumerate() {
            let place = self.place(spot, of, technician, nth == 0)?;
            let id = hold::occupy(work, row, &place).await?;
            self.note(id, &place);
        }
        Ok(())
    }

    fn place(
        &self,
        spot: &Spot,
        of: &Occupant,
        technician: Option<TechnicianId>,
        first: bool,
    ) -> Result<Place> {
        let joins = technician.is_some_and(|id| has_session(&self.facts, id, spot.span, &self.own));
        let resources = match first && !joins && of.status.blocks() {
            true => slots::resources_for(&self.facts, spot.span, &self.own)?,
            false => Vec::new(),
        };
        Ok(Place {
            technician,
            service: self.facts.service.id,
            span: spot.span,
            buffers: hold::buffers(&self.facts, technician),
            seats: spot.seats,
            group: self.entry.capacity > 1,
            status: of.status,
            expires: None,
            request: of.request,
            visit: Some(of.visit),
            resources,
        })
    }

    /// What was just taken counts for what comes after it.
    fn note(&mut self, id: Uuid, place: &Place) {
        use crate::key::Key;
        self.facts.bookings.push(Booking {
            id: Some(BookingId::of(id)),
            technician: place.technician,
            service: place.service,
            span: place.span,
            status: place.status,
            expires: None,
            seats: place.seats,
            before_min: place.buffers.0,
            after_min: place.buffers.1,
            resources: place.resources.clone(),
        });
    }

    /// The most seats a session has.
    pub(crate) fn capacity(&self) -> u32 {
        amount(self.entry.capacity)
    }
}

/// Whose rows they are.
pub(crate) struct Occupant {
    /// The visit.
    pub visit: Uuid,
    /// The request it came from.
    pub request: Option<Uuid>,
    /// The visit's status.
    pub status: BookingStatus,
}

/// Each technician; one time nobody, where nobody comes yet.
fn each(spot: &Spot) -> Vec<Option<TechnicianId>> {
    match spot.technicians.is_empty() {
        true => vec![None],
        false => spot.technicians.iter().copied().map(Some).collect(),
    }
}

/// Which objections staff have to answer: the grid and what clients may book are for clients.
fn counts(objection: Objection) -> bool {
    crate::approve_request::counts(objection, false)
}

/// The needs of a service with the resources that staff chose: a chosen one serves a need it can serve.
fn needed(needs: &[ResourceNeed], chosen: &[(ResourceId, u32)]) -> Vec<ResourceNeed> {
    let mut needs = needs.to_vec();
    for (id, units) in chosen {
        let serves = needs.iter_mut().find(|need| match &need.what {
            Needed::Exactly(one) => one == id,
            Needed::AnyOf(some) => some.contains(id),
        });
        match serves {
            Some(need) => {
                need.what = Needed::Exactly(*id);
                need.units = need.units.max(*units);
            }
            None => needs.push(ResourceNeed {
                what: Needed::Exactly(*id),
                units: *units,
            }),
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(ids: &[u128], units: u32) -> ResourceNeed {
        ResourceNeed {
            what: Needed::AnyOf(ids.iter().map(|id| ResourceId::new(*id)).collect()),
            units,
        }
    }

    fn exactly(id: u128, units: u32) -> ResourceNeed {
        ResourceNeed {
            what: Needed::Exactly(ResourceId::new(id)),
            units,
        }
    }

    #[test]
    fn a_chosen_van_is_the_van_that_is_needed() {
        let needs = [any(&[1, 2], 1)];
        let chosen = [(ResourceId::new(2), 1)];
        assert_eq!(needed(&needs, &chosen), [exactly(2, 1)]);
    }

    #[test]
    fn what_no_need_asks_for_is_taken_besides() {
        let needs = [any(&[1, 2], 1)];
        let chosen = [(ResourceId::new(9), 3)];
        assert_eq!(needed(&needs, &chosen), [any(&[1, 2], 1), exactly(9, 3)]);
    }

    #[test]
    fn two_chosen_vans_are_one_needed_and_one_more() {
        let needs = [any(&[1, 2], 1)];
        let chosen = [(ResourceId::new(1), 1), (ResourceId::new(2), 1)];
        assert_eq!(needed(&needs, &chosen), [exactly(1, 1), exactly(2, 1)]);
    }
}
