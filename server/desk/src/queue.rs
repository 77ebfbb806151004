//! The queue of staff: requests by status with counts, search, pages, and for each pending one whom to send. The number
//! of queries does not depend on the number of rows.

use booking::ids::{ClientId, PhotoId, Reference, RequestId, ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::request::{RequestKind, RequestStatus};
use booking::slots::{self, Facts, Query};
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, Statement, Value,
};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

use crate::asked_dates::AskedDates;
use crate::changes_shown;
use crate::desk::Desk;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::photos;
use crate::retention::shown_requests;
use crate::table::technician_approver;
use crate::trouble::{Fault, Result};
use booking::refusal::Refusal;

/// Rows on one page.
pub const QUEUE_PAGE: u32 = 25;
/// The farthest apart that pending requests on one page can be for suggestions to be worked out, in days.
const SUGGEST_DAYS: i64 = 400;

/// What is asked of the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueAsk {
    /// Only these (A6); none: all, expired ones too.
    pub status: Option<RequestStatus>,
    /// Of the pending ones only those that wait for staff, or for the client; none: both.
    pub awaiting_client: Option<bool>,
    /// Text in client, service or reference; empty: all.
    pub search: String,
    /// The page, from 0.
    pub page: u32,
}

/// How many requests stand where, within the search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatusCounts {
    /// All, expired ones too.
    pub all: u64,
    /// Waiting, for staff or for the client.
    pub pending: u64,
    /// Of those: waiting for the client.
    pub awaiting_client: u64,
    /// Accepted.
    pub approved: u64,
    /// Refused.
    pub declined: u64,
    /// Withdrawn by the client.
    pub cancelled: u64,
    /// Run out.
    pub expired: u64,
}

impl StatusCounts {
    pub(crate) fn add(&mut self, status: RequestStatus, n: u64) {
        self.all += n;
        match status {
            RequestStatus::Pending => self.pending += n,
            RequestStatus::Approved => self.approved += n,
            RequestStatus::Declined => self.declined += n,
            RequestStatus::Cancelled => self.cancelled += n,
            RequestStatus::Expired => self.expired += n,
        }
    }

    /// How many there are for a filter.
    #[must_use]
    pub fn of(&self, status: Option<RequestStatus>) -> u64 {
        match status {
            None => self.all,
            Some(RequestStatus::Pending) => self.pending,
            Some(RequestStatus::Approved) => self.approved,
            Some(RequestStatus::Declined) => self.declined,
            Some(RequestStatus::Cancelled) => self.cancelled,
            Some(RequestStatus::Expired) => self.expired,
        }
    }
}

/// A page of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Counts for the drop-down.
    pub counts: StatusCounts,
    /// The rows: pending ones by when they are, the soonest first; the others newest first.
    pub rows: Vec<QueueRow>,
    /// How many pages the filter has, at least 1.
    pub pages: u32,
}

/// A request in the queue (A7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueRow {
    /// Its id.
    pub id: RequestId,
    /// `R-…`.
    pub reference: String,
    /// Its kind.
    pub kind: RequestKind,
    /// Whose.
    pub client: ClientId,
    /// The client's name.
    pub client_name: String,
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
    /// Where it stands.
    pub status: RequestStatus,
    /// Whether the client has to answer an offer first.
    pub awaiting_client: bool,
    /// For the decision's form.
    pub version: i32,
    /// The linked ticket.
    pub ticket: Option<String>,
    /// What the client wrote.
    pub notes: String,
    /// Until when it waits.
    pub expires: Option<DateTime<Utc>>,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// The technician the client named.
    pub asked: Option<(TechnicianId, String)>,
    /// Who will do it, once approved: the visit's reference and the technician's name.
    pub visit: Option<(String, String)>,
    /// Whom to send: the one asked for, else the free one with the least to do that day. Pending ones only.
    pub suggested: Option<Suggested>,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoId>,
}

/// A technician to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggested {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// Whether the time is free for them now.
    pub free: bool,
}

#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    reference: String,
    kind: String,
    client_id: Uuid,
    client_name: String,
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
    ticket: Option<String>,
    notes: String,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    technician_id: Option<Uuid>,
    technician_name: Option<String>,
    visit_reference: Option<String>,
    visit_technician: Option<String>,
}

