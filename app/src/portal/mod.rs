//! What clients see.

pub mod account;
#[cfg(feature = "ssr")]
mod feeds;
#[cfg(feature = "ssr")]
pub mod itself;
pub mod my_requests;
#[cfg(feature = "ssr")]
mod notice_words;
pub mod notices;
pub mod request;
pub mod schedule;
#[cfg(feature = "ssr")]
pub mod visit;
