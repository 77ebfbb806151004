//! Letters in the owner's own words: which letters there are, what each may name, and how a text is checked and filled.
//! A template is plain text with `{{ name }}` in it, and nothing else: no conditions, no loops, no code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::letter::{Event, Recipient};
use crate::people::is_hidden;
use crate::refusal::{Refusal, UnknownWord, words};

/// The longest subject and heading in characters.
pub const LINE_CHARS: usize = 200;
/// The longest body in characters.
pub const BODY_CHARS: usize = 4_000;
/// The longest closing in characters.
pub const CLOSING_CHARS: usize = 1_000;

/// One kind of letter: what happened, to whom it goes, and whether it is the one for an approval at another time than was
/// asked for. Written as `booking.approved-client` or `booking.approved-client-moved`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterKind {
    /// What happened.
    pub event: Event,
    /// To whom.
    pub recipient: Recipient,
    /// Whether the time is another one than was asked for. Only approvals to clients tell it apart.
    pub moved: bool,
}

const fn letter(event: Event, recipient: Recipient) -> LetterKind {
    LetterKind {
        event,
        recipient,
        moved: false,
    }
}

/// All letters whose words can be changed, in the order in which they are listed.
pub const LETTERS: &[LetterKind] = &[
    letter(Event::RequestSubmitted, Recipient::Client),
    letter(Event::RequestSubmitted, Recipient::Approvers),
    letter(Event::RequestSubmitted, Recipient::Technician),
    letter(Event::RequestWithdrawn, Recipient::Client),
    letter(Event::RequestExpired, Recipient::Client),
    letter(Event::BookingApproved, Recipient::Client),
    LetterKind {
        moved: true,
        ..letter(Event::BookingApproved, Recipient::Client)
    },
    letter(Event::BookingApproved, Recipient::Technician),
    letter(Event::BookingDeclined, Recipient::Client),
    letter(Event::TimesProposed, Recipient::Client),
    letter(Event::QuoteSent, Recipient::Client),
    letter(Event::OfferExpired, Recipient::Client),
    letter(Event::VisitCreated, Recipient::Client),
    letter(Event::VisitCreated, Recipient::Technician),
    letter(Event::VisitChanged, Recipient::Client),
    letter(Event::VisitChanged, Recipient::Technician),
    letter(Event::VisitChanged, Recipient::PreviousTechnician),
    letter(Event::ChangeSubmitted, Recipient::Approvers),
    letter(Event::ChangeApproved, Recipient::Client),
    letter(Event::ChangeDeclined, Recipient::Client),
    letter(Event::ChangeSuperseded, Recipient::Client),
    letter(Event::ChangeExpired, Recipient::Client),
    letter(Event::CancellationSubmitted, Recipient::Approvers),
    letter(Event::CancellationDeclined, Recipient::Client),
    letter(Event::VisitCancelled, Recipient::Client),
    letter(Event::VisitCancelled, Recipient::Technician),
    letter(Event::Reminder, Recipient::Client),
    letter(Event::WaitingFreed, Recipient::Client),
    letter(Event::MessageReceived, Recipient::Approvers),
    letter(Event::MessageAnswered, Recipient::Client),
];

impl LetterKind {
    /// The letter that an event means to somebody; `moved`: the facts name an earlier time.
    pub fn of(event: Event, recipient: Recipient, moved: bool) -> Option<Self> {
        let recipient = match recipient {
            Recipient::OtherApprovers => Recipient::Approvers,
            Recipient::Client
            | Recipient::Approvers
            | Recipient::Technician
            | Recipient::PreviousTechnician => recipient,
        };
        let apart = event == Event::BookingApproved && recipient == Recipient::Client;
        let found = Self {
            event,
            recipient,
            moved: moved && apart,
        };
        LETTERS.contains(&found).then_some(found)
    }

