//! Resources: rooms, vehicles, equipment, and how many of each.

mod list;
mod page;
mod save;

pub use list::ResourcesPage;
pub use page::{NewResourcePage, ResourcePage};
pub use save::{office_create_resource, office_edit_resource, office_resource_active};
