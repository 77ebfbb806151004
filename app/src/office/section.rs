//! The parts of the office's configuration pages: a part with its title and a sentence about its effect, what was just
//! saved, and what only an owner may touch. Asks nobody, decides nothing.

use desk::StaffPass;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Tone};

/// A part of a page: what it is and what it changes at the left, its fields at the right; above them what was just done.
pub fn section(
    id: &'static str,
    title: impl Into<String>,
    effect: impl Into<String>,
    body: impl IntoView,
) -> impl IntoView {
    let done = was_done(id);
    view! {
        <section id=id class="part" aria-labelledby=format!("{id}-title")>
            <div>
                <h2 class="text-base font-semibold" id=format!("{id}-title")>{title.into()}</h2>
                <p class="mt-1 max-w-prose text-sm text-muted">{effect.into()}</p>
            </div>
            <div class="flex min-w-0 flex-col gap-4">
                {done.then(saved)}
                {body}
            </div>
        </section>
    }
}

/// A part of one long form: like [`section`], without being a form of its own.
pub fn group(
    title: impl Into<String>,
    effect: impl Into<String>,
    fields: impl IntoView,
) -> impl IntoView {
    let (title, effect) = (title.into(), effect.into());
    let label = title.clone();
    view! {
        <div class="part" role="group" aria-label=label>
            <div>
                <h2 class="text-base font-semibold">{title}</h2>
                <p class="mt-1 max-w-prose text-sm text-muted">{effect}</p>
            </div>
            <div class="sheet flex min-w-0 flex-col gap-4 p-4">{fields}</div>
        </div>
    }
}

/// "Saved.", said at once.
pub fn saved() -> impl IntoView {
    let locale = ask::locale();
    view! { <Banner tone=Tone::Yes alert=true>{td_string!(locale, common.said.saved)}</Banner> }
}

/// "Saved." above a page, when its address says that it was.
pub fn saved_page() -> impl IntoView {
    was_done("page").then(|| view! { <div class="mb-4">{saved()}</div> })
}

/// Whether this was just saved. A form that is drawn again because it was refused stands on the same address.
fn was_done(what: &str) -> bool {
    ask::posted().is_none() && ask::query("done").is_some_and(|done| done == what)
}

/// Fields that only an owner may change: everybody else reads them.
pub fn owners_only(who: StaffPass, fields: impl IntoView) -> impl IntoView {
    let locale = ask::locale();
    let locked = who.owner().is_err();
    view! {
        {locked.then(|| view! { <p class="flex text-sm text-muted">{td_string!(locale, office_config.owners_only)}</p> })}
        <fieldset disabled=locked class="contents">{fields}</fieldset>
    }
}

/// Two fields side by side where there is room.
pub fn pair(fields: impl IntoView) -> impl IntoView {
    view! { <div class="grid gap-4 sm:grid-cols-2">{fields}</div> }
}

/// A refusal beside a group of fields whose names are not the refusal's.
#[component]
pub fn Beside(
    /// The field that the desk names.
    name: &'static str,
) -> impl IntoView {
    crate::kit::form::FormState::around()
        .error(name)
        .map(|words| {
            view! {
                <p class="field-error" role="alert">
                    <crate::kit::Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/>
                    {words}
                </p>
            }
        })
}

/// All values typed under a name, when the form around was refused.
#[must_use]
pub fn typed_all(name: &str) -> Option<Vec<String>> {
    let state = crate::kit::form::FormState::around();
    let posted = state.posted.as_ref()?;
    let of_name = posted.fields.iter().filter(|(key, _)| key == name);
    Some(of_name.map(|(_, value)| value.clone()).collect())
}
