//! Which request a series came of: what was asked there holds for all its visits, also for those that moved into a series of
//! their own.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, COLUMN).await?;
        super::run(manager, FILLED).await
    }
}

const COLUMN: &str = r"
ALTER TABLE series ADD COLUMN request_id {uuid} REFERENCES requests (id);
CREATE INDEX series_of_request ON series (request_id) WHERE request_id IS NOT NULL;
";

// A series that moved away before there was this column is found by the visits that point into it.
const FILLED: &str = r"
WITH RECURSIVE came (series_id, request_id) AS (
    SELECT series_id, id FROM requests WHERE series_id IS NOT NULL
    UNION
    SELECT n.series_id, came.request_id FROM came
        JOIN visits o ON o.series_id = came.series_id
        JOIN visits n ON n.id = o.replaced_by
        WHERE n.series_id IS NOT NULL
)
UPDATE series SET request_id = (SELECT came.request_id FROM came WHERE came.series_id = series.id LIMIT 1);
";
