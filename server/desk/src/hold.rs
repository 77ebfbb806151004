//! The rows of `bookings`: who occupies which time with which resources. Called under the locks of the calendar; whether
//! a time is free was asked of the engine before, and the database has the last word (R27).

use booking::ids::{ResourceId, ServiceId, TechnicianId};
use booking::slots::{BookingStatus, Facts};
use booking::span::Span;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::desk::Work;
use crate::key::Key;
use crate::table::{booking as bookings, booking_resource};
use crate::trouble::Result;

/// A time to be occupied.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// With whom; nobody: a hold on anyone.
    pub technician: Option<TechnicianId>,
    /// For what.
    pub service: ServiceId,
    /// When.
    pub span: Span,
    /// Effective buffers in minutes, before and after (decision 4).
    pub buffers: (u32, u32),
    /// Seats taken.
    pub seats: u32,
    /// Whether others can join (R17).
    pub group: bool,
    /// Pending: a hold; scheduled: a visit.
    pub status: BookingStatus,
    /// When a hold ends.
    pub expires: Option<DateTime<Utc>>,
    /// Whose request.
    pub request: Option<Uuid>,
    /// Whose visit.
    pub visit: Option<Uuid>,
    /// Units taken (R18).
    pub resources: Vec<(ResourceId, u32)>,
}

/// Effective buffers: the larger of the service's and the technician's, each side; a hold on anyone has the service's.
pub(crate) fn buffers(facts: &Facts<Tz>, technician: Option<TechnicianId>) -> (u32, u32) {
    let service = &facts.service;
    let who = technician.and_then(|id| facts.technicians.iter().find(|t| t.id == id));
    let own = who.map_or((0, 0), |t| (t.buffer_before, t.buffer_after));
    (
        service.buffer_before.max(own.0),
        service.buffer_after.max(own.1),
    )
}

/// Occupies a place with a new row, or with `row`, which gives up its old place in the same step.
pub(crate) async fn occupy(
    work: &Work,
    row: Option<&bookings::Model>,
    place: &Place,
) -> Result<Uuid> {
    if let Some(row) = row {
        vacate(work, row, row.status.as_str()).await?;
    }
    let id = row.map_or_else(|| work.id(), |row| row.id);
    let session = session_of(work, id, place).await?;
    let changed = bookings::ActiveModel {
        id: Set(id),
        technician_id: Set(place.technician.map(Key::key)),
        service_id: Set(Some(place.service.key())),
        starts_at: Set(place.span.start()),
        ends_at: Set(place.span.end()),
        before_min: Set(minutes(place.buffers.0)),
        after_min: Set(minutes(place.buffers.1)),
        seats: Set(minutes(place.seats)),
        session_id: Set(session.as_ref().map_or_else(
            || place.group.then_some(id),
            |leader| leader.session_id.or(Some(leader.id)),
        )),
        leader: Set(place.status.blocks() && session.is_none()),
        status: Set(place.status.as_str().to_owned()),
        blocking: Set(place.status.blocks()),
        expires_at: Set(place.expires),
        request_id: Set(place.request),
        visit_id: Set(place.visit),
        note: Set(None),
    };
    match row {
        Some(_) => bookings::Entity::update(changed)
            .exec(work.tx())
            .await
            .map(|_| ())?,
        None => changed.insert(work.tx()).await.map(|_| ())?,
    }
    take_resources(work, id, session.map(|leader| leader.id), place).await?;
    Ok(id)
}

/// Gives up the place of a row, which keeps its time for the record with `status` as its last word.
pub(crate) async fn release(
    work: &Work,
    row: &bookings::Model,
    status: BookingStatus,
) -> Result<()> {
    vacate(work, row, status.as_str()).await
}

/// The rows that a request occupies or has occupied.
pub(crate) async fn of_request(work: &Work, request: Uuid) -> Result<Vec<bookings::Model>> {
    let rows = bookings::Entity::find()
        .filter(bookings::Column::RequestId.eq(request))
        .order_by_asc(bookings::Column::Id);
    Ok(rows.all(work.tx()).await?)
}

/// The rows that a visit occupies or has occupied.
pub(crate) async fn of_visit(work: &Work, visit: Uuid) -> Result<Vec<bookings::Model>> {
    let rows = bookings::Entity::find()
        .filter(bookings::Column::VisitId.eq(visit))
        .order_by_asc(bookings::Column::Id);
    Ok(rows.all(work.tx()).await?)
}

