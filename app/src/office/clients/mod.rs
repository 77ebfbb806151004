//! Clients: the list, the page of one, merging two, and many at once from a file.

mod appointments;
mod contacts;
mod everybody;
mod form;
mod import;
mod list;
mod merge;
mod notifications;
mod page;
mod services;
mod subjects;

pub use contacts::{
    office_contact_active, office_contact_main, office_contact_sight, office_invite_contact,
    office_resend_contact,
};
pub use everybody::everybody;
pub use form::{office_client_active, office_create_client, office_edit_client};
pub use import::{
    ImportFilePage, ImportPage, office_import_clients, problem_words, refused_header,
};
pub use list::ClientsPage;
pub use merge::{MergePage, MergeSearchPage, office_merge_clients};
pub use notifications::office_client_mail;
pub use page::{ClientPage, NewClientPage};
pub use services::{
    office_add_client_service, office_change_client_price, office_end_client_service,
    office_resume_client_service,
};
pub use subjects::{office_create_subject, office_edit_subject};
