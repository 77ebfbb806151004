//! Time blocks of the business, and changes that ask for one of them instead of an exact time.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, COLUMNS).await
    }
}

// With a length, `starts_at` and `ends_at` are the block in which a visit that long is wanted.
const COLUMNS: &str = r"
ALTER TABLE business ADD COLUMN time_blocks text NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN block_length_min integer;
";
