//! A conversation as both sides read it: who wrote what, when. Draws only.

use booking::message::Side;
use desk::messages::{MessageSeen, ThreadRow};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Icon, Pill, Tone};

/// The messages, the first first; those of the reader's own side stand at the end of the line.
pub fn messages(all: &[MessageSeen], own: Side) -> impl IntoView + use<> {
    let lines: Vec<_> = all.iter().map(|message| one(message, own)).collect();
    view! { <ol class="flex flex-col gap-3">{lines}</ol> }
}

fn one(message: &MessageSeen, own: Side) -> impl IntoView + use<> {
    let when = ask::reader().moment(message.at);
    let class = match message.side == own {
        true => "sheet max-w-prose self-end bg-accent-soft px-4 py-3",
        false => "sheet max-w-prose self-start px-4 py-3",
    };
    view! {
        <li class=class>
            <p class="text-sm text-muted"><strong>{message.name.clone()}</strong> " · " <span class="tabular-nums">{when}</span></p>
            <p class="break-words whitespace-pre-line">{message.words.clone()}</p>
        </li>
    }
}

/// The first words of a message, on one line.
#[must_use]
pub fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(90) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// What a thread is about, and how it stands for the office.
pub fn pills(row: &ThreadRow) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (tone, word) = match (row.open, row.waits) {
        (false, _) => (Tone::Off, td_string!(locale, messages.closed)),
        (true, true) => (Tone::Wait, td_string!(locale, messages.waits)),
        (true, false) => (Tone::Yes, td_string!(locale, messages.answered)),
    };
    view! { <Pill tone text=word/> }
}

/// The visit it is about, with the way there.
pub fn about(row: &ThreadRow, page: &str) -> Option<impl IntoView + use<>> {
    let reference = row.visit.clone()?;
    let href = format!("{page}/{reference}");
    let words = td_string!(ask::locale(), messages.about, reference = reference);
    Some(
        view! { <p><a class="link" href=href><Icon name="icon-[lucide--calendar-days]" class="size-4"/> {words}</a></p> },
    )
}
