//! The form of an appointment, as staff fill it in: what it says, what of it is refused, and the answer to it. New
//! appointments, changed ones and series share it.

use booking::clash::{Clash, Objection};
use booking::ids::{BookingId, ResourceId, ServiceId, SubjectId, TechnicianId};
use booking::people::{Notes, Reason};
use booking::refusal::Refusal;
use booking::slots::{Query, next_free};
use booking::span::Span;
use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clash_check::ClashSeen;
use crate::desk::{Desk, Work};
use crate::free_slots::{OfferedSlot, around, offered, sane};
use crate::placing::{Placing, Spot};
use crate::table::business;
use crate::ticket::{self, Typist};
use crate::trouble::{Beside, Result};
use crate::visit_row;

/// The most technicians of one visit.
pub const MOST_TECHNICIANS: usize = 20;

/// What the form says; texts as they were typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitForm {
    /// What for.
    pub service: ServiceId,
    /// Who comes; nobody: nobody yet.
    pub technicians: Vec<TechnicianId>,
    /// When.
    pub start: DateTime<Utc>,
    /// How long, in minutes.
    pub length_min: u32,
    /// Seats in a session; 1 for what is no group.
    pub seats: u32,
    /// Resources that staff chose, with units: they serve the service's needs, or are taken besides.
    pub resources: Vec<(ResourceId, u32)>,
    /// What it is for.
    pub subjects: Vec<SubjectId>,
    /// For the client to read.
    pub notes: String,
    /// For staff only.
    pub internal_notes: String,
    /// A ticket; may be empty.
    pub ticket: String,
    /// Why soft rules are overruled; may be empty (R23).
    pub override_reason: String,
}

impl VisitForm {
    /// The time with all that it takes.
    ///
    /// # Errors
    /// Beside the field: a time or a length that cannot be, too many technicians, no seats.
    pub(crate) fn spot(&self) -> Result<Spot> {
        booking::service::check_length(self.length_min).beside("length")?;
        let span = Span::of(sane(self.start)?, self.length_min).beside("start")?;
        let mut technicians = self.technicians.clone();
        technicians.sort_unstable();
        technicians.dedup();
        if technicians.len() > MOST_TECHNICIANS {
            return Err(Refusal::BadAmount).beside("technicians");
        }
        let units = self
            .resources
            .iter()
            .all(|(_, units)| (1..=1_000).contains(units));
        if !units {
            return Err(Refusal::BadAmount).beside("resources");
        }
        if self.seats == 0 {
            return Err(Refusal::BadAmount).beside("seats");
        }
        Ok(Spot {
            span,
            technicians,
            seats: self.seats,
        })
    }
}

/// The texts of the form, checked.
pub(crate) struct FormWords {
    pub notes: String,
    pub internal_notes: String,
    pub ticket: Option<String>,
    pub reason: Option<String>,
    pub subjects: Vec<Uuid>,
}

impl FormWords {
    pub(crate) async fn read(
        work: &Work,
        business: &business::Model,
        client: Uuid,
        form: &VisitForm,
    ) -> Result<Self> {
        let text = |typed: &str, field| -> Result<String> {
            let notes = Notes::optional(typed).beside(field)?;
            Ok(notes.as_ref().map_or("", Notes::as_str).to_owned())
        };
        let client_id = crate::key::Key::of(client);
        let reason = Reason::optional(&form.override_reason).beside("override_reason")?;
        Ok(Self {
            notes: text(&form.notes, "notes")?,
            internal_notes: text(&form.internal_notes, "internal_notes")?,
            ticket: ticket::linked(work, business, client_id, &form.ticket, Typist::Staff).await?,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            subjects: visit_row::check_subjects(work, client, &form.subjects).await?,
        })
    }
}

/// What is in the way of one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// Whose time it is in the way of; nobody: of the visit as a whole.
    pub technician: Option<TechnicianId>,
    /// What, when, whose.
    pub clash: ClashSeen,
}

