//! Clients that were merged, what a contact may see, files of clients that wait to be imported, and how long
//! appointments are kept.

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

// A telephone is compared by its last nine digits, so that +34 600 555 003 and 600555003 are one.
const TABLES: &str = r"
ALTER TABLE clients ADD COLUMN merged_into {uuid} REFERENCES clients (id);
ALTER TABLE clients ADD COLUMN phone_key text;
UPDATE clients SET phone_key = replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '+', ''), '(', ''), ')', ''), '-', ''), '.', ''), '/', ''), 'x', '') WHERE phone IS NOT NULL;
UPDATE clients SET phone_key = substr(phone_key, length(phone_key) - 8) WHERE length(phone_key) > 9;
CREATE INDEX clients_in_order ON clients (active, name, id);
CREATE INDEX clients_by_email ON clients (lower(email));
CREATE INDEX clients_by_phone ON clients (phone_key);
CREATE INDEX clients_merged ON clients (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE contacts ADD COLUMN own_only boolean NOT NULL DEFAULT false;
ALTER TABLE contacts ADD COLUMN main boolean NOT NULL DEFAULT false;
UPDATE contacts SET main = true WHERE active AND NOT EXISTS (
    SELECT 1 FROM contacts o WHERE o.client_id = contacts.client_id AND o.active AND o.person_id < contacts.person_id);
CREATE UNIQUE INDEX contacts_one_main ON contacts (client_id) WHERE main;
CREATE TABLE client_imports (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL REFERENCES people (id),
    name text NOT NULL,
    text text NOT NULL,
    report {json},
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    done_at {instant}
);
CREATE INDEX client_imports_over ON client_imports (expires_at);
ALTER TABLE business ADD COLUMN retention_days integer;
ALTER TABLE visits ADD COLUMN anonymised_at {instant};
ALTER TABLE requests ADD COLUMN anonymised_at {instant};
CREATE INDEX visits_to_anonymise ON visits (ends_at) WHERE anonymised_at IS NULL;
";
