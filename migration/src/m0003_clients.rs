//! Clients, their contacts, subjects, agreements and tickets.

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
CREATE TABLE clients (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    email text,
    phone text,
    address text,
    locale text,
    time_zone text,
    own_only boolean NOT NULL,
    active boolean NOT NULL,
    notes text NOT NULL,
    created_at {instant} NOT NULL,
    version integer NOT NULL
);
CREATE INDEX clients_by_name ON clients (name);
CREATE TABLE contacts (
    client_id {uuid} NOT NULL REFERENCES clients (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    active boolean NOT NULL,
    PRIMARY KEY (client_id, person_id)
);
CREATE INDEX contacts_of_person ON contacts (person_id);
CREATE TABLE service_clients (
    service_id {uuid} NOT NULL REFERENCES services (id),
    client_id {uuid} NOT NULL REFERENCES clients (id),
    PRIMARY KEY (service_id, client_id)
);
CREATE TABLE subjects (
    id {uuid} PRIMARY KEY,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    name text NOT NULL,
    details text NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE INDEX subjects_of ON subjects (client_id);
CREATE TABLE client_services (
    id {uuid} PRIMARY KEY,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    service_id {uuid} NOT NULL REFERENCES services (id),
    kind text NOT NULL,
    price_minor bigint,
    active boolean NOT NULL,
    created_at {instant} NOT NULL,
    ended_at {instant}
);
CREATE INDEX client_services_of ON client_services (client_id, service_id);
CREATE TABLE tickets (
    id {uuid} PRIMARY KEY,
    number text NOT NULL UNIQUE,
    client_id {uuid} NOT NULL REFERENCES clients (id),
    title text NOT NULL,
    description text NOT NULL,
    open boolean NOT NULL,
    created_at {instant} NOT NULL,
    version integer NOT NULL
);
CREATE INDEX tickets_of ON tickets (client_id);
";
