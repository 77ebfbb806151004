//! Answers to a service's questions as people read them, in the portal and in the office. Formats and nothing else.

use booking::question::{AnswerKind, NO, YES};
use desk::answers::Answer;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;

/// The answer in words: "yes" and "no" are the reader's.
#[must_use]
pub fn answer(answer: &Answer) -> String {
    words(answer.kind, &answer.answer)
}

/// What was typed as an answer, in words.
#[must_use]
pub fn words(kind: AnswerKind, typed: &str) -> String {
    let locale = ask::locale();
    match (kind, typed) {
        (AnswerKind::YesNo, YES) => td_string!(locale, questions.yes).to_owned(),
        (AnswerKind::YesNo, NO) => td_string!(locale, questions.no).to_owned(),
        (AnswerKind::Text | AnswerKind::Choice | AnswerKind::Number | AnswerKind::YesNo, _) => {
            typed.to_owned()
        }
    }
}

/// Questions with their answers below them; nothing where nothing was answered.
pub fn list(answers: &[Answer]) -> Option<impl IntoView + use<>> {
    let rows = answers.iter().map(|one| {
        let (question, words) = (one.words.clone(), answer(one));
        view! { <div><dt class="text-sm text-muted">{question}</dt><dd class="break-words">{words}</dd></div> }
    });
    let rows = rows.collect_view();
    (!answers.is_empty()).then(|| view! { <dl class="flex flex-col gap-2">{rows}</dl> })
}
