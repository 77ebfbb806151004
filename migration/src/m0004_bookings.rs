//! Requests, visits, and the one table of what occupies time, with the guarantee of R27.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, TABLES).await?;
        super::run_on(manager, DbBackend::Postgres, GUARANTEE_POSTGRES).await?;
        super::run_on(manager, DbBackend::Sqlite, GUARANTEE_SQLITE).await
    }
}

const TABLES: &str = r"
CREATE TABLE requests (
    id {uuid} PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    kind text NOT NULL,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    service_id {uuid} NOT NULL REFERENCES services (id),
    technician_id {uuid} REFERENCES technicians (id),
    length_min integer NOT NULL,
    starts_at {instant},
    ends_at {instant},
    window_from date,
    window_to date,
    seats integer NOT NULL,
    status text NOT NULL,
    awaiting_client boolean NOT NULL,
    notes text NOT NULL,
    ticket text,
    internal_notes text NOT NULL,
    decline_reason text,
    decided_at {instant},
    decided_by {uuid} REFERENCES people (id),
    expires_at {instant},
    visit_id {uuid},
    created_at {instant} NOT NULL,
    version integer NOT NULL
);
CREATE INDEX requests_of_client ON requests (client_id, created_at);
CREATE INDEX requests_by_status ON requests (status, created_at);
CREATE INDEX requests_of_ticket ON requests (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX requests_due ON requests (status, expires_at);
CREATE TABLE request_subjects (
    request_id {uuid} NOT NULL REFERENCES requests (id),
    subject_id {uuid} NOT NULL REFERENCES subjects (id),
    PRIMARY KEY (request_id, subject_id)
);
CREATE TABLE visits (
    id {uuid} PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    request_id {uuid} REFERENCES requests (id),
    client_id {uuid} NOT NULL REFERENCES clients (id),
    service_id {uuid} NOT NULL REFERENCES services (id),
    client_service_id {uuid} REFERENCES client_services (id),
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    wall_start text NOT NULL,
    zone text NOT NULL,
    zone_version text NOT NULL,
    seats integer NOT NULL,
    status text NOT NULL,
    notes text NOT NULL,
    internal_notes text NOT NULL,
    ticket text,
    reason text,
    replaced_by {uuid},
    uid text NOT NULL,
    sequence integer NOT NULL,
    created_at {instant} NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX visits_of_client ON visits (client_id, starts_at);
CREATE INDEX visits_of_ticket ON visits (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX visits_by_time ON visits (starts_at);
CREATE UNIQUE INDEX visits_one_per_request ON visits (request_id) WHERE status <> 'rescheduled' AND request_id IS NOT NULL;
CREATE TABLE visit_subjects (
    visit_id {uuid} NOT NULL REFERENCES visits (id),
    subject_id {uuid} NOT NULL REFERENCES subjects (id),
    PRIMARY KEY (visit_id, subject_id)
);
CREATE TABLE bookings (
    id {uuid} PRIMARY KEY,
    technician_id {uuid} REFERENCES technicians (id),
    service_id {uuid} REFERENCES services (id),
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    before_min integer NOT NULL,
    after_min integer NOT NULL,
    seats integer NOT NULL,
    session_id {uuid},
    leader boolean NOT NULL,
    status text NOT NULL,
    blocking boolean NOT NULL,
    expires_at {instant},
    request_id {uuid} REFERENCES requests (id),
    visit_id {uuid} REFERENCES visits (id),
    note text,
    CHECK (starts_at < ends_at)
);
CREATE INDEX bookings_by_technician ON bookings (technician_id, starts_at) WHERE blocking;
CREATE INDEX bookings_by_time ON bookings (starts_at, ends_at) WHERE blocking;
CREATE INDEX bookings_of_request ON bookings (request_id);
CREATE INDEX bookings_of_visit ON bookings (visit_id);
CREATE TABLE booking_resources (
    booking_id {uuid} NOT NULL REFERENCES bookings (id),
    resource_id {uuid} NOT NULL REFERENCES resources (id),
    units integer NOT NULL CHECK (units >= 1),
    PRIMARY KEY (booking_id, resource_id)
);
";

// R27: no two bare spans of one technician overlap unless they are one session, of which one row leads.
// Both databases name the rule `bookings_no_overlap` in their error, so that the desk gives one refusal.

const GUARANTEE_POSTGRES: &str = r"
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap
    EXCLUDE USING gist (technician_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (blocking AND leader);
";

const GUARANTEE_SQLITE: &str = r"
CREATE TRIGGER bookings_no_overlap_insert BEFORE INSERT ON bookings
WHEN NEW.blocking AND NEW.leader AND NEW.technician_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'bookings_no_overlap') WHERE EXISTS (
        SELECT 1 FROM bookings
        WHERE blocking AND leader AND technician_id = NEW.technician_id AND id <> NEW.id
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
END;
CREATE TRIGGER bookings_no_overlap_update BEFORE UPDATE ON bookings
WHEN NEW.blocking AND NEW.leader AND NEW.technician_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'bookings_no_overlap') WHERE EXISTS (
        SELECT 1 FROM bookings
        WHERE blocking AND leader AND technician_id = NEW.technician_id AND id <> NEW.id
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
    );
END;
";
