//! What is seen of changes and cancellations against visits: by the client, who asked and what can still be asked, and by
//! staff, who decide. Reads only; the number of queries does not depend on the number of rows.

use std::collections::HashMap;

use booking::change::{ChangeField, ChangeStatus};
use booking::ids::{ClientId, ServiceId, SubjectId};
use booking::policy::{CancellationAnswer, Deadline, PortalMode};
use booking::refusal::Refusal;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Statement,
    Value,
};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::fees::{self, Fee};
use crate::free_slots::load::amount;
use crate::key::Key;
use crate::pass::{ContactPass, StaffPass};
use crate::portal_rules::{self, PortalRules};
use crate::retention::shown_visits;
use crate::table::{change, subject, visit};
use crate::trouble::{Fault, Result};

/// The most rows of one list.
const MOST: u32 = 100;

/// A change or a cancellation, with the visit as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeSeen {
    /// `R-…`.
    pub reference: String,
    /// Whether the visit is not to be at all.
    pub cancellation: bool,
    /// Where it stands.
    pub status: ChangeStatus,
    /// For the decision's form.
    pub version: i32,
    /// Whose.
    pub client: (ClientId, String),
    /// Who asked.
    pub by: String,
    /// When.
    pub created: DateTime<Utc>,
    /// `V-…` of the visit.
    pub visit: String,
    /// The visit's start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// What for.
    pub service: String,
    /// Who comes.
    pub technician: Option<String>,
    /// What the visit is for, by name.
    pub subjects: Vec<String>,
    /// What the client wrote for the visit.
    pub notes: String,
    /// What is wanted instead; what stays is nothing.
    pub wanted: WantedSeen,
    /// Why it is to be cancelled, in the client's words.
    pub reason: Option<String>,
    /// Whether the cancellation is late: a fee may be due.
    pub late: bool,
    /// When it was decided.
    pub decided: Option<DateTime<Utc>>,
    /// By whom; nobody: by the rules, or it ended by itself.
    pub decided_by: Option<String>,
    /// Why it was declined.
    pub decline_reason: Option<String>,
    /// What of it was accepted.
    pub accepted: Vec<ChangeField>,
}

/// What a change asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WantedSeen {
    /// Another time, or a block of a day.
    pub time: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The length of the visit in minutes, where it is a block.
    pub block_length_min: Option<u32>,
    /// Another service, by name.
    pub service: Option<String>,
    /// Other subjects, by name.
    pub subjects: Option<Vec<String>>,
    /// Other notes; empty: none any more.
    pub notes: Option<String>,
    /// The service, for forms.
    pub service_id: Option<ServiceId>,
    /// The subjects, for forms.
    pub subject_ids: Option<Vec<SubjectId>>,
}

/// What a client can still do about one of their visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitWays {
    /// `V-…`.
    pub visit: String,
    /// The version of the visit, for the form.
    pub version: i32,
    /// How clients speak to the office about it (D1).
    pub mode: PortalMode,
    /// What happens when they cancel it now, or why they cannot.
    pub cancel: std::result::Result<CancellationAnswer, Refusal>,
    /// Whether a change can be asked for, or why not.
    pub change: std::result::Result<(), Refusal>,
    /// Until when it can be cancelled in the portal.
    #[serde(skip)]
    pub cancel_until: Deadline,
    /// Until when a change can be asked for.
    #[serde(skip)]
    pub change_until: Deadline,
    /// What waits for an answer.
    pub open: Option<ChangeSeen>,
    /// What a late cancellation costs, in minor units.
    pub late_fee_minor: Option<i64>,
    /// What the business says about cancellations; may be empty.
    pub text: String,
    /// What is due for it.
    pub fee: Option<Fee>,
}

#[derive(FromQueryResult)]
struct Row {
    reference: String,
    kind: String,
    status: String,
    version: i32,
    client_id: Uuid,
    client_name: String,
    person_name: String,
    created_at: DateTime<Utc>,
    visit_id: Uuid,
    visit: String,
    visit_starts: DateTime<Utc>,
    visit_ends: DateTime<Utc>,
    visit_notes: String,
    service: String,
    technician: Option<String>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    block_length_min: Option<i32>,
    service_id: Option<Uuid>,
    wanted_service: Option<String>,
    subjects: Option<serde_json::Value>,
    notes: Option<String>,
    reason: Option<String>,
    late: bool,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    decline_reason: Option<String>,
    accepted: Option<serde_json::Value>,
}

