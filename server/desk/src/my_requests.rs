//! What clients see of their own requests (A11): the list with filters and counts, and one in full.

use booking::ids::{PhotoId, ServiceId, SubjectId, TechnicianId};
use booking::request::{RequestKind, RequestStatus};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::answers::{self, Answer};
use crate::asked_dates::AskedDates;
use crate::desk::Desk;
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::photos;
use crate::queue::{StatusCounts, read_status};
use crate::request_history::{HistoryLine, Reader, lines};
use crate::retention::shown_requests;
use crate::trouble::{Fault, Result};

/// Rows on one page.
pub const MY_PAGE: u32 = 25;

/// A page of the client's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyRequests {
    /// Counts for the filters.
    pub counts: StatusCounts,
    /// The rows: pending ones first, then newest first.
    pub rows: Vec<MyRequest>,
    /// How many pages the filter has, at least 1.
    pub pages: u32,
}

/// A request as its client sees it. Internal notes are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyRequest {
    /// `R-…`.
    pub reference: String,
    /// Its kind.
    pub kind: RequestKind,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// The start asked for; of an approved one that of the visit.
    pub start: Option<DateTime<Utc>>,
    /// The end.
    pub end: Option<DateTime<Utc>>,
    /// The dates, where no exact slot is asked for.
    pub dates: Option<AskedDates>,
    /// Minutes.
    pub length_min: u32,
    /// Seats asked for.
    pub seats: u32,
    /// Where it stands.
    pub status: RequestStatus,
    /// Whether the client has to answer an offer.
    pub awaiting_client: bool,
    /// For the form that edits it.
    pub version: i32,
    /// The technician that was named.
    pub asked: Option<(TechnicianId, String)>,
    /// The visit's reference and its technician's name, once approved.
    pub visit: Option<(String, String)>,
    /// Who asked.
    pub by: String,
    /// Until when it waits.
    pub expires: Option<DateTime<Utc>>,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// What was written.
    pub notes: String,
    /// The linked ticket.
    pub ticket: Option<String>,
    /// Why it was declined.
    pub decline_reason: Option<String>,
}

/// One request in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyRequestDetails {
    /// The request.
    pub request: MyRequest,
    /// What it is for.
    pub subjects: Vec<(SubjectId, String)>,
    /// What was answered to the service's questions.
    pub answers: Vec<Answer>,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoId>,
    /// What happened, oldest first.
    pub history: Vec<HistoryLine>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    kind: String,
    service_id: Uuid,
    service_name: String,
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
    technician_id: Option<Uuid>,
    technician_name: Option<String>,
    visit_reference: Option<String>,
    visit_technician: Option<String>,
    person_name: String,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    notes: String,
    ticket: Option<String>,
    decline_reason: Option<String>,
}

const COLUMNS: &str = "SELECT r.id, r.reference, r.kind, r.service_id, s.name AS service_name, \
    COALESCE(v.starts_at, r.starts_at) AS starts_at, COALESCE(v.ends_at, r.ends_at) AS ends_at, r.window_from, r.window_to, r.day_part, r.rule, \
    r.length_min, r.seats, r.status, r.awaiting_client, r.version, r.technician_id, t.name AS technician_name, v.reference AS visit_reference, \
    (SELECT MIN(vp.name) FROM bookings b JOIN people vp ON vp.id = b.technician_id WHERE b.visit_id = v.id) AS visit_technician, \
    p.name AS person_name, r.expires_at, r.created_at, r.notes, r.ticket, r.decline_reason";

const FROM: &str = " FROM requests r JOIN services s ON s.id = r.service_id JOIN people p ON p.id = r.person_id \
    LEFT JOIN people t ON t.id = r.technician_id LEFT JOIN visits v ON v.id = r.visit_id WHERE r.client_id = $1";

const ORDER: &str =
    " ORDER BY CASE WHEN r.status = 'pending' THEN 0 ELSE 1 END, r.created_at DESC, r.id DESC";

