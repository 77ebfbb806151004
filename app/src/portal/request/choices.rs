//! What has been chosen so far: it stands in the address, so that Back, a reload and a bookmark find it again.

use booking::ids::QuestionId;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_router::location::Url;

use super::window::TypedWindow;

/// The longest note that is carried (spec §9).
pub const LONGEST_NOTE: usize = 2_000;

/// More answers than that are to nothing that is asked.
const MOST_ANSWERS: usize = 30;

/// The choices of the wizard, and of the page that edits a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Minutes.
    pub length: Option<u32>,
    /// The technician's id; none: anyone.
    pub with: Option<String>,
    /// Seats of a group service.
    pub seats: Option<u32>,
    /// The month in sight, by any date in it.
    pub month: Option<NaiveDate>,
    /// The day in sight.
    pub day: Option<NaiveDate>,
    /// The instant.
    pub start: Option<DateTime<Utc>>,
    /// What is asked for instead of an exact time.
    pub window: TypedWindow,
    /// What was noted; nothing, when the notes were not come to yet.
    pub notes: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// The ids of the subjects.
    pub subjects: Vec<String>,
    /// What was answered, by [`answer_key`].
    pub answers: Vec<(String, String)>,
    /// The ids of the photos that were sent.
    pub photos: Vec<String>,
    /// The idempotency key, once it is drawn.
    pub key: Option<String>,
    /// The reference under which this very form was sent before, with other content.
    pub earlier: Option<String>,
}

impl Choices {
    /// Those of this request's address. What cannot be read is not chosen.
    #[must_use]
    pub fn here() -> Self {
        let parts = use_context::<Parts>();
        Self::read(
            parts
                .as_ref()
                .and_then(|parts| parts.uri.query())
                .unwrap_or_default(),
        )
    }

    /// Those of a query string.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let mut choices = Self::default();
        for (name, value) in pairs(query) {
            choices.take(&name, value);
        }
        choices
    }

    /// Those that a refused form held.
    #[must_use]
    pub fn typed(fields: &[(String, String)]) -> Self {
        let mut choices = Self::default();
        for (name, value) in fields {
            choices.take(name, value.clone());
        }
        choices
    }

    fn take(&mut self, name: &str, value: String) {
        if self.window.take(name, &value) {
            return;
        }
        match name {
            "length" => self.length = value.parse().ok(),
            "with" => self.with = (!value.is_empty()).then_some(value),
            "seats" => self.seats = value.parse().ok().filter(|seats| *seats > 0),
            "month" => self.month = format!("{value}-01").parse().ok(),
            "day" => self.day = value.parse().ok(),
            "start" => self.start = value.parse().ok(),
            "notes" => self.notes = Some(value.replace("\r\n", "\n")),
            "ticket" => self.ticket = (!value.trim().is_empty()).then_some(value),
            "subject" | "subject[]" => self.subjects.push(value),
            "photo" | "photo[]" => self.photos.push(value),
            "earlier" => {
                self.earlier = booking::ids::Reference::parse(&value)
                    .ok()
                    .map(|reference| reference.to_string())
            }
            "key" => self.key = (!value.is_empty()).then_some(value),
            _ => {
                let of = name
                    .strip_prefix("answer[")
                    .and_then(|rest| rest.strip_suffix(']'));
                let known = of.filter(|key| answered(key).is_some());
                if let Some(key) = known.filter(|_| self.answers.len() < MOST_ANSWERS) {
                    self.answers.push((key.to_owned(), value));
                }
            }
        }
    }

    /// What decides which times there are, and what was typed later: `length=60&notes=…&`. Day and time are left out.
    #[must_use]
    pub fn carried(&self) -> String {
        let mut out = String::new();
        let mut put = |name: &str, value: &str| {
            out.push_str(name);
            out.push('=');
            out.push_str(&Url::escape(value));
            out.push('&');
        };
        if let Some(length) = self.length {
            put("length", &length.to_string());
        }
        if let Some(with) = &self.with {
            put("with", with);
        }
        if let Some(seats) = self.seats.filter(|seats| *seats > 1) {
            put("seats", &seats.to_string());
        }
        for (name, value) in self.window.pairs() {
            put(name, &value);
        }
        if let Some(notes) = &self.notes {
            put("notes", notes);
        }
        if let Some(ticket) = &self.ticket {
            put("ticket", ticket);
        }
        for subject in &self.subjects {
            put("subject[]", subject);
        }
        for (key, typed) in &self.answers {
            put(&format!("answer[{key}]"), typed);
        }
        for photo in &self.photos {
            put("photo[]", photo);
        }
        if let Some(key) = &self.key {
            put("key", key);
        }
        out
    }

    /// The same as fields of a form that asks for a page.
    #[must_use]
    pub fn fields(&self) -> Vec<leptos::prelude::AnyView> {
        use leptos::prelude::*;
        let field = |(name, value): (String, String)| {
            view! { <input type="hidden" name=name value=value/> }.into_any()
        };
        pairs(&self.link("")).into_iter().map(field).collect()
    }

    /// An address up to the parameters of day and time.
    #[must_use]
    pub fn path(&self, page: &str) -> String {
        format!("{page}?{}", self.carried())
    }

    /// A whole address, day and time included.
    #[must_use]
    pub fn link(&self, page: &str) -> String {
        let mut link = self.path(page);
        if let Some(day) = self.day {
            link.push_str(&format!("day={day}&"));
        }
        if let Some(start) = self.start {
            link.push_str(&format!("start={}&", utc(start)));
        }
        if let Some(earlier) = &self.earlier {
            link.push_str(&format!("earlier={earlier}&"));
        }
        link.pop();
        link
    }
}

/// The key of a question's answer in addresses and forms, `answer[KEY]`. It begins with a letter: in brackets, a number
/// would be a place in a list.
#[must_use]
pub fn answer_key(question: &QuestionId) -> String {
    format!("q-{question}")
}

/// The question that a key of answers names.
#[must_use]
pub fn answered(key: &str) -> Option<QuestionId> {
    key.strip_prefix("q-")?.parse().ok()
}

/// An instant as it stands in addresses and forms.
#[must_use]
pub fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Names and values of a query string, decoded, in order.
fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| Url::unescape(&text.replace('+', " "));
    let split = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(split)
        .collect()
}
