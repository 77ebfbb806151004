//! What every write to a change shares: the row steps only from the state it was read in, the time it asks for is kept free
//! or given up, and a visit that staff change or that begins ends what was open against it (spec §5).

use booking::change::ChangeStatus;
use booking::ids::{PersonId, TechnicianId};
use booking::letter::Event;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::VisitStatus;
use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{ChangeNews, News, announce};
use crate::change_visit::placed;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::hold;
use crate::outbox::ChangeFacts;
use crate::pass::ContactPass;
use crate::table::{booking as bookings, change, change_hold, request, service, subject, visit};
use crate::trouble::{Fault, Result};

/// How many are expired in one transaction.
const AT_ONCE: u64 = 100;

impl Desk {
    /// Expires every change whose visit has begun; how many. The housekeeping calls it every minute.
    ///
    /// # Errors
    /// The database's; those expired before stay expired.
    pub async fn expire_changes(&self) -> Result<u64> {
        let mut done = 0;
        loop {
            let mut work = self.begin().await?;
            let due = due(&work).await?;
            let some = u64::try_from(due.len()).unwrap_or(AT_ONCE);
            let mut expired = 0;
            for row in due {
                expired += u64::from(expire(&mut work, &row).await?);
            }
            work.commit().await?;
            done += expired;
            if some < AT_ONCE || expired == 0 {
                return Ok(done);
            }
        }
    }
}

// Whoever holds a visit's lock is changing it at this moment: that one is left for the next time.
const LOCK: &str = "SELECT id FROM visits WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED";

async fn due(work: &Work) -> Result<Vec<change::Model>> {
    let begun = visit::Entity::find()
        .select_only()
        .column(visit::Column::Id)
        .filter(visit::Column::StartsAt.lte(work.now()))
        .into_query();
    Ok(change::Entity::find()
        .filter(change::Column::Status.eq(ChangeStatus::Pending.as_str()))
        .filter(change::Column::VisitId.in_subquery(begun))
        .order_by_asc(change::Column::Id)
        .limit(AT_ONCE)
        .all(work.tx())
        .await?)
}

async fn expire(work: &mut Work, row: &change::Model) -> Result<bool> {
    if work.locks_rows() {
        let backend = work.tx().get_database_backend();
        let lock = Statement::from_sql_and_values(backend, LOCK, [row.visit_id.into()]);
        if work.tx().query_one_raw(lock).await?.is_none() {
            return Ok(false);
        }
    }
    let found = visit::Entity::find_by_id(row.visit_id)
        .one(work.tx())
        .await?;
    let visit = found.ok_or_else(|| Fault::Machine("a change of no visit".to_owned()))?;
    let Some(row) = open_of(work, visit.id).await? else {
        return Ok(false);
    };
    row.pending()?.expire(&visit.life()?, work.now())?;
    end(work, &row, &visit, ChangeStatus::Expired).await?;
    Ok(true)
}

/// The change that waits against a visit, which is locked.
pub(crate) async fn open_of(work: &Work, visit: Uuid) -> Result<Option<change::Model>> {
    Ok(change::Entity::find()
        .filter(change::Column::VisitId.eq(visit))
        .filter(change::Column::Status.eq(ChangeStatus::Pending.as_str()))
        .one(work.tx())
        .await?)
}

/// What becomes of an open change when its visit is another one now: superseded by what staff did, expired when it began.
/// Words for staff only change nothing for it.
pub(crate) async fn settle(
    work: &mut Work,
    before: &visit::Model,
    after: &visit::Model,
) -> Result<()> {
    if before.status == after.status && before.sequence == after.sequence {
        return Ok(());
    }
    let Some(row) = open_of(work, before.id).await? else {
        return Ok(());
    };
    let status = match after.standing()? {
        VisitStatus::InProgress | VisitStatus::Completed | VisitStatus::NoShow => {
            ChangeStatus::Expired
        }
        VisitStatus::Scheduled | VisitStatus::Cancelled | VisitStatus::Rescheduled => {
            row.pending()?.supersede(work.now())?;
            ChangeStatus::Superseded
        }
    };
    end(work, &row, after, status).await
}

