//! The site in process, without a socket: who may call what, forms without scripts, headers.

#![expect(clippy::unwrap_used, reason = "tests")]

mod client_files;
mod doors;
mod feeds;
mod forms;
mod house;
mod installable;
mod languages;
mod logo;
mod photos;
mod push;
mod who_may;
