//! The history of an appointment as staff read it: who changed what, when, why; of the whole line of visits that took each
//! other's place (B1, B8).

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

use crate::desk::Desk;
use crate::pass::StaffPass;
use crate::trouble::Result;

/// One thing that happened to an appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `created`, `changed`, `moved`, `cancelled`, `started`, `completed`, `no_show`, `corrected`, `noted`.
    pub what: String,
    /// Who; nobody: the clock.
    pub by: Option<String>,
    /// Start and end before and after, where they differ.
    pub time: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Names of the technicians before and after, where they differ.
    pub technicians: Option<(Vec<String>, Vec<String>)>,
    /// Names of the service before and after, where they differ.
    pub service: Option<(String, String)>,
    /// Status before and after, where they differ.
    pub status: Option<(String, String)>,
    /// Notes for staff before and after, where they differ.
    pub internal_notes: Option<(String, String)>,
    /// The reason given, or that of an override.
    pub reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    at: DateTime<Utc>,
    what: String,
    name: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
}

// What stands on a row that was moved away is said by the row that took its place.
const LINES: &str = "SELECT h.at, h.what, p.name, h.before, h.after, h.reason FROM history h LEFT JOIN people p ON p.id = h.actor_id \
    JOIN visits v ON v.id = h.about_id JOIN visits o ON o.uid = v.uid \
    WHERE o.reference = $1 AND h.about = 'visit' AND h.what <> 'rescheduled' ORDER BY h.at, h.id";

const NAMES: &str = "SELECT id, name FROM people WHERE id IN (SELECT id FROM technicians) UNION ALL SELECT id, name FROM services";

impl Desk {
    /// The history of an appointment that this person may see (ask [`Desk::visit_details`] first), oldest first. Two queries.
    ///
    /// # Errors
    /// The database's.
    pub async fn visit_history(&self, _who: &StaffPass, reference: &str) -> Result<Vec<VisitLine>> {
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, LINES, [reference.into()]);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let mut names: HashMap<Uuid, String> = HashMap::new();
        let asked = Statement::from_string(backend, NAMES);
        for row in self.db().query_all_raw(asked).await? {
            names.insert(row.try_get("", "id")?, row.try_get("", "name")?);
        }
        Ok(rows.into_iter().map(|row| line(row, &names)).collect())
    }
}

fn line(row: Row, names: &HashMap<Uuid, String>) -> VisitLine {
    let (before, after) = (
        row.before.unwrap_or_default(),
        row.after.unwrap_or_default(),
    );
    let both = |name: &str| {
        let pair = (before.get(name)?.clone(), after.get(name)?.clone());
        (pair.0 != pair.1).then_some(pair)
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let name = |value: &Value| {
        let id = value.as_str().and_then(|id| id.parse().ok());
        id.and_then(|id: Uuid| names.get(&id).cloned())
            .unwrap_or_default()
    };
    let all = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(name).collect()
    };
    VisitLine {
        at: row.at,
        what: row.what,
        by: row.name,
        time: both("start").and_then(|(old, new)| Some((instant(&old)?, instant(&new)?))),
        technicians: both("technicians").map(|(old, new)| (all(&old), all(&new))),
        service: both("service").map(|(old, new)| (name(&old), name(&new))),
        status: both("status").map(|(old, new)| (text(&old), text(&new))),
        internal_notes: both("internal_notes").map(|(old, new)| (text(&old), text(&new))),
        reason: row.reason,
    }
}
