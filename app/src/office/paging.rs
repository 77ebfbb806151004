//! The pages of a long list, as links.

use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;

/// Previous, next, and where one is; nothing where all fits on one page. `href` makes the address of a page.
pub fn paging<F: Fn(u64) -> String>(
    page: u64,
    pages: u64,
    href: F,
) -> Option<impl IntoView + use<F>> {
    let locale = ask::locale();
    let before = (page > 1).then(|| href(page - 1));
    let after = (page < pages).then(|| href(page + 1));
    let said = td_string!(locale, office_config.page_of, page = page, pages = pages).to_string();
    (pages > 1).then(|| view! {
        <nav class="mt-4 flex items-center gap-4" aria-label=said.clone()>
            {before.map(|href| view! { <a class="link py-2" href=href rel="prev">{td_string!(locale, office_config.previous)}</a> })}
            <span class="text-sm text-muted">{said.clone()}</span>
            {after.map(|href| view! { <a class="link py-2" href=href rel="next">{td_string!(locale, office_config.next)}</a> })}
        </nav>
    })
}

/// A text as it stands in a query string.
#[must_use]
pub fn escaped(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}
