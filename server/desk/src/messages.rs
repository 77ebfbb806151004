//! What both sides see of the messages: threads with their last words, one thread in full, and how many wait for an answer.

use booking::ids::ClientId;
use booking::message::Side;
use booking::refusal::Refusal;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Statement, Value,
};
use uuid::Uuid;

use crate::conversation;
use crate::desk::Desk;
use crate::key::Key;
use crate::pass::{ContactPass, StaffPass};
use crate::table::thread;
use crate::trouble::{Fault, Result};
use crate::write_message::own;

/// Threads of one page.
pub const THREADS: u64 = 25;
/// Messages of one thread that are shown, the latest.
const SHOWN: u64 = 200;

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadRow {
    /// Which.
    pub id: Uuid,
    /// Whose, and their name.
    pub client: (ClientId, String),
    /// `V-…` of the visit it is about.
    pub visit: Option<String>,
    /// Whether it goes on.
    pub open: bool,
    /// Whether the office has to answer.
    pub waits: bool,
    /// The last message.
    pub last: String,
    /// Who wrote it.
    pub side: Side,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Answers of the office that the client has not opened.
    pub unread: u64,
}

/// A thread with its messages, the first first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadSeen {
    /// What the list says of it.
    pub row: ThreadRow,
    /// What was written.
    pub messages: Vec<MessageSeen>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSeen {
    /// Who wrote it.
    pub name: String,
    /// For whom.
    pub side: Side,
    /// What.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which threads the office looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadSearch {
    /// The closed ones instead of the open ones.
    pub closed: bool,
    /// Of one client only, open or closed.
    pub client: Option<ClientId>,
    /// The page, from 1.
    pub page: u64,
}

/// A page of threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threads {
    /// Those that wait for an answer first, then the latest.
    pub rows: Vec<ThreadRow>,
    /// The page, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    client: String,
    visit: Option<String>,
    is_open: bool,
    waits: bool,
    words: String,
    side: String,
    updated_at: DateTime<Utc>,
    unread: i64,
}

const ROWS: &str = "SELECT t.id, t.client_id, c.name AS client, v.reference AS visit, t.is_open, t.waits, m.words, m.side, t.updated_at, \
    (SELECT COUNT(*) FROM messages u WHERE u.thread_id = t.id AND u.side = 'office' AND u.read_at IS NULL) AS unread \
    FROM threads t JOIN clients c ON c.id = t.client_id JOIN messages m ON m.id = t.last_id LEFT JOIN visits v ON v.id = t.visit_id";

#[derive(FromQueryResult)]
struct MessageRow {
    name: String,
    side: String,
    words: String,
    created_at: DateTime<Utc>,
}

const MESSAGES: &str = "SELECT p.name, m.side, m.words, m.created_at FROM messages m JOIN people p ON p.id = m.person_id \
    WHERE m.thread_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2";

