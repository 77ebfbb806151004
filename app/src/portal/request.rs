//! The wizard: what, when, details, check and send. Each step is an address with the choices in its query.

#[cfg(feature = "ssr")]
pub mod check;
#[cfg(feature = "ssr")]
pub mod choices;
pub mod choose;
#[cfg(feature = "ssr")]
pub mod details;
#[cfg(feature = "ssr")]
pub mod in_words;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
pub mod photos;
#[cfg(feature = "ssr")]
pub mod questions;
#[cfg(feature = "ssr")]
pub mod services;
pub mod submit;
pub mod times;
#[cfg(feature = "ssr")]
pub mod when;
pub mod window;
