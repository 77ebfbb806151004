//! What a person is told when something is refused or goes wrong: codes on the wire, words of their language on the
//! screen. No driver's text ever comes this far.

use booking::refusal::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::i18n::{Locale, td_string};

/// The error of every server function. Carries codes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Refused: nothing was changed.
    Refused {
        /// The reason.
        why: Refusal,
        /// The field it stands beside; none: above the form.
        field: Option<String>,
    },
    /// A fault, logged under this number; nothing was changed.
    Fault {
        /// The number in the log.
        incident: String,
    },
    /// What was sent could not be read.
    Malformed,
    /// The browser could not reach the server.
    Unreachable,
}

impl Trouble {
    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { why, .. } => Some(*why),
            Self::Fault { .. } | Self::Malformed | Self::Unreachable => None,
        }
    }

    /// The field it stands beside.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused { field, .. } => field.as_deref(),
            Self::Fault { .. } | Self::Malformed | Self::Unreachable => None,
        }
    }

    /// In words.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn words(&self, locale: Locale) -> String {
        match self {
            Self::Refused { why, .. } => words(*why, locale).to_owned(),
            Self::Fault { incident } => {
                td_string!(locale, refusals.fault, number = incident.clone()).to_string()
            }
            Self::Malformed => td_string!(locale, refusals.malformed).to_string(),
            Self::Unreachable => td_string!(locale, refusals.unreachable).to_string(),
        }
    }

    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused { why, .. } => match why {
                Refusal::NotFound => 404,
                Refusal::NotAllowed => 403,
                Refusal::NotSignedIn | Refusal::SessionEnded => 401,
                Refusal::TooManyTries => 429,
                Refusal::Busy | Refusal::DiskFull => 503,
                // Every other refusal is about what was sent.
                _ => 422,
            },
            Self::Fault { .. } => 500,
            Self::Malformed => 400,
            Self::Unreachable => 503,
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(why: Refusal) -> Self {
        Self::Refused { why, field: None }
    }
}

impl FromServerFnError for Trouble {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Unreachable
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Self::Fault {
                incident: String::new(),
            },
        }
    }
}

/// Faults are logged here, once, under the number that the person sees.
#[cfg(feature = "ssr")]
impl From<desk::Trouble> for Trouble {
    fn from(trouble: desk::Trouble) -> Self {
        match trouble {
            desk::Trouble::Refused(refused) => Self::Refused {
                why: refused.why,
                field: refused.field.map(str::to_owned),
            },
            desk::Trouble::Fault(fault) => Self::Fault {
                incident: incident(&fault),
            },
        }
    }
}

/// Logs a fault under a new number and answers the number.
#[cfg(feature = "ssr")]
pub fn incident(fault: &dyn std::fmt::Display) -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let number = id.get(id.len() - 8..).unwrap_or_default().to_uppercase();
    tracing::error!(incident = %number, "{fault}");
    number
}