impl Row {
    /// Whether staff have to answer it now.
    fn decidable(&self) -> bool {
        self.status == "pending" && !self.awaiting_client
    }
}

const COLUMNS: &str = "SELECT r.id, r.reference, r.kind, r.client_id, c.name AS client_name, r.service_id, s.name AS service_name, \
    COALESCE(v.starts_at, r.starts_at) AS starts_at, COALESCE(v.ends_at, r.ends_at) AS ends_at, \
    r.window_from, r.window_to, r.day_part, r.rule, r.length_min, r.seats, r.status, r.awaiting_client, r.version, r.ticket, r.notes, r.expires_at, r.created_at, \
    r.technician_id, p.name AS technician_name, v.reference AS visit_reference, \
    (SELECT MIN(vp.name) FROM bookings b JOIN people vp ON vp.id = b.technician_id WHERE b.visit_id = v.id) AS visit_technician";

const FROM: &str = " FROM requests r JOIN clients c ON c.id = r.client_id JOIN services s ON s.id = r.service_id \
    LEFT JOIN people p ON p.id = r.technician_id LEFT JOIN visits v ON v.id = r.visit_id \
    WHERE (lower(c.name) LIKE $1 ESCAPE '\\' OR lower(s.name) LIKE $1 ESCAPE '\\' OR lower(r.reference) LIKE $1 ESCAPE '\\' OR r.reference = $2)";

/// Only requests of technicians this person approves for.
const OWN: &str = " AND r.technician_id IN (SELECT a.technician_id FROM technician_approvers a WHERE a.person_id = $3)";

const ORDER: &str = " ORDER BY CASE WHEN r.status = 'pending' THEN 0 ELSE 1 END, \
    CASE WHEN r.status = 'pending' THEN COALESCE(r.starts_at, {first}) END, r.created_at DESC, r.id DESC";

// Days stand among the times, each where it begins in UTC, as an instant is written there: near enough for an order.
const FIRST_POSTGRES: &str = "CAST(r.window_from AS timestamp) AT TIME ZONE 'UTC'";
const FIRST_SQLITE: &str = "strftime('%Y-%m-%dT%H:%M:%S+00:00', r.window_from)";

impl Desk {
    /// A page of the queue (A6, A7), without what is too old to be kept (decision 14).
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who approves for nobody.
    pub async fn queue(&self, who: &StaffPass, ask: &QueueAsk) -> Result<Queue> {
        let scope = self.scope(who).await?;
        let mut values = some_values(scope, searched(who, &ask.search));
        let kept = shown_requests(self.hidden_before().await?, &mut values);
        let scope = format!("{scope}{kept}");
        let counts = counts(self.db(), &scope, &values).await?;
        let rows = rows(self.db(), &scope, values, ask).await?;
        let suggested = self.suggest(&rows).await?;
        let mut photos = photos::of_requests(self.db(), rows.iter().map(|row| row.id)).await?;
        let of_filter = match ask.awaiting_client {
            None => counts.of(ask.status),
            Some(true) => counts.awaiting_client,
            Some(false) => counts.pending - counts.awaiting_client,
        };
        let pages = of_filter.div_ceil(u64::from(QUEUE_PAGE)).max(1);
        let rows = rows
            .into_iter()
            .zip(suggested)
            .map(|(row, whom)| {
                let photos = photos.remove(&row.id).unwrap_or_default();
                Ok(QueueRow {
                    photos,
                    ..seen(row, whom)?
                })
            })
            .collect::<Result<_>>()?;
        Ok(Queue {
            counts,
            rows,
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
        })
    }

