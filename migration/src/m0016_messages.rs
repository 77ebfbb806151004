//! What clients and the office write to each other: threads and their messages.

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
CREATE TABLE threads (
    id {uuid} PRIMARY KEY,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    visit_id {uuid} REFERENCES visits (id),
    is_open boolean NOT NULL,
    waits boolean NOT NULL,
    last_id {uuid} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
);
CREATE INDEX threads_of_client ON threads (client_id, updated_at);
CREATE INDEX threads_waiting ON threads (waits, updated_at);
CREATE TABLE messages (
    id {uuid} PRIMARY KEY,
    thread_id {uuid} NOT NULL REFERENCES threads (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    side text NOT NULL CHECK (side IN ('client', 'office')),
    words text NOT NULL,
    created_at {instant} NOT NULL,
    read_at {instant}
);
CREATE INDEX messages_of ON messages (thread_id, created_at);
CREATE INDEX messages_by ON messages (person_id, created_at);
";