/// Takes a row's own time with another status, blocking or not; where a session has a leader, the row follows it. The
/// database refuses a time that somebody else has taken meanwhile (R27).
pub(crate) async fn restate(
    work: &Work,
    row: &bookings::Model,
    status: BookingStatus,
) -> Result<()> {
    if !status.blocks() {
        return vacate(work, row, status.as_str()).await;
    }
    let led = match row.session_id.filter(|_| !row.blocking) {
        Some(session) => {
            let leader = bookings::Entity::find()
                .filter(bookings::Column::SessionId.eq(session))
                .filter(bookings::Column::Blocking.eq(true))
                .filter(bookings::Column::Leader.eq(true));
            leader.one(work.tx()).await?.is_some()
        }
        None => false,
    };
    let leads = if row.blocking { row.leader } else { !led };
    bookings::Entity::update_many()
        .col_expr(bookings::Column::Blocking, Expr::value(true))
        .col_expr(bookings::Column::Leader, Expr::value(leads))
        .col_expr(bookings::Column::Status, Expr::value(status.as_str()))
        .filter(bookings::Column::Id.eq(row.id))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Takes a row out of the calendar altogether: a technician who was never to come after all.
pub(crate) async fn remove(work: &Work, row: &bookings::Model) -> Result<()> {
    vacate(work, row, BookingStatus::Cancelled.as_str()).await?;
    booking_resource::Entity::delete_many()
        .filter(booking_resource::Column::BookingId.eq(row.id))
        .exec(work.tx())
        .await?;
    bookings::Entity::delete_by_id(row.id)
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Not blocking any more; when the row led a session, the next one leads it.
async fn vacate(work: &Work, row: &bookings::Model, status: &str) -> Result<()> {
    bookings::Entity::update_many()
        .col_expr(bookings::Column::Blocking, Expr::value(false))
        .col_expr(bookings::Column::Leader, Expr::value(false))
        .col_expr(bookings::Column::Status, Expr::value(status))
        .filter(bookings::Column::Id.eq(row.id))
        .exec(work.tx())
        .await?;
    let Some(session) = row.session_id.filter(|_| row.leader && row.blocking) else {
        return Ok(());
    };
    let next: Option<Uuid> = bookings::Entity::find()
        .select_only()
        .column(bookings::Column::Id)
        .filter(bookings::Column::SessionId.eq(session))
        .filter(bookings::Column::Blocking.eq(true))
        .order_by_asc(bookings::Column::Id)
        .limit(1)
        .into_tuple()
        .one(work.tx())
        .await?;
    let Some(next) = next else {
        return Ok(());
    };
    bookings::Entity::update_many()
        .col_expr(bookings::Column::Leader, Expr::value(true))
        .filter(bookings::Column::Id.eq(next))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// The row that leads the session a place joins, if there is one (R17).
async fn session_of(work: &Work, own: Uuid, place: &Place) -> Result<Option<bookings::Model>> {
    let Some(technician) = place.technician.filter(|_| place.group) else {
        return Ok(None);
    };
    let leader = bookings::Entity::find()
        .filter(bookings::Column::TechnicianId.eq(technician.key()))
        .filter(bookings::Column::ServiceId.eq(place.service.key()))
        .filter(bookings::Column::StartsAt.eq(place.span.start()))
        .filter(bookings::Column::EndsAt.eq(place.span.end()))
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::Leader.eq(true))
        .filter(bookings::Column::Id.ne(own));
    Ok(leader.one(work.tx()).await?)
}

/// A session's rows name the same resources, so that they stay taken whoever leaves; they count once (R18).
async fn take_resources(work: &Work, id: Uuid, joins: Option<Uuid>, place: &Place) -> Result<()> {
    booking_resource::Entity::delete_many()
        .filter(booking_resource::Column::BookingId.eq(id))
        .exec(work.tx())
        .await?;
    let taken = match joins {
        Some(leader) => booking_resource::Entity::find()
            .filter(booking_resource::Column::BookingId.eq(leader))
            .all(work.tx())
            .await?
            .into_iter()
            .map(|row| (row.resource_id, row.units))
            .collect(),
        None => summed(&place.resources),
    };
    if taken.is_empty() {
        return Ok(());
    }
    let rows = taken
        .into_iter()
        .map(|(resource, units)| booking_resource::ActiveModel {
            booking_id: Set(id),
            resource_id: Set(resource),
            units: Set(units),
        });
    booking_resource::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    Ok(())
}

/// Two needs of one service may fall on the same resource.
fn summed(all: &[(ResourceId, u32)]) -> Vec<(Uuid, i32)> {
    let mut sums: Vec<(Uuid, i32)> = Vec::new();
    for (resource, units) in all {
        match sums.iter_mut().find(|sum| sum.0 == resource.key()) {
            Some(sum) => sum.1 = sum.1.saturating_add(minutes(*units)),
            None => sums.push((resource.key(), minutes(*units))),
        }
    }
    sums
}

/// A number that was checked before, as the database keeps it.
pub(crate) fn minutes(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
