//! Staff decide what a client asked for against a visit: they cancel it, change it wholly or field by field, or decline. All
//! is checked again under the locks, and everybody is told in the same transaction.

use booking::change::{Ask, ChangeField, ChangeStatus, Wanted, WantedTime};
use booking::clash::Objection;
use booking::ids::{ServiceId, SubjectId, TechnicianId};
use booking::letter::Event;
use booking::people::Reason;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::announce::{ChangeNews, News, announce};
use crate::cancel_visit::cancel;
use crate::change_request::may_decide;
use crate::change_visit::{Placed, Scope, VisitChange, placed, taken};
use crate::changes::{asked_by, free, held, open_of, replace, tell};
use crate::desk::{Desk, Work};
use crate::fees::{self, FeeKind};
use crate::free_slots::OfferedSlot;
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::table::{business, change, person, visit};
use crate::trouble::{Beside, Result};
use crate::visit_form::{Booked, Obstacle, VisitForm};
use crate::{portal_rules, visit_row};

/// The form "Approve" of a change or a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeApproval {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub change: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// What of it is accepted; of a cancellation nothing to choose.
    pub fields: Vec<ChangeField>,
    /// When, where a block was asked for.
    pub start: Option<DateTime<Utc>>,
    /// Who comes then, of several who come together any of them for all; of a cancellation, where the time and the service stay, and where a time in a block was chosen that is
    /// not accepted, nobody is asked.
    pub technicians: Vec<TechnicianId>,
    /// Why soft rules are overruled, as typed; may be empty (R23).
    pub override_reason: String,
    /// Whether the fee for a late cancellation is recorded.
    pub fee: bool,
}

/// The form "Decline" of a change or a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDecline {
    /// `R-…`.
    pub change: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// Why, for the client to read, as typed; may be empty unless the business requires one.
    pub reason: String,
}

