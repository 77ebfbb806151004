//! What the steps of the wizard have in common: the head with the step's number, the service that was chosen, the
//! choices that travel unseen.

use leptos::prelude::*;
use leptos_meta::Title;

use super::choices::{Choices, utc};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Hidden, Icon};

/// Back, where one is, how far one has come; the browser's tab says the step's question.
#[component]
pub fn Step(
    /// 1 to 4.
    number: u32,
    /// Where Back leads.
    #[prop(into)]
    back: String,
    /// The question, for the tab.
    #[prop(into)]
    question: String,
) -> impl IntoView {
    let locale = ask::locale();
    let pieces = (1..=4).map(|piece| {
        let class = if piece <= number {
            "h-1 rounded-full bg-primary"
        } else {
            "h-1 rounded-full bg-line"
        };
        view! { <span class=class></span> }
    });
    view! {
        <Title text=question/>
        <div class="mb-4">
            <div class="flex items-center gap-2">
                <a href=back class="btn btn-quiet btn-square -ms-3" aria-label=td_string!(locale, portal.wizard.back)>
                    <Icon name="icon-[lucide--arrow-left]"/>
                </a>
                <span class="grow font-semibold">{td_string!(locale, portal.wizard.title)}</span>
                <span class="text-sm text-muted">{td_string!(locale, portal.wizard.step, number = number)}</span>
            </div>
            <div class="mt-1 grid grid-cols-4 gap-1.5" aria-hidden="true">{pieces.collect_view()}</div>
        </div>
    }
}

/// The question of a step: the page's heading.
#[component]
pub fn Question(
    /// Its words.
    text: &'static str,
    /// What stands at its right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="mb-4 flex flex-wrap items-center justify-between gap-3">
            <h1 class="page-title">{text}</h1>
            {children.map(|children| children())}
        </div>
    }
}

/// The service in a line, with the way to choose another one.
#[component]
pub fn ChosenService(
    /// Its name.
    name: String,
    /// `60 min · € 80.00 · your price`.
    line: String,
    /// Where another one is chosen; nowhere while a request is edited.
    #[prop(optional_no_strip, into)]
    change: Option<String>,
) -> impl IntoView {
    let locale = ask::locale();
    view! {
        <div class="sheet mb-5 flex items-center gap-3 p-3">
            <span class="grid size-9 place-items-center rounded-control bg-accent-soft text-accent-ink"><Icon name="icon-[lucide--sparkles]"/></span>
            <div class="min-w-0 grow">
                <p class="font-semibold">{name}</p>
                <p class="text-sm text-muted">{line}</p>
            </div>
            {change.map(|href| view! { <a href=href class="link px-2 py-3 text-sm font-semibold">{td_string!(locale, portal.wizard.change)}</a> })}
        </div>
    }
}

/// The choices as fields that travel unseen, day and time included; notes, ticket and subjects are left to the form.
#[component]
pub fn Carried(
    /// The choices.
    choices: Choices,
) -> impl IntoView {
    let window = choices.window.pairs().into_iter();
    let window = window.map(|(name, value)| view! { <Hidden name value/> });
    view! {
        {choices.length.map(|length| view! { <Hidden name="length" value=length.to_string()/> })}
        {choices.with.map(|with| view! { <Hidden name="with" value=with/> })}
        {choices.seats.map(|seats| view! { <Hidden name="seats" value=seats.to_string()/> })}
        {choices.day.map(|day| view! { <Hidden name="day" value=day.to_string()/> })}
        {choices.start.map(|start| view! { <Hidden name="start" value=utc(start)/> })}
        {window.collect_view()}
    }
}
