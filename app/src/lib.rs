//! Pages, islands and server functions; what is compiled for whom.
//!
//! In the browser (feature `hydrate`): islands and the kit they are made of; `portal` and `office` choose whose. Texts never:
//! the server writes them out, so that a bundle weighs the same in every language. On the server (feature `ssr`): all of it, with the pages, their routes and the document around them.
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
mod quote_sheet;

#[cfg(feature = "ssr")]
mod answer_words;
#[cfg(feature = "ssr")]
pub mod ask;
#[cfg(feature = "ssr")]
mod conversation;
#[cfg(feature = "ssr")]
mod event_words;
#[cfg(feature = "ssr")]
pub mod language;
#[cfg(feature = "ssr")]
pub mod letter_room;
#[cfg(feature = "ssr")]
pub mod offline;
#[cfg(feature = "ssr")]
mod photos;
#[cfg(feature = "ssr")]
pub mod said;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod sign_in;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(all(test, feature = "ssr"))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod texts;

#[cfg(feature = "ssr")]
// Counted texts are ranges of numbers: the library would rather have plurals, whose Unicode data (ICU 2.2) cannot be had
// beside the ICU that addresses need.
#[allow(clippy::expect_used, deprecated, reason = "generated")]
mod words {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

#[cfg(feature = "ssr")]
pub use words::i18n;
