//! What clients see of their visits, and the facts of a visit's calendar file.

use std::collections::HashMap;

use booking::ids::{PhotoId, ServiceId};
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::photos;
use crate::retention::shown_visits;
use crate::trouble::{Fault, Result};

/// A visit as its client sees it. Internal notes are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyVisit {
    /// `V-…`.
    pub reference: String,
    /// `R-…` of the request it came from.
    pub request: Option<String>,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Name of the business.
    pub business: String,
    /// When.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who comes.
    pub technician: Option<String>,
    /// Where it stands.
    pub status: VisitStatus,
    /// What it is for, by name.
    pub subjects: Vec<String>,
    /// The price it was booked at, in minor units.
    pub price_minor: Option<i64>,
    /// What the client wrote.
    pub notes: String,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// The photos of the request it came from, where one visit is asked for; none in a list.
    pub photos: Vec<PhotoId>,
    /// UID of the calendar event.
    pub uid: String,
    /// SEQUENCE of the calendar event.
    pub sequence: i32,
    /// When it was booked: DTSTAMP.
    pub created: DateTime<Utc>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MyVisitsAsk {
    /// Those that are not over yet and still stand, the next first.
    Coming,
    /// All others, the latest first.
    Past,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    request: Option<String>,
    service_id: Uuid,
    service_name: String,
    business: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    technician: Option<String>,
    status: String,
    price_minor: Option<i64>,
    notes: String,
    reason: Option<String>,
    uid: String,
    sequence: i32,
    created_at: DateTime<Utc>,
}

const VISITS: &str = "SELECT v.id, v.reference, r.reference AS request, v.service_id, s.name AS service_name, b.name AS business, \
    v.starts_at, v.ends_at, (SELECT {names} FROM bookings k JOIN people p ON p.id = k.technician_id WHERE k.visit_id = v.id) AS technician, \
    v.status, v.price_minor, v.notes, v.reason, v.uid, v.sequence, v.created_at \
    FROM visits v JOIN services s ON s.id = v.service_id JOIN business b ON b.id = 1 LEFT JOIN requests r ON r.id = v.request_id \
    WHERE v.client_id = $1";

const SUBJECTS: &str = "SELECT k.visit_id, s.name FROM visit_subjects k JOIN subjects s ON s.id = k.subject_id \
    WHERE s.client_id = $1 ORDER BY s.name, s.id";

impl Desk {
    /// The client's visits, at most 200 (decision 13), without those that are too old to be kept (decision 14).
    ///
    /// # Errors
    /// The database's.
    pub async fn my_visits(&self, who: &ContactPass, ask: MyVisitsAsk) -> Result<Vec<MyVisit>> {
        let (own, mut values) = scope(who);
        values.push(self.now().into());
        let now = values.len();
        let stands = "v.status IN ('scheduled', 'in_progress')";
        let own = format!(
            "{own}{}",
            shown_visits(self.hidden_before().await?, &mut values)
        );
        let rest = match ask {
            MyVisitsAsk::Coming => {
                format!(" AND v.ends_at > ${now} AND {stands} ORDER BY v.starts_at, v.id")
            }
            MyVisitsAsk::Past => format!(
                " AND NOT (v.ends_at > ${now} AND {stands}) AND v.status <> 'rescheduled' ORDER BY v.starts_at DESC, v.id"
            ),
        };
        let text = format!("{}{own}{rest} LIMIT 200", self.visits_asked());
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let mut subjects = self.visit_subjects(who).await?;
        let mut visit = |row: Row| {
            let subjects = subjects.remove(&row.id).unwrap_or_default();
            seen(row, subjects)
        };
        rows.into_iter().map(&mut visit).collect()
    }

    /// The question, with all names of those who come in the words of the database.
    fn visits_asked(&self) -> String {
        let names = match self.db().get_database_backend() {
            DbBackend::Postgres => "string_agg(p.name, ', ' ORDER BY p.name)",
            _ => "group_concat(p.name, ', ')",
        };
        VISITS.replace("{names}", names)
    }

    /// One of the client's visits, for its page and its calendar file; nothing for anybody else's.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_visit(&self, who: &ContactPass, reference: &str) -> Result<Option<MyVisit>> {
        let (own, mut values) = scope(who);
        values.push(reference.into());
        let text = format!(
            "{}{own} AND v.reference = ${}",
            self.visits_asked(),
            values.len()
        );
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let row = Row::find_by_statement(asked).one(self.db()).await?;
        let Some(row) = row else { return Ok(None) };
        let subjects = self.visit_subjects(who).await?.remove(&row.id);
        let photos = photos::of_visit(self.db(), row.id).await?;
        let visit = seen(row, subjects.unwrap_or_default())?;
        Ok(Some(MyVisit { photos, ..visit }))
    }

    /// What each of the client's visits is for, in one query.
    async fn visit_subjects(&self, who: &ContactPass) -> Result<HashMap<Uuid, Vec<String>>> {
        let client: Value = who.client.key().into();
        let asked =
            Statement::from_sql_and_values(self.db().get_database_backend(), SUBJECTS, [client]);
        let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
        for row in self.db().query_all_raw(asked).await? {
            let (visit, name): (Uuid, String) =
                (row.try_get("", "visit_id")?, row.try_get("", "name")?);
            found.entry(visit).or_default().push(name);
        }
        Ok(found)
    }
}

fn scope(who: &ContactPass) -> (&'static str, Vec<Value>) {
    let client = who.client.key().into();
    match who.own_only {
        true => (
            " AND (v.request_id IS NULL OR r.person_id = $2)",
            vec![client, who.person.key().into()],
        ),
        false => ("", vec![client]),
    }
}

fn seen(row: Row, subjects: Vec<String>) -> Result<MyVisit> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: row.id.to_string(),
    })?;
    Ok(MyVisit {
        reference: row.reference,
        request: row.request,
        service: ServiceId::of(row.service_id),
        service_name: row.service_name,
        business: row.business,
        start: row.starts_at,
        end: row.ends_at,
        technician: row.technician,
        status,
        subjects,
        price_minor: row.price_minor,
        notes: row.notes,
        reason: row.reason,
        photos: Vec::new(),
        uid: row.uid,
        sequence: row.sequence,
        created: row.created_at,
    })
}
