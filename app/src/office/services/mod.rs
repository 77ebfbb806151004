//! Services: the list, and the form with everything about one.

mod form;
mod list;
mod page;
mod questions;
mod save;

pub use list::ServicesPage;
pub use page::{NewServicePage, ServicePage};
pub use questions::{
    office_add_question, office_edit_question, office_order_questions, office_remove_question,
};
pub use save::{
    office_create_service, office_edit_service, office_move_service, office_service_active,
};