    /// What this letter may name.
    pub fn blanks(self) -> Vec<Blank> {
        use Blank::{
            Before, Business, Client, Day, Expires, Near, Notes, Reason, Reference, Service,
            Technician, When,
        };
        let mut all = vec![Business, Client, Service, Reference, Day, When, Technician];
        all.extend_from_slice(match self.event {
            Event::RequestSubmitted => &[Expires, Notes],
            Event::TimesProposed | Event::QuoteSent | Event::WaitingFreed => &[Expires],
            Event::BookingApproved if self.moved => &[Before],
            Event::BookingApproved
            | Event::VisitCreated
            | Event::MessageReceived
            | Event::MessageAnswered => &[Notes],
            Event::BookingDeclined | Event::VisitCancelled | Event::CancellationDeclined => {
                &[Reason]
            }
            Event::VisitChanged | Event::ChangeApproved | Event::ChangeDeclined => &[Before],
            Event::Reminder => &[Near],
            Event::RequestEdited
            | Event::RequestWithdrawn
            | Event::RequestExpired
            | Event::OfferRefused
            | Event::OfferExpired
            | Event::ChangeSubmitted
            | Event::ChangeWithdrawn
            | Event::ChangeSuperseded
            | Event::ChangeExpired
            | Event::CancellationSubmitted
            | Event::BulkCancelled
            | Event::VisitCompleted
            | Event::VisitNoShow
            | Event::SeriesConflict => &[],
        });
        all
    }
}

impl fmt::Display for LetterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.moved { "-moved" } else { "" };
        write!(f, "{}-{}{end}", self.event, self.recipient)
    }
}

impl FromStr for LetterKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = LETTERS.iter().find(|letter| letter.to_string() == text);
        found.copied().ok_or(UnknownWord)
    }
}

impl Serialize for LetterKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LetterKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("unknown letter"))
    }
}

words! {
    /// A fact that a template may name between double braces.
    Blank {
        /// Name of the business.
        Business => "business",
        /// Name of the client.
        Client => "client",
        /// Name of the service.
        Service => "service",
        /// The reference of the request or the visit.
        Reference => "reference",
        /// The day and the hour it begins.
        Day => "day",
        /// The whole time, with zone and offset.
        When => "when",
        /// The technician's name; may be nothing.
        Technician => "technician",
        /// The time before, or the one asked for; may be nothing.
        Before => "before",
        /// The reason given; may be nothing.
        Reason => "reason",
        /// What the client wrote; may be nothing.
        Notes => "notes",
        /// Until when the time stays free; may be nothing.
        Expires => "expires",
        /// How near it is: "Tomorrow at 10:00".
        Near => "near",
    }
}

/// The words of a letter that an owner can change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The subject: one line.
    pub subject: String,
    /// The headline: one line.
    pub heading: String,
    /// What happened: each line is a paragraph.
    pub body: String,
    /// What stands after the button: each line is a paragraph; may be nothing.
    pub closing: String,
}

words! {
    /// A part of a letter's words: the name of its field.
    Part {
        /// The subject.
        Subject => "subject",
        /// The headline.
        Heading => "heading",
        /// What happened.
        Body => "body",
        /// After the button.
        Closing => "closing",
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// In which part.
    pub part: Part,
    /// In which line of it; the first is 1.
    pub line: usize,
    /// Why it is refused.
    pub why: Refusal,
    /// The words it is about; may be nothing.
    pub words: String,
}

impl Wording {
    /// The same words with line feeds alone at the ends of lines, and no blanks around.
    #[must_use]
    pub fn tidied(self) -> Self {
        let tidy = |text: String| {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            text.trim().to_owned()
        };
        Self {
            subject: tidy(self.subject),
            heading: tidy(self.heading),
            body: tidy(self.body),
            closing: tidy(self.closing),
        }
    }

    /// Every mistake in the words of a letter, part by part; none: it can be stored and sent.
    #[must_use]
    pub fn mistakes(&self, letter: LetterKind) -> Vec<Mistake> {
        let known = letter.blanks();
        let parts = [
            (Part::Subject, &self.subject, LINE_CHARS),
            (Part::Heading, &self.heading, LINE_CHARS),
            (Part::Body, &self.body, BODY_CHARS),
            (Part::Closing, &self.closing, CLOSING_CHARS),
        ];
        let all = parts
            .into_iter()
            .flat_map(|(part, text, most)| checked(part, text, most, &known));
        all.collect()
    }
}

/// A text with its blanks filled.
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn fill(text: &str, fact: impl Fn(Blank) -> Option<String>) -> Result<String, Refusal> {
    let mut filled = String::new();
    for piece in pieces(text)? {
        match piece {
            Piece::Text(words) => filled.push_str(words),
            Piece::Blank(word) => {
                let blank = word.parse().map_err(|_| Refusal::UnknownPlaceholder)?;
                filled.push_str(&fact(blank).ok_or(Refusal::UnknownPlaceholder)?);
            }
        }
    }
    Ok(filled)
}

/// The paragraphs of a text, one a line, with their blanks filled. One that names a fact this letter does not have is left
/// out: nobody reads "until ." where nothing expires.
///
/// # Errors
/// As [`fill`].
pub fn paragraphs(
    text: &str,
    fact: impl Fn(Blank) -> Option<String>,
) -> Result<Vec<String>, Refusal> {
    let mut all = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let filled = fill(line, &fact)?;
        let empty = |piece: &Piece<'_>| match piece {
            Piece::Text(_) => false,
            Piece::Blank(word) => word
                .parse()
                .ok()
                .and_then(&fact)
                .is_some_and(|fact| fact.trim().is_empty()),
        };
        if !pieces(line)?.iter().any(empty) {
            all.push(filled);
        }
    }
    Ok(all)
}

