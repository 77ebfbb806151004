//! Two small islands around server-drawn forms: one sends its form when something is chosen, one counts what may still
//! be typed. Without scripts the form has a button, and the browser stops at the longest text.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlFormElement, HtmlTextAreaElement};

/// Sends the form inside it as soon as something is chosen.
#[island]
pub fn SendsItself(
    /// The form.
    children: Children,
) -> impl IntoView {
    let send = move |event: ev::Event| {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("form").ok().flatten())
            .and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            // The browser's own check says what is wrong; then it is not sent.
            let _ = form.request_submit();
        }
    };
    view! { <div on:change=send>{children()}</div> }
}

/// Says how many characters are left in the text area inside it, once they become few.
#[island]
pub fn Counted(
    /// `{} characters left`, with `{}` for the number.
    left: String,
    /// The text area.
    children: Children,
) -> impl IntoView {
    let (says, set_says) = signal(String::new());
    let count = move |event: ev::Event| {
        let area = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(area) = area {
            let used = area.value().encode_utf16().count();
            let longest = usize::try_from(area.max_length()).unwrap_or(2_000);
            let free = longest.saturating_sub(used);
            set_says.set(if used == 0 {
                String::new()
            } else {
                left.replace("{}", &free.to_string())
            });
        }
    };
    view! {
        <div on:input=count>
            {children()}
            <p class="mt-1 min-h-5 text-right text-sm text-muted">{says}</p>
        </div>
    }
}
