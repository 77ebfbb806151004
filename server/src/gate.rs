//! Who passes: the session cookie becomes a viewer, and what a viewer may not see is refused before anything is drawn.
//! Server functions under `/do` are not guarded here: each asks for the pass it needs.

use app::ask::{Business, Viewer};
use app::i18n::Locale;
use app::language::COOKIE;
use app::shell::Place;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use booking::refusal::Refusal;
use desk::{Desk, SignedIn};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use crate::forms::Keeper;
use crate::session::Cookie;

/// Tells the worker of the installed portal who reads.
const READER: HeaderName = HeaderName::from_static("frontdesk-reader");

/// What the gate needs.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The desk.
    pub desk: Desk,
    /// How sessions travel.
    pub cookie: Cookie,
    /// Draws a page when the desk cannot be asked.
    pub keeper: Keeper,
}

/// What the gate says to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Pass.
    Pass,
    /// Sign in first.
    SignIn,
    /// There is nothing here for you.
    Nothing,
    /// Staff who are no contact live in the office.
    Office,
}

/// Resolves the viewer, puts them into the request's extensions, and guards the path.
pub async fn gate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let viewer = match viewer(&gate, request.headers(), request.uri().path()).await {
        Ok(viewer) => viewer,
        Err(trouble) => return away(&gate, request, trouble).await,
    };
    let word = word(request.uri().path(), viewer.who.as_ref());
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    let reader = reader(&viewer);
    request.extensions_mut().insert(viewer);
    let mut answer = match word {
        Word::Pass => next.run(request).await,
        Word::SignIn => Redirect::to(&sign_in(&wanted)).into_response(),
        Word::Office => Redirect::to("/office").into_response(),
        Word::Nothing => {
            *request.uri_mut() = Uri::from_static("/nothing/here");
            next.run(request).await
        }
    };
    answer.headers_mut().extend(reader);
    answer
}

/// Who reads this answer, and in which language: what a browser remembers of one reader it shows to no other
/// (`worker.js`). None where it cannot be written.
fn reader(viewer: &Viewer) -> Option<(HeaderName, HeaderValue)> {
    let reader = viewer.who.as_ref().map_or_else(
        || "none".to_owned(),
        |who| format!("{}.{}", who.person(), viewer.locale),
    );
    let value = HeaderValue::from_str(&reader).ok()?;
    Some((READER, value))
}

/// The desk cannot be asked: a page says so in words; a form's layer is told, and keeps what was typed.
async fn away(gate: &Gate, mut request: Request, trouble: desk::Trouble) -> Response {
    let trouble = app::trouble::Trouble::from(trouble);
    if request.uri().path().starts_with("/do/") {
        let mut answer = StatusCode::SERVICE_UNAVAILABLE.into_response();
        answer.extensions_mut().insert(trouble);
        return answer;
    }
    let locale = wished(request.headers()).unwrap_or_default();
    request.extensions_mut().insert(Viewer {
        locale,
        ..Viewer::default()
    });
    let mut answer = gate.keeper.draw(request).await;
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    answer
}

/// What the gate says to this path for this person.
#[must_use]
pub fn word(path: &str, who: Option<&SignedIn>) -> Word {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    if matches!(first, "do" | "events") {
        return Word::Pass;
    }
    match (Place::of(path), who) {
        (Place::Door, _) => Word::Pass,
        (Place::Portal | Place::Office, None) => Word::SignIn,
        (Place::Office, Some(who)) if who.staff().is_none() => Word::Nothing,
        (Place::Office, Some(_)) => Word::Pass,
        // Account and notices belong to everybody who is signed in; whose a photo is, the desk says.
        (Place::Portal, Some(_)) if matches!(first, "account" | "notices" | "photos") => Word::Pass,
        (Place::Portal, Some(who)) if who.contact().is_some() => Word::Pass,
        (Place::Portal, Some(who)) if who.staff().is_some() && path == "/" => Word::Office,
        (Place::Portal, Some(_)) => Word::Nothing,
    }
}

fn sign_in(wanted: &str) -> String {
    if wanted == "/" {
        return "/sign-in".to_owned();
    }
    let escaped: String = wanted
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/sign-in?next={escaped}")
}

