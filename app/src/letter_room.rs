//! What pages may ask about letters without knowing how letters are written: the product's own words, and how a letter in
//! other words would look. The server gives the answers (`server/src/letters/example.rs`).

use std::sync::Arc;

use booking::template::{LetterKind, Wording};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use desk::outbox::LetterFacts;
use leptos::prelude::use_context;

use crate::i18n::Locale;
use crate::trouble::Trouble;

/// Where letters are drawn.
pub trait Room: Send + Sync {
    /// The product's own words for a letter; nothing for one that it does not write.
    fn original(&self, letter: LetterKind, locale: Locale) -> Option<Wording>;

    /// A letter in these words as somebody with this name and zone would read it now. Words with a mistake are replaced by
    /// the product's own, as they would be when it is sent.
    fn preview(
        &self,
        letter: LetterKind,
        locale: Locale,
        wording: &Wording,
        said: &LetterFacts,
        reader: (&str, Tz, DateTime<Utc>),
    ) -> Option<Preview>;
}

/// What a letter says, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The subject.
    pub subject: String,
    /// The headline.
    pub heading: String,
    /// Paragraphs before the facts.
    pub opening: Vec<String>,
    /// The facts: what it is, its value, the value before.
    pub rows: Vec<(String, String, Option<String>)>,
    /// Somebody's own words: what for, line by line.
    pub quote: Option<(String, Vec<String>)>,
    /// What the button says.
    pub button: String,
    /// Paragraphs after it.
    pub closing: Vec<String>,
    /// Small print.
    pub foot: Vec<String>,
}

/// The room of this server.
///
/// # Errors
/// A fault, when the server forgot to provide it.
pub fn room() -> Result<Arc<dyn Room>, Trouble> {
    use_context::<Arc<dyn Room>>().ok_or_else(|| Trouble::Fault {
        incident: crate::trouble::incident(&"no letter room in this context"),
    })
}
