//! What the desk does, on SQLite always and on PostgreSQL when `FRONTDESK_TEST_POSTGRES` names a server
//! (`postgres://postgres@localhost:5432/postgres`). Each test has a database of its own, copied from a migrated one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on stops"
)]
#![allow(missing_docs, reason = "tests")]

#[macro_use]
mod ground;

mod account;
mod calendar;
mod changes;
mod changes_of_several;
mod client_import;
mod client_services;
mod clients;
mod day_sheet;
mod feeds;
mod hours;
mod links;
mod lives;
mod main_job;
mod merge;
mod messages;
mod notifications;
mod offers;
mod photos;
mod push;
mod questions;
mod queue;
mod races;
mod reports;
mod retention;
mod seed_demo;
mod series;
mod services;
mod set_up;
mod settings;
mod sign_in;
mod staff;
mod tickets;
mod told;
mod town;
mod visit_races;
mod visits;
mod waiting;
mod windows;
