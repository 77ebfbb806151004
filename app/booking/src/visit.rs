//! The life of a visit (spec §5): scheduled, in progress, completed, cancelled, no-show, rescheduled. Nothing leaves
//! cancelled or rescheduled, and nothing is deleted.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::VisitId;
use crate::people::Reason;
use crate::refusal::{Refusal, words};
use crate::span::Span;

/// How long completed and no-show can be corrected, in days; the very end included.
pub const CORRECTION_DAYS: i64 = 7;

words! {
    /// Where a visit stands (architecture §5).
    VisitStatus {
        /// It will happen.
        Scheduled => "scheduled",
        /// The technician is there.
        InProgress => "in_progress",
        /// It happened.
        Completed => "completed",
        /// Called off.
        Cancelled => "cancelled",
        /// The client did not come.
        NoShow => "no_show",
        /// Moved: another visit took its place.
        Rescheduled => "rescheduled",
    }
}

/// Where a visit stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum VisitState {
    /// It will happen.
    Scheduled,
    /// The technician is there.
    InProgress {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It happened.
    Completed {
        /// When that was first recorded; corrections count from here.
        at: DateTime<Utc>,
    },
    /// Called off.
    Cancelled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: Option<Reason>,
    },
    /// The client did not come.
    NoShow {
        /// When that was first recorded; corrections count from here.
        at: DateTime<Utc>,
    },
    /// Moved; this row keeps its time.
    Rescheduled {
        /// The visit that took its place.
        to: VisitId,
    },
}

/// What a completed or no-show visit is corrected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// It did happen.
    Completed,
    /// The client did not come.
    NoShow,
    /// It had been called off.
    Cancelled,
}

/// A visit, as a value that only changes by the steps of spec §5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Which.
    pub id: VisitId,
    /// When.
    pub span: Span,
    /// Where it stands.
    pub state: VisitState,
    /// Rises with each change.
    pub version: i32,
}

impl Visit {
    /// A visit that will happen.
    pub const fn schedule(id: VisitId, span: Span) -> Self {
        Self {
            id,
            span,
            state: VisitState::Scheduled,
            version: 1,
        }
    }

    /// A visit that staff write down afterwards, completed or no-show (B3).
    ///
    /// # Errors
    /// [`Refusal::NotStarted`] unless it has started; [`Refusal::WrongState`] for one that would be born cancelled.
    pub fn record(
        id: VisitId,
        span: Span,
        what: Correction,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        if now < span.start() {
            return Err(Refusal::NotStarted);
        }
        let state = match what {
            Correction::Completed => VisitState::Completed { at: now },
            Correction::NoShow => VisitState::NoShow { at: now },
            Correction::Cancelled => return Err(Refusal::WrongState),
        };
        Ok(Self {
            id,
            span,
            state,
            version: 1,
        })
    }

    /// The word for where it stands.
    pub const fn status(&self) -> VisitStatus {
        match self.state {
            VisitState::Scheduled => VisitStatus::Scheduled,
            VisitState::InProgress { .. } => VisitStatus::InProgress,
            VisitState::Completed { .. } => VisitStatus::Completed,
            VisitState::Cancelled { .. } => VisitStatus::Cancelled,
            VisitState::NoShow { .. } => VisitStatus::NoShow,
            VisitState::Rescheduled { .. } => VisitStatus::Rescheduled,
        }
    }

