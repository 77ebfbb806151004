//! Buttons, and links that look like them. One primary action a screen; everything else is quieter.

use leptos::prelude::*;

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one primary action of a screen.
    Primary,
    /// An ordinary action.
    #[default]
    Plain,
    /// An action that only shows itself under the pointer.
    Quiet,
    /// An action that takes something away.
    Danger,
}

impl Look {
    /// The classes of this look.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Plain => "btn btn-plain",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button. Sends its form unless `kind` is "button"; takes `on:click` and `attr:…` from outside.
#[component]
pub fn Button(
    /// How loud.
    #[prop(optional)]
    look: Look,
    /// "submit" or "button".
    #[prop(default = "submit")]
    kind: &'static str,
    /// The name that travels with the form when this button sends it.
    #[prop(optional)]
    name: Option<&'static str>,
    /// The value that travels under that name.
    #[prop(optional, into)]
    value: Option<String>,
    /// Further classes: width, size (`btn-sm`).
    #[prop(default = "")]
    class: &'static str,
    /// Words, with an icon before them if one helps.
    children: Children,
) -> impl IntoView {
    view! { <button type=kind name=name value=value class=format!("{} {class}", look.class())>{children()}</button> }
}

/// What Enter presses in a form whose first visible button does something else: that one's place, unseen and out of the
/// order of focus. Stands first in its form.
#[component]
pub fn EnterSends() -> impl IntoView {
    view! { <button class="sr-only" tabindex="-1" aria-hidden="true"></button> }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// How loud.
    #[prop(optional)]
    look: Look,
    /// Further classes.
    #[prop(default = "")]
    class: &'static str,
    /// Words, with an icon before them if one helps.
    children: Children,
) -> impl IntoView {
    view! { <a href=href class=format!("{} {class}", look.class())>{children()}</a> }
}
