//! The calendar file of a visit, for the client whose visit it is: the same UID as in the letters, so that a calendar that
//! knows the visit already updates it.

use app::ask::Viewer;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::Desk;
use desk::my_visits::MyVisit;

use crate::letters::calendar::{Appointment, Somebody};
use crate::letters::{Sender, calendar_file};

/// What the files are made with.
#[derive(Clone, Debug)]
pub struct CalendarFiles {
    /// The desk.
    pub desk: Desk,
    /// Who sends letters: the organizer of a file is the same.
    pub sender: Sender,
}

/// `/visits/{ref}/calendar.ics`.
pub async fn visit_file(
    State(files): State<CalendarFiles>,
    Extension(viewer): Extension<Viewer>,
    Path(reference): Path<String>,
) -> Response {
    let Some(contact) = viewer.who.as_ref().and_then(desk::SignedIn::contact) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match files.desk.my_visit(&contact, &reference).await {
        Ok(Some(visit)) => file(&files.sender, &visit),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(trouble) => {
            let trouble = app::trouble::Trouble::from(trouble);
            (StatusCode::from_u16(trouble.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), "").into_response()
        }
    }
}

fn file(sender: &Sender, visit: &MyVisit) -> Response {
    let page = visit.request.as_ref().map_or("/".to_owned(), |reference| format!("/requests/{reference}"));
    let Ok(url) = sender.url(&page) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let appointment = Appointment {
        uid: visit.uid.clone(),
        sequence: u32::try_from(visit.sequence).unwrap_or_default(),
        stamp: visit.created,
        start: visit.start,
        end: visit.end,
        summary: format!("{} – {}", visit.service_name, visit.business),
        description: [Some(visit.reference.clone()), visit.technician.clone()].into_iter().flatten().collect::<Vec<_>>().join("\n"),
        place: None,
        url,
        organizer: Somebody { name: visit.business.clone(), address: sender.address() },
        attendee: None,
    };
    let name = format!("attachment; filename=\"{}.ics\"", visit.reference);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, calendar_file(&appointment)).into_response()
}
