//! What a notice says, and its picture: clients read of their requests and appointments, staff also whose they are.

use booking::letter::{Event, Recipient};
use desk::notices::Notice;
use desk::outbox::LetterFacts;

use crate::ask;
use crate::i18n::{Locale, td_string};

/// Its picture and its sentences.
pub(super) fn words(notice: &Notice) -> (&'static str, String) {
    let locale = ask::locale();
    let event: Option<Event> = notice.event.parse().ok();
    let (Some(event), Ok(facts)) = (event, notice.about_visit()) else {
        let reference = notice.link.clone();
        return (
            "icon-[lucide--bell]",
            td_string!(locale, portal.notice.other, reference = reference),
        );
    };
    let said = Said::of(&facts);
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
    when: String,
    /// The time before, or the one asked for.
    was: Option<String>,
}

impl Said {
    fn of(facts: &LetterFacts) -> Self {
        let reader = ask::reader();
        let span = |ends: Option<_>| ends.map(|(start, end)| reader.span(start, end));
        let reference = facts.request.clone().or_else(|| facts.visit.clone());
        Self {
            reference: reference.unwrap_or_default(),
            client: facts.client.clone(),
            service: facts.service.clone(),
            when: span(facts.start.zip(facts.end)).unwrap_or_default(),
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
        Event::TimesProposed
        | Event::QuoteSent
        | Event::ChangeSubmitted
        | Event::ChangeDeclined
        | Event::CancellationSubmitted
        | Event::CancellationDeclined
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
        Event::VisitCreated
        | Event::TimesProposed
        | Event::QuoteSent
        | Event::ChangeSubmitted
        | Event::ChangeDeclined
        | Event::CancellationSubmitted
        | Event::CancellationDeclined
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
        | Event::ChangeSubmitted
        | Event::CancellationSubmitted
        | Event::VisitCompleted
        | Event::VisitNoShow
        | Event::SeriesConflict => None,
    }
}

const fn icon(event: Event) -> &'static str {
    match event {
        Event::RequestSubmitted => "icon-[lucide--send]",
        Event::RequestEdited => "icon-[lucide--pencil]",
        Event::RequestWithdrawn | Event::VisitCancelled | Event::BulkCancelled => {
            "icon-[lucide--circle-slash]"
        }
        Event::RequestExpired => "icon-[lucide--hourglass]",
        Event::BookingApproved | Event::ChangeApproved | Event::VisitCompleted => {
            "icon-[lucide--circle-check]"
        }
        Event::BookingDeclined | Event::ChangeDeclined | Event::CancellationDeclined => {
            "icon-[lucide--circle-x]"
        }
        Event::VisitCreated | Event::VisitChanged => "icon-[lucide--calendar-clock]",
        Event::TimesProposed
        | Event::QuoteSent
        | Event::ChangeSubmitted
        | Event::CancellationSubmitted
        | Event::Reminder
        | Event::VisitNoShow
        | Event::SeriesConflict => "icon-[lucide--bell]",
    }
}