/// Ends a change that nobody decided, frees its time and tells the client.
async fn end(
    work: &mut Work,
    row: &change::Model,
    visit: &visit::Model,
    status: ChangeStatus,
) -> Result<()> {
    let event = match status {
        ChangeStatus::Expired => Event::ChangeExpired,
        ChangeStatus::Superseded
        | ChangeStatus::Pending
        | ChangeStatus::Approved
        | ChangeStatus::Declined
        | ChangeStatus::Withdrawn => Event::ChangeSuperseded,
    };
    let after = change::Model {
        status: status.as_str().to_owned(),
        decided_at: Some(work.now()),
        ..row.clone()
    };
    let after = replace(work, None, row, after).await?;
    free(work, row.id, BookingStatus::Expired).await?;
    tell(work, event, (&after, visit), None).await
}

/// Replaces the row by `after`, if it is still the pending one that was read; the version rises by itself.
///
/// # Errors
/// [`Refusal::Stale`].
pub(crate) async fn replace(
    work: &mut Work,
    by: Option<PersonId>,
    before: &change::Model,
    after: change::Model,
) -> Result<change::Model> {
    let after = change::Model {
        version: before.version + 1,
        ..after
    };
    let changed = change::Entity::update_many()
        .set(after.clone().into_active_model().reset_all())
        .filter(change::Column::Id.eq(before.id))
        .filter(change::Column::Status.eq(ChangeStatus::Pending.as_str()))
        .filter(change::Column::Version.eq(before.version))
        .exec(work.tx())
        .await?;
    if changed.rows_affected != 1 {
        return Err(Refusal::Stale.into());
    }
    let what = match after.standing()? {
        ChangeStatus::Pending => "edited",
        ChangeStatus::Approved => "approved",
        ChangeStatus::Declined => "declined",
        ChangeStatus::Withdrawn => "withdrawn",
        ChangeStatus::Superseded => "superseded",
        ChangeStatus::Expired => "expired",
    };
    Entry::new(by, "change", before.id, what)
        .before(&snapshot(before))?
        .after(&snapshot(&after))?
        .reason(after.decline_reason.clone())
        .write(work)
        .await?;
    work.tell(Happened::Requests);
    work.tell(Happened::Schedule);
    Ok(after)
}

/// What history keeps of it.
pub(crate) fn snapshot(row: &change::Model) -> Value {
    json!({
        "kind": row.kind,
        "status": row.status,
        "start": row.starts_at,
        "end": row.ends_at,
        "block_length_min": row.block_length_min,
        "service": row.service_id,
        "subjects": row.subjects,
        "notes": row.notes,
        "accepted": row.accepted,
    })
}

/// The rows that keep its time free.
pub(crate) async fn held(work: &Work, change: Uuid) -> Result<Vec<bookings::Model>> {
    let ids = change_hold::Entity::find()
        .select_only()
        .column(change_hold::Column::BookingId)
        .filter(change_hold::Column::ChangeId.eq(change))
        .into_query();
    Ok(bookings::Entity::find()
        .filter(bookings::Column::Id.in_subquery(ids))
        .order_by_asc(bookings::Column::Id)
        .all(work.tx())
        .await?)
}

/// Gives up the time it kept free.
pub(crate) async fn free(work: &Work, change: Uuid, status: BookingStatus) -> Result<()> {
    for row in held(work, change).await? {
        if row.blocking {
            hold::release(work, &row, status).await?;
        }
    }
    Ok(())
}

