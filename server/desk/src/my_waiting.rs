//! What a client sees of the days they wait for: the list, and one entry with the time that is held for them.

use booking::ids::ServiceId;
use booking::waiting::WaitingStatus;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, FromQueryResult, PaginatorTrait, QueryFilter, Statement, Value};
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::table::waiting;
use crate::trouble::{Fault, Result};
use crate::wait_for_day::open;

/// A day that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyWaiting {
    /// Which.
    pub id: Uuid,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Minutes.
    pub length_min: u32,
    /// With whom, if somebody was named.
    pub technician: Option<String>,
    /// Seats.
    pub seats: u32,
    /// The day.
    pub day: NaiveDate,
    /// Where it stands; what is held no longer is missed.
    pub status: WaitingStatus,
    /// The time that is or was held, and until when.
    pub held: Option<Held>,
    /// `R-…` of the request it became.
    pub request: Option<String>,
}

/// A time that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Until when it is theirs.
    pub until: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    service_id: Uuid,
    service: String,
    length_min: i32,
    technician: Option<String>,
    seats: i32,
    day: NaiveDate,
    status: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    held_until: Option<DateTime<Utc>>,
    request: Option<String>,
}

const ROWS: &str = "SELECT w.id, w.service_id, s.name AS service, w.length_min, p.name AS technician, w.seats, w.day, w.status, \
    w.starts_at, w.ends_at, w.held_until, r.reference AS request \
    FROM waiting w JOIN services s ON s.id = w.service_id LEFT JOIN people p ON p.id = w.technician_id \
    LEFT JOIN requests r ON r.id = w.request_id WHERE w.client_id = $1 AND w.person_id = $2";

impl Desk {
    /// The days one waits for, the nearest first. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_waiting(&self, who: &ContactPass) -> Result<Vec<MyWaiting>> {
        let open =
            "AND w.status IN ('waiting', 'told') AND w.until_at > $3 ORDER BY w.day, w.created_at";
        let now = self.now();
        let rows = self.entries(who, open, Some(now.into())).await?;
        let seen: Result<Vec<MyWaiting>> = rows.into_iter().map(|row| seen(row, now)).collect();
        let is_open = |one: &MyWaiting| one.status != WaitingStatus::Missed;
        Ok(seen?.into_iter().filter(is_open).collect())
    }

    /// One entry of one's own; nothing for anybody else's.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_waiting_for(&self, who: &ContactPass, id: Uuid) -> Result<Option<MyWaiting>> {
        let rows = self.entries(who, "AND w.id = $3", Some(id.into())).await?;
        rows.into_iter()
            .next()
            .map(|row| seen(row, self.now()))
            .transpose()
    }

    /// Whether one waits for a service on a day.
    ///
    /// # Errors
    /// The database's.
    pub async fn waits_for(
        &self,
        who: &ContactPass,
        service: ServiceId,
        day: NaiveDate,
    ) -> Result<bool> {
        let found = open(who)
            .filter(waiting::Column::ServiceId.eq(service.key()))
            .filter(waiting::Column::Day.eq(day));
        Ok(found.count(self.db()).await? > 0)
    }

    async fn entries(
        &self,
        who: &ContactPass,
        which: &str,
        value: Option<Value>,
    ) -> Result<Vec<Row>> {
        let mut values: Vec<Value> = vec![who.client.key().into(), who.person.key().into()];
        values.extend(value);
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, format!("{ROWS} {which}"), values);
        Ok(Row::find_by_statement(asked).all(self.db()).await?)
    }
}

fn seen(row: Row, now: DateTime<Utc>) -> Result<MyWaiting> {
    let status: WaitingStatus = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "waiting",
        column: "status",
        id: row.id.to_string(),
    })?;
    let held = match (row.starts_at, row.ends_at, row.held_until) {
        (Some(start), Some(end), Some(until)) => Some(Held { start, end, until }),
        _ => None,
    };
    let overdue = status == WaitingStatus::Told && held.is_none_or(|held| held.until <= now);
    Ok(MyWaiting {
        id: row.id,
        service: ServiceId::of(row.service_id),
        service_name: row.service,
        length_min: amount(row.length_min),
        technician: row.technician,
        seats: amount(row.seats),
        day: row.day,
        status: match overdue {
            true => WaitingStatus::Missed,
            false => status,
        },
        held,
        request: row.request,
    })
}
