//! What a calendar's private address answers: the appointments of who made it, for as long as they may see them, and for
//! staff the time that is blocked for them. Changes nothing; holding the token is the permission.

use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::desk::Desk;
use crate::feeds::Whose;
use crate::free_slots::load::read_zone;
use crate::retention::shown_visits;
use crate::token;
use crate::trouble::{Fault, Result};

/// How many days back it reaches.
pub const DAYS_BACK: u64 = 90;
/// How many days ahead it reaches.
pub const DAYS_AHEAD: u64 = 400;
/// How many days a cancelled appointment stays in it, so that every calendar learns of it.
pub const CANCELLED_DAYS: u64 = 30;
/// The most appointments of one answer.
const MOST: u64 = 10_000;

/// A calendar, ready to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What its owner calls it.
    pub name: String,
    /// Whether it tells more than that one is busy.
    pub details: bool,
    /// Whose appointments.
    pub whose: Whose,
    /// Name of the business.
    pub business: String,
    /// The language its owner reads (decision 18).
    pub locale: String,
    /// When its contents can have changed last: after the latest change of anything, and after the day's beginning, with
    /// which its window moves.
    pub changed: DateTime<Utc>,
    /// By start. Those that were moved are there at their new time only.
    pub visits: Vec<FeedVisit>,
    /// The blocked time of a member of staff, by start; none in a client's calendar.
    pub blocks: Vec<FeedBlock>,
}

/// Time blocked without a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedBlock {
    /// UID: always the same for one block, and no appointment's.
    pub uid: String,
    /// What for, as staff wrote it.
    pub note: String,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Whether it was freed.
    pub freed: bool,
    /// When it was blocked.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
}

/// An appointment in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedVisit {
    /// `V-…`.
    pub reference: String,
    /// `R-…` of the request it came from.
    pub request: Option<String>,
    /// Name of the service.
    pub service: String,
    /// Whose.
    pub client: String,
    /// Where, as far as the client has an address.
    pub address: Option<String>,
    /// Who comes.
    pub technician: Option<String>,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// UID, as in the letters.
    pub uid: String,
    /// SEQUENCE, as in the letters.
    pub sequence: i32,
    /// When it was booked.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Found {
    person_id: Uuid,
    client_id: Option<Uuid>,
    name: String,
    details: bool,
    made_at: DateTime<Utc>,
    locale: Option<String>,
    client_locale: Option<String>,
    own_only: Option<bool>,
    business: String,
    business_locale: String,
    business_zone: String,
}

const FIND: &str = "SELECT f.person_id, f.client_id, f.name, f.details, f.made_at, p.locale, c.locale AS client_locale, (c.own_only OR k.own_only) AS own_only, \
    b.name AS business, b.locale AS business_locale, b.time_zone AS business_zone \
    FROM calendar_feeds f JOIN people p ON p.id = f.person_id CROSS JOIN business b \
    LEFT JOIN staff s ON s.person_id = p.id AND s.active \
    LEFT JOIN contacts k ON k.person_id = p.id AND k.client_id = f.client_id AND k.active \
    LEFT JOIN clients c ON c.id = k.client_id AND c.active \
    WHERE f.token_hash = $1 AND p.disabled_at IS NULL \
    AND (c.id IS NOT NULL OR (f.client_id IS NULL AND s.person_id IS NOT NULL))";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    request: Option<String>,
    service: String,
    client: String,
    address: Option<String>,
    technician: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    status: String,
    uid: String,
    sequence: i32,
    created_at: DateTime<Utc>,
    changed_at: Option<DateTime<Utc>>,
}

const VISITS: &str = "SELECT v.id, v.reference, r.reference AS request, s.name AS service, c.name AS client, c.address, \
    (SELECT MIN(p.name) FROM bookings k JOIN people p ON p.id = k.technician_id WHERE k.visit_id = v.id) AS technician, \
    v.starts_at, v.ends_at, v.status, v.uid, v.sequence, v.created_at, \
    (SELECT MAX(h.at) FROM history h WHERE h.about_id = v.id) AS changed_at \
    FROM visits v JOIN services s ON s.id = v.service_id JOIN clients c ON c.id = v.client_id \
    LEFT JOIN requests r ON r.id = v.request_id \
    WHERE v.starts_at >= $1 AND v.starts_at < $2 AND v.status <> 'rescheduled'";

#[derive(FromQueryResult)]
struct BlockRow {
    id: Uuid,
    note: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    blocking: bool,
    created_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
}

const BLOCKS: &str = "SELECT b.id, b.note, b.starts_at, b.ends_at, b.blocking, \
    (SELECT MIN(h.at) FROM history h WHERE h.about_id = b.id) AS created_at, \
    (SELECT MAX(h.at) FROM history h WHERE h.about_id = b.id) AS changed_at \
    FROM bookings b WHERE b.starts_at >= $1 AND b.starts_at < $2 AND b.technician_id = $3 \
    AND b.visit_id IS NULL AND b.request_id IS NULL ORDER BY b.starts_at, b.id";