impl Desk {
    /// The client's threads, the latest first, at most 100 (decision 13). One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_threads(&self, who: &ContactPass) -> Result<Vec<ThreadRow>> {
        let (text, values) = scope(who);
        let text = format!("{ROWS} WHERE {text} ORDER BY t.updated_at DESC, t.id DESC LIMIT 100");
        self.thread_rows(&text, values).await
    }

    /// One of the client's threads; nothing for one that is not theirs to see. Two queries.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_thread(&self, who: &ContactPass, id: Uuid) -> Result<Option<ThreadSeen>> {
        let (text, mut values) = scope(who);
        values.push(id.into());
        let text = format!("{ROWS} WHERE {text} AND t.id = ${}", values.len());
        self.thread_in_full(&text, values).await
    }

    /// How many answers of the office the client has not opened. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn unread_answers(&self, who: &ContactPass) -> Result<u64> {
        let rows = self.my_threads(who).await?;
        Ok(rows.iter().map(|row| row.unread).sum())
    }

    /// Marks what the office wrote in a thread as read by the client. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a thread that is not theirs to see.
    pub async fn read_thread(&self, who: &ContactPass, id: Uuid) -> Result<()> {
        let work = self.begin().await?;
        own(&work, who, id).await?;
        conversation::is_read(&work, id).await?;
        work.commit().await
    }

    /// The threads of all clients, or of one. Two queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who does not decide requests.
    pub async fn threads(&self, who: &StaffPass, search: ThreadSearch) -> Result<Threads> {
        answers(who)?;
        let mut all = thread::Entity::find();
        let (mut text, mut values): (String, Vec<Value>) = (ROWS.to_owned(), Vec::new());
        match search.client {
            Some(client) => {
                all = all.filter(thread::Column::ClientId.eq(client.key()));
                values.push(client.key().into());
                text += " WHERE t.client_id = $1";
            }
            None => {
                all = all.filter(thread::Column::IsOpen.eq(!search.closed));
                values.push((!search.closed).into());
                text += " WHERE t.is_open = $1";
            }
        }
        let pages = all.count(self.db()).await?.div_ceil(THREADS).max(1);
        let page = search.page.clamp(1, pages);
        let skip = i64::try_from((page - 1) * THREADS).unwrap_or(0);
        values.push(skip.into());
        text += &format!(
            " ORDER BY t.waits DESC, t.updated_at DESC, t.id DESC LIMIT {THREADS} OFFSET $2"
        );
        Ok(Threads {
            rows: self.thread_rows(&text, values).await?,
            page,
            pages,
        })
    }

    /// One thread; nothing for one that is unknown. Two queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who does not decide requests.
    pub async fn thread(&self, who: &StaffPass, id: Uuid) -> Result<Option<ThreadSeen>> {
        answers(who)?;
        let text = format!("{ROWS} WHERE t.id = $1");
        self.thread_in_full(&text, vec![id.into()]).await
    }

    /// How many threads wait for an answer of the office; none for who does not answer. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn threads_waiting(&self, who: &StaffPass) -> Result<u64> {
        if answers(who).is_err() {
            return Ok(0);
        }
        let waiting = thread::Entity::find().filter(thread::Column::Waits.eq(true));
        Ok(waiting.count(self.db()).await?)
    }

    async fn thread_rows(&self, text: &str, values: Vec<Value>) -> Result<Vec<ThreadRow>> {
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        rows.into_iter().map(seen).collect()
    }

    async fn thread_in_full(&self, text: &str, values: Vec<Value>) -> Result<Option<ThreadSeen>> {
        let Some(row) = self.thread_rows(text, values).await?.pop() else {
            return Ok(None);
        };
        let most = i64::try_from(SHOWN).unwrap_or(i64::MAX);
        let values: [Value; 2] = [row.id.into(), most.into()];
        let asked =
            Statement::from_sql_and_values(self.db().get_database_backend(), MESSAGES, values);
        let found = MessageRow::find_by_statement(asked).all(self.db()).await?;
        let messages = found.into_iter().rev().map(|message| {
            Ok(MessageSeen {
                side: side(&message.side, row.id)?,
                name: message.name,
                words: message.words,
                at: message.created_at,
            })
        });
        let messages: Result<Vec<MessageSeen>> = messages.collect();
        Ok(Some(ThreadSeen {
            messages: messages?,
            row,
        }))
    }
}

/// Whoever decides requests answers messages, too.
pub(crate) fn answers(who: &StaffPass) -> Result<()> {
    match who.decides_all() {
        true => Ok(()),
        false => Err(Refusal::NotAllowed.into()),
    }
}

fn scope(who: &ContactPass) -> (&'static str, Vec<Value>) {
    let client = who.client.key().into();
    match who.own_only {
        true => (
            "t.client_id = $1 AND t.person_id = $2",
            vec![client, who.person.key().into()],
        ),
        false => ("t.client_id = $1", vec![client]),
    }
}

fn side(word: &str, thread: Uuid) -> Result<Side> {
    word.parse().map_err(|_| {
        Fault::Unreadable {
            table: "messages",
            column: "side",
            id: thread.to_string(),
        }
        .into()
    })
}

fn seen(row: Row) -> Result<ThreadRow> {
    Ok(ThreadRow {
        side: side(&row.side, row.id)?,
        id: row.id,
        client: (ClientId::of(row.client_id), row.client),
        visit: row.visit,
        open: row.is_open,
        waits: row.waits,
        last: row.words,
        at: row.updated_at,
        unread: u64::try_from(row.unread).unwrap_or(0),
    })
}
