//! The blocking bookings near a window, sorted once: by technician for overlaps, as sessions for caps and units.

use chrono::TimeZone;

use super::{Booking, Facts};
use crate::ids::{BookingId, ServiceId, TechnicianId};
use crate::resource::{Needed, Occupancy};
use crate::zone::{DAY, MINUTE, Micros, micros, micros_up};

/// How far around the window bookings matter: a week for caps, a day of clocks, a day of grids.
pub(crate) const MARGIN: Micros = 9 * DAY;

/// One blocking booking in the engine's units.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) technician: Option<TechnicianId>,
    pub(crate) start: Micros,
    pub(crate) end: Micros,
    pub(crate) service: ServiceId,
    pub(crate) seats: u32,
    pub(crate) before: Micros,
    pub(crate) after: Micros,
    /// Its place in the facts.
    pub(crate) place: usize,
}

impl Row {
    /// Whether two bookings are of one session (R17): never without a technician.
    fn joins(&self, other: &Self) -> bool {
        self.technician.is_some() && self.key() == other.key()
    }

    fn key(&self) -> (Option<TechnicianId>, Micros, Micros, ServiceId) {
        (self.technician, self.start, self.end, self.service)
    }
}

/// Sorted by technician (nobody first), start, end, service: a session's bookings stand together.
pub(crate) struct Ledger {
    pub(crate) rows: Vec<Row>,
}

impl Ledger {
    /// The bookings that block at the facts' now, are not left out (R20) and lie near `[from, to)`.
    pub(crate) fn new<Z: TimeZone>(
        facts: &Facts<Z>,
        leave_out: &[BookingId],
        from: Micros,
        to: Micros,
    ) -> Self {
        let turnaround = facts
            .resources
            .iter()
            .map(|r| r.turnaround_min)
            .max()
            .unwrap_or(0);
        let own = facts
            .technicians
            .iter()
            .map(|t| t.buffer_before.max(t.buffer_after))
            .max()
            .unwrap_or(0);
        let widest = turnaround
            .max(own)
            .max(facts.service.buffer_before)
            .max(facts.service.buffer_after);
        let margin =
            MARGIN + (Micros::from(widest) + Micros::from(facts.service.length_min)) * MINUTE;
        let near = |row: &Row| {
            let reach = margin + row.before.max(row.after);
            row.end.saturating_add(reach) >= from && row.start.saturating_sub(reach) <= to
        };
        let stays = |booking: &Booking| !booking.id.is_some_and(|id| leave_out.contains(&id));
        let mut rows: Vec<Row> = (facts.bookings.iter().enumerate())
            .map(|(place, booking)| (row(place, booking), booking))
            .filter(|(row, booking)| near(row) && booking.blocks_at(facts.now) && stays(booking))
            .map(|(row, _)| row)
            .collect();
        rows.sort_unstable_by_key(Row::key);
        Self { rows }
    }

    pub(crate) const fn empty() -> Self {
        Self { rows: Vec::new() }
    }

    /// The bookings of one technician, or those of nobody; ascending by start.
    pub(crate) fn of(&self, technician: Option<TechnicianId>) -> &[Row] {
        let first = self.rows.partition_point(|row| row.technician < technician);
        let rest = self.rows.get(first..).unwrap_or(&[]);
        let count = rest.partition_point(|row| row.technician == technician);
        rest.get(..count).unwrap_or(&[])
    }

    /// The use of every resource the service can take, a session's bookings once (R18).
    pub(crate) fn occupancies<Z: TimeZone>(&self, facts: &Facts<Z>) -> Vec<Occupancy> {
        let needs = &facts.service.resources;
        let taken = |id| {
            needs.iter().any(|need| match &need.what {
                Needed::Exactly(one) => *one == id,
                Needed::AnyOf(some) => some.contains(&id),
            })
        };
        let mut found = Vec::new();
        for resource in facts.resources.iter().filter(|r| taken(r.id)) {
            let mut uses = Vec::new();
            for session in self.rows.chunk_by(Row::joins) {
                let units = |row: &Row| -> u32 {
                    let all = facts
                        .bookings
                        .get(row.place)
                        .map_or(&[][..], |b| &b.resources);
                    all.iter()
                        .filter(|(id, _)| *id == resource.id)
                        .map(|(_, units)| *units)
                        .sum()
                };
                let (Some(row), Some(most)) = (session.first(), session.iter().map(units).max())
                else {
                    continue;
                };
                if most > 0 {
                    uses.push((row.start, row.end, most));
                }
            }
            found.push(Occupancy::new(resource, &uses));
        }
        found
    }
}

/// One booking a session, for counting (R22).
pub(crate) fn sessions(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.chunk_by(Row::joins)
        .filter_map(|session| session.first())
}

fn row(place: usize, booking: &Booking) -> Row {
    Row {
        technician: booking.technician,
        start: micros(booking.span.start()),
        end: micros_up(booking.span.end()),
        service: booking.service,
        seats: booking.seats,
        before: Micros::from(booking.before_min) * MINUTE,
        after: Micros::from(booking.after_min) * MINUTE,
        place,
    }
}
