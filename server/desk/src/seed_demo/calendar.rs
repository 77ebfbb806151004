//! Finds times for the demonstration's visits and requests: asks the slot engine, as everybody does.

use booking::ids::{BookingId, ResourceId, ServiceId, TechnicianId};
use booking::slots::{self, Booking, BookingStatus, Facts, Query, Slot};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::desk::Work;
use crate::free_slots::load::{Book, Wanted};
use crate::hold;
use crate::key::Key;
use crate::table::service;
use crate::trouble::{Fault, Result};

/// What has been placed so far, and what the engine knows beside it.
pub(super) struct Calendar {
    book: Book,
    placed: Vec<Booking>,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    /// Which service, by its place in the catalogue.
    pub(super) service: usize,
    /// Minutes.
    pub(super) length: u32,
    /// On which date of the business.
    pub(super) day: NaiveDate,
    /// With whom; nobody: whoever is free.
    pub(super) technician: Option<TechnicianId>,
    /// Which of the free slots, counted around.
    pub(super) nth: usize,
    /// When it is asked for: notice counts from there.
    pub(super) asked: DateTime<Utc>,
}

/// A time that is free.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) service: service::Model,
    pub(super) technician: TechnicianId,
    pub(super) span: Span,
    pub(super) buffers: (u32, u32),
    pub(super) resources: Vec<(ResourceId, u32)>,
}

impl Calendar {
    pub(super) async fn open(work: &Work) -> Result<Self> {
        let wanted = Wanted {
            service: None,
            client: None,
            from: work.now() - TimeDelta::days(30),
            to: work.now() + TimeDelta::days(40),
        };
        let book = Book::load(work.tx(), work.now(), &wanted).await?;
        let book =
            book.ok_or_else(|| Fault::Machine("the demonstration has no business".to_owned()))?;
        Ok(Self {
            book,
            placed: Vec::new(),
        })
    }

    /// The business's zone.
    pub(super) fn zone(&self) -> Tz {
        self.book.zone()
    }

    /// A free time, or none on that day.
    pub(super) fn find(&mut self, wish: &Wish) -> Option<Found> {
        let zone = self.zone();
        let (service, facts) = self.facts(wish)?;
        let query = Query {
            from: zone::first_instant(&zone, wish.day),
            to: zone::first_instant(&zone, wish.day.succ_opt()?),
            technician: wish.technician,
            seats: 1,
            leave_out: Vec::new(),
        };
        let free: Vec<Slot> = slots::slots(&facts, &query);
        let slot = free.get(wish.nth % free.len().max(1))?;
        let technician = *slot
            .technicians
            .get(wish.nth % slot.technicians.len().max(1))?;
        let span = Span::new(slot.start, slot.end).ok()?;
        Some(Found {
            service,
            technician,
            span,
            buffers: hold::buffers(&facts, Some(technician)),
            resources: slots::resources_for(&facts, span, &[]).ok()?,
        })
    }

    /// From now on this time is taken: by a technician, or as a hold on anyone.
    pub(super) fn take(
        &mut self,
        id: Uuid,
        found: &Found,
        technician: Option<TechnicianId>,
        status: BookingStatus,
    ) {
        self.placed.push(Booking {
            id: Some(BookingId::of(id)),
            technician,
            service: ServiceId::of(found.service.id),
            span: found.span,
            status,
            expires: None,
            seats: 1,
            before_min: found.buffers.0,
            after_min: found.buffers.1,
            resources: found.resources.clone(),
        });
    }

    fn facts(&mut self, wish: &Wish) -> Option<(service::Model, Facts<Tz>)> {
        let service = self
            .book
            .services
            .iter()
            .find(|one| usize::try_from(one.position) == Ok(wish.service))?
            .clone();
        let mut facts = self.book.facts(&service, wish.length).clone();
        facts.now = wish.asked;
        facts.bookings.clone_from(&self.placed);
        Some((service, facts))
    }
}
