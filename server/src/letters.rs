//! What letters look like: words, times, sheet, calendar part, message. Renders when a letter is sent, in the language and
//! zone of whom it is sent to; asks nobody anything and sends nothing.

mod about_change;
mod about_offer;
mod about_sign_in;
mod about_visit;
pub mod calendar;
mod calendar_file;
mod example;
mod feed;
pub mod layout;
pub mod mime;
pub mod plain;
pub mod when;
pub mod words;

use std::collections::BTreeMap;

use app::i18n::Locale;
use app::language::direction;
use booking::letter::Event;
use booking::refusal::Refusal;
use booking::template::{self, Blank, Wording};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use desk::letter_templates::TEST;
use desk::outbox::Letter;
use leptos_i18n::td_string;
use lettre::Address;
use lettre::message::Mailbox;

use self::calendar::Method;
use self::layout::{Button, Sheet};
use self::mime::Written;
use self::words::{Facts, Kind, Words};
use crate::mailer::Mail;

pub use self::calendar_file::{OwnVisit, calendar_file};
pub use self::example::Examples;
pub use self::feed::feed;

/// What an owner's words may name, filled.
type Blanks = BTreeMap<Blank, String>;

/// Why a letter can never be sent as it stands: a fact is missing, an address is none. Dead at once, never a loop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be built: {0}")]
pub struct Unbuildable(pub String);

/// What this installation writes on every letter, from the configuration only.
#[derive(Clone, Debug)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    base_url: String,
}

impl Sender {
    /// `from` as `Name <address>` or an address; the name is used where no business is known. `base_url` is what links
    /// begin with, `https://desk.example.com`.
    ///
    /// # Errors
    /// Which of them is no mail address.
    pub fn new(from: &str, reply_to: Option<&str>, base_url: &str) -> Result<Self, Unbuildable> {
        let mailbox = |text: &str| -> Result<Mailbox, Unbuildable> {
            text.parse()
                .map_err(|error| Unbuildable(format!("\"{text}\": {error}")))
        };
        Ok(Self {
            from: mailbox(from)?,
            reply_to: reply_to.map(mailbox).transpose()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
        })
    }

    /// The whole address of a page of ours.
    fn url(&self, path: &str) -> Result<String, Unbuildable> {
        let ours = path.starts_with('/') && !path.starts_with("//");
        if !ours || path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(Unbuildable(format!(
                "not a path of ours: {}",
                plain::line(path, 80)
            )));
        }
        Ok(format!("{}{path}", self.base_url))
    }

    /// A Message-ID that no letter has, for all letters about `reference` to answer to: so a mail program shows them as
    /// one thread. The host keeps the threads of two installations apart.
    fn thread(&self, reference: &str) -> String {
        let host = self.base_url.split("://").last().unwrap_or_default();
        let host = host.split([':', '/']).next().unwrap_or_default();
        format!("<{reference}@{host}>")
    }

    fn named(&self, business: &str) -> Mailbox {
        let name = plain::line(business, 200);
        let name = if name.is_empty() {
            self.from.name.clone()
        } else {
            Some(name)
        };
        Mailbox::new(name, self.from.email.clone())
    }
}

/// Whom a letter is for: name, address, language, zone.
struct Reader<'a> {
    name: Option<&'a str>,
    address: Address,
    locale: Locale,
    zone: Tz,
    /// When the letter is written.
    now: DateTime<Utc>,
}

/// What one kind of letter adds to the common sheet.
struct Content {
    kind: Kind,
    /// Name of the business, as the letter says it.
    business: String,
    /// Whether a hold keeps the time free.
    held: bool,
    facts: Facts,
    /// The owner's own words, and what fills them.
    own: Option<(Wording, Blanks)>,
    rows: Vec<layout::Row>,
    quote: Option<layout::Quote>,
    /// The path of the button.
    link: String,
    /// The request or visit it is about.
    thread: Option<String>,
    calendar: Vec<(Method, calendar::Appointment)>,
}

/// The letter as a message, ready to be sent at `now`.
///
/// # Errors
/// It can never be built as it stands.
pub fn write(letter: &Letter, sender: &Sender, now: DateTime<Utc>) -> Result<Mail, Unbuildable> {
    let address = letter.email.parse::<Address>();
    let address = address.map_err(|error| Unbuildable(format!("address: {error}")))?;
    let business_zone = letter
        .facts
        .get("business_zone")
        .and_then(serde_json::Value::as_str);
    let reader = Reader {
        name: letter.name.as_deref(),
        address,
        locale: letter.locale.parse().unwrap_or(Locale::en),
        zone: when::zone(&[&letter.time_zone, business_zone.unwrap_or_default()]),
        now,
    };
    if letter.event == TEST {
        let (reader, content) = example::trial(letter, reader, sender)?;
        return put_together(&letter.message_id, &reader, content, sender, now);
    }
    let content = match letter.event.parse::<Event>() {
        Ok(event) => about_visit::content(event, letter, &reader, sender)?,
        Err(_) => about_sign_in::content(letter, &reader)?,
    };
    put_together(&letter.message_id, &reader, content, sender, now)
}