impl Desk {
    /// What the address with this token answers: nothing when it is unknown or taken back, when its owner is disabled, or
    /// is no longer staff, or no contact of the client any more. Five queries at most.
    ///
    /// # Errors
    /// Faults only.
    pub async fn feed(&self, token: &str) -> Result<Option<Feed>> {
        let hash = token::hash(token);
        let asked = self.asking(FIND.to_owned(), vec![hash.into()]);
        let Some(found) = Found::find_by_statement(asked).one(self.db()).await? else {
            return Ok(None);
        };
        let tz = read_zone(&found.business_zone, "business", "1")?;
        let window = Window::of(&tz, self.now());
        let visits = self.feed_visits(&found, &window).await?;
        let blocks = self.feed_blocks(&found, &window).await?;
        let changed = self.last_change().await?.unwrap_or(found.made_at);
        let whose = match found.client_id {
            Some(_) => Whose::Client,
            None => Whose::Own,
        };
        let theirs = found.locale.or(found.client_locale);
        Ok(Some(Feed {
            name: found.name,
            details: found.details,
            whose,
            business: found.business,
            locale: theirs.unwrap_or(found.business_locale),
            changed: changed.max(window.today).max(found.made_at),
            visits,
            blocks,
        }))
    }

    async fn feed_visits(&self, found: &Found, window: &Window) -> Result<Vec<FeedVisit>> {
        let mut values: Vec<Value> = vec![window.from.into(), window.to.into()];
        let scope = match (found.client_id, found.own_only) {
            (None, _) => {
                values.push(found.person_id.into());
                "EXISTS (SELECT 1 FROM bookings k WHERE k.visit_id = v.id AND k.technician_id = $3)"
            }
            (Some(client), Some(true)) => {
                values.extend([client.into(), found.person_id.into()]);
                "v.client_id = $3 AND (v.request_id IS NULL OR r.person_id = $4)"
            }
            (Some(client), Some(false) | None) => {
                values.push(client.into());
                "v.client_id = $3"
            }
        };
        // What is too old to be kept in sight is in no calendar either (decision 14).
        let kept = shown_visits(self.hidden_before().await?, &mut values);
        let text = format!("{VISITS} AND {scope}{kept} ORDER BY v.starts_at, v.id LIMIT {MOST}");
        let rows = Row::find_by_statement(self.asking(text, values));
        let rows = rows.all(self.db()).await?;
        let mut visits = Vec::with_capacity(rows.len());
        for row in rows {
            let visit = visit(row)?;
            if !visit.cancelled || visit.changed >= window.cancelled_since {
                visits.push(visit);
            }
        }
        Ok(visits)
    }

    async fn feed_blocks(&self, found: &Found, window: &Window) -> Result<Vec<FeedBlock>> {
        if found.client_id.is_some() {
            return Ok(Vec::new());
        }
        let values: Vec<Value> = vec![window.from.into(), window.to.into(), found.person_id.into()];
        let text = format!("{BLOCKS} LIMIT {MOST}");
        let rows = BlockRow::find_by_statement(self.asking(text, values));
        let rows = rows.all(self.db()).await?.into_iter();
        Ok(rows
            .map(|row| block(row, found.made_at))
            .filter(|block| !block.freed || block.changed >= window.cancelled_since)
            .collect())
    }

    /// When anything at all was changed last: every change has its row of history.
    async fn last_change(&self) -> Result<Option<DateTime<Utc>>> {
        let asked = self.asking("SELECT MAX(at) AS at FROM history".to_owned(), Vec::new());
        let row = self.db().query_one_raw(asked).await?;
        Ok(row.map_or(Ok(None), |row| row.try_get("", "at"))?)
    }

    fn asking(&self, text: String, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.db().get_database_backend(), text, values)
    }
}

/// Which appointments are told, by whole days of the business: it moves at midnight, and not with every question.
struct Window {
    today: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    cancelled_since: DateTime<Utc>,
}

impl Window {
    fn of(tz: &Tz, now: DateTime<Utc>) -> Self {
        let today = zone::date(tz, now);
        let before = |days| instant(tz, today.checked_sub_days(Days::new(days)), today);
        Self {
            today: zone::first_instant(tz, today),
            from: before(DAYS_BACK),
            to: instant(tz, today.checked_add_days(Days::new(DAYS_AHEAD + 1)), today),
            cancelled_since: before(CANCELLED_DAYS),
        }
    }
}

fn instant(tz: &Tz, date: Option<NaiveDate>, otherwise: NaiveDate) -> DateTime<Utc> {
    zone::first_instant(tz, date.unwrap_or(otherwise))
}

/// What has no history (the demonstration's) counts as old as the address.
fn block(row: BlockRow, made: DateTime<Utc>) -> FeedBlock {
    FeedBlock {
        uid: format!("block-{}@frontdesk", row.id),
        note: row.note.unwrap_or_default(),
        start: row.starts_at,
        end: row.ends_at,
        freed: !row.blocking,
        created: row.created_at.unwrap_or(made),
        changed: row.changed_at.unwrap_or(made),
    }
}

fn visit(row: Row) -> Result<FeedVisit> {
    let status: VisitStatus = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: row.id.to_string(),
    })?;
    Ok(FeedVisit {
        reference: row.reference,
        request: row.request,
        service: row.service,
        client: row.client,
        address: row.address,
        technician: row.technician,
        start: row.starts_at,
        end: row.ends_at,
        cancelled: status == VisitStatus::Cancelled,
        uid: row.uid,
        sequence: row.sequence,
        created: row.created_at,
        changed: row.changed_at.unwrap_or(row.created_at),
    })
}
