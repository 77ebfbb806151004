//! The ground a test stands on: an empty, migrated database of its own and a clock that stands still.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use desk::desk::Options;
use desk::{Clock, Desk, SignedIn};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use tokio::sync::OnceCell;

/// `both! { async fn name(ground: Ground) { … } }` is the tests `name::sqlite` and `name::postgres`.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($ground:ident: Ground) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[allow(unused_mut, unused_variables)]
            async fn body($ground: crate::ground::Ground) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                let ground = crate::ground::Ground::sqlite().await;
                body(ground.clone()).await;
                ground.clear().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if let Some(ground) = crate::ground::Ground::postgres().await {
                    body(ground.clone()).await;
                    ground.clear().await;
                }
            }
        }
    )+};
}

/// Where a test stands.
#[derive(Clone)]
pub struct Ground {
    pub desk: Desk,
    clock: Clock,
    place: Place,
}

#[derive(Clone)]
enum Place {
    File(PathBuf),
    Database(String),
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A name that no other test of this or another run has.
fn own_name() -> String {
    format!(
        "frontdesk_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    )
}

/// Monday, the 2nd of March 2026, 08:00 in UTC: when every test begins.
pub fn monday() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

impl Ground {
    pub async fn sqlite() -> Self {
        static MIGRATED: OnceCell<PathBuf> = OnceCell::const_new();
        let migrated = MIGRATED.get_or_init(migrated_file).await;
        let file = std::env::temp_dir().join(format!("{}.sqlite", own_name()));
        std::fs::copy(migrated, &file).unwrap();
        Self::at(&file_url(&file), Place::File(file)).await
    }

    pub async fn postgres() -> Option<Self> {
        static MIGRATED: OnceCell<String> = OnceCell::const_new();
        let server = std::env::var("FRONTDESK_TEST_POSTGRES")
            .ok()
            .filter(|url| !url.is_empty())?;
        let migrated = MIGRATED.get_or_init(|| migrated_database(&server)).await;
        let name = own_name();
        on_server(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE {migrated}"),
        )
        .await;
        let url = database_url(&server, &name);
        Some(Self::at(&url, Place::Database(name)).await)
    }

    async fn at(url: &str, place: Place) -> Self {
        let clock = Clock::standing_at(monday());
        let options = Options {
            durable: false,
            ..Options::default()
        };
        let desk = Desk::connect(url, clock.clone(), options).await.unwrap();
        Self { desk, clock, place }
    }

    /// A ground with the demonstration on it.
    /// Copied from one that was made once: for tests that are not about making it.
    pub async fn with_demo(self) -> Self {
        static FILE: OnceCell<PathBuf> = OnceCell::const_new();
        static DATABASE: OnceCell<String> = OnceCell::const_new();
        self.desk.db().clone().close().await.unwrap();
        match self.place {
            Place::File(file) => {
                let made = FILE.get_or_init(|| async {
                    let ground = Self::sqlite().await;
                    match ground.make_demo().await {
                        Place::File(made) => made,
                        Place::Database(_) => unreachable!(),
                    }
                });
                remove(&file);
                std::fs::copy(made.await, &file).unwrap();
                Self::at(&file_url(&file), Place::File(file)).await
            }
            Place::Database(name) => {
                let server = std::env::var("FRONTDESK_TEST_POSTGRES").unwrap();
                let made = DATABASE.get_or_init(|| async {
                    let ground = Self::postgres().await.unwrap();
                    match ground.make_demo().await {
                        Place::File(_) => unreachable!(),
                        Place::Database(made) => made,
                    }
                });
                let made = made.await;
                on_server(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                on_server(&server, &format!("CREATE DATABASE {name} TEMPLATE {made}")).await;
                Self::at(&database_url(&server, &name), Place::Database(name)).await
            }
        }
    }

    async fn make_demo(self) -> Place {
        self.desk.seed_demo().await.unwrap();
        self.desk.db().clone().close().await.unwrap();
        self.place
    }

    /// Lets time pass.
    pub async fn pass(&self, time: TimeDelta) {
        self.until(self.clock.now() + time).await;
    }

    /// Lets time pass until `now`.
    pub async fn until(&self, now: DateTime<Utc>) {
        self.let_go().await;
        self.clock.set(now);
    }

    /// Waits until every write that was refused has let go of the rows it locked. Dropped, a write ends a little later
    /// than its caller hears of it, and the housekeeping skips rows that are locked: it would find nothing overdue.
    async fn let_go(&self) {
        if let Place::Database(_) = self.place {
            let tx = self.desk.db().begin().await.unwrap();
            tx.execute_unprepared(
                "LOCK TABLE requests, visits, changes, waiting, outbox IN EXCLUSIVE MODE",
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// Signs in somebody of the demonstration.
    pub async fn demo(&self, email: &str) -> SignedIn {
        let session = self
            .desk
            .sign_in(email, desk::seed_demo::PASSWORD, "test", "198.51.100.7")
            .await
            .unwrap();
        self.desk.session(&session.token).await.unwrap().unwrap()
    }

    /// The letters waiting, oldest first: event, address, facts.
    pub async fn letters(&self) -> Vec<(String, String, serde_json::Value)> {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
        let rows = desk::table::outbox::Entity::find()
            .filter(desk::table::outbox::Column::Status.eq("waiting"))
            .order_by_asc(desk::table::outbox::Column::CreatedAt)
            .order_by_asc(desk::table::outbox::Column::Id)
            .all(self.desk.db())
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| (row.event, row.email, row.facts))
            .collect()
    }

    /// The token of the last letter of this kind.
    pub async fn token(&self, event: &str) -> String {
        let letters = self.letters().await;
        let facts = &letters
            .iter()
            .rfind(|letter| letter.0 == event)
            .expect(event)
            .2;
        facts["link"]
            .as_str()
            .unwrap()
            .strip_prefix("/l/")
            .unwrap()
            .to_owned()
    }

    /// How many rows a table has, or those that fit (`people WHERE …`).
    pub async fn count(&self, of: &str) -> i64 {
        let row = self
            .desk
            .db()
            .query_one_raw(sea_orm::Statement::from_string(
                self.desk.db().get_database_backend(),
                format!("SELECT count(*) AS n FROM {of}"),
            ));
        row.await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// Removes the database.
    pub async fn clear(self) {
        self.desk.db().clone().close().await.unwrap();
        match self.place {
            Place::File(file) => remove(&file),
            Place::Database(name) => {
                let server = std::env::var("FRONTDESK_TEST_POSTGRES").unwrap();
                on_server(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

fn file_url(file: &std::path::Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

fn remove(file: &std::path::Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
}

/// Removes what earlier runs left: what is copied from has no test that could clear it.
fn remove_leftovers() {
    let old = std::time::Duration::from_secs(3_600);
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let ours = entry
            .file_name()
            .to_string_lossy()
            .starts_with("frontdesk_test_");
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .map(|at| at.elapsed().unwrap_or_default());
        if ours && age.is_ok_and(|age| age > old) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

async fn migrated_file() -> PathBuf {
    remove_leftovers();
    let file = std::env::temp_dir().join(format!("{}_migrated.sqlite", own_name()));
    let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap();
    migrate(db).await;
    file
}

async fn migrated_database(server: &str) -> String {
    let name = format!("{}_migrated", own_name());
    on_server(server, &format!("CREATE DATABASE {name}")).await;
    migrate(
        Database::connect(database_url(server, &name))
            .await
            .unwrap(),
    )
    .await;
    name
}

async fn migrate(db: DatabaseConnection) {
    migration::up(&db).await.unwrap();
    db.close().await.unwrap();
}

async fn on_server(server: &str, sql: &str) {
    let db = Database::connect(server).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

/// The same server, another database.
fn database_url(server: &str, name: &str) -> String {
    let (base, options) = server
        .split_once('?')
        .map_or((server, String::new()), |(b, o)| (b, format!("?{o}")));
    let (base, _) = base.rsplit_once('/').unwrap();
    format!("{base}/{name}{options}")
}

/// The refusal, and the field it stands beside.
pub fn refused<T: std::fmt::Debug>(
    answer: desk::Result<T>,
) -> (booking::refusal::Refusal, Option<&'static str>) {
    match answer {
        Err(desk::Trouble::Refused(refused)) => (refused.why, refused.field),
        other => panic!("not refused: {other:?}"),
    }
}
