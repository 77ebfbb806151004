//! A client writes to the office: a new thread, about one of their visits if they like, or one more message in a thread. The
//! office is told in the same transaction. Pressed twice it is written once.

use booking::message::{MOST_AN_HOUR, Side};
use booking::people::Notes;
use booking::refusal::Refusal;
use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Statement,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::conversation;
use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::table::{message, thread};
use crate::trouble::{Beside, Result};

/// The form "write to us".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewMessage {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// The thread; nothing: a new one.
    pub thread: Option<Uuid>,
    /// `V-…` of the visit a new one is about, as typed; may be empty.
    pub about: String,
    /// The message, as typed; 1–2,000 characters.
    pub words: String,
}

impl Desk {
    /// Writes a message; answers its thread. One that was closed is open again.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a thread, or beside `about` a visit, that is not theirs to see; beside `words` what texts
    /// refuse, and [`Refusal::TooManyMessages`].
    pub async fn write_message(&self, who: &ContactPass, ask: NewMessage) -> Result<Uuid> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(result) => return thread_in(&result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let words = read(&ask.words)?;
        work.lock_person(who.person).await?;
        not_too_many(&work, who).await?;
        work.lock_client(who.client).await?;
        let row = match ask.thread {
            Some(id) => own(&work, who, id).await?,
            None => begun(&work, who, &ask.about).await?,
        };
        // Whoever writes on has read the answers, also when they came from the letter and not by the list.
        conversation::is_read(&work, row.id).await?;
        let row = conversation::add(&mut work, &row, (Side::Client, who.person), &words).await?;
        conversation::announce(&mut work, &row, Side::Client, &words).await?;
        work.done_once(who.person, &ask.key, json!({ "thread": row.id }))
            .await?;
        work.commit().await?;
        Ok(row.id)
    }
}

fn thread_in(result: &Value) -> Result<Uuid> {
    let found = result.get("thread").and_then(Value::as_str);
    let found = found.and_then(|id| id.parse().ok());
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// A message as it was typed, checked.
pub(crate) fn read(typed: &str) -> Result<String> {
    let words = Notes::optional(typed).beside("words")?;
    let words = words.ok_or(Refusal::TextEmpty).beside("words")?;
    Ok(words.as_str().to_owned())
}

async fn not_too_many(work: &Work, who: &ContactPass) -> Result<()> {
    let lately = message::Entity::find()
        .filter(message::Column::PersonId.eq(who.person.key()))
        .filter(message::Column::Side.eq(Side::Client.as_str()))
        .filter(message::Column::CreatedAt.gt(work.now() - TimeDelta::hours(1)));
    match lately.count(work.tx()).await? >= MOST_AN_HOUR {
        true => Err(Refusal::TooManyMessages).beside("words"),
        false => Ok(()),
    }
}

/// A thread that they see, locked.
pub(crate) async fn own(work: &Work, who: &ContactPass, id: Uuid) -> Result<thread::Model> {
    let row = conversation::locked(work, id).await?;
    let theirs = |row: &thread::Model| {
        row.client_id == who.client.key() && (!who.own_only || row.person_id == who.person.key())
    };
    Ok(row.filter(theirs).ok_or(Refusal::NotFound)?)
}

async fn begun(work: &Work, who: &ContactPass, about: &str) -> Result<thread::Model> {
    let row = thread::Model {
        id: work.id(),
        client_id: who.client.key(),
        person_id: who.person.key(),
        visit_id: visit(work, who, about.trim()).await?,
        is_open: true,
        waits: true,
        last_id: Uuid::nil(),
        created_at: work.now(),
        updated_at: work.now(),
    };
    row.clone().into_active_model().insert(work.tx()).await?;
    Ok(row)
}

const VISIT: &str = "SELECT v.id FROM visits v LEFT JOIN requests r ON r.id = v.request_id \
    WHERE v.reference = $1 AND v.client_id = $2 AND ($3 OR v.request_id IS NULL OR r.person_id = $4)";

/// A visit that they see.
async fn visit(work: &Work, who: &ContactPass, reference: &str) -> Result<Option<Uuid>> {
    if reference.is_empty() {
        return Ok(None);
    }
    let values = [
        reference.into(),
        who.client.key().into(),
        (!who.own_only).into(),
        who.person.key().into(),
    ];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), VISIT, values);
    let found = work.tx().query_one_raw(asked).await?;
    let found = found.ok_or(Refusal::NotFound).beside("about")?;
    Ok(Some(found.try_get("", "id")?))
}
