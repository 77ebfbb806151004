//! What staff offer a client — other times, a quote — and the client's answer: on the page of the request, and behind the
//! link of the letter. Forms only; opening a page changes nothing.

mod answer;
mod card;
mod linked;
mod paper;

pub use card::{event, open, said};
pub use linked::linked;
pub use paper::MyQuotePage;
