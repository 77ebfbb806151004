//! What people choose from: a list, radio cards, a box to tick.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::field::{frame, refusal};
use super::form::FormState;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// What travels.
    pub value: String,
    /// What is read.
    pub text: String,
}

impl Pick {
    /// A choice.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
        }
    }
}

/// A drop-down list.
#[component]
pub fn Choice(
    /// The name in the form.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    picks: Vec<Pick>,
    /// What is chosen before anybody chooses.
    #[prop(optional, into)]
    value: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// Whether something must be chosen.
    #[prop(default = false)]
    required: bool,
) -> impl IntoView {
    let chosen = FormState::around().typed(name).unwrap_or(value);
    frame(name, label, hint, move |described| {
        let options = picks.into_iter().map(|pick| {
            let selected = pick.value == chosen;
            view! { <option value=pick.value selected=selected>{pick.text}</option> }
        });
        view! {
            <select
                id=described.id name=name required=required class="select"
                aria-describedby=described.by aria-invalid=described.wrong.then_some("true")
            >
                {options.collect_view()}
            </select>
        }
        .into_any()
    })
}

/// One of a few, all of them in sight.
#[component]
pub fn Radio(
    /// The name in the form.
    name: &'static str,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    picks: Vec<Pick>,
    /// What is chosen before anybody chooses.
    #[prop(optional, into)]
    value: String,
    /// Whether they stand beside each other, where they are short.
    #[prop(default = false)]
    row: bool,
) -> impl IntoView {
    let form = FormState::around();
    let chosen = form.typed(name).unwrap_or(value);
    let error = form
        .error(name)
        .map(|words| refusal(form.id(name) + "-error", words));
    let rows = picks.into_iter().map(|pick| {
        let checked = pick.value == chosen;
        view! {
            <label class="tick">
                <input type="radio" name=name value=pick.value checked=checked class="radio radio-primary"/>
                <span>{pick.text}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">{label}</legend>
            <div class=if row { "tick-row" } else { "contents" }>{rows.collect_view()}</div>
            {error}
        </fieldset>
    }
}

/// A box to tick. Unticked it does not travel: its argument is `#[server(default)]`.
#[component]
pub fn Tick(
    /// The name in the form.
    name: &'static str,
    /// What it means.
    #[prop(into)]
    label: String,
    /// What travels when it is ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Whether it is ticked before anybody touches it.
    #[prop(default = false)]
    ticked: bool,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let form = FormState::around();
    let checked = form
        .posted
        .as_ref()
        .map_or(ticked, |posted| posted.holds(name, &value));
    let id = form.id(name) + &value;
    let by = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let error = form
        .error(name)
        .map(|words| refusal(format!("{id}-error"), words));
    view! {
        <div>
            <label class="tick">
                <input type="checkbox" id=id.clone() name=name value=value checked=checked class="checkbox checkbox-primary" aria-describedby=by/>
                <span>{label}</span>
            </label>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint ms-8" id=format!("{id}-hint")>{hint}</p> })}
            {error}
        </div>
    }
}
