//! Pictures that the server has drawn anew from what was uploaded: the logo of the business.

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
CREATE TABLE images (
    id text PRIMARY KEY,
    bytes {bytes} NOT NULL,
    created_at {instant} NOT NULL
);
";
