//! The parts of the binary `frontdesk`: what it listens to, who may pass, what it serves, what it sends. What the office
//! does is in the crate `desk`, what people see in the crate `app`.

pub mod assets;
pub mod calendar_file;
pub mod client_files;
pub mod config;
pub mod events;
pub mod feed;
pub mod flood;
pub mod forms;
pub mod gate;
pub mod headers;
pub mod installable;
pub mod letters;
pub mod mailer;
pub mod photos;
pub mod picture;
pub mod postman;
pub mod push;
pub mod reports;
pub mod serve;
pub mod session;
pub mod site;
pub mod start;
pub mod waiting;
