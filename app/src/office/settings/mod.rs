//! Settings: each section is saved by itself and says what it changes.

mod approval;
mod business;
mod notifications;
mod people;
mod portal;
mod retention;
mod sign_in;
mod tabs;
mod template;
mod templates;

pub use approval::{ApprovalPage, office_change_approval};
pub use business::{BusinessPage, office_change_business};
pub use notifications::{NotificationsPage, office_change_notifications};
pub use people::{
    PeoplePage, office_change_roles, office_enable_staff, office_invite_staff, office_resend_staff,
};
pub use portal::{PortalPage, office_change_portal};
pub use retention::{RetentionPage, office_change_retention};
pub use sign_in::{SignInPage, office_change_sign_in};
pub use template::{TemplatePage, office_reset_template, office_save_template, office_test_letter};
pub use templates::TemplatesPage;
