//! The calendar file of a visit, for the client whose visit it is: the same UID as in the letters, so that a calendar that
//! knows the visit already updates it.

use app::ask::Viewer;
use app::i18n::Locale;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use booking::visit::VisitStatus;
use desk::Desk;
use desk::my_visits::MyVisit;

use crate::letters::{OwnVisit, Sender, calendar_file};

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
        Ok(Some(visit)) => file(&files.sender, &visit, viewer.locale),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(trouble) => {
            let trouble = app::trouble::Trouble::from(trouble);
            (
                StatusCode::from_u16(trouble.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                "",
            )
                .into_response()
        }
    }
}

fn file(sender: &Sender, visit: &MyVisit, locale: Locale) -> Response {
    let link = visit
        .request
        .as_ref()
        .map_or("/".to_owned(), |reference| format!("/requests/{reference}"));
    let own = OwnVisit {
        uid: visit.uid.clone(),
        sequence: visit.sequence,
        changed: visit.created,
        start: visit.start,
        end: visit.end,
        business: visit.business.clone(),
        service: visit.service_name.clone(),
        technician: visit.technician.clone(),
        reference: visit.reference.clone(),
        link,
        cancelled: visit.status == VisitStatus::Cancelled,
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/calendar; charset=utf-8".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.ics\"", visit.reference),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    match calendar_file(&own, sender, locale) {
        Ok(text) => (headers, text).into_response(),
        Err(unbuildable) => {
            app::trouble::incident(&unbuildable);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
