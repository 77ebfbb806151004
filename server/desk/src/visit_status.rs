//! What happens on the day: a technician begins and completes a visit, or nobody was there (B8, §5). Within seven days
//! staff can correct what was recorded; every step is history.

use booking::letter::Event;
use booking::people::Notes;
use booking::refusal::Refusal;
use booking::visit::{Correction, VisitStatus};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use crate::announce::{News, announce};
use crate::change_visit::{Placed, placed};
use crate::create_visit::booking_status;
use crate::desk::{Desk, Work};
use crate::fees::{self, FeeKind};
use crate::history::Entry;
use crate::hold;
use crate::pass::StaffPass;
use crate::portal_rules;
use crate::table::{request, visit};
use crate::trouble::{Beside, Result};
use crate::visit_row;

/// A step of a visit's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The technician is there.
    Start,
    /// It is done.
    Complete,
    /// The client did not come, or was not there.
    NoShow,
    /// What was recorded was wrong: dispatchers and owners, within seven days.
    Correct(Correction),
}

/// The form of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitStep {
    /// `V-…`.
    pub visit: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// Which.
    pub step: Step,
    /// What is to be remembered, for staff, as typed; may be empty. It is added below what stands there.
    pub note: String,
}

impl Desk {
    /// Takes a step; the status afterwards. A technician's own visits, a dispatcher's all.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a visit that is not theirs; [`Refusal::NotAllowed`] for a technician who corrects;
    /// [`Refusal::Stale`], [`Refusal::NotStarted`], [`Refusal::CorrectionTooLate`], [`Refusal::Overlap`] where the time was
    /// given to somebody else meanwhile; that of its state; beside `note` what is refused of it.
    pub async fn step_visit(&self, who: &StaffPass, ask: VisitStep) -> Result<VisitStatus> {
        let mut work = self.begin().await?;
        let row = work.visit(&ask.visit).await?.ok_or(Refusal::NotFound)?;
        let before = placed(&work, row).await?;
        if who.dispatcher().is_err() {
            if !before
                .technicians()
                .iter()
                .any(|id| Some(*id) == who.technician())
            {
                return Err(Refusal::NotFound.into());
            }
            if matches!(ask.step, Step::Correct(_)) {
                return Err(Refusal::NotAllowed.into());
            }
        }
        let (now, life) = (work.now(), before.row.life()?);
        let life = match ask.step {
            Step::Start => life.start(ask.version, now)?,
            Step::Complete => life.complete(ask.version, now)?,
            Step::NoShow => life.no_show(ask.version, now)?,
            Step::Correct(to) => life.correct(ask.version, to, now, None)?,
        };
        let note = Notes::optional(&ask.note).beside("note")?;
        let status = life.status();
        let at = match ask.step {
            Step::Correct(Correction::Completed | Correction::NoShow) => before.row.status_at,
            Step::Start | Step::Complete | Step::NoShow | Step::Correct(Correction::Cancelled) => {
                Some(now)
            }
        };
        let after = visit::Model {
            status: status.as_str().to_owned(),
            status_at: at,
            internal_notes: added(&before.row.internal_notes, note.as_ref())?,
            sequence: before.row.sequence + i32::from(status == VisitStatus::Cancelled),
            ..before.row.clone()
        };
        let after = visit_row::replace(&mut work, &before.row, after).await?;
        for row in &before.rows {
            hold::restate(&work, row, booking_status(status)).await?;
        }
        if status == VisitStatus::NoShow {
            let amount = portal_rules::read(&work).await?.no_show_fee_minor;
            fees::record(&work, &after, FeeKind::NoShow, amount).await?;
        } else if before.row.status == VisitStatus::NoShow.as_str() {
            fees::forget(&work, who, &after, FeeKind::NoShow).await?;
        }
        write_history(&work, who, &before, &after, ask.step).await?;
        tell(&mut work, who, &before, &after, ask.step).await?;
        work.commit().await?;
        Ok(status)
    }

    /// Adds a note for staff to a visit, whatever its status: a technician's own visits, a dispatcher's all.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::Stale`]; beside `note` what is refused of it.
    pub async fn note_visit(
        &self,
        who: &StaffPass,
        reference: &str,
        version: i32,
        note: &str,
    ) -> Result<()> {
        let mut work = self.begin().await?;
        let row = work.visit(reference).await?.ok_or(Refusal::NotFound)?;
        let before = placed(&work, row).await?;
        let own = before
            .technicians()
            .iter()
            .any(|id| Some(*id) == who.technician());
        if who.dispatcher().is_err() && !own {
            return Err(Refusal::NotFound.into());
        }
        if before.row.version != version {
            return Err(Refusal::Stale.into());
        }
        let note = Notes::optional(note).beside("note")?;
        let note = note.ok_or(Refusal::TextEmpty).beside("note")?;
        let after = visit::Model {
            internal_notes: added(&before.row.internal_notes, Some(&note))?,
            ..before.row.clone()
        };
        let after = visit_row::replace(&mut work, &before.row, after).await?;
        let technicians = before.technicians();
        Entry::new(Some(who.person), "visit", after.id, "noted")
            .before(&visit_row::snapshot(&before.row, &technicians))?
            .after(&visit_row::snapshot(&after, &technicians))?
            .write(&work)
            .await?;
        work.commit().await
    }
}

/// The notes with one more below.
fn added(notes: &str, note: Option<&Notes>) -> Result<String> {
    let Some(note) = note else {
        return Ok(notes.to_owned());
    };
    let both = [notes, note.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty());
    let both: Vec<&str> = both.collect();
    let text = both.join("\n");
    Notes::optional(&text).beside("note")?;
    Ok(text)
}

async fn write_history(
    work: &Work,
    who: &StaffPass,
    before: &Placed,
    after: &visit::Model,
    step: Step,
) -> Result<()> {
    let what = match step {
        Step::Start => "started",
        Step::Complete => "completed",
        Step::NoShow => "no_show",
        Step::Correct(_) => "corrected",
    };
    let technicians = before.technicians();
    Entry::new(Some(who.person), "visit", after.id, what)
        .before(&visit_row::snapshot(&before.row, &technicians))?
        .after(&visit_row::snapshot(after, &technicians))?
        .write(work)
        .await
}

/// The client is told what became of the visit; a correction is between the staff and the record.
async fn tell(
    work: &mut Work,
    who: &StaffPass,
    before: &Placed,
    after: &visit::Model,
    step: Step,
) -> Result<()> {
    let event = match step {
        Step::Complete => Event::VisitCompleted,
        Step::NoShow => Event::VisitNoShow,
        Step::Start | Step::Correct(_) => return Ok(()),
    };
    let request = match after.request_id {
        Some(id) => request::Entity::find_by_id(id).one(work.tx()).await?,
        None => None,
    };
    let rows = std::slice::from_ref(after);
    let news = News::of_visits(
        event,
        rows,
        request.as_ref(),
        before.technicians(),
        who.person,
    );
    announce(work, &news).await
}
