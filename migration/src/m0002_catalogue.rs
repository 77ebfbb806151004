//! Services, technicians with their hours, closures, resources.

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
CREATE TABLE technicians (
    id {uuid} PRIMARY KEY REFERENCES people (id),
    time_zone text,
    buffer_before integer NOT NULL,
    buffer_after integer NOT NULL,
    max_per_day integer,
    max_per_week integer,
    active boolean NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL
);
CREATE TABLE technician_approvers (
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    PRIMARY KEY (technician_id, person_id)
);
CREATE TABLE working_windows (
    id {uuid} PRIMARY KEY,
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    weekday integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    start_min integer NOT NULL CHECK (start_min BETWEEN 0 AND 1439),
    end_min integer NOT NULL CHECK (end_min BETWEEN 0 AND 1440)
);
CREATE INDEX working_windows_of ON working_windows (technician_id);
CREATE TABLE exceptions (
    id {uuid} PRIMARY KEY,
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    date date NOT NULL,
    windows {json} NOT NULL,
    note text,
    UNIQUE (technician_id, date)
);
CREATE TABLE time_off (
    id {uuid} PRIMARY KEY,
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    note text,
    CHECK (starts_at < ends_at)
);
CREATE INDEX time_off_of ON time_off (technician_id, ends_at);
CREATE TABLE closures (
    date date PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE resources (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    units integer NOT NULL CHECK (units >= 0),
    turnaround_min integer NOT NULL CHECK (turnaround_min >= 0),
    active boolean NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL
);
CREATE TABLE services (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    bookable boolean NOT NULL,
    lengths {json} NOT NULL,
    any_length boolean NOT NULL,
    step_min integer,
    buffer_before integer NOT NULL,
    buffer_after integer NOT NULL,
    price_minor bigint,
    capacity integer NOT NULL CHECK (capacity >= 1),
    notice_min integer NOT NULL,
    advance_days integer,
    max_per_day integer,
    max_per_week integer,
    holds boolean NOT NULL,
    technician_preference boolean NOT NULL,
    all_technicians boolean NOT NULL,
    restricted boolean NOT NULL,
    active boolean NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL
);
CREATE TABLE service_technicians (
    service_id {uuid} NOT NULL REFERENCES services (id),
    technician_id {uuid} NOT NULL REFERENCES technicians (id),
    PRIMARY KEY (service_id, technician_id)
);
CREATE TABLE service_resources (
    id {uuid} PRIMARY KEY,
    service_id {uuid} NOT NULL REFERENCES services (id),
    resource_id {uuid} REFERENCES resources (id),
    resource_kind text,
    units integer NOT NULL CHECK (units >= 1),
    CHECK ((resource_id IS NULL) <> (resource_kind IS NULL))
);
CREATE INDEX service_resources_of ON service_resources (service_id);
";
