//! What answers which path: pages, server functions, files, live events; and the layers in front of them, outermost last.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use app::ask::{PublicAddress, PushKey, SessionCookie, Viewer};
use app::kit::Posted;
use app::letter_room::Room;
use app::shell::{Assets, kept, shell};
use app::site::Site;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use desk::Desk;
use http::header;
use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    LeptosRoutes, ResponseOptions, generate_route_list, handle_server_fns_with_context,
    render_app_async_with_context,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

use crate::assets::Files;
use crate::calendar_file::{CalendarFiles, visit_file};
use crate::client_files::{self, csv_of_clients, json_of_clients, refused_lines, take_clients};
use crate::events::{Events, events};
use crate::feed::{Feeds, feed};
use crate::flood::{Flood, flood};
use crate::forms::{Keeper, LARGEST, forms};
use crate::gate::{Gate, gate};
use crate::headers::{headers, page_policy};
use crate::installable::{installable, offline};
use crate::letters::{Examples, Sender};
use crate::photos::photos;
use crate::picture::{self, logo, take_logo};
use crate::reports::report_file;
use crate::session::Cookie;

/// The longest an answer may take.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest a request's body may take to arrive.
const BODY: Duration = Duration::from_secs(15);

/// What the site is made of.
#[derive(Clone, Debug)]
pub struct Made {
    /// The desk.
    pub desk: Desk,
    /// How sessions travel.
    pub cookie: Cookie,
    /// Whose name calendar files bear.
    pub sender: Sender,
    /// The public address, `https://desk.example.com`; posts from pages of it are ours.
    pub base_url: String,
    /// The public key by which push services know us.
    pub push_key: String,
    /// The site's files.
    pub files: Files,
    /// How many proxies in front are believed about the client's address.
    pub proxies: usize,
    /// Whether open pages reload themselves when the server starts anew.
    pub dev: bool,
    /// Ends the streams of live pages.
    pub stop: CancellationToken,
}

/// The address a request came from, proxies seen through.
#[derive(Clone, Copy, Debug)]
pub struct From(pub IpAddr);

/// The whole site.
pub fn router(made: Made) -> Router {
    let context = context(&made);
    let functions = {
        let context = context.clone();
        move |request: Request| handle_server_fns_with_context(context.clone(), request)
    };
    let options = LeptosOptions::builder().output_name("frontdesk").build();
    let lost = render_app_async_with_context(context.clone(), shell);
    let keeper =
        Keeper(Router::new().fallback(render_app_async_with_context(context.clone(), kept)));
    let gate_keeper = Gate {
        desk: made.desk.clone(),
        cookie: made.cookie,
        keeper: keeper.clone(),
    };
    let (upload_keeper, files_keeper) = (gate_keeper.clone(), gate_keeper.clone());
    let photos = photos(&made.desk).layer(from_fn_with_state(gate_keeper.clone(), gate));
    let live = Router::new()
        .route("/events", get(events))
        .with_state(Events {
            desk: made.desk.clone(),
            stop: made.stop.clone(),
        });
    let visits = Router::new()
        .route("/visits/{reference}/calendar.ics", get(visit_file))
        .with_state(CalendarFiles {
            desk: made.desk.clone(),
            sender: made.sender.clone(),
        });
    let reports = Router::new()
        .route("/office/reports/{file}", get(report_file))
        .with_state(made.desk.clone());
    let offline = offline(context.clone());
    let pages = Router::new()
        .route("/do/{name}", get(back_to_the_page).post(functions))
        .leptos_routes_with_context(&options, generate_route_list(Site), context, shell)
        .fallback(lost)
        .with_state(options)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST,
        ))
        .merge(visits)
        .merge(offline)
        .merge(reports)
        .merge(live);
    // Around the whole router and not its routes: both layers send requests to other paths than they came for.
    let pages = ServiceBuilder::new()
        .layer(RequestBodyDeadlineLayer::new(BODY))
        .layer(RequestBodyLimitLayer::new(LARGEST))
        .map_request(|request: Request<_>| request.map(Body::new))
        .layer(from_fn_with_state(keeper, forms))
        .layer(from_fn_with_state(Flood::default(), flood))
        .layer(from_fn_with_state(gate_keeper, gate))
        .service(pages);
    // A picture weighs more than any form.
    let uploads = Router::new()
        .route("/office/settings/logo", axum::routing::post(take_logo))
        .with_state(made.desk.clone())
        .layer(DefaultBodyLimit::max(picture::LARGEST))
        .layer(RequestBodyLimitLayer::new(picture::LARGEST))
        .layer(from_fn_with_state(upload_keeper, gate));
    let client_files = Router::new()
        .route(
            "/office/clients/import/file",
            axum::routing::post(take_clients),
        )
        .route(
            "/office/clients/import/{id}/refused.csv",
            get(refused_lines),
        )
        .route("/office/clients/export.csv", get(csv_of_clients))
        .route("/office/clients/export.json", get(json_of_clients))
        .with_state(made.desk.clone())
        .layer(DefaultBodyLimit::max(client_files::LARGEST))
        .layer(RequestBodyLimitLayer::new(client_files::LARGEST))
        .layer(from_fn_with_state(files_keeper, gate));
    let machines = machine(&made).merge(feeds(&made));
    let files = machines.merge(uploads).merge(client_files).merge(photos);
    around(files.fallback_service(pages), &made)
}

