//! The rules of booking, as pure functions and states: slots, lives, recurrence, words that are checked.
//! No clock, randomness, I/O, async or prose: `now` is an argument and a refusal is a code.

pub mod ids;
pub mod refusal;
