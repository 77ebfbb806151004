//! Services: the list, and the form with everything about one.

mod form;
mod list;
mod page;
mod save;

pub use list::ServicesPage;
pub use page::{NewServicePage, ServicePage};
pub use save::{
    office_create_service, office_edit_service, office_move_service, office_service_active,
};
