//! What clients see.

pub mod account;
#[cfg(feature = "ssr")]
pub mod devices;
#[cfg(feature = "ssr")]
mod feeds;
#[cfg(feature = "ssr")]
pub mod itself;
pub mod make_changes;
#[cfg(feature = "ssr")]
pub mod messages;
pub mod my_requests;
#[cfg(feature = "ssr")]
pub mod my_services;
#[cfg(feature = "ssr")]
pub mod notice_words;
pub mod notices;
#[cfg(feature = "ssr")]
pub mod offers;
pub mod request;
pub mod schedule;
#[cfg(feature = "ssr")]
pub mod visit;
#[cfg(feature = "ssr")]
pub mod waiting;
