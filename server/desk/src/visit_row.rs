//! The row of a visit: drawn reference, wall-clock time and zone beside the instant, the client's agreement, what it is for.
//! Takes no time on the calendar: that is `placing.rs`.

use booking::ids::{ReferenceKind, SubjectId};
use booking::refusal::Refusal;
use booking::span::Span;
use booking::visit::VisitStatus;
use booking::zone;
use chrono_tz::Tz;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::changes;
use crate::desk::{Happened, Work};
use crate::hold::minutes;
use crate::key::Key;
use crate::reference;
use crate::table::{client_service, service, subject, visit, visit_subject};
use crate::trouble::{Beside, Result};

/// What a new visit says.
pub(crate) struct Draft {
    pub id: Uuid,
    pub client: Uuid,
    pub service: Uuid,
    pub agreement: Uuid,
    pub request: Option<Uuid>,
    pub span: Span,
    pub seats: u32,
    pub status: VisitStatus,
    pub notes: String,
    pub internal_notes: String,
    pub ticket: Option<String>,
    /// The series and the original local start in it.
    pub series: Option<(Uuid, String)>,
    /// UID and SEQUENCE of the calendar event of the visit it takes the place of.
    pub event: Option<(String, i32)>,
}

/// Writes it.
pub(crate) async fn insert(work: &Work, zone: &Tz, draft: Draft) -> Result<visit::Model> {
    let id = draft.id;
    let (uid, sequence) = draft
        .event
        .unwrap_or_else(|| (format!("{id}@{}", crate::outbox::MESSAGE_DOMAIN), 0));
    let (series_id, series_start) = draft.series.unzip();
    let price_minor = price(work, draft.agreement).await?;
    let row = visit::Model {
        price_minor,
        id,
        reference: reference::draw(work, ReferenceKind::Visit).await?,
        request_id: draft.request,
        client_id: draft.client,
        service_id: draft.service,
        client_service_id: Some(draft.agreement),
        starts_at: draft.span.start(),
        ends_at: draft.span.end(),
        wall_start: wall(zone, draft.span),
        zone: zone.name().to_owned(),
        zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
        seats: minutes(draft.seats),
        status: draft.status.as_str().to_owned(),
        notes: draft.notes,
        internal_notes: draft.internal_notes,
        ticket: draft.ticket,
        reason: None,
        replaced_by: None,
        uid,
        sequence,
        created_at: work.now(),
        version: 1,
        series_id,
        series_start,
        status_at: Some(work.now()),
    };
    row.clone().into_active_model().insert(work.tx()).await?;
    Ok(row)
}

/// The wall-clock start in the business's zone, as it is kept beside the instant.
pub(crate) fn wall(zone: &Tz, span: Span) -> String {
    zone::local(zone, span.start()).format(LOCAL).to_string()
}

/// How a local start is written in the database.
pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M:%S";

/// Replaces the row by `after`, if it is still the version that was read; the version rises by itself.
///
/// # Errors
/// [`Refusal::Stale`].
pub(crate) async fn replace(
    work: &mut Work,
    before: &visit::Model,
    after: visit::Model,
) -> Result<visit::Model> {
    let after = visit::Model {
        version: before.version + 1,
        ..after
    };
    let changed = visit::Entity::update_many()
        .set(after.clone().into_active_model().reset_all())
        .filter(visit::Column::Id.eq(before.id))
        .filter(visit::Column::Version.eq(before.version))
        .exec(work.tx())
        .await?;
    if changed.rows_affected != 1 {
        return Err(Refusal::Stale.into());
    }
    work.tell(Happened::Schedule);
    changes::settle(work, before, &after).await?;
    Ok(after)
}

/// What history keeps of a visit.
pub(crate) fn snapshot(row: &visit::Model, technicians: &[impl serde::Serialize]) -> Value {
    json!({
        "status": row.status,
        "start": row.starts_at,
        "end": row.ends_at,
        "service": row.service_id,
        "technicians": technicians,
        "seats": row.seats,
        "notes": row.notes,
        "internal_notes": row.internal_notes,
        "ticket": row.ticket,
    })
}

