//! An appointment as a file that its client takes out of the portal (`/requests/{reference}/calendar.ics`). Has the UID and
//! the words of the invitation, so that a calendar that has the one knows the other.

use app::i18n::Locale;
use chrono::{DateTime, Utc};

use super::about_visit::{description, summary};
use super::calendar::{self, Appointment, Method, Somebody};
use super::{Sender, Unbuildable, plain};
use booking::letter::Recipient;

/// What the file says.
#[derive(Clone, Debug)]
pub struct OwnVisit {
    /// UID of the visit, for life.
    pub uid: String,
    /// Its SEQUENCE.
    pub sequence: i32,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Name of the business.
    pub business: String,
    /// Name of the service.
    pub service: String,
    /// Name of the technician, if the client may know it.
    pub technician: Option<String>,
    /// `R-…` or `V-…`, as the client knows it.
    pub reference: String,
    /// The path of its page.
    pub link: String,
    /// Whether it was cancelled: the file then takes it out again.
    pub cancelled: bool,
}

/// The file, to be sent as `text/calendar; charset=utf-8`.
///
/// # Errors
/// A path that is not ours, a negative sequence, an end before the start.
pub fn calendar_file(
    visit: &OwnVisit,
    sender: &Sender,
    locale: Locale,
) -> Result<String, Unbuildable> {
    if visit.start >= visit.end {
        return Err(Unbuildable(
            "the appointment ends before it begins".to_owned(),
        ));
    }
    let url = sender.url(&visit.link)?;
    let method = if visit.cancelled {
        Method::Cancel
    } else {
        Method::Publish
    };
    let (service, business) = (
        plain::line(&visit.service, 200),
        plain::line(&visit.business, 200),
    );
    let technician = visit
        .technician
        .as_deref()
        .map(|name| plain::line(name, 200));
    let appointment = Appointment {
        uid: visit.uid.clone(),
        sequence: u32::try_from(visit.sequence)
            .map_err(|_| Unbuildable("the sequence is negative".to_owned()))?,
        stamp: visit.changed,
        start: visit.start,
        end: visit.end,
        summary: summary(Recipient::Client, &service, &business, locale),
        description: description(technician.as_deref(), Some(&visit.reference), locale, &url),
        place: None,
        url,
        organizer: Somebody {
            name: business,
            address: sender.from.email.clone(),
        },
        attendee: None,
    };
    Ok(calendar::written(&appointment, method))
}
