//! One request in full, for staff who decide (A8).

use booking::ids::{ClientId, PhotoId, ServiceId, SubjectId, TechnicianId};
use booking::request::{RequestKind, RequestStatus};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::answers::{self, Answer};
use crate::asked_dates::AskedDates;
use crate::desk::Desk;
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::my_requests::subjects;
use crate::pass::StaffPass;
use crate::photos;
use crate::queue::read_status;
use crate::request_history::{HistoryLine, Reader, lines};
use crate::table::{request, technician_approver};
use crate::trouble::{Fault, Result};

/// Everything staff need to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestDetails {
    /// `R-…`.
    pub reference: String,
    /// Its kind.
    pub kind: RequestKind,
    /// Whose.
    pub client: ClientId,
    /// The client's name.
    pub client_name: String,
    /// Who asked.
    pub contact: String,
    /// The address of who asked.
    pub email: String,
    /// A number to call: of who asked, or the client's.
    pub phone: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// The price: of the client's agreement, or the catalogue's, in minor units.
    pub price_minor: Option<i64>,
    /// The start asked for.
    pub start: Option<DateTime<Utc>>,
    /// Its end.
    pub end: Option<DateTime<Utc>>,
    /// The dates, where no exact slot is asked for.
    pub dates: Option<AskedDates>,
    /// Minutes.
    pub length_min: u32,
    /// Seats asked for.
    pub seats: u32,
    /// Where it stands.
    pub status: RequestStatus,
    /// Whether the client has to answer an offer first.
    pub awaiting_client: bool,
    /// For the decision's form.
    pub version: i32,
    /// What the client wrote.
    pub notes: String,
    /// For staff only.
    pub internal_notes: String,
    /// The linked ticket.
    pub ticket: Option<String>,
    /// The technician the client named.
    pub asked: Option<(TechnicianId, String)>,
    /// What it is for.
    pub subjects: Vec<(SubjectId, String)>,
    /// What was answered to the service's questions.
    pub answers: Vec<Answer>,
    /// Until when it waits.
    pub expires: Option<DateTime<Utc>>,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// Who decided, and when.
    pub decided: Option<(String, DateTime<Utc>)>,
    /// Why it was declined.
    pub decline_reason: Option<String>,
    /// The visit, once approved.
    pub visit: Option<VisitBrief>,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoId>,
    /// What happened, oldest first.
    pub history: Vec<HistoryLine>,
}

/// The visit of an approved request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitBrief {
    /// `V-…`.
    pub reference: String,
    /// When.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who does it.
    pub technician: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    kind: String,
    client_id: Uuid,
    client_name: String,
    contact: String,
    email: String,
    phone: Option<String>,
    address: Option<String>,
    service_id: Uuid,
    service_name: String,
    price_minor: Option<i64>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    window_from: Option<NaiveDate>,
    window_to: Option<NaiveDate>,
    day_part: Option<String>,
    rule: Option<serde_json::Value>,
    length_min: i32,
    seats: i32,
    status: String,
    awaiting_client: bool,
    version: i32,
    notes: String,
    internal_notes: String,
    ticket: Option<String>,
    technician_id: Option<Uuid>,
    technician_name: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decline_reason: Option<String>,
    visit_reference: Option<String>,
    visit_start: Option<DateTime<Utc>>,
    visit_end: Option<DateTime<Utc>>,
    visit_technician: Option<String>,
}

