//! What clients ask for against visits that are booked: changes and cancellations, what keeps a proposed time free, the
//! business's rules for them, and fees for what came too late.

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

// What is wanted differently is absent where it stays. Fields of `accepted` name what staff said yes to.
const TABLES: &str = r"
CREATE TABLE changes (
    id {uuid} PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    kind text NOT NULL,
    visit_id {uuid} NOT NULL REFERENCES visits (id),
    client_id {uuid} NOT NULL REFERENCES clients (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    status text NOT NULL,
    starts_at {instant},
    ends_at {instant},
    service_id {uuid} REFERENCES services (id),
    subjects {json},
    notes text,
    reason text,
    late boolean NOT NULL,
    decided_at {instant},
    decided_by {uuid} REFERENCES people (id),
    decline_reason text,
    accepted {json},
    created_at {instant} NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at IS NULL OR starts_at < ends_at)
);
CREATE UNIQUE INDEX changes_one_open ON changes (visit_id) WHERE status = 'pending';
CREATE INDEX changes_of_client ON changes (client_id, created_at);
CREATE INDEX changes_by_status ON changes (status, created_at);
CREATE TABLE change_holds (
    change_id {uuid} NOT NULL REFERENCES changes (id),
    booking_id {uuid} NOT NULL REFERENCES bookings (id),
    PRIMARY KEY (change_id, booking_id)
);
CREATE INDEX change_holds_by_booking ON change_holds (booking_id);
CREATE TABLE fees (
    visit_id {uuid} PRIMARY KEY REFERENCES visits (id),
    kind text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    status text NOT NULL,
    created_at {instant} NOT NULL,
    decided_by {uuid} REFERENCES people (id),
    decided_at {instant},
    version integer NOT NULL
);
ALTER TABLE business ADD COLUMN portal_mode text NOT NULL DEFAULT 'visits';
ALTER TABLE business ADD COLUMN request_cut_off text NOT NULL DEFAULT 'none';
ALTER TABLE business ADD COLUMN change_cut_off text NOT NULL DEFAULT 'none';
ALTER TABLE business ADD COLUMN cancel_cut_off text NOT NULL DEFAULT 'none';
ALTER TABLE business ADD COLUMN cancellation text NOT NULL DEFAULT 'reviewed';
ALTER TABLE business ADD COLUMN at_once_cut_off text NOT NULL DEFAULT 'none';
ALTER TABLE business ADD COLUMN cancellation_text text NOT NULL DEFAULT '';
ALTER TABLE business ADD COLUMN late_fee_minor bigint;
ALTER TABLE business ADD COLUMN no_show_fee_minor bigint;
";
