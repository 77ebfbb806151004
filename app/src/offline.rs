//! The portal as an installed application: what its documents carry so that it can be installed, the mark of a page that
//! the worker (`server/src/worker.js`) shows from memory, and the page for everything that it does not remember.

use http::HeaderName;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Look, Tone};
use crate::shell::Place;

/// Where the page lies that is shown without a connection.
pub const PATH: &str = "/offline";

/// By this header a page allows the worker to remember it.
const KEEP: HeaderName = HeaderName::from_static("frontdesk-keep");

/// What makes a site one that can be installed. The office is no part of it.
pub(crate) fn links(root: &str) -> Option<impl IntoView + use<>> {
    let portal = match Place::here() {
        Place::Portal | Place::Door => true,
        Place::Office => false,
    };
    portal.then(|| {
        view! {
            <link rel="manifest" href="/manifest.webmanifest"/>
            <link rel="apple-touch-icon" href=format!("{root}/icons/apple-touch-icon.png")/>
        }
    })
}

/// Starts the worker, for contacts in their portal; and looks after pages that are shown without a connection.
pub(crate) fn script() -> Option<impl IntoView + use<>> {
    let is_wanted = is_for_contacts() || ask::path() == PATH;
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    is_wanted.then(|| view! { <script type="module" nonce=nonce inner_html=include_str!("offline.js")></script> })
}

fn is_for_contacts() -> bool {
    let contact = ask::viewer().who.and_then(|who| who.contact());
    contact.is_some() && Place::here() == Place::Portal
}

/// Whether a page says what a client has coming. Pages that only ask something are worth nothing without a connection.
fn is_worth_keeping(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] | ["requests"] | ["requests" | "visits", _] => true,
        [] | [_, ..] => false,
    }
}

/// The mark of a page that was remembered: how old it is. The worker uncovers it.
pub(crate) fn mark() -> Option<impl IntoView> {
    if !is_for_contacts() || !is_worth_keeping(&ask::path()) {
        return None;
    }
    ask::header(KEEP, "1");
    let (locale, reader) = (ask::locale(), ask::reader());
    let words = td_string!(locale, offline.as_of, when = reader.moment(reader.now));
    Some(view! {
        <div id="as-of" hidden=true role="status" class="mb-4">
            <Banner tone=Tone::Wait>{words} " " <a class="link underline" href="">{td_string!(locale, common.try_again)}</a></Banner>
        </div>
    })
}

/// What stands where a page would be that is not remembered. Nobody's: drawn for a stranger.
#[must_use]
pub fn page() -> impl IntoView {
    crate::shell::document(Place::Door, || {
        leptos_meta::provide_meta_context();
        let locale = ask::locale();
        view! {
            <Title text=td_string!(locale, offline.title)/>
            <main id="content" class="door">
                <div class="notice-page">
                    <h1 class="page-title">{td_string!(locale, offline.title)}</h1>
                    <p id="as-of">{td_string!(locale, offline.text)}</p>
                    <a class=Look::Primary.class() href="">{td_string!(locale, common.try_again)}</a>
                </div>
            </main>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_tell_are_kept_and_pages_that_ask_are_not() {
        for path in ["/", "/requests", "/requests/R-7K3M9", "/visits/V-7K3M9"] {
            assert!(is_worth_keeping(path), "{path}");
        }
        for path in [
            "/account",
            "/request",
            "/requests/R-1/cancel",
            "/notices",
            "/visits",
            "/office",
        ] {
            assert!(!is_worth_keeping(path), "{path}");
        }
    }
}
