//! What staff see. Configuration and records (services, team, resources, clients, tickets, settings) are forms and
//! links drawn on the server: nothing of them is in the bundle.

#[cfg(feature = "ssr")]
pub mod clients;
#[cfg(feature = "ssr")]
mod linked;
#[cfg(feature = "ssr")]
mod paging;
#[cfg(feature = "ssr")]
mod picks;
#[cfg(feature = "ssr")]
pub mod resources;
pub mod schedule;
#[cfg(feature = "ssr")]
mod section;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(feature = "ssr")]
pub mod team;
#[cfg(feature = "ssr")]
pub mod tickets;
#[cfg(feature = "ssr")]
mod typed;
