//! A change or a cancellation that a client asks for against a visit (spec §5): at most one open at a time; the visit
//! stays as it is until somebody decides.

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use crate::clash::Clash;
use crate::ids::{ChangeId, PersonId, ServiceId, SubjectId, VisitId};
#[cfg(doc)]
use crate::people::Notes;
use crate::people::Reason;
use crate::policy::{CancellationAnswer, CancellationRules, CutOff};
use crate::refusal::{Refusal, words};
use crate::span::Span;
use crate::visit::Visit;

words! {
    /// Where a change stands (architecture §5).
    ChangeStatus {
        /// Waiting for staff.
        Pending => "pending",
        /// Accepted, wholly or field by field.
        Approved => "approved",
        /// Refused; the original stands.
        Declined => "declined",
        /// Taken back by the client.
        Withdrawn => "withdrawn",
        /// Staff changed the visit meanwhile.
        Superseded => "superseded",
        /// The visit started.
        Expired => "expired",
    }
}

words! {
    /// What a change can be about; staff may accept some of it.
    ChangeField {
        /// The date, the time, the length.
        Time => "time",
        /// The service.
        Service => "service",
        /// What the visit is for.
        Subjects => "subjects",
        /// The notes.
        Notes => "notes",
    }
}

/// When a visit is wanted instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum WantedTime {
    /// Then; it is held until the decision (decision 10).
    Exact(Span),
    /// Some time in a block of a day: staff choose which. Nothing is held (decision 3).
    Block {
        /// From when to when.
        within: Span,
        /// How long the visit is then, in minutes.
        length_min: u32,
    },
}

impl WantedTime {
    /// The time that is held; of a block none.
    pub const fn exact(self) -> Option<Span> {
        match self {
            Self::Exact(span) => Some(span),
            Self::Block { .. } => None,
        }
    }

    /// The time, or the whole block.
    pub const fn span(self) -> Span {
        match self {
            Self::Exact(span) => span,
            Self::Block { within, .. } => within,
        }
    }

    /// Whether a visit at that time is what was wanted.
    pub fn is_met_by(self, span: Span) -> bool {
        match self {
            Self::Exact(wanted) => wanted == span,
            Self::Block { within, length_min } => {
                within.encloses(&span) && span.minutes() == i64::from(length_min)
            }
        }
    }
}

/// What should be different; absent fields stay (D4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Another time.
    pub time: Option<WantedTime>,
    /// Another service.
    pub service: Option<ServiceId>,
    /// Other subjects.
    pub subjects: Option<Vec<SubjectId>>,
    /// Other notes, as [`Notes`] are checked; empty: none any more.
    pub notes: Option<String>,
}

impl Wanted {
    /// What it is about.
    pub fn fields(&self) -> Vec<ChangeField> {
        let all = [
            (ChangeField::Time, self.time.is_some()),
            (ChangeField::Service, self.service.is_some()),
            (ChangeField::Subjects, self.subjects.is_some()),
            (ChangeField::Notes, self.notes.is_some()),
        ];
        let asked = all.into_iter().filter(|(_, asked)| *asked);
        asked.map(|(field, _)| field).collect()
    }

    /// Only these fields of it.
    #[must_use]
    pub fn only(self, fields: &[ChangeField]) -> Self {
        let of = |field| fields.contains(&field);
        Self {
            time: self.time.filter(|_| of(ChangeField::Time)),
            service: self.service.filter(|_| of(ChangeField::Service)),
            subjects: self.subjects.filter(|_| of(ChangeField::Subjects)),
            notes: self.notes.filter(|_| of(ChangeField::Notes)),
        }
    }

    /// Whether it asks for nothing.
    pub const fn is_empty(&self) -> bool {
        self.time.is_none()
            && self.service.is_none()
            && self.subjects.is_none()
            && self.notes.is_none()
    }

