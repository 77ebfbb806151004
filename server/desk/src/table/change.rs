//! What a client asked for against a visit: to have it otherwise, or not at all.

use booking::change::{Ask, Change, ChangeState, ChangeStatus, Wanted, WantedTime};
use booking::ids::{ChangeId, PersonId, ServiceId, SubjectId, VisitId};
use booking::people::Reason;
use booking::span::Span;
use sea_orm::entity::prelude::*;

use crate::free_slots::load::amount;
use crate::key::Key;
use crate::trouble::{self, Fault};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub reference: String,
    pub kind: String,
    pub visit_id: Uuid,
    pub client_id: Uuid,
    pub person_id: Uuid,
    pub status: String,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub block_length_min: Option<i32>,
    pub service_id: Option<Uuid>,
    pub subjects: Option<Json>,
    pub notes: Option<String>,
    pub reason: Option<String>,
    pub late: bool,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decline_reason: Option<String>,
    pub accepted: Option<Json>,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The word of a cancellation in `kind`; all others are changes.
pub(crate) const CANCELLATION: &str = "cancellation";

impl Model {
    /// Where it stands.
    pub(crate) fn standing(&self) -> trouble::Result<ChangeStatus> {
        let status = self.status.parse();
        status.map_err(|_| self.unreadable("status").into())
    }

    /// Whether the visit is not to be at all.
    pub(crate) fn is_cancellation(&self) -> bool {
        self.kind == CANCELLATION
    }

    /// The time it asks for, if it asks for another one.
    pub(crate) fn time(&self) -> trouble::Result<Option<WantedTime>> {
        let Some((start, end)) = self.starts_at.zip(self.ends_at) else {
            return Ok(None);
        };
        let span = Span::new(start, end).map_err(|_| self.unreadable("ends_at"))?;
        Ok(Some(match self.block_length_min {
            None => WantedTime::Exact(span),
            Some(minutes) => WantedTime::Block {
                within: span,
                length_min: amount(minutes),
            },
        }))
    }

    /// The subjects it asks for, if it asks for others.
    pub(crate) fn subjects(&self) -> trouble::Result<Option<Vec<Uuid>>> {
        let subjects = self.subjects.clone().map(serde_json::from_value);
        let subjects = subjects.transpose();
        subjects.map_err(|_| self.unreadable("subjects").into())
    }

    /// It as the rules know it, while it waits.
    pub(crate) fn pending(&self) -> trouble::Result<Change> {
        let state = match self.standing()? {
            ChangeStatus::Pending => ChangeState::Pending,
            ChangeStatus::Approved => ChangeState::Approved {
                by: self.decided_by.map(PersonId::of),
                at: self.decided_at.unwrap_or(self.created_at),
                accepted: self.ask()?,
            },
            ChangeStatus::Declined => ChangeState::Declined {
                by: PersonId::of(self.decided_by.unwrap_or(self.person_id)),
                at: self.decided_at.unwrap_or(self.created_at),
                reason: None,
            },
            ChangeStatus::Withdrawn => ChangeState::Withdrawn {
                at: self.decided_at.unwrap_or(self.created_at),
            },
            ChangeStatus::Superseded => ChangeState::Superseded {
                at: self.decided_at.unwrap_or(self.created_at),
            },
            ChangeStatus::Expired => ChangeState::Expired {
                at: self.decided_at.unwrap_or(self.created_at),
            },
        };
        Ok(Change {
            id: ChangeId::of(self.id),
            visit: VisitId::of(self.visit_id),
            by: PersonId::of(self.person_id),
            ask: self.ask()?,
            state,
            version: self.version,
        })
    }

    fn ask(&self) -> trouble::Result<Ask> {
        if self.is_cancellation() {
            let reason = self.reason.as_deref().unwrap_or_default();
            let reason = Reason::optional(reason).map_err(|_| self.unreadable("reason"))?;
            return Ok(Ask::Cancellation { reason });
        }
        let subjects = self.subjects()?.map(|ids| {
            let ids = ids.into_iter().map(SubjectId::of);
            ids.collect::<Vec<_>>()
        });
        Ok(Ask::Change(Wanted {
            time: self.time()?,
            service: self.service_id.map(ServiceId::of),
            subjects,
            notes: self.notes.clone(),
        }))
    }

    fn unreadable(&self, column: &'static str) -> Fault {
        Fault::Unreadable {
            table: "changes",
            column,
            id: self.id.to_string(),
        }
    }
}
