//! Two records of one client become one: everything of the first moves to the second in one transaction, and the first
//! stays as a sign that leads there. Nothing is deleted; who sees what can only become narrower.

use booking::ids::ClientId;
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, Set, Statement, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::client_services;
use crate::clients::{ClientRow, NewClient, form, locked};
use crate::creating;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{client, client_service};
use crate::trouble::{Beside, Result};

/// Every table with a client in it, apart from `clients` itself. A test compares this with the database: a new table
/// belongs in here, or its rows would stay behind.
pub const MOVED: &[&str] = &[
    "contacts",
    "service_clients",
    "subjects",
    "client_services",
    "tickets",
    "requests",
    "changes",
    "visits",
    "series",
    "outbox",
    "calendar_feeds",
    "waiting",
    "threads",
];

/// What is to become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The one that goes.
    pub from: ClientId,
    /// The one that stays.
    pub into: ClientId,
    /// Their versions as they were looked at, in this order.
    pub versions: (i32, i32),
}

/// One of the two, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergeSide {
    /// Which.
    pub id: ClientId,
    /// Its version.
    pub version: i32,
    /// What is written down about it.
    pub form: NewClient,
    /// How many rows of each table of [`MOVED`] are its own, in that order.
    pub rows: Vec<(&'static str, u64)>,
}

/// What a merge would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergePreview {
    /// The one that goes.
    pub from: MergeSide,
    /// The one that stays.
    pub into: MergeSide,
    /// What will be written down about the one that stays.
    pub after: NewClient,
    /// How many rows of each table of [`MOVED`] it will have; what both have stays once.
    pub rows: Vec<(&'static str, u64)>,
}

impl Desk {
    /// Other records that are likely the same client: the same e-mail address or telephone number, or a contact of one
    /// who is a contact of the other. At most five, by name. Four queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn likely_duplicates(&self, who: &StaffPass, id: ClientId) -> Result<Vec<ClientRow>> {
        who.dispatcher()?;
        let Some(row) = client::Entity::find_by_id(id.key()).one(self.db()).await? else {
            return Ok(Vec::new());
        };
        let values = [
            row.id.into(),
            row.email.map(|email| email.to_lowercase()).into(),
            row.phone_key.into(),
        ];
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), ALIKE, values);
        let rows = Alike::find_by_statement(asked).all(self.db()).await?;
        let mut contacts = self
            .contact_names(rows.iter().map(|row| row.id).collect())
            .await?;
        let alike = |row: Alike| ClientRow {
            id: ClientId::of(row.id),
            contacts: contacts.remove(&row.id).unwrap_or_default(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            active: row.active,
        };
        Ok(rows.into_iter().map(alike).collect())
    }

    /// Both clients side by side, with what moves; nothing where one of them is unknown or merged already, or both are
    /// one. Five queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn merge_preview(
        &self,
        who: &StaffPass,
        from: ClientId,
        into: ClientId,
    ) -> Result<Option<MergePreview>> {
        who.dispatcher()?;
        let (from, into) = (self.side(from).await?, self.side(into).await?);
        let (Some((from, gone)), Some((into, stays))) = (from, into) else {
            return Ok(None);
        };
        if gone.id == stays.id {
            return Ok(None);
        }
        let both = shared(self.db(), gone.id, stays.id).await?;
        let rows = from.rows.iter().zip(&into.rows).map(|(goes, stays)| {
            let twice = both.iter().find(|both| both.0 == goes.0);
            (goes.0, goes.1 + stays.1 - twice.map_or(0, |both| both.1))
        });
        Ok(Some(MergePreview {
            after: joined(&form(stays), &form(gone)),
            rows: rows.collect(),
            from,
            into,
        }))
    }

    /// Merges one client into another; answers which stays. The one that goes can no longer be used, and leads there.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Final`] for one that was merged
    /// before; [`Refusal::Stale`] when one of them was changed since it was looked at; [`Refusal::BadChoice`] beside
    /// `into` for itself, or one that is no client any more; [`Refusal::KeyReused`].
    pub async fn merge_clients(
        &self,
        who: &StaffPass,
        key: &str,
        merge: Merge,
    ) -> Result<ClientId> {
        who.dispatcher()?;
        if merge.from == merge.into {
            return Err(Refusal::BadChoice).beside("into");
        }
        let mut work = self.begin().await?;
        if let Some(done) = creating::earlier(&work, who.person, key, &merge).await? {
            return Ok(done);
        }
        work.lock_requests_of(merge.from, merge.into).await?;
        let (from, into) = both(&work, &merge).await?;
        if !into.active {
            return Err(Refusal::BadChoice).beside("into");
        }
        move_all(&work, who, from.id, into.id).await?;
        note(&work, who, &from, &into).await?;
        write(&work, from, into).await?;
        creating::made(&work, who.person, key, &merge.into).await?;
        work.tell(Happened::Requests);
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(merge.into)
    }

    async fn side(&self, id: ClientId) -> Result<Option<(MergeSide, client::Model)>> {
        let found = client::Entity::find_by_id(id.key()).one(self.db()).await?;
        let Some(row) = found.filter(|row| row.merged_into.is_none()) else {
            return Ok(None);
        };
        let rows = counts(self.db(), row.id).await?;
        let side = MergeSide {
            id,
            version: row.version,
            form: form(row.clone()),
            rows,
        };
        Ok(Some((side, row)))
    }
}

