//! What clients ask for against visits, as staff see it: rows above the queue, a page for each, the decision, and fees.

mod decide;
mod fee;
mod list;
mod page;

pub use decide::{office_approve_change, office_decline_change};
pub use fee::{office_waive_fee, row as fee_row};
pub use list::{count, rows, waiting};
pub use page::draw;
