//! The site in process, without a socket: who may call what, forms without scripts, headers.

#![expect(clippy::unwrap_used, reason = "tests")]

mod client_files;
mod doors;
mod feeds;
mod forms;
mod house;
mod logo;
mod who_may;
