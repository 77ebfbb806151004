//! Locations and equipment: how many units are in use at most while a visit would need them (R18).

use serde::{Deserialize, Serialize};

use crate::ids::ResourceId;
use crate::zone::{MINUTE, Micros};

/// A location or a piece of equipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Which one.
    pub id: ResourceId,
    /// How many can be used at once.
    pub units: u32,
    /// Minutes after each use before a unit can be used again.
    pub turnaround_min: u32,
}

/// Which resource a service needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// This one.
    Exactly(ResourceId),
    /// Any one of a type, given as the resources of that type; a single one has to have all units needed (R18).
    AnyOf(Vec<ResourceId>),
}

/// What a service takes of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceNeed {
    /// Which resource.
    pub what: Needed,
    /// Units of it.
    pub units: u32,
}

/// The use of one resource by other bookings.
pub(crate) struct Occupancy {
    pub(crate) id: ResourceId,
    units: u32,
    turnaround: Micros,
    stairs: Stairs,
}

impl Occupancy {
    /// `uses` are bare spans with units, each session once.
    pub(crate) fn new(resource: &Resource, uses: &[(Micros, Micros, u32)]) -> Self {
        let turnaround = Micros::from(resource.turnaround_min) * MINUTE;
        let occupied: Vec<_> = uses
            .iter()
            .map(|u| (u.0, u.1.saturating_add(turnaround), u.2))
            .collect();
        Self {
            id: resource.id,
            units: resource.units,
            turnaround,
            stairs: Stairs::new(&occupied),
        }
    }

    /// Units that are free all through a visit of `[start, end)` and its turnaround; below 0 when it is overbooked.
    pub(crate) fn free(&self, start: Micros, end: Micros) -> i64 {
        i64::from(self.units) - self.stairs.peak(start, end.saturating_add(self.turnaround))
    }
}

/// How many are in use from each instant on.
pub(crate) struct Stairs {
    /// (from this instant on, in use), ascending.
    steps: Vec<(Micros, i64)>,
}

impl Stairs {
    /// `uses` are half-open spans with how many they use.
    pub(crate) fn new(uses: &[(Micros, Micros, u32)]) -> Self {
        let mut changes: Vec<(Micros, i64)> = Vec::with_capacity(uses.len() * 2);
        for &(start, end, units) in uses {
            changes.push((start, i64::from(units)));
            changes.push((end, -i64::from(units)));
        }
        changes.sort_unstable_by_key(|change| change.0);
        let mut steps: Vec<(Micros, i64)> = Vec::with_capacity(changes.len());
        let mut in_use = 0;
        for (at, change) in changes {
            in_use += change;
            match steps.last_mut() {
                Some(last) if last.0 == at => last.1 = in_use,
                Some(_) | None => steps.push((at, in_use)),
            }
        }
        Self { steps }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The most in use at one moment of `[start, end)`.
    pub(crate) fn peak(&self, start: Micros, end: Micros) -> i64 {
        let next = self.steps.partition_point(|step| step.0 <= start);
        let before = next
            .checked_sub(1)
            .and_then(|i| self.steps.get(i))
            .map_or(0, |step| step.1);
        let during = self
            .steps
            .iter()
            .skip(next)
            .take_while(|step| step.0 < end)
            .map(|step| step.1);
        during.fold(before, i64::max)
    }
}

/// Finds the units for all needs of a service during `[start, end)` (R18): what each need gets, in the order of the
/// needs, or the resources that were looked for in vain.
pub(crate) fn allot(
    needs: &[ResourceNeed],
    all: &[Occupancy],
    start: Micros,
    end: Micros,
) -> Result<Vec<(ResourceId, u32)>, Vec<ResourceId>> {
    let mut free: Vec<(ResourceId, i64)> = all.iter().map(|o| (o.id, o.free(start, end))).collect();
    let (mut given, mut open) = (Vec::new(), Vec::new());
    for need in needs {
        match &need.what {
            Needed::Exactly(id) if take(&mut free, *id, need.units) => {
                given.push((*id, need.units))
            }
            Needed::Exactly(id) => return Err(vec![*id]),
            Needed::AnyOf(ids) => open.push((ids.as_slice(), need.units)),
        }
    }
    if place(&open, &mut free, &mut given) {
        return Ok(given);
    }
    let mut looked_for: Vec<ResourceId> = open
        .iter()
        .flat_map(|(ids, _)| ids.iter().copied())
        .collect();
    looked_for.sort_unstable();
    looked_for.dedup();
    Err(looked_for)
}

fn take(free: &mut [(ResourceId, i64)], id: ResourceId, units: u32) -> bool {
    match free.iter_mut().find(|entry| entry.0 == id) {
        Some(entry) if entry.1 >= i64::from(units) => {
            entry.1 -= i64::from(units);
            true
        }
        Some(_) | None => false,
    }
}

/// Tries every choice: a service needs one or two such resources, never many.
fn place(
    open: &[(&[ResourceId], u32)],
    free: &mut [(ResourceId, i64)],
    given: &mut Vec<(ResourceId, u32)>,
) -> bool {
    let Some(((ids, units), rest)) = open.split_first() else {
        return true;
    };
    for id in *ids {
        if !take(free, *id, *units) {
            continue;
        }
        given.push((*id, *units));
        if place(rest, free, given) {
            return true;
        }
        given.pop();
        if let Some(entry) = free.iter_mut().find(|entry| entry.0 == *id) {
            entry.1 += i64::from(*units);
        }
    }
    false
}
