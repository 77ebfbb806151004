//! Appointments in staff's hands: one with its history, the form for a new or a changed one, cancelling, blocked time, and a
//! technician's own day. Forms and links drawn on the server; a little script checks while one types.

mod block;
mod cancel;
mod check;
mod choose;
mod day;
mod edit;
mod form;
mod history;
mod new;
mod page;
mod save;
mod status;
mod typed;

pub use block::{BlockPage, OfficeBlockTime, OfficeFreeTime};
pub use cancel::{CancelVisitPage, OfficeCancelVisit};
pub use day::MyDayPage;
pub use edit::EditVisitPage;
pub use new::NewVisitPage;
pub use page::VisitPage;
pub use save::{OfficeChangeVisit, OfficeCreateVisit};
pub use status::{OfficeNoteVisit, OfficeStepVisit};
