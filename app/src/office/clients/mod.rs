//! Clients: the list, and the page of one.

mod contacts;
mod everybody;
mod form;
mod list;
mod notifications;
mod page;
mod subjects;

pub use contacts::{office_contact_active, office_invite_contact, office_resend_contact};
pub use everybody::everybody;
pub use form::{office_client_active, office_create_client, office_edit_client};
pub use list::ClientsPage;
pub use notifications::office_client_mail;
pub use page::{ClientPage, NewClientPage};
pub use subjects::{office_create_subject, office_edit_subject};