/// An occurrence of a series that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Its name in its series, while a new one is planned.
    pub original: Option<NaiveDateTime>,
    /// What is in the way.
    pub obstacles: Vec<Obstacle>,
    /// Times at which it could be instead, nearest first; while a new series is planned.
    pub instead: Vec<DateTime<Utc>>,
}

/// The answer to the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Booked {
    /// It is booked, or changed, and everybody is told.
    Done {
        /// `V-…`; of a series the first.
        visit: String,
        /// How many visits.
        visits: usize,
        /// How many occurrences were left out because something is in the way.
        skipped: usize,
    },
    /// The time cannot be had: nothing was written.
    Lost {
        /// What is in the way.
        obstacles: Vec<Obstacle>,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
    /// Soft rules speak against it: nothing was written; a reason overrules them (R23).
    Objected {
        /// Which, most telling first.
        objections: Vec<Objection>,
    },
    /// Some occurrences cannot be had: nothing was written (R28).
    Conflicts {
        /// How many can.
        free: usize,
        /// Those that cannot.
        conflicts: Vec<Conflict>,
    },
}

/// What is in the way of a spot, with names.
pub(crate) async fn obstacles<C: ConnectionTrait>(
    db: &C,
    clashes: &[(Option<TechnicianId>, Clash)],
) -> Result<Vec<Obstacle>> {
    let plain: Vec<Clash> = clashes.iter().map(|(_, clash)| clash.clone()).collect();
    let seen = crate::clash_check::seen(db, &plain).await?;
    let whose = clashes.iter().map(|(technician, clash)| match clash {
        Clash::Seats { .. } | Clash::Units { .. } => None,
        Clash::Booking { .. } | Clash::NotQualified | Clash::Inactive => *technician,
    });
    Ok(whose
        .zip(seen)
        .map(|(technician, clash)| Obstacle { technician, clash })
        .collect())
}

/// A technician who cannot do it at any time is a mistake in the form.
pub(crate) fn beside_technicians(clashes: &[(Option<TechnicianId>, Clash)]) -> Result<()> {
    let never = clashes.iter().find_map(|(_, clash)| match clash {
        Clash::NotQualified | Clash::Inactive => Some(clash.refusal()),
        Clash::Booking { .. } | Clash::Seats { .. } | Clash::Units { .. } => None,
    });
    never.map_or(Ok(()), |why| Err(why).beside("technicians"))
}

impl Desk {
    /// The answer when a time is gone: what is in the way, and what else is free.
    pub(crate) async fn time_is_lost(
        &self,
        form: &VisitForm,
        clashes: &[(Option<TechnicianId>, Clash)],
        own: Vec<BookingId>,
    ) -> Result<Booked> {
        Ok(Booked::Lost {
            obstacles: obstacles(self.db(), clashes).await?,
            next: self.free_nearby(form, &form.spot()?, own).await?,
        })
    }

    /// The free slots nearest to a spot, with the first of its technicians or else with anyone; at most three.
    pub(crate) async fn free_nearby(
        &self,
        form: &VisitForm,
        spot: &Spot,
        own: Vec<BookingId>,
    ) -> Result<Vec<OfferedSlot>> {
        let now = self.now();
        let (from, to) = around(now, spot.span.start());
        let what = (form.service, form.length_min);
        let placing = Placing::load(self.db(), now, what, (from, to), &form.resources).await?;
        let find = |technician| {
            let query = Query {
                from,
                to,
                technician,
                seats: spot.seats,
                leave_out: own.clone(),
            };
            next_free(&placing.facts, &query, spot.span.start(), 3)
        };
        let first = spot.technicians.first().copied();
        let mut next = find(first);
        if next.is_empty() && first.is_some() {
            next = find(None);
        }
        Ok(next.into_iter().map(|slot| offered(slot, true)).collect())
    }
}
