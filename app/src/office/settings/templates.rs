//! Settings: all letters, and which of them have words of the owner's own.

use booking::template::{LETTERS, LetterKind};
use leptos::prelude::*;

use super::tabs::head;
use crate::ask;
use crate::event_words;
use crate::i18n::{Locale, td_string};
use crate::kit::{Pill, Tone};
use crate::office::section::saved_page;

/// The page `/office/settings/templates`.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let changed = ask::desk()?.changed_templates(&who).await?;
        let rows = LETTERS.iter().map(|letter| row(locale, *letter, &changed));
        Ok(view! {
            {head()}
            {saved_page()}
            <p class="mb-4 max-w-prose text-sm text-muted">{td_string!(locale, office_notifications.templates_effect)}</p>
            <ul class="sheet rows max-w-5xl">{rows.collect_view()}</ul>
        })
    })
}

/// One letter with a link for each language.
fn row(
    locale: Locale,
    letter: LetterKind,
    changed: &[(LetterKind, String)],
) -> impl IntoView + use<> {
    let (name, to) = (
        event_words::letter(letter, locale),
        event_words::recipient(letter.recipient, locale),
    );
    let languages = crate::language::picks().into_iter().map(|language| {
        let is_changed = changed.iter().any(|(kind, tag)| *kind == letter && *tag == language.value);
        let href = format!("/office/settings/templates/{letter}/{}", language.value);
        let label = crate::language::labelled(locale, &language.text, &crate::language::list(locale, &[name, to]));
        let mark = is_changed.then(|| view! { <Pill tone=Tone::Info text=td_string!(locale, office_notifications.changed)/> });
        view! {
            <span class="flex items-center gap-2">
                <a class="link py-1" href=href aria-label=label>{language.text}</a>
                {mark}
            </span>
        }
    });
    view! {
        <li class="row">
            <span class="flex min-w-0 flex-1 basis-72 flex-col">
                <span class="font-semibold">{name}</span>
                <span class="text-sm text-muted">{to}</span>
            </span>
            <span class="flex flex-wrap gap-x-6">{languages.collect_view()}</span>
        </li>
    }
}
