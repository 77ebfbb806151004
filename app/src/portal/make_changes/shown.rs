//! A change or a cancellation that waits, in words: the banner on a visit, and what is wanted instead of what is.

use desk::changes_shown::ChangeSeen;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Icon, Tone, money};
use crate::trouble::words;

/// What a change asks for, line by line: "Time: … → …".
pub fn lines(change: &ChangeSeen, subjects: &str) -> Vec<(String, String)> {
    let (locale, reader) = (ask::locale(), ask::reader());
    let nothing = |words: String| match words.is_empty() {
        true => td_string!(locale, changes.none).to_owned(),
        false => words,
    };
    let became = |was: String, is: String| crate::language::became(locale, &was, &is);
    let listed = |names: &[String]| nothing(crate::language::list(locale, names));
    let wanted = &change.wanted;
    let time = wanted.time.map(|(start, end)| {
        let was = reader.span(change.start, change.end);
        let label = td_string!(locale, changes.field.time).to_owned();
        let span = reader.span(start, end);
        let is = match wanted.block_length_min {
            Some(_) => td_string!(locale, changes.in_block, when = span),
            None => span,
        };
        (label, became(was, is))
    });
    let service = wanted.service.clone().map(|name| {
        let label = td_string!(locale, changes.field.service).to_owned();
        (label, became(change.service.clone(), name))
    });
    let about = wanted.subjects.as_ref().map(|names| {
        let was = listed(&change.subjects);
        (subjects.to_owned(), became(was, listed(names)))
    });
    let notes = wanted.notes.clone().map(|notes| {
        let label = td_string!(locale, changes.field.notes).to_owned();
        (label, became(nothing(change.notes.clone()), nothing(notes)))
    });
    let reason = change.reason.clone().map(|reason| {
        let label = td_string!(locale, portal.visit.reason).to_owned();
        (label, reason)
    });
    let all = [time, service, about, notes, reason];
    all.into_iter().flatten().collect()
}

/// The banner of a visit that waits for an answer (D5): said by an icon and in words, not by colour alone.
pub fn banner(change: &ChangeSeen) -> impl IntoView + use<> {
    let locale = ask::locale();
    let text = match change.cancellation {
        true => td_string!(locale, changes.waits_cancellation),
        false => td_string!(locale, changes.waits_change),
    };
    view! {
        <p class="flex items-center gap-2 rounded-control bg-wait-soft px-3 py-1.5 text-sm font-semibold text-wait">
            <Icon name="icon-[lucide--hourglass]" class="size-4 shrink-0"/> {text}
        </p>
    }
}

/// What is wanted, as a list.
pub fn wanted(change: &ChangeSeen) -> impl IntoView + use<> {
    let rows = lines(change, &ask::business().subjects(ask::locale())).into_iter();
    let rows = rows.map(|(label, text)| {
        view! { <div class="flex flex-wrap gap-x-4"><dt class="w-32 shrink-0 text-muted">{label}</dt><dd class="min-w-0 whitespace-pre-line tabular-nums">{text}</dd></div> }
    });
    view! { <dl class="flex flex-col gap-1 text-sm">{rows.collect_view()}</dl> }
}

/// What happens when a visit is cancelled now: the tone, the sentence, whether it can be done.
pub fn outcome(ways: &desk::changes_shown::VisitWays) -> (Tone, String, bool) {
    use booking::policy::CancellationAnswer;
    let locale = ask::locale();
    match ways.cancel {
        Ok(CancellationAnswer::Accepted) => {
            let text = td_string!(locale, changes.cancel.at_once).to_owned();
            (Tone::Yes, text, true)
        }
        Ok(CancellationAnswer::Reviewed) => {
            let text = td_string!(locale, changes.cancel.reviewed).to_owned();
            (Tone::Wait, text, true)
        }
        Ok(CancellationAnswer::Late) => {
            let text = match ways.late_fee_minor {
                Some(minor) => {
                    let fee = money(minor, &ask::business().currency, locale);
                    td_string!(locale, changes.cancel.late_fee, fee = fee)
                }
                None => td_string!(locale, changes.cancel.late).to_owned(),
            };
            (Tone::Wait, text, true)
        }
        Err(why) => (Tone::Off, words(why, locale).to_owned(), false),
    }
}
