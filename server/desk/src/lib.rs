//! What the office does. One file is one thing it does; one write is one transaction; nothing goes over the network
//! inside one. Knows no HTML, no HTTP and no language.

pub mod clock;
pub mod desk;
pub mod pass;
#[expect(
    missing_docs,
    reason = "columns are named for what they hold; the migration says the rest"
)]
pub mod table;
pub mod trouble;

pub use crate::clock::Clock;
pub use crate::desk::{Desk, Happened, Work};
pub use crate::pass::{ContactPass, SignedIn, StaffPass};
pub use crate::trouble::{Fault, Refused, Result, Trouble};
