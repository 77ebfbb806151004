//! The rules of booking, as pure functions and states. No clock, randomness, I/O, async or prose.
