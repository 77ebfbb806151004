//! How long appointments are kept (decision 14): older ones are hidden from lists at once and lose their words by night.
//! References, times, services and statuses stay, so that every count stays what it was.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, EntityTrait, Set, Statement, Value};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::pass::StaffPass;
use crate::settings::within;
use crate::table::business;
use crate::trouble::{Beside, Result};

/// The fewest days that can be set: what has just been is still needed.
pub const FEWEST_DAYS: i32 = 30;
/// The most, ten years.
pub const MOST_DAYS: i32 = 3_650;

/// Appointments of one transaction.
const AT_ONCE: usize = 500;

/// What lost its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anonymised {
    /// Visits.
    pub visits: u64,
    /// Requests.
    pub requests: u64,
}

impl Desk {
    /// Sets after how many days appointments are hidden, and anonymised by night; nothing: they are kept.
    ///
    /// # Errors
    /// `NotAllowed` for who is no owner; `Stale`; `BadAmount` beside `days` for fewer
    /// than [`FEWEST_DAYS`] or more than [`MOST_DAYS`].
    pub async fn change_retention(
        &self,
        who: &StaffPass,
        version: i32,
        days: Option<i32>,
    ) -> Result<()> {
        who.owner()?;
        if let Some(days) = days {
            within(days, FEWEST_DAYS, MOST_DAYS).beside("days")?;
        }
        self.change(who, version, "retention-changed", |row| {
            row.retention_days = Set(days);
        })
        .await
    }

    /// What was over before this instant is not shown in lists; nothing: all is. One query.
    pub(crate) async fn hidden_before(&self) -> Result<Option<DateTime<Utc>>> {
        let found = business::Entity::find_by_id(1).one(self.db()).await?;
        Ok(found.and_then(|business| since(&business, self.now())))
    }

    /// Between two and five in the morning, where the business is, what became too old loses its words; at other times
    /// nothing is done, so that a wrong setting can be put right during the day.
    ///
    /// # Errors
    /// The database's.
    pub async fn anonymise_by_night(&self) -> Result<Anonymised> {
        let found = business::Entity::find_by_id(1).one(self.db()).await?;
        let zone = found.and_then(|business| business.time_zone.parse::<Tz>().ok());
        let here = self.now().with_timezone(&zone.unwrap_or(Tz::UTC));
        match (2..5).contains(&here.hour()) {
            true => self.anonymise_old().await,
            false => Ok(Anonymised::default()),
        }
    }

    /// Takes the words off all appointments that are too old: notes, reasons, histories, letters and notices about
    /// them; and their photos. Done a second time it finds nothing. Some at a time, so that nobody waits for long.
    ///
    /// # Errors
    /// The database's; what was done before it stays done.
    pub async fn anonymise_old(&self) -> Result<Anonymised> {
        let mut all = Anonymised::default();
        self.anonymise_words().await?;
        loop {
            let some = self.anonymise_some().await?;
            all.visits += some.visits;
            all.requests += some.requests;
            if some == Anonymised::default() {
                return Ok(all);
            }
        }
    }

    /// Messages nobody has added to for so long lose their words; days that were waited for go altogether.
    async fn anonymise_words(&self) -> Result<()> {
        let work = self.begin().await?;
        let found = business::Entity::find_by_id(1).one(work.tx()).await?;
        let Some(before) = found.and_then(|business| since(&business, work.now())) else {
            return Ok(());
        };
        for text in OLD_WORDS {
            let backend = work.tx().get_database_backend();
            let (text, values) = match text.contains("{json}") {
                true => (
                    text.replace("{json}", "$2"),
                    vec![before.into(), json!({}).into()],
                ),
                false => ((*text).to_owned(), vec![before.into()]),
            };
            let change = Statement::from_sql_and_values(backend, text, values);
            work.tx().execute_raw(change).await?;
        }
        work.commit().await
    }

