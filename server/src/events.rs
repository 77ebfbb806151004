//! What the live pages hear, as server-sent events: staff how many requests wait, everybody how many of their notices are
//! unread, and that something they may be looking at has changed. Each browser has one stream (`app/src/live.js`).

use std::convert::Infallible;
use std::time::Duration;

use app::ask::Viewer;
use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use desk::{Desk, Happened, SignedIn};
use futures::Stream;
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// What a stream needs.
#[derive(Clone, Debug)]
pub struct Events {
    /// The desk.
    pub desk: Desk,
    /// Ends all streams, so that the server can stop.
    pub stop: CancellationToken,
}

/// One browser's stream.
struct Listening {
    desk: Desk,
    who: SignedIn,
    happened: Receiver<Happened>,
    stop: CancellationToken,
    waiting: Vec<Event>,
}

/// `GET /events`
pub async fn events(State(events): State<Events>, viewer: Option<Extension<Viewer>>) -> Response {
    let Some(who) = viewer.and_then(|viewer| viewer.0.who) else {
        // 204 tells the browser not to come back.
        return StatusCode::NO_CONTENT.into_response();
    };
    let happened = events.desk.happened();
    let mut listening = Listening {
        desk: events.desk,
        who,
        happened,
        stop: events.stop,
        waiting: Vec::new(),
    };
    listening.count(true, true).await;
    let mut answer = Sse::new(stream(listening))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
        .into_response();
    // Proxies that buffer would hold events back.
    answer.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    answer
}

fn stream(listening: Listening) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(listening, |mut listening| async move {
        loop {
            if let Some(event) = listening.waiting.pop() {
                return Some((Ok(event), listening));
            }
            let stop = listening.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                heard = listening.happened.recv() => if !listening.hear(heard).await { return None },
            }
        }
    })
}

impl Listening {
    /// Turns what happened into events; false when there is nothing more to hear.
    async fn hear(&mut self, heard: Result<Happened, RecvError>) -> bool {
        match heard {
            Ok(Happened::Requests) => {
                self.changed("requests");
                self.count(true, false).await;
            }
            Ok(Happened::Schedule) => self.changed("schedule"),
            Ok(Happened::Notices { person }) if person.as_u128() == self.who.person().get() => {
                self.changed("notices");
                self.count(false, true).await;
            }
            Ok(Happened::Messages) => self.count_messages().await,
            Ok(Happened::Notices { .. } | Happened::Letters) => {}
            // Too far behind: look again at everything.
            Err(RecvError::Lagged(_)) => {
                self.changed("requests");
                self.changed("schedule");
                self.count(true, true).await;
                self.count_messages().await;
            }
            Err(RecvError::Closed) => return false,
        }
        true
    }

    /// How many conversations wait for the office.
    async fn count_messages(&mut self) {
        let Some(staff) = self.who.staff() else {
            return;
        };
        match self.desk.threads_waiting(&staff).await {
            Ok(count) => self
                .waiting
                .push(Event::default().event("messages").data(count.to_string())),
            // The next message counts again.
            Err(trouble) => tracing::warn!(%trouble, "live counts"),
        }
    }

    fn changed(&mut self, what: &str) {
        self.waiting
            .push(Event::default().event("changed").data(what));
    }

    async fn count(&mut self, pending: bool, unread: bool) {
        let counts = crate::gate::counts(&self.desk, &self.who).await;
        match counts {
            Ok((waits, news)) => {
                if pending && self.who.staff().is_some() {
                    self.waiting
                        .push(Event::default().event("pending").data(waits.to_string()));
                }
                if unread {
                    self.waiting
                        .push(Event::default().event("unread").data(news.to_string()));
                }
            }
            // The next change counts again.
            Err(trouble) => tracing::warn!(%trouble, "live counts"),
        }
    }
}
