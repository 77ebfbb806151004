//! Clients as files: taken in to be looked at before they are imported, and given away as a spreadsheet or for a
//! program. The desk says who may; here is only how the files travel.

use app::ask::Viewer;
use app::office::clients::{problem_words, refused_header};
use axum::extract::{Extension, Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::client_export::as_csv;
use desk::client_import::{FileProblem, Kept, SentFile};
use desk::clients::{ClientSearch, Standing};
use desk::{Desk, StaffPass, Trouble, csv_file};
use serde::Deserialize;
use uuid::Uuid;

/// What an upload may weigh, the form around it and a pasted text included.
pub const LARGEST: usize = desk::client_import::LARGEST + 64 * 1024;

/// The page that the form stands on.
const PAGE: &str = "/office/clients/import";

/// `POST /office/clients/import/file`: keeps what was sent and leads to its preview, or back with the reason.
pub async fn take_clients(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    form: Multipart,
) -> Response {
    let Some(who) = staff(&viewer) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let file = match read(form).await {
        Ok(file) => file,
        Err(problem) => return refused(problem),
    };
    match desk.keep_client_file(&who, file).await {
        Ok(Kept::Waiting(id)) => Redirect::to(&format!("{PAGE}/{id}")).into_response(),
        Ok(Kept::Unreadable(problem)) => refused(problem),
        Err(trouble) => failed(trouble),
    }
}

/// A file goes before a text that was pasted.
async fn read(mut form: Multipart) -> Result<SentFile, FileProblem> {
    let (mut file, mut pasted) = (None, Vec::new());
    // A body that is too large or broken ends here.
    while let Some(part) = form.next_field().await.map_err(|_| FileProblem::TooLarge)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        let field = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| FileProblem::TooLarge)?;
        match field.as_str() {
            "file" if !bytes.is_empty() => {
                file = Some(SentFile {
                    name,
                    bytes: bytes.to_vec(),
                });
            }
            "pasted" => pasted = bytes.to_vec(),
            _ => {}
        }
    }
    Ok(file.unwrap_or(SentFile {
        name: String::new(),
        bytes: pasted,
    }))
}

fn refused(problem: FileProblem) -> Response {
    Redirect::to(&format!("{PAGE}?why={}", problem.code())).into_response()
}

/// `GET /office/clients/import/{id}/refused.csv`: the refused lines as they came, with their numbers and reasons in the
/// reader's language.
pub async fn refused_lines(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Response {
    let (Some(who), Ok(id)) = (staff(&viewer), id.parse::<Uuid>()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let refusals = match desk.refused_lines(&who, id).await {
        Ok(Some(refusals)) => refusals,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(trouble) => return failed(trouble),
    };
    let width = refusals.header.len();
    let more = refused_header(viewer.locale).map(str::to_owned);
    let header = more.into_iter().chain(refusals.header).collect();
    let lines = refusals.lines.into_iter().map(|line| {
        let reason = problem_words(line.problem, viewer.locale);
        // What was guarded when it came would be guarded twice.
        let cells = line.cells.iter().map(|cell| csv_file::unguarded(cell));
        let mut all = vec![line.number.to_string(), reason];
        all.extend(cells.map(str::to_owned));
        all.resize(all.len().max(width + 2), String::new());
        all
    });
    match csv_file::written(std::iter::once(header).chain(lines)) {
        Ok(bytes) => attachment("text/csv; charset=utf-8", "refused-lines.csv", bytes),
        Err(trouble) => failed(trouble),
    }
}

/// What the list shows, by its address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    text: String,
    which: String,
}

impl From<Asked> for ClientSearch {
    fn from(asked: Asked) -> Self {
        Self {
            text: asked.text,
            standing: match asked.which.as_str() {
                "former" => Standing::Former,
                "all" => Standing::All,
                _ => Standing::Active,
            },
            page: 1,
        }
    }
}

/// `GET /office/clients/export.csv`.
pub async fn csv_of_clients(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(who) = staff(&viewer) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = desk.export_clients(&who, &asked.into()).await;
    match found.and_then(|clients| as_csv(&clients)) {
        Ok(bytes) => attachment("text/csv; charset=utf-8", &named(&desk, "csv"), bytes),
        Err(trouble) => failed(trouble),
    }
}

/// `GET /office/clients/export.json`.
pub async fn json_of_clients(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(who) = staff(&viewer) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = match desk.export_clients(&who, &asked.into()).await {
        Ok(found) => found,
        Err(trouble) => return failed(trouble),
    };
    match serde_json::to_vec_pretty(&found) {
        Ok(bytes) => attachment("application/json", &named(&desk, "json"), bytes),
        Err(error) => {
            app::trouble::incident(&error);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn staff(viewer: &Viewer) -> Option<StaffPass> {
    viewer.who.as_ref().and_then(desk::SignedIn::staff)
}

fn named(desk: &Desk, kind: &str) -> String {
    format!("clients-{}.{kind}", desk.now().format("%Y-%m-%d"))
}

fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

fn failed(trouble: Trouble) -> Response {
    let trouble = app::trouble::Trouble::from(trouble);
    let status = StatusCode::from_u16(trouble.status());
    status
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        .into_response()
}
