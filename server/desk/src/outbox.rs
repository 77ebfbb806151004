//! Letters waiting or sent. A change queues its letters in its own transaction; the worker leases, sends, reports.
//! At least once, always with the same Message-ID. Renders nothing and sends nothing: that is `server/src/postman.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set, Statement,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::asked_dates::AskedDates;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::letter_templates::OwnWords;
use crate::pass::StaffPass;
use crate::table::outbox;
use crate::trouble::{Fault, Result};
use booking::letter::{CalendarPart, Recipient};
use booking::refusal::Refusal;
use booking::template::Wording;

/// The last part of every Message-ID.
pub const MESSAGE_DOMAIN: &str = "frontdesk.invalid";
/// The longest wait between two tries.
const LONGEST_WAIT_SECONDS: i64 = 3_600;
/// After so long without success a letter is dead.
const PATIENCE: TimeDelta = TimeDelta::hours(72);

/// Everything a letter or a notice about a request or a visit says, fixed when it is written: later changes do not
/// change what it tells. Language, zone and name of the recipient are looked up when it is sent ([`Letter`]). As JSON:
/// absent facts are left out, instants are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterFacts {
    /// The role of this recipient.
    pub role: Recipient,
    /// Name of the business.
    pub business: String,
    /// IANA zone of the business.
    pub business_zone: String,
    /// `R-…` of the request, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// `V-…` of the visit, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<String>,
    /// Name of the client.
    pub client: String,
    /// Name of the service.
    pub service: String,
    /// The time it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<Utc>>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<DateTime<Utc>>,
    /// The dates asked for, where it is about a request for no exact slot that has no visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedDates>,
    /// The time before the change, when the change moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_start: Option<DateTime<Utc>>,
    /// The end before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_end: Option<DateTime<Utc>>,
    /// Name of the technician, or names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technician: Option<String>,
    /// Who was to come before the change; empty for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_technician: Option<String>,
    /// What it was for before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_service: Option<String>,
    /// Several visits that came about, or were called off, together: the calendar's facts of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<CalendarFacts>,
    /// What the client wrote. Never internal notes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// The reason given for a refusal or a cancellation, visible to the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when the hold keeps the time free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// What staff offer: other times, or a quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferFacts>,
    /// What the client wants to have otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeFacts>,
    /// The path of the page it points at, without the base: `/requests/R-…`, `/office/requests/R-…`.
    pub link: String,
    /// The calendar part, for those who get one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarFacts>,
}

/// What a letter says of a change that a client asks for; what stays is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFacts {
    /// `R-…`.
    pub reference: String,
    /// Another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<Utc>>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<DateTime<Utc>>,
    /// Whether these are the ends of a block in which staff choose the time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub block: bool,
    /// Another service, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Other subjects, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<String>>,
    /// Other notes; empty: none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Whether those who come to the visit are not free at that time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other_technician: bool,
}

/// What a letter says of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferFacts {
    /// The times to choose from; of a quote the one it is for.
    pub times: Vec<TimeFacts>,
    /// The quote, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteFacts>,
    /// The word for the client.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A time that is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeFacts {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who would come.
    pub technician: String,
}

/// The price of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteFacts {
    /// `Q-…`.
    pub reference: String,
    /// What the client pays, in minor units.
    pub total_minor: i64,
    /// The currency.
    pub currency: String,
}

/// What the calendar part says beside the letter's facts (RFC 5546): one UID for life, SEQUENCE rises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFacts {
    /// UID.
    pub uid: String,
    /// SEQUENCE.
    pub sequence: i32,
    /// METHOD: invite is REQUEST, cancel is CANCEL.
    pub method: CalendarPart,
    /// DTSTAMP: when the change was made.
    pub stamp: DateTime<Utc>,
    /// What for, where it is not what the letter is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// DTSTART.
    pub start: DateTime<Utc>,
    /// DTEND.
    pub end: DateTime<Utc>,
}

/// A letter to be queued.
#[derive(Clone, Debug)]
pub(crate) struct NewLetter {
    /// The event's word: of `booking::letter::Event`, or `sign-in-link`, `invitation` …
    pub event: String,
    /// What the order of letters is kept by: the request, or the visit that had none.
    pub about: Option<Uuid>,
    /// To whom.
    pub person: Option<Uuid>,
    /// The client, where nobody signs in for them: their language is the letter's.
    pub client: Option<Uuid>,
    /// Where to.
    pub email: String,
    /// What it says: [`LetterFacts`], or the facts of a letter about signing in.
    pub facts: Value,
}

