//! The parts of the binary `frontdesk`.

pub mod letters;
pub mod mailer;
