//! Who and what is meant: one type per kind of thing, so that a visit can never be passed where a request is wanted,
//! and the short references that people say aloud. Ids are made elsewhere; nothing here draws a random number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::Refusal;

/// Reads the 32 hexadecimal digits of a uuid, with or without its four hyphens.
fn parse_uuid(text: &str) -> Result<u128, Refusal> {
    let bytes = text.as_bytes();
    let hyphened = bytes.len() == 36;
    if !hyphened && bytes.len() != 32 {
        return Err(Refusal::BadId);
    }
    let mut value: u128 = 0;
    for (place, byte) in bytes.iter().enumerate() {
        if hyphened && matches!(place, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return Err(Refusal::BadId);
            }
            continue;
        }
        let digit = char::from(*byte).to_digit(16).ok_or(Refusal::BadId)?;
        value = (value << 4) | u128::from(digit);
    }
    Ok(value)
}

fn write_uuid(value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (a, b) = ((value >> 96) as u32, (value >> 80) as u16);
    let (c, d) = ((value >> 64) as u16, (value >> 48) as u16);
    write!(
        f,
        "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{:012x}",
        value & 0xffff_ffff_ffff
    )
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        ///
        /// 128 bits, written as a hyphenated lower-case uuid; ordered as a number.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id with these bits.
            pub const fn new(bits: u128) -> Self { Self(bits) }
            /// The bits of the id.
            pub const fn get(self) -> u128 { self.0 }
        }

        impl From<u128> for $name {
            fn from(bits: u128) -> Self { Self(bits) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write_uuid(self.0, f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> { parse_uuid(text).map(Self) }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.collect_str(self) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(|_: Refusal| serde::de::Error::custom("not a uuid"))
            }
        }
    )+};
}

ids! {
    /// A member of staff who performs visits. Equal to the staff member's [`StaffId`] bits.
    TechnicianId;
    /// An entry of the catalogue.
    ServiceId;
    /// A question that a service asks.
    QuestionId;
    /// A location or a piece of equipment with units.
    ResourceId;
    /// A row of what occupies time: hold, visit, proposed time, time blocked without a client.
    BookingId;
    /// A group session: bookings with one service, technician, start and end (R17).
    SessionId;
    /// What a client asked for.
    RequestId;
    /// What will happen.
    VisitId;
    /// The rule behind recurring visits.
    SeriesId;
    /// A change or cancellation asked for against a visit.
    ChangeId;
    /// A price offered in answer to a request.
    QuoteId;
    /// A customer of the business.
    ClientId;
    /// A client's standing agreement for one service.
    ClientServiceId;
    /// What a visit is for: a pet, a device, a site.
    SubjectId;
    /// A human being with a sign-in.
    PersonId;
    /// A person in the role of staff.
    StaffId;
    /// A support case.
    TicketId;
    /// An e-mail waiting in, or sent from, the outbox.
    LetterId;
    /// A message inside the portal.
    NoticeId;
    /// A picture attached to a request.
    PhotoId;
}

/// What a [`Reference`] points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// `R-`
    Request,
    /// `V-`
    Visit,
    /// `Q-`
    Quote,
}

impl ReferenceKind {
    /// The letter before the hyphen.
    pub const fn letter(self) -> char {
        match self {
            Self::Request => 'R',
            Self::Visit => 'V',
            Self::Quote => 'Q',
        }
    }

    const fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'R' | 'r' => Some(Self::Request),
            'V' | 'v' => Some(Self::Visit),
            'Q' | 'q' => Some(Self::Quote),
            _ => None,
        }
    }
}

/// A short, unique, sayable name of a request, visit or quote: `R-7K2QF` (decision 15).
///
/// Five to twelve Crockford base32 characters (no I, L, O, U), always kept in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    kind: ReferenceKind,
    chars: u8,
    number: u64,
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Reference {
    /// The fewest characters after the hyphen.
    pub const SHORTEST: u8 = 5;
    /// The most characters after the hyphen (60 bits).
    pub const LONGEST: u8 = 12;

    /// Makes a reference out of random bits: the lowest `5 × chars` bits of `number` are used.
    /// `chars` is brought into 5–12; callers ask for one more after a collision.
    pub const fn from_number(kind: ReferenceKind, number: u64, chars: u8) -> Self {
        let chars = if chars < Self::SHORTEST {
            Self::SHORTEST
        } else if chars > Self::LONGEST {
            Self::LONGEST
        } else {
            chars
        };
        Self {
            kind,
            chars,
            number: number & ((1 << (5 * chars as u64)) - 1),
        }
    }

    /// What it points at.
    pub const fn kind(self) -> ReferenceKind {
        self.kind
    }

    /// Reads what a person typed: any case, I and L as 1, O as 0, the hyphen and spaces around may be missing.
    ///
    /// # Errors
    /// [`Refusal::BadReference`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut letters = text.trim().chars();
        let kind = letters
            .next()
            .and_then(ReferenceKind::from_letter)
            .ok_or(Refusal::BadReference)?;
        let rest = letters.as_str();
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let mut number: u64 = 0;
        let mut chars: u8 = 0;
        for letter in rest.chars() {
            if chars == Self::LONGEST {
                return Err(Refusal::BadReference);
            }
            number = (number << 5) | crockford_value(letter).ok_or(Refusal::BadReference)?;
            chars += 1;
        }
        if chars < Self::SHORTEST {
            return Err(Refusal::BadReference);
        }
        Ok(Self {
            kind,
            chars,
            number,
        })
    }
}

fn crockford_value(letter: char) -> Option<u64> {
    let plain = match letter.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let place = CROCKFORD.iter().position(|c| char::from(*c) == plain)?;
    u64::try_from(place).ok()
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.kind.letter())?;
        for place in (0..self.chars).rev() {
            let index = (self.number >> (5 * u32::from(place))) & 31;
            write!(f, "{}", char::from(CROCKFORD[index as usize]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl FromStr for Reference {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("not a reference"))
    }
}
