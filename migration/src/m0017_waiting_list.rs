//! Who waits for a time on a day that is full, in the order they came. At most one entry is open for a person, a service and a day.

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
CREATE TABLE waiting (
    id {uuid} PRIMARY KEY,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    service_id {uuid} NOT NULL REFERENCES services (id),
    technician_id {uuid} REFERENCES technicians (id),
    length_min integer NOT NULL,
    seats integer NOT NULL,
    day date NOT NULL,
    from_at {instant} NOT NULL,
    until_at {instant} NOT NULL,
    status text NOT NULL,
    created_at {instant} NOT NULL,
    booking_id {uuid},
    starts_at {instant},
    ends_at {instant},
    held_until {instant},
    request_id {uuid} REFERENCES requests (id),
    CHECK (from_at < until_at)
);
CREATE UNIQUE INDEX waiting_once ON waiting (person_id, service_id, day) WHERE status IN ('waiting', 'told');
CREATE INDEX waiting_in_line ON waiting (status, created_at);
CREATE INDEX waiting_of_client ON waiting (client_id);
CREATE INDEX waiting_held ON waiting (booking_id);
";