/// Writes letters into the outbox, in the transaction of the change they tell about.
pub(crate) async fn queue(work: &mut Work, letters: Vec<NewLetter>) -> Result<()> {
    let letters = letters.into_iter().map(|letter| (work.id(), letter));
    let letters = letters.collect();
    queue_as(work, letters).await
}

/// The same, under ids that somebody else keeps, too.
pub(crate) async fn queue_as(work: &mut Work, letters: Vec<(Uuid, NewLetter)>) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let (now, due) = (work.now(), work.held_back().unwrap_or(work.now()));
    let row = |(id, letter): (Uuid, NewLetter)| outbox::ActiveModel {
        id: Set(id),
        message_id: Set(format!("<{id}@{MESSAGE_DOMAIN}>")),
        event: Set(letter.event),
        about_id: Set(letter.about),
        person_id: Set(letter.person),
        email: Set(letter.email),
        facts: Set(letter.facts),
        status: Set(WAITING.to_owned()),
        attempts: Set(0),
        due_at: Set(due),
        leased_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
        client_id: Set(letter.client),
    };
    let rows: Vec<_> = letters.into_iter().map(row).collect();
    outbox::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    work.tell(Happened::Letters);
    Ok(())
}

const WAITING: &str = "waiting";
const SENT: &str = "sent";
const DEAD: &str = "dead";

/// A letter leased by a worker, with all it needs to be rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Its id.
    pub id: Uuid,
    /// Its Message-ID, the same at every try.
    pub message_id: String,
    /// The event's word: of `booking::letter::Event`, or of a letter about signing in.
    pub event: String,
    /// Where to.
    pub email: String,
    /// The recipient's name, where they are known.
    pub name: Option<String>,
    /// The recipient's language: their own, their client's, the business's (decision 18).
    pub locale: String,
    /// The recipient's IANA zone, by the same order.
    pub time_zone: String,
    /// What it says: [`LetterFacts`] for requests and visits.
    pub facts: Value,
    /// Tries so far.
    pub attempts: i32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The owner's own words for it, in the recipient's language; nothing: the product's.
    pub wording: Option<Wording>,
}

impl Letter {
    /// The facts of a letter about a request or a visit.
    ///
    /// # Errors
    /// The JSON's, for a letter about something else.
    pub fn about_visit(&self) -> std::result::Result<LetterFacts, serde_json::Error> {
        serde_json::from_value(self.facts.clone())
    }
}

/// How many letters stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LetterCounts {
    /// Waiting to be sent.
    pub waiting: u64,
    /// Given up.
    pub dead: u64,
}

/// A letter as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Its id.
    pub id: Uuid,
    /// The event's word.
    pub event: String,
    /// Where it was to go.
    pub email: String,
    /// Tries.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

// An earlier unsent letter about the same thing to the same address goes first; a letter to somebody else does not wait.
const DUE: &str = "SELECT o.id FROM outbox o WHERE o.status = 'waiting' AND o.due_at <= $1 \
    AND (o.leased_until IS NULL OR o.leased_until <= $1) \
    AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.about_id = o.about_id AND e.email = o.email AND e.status = 'waiting' \
        AND (e.created_at < o.created_at OR e.created_at = o.created_at AND e.id < o.id)) \
    ORDER BY o.due_at, o.id LIMIT $2";

// A reminder is right only as long as its visit stands as it did: moved, cancelled or begun, nobody gets it any more.
const STALE_REMINDERS: &str = "UPDATE outbox SET status = 'void' WHERE status = 'waiting' AND event = 'visit.reminder' \
    AND (leased_until IS NULL OR leased_until <= $1) AND NOT EXISTS ( \
        SELECT 1 FROM reminders_sent r JOIN visits v ON v.id = r.visit_id \
        WHERE r.letter_id = outbox.id AND v.status = 'scheduled' AND v.starts_at = r.starts_at AND v.starts_at > $1)";

#[derive(FromQueryResult)]
struct LetterRow {
    id: Uuid,
    message_id: String,
    event: String,
    email: String,
    name: Option<String>,
    locale: Option<String>,
    time_zone: Option<String>,
    facts: Value,
    attempts: i32,
    created_at: DateTime<Utc>,
}

