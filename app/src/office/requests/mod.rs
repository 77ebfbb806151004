//! The queue of requests: seen beside the Schedule and on a page of its own, decided in place.

pub mod ask;
pub mod board;
mod decide;
mod details;
mod keys;
pub mod queue;
mod row;
pub mod shown;

#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(feature = "ssr")]
mod written;

#[cfg(feature = "ssr")]
pub use page::{Request, Requests, alive, panel};
#[cfg(feature = "ssr")]
pub use written::Voice;
