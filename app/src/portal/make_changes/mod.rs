//! What clients do about visits that are booked: cancel them, one or several, or ask for changes. Pages and plain forms; what
//! the business allows is asked of the desk.

#[cfg(feature = "ssr")]
mod blocks;
pub mod cancel;
pub mod change;
#[cfg(feature = "ssr")]
pub mod shown;
#[cfg(feature = "ssr")]
pub mod ways;