const LETTERS: &str = "SELECT o.id, o.message_id, o.event, o.email, p.name, o.facts, o.attempts, o.created_at, \
    COALESCE(p.locale, (SELECT MIN(c.locale) FROM contacts k JOIN clients c ON c.id = k.client_id WHERE k.person_id = p.id), w.locale, b.locale) AS locale, \
    COALESCE(p.time_zone, (SELECT MIN(c.time_zone) FROM contacts k JOIN clients c ON c.id = k.client_id WHERE k.person_id = p.id), w.time_zone, b.time_zone) AS time_zone \
    FROM outbox o LEFT JOIN people p ON p.id = o.person_id LEFT JOIN clients w ON w.id = o.client_id LEFT JOIN business b ON b.id = 1 \
    WHERE o.leased_until = $1 AND o.status = 'waiting' AND o.id IN (";

impl Desk {
    /// Takes up to `n` letters that are due, for `seconds`: until then no other worker gets them. Letters about one
    /// thing to one address come in order, one at a time.
    ///
    /// # Errors
    /// The database's.
    pub async fn lease_letters(&self, n: u32, seconds: u32) -> Result<Vec<Letter>> {
        let work = self.begin().await?;
        let backend = work.tx().get_database_backend();
        let skip = if work.locks_rows() {
            " FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let stale = Statement::from_sql_and_values(backend, STALE_REMINDERS, [work.now().into()]);
        work.tx().execute_raw(stale).await?;
        let values = [work.now().into(), i64::from(n).into()];
        let due = Statement::from_sql_and_values(backend, format!("{DUE}{skip}"), values);
        let rows = work.tx().query_all_raw(due).await?;
        let ids: Vec<Uuid> = rows
            .iter()
            .map(|row| row.try_get("", "id"))
            .collect::<std::result::Result<_, _>>()?;
        if ids.is_empty() {
            work.commit().await?;
            return Ok(Vec::new());
        }
        let until = work.now() + TimeDelta::seconds(i64::from(seconds));
        outbox::Entity::update_many()
            .col_expr(outbox::Column::LeasedUntil, Expr::value(until))
            .filter(outbox::Column::Id.is_in(ids.clone()))
            .exec(work.tx())
            .await?;
        let letters = leased(&work, until, &ids).await?;
        work.commit().await?;
        Ok(letters)
    }

    /// These letters were accepted by the mail server.
    ///
    /// # Errors
    /// The database's; then they will be sent again after the lease, with the same Message-ID.
    pub async fn letters_sent(&self, ids: &[Uuid]) -> Result<()> {
        let work = self.begin().await?;
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value(SENT))
            .col_expr(outbox::Column::SentAt, Expr::value(work.now()))
            .col_expr(
                outbox::Column::LeasedUntil,
                Expr::value(None::<DateTime<Utc>>),
            )
            .col_expr(outbox::Column::LastError, Expr::value(None::<String>))
            .col_expr(outbox::Column::Attempts, Expr::cust("attempts + 1"))
            .filter(outbox::Column::Id.is_in(ids.iter().copied()))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// The try failed for now (a 4xx answer, no connection): again after 30 s, 1, 2, 4 … minutes, at most an hour, with
    /// jitter; dead 72 hours after it was written.
    ///
    /// # Errors
    /// The database's.
    pub async fn letter_failed(&self, id: Uuid, error: &str) -> Result<()> {
        let work = self.begin().await?;
        let Some(row) = outbox::Entity::find_by_id(id).one(work.tx()).await? else {
            return Ok(());
        };
        let attempts = row.attempts + 1;
        let dead = work.now() - row.created_at >= PATIENCE;
        let due = work.now() + wait(attempts)?;
        let changed = outbox::ActiveModel {
            status: Set(if dead { DEAD } else { WAITING }.to_owned()),
            attempts: Set(attempts),
            due_at: Set(due),
            leased_until: Set(None),
            last_error: Set(Some(short(error))),
            ..Default::default()
        };
        outbox::Entity::update_many()
            .set(changed)
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Status.eq(WAITING))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// The letter can never be sent (a 5xx answer, or it cannot be built): given up at once.
    ///
    /// # Errors
    /// The database's.
    pub async fn letter_dead(&self, id: Uuid, error: &str) -> Result<()> {
        let work = self.begin().await?;
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value(DEAD))
            .col_expr(
                outbox::Column::LeasedUntil,
                Expr::value(None::<DateTime<Utc>>),
            )
            .col_expr(outbox::Column::LastError, Expr::value(short(error)))
            .col_expr(outbox::Column::Attempts, Expr::cust("attempts + 1"))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Status.eq(WAITING))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// Gives up the leases of a worker that stops, so that the next one need not wait.
    ///
    /// # Errors
    /// The database's.
    pub async fn release_letters(&self, ids: &[Uuid]) -> Result<()> {
        let work = self.begin().await?;
        outbox::Entity::update_many()
            .col_expr(
                outbox::Column::LeasedUntil,
                Expr::value(None::<DateTime<Utc>>),
            )
            .filter(outbox::Column::Id.is_in(ids.iter().copied()))
            .filter(outbox::Column::Status.eq(WAITING))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// Sends a dead letter again, with its old Message-ID and another 72 hours.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] when it is not dead.
    pub async fn resend_letter(&self, who: &StaffPass, id: Uuid) -> Result<()> {
        let mut work = self.begin().await?;
        who.dispatcher()?;
        let changed = outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value(WAITING))
            .col_expr(outbox::Column::DueAt, Expr::value(work.now()))
            .col_expr(outbox::Column::CreatedAt, Expr::value(work.now()))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::Status.eq(DEAD))
            .exec(work.tx())
            .await?;
        if changed.rows_affected != 1 {
            return Err(Refusal::NotFound.into());
        }
        let entry = Entry::new(Some(who.person), "letter", id, "resent");
        entry.write(&work).await?;
        work.tell(Happened::Letters);
        work.commit().await
    }

    /// How many letters wait, and how many were given up.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn letter_counts(&self, who: &StaffPass) -> Result<LetterCounts> {
        who.dispatcher()?;
        let of = |status: &'static str| {
            outbox::Entity::find()
                .filter(outbox::Column::Status.eq(status))
                .count(self.db())
        };
        Ok(LetterCounts {
            waiting: of(WAITING).await?,
            dead: of(DEAD).await?,
        })
    }

    /// The letters that were given up, newest first, at most 100.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn dead_letters(&self, who: &StaffPass) -> Result<Vec<DeadLetter>> {
        who.dispatcher()?;
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Status.eq(DEAD))
            .order_by_desc(outbox::Column::CreatedAt)
            .limit(100)
            .all(self.db())
            .await?;
        let seen = |row: outbox::Model| DeadLetter {
            id: row.id,
            event: row.event,
            email: row.email,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(seen).collect())
    }
}