enum Piece<'a> {
    Text(&'a str),
    Blank(&'a str),
}

/// The pieces of a line.
fn pieces(line: &str) -> Result<Vec<Piece<'_>>, Refusal> {
    let (mut all, mut rest) = (Vec::new(), line);
    while let Some((before, behind)) = rest.split_once("{{") {
        let (word, after) = behind
            .split_once("}}")
            .ok_or(Refusal::UnclosedPlaceholder)?;
        if before.contains("}}") || word.contains(['{', '}', '\n']) {
            return Err(Refusal::UnclosedPlaceholder);
        }
        all.push(Piece::Text(before));
        all.push(Piece::Blank(word.trim()));
        rest = after;
    }
    if rest.contains("}}") {
        return Err(Refusal::UnclosedPlaceholder);
    }
    all.push(Piece::Text(rest));
    Ok(all)
}

fn checked(part: Part, text: &str, most: usize, known: &[Blank]) -> Vec<Mistake> {
    let mistake = |line: usize, why: Refusal, words: &str| Mistake {
        part,
        line,
        why,
        words: words.to_owned(),
    };
    if text.trim().is_empty() {
        return match part {
            Part::Closing => Vec::new(),
            Part::Subject | Part::Heading | Part::Body => {
                vec![mistake(1, Refusal::TextEmpty, "")]
            }
        };
    }
    let mut found = Vec::new();
    if let Some((at, _)) = text.char_indices().nth(most) {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        found.push(mistake(line, Refusal::TextTooLong, ""));
    }
    let one_line = match part {
        Part::Subject | Part::Heading => true,
        Part::Body | Part::Closing => false,
    };
    if one_line && text.contains('\n') {
        found.push(mistake(2, Refusal::TextControl, ""));
    }
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.chars().any(|c| c.is_control() || is_hidden(c)) {
            found.push(mistake(number, Refusal::TextControl, ""));
        }
        match pieces(line) {
            Err(why) => found.push(mistake(number, why, "")),
            Ok(pieces) => found.extend(
                unknown(&pieces, known)
                    .map(|word| mistake(number, Refusal::UnknownPlaceholder, word)),
            ),
        }
    }
    found
}

