//! Lays out series that go on (decision 19): every night each reaches a year ahead again. New visits are like the latest of
//! the series; what is in the way is left out and reported to the approvers.

use booking::ids::PersonId;
use booking::letter::Event;
use booking::recurrence::{MOST_OCCURRENCES, Recurrence};
use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Months, NaiveDateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::change_visit::{Placed, placed};
use crate::create_series::{MONTHS_AHEAD, local, sort};
use crate::create_visit::booking_status;
use crate::desk::{Desk, Happened, Work};
use crate::free_slots::load::{amount, read_zone};
use crate::history::Entry;
use crate::key::Key;
use crate::placing::{Occupant, Placing, Spot};
use crate::table::{series, visit};
use crate::trouble::{Fault, Result};
use crate::visit_row::{self, Draft};

impl Desk {
    /// Lays out every series that is due; how many visits were added.
    ///
    /// # Errors
    /// The database's; the series done before stay done.
    pub async fn extend_series(&self) -> Result<u64> {
        let until = self.now() + Months::new(MONTHS_AHEAD);
        let due: Vec<Uuid> = series::Entity::find()
            .select_only()
            .column(series::Column::Id)
            .filter(series::Column::Active.eq(true))
            .filter(series::Column::LaidUntil.lt(until))
            .order_by_asc(series::Column::Id)
            .into_tuple()
            .all(self.db())
            .await?;
        let mut added = 0;
        for id in due {
            added += self.extend_one(id, until).await?;
        }
        Ok(added)
    }

    async fn extend_one(&self, id: Uuid, until: DateTime<Utc>) -> Result<u64> {
        let mut work = self.begin().await?;
        let found = series::Entity::find_by_id(id).lock_exclusive();
        let Some(row) = found.one(work.tx()).await? else {
            return Ok(0);
        };
        if !row.active || row.laid_until >= until {
            return Ok(0);
        }
        let Some(last) = last_of(&work, id).await? else {
            return end(work, row).await;
        };
        let next = next_of(&row, &last, until)?;
        let added = lay(&mut work, &row, last, &next).await?;
        let open = next.len() < MOST_OCCURRENCES || next.is_empty();
        let reached = match (open, next.last()) {
            (false, Some((_, start))) => *start,
            (_, _) => until,
        };
        let laid = series::ActiveModel {
            id: Set(id),
            laid_until: Set(reached),
            version: Set(row.version + 1),
            ..Default::default()
        };
        laid.update(work.tx()).await?;
        work.commit().await?;
        Ok(added)
    }
}

/// A series of which nothing stands any more has ended.
async fn end(work: Work, row: series::Model) -> Result<u64> {
    let ended = series::ActiveModel {
        id: Set(row.id),
        active: Set(false),
        version: Set(row.version + 1),
        ..Default::default()
    };
    ended.update(work.tx()).await?;
    work.commit().await?;
    Ok(0)
}

/// The latest visit of a series that stands.
async fn last_of(work: &Work, series: Uuid) -> Result<Option<Placed>> {
    let gone = [
        VisitStatus::Cancelled.as_str(),
        VisitStatus::Rescheduled.as_str(),
    ];
    let last = visit::Entity::find()
        .filter(visit::Column::SeriesId.eq(series))
        .filter(visit::Column::Status.is_not_in(gone))
        .order_by_desc(visit::Column::SeriesStart)
        .one(work.tx())
        .await?;
    match last {
        Some(row) => placed(work, row).await.map(Some),
        None => Ok(None),
    }
}

/// What comes after the latest visit: original local start and instant.
fn next_of(
    row: &series::Model,
    last: &Placed,
    until: DateTime<Utc>,
) -> Result<Vec<(NaiveDateTime, DateTime<Utc>)>> {
    let unreadable = |column| Fault::Unreadable {
        table: "series",
        column,
        id: row.id.to_string(),
    };
    let rule: Recurrence =
        serde_json::from_value(row.rule.clone()).map_err(|_| unreadable("rule"))?;
    let zone = read_zone(&row.zone, "series", &row.id.to_string())?;
    let original = last.row.series_start.as_deref().unwrap_or(&row.first_local);
    let first = NaiveDateTime::parse_from_str(original, visit_row::LOCAL)
        .map_err(|_| unreadable("first_local"))?;
    // From an occurrence of its own a rule goes on as it did.
    let found = match rule.occurrences(first, &zone, MOST_OCCURRENCES, until) {
        Ok(found) => found,
        Err(_) => return Ok(Vec::new()),
    };
    let next = found.into_iter().filter(|one| one.original_local > first);
    Ok(next.map(|one| (one.original_local, one.start)).collect())
}

