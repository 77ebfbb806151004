//! The client takes a pending request back: final, at once, whatever the version (decision 9).

use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::refusal::Refusal;
use booking::request::RequestStatus;
use booking::slots::BookingStatus;
use serde::Serialize;

use crate::announce::{News, announce};
use crate::approve_request::too_late;
use crate::change_request::{LastChange, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::offer;
use crate::pass::ContactPass;
use crate::table::request;
use crate::trouble::Result;

/// The answer to a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Withdrawn {
    /// It is cancelled, now or before.
    Done,
    /// Staff or the clock were faster: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Withdraws the client's own pending request; its hold is freed. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a request that is not theirs to see.
    pub async fn withdraw_request(&self, who: &ContactPass, reference: &str) -> Result<Withdrawn> {
        let mut work = self.begin().await?;
        let row = own_request(&work, who, reference).await?;
        if row.standing()? == RequestStatus::Cancelled {
            return Ok(Withdrawn::Done);
        }
        if let Some(changed) = too_late(&mut work, &row, row.version).await? {
            work.commit().await?;
            return Ok(Withdrawn::Changed(changed));
        }
        let withdrawn = row.pending()?.withdraw(work.now())?;
        let after = request::Model {
            status: withdrawn.status().as_str().to_owned(),
            decided_at: Some(work.now()),
            ..offer::without(&work, &row).await?
        };
        let after = replace(&mut work, &row, after).await?;
        offer::end(&work, &row, OfferStatus::Dropped, Some(who.person), None).await?;
        for held in hold::of_request(&work, row.id).await? {
            hold::release(&work, &held, BookingStatus::Withdrawn).await?;
        }
        Entry::new(Some(who.person), "request", row.id, "withdrawn")
            .before(&snapshot(&row))?
            .after(&snapshot(&after))?
            .write(&work)
            .await?;
        let news = News::new(Event::RequestWithdrawn, &after, Some(who.person));
        announce(&mut work, &news).await?;
        work.commit().await?;
        Ok(Withdrawn::Done)
    }
}

/// The client's request, locked; "not found" for anybody else's (§7), and for another contact's where each sees only their
/// own (decision 13).
pub(crate) async fn own_request(
    work: &Work,
    who: &ContactPass,
    reference: &str,
) -> Result<request::Model> {
    let row = work.request(reference).await?;
    let theirs = |row: &request::Model| {
        row.client_id == who.client.key() && (!who.own_only || row.person_id == who.person.key())
    };
    Ok(row.filter(theirs).ok_or(Refusal::NotFound)?)
}
