//! Several views of one place, as links: the choice stands in the URL.

use leptos::prelude::*;

/// One view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its URL.
    pub href: String,
    /// Its name.
    pub text: String,
    /// How many are in it, if that helps.
    pub count: Option<u64>,
    /// Whether it is the one in sight.
    pub current: bool,
}

/// A row of views.
#[component]
pub fn Tabs(
    /// What they are views of.
    #[prop(into)]
    label: String,
    /// The views.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs.into_iter().map(|tab| {
        view! {
            <a href=tab.href class="tab-link" aria-current=tab.current.then_some("page")>
                {tab.text} {tab.count.map(|count| view! { <span class="ms-1 tabular-nums">{count}</span> })}
            </a>
        }
    });
    view! { <nav class="tab-row" aria-label=label>{links.collect_view()}</nav> }
}
