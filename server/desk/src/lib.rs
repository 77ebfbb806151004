//! What the office does. One file is one thing it does; one write is one transaction; nothing goes over the network
//! inside one. Knows no HTML, no HTTP and no language.

pub mod account;
mod announce;
pub mod approve_request;
pub mod business;
pub mod change_request;
pub mod check;
pub mod clash_check;
pub mod client_appointments;
pub mod clients;
pub mod clock;
pub mod closures;
pub mod command_line;
mod creating;
pub mod day_sheet;
pub mod decline_request;
pub mod desk;
pub mod edit_request;
pub mod expire_requests;
pub mod feed;
pub mod feeds;
pub mod forget;
pub mod free_slots;
mod history;
mod hold;
pub mod hours;
pub mod invitation;
mod key;
pub mod link;
pub mod locality;
mod lock;
pub mod logo;
pub mod magic_link;
pub mod my_requests;
pub mod my_visits;
pub mod notices;
mod once;
pub mod outbox;
pub mod pass;
pub mod password;
pub mod queue;
mod reference;
pub mod reports;
pub mod request_details;
pub mod request_history;
pub mod reset_password;
pub mod resources;
pub mod schedule;
pub mod seed_demo;
pub mod services;
pub mod session;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod staff;
pub mod subjects;
pub mod submit_request;
#[expect(
    missing_docs,
    reason = "columns are named for what they hold; the migration says the rest"
)]
pub mod table;
pub mod team;
mod ticket;
pub mod tickets;
mod token;
mod tries;
pub mod trouble;
mod typed;
pub mod visit_details;
pub mod withdraw_request;

pub use crate::clock::Clock;
pub use crate::desk::{Desk, Happened, Work};
pub use crate::pass::{ContactPass, SignedIn, StaffPass};
pub use crate::session::Session;
pub use crate::trouble::{Fault, Refused, Result, Trouble};
