//! Loads what the slot engine needs, in six queries whatever the range, the services and the technicians. Decides
//! nothing: the rules are in `booking::slots`.

use std::collections::HashMap;

use booking::hours::{Exception, Instead, WeeklyWindow, Window};
use booking::ids::{BookingId, ClientId, ResourceId, ServiceId, TechnicianId};
use booking::resource::{Needed, Resource, ResourceNeed};
use booking::service::{AskedBy, LONGEST_MIN, Lengths, SHORTEST_MIN, Service};
use booking::slots::{Booking, Facts, Technician};
use booking::span::Span;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};
use uuid::Uuid;

use crate::key::Key;
use crate::table::{business, service};
use crate::trouble::{Fault, Result};

/// How far around the window asked about the engine wants to know bookings (`booking::slots::Facts::bookings`).
const MARGIN: TimeDelta = TimeDelta::days(10);
/// No booking is longer: an appointment lasts a day at most, time blocked without a client a month.
const LONGEST_BOOKING: TimeDelta = TimeDelta::days(31);

/// What is asked for: which services, for whom, when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// One service, or all that are active.
    pub service: Option<ServiceId>,
    /// For a client: restricted services and agreed prices are the client's. Staff: nobody.
    pub client: Option<ClientId>,
    /// The first instant of interest.
    pub from: DateTime<Utc>,
    /// The first instant of no interest any more.
    pub to: DateTime<Utc>,
}

/// Everything loaded, ready to become the engine's facts for one service after the other.
pub(crate) struct Book {
    pub business: business::Model,
    pub services: Vec<service::Model>,
    for_client: bool,
    qualified: HashMap<Uuid, Vec<TechnicianId>>,
    allowed: Vec<Uuid>,
    prices: HashMap<Uuid, Option<i64>>,
    needs: HashMap<Uuid, Vec<ResourceNeed>>,
    positions: HashMap<TechnicianId, i32>,
    facts: Facts<Tz>,
}

