//! What staff see. Configuration and records (services, team, resources, clients, tickets, settings) are forms and
//! links drawn on the server: nothing of them is in the bundle.

#[cfg(feature = "ssr")]
pub mod changes;
#[cfg(feature = "ssr")]
pub mod clients;
#[cfg(feature = "ssr")]
pub mod day_sheet;
#[cfg(feature = "ssr")]
mod linked;
pub mod live;
#[cfg(feature = "ssr")]
pub mod messages;
#[cfg(feature = "ssr")]
pub mod offers;
#[cfg(feature = "ssr")]
mod paging;
#[cfg(feature = "ssr")]
pub(crate) mod picks;
#[cfg(feature = "ssr")]
pub mod reports;
pub mod requests;
#[cfg(feature = "ssr")]
pub mod resources;
#[cfg(feature = "ssr")]
pub mod schedule;
#[cfg(feature = "ssr")]
pub(crate) mod section;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(feature = "ssr")]
pub mod team;
#[cfg(feature = "ssr")]
pub mod tickets;
#[cfg(feature = "ssr")]
pub(crate) mod typed;
#[cfg(feature = "ssr")]
pub mod visits;
