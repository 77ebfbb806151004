//! What staff offer instead of deciding: other times, or a quote with its lines. Of one request at most one offer is open.

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
CREATE TABLE offers (
    id {uuid} PRIMARY KEY,
    request_id {uuid} NOT NULL REFERENCES requests (id),
    kind text NOT NULL,
    reference text UNIQUE,
    status text NOT NULL,
    note text NOT NULL,
    currency text NOT NULL,
    tax_bp integer NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    overruled text,
    expires_at {instant} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {uuid} NOT NULL REFERENCES people (id),
    ended_at {instant},
    ended_by {uuid} REFERENCES people (id),
    word text
);
CREATE INDEX offers_of_request ON offers (request_id, created_at);
CREATE UNIQUE INDEX offers_one_open ON offers (request_id) WHERE status = 'open';
CREATE TABLE offer_times (
    id {uuid} PRIMARY KEY,
    offer_id {uuid} NOT NULL REFERENCES offers (id),
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    booking_id {uuid} NOT NULL,
    lost boolean NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX offer_times_of ON offer_times (offer_id, starts_at);
CREATE TABLE quote_lines (
    offer_id {uuid} NOT NULL REFERENCES offers (id),
    position integer NOT NULL,
    words text NOT NULL,
    hundredths integer NOT NULL CHECK (hundredths > 0),
    unit_minor bigint NOT NULL CHECK (unit_minor >= 0),
    total_minor bigint NOT NULL,
    PRIMARY KEY (offer_id, position)
);
";
