//! Parts of forms that do something by themselves (`itself.js`): sent as soon as something is chosen, counting what may
//! still be typed. No islands: a few lines of script cost less than their WASM. Without scripts the form has a button,
//! and the browser stops at the longest text.

use leptos::prelude::*;

/// Sends the form inside it as soon as something is chosen in a list.
#[component]
pub fn SendsItself(
    /// The form.
    children: Children,
) -> impl IntoView {
    view! { <div data-sends="">{children()}</div> }
}

/// Says how many characters are left in the text area inside it.
#[component]
pub fn Counted(
    /// `{} characters left`, with `{}` for the number.
    left: String,
    /// The text area.
    children: Children,
) -> impl IntoView {
    view! {
        <div data-counts="">
            {children()} <p class="mt-1 min-h-5 text-end text-sm text-muted" data-left=left></p>
        </div>
    }
}
