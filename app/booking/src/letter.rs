//! Who is told what (spec §6): the table, as a function. Language, zone and text are each recipient's own and are made
//! elsewhere.

use serde::{Deserialize, Serialize};

use crate::refusal::words;

words! {
    /// What happened. The code names the letter's template.
    Event {
        /// A request was submitted.
        RequestSubmitted => "request.submitted",
        /// A pending request was edited by the client.
        RequestEdited => "request.edited",
        /// A pending request was withdrawn by the client.
        RequestWithdrawn => "request.withdrawn",
        /// A request expired.
        RequestExpired => "request.expired",
        /// A request was approved.
        BookingApproved => "booking.approved",
        /// A request was declined.
        BookingDeclined => "booking.declined",
        /// Staff proposed other times.
        TimesProposed => "request.times_proposed",
        /// Staff sent a quote.
        QuoteSent => "request.quote_sent",
        /// Staff created an appointment.
        VisitCreated => "visit.created",
        /// Staff changed an appointment.
        VisitChanged => "visit.changed",
        /// A client asked for a change.
        ChangeSubmitted => "change.submitted",
        /// A change was approved.
        ChangeApproved => "change.approved",
        /// A change was declined.
        ChangeDeclined => "change.declined",
        /// A client asked for a cancellation that is reviewed.
        CancellationSubmitted => "cancellation.submitted",
        /// A visit was cancelled: accepted at once, by review, or by staff.
        VisitCancelled => "visit.cancelled",
        /// A cancellation was declined.
        CancellationDeclined => "cancellation.declined",
        /// A client cancelled several visits at once.
        BulkCancelled => "visit.bulk_cancelled",
        /// A visit is near.
        Reminder => "visit.reminder",
        /// A visit was completed.
        VisitCompleted => "visit.completed",
        /// The client did not come.
        VisitNoShow => "visit.no_show",
        /// Dates of a series that goes on could not be had (decision 19).
        SeriesConflict => "series.conflict",
    }
}

words! {
    /// Who is told. One that does not exist (no technician named, none before) is not told.
    Recipient {
        /// The contacts of the client.
        Client => "client",
        /// Those who decide.
        Approvers => "approvers",
        /// Those who decide, except the one who just did.
        OtherApprovers => "other_approvers",
        /// The technician of the visit, or the one the client named.
        Technician => "technician",
        /// The technician it was taken from.
        PreviousTechnician => "previous_technician",
    }
}

words! {
    /// The calendar part of an e-mail (iTIP: one UID for life, SEQUENCE rises).
    CalendarPart {
        /// None.
        None => "none",
        /// METHOD REQUEST: put it in, or move it.
        Invite => "invite",
        /// METHOD CANCEL.
        Cancel => "cancel",
    }
}

/// By what somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// By e-mail.
    pub mail: bool,
    /// By a notice in the portal.
    pub notice: bool,
    /// What the e-mail carries for the calendar.
    pub calendar: CalendarPart,
}

const P: Channels = Channels {
    mail: false,
    notice: true,
    calendar: CalendarPart::None,
};
const MP: Channels = Channels {
    mail: true,
    notice: true,
    calendar: CalendarPart::None,
};
const MPI: Channels = Channels {
    mail: true,
    notice: true,
    calendar: CalendarPart::Invite,
};
const MPX: Channels = Channels {
    mail: true,
    notice: true,
    calendar: CalendarPart::Cancel,
};

/// Who is told of an event, and by what: a row of the table of spec §6. Settings may take channels away, never add.
pub fn who_is_told(event: Event) -> Vec<(Recipient, Channels)> {
    use Recipient::{Approvers, Client, OtherApprovers, PreviousTechnician, Technician};
    match event {
        Event::RequestSubmitted => vec![(Client, MP), (Approvers, MP), (Technician, MP)],
        Event::RequestEdited => vec![(Client, P), (Approvers, P), (Technician, P)],
        Event::RequestWithdrawn => vec![(Client, MP), (Approvers, P), (Technician, P)],
        Event::RequestExpired => vec![(Client, MP), (Approvers, P)],
        Event::BookingApproved => vec![(Client, MPI), (OtherApprovers, P), (Technician, MPI)],
        Event::BookingDeclined => vec![(Client, MP), (OtherApprovers, P), (Technician, P)],
        Event::TimesProposed | Event::QuoteSent => vec![(Client, MP), (Approvers, P)],
        Event::VisitCreated => vec![(Client, MPI), (Technician, MPI)],
        Event::VisitChanged => {
            vec![
                (Client, MPI),
                (OtherApprovers, P),
                (Technician, MPI),
                (PreviousTechnician, MPX),
            ]
        }
        Event::ChangeSubmitted => vec![(Client, P), (Approvers, MP), (Technician, P)],
        Event::ChangeApproved => vec![
            (Client, MPI),
            (Approvers, P),
            (Technician, MPI),
            (PreviousTechnician, MPX),
        ],
        Event::ChangeDeclined => vec![(Client, MP), (Approvers, P), (Technician, P)],
        Event::CancellationSubmitted => vec![(Client, P), (Approvers, MP), (Technician, P)],
        Event::VisitCancelled => vec![(Client, MPX), (Approvers, P), (Technician, MPX)],
        Event::CancellationDeclined => vec![(Client, MP), (Approvers, P)],
        Event::BulkCancelled => vec![(Client, MPX), (Approvers, P), (Technician, MPX)],
        Event::Reminder => vec![(Client, MP), (Technician, P)],
        Event::VisitCompleted | Event::VisitNoShow => vec![(Client, P)],
        Event::SeriesConflict => vec![(Approvers, P)],
    }
}
