//! What a page or a server function may ask about its request: who, in which language, for which business, what was
//! posted; and how it leads elsewhere. Decides nothing: the desk does.

use booking::refusal::Refusal;
use chrono_tz::Tz;
use desk::{ContactPass, Desk, SignedIn, StaffPass};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::i18n::Locale;
use crate::kit::{Posted, Reader};
use crate::trouble::Trouble;

/// What every page shows of the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub time_zone: Tz,
    /// Its language, for people who have none.
    pub locale: Locale,
    /// ISO 4217.
    pub currency: String,
    /// 1 = Monday.
    pub first_weekday: u32,
    /// What a visit is for: "Pets".
    pub subject_label: String,
    /// Its logo, by the name under which `/logo/` serves it.
    pub logo: Option<String>,
    /// Whether people may sign in by a link.
    pub magic_links: bool,
    /// Whether the data are the demonstration's.
    pub demo: bool,
}

impl Business {
    /// What the things are called that a visit is for: the business's own word, or the product's.
    #[must_use]
    pub fn subjects(&self, locale: Locale) -> String {
        if self.subject_label.is_empty() {
            crate::i18n::td_string!(locale, office_clients.subjects).to_owned()
        } else {
            self.subject_label.clone()
        }
    }
}

impl Default for Business {
    fn default() -> Self {
        Self {
            name: "Frontdesk".to_owned(),
            time_zone: Tz::UTC,
            locale: Locale::en,
            currency: "EUR".to_owned(),
            first_weekday: 1,
            subject_label: String::new(),
            logo: None,
            magic_links: false,
            demo: false,
        }
    }
}

/// Who looks, resolved once a request by the gate and carried in its extensions.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The person with a live session, if there is one.
    pub who: Option<SignedIn>,
    /// The business.
    pub business: Business,
    /// The language of this answer.
    pub locale: Locale,
    /// Requests that wait for staff; counted for staff only.
    pub pending: u64,
    /// Whether the person sees the queue of requests.
    pub decides: bool,
    /// The person's unread notices.
    pub unread: u64,
    /// Conversations that wait for the office; counted for those who answer.
    pub messages: u64,
}

/// The viewer of this request.
#[must_use]
pub fn viewer() -> Viewer {
    use_context::<Viewer>().unwrap_or_default()
}

/// The language of this answer.
#[must_use]
pub fn locale() -> Locale {
    use_context::<Viewer>().map_or(Locale::en, |viewer| viewer.locale)
}

/// The business.
#[must_use]
pub fn business() -> Business {
    viewer().business
}

/// The zone this viewer reads times in.
#[must_use]
pub fn zone() -> Tz {
    let viewer = viewer();
    let own = viewer
        .who
        .as_ref()
        .and_then(|who| who.time_zone().parse().ok());
    own.unwrap_or(viewer.business.time_zone)
}

/// How this viewer reads times.
#[must_use]
pub fn reader() -> Reader {
    let business = business().time_zone;
    let now = use_context::<Desk>().map_or_else(chrono::DateTime::default, |desk| desk.now());
    Reader {
        locale: locale(),
        zone: zone(),
        business,
        now,
    }
}

/// The desk.
///
/// # Errors
/// A fault, when the server forgot to provide it.
pub fn desk() -> Result<Desk, Trouble> {
    use_context::<Desk>().ok_or_else(|| Trouble::Fault {
        incident: crate::trouble::incident(&"no desk in this context"),
    })
}

/// Whoever is signed in.
///
/// # Errors
/// [`Refusal::NotSignedIn`].
pub fn who() -> Result<SignedIn, Trouble> {
    viewer().who.ok_or_else(|| Refusal::NotSignedIn.into())
}

/// The pass of a contact.
///
/// # Errors
/// [`Refusal::NotSignedIn`], or [`Refusal::NotFound`] for people who are no contact.
pub fn contact() -> Result<ContactPass, Trouble> {
    who()?.contact().ok_or_else(|| Refusal::NotFound.into())
}

/// The pass of staff.
///
/// # Errors
/// [`Refusal::NotSignedIn`], or [`Refusal::NotFound`] for people who are not staff.
pub fn staff() -> Result<StaffPass, Trouble> {
    who()?.staff().ok_or_else(|| Refusal::NotFound.into())
}

