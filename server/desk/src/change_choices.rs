//! What staff can choose from when they decide a change: who could come at the time that is wanted, or when and with whom
//! it could be in a time block. Reads only; approving asks again.

use booking::change::WantedTime;
use booking::ids::{BookingId, ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::refusal::Refusal;
use booking::slots::{self, Facts, Query};
use booking::span::Span;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::placing::{Placing, Spot};
use crate::queue::names;
use crate::table::{booking as bookings, change, change_hold, visit};
use crate::trouble::Result;
use crate::visit_form::{Obstacle, obstacles};

/// What staff see beside a change that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeChoices {
    /// Who could come: their name, whether they are free then, and whether they come to the visit now. Several who come
    /// together are one choice, with all their names.
    pub technicians: Vec<(TechnicianId, String, bool, bool)>,
    /// What is in the way of those who come now.
    pub obstacles: Vec<Obstacle>,
    /// Where a block was asked for: its free times with who could come, those who come now first.
    pub times: Option<Vec<BlockTime>>,
}

/// A free time in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockTime {
    /// Its start.
    pub start: DateTime<Utc>,
    /// Who could come; of several who come together one of them.
    pub technician: TechnicianId,
    /// Their name, or the names of all who come together.
    pub name: String,
    /// Whether they come to the visit now.
    pub comes: bool,
}

impl Desk {
    /// Who could come to a visit as a change wants it, and what is in the way of those who come now; nothing where neither
    /// time nor service would be another.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn change_choices(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<ChangeChoices>> {
        self.change_seen(who, reference)
            .await?
            .ok_or(Refusal::NotFound)?;
        let row = change::Entity::find().filter(change::Column::Reference.eq(reference));
        let row = row.one(self.db()).await?.ok_or(Refusal::NotFound)?;
        let visit = visit::Entity::find_by_id(row.visit_id)
            .one(self.db())
            .await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        if row.is_cancellation() || (row.starts_at.is_none() && row.service_id.is_none()) {
            return Ok(None);
        }
        let wanted = match row.time()? {
            Some(time) => time,
            None => WantedTime::Exact(visit.span()?),
        };
        let span = wanted.span();
        let held = change_hold_ids(self.db(), row.id).await?;
        let taken = bookings::Entity::find()
            .filter(bookings::Column::VisitId.eq(visit.id))
            .all(self.db())
            .await?;
        let service = ServiceId::of(row.service_id.unwrap_or(visit.service_id));
        let length = match wanted {
            WantedTime::Exact(span) => u32::try_from(span.minutes()).unwrap_or(0),
            WantedTime::Block { length_min, .. } => length_min,
        };
        let range = (span.start(), span.end());
        let mut placing =
            Placing::load(self.db(), self.now(), (service, length), range, &[]).await?;
        placing.own = held;
        placing
            .own
            .extend(taken.iter().map(|row| BookingId::of(row.id)));
        let now: Vec<TechnicianId> = {
            let ids = taken.iter().filter_map(|row| row.technician_id);
            let mut ids: Vec<TechnicianId> = ids.map(TechnicianId::of).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let names = names(self.db()).await?;
        let named = |id: &TechnicianId| names.get(id).cloned().unwrap_or_default();
        let together = now.iter().map(named).collect::<Vec<_>>().join(", ");
        if let WantedTime::Block { within, length_min } = wanted {
            let times = block_times(&mut placing, (within, length_min), self.now(), &now);
            let times = times.into_iter().map(|(start, technician)| BlockTime {
                start,
                technician,
                name: match now.contains(&technician) {
                    true => together.clone(),
                    false => named(&technician),
                },
                comes: now.contains(&technician),
            });
            return Ok(Some(ChangeChoices {
                technicians: Vec::new(),
                obstacles: Vec::new(),
                times: Some(times.collect()),
            }));
        }
        let spot = |technicians: Vec<TechnicianId>| Spot {
            span,
            technicians,
            seats: amount(visit.seats),
        };
        let others: Vec<_> = placing
            .book
            .technicians()
            .iter()
            .filter(|one| one.active && placing.book.can_send(&placing.entry, one.id))
            .map(|one| one.id)
            .collect();
        let clashes = match now.is_empty() {
            true => Vec::new(),
            false => placing.clashes(&spot(now.clone())),
        };
        // Several who come together are one choice.
        let come = now.iter().find(|id| others.contains(id));
        let come = come.map(|id| (*id, together, clashes.is_empty(), true));
        let others = others.iter().filter(|id| !now.contains(id)).map(|id| {
            let free = placing.clashes(&spot(vec![*id])).is_empty();
            (*id, named(id), free, false)
        });
        let mut technicians: Vec<_> = come.into_iter().chain(others).collect();
        technicians.sort_by_key(|(id, _, free, comes)| {
            (!(*comes && *free), !*free, placing.book.position(*id))
        });
        Ok(Some(ChangeChoices {
            technicians,
            obstacles: obstacles(self.db(), &clashes).await?,
            times: None,
        }))
    }
}

/// The free times of a block, in order, with everybody who could come: those who come now first. Notice, cut-off and
/// advance bind the client, not staff.
fn block_times(
    placing: &mut Placing,
    (within, length_min): (Span, u32),
    now: DateTime<Utc>,
    comes: &[TechnicianId],
) -> Vec<(DateTime<Utc>, TechnicianId)> {
    let mut entry = placing.entry.clone();
    (entry.notice_min, entry.advance_days) = (0, None);
    let last = within.end() - TimeDelta::minutes(i64::from(length_min));
    let question = Query {
        leave_out: placing.own.clone(),
        ..Query::anyone(within.start().max(now), last + TimeDelta::microseconds(1))
    };
    let facts = Facts {
        request_cut_off: CutOff::None,
        ..placing.book.facts(&entry, length_min).clone()
    };
    let found = slots::slots(&facts, &question);
    let mut times = Vec::new();
    for slot in found {
        let mut who = slot.technicians;
        // Those who come now come together, or not at all.
        let all = comes.iter().all(|id| who.contains(id));
        who.retain(|id| !comes.contains(id) || (all && comes.first() == Some(id)));
        who.sort_by_key(|id| (!comes.contains(id), placing.book.position(*id)));
        times.extend(who.into_iter().map(|technician| (slot.start, technician)));
    }
    times
}

async fn change_hold_ids<C: ConnectionTrait>(db: &C, change: Uuid) -> Result<Vec<BookingId>> {
    let rows = change_hold::Entity::find().filter(change_hold::Column::ChangeId.eq(change));
    let rows = rows.all(db).await?.into_iter();
    Ok(rows.map(|row| BookingId::of(row.booking_id)).collect())
}