#[derive(FromQueryResult)]
struct Alike {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    active: bool,
}

const ALIKE: &str = "SELECT c.id, c.name, c.email, c.phone, c.active FROM clients c WHERE c.id <> $1 AND c.merged_into IS NULL \
    AND (lower(c.email) = $2 OR c.phone_key = $3 \
        OR c.id IN (SELECT b.client_id FROM contacts a JOIN contacts b ON b.person_id = a.person_id WHERE a.client_id = $1) \
        OR c.id IN (SELECT k.client_id FROM contacts k JOIN people p ON p.id = k.person_id WHERE p.email = $2)) \
    ORDER BY c.name, c.id LIMIT 5";

/// Both rows, locked in the order of their ids, with the versions that were looked at.
async fn both(work: &Work, merge: &Merge) -> Result<(client::Model, client::Model)> {
    let (mut rows, mut ids) = (
        Vec::new(),
        [
            (merge.from, merge.versions.0),
            (merge.into, merge.versions.1),
        ],
    );
    ids.sort_unstable_by_key(|(id, _)| *id);
    for (id, version) in ids {
        rows.push(locked(work, id, Some(version)).await?);
    }
    let (Some(second), Some(first)) = (rows.pop(), rows.pop()) else {
        return Err(Refusal::NotFound.into());
    };
    Ok(if first.id == merge.from.key() {
        (first, second)
    } else {
        (second, first)
    })
}

/// What stands in two tables twice after a move is one row; the rest just changes hands.
const BEFORE: &[&str] = &[
    // The one to turn to stays who it was; a contact of both keeps the access they have here, and the narrower sight.
    "UPDATE contacts SET main = false WHERE client_id = $1 AND main \
        AND EXISTS (SELECT 1 FROM contacts o WHERE o.client_id = $2 AND o.main)",
    "UPDATE contacts SET own_only = true WHERE client_id = $2 \
        AND person_id IN (SELECT o.person_id FROM contacts o WHERE o.client_id = $1 AND o.own_only)",
    "DELETE FROM contacts WHERE client_id = $1 \
        AND person_id IN (SELECT o.person_id FROM contacts o WHERE o.client_id = $2)",
    "DELETE FROM service_clients WHERE client_id = $1 \
        AND service_id IN (SELECT o.service_id FROM service_clients o WHERE o.client_id = $2)",
    // Signs that led to the one that goes lead on to the one that stays.
    "UPDATE clients SET merged_into = $2 WHERE merged_into = $1",
];

/// Of two running agreements for one service the one that was there goes on.
async fn end_double(work: &Work, who: &StaffPass, from: Uuid, into: Uuid) -> Result<()> {
    let running = |client: Uuid| {
        client_service::Entity::find()
            .filter(client_service::Column::ClientId.eq(client))
            .filter(client_service::Column::Active.eq(true))
            .order_by_asc(client_service::Column::Id)
            .all(work.tx())
    };
    let stays = running(into).await?;
    let double = |row: &client_service::Model| {
        let same = |other: &client_service::Model| other.service_id == row.service_id;
        stays.iter().any(same)
    };
    for row in running(from).await?.into_iter().filter(double) {
        let (id, version) = (row.id, row.version + 1);
        Entry::new(Some(who.person), client_services::ABOUT, id, "ended")
            .before(&client_services::kept(&row))?
            .after(&json!({ "merged_into": into }))?
            .write(work)
            .await?;
        let mut row = row.into_active_model();
        row.active = Set(false);
        row.ended_at = Set(Some(work.now()));
        row.version = Set(version);
        row.update(work.tx()).await?;
    }
    Ok(())
}

async fn move_all(work: &Work, who: &StaffPass, from: Uuid, into: Uuid) -> Result<()> {
    let ids = || vec![Value::from(from), Value::from(into)];
    for text in BEFORE {
        run(work, text, ids()).await?;
    }
    end_double(work, who, from, into).await?;
    for table in MOVED {
        let text = format!("UPDATE {table} SET client_id = $2 WHERE client_id = $1");
        run(work, &text, ids()).await?;
    }
    Ok(())
}

