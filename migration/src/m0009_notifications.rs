//! What the business and its clients want to be told, reminders that were sent, letters in the owner's own words, and
//! decisions that can still be taken back.

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

// `taken_away`: the ticks of the table of spec §6 that are off, as `event/recipient/channel`.
// `clients.muted`: events a client gets no mail about; `visit.reminder` among them: no reminders at all.
// `reminders_sent.person_id`: whom it went to; the client itself, where nobody signs in for it.
// `reminders_sent.slot`: 1 the first lead, 2 the second; a visit that moves has another start, and is reminded of again.
// `notices.visible_at`: nobody sees it before; nothing: from the beginning.
const TABLES: &str = r"
CREATE TABLE notification_settings (
    id integer PRIMARY KEY CHECK (id = 1),
    taken_away {json} NOT NULL,
    first_reminder_min integer NOT NULL,
    second_reminder_min integer NOT NULL,
    version integer NOT NULL
);
INSERT INTO notification_settings (id, taken_away, first_reminder_min, second_reminder_min, version)
    VALUES (1, '[]', 1440, 120, 1);
ALTER TABLE clients ADD COLUMN muted {json} NOT NULL DEFAULT '[]';
ALTER TABLE notices ADD COLUMN visible_at {instant};
CREATE TABLE reminders_sent (
    visit_id {uuid} NOT NULL REFERENCES visits (id),
    slot integer NOT NULL,
    person_id {uuid} NOT NULL,
    starts_at {instant} NOT NULL,
    letter_id {uuid},
    sent_at {instant} NOT NULL,
    PRIMARY KEY (visit_id, slot, person_id, starts_at)
);
CREATE INDEX reminders_by_letter ON reminders_sent (letter_id) WHERE letter_id IS NOT NULL;
CREATE TABLE letter_templates (
    event text NOT NULL,
    recipient text NOT NULL,
    moved boolean NOT NULL,
    locale text NOT NULL,
    subject text NOT NULL,
    heading text NOT NULL,
    body text NOT NULL,
    closing text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (event, recipient, moved, locale)
);
CREATE TABLE undo_windows (
    request_id {uuid} PRIMARY KEY REFERENCES requests (id),
    person_id {uuid} NOT NULL REFERENCES people (id),
    event text NOT NULL,
    since {instant} NOT NULL,
    until {instant} NOT NULL
);
";