    async fn anonymise_some(&self) -> Result<Anonymised> {
        let work = self.begin().await?;
        let found = business::Entity::find_by_id(1).one(work.tx()).await?;
        let Some(before) = found.and_then(|business| since(&business, work.now())) else {
            return Ok(Anonymised::default());
        };
        let visits = old(&work, OLD_VISITS, before).await?;
        let requests = old(&work, &OLD_REQUESTS.replace("{over}", OVER), before).await?;
        let done = Anonymised {
            visits: visits.len() as u64,
            requests: requests.len() as u64,
        };
        if done == Anonymised::default() {
            return Ok(done);
        }
        empty(&work, EMPTY_VISITS, &visits).await?;
        empty(&work, EMPTY_REQUESTS, &requests).await?;
        Entry::new(None, "business", Uuid::nil(), "appointments-anonymised")
            .after(&json!({ "visits": done.visits, "requests": done.requests, "before": before }))?
            .write(&work)
            .await?;
        work.commit().await?;
        Ok(done)
    }
}

/// What ended before this instant is too old.
fn since(business: &business::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    business
        .retention_days
        .map(|days| now - TimeDelta::days(i64::from(days)))
}

/// The condition by which lists of requests `r`, with their visits `v` joined, leave out what is too old. One that
/// waits for an answer is never too old.
pub(crate) fn shown_requests(hidden: Option<DateTime<Utc>>, values: &mut Vec<Value>) -> String {
    let Some(hidden) = hidden else {
        return String::new();
    };
    values.push(hidden.into());
    let place = values.len();
    format!(" AND (r.status = 'pending' OR {OVER} >= ${place})")
}

/// The condition by which lists of visits `v` leave out what is too old.
pub(crate) fn shown_visits(hidden: Option<DateTime<Utc>>, values: &mut Vec<Value>) -> String {
    let Some(hidden) = hidden else {
        return String::new();
    };
    values.push(hidden.into());
    format!(" AND v.ends_at >= ${}", values.len())
}

const OLD_VISITS: &str = "SELECT v.id, v.reference FROM visits v WHERE v.anonymised_at IS NULL AND v.ends_at < $1 ORDER BY v.ends_at, v.id LIMIT $2";
const OLD_REQUESTS: &str = "SELECT r.id, r.reference FROM requests r LEFT JOIN visits v ON v.id = r.visit_id \
    WHERE r.anonymised_at IS NULL AND r.status <> 'pending' AND {over} < $1 ORDER BY r.id LIMIT $2";
// When a request `r` with its visit `v` is over: all visits of a series show what was asked for, to the last one.
const OVER: &str = "COALESCE((SELECT MAX(l.ends_at) FROM series q JOIN visits l ON l.series_id = q.id \
    WHERE q.request_id = r.id), v.ends_at, r.ends_at, r.window_to, r.created_at)";

async fn old(work: &Work, text: &str, before: DateTime<Utc>) -> Result<Vec<(Uuid, String)>> {
    let backend = work.tx().get_database_backend();
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let values: [Value; 2] = [before.into(), most.into()];
    let asked = Statement::from_sql_and_values(backend, text, values);
    let mut found = Vec::new();
    for row in work.tx().query_all_raw(asked).await? {
        found.push((row.try_get("", "id")?, row.try_get("", "reference")?));
    }
    Ok(found)
}

