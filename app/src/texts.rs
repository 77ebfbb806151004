//! What the build does not check about the texts: that each says the same values and numbers in every language, and that
//! none was left in English.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::language::ALL;

/// What is one word in both languages, or a name.
const ALIKE: &[&str] = &[
    "April",
    "August",
    "Client",
    "Clients",
    "Contacts",
    "Date",
    "Date {{ n }}",
    "Description",
    "E-mail",
    "E-mails",
    "Exceptions",
    "Fr",
    "Incident {{ number }}",
    "Logo",
    "Menu",
    "Message",
    "Messages",
    "min",
    "minutes",
    "Mo",
    "Name",
    "No",
    "Note",
    "Notes",
    "Notifications",
    "November",
    "Pages",
    "Photo {{ number }}",
    "Photos",
    "Places",
    "places",
    "Portal",
    "Question",
    "Questions",
    "Sa",
    "September",
    "Series",
    "Service",
    "Services",
    "Status",
    "Team",
    "Text",
    "Ticket",
    "Tickets",
    "Total",
    "{{ count }} clients",
    "{{ count }} min",
    "{{ count }} photos",
    "{{ count }} places",
    "{{ hours }} h {{ minutes }} min",
];

/// Every text of a language by its place and key; of a text with several forms all of them.
fn texts(language: &str) -> BTreeMap<String, Vec<String>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language);
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let place = path.file_stem().unwrap().to_string_lossy().into_owned();
        let whole: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        gather(&place, &whole, &mut found);
    }
    found
}

fn gather(key: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                gather(&format!("{key}.{name}"), value, found);
            }
        }
        Value::Array(forms) => {
            let forms = forms
                .iter()
                .map(|form| form[0].as_str().unwrap().to_owned());
            found.insert(key.to_owned(), forms.collect());
        }
        other => {
            found.insert(key.to_owned(), vec![other.as_str().unwrap().to_owned()]);
        }
    }
}

/// The names between double braces.
fn values(text: &str) -> BTreeSet<String> {
    let parts = text.split("{{").skip(1);
    parts
        .map(|part| part.split("}}").next().unwrap().trim().to_owned())
        .collect()
}

/// The numbers that are written out, without what stands between thousands, sorted.
fn numbers(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (place, letter) in letters.iter().enumerate() {
        let digit = |place: usize| letters.get(place).is_some_and(char::is_ascii_digit);
        let between = place > 0 && digit(place - 1) && digit(place + 1);
        if !(between && matches!(letter, '.' | ',' | '\u{a0}' | '\u{202f}')) {
            plain.push(*letter);
        }
    }
    let runs = plain.split(|letter: char| !letter.is_ascii_digit());
    let mut runs: Vec<String> = runs
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect();
    runs.sort();
    runs
}

/// Whether it says something in words, not only by values.
fn has_words(text: &str) -> bool {
    let outside: String = text
        .split("{{")
        .map(|part| part.split("}}").last().unwrap_or_default())
        .collect();
    outside
        .split(|letter: char| !letter.is_alphabetic())
        .any(|word| word.chars().count() > 1)
}

#[test]
fn every_language_says_the_same_values_and_numbers() {
    let english = texts("en");
    let mut wrong = Vec::new();
    for locale in ALL {
        let theirs = texts(locale.as_ref());
        assert_eq!(
            theirs.keys().collect::<Vec<_>>(),
            english.keys().collect::<Vec<_>>(),
            "{locale}"
        );
        for (key, forms) in theirs {
            let all = |forms: &[String]| {
                forms
                    .iter()
                    .flat_map(|text| values(text))
                    .collect::<BTreeSet<_>>()
            };
            if all(&forms) != all(&english[&key]) {
                wrong.push(format!("{locale} {key}: other values: {forms:?}"));
            }
            let last = |forms: &[String]| numbers(forms.last().unwrap());
            if last(&forms) != last(&english[&key]) {
                wrong.push(format!("{locale} {key}: other numbers: {forms:?}"));
            }
            if forms
                .iter()
                .any(|text| text.trim() != text || text.chars().any(char::is_control))
            {
                wrong.push(format!("{locale} {key}: stray characters: {forms:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_was_left_in_english() {
    let english = texts("en");
    let mut left = Vec::new();
    for locale in ALL
        .into_iter()
        .filter(|locale| *locale != crate::i18n::Locale::en)
    {
        for (key, forms) in texts(locale.as_ref()) {
            let text = forms.last().unwrap();
            if english[&key].contains(text) && has_words(text) && !ALIKE.contains(&text.as_str()) {
                left.push(format!("{locale} {key}: {text}"));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}
