//! The Schedule of the portal.

use leptos::prelude::*;

use crate::i18n::{Locale, td_string};
#[cfg(feature = "ssr")]
use crate::{ask, kit::PageHead};

/// The page.
#[cfg(feature = "ssr")]
#[component]
pub fn Schedule() -> impl IntoView {
    crate::site::page(async move {
        let locale = ask::locale();
        Ok(view! {
            <PageHead title=td_string!(locale, portal.schedule.title)/>
            <Starter locale/>
        })
    })
}

/// A stand-in that shows that islands of this bundle wake up; the portal replaces it.
#[island]
pub fn Starter(
    /// The reader's language.
    locale: Locale,
) -> impl IntoView {
    let (count, set_count) = signal(0);
    view! { <button class="btn btn-plain" on:click=move |_| set_count.update(|n| *n += 1)>{td_string!(locale, portal.schedule.title)} " " {count}</button> }
}