/// The sentence of a refusal. A new refusal does not build until it has one in every language.
#[cfg(feature = "ssr")]
#[must_use]
pub fn words(refusal: Refusal, locale: Locale) -> &'static str {
    match refusal {
        Refusal::SlotTaken => td_string!(locale, refusals.slot_taken),
        Refusal::Overlap => td_string!(locale, refusals.overlap),
        Refusal::OutsideHours => td_string!(locale, refusals.outside_hours),
        Refusal::Closed => td_string!(locale, refusals.closed),
        Refusal::TimeOff => td_string!(locale, refusals.time_off),
        Refusal::OffGrid => td_string!(locale, refusals.off_grid),
        Refusal::TooSoon => td_string!(locale, refusals.too_soon),
        Refusal::TooFar => td_string!(locale, refusals.too_far),
        Refusal::InThePast => td_string!(locale, refusals.in_the_past),
        Refusal::CutOffPassed => td_string!(locale, refusals.cut_off_passed),
        Refusal::Full => td_string!(locale, refusals.full),
        Refusal::NoSeats => td_string!(locale, refusals.no_seats),
        Refusal::NoUnits => td_string!(locale, refusals.no_units),
        Refusal::Reserved => td_string!(locale, refusals.reserved),
        Refusal::ServiceNotBookable => td_string!(locale, refusals.service_not_bookable),
        Refusal::NotQualified => td_string!(locale, refusals.not_qualified),
        Refusal::TechnicianInactive => td_string!(locale, refusals.technician_inactive),
        Refusal::TechnicianNotOffered => td_string!(locale, refusals.technician_not_offered),
        Refusal::TechnicianRequired => td_string!(locale, refusals.technician_required),
        Refusal::BadLength => td_string!(locale, refusals.bad_length),
        Refusal::LengthOfAnother => td_string!(locale, refusals.length_of_another),
        Refusal::BadBuffer => td_string!(locale, refusals.bad_buffer),
        Refusal::BadInterval => td_string!(locale, refusals.bad_interval),
        Refusal::BadAmount => td_string!(locale, refusals.bad_amount),
        Refusal::BadTime => td_string!(locale, refusals.bad_time),
        Refusal::BadDate => td_string!(locale, refusals.bad_date),
        Refusal::BadZone => td_string!(locale, refusals.bad_zone),
        Refusal::MissingLocalTime => td_string!(locale, refusals.missing_local_time),
        Refusal::AmbiguousLocalTime => td_string!(locale, refusals.ambiguous_local_time),
        Refusal::BadOffset => td_string!(locale, refusals.bad_offset),
        Refusal::BadWindow => td_string!(locale, refusals.bad_window),
        Refusal::DuplicateException => td_string!(locale, refusals.duplicate_exception),
        Refusal::BadRecurrenceInterval => td_string!(locale, refusals.bad_recurrence_interval),
        Refusal::BadRecurrenceCount => td_string!(locale, refusals.bad_recurrence_count),
        Refusal::RecurrenceEndsBeforeStart => {
            td_string!(locale, refusals.recurrence_ends_before_start)
        }
        Refusal::RecurrenceEmpty => td_string!(locale, refusals.recurrence_empty),
        Refusal::OccurrencesConflict => td_string!(locale, refusals.occurrences_conflict),
        Refusal::Stale => td_string!(locale, refusals.stale),
        Refusal::AlreadyDecided => td_string!(locale, refusals.already_decided),
        Refusal::Final => td_string!(locale, refusals.final_state),
        Refusal::AlreadyCancelled => td_string!(locale, refusals.already_cancelled),
        Refusal::Expired => td_string!(locale, refusals.expired),
        Refusal::NotAwaitingClient => td_string!(locale, refusals.not_awaiting_client),
        Refusal::AwaitingClient => td_string!(locale, refusals.awaiting_client),
        Refusal::NotProposed => td_string!(locale, refusals.not_proposed),
        Refusal::BlockTooShort => td_string!(locale, refusals.block_too_short),
        Refusal::BlockFull => td_string!(locale, refusals.block_full),
        Refusal::BadProposal => td_string!(locale, refusals.bad_proposal),
        Refusal::NotExpired => td_string!(locale, refusals.not_expired),
        Refusal::UndoTooLate => td_string!(locale, refusals.undo_too_late),
        Refusal::VisitTouched => td_string!(locale, refusals.visit_touched),
        Refusal::NotStarted => td_string!(locale, refusals.not_started),
        Refusal::AlreadyStarted => td_string!(locale, refusals.already_started),
        Refusal::WrongState => td_string!(locale, refusals.wrong_state),
        Refusal::CorrectionTooLate => td_string!(locale, refusals.correction_too_late),
        Refusal::ChangeOpen => td_string!(locale, refusals.change_open),
        Refusal::NothingChanged => td_string!(locale, refusals.nothing_changed),
        Refusal::CancellationNotAllowed => td_string!(locale, refusals.cancellation_not_allowed),
        Refusal::CancellationCutOffPassed => td_string!(locale, changes.cut_off_passed),
        Refusal::ChangeCutOffPassed => td_string!(locale, refusals.change_cut_off_passed),
        Refusal::TooManyOpen => td_string!(locale, refusals.too_many_open),
        Refusal::ReasonRequired => td_string!(locale, refusals.reason_required),
        Refusal::OverrideNeeded => td_string!(locale, refusals.override_needed),
        Refusal::KindMismatch => td_string!(locale, refusals.kind_mismatch),
        Refusal::BadDateWindow => td_string!(locale, refusals.bad_date_window),
        Refusal::BadPrice => td_string!(locale, refusals.bad_price),
        Refusal::TextEmpty => td_string!(locale, refusals.text_empty),
        Refusal::TextTooLong => td_string!(locale, refusals.text_too_long),
        Refusal::TextControl => td_string!(locale, refusals.text_control),
        Refusal::BadEmail => td_string!(locale, refusals.bad_email),
        Refusal::BadPhone => td_string!(locale, refusals.bad_phone),
        Refusal::BadLanguage => td_string!(locale, refusals.bad_language),
        Refusal::BadCurrency => td_string!(locale, refusals.bad_currency),
        Refusal::BadTemplate => td_string!(locale, refusals.bad_template),
        Refusal::UnknownPlaceholder => td_string!(locale, refusals.unknown_placeholder),
        Refusal::UnclosedPlaceholder => td_string!(locale, refusals.unclosed_placeholder),
        Refusal::NotANumber => td_string!(locale, questions.not_a_number),
        Refusal::BadOptions => td_string!(locale, questions.bad_options),
        Refusal::TooManyQuestions => td_string!(locale, questions.too_many),
        Refusal::AgreementRuns => td_string!(locale, client_services.runs_already),
        Refusal::BadChoice => td_string!(locale, refusals.bad_choice),
        Refusal::BadId => td_string!(locale, refusals.bad_id),
        Refusal::BadReference => td_string!(locale, refusals.bad_reference),
        Refusal::NotFound => td_string!(locale, refusals.not_found),
        Refusal::NotAllowed => td_string!(locale, refusals.not_allowed),
        Refusal::BadPicture => td_string!(locale, refusals.bad_picture),
        Refusal::NotSignedIn => td_string!(locale, refusals.not_signed_in),
        Refusal::TicketOfAnotherClient => td_string!(locale, refusals.ticket_of_another_client),
        Refusal::NoSuchTicket => td_string!(locale, refusals.no_such_ticket),
        Refusal::KeyReused => td_string!(locale, refusals.key_reused),
        Refusal::EmailTaken => td_string!(locale, refusals.email_taken),
        Refusal::NameTaken => td_string!(locale, refusals.name_taken),
        Refusal::LastOwner => td_string!(locale, refusals.last_owner),
        Refusal::InUse => td_string!(locale, refusals.in_use),
        Refusal::WeakPassword => td_string!(locale, refusals.weak_password),
        Refusal::WrongPassword => td_string!(locale, refusals.wrong_password),
        Refusal::WrongCode => td_string!(locale, refusals.wrong_code),
        Refusal::TooManyTries => td_string!(locale, refusals.too_many_tries),
        Refusal::LinkExpired => td_string!(locale, refusals.link_expired),
        Refusal::SessionEnded => td_string!(locale, refusals.session_ended),
        Refusal::AccountDisabled => td_string!(locale, refusals.account_disabled),
        Refusal::AlreadySetUp => td_string!(locale, refusals.already_set_up),
        Refusal::BadPhoto => td_string!(locale, refusals.bad_photo),
        Refusal::PhotoTooLarge => td_string!(locale, refusals.photo_too_large),
        Refusal::TooManyFeeds => td_string!(locale, refusals.too_many_feeds),
        Refusal::TooManyMessages => td_string!(locale, messages.too_many),
        Refusal::TooManyWaiting => td_string!(locale, waiting.too_many),
        Refusal::PhotoGone => td_string!(locale, photos.gone),
        Refusal::PhotoNotAdded => td_string!(locale, photos.not_added),
        Refusal::TooManyPhotos => td_string!(locale, refusals.too_many_photos),
        Refusal::Busy => td_string!(locale, refusals.busy),
        Refusal::DiskFull => td_string!(locale, refusals.disk_full),
    }
}