async fn viewer(gate: &Gate, headers: &HeaderMap, path: &str) -> desk::Result<Viewer> {
    let pages = !is_machine(path);
    let business = match gate.desk.business().await {
        Ok(found) => business(&found),
        Err(trouble) if trouble.refusal() == Some(Refusal::NotFound) => Business::default(),
        Err(trouble) => return Err(trouble),
    };
    let who = match gate.cookie.read(headers) {
        Some(token) => gate.desk.session(&token).await?,
        None => None,
    };
    let own = who.as_ref().and_then(|who| who.locale().parse().ok());
    let locale = match own.or_else(|| chosen(headers)) {
        Some(locale) => Some(locale),
        None => of_letter(&gate.desk, path).await?,
    };
    let locale = locale.or_else(|| preferred(headers));
    let locale = locale.unwrap_or(business.locale);
    let (pending, unread) = match &who {
        Some(who) if pages => counts(&gate.desk, who).await?,
        Some(_) | None => (0, 0),
    };
    let staff = who.as_ref().and_then(SignedIn::staff).filter(|_| pages);
    let decides = match staff {
        Some(staff) => gate.desk.sees_queue(&staff).await?,
        None => false,
    };
    let messages = match staff {
        Some(staff) => gate.desk.threads_waiting(&staff).await?,
        None => 0,
    };
    Ok(Viewer {
        decides,
        messages,
        who,
        business,
        locale,
        pending,
        unread,
    })
}

/// The language of the letter whose link leads to an offer: its page goes on in it.
async fn of_letter(desk: &Desk, path: &str) -> desk::Result<Option<Locale>> {
    let Some(token) = path.strip_prefix("/l/") else {
        return Ok(None);
    };
    let language = desk.offer_language(token).await?;
    Ok(language.and_then(|tag| tag.parse().ok()))
}

/// Paths that draw no page.
fn is_machine(path: &str) -> bool {
    path.starts_with("/do/") || path.starts_with("/photos") || path == "/events"
}

/// What the badges say: requests that wait for this member of staff, and this person's unread notices.
///
/// # Errors
/// Faults only.
pub async fn counts(desk: &Desk, who: &SignedIn) -> desk::Result<(u64, u64)> {
    let pending = match who.staff() {
        Some(staff) => desk.pending_count(&staff).await?,
        None => 0,
    };
    Ok((pending, desk.unread_count(who).await?))
}

/// What pages show of the business.
pub(crate) fn business(stored: &desk::business::Business) -> Business {
    let default = Business::default();
    Business {
        name: stored.name.clone(),
        time_zone: stored.time_zone.parse().unwrap_or(default.time_zone),
        locale: stored.locale.parse().unwrap_or(default.locale),
        currency: stored.currency.clone(),
        first_weekday: u32::try_from(stored.first_weekday).unwrap_or(default.first_weekday),
        subject_label: stored.subject_label.clone(),
        logo: stored.logo.clone(),
        magic_links: stored.magic_links,
        demo: stored.demo,
    }
}

/// The language that this browser's visitor chose here, or else the one the browser prefers.
#[must_use]
pub fn wished(headers: &HeaderMap) -> Option<Locale> {
    chosen(headers).or_else(|| preferred(headers))
}

/// What was chosen by the switch at the foot of a page, kept in a cookie.
fn chosen(headers: &HeaderMap) -> Option<Locale> {
    let lines = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, tag) = pairs.find(|(name, _)| *name == COOKIE)?;
    tag.parse().ok()
}

/// Of the languages that the browser prefers the first that we speak, by their weights (RFC 9110 §12.5.4).
fn preferred(headers: &HeaderMap) -> Option<Locale> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut ranges: Vec<(u32, Locale)> = accepted.split(',').filter_map(range).collect();
    // Stable: of equal weight the first.
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.first().map(|(_, locale)| *locale)
}

/// One language range with its weight in thousandths; none where we do not speak it, or it is not wanted.
fn range(text: &str) -> Option<(u32, Locale)> {
    let (tag, weight) = text.split_once(';').unwrap_or((text, "q=1"));
    let language = tag.trim().split('-').next()?.to_ascii_lowercase();
    let weight: f64 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
    let weight = (1..=1000)
        .rev()
        .find(|part| f64::from(*part) <= weight * 1000.0)?;
    Some((weight, language.parse().ok()?))
}
