//! The team: who can be booked, when they work, when they do not; and the days on which the business is closed.

mod away;
mod closures;
mod hours;
mod list;
mod profile;
mod technician;

pub use away::{
    office_add_exception, office_add_time_off, office_remove_exception, office_remove_time_off,
};
pub use closures::{ClosuresPage, office_add_closure, office_remove_closure};
pub use hours::office_replace_week;
pub use list::TeamPage;
pub use profile::{office_change_technician, office_set_approvers};
pub use technician::TechnicianPage;
