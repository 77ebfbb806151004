//! The schedule of staff: who works when, visits and pending holds between two instants. The number of queries does not
//! depend on the range.

use booking::hours;
use booking::ids::{ClientId, ResourceId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::queue::names;
use crate::table::{closure, resource};
use crate::trouble::{Beside, Fault, Result};

/// The longest range that is drawn at once.
pub const SCHEDULE_DAYS: i64 = 62;

/// What staff see between two instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// The technicians, active ones and those with entries, in the order of the team.
    pub technicians: Vec<ScheduleTechnician>,
    /// Visits and pending holds, by start. Those with nobody yet have no technician.
    pub entries: Vec<ScheduleEntry>,
    /// Dates in the business's zone, with their names.
    pub closures: Vec<(NaiveDate, String)>,
    /// Locations and equipment, active ones, in their order. For dispatchers and approvers.
    pub resources: Vec<ScheduleResource>,
}

/// A location or a piece of equipment, as a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleResource {
    /// Which.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// How many there are.
    pub units: u32,
}

/// A column of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleTechnician {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// When they work, closures and exceptions counted, time off not: the background.
    pub working: Vec<Span>,
    /// When they are away.
    pub time_off: Vec<Span>,
}

/// Something that occupies time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleEntry {
    /// The booking's id: a key for lists.
    pub id: Uuid,
    /// Whose time; nobody: a hold on anyone.
    pub technician: Option<TechnicianId>,
    /// When.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Pending: a hold, drawn hatched; the others are visits.
    pub status: BookingStatus,
    /// Whose.
    pub client: Option<(ClientId, String)>,
    /// What for.
    pub service: Option<(ServiceId, String)>,
    /// `R-…`, where it came from a request.
    pub request: Option<String>,
    /// The request's version, for the decision's form; of pending ones.
    pub request_version: Option<i32>,
    /// `V-…`, once it is a visit.
    pub visit: Option<String>,
    /// Buffers in minutes, before and after.
    pub buffers: (u32, u32),
    /// Seats taken.
    pub seats: u32,
    /// The note of blocked time.
    pub note: Option<String>,
    /// What it takes of which resource.
    pub resources: Vec<(ResourceId, u32)>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    technician_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    status: String,
    client_id: Option<Uuid>,
    client_name: Option<String>,
    service_id: Option<Uuid>,
    service_name: Option<String>,
    request: Option<String>,
    request_version: Option<i32>,
    visit: Option<String>,
    before_min: i32,
    after_min: i32,
    seats: i32,
    note: Option<String>,
}

// What blocks, and what happened otherwise: a no-show stays on the schedule. Overdue holds are gone.
const ENTRIES: &str = "SELECT b.id, b.technician_id, b.starts_at, b.ends_at, b.status, c.id AS client_id, c.name AS client_name, \
    s.id AS service_id, s.name AS service_name, COALESCE(r.reference, g.reference) AS request, \
    CASE WHEN r.status = 'pending' THEN r.version END AS request_version, v.reference AS visit, \
    b.before_min, b.after_min, b.seats, b.note \
    FROM bookings b LEFT JOIN requests r ON r.id = b.request_id LEFT JOIN visits v ON v.id = b.visit_id \
    LEFT JOIN change_holds h ON h.booking_id = b.id LEFT JOIN changes g ON g.id = h.change_id \
    LEFT JOIN waiting w ON w.booking_id = b.id \
    LEFT JOIN clients c ON c.id = COALESCE(v.client_id, r.client_id, g.client_id, w.client_id) LEFT JOIN services s ON s.id = b.service_id \
    WHERE b.starts_at < $2 AND b.starts_at > $3 AND b.ends_at > $1 AND (b.blocking OR b.status = 'no_show') \
    AND NOT (b.status = 'pending' AND b.expires_at IS NOT NULL AND b.expires_at <= $4)";

