//! What the verbs about the line for a full day share: whose entry it is, the time that is held for it, and how it ends.
//! The times held are rows of `bookings` like every hold; here is only who waits for which day.

use booking::ids::{BookingId, PersonId};
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::waiting::WaitingStatus;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, Statement,
};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Happened, Work};
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::table::{booking as bookings, waiting};
use crate::trouble::Result;

const LOCK: &str = "SELECT id FROM waiting WHERE id = $1 FOR NO KEY UPDATE";

/// The entry, locked. It is locked after its client and before the calendar.
pub(crate) async fn locked(work: &Work, id: Uuid) -> Result<Option<waiting::Model>> {
    if work.locks_rows() {
        let backend = work.tx().get_database_backend();
        let lock = Statement::from_sql_and_values(backend, LOCK, [id.into()]);
        work.tx().query_all_raw(lock).await?;
    }
    Ok(waiting::Entity::find_by_id(id).one(work.tx()).await?)
}

/// A person's own entry, locked; nobody else can do anything with it.
pub(crate) async fn own(work: &Work, who: &ContactPass, id: Uuid) -> Result<waiting::Model> {
    let row = locked(work, id).await?;
    let theirs = |row: &waiting::Model| {
        row.client_id == who.client.key() && row.person_id == who.person.key()
    };
    Ok(row.filter(theirs).ok_or(Refusal::NotFound)?)
}

/// The row that holds the entry's time, while it does.
pub(crate) async fn hold_of(work: &Work, row: &waiting::Model) -> Result<Option<bookings::Model>> {
    let Some(id) = row.booking_id else {
        return Ok(None);
    };
    let held = bookings::Entity::find_by_id(id)
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::Status.eq(BookingStatus::Pending.as_str()));
    Ok(held.one(work.tx()).await?)
}

/// The ids that do not count when the entry's own time is looked at (R20).
pub(crate) fn left_out(held: Option<&bookings::Model>) -> Vec<BookingId> {
    held.map(|row| BookingId::of(row.id)).into_iter().collect()
}

/// Ends an open entry: what is held for it is free again.
pub(crate) async fn end(
    work: &mut Work,
    row: &waiting::Model,
    status: WaitingStatus,
    by: Option<PersonId>,
) -> Result<()> {
    if let Some(held) = hold_of(work, row).await? {
        hold::release(work, &held, left_as(status)).await?;
        work.tell(Happened::Schedule);
    }
    let after = waiting::Model {
        status: status.as_str().to_owned(),
        ..row.clone()
    };
    write(work, row, after, by).await
}

/// Writes an entry as it is now, with its history.
pub(crate) async fn write(
    work: &Work,
    before: &waiting::Model,
    after: waiting::Model,
    by: Option<PersonId>,
) -> Result<()> {
    let what = after.standing()?.as_str();
    Entry::new(by, "waiting", before.id, what)
        .before(&json!({ "status": before.status }))?
        .after(&json!({ "status": after.status, "start": after.starts_at, "held_until": after.held_until }))?
        .write(work)
        .await?;
    let row = after.into_active_model().reset_all();
    waiting::Entity::update(row).exec(work.tx()).await?;
    Ok(())
}

/// The last word of a row that kept a time free.
const fn left_as(status: WaitingStatus) -> BookingStatus {
    match status {
        WaitingStatus::Waiting | WaitingStatus::Told | WaitingStatus::Taken => {
            BookingStatus::Rescheduled
        }
        WaitingStatus::Passed | WaitingStatus::Stopped => BookingStatus::Withdrawn,
        WaitingStatus::Missed | WaitingStatus::Over => BookingStatus::Expired,
    }
}

/// An overdue hold keeps nothing (R15), but the database would still refuse the time: every write frees them first. The
/// entries themselves are ended by the housekeeping.
pub(crate) async fn free_overdue(work: &Work) -> Result<()> {
    let overdue = Query::select()
        .column(waiting::Column::BookingId)
        .from(waiting::Entity)
        .and_where(Expr::col(waiting::Column::Status).eq(WaitingStatus::Told.as_str()))
        .and_where(Expr::col(waiting::Column::HeldUntil).lte(work.now()))
        .and_where(Expr::col(waiting::Column::BookingId).is_not_null())
        .to_owned();
    let held = bookings::Entity::find()
        .filter(bookings::Column::Id.in_subquery(overdue))
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::Status.eq(BookingStatus::Pending.as_str()));
    for row in held.all(work.tx()).await? {
        hold::release(work, &row, BookingStatus::Expired).await?;
    }
    Ok(())
}
