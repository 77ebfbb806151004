//! The queue of requests: seen beside the Schedule and on a page of its own, decided in place.

pub mod ask;
pub mod board;
mod choosing;
mod keys;
pub mod queue;
pub mod shown;

#[cfg(feature = "ssr")]
mod around;
#[cfg(feature = "ssr")]
mod decide;
#[cfg(feature = "ssr")]
mod details;
#[cfg(feature = "ssr")]
mod drawing;
#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(feature = "ssr")]
mod row;
#[cfg(feature = "ssr")]
mod undo;
#[cfg(feature = "ssr")]
mod written;

#[cfg(feature = "ssr")]
pub use page::{Request, Requests, alive, panel};
#[cfg(feature = "ssr")]
pub use written::{Voice, check, earliest, local};
