//! Asks over HTTP as fast as the answers come, on a few connections that stay open, and notes how long each took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;

/// One question.
#[derive(Clone)]
pub struct Ask {
    method: Method,
    path: String,
    session: String,
    kind: &'static str,
    body: String,
}

impl Ask {
    /// A page, for the holder of a session.
    pub fn get(path: &str, session: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            session: session.to_owned(),
            kind: "text/html",
            body: String::new(),
        }
    }

    /// What an island asks for.
    pub fn json(path: &str, session: &str, body: String) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            session: session.to_owned(),
            kind: "application/json",
            body,
        }
    }

    /// A form as a browser without scripts sends it.
    pub fn form(path: &str, session: &str, body: String) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            session: session.to_owned(),
            kind: "application/x-www-form-urlencoded",
            body,
        }
    }

    fn request(&self, turn: usize) -> Request<Full<Bytes>> {
        let accept = if self.kind == "application/json" {
            "application/json"
        } else {
            "text/html"
        };
        Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::HOST, "127.0.0.1")
            .header(header::COOKIE, format!("frontdesk={}", self.session))
            .header(header::CONTENT_TYPE, self.kind)
            .header(header::ACCEPT, accept)
            .header("sec-fetch-site", "same-origin")
            .header(
                "x-forwarded-for",
                format!("198.18.{}.{}", turn / 250 % 250, turn % 250),
            )
            .body(Full::from(self.body.clone()))
            .unwrap()
    }
}

/// How hard.
#[derive(Clone, Copy)]
pub struct Load {
    /// Connections.
    pub at_once: usize,
    /// Questions in all.
    pub asked: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Run {
    /// Answers a second.
    pub a_second: f64,
    /// Half of the answers took at most this.
    pub p50_ms: f64,
    /// 95 of 100 took at most this.
    pub p95_ms: f64,
    /// Processor time of the server for one answer; filled in by who watches it.
    pub cpu_ms: f64,
    /// How many answers led on to the page of a request.
    pub led_on: usize,
}

/// Asks the questions in turn, again and again, until enough was asked.
pub async fn run(port: u16, asks: &[Ask], load: Load) -> Run {
    let (asks, next) = (Arc::new(asks.to_vec()), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let asking = (0..load.at_once).map(|_| {
        let (asks, next) = (asks.clone(), next.clone());
        tokio::spawn(async move {
            let mut connection = connect(port).await;
            let (mut took, mut led_on) = (Vec::new(), 0);
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if turn >= load.asked {
                    return (took, led_on);
                }
                let asked = Instant::now();
                let answer = send(&mut connection, &asks[turn % asks.len()], turn).await;
                let to = answer
                    .headers()
                    .get(header::LOCATION)
                    .and_then(|to| to.to_str().ok());
                led_on += usize::from(to.is_some_and(|to| to.contains("/requests/R-")));
                assert!(
                    answer.status().as_u16() < 400,
                    "{:?} for {}",
                    answer.status(),
                    asks[turn % asks.len()].path
                );
                answer.into_body().collect().await.unwrap();
                took.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
        })
    });
    let (mut took, mut led_on) = (Vec::new(), 0);
    for one in futures::future::join_all(asking).await {
        let (its, its_led_on) = one.unwrap();
        took.extend(its);
        led_on += its_led_on;
    }
    let seconds = started.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |share: f64| {
        took.get((took.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    Run {
        a_second: took.len() as f64 / seconds,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        cpu_ms: 0.0,
        led_on,
    }
}

/// The bytes of one answer.
pub async fn one(port: u16, ask: &Ask) -> Bytes {
    let answer = send(&mut connect(port).await, ask, 0).await;
    assert!(
        answer.status().is_success(),
        "{:?} for {}",
        answer.status(),
        ask.path
    );
    answer.into_body().collect().await.unwrap().to_bytes()
}

async fn connect(port: u16) -> SendRequest<Full<Bytes>> {
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    stream.set_nodelay(true).unwrap();
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    ask: &Ask,
    turn: usize,
) -> Response<Incoming> {
    connection.ready().await.unwrap();
    connection.send_request(ask.request(turn)).await.unwrap()
}
