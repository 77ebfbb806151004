//! The parts of the binary `frontdesk`.

pub mod mailer;
