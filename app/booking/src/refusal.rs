//! Every reason for which the rules, the people's words and the desk say no, each with a stable code.
//! No prose: the sentences are in the languages of the product.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident => $code:literal,)+) => {
        /// Why something was refused. Written and read as its code, `slot-taken`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Refusal { $($(#[$doc])* $name,)+ }

        impl Refusal {
            /// All refusals, for tables and for translators.
            pub const ALL: &'static [Refusal] = &[$(Self::$name,)+];

            /// The stable code, kebab-case.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The refusal with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

refusals! {
    // The slot (spec §4).
    /// Another booking of the technician overlaps, buffers included (R14).
    SlotTaken => "slot-taken",
    /// Two bare spans of one technician would overlap (R27); the database's own answer.
    Overlap => "overlap",
    /// Outside the technician's working hours (R7–R9, R13).
    OutsideHours => "outside-hours",
    /// The business is closed on that date (R8, R9).
    Closed => "closed",
    /// The technician has time off (R11).
    TimeOff => "time-off",
    /// Not one of the starts of the grid (R12).
    OffGrid => "off-grid",
    /// Less than the notice ahead (R21).
    TooSoon => "too-soon",
    /// Beyond the advance window (R21).
    TooFar => "too-far",
    /// Already begun or past.
    InThePast => "in-the-past",
    /// The request cut-off of the portal has passed (spec §8).
    CutOffPassed => "cut-off-passed",
    /// The day or week has as many bookings as it may (R22).
    Full => "full",
    /// The session has not enough seats (R17).
    NoSeats => "no-seats",
    /// A resource has not enough units (R18).
    NoUnits => "no-units",
    /// What is free is reserved for holds without a technician (R19).
    Reserved => "reserved",
    /// The service cannot be booked by clients, or not by this one (R10).
    ServiceNotBookable => "service-not-bookable",
    /// The technician does not perform the service (R10).
    NotQualified => "not-qualified",
    /// The technician no longer works here, or not now (R10).
    TechnicianInactive => "technician-inactive",
    /// The service does not let clients choose a technician.
    TechnicianNotOffered => "technician-not-offered",
    /// A technician has to be chosen (A4, A9).
    TechnicianRequired => "technician-required",
    /// The length is not one the service offers, or outside 5–1,440 minutes.
    BadLength => "bad-length",
    /// The service was changed and the length is still the other one's.
    LengthOfAnother => "length-of-another",
    /// A buffer outside 0–240 minutes.
    BadBuffer => "bad-buffer",
    /// A slot interval that is 0 or longer than a day.
    BadInterval => "bad-interval",
    /// A capacity, a number of seats or of units that is 0 or too large.
    BadAmount => "bad-amount",

    // Time typed by people.
    /// Not a time, or an end that is not after its start.
    BadTime => "bad-time",
    /// Not a date of the calendar.
    BadDate => "bad-date",
    /// Not a zone that is known.
    BadZone => "bad-zone",
    /// The local time does not exist on that day (R6).
    MissingLocalTime => "missing-local-time",
    /// The local time exists twice on that day; say which (R6).
    AmbiguousLocalTime => "ambiguous-local-time",
    /// The offset is not one the local time has on that day (R6).
    BadOffset => "bad-offset",
    /// Working windows that cannot be read.
    BadWindow => "bad-window",
    /// Two exceptions for one date of one technician.
    DuplicateException => "duplicate-exception",

    // Recurrence (R28).
    /// The interval is 0 or too large.
    BadRecurrenceInterval => "bad-recurrence-interval",
    /// The count is 0 or too large.
    BadRecurrenceCount => "bad-recurrence-count",
    /// It ends before it begins.
    RecurrenceEndsBeforeStart => "recurrence-ends-before-start",
    /// It yields no occurrence at all.
    RecurrenceEmpty => "recurrence-empty",
    /// Some occurrences have no free slot; nothing was created (spec §5).
    OccurrencesConflict => "occurrences-conflict",

    // Lives (spec §5).
    /// Somebody else changed it meanwhile: the version does not match.
    Stale => "stale",
    /// It was decided before.
    AlreadyDecided => "already-decided",
    /// It is in a final state.
    Final => "final",
    /// It was withdrawn by the client.
    AlreadyCancelled => "already-cancelled",
    /// Its hold or its time has run out.
    Expired => "expired",
    /// It is not waiting for the client.
    NotAwaitingClient => "not-awaiting-client",
    /// It waits for the client's answer first.
    AwaitingClient => "awaiting-client",
    /// What was accepted is none of what was proposed.
    NotProposed => "not-proposed",
    /// A visit of that length does not fit into the time block.
    BlockTooShort => "block-too-short",
    /// Nothing is free in the time block.
    BlockFull => "block-full",
    /// Between one and three other times can be proposed, each once.
    BadProposal => "bad-proposal",
    /// It has not expired yet.
    NotExpired => "not-expired",
    /// The undo window is over, or its letters are out.
    UndoTooLate => "undo-too-late",
    /// The visit was touched after the decision.
    VisitTouched => "visit-touched",
    /// The visit has not started yet.
    NotStarted => "not-started",
    /// The visit has started.
    AlreadyStarted => "already-started",
    /// This step does not exist from the present state.
    WrongState => "wrong-state",
    /// Corrections are possible for 7 days.
    CorrectionTooLate => "correction-too-late",
    /// The visit has an open change or cancellation request already.
    ChangeOpen => "change-open",
    /// The change asks for nothing different.
    NothingChanged => "nothing-changed",
    /// The portal's settings do not allow clients to cancel.
    CancellationNotAllowed => "cancellation-not-allowed",
    /// The cut-off for changes by clients has passed.
    ChangeCutOffPassed => "change-cut-off-passed",
    /// It is too late to cancel this visit in the portal.
    CancellationCutOffPassed => "cancellation-cut-off-passed",
    /// The client has 20 open requests.
    TooManyOpen => "too-many-open",
    /// A reason is required.
    ReasonRequired => "reason-required",
    /// An override of a soft rule needs a recorded reason (R23).
    OverrideNeeded => "override-needed",
    /// The kind of request and what it carries do not fit.
    KindMismatch => "kind-mismatch",
    /// The window of dates is empty, in the past or too long.
    BadDateWindow => "bad-date-window",
    /// The price is missing, negative or too large.
    BadPrice => "bad-price",

    // Text (spec §9).
    /// Nothing, or only spaces.
    TextEmpty => "text-empty",
    /// More characters than allowed.
    TextTooLong => "text-too-long",
    /// A control character, or one that hides or reverses text.
    TextControl => "text-control",
    /// Not an e-mail address.
    BadEmail => "bad-email",
    /// Not a telephone number.
    BadPhone => "bad-phone",
    /// Not a language tag that is known.
    BadLanguage => "bad-language",
    /// Not a currency that is known.
    BadCurrency => "bad-currency",
    /// Not a colour, template or link of the expected form.
    BadTemplate => "bad-template",
    /// A template names something that its letter does not know.
    UnknownPlaceholder => "unknown-placeholder",
    /// A template has `{{` without `}}` on the same line, or the other way round.
    UnclosedPlaceholder => "unclosed-placeholder",
    /// An answer that should be a number and is none.
    NotANumber => "not-a-number",
    /// Fewer than two options, more than ten, or one twice.
    BadOptions => "bad-options",
    /// A service asks ten questions at most.
    TooManyQuestions => "too-many-questions",
    /// The client has a running agreement for this service already.
    AgreementRuns => "agreement-runs",
    /// A choice that is not on the list.
    BadChoice => "bad-choice",
    /// Not an id.
    BadId => "bad-id",
    /// Not a reference.
    BadReference => "bad-reference",

    // The desk.
    /// It does not exist, or not for you: the same answer either way (spec §7).
    NotFound => "not-found",
    /// Your role does not allow it.
    NotAllowed => "not-allowed",
    /// A file that is no PNG, JPEG or WebP picture, or a larger one than is read.
    BadPicture => "bad-picture",
    /// Nobody is signed in.
    NotSignedIn => "not-signed-in",
    /// The internal ticket belongs to another client (A9).
    TicketOfAnotherClient => "ticket-of-another-client",
    /// The ticket does not exist.
    NoSuchTicket => "no-such-ticket",
    /// The form was sent before with other content.
    KeyReused => "key-reused",
    /// The e-mail address belongs to somebody already.
    EmailTaken => "email-taken",
    /// The name is taken.
    NameTaken => "name-taken",
    /// The last owner cannot go.
    LastOwner => "last-owner",
    /// It is still used elsewhere.
    InUse => "in-use",
    /// The password is too short, too long or too common.
    WeakPassword => "weak-password",
    /// The e-mail address or the password is wrong.
    WrongPassword => "wrong-password",
    /// The second factor's code is wrong.
    WrongCode => "wrong-code",
    /// Too many tries; later again.
    TooManyTries => "too-many-tries",
    /// The link has expired or was used.
    LinkExpired => "link-expired",
    /// The session has ended.
    SessionEnded => "session-ended",
    /// The account is disabled.
    AccountDisabled => "account-disabled",
    /// The installation has an owner already.
    AlreadySetUp => "already-set-up",
    /// The person has ten calendar addresses.
    TooManyFeeds => "too-many-feeds",
    /// The person waits for 20 days already.
    TooManyWaiting => "too-many-waiting",
    /// The person has written 20 messages within an hour.
    TooManyMessages => "too-many-messages",

    // Photos.
    /// Not JPEG, PNG or WebP, or broken.
    BadPhoto => "bad-photo",
    /// More than 10 MiB or 40 megapixels.
    PhotoTooLarge => "photo-too-large",
    /// More than 5 a request.
    TooManyPhotos => "too-many-photos",
    /// It is not there any more, or belongs to a request already.
    PhotoGone => "photo-gone",
    /// A file was chosen and not sent.
    PhotoNotAdded => "photo-not-added",

    // The machine.
    /// The database is busy or away; what was typed is kept.
    Busy => "busy",
    /// The disk is full; nothing was stored.
    DiskFull => "disk-full",
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

/// A word that is none of the words of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown-word")
    }
}

impl std::error::Error for UnknownWord {}

impl FromStr for Refusal {
    type Err = UnknownWord;
    fn from_str(code: &str) -> Result<Self, UnknownWord> {
        Self::from_code(code).ok_or(UnknownWord)
    }
}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom("unknown refusal"))
    }
}

/// A closed list of words that stand in the database, the API and scenarios.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// All of them, in the order of their life or table.
            pub const ALL: &'static [$name] = &[$(Self::$variant,)+];

            /// The word in the database, the API and scenarios.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::refusal::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err($crate::refusal::UnknownWord) }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(from)?;
                word.parse().map_err(|_| serde::de::Error::custom("unknown word"))
            }
        }
    };
}

pub(crate) use words;