impl Desk {
    /// The schedule in `[from, to)`, at most [`SCHEDULE_DAYS`] days. A technician who is nothing else sees their own.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] for a range that is empty or too long.
    pub async fn schedule(
        &self,
        who: &StaffPass,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Schedule> {
        if to <= from || to - from > TimeDelta::days(SCHEDULE_DAYS) {
            return Err(Refusal::BadTime).beside("date");
        }
        crate::free_slots::sane(from)?;
        let now = self.now();
        let wanted = Wanted {
            service: None,
            client: None,
            from,
            to,
        };
        let only = match who.decides_all() {
            true => None,
            false => Some(TechnicianId::new(who.person.get())),
        };
        let mut entries = entries(self.db(), (from, to), now, only).await?;
        let resources = match only {
            None => resources(self.db(), (from, to), &mut entries).await?,
            Some(_) => Vec::new(),
        };
        let book = Book::load(self.db(), now, &wanted).await?;
        let names = names(self.db()).await?;
        let technicians = match &book {
            Some(book) => technicians(book, &names, &entries, (from, to), only),
            None => Vec::new(),
        };
        let closures = closures(self.db(), from, to).await?;
        Ok(Schedule {
            technicians,
            entries,
            closures,
            resources,
        })
    }
}

async fn entries<C: ConnectionTrait>(
    db: &C,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
    only: Option<TechnicianId>,
) -> Result<Vec<ScheduleEntry>> {
    let mut values: Vec<sea_orm::Value> = vec![
        from.into(),
        to.into(),
        (from - TimeDelta::days(31)).into(),
        now.into(),
    ];
    let mut text = ENTRIES.to_owned();
    if let Some(technician) = only {
        text.push_str(" AND b.technician_id = $5");
        values.push(technician.key().into());
    }
    text.push_str(" ORDER BY b.starts_at, b.id");
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let rows = Row::find_by_statement(asked).all(db).await?;
    rows.into_iter().map(entry).collect()
}

fn entry(row: Row) -> Result<ScheduleEntry> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "bookings",
        column: "status",
        id: row.id.to_string(),
    })?;
    Ok(ScheduleEntry {
        id: row.id,
        technician: row.technician_id.map(TechnicianId::of),
        start: row.starts_at,
        end: row.ends_at,
        status,
        client: row.client_id.map(ClientId::of).zip(row.client_name),
        service: row.service_id.map(ServiceId::of).zip(row.service_name),
        request: row.request,
        request_version: row.request_version,
        visit: row.visit,
        buffers: (amount(row.before_min), amount(row.after_min)),
        seats: amount(row.seats),
        note: row.note,
        resources: Vec::new(),
    })
}

fn technicians(
    book: &Book,
    names: &std::collections::HashMap<TechnicianId, String>,
    entries: &[ScheduleEntry],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    only: Option<TechnicianId>,
) -> Vec<ScheduleTechnician> {
    let mut shown: Vec<_> = book
        .technicians()
        .iter()
        .filter(|t| only.is_none_or(|id| id == t.id))
        .filter(|t| t.active || entries.iter().any(|e| e.technician == Some(t.id)))
        .collect();
    shown.sort_by_key(|t| book.position(t.id));
    let column = |t: &booking::slots::Technician<chrono_tz::Tz>| {
        let cut = |s: &Span| Span::new(s.start().max(from), s.end().min(to)).ok();
        ScheduleTechnician {
            id: t.id,
            name: names.get(&t.id).cloned().unwrap_or_default(),
            working: hours::working(t, &book.zone(), book.closures(), (from, to)),
            time_off: t.time_off.iter().filter_map(cut).collect(),
        }
    };
    shown.into_iter().map(column).collect()
}

const TAKEN: &str = "SELECT k.booking_id, k.resource_id, k.units FROM booking_resources k JOIN bookings b ON b.id = k.booking_id \
    WHERE b.blocking AND b.starts_at < $2 AND b.starts_at > $3 AND b.ends_at > $1";

/// The columns of resources; what each entry takes goes into it. Two queries.
async fn resources<C: ConnectionTrait>(
    db: &C,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    entries: &mut [ScheduleEntry],
) -> Result<Vec<ScheduleResource>> {
    let rows = resource::Entity::find()
        .filter(resource::Column::Active.eq(true))
        .order_by_asc(resource::Column::Position)
        .order_by_asc(resource::Column::Name)
        .all(db)
        .await?;
    let values = [from.into(), to.into(), (from - TimeDelta::days(31)).into()];
    let asked = Statement::from_sql_and_values(db.get_database_backend(), TAKEN, values);
    let mut taken: HashMap<Uuid, Vec<(ResourceId, u32)>> = HashMap::new();
    for row in db.query_all_raw(asked).await? {
        let (booking, resource): (Uuid, Uuid) = (
            row.try_get("", "booking_id")?,
            row.try_get("", "resource_id")?,
        );
        let units = amount(row.try_get("", "units")?);
        let its = taken.entry(booking).or_default();
        its.push((ResourceId::of(resource), units));
    }
    for entry in entries {
        entry.resources = taken.remove(&entry.id).unwrap_or_default();
    }
    let column = |row: resource::Model| ScheduleResource {
        id: ResourceId::of(row.id),
        name: row.name,
        kind: row.kind,
        units: amount(row.units),
    };
    Ok(rows.into_iter().map(column).collect())
}

async fn closures<C: ConnectionTrait>(
    db: &C,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, String)>> {
    // One date more on each side: the business may be a day ahead or behind.
    let (first, last) = (
        (from - TimeDelta::days(1)).date_naive(),
        (to + TimeDelta::days(1)).date_naive(),
    );
    let rows = closure::Entity::find()
        .filter(closure::Column::Date.between(first, last))
        .order_by_asc(closure::Column::Date)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.date, row.name)).collect())
}
