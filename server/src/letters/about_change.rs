//! What letters say of a change that a client asks for: what is wanted instead of what is, row by row.

use desk::outbox::{ChangeFacts, LetterFacts};
use leptos_i18n::td_string;

use super::layout::Row;
use super::{Reader, plain, when};

/// The facts without what could break a line or a header.
pub(super) fn cleaned(said: ChangeFacts) -> ChangeFacts {
    let line = |words: String| plain::line(&words, 200);
    ChangeFacts {
        reference: line(said.reference),
        service: said.service.map(line),
        subjects: said.subjects.map(|all| all.into_iter().map(line).collect()),
        notes: said.notes.map(|notes| plain::lines(&notes)),
        ..said
    }
}

/// A row for everything that is wanted.
pub(super) fn rows(said: &LetterFacts, reader: &Reader<'_>) -> Vec<Row> {
    let l = reader.locale;
    let Some(change) = &said.change else {
        return Vec::new();
    };
    let row = |label: &str, value: String, is_time: bool| Row {
        label: label.to_owned(),
        value,
        was: None,
        is_time,
    };
    let nothing = |words: &String| match words.is_empty() {
        true => td_string!(l, changes.none).to_owned(),
        false => words.clone(),
    };
    let time = change.start.zip(change.end).map(|(start, end)| {
        let time = when::span(start, end, reader.zone, l);
        let time = match change.block {
            true => td_string!(l, changes.in_block, when = time),
            false => time,
        };
        row(td_string!(l, changes.wanted.time), time, true)
    });
    let service = change.service.clone();
    let service = service.map(|name| row(td_string!(l, changes.wanted.service), name, false));
    let subjects = change.subjects.as_ref().map(|all| {
        let names = nothing(&app::language::list(l, all));
        row(td_string!(l, changes.wanted.subjects), names, false)
    });
    let notes = change.notes.as_ref();
    let notes = notes.map(|notes| row(td_string!(l, changes.wanted.notes), nothing(notes), false));
    let other = change.other_technician.then(|| {
        let words = td_string!(l, changes.other_technician).to_owned();
        row(td_string!(l, letters.label.technician), words, false)
    });
    let rows = [time, service, subjects, notes, other];
    rows.into_iter().flatten().collect()
}
