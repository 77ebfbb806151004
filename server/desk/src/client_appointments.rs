//! What one client asked for and what was agreed, page by page, for the client's page in the office. Read only.

use std::collections::HashMap;

use booking::ids::{ClientId, ClientServiceId, ServiceId};
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::retention::{shown_requests, shown_visits};
use crate::tickets::Linked;
use crate::trouble::{Fault, Result};

/// Rows on one page of either list.
pub const MOST: u64 = 25;

/// Which appointments of a client are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppointmentsAsk {
    /// Those that are over or do not stand any more, the latest first; else those to come, the next first.
    pub past: bool,
    /// Only with this status.
    pub status: Option<VisitStatus>,
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only under this agreement; then everything is counted within it.
    pub agreement: Option<ClientServiceId>,
    /// The page, from 1 on.
    pub page: u64,
}

/// A page of a client's appointments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Appointments {
    /// How many are to come, and how many are past, whatever the filter.
    pub all: (u64, u64),
    /// The rows that fit.
    pub rows: Vec<Appointment>,
    /// How many fit.
    pub total: u64,
    /// This page, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The services the client has appointments of, by name.
    pub services: Vec<(ServiceId, String)>,
}

/// An appointment of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Appointment {
    /// `V-…`.
    pub reference: String,
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Name of the service.
    pub service: String,
    /// Who comes, by name.
    pub technicians: Vec<String>,
    /// What it takes, by name.
    pub resources: Vec<String>,
    /// Where it stands.
    pub status: VisitStatus,
}

/// A page of a client's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientRequests {
    /// Newest first.
    pub rows: Vec<Linked>,
    /// How many there are.
    pub total: u64,
    /// This page, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    service: String,
    status: String,
}

#[derive(FromQueryResult)]
struct Group {
    service_id: Uuid,
    service: String,
    status: String,
    past: bool,
    n: i64,
}

#[derive(FromQueryResult)]
struct LinkedRow {
    reference: String,
    service: String,
    status: String,
    starts_at: Option<DateTime<Utc>>,
}

/// Those that are not over and still stand are to come; all others are past. `$2` is now.
const PAST: &str = "NOT (v.ends_at > $2 AND v.status IN ('scheduled', 'in_progress'))";

const TECHNICIANS: &str = "SELECT DISTINCT b.visit_id AS visit_id, p.name AS name FROM bookings b \
    JOIN people p ON p.id = b.technician_id WHERE b.visit_id IN ({ids}) ORDER BY p.name";

const RESOURCES: &str = "SELECT DISTINCT b.visit_id AS visit_id, r.name AS name FROM bookings b \
    JOIN booking_resources k ON k.booking_id = b.id JOIN resources r ON r.id = k.resource_id \
    WHERE b.visit_id IN ({ids}) ORDER BY r.name";

impl Desk {
    /// A page of a client's appointments. Five queries.
    ///
    /// # Errors
    /// `NotAllowed` for a technician.
    pub async fn client_appointments(
        &self,
        who: &StaffPass,
        client: ClientId,
        ask: &AppointmentsAsk,
    ) -> Result<Appointments> {
        who.dispatcher()?;
        let mut values: Vec<Value> = vec![client.key().into(), self.now().into()];
        let mut shown = shown_visits(self.hidden_before().await?, &mut values);
        if let Some(agreement) = ask.agreement {
            values.push(agreement.key().into());
            shown += &format!(" AND v.client_service_id = ${}", values.len());
        }
        let groups = self.groups(&shown, values.clone()).await?;
        let fits = |group: &&Group| {
            group.past == ask.past
                && ask
                    .status
                    .is_none_or(|status| status.as_str() == group.status)
                && ask
                    .service
                    .is_none_or(|service| service.key() == group.service_id)
        };
        let total = sum(groups.iter().filter(fits));
        let pages = total.div_ceil(MOST).max(1);
        let page = ask.page.clamp(1, pages);
        let found = self.visits_of(ask, page, &shown, values).await?;
        let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
        let mut technicians = self.names_by_visit(TECHNICIANS, &ids).await?;
        let mut resources = self.names_by_visit(RESOURCES, &ids).await?;
        let mut rows = Vec::new();
        for row in found {
            rows.push(Appointment {
                technicians: technicians.remove(&row.id).unwrap_or_default(),
                resources: resources.remove(&row.id).unwrap_or_default(),
                status: status_of(&row)?,
                reference: row.reference,
                start: row.starts_at,
                end: row.ends_at,
                service: row.service,
            });
        }
        Ok(Appointments {
            all: (
                sum(groups.iter().filter(|group| !group.past)),
                sum(groups.iter().filter(|group| group.past)),
            ),
            rows,
            total,
            page,
            pages,
            services: services(&groups),
        })
    }

