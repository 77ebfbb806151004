//! A whole site with the demonstration's data, and people who knock at it.

use axum::Router;
use axum::body::Body;
use desk::desk::Options;
use desk::{Clock, Desk};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use server::assets::Files;
use server::session::Cookie;
use server::site::{Made, router};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Everybody there is, as the demonstration knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Nobody,
    Contact,
    Technician,
    Dispatcher,
    Owner,
}

impl Who {
    pub const ALL: [Self; 5] = [
        Self::Nobody,
        Self::Contact,
        Self::Technician,
        Self::Dispatcher,
        Self::Owner,
    ];

    pub fn email(self) -> Option<&'static str> {
        match self {
            Self::Nobody => None,
            Self::Contact => Some("client@example.com"),
            Self::Technician => Some("technician@example.com"),
            Self::Dispatcher => Some("dispatcher@example.com"),
            Self::Owner => Some("owner@example.com"),
        }
    }
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

pub struct House {
    pub desk: Desk,
    site: Router,
    folder: std::path::PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl House {
    pub async fn with_demo() -> Self {
        let house = Self::empty().await;
        house.desk.seed_demo().await.unwrap();
        house
    }

    pub async fn empty() -> Self {
        let folder = std::env::temp_dir().join(format!("frontdesk-site-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("site/pkg")).unwrap();
        std::fs::write(folder.join("site/pkg/frontdesk.css"), "body{}").unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.join("desk.sqlite").display());
        let desk = Desk::connect(&url, Clock::System, Options::default())
            .await
            .unwrap();
        migration::up(desk.db()).await.unwrap();
        let site = router(Made {
            desk: desk.clone(),
            cookie: Cookie { https: false },
            sender: server::letters::Sender::new(
                "Frontdesk <frontdesk@desk.test>",
                None,
                "http://desk.test",
            )
            .unwrap(),
            base_url: "http://desk.test".to_owned(),
            push_key: "BPublicKey".to_owned(),
            files: Files::find(Some(&folder.join("site"))).unwrap(),
            proxies: 0,
            dev: false,
            stop: CancellationToken::new(),
        });
        Self { desk, site, folder }
    }

    /// Opens a session; the cookie.
    pub async fn cookie(&self, who: Who) -> Option<String> {
        let session = self
            .desk
            .sign_in(who.email()?, desk::seed_demo::PASSWORD, "test", "192.0.2.1")
            .await
            .unwrap();
        Some(format!("frontdesk={}", session.token))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.site.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path)
            .header(header::HOST, "desk.test")
            .header(header::ACCEPT, "text/html");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A post as a script makes it.
    pub async fn call(&self, name: &str, body: &str, cookie: Option<&str>) -> Answer {
        let mut request = post(name, body, cookie, "application/json");
        if body.starts_with('{') {
            let json = http::HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        self.send(request).await
    }

    /// A post as a browser without scripts makes it, from `page`.
    pub async fn submit(&self, name: &str, body: &str, page: &str, cookie: Option<&str>) -> Answer {
        let mut request = post(name, body, cookie, "text/html,application/xhtml+xml");
        request.headers_mut().insert(
            header::REFERER,
            format!("http://desk.test{page}").parse().unwrap(),
        );
        self.send(request).await
    }
}

pub fn post(name: &str, body: &str, cookie: Option<&str>, accept: &str) -> Request<Body> {
    let kind = if body.starts_with('{') {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let mut request = Request::post(format!("/do/{name}"))
        .header(header::HOST, "desk.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::ACCEPT, accept);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