    /// Whether a client can still ask to change or cancel it: scheduled and not started (spec §5).
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`]; that of its state.
    pub fn open_to_client(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.scheduled()?;
        if now >= self.span.start() {
            Err(Refusal::AlreadyStarted)
        } else {
            Ok(())
        }
    }

    /// The technician begins; early is fine.
    ///
    /// # Errors
    /// [`Refusal::Stale`]; that of its state.
    pub fn start(self, version: i32, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.fresh(version)?;
        self.scheduled()?;
        Ok(self.into_state(VisitState::InProgress { since: now }))
    }

    /// The technician is done. One who forgot to press "start" can do so from scheduled, once its time has come.
    ///
    /// # Errors
    /// [`Refusal::NotStarted`], [`Refusal::Stale`]; that of its state.
    pub fn complete(self, version: i32, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.fresh(version)?;
        match self.state {
            VisitState::InProgress { .. } => {}
            VisitState::Scheduled if now >= self.span.start() => {}
            VisitState::Scheduled => return Err(Refusal::NotStarted),
            VisitState::Completed { .. }
            | VisitState::Cancelled { .. }
            | VisitState::NoShow { .. }
            | VisitState::Rescheduled { .. } => return Err(self.wrong_state()),
        }
        Ok(self.into_state(VisitState::Completed { at: now }))
    }

    /// The client did not come; staff, at or after its start.
    ///
    /// # Errors
    /// [`Refusal::NotStarted`], [`Refusal::Stale`]; that of its state.
    pub fn no_show(self, version: i32, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.fresh(version)?;
        self.scheduled()?;
        if now < self.span.start() {
            return Err(Refusal::NotStarted);
        }
        Ok(self.into_state(VisitState::NoShow { at: now }))
    }

    /// Called off; final (decision 9).
    ///
    /// # Errors
    /// [`Refusal::Stale`]; that of its state.
    pub fn cancel(
        self,
        version: i32,
        now: DateTime<Utc>,
        reason: Option<Reason>,
    ) -> Result<Self, Refusal> {
        self.fresh(version)?;
        self.scheduled()?;
        Ok(self.into_state(VisitState::Cancelled { at: now, reason }))
    }

    /// Moved to another time: the old row, which points on, and the new visit.
    ///
    /// # Errors
    /// [`Refusal::NothingChanged`] for the same time, [`Refusal::Stale`]; that of its state.
    pub fn reschedule(
        self,
        version: i32,
        to: VisitId,
        span: Span,
    ) -> Result<(Self, Self), Refusal> {
        self.fresh(version)?;
        self.scheduled()?;
        if span == self.span {
            return Err(Refusal::NothingChanged);
        }
        Ok((
            self.into_state(VisitState::Rescheduled { to }),
            Self::schedule(to, span),
        ))
    }

    /// Staff correct what was recorded, within 7 days, with history.
    ///
    /// # Errors
    /// [`Refusal::CorrectionTooLate`], [`Refusal::NothingChanged`], [`Refusal::Stale`]; that of its state.
    pub fn correct(
        self,
        version: i32,
        to: Correction,
        now: DateTime<Utc>,
        reason: Option<Reason>,
    ) -> Result<Self, Refusal> {
        self.fresh(version)?;
        let (at, same) = match self.state {
            VisitState::Completed { at } => (at, to == Correction::Completed),
            VisitState::NoShow { at } => (at, to == Correction::NoShow),
            VisitState::Scheduled
            | VisitState::InProgress { .. }
            | VisitState::Cancelled { .. }
            | VisitState::Rescheduled { .. } => return Err(self.wrong_state()),
        };
        if same {
            return Err(Refusal::NothingChanged);
        }
        if now > at + TimeDelta::days(CORRECTION_DAYS) {
            return Err(Refusal::CorrectionTooLate);
        }
        Ok(self.into_state(match to {
            Correction::Completed => VisitState::Completed { at },
            Correction::NoShow => VisitState::NoShow { at },
            Correction::Cancelled => VisitState::Cancelled { at: now, reason },
        }))
    }

    fn fresh(&self, version: i32) -> Result<(), Refusal> {
        if version == self.version {
            Ok(())
        } else {
            Err(Refusal::Stale)
        }
    }

    fn scheduled(&self) -> Result<(), Refusal> {
        match self.state {
            VisitState::Scheduled => Ok(()),
            VisitState::InProgress { .. }
            | VisitState::Completed { .. }
            | VisitState::Cancelled { .. }
            | VisitState::NoShow { .. }
            | VisitState::Rescheduled { .. } => Err(self.wrong_state()),
        }
    }

    const fn wrong_state(&self) -> Refusal {
        match self.state {
            VisitState::Cancelled { .. } => Refusal::AlreadyCancelled,
            VisitState::Rescheduled { .. } => Refusal::Final,
            VisitState::InProgress { .. } => Refusal::AlreadyStarted,
            VisitState::Scheduled | VisitState::Completed { .. } | VisitState::NoShow { .. } => {
                Refusal::WrongState
            }
        }
    }

    fn into_state(self, state: VisitState) -> Self {
        Self {
            state,
            version: self.version.saturating_add(1),
            ..self
        }
    }
}
