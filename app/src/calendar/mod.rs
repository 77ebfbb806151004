//! The interactive calendar that portal and office share.

pub mod month;
pub mod slots;
#[cfg(feature = "ssr")]
pub mod agenda;
#[cfg(feature = "ssr")]
pub mod grid;
