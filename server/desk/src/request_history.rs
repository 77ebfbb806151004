//! The history of a request as people read it: what happened, when, by whom. What staff keep to themselves stays out of
//! what the client reads.

use booking::span::Span;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::photos;
use crate::trouble::Result;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `submitted`, `edited`, `withdrawn`, `approved`, `declined`, `expired`, `times_proposed`, `quote_sent`,
    /// `offer_refused`, `offer_lost`.
    pub what: String,
    /// Who; nobody: the clock.
    pub by: Option<String>,
    /// Whether a member of staff did it.
    pub by_staff: bool,
    /// The start before, where it was moved.
    pub old_start: Option<DateTime<Utc>>,
    /// The start afterwards.
    pub start: Option<DateTime<Utc>>,
    /// The reason given. For staff also that of an override.
    pub reason: Option<String>,
    /// How many photos were added and how many removed.
    pub photos: (u32, u32),
    /// What was offered, or accepted by the client.
    pub offer: Option<OfferLine>,
}

/// An offer in a line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLine {
    /// Its times.
    pub times: Vec<Span>,
    /// `Q-…` of a quote.
    pub quote: Option<String>,
    /// The price of a quote, in minor units.
    pub total: i64,
    /// The currency.
    pub currency: String,
}

#[derive(FromQueryResult)]
struct Row {
    at: DateTime<Utc>,
    what: String,
    name: Option<String>,
    by_staff: bool,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
}

const LINES: &str = "SELECT h.at, h.what, p.name, (s.person_id IS NOT NULL AND k.person_id IS NULL) AS by_staff, h.before, h.after, h.reason \
    FROM history h LEFT JOIN people p ON p.id = h.actor_id LEFT JOIN staff s ON s.person_id = h.actor_id \
    LEFT JOIN requests r ON r.id = h.about_id LEFT JOIN contacts k ON k.person_id = h.actor_id AND k.client_id = r.client_id \
    WHERE h.about_id = $1 ORDER BY h.at, h.id";

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Client,
    Staff,
}

/// The lines of one request, oldest first.
pub(crate) async fn lines<C: ConnectionTrait>(
    db: &C,
    request: Uuid,
    reader: Reader,
) -> Result<Vec<HistoryLine>> {
    let asked = Statement::from_sql_and_values(db.get_database_backend(), LINES, [request.into()]);
    let rows = Row::find_by_statement(asked).all(db).await?;
    Ok(rows.into_iter().map(|row| line(row, reader)).collect())
}

fn line(row: Row, reader: Reader) -> HistoryLine {
    let start = |of: &Option<Value>| -> Option<DateTime<Utc>> {
        let text = of.as_ref()?.get("start")?.as_str()?;
        text.parse().ok()
    };
    let (old_start, new_start) = (start(&row.before), start(&row.after));
    let offer = row.after.as_ref().and_then(|after| after.get("offer"));
    let offer = offer.and_then(|offer| OfferLine::deserialize(offer).ok());
    // The reason of an approval is that of an override: internal.
    let is_internal = row.what == "approved" && reader == Reader::Client;
    // Members of staff are the business to the client.
    let is_named = reader == Reader::Staff || !row.by_staff;
    HistoryLine {
        photos: photos::difference(row.before.as_ref(), row.after.as_ref()),
        at: row.at,
        what: row.what,
        by: row.name.filter(|_| is_named),
        by_staff: row.by_staff,
        old_start: old_start.filter(|_| old_start != new_start),
        start: new_start,
        reason: row.reason.filter(|_| !is_internal),
        offer,
    }
}
