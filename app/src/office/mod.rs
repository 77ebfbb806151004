//! What staff see.

pub mod schedule;
