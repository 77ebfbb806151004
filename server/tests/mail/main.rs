//! Mail: the SMTP client against a scripted server, every letter read back by independent parsers, the worker against
//! a real outbox.

#![expect(clippy::unwrap_used, reason = "tests")]

mod fake_server;
mod ground;
mod letters;
mod smtp;
mod templates;
mod worker;
