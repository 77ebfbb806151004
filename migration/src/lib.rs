//! The database, one step a file, the same on SQLite and PostgreSQL. A step that has been released is never edited.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, TransactionTrait};

mod m0001_people;
mod m0002_catalogue;
mod m0003_clients;
mod m0004_bookings;
mod m0005_letters;
mod m0006_images;
mod m0007_appointments;
mod m0008_clients;
mod m0009_notifications;
mod m0010_feeds;
mod m0011_kinds;
mod m0012_photos;
mod m0013_questions;
mod m0014_offers;
mod m0015_changes;
mod m0016_messages;
mod m0017_waiting_list;
mod m0018_push;
mod m0019_time_blocks;
mod m0020_series_request;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_catalogue::Migration),
            Box::new(m0003_clients::Migration),
            Box::new(m0004_bookings::Migration),
            Box::new(m0005_letters::Migration),
            Box::new(m0006_images::Migration),
            Box::new(m0007_appointments::Migration),
            Box::new(m0008_clients::Migration),
            Box::new(m0009_notifications::Migration),
            Box::new(m0010_feeds::Migration),
            Box::new(m0011_kinds::Migration),
            Box::new(m0012_photos::Migration),
            Box::new(m0013_questions::Migration),
            Box::new(m0014_offers::Migration),
            Box::new(m0015_changes::Migration),
            Box::new(m0016_messages::Migration),
            Box::new(m0017_waiting_list::Migration),
            Box::new(m0018_push::Migration),
            Box::new(m0019_time_blocks::Migration),
            Box::new(m0020_series_request::Migration),
        ]
    }
}

/// Brings the database up to date. Several servers may start together: on PostgreSQL they queue behind one advisory
/// lock, held by one transaction around all steps; on SQLite there is one writer anyway.
///
/// # Errors
/// The database's error of the step that failed; nothing of that run is kept on PostgreSQL.
pub async fn up(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Migrator::up(db, None).await;
    }
    let one = db.begin().await?;
    one.execute_unprepared("SELECT pg_advisory_xact_lock(7318402)")
        .await?;
    Migrator::up(&one, None).await?;
    one.commit().await
}

/// Runs `text`, in which the type words `{uuid}`, `{instant}`, `{json}` and `{bytes}` stand for each database's own.
async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let words = match manager.get_database_backend() {
        DbBackend::Postgres => [
            ("{uuid}", "uuid"),
            ("{instant}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{bytes}", "bytea"),
        ],
        _ => [
            ("{uuid}", "blob"),
            ("{instant}", "datetime"),
            ("{json}", "text"),
            ("{bytes}", "blob"),
        ],
    };
    let mut sql = text.to_owned();
    for (word, its) in words {
        sql = sql.replace(word, its);
    }
    manager
        .get_connection()
        .execute_unprepared(&sql)
        .await
        .map(|_| ())
}

/// What only one of the two databases is told.
async fn run_on(manager: &SchemaManager<'_>, backend: DbBackend, text: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == backend {
        run(manager, text).await
    } else {
        Ok(())
    }
}