    /// How many requests of every kind wait for staff (decision 16): the badge and "n pending". 0 for who decides nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending_count(&self, who: &StaffPass) -> Result<u64> {
        let scope = match self.sees_queue(who).await? {
            true => self.scope(who).await?,
            false => return Ok(0),
        };
        let changes = if scope.is_empty() {
            ""
        } else {
            changes_shown::OWN
        };
        let text = format!(
            "SELECT (SELECT COUNT(*) FROM requests r WHERE r.status = 'pending' AND NOT r.awaiting_client{}) \
             + (SELECT COUNT(*) FROM changes g WHERE g.status = 'pending'{changes}) AS n",
            scope.replace("$3", "$1")
        );
        let values: Vec<Value> = match scope.is_empty() {
            true => Vec::new(),
            false => vec![who.person.key().into()],
        };
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let row = self.db().query_one_raw(asked).await?;
        let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Whether this person sees the queue: whoever decides, for all or for some technician (§7).
    ///
    /// # Errors
    /// The database's.
    pub async fn sees_queue(&self, who: &StaffPass) -> Result<bool> {
        if who.decides_all() {
            return Ok(true);
        }
        let some = technician_approver::Entity::find()
            .filter(technician_approver::Column::PersonId.eq(who.person.key()))
            .count(self.db())
            .await?;
        Ok(some > 0)
    }

    async fn scope(&self, who: &StaffPass) -> Result<&'static str> {
        if who.decides_all() {
            return Ok("");
        }
        match self.sees_queue(who).await? {
            true => Ok(OWN),
            false => Err(Refusal::NotAllowed.into()),
        }
    }

    /// Whom to send for each row: one load of the calendar for all of them.
    async fn suggest(&self, rows: &[Row]) -> Result<Vec<Option<Suggested>>> {
        let pending = || rows.iter().filter(|row| row.decidable());
        let starts = || pending().filter_map(|row| row.starts_at);
        let none = || rows.iter().map(|_| None).collect();
        let (Some(from), Some(to)) = (starts().min(), starts().max()) else {
            return Ok(none());
        };
        if to - from > TimeDelta::days(SUGGEST_DAYS) {
            return Ok(none());
        }
        let wanted = Wanted {
            service: None,
            client: None,
            from,
            to: to + TimeDelta::days(1),
        };
        let now = self.now();
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(none());
        };
        let holds = holds(self.db(), pending().map(|row| row.id).collect()).await?;
        let names = names(self.db()).await?;
        let whom = |row: &Row| suggested(&mut book, row, &holds, &names);
        Ok(rows.iter().map(whom).collect())
    }
}

fn searched(who: &StaffPass, search: &str) -> Vec<Value> {
    let typed: String = search.trim().chars().take(100).collect();
    let plain = typed.to_lowercase();
    let escaped = plain
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let reference = Reference::parse(&typed).map_or(String::new(), |r| r.to_string());
    vec![
        format!("%{escaped}%").into(),
        reference.into(),
        who.person.key().into(),
    ]
}

fn some_values(scope: &str, mut values: Vec<Value>) -> Vec<Value> {
    if scope.is_empty() {
        values.truncate(2);
    }
    values
}

async fn counts<C: ConnectionTrait>(db: &C, scope: &str, values: &[Value]) -> Result<StatusCounts> {
    let text = format!(
        "SELECT r.status, r.awaiting_client, COUNT(*) AS n{FROM}{scope} GROUP BY r.status, r.awaiting_client"
    );
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values.to_vec());
    let mut counts = StatusCounts::default();
    for row in db.query_all_raw(asked).await? {
        let (status, n): (String, i64) = (row.try_get("", "status")?, row.try_get("", "n")?);
        let n = u64::try_from(n).unwrap_or(0);
        counts.add(read_status(&status)?, n);
        if row.try_get("", "awaiting_client")? {
            counts.awaiting_client += n;
        }
    }
    Ok(counts)
}

async fn rows<C: ConnectionTrait>(
    db: &C,
    scope: &str,
    values: Vec<Value>,
    ask: &QueueAsk,
) -> Result<Vec<Row>> {
    let status = match ask.status {
        Some(status) => format!(" AND r.status = '{}'", status.as_str()),
        None => String::new(),
    };
    let awaiting = match ask.awaiting_client {
        None => "",
        Some(true) => " AND r.awaiting_client",
        Some(false) => " AND NOT r.awaiting_client",
    };
    let status = status + awaiting;
    let offset = u64::from(ask.page) * u64::from(QUEUE_PAGE);
    let first = match db.get_database_backend() {
        DbBackend::Postgres => FIRST_POSTGRES,
        _ => FIRST_SQLITE,
    };
    let order = ORDER.replace("{first}", first);
    let text = format!("{COLUMNS}{FROM}{scope}{status}{order} LIMIT {QUEUE_PAGE} OFFSET {offset}");
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    Ok(Row::find_by_statement(asked).all(db).await?)
}

