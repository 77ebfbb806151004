//! A technician's own visits of one day, with what they need on the way and at the door. Three queries, however many.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::answers::{self, Answer};
use crate::desk::Desk;
use crate::free_slots::load::read_zone;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::trouble::{Fault, Result};

/// A visit as its technician needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayVisit {
    /// `V-…`.
    pub reference: String,
    /// For changing its status.
    pub version: i32,
    /// Where it stands.
    pub status: VisitStatus,
    /// When it came to that status.
    pub status_at: DateTime<Utc>,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// What for.
    pub service: String,
    /// For whom.
    pub client: String,
    /// Where, as it was typed.
    pub address: Option<String>,
    /// Whom to call.
    pub phone: Option<String>,
    /// What it is for, by name.
    pub subjects: Vec<String>,
    /// Who else comes, by name.
    pub others: Vec<String>,
    /// What was answered with its request.
    pub answers: Vec<Answer>,
    /// What the client wrote.
    pub notes: String,
    /// For the team.
    pub internal_notes: String,
    /// How many photos the client has sent with the request.
    pub photos: u32,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    version: i32,
    status: String,
    status_at: Option<DateTime<Utc>>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    service: String,
    client: String,
    address: Option<String>,
    phone: Option<String>,
    notes: String,
    internal_notes: String,
    photos: i64,
    technician_id: Option<Uuid>,
    technician: Option<String>,
    subject: Option<String>,
}

// One row for each technician and subject. What is gone is not on the way any more.
const VISITS: &str = "SELECT v.id, v.reference, v.version, v.status, v.status_at, v.starts_at, v.ends_at, s.name AS service, \
    c.name AS client, c.address, c.phone, v.notes, v.internal_notes, \
    (SELECT COUNT(*) FROM photos f \
        WHERE f.request_id = COALESCE(v.request_id, (SELECT q.request_id FROM series q WHERE q.id = v.series_id))) AS photos, o.technician_id, p.name AS technician, j.name AS subject \
    FROM bookings b JOIN visits v ON v.id = b.visit_id JOIN services s ON s.id = v.service_id JOIN clients c ON c.id = v.client_id \
    JOIN bookings o ON o.visit_id = v.id LEFT JOIN people p ON p.id = o.technician_id \
    LEFT JOIN visit_subjects k ON k.visit_id = v.id LEFT JOIN subjects j ON j.id = k.subject_id \
    WHERE b.technician_id = $1 AND v.starts_at < $3 AND v.ends_at > $2 AND v.status <> 'rescheduled' \
    ORDER BY v.starts_at, v.id, j.name, p.name";

impl Desk {
    /// One's own visits of a date in the business's zone, by start; cancelled ones among them, so that nobody drives there.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_day(&self, who: &StaffPass, date: NaiveDate) -> Result<Vec<DayVisit>> {
        let zone = read_zone(&self.business().await?.time_zone, "business", "1")?;
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        let values = [
            who.person.key().into(),
            zone::first_instant(&zone, date).into(),
            zone::first_instant(&zone, next).into(),
        ];
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, VISITS, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let mut order: Vec<Uuid> = Vec::new();
        let mut found: HashMap<Uuid, DayVisit> = HashMap::new();
        for row in rows {
            let id = row.id;
            let (subject, other) = (row.subject.clone(), row.technician.clone());
            let is_own = row.technician_id == Some(who.person.key());
            let its = match found.entry(id) {
                Entry::Vacant(place) => {
                    order.push(id);
                    place.insert(visit(row)?)
                }
                Entry::Occupied(place) => place.into_mut(),
            };
            add(&mut its.subjects, subject);
            add(&mut its.others, other.filter(|_| !is_own));
        }
        for (id, answers) in answers::of_visits(self.db(), &order).await? {
            if let Some(visit) = found.get_mut(&id) {
                visit.answers = answers;
            }
        }
        Ok(order.iter().filter_map(|id| found.remove(id)).collect())
    }
}

fn add(to: &mut Vec<String>, name: Option<String>) {
    to.extend(name.filter(|name| !to.contains(name)));
}

fn visit(row: Row) -> Result<DayVisit> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: row.id.to_string(),
    })?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Ok(DayVisit {
        reference: row.reference,
        version: row.version,
        status,
        status_at: row.status_at.unwrap_or(row.starts_at),
        start: row.starts_at,
        end: row.ends_at,
        service: row.service,
        client: row.client,
        address: filled(row.address),
        phone: filled(row.phone),
        subjects: Vec::new(),
        others: Vec::new(),
        answers: Vec::new(),
        notes: row.notes,
        internal_notes: row.internal_notes,
        photos: u32::try_from(row.photos).unwrap_or(0),
    })
}
