//! Staff call appointments off (B6): one, or the rest of its series. The time is free at once, nothing is deleted, and
//! everybody gets one letter that takes it out of their calendars.

use booking::ids::PersonId;
use booking::letter::Event;
use booking::people::Reason;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::visit::VisitStatus;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::announce::{News, announce};
use crate::change_visit::{Placed, Scope, meant};
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::hold;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::table::{request, series, visit};
use crate::trouble::{Beside, Result};
use crate::visit_row;

/// The form "Cancel appointment".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitCancel {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `V-…`.
    pub visit: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// Why, for the client to read, as typed; may be empty.
    pub reason: String,
    /// How much of its series.
    pub scope: Scope,
}

impl Desk {
    /// Cancels; how many.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`Refusal::Stale`], that of its state; the reason beside `reason`.
    pub async fn cancel_visit(&self, who: &StaffPass, ask: VisitCancel) -> Result<usize> {
        who.dispatcher()?;
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return Ok(count(&result)),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let reason = Reason::optional(&ask.reason).beside("reason")?;
        let row = work.visit_of_line(&ask.visit, ask.scope).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        row.life()?
            .cancel(ask.version, work.now(), reason.clone())?;
        let (series, request) = (row.series_id, row.request_id);
        let all = meant(&work, row, ask.scope).await?;
        let mut after = Vec::with_capacity(all.len());
        for placed in &all {
            after.push(cancel(&mut work, who.person, placed, reason.as_ref()).await?);
        }
        if let Some(series) = series.filter(|_| ask.scope != Scope::This) {
            end_series(&work, who, series).await?;
        }
        let request = match request {
            Some(id) => request::Entity::find_by_id(id).one(work.tx()).await?,
            None => None,
        };
        let technicians = all.first().map(Placed::technicians).unwrap_or_default();
        let by = who.person;
        let mut news = News::of_visits(
            Event::VisitCancelled,
            &after,
            request.as_ref(),
            technicians,
            by,
        );
        news.reason = reason.map(|reason| reason.as_str().to_owned());
        if after.iter().any(|row| row.ends_at > work.now()) {
            announce(&mut work, &news).await?;
        }
        work.done_once(by, &ask.key, json!({ "visits": after.len() }))
            .await?;
        work.commit().await?;
        Ok(after.len())
    }
}

fn count(result: &Value) -> usize {
    let visits = result.get("visits").and_then(Value::as_u64).unwrap_or(0);
    usize::try_from(visits).unwrap_or(0)
}

/// Calls one off: its time is free, and history keeps by whom and why. Nobody is told here.
pub(crate) async fn cancel(
    work: &mut Work,
    by: PersonId,
    placed: &Placed,
    reason: Option<&Reason>,
) -> Result<visit::Model> {
    let row = &placed.row;
    let reason = reason.map(|reason| reason.as_str().to_owned());
    let after = visit::Model {
        status: VisitStatus::Cancelled.as_str().to_owned(),
        status_at: Some(work.now()),
        reason: reason.clone(),
        sequence: row.sequence + 1,
        ..row.clone()
    };
    let after = visit_row::replace(work, row, after).await?;
    for row in &placed.rows {
        hold::release(work, row, BookingStatus::Cancelled).await?;
    }
    let technicians = placed.technicians();
    Entry::new(Some(by), "visit", row.id, "cancelled")
        .before(&visit_row::snapshot(row, &technicians))?
        .after(&visit_row::snapshot(&after, &technicians))?
        .reason(reason)
        .write(work)
        .await?;
    Ok(after)
}

/// No more visits come of a series.
async fn end_series(work: &Work, who: &StaffPass, id: uuid::Uuid) -> Result<()> {
    let Some(row) = series::Entity::find_by_id(id).one(work.tx()).await? else {
        return Ok(());
    };
    let ended = series::ActiveModel {
        id: Set(id),
        active: Set(false),
        version: Set(row.version + 1),
        ..Default::default()
    };
    ended.update(work.tx()).await?;
    Entry::new(Some(who.person), "series", id, "ended")
        .before(&json!({ "active": row.active }))?
        .after(&json!({ "active": false }))?
        .write(work)
        .await
}
