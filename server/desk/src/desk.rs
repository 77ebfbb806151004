//! The desk itself: its database, its clock, how a write begins, and what the live pages are told after a commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::broadcast;
use uuid::{ContextV7, Timestamp, Uuid};

use crate::clock::Clock;
use crate::trouble::Result;

/// What was committed, for pages that are alive. Carries ids only: whoever listens asks the desk with a pass of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The queue changed: a request came, was edited, decided, withdrawn or expired.
    Requests,
    /// The schedule changed.
    Schedule,
    /// Somebody has a new notice, or read one.
    Notices {
        /// Whose.
        person: Uuid,
    },
    /// Somebody wrote a message, or a conversation was closed or opened.
    Messages,
    /// A letter waits in the outbox.
    Letters,
}

/// How the database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Most connections at once; on SQLite all but one of them only read at any moment.
    pub connections: u32,
    /// SQLite only: fsync at every commit (the default). Off names its risk: the last seconds may be lost in a power cut.
    pub durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 8,
            durable: true,
        }
    }
}

/// The office's desk: cheap to clone, one for the whole process.
#[derive(Clone, Debug)]
pub struct Desk {
    db: DatabaseConnection,
    clock: Clock,
    happened: broadcast::Sender<Happened>,
}

impl Desk {
    /// Opens the database at `url` (`sqlite://path?mode=rwc` or `postgres://…`); does not migrate.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connect(url: &str, clock: Clock, options: Options) -> Result<Self> {
        let mut how = ConnectOptions::new(url);
        how.max_connections(options.connections).sqlx_logging(false);
        how.map_sqlx_sqlite_opts(move |sqlite| {
            use std::time::Duration;
            let synchronous = if options.durable { "FULL" } else { "NORMAL" };
            sqlite
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", synchronous)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
        });
        let db = Database::connect(how).await?;
        Ok(Self {
            db,
            clock,
            happened: broadcast::channel(256).0,
        })
    }

    /// The database, for reading. Writes begin with [`Desk::begin`].
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// The clock, for tests that move it.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The same desk, that counts its queries outside transactions: how many a page takes is asserted.
    #[must_use]
    pub fn counted(&self) -> (Self, Arc<AtomicU64>) {
        let queries = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&queries);
        let mut counted = self.clone();
        counted.db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        (counted, queries)
    }

    /// Now, in whole seconds of UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What is committed from now on.
    #[must_use]
    pub fn happened(&self) -> broadcast::Receiver<Happened> {
        self.happened.subscribe()
    }

    /// Tells the live pages what another server committed (PostgreSQL's notifications); our own commits tell by themselves.
    pub fn tell(&self, what: Happened) {
        // Nobody listening is no fault.
        let _ = self.happened.send(what);
    }

    /// Begins a write: the first line of every function that changes something. IMMEDIATE on SQLite, so that a read
    /// followed by a write cannot fail half-way; READ COMMITTED with row locks on PostgreSQL.
    ///
    /// # Errors
    /// [`booking::refusal::Refusal::Busy`] when the database stays locked.
    pub async fn begin(&self) -> Result<Work> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let tx = self.db.begin_with_options(options).await?;
        Ok(Work {
            tx,
            now: self.now(),
            told: Vec::new(),
            held_back: None,
            happened: self.happened.clone(),
        })
    }
}

/// One write: a transaction, the instant it happens at, and what to tell once it is committed. Dropped, it never happened.
#[derive(Debug)]
pub struct Work {
    tx: DatabaseTransaction,
    now: DateTime<Utc>,
    told: Vec<Happened>,
    held_back: Option<DateTime<Utc>>,
    happened: broadcast::Sender<Happened>,
}

impl Work {
    /// The transaction.
    #[must_use]
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// The instant of this write, the same for everything in it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Letters and notices written from now on wait until `until`; nothing: they go at once.
    pub(crate) fn hold_back(&mut self, until: Option<DateTime<Utc>>) {
        self.held_back = until;
    }

    /// Until when letters and notices wait; nothing: they go at once.
    pub(crate) fn held_back(&self) -> Option<DateTime<Utc>> {
        self.held_back
    }

    /// Whether rows must be locked one by one (`FOR UPDATE`); SQLite has one writer anyway.
    #[must_use]
    pub fn locks_rows(&self) -> bool {
        use sea_orm::ConnectionTrait;
        self.tx.get_database_backend() == DbBackend::Postgres
    }

    /// A new id: uuid version 7, so that ids sort by the time they were made.
    #[must_use]
    pub fn id(&self) -> Uuid {
        // One counter for the whole process: ids made in one second sort by the order they were made in.
        static COUNTER: Mutex<ContextV7> = Mutex::new(ContextV7::new());
        let seconds = u64::try_from(self.now.timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&COUNTER, seconds, 0))
    }

    /// What the live pages are told after the commit.
    pub fn tell(&mut self, what: Happened) {
        if !self.told.contains(&what) {
            self.told.push(what);
        }
    }

    /// Gives up a write that has touched rows and waits until the database has let go of them: dropped, it lets go a little
    /// later, and a worker that skips locked rows would pass them by.
    ///
    /// # Errors
    /// The database's error.
    pub async fn give_up(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }

    /// Commits, then tells: the last line of every write.
    ///
    /// # Errors
    /// The database's error; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        for what in self.told {
            let _ = self.happened.send(what);
        }
        Ok(())
    }
}
