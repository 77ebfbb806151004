//! What the verbs about messages share: a thread under its lock, a message written into it, and who is told.

use booking::ids::PersonId;
use booking::letter::{Event, Recipient};
use booking::message::Side;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    Statement, Value,
};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::table::{message, thread, visit};
use crate::tell::{self, Tidings};
use crate::trouble::Result;

const LOCK: &str = "SELECT id FROM threads WHERE id = $1 FOR NO KEY UPDATE";

/// The thread, locked.
pub(crate) async fn locked(work: &Work, id: Uuid) -> Result<Option<thread::Model>> {
    if work.locks_rows() {
        let backend = work.tx().get_database_backend();
        let lock = Statement::from_sql_and_values(backend, LOCK, [id.into()]);
        work.tx().query_all_raw(lock).await?;
    }
    Ok(thread::Entity::find_by_id(id).one(work.tx()).await?)
}

/// Adds a message to a thread: what a client writes waits for the office, what the office writes waits for nobody.
pub(crate) async fn add(
    work: &mut Work,
    row: &thread::Model,
    (side, by): (Side, PersonId),
    words: &str,
) -> Result<thread::Model> {
    let id = work.id();
    let new = message::Model {
        id,
        thread_id: row.id,
        person_id: by.key(),
        side: side.as_str().to_owned(),
        words: words.to_owned(),
        created_at: work.now(),
        read_at: None,
    };
    new.into_active_model().insert(work.tx()).await?;
    let after = thread::Model {
        last_id: id,
        updated_at: work.now(),
        waits: side == Side::Client,
        is_open: row.is_open || side == Side::Client,
        ..row.clone()
    };
    write(work, &after).await?;
    let what = match side {
        Side::Client => "written",
        Side::Office => "answered",
    };
    Entry::new(Some(by), "thread", row.id, what)
        .after(&json!({ "message": id }))?
        .write(work)
        .await?;
    Ok(after)
}

/// What the office wrote in a thread counts as read by the client.
pub(crate) async fn is_read(work: &Work, id: Uuid) -> Result<()> {
    message::Entity::update_many()
        .col_expr(message::Column::ReadAt, Expr::value(work.now()))
        .filter(message::Column::ThreadId.eq(id))
        .filter(message::Column::Side.eq(Side::Office.as_str()))
        .filter(message::Column::ReadAt.is_null())
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Writes a thread as it is now.
pub(crate) async fn write(work: &mut Work, row: &thread::Model) -> Result<()> {
    let changed = row.clone().into_active_model().reset_all();
    thread::Entity::update(changed).exec(work.tx()).await?;
    work.tell(Happened::Messages);
    Ok(())
}

/// Tells the other side.
pub(crate) async fn announce(
    work: &mut Work,
    row: &thread::Model,
    side: Side,
    words: &str,
) -> Result<()> {
    let (event, role, page) = match side {
        Side::Client => (
            Event::MessageReceived,
            Recipient::Approvers,
            "/office/messages",
        ),
        Side::Office => (Event::MessageAnswered, Recipient::Client, "/messages"),
    };
    let mut facts = tell::facts(work, role, row.client_id, None).await?;
    facts.notes = words.to_owned();
    facts.link = format!("{page}/{}", row.id);
    if let Some(id) = row.visit_id {
        let found = visit::Entity::find_by_id(id).one(work.tx()).await?;
        facts.visit = found.map(|visit| visit.reference);
    }
    let people = match side {
        Side::Client => tell::approvers(work).await?,
        Side::Office => writers(work, row).await?,
    };
    let tidings = Tidings {
        event,
        client: row.client_id,
        about: row.id,
        facts,
    };
    tell::tell(work, &tidings, &people).await
}

// Who wrote for the client, as long as they are its contacts and see the thread (decision 13).
const WRITERS: &str = "SELECT DISTINCT m.person_id AS id FROM messages m \
    JOIN contacts k ON k.person_id = m.person_id AND k.client_id = $2 JOIN clients c ON c.id = k.client_id \
    WHERE m.thread_id = $1 AND m.side = 'client' AND k.active AND c.active \
    AND (m.person_id = $3 OR NOT (k.own_only OR c.own_only))";

async fn writers(work: &Work, row: &thread::Model) -> Result<Vec<Uuid>> {
    let values: [Value; 3] = [row.id.into(), row.client_id.into(), row.person_id.into()];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), WRITERS, values);
    let mut found = Vec::new();
    for row in work.tx().query_all_raw(asked).await? {
        found.push(row.try_get("", "id")?);
    }
    Ok(found)
}
