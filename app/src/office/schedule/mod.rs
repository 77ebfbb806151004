//! The Schedule: day, week, month, list; server-drawn, with the queue at its right.

mod catalogue;
mod facts;
mod list;
mod month;
mod page;
mod plan;
pub mod sight;
mod visit;
mod why;

pub use page::Schedule;
pub use why::Why;
