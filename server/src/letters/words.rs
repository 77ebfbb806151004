//! The words of every letter, from the catalogue (`app/locales/*/letters.json`), as template sources: the placeholders of
//! the catalogue stay placeholders. So the compiler checks that a text exists and which facts it names, and a business
//! that edits its words later replaces a source, nothing else.

use std::collections::BTreeMap;

use app::i18n::Locale;
use leptos_i18n::td_string;

use super::{Unbuildable, layout};

/// What a text may name, by name. A text that names what is not there is an error.
pub type Facts = BTreeMap<&'static str, String>;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To the client: the request came.
    Received,
    /// To approvers: a request came.
    NewRequest,
    /// To the technician whom a request names.
    Named,
    /// To the client, who withdrew it.
    Withdrawn,
    /// To the client: nobody answered in time.
    Expired,
    /// To the client: approved as asked.
    Approved,
    /// To the client: approved at another time.
    Moved,
    /// To the technician: a visit is theirs.
    Assigned,
    /// To the client: declined.
    Declined,
    /// To the client: other times to choose from.
    Times,
    /// To the client: a quote.
    Quote,
    /// To the client, who did not answer an offer in time.
    OfferExpired,
    /// To the client: staff made an appointment.
    Booked,
    /// To client and technician: an appointment changed.
    Changed,
    /// To the technician who had it before.
    Unassigned,
    /// To client and technician: it will not take place.
    Cancelled,
    /// To approvers: a client wants an appointment to be otherwise.
    ChangeAsked,
    /// To approvers: a client wants to cancel.
    CancellationAsked,
    /// To the client: it stays as it was.
    ChangeDeclined,
    /// To the client: it is not cancelled.
    CancellationDeclined,
    /// To the client: the appointment changed before the request was decided.
    ChangeSuperseded,
    /// To the client: it began before the request was decided.
    ChangeExpired,
    /// To the client: an appointment is near.
    Reminder,
    /// To the client, who waits: a time became free.
    Freed,
    /// To approvers: a client wrote a message.
    Message,
    /// To the client: the office answered.
    Answer,
    /// A link that signs in.
    SignInLink,
    /// A link to choose another password.
    PasswordReset,
    /// A link for somebody new.
    Invitation,
    /// A link for a new contact of a client.
    ContactInvitation,
    /// To somebody with a password, who was made a contact or staff.
    Added,
    /// The password is another one now.
    PasswordChanged,
    /// Proves that mail works.
    Test,
}

/// The words of one letter, as template sources.
#[derive(Clone, Debug)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// The headline.
    pub heading: String,
    /// The paragraphs that say what happened.
    pub body: Vec<String>,
    /// Paragraphs after the button.
    pub closing: Vec<String>,
    /// What the button says.
    pub button: String,
}

/// `words!(locale, letter; names in the subject; names in the heading; names in the body)`.
macro_rules! words {
    ($locale:ident, $letter:ident; $($s:ident),*; $($h:ident),*; $($b:ident),*) => {
        Words {
            subject: td_string!($locale, letters.$letter.subject $(, $s = name!($s))*).to_string(),
            heading: td_string!($locale, letters.$letter.heading $(, $h = name!($h))*).to_string(),
            body: vec![td_string!($locale, letters.$letter.body $(, $b = name!($b))*).to_string()],
            closing: Vec::new(),
            button: td_string!($locale, letters.$letter.button).to_string(),
        }
    };
}

/// The same, for the letters about offers.
macro_rules! offer_words {
    ($locale:ident, $letter:ident; $($s:ident),*; $($b:ident),*) => {
        Words {
            subject: td_string!($locale, offers.$letter.subject $(, $s = name!($s))*).to_string(),
            heading: td_string!($locale, offers.$letter.heading).to_string(),
            body: vec![td_string!($locale, offers.$letter.body $(, $b = name!($b))*).to_string()],
            closing: Vec::new(),
            button: td_string!($locale, offers.$letter.button).to_string(),
        }
    };
}

