//! What islands hear of the live events (`app/src/live.js` brings them): counts, and that something has changed. In the
//! browser only; on the server nothing is ever heard.

/// What can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// How many requests wait for staff, as a number.
    Pending,
    /// How many of one's own notices are unread, as a number.
    Unread,
    /// Something has changed: "requests", "schedule" or "notices".
    Changed,
}

impl Heard {
    /// The name of the browser's event.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "frontdesk:pending",
            Self::Unread => "frontdesk:unread",
            Self::Changed => "frontdesk:changed",
        }
    }
}

/// Calls `told` with the event's data until the island goes. Call it in the body of an island.
#[cfg(target_arch = "wasm32")]
pub fn on(heard: Heard, told: impl Fn(String) + 'static) {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;

    let listening = window_event_listener_untyped(heard.name(), move |event| {
        let event: web_sys::CustomEvent = event.unchecked_into();
        told(event.detail().as_string().unwrap_or_default());
    });
    on_cleanup(move || listening.remove());
}

/// On the server: nothing.
#[cfg(not(target_arch = "wasm32"))]
pub fn on(_heard: Heard, _told: impl Fn(String) + 'static) {}
