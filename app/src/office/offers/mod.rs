//! Answering a request with an offer: other times, or a quote. Plain pages and forms, drawn on the server.

mod fields;
mod paper;
mod quote;
mod send;
mod shown;
mod times;
mod typed;

pub use paper::OfficeQuotePage;
pub use quote::QuotePage;
pub use shown::{behind, links, list, step};
pub use times::TimesPage;