const CHANGES: &str = "SELECT g.reference, g.kind, g.status, g.version, g.client_id, c.name AS client_name, p.name AS person_name, g.created_at, \
    v.id AS visit_id, v.reference AS visit, v.starts_at AS visit_starts, v.ends_at AS visit_ends, v.notes AS visit_notes, s.name AS service, \
    (SELECT {names} FROM bookings k JOIN people t ON t.id = k.technician_id WHERE k.visit_id = v.id) AS technician, \
    g.starts_at, g.ends_at, g.block_length_min, g.service_id, w.name AS wanted_service, g.subjects, g.notes, g.reason, g.late, g.decided_at, d.name AS decided_by, g.decline_reason, g.accepted";

const FROM: &str = " FROM changes g JOIN visits v ON v.id = g.visit_id JOIN clients c ON c.id = g.client_id JOIN services s ON s.id = v.service_id \
    JOIN people p ON p.id = g.person_id LEFT JOIN people d ON d.id = g.decided_by LEFT JOIN services w ON w.id = g.service_id \
    LEFT JOIN requests r ON r.id = v.request_id WHERE ";

const SUBJECTS: &str = "SELECT k.visit_id, u.name FROM visit_subjects k JOIN subjects u ON u.id = k.subject_id \
    WHERE k.visit_id IN ({ids}) ORDER BY u.name, u.id";

/// Only changes of visits whose technicians this person approves for.
pub(crate) const OWN: &str = " AND EXISTS (SELECT 1 FROM bookings o JOIN technician_approvers a ON a.technician_id = o.technician_id \
    WHERE o.visit_id = g.visit_id AND a.person_id = $1)";

