//! The parts of the binary `frontdesk`: what it listens to, who may pass, what it serves, what it sends. What the office
//! does is in the crate `desk`, what people see in the crate `app`.

pub mod config;
pub mod gate;
pub mod letters;
pub mod mailer;
pub mod postman;
pub mod serve;
pub mod session;
pub mod site;