/// Gives up overdue holds of changes in the way of `span`: an overdue hold keeps nothing (R15). The change itself waits
/// until its visit begins.
pub(crate) async fn free_overdue(work: &Work, span: Span) -> Result<()> {
    let reach = TimeDelta::days(1);
    let holds = change_hold::Entity::find()
        .select_only()
        .column(change_hold::Column::BookingId)
        .into_query();
    let due = bookings::Entity::find()
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::Status.eq(BookingStatus::Pending.as_str()))
        .filter(bookings::Column::Id.in_subquery(holds))
        .filter(bookings::Column::ExpiresAt.lte(work.now()))
        .filter(bookings::Column::StartsAt.lt(span.end() + reach))
        .filter(bookings::Column::EndsAt.gt(span.start() - reach))
        .all(work.tx())
        .await?;
    for row in due {
        hold::release(work, &row, BookingStatus::Expired).await?;
    }
    Ok(())
}

/// The client's visit, locked; "not found" for anybody else's (§7), and for another contact's where each sees only their
/// own (decision 13).
pub(crate) async fn own_visit(
    work: &Work,
    who: &ContactPass,
    reference: &str,
) -> Result<visit::Model> {
    use crate::key::Key;
    let row = work.visit(reference).await?;
    let row = row.filter(|row| row.client_id == who.client.key());
    let row = row.ok_or(Refusal::NotFound)?;
    match asked_by(work, &row).await?.filter(|_| who.own_only) {
        Some(request) if request.person_id != who.person.key() => Err(Refusal::NotFound.into()),
        Some(_) | None => Ok(row),
    }
}

/// The request that a visit came from.
pub(crate) async fn asked_by(work: &Work, row: &visit::Model) -> Result<Option<request::Model>> {
    Ok(match row.request_id {
        Some(id) => request::Entity::find_by_id(id).one(work.tx()).await?,
        None => None,
    })
}

/// Tells everybody of what became of a change; `visit` as it stands.
pub(crate) async fn tell(
    work: &mut Work,
    event: Event,
    (row, visit): (&change::Model, &visit::Model),
    actor: Option<PersonId>,
) -> Result<()> {
    let request = asked_by(work, visit).await?;
    let technicians = placed(work, visit.clone()).await?.technicians();
    let facts = facts(work, row, &technicians).await?;
    let visits = std::slice::from_ref(visit);
    let mut news = News::about_visits(event, visits, request.as_ref(), technicians, actor);
    news.reason = match row.standing()? {
        ChangeStatus::Declined => row.decline_reason.clone(),
        ChangeStatus::Pending
        | ChangeStatus::Approved
        | ChangeStatus::Withdrawn
        | ChangeStatus::Superseded
        | ChangeStatus::Expired => row.reason.clone(),
    };
    news.change = Some(ChangeNews {
        by: row.person_id,
        facts,
    });
    announce(work, &news).await
}

/// What letters say of it. `technicians`: who comes to the visit.
async fn facts(
    work: &Work,
    row: &change::Model,
    technicians: &[TechnicianId],
) -> Result<ChangeFacts> {
    use crate::key::Key;
    let service = match row.service_id {
        Some(id) => service::Entity::find_by_id(id).one(work.tx()).await?,
        None => None,
    };
    let subjects = match row.subjects()? {
        Some(ids) => Some(
            subject::Entity::find()
                .filter(subject::Column::Id.is_in(ids))
                .order_by_asc(subject::Column::Name)
                .all(work.tx())
                .await?
                .into_iter()
                .map(|row| row.name)
                .collect(),
        ),
        None => None,
    };
    let held = held(work, row.id).await?;
    let same = |row: &bookings::Model| {
        let technician = row.technician_id.map(TechnicianId::of);
        technician.map_or(technicians.is_empty(), |id| technicians.contains(&id))
    };
    Ok(ChangeFacts {
        reference: row.reference.clone(),
        start: row.starts_at,
        end: row.ends_at,
        block: row.block_length_min.is_some(),
        service: service.map(|row| row.name),
        subjects,
        notes: row.notes.clone(),
        other_technician: held.iter().any(|row| !same(row)),
    })
}
