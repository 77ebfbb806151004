//! Questions that a service asks, what was answered, and client services that are one at most for each client and service,
//! with the price that each visit was agreed at.

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

// An answer keeps the words it was asked in. Of several running agreements of one client for one service the oldest goes
// on; both databases order ids by the time they were made.
const TABLES: &str = r"
CREATE TABLE questions (
    id {uuid} PRIMARY KEY,
    service_id {uuid} NOT NULL REFERENCES services (id),
    kind text NOT NULL,
    words text NOT NULL,
    options {json} NOT NULL,
    required boolean NOT NULL,
    position integer NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE INDEX questions_of ON questions (service_id, position);
CREATE TABLE answers (
    request_id {uuid} NOT NULL REFERENCES requests (id),
    question_id {uuid} NOT NULL REFERENCES questions (id),
    position integer NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    answer text NOT NULL,
    PRIMARY KEY (request_id, question_id)
);
CREATE INDEX answers_to ON answers (question_id);
ALTER TABLE client_services ADD COLUMN version integer NOT NULL DEFAULT 1;
UPDATE client_services SET active = false, ended_at = created_at WHERE active AND EXISTS (
    SELECT 1 FROM client_services o WHERE o.client_id = client_services.client_id
      AND o.service_id = client_services.service_id AND o.active AND o.id < client_services.id);
CREATE UNIQUE INDEX client_services_one_active ON client_services (client_id, service_id) WHERE active;
ALTER TABLE visits ADD COLUMN price_minor bigint;
UPDATE visits SET price_minor = (SELECT COALESCE(a.price_minor, s.price_minor) FROM client_services a
    JOIN services s ON s.id = a.service_id WHERE a.id = visits.client_service_id);
CREATE INDEX visits_of_agreement ON visits (client_service_id) WHERE client_service_id IS NOT NULL;
";
