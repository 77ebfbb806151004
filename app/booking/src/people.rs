//! People: their roles, and the words they type, checked once where they enter (spec §9). A text that exists is safe
//! to store and to print escaped; what was refused was never kept.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, words};

words! {
    /// What a member of staff does here; roles add up (spec §7).
    Role {
        /// Performs visits.
        Technician => "technician",
        /// Runs queue, calendar and clients.
        Dispatcher => "dispatcher",
        /// Everything, settings and people included.
        Owner => "owner",
    }
}

/// The roles of a person; none for somebody who is only a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(u8);

impl Roles {
    /// No role.
    pub const NONE: Self = Self(0);

    /// With one more role.
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// Without a role.
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !(1 << role as u8))
    }

    /// Whether this very role is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Settings and people (spec §7).
    pub const fn may_own(self) -> bool {
        self.has(Role::Owner)
    }

    /// Queue, calendar, clients; owners may what dispatchers may (spec §7).
    pub const fn may_dispatch(self) -> bool {
        self.has(Role::Dispatcher) || self.has(Role::Owner)
    }
}

impl From<Vec<Role>> for Roles {
    fn from(all: Vec<Role>) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        Role::ALL
            .iter()
            .copied()
            .filter(|role| roles.has(*role))
            .collect()
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident by $check:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks what was typed; spaces around it go.
            ///
            /// # Errors
            /// The refusal to show beside the field.
            pub fn parse(typed: &str) -> Result<Self, Refusal> { $check(typed).map(Self) }
            /// The text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(typed: String) -> Result<Self, Refusal> { Self::parse(&typed) }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self { text.0 }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { &self.0 }
        }

        impl std::str::FromStr for $name {
            type Err = Refusal;
            fn from_str(typed: &str) -> Result<Self, Refusal> { Self::parse(typed) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )+};
}

texts! {
    /// A name of a person, client, service, subject or thing: 1–200 characters on one line, none of which is a control
    /// character, hides itself or turns the direction of text.
    Name by name;
    /// Free text of 1–2,000 characters; line feeds are kept, CR LF becomes LF, other control characters are refused.
    /// "No notes" is `Option<Notes>`; see [`Notes::optional`].
    Notes by notes;
    /// Why somebody decided or cancelled something: the rules of [`Notes`].
    Reason by notes;
    /// An e-mail address: `local@domain` with an ASCII domain of two labels or more, at most 254 characters. The domain
    /// is kept in lower case.
    Email by email;
    /// A telephone number as people write it: 3–20 digits with `+ ( ) - . / x` and spaces between them.
    Phone by phone;
}

impl Notes {
    /// Like `parse`, but nothing typed is no notes.
    ///
    /// # Errors
    /// [`Refusal::TextTooLong`], [`Refusal::TextControl`].
    pub fn optional(typed: &str) -> Result<Option<Self>, Refusal> {
        if typed.trim().is_empty() {
            Ok(None)
        } else {
            Self::parse(typed).map(Some)
        }
    }
}

impl Reason {
    /// Like `parse`, but nothing typed is no reason.
    ///
    /// # Errors
    /// [`Refusal::TextTooLong`], [`Refusal::TextControl`].
    pub fn optional(typed: &str) -> Result<Option<Self>, Refusal> {
        if typed.trim().is_empty() {
            Ok(None)
        } else {
            Self::parse(typed).map(Some)
        }
    }

    /// A reason where the business requires one (decision 8).
    ///
    /// # Errors
    /// [`Refusal::ReasonRequired`] when there is none and one is required; as [`Reason::optional`].
    pub fn where_required(typed: &str, required: bool) -> Result<Option<Self>, Refusal> {
        match Self::optional(typed)? {
            None if required => Err(Refusal::ReasonRequired),
            reason => Ok(reason),
        }
    }
}

impl Email {
    /// What makes two addresses the same person's: all in lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Phone {
    /// For a `tel:` link: the digits, with the leading plus if there is one.
    pub fn dialled(&self) -> String {
        self.0
            .char_indices()
            .filter(|(at, c)| c.is_ascii_digit() || (*at == 0 && *c == '+'))
            .map(|(_, c)| c)
            .collect()
    }
}

/// The longest name in characters (spec §9).
pub const NAME_CHARS: usize = 200;
/// The longest notes or reason in characters (spec §9).
pub const NOTES_CHARS: usize = 2_000;
/// The longest e-mail address in characters.
pub const EMAIL_CHARS: usize = 254;

fn name(typed: &str) -> Result<String, Refusal> {
    let text = trimmed(typed, NAME_CHARS)?;
    if text.chars().any(|c| c.is_control() || is_hidden(c)) || is_piled_up(text) {
        return Err(Refusal::TextControl);
    }
    Ok(text.to_owned())
}

fn notes(typed: &str) -> Result<String, Refusal> {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text = trimmed(&lines, NOTES_CHARS)?;
    if text.chars().any(|c| c.is_control() && c != '\n') || is_piled_up(text) {
        return Err(Refusal::TextControl);
    }
    Ok(text.to_owned())
}

/// Without the spaces around it; not empty, not too long. Characters that only hide do not make a text.
fn trimmed(typed: &str, most: usize) -> Result<&str, Refusal> {
    let text = typed.trim();
    if text.chars().all(|c| c.is_whitespace() || is_hidden(c)) {
        return Err(Refusal::TextEmpty);
    }
    if text.chars().nth(most).is_some() {
        return Err(Refusal::TextTooLong);
    }
    Ok(text)
}

/// Characters without a shape of their own: zero-width ones, those that turn the direction of text, tags.
pub(crate) const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// More than six combining marks on one letter: no language writes that.
fn is_piled_up(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        let is_mark = matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
        marks = if is_mark { marks + 1 } else { 0 };
        marks > 6
    })
}

fn email(typed: &str) -> Result<String, Refusal> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Refusal::TextEmpty);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(Refusal::BadEmail)?;
    let is_word = |word: &str| !word.is_empty() && word.chars().all(is_local);
    let local_ok = local.len() <= 64 && local.split('.').all(is_word);
    if !local_ok || !is_domain(domain) || text.len() > EMAIL_CHARS {
        return Err(Refusal::BadEmail);
    }
    Ok(format!("{local}@{}", domain.to_ascii_lowercase()))
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_a_word = domain
        .rsplit('.')
        .next()
        .is_some_and(|last| last.chars().any(|c| c.is_ascii_alphabetic()));
    domain.contains('.') && last_is_a_word && domain.split('.').all(is_label)
}

fn phone(typed: &str) -> Result<String, Refusal> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Refusal::TextEmpty);
    }
    let known = |c: char| c.is_ascii_digit() || " +()-./x".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plus_leads = text.chars().skip(1).all(|c| c != '+');
    if text.len() > 40 || !text.chars().all(known) || !(3..=20).contains(&digits) || !plus_leads {
        return Err(Refusal::BadPhone);
    }
    Ok(text.to_owned())
}
