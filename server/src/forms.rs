//! Forms without scripts. A plain post to a server function answers with a redirect; refused or failed, with the form's own
//! page, drawn again with what was typed and why not. Where even that page cannot be drawn — the database is away — a page
//! of its own keeps what was typed. Posts by scripts pass through and get the status their error means.

use app::ask::Viewer;
use app::kit::posted::{PAGE, Posted};
use app::sign_in::password::CLEAR_SITE_DATA;
use app::trouble::Trouble;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use booking::refusal::Refusal;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use leptos::server_fn::error::FromServerFnError;
use tower::ServiceExt;

use crate::gate::wished;

/// The largest form.
pub const LARGEST: usize = 64 * 1024;

/// The header by which server functions mark an error.
pub const ERROR_MARK: &str = "serverfnerror";

/// Draws the page that keeps what was typed, when the form's own page cannot be drawn.
#[derive(Clone, Debug)]
pub struct Keeper(pub axum::Router);

impl Keeper {
    /// Draws it; what was typed is in the request's extensions.
    pub async fn draw(&self, request: Request) -> Response {
        match self.0.clone().oneshot(request).await {
            Ok(drawn) => drawn,
            Err(never) => match never {},
        }
    }
}

/// The layer in front of `/do/…`.
pub async fn forms(State(keeper): State<Keeper>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.uri().path().starts_with("/do/") {
        return next.run(request).await;
    }
    if !accepts_pages(request.headers()) {
        return meant(next.run(request).await).await;
    }
    let (mut head, body) = request.into_parts();
    let bytes = match whole(body).await {
        Ok(bytes) => bytes,
        Err(status) => return status.into_response(),
    };
    let fields = fields(&head.headers, &bytes);
    let page = page_of(&head.headers, &fields);
    let action = head.uri.path().to_owned();
    let asked = head.headers.clone();
    // Without this the server function would answer a browser by itself, and lose what was typed.
    head.headers
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let answer = next
        .clone()
        .run(Request::from_parts(head, Body::from(bytes)))
        .await;
    match trouble_of(answer).await {
        Ok(answer) => onward(&answer, &page),
        Err(trouble) => {
            let posted = Posted {
                action,
                page,
                fields: shown(fields),
                trouble,
            };
            again(&keeper, &asked, posted, next).await
        }
    }
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// A body to its end, or why not: too large, or it never came.
async fn whole(body: Body) -> Result<Bytes, StatusCode> {
    match Limited::new(body, LARGEST).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if is_too_large(error.as_ref()) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.is::<LengthLimitError>())
}

fn fields(headers: &HeaderMap, bytes: &[u8]) -> Vec<(String, String)> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Vec::new();
    }
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// What may be drawn again: never a password.
fn shown(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields
        .into_iter()
        .filter(|(name, _)| !name.contains("password") && name != PAGE)
        .collect()
}

/// The page the form stands on: what the form says (a page drawn again has the wrong address), or the referring page.
fn page_of(headers: &HeaderMap, fields: &[(String, String)]) -> String {
    let said = fields
        .iter()
        .find(|(name, _)| name == PAGE)
        .map(|(_, value)| value.clone());
    let referring = || {
        let referer: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
        let host = headers.get(header::HOST)?.to_str().ok()?;
        (referer.authority()?.as_str() == host)
            .then(|| referer.path_and_query().map(ToString::to_string))?
    };
    said.or_else(referring)
        .filter(|page| app::ask::is_local(page) && !page.starts_with("/do/"))
        .unwrap_or_else(|| "/".to_owned())
}

/// The error that an answer carries, if it carries one; otherwise the answer.
async fn trouble_of(answer: Response) -> Result<Response, Trouble> {
    if let Some(trouble) = answer.extensions().get::<Trouble>() {
        return Err(trouble.clone());
    }
    let status = answer.status();
    if answer.headers().contains_key(ERROR_MARK) {
        let bytes = whole(answer.into_body()).await.unwrap_or_default();
        return Err(readable(Trouble::de(bytes)));
    }
    match status {
        _ if status.is_success() || status.is_redirection() => Ok(answer),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Err(Refusal::Busy.into()),
        _ if status.is_client_error() => Err(Trouble::Malformed),
        _ => Err(Trouble::Fault {
            incident: app::trouble::incident(&format!("a form was answered {status}")),
        }),
    }
}

/// The redirect after a form that worked: where the function led, or back to the page.
fn onward(answer: &Response, page: &str) -> Response {
    let led = answer
        .headers()
        .get(header::LOCATION)
        .and_then(|place| place.to_str().ok());
    let mut redirect = Redirect::to(
        led.filter(|place| app::ask::is_local(place))
            .unwrap_or(page),
    )
    .into_response();
    for name in [header::SET_COOKIE, CLEAR_SITE_DATA] {
        for value in answer.headers().get_all(&name) {
            redirect.headers_mut().append(name.clone(), value.clone());
        }
    }
    redirect
}

/// The form's own page once more, or the page that keeps what was typed.
async fn again(keeper: &Keeper, asked: &HeaderMap, posted: Posted, next: Next) -> Response {
    let status =
        StatusCode::from_u16(posted.trouble.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let mut drawn = next.run(get(&posted.page, asked, posted.clone())).await;
    if drawn.status() != StatusCode::OK {
        let mut request = get("/", asked, posted);
        let locale = wished(asked).unwrap_or_default();
        request.extensions_mut().insert(Viewer {
            locale,
            ..Viewer::default()
        });
        drawn = keeper.draw(request).await;
    }
    *drawn.status_mut() = status;
    drawn
}

/// A request for a page, as the browser would make it.
fn get(page: &str, asked: &HeaderMap, posted: Posted) -> Request {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = page.parse().unwrap_or_else(|_| Uri::from_static("/"));
    for name in [
        header::COOKIE,
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::HOST,
        header::USER_AGENT,
    ] {
        if let Some(value) = asked.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    request.extensions_mut().insert(posted);
    request
}

/// Gives an error that a script gets the status that it means: server functions say 500 to everything.
async fn meant(answer: Response) -> Response {
    if !answer.headers().contains_key(ERROR_MARK) {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let bytes = whole(body).await.unwrap_or_default();
    let trouble = readable(Trouble::de(bytes));
    head.status = StatusCode::from_u16(trouble.status()).unwrap_or(head.status);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(trouble.ser()))
}

/// On this side "unreachable" can only mean a body that broke off.
fn readable(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Unreachable => Trouble::Malformed,
        trouble @ (Trouble::Refused { .. } | Trouble::Fault { .. } | Trouble::Malformed) => trouble,
    }
}
