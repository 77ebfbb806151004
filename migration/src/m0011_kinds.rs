//! What is asked for besides an exact slot: a window of dates with a part of the day, a rule that repeats. How clients ask
//! for a service.

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
ALTER TABLE requests ADD COLUMN day_part text;
ALTER TABLE requests ADD COLUMN rule {json};
ALTER TABLE requests ADD COLUMN series_id {uuid};
ALTER TABLE services ADD COLUMN asked_by text NOT NULL DEFAULT 'either';
ALTER TABLE services ADD COLUMN recurring boolean NOT NULL DEFAULT TRUE;
";
