//! What a notice says, and its picture: clients read of their requests and appointments, staff also whose they are.

use booking::letter::{Event, Recipient};
use desk::notices::Notice;
use desk::outbox::LetterFacts;

use crate::i18n::{Locale, td_string};
use crate::kit::{Reader, money};

/// Its picture and its sentences, as this reader reads them.
#[must_use]
pub fn words(notice: &Notice, reader: &Reader) -> (&'static str, String) {
    let locale = reader.locale;
    let event: Option<Event> = notice.event.parse().ok();
    let (Some(event), Ok(facts)) = (event, notice.about_visit()) else {
        let reference = notice.link.clone();
        return (
            "icon-[lucide--bell]",
            td_string!(locale, portal.notice.other, reference = reference),
        );
    };
    let said = Said::of(&facts, reader);
    let text = match facts.role {
        Recipient::Client => to_client(event, &said, locale),
        Recipient::Approvers | Recipient::OtherApprovers => to_staff(event, &said, locale, false),
        Recipient::Technician => to_staff(event, &said, locale, true),
        Recipient::PreviousTechnician => Some(unassigned(&said, locale)),
    };
    let text = text.unwrap_or_else(|| {
        td_string!(
            locale,
            portal.notice.other,
            reference = said.reference.clone()
        )
    });
    let sentences = [Some(text), more(event, &facts, locale)];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    (icon(event), sentences.join(" "))
}

/// The facts of a notice as they are read here.
struct Said {
    reference: String,
    client: String,
    service: String,
    business: String,
    /// The price of a quote.
    total: String,
    when: String,
    /// The time before, or the one asked for.
    was: Option<String>,
}

impl Said {
    fn of(facts: &LetterFacts, reader: &Reader) -> Self {
        let span = |ends: Option<_>| ends.map(|(start, end)| reader.span(start, end));
        let asked = |dates| crate::kit::asked::words(dates, reader.locale, |date| reader.day(date));
        let when = span(facts.start.zip(facts.end)).or_else(|| facts.asked.as_ref().map(asked));
        let quote = facts.offer.as_ref().and_then(|offer| offer.quote.as_ref());
        let reference = facts.request.clone().or_else(|| facts.visit.clone());
        Self {
            reference: reference.unwrap_or_default(),
            client: facts.client.clone(),
            service: facts.service.clone(),
            business: facts.business.clone(),
            total: quote
                .map(|quote| money(quote.total_minor, &quote.currency, reader.locale))
                .unwrap_or_default(),
            when: when.unwrap_or_default(),
            was: span(facts.old_start.zip(facts.old_end)),
        }
    }

    fn was(&self) -> String {
        self.was.clone().unwrap_or_default()
    }
}

/// `says!(locale, said; namespace.key; names)`.
macro_rules! says {
    ($locale:ident, $said:ident; $($key:ident).+; $($name:ident),*) => {
        td_string!($locale, $($key).+ $(, $name = $said.$name.clone())*)
    };
    ($locale:ident, $said:ident; $($key:ident).+; $($name:ident),*; was) => {
        td_string!($locale, $($key).+ $(, $name = $said.$name.clone())*, was = $said.was())
    };
}

