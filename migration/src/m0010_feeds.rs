//! Private addresses of calendars: only the hash of an address is kept. The index lets a feed say when anything last changed.

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
CREATE TABLE calendar_feeds (
    id {uuid} PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    person_id {uuid} NOT NULL REFERENCES people (id),
    client_id {uuid} REFERENCES clients (id),
    name text NOT NULL,
    details boolean NOT NULL,
    created_at {instant} NOT NULL,
    made_at {instant} NOT NULL
);
CREATE INDEX calendar_feeds_of ON calendar_feeds (person_id);
CREATE INDEX history_by_at ON history (at);
";
