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

pub(in crate::office) use facts::{visit as visit_facts, visit_status};
pub use page::Schedule;
pub(in crate::office) use visit::rows as visit_rows;
pub use why::Why;
