//! The door: sign-in, reset, links of letters, set-up. Forms only, so that it is drawn without a bundle.

pub mod forgotten;
pub mod link;
pub mod password;
pub mod set_up;

use leptos::prelude::*;

use crate::ask;
use crate::kit::{Card, PageHead};

/// The frame of every page at the door: whose door it is, and one sheet.
pub(super) fn door(title: impl Into<String>, content: impl IntoView + 'static) -> impl IntoView {
    let business = ask::business();
    let mark = crate::shell::brand_mark(&business);
    let title = title.into();
    view! {
        <p class="brand">{mark} <span class="font-semibold">{business.name}</span></p>
        <Card class="flex flex-col gap-4 p-5"><PageHead title/> {content}</Card>
    }
}
