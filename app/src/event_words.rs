//! Events and those who are told of them, in words, wherever somebody chooses among them.

use booking::letter::{Event, Recipient};
use booking::template::LetterKind;

use crate::i18n::{Locale, td_string};

/// An event as a sentence: "A request was approved".
pub fn event(event: Event, locale: Locale) -> &'static str {
    match event {
        Event::RequestSubmitted => td_string!(locale, events.request_submitted),
        Event::RequestEdited => td_string!(locale, events.request_edited),
        Event::RequestWithdrawn => td_string!(locale, events.request_withdrawn),
        Event::RequestExpired => td_string!(locale, events.request_expired),
        Event::BookingApproved => td_string!(locale, events.booking_approved),
        Event::BookingDeclined => td_string!(locale, events.booking_declined),
        Event::TimesProposed => td_string!(locale, events.times_proposed),
        Event::QuoteSent => td_string!(locale, events.quote_sent),
        Event::OfferRefused => td_string!(locale, offers.event.offer_refused),
        Event::OfferExpired => td_string!(locale, offers.event.offer_expired),
        Event::VisitCreated => td_string!(locale, events.visit_created),
        Event::VisitChanged => td_string!(locale, events.visit_changed),
        Event::ChangeSubmitted => td_string!(locale, events.change_submitted),
        Event::ChangeApproved => td_string!(locale, events.change_approved),
        Event::ChangeDeclined => td_string!(locale, events.change_declined),
        Event::ChangeWithdrawn => td_string!(locale, changes.event.withdrawn),
        Event::ChangeSuperseded => td_string!(locale, changes.event.superseded),
        Event::ChangeExpired => td_string!(locale, changes.event.expired),
        Event::CancellationSubmitted => td_string!(locale, events.cancellation_submitted),
        Event::VisitCancelled => td_string!(locale, events.visit_cancelled),
        Event::CancellationDeclined => td_string!(locale, events.cancellation_declined),
        Event::BulkCancelled => td_string!(locale, events.bulk_cancelled),
        Event::Reminder => td_string!(locale, events.reminder),
        Event::VisitCompleted => td_string!(locale, events.visit_completed),
        Event::VisitNoShow => td_string!(locale, events.visit_no_show),
        Event::MessageReceived => td_string!(locale, messages.event_received),
        Event::MessageAnswered => td_string!(locale, messages.event_answered),
        Event::WaitingFreed => td_string!(locale, waiting.event),
        Event::SeriesConflict => td_string!(locale, events.series_conflict),
    }
}

/// Who is told: "Client".
pub fn recipient(recipient: Recipient, locale: Locale) -> &'static str {
    match recipient {
        Recipient::Client => td_string!(locale, events.to_client),
        Recipient::Approvers => td_string!(locale, events.to_approvers),
        Recipient::OtherApprovers => td_string!(locale, events.to_other_approvers),
        Recipient::Technician => td_string!(locale, events.to_technician),
        Recipient::PreviousTechnician => td_string!(locale, events.to_previous_technician),
    }
}

/// A letter's event: an approval at another time says so.
pub fn letter(letter: LetterKind, locale: Locale) -> &'static str {
    if letter.moved {
        td_string!(locale, events.booking_moved)
    } else {
        event(letter.event, locale)
    }
}