/// `{ids}` stands for the ids, `{links}` for the pages that notices about them point at, `{json}` for an empty object.
const EMPTY_VISITS: &[&str] = &[
    "UPDATE visits SET notes = '', internal_notes = '', reason = NULL, anonymised_at = {now} WHERE id IN ({ids})",
    "UPDATE bookings SET note = NULL WHERE visit_id IN ({ids})",
    "UPDATE history SET before = NULL, after = NULL, reason = NULL WHERE about_id IN (SELECT g.id FROM changes g WHERE g.visit_id IN ({ids}))",
    "UPDATE changes SET notes = NULL, reason = NULL, decline_reason = NULL WHERE visit_id IN ({ids})",
];
const EMPTY_REQUESTS: &[&str] = &[
    "UPDATE quote_lines SET words = '' WHERE offer_id IN (SELECT o.id FROM offers o WHERE o.request_id IN ({ids}))",
    "UPDATE offers SET note = '', word = NULL, overruled = NULL WHERE request_id IN ({ids})",
    "UPDATE requests SET notes = '', internal_notes = '', decline_reason = NULL, anonymised_at = {now} WHERE id IN ({ids})",
    "DELETE FROM answers WHERE request_id IN ({ids})",
    "DELETE FROM photos WHERE request_id IN ({ids})",
];
const EMPTY_BOTH: &[&str] = &[
    "UPDATE history SET before = NULL, after = NULL, reason = NULL WHERE about_id IN ({ids})",
    // A letter that waits to be sent still needs its words.
    "UPDATE outbox SET facts = {json} WHERE about_id IN ({ids}) AND status <> 'waiting'",
    "UPDATE notices SET facts = {json} WHERE link IN ({links})",
];

/// Threads without a word since `$1`, and days over by then. Their notices go: they say nothing else.
const OLD_WORDS: &[&str] = &[
    "DELETE FROM notices WHERE event IN ('message.received', 'message.answered', 'waiting.freed') AND created_at < $1",
    "UPDATE outbox SET facts = {json} WHERE status <> 'waiting' AND created_at < $1 \
        AND event IN ('message.received', 'message.answered', 'waiting.freed')",
    "UPDATE messages SET words = '' WHERE words <> '' \
        AND thread_id IN (SELECT t.id FROM threads t WHERE t.updated_at < $1)",
    "DELETE FROM waiting WHERE until_at < $1 AND status NOT IN ('waiting', 'told')",
];

async fn empty(work: &Work, own: &[&str], rows: &[(Uuid, String)]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for text in own.iter().chain(EMPTY_BOTH) {
        let (text, values) = filled(text, rows, work.now());
        let change = Statement::from_sql_and_values(work.tx().get_database_backend(), text, values);
        work.tx().execute_raw(change).await?;
    }
    Ok(())
}

/// The statement with its places numbered, and what stands there.
fn filled(text: &str, rows: &[(Uuid, String)], now: DateTime<Utc>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut text = text.to_owned();
    if text.contains("{now}") {
        text = text.replace("{now}", &place(&mut values, now.into()));
    }
    if text.contains("{json}") {
        text = text.replace("{json}", &place(&mut values, json!({}).into()));
    }
    if text.contains("{ids}") {
        let ids = rows.iter().map(|(id, _)| place(&mut values, (*id).into()));
        text = text.replace("{ids}", &ids.collect::<Vec<_>>().join(", "));
    }
    if text.contains("{links}") {
        let links = rows.iter().flat_map(|(_, reference)| links_to(reference));
        let links = links.map(|link| place(&mut values, link.into()));
        text = text.replace("{links}", &links.collect::<Vec<_>>().join(", "));
    }
    (text, values)
}

fn place(values: &mut Vec<Value>, value: Value) -> String {
    values.push(value);
    format!("${}", values.len())
}

/// Every page that a notice about a request or a visit points at.
fn links_to(reference: &str) -> [String; 5] {
    [
        format!("/requests/{reference}"),
        format!("/office/requests/{reference}"),
        format!("/visits/{reference}"),
        format!("/office/visits/{reference}"),
        format!("/office/schedule?visit={reference}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_in_the_order_of_their_values() {
        let rows = [
            (Uuid::nil(), "R-1".to_owned()),
            (Uuid::nil(), "R-2".to_owned()),
        ];
        let now = DateTime::<Utc>::default();
        let (text, values) = filled("{now} {ids}", &rows, now);
        assert_eq!((text.as_str(), values.len()), ("$1 $2, $3", 3));
        let (text, values) = filled("{json} {links}", &rows, now);
        assert!(text.starts_with("$1 $2, $3"), "{text}");
        assert_eq!(values.len(), 11);
    }
}