async fn run(work: &Work, text: &str, values: Vec<Value>) -> Result<()> {
    let backend = work.tx().get_database_backend();
    let change = Statement::from_sql_and_values(backend, text, values);
    work.tx().execute_raw(change).await?;
    Ok(())
}

const SHARED: &str = "SELECT \
    (SELECT COUNT(*) FROM contacts a JOIN contacts b ON b.person_id = a.person_id WHERE a.client_id = $1 AND b.client_id = $2) AS contacts, \
    (SELECT COUNT(*) FROM service_clients a JOIN service_clients b ON b.service_id = a.service_id WHERE a.client_id = $1 AND b.client_id = $2) AS service_clients";

/// How many rows both have, in the tables where one row of them is enough.
async fn shared<C: ConnectionTrait>(
    db: &C,
    from: Uuid,
    into: Uuid,
) -> Result<Vec<(&'static str, u64)>> {
    let values = [from.into(), into.into()];
    let asked = Statement::from_sql_and_values(db.get_database_backend(), SHARED, values);
    let row = db.query_one_raw(asked).await?;
    let mut both = Vec::new();
    for table in ["contacts", "service_clients"] {
        let n: i64 = row.as_ref().map_or(Ok(0), |row| row.try_get("", table))?;
        both.push((table, u64::try_from(n).unwrap_or(0)));
    }
    Ok(both)
}

async fn counts<C: ConnectionTrait>(db: &C, client: Uuid) -> Result<Vec<(&'static str, u64)>> {
    let each = MOVED
        .iter()
        .map(|table| format!("(SELECT COUNT(*) FROM {table} WHERE client_id = $1) AS {table}"));
    let text = format!("SELECT {}", each.collect::<Vec<_>>().join(", "));
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, [client.into()]);
    let row = db.query_one_raw(asked).await?;
    let mut counts = Vec::new();
    for table in MOVED {
        let n: i64 = row.as_ref().map_or(Ok(0), |row| row.try_get("", table))?;
        counts.push((*table, u64::try_from(n).unwrap_or(0)));
    }
    Ok(counts)
}

async fn note(
    work: &Work,
    who: &StaffPass,
    from: &client::Model,
    into: &client::Model,
) -> Result<()> {
    let moved: serde_json::Map<String, serde_json::Value> = counts(work.tx(), into.id)
        .await?
        .into_iter()
        .map(|(table, n)| (table.to_owned(), n.into()))
        .collect();
    Entry::new(Some(who.person), "client", from.id, "merged")
        .before(&form(from.clone()))?
        .after(&json!({ "into": into.id }))?
        .write(work)
        .await?;
    Entry::new(Some(who.person), "client", into.id, "absorbed")
        .before(&form(into.clone()))?
        .after(&json!({ "from": from.id, "form": joined(&form(into.clone()), &form(from.clone())), "rows": moved }))?
        .write(work)
        .await
}

async fn write(work: &Work, from: client::Model, into: client::Model) -> Result<()> {
    let all = joined(&form(into.clone()), &form(from.clone()));
    let (version, stays) = (from.version + 1, into.id);
    let mut gone = from.into_active_model();
    gone.active = Set(false);
    gone.merged_into = Set(Some(stays));
    gone.version = Set(version);
    gone.update(work.tx()).await?;
    let version = into.version + 1;
    // What both forms hold was checked when it was written.
    let mut row = crate::clients::checked(&all)?;
    row.id = Set(stays);
    row.version = Set(version);
    row.update(work.tx()).await?;
    Ok(())
}

/// What is written down about the one that stays, with what only the other one knew. Each contact sees only their own
/// requests where that held for one of the two.
fn joined(stays: &NewClient, goes: &NewClient) -> NewClient {
    let first = |one: &str, other: &str| if one.is_empty() { other } else { one }.to_owned();
    let notes = format!("{}\n{}", stays.notes, goes.notes);
    let fits = stays.notes != goes.notes && notes.chars().count() <= 2_000;
    NewClient {
        name: stays.name.clone(),
        email: first(&stays.email, &goes.email),
        phone: first(&stays.phone, &goes.phone),
        address: first(&stays.address, &goes.address),
        locale: first(&stays.locale, &goes.locale),
        time_zone: first(&stays.time_zone, &goes.time_zone),
        own_only: stays.own_only || goes.own_only,
        notes: if fits {
            notes.trim().to_owned()
        } else {
            first(&stays.notes, &goes.notes)
        },
    }
}