impl Desk {
    /// What waits against the client's visits, the next visit first.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_changes(&self, who: &ContactPass) -> Result<Vec<ChangeSeen>> {
        let (own, values) = scope(who);
        let text = format!("{own} AND g.status = 'pending' ORDER BY v.starts_at, g.id");
        self.changes_of(&text, values).await
    }

    /// What the client can still do about one of their visits; nothing for anybody else's.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_visit_ways(
        &self,
        who: &ContactPass,
        reference: &str,
    ) -> Result<Option<VisitWays>> {
        Ok(self
            .my_visits_ways(who, &[reference.to_owned()])
            .await?
            .pop())
    }

    /// The same for several, in the order of their time: what a form for all of them would do (D6).
    ///
    /// # Errors
    /// The database's.
    pub async fn my_visits_ways(
        &self,
        who: &ContactPass,
        references: &[String],
    ) -> Result<Vec<VisitWays>> {
        let rules = portal_rules::read_now(self.db()).await?;
        let mut rows = visit::Entity::find()
            .filter(visit::Column::Reference.is_in(references))
            .filter(visit::Column::ClientId.eq(who.client.key()))
            .all(self.db())
            .await?;
        rows.sort_by_key(|row| (row.starts_at, row.id));
        let seen = self.my_visits_seen(who, &rows).await?;
        rows.retain(|row| seen.contains(&row.id));
        let open = self.my_changes(who).await?;
        let one = (rows.len() == 1).then(|| rows.first()).flatten();
        let fee = match one {
            Some(row) => fees::of_visit(self.db(), row.id).await?,
            None => None,
        };
        rows.iter()
            .map(|row| ways(&rules, self.now(), row, &open, fee))
            .collect()
    }

    /// Which of these visits the contact may see (decision 13).
    async fn my_visits_seen(&self, who: &ContactPass, rows: &[visit::Model]) -> Result<Vec<Uuid>> {
        if !who.own_only {
            return Ok(rows.iter().map(|row| row.id).collect());
        }
        use crate::table::request;
        let asked = request::Entity::find()
            .filter(request::Column::Id.is_in(rows.iter().filter_map(|row| row.request_id)))
            .filter(request::Column::PersonId.ne(who.person.key()))
            .all(self.db())
            .await?;
        let others = |row: &&visit::Model| {
            let request = row.request_id;
            !asked.iter().any(|other| Some(other.id) == request)
        };
        Ok(rows.iter().filter(others).map(|row| row.id).collect())
    }

    /// Changes for staff, those that wait by when their visits are, the others newest first; at most 100, without what is
    /// too old to be kept (decision 14).
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who approves for nobody.
    pub async fn changes(
        &self,
        who: &StaffPass,
        status: Option<ChangeStatus>,
        search: &str,
    ) -> Result<Vec<ChangeSeen>> {
        let (mut text, values) = self.found(who, search).await?;
        if let Some(status) = status {
            text.push_str(&format!(" AND g.status = '{}'", status.as_str()));
        }
        text.push_str(&format!(
            " ORDER BY CASE WHEN g.status = 'pending' THEN 0 ELSE 1 END, \
             CASE WHEN g.status = 'pending' THEN v.starts_at END, g.created_at DESC, g.id DESC LIMIT {MOST}"
        ));
        self.changes_of(&text, values).await
    }

    /// How many of them there are in each state.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who approves for nobody.
    pub async fn change_counts(
        &self,
        who: &StaffPass,
        search: &str,
    ) -> Result<Vec<(ChangeStatus, u64)>> {
        let (condition, values) = self.found(who, search).await?;
        let text = format!("SELECT g.status, COUNT(*) AS n{FROM}{condition} GROUP BY g.status");
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, text, values);
        let mut counts = Vec::new();
        for row in self.db().query_all_raw(asked).await? {
            let (status, n): (String, i64) = (row.try_get("", "status")?, row.try_get("", "n")?);
            let status = status.parse().map_err(|_| Fault::Unreadable {
                table: "changes",
                column: "status",
                id: status.clone(),
            })?;
            counts.push((status, u64::try_from(n).unwrap_or(0)));
        }
        Ok(counts)
    }

    /// The condition of what this person finds by these words.
    async fn found(&self, who: &StaffPass, search: &str) -> Result<(String, Vec<Value>)> {
        if !self.sees_queue(who).await? {
            return Err(Refusal::NotAllowed.into());
        }
        let typed: String = search.trim().chars().take(100).collect();
        let escaped = typed.to_lowercase();
        let escaped = escaped
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let mut text = "(lower(c.name) LIKE $2 ESCAPE '\\' OR lower(s.name) LIKE $2 ESCAPE '\\' \
            OR lower(g.reference) LIKE $2 ESCAPE '\\' OR lower(v.reference) LIKE $2 ESCAPE '\\') AND $1 = $1"
            .to_owned();
        if !who.decides_all() {
            text.push_str(OWN);
        }
        let mut values = vec![who.person.key().into(), format!("%{escaped}%").into()];
        text.push_str(&shown_visits(self.hidden_before().await?, &mut values));
        Ok((text, values))
    }

    /// One of them; nothing for one that this person may not see.
    ///
    /// # Errors
    /// The database's.
    pub async fn change_seen(
        &self,
        who: &StaffPass,
        reference: &str,
    ) -> Result<Option<ChangeSeen>> {
        if !self.sees_queue(who).await? {
            return Ok(None);
        }
        let own = if who.decides_all() { "" } else { OWN };
        let text = format!("g.reference = $2 AND $1 = $1{own}");
        let values = vec![who.person.key().into(), reference.into()];
        Ok(self.changes_of(&text, values).await?.pop())
    }

    async fn changes_of(&self, condition: &str, values: Vec<Value>) -> Result<Vec<ChangeSeen>> {
        let backend = self.db().get_database_backend();
        let names = match backend {
            DbBackend::Postgres => "string_agg(t.name, ', ' ORDER BY t.name)",
            _ => "group_concat(t.name, ', ')",
        };
        let text = format!("{}{FROM}{condition}", CHANGES.replace("{names}", names));
        let asked = Statement::from_sql_and_values(backend, text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (mut own, wanted) = (
            self.subjects_of(&rows).await?,
            self.subject_names(&rows).await?,
        );
        rows.into_iter()
            .map(|row| {
                let subjects = own.remove(&row.visit_id).unwrap_or_default();
                seen(row, subjects, &wanted)
            })
            .collect()
    }

    async fn subjects_of(&self, rows: &[Row]) -> Result<HashMap<Uuid, Vec<String>>> {
        let places: Vec<String> = (1..=rows.len()).map(|n| format!("${n}")).collect();
        let text = SUBJECTS.replace("{ids}", &places.join(", "));
        let values = rows.iter().map(|row| Value::from(row.visit_id));
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, text, values);
        let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
        for row in self.db().query_all_raw(asked).await? {
            let (visit, name) = (row.try_get("", "visit_id")?, row.try_get("", "name")?);
            found.entry(visit).or_default().push(name);
        }
        Ok(found)
    }

    async fn subject_names(&self, rows: &[Row]) -> Result<HashMap<Uuid, String>> {
        let ids: Vec<Uuid> = rows
            .iter()
            .flat_map(|row| ids(row.subjects.as_ref()))
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = subject::Entity::find().filter(subject::Column::Id.is_in(ids));
        let found = found.all(self.db()).await?.into_iter();
        Ok(found.map(|row| (row.id, row.name)).collect())
    }
}

