//! One visit in full, for staff: dispatchers and approvers of the business see all, a technician their own (§7).

use booking::ids::{ClientId, PhotoId, ResourceId, ServiceId, SubjectId, TechnicianId};
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use serde::Serialize;
use uuid::Uuid;

use crate::answers::{self, Answer};
use crate::desk::Desk;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::photos;
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
    /// Who does it.
    pub technician_ids: Vec<TechnicianId>,
    /// What for.
    pub service_id: ServiceId,
    /// Seats taken in a session.
    pub seats: u32,
    /// Where the client lives.
    pub address: Option<String>,
    /// What it is for.
    pub subject_ids: Vec<SubjectId>,
    /// The price it was booked at, in minor units.
    pub price_minor: Option<i64>,
    /// What was answered with its request.
    pub answers: Vec<Answer>,
    /// Locations and equipment it takes: which, its name, units.
    pub resources: Vec<(ResourceId, String, u32)>,
    /// Whether it belongs to a series.
    pub series: bool,
    /// `V-…` of the visit that took its place.
    pub replaced_by: Option<String>,
    /// For changing it.
    pub version: i32,
    /// When it came to its present status.
    pub status_at: DateTime<Utc>,
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
    /// The photos of the request it came from, oldest first.
    pub photos: Vec<PhotoId>,
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
    service_id: Uuid,
    seats: i32,
    address: Option<String>,
    series_id: Option<Uuid>,
    replaced_by: Option<String>,
    version: i32,
    status_at: Option<DateTime<Utc>>,
    price_minor: Option<i64>,
    created_at: DateTime<Utc>,
}

// One row for each technician; a visit with nobody yet has one row.
const DETAILS: &str = "SELECT v.id, v.reference, v.status, v.client_id, c.name AS client_name, c.phone, c.email, s.name AS service, v.starts_at, v.ends_at, \
    r.reference AS request, v.ticket, v.notes, v.internal_notes, v.reason, p.id AS technician_id, p.name AS technician, \
    v.service_id, v.seats, c.address, v.series_id, n.reference AS replaced_by, v.version, v.status_at, v.price_minor, v.created_at \
    FROM visits v JOIN clients c ON c.id = v.client_id JOIN services s ON s.id = v.service_id \
    LEFT JOIN requests r ON r.id = v.request_id LEFT JOIN visits n ON n.id = v.replaced_by LEFT JOIN bookings b ON b.visit_id = v.id LEFT JOIN people p ON p.id = b.technician_id \
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
        let mut people: Vec<(TechnicianId, String)> = Vec::new();
        for row in &rows {
            if let Some((id, name)) = row.technician_id.zip(row.technician.clone()) {
                people.push((TechnicianId::of(id), name));
            }
        }
        people.dedup();
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let subjects = self.subjects_of_visit(row.id).await?;
        let resources = self.resources_of_visit(row.id).await?;
        let answers = answers::of_visits(self.db(), &[row.id]).await?;
        let photos = photos::of_visit(self.db(), row.id).await?;
        let seen = seen(row, people, subjects, resources)?;
        let answers = answers.into_values().flatten().collect();
        Ok(Some(VisitDetails {
            answers,
            photos,
            ..seen
        }))
    }

    async fn subjects_of_visit(&self, visit: Uuid) -> Result<Vec<(Uuid, String)>> {
        Ok(subject::Entity::find()
            .select_only()
            .column(subject::Column::Id)
            .column(subject::Column::Name)
            .join(
                JoinType::InnerJoin,
                subject::Entity::belongs_to(visit_subject::Entity)
                    .from(subject::Column::Id)
                    .to(visit_subject::Column::SubjectId)
                    .into(),
            )
            .filter(visit_subject::Column::VisitId.eq(visit))
            .order_by_asc(subject::Column::Name)
            .into_tuple()
            .all(self.db())
            .await?)
    }

    async fn resources_of_visit(&self, visit: Uuid) -> Result<Vec<(ResourceId, String, u32)>> {
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, RESOURCES, [visit.into()]);
        let mut found = Vec::new();
        for row in self.db().query_all_raw(asked).await? {
            let (id, units): (Uuid, i32) = (row.try_get("", "id")?, row.try_get("", "units")?);
            let units = u32::try_from(units).unwrap_or(0);
            found.push((ResourceId::of(id), row.try_get("", "name")?, units));
        }
        Ok(found)
    }
}

const RESOURCES: &str = "SELECT r.id, r.name, k.units FROM booking_resources k JOIN resources r ON r.id = k.resource_id \
    JOIN bookings b ON b.id = k.booking_id WHERE b.visit_id = $1 ORDER BY r.name, r.id";

fn seen(
    row: Row,
    people: Vec<(TechnicianId, String)>,
    subjects: Vec<(Uuid, String)>,
    resources: Vec<(ResourceId, String, u32)>,
) -> Result<VisitDetails> {
    let (technician_ids, technicians) = people.into_iter().unzip();
    let subject_ids = subjects.iter().map(|(id, _)| SubjectId::of(*id)).collect();
    let subjects = subjects.into_iter().map(|(_, name)| name).collect();
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
        technician_ids,
        service_id: ServiceId::of(row.service_id),
        seats: u32::try_from(row.seats).unwrap_or(1),
        address: row.address,
        subject_ids,
        price_minor: row.price_minor,
        answers: Vec::new(),
        resources,
        series: row.series_id.is_some(),
        replaced_by: row.replaced_by,
        version: row.version,
        status_at: row.status_at.unwrap_or(row.created_at),
        request: row.request,
        ticket: row.ticket,
        notes: row.notes,
        internal_notes: row.internal_notes,
        reason: row.reason,
        photos: Vec::new(),
    })
}