/// The answer to both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ChangeDecided {
    /// It is decided, and everybody is told.
    Done {
        /// `V-…` of the visit as it stands now.
        visit: String,
    },
    /// The time cannot be had: nothing was written.
    Lost {
        /// What is in the way.
        obstacles: Vec<Obstacle>,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
    /// Soft rules speak against it: a reason overrules them (R23).
    Objected {
        /// Which, most telling first.
        objections: Vec<Objection>,
    },
    /// Somebody else was faster: nothing was done now.
    Changed {
        /// Where it stands now.
        status: ChangeStatus,
        /// Who did it; nobody: the clock, or staff who changed the visit.
        by: Option<String>,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Desk {
    /// Approves a change, wholly or field by field, or a cancellation.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::NothingChanged`] beside `fields` for none of them; that of
    /// the visit's state; beside `time` where none in the block was chosen; beside `technicians` and `override_reason` what
    /// is refused there.
    pub async fn approve_change(
        &self,
        who: &StaffPass,
        ask: ChangeApproval,
    ) -> Result<ChangeDecided> {
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return Ok(before(&result)),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let (row, placed) = locked(&work, who, &ask.change).await?;
        if let Some(changed) = too_late(&work, &row, ask.version).await? {
            return Ok(changed);
        }
        if row.is_cancellation() {
            let visit = approve_cancellation(&mut work, who, (&row, &placed), ask.fee).await?;
            let result = json!({ "visit": visit });
            work.done_once(who.person, &ask.key, result).await?;
            work.commit().await?;
            return Ok(ChangeDecided::Done { visit });
        }
        let change = visit_change(&work, &row, &placed, &ask).await?;
        let booked = self.carry_out(work, who, placed.row, &change).await?;
        Ok(match booked {
            Booked::Done { visit, .. } => ChangeDecided::Done { visit },
            Booked::Lost { obstacles, next } => ChangeDecided::Lost { obstacles, next },
            Booked::Objected { objections } => ChangeDecided::Objected { objections },
            Booked::Conflicts { .. } => return Err(Refusal::OccurrencesConflict.into()),
        })
    }

    /// Declines a change or a cancellation: the visit stays as it is, and the client is told so.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::ReasonRequired`] and what a text refuses beside `reason`.
    pub async fn decline_change(
        &self,
        who: &StaffPass,
        ask: ChangeDecline,
    ) -> Result<ChangeDecided> {
        let mut work = self.begin().await?;
        let (row, placed) = locked(&work, who, &ask.change).await?;
        let visit = placed.row.reference.clone();
        if let Some(changed) = too_late(&work, &row, ask.version).await? {
            return Ok(changed);
        }
        let business = business::Entity::find_by_id(1).one(work.tx()).await?;
        let required = business.is_some_and(|business| business.reason_required);
        let reason = Reason::optional(&ask.reason).beside("reason")?;
        let by = (who.person, work.now());
        row.pending()?
            .decline(ask.version, by, reason.clone(), required)
            .beside("reason")?;
        let after = change::Model {
            status: ChangeStatus::Declined.as_str().to_owned(),
            decided_at: Some(work.now()),
            decided_by: Some(who.person.key()),
            decline_reason: reason.map(|reason| reason.as_str().to_owned()),
            ..row.clone()
        };
        let after = replace(&mut work, Some(who.person), &row, after).await?;
        free(&work, row.id, BookingStatus::Declined).await?;
        let event = match row.is_cancellation() {
            true => Event::CancellationDeclined,
            false => Event::ChangeDeclined,
        };
        tell(&mut work, event, (&after, &placed.row), Some(who.person)).await?;
        work.commit().await?;
        Ok(ChangeDecided::Done { visit })
    }
}

fn before(result: &serde_json::Value) -> ChangeDecided {
    let visit = result.get("visit").and_then(serde_json::Value::as_str);
    ChangeDecided::Done {
        visit: visit.unwrap_or_default().to_owned(),
    }
}

/// The change and its visit, which is locked first, if this person may decide about those who come to it.
async fn locked(work: &Work, who: &StaffPass, reference: &str) -> Result<(change::Model, Placed)> {
    let named = || change::Entity::find().filter(change::Column::Reference.eq(reference));
    let row = named().one(work.tx()).await?.ok_or(Refusal::NotFound)?;
    let visit = visit::Entity::find_by_id(row.visit_id)
        .one(work.tx())
        .await?;
    let visit = visit.ok_or(Refusal::NotFound)?;
    let visit = work
        .visit(&visit.reference)
        .await?
        .ok_or(Refusal::NotFound)?;
    let row = named().one(work.tx()).await?.ok_or(Refusal::NotFound)?;
    let placed = placed(work, visit).await?;
    let technicians: Vec<Option<Uuid>> = match placed.technicians().as_slice() {
        [] => vec![None],
        some => some.iter().map(|id| Some(id.key())).collect(),
    };
    may_decide(work, who, &technicians).await?;
    Ok((row, placed))
}

/// What a slower press is answered.
async fn too_late(work: &Work, row: &change::Model, version: i32) -> Result<Option<ChangeDecided>> {
    let status = row.standing()?;
    if status == ChangeStatus::Pending && row.version == version {
        return Ok(None);
    }
    let by = match row.decided_by {
        Some(id) => person::Entity::find_by_id(id).one(work.tx()).await?,
        None => None,
    };
    Ok(Some(ChangeDecided::Changed {
        status,
        by: by.map(|person| person.name),
        at: row.decided_at.unwrap_or(row.created_at),
    }))
}

async fn approve_cancellation(
    work: &mut Work,
    who: &StaffPass,
    (row, placed): (&change::Model, &Placed),
    fee: bool,
) -> Result<String> {
    let by = (who.person, work.now());
    let life = placed.row.life()?;
    row.pending()?.approve(row.version, by, &life, None, &[])?;
    let after = approved(work, who, row, None);
    replace(work, Some(who.person), row, after).await?;
    if row.late && fee {
        let amount = portal_rules::read(work).await?.late_fee_minor;
        fees::record(work, &placed.row, FeeKind::LateCancel, amount).await?;
    }
    let reason = Reason::optional(row.reason.as_deref().unwrap_or_default())?;
    let after = cancel(work, who.person, placed, reason.as_ref()).await?;
    let request = asked_by(work, &after).await?;
    let visits = std::slice::from_ref(&after);
    let (event, technicians) = (Event::VisitCancelled, placed.technicians());
    let mut news = News::of_visits(event, visits, request.as_ref(), technicians, who.person);
    news.reason.clone_from(&row.reason);
    news.change = Some(ChangeNews::of(row));
    announce(work, &news).await?;
    Ok(after.reference)
}

fn approved(
    work: &Work,
    who: &StaffPass,
    row: &change::Model,
    fields: Option<&[ChangeField]>,
) -> change::Model {
    let words = fields.map(|fields| {
        let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        json!(words)
    });
    change::Model {
        status: ChangeStatus::Approved.as_str().to_owned(),
        decided_at: Some(work.now()),
        decided_by: Some(who.person.key()),
        accepted: words,
        ..row.clone()
    }
}

/// The visit's form with what is accepted in it.
async fn visit_change(
    work: &Work,
    row: &change::Model,
    placed: &Placed,
    ask: &ChangeApproval,
) -> Result<VisitChange> {
    let visit = &placed.row;
    let wanted = wanted(row)?.only(&ask.fields);
    if wanted.is_empty() {
        return Err(Refusal::NothingChanged).beside("fields");
    }
    let span = match wanted.time {
        Some(time) => chosen(time, ask.start)?,
        None => visit.span()?,
    };
    let held = held(work, row.id).await?;
    let mut resources = taken(work, &held).await?;
    if resources.is_empty() && wanted.service.is_none() {
        resources = taken(work, &placed.rows).await?;
    }
    let subjects = match wanted.subjects {
        Some(subjects) => subjects,
        None => {
            let own = visit_row::subjects_of(work, visit.id).await?;
            own.into_iter().map(SubjectId::of).collect()
        }
    };
    // Whoever was chosen with a time in a block is free then, and comes only if that time is accepted.
    let chosen_too = wanted.time.is_some() || (wanted.service.is_some() && ask.start.is_none());
    let comes = placed.technicians();
    let technicians = match ask.technicians.as_slice() {
        [] => comes,
        _ if !chosen_too => comes,
        // One of several who come together stands for all of them: nobody is left out by a decision about the time.
        [one] if comes.contains(one) => comes,
        others => others.to_vec(),
    };
    let form = VisitForm {
        service: wanted.service.unwrap_or(ServiceId::of(visit.service_id)),
        technicians,
        start: span.start(),
        length_min: u32::try_from((span.end() - span.start()).num_minutes()).unwrap_or(0),
        seats: amount(visit.seats),
        resources: match wanted.time {
            Some(_) => resources,
            None => taken(work, &placed.rows).await?,
        },
        subjects,
        notes: wanted.notes.unwrap_or_else(|| visit.notes.clone()),
        internal_notes: visit.internal_notes.clone(),
        ticket: visit.ticket.clone().unwrap_or_default(),
        override_reason: ask.override_reason.clone(),
    };
    Ok(VisitChange {
        key: ask.key.clone(),
        visit: visit.reference.clone(),
        version: visit.version,
        form,
        scope: Scope::This,
        skip_conflicts: false,
        answers: Some(row.reference.clone()),
    })
}

/// The time itself: of a block the one that staff chose in it.
fn chosen(wanted: WantedTime, start: Option<DateTime<Utc>>) -> Result<Span> {
    let length_min = match wanted {
        WantedTime::Exact(span) => return Ok(span),
        WantedTime::Block { length_min, .. } => length_min,
    };
    let start = start.ok_or(Refusal::BadTime).beside("time")?;
    let span = Span::of(start, length_min).beside("time")?;
    match wanted.is_met_by(span) {
        true => Ok(span),
        false => Err(Refusal::NotProposed).beside("time"),
    }
}

fn wanted(row: &change::Model) -> Result<Wanted> {
    match row.pending()?.ask {
        Ask::Change(wanted) => Ok(wanted),
        Ask::Cancellation { .. } => Err(Refusal::KindMismatch.into()),
    }
}

/// Marks the change that waits against a visit as approved by what staff are about to write into it, and gives up what it
/// held. What of it was accepted is read off the form.
pub(crate) async fn answer(
    work: &mut Work,
    who: &StaffPass,
    visit: &visit::Model,
    (reference, form): (&str, &VisitChange),
) -> Result<change::Model> {
    let row = open_of(work, visit.id).await?;
    let row = row.filter(|row| row.reference == reference);
    let row = row.ok_or(Refusal::AlreadyDecided)?;
    let all = wanted(&row)?;
    let by = (who.person, work.now());
    row.pending()?
        .approve(row.version, by, &visit.life()?, None, &[])?;
    let fields: Vec<ChangeField> = all
        .fields()
        .into_iter()
        .filter(|field| is_in(*field, &all, &form.form))
        .collect();
    let after = approved(work, who, &row, Some(&fields));
    let after = replace(work, Some(who.person), &row, after).await?;
    free(work, row.id, BookingStatus::Rescheduled).await?;
    Ok(after)
}

/// Whether the form says what was wanted.
fn is_in(field: ChangeField, wanted: &Wanted, form: &VisitForm) -> bool {
    match field {
        ChangeField::Time => wanted.time.is_some_and(|time| {
            let span = Span::of(form.start, form.length_min);
            span.is_ok_and(|span| time.is_met_by(span))
        }),
        ChangeField::Service => wanted.service == Some(form.service),
        ChangeField::Subjects => wanted.subjects.as_ref().is_some_and(|subjects| {
            let sorted = |ids: &[SubjectId]| {
                let mut ids = ids.to_vec();
                ids.sort_unstable();
                ids
            };
            sorted(subjects) == sorted(&form.subjects)
        }),
        ChangeField::Notes => wanted.notes.as_deref() == Some(form.notes.trim()),
    }
}