const DETAILS: &str = "SELECT r.id, r.reference, r.kind, r.client_id, c.name AS client_name, p.name AS contact, p.email, \
    COALESCE(p.phone, c.phone) AS phone, c.address, r.service_id, s.name AS service_name, \
    COALESCE((SELECT MIN(a.price_minor) FROM client_services a WHERE a.client_id = r.client_id AND a.service_id = r.service_id AND a.active), s.price_minor) AS price_minor, \
    r.starts_at, r.ends_at, r.window_from, r.window_to, r.day_part, r.rule, r.length_min, r.seats, r.status, r.awaiting_client, r.version, r.notes, r.internal_notes, r.ticket, \
    r.technician_id, t.name AS technician_name, r.expires_at, r.created_at, d.name AS decided_by, r.decided_at, r.decline_reason, \
    v.reference AS visit_reference, v.starts_at AS visit_start, v.ends_at AS visit_end, \
    (SELECT MIN(k.name) FROM bookings b JOIN people k ON k.id = b.technician_id WHERE b.visit_id = v.id) AS visit_technician \
    FROM requests r JOIN clients c ON c.id = r.client_id JOIN people p ON p.id = r.person_id JOIN services s ON s.id = r.service_id \
    LEFT JOIN people t ON t.id = r.technician_id LEFT JOIN people d ON d.id = r.decided_by LEFT JOIN visits v ON v.id = r.visit_id \
    WHERE r.id = $1";

impl Desk {
    /// One request in full; nothing for one that this person does not decide.
    ///
    /// # Errors
    /// The database's.
    pub async fn request_details(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<RequestDetails>> {
        let Some(found) = self.request_seen(who, reference).await? else {
            return Ok(None);
        };
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, DETAILS, [found.id.into()]);
        let Some(row) = Row::find_by_statement(asked).one(self.db()).await? else {
            return Ok(None);
        };
        let subjects = subjects(self.db(), found.id).await?;
        let history = lines(self.db(), found.id, Reader::Staff).await?;
        let answers = answers::of_request(self.db(), found.id).await?;
        let photos = photos::of_request(self.db(), found.id).await?;
        let seen = seen(row, subjects, history)?;
        Ok(Some(RequestDetails {
            answers,
            photos,
            ..seen
        }))
    }

    /// The row, if this person decides it (§7).
    pub(crate) async fn request_seen(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<request::Model>> {
        let found = request::Entity::find()
            .filter(request::Column::Reference.eq(reference))
            .one(self.db())
            .await?;
        let Some(row) = found else { return Ok(None) };
        if who.decides_all() {
            return Ok(Some(row));
        }
        let Some(technician) = row.technician_id else {
            return Ok(None);
        };
        let approves = technician_approver::Entity::find_by_id((technician, who.person.key()));
        let approves = approves.one(self.db()).await?;
        Ok(approves.map(|_| row))
    }
}

fn seen(
    row: Row,
    subjects: Vec<(SubjectId, String)>,
    history: Vec<HistoryLine>,
) -> Result<RequestDetails> {
    let kind = row.kind.parse().map_err(|_| Fault::Unreadable {
        table: "requests",
        column: "kind",
        id: row.id.to_string(),
    })?;
    let status = read_status(&row.status)?;
    let ends = row.visit_start.zip(row.visit_end);
    let visit = row.visit_reference.zip(ends);
    Ok(RequestDetails {
        reference: row.reference,
        kind,
        client: ClientId::of(row.client_id),
        client_name: row.client_name,
        contact: row.contact,
        email: row.email,
        phone: row.phone,
        address: row.address,
        service: ServiceId::of(row.service_id),
        service_name: row.service_name,
        price_minor: row.price_minor,
        start: row.starts_at,
        end: row.ends_at,
        dates: AskedDates::read(
            row.window_from.zip(row.window_to),
            row.day_part.as_deref(),
            row.rule,
        ),
        length_min: amount(row.length_min),
        seats: amount(row.seats),
        status,
        awaiting_client: row.awaiting_client,
        version: row.version,
        notes: row.notes,
        internal_notes: row.internal_notes,
        ticket: row.ticket,
        asked: row
            .technician_id
            .map(TechnicianId::of)
            .zip(row.technician_name),
        subjects,
        answers: Vec::new(),
        expires: row.expires_at.filter(|_| status == RequestStatus::Pending),
        created: row.created_at,
        decided: row.decided_by.zip(row.decided_at),
        decline_reason: row.decline_reason,
        visit: visit.map(|(reference, (start, end))| VisitBrief {
            reference,
            start,
            end,
            technician: row.visit_technician,
        }),
        photos: Vec::new(),
        history,
    })
}
