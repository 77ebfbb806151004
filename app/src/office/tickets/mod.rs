//! Tickets: support cases, and what is linked to them.

mod list;
mod page;

pub use list::TicketsPage;
pub use page::{NewTicketPage, TicketPage, office_create_ticket, office_ticket_open};