/// The form that was refused, when this page is drawn again because of it.
#[must_use]
pub fn posted() -> Option<Posted> {
    use_context::<Posted>()
}

/// A fresh idempotency key for a form.
#[must_use]
pub fn fresh_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The path of this request.
#[must_use]
pub fn path() -> String {
    use_context::<Parts>().map_or_else(|| "/".to_owned(), |parts| parts.uri.path().to_owned())
}

/// The path of this request with its query string: where one comes back to.
#[must_use]
pub fn address() -> String {
    let parts = use_context::<Parts>();
    let whole = parts.as_ref().and_then(|parts| parts.uri.path_and_query());
    whole.map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// A value of the query string, decoded; the first, where there are several.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let query: axum::extract::Query<Vec<(String, String)>> =
        axum::extract::Query::try_from_uri(&parts.uri).ok()?;
    query
        .0
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// All values of the query string, decoded, in their order.
#[must_use]
pub fn queries() -> Vec<(String, String)> {
    let parts = use_context::<Parts>();
    let query = parts.and_then(|parts| axum::extract::Query::try_from_uri(&parts.uri).ok());
    query.map_or_else(
        Vec::new,
        |query: axum::extract::Query<Vec<(String, String)>>| query.0,
    )
}

/// A part of the path, `ref` in `/requests/:ref`.
#[must_use]
pub fn part(name: &str) -> String {
    leptos_router::hooks::use_params_map()
        .read_untracked()
        .get(name)
        .unwrap_or_default()
}

/// Whether a path stays on this site: one slash, no host, nothing that ends a header.
#[must_use]
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\0'])
        && path.is_ascii()
}

/// Leads the browser elsewhere on this site after a server function: 303 without scripts, the redirect header with. Does
/// not end the function. Anything that is not local leads to the start.
pub fn go(path: &str) {
    leptos_axum::redirect(if is_local(path) { path } else { "/" });
}

/// Adds a header to the answer: a cookie.
pub fn header(name: HeaderName, value: &str) {
    if let (Some(options), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(value),
    ) {
        options.append_header(name, value);
    }
}

/// The public address of this installation, without a slash at its end; from the configuration, never from a request.
#[derive(Clone, Debug)]
pub struct PublicAddress(pub String);

/// A path of ours as people paste it elsewhere: `https://desk.example.com/feeds/…`.
#[must_use]
pub fn whole_url(path: &str) -> String {
    let base = use_context::<PublicAddress>().map_or_else(String::new, |base| base.0);
    format!("{base}{path}")
}

/// By which push services know this installation: the public key, base64url; from the server.
#[derive(Clone, Debug)]
pub struct PushKey(pub String);

/// The public key that browsers ask push services with; nothing where notices do not go to devices.
#[must_use]
pub fn push_key() -> Option<String> {
    use_context::<PushKey>().map(|key| key.0)
}

/// How the session travels, provided by the server.
#[derive(Clone)]
pub struct SessionCookie {
    /// The token of this request.
    pub token: Option<String>,
    /// The header that gives the browser a token, or takes it away.
    pub write: fn(Option<&str>, bool) -> String,
    /// Whether the site is served over https.
    pub https: bool,
    /// The address the request came from.
    pub from: String,
}

/// Gives the browser a session, or takes it away.
pub fn keep_session(token: Option<&str>) {
    if let Some(cookie) = use_context::<SessionCookie>() {
        header(header::SET_COOKIE, &(cookie.write)(token, cookie.https));
    }
}

/// The token of this request's session.
#[must_use]
pub fn session_token() -> Option<String> {
    use_context::<SessionCookie>()?.token
}

/// The address the request came from.
#[must_use]
pub fn from() -> String {
    use_context::<SessionCookie>()
        .map(|cookie| cookie.from)
        .unwrap_or_default()
}

/// What the browser calls itself, shortened.
#[must_use]
pub fn device() -> String {
    let parts = use_context::<Parts>();
    let agent = parts
        .as_ref()
        .and_then(|parts| parts.headers.get(header::USER_AGENT)?.to_str().ok());
    agent.unwrap_or_default().chars().take(200).collect()
}

/// Sets the status of a page.
pub fn status(code: u16) {
    if let (Some(options), Ok(code)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(code))
    {
        options.set_status(code);
    }
}