/// A letter that proves that mail works, for the verb `send-test-mail`.
///
/// # Errors
/// The address is none.
pub fn test_letter(to: &str, sender: &Sender, now: DateTime<Utc>) -> Result<Mail, Unbuildable> {
    let to: Mailbox = to
        .parse()
        .map_err(|error| Unbuildable(format!("\"{to}\": {error}")))?;
    let reader = Reader {
        name: to.name.as_deref(),
        address: to.email.clone(),
        locale: Locale::en,
        zone: Tz::UTC,
        now,
    };
    let business = sender
        .from
        .name
        .clone()
        .unwrap_or_else(|| "Frontdesk".to_owned());
    let content = about_sign_in::test(&business, now);
    let id = format!("<{}@frontdesk.invalid>", uuid::Uuid::now_v7());
    put_together(&id, &reader, content, sender, now)
}

fn put_together(
    message_id: &str,
    reader: &Reader<'_>,
    content: Content,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Mail, Unbuildable> {
    let url = sender.url(&content.link)?;
    let from = sender.named(&content.business);
    let thread = content
        .thread
        .as_deref()
        .map(|reference| sender.thread(reference));
    let calendar = content.calendar.clone();
    let sheet = sheet(reader, content, url)?;
    mime::message(Written {
        from,
        reply_to: sender.reply_to.clone(),
        to: Mailbox::new(reader.name.map(str::to_owned), reader.address.clone()),
        message_id: message_id.to_owned(),
        thread,
        date: now.into(),
        subject: sheet.subject.clone(),
        text: layout::text(&sheet),
        html: layout::html(&sheet)?,
        calendar: calendar
            .into_iter()
            .map(|(method, appointment)| (method, calendar::written(&appointment, method)))
            .collect(),
    })
}

fn sheet(reader: &Reader<'_>, content: Content, url: String) -> Result<Sheet, Unbuildable> {
    let l = reader.locale;
    let words = said(&content, l)?;
    let hello = match reader
        .name
        .map(|name| plain::line(name, 200))
        .filter(|name| !name.is_empty())
    {
        Some(name) => td_string!(l, letters.hello, name = name).to_string(),
        None => td_string!(l, letters.hello_nobody).to_string(),
    };
    let business = plain::line(&content.business, 200);
    let mut foot = vec![td_string!(l, letters.foot.from, business = business.clone()).to_string()];
    if content.rows.iter().any(|row| row.is_time) {
        foot.push(td_string!(l, letters.foot.zone, zone = reader.zone.name()).to_string());
    }
    Ok(Sheet {
        lang: l.to_string(),
        dir: direction(l),
        preheader: words.body.first().cloned().unwrap_or_default(),
        subject: plain::line(&words.subject, 250),
        heading: plain::line(&words.heading, 250),
        tone: content.kind.tone(),
        opening: std::iter::once(hello).chain(words.body).collect(),
        rows: content.rows,
        quote: content.quote,
        button: Some(Button {
            label: words.button,
            url,
            hint: td_string!(l, letters.hint).to_string(),
        }),
        closing: words.closing,
        foot,
        business,
    })
}

/// The words of a letter: the owner's own, or else the product's. Words that do not fit what is to be said are never sent:
/// the product's own go out instead, and the log says so.
fn said(content: &Content, l: Locale) -> Result<Words, Unbuildable> {
    let words = || content.kind.words(l, content.held).filled(&content.facts);
    let Some((own, blanks)) = &content.own else {
        return words();
    };
    match own_words(own, blanks) {
        Ok(own) => Ok(Words {
            button: words()?.button,
            ..own
        }),
        Err(why) => {
            tracing::error!(kind = ?content.kind, %why, "the owner's words cannot be used");
            words()
        }
    }
}

fn own_words(own: &Wording, blanks: &Blanks) -> Result<Words, Refusal> {
    let fact = |blank: Blank| blanks.get(&blank).cloned();
    let line = |text: &str| -> Result<String, Refusal> {
        let line = plain::line(&template::fill(text, fact)?, 250);
        (!line.is_empty()).then_some(line).ok_or(Refusal::TextEmpty)
    };
    Ok(Words {
        subject: line(&own.subject)?,
        heading: line(&own.heading)?,
        body: template::paragraphs(&own.body, fact)?,
        closing: template::paragraphs(&own.closing, fact)?,
        button: String::new(),
    })
}
