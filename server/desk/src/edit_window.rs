//! The client edits a pending request that asks for no exact slot: dates, part of the day, how it repeats, words. Nothing is
//! held, so nothing moves.

use booking::ids::{PhotoId, QuestionId, ServiceId, SubjectId};
use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::people::Notes;
use booking::refusal::Refusal;
use booking::request::{self as rules, RequestState};
use serde::Serialize;
use serde_json::json;

use crate::announce::{News, announce};
use crate::answers::{self, Given};
use crate::approve_request::too_late;
use crate::change_request::{replace, snapshot};
use crate::desk::{Desk, Work};
use crate::edit_request::Edited;
use crate::history::Entry;
use crate::hold::minutes;
use crate::key::Key;
use crate::offer;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::photos;
use crate::submit_request::{Details, put_wish, write_subjects};
use crate::submit_window::{Checked, WantedWindow, window_book};
use crate::table::request;
use crate::trouble::Result;
use crate::withdraw_request::own_request;

/// What the form says; service and kind stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowEdit {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// What is wanted.
    pub wanted: WantedWindow,
    /// The client's words, as typed; may be empty.
    pub notes: String,
    /// A ticket, as typed; may be empty.
    pub ticket: String,
    /// What it is for; the client's own.
    pub subjects: Vec<SubjectId>,
    /// What was answered to the service's questions, as typed.
    pub answers: Vec<(QuestionId, String)>,
    /// The photos it has from now on: those it keeps and new ones, at most 5.
    pub photos: Vec<PhotoId>,
}

impl Desk {
    /// Edits it (decision 10).
    ///
    /// # Errors
    /// [`Refusal::NotFound`], also for one that asks for an exact slot; [`Refusal::KindMismatch`] beside `kind`; beside their
    /// fields what [`Desk::submit_window`] refuses.
    pub async fn edit_window(&self, who: &ContactPass, ask: WindowEdit) -> Result<Edited> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(_) => return Ok(Edited::Done),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = own_request(&work, who, &ask.request).await?;
        if row.kind()? != ask.wanted.kind {
            return Err(Refusal::KindMismatch.into());
        }
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Edited::Changed(changed));
        }
        let service = ServiceId::of(row.service_id);
        let book = window_book(&work, who, service).await?;
        let checked = Checked::read(&book, work.now(), service, &ask.wanted)?;
        let details =
            Details::read(&work, who, &book, &ask.notes, &ask.ticket, &ask.subjects).await?;
        let details = details.answering(Given::read(&work, service, &ask.answers).await?);
        let after = edited(&work, &row, &ask, checked, &details)?;
        let after = replace(&mut work, &row, after).await?;
        offer::end(&work, &row, OfferStatus::Dropped, Some(who.person), None).await?;
        write_subjects(&work, row.id, &details.subjects).await?;
        let answered = answers::of_request(work.tx(), row.id).await?;
        details.answers.write(&work, row.id).await?;
        let photos = photos::change(&work, who.person, row.id, &ask.photos).await?;
        Entry::new(Some(who.person), "request", row.id, "edited")
            .before(&photos::told(
                answers::noted(snapshot(&row), &answered),
                &photos.before,
            ))?
            .after(&photos::told(
                details.answers.noted(snapshot(&after)),
                &photos.after,
            ))?
            .write(&work)
            .await?;
        let news = News::new(Event::RequestEdited, &after, Some(who.person));
        announce(&mut work, &news).await?;
        work.done_once(who.person, &ask.key, json!({})).await?;
        work.commit().await?;
        Ok(Edited::Done)
    }
}

fn edited(
    work: &Work,
    row: &request::Model,
    ask: &WindowEdit,
    checked: Checked,
    details: &Details,
) -> Result<request::Model> {
    let before = row.pending()?;
    let new = rules::NewRequest::new(
        before.client,
        before.by,
        before.service,
        checked.wish,
        details.notes.clone(),
    )?;
    let after = before.edit(ask.version, new, work.now(), None)?;
    let after = after.ending(checked.over);
    let expires_at = match after.state {
        RequestState::Pending { expires, .. } => expires,
        _ => row.expires_at,
    };
    let mut changed = request::Model {
        technician_id: ask.wanted.technician.map(Key::key),
        length_min: minutes(ask.wanted.length_min),
        day_part: ask.wanted.part.map(|part| part.as_str().to_owned()),
        notes: details.notes.as_ref().map_or("", Notes::as_str).to_owned(),
        ticket: details.ticket.clone(),
        expires_at,
        awaiting_client: false,
        ..row.clone()
    };
    put_wish(&mut changed, &after.wish)?;
    Ok(changed)
}
