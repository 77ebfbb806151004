//! The head of a page and its title; server only, like the pages.

use leptos::prelude::*;
use leptos_meta::Title;

use super::icon::Icon;

/// Title, way back, actions.
#[component]
pub fn PageHead(
    /// The page's name; the browser's tab says it too.
    #[prop(into)]
    title: String,
    /// Where Back leads, and its word.
    #[prop(optional)]
    back: Option<(String, String)>,
    /// Actions, at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <div class="page-head">
            {back.map(|(href, word)| view! {
                <a href=href class="btn btn-quiet btn-square -ms-2" aria-label=word><Icon name="icon-[lucide--arrow-left]"/></a>
            })}
            <h1 class="page-title">{title}</h1>
            {children.map(|children| view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> })}
        </div>
    }
}
