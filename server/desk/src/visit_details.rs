//! One visit in full, for staff: dispatchers and approvers of the business see all, a technician their own (§7).

use booking::ids::ClientId;
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{subject, visit_subject};
use crate::trouble::{Fault, Result};

/// What staff read about a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitDetails {
    /// `V-…`.
    pub reference: String,
    /// Where it stands.
    pub status: VisitStatus,
    /// Whose.
    pub client: (ClientId, String),
    /// How the client is reached: phone, e-mail.
    pub reach: (Option<String>, Option<String>),
    /// What it is for: the client's subjects, by name.
    pub subjects: Vec<String>,
    /// What for.
    pub service: String,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who does it, by name.
    pub technicians: Vec<String>,
    /// `R-…`, where it came from a request.
    pub request: Option<String>,
    /// The linked ticket.
    pub ticket: Option<String>,
    /// What the client wrote.
    pub notes: String,
    /// For staff only.
    pub internal_notes: String,
    /// Why it was cancelled.
    pub reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    status: String,
    client_id: Uuid,
    client_name: String,
    phone: Option<String>,
    email: Option<String>,
    service: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    request: Option<String>,
    ticket: Option<String>,
    notes: String,
    internal_notes: String,
    reason: Option<String>,
    technician_id: Option<Uuid>,
    technician: Option<String>,
}

// One row for each technician; a visit with nobody yet has one row.
const DETAILS: &str = "SELECT v.id, v.reference, v.status, v.client_id, c.name AS client_name, c.phone, c.email, s.name AS service, v.starts_at, v.ends_at, \
    r.reference AS request, v.ticket, v.notes, v.internal_notes, v.reason, p.id AS technician_id, p.name AS technician \
    FROM visits v JOIN clients c ON c.id = v.client_id JOIN services s ON s.id = v.service_id \
    LEFT JOIN requests r ON r.id = v.request_id LEFT JOIN bookings b ON b.visit_id = v.id LEFT JOIN people p ON p.id = b.technician_id \
    WHERE v.reference = $1 ORDER BY p.name";

impl Desk {
    /// One visit; nothing for one that this person may not see.
    ///
    /// # Errors
    /// The database's.
    pub async fn visit_details(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<VisitDetails>> {
        let asked = Statement::from_sql_and_values(
            self.db().get_database_backend(),
            DETAILS,
            [reference.into()],
        );
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let own = rows
            .iter()
            .any(|row| row.technician_id == Some(who.person.key()));
        if !who.decides_all() && !own {
            return Ok(None);
        }
        let technicians = rows
            .iter()
            .filter_map(|row| row.technician.clone())
            .collect();
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let subjects = subject::Entity::find()
            .select_only()
            .column(subject::Column::Name)
            .join(
                JoinType::InnerJoin,
                subject::Entity::belongs_to(visit_subject::Entity)
                    .from(subject::Column::Id)
                    .to(visit_subject::Column::SubjectId)
                    .into(),
            )
            .filter(visit_subject::Column::VisitId.eq(row.id))
            .order_by_asc(subject::Column::Name)
            .into_tuple()
            .all(self.db())
            .await?;
        seen(row, technicians, subjects).map(Some)
    }
}

fn seen(row: Row, technicians: Vec<String>, subjects: Vec<String>) -> Result<VisitDetails> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: row.id.to_string(),
    })?;
    Ok(VisitDetails {
        reference: row.reference,
        status,
        client: (ClientId::of(row.client_id), row.client_name),
        reach: (row.phone, row.email),
        subjects,
        service: row.service,
        start: row.starts_at,
        end: row.ends_at,
        technicians,
        request: row.request,
        ticket: row.ticket,
        notes: row.notes,
        internal_notes: row.internal_notes,
        reason: row.reason,
    })
}