    /// Whether every field of this is also asked for there: staff may accept fewer fields, not other ones.
    fn is_part_of(&self, all: &Self) -> bool {
        let time = match (self.time, all.time) {
            (None, _) => true,
            (Some(WantedTime::Exact(span)), Some(wanted)) => wanted.is_met_by(span),
            (Some(block), wanted) => wanted == Some(block),
        };
        time && (self.service.is_none() || self.service == all.service)
            && (self.subjects.is_none() || self.subjects == all.subjects)
            && (self.notes.is_none() || self.notes == all.notes)
    }
}

/// What the client asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Ask {
    /// Something different.
    Change(Wanted),
    /// Not to have it.
    Cancellation {
        /// Why.
        reason: Option<Reason>,
    },
}

/// Where a change stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum ChangeState {
    /// Waiting for staff.
    Pending,
    /// Accepted.
    Approved {
        /// By whom; `None`: by the policy, at once (decision 9).
        by: Option<PersonId>,
        /// When.
        at: DateTime<Utc>,
        /// What was accepted.
        accepted: Ask,
    },
    /// Refused.
    Declined {
        /// By whom.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
        /// Why; the client reads it.
        reason: Option<Reason>,
    },
    /// Taken back.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
    },
    /// Staff changed the visit meanwhile.
    Superseded {
        /// When.
        at: DateTime<Utc>,
    },
    /// The visit started.
    Expired {
        /// When it was found out.
        at: DateTime<Utc>,
    },
}

/// A change or cancellation request, as a value that only changes by the steps of spec §5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub id: ChangeId,
    /// Against which visit.
    pub visit: VisitId,
    /// Who asked.
    pub by: PersonId,
    /// What for.
    pub ask: Ask,
    /// Where it stands.
    pub state: ChangeState,
    /// Rises with each step.
    pub version: i32,
}