    /// A page of a client's requests. Three queries.
    ///
    /// # Errors
    /// `NotAllowed` for a technician.
    pub async fn client_requests(
        &self,
        who: &StaffPass,
        client: ClientId,
        page: u64,
    ) -> Result<ClientRequests> {
        who.dispatcher()?;
        let mut values: Vec<Value> = vec![client.key().into()];
        let shown = shown_requests(self.hidden_before().await?, &mut values);
        let from = format!(
            "FROM requests r JOIN services s ON s.id = r.service_id LEFT JOIN visits v ON v.id = r.visit_id \
             WHERE r.client_id = $1{shown}"
        );
        let backend = self.db().get_database_backend();
        let text = format!("SELECT COUNT(*) AS n {from}");
        let asked = Statement::from_sql_and_values(backend, text, values.clone());
        let row = self.db().query_one_raw(asked).await?;
        let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        let total = u64::try_from(n).unwrap_or(0);
        let pages = total.div_ceil(MOST).max(1);
        let page = page.clamp(1, pages);
        let offset = (page - 1) * MOST;
        let text = format!(
            "SELECT r.reference, s.name AS service, r.status, COALESCE(v.starts_at, r.starts_at) AS starts_at {from} \
             ORDER BY r.created_at DESC, r.id DESC LIMIT {MOST} OFFSET {offset}"
        );
        let asked = Statement::from_sql_and_values(backend, text, values);
        let rows = LinkedRow::find_by_statement(asked).all(self.db()).await?;
        let linked = |row: LinkedRow| Linked {
            reference: row.reference,
            service: row.service,
            status: row.status,
            starts_at: row.starts_at,
        };
        Ok(ClientRequests {
            rows: rows.into_iter().map(linked).collect(),
            total,
            page,
            pages,
        })
    }

    /// How many appointments the client has of each service and status, to come and past.
    async fn groups(&self, shown: &str, values: Vec<Value>) -> Result<Vec<Group>> {
        let text = format!(
            "SELECT v.service_id, s.name AS service, v.status, ({PAST}) AS past, COUNT(*) AS n \
             FROM visits v JOIN services s ON s.id = v.service_id WHERE v.client_id = $1{shown} \
             GROUP BY v.service_id, s.name, v.status, ({PAST}) ORDER BY s.name, v.service_id"
        );
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        Ok(Group::find_by_statement(asked).all(self.db()).await?)
    }

    async fn visits_of(
        &self,
        ask: &AppointmentsAsk,
        page: u64,
        shown: &str,
        mut values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let (side, order) = match ask.past {
            true => (PAST.to_owned(), "v.starts_at DESC, v.id DESC"),
            false => (format!("NOT ({PAST})"), "v.starts_at, v.id"),
        };
        let status = match ask.status {
            Some(status) => format!(" AND v.status = '{}'", status.as_str()),
            None => String::new(),
        };
        let service = match ask.service {
            Some(service) => {
                values.push(service.key().into());
                format!(" AND v.service_id = ${}", values.len())
            }
            None => String::new(),
        };
        let text = format!(
            "SELECT v.id, v.reference, v.starts_at, v.ends_at, s.name AS service, v.status \
             FROM visits v JOIN services s ON s.id = v.service_id \
             WHERE v.client_id = $1 AND {side}{shown}{status}{service} ORDER BY {order} LIMIT {MOST} OFFSET {}",
            (page - 1) * MOST
        );
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        Ok(Row::find_by_statement(asked).all(self.db()).await?)
    }

    /// Names that belong to some visits, in one query.
    async fn names_by_visit(
        &self,
        text: &str,
        visits: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<String>>> {
        let mut names: HashMap<Uuid, Vec<String>> = HashMap::new();
        let places = match visits.len() {
            // No row has it: a list must not be empty, and the number of queries stays the same.
            0 => "NULL".to_owned(),
            n => (1..=n)
                .map(|place| format!("${place}"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let values = visits.iter().map(|id| Value::from(*id));
        let text = text.replace("{ids}", &places);
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        for row in self.db().query_all_raw(asked).await? {
            let visit: Uuid = row.try_get("", "visit_id")?;
            names
                .entry(visit)
                .or_default()
                .push(row.try_get("", "name")?);
        }
        Ok(names)
    }
}

fn sum<'g>(groups: impl Iterator<Item = &'g Group>) -> u64 {
    groups
        .map(|group| u64::try_from(group.n).unwrap_or(0))
        .sum()
}

/// The services of the groups, each once; the groups are in the order of their names.
fn services(groups: &[Group]) -> Vec<(ServiceId, String)> {
    let mut services: Vec<(ServiceId, String)> = groups
        .iter()
        .map(|group| (ServiceId::of(group.service_id), group.service.clone()))
        .collect();
    services.dedup();
    services
}

fn status_of(row: &Row) -> Result<VisitStatus> {
    row.status.parse().map_err(|_| {
        Fault::Unreadable {
            table: "visits",
            column: "status",
            id: row.id.to_string(),
        }
        .into()
    })
}