fn to_client(event: Event, said: &Said, l: Locale) -> Option<String> {
    let moved = said.was.is_some();
    Some(match event {
        Event::RequestSubmitted => {
            says!(l, said; portal.notice.request_submitted; reference, service, when)
        }
        Event::RequestEdited => {
            says!(l, said; portal.notice.request_edited; reference, service, when)
        }
        Event::RequestWithdrawn => {
            says!(l, said; portal.notice.request_withdrawn; reference, service, when)
        }
        Event::RequestExpired => {
            says!(l, said; portal.notice.request_expired; reference, service, when)
        }
        Event::BookingApproved if moved => {
            says!(l, said; portal.notice.request_approved_moved; service, when; was)
        }
        Event::BookingApproved => says!(l, said; portal.notice.request_approved; service, when),
        Event::BookingDeclined => {
            says!(l, said; portal.notice.request_declined; reference, service, when)
        }
        Event::VisitCreated => says!(l, said; notices.visit_created; service, when),
        Event::VisitChanged | Event::ChangeApproved if moved => {
            says!(l, said; notices.visit_moved; service, when; was)
        }
        Event::VisitChanged | Event::ChangeApproved => {
            says!(l, said; notices.visit_changed; service, when)
        }
        Event::VisitCancelled | Event::BulkCancelled => {
            says!(l, said; notices.visit_cancelled; service, when)
        }
        Event::Reminder => says!(l, said; notices.reminder; service, when),
        Event::VisitCompleted => says!(l, said; notices.visit_completed; service, when),
        Event::VisitNoShow => says!(l, said; notices.visit_no_show; service, when),
        Event::TimesProposed => says!(l, said; offers.notice.times; business, service),
        Event::QuoteSent => says!(l, said; offers.notice.quote; service, total),
        Event::OfferExpired => says!(l, said; offers.notice.expired; reference, service),
        Event::WaitingFreed => says!(l, said; waiting.notice; service, when),
        Event::MessageAnswered => says!(l, said; messages.notice_answered; business),
        Event::ChangeSubmitted => says!(l, said; changes.notice.submitted; service, when),
        Event::ChangeDeclined => says!(l, said; changes.notice.declined; service, when),
        Event::ChangeSuperseded => says!(l, said; changes.notice.superseded; service, when),
        Event::ChangeExpired => says!(l, said; changes.notice.expired; service, when),
        Event::CancellationSubmitted => {
            says!(l, said; changes.notice.cancel_submitted; service, when)
        }
        Event::CancellationDeclined => {
            says!(l, said; changes.notice.cancel_declined; service, when)
        }
        Event::OfferRefused
        | Event::MessageReceived
        | Event::ChangeWithdrawn
        | Event::SeriesConflict => return None,
    })
}

/// `theirs`: it is the technician's own.
fn to_staff(event: Event, said: &Said, l: Locale, theirs: bool) -> Option<String> {
    let moved = said.was.is_some();
    Some(match event {
        Event::RequestSubmitted => {
            says!(l, said; notices.staff.request_submitted; reference, client, service, when)
        }
        Event::RequestEdited if moved => {
            says!(l, said; notices.staff.request_moved; reference, client, service, when; was)
        }
        Event::RequestEdited => {
            says!(l, said; notices.staff.request_edited; reference, client, service, when)
        }
        Event::RequestWithdrawn => {
            says!(l, said; notices.staff.request_withdrawn; reference, client, service, when)
        }
        Event::RequestExpired => {
            says!(l, said; notices.staff.request_expired; reference, client, service, when)
        }
        Event::BookingApproved | Event::VisitCreated if theirs => {
            says!(l, said; notices.staff.assigned; client, service, when)
        }
        Event::BookingApproved => {
            says!(l, said; notices.staff.request_approved; reference, client, service, when)
        }
        Event::BookingDeclined => {
            says!(l, said; notices.staff.request_declined; reference, client, service, when)
        }
        Event::VisitChanged | Event::ChangeApproved if moved => {
            says!(l, said; notices.staff.visit_moved; client, service, when; was)
        }
        Event::VisitChanged | Event::ChangeApproved => {
            says!(l, said; notices.staff.visit_changed; client, service, when)
        }
        Event::VisitCancelled | Event::BulkCancelled => {
            says!(l, said; notices.staff.visit_cancelled; client, service, when)
        }
        Event::Reminder => says!(l, said; notices.staff.reminder; client, service, when),
        Event::SeriesConflict => {
            says!(l, said; notices.staff.series_conflict; client, service, when)
        }
        Event::TimesProposed => {
            says!(l, said; offers.notice.staff_times; client, reference, service)
        }
        Event::QuoteSent => {
            says!(l, said; offers.notice.staff_quote; total, client, reference, service)
        }
        Event::OfferRefused => {
            says!(l, said; offers.notice.staff_refused; client, reference, service)
        }
        Event::OfferExpired => {
            says!(l, said; offers.notice.staff_expired; client, reference, service)
        }
        Event::ChangeSubmitted => {
            says!(l, said; changes.notice.staff_submitted; client, service, when)
        }
        Event::CancellationSubmitted => {
            says!(l, said; changes.notice.staff_cancel_submitted; client, service, when)
        }
        Event::ChangeWithdrawn => {
            says!(l, said; changes.notice.staff_withdrawn; client, service, when)
        }
        Event::ChangeDeclined | Event::CancellationDeclined => {
            says!(l, said; changes.notice.staff_declined; client, service, when)
        }
        Event::ChangeExpired => says!(l, said; changes.notice.staff_expired; client, service, when),
        Event::MessageReceived => says!(l, said; messages.notice_received; client),
        Event::VisitCreated
        | Event::ChangeSuperseded
        | Event::WaitingFreed
        | Event::MessageAnswered
        | Event::VisitCompleted
        | Event::VisitNoShow => return None,
    })
}

