//! Surfaces: cards, banners that say how things stand, and what an empty list says.

use leptos::prelude::*;

use super::icon::Icon;
use super::pill::Tone;

/// A raised surface.
#[component]
pub fn Card(
    /// Further classes; `p-4` where the content does not bring its own rows.
    #[prop(default = "")]
    class: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    view! { <div class=format!("sheet {class}")>{children()}</div> }
}

/// A strip that says how things stand: icon, words, colour.
#[component]
pub fn Banner(
    /// What colour and icon.
    tone: Tone,
    /// Whether a screen reader says it at once (a refusal, a result).
    #[prop(default = false)]
    alert: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("banner {}", tone.class()) role=alert.then_some("alert")>
            <Icon name=tone.icon()/>
            <div class="min-w-0">{children()}</div>
        </div>
    }
}

/// What stands where a list would: what is not there, and what to do next.
#[component]
pub fn Empty(
    /// The icon's class.
    icon: &'static str,
    /// What is not there, in a few words.
    #[prop(into)]
    title: String,
    /// What to do next.
    #[prop(optional, into)]
    text: String,
    /// The action, if there is one.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-2 px-6 py-12 text-center">
            <Icon name=icon class="size-8 text-muted"/>
            <p class="font-semibold">{title}</p>
            <p class="max-w-prose text-muted">{text}</p>
            {children.map(|children| view! { <div class="mt-2 flex flex-wrap justify-center gap-2">{children()}</div> })}
        </div>
    }
}
