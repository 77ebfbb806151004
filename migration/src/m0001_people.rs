//! The business, the people who sign in, their sessions and links.

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
CREATE TABLE business (
    id integer PRIMARY KEY CHECK (id = 1),
    name text NOT NULL,
    logo text,
    time_zone text NOT NULL,
    locale text NOT NULL,
    currency text NOT NULL,
    first_weekday integer NOT NULL,
    subject_label text NOT NULL,
    ticket_link text,
    hold_hours integer NOT NULL,
    reason_required boolean NOT NULL,
    undo_minutes integer NOT NULL,
    magic_links boolean NOT NULL,
    session_idle_hours integer NOT NULL,
    session_days integer NOT NULL,
    demo boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE people (
    id {uuid} PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    phone text,
    password_hash text,
    locale text,
    time_zone text,
    muted {json} NOT NULL,
    disabled_at {instant},
    created_at {instant} NOT NULL
);
CREATE TABLE staff (
    person_id {uuid} PRIMARY KEY REFERENCES people (id),
    technician boolean NOT NULL,
    dispatcher boolean NOT NULL,
    owner boolean NOT NULL,
    approver boolean NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    id {uuid} NOT NULL UNIQUE,
    person_id {uuid} NOT NULL REFERENCES people (id),
    device text NOT NULL,
    created_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    expires_at {instant} NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE TABLE links (
    token_hash text PRIMARY KEY,
    purpose text NOT NULL,
    person_id {uuid} REFERENCES people (id),
    facts {json} NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    used_at {instant}
);
CREATE TABLE tries (
    about text PRIMARY KEY,
    since {instant} NOT NULL,
    count integer NOT NULL
);
CREATE TABLE idempotency_keys (
    actor {uuid} NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    result {json} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE TABLE history (
    id {uuid} PRIMARY KEY,
    at {instant} NOT NULL,
    actor_id {uuid} REFERENCES people (id),
    about text NOT NULL,
    about_id {uuid} NOT NULL,
    what text NOT NULL,
    before {json},
    after {json},
    reason text
);
CREATE INDEX history_of ON history (about_id, at);
";
