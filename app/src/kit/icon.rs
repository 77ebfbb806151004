//! Pictures beside words, drawn by the style sheet: they cost no WASM. Never the only carrier of a meaning.

use leptos::prelude::*;

/// A Lucide icon by its whole class, `icon-[lucide--calendar]`, so that Tailwind finds it. Hidden from screen readers.
#[component]
pub fn Icon(
    /// The class.
    name: &'static str,
    /// Further classes: size, colour.
    #[prop(default = "size-5")]
    class: &'static str,
) -> impl IntoView {
    view! { <span class=format!("{name} {class} shrink-0") aria-hidden="true"></span> }
}
