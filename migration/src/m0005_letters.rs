//! Letters waiting or sent, and notices in the portal.

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

const TABLES: &str = r"
CREATE TABLE outbox (
    id {uuid} PRIMARY KEY,
    message_id text NOT NULL UNIQUE,
    event text NOT NULL,
    about_id {uuid},
    person_id {uuid} REFERENCES people (id),
    email text NOT NULL,
    facts {json} NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    due_at {instant} NOT NULL,
    leased_until {instant},
    last_error text,
    created_at {instant} NOT NULL,
    sent_at {instant}
);
CREATE INDEX outbox_due ON outbox (status, due_at);
CREATE INDEX outbox_about ON outbox (about_id, created_at);
CREATE TABLE notices (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL REFERENCES people (id),
    event text NOT NULL,
    facts {json} NOT NULL,
    link text NOT NULL,
    created_at {instant} NOT NULL,
    read_at {instant}
);
CREATE INDEX notices_of ON notices (person_id, created_at);
";
