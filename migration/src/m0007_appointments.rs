//! Appointments in staff's hands: when a visit came to its present status, series, and letters to clients who do not sign in.

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
CREATE TABLE series (
    id {uuid} PRIMARY KEY,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    service_id {uuid} NOT NULL REFERENCES services (id),
    rule {json} NOT NULL,
    first_local text NOT NULL,
    zone text NOT NULL,
    zone_version text NOT NULL,
    length_min integer NOT NULL,
    laid_until {instant} NOT NULL,
    active boolean NOT NULL,
    created_by {uuid} REFERENCES people (id),
    created_at {instant} NOT NULL,
    version integer NOT NULL
);
CREATE INDEX series_of_client ON series (client_id);
CREATE INDEX series_to_lay ON series (laid_until) WHERE active;
ALTER TABLE visits ADD COLUMN series_id {uuid} REFERENCES series (id);
ALTER TABLE visits ADD COLUMN series_start text;
ALTER TABLE visits ADD COLUMN status_at {instant};
UPDATE visits SET status_at = created_at;
CREATE INDEX visits_of_series ON visits (series_id, series_start) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX visits_one_per_occurrence ON visits (series_id, series_start)
    WHERE series_id IS NOT NULL AND status <> 'rescheduled';
CREATE INDEX visits_by_uid ON visits (uid);
CREATE INDEX visits_replaced ON visits (replaced_by) WHERE replaced_by IS NOT NULL;
ALTER TABLE outbox ADD COLUMN client_id {uuid} REFERENCES clients (id);
";
