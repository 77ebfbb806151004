//! A written letter as a message of RFC 5322: headers, text, HTML, and the calendar part. Everything that reaches a header
//! is cleaned to one line first; the rest is encoded to ASCII.

use std::time::SystemTime;

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, Message, MultiPart, SinglePart};

use super::calendar::Method;
use super::{Unbuildable, plain};
use crate::mailer::Mail;

/// A letter with all its words chosen.
#[derive(Clone, Debug)]
pub struct Written {
    /// The business: its name and the configured address.
    pub from: Mailbox,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<Mailbox>,
    /// The recipient.
    pub to: Mailbox,
    /// With angle brackets; fixed when the letter was queued.
    pub message_id: String,
    /// The thread it belongs to: a Message-ID that no letter has, the same for every letter about one request.
    pub thread: Option<String>,
    /// When it is sent.
    pub date: SystemTime,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The calendar parts and their methods: one a visit.
    pub calendar: Vec<(Method, String)>,
}

/// The message.
///
/// # Errors
/// What lettre refuses to build, and a Message-ID that is none.
pub fn message(letter: Written) -> Result<Mail, Unbuildable> {
    let message_id = id(&letter.message_id)?;
    let mut head = Message::builder()
        .from(clean(letter.from))
        .to(clean(letter.to))
        .subject(plain::line(&letter.subject, 250))
        .date(letter.date)
        .message_id(Some(message_id.clone()))
        // RFC 3834, and the word Exchange knows: no holiday notes in answer.
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("X-Auto-Response-Suppress", "All"));
    if let Some(mailbox) = letter.reply_to {
        head = head.reply_to(clean(mailbox));
    }
    if let Some(thread) = letter.thread {
        let thread = id(&thread)?;
        head = head.in_reply_to(thread.clone()).references(thread);
    }
    let message = head.multipart(parts(letter.text, letter.html, letter.calendar)?);
    let message = message.map_err(|error| Unbuildable(error.to_string()))?;
    Ok(Mail {
        envelope: message.envelope().clone(),
        message_id,
        bytes: message.formatted(),
    })
}

/// Text and HTML are alternatives; so is the first calendar part, as mail programs expect of an invitation. All of them are
/// attached as files too, for programs that ignore it, and because one part names one appointment (RFC 5546).
fn parts(
    text: String,
    html: String,
    calendar: Vec<(Method, String)>,
) -> Result<MultiPart, Unbuildable> {
    let both = MultiPart::alternative()
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    let Some((method, first)) = calendar.first() else {
        return Ok(both);
    };
    let kind =
        |text: String| ContentType::parse(&text).map_err(|error| Unbuildable(error.to_string()));
    let invitation = SinglePart::builder()
        .header(kind(format!(
            "text/calendar; charset=utf-8; method={}",
            method.as_str()
        ))?)
        .body(base64(first.clone())?);
    let mut whole = MultiPart::mixed().multipart(both.singlepart(invitation));
    for (number, (_, calendar)) in (1..).zip(calendar) {
        let name = match number {
            1 => "invite.ics".to_owned(),
            more => format!("invite-{more}.ics"),
        };
        let kind = kind(format!("application/ics; name=\"{name}\""))?;
        whole = whole.singlepart(Attachment::new(name).body(base64(calendar)?, kind));
    }
    Ok(whole)
}

/// Base64, so that nothing on the way touches the calendar's own line folding.
fn base64(calendar: String) -> Result<Body, Unbuildable> {
    Body::new_with_encoding(calendar.into_bytes(), ContentTransferEncoding::Base64)
        .map_err(|_| Unbuildable("the calendar cannot be encoded".to_owned()))
}

fn clean(mailbox: Mailbox) -> Mailbox {
    let name = mailbox
        .name
        .map(|name| plain::line(&name, 200))
        .filter(|name| !name.is_empty());
    Mailbox::new(name, mailbox.email)
}

fn id(text: &str) -> Result<String, Unbuildable> {
    let inner = text.trim_start_matches('<').trim_end_matches('>');
    let printable = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\')
    };
    if inner.len() > 200 || inner.split('@').count() != 2 || !inner.chars().all(printable) {
        return Err(Unbuildable(format!(
            "not a Message-ID: {}",
            plain::line(text, 80)
        )));
    }
    Ok(format!("<{inner}>"))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
