//! What letters look like: words, times, sheet, calendar part, message. Renders when a letter is sent, in the language and
//! zone of whom it is sent to; asks nobody anything and sends nothing.

pub mod calendar;
pub mod layout;
pub mod mime;
pub mod plain;
pub mod when;
pub mod words;

/// Why a letter can never be sent as it stands: a fact is missing, an address is none. Dead at once, never a loop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be built: {0}")]
pub struct Unbuildable(pub String);
