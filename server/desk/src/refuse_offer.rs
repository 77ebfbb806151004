//! The client refuses what staff offered, with a word if they like: the times are free again, and staff have to answer once
//! more.

use booking::ids::PersonId;
use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::people::Reason;
use booking::refusal::Refusal;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::approve_request::too_late;
use crate::change_request::{LastChange, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::offer::{self, OpenOffer};
use crate::offer_link::{Answering, answering};
use crate::once::{self, Once};
use crate::table::request;
use crate::trouble::{Beside, Result};
use crate::withdraw_request::own_request;

/// The form "none of these", "refuse the quote".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferRefusal {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// The offer.
    pub offer: Uuid,
    /// A word for staff, as typed; may be empty.
    pub word: String,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Refused {
    /// Staff are told, and have to answer again.
    Done,
    /// It was decided or changed meanwhile: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Refuses an offer, all of it (§5).
    ///
    /// # Errors
    /// As [`Desk::accept_offer`]; beside `word` what texts refuse.
    pub async fn refuse_offer(&self, by: Answering<'_>, ask: OfferRefusal) -> Result<Refused> {
        let mut work = self.begin().await?;
        let who = answering(&work, by, &ask.request, ask.offer).await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(_) => return Ok(Refused::Done),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = own_request(&work, &who, &ask.request).await?;
        let word = Reason::optional(&ask.word).beside("word")?;
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Refused::Changed(changed));
        }
        let offer = OpenOffer::of(&work, row.id).await?;
        if offer.is_none_or(|offer| offer.row.id != ask.offer) {
            return Err(Refusal::NotAwaitingClient.into());
        }
        let word = word.map(|word| word.as_str().to_owned());
        let how = (OfferStatus::Refused, word);
        back_to_staff(&mut work, &row, how, Some(who.person)).await?;
        work.done_once(who.person, &ask.key, json!({})).await?;
        work.commit().await?;
        Ok(Refused::Done)
    }
}

/// Ends an offer without a visit: the request waits for staff again, and they are told.
pub(crate) async fn back_to_staff(
    work: &mut Work,
    row: &request::Model,
    (status, word): (OfferStatus, Option<String>),
    by: Option<PersonId>,
) -> Result<()> {
    let offer = OpenOffer::of(work, row.id).await?;
    let offer = offer.ok_or(Refusal::NotAwaitingClient)?;
    let refused = offer.on(row)?.refuse(row.version, work.now())?;
    let after = request::Model {
        awaiting_client: refused.awaits_client(),
        ..offer::without(work, row).await?
    };
    let after = replace(work, row, after).await?;
    offer::end(work, row, status, by, word.clone()).await?;
    let what = match by {
        Some(_) => "offer_refused",
        None => "offer_lost",
    };
    Entry::new(by, "request", row.id, what)
        .before(&snapshot(row))?
        .after(&snapshot(&after))?
        .reason(word.clone())
        .write(work)
        .await?;
    let mut news = News::new(Event::OfferRefused, &after, by);
    news.reason = word;
    announce(work, &news).await
}
