//! What clients see.

pub mod itself;
// pub mod my_requests;
pub mod request;
pub mod schedule;
