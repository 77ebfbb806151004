//! Pages, islands and server functions; what is compiled for whom.
//!
//! In the browser (feature `hydrate`): islands, the kit they are made of, the texts they use; `portal` and `office` choose
//! whose. On the server (feature `ssr`): all of it, with the pages, their routes and the document around them.
#![recursion_limit = "1024"]
#![allow(
    missing_docs,
    reason = "#[island], #[server] and the texts make items that nobody can document"
)]

pub mod kit;
pub mod trouble;

#[cfg(any(feature = "portal", feature = "office"))]
pub mod calendar;
#[cfg(feature = "office")]
pub mod office;
#[cfg(feature = "portal")]
pub mod portal;

#[cfg(feature = "ssr")]
pub mod ask;
#[cfg(feature = "ssr")]
mod event_words;
#[cfg(feature = "ssr")]
pub mod letter_room;
#[cfg(feature = "ssr")]
pub mod said;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod sign_in;
#[cfg(feature = "ssr")]
pub mod site;

#[allow(clippy::expect_used, reason = "generated")]
mod words {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub use words::i18n;
