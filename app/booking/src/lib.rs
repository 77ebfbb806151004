//! The rules of booking, as pure functions and states: slots, lives, recurrence, words that are checked.
//! No clock, randomness, I/O, async or prose: `now` is an argument and a refusal is a code.

pub mod block;
pub mod change;
pub mod clash;
pub mod hours;
pub mod ids;
pub mod letter;
pub mod message;
pub mod offer;
pub mod people;
pub mod policy;
pub mod question;
pub mod recurrence;
pub mod refusal;
pub mod report;
pub mod request;
pub mod resource;
pub mod service;
pub mod slots;
pub mod span;
pub mod template;
pub mod visit;
pub mod waiting;
pub mod zone;
