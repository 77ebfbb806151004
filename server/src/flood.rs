//! How fast one address may post, and ask for calendars. Far above what a whole office behind one address does, whose open
//! pages all read the queue again when it changes; guessing passwords and asking for letters are limited more tightly, and
//! by account, at the desk. Everybody has an allowance of their own: nobody locks others out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use app::trouble::Trouble;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use booking::refusal::Refusal;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use leptos::server_fn::error::FromServerFnError;

use crate::forms::ERROR_MARK;
use crate::site::From;

/// What an address that was quiet may do at once, and what comes back each second.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    at_once: f64,
    a_second: f64,
}

/// Of posts.
const POSTS: Allowance = Allowance {
    at_once: 600.0,
    a_second: 60.0,
};
/// Of calendars: those of a whole office behind one address, each every few minutes.
const FEEDS: Allowance = Allowance {
    at_once: 120.0,
    a_second: 2.0,
};
/// How many addresses are remembered before those who are quiet again are forgotten.
const REMEMBERED: usize = 10_000;

/// What each address has left, and since when.
#[derive(Clone, Debug)]
pub struct Flood {
    allowance: Allowance,
    left: Arc<Mutex<HashMap<IpAddr, (f64, Instant)>>>,
}

impl Default for Flood {
    fn default() -> Self {
        Self::of(POSTS)
    }
}

impl Flood {
    /// In front of the calendars.
    #[must_use]
    pub fn of_feeds() -> Self {
        Self::of(FEEDS)
    }

    fn of(allowance: Allowance) -> Self {
        Self {
            allowance,
            left: Arc::default(),
        }
    }

    /// Whether this address may do it now.
    pub fn lets(&self, from: IpAddr, now: Instant) -> bool {
        let most = self.allowance;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= REMEMBERED {
            left.retain(|_, (rest, since)| most.refilled(*rest, *since, now) < most.at_once);
        }
        let (rest, since) = left.entry(household(from)).or_insert((most.at_once, now));
        *rest = most.refilled(*rest, *since, now);
        *since = now;
        if *rest < 1.0 {
            return false;
        }
        *rest -= 1.0;
        true
    }
}

impl Allowance {
    fn refilled(self, rest: f64, since: Instant, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(since).as_secs_f64();
        (rest + passed * self.a_second).min(self.at_once)
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn household(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V4(_) => from,
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// The layer in front of server functions.
pub async fn flood(State(flood): State<Flood>, request: Request, next: Next) -> Response {
    let from = request.extensions().get::<From>().map(|from| from.0);
    match from {
        Some(from) if request.method() == Method::POST && !flood.lets(from, Instant::now()) => {
            too_many()
        }
        Some(_) | None => next.run(request).await,
    }
}

fn too_many() -> Response {
    let trouble = Trouble::from(Refusal::TooManyTries);
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, Body::from(trouble.ser())).into_response();
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    answer.headers_mut().insert(
        HeaderName::from_static(ERROR_MARK),
        HeaderValue::from_static("flood"),
    );
    answer
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_floods_is_stopped_and_nobody_else() {
        let (flood, now) = (Flood::default(), Instant::now());
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let passed = (0..1_000).filter(|_| flood.lets(one, now)).count();
        assert_eq!(passed, 600);
        assert!(flood.lets(other, now));
        assert!(flood.lets(one, now + Duration::from_secs(1)));
    }

    #[test]
    fn one_household_has_one_allowance() {
        let (flood, now) = (Flood::default(), Instant::now());
        let passed = (0..1_000_u16)
            .filter(|host| flood.lets(Ipv6Addr::new(1, 2, 3, 4, 5, 6, 7, *host).into(), now))
            .count();
        assert_eq!(passed, 600);
    }
}