pub(crate) fn read_status(word: &str) -> Result<RequestStatus> {
    word.parse().map_err(|_| {
        Fault::Unreadable {
            table: "requests",
            column: "status",
            id: word.to_owned(),
        }
        .into()
    })
}

/// What pending requests hold, by request. What was offered before and given up is no hold any more.
async fn holds<C: ConnectionTrait>(
    db: &C,
    requests: Vec<Uuid>,
) -> Result<HashMap<Uuid, booking::ids::BookingId>> {
    use crate::table::booking as bookings;
    let rows = bookings::Entity::find()
        .filter(bookings::Column::RequestId.is_in(requests))
        .filter(bookings::Column::Blocking.eq(true))
        .all(db)
        .await?;
    let pair = |row: bookings::Model| {
        row.request_id
            .map(|request| (request, booking::ids::BookingId::of(row.id)))
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// The names of all technicians.
pub(crate) async fn names<C: ConnectionTrait>(db: &C) -> Result<HashMap<TechnicianId, String>> {
    let text = "SELECT p.id, p.name FROM technicians t JOIN people p ON p.id = t.id";
    let asked = Statement::from_string(db.get_database_backend(), text);
    let mut names = HashMap::new();
    for row in db.query_all_raw(asked).await? {
        let id: Uuid = row.try_get("", "id")?;
        names.insert(TechnicianId::of(id), row.try_get("", "name")?);
    }
    Ok(names)
}

fn suggested(
    book: &mut Book,
    row: &Row,
    holds: &HashMap<Uuid, booking::ids::BookingId>,
    names: &HashMap<TechnicianId, String>,
) -> Option<Suggested> {
    let start = row.starts_at.filter(|_| row.decidable())?;
    let mut entry = book.service(ServiceId::of(row.service_id)).cloned()?;
    // These were kept when the client asked; only what is booked counts here.
    (entry.notice_min, entry.advance_days) = (0, None);
    let query = Query {
        from: start,
        to: start + TimeDelta::seconds(1),
        technician: None,
        seats: amount(row.seats),
        leave_out: holds.get(&row.id).copied().into_iter().collect(),
    };
    let facts = Facts {
        request_cut_off: CutOff::None,
        ..book.facts(&entry, amount(row.length_min)).clone()
    };
    let free = slots::slots(&facts, &query).pop();
    let free = free.map(|slot| slot.technicians).unwrap_or_default();
    let asked = row.technician_id.map(TechnicianId::of);
    let least = || {
        free.iter()
            .copied()
            .min_by_key(|id| (load_on(book, *id, start), *id))
    };
    let id = asked.or_else(least)?;
    Some(Suggested {
        id,
        name: names.get(&id).cloned().unwrap_or_default(),
        free: free.contains(&id),
    })
}

/// How many bookings a technician has on the business's date of an instant.
pub(crate) fn load_on(book: &Book, technician: TechnicianId, at: DateTime<Utc>) -> usize {
    let date = zone::date(&book.zone(), at);
    let Some(day) = zone::day(&book.zone(), date) else {
        return 0;
    };
    let on_it = book
        .bookings()
        .iter()
        .filter(|b| b.technician == Some(technician) && day.contains(b.span.start()));
    on_it.count()
}

fn seen(row: Row, suggested: Option<Suggested>) -> Result<QueueRow> {
    let kind = row.kind.parse().map_err(|_| Fault::Unreadable {
        table: "requests",
        column: "kind",
        id: row.id.to_string(),
    })?;
    let technician = row.technician_id.map(TechnicianId::of);
    Ok(QueueRow {
        id: RequestId::of(row.id),
        reference: row.reference,
        kind,
        client: ClientId::of(row.client_id),
        client_name: row.client_name,
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
        status: read_status(&row.status)?,
        awaiting_client: row.awaiting_client,
        version: row.version,
        ticket: row.ticket,
        notes: row.notes,
        expires: row.expires_at.filter(|_| row.status == "pending"),
        created: row.created_at,
        asked: technician.zip(row.technician_name),
        visit: row
            .visit_reference
            .map(|v| (v, row.visit_technician.unwrap_or_default())),
        suggested,
        photos: Vec::new(),
    })
}