async fn lay(
    work: &mut Work,
    series: &series::Model,
    last: Placed,
    next: &[(NaiveDateTime, DateTime<Utc>)],
) -> Result<u64> {
    let (Some((_, from)), Some((_, to))) = (next.first(), next.last()) else {
        return Ok(0);
    };
    let row = &last.row;
    let technicians = last.technicians();
    let service = Key::of(row.service_id);
    work.lock_places(&[service], &technicians, &[]).await?;
    let length = last.row.span()?.end() - last.row.span()?.start();
    let minutes = u32::try_from(length.num_minutes()).unwrap_or(0);
    let range = (*from, *to + length);
    let mut placing = Placing::load(work.tx(), work.now(), (service, minutes), range, &[]).await?;
    let mut wished = Vec::with_capacity(next.len());
    for (original, start) in next {
        let spot = Spot {
            span: booking::span::Span::new(*start, *start + length)?,
            technicians: technicians.clone(),
            seats: amount(row.seats),
        };
        wished.push((*original, spot));
    }
    let (free, conflicts) = sort(work, &placing, wished).await?;
    let subjects = visit_row::subjects_of(work, row.id).await?;
    let zone = read_zone(&series.zone, "series", &series.id.to_string())?;
    for (original, spot) in &free {
        let new = visit_row::insert(work, &zone, draft(work, row, *original, spot)?).await?;
        visit_row::write_subjects(work, new.id, &subjects).await?;
        let occupant = Occupant {
            visit: new.id,
            request: None,
            status: booking_status(VisitStatus::Scheduled),
        };
        placing.occupy(work, spot, &occupant, &[]).await?;
        let nobody: Option<PersonId> = None;
        Entry::new(nobody, "visit", new.id, "created")
            .after(&visit_row::snapshot(&new, &technicians))?
            .write(work)
            .await?;
    }
    work.tell(Happened::Schedule);
    if !conflicts.is_empty() {
        report(work, series, row, &conflicts).await?;
    }
    Ok(u64::try_from(free.len()).unwrap_or(u64::MAX))
}

fn draft(work: &Work, row: &visit::Model, original: NaiveDateTime, spot: &Spot) -> Result<Draft> {
    let agreement = row.client_service_id;
    let agreement =
        agreement.ok_or_else(|| Fault::Machine("a visit without an agreement".to_owned()))?;
    Ok(Draft {
        id: work.id(),
        client: row.client_id,
        service: row.service_id,
        agreement,
        request: None,
        span: spot.span,
        seats: spot.seats,
        status: VisitStatus::Scheduled,
        notes: row.notes.clone(),
        internal_notes: String::new(),
        ticket: row.ticket.clone(),
        series: row.series_id.map(|series| (series, local(original))),
        event: None,
    })
}

/// The approvers are told of the dates that could not be had; the history keeps them.
async fn report(
    work: &mut Work,
    series: &series::Model,
    last: &visit::Model,
    conflicts: &[crate::visit_form::Conflict],
) -> Result<()> {
    let zone = read_zone(&series.zone, "series", &series.id.to_string())?;
    let dates: Vec<String> = conflicts
        .iter()
        .map(|conflict| zone::date(&zone, conflict.start).to_string())
        .collect();
    let nobody: Option<PersonId> = None;
    Entry::new(nobody, "series", series.id, "conflicts")
        .after(&json!({ "dates": dates }))?
        .write(work)
        .await?;
    let rows = std::slice::from_ref(last);
    let mut news = News::of_visits(
        Event::SeriesConflict,
        rows,
        None,
        Vec::new(),
        PersonId::new(0),
    );
    news.actor = None;
    news.reason = Some(dates.join(", "));
    announce(work, &news).await
}
