//! The rules of booking, as pure functions and states: slots, lives, recurrence, words that are checked.
//! No clock, randomness, I/O, async or prose: `now` is an argument and a refusal is a code.

pub mod change;
pub mod clash;
pub mod hours;
pub mod ids;
pub mod letter;
pub mod people;
pub mod policy;
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
pub mod zone;