async fn leased(work: &Work, until: DateTime<Utc>, ids: &[Uuid]) -> Result<Vec<Letter>> {
    let places: Vec<String> = (2..ids.len() + 2).map(|n| format!("${n}")).collect();
    let text = format!("{LETTERS}{}) ORDER BY o.id", places.join(", "));
    let mut values: Vec<sea_orm::Value> = vec![until.into()];
    values.extend(ids.iter().map(|id| sea_orm::Value::from(*id)));
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), text, values);
    let rows = LetterRow::find_by_statement(asked).all(work.tx()).await?;
    let own = OwnWords::load(work.tx()).await?;
    let letter = |row: LetterRow| {
        let locale = row.locale.unwrap_or_else(|| "en".to_owned());
        Letter {
            id: row.id,
            message_id: row.message_id,
            wording: own.of(&row.event, &row.facts, &locale),
            event: row.event,
            email: row.email,
            name: row.name,
            locale,
            time_zone: row.time_zone.unwrap_or_else(|| "UTC".to_owned()),
            facts: row.facts,
            attempts: row.attempts,
            created_at: row.created_at,
        }
    };
    Ok(rows.into_iter().map(letter).collect())
}

/// 30 s, doubled at every try, at most an hour; then up to a quarter more or less, so that letters do not come in herds.
fn wait(attempts: i32) -> Result<TimeDelta> {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    let seconds = (30_i64 << doublings).min(LONGEST_WAIT_SECONDS);
    let drawn = getrandom::u32().map_err(|e| Fault::Machine(format!("random numbers: {e}")))?;
    let jitter = i64::from(drawn) % (seconds / 2 + 1) - seconds / 4;
    Ok(TimeDelta::seconds(
        (seconds + jitter).clamp(30, LONGEST_WAIT_SECONDS),
    ))
}

fn short(error: &str) -> String {
    error
        .chars()
        .filter(|c| !c.is_control())
        .take(500)
        .collect()
}