/// The same, for the letters about changes and cancellations.
macro_rules! change_words {
    ($locale:ident, $letter:ident; $($s:ident),*; $($b:ident),*) => {
        Words {
            subject: td_string!($locale, changes.$letter.subject $(, $s = name!($s))*).to_string(),
            heading: td_string!($locale, changes.$letter.heading).to_string(),
            body: vec![td_string!($locale, changes.$letter.body $(, $b = name!($b))*).to_string()],
            closing: Vec::new(),
            button: td_string!($locale, changes.$letter.button).to_string(),
        }
    };
}

/// A placeholder that stays one.
macro_rules! name {
    ($name:ident) => {
        concat!("{{ ", stringify!($name), " }}")
    };
}

/// A time became free for whoever waits.
fn freed(l: Locale) -> Words {
    Words {
        subject: td_string!(
            l,
            waiting.letter.subject,
            service = name!(service),
            day = name!(day)
        )
        .to_string(),
        heading: td_string!(l, waiting.letter.heading).to_string(),
        body: vec![td_string!(l, waiting.letter.body, business = name!(business)).to_string()],
        closing: Vec::new(),
        button: td_string!(l, waiting.letter.button).to_string(),
    }
}

/// A client wrote.
fn message(l: Locale) -> Words {
    Words {
        subject: td_string!(l, messages.received.subject, client = name!(client)).to_string(),
        heading: td_string!(l, messages.received.heading).to_string(),
        body: vec![td_string!(l, messages.received.body, client = name!(client)).to_string()],
        closing: Vec::new(),
        button: td_string!(l, messages.received.button).to_string(),
    }
}

/// The office answered.
fn answer(l: Locale) -> Words {
    Words {
        subject: td_string!(l, messages.reply.subject, business = name!(business)).to_string(),
        heading: td_string!(l, messages.reply.heading).to_string(),
        body: vec![td_string!(l, messages.reply.body, business = name!(business)).to_string()],
        closing: Vec::new(),
        button: td_string!(l, messages.reply.button).to_string(),
    }
}

impl Kind {
    /// The words in a language. `held`: a hold keeps the time free, and the letter says until when.
    #[must_use]
    pub fn words(self, l: Locale, held: bool) -> Words {
        match self {
            Self::Received => words!(l, received; reference, service; ; business).and(held, || {
                td_string!(l, letters.received.held, expires = name!(expires)).to_string()
            }),
            Self::NewRequest => {
                words!(l, new_request; reference, client, service; ; client, service).and(
                    held,
                    || {
                        td_string!(l, letters.new_request.held, expires = name!(expires))
                            .to_string()
                    },
                )
            }
            Self::Named => words!(l, named; client, service; ; client, service),
            Self::Withdrawn => words!(l, withdrawn; reference, service; ;),
            Self::Expired => words!(l, expired; reference; ; business),
            Self::Approved => words!(l, approved; service, day; ; business),
            Self::Moved => words!(l, moved; service, day; ; business),
            Self::Assigned => words!(l, assigned; client, service, day; ; client, service),
            Self::Declined => words!(l, declined; reference, service; ; business),
            Self::Times => offer_words!(l, times_letter; service, reference; business)
                .and(held, || {
                    td_string!(l, offers.times_letter.until, expires = name!(expires)).to_string()
                }),
            Self::Quote => offer_words!(l, quote_letter; service, reference; business)
                .and(held, || {
                    td_string!(l, offers.quote_letter.until, expires = name!(expires)).to_string()
                }),
            Self::OfferExpired => offer_words!(l, expired_letter; reference; business),
            Self::Booked => words!(l, booked; service, day; ; business),
            Self::Changed => words!(l, changed; service, day; ;),
            Self::Unassigned => words!(l, unassigned; client, service, day; ; client, service),
            Self::Cancelled => words!(l, cancelled; service, day; ;),
            Self::ChangeAsked => change_words!(l, asked_letter; client, service, day; client),
            Self::CancellationAsked => {
                change_words!(l, cancel_letter; client, service, day; client)
            }
            Self::ChangeDeclined => change_words!(l, declined_letter; service, day; business),
            Self::CancellationDeclined => change_words!(l, kept_letter; service, day; business),
            Self::ChangeSuperseded => change_words!(l, superseded_letter; service, day; business),
            Self::ChangeExpired => change_words!(l, expired_letter; service, day;),
            Self::Reminder => words!(l, reminder; near, service; near; business),
            Self::Freed => freed(l).and(held, || {
                td_string!(l, waiting.letter.until, expires = name!(expires)).to_string()
            }),
            Self::Message => message(l),
            Self::Answer => answer(l),
            Self::SignInLink => words!(l, sign_in_link; business; business; expires)
                .closed(td_string!(l, letters.sign_in_link.ignore).to_string()),
            Self::PasswordReset => words!(l, password_reset; business; ; expires)
                .closed(td_string!(l, letters.password_reset.ignore).to_string()),
            Self::Invitation => words!(l, invitation; business; business; business, expires)
                .closed(td_string!(l, letters.invitation.ignore).to_string()),
            Self::ContactInvitation => {
                words!(l, contact_invitation; business; business; business, client, expires)
                    .closed(td_string!(l, letters.contact_invitation.ignore).to_string())
            }
            Self::Added => words!(l, added; business; ; business),
            Self::PasswordChanged => words!(l, password_changed; business; ;).closed(
                td_string!(
                    l,
                    letters.password_changed.ignore,
                    business = name!(business)
                )
                .to_string(),
            ),
            Self::Test => words!(l, test; ; ; expires),
        }
    }

