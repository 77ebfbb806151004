//! What will happen, or happened.

use booking::ids::VisitId;
use booking::people::Reason;
use booking::span::Span;
use booking::visit::{Visit, VisitState, VisitStatus};
use sea_orm::entity::prelude::*;

use crate::key::Key;
use crate::trouble::{self, Fault};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub reference: String,
    pub request_id: Option<Uuid>,
    pub client_id: Uuid,
    pub service_id: Uuid,
    pub client_service_id: Option<Uuid>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub wall_start: String,
    pub zone: String,
    pub zone_version: String,
    pub seats: i32,
    pub status: String,
    pub notes: String,
    pub internal_notes: String,
    pub ticket: Option<String>,
    pub reason: Option<String>,
    pub replaced_by: Option<Uuid>,
    pub uid: String,
    pub sequence: i32,
    pub created_at: DateTimeUtc,
    pub version: i32,
    pub series_id: Option<Uuid>,
    pub series_start: Option<String>,
    pub status_at: Option<DateTimeUtc>,
    pub price_minor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it stands.
    pub(crate) fn standing(&self) -> trouble::Result<VisitStatus> {
        let status = self.status.parse();
        status.map_err(|_| self.unreadable("status").into())
    }

    /// When it is.
    pub(crate) fn span(&self) -> trouble::Result<Span> {
        let span = Span::new(self.starts_at, self.ends_at);
        span.map_err(|_| self.unreadable("ends_at").into())
    }

    /// The visit as the rules know it.
    pub(crate) fn life(&self) -> trouble::Result<Visit> {
        let at = self.status_at.unwrap_or(self.created_at);
        let state = match self.standing()? {
            VisitStatus::Scheduled => VisitState::Scheduled,
            VisitStatus::InProgress => VisitState::InProgress { since: at },
            VisitStatus::Completed => VisitState::Completed { at },
            VisitStatus::Cancelled => VisitState::Cancelled {
                at,
                reason: self.why()?,
            },
            VisitStatus::NoShow => VisitState::NoShow { at },
            VisitStatus::Rescheduled => VisitState::Rescheduled {
                to: VisitId::of(self.replaced_by.unwrap_or(self.id)),
            },
        };
        Ok(Visit {
            id: VisitId::of(self.id),
            span: self.span()?,
            state,
            version: self.version,
        })
    }

    fn why(&self) -> trouble::Result<Option<Reason>> {
        let typed = self.reason.as_deref().unwrap_or_default();
        Reason::optional(typed).map_err(|_| self.unreadable("reason").into())
    }

    /// The id under which its letters stand in order: that of its request, or of the first visit of its line.
    pub(crate) fn thread(&self) -> Uuid {
        thread(self.request_id, &self.uid).unwrap_or(self.id)
    }

    fn unreadable(&self, column: &'static str) -> Fault {
        Fault::Unreadable {
            table: "visits",
            column,
            id: self.id.to_string(),
        }
    }
}

/// What [`Model::thread`] is read from.
pub(crate) fn thread(request: Option<Uuid>, uid: &str) -> Option<Uuid> {
    request.or_else(|| uid.split('@').next()?.parse().ok())
}
