//! The interactive calendar that portal and office share.

pub mod month;
pub mod slots;