    /// How the sheet marks it.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Received
            | Self::NewRequest
            | Self::Named
            | Self::Times
            | Self::Quote
            | Self::ChangeAsked
            | Self::CancellationAsked
            | Self::Reminder
            | Self::Message
            | Self::Answer => "wait",
            Self::Approved
            | Self::Moved
            | Self::Assigned
            | Self::Booked
            | Self::Changed
            | Self::Freed => "yes",
            Self::Expired
            | Self::OfferExpired
            | Self::Declined
            | Self::ChangeDeclined
            | Self::CancellationDeclined
            | Self::ChangeExpired => "no",
            Self::Withdrawn | Self::Unassigned | Self::Cancelled | Self::ChangeSuperseded => "off",
            Self::SignInLink
            | Self::PasswordReset
            | Self::Invitation
            | Self::ContactInvitation
            | Self::Added
            | Self::PasswordChanged
            | Self::Test => "",
        }
    }
}

impl Words {
    fn and(mut self, wanted: bool, paragraph: impl FnOnce() -> String) -> Self {
        if wanted {
            self.body.push(paragraph());
        }
        self
    }

    fn closed(mut self, paragraph: String) -> Self {
        self.closing.push(paragraph);
        self
    }

    /// The same words with the facts in them.
    ///
    /// # Errors
    /// A text names a fact that is not there, or is no template.
    pub fn filled(&self, facts: &Facts) -> Result<Self, Unbuildable> {
        let all = |texts: &[String]| -> Result<Vec<String>, Unbuildable> {
            texts.iter().map(|text| filled(text, facts)).collect()
        };
        Ok(Self {
            subject: filled(&self.subject, facts)?,
            heading: filled(&self.heading, facts)?,
            body: all(&self.body)?,
            closing: all(&self.closing)?,
            button: filled(&self.button, facts)?,
        })
    }
}

/// One text with the facts in it: plain words, whatever the facts hold. The sheet escapes them where it is HTML.
fn filled(source: &str, facts: &Facts) -> Result<String, Unbuildable> {
    layout::engine()
        .render_named_str(
            "words.txt",
            source,
            minijinja::Value::from(minijinja::value::Serde(facts)),
        )
        .map_err(|error| Unbuildable(format!("{source}: {error}")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn facts_are_no_templates_and_missing_ones_are_errors() {
        let facts = Facts::from([
            ("service", "{{7*7}}{% raw %}".to_owned()),
            ("reference", "<b>".to_owned()),
        ]);
        assert_eq!(
            filled("{{ reference }}: {{ service }}", &facts).unwrap(),
            "<b>: {{7*7}}{% raw %}"
        );
        assert!(filled("{{ nobody }}", &facts).is_err());
        assert!(filled("{{ service", &facts).is_err());
    }

    #[test]
    fn sources_keep_their_placeholders() {
        let words = Kind::Approved.words(Locale::es, false);
        assert_eq!(words.subject, "Confirmada: {{ service }}, {{ day }}");
    }
}
