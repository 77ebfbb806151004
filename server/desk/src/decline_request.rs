//! Staff decline a request: its hold is freed and the client reads the reason, in one transaction.

use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::people::Reason;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use sea_orm::EntityTrait;
use serde::Serialize;
use serde_json::json;

use crate::announce::{News, announce};
use crate::approve_request::too_late;
use crate::change_request::{LastChange, may_decide, replace, snapshot};
use crate::desk::Desk;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::offer;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::table::{business, request};
use crate::trouble::{Beside, Result};

/// What the form says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewDecline {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// Why, as typed, for the client to read; may be empty unless the business requires one (decision 8).
    pub reason: String,
}

/// The answer to a decision to decline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Declined {
    /// Declined, and everybody is told.
    Done,
    /// Somebody else was faster: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Declines a pending request (§5, A10).
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; beside `reason`: [`Refusal::ReasonRequired`] and what texts refuse.
    pub async fn decline_request(&self, who: &StaffPass, ask: NewDecline) -> Result<Declined> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(_) => return Ok(Declined::Done),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = work.request(&ask.request).await?.ok_or(Refusal::NotFound)?;
        may_decide(&work, who, &[row.technician_id]).await?;
        let business = business::Entity::find_by_id(1).one(work.tx()).await?;
        let required = business.is_some_and(|business| business.reason_required);
        let reason = Reason::where_required(&ask.reason, required).beside("reason")?;
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Declined::Changed(changed));
        }
        let by = (who.person, work.now());
        let declined = row
            .pending()?
            .decline(ask.version, by, reason.clone(), required)?;
        let text = reason.as_ref().map(|reason| reason.as_str().to_owned());
        let after = request::Model {
            status: declined.status().as_str().to_owned(),
            decline_reason: text.clone(),
            decided_at: Some(work.now()),
            decided_by: Some(who.person.key()),
            ..offer::without(&work, &row).await?
        };
        let after = replace(&mut work, &row, after).await?;
        offer::end(&work, &row, OfferStatus::Dropped, Some(who.person), None).await?;
        for held in hold::of_request(&work, row.id).await? {
            hold::release(&work, &held, BookingStatus::Declined).await?;
        }
        Entry::new(Some(who.person), "request", row.id, "declined")
            .before(&snapshot(&row))?
            .after(&snapshot(&after))?
            .reason(text.clone())
            .write(&work)
            .await?;
        let mut news = News::new(Event::BookingDeclined, &after, Some(who.person));
        news.reason = text;
        announce(&mut work, &news).await?;
        work.done_once(who.person, &ask.key, json!({})).await?;
        work.commit().await?;
        Ok(Declined::Done)
    }
}