fn scope(who: &ContactPass) -> (&'static str, Vec<Value>) {
    let client = who.client.key().into();
    match who.own_only {
        true => (
            "g.client_id = $1 AND (r.id IS NULL OR r.person_id = $2)",
            vec![client, who.person.key().into()],
        ),
        false => ("g.client_id = $1", vec![client]),
    }
}

fn ways(
    rules: &PortalRules,
    now: DateTime<Utc>,
    row: &visit::Model,
    open: &[ChangeSeen],
    fee: Option<Fee>,
) -> Result<VisitWays> {
    let open = open.iter().find(|one| one.visit == row.reference).cloned();
    let stands = match (row.life()?.open_to_client(now), &open) {
        (Ok(()), Some(_)) => Err(Refusal::ChangeOpen),
        (stands, _) => stands,
    };
    let (zone, start) = (&rules.zone, row.starts_at);
    let in_time = rules.change_cut_off.in_time(now, zone, start);
    Ok(VisitWays {
        visit: row.reference.clone(),
        version: row.version,
        mode: rules.mode,
        cancel: stands.and_then(|()| rules.cancellation.answer(now, zone, start)),
        change: stands.and(match in_time {
            true => Ok(()),
            false => Err(Refusal::ChangeCutOffPassed),
        }),
        cancel_until: rules.cancellation.until.deadline(zone, start),
        change_until: rules.change_cut_off.deadline(zone, start),
        open,
        late_fee_minor: rules.late_fee_minor,
        text: rules.text.clone(),
        fee,
    })
}

fn ids(listed: Option<&serde_json::Value>) -> Vec<Uuid> {
    let ids = listed.cloned().map(serde_json::from_value);
    ids.and_then(std::result::Result::ok).unwrap_or_default()
}

fn seen(row: Row, subjects: Vec<String>, names: &HashMap<Uuid, String>) -> Result<ChangeSeen> {
    let unreadable = |column| Fault::Unreadable {
        table: "changes",
        column,
        id: row.reference.clone(),
    };
    let status = row.status.parse().map_err(|_| unreadable("status"))?;
    let wanted = row.subjects.as_ref().map(|listed| {
        let all = ids(Some(listed)).into_iter();
        all.filter_map(|id| names.get(&id).cloned()).collect()
    });
    Ok(ChangeSeen {
        cancellation: row.kind == change::CANCELLATION,
        status,
        version: row.version,
        client: (ClientId::of(row.client_id), row.client_name),
        by: row.person_name,
        created: row.created_at,
        visit: row.visit,
        start: row.visit_starts,
        end: row.visit_ends,
        service: row.service,
        technician: row.technician,
        subjects,
        notes: row.visit_notes,
        wanted: WantedSeen {
            time: row.starts_at.zip(row.ends_at),
            block_length_min: row.block_length_min.map(amount),
            service: row.wanted_service,
            subjects: wanted,
            notes: row.notes,
            service_id: row.service_id.map(ServiceId::of),
            subject_ids: row
                .subjects
                .as_ref()
                .map(|listed| ids(Some(listed)).into_iter().map(SubjectId::of).collect()),
        },
        reason: row.reason,
        late: row.late,
        decided: row.decided_at,
        decided_by: row.decided_by,
        decline_reason: row.decline_reason,
        accepted: accepted(row.accepted.as_ref()),
        reference: row.reference,
    })
}

fn accepted(listed: Option<&serde_json::Value>) -> Vec<ChangeField> {
    let words: Vec<String> = listed
        .cloned()
        .map(serde_json::from_value)
        .and_then(std::result::Result::ok)
        .unwrap_or_default();
    words.iter().filter_map(|word| word.parse().ok()).collect()
}
