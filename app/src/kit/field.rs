//! What people type into: label above, hint below, the refusal beside it, what was typed kept.

use leptos::prelude::*;

use super::form::FormState;
use super::icon::Icon;

/// The frame of a field: label, hint, refusal. `control` is given the id and the ids that describe it.
pub(super) fn frame(
    name: &str,
    label: String,
    hint: String,
    control: impl FnOnce(Described) -> AnyView,
) -> impl IntoView {
    let form = FormState::around();
    let id = form.id(name);
    let error = form.error(name);
    let mut by = Vec::new();
    if !hint.is_empty() {
        by.push(format!("{id}-hint"));
    }
    if error.is_some() {
        by.push(format!("{id}-error"));
    }
    let described = Described {
        id: id.clone(),
        by: (!by.is_empty()).then(|| by.join(" ")),
        wrong: error.is_some(),
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            {control(described)}
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            {error.map(|words| refusal(format!("{id}-error"), words))}
        </div>
    }
}

/// How a control names what describes it.
pub(super) struct Described {
    pub id: String,
    pub by: Option<String>,
    pub wrong: bool,
}

/// The sentence beside a field.
pub(super) fn refusal(id: String, words: String) -> impl IntoView {
    view! {
        <p class="field-error" id=id role="alert">
            <Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/>
            {words}
        </p>
    }
}

/// A line of text, a date, a time, a number, a password.
#[component]
pub fn Field(
    /// The name in the form, which is the argument of the server function.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The kind of input; what a "password" held is never drawn again.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds before anybody types.
    #[prop(optional, into)]
    value: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// Whether it must be filled in.
    #[prop(default = false)]
    required: bool,
    /// What the browser may fill in: "email", "current-password", "off".
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The longest text.
    #[prop(default = 200)]
    longest: u32,
    /// The keyboard of a phone: "numeric", "decimal".
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Lowest value of a number or a date.
    #[prop(optional, into)]
    min: Option<String>,
    /// Highest value of a number or a date.
    #[prop(optional, into)]
    max: Option<String>,
) -> impl IntoView {
    let value = if kind == "password" {
        String::new()
    } else {
        FormState::around().typed(name).unwrap_or(value)
    };
    let longest = matches!(
        kind,
        "text" | "email" | "password" | "search" | "tel" | "url"
    )
    .then_some(longest);
    frame(name, label, hint, move |described| {
        view! {
            <input
                id=described.id type=kind name=name value=value required=required class="input"
                autocomplete=autocomplete maxlength=longest inputmode=inputmode min=min max=max
                aria-describedby=described.by aria-invalid=described.wrong.then_some("true")
            />
        }
        .into_any()
    })
}

/// A text as it stands between `<textarea>` and its end. Leptos writes it there as it is, so that `</textarea>` in a
/// text would end the field and the rest would be the page's; in a browser it is set as text and needs nothing.
#[must_use]
pub fn inside(text: &str) -> String {
    if cfg!(feature = "ssr") {
        text.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        text.to_owned()
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The name in the form.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What it holds before anybody types.
    #[prop(optional, into)]
    value: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// Whether it must be filled in.
    #[prop(default = false)]
    required: bool,
    /// How many lines are shown.
    #[prop(default = 3)]
    rows: u32,
    /// The longest text.
    #[prop(default = 2000)]
    longest: u32,
) -> impl IntoView {
    let value = FormState::around().typed(name).unwrap_or(value);
    frame(name, label, hint, move |described| {
        view! {
            <textarea
                id=described.id name=name rows=rows maxlength=longest required=required class="textarea"
                aria-describedby=described.by aria-invalid=described.wrong.then_some("true")
            >
                {inside(&value)}
            </textarea>
        }
        .into_any()
    })
}
