//! What every write to a request shares: the row changes only from the state it was read in, and when somebody else was
//! faster, who and when.

use booking::refusal::Refusal;
use booking::request::RequestStatus;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::desk::{Happened, Work};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{history, person, request, technician_approver};
use crate::trouble::Result;

/// Who changed a request last, and to what: the answer to somebody who was slower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastChange {
    /// Where it stands now.
    pub status: RequestStatus,
    /// Its present version.
    pub version: i32,
    /// Who did it; nobody: the clock.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Replaces the row by `after`, if it is still the pending one that was read; the version rises by itself.
///
/// # Errors
/// [`Refusal::Stale`].
pub(crate) async fn replace(
    work: &mut Work,
    before: &request::Model,
    after: request::Model,
) -> Result<request::Model> {
    let after = request::Model {
        version: before.version + 1,
        ..after
    };
    let changed = request::Entity::update_many()
        .set(after.clone().into_active_model().reset_all())
        .filter(request::Column::Id.eq(before.id))
        .filter(request::Column::Status.eq(RequestStatus::Pending.as_str()))
        .filter(request::Column::Version.eq(before.version))
        .exec(work.tx())
        .await?;
    if changed.rows_affected != 1 {
        return Err(Refusal::Stale.into());
    }
    work.tell(Happened::Requests);
    work.tell(Happened::Schedule);
    Ok(after)
}

/// Who changed it last.
pub(crate) async fn last_change(work: &Work, request: &request::Model) -> Result<LastChange> {
    let last = history::Entity::find()
        .filter(history::Column::AboutId.eq(request.id))
        .order_by_desc(history::Column::At)
        .order_by_desc(history::Column::Id)
        .one(work.tx())
        .await?;
    let actor = last.as_ref().and_then(|row| row.actor_id);
    let person = match actor {
        Some(id) => person::Entity::find_by_id(id).one(work.tx()).await?,
        None => None,
    };
    let (at, by) = (
        last.map_or(request.created_at, |row| row.at),
        person.map(|p| p.name),
    );
    Ok(LastChange {
        status: request.standing()?,
        version: request.version,
        by,
        at,
    })
}

/// What history keeps of a request: what the client asked for and where it stands.
pub(crate) fn snapshot(request: &request::Model) -> Value {
    json!({
        "status": request.status,
        "start": request.starts_at,
        "end": request.ends_at,
        "length_min": request.length_min,
        "technician": request.technician_id,
        "seats": request.seats,
        "notes": request.notes,
        "ticket": request.ticket,
        "window": request.window_from.zip(request.window_to),
        "part": request.day_part,
        "rule": request.rule,
    })
}

/// Checks who may decide: dispatchers, owners, approvers of the business, or of every technician it concerns (§7). Where it
/// names nobody it concerns them all, and approvers of one technician do not see it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub(crate) async fn may_decide(
    work: &Work,
    who: &StaffPass,
    technicians: &[Option<uuid::Uuid>],
) -> Result<()> {
    if who.decides_all() {
        return Ok(());
    }
    let rows = technician_approver::Entity::find()
        .filter(technician_approver::Column::PersonId.eq(who.person.key()))
        .all(work.tx())
        .await?;
    let approves = |id: &uuid::Uuid| rows.iter().any(|row| row.technician_id == *id);
    if !rows.is_empty()
        && technicians
            .iter()
            .all(|id| id.as_ref().is_some_and(approves))
    {
        Ok(())
    } else {
        Err(Refusal::NotAllowed.into())
    }
}
