//! The interactive calendar that portal and office share.

#[cfg(feature = "ssr")]
pub mod agenda;
#[cfg(feature = "office")]
pub mod drag;
#[cfg(feature = "ssr")]
pub mod grid;
pub mod month;
pub mod slots;
