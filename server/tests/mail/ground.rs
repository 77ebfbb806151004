//! Databases to carry letters from: SQLite always, PostgreSQL when `FRONTDESK_TEST_POSTGRES` names a server
//! (`postgres://postgres@localhost:5432/postgres`). The clock stands still until it is set.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use booking::letter::{Event, Recipient};
use chrono::{DateTime, TimeDelta, Utc};
use desk::desk::Options;
use desk::table::outbox;
use desk::{Clock, Desk};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, Database, EntityTrait, IntoActiveModel, QueryOrder,
};
use server::mailer::{Mailer, Memory};
use server::postman::{Pace, Postman};
use uuid::Uuid;

use crate::letters::{at, letter, sender};

pub struct Ground {
    pub desk: Desk,
    file: Option<PathBuf>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Ground {
    /// One of each kind of database.
    pub async fn all() -> Vec<Self> {
        let mut grounds = vec![Self::sqlite().await];
        if let Ok(server) = std::env::var("FRONTDESK_TEST_POSTGRES") {
            grounds.push(Self::postgres(&server).await);
        }
        grounds
    }

    pub async fn sqlite() -> Self {
        let file = std::env::temp_dir().join(format!("{}.sqlite", name()));
        let desk = migrated(&format!("sqlite://{}?mode=rwc", file.display())).await;
        Self {
            desk,
            file: Some(file),
        }
    }

    async fn postgres(server: &str) -> Self {
        let name = name();
        let admin = Database::connect(server).await.unwrap();
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self {
            desk: migrated(&format!("{base}/{name}")).await,
            file: None,
        }
    }

    pub fn later(&self, by: TimeDelta) {
        self.desk.clock().set(self.desk.now() + by);
    }

    /// Queues a letter about something to somebody; answers its id.
    pub async fn queue(&self, about: Option<Uuid>, email: &str) -> Uuid {
        let said = letter(Event::RequestSubmitted, Recipient::Client, "en").facts;
        self.queue_saying(about, email, None, said).await
    }

    pub async fn queue_saying(
        &self,
        about: Option<Uuid>,
        email: &str,
        person: Option<Uuid>,
        facts: serde_json::Value,
    ) -> Uuid {
        let id = Uuid::now_v7();
        let row = outbox::Model {
            id,
            message_id: format!("<{id}@frontdesk.invalid>"),
            event: Event::RequestSubmitted.as_str().to_owned(),
            about_id: about,
            person_id: person,
            email: email.to_owned(),
            facts,
            status: "waiting".to_owned(),
            attempts: 0,
            due_at: self.desk.now(),
            leased_until: None,
            last_error: None,
            created_at: self.desk.now(),
            sent_at: None,
            client_id: None,
        };
        row.into_active_model()
            .insert(self.desk.db())
            .await
            .unwrap();
        id
    }

    pub async fn row(&self, id: Uuid) -> outbox::Model {
        outbox::Entity::find_by_id(id)
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap()
    }

    /// How all letters stand, oldest first.
    pub async fn statuses(&self) -> Vec<String> {
        let rows = outbox::Entity::find()
            .order_by_asc(outbox::Column::Id)
            .all(self.desk.db())
            .await
            .unwrap();
        rows.into_iter().map(|row| row.status).collect()
    }

    pub fn postman(&self, mailer: Mailer) -> Postman {
        Postman::new(self.desk.clone(), mailer, sender())
    }

    /// A postman who carries one letter after the other into memory.
    pub fn careful_postman(&self) -> (Postman, Memory) {
        let memory = Memory::default();
        let pace = Pace {
            at_once: 1,
            ..Pace::default()
        };
        (
            self.postman(Mailer::Memory(memory.clone())).at_pace(pace),
            memory,
        )
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
    }
}

pub fn monday() -> DateTime<Utc> {
    at("2026-03-02T08:00:00Z")
}

async fn migrated(url: &str) -> Desk {
    let desk = Desk::connect(url, Clock::standing_at(monday()), Options::default())
        .await
        .unwrap();
    migration::up(desk.db()).await.unwrap();
    desk
}

fn name() -> String {
    format!(
        "frontdesk_mail_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    )
}
