//! Examples of letters, for owners who change their words: the product's own words to begin with, a preview on the page,
//! and a letter to oneself. Nothing of an example is about anybody.

use app::i18n::Locale;
use app::letter_room::{Preview, Room};
use booking::template::{LetterKind, Wording};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use desk::letter_templates::TestFacts;
use desk::outbox::{Letter, LetterFacts};
use leptos_i18n::td_string;

use super::words::Kind;
use super::{Content, Reader, Sender, Unbuildable, about_visit, plain};

/// Draws examples, for pages.
#[derive(Clone, Debug)]
pub struct Examples {
    /// In whose name.
    pub sender: Sender,
}

impl Room for Examples {
    fn original(&self, letter: LetterKind, locale: Locale) -> Option<Wording> {
        let moved = letter.moved;
        let kind = about_visit::kind(letter.event, letter.recipient, moved).ok()?;
        Some(original(kind, locale))
    }

    fn preview(
        &self,
        letter: LetterKind,
        locale: Locale,
        wording: &Wording,
        said: &LetterFacts,
        (name, zone, now): (&str, Tz, DateTime<Utc>),
    ) -> Option<Preview> {
        let reader = Reader {
            name: Some(name),
            address: self.sender.from.email.clone(),
            locale,
            zone,
            now,
        };
        let content = content(letter, wording, said, &reader, &self.sender).ok()?;
        let sheet = super::sheet(&reader, content, String::new()).ok()?;
        Some(Preview {
            subject: sheet.subject,
            heading: sheet.heading,
            opening: sheet.opening,
            rows: sheet
                .rows
                .into_iter()
                .map(|row| (row.label, row.value, row.was))
                .collect(),
            quote: sheet.quote.map(|quote| (quote.label, quote.lines)),
            button: sheet.button.map(|button| button.label).unwrap_or_default(),
            closing: sheet.closing,
            foot: sheet.foot,
        })
    }
}

/// The product's own words as an owner would write them: what is only said sometimes is a paragraph that falls away.
fn original(kind: Kind, locale: Locale) -> Wording {
    let words = kind.words(locale, true);
    Wording {
        subject: words.subject,
        heading: words.heading,
        body: words.body.join("\n"),
        closing: words.closing.join("\n"),
    }
}

/// The letter to oneself, in the language and the words that are tried out.
pub(super) fn trial<'a>(
    letter: &Letter,
    reader: Reader<'a>,
    sender: &Sender,
) -> Result<(Reader<'a>, Content), Unbuildable> {
    let test: TestFacts = serde_json::from_value(letter.facts.clone())
        .map_err(|error| Unbuildable(format!("facts of a test: {error}")))?;
    let locale = test.locale.parse().unwrap_or(reader.locale);
    let subject = td_string!(
        locale,
        letters.trial,
        subject = plain::line(&test.wording.subject, 250)
    );
    let wording = Wording {
        subject: subject.to_string(),
        ..test.wording
    };
    let reader = Reader { locale, ..reader };
    let content = content(test.letter, &wording, &test.said, &reader, sender)?;
    Ok((reader, content))
}

fn content(
    letter: LetterKind,
    wording: &Wording,
    said: &LetterFacts,
    reader: &Reader<'_>,
    sender: &Sender,
) -> Result<Content, Unbuildable> {
    let said = LetterFacts {
        role: letter.recipient,
        calendar: None,
        ..said.clone()
    };
    let facts = serde_json::to_value(said);
    let example = Letter {
        id: uuid::Uuid::nil(),
        message_id: String::new(),
        event: letter.event.as_str().to_owned(),
        email: reader.address.to_string(),
        name: None,
        locale: reader.locale.to_string(),
        time_zone: reader.zone.name().to_owned(),
        facts: facts.map_err(|error| Unbuildable(format!("facts of an example: {error}")))?,
        attempts: 0,
        created_at: reader.now,
        wording: Some(wording.clone()),
    };
    let content = about_visit::content(letter.event, &example, reader, sender)?;
    Ok(Content {
        thread: None,
        ..content
    })
}