fn unknown<'a>(pieces: &'a [Piece<'a>], known: &'a [Blank]) -> impl Iterator<Item = &'a str> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Blank(word) => {
            let blank: Option<Blank> = word.parse().ok();
            (!blank.is_some_and(|blank| known.contains(&blank))).then_some(*word)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(subject: &str, body: &str) -> Wording {
        Wording {
            subject: subject.to_owned(),
            heading: "Heading".to_owned(),
            body: body.to_owned(),
            closing: String::new(),
        }
    }

    const APPROVED: LetterKind = letter(Event::BookingApproved, Recipient::Client);

    #[test]
    fn mistakes_name_their_part_and_line() {
        let of = |subject: &str, body: &str| -> Vec<(Part, usize, Refusal, String)> {
            let all = wording(subject, body).mistakes(APPROVED);
            all.into_iter()
                .map(|m| (m.part, m.line, m.why, m.words))
                .collect()
        };
        assert_eq!(
            of(
                "Yes: {{ service }}",
                "One {{when}}\n\nThree {{  day  }} {x} {%if%} }"
            ),
            []
        );
        let body = |line, why, words: &str| vec![(Part::Body, line, why, words.to_owned())];
        assert_eq!(
            of("S", "One\nTwo {{ servce }}"),
            body(2, Refusal::UnknownPlaceholder, "servce")
        );
        // Known, but not to this letter.
        assert_eq!(
            of("S", "{{ near }}"),
            body(1, Refusal::UnknownPlaceholder, "near")
        );
        assert_eq!(
            of("S", "One\nTwo\nThree {{ service"),
            body(3, Refusal::UnclosedPlaceholder, "")
        );
        assert_eq!(
            of("S", "One {{ service\n}}").len(),
            2,
            "both lines are wrong"
        );
        for wrong in [
            "service }}",
            "{{ a {{ service }}",
            "{{ {service} }}",
            "{{{ service }}}",
            "a }} {{ day }}",
        ] {
            assert_eq!(
                of("S", wrong),
                body(1, Refusal::UnclosedPlaceholder, ""),
                "{wrong}"
            );
        }
        assert_eq!(of("S", "{{ }}"), body(1, Refusal::UnknownPlaceholder, ""));
        assert_eq!(
            of("S", "{{7*7}}"),
            body(1, Refusal::UnknownPlaceholder, "7*7")
        );
        assert_eq!(of("S", "a\nb\u{7}"), body(2, Refusal::TextControl, ""));
        assert_eq!(of("S", "a\u{202e}b"), body(1, Refusal::TextControl, ""));
        assert_eq!(
            of("", "a"),
            [(Part::Subject, 1, Refusal::TextEmpty, String::new())]
        );
        assert_eq!(
            of("  ", "a"),
            [(Part::Subject, 1, Refusal::TextEmpty, String::new())]
        );
        assert_eq!(
            of("a\nBcc: x@y", "a"),
            [(Part::Subject, 2, Refusal::TextControl, String::new())]
        );
        assert_eq!(
            of(&"x".repeat(201), "a"),
            [(Part::Subject, 1, Refusal::TextTooLong, String::new())]
        );
        assert_eq!(
            of("S", &format!("a\n{}", "x".repeat(4_000))),
            body(2, Refusal::TextTooLong, "")
        );
    }

    #[test]
    fn facts_are_filled_in_and_never_read_again() {
        let fact = |blank: Blank| match blank {
            Blank::Service => Some("{{ client }} {% raw %}".to_owned()),
            Blank::Reason => Some(String::new()),
            Blank::Business
            | Blank::Client
            | Blank::Reference
            | Blank::Day
            | Blank::When
            | Blank::Technician
            | Blank::Before
            | Blank::Notes
            | Blank::Expires
            | Blank::Near => None,
        };
        assert_eq!(
            fill("{{ service }}!", fact),
            Ok("{{ client }} {% raw %}!".to_owned())
        );
        assert_eq!(fill("{{ client }}", fact), Err(Refusal::UnknownPlaceholder));
        assert_eq!(fill("{{ service", fact), Err(Refusal::UnclosedPlaceholder));
        let text = "First.\n\nBecause: {{ reason }}\nLast {{ service }}.";
        assert_eq!(
            paragraphs(text, fact),
            Ok(vec![
                "First.".to_owned(),
                "Last {{ client }} {% raw %}.".to_owned()
            ])
        );
    }

    #[test]
    fn letters_are_read_as_they_are_written() {
        for kind in LETTERS {
            assert_eq!(kind.to_string().parse(), Ok(*kind));
            assert_eq!(
                LetterKind::of(kind.event, kind.recipient, kind.moved),
                Some(*kind)
            );
        }
        assert_eq!(
            "booking.approved-nobody".parse::<LetterKind>(),
            Err(UnknownWord)
        );
        assert_eq!(
            LetterKind::of(Event::VisitNoShow, Recipient::Client, false),
            None
        );
        let changed = LetterKind::of(Event::VisitChanged, Recipient::Client, true);
        assert_eq!(
            changed,
            Some(letter(Event::VisitChanged, Recipient::Client))
        );
    }
}