impl Book {
    /// Loads it; `None` when the one service asked for does not exist.
    pub(crate) async fn load<C: ConnectionTrait>(
        db: &C,
        now: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<Option<Self>> {
        let business = business::Entity::find_by_id(1).one(db).await?;
        let services = services(db, wanted.service).await?;
        let Some(business) = business else {
            return Ok(None);
        };
        if wanted.service.is_some() && services.is_empty() {
            return Ok(None);
        }
        let zone = read_zone(&business.time_zone, "business", "1")?;
        let (mut technicians, positions) = technicians(db, zone).await?;
        let closures = absences(db, wanted, &mut technicians).await?;
        let links = links(db, wanted).await?;
        let bookings = bookings(db, wanted).await?;
        let facts = Facts {
            now,
            business_tz: zone,
            first_weekday: weekday(business.first_weekday)?,
            service: nothing(),
            request_cut_off: business
                .request_cut_off
                .parse()
                .map_err(|_| Fault::Unreadable {
                    table: "business",
                    column: "request_cut_off",
                    id: "1".to_owned(),
                })?,
            technicians,
            closures,
            resources: links.resources,
            bookings,
        };
        Ok(Some(Self {
            business,
            services,
            for_client: wanted.client.is_some(),
            qualified: links.qualified,
            allowed: links.allowed,
            prices: links.prices,
            needs: links.needs,
            positions,
            facts,
        }))
    }

    /// The service's own row.
    pub(crate) fn service(&self, id: ServiceId) -> Option<&service::Model> {
        self.services.iter().find(|service| service.id == id.key())
    }

    /// Whether the client may book it (R10); staff may book every active service.
    pub(crate) fn bookable(&self, service: &service::Model) -> bool {
        let open = service.active && service.bookable;
        !self.for_client || open && (!service.restricted || self.allowed.contains(&service.id))
    }

    /// Whether a technician is active and performs the service (R10).
    pub(crate) fn can_send(&self, service: &service::Model, technician: TechnicianId) -> bool {
        let active = |one: &Technician<Tz>| one.id == technician && one.active;
        let qualified = self.qualified.get(&service.id);
        let performs = qualified.is_some_and(|all| all.contains(&technician));
        self.technicians().iter().any(active) && (service.all_technicians || performs)
    }

    /// The price of the client's agreement, or the catalogue's, in minor units.
    pub(crate) fn price(&self, service: &service::Model) -> Option<i64> {
        let agreed = self.prices.get(&service.id).copied().flatten();
        agreed.or(service.price_minor)
    }

    /// The facts for one service at one length.
    pub(crate) fn facts(&mut self, service: &service::Model, length_min: u32) -> &Facts<Tz> {
        let mut asked = bare(service, length_min);
        // Who may only ask for a window of dates is offered no slots.
        let slots = asked_by(service).is_ok_and(AskedBy::slots);
        asked.bookable = self.bookable(service) && (slots || !self.for_client);
        asked.resources = self.needs.get(&service.id).cloned().unwrap_or_default();
        asked.technicians = match service.all_technicians {
            true => None,
            false => Some(self.qualified.get(&service.id).cloned().unwrap_or_default()),
        };
        self.facts.service = asked;
        &self.facts
    }

    /// All bookings loaded.
    pub(crate) fn bookings(&self) -> &[Booking] {
        &self.facts.bookings
    }

    /// All technicians.
    pub(crate) fn technicians(&self) -> &[Technician<Tz>] {
        &self.facts.technicians
    }

    /// The closures around the window.
    pub(crate) fn closures(&self) -> &[NaiveDate] {
        &self.facts.closures
    }

    /// A technician's place in the order of the team.
    pub(crate) fn position(&self, technician: TechnicianId) -> (i32, TechnicianId) {
        let place = self.positions.get(&technician).copied();
        (place.unwrap_or(i32::MAX), technician)
    }

    /// The zone of the business.
    pub(crate) fn zone(&self) -> Tz {
        self.facts.business_tz
    }
}

/// How clients ask for a service.
pub(crate) fn asked_by(service: &service::Model) -> Result<AskedBy> {
    service.asked_by.parse().map_err(|_| {
        Fault::Unreadable {
            table: "services",
            column: "asked_by",
            id: service.id.to_string(),
        }
        .into()
    })
}

/// The lengths a service is offered at; one that is offered at any length is bounded by the smallest and largest named.
pub(crate) fn lengths(service: &service::Model) -> Result<Lengths> {
    let minutes: Vec<u32> =
        serde_json::from_value(service.lengths.clone()).map_err(|_| Fault::Unreadable {
            table: "services",
            column: "lengths",
            id: service.id.to_string(),
        })?;
    if !service.any_length {
        return Ok(Lengths::one_of(minutes)?);
    }
    match (minutes.iter().min(), minutes.iter().max()) {
        (Some(from), Some(to)) if from < to => Ok(Lengths::any(*from, *to)?),
        _ => Ok(Lengths::any(SHORTEST_MIN, LONGEST_MIN)?),
    }
}

/// A zone's name from a row.
pub(crate) fn read_zone(name: &str, table: &'static str, id: &str) -> Result<Tz> {
    name.parse().map_err(|_| {
        Fault::Unreadable {
            table,
            column: "time_zone",
            id: id.to_owned(),
        }
        .into()
    })
}

fn weekday(number: i32) -> Result<Weekday> {
    let from_monday = u8::try_from(number - 1).ok();
    let found = from_monday.and_then(|n| Weekday::try_from(n).ok());
    found.ok_or_else(|| {
        Fault::Unreadable {
            table: "working_windows, business",
            column: "weekday",
            id: number.to_string(),
        }
        .into()
    })
}

/// A column that is checked when it is written; what is negative all the same counts as 0.
pub(crate) fn amount(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A service nobody performs, until one is asked about.
fn nothing() -> Service {
    Service {
        id: ServiceId::new(0),
        bookable: false,
        length_min: SHORTEST_MIN,
        step_min: None,
        buffer_before: 0,
        buffer_after: 0,
        capacity: 1,
        notice_min: 0,
        advance_days: None,
        max_per_day: None,
        max_per_week: None,
        resources: Vec::new(),
        technicians: Some(Vec::new()),
    }
}

fn bare(service: &service::Model, length_min: u32) -> Service {
    Service {
        id: ServiceId::of(service.id),
        length_min,
        step_min: service.step_min.map(amount),
        buffer_before: amount(service.buffer_before),
        buffer_after: amount(service.buffer_after),
        capacity: amount(service.capacity),
        notice_min: amount(service.notice_min),
        advance_days: service.advance_days.map(amount),
        max_per_day: service.max_per_day.map(amount),
        max_per_week: service.max_per_week.map(amount),
        ..nothing()
    }
}

async fn services<C: ConnectionTrait>(
    db: &C,
    one: Option<ServiceId>,
) -> Result<Vec<service::Model>> {
    let all = service::Entity::find().order_by_asc(service::Column::Position);
    let all = match one {
        Some(id) => all.filter(service::Column::Id.eq(id.key())),
        None => all.filter(service::Column::Active.eq(true)),
    };
    Ok(all.order_by_asc(service::Column::Id).all(db).await?)
}

#[derive(FromQueryResult)]
struct TechnicianRow {
    id: Uuid,
    time_zone: Option<String>,
    buffer_before: i32,
    buffer_after: i32,
    max_per_day: Option<i32>,
    max_per_week: Option<i32>,
    active: bool,
    position: i32,
    weekday: Option<i32>,
    start_min: Option<i32>,
    end_min: Option<i32>,
}

const TECHNICIANS: &str = "SELECT t.id, t.time_zone, t.buffer_before, t.buffer_after, t.max_per_day, t.max_per_week, \
    t.active, t.position, w.weekday, w.start_min, w.end_min \
    FROM technicians t LEFT JOIN working_windows w ON w.technician_id = t.id ORDER BY t.id";

async fn technicians<C: ConnectionTrait>(
    db: &C,
    business: Tz,
) -> Result<(Vec<Technician<Tz>>, HashMap<TechnicianId, i32>)> {
    let asked = Statement::from_string(db.get_database_backend(), TECHNICIANS);
    let (mut found, mut positions) = (Vec::<Technician<Tz>>::new(), HashMap::new());
    for row in TechnicianRow::find_by_statement(asked).all(db).await? {
        if found.last().map(|last| last.id.key()) != Some(row.id) {
            let tz = match &row.time_zone {
                Some(name) => read_zone(name, "technicians", &row.id.to_string())?,
                None => business,
            };
            found.push(technician(&row, tz));
            positions.insert(TechnicianId::of(row.id), row.position);
        }
        let Some(last) = found.last_mut() else {
            continue;
        };
        if let (Some(day), Some(start), Some(end)) = (row.weekday, row.start_min, row.end_min) {
            last.weekly.push(WeeklyWindow {
                weekday: weekday(day)?,
                window: window(start, end, row.id)?,
            });
        }
    }
    Ok((found, positions))
}

fn technician(row: &TechnicianRow, tz: Tz) -> Technician<Tz> {
    Technician {
        id: TechnicianId::of(row.id),
        tz,
        weekly: Vec::new(),
        exceptions: Vec::new(),
        time_off: Vec::new(),
        buffer_before: amount(row.buffer_before),
        buffer_after: amount(row.buffer_after),
        max_per_day: row.max_per_day.map(amount),
        max_per_week: row.max_per_week.map(amount),
        active: row.active,
    }
}

fn window(start: i32, end: i32, technician: Uuid) -> Result<Window> {
    let minutes = u16::try_from(start).ok().zip(u16::try_from(end).ok());
    let window = minutes.and_then(|(start, end)| Window::new(start, end).ok());
    window.ok_or_else(|| {
        Fault::Unreadable {
            table: "working_windows",
            column: "start_min, end_min",
            id: technician.to_string(),
        }
        .into()
    })
}

#[derive(FromQueryResult)]
struct AbsenceRow {
    technician_id: Option<Uuid>,
    date: Option<NaiveDate>,
    windows: Option<serde_json::Value>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

const ABSENCES_POSTGRES: &str = "SELECT technician_id, date, windows, CAST(NULL AS timestamptz) AS starts_at, CAST(NULL AS timestamptz) AS ends_at \
    FROM exceptions WHERE date BETWEEN $1 AND $2 \
    UNION ALL SELECT technician_id, NULL, NULL, starts_at, ends_at FROM time_off WHERE ends_at >= $3 AND starts_at <= $4 \
    UNION ALL SELECT NULL, date, NULL, NULL, NULL FROM closures WHERE date BETWEEN $1 AND $2";

const ABSENCES_SQLITE: &str = "SELECT technician_id, date, windows, NULL AS starts_at, NULL AS ends_at \
    FROM exceptions WHERE date BETWEEN $1 AND $2 \
    UNION ALL SELECT technician_id, NULL, NULL, starts_at, ends_at FROM time_off WHERE ends_at >= $3 AND starts_at <= $4 \
    UNION ALL SELECT NULL, date, NULL, NULL, NULL FROM closures WHERE date BETWEEN $1 AND $2";

/// Exceptions and times off into their technicians; the closures come back.
async fn absences<C: ConnectionTrait>(
    db: &C,
    wanted: &Wanted,
    technicians: &mut [Technician<Tz>],
) -> Result<Vec<NaiveDate>> {
    let (from, to) = (wanted.from - MARGIN, wanted.to + MARGIN);
    let text = match db.get_database_backend() {
        DbBackend::Postgres => ABSENCES_POSTGRES,
        _ => ABSENCES_SQLITE,
    };
    let values = [
        from.date_naive().into(),
        to.date_naive().into(),
        from.into(),
        to.into(),
    ];
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let mut closures = Vec::new();
    for row in AbsenceRow::find_by_statement(asked).all(db).await? {
        let its = row.technician_id.and_then(|id| {
            let place = technicians.binary_search_by_key(&TechnicianId::of(id), |t| t.id);
            place.ok().and_then(|place| technicians.get_mut(place))
        });
        match (its, row.date) {
            (Some(technician), Some(date)) => technician.exceptions.push(exception(date, &row)?),
            (Some(technician), None) => technician.time_off.extend(time_off(&row)),
            (None, Some(date)) => closures.push(date),
            (None, None) => {}
        }
    }
    Ok(closures)
}

fn exception(date: NaiveDate, row: &AbsenceRow) -> Result<Exception> {
    let windows = row.windows.clone().unwrap_or_default();
    let windows: Vec<Window> = serde_json::from_value(windows).map_err(|_| Fault::Unreadable {
        table: "exceptions",
        column: "windows",
        id: date.to_string(),
    })?;
    let instead = match windows.is_empty() {
        true => Instead::Off,
        false => Instead::Hours(windows),
    };
    Ok(Exception { date, instead })
}

fn time_off(row: &AbsenceRow) -> Option<Span> {
    Span::new(row.starts_at?, row.ends_at?).ok()
}

/// What belongs to services, from five small tables at once.
struct Links {
    qualified: HashMap<Uuid, Vec<TechnicianId>>,
    allowed: Vec<Uuid>,
    prices: HashMap<Uuid, Option<i64>>,
    needs: HashMap<Uuid, Vec<ResourceNeed>>,
    resources: Vec<Resource>,
}

#[derive(FromQueryResult)]
struct LinkRow {
    what: String,
    service_id: Option<Uuid>,
    id: Option<Uuid>,
    word: Option<String>,
    a: Option<i64>,
    b: Option<i64>,
}

const LINKS: &str = "SELECT 'technician' AS what, service_id, technician_id AS id, {text} AS word, {int} AS a, {int} AS b \
    FROM service_technicians WHERE ($1 IS NULL OR service_id = $1) \
    UNION ALL SELECT 'client', service_id, client_id, NULL, NULL, NULL FROM service_clients WHERE client_id = $2 \
    UNION ALL SELECT 'price', service_id, id, NULL, price_minor, NULL FROM client_services WHERE client_id = $2 AND active \
    UNION ALL SELECT 'need', service_id, resource_id, resource_kind, CAST(units AS bigint), NULL FROM service_resources \
        WHERE ($1 IS NULL OR service_id = $1) \
    UNION ALL SELECT 'resource', NULL, id, kind, CAST(units AS bigint), CAST(turnaround_min AS bigint) FROM resources WHERE active";

async fn links<C: ConnectionTrait>(db: &C, wanted: &Wanted) -> Result<Links> {
    let backend = db.get_database_backend();
    let (text, int, uuid) = match backend {
        DbBackend::Postgres => (
            "CAST(NULL AS text)",
            "CAST(NULL AS bigint)",
            "CAST($1 AS uuid)",
        ),
        _ => ("NULL", "NULL", "$1"),
    };
    let sql = LINKS
        .replace("{text}", text)
        .replace("{int}", int)
        .replace("$1", uuid);
    let service = wanted.service.map(Key::key);
    let client = wanted.client.map(Key::key);
    let asked = Statement::from_sql_and_values(backend, sql, [service.into(), client.into()]);
    let rows = LinkRow::find_by_statement(asked).all(db).await?;
    let mut links = Links {
        qualified: HashMap::new(),
        allowed: Vec::new(),
        prices: HashMap::new(),
        needs: HashMap::new(),
        resources: rows.iter().filter_map(resource).collect(),
    };
    for row in &rows {
        let Some(service) = row.service_id else {
            continue;
        };
        match row.what.as_str() {
            "technician" => {
                let id = row.id.map(TechnicianId::of);
                links.qualified.entry(service).or_default().extend(id);
            }
            "client" => links.allowed.push(service),
            "price" => {
                links.prices.insert(service, row.a);
            }
            _ => links
                .needs
                .entry(service)
                .or_default()
                .push(need(row, &rows)),
        }
    }
    Ok(links)
}

fn resource(row: &LinkRow) -> Option<Resource> {
    let is_resource = row.what == "resource";
    let id = row.id.filter(|_| is_resource)?;
    Some(Resource {
        id: ResourceId::of(id),
        units: row.a.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        turnaround_min: row.b.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
    })
}

fn need(row: &LinkRow, all: &[LinkRow]) -> ResourceNeed {
    let what = match (row.id, &row.word) {
        (Some(id), _) => Needed::Exactly(ResourceId::of(id)),
        (None, kind) => {
            let of_kind = all
                .iter()
                .filter(|r| r.what == "resource" && r.word == *kind);
            let mut ids: Vec<ResourceId> =
                of_kind.filter_map(|r| r.id.map(ResourceId::of)).collect();
            ids.sort_unstable();
            Needed::AnyOf(ids)
        }
    };
    ResourceNeed {
        what,
        units: row.a.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
    }
}

#[derive(FromQueryResult)]
struct BookingRow {
    id: Uuid,
    technician_id: Option<Uuid>,
    service_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    before_min: i32,
    after_min: i32,
    seats: i32,
    status: String,
    expires_at: Option<DateTime<Utc>>,
    resource_id: Option<Uuid>,
    units: Option<i32>,
}

const BOOKINGS: &str = "SELECT b.id, b.technician_id, b.service_id, b.starts_at, b.ends_at, b.before_min, b.after_min, b.seats, \
    b.status, b.expires_at, r.resource_id, r.units \
    FROM bookings b LEFT JOIN booking_resources r ON r.booking_id = b.id \
    WHERE b.blocking AND b.starts_at > $1 AND b.starts_at < $2 AND b.ends_at > $3 ORDER BY b.starts_at, b.id";

async fn bookings<C: ConnectionTrait>(db: &C, wanted: &Wanted) -> Result<Vec<Booking>> {
    let from = wanted.from - MARGIN;
    let values = [
        (from - LONGEST_BOOKING).into(),
        (wanted.to + MARGIN).into(),
        from.into(),
    ];
    let asked = Statement::from_sql_and_values(db.get_database_backend(), BOOKINGS, values);
    let mut found: Vec<Booking> = Vec::new();
    for row in BookingRow::find_by_statement(asked).all(db).await? {
        let id = BookingId::of(row.id);
        if found.last().and_then(|last| last.id) != Some(id) {
            found.push(booking(id, &row)?);
        }
        let resource = row.resource_id.map(ResourceId::of).zip(row.units);
        if let (Some((resource, units)), Some(last)) = (resource, found.last_mut()) {
            last.resources.push((resource, amount(units)));
        }
    }
    Ok(found)
}

fn booking(id: BookingId, row: &BookingRow) -> Result<Booking> {
    let unreadable = |column| Fault::Unreadable {
        table: "bookings",
        column,
        id: id.to_string(),
    };
    Ok(Booking {
        id: Some(id),
        technician: row.technician_id.map(TechnicianId::of),
        service: row.service_id.map_or(ServiceId::new(0), ServiceId::of),
        span: Span::new(row.starts_at, row.ends_at).map_err(|_| unreadable("ends_at"))?,
        status: row.status.parse().map_err(|_| unreadable("status"))?,
        expires: row.expires_at,
        seats: amount(row.seats),
        before_min: amount(row.before_min),
        after_min: amount(row.after_min),
        resources: Vec::new(),
    })
}
