//! What answers which path: pages, server functions, files; and the layers in front of them.

use std::net::SocketAddr;
use std::path::PathBuf;

use app::ask::{SessionCookie, Viewer};
use app::kit::Posted;
use app::shell::{Assets, shell};
use app::site::Site;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use desk::Desk;
use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    LeptosRoutes, generate_route_list, handle_server_fns_with_context,
    render_app_async_with_context,
};
use tower_http::services::ServeDir;

use crate::gate::{Gate, gate};
use crate::session::Cookie;

/// What the site is made of.
#[derive(Clone, Debug)]
pub struct Made {
    /// The desk.
    pub desk: Desk,
    /// How sessions travel.
    pub cookie: Cookie,
    /// The folder of the site's files.
    pub files: PathBuf,
    /// Names this build in the URLs of its files.
    pub build: String,
}

/// The whole site.
pub fn router(parts: Made) -> Router {
    let assets = Assets {
        root: format!("/assets/{}", parts.build),
    };
    let (desk, cookie) = (parts.desk.clone(), parts.cookie);
    // One closure for pages, server functions and the fallback: what one of them knows, all know.
    let context = move || {
        provide_context(desk.clone());
        provide_context(assets.clone());
        let Some(request) = use_context::<Parts>() else {
            return;
        };
        if let Some(viewer) = request.extensions.get::<Viewer>() {
            provide_context(viewer.clone());
        }
        provide_context(SessionCookie {
            token: cookie.read(&request.headers),
            write: |token, https| Cookie { https }.write(token),
            https: cookie.https,
            from: request
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|info| info.0.ip().to_string())
                .unwrap_or_default(),
        });
        if let Some(posted) = request.extensions.get::<Posted>() {
            provide_context(posted.clone());
        }
    };
    let functions = {
        let context = context.clone();
        move |request: Request| handle_server_fns_with_context(context.clone(), request)
    };
    let options = LeptosOptions::builder().output_name("portal").build();
    let lost = render_app_async_with_context(context.clone(), shell);
    Router::new()
        .route("/do/{name}", post(functions))
        .leptos_routes_with_context(&options, generate_route_list(Site), context, shell)
        .fallback(lost)
        .layer(from_fn_with_state(
            Gate {
                desk: parts.desk.clone(),
                cookie: parts.cookie,
            },
            gate,
        ))
        .route("/healthz", get(|| async { "ok" }))
        .nest_service(
            &format!("/assets/{}", parts.build),
            ServeDir::new(parts.files),
        )
        .with_state(options)
}