/// The address of a form that was refused stays in the address bar; who asks for it again is led back to the page it
/// stood on. Nothing is done by a GET.
async fn back_to_the_page(headers: HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    let from = text(header::REFERER).and_then(|from| url::Url::parse(from).ok());
    let page = from
        .filter(|from| !from.path().starts_with("/do/"))
        .map_or_else(
            || "/".to_owned(),
            |from| from[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        );
    // Two slashes would lead to another host.
    let page = if page.starts_with("//") {
        "/"
    } else {
        page.as_str()
    };
    Redirect::to(page).into_response()
}

/// What machines ask.
fn machine(made: &Made) -> Router {
    let desk = made.desk.clone();
    let ready = {
        let desk = desk.clone();
        move || ready(desk.clone())
    };
    let robots = "User-agent: *\nDisallow: /\n";
    let plain = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/robots.txt", get(async move || robots));
    let plain = if made.dev {
        plain.route("/dev/start", get(dev_start(made)))
    } else {
        plain
    };
    let logo = Router::new()
        .route("/logo/{id}", get(logo))
        .with_state(desk.clone());
    plain
        .merge(logo)
        .merge(installable(desk, &made.files))
        .merge(made.files.router())
}

/// Calendars that programs subscribe to; no session, no page.
fn feeds(made: &Made) -> Router {
    Router::new()
        .route("/feeds/{file}", get(feed))
        .with_state(Feeds {
            desk: made.desk.clone(),
            sender: made.sender.clone(),
            flood: Flood::of_feeds(),
        })
}

/// Names this start of the server, for pages that reload themselves in development.
fn dev_start(_: &Made) -> impl Fn() -> std::future::Ready<String> + Clone + Send + Sync + 'static {
    let start = uuid::Uuid::now_v7().to_string();
    move || std::future::ready(start.clone())
}

/// Whether the database answers.
async fn ready(desk: Desk) -> Response {
    match tokio::time::timeout(Duration::from_secs(2), desk.db().ping()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(_)) | Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// The layers around everything.
fn around(site: Router, made: &Made) -> Router {
    let csrf = CsrfLayer::new();
    let csrf = csrf
        .clone()
        .add_trusted_origin(&made.base_url)
        .unwrap_or(csrf);
    site.layer(csrf)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(made.cookie.https, headers))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(logged))
        .layer(from_fn_with_state(made.proxies, from))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// What pages, server functions and the fallback all know: one closure, so that none of them can miss something.
fn context(made: &Made) -> impl Fn() + Clone + Send + Sync + 'static {
    let (desk, cookie) = (made.desk.clone(), made.cookie);
    let letters: Arc<dyn Room> = Arc::new(Examples {
        sender: made.sender.clone(),
    });
    let address = PublicAddress(made.base_url.trim_end_matches('/').to_owned());
    let push_key = PushKey(made.push_key.clone());
    let assets = Assets {
        root: made.files.root(),
        dev: made.dev,
    };
    move || {
        provide_context(desk.clone());
        provide_context(assets.clone());
        provide_context(Arc::clone(&letters));
        provide_context(address.clone());
        provide_context(push_key.clone());
        if let (Some(nonce), Some(options)) =
            (leptos::nonce::use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = page_policy(&nonce.to_string()).parse()
        {
            options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        let Some(request) = use_context::<Parts>() else {
            return;
        };
        if let Some(viewer) = request.extensions.get::<Viewer>() {
            provide_context(viewer.clone());
        }
        if let Some(posted) = request.extensions.get::<Posted>() {
            provide_context(posted.clone());
        }
        provide_context(SessionCookie {
            token: cookie.read(&request.headers),
            write: |token, https| Cookie { https }.write(token),
            https: cookie.https,
            from: request
                .extensions
                .get::<From>()
                .map(|from| from.0.to_string())
                .unwrap_or_default(),
        });
    }
}

/// Finds the client's address behind the proxies that we believe.
async fn from(State(proxies): State<usize>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let told = proxies.checked_sub(1).and_then(|behind| {
        let lines = request
            .headers()
            .get_all("x-forwarded-for")
            .into_iter()
            .filter_map(|line| line.to_str().ok());
        let all: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        all.iter().rev().nth(behind)?.trim().parse().ok()
    });
    if let Some(from) = told.or(peer) {
        request.extensions_mut().insert(From(from));
    }
    next.run(request).await
}

/// One line a request, without its query: that may hold what is nobody's business.
async fn logged(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let path = match path.split('/').nth(1) {
        Some("l" | "invitation") => "/l/…".to_owned(),
        Some("feeds") => "/feeds/…".to_owned(),
        Some(_) | None => path,
    };
    let started = std::time::Instant::now();
    let answer = next.run(request).await;
    let took = started.elapsed();
    tracing::debug!(%method, path, status = answer.status().as_u16(), took_ms = took.as_secs_f64() * 1e3, id, "request");
    answer
}

/// A panic is an incident like any other fault.
fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    let number = app::trouble::incident(&format!("panic: {text}"));
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("Something went wrong. Incident {number}\n"),
    )
        .into_response()
}