impl Desk {
    /// A page of the client's requests (A11, decision 13), without those that are too old to be kept (decision 14).
    ///
    /// # Errors
    /// The database's.
    pub async fn my_requests(
        &self,
        who: &ContactPass,
        status: Option<RequestStatus>,
        page: u32,
    ) -> Result<MyRequests> {
        let (mut own, mut values) = scope(who);
        own += &shown_requests(self.hidden_before().await?, &mut values);
        let counts = self.my_counts(&own, &values).await?;
        let filter = match status {
            Some(status) => format!(" AND r.status = '{}'", status.as_str()),
            None => String::new(),
        };
        let offset = u64::from(page) * u64::from(MY_PAGE);
        let text = format!("{COLUMNS}{FROM}{own}{filter}{ORDER} LIMIT {MY_PAGE} OFFSET {offset}");
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let pages = counts.of(status).div_ceil(u64::from(MY_PAGE)).max(1);
        Ok(MyRequests {
            counts,
            rows: rows.into_iter().map(seen).collect::<Result<_>>()?,
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
        })
    }

    /// One of the client's requests in full; nothing for anybody else's.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_request(
        &self,
        who: &ContactPass,
        reference: &str,
    ) -> Result<Option<MyRequestDetails>> {
        let (own, mut values) = scope(who);
        values.push(reference.into());
        let text = format!("{COLUMNS}{FROM}{own} AND r.reference = ${}", values.len());
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let Some(row) = Row::find_by_statement(asked).one(self.db()).await? else {
            return Ok(None);
        };
        let id = row.id;
        Ok(Some(MyRequestDetails {
            request: seen(row)?,
            subjects: subjects(self.db(), id).await?,
            answers: answers::of_request(self.db(), id).await?,
            photos: photos::of_request(self.db(), id).await?,
            history: lines(self.db(), id, Reader::Client).await?,
        }))
    }

    async fn my_counts(&self, own: &str, values: &[Value]) -> Result<StatusCounts> {
        let text = format!("SELECT r.status, COUNT(*) AS n{FROM}{own} GROUP BY r.status");
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, text, values.to_vec());
        let mut counts = StatusCounts::default();
        for row in self.db().query_all_raw(asked).await? {
            let (status, n): (String, i64) = (row.try_get("", "status")?, row.try_get("", "n")?);
            counts.add(read_status(&status)?, u64::try_from(n).unwrap_or(0));
        }
        Ok(counts)
    }
}

/// The client's rows; only the contact's own where each sees only those.
fn scope(who: &ContactPass) -> (String, Vec<Value>) {
    let client = who.client.key().into();
    match who.own_only {
        true => (
            " AND r.person_id = $2".to_owned(),
            vec![client, who.person.key().into()],
        ),
        false => (String::new(), vec![client]),
    }
}

/// What a request is for.
pub(crate) async fn subjects<C: ConnectionTrait>(
    db: &C,
    request: Uuid,
) -> Result<Vec<(SubjectId, String)>> {
    let text = "SELECT s.id, s.name FROM request_subjects r JOIN subjects s ON s.id = r.subject_id \
        WHERE r.request_id = $1 ORDER BY s.name, s.id";
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, [request.into()]);
    let mut found = Vec::new();
    for row in db.query_all_raw(asked).await? {
        let id: Uuid = row.try_get("", "id")?;
        found.push((SubjectId::of(id), row.try_get("", "name")?));
    }
    Ok(found)
}

fn seen(row: Row) -> Result<MyRequest> {
    let kind = row.kind.parse().map_err(|_| Fault::Unreadable {
        table: "requests",
        column: "kind",
        id: row.id.to_string(),
    })?;
    let status = read_status(&row.status)?;
    Ok(MyRequest {
        reference: row.reference,
        kind,
        service: ServiceId::of(row.service_id),
        service_name: row.service_name,
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
        asked: row
            .technician_id
            .map(TechnicianId::of)
            .zip(row.technician_name),
        visit: row
            .visit_reference
            .map(|v| (v, row.visit_technician.unwrap_or_default())),
        by: row.person_name,
        expires: row.expires_at.filter(|_| status == RequestStatus::Pending),
        created: row.created_at,
        notes: row.notes,
        ticket: row.ticket,
        decline_reason: row.decline_reason,
    })
}
