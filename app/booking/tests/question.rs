//! What counts as an answer to a service's question.
#![allow(missing_docs, reason = "tests")]

use booking::question::{AnswerKind, NewQuestion};
use booking::refusal::Refusal;

fn question(kind: AnswerKind, required: bool) -> NewQuestion {
    NewQuestion {
        words: "How many?".to_owned(),
        kind,
        options: vec!["Short".to_owned(), "Long".to_owned()],
        required,
    }
}

fn kept(kind: AnswerKind, typed: &str) -> Result<Option<String>, Refusal> {
    question(kind, false).answer(typed)
}

#[test]
fn nothing_is_an_answer_only_where_none_is_required() {
    for kind in AnswerKind::ALL {
        for nothing in ["", "  ", "\t"] {
            assert_eq!(question(*kind, false).answer(nothing), Ok(None));
            assert_eq!(
                question(*kind, true).answer(nothing),
                Err(Refusal::TextEmpty)
            );
        }
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let good = [
        ("3", "3"),
        (" 12,5 ", "12.5"),
        ("-4", "-4"),
        ("\u{2212}4", "-4"),
        ("+7.25", "7.25"),
        ("999999999999", "999999999999"),
    ];
    for (typed, stored) in good {
        assert_eq!(kept(AnswerKind::Number, typed), Ok(Some(stored.to_owned())));
    }
    for bad in [
        "three",
        "1e9",
        "1.",
        ".5",
        "--1",
        "+-1",
        "1 000",
        "NaN",
        "1,2,3",
        "1234567890123",
        "0x1f",
        "٣",
    ] {
        assert_eq!(
            kept(AnswerKind::Number, bad),
            Err(Refusal::NotANumber),
            "{bad}"
        );
    }
}

#[test]
fn only_what_is_offered_can_be_chosen() {
    assert_eq!(
        kept(AnswerKind::Choice, "Long"),
        Ok(Some("Long".to_owned()))
    );
    assert_eq!(kept(AnswerKind::Choice, "long"), Err(Refusal::BadChoice));
    assert_eq!(kept(AnswerKind::YesNo, "yes"), Ok(Some("yes".to_owned())));
    assert_eq!(kept(AnswerKind::YesNo, "maybe"), Err(Refusal::BadChoice));
}

#[test]
fn words_are_kept_without_what_hides() {
    assert_eq!(
        kept(AnswerKind::Text, " Ring twice "),
        Ok(Some("Ring twice".to_owned()))
    );
    assert_eq!(
        kept(AnswerKind::Text, "a\u{202e}b"),
        Err(Refusal::TextControl)
    );
    assert_eq!(
        kept(AnswerKind::Text, &"x".repeat(201)),
        Err(Refusal::TextTooLong)
    );
    assert!(kept(AnswerKind::Text, &"x".repeat(200)).is_ok());
}

#[test]
fn a_choice_has_two_to_ten_different_options() {
    let with = |options: &[&str]| {
        let options = options.iter().map(|one| (*one).to_owned()).collect();
        NewQuestion {
            options,
            ..question(AnswerKind::Choice, true)
        }
        .checked_options()
    };
    assert_eq!(
        with(&["A", " ", "B"]),
        Ok(vec!["A".to_owned(), "B".to_owned()])
    );
    assert_eq!(with(&["A"]), Err(Refusal::BadOptions));
    assert_eq!(with(&["A", "A "]), Err(Refusal::BadOptions));
    let eleven: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    assert_eq!(with(&eleven), Err(Refusal::BadOptions));
    assert!(with(&eleven[..10]).is_ok());
    assert_eq!(
        question(AnswerKind::Text, true).checked_options(),
        Ok(Vec::new())
    );
}
