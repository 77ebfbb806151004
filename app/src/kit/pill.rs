//! The small labels that say a state: icon + word + colour, never colour alone.

use leptos::prelude::*;

use super::icon::Icon;

/// What a state means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Approved, done, free.
    Yes,
    /// Waiting for an answer.
    Wait,
    /// Declined, late, refused.
    No,
    /// Cancelled, expired, over.
    Off,
    /// Neither good nor bad: a kind, a count.
    Info,
}

impl Tone {
    /// The class that colours a pill or a banner.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Yes => "tone-yes",
            Self::Wait => "tone-wait",
            Self::No => "tone-no",
            Self::Off => "tone-off",
            Self::Info => "tone-info",
        }
    }

    /// The icon that says the same.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Yes => "icon-[lucide--circle-check]",
            Self::Wait => "icon-[lucide--hourglass]",
            Self::No => "icon-[lucide--circle-alert]",
            Self::Off => "icon-[lucide--circle-slash]",
            Self::Info => "icon-[lucide--info]",
        }
    }
}

/// A state in a word.
#[component]
pub fn Pill(
    /// What it means.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
    /// Whether to leave the icon out, where the word is a kind and not a state.
    #[prop(default = false)]
    bare: bool,
) -> impl IntoView {
    view! {
        <span class=format!("pill {}", tone.class())>
            {(!bare).then(|| view! { <Icon name=tone.icon() class="size-3.5"/> })} {text}
        </span>
    }
}
