//! `/feeds/{token}.ics`: a calendar that programs ask for again and again, without a session; holding the address is the
//! permission. Whoever asks for what has not changed gets a short answer; whoever asks too often, none.

use std::time::Instant;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use desk::Desk;
use desk::feed::Feed;
use sha2::{Digest, Sha256};

use crate::flood::Flood;
use crate::letters::{self, Sender};
use crate::site::From;

/// For how long a calendar need not ask: a change shows within a minute.
const CACHE: &str = "private, max-age=60";
/// How long an instant must be past before it can say that nothing changed since: what was written in the same second
/// as an answer was read may have come after it (RFC 9110 §8.8.2.2).
const SETTLED: TimeDelta = TimeDelta::seconds(60);

/// What the calendars are made with.
#[derive(Clone, Debug)]
pub struct Feeds {
    /// The desk.
    pub desk: Desk,
    /// Whose address the links in them begin with.
    pub sender: Sender,
    /// How often one place may ask.
    pub flood: Flood,
}

/// `/feeds/{token}.ics`.
pub async fn feed(
    State(feeds): State<Feeds>,
    from: Option<Extension<From>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let from = from.map(|Extension(From(from))| from);
    if from.is_some_and(|from| !feeds.flood.lets(from, Instant::now())) {
        let later = [(header::RETRY_AFTER, "60")];
        return (StatusCode::TOO_MANY_REQUESTS, later).into_response();
    }
    let Some(token) = file.strip_suffix(".ics") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match feeds.desk.feed(token).await {
        Ok(Some(found)) => answer(&found, &feeds, &headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(trouble) => {
            let status = app::trouble::Trouble::from(trouble).status();
            StatusCode::from_u16(status)
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}

fn answer(found: &Feed, feeds: &Feeds, asked: &HeaderMap) -> Response {
    let text = match letters::feed(found, &feeds.sender) {
        Ok(text) => text,
        Err(unbuildable) => {
            app::trouble::incident(&unbuildable);
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // Weak: it is compressed on its way.
    let tag = format!(
        "W/\"{}\"",
        URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
    );
    let settled = found.changed + SETTLED <= feeds.desk.now();
    let same = unchanged(asked, &tag, found.changed, settled);
    let mut answer = match same {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (
            [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")],
            text,
        )
            .into_response(),
    };
    let changed = found.changed.format(HTTP_DATE).to_string();
    for (name, value) in [
        (header::ETAG, tag.as_str()),
        (header::LAST_MODIFIED, changed.as_str()),
        (header::CACHE_CONTROL, CACHE),
    ] {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// `Sat, 21 Nov 2026 08:00:00 GMT`
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Whether the asker has it already; a tag counts more than an instant (RFC 9110 §13.2.2).
fn unchanged(asked: &HeaderMap, tag: &str, changed: DateTime<Utc>, settled: bool) -> bool {
    let said = |name| asked.get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = said(header::IF_NONE_MATCH) {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        return tags.trim() == "*" || tags.split(',').any(|known| bare(known) == bare(tag));
    }
    let since = said(header::IF_MODIFIED_SINCE);
    let since = since.and_then(|since| DateTime::parse_from_rfc2822(since).ok());
    settled && since.is_some_and(|since| changed <= since)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn who_has_it_is_told_so() {
        let changed: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
        let said = changed.format(HTTP_DATE).to_string();
        assert_eq!(said, "Sat, 21 Nov 2026 08:00:00 GMT");
        let tag = "W/\"abc\"";
        for known in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*"] {
            assert!(unchanged(
                &headers(header::IF_NONE_MATCH, known),
                tag,
                changed,
                false
            ));
        }
        assert!(!unchanged(
            &headers(header::IF_NONE_MATCH, "\"abd\""),
            tag,
            changed,
            true
        ));
        let since = headers(header::IF_MODIFIED_SINCE, &said);
        assert!(unchanged(&since, tag, changed, true));
        assert!(!unchanged(&since, tag, changed, false));
        assert!(!unchanged(
            &since,
            tag,
            changed + TimeDelta::seconds(1),
            true
        ));
        for nonsense in ["", "yesterday", "292277026597"] {
            assert!(!unchanged(
                &headers(header::IF_MODIFIED_SINCE, nonsense),
                tag,
                changed,
                true
            ));
        }
        // A tag that differs is not outweighed by an instant that agrees.
        let mut both = since;
        both.insert(header::IF_NONE_MATCH, "\"abd\"".parse().unwrap());
        assert!(!unchanged(&both, tag, changed, true));
    }
}
