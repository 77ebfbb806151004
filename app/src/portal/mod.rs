//! What clients see.

pub mod schedule;