impl Change {
    /// Asks to change a visit. `has_open`: whether another one is open against it.
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`], [`Refusal::ChangeCutOffPassed`], [`Refusal::ChangeOpen`],
    /// [`Refusal::NothingChanged`]; that of the visit's state.
    pub fn submit<Z: TimeZone>(
        (id, by): (ChangeId, PersonId),
        visit: &Visit,
        wanted: Wanted,
        has_open: bool,
        cut_off: (&CutOff, DateTime<Utc>, &Z),
    ) -> Result<Self, Refusal> {
        let (cut_off, now, business) = cut_off;
        visit.open_to_client(now)?;
        if has_open {
            return Err(Refusal::ChangeOpen);
        }
        let only_time = wanted.fields() == [ChangeField::Time];
        let same = wanted.time.is_some_and(|time| time.is_met_by(visit.span));
        if wanted.is_empty() || (only_time && same) {
            return Err(Refusal::NothingChanged);
        }
        if !cut_off.in_time(now, business, visit.span.start()) {
            return Err(Refusal::ChangeCutOffPassed);
        }
        let ask = Ask::Change(wanted);
        Ok(Self {
            id,
            visit: visit.id,
            by,
            ask,
            state: ChangeState::Pending,
            version: 1,
        })
    }

    /// Asks to cancel a visit: approved at once or pending, by the business's policy (decision 9, D3).
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`], [`Refusal::ChangeOpen`], [`Refusal::CancellationNotAllowed`],
    /// [`Refusal::CancellationCutOffPassed`]; that of the visit's state.
    pub fn cancel<Z: TimeZone>(
        (id, by): (ChangeId, PersonId),
        visit: &Visit,
        reason: Option<Reason>,
        has_open: bool,
        rules: (&CancellationRules, DateTime<Utc>, &Z),
    ) -> Result<Self, Refusal> {
        let (rules, now, business) = rules;
        visit.open_to_client(now)?;
        if has_open {
            return Err(Refusal::ChangeOpen);
        }
        let ask = Ask::Cancellation { reason };
        let state = match rules.answer(now, business, visit.span.start())? {
            CancellationAnswer::Accepted => ChangeState::Approved {
                by: None,
                at: now,
                accepted: ask.clone(),
            },
            CancellationAnswer::Reviewed | CancellationAnswer::Late => ChangeState::Pending,
        };
        Ok(Self {
            id,
            visit: visit.id,
            by,
            ask,
            state,
            version: 1,
        })
    }

    /// The word for where it stands.
    pub const fn status(&self) -> ChangeStatus {
        match self.state {
            ChangeState::Pending => ChangeStatus::Pending,
            ChangeState::Approved { .. } => ChangeStatus::Approved,
            ChangeState::Declined { .. } => ChangeStatus::Declined,
            ChangeState::Withdrawn { .. } => ChangeStatus::Withdrawn,
            ChangeState::Superseded { .. } => ChangeStatus::Superseded,
            ChangeState::Expired { .. } => ChangeStatus::Expired,
        }
    }

    /// Staff accept it. `only`: the fields they accept, where it is not all of them; `clashes` are the engine's about
    /// the new time.
    ///
    /// # Errors
    /// [`Refusal::Stale`], [`Refusal::AlreadyStarted`], [`Refusal::NotProposed`] when `only` has other fields,
    /// [`Refusal::NothingChanged`] when it has none, that of the first clash; from a final state its refusal.
    pub fn approve(
        self,
        version: i32,
        (by, at): (PersonId, DateTime<Utc>),
        visit: &Visit,
        only: Option<Wanted>,
        clashes: &[Clash],
    ) -> Result<Self, Refusal> {
        self.fresh(version)?;
        visit.open_to_client(at)?;
        if let Some(clash) = clashes.first() {
            return Err(clash.refusal());
        }
        let accepted = match (&self.ask, only) {
            (ask, None) => ask.clone(),
            (Ask::Cancellation { .. }, Some(_)) => return Err(Refusal::KindMismatch),
            (Ask::Change(_), Some(only)) if only.is_empty() => return Err(Refusal::NothingChanged),
            (Ask::Change(all), Some(only)) if only.is_part_of(all) => Ask::Change(only),
            (Ask::Change(_), Some(_)) => return Err(Refusal::NotProposed),
        };
        Ok(self.into_state(ChangeState::Approved {
            by: Some(by),
            at,
            accepted,
        }))
    }

    /// Staff refuse it; the original is restated.
    ///
    /// # Errors
    /// [`Refusal::ReasonRequired`], [`Refusal::Stale`]; from a final state its refusal.
    pub fn decline(
        self,
        version: i32,
        (by, at): (PersonId, DateTime<Utc>),
        reason: Option<Reason>,
        required: bool,
    ) -> Result<Self, Refusal> {
        self.fresh(version)?;
        if required && reason.is_none() {
            return Err(Refusal::ReasonRequired);
        }
        Ok(self.into_state(ChangeState::Declined { by, at, reason }))
    }

    /// The client takes it back.
    ///
    /// # Errors
    /// From a final state its refusal.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.pending()?;
        Ok(self.into_state(ChangeState::Withdrawn { at: now }))
    }

    /// Staff changed or cancelled the visit meanwhile; the client is told.
    ///
    /// # Errors
    /// From a final state its refusal.
    pub fn supersede(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.pending()?;
        Ok(self.into_state(ChangeState::Superseded { at: now }))
    }

    /// The visit started before anybody decided.
    ///
    /// # Errors
    /// [`Refusal::NotExpired`]; from a final state its refusal.
    pub fn expire(self, visit: &Visit, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.pending()?;
        if now < visit.span.start() {
            return Err(Refusal::NotExpired);
        }
        Ok(self.into_state(ChangeState::Expired { at: now }))
    }

    fn pending(&self) -> Result<(), Refusal> {
        match self.state {
            ChangeState::Pending => Ok(()),
            ChangeState::Approved { .. } | ChangeState::Declined { .. } => {
                Err(Refusal::AlreadyDecided)
            }
            ChangeState::Withdrawn { .. } => Err(Refusal::AlreadyCancelled),
            ChangeState::Superseded { .. } => Err(Refusal::Final),
            ChangeState::Expired { .. } => Err(Refusal::Expired),
        }
    }

    fn fresh(&self, version: i32) -> Result<(), Refusal> {
        self.pending()?;
        if version == self.version {
            Ok(())
        } else {
            Err(Refusal::Stale)
        }
    }

    fn into_state(self, state: ChangeState) -> Self {
        Self {
            state,
            version: self.version.saturating_add(1),
            ..self
        }
    }
}