fn unassigned(said: &Said, l: Locale) -> String {
    says!(l, said; notices.staff.unassigned; client, service, when)
}

/// What stands behind it: the reason, or with whom.
fn more(event: Event, facts: &LetterFacts, locale: Locale) -> Option<String> {
    let with = || {
        let name = facts.technician.clone()?;
        let is_client = facts.role == Recipient::Client;
        is_client.then(|| td_string!(locale, portal.notice.with, technician = name))
    };
    let reason = || {
        let reason = facts.reason.clone()?;
        Some(td_string!(locale, portal.notice.reason, reason = reason))
    };
    match event {
        Event::BookingDeclined
        | Event::OfferRefused
        | Event::VisitCancelled
        | Event::BulkCancelled
        | Event::ChangeDeclined
        | Event::CancellationDeclined => reason(),
        Event::BookingApproved
        | Event::VisitCreated
        | Event::VisitChanged
        | Event::ChangeApproved
        | Event::Reminder => with(),
        Event::RequestSubmitted
        | Event::RequestEdited
        | Event::RequestWithdrawn
        | Event::RequestExpired
        | Event::TimesProposed
        | Event::QuoteSent
        | Event::OfferExpired
        | Event::ChangeSubmitted
        | Event::ChangeWithdrawn
        | Event::ChangeSuperseded
        | Event::ChangeExpired
        | Event::CancellationSubmitted
        | Event::VisitCompleted
        | Event::VisitNoShow
        | Event::WaitingFreed
        | Event::MessageReceived
        | Event::MessageAnswered
        | Event::SeriesConflict => None,
    }
}

const fn icon(event: Event) -> &'static str {
    match event {
        Event::RequestSubmitted => "icon-[lucide--send]",
        Event::MessageReceived | Event::MessageAnswered => "icon-[lucide--message-circle]",
        Event::RequestEdited => "icon-[lucide--pencil]",
        Event::RequestWithdrawn | Event::VisitCancelled | Event::BulkCancelled => {
            "icon-[lucide--circle-slash]"
        }
        Event::RequestExpired | Event::OfferExpired | Event::ChangeExpired => {
            "icon-[lucide--hourglass]"
        }
        Event::BookingApproved | Event::ChangeApproved | Event::VisitCompleted => {
            "icon-[lucide--circle-check]"
        }
        Event::BookingDeclined | Event::ChangeDeclined | Event::CancellationDeclined => {
            "icon-[lucide--circle-x]"
        }
        Event::VisitCreated | Event::VisitChanged | Event::WaitingFreed => {
            "icon-[lucide--calendar-clock]"
        }
        Event::TimesProposed
        | Event::QuoteSent
        | Event::OfferRefused
        | Event::ChangeSubmitted
        | Event::ChangeWithdrawn
        | Event::ChangeSuperseded
        | Event::CancellationSubmitted
        | Event::Reminder
        | Event::VisitNoShow
        | Event::SeriesConflict => "icon-[lucide--bell]",
    }
}
