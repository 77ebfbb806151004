//! What a client asked for.

use booking::ids::{ClientId, PersonId, RequestId, ServiceId, TechnicianId};
use booking::people::Notes;
use booking::recurrence::Recurrence;
use booking::refusal::Refusal;
use booking::request::{
    DateWindow, DayPart, Request, RequestKind, RequestState, RequestStatus, WantedSlot, Wish,
};
use booking::span::Span;
use sea_orm::entity::prelude::*;

use crate::key::Key;
use crate::trouble::{self, Fault};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub reference: String,
    pub kind: String,
    pub client_id: Uuid,
    pub person_id: Uuid,
    pub service_id: Uuid,
    pub technician_id: Option<Uuid>,
    pub length_min: i32,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub window_from: Option<Date>,
    pub window_to: Option<Date>,
    pub seats: i32,
    pub status: String,
    pub awaiting_client: bool,
    pub notes: String,
    pub ticket: Option<String>,
    pub internal_notes: String,
    pub decline_reason: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub expires_at: Option<DateTimeUtc>,
    pub visit_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub version: i32,
    pub day_part: Option<String>,
    pub rule: Option<Json>,
    pub series_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it stands.
    pub(crate) fn standing(&self) -> trouble::Result<RequestStatus> {
        let status = self.status.parse();
        status.map_err(|_| self.unreadable("status").into())
    }

    /// The exact slot it asks for.
    pub(crate) fn span(&self) -> trouble::Result<Span> {
        let ends = self.starts_at.zip(self.ends_at);
        let span = ends.and_then(|(start, end)| Span::new(start, end).ok());
        span.ok_or_else(|| self.unreadable("starts_at, ends_at").into())
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> trouble::Result<RequestKind> {
        let kind = self.kind.parse();
        kind.map_err(|_| self.unreadable("kind").into())
    }

    /// The dates it asks for, where it asks for no exact slot.
    pub(crate) fn window(&self) -> trouble::Result<DateWindow> {
        let ends = self.window_from.zip(self.window_to);
        let window = ends.and_then(|(first, last)| DateWindow::stored(first, last).ok());
        window.ok_or_else(|| self.unreadable("window_from, window_to").into())
    }

    /// The part of the day it had better be in.
    pub(crate) fn part(&self) -> trouble::Result<Option<DayPart>> {
        let part = self.day_part.as_deref().map(str::parse).transpose();
        part.map_err(|_| self.unreadable("day_part").into())
    }

    /// The rule by which its visits are to repeat.
    pub(crate) fn rule(&self) -> trouble::Result<Recurrence> {
        let rule = self.rule.clone().map(serde_json::from_value);
        let rule = rule.and_then(std::result::Result::ok);
        rule.ok_or_else(|| self.unreadable("rule").into())
    }

    /// What it asks for.
    pub(crate) fn wish(&self) -> trouble::Result<Wish> {
        let length_min = u32::try_from(self.length_min).unwrap_or(0);
        Ok(match self.kind()? {
            RequestKind::Appointment => Wish::Appointment(WantedSlot {
                span: self.span()?,
                technician: self.technician_id.map(TechnicianId::of),
                seats: u32::try_from(self.seats).unwrap_or(1),
            }),
            RequestKind::OneTime => Wish::OneTime {
                window: self.window()?,
                length_min,
            },
            RequestKind::Recurring => Wish::Recurring {
                window: self.window()?,
                length_min,
                rule: self.rule()?,
            },
            RequestKind::Issue => Wish::Issue {
                window: self.window()?,
                length_min,
            },
        })
    }

    /// The request as the rules know it, while it is pending.
    ///
    /// # Errors
    /// That of its final state.
    pub(crate) fn pending(&self) -> trouble::Result<Request> {
        match self.standing()? {
            RequestStatus::Pending => {}
            RequestStatus::Approved | RequestStatus::Declined => {
                return Err(Refusal::AlreadyDecided.into());
            }
            RequestStatus::Cancelled => return Err(Refusal::AlreadyCancelled.into()),
            RequestStatus::Expired => return Err(Refusal::Expired.into()),
        }
        let state = RequestState::Pending {
            offer: None,
            expires: self.expires_at,
        };
        Ok(Request {
            id: RequestId::of(self.id),
            client: ClientId::of(self.client_id),
            by: PersonId::of(self.person_id),
            service: ServiceId::of(self.service_id),
            wish: self.wish()?,
            notes: Notes::optional(&self.notes).map_err(|_| self.unreadable("notes"))?,
            state,
            version: self.version,
        })
    }

    fn unreadable(&self, column: &'static str) -> Fault {
        Fault::Unreadable {
            table: "requests",
            column,
            id: self.id.to_string(),
        }
    }
}
