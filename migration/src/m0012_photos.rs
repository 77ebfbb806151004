//! Photos of requests. Until a request takes it, a photo belongs to whoever sent it; whose it is afterwards, the request
//! says. The pictures stand in a table of their own: whoever lists photos never reads one.

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
CREATE TABLE photos (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL REFERENCES people (id),
    form_key text NOT NULL,
    request_id {uuid} REFERENCES requests (id),
    created_at {instant} NOT NULL
);
CREATE INDEX photos_of_request ON photos (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX photos_unclaimed ON photos (person_id, created_at) WHERE request_id IS NULL;
CREATE TABLE photo_files (
    photo_id {uuid} NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    small boolean NOT NULL,
    bytes {bytes} NOT NULL,
    PRIMARY KEY (photo_id, small)
);
";
