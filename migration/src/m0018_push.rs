//! Notices on people's devices: the key by which push services know this installation, the devices, what became of each
//! notice on each of them, and the kinds that somebody does not want there. A device ends with the session it belongs to.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, TABLES).await
    }
}

// A notice may go away while its push is on its way (a decision that is undone): no reference.
const TABLES: &str = r"
CREATE TABLE push_keys (
    id integer PRIMARY KEY CHECK (id = 1),
    secret {bytes} NOT NULL,
    created_at {instant} NOT NULL
);
CREATE TABLE push_subscriptions (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL REFERENCES people (id),
    session_id {uuid} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    endpoint text NOT NULL UNIQUE,
    p256dh {bytes} NOT NULL,
    auth {bytes} NOT NULL,
    created_at {instant} NOT NULL,
    last_ok_at {instant},
    failures integer NOT NULL
);
CREATE INDEX push_subscriptions_of ON push_subscriptions (person_id);
CREATE INDEX push_subscriptions_by ON push_subscriptions (session_id);
CREATE TABLE pushes (
    subscription_id {uuid} NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    notice_id {uuid} NOT NULL,
    attempts integer NOT NULL,
    due_at {instant} NOT NULL,
    done boolean NOT NULL,
    PRIMARY KEY (subscription_id, notice_id)
);
CREATE TABLE push_muted (
    person_id {uuid} NOT NULL REFERENCES people (id),
    event text NOT NULL,
    PRIMARY KEY (person_id, event)
);
";
