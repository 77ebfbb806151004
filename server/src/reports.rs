//! `/office/reports/{report}.csv?from=…&to=…`: the numbers of a report for a spreadsheet.

use app::ask::Viewer;
use app::office::reports::{file, range};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use booking::refusal::Refusal;
use desk::{Desk, SignedIn};
use serde::Deserialize;

/// The range, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    to: String,
}

/// The file.
pub async fn report_file(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match written(&desk, &viewer, &name, &asked).await {
        Ok(text) => {
            let kind = "text/csv; charset=utf-8".to_owned();
            let name = format!("attachment; filename=\"{name}\"");
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, text).into_response()
        }
        Err(trouble) => {
            let status = app::trouble::Trouble::from(trouble).status();
            StatusCode::from_u16(status)
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}

async fn written(desk: &Desk, viewer: &Viewer, name: &str, asked: &Asked) -> desk::Result<String> {
    let staff = viewer.who.as_ref().and_then(SignedIn::staff);
    let staff = staff.ok_or(Refusal::NotFound)?;
    let report = name.strip_suffix(".csv").ok_or(Refusal::NotFound)?;
    let range = range(&asked.from, &asked.to)?;
    let found = desk.reports(&staff, range).await?;
    Ok(file(report, &found, viewer.locale).ok_or(Refusal::NotFound)?)
}