/// The client's active agreement for a service, or a new one at the catalogue's price (C3).
pub(crate) async fn agreement(
    work: &Work,
    client: Uuid,
    entry: &service::Model,
    ongoing: bool,
) -> Result<Uuid> {
    let found = client_service::Entity::find()
        .filter(client_service::Column::ClientId.eq(client))
        .filter(client_service::Column::ServiceId.eq(entry.id))
        .filter(client_service::Column::Active.eq(true))
        .order_by_asc(client_service::Column::Id)
        .one(work.tx())
        .await?;
    if let Some(found) = found {
        return Ok(found.id);
    }
    let id = work.id();
    let kind = if ongoing { "ongoing" } else { "one_time" };
    let new = client_service::ActiveModel {
        id: Set(id),
        client_id: Set(client),
        service_id: Set(entry.id),
        kind: Set(kind.to_owned()),
        price_minor: Set(entry.price_minor),
        active: Set(true),
        created_at: Set(work.now()),
        ended_at: Set(None),
        version: Set(1),
    };
    new.insert(work.tx()).await?;
    Ok(id)
}

/// What a visit booked now under an agreement costs (C6): the agreed price, or the catalogue's.
pub(crate) async fn price(work: &Work, agreement: Uuid) -> Result<Option<i64>> {
    let backend = work.tx().get_database_backend();
    let asked = Statement::from_sql_and_values(backend, PRICE, [agreement.into()]);
    let row = work.tx().query_one_raw(asked).await?;
    Ok(row.map_or(Ok(None), |row| row.try_get("", "price_minor"))?)
}

const PRICE: &str = "SELECT COALESCE(a.price_minor, s.price_minor) AS price_minor FROM client_services a \
    JOIN services s ON s.id = a.service_id WHERE a.id = $1";

/// A visit that takes the place of another keeps the price that one was booked at.
pub(crate) async fn keep_price(
    work: &Work,
    row: visit::Model,
    price_minor: Option<i64>,
) -> Result<visit::Model> {
    if row.price_minor == price_minor {
        return Ok(row);
    }
    visit::Entity::update_many()
        .col_expr(visit::Column::PriceMinor, Expr::value(price_minor))
        .filter(visit::Column::Id.eq(row.id))
        .exec(work.tx())
        .await?;
    Ok(visit::Model { price_minor, ..row })
}

/// Checks that these are the client's own subjects.
///
/// # Errors
/// [`Refusal::BadChoice`] beside `subjects`.
pub(crate) async fn check_subjects(
    work: &Work,
    client: Uuid,
    subjects: &[SubjectId],
) -> Result<Vec<Uuid>> {
    let mut wanted: Vec<Uuid> = subjects.iter().map(|id| id.key()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let known: Vec<Uuid> = subject::Entity::find()
        .select_only()
        .column(subject::Column::Id)
        .filter(subject::Column::ClientId.eq(client))
        .filter(subject::Column::Id.is_in(wanted.clone()))
        .into_tuple()
        .all(work.tx())
        .await?;
    match known.len() == wanted.len() {
        true => Ok(wanted),
        false => Err(Refusal::BadChoice).beside("subjects"),
    }
}

/// Replaces what a visit is for.
pub(crate) async fn write_subjects(work: &Work, visit: Uuid, subjects: &[Uuid]) -> Result<()> {
    visit_subject::Entity::delete_many()
        .filter(visit_subject::Column::VisitId.eq(visit))
        .exec(work.tx())
        .await?;
    if subjects.is_empty() {
        return Ok(());
    }
    let rows = subjects.iter().map(|id| visit_subject::ActiveModel {
        visit_id: Set(visit),
        subject_id: Set(*id),
    });
    visit_subject::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    Ok(())
}

/// What a visit is for.
pub(crate) async fn subjects_of(work: &Work, visit: Uuid) -> Result<Vec<Uuid>> {
    Ok(visit_subject::Entity::find()
        .select_only()
        .column(visit_subject::Column::SubjectId)
        .filter(visit_subject::Column::VisitId.eq(visit))
        .order_by_asc(visit_subject::Column::SubjectId)
        .into_tuple()
        .all(work.tx())
        .await?)
}
