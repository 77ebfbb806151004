//! The portal as an application on somebody's telephone: the manifest that names it, the worker that remembers the last
//! seen pages (`worker.js`), and the page for those that it does not remember.

use app::ask::Viewer;
use app::language::direction;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Desk;
use http::{HeaderName, StatusCode, header};
use leptos_axum::render_app_async_with_context;
use serde_json::json;

use crate::assets::Files;

/// A worker is asked for again at every visit: its own text says whether it is a new one.
const ASK_AGAIN: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");
/// The worker asks this site, and runs nothing else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

#[derive(Clone, Debug)]
struct Application {
    desk: Desk,
    /// `/assets/{build}`
    root: String,
}

/// `/manifest.webmanifest` and `/sw.js`: the same for everybody.
pub fn installable(desk: Desk, files: &Files) -> Router {
    let root = files.root();
    let script = format!(
        "const BUILD = {:?};\nconst ROOT = {root:?};\n{}",
        files.build,
        include_str!("worker.js")
    );
    let worker = move || {
        let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
        let policy = (header::CONTENT_SECURITY_POLICY, WORKER_POLICY);
        std::future::ready(([kind, policy, ASK_AGAIN], script.clone()))
    };
    Router::new()
        .route("/manifest.webmanifest", get(manifest))
        .with_state(Application { desk, root })
        .route("/sw.js", get(worker))
}

/// What is installed: the portal, under the business's name, in the business's language.
async fn manifest(State(application): State<Application>) -> Response {
    let Application { desk, root } = application;
    let business = match desk.business().await {
        Ok(found) => crate::gate::business(&found),
        Err(trouble) if trouble.refusal().is_some() => app::ask::Business::default(),
        Err(trouble) => {
            app::trouble::incident(&trouble);
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let icon = |file: &str, size: u32, purpose: &str| {
        json!({
            "src": format!("{root}/icons/{file}.png"),
            "sizes": format!("{size}x{size}"),
            "type": "image/png",
            "purpose": purpose,
        })
    };
    let manifest = json!({
        "id": "/",
        "name": business.name,
        "lang": business.locale.to_string(),
        "dir": direction(business.locale),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#f6f7f9",
        "background_color": "#f6f7f9",
        "icons": [
            icon("icon-192", 192, "any"),
            icon("icon-512", 512, "any"),
            icon("maskable-512", 512, "maskable"),
        ],
    });
    let kind = (header::CONTENT_TYPE, "application/manifest+json");
    ([kind, ASK_AGAIN], manifest.to_string()).into_response()
}

/// `/offline`, in the language of whoever asks and with nothing else of theirs.
pub fn offline(context: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let draw = render_app_async_with_context(context, app::offline::page);
    Router::new()
        .route(app::offline::PATH, get(draw))
        .layer(from_fn(as_a_stranger))
}

async fn as_a_stranger(mut request: Request, next: Next) -> Response {
    if let Some(viewer) = request.extensions_mut().get_mut::<Viewer>() {
        viewer.who = None;
    }
    next.run(request).await
}
