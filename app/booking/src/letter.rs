//! Who is told what (spec §6): the table, as a function, and what settings take away from it. Language, zone and text are
//! each recipient's own and are made elsewhere.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::{UnknownWord, words};

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
        /// The client refused what staff offered, or none of it can be had any more: staff have to answer again.
        OfferRefused => "request.offer_refused",
        /// The client did not answer an offer in time, and the request expired with it.
        OfferExpired => "request.offer_expired",
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
        /// A client took back what they asked for against a visit.
        ChangeWithdrawn => "change.withdrawn",
        /// Staff changed or cancelled the visit before the change was decided.
        ChangeSuperseded => "change.superseded",
        /// The visit began before the change was decided.
        ChangeExpired => "change.expired",
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
        /// A time became free for a client who waits, and is held for a while.
        WaitingFreed => "waiting.freed",
        /// A client wrote a message.
        MessageReceived => "message.received",
        /// The office answered a message.
        MessageAnswered => "message.answered",
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
        Event::TimesProposed | Event::QuoteSent | Event::OfferExpired => {
            vec![(Client, MP), (Approvers, P)]
        }
        Event::OfferRefused => vec![(Approvers, P)],
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
        Event::ChangeWithdrawn => vec![(Approvers, P), (Technician, P)],
        Event::ChangeSuperseded => vec![(Client, MP)],
        Event::ChangeExpired => vec![(Client, MP), (Approvers, P)],
        Event::CancellationSubmitted => vec![(Client, P), (Approvers, MP), (Technician, P)],
        Event::VisitCancelled => vec![(Client, MPX), (Approvers, P), (Technician, MPX)],
        Event::CancellationDeclined => vec![(Client, MP), (Approvers, P)],
        Event::BulkCancelled => vec![(Client, MPX), (Approvers, P), (Technician, MPX)],
        Event::Reminder => vec![(Client, MP), (Technician, P)],
        Event::WaitingFreed | Event::MessageAnswered => vec![(Client, MP)],
        Event::MessageReceived => vec![(Approvers, MP)],
        Event::VisitCompleted | Event::VisitNoShow => vec![(Client, P)],
        Event::SeriesConflict => vec![(Approvers, P)],
    }
}

words! {
    /// One way to tell somebody, which settings can take away.
    Channel {
        /// By e-mail, with its calendar part.
        Mail => "mail",
        /// By a notice in the portal.
        Notice => "notice",
    }
}

/// One tick of the table: an event, who is told, and by what. Written as `booking.approved/client/mail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick {
    /// What happened.
    pub event: Event,
    /// Who is told.
    pub recipient: Recipient,
    /// By what.
    pub channel: Channel,
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.event, self.recipient, self.channel)
    }
}

impl FromStr for Tick {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut words = text.split('/');
        let mut word = || words.next().ok_or(UnknownWord);
        let tick = Self {
            event: word()?.parse()?,
            recipient: word()?.parse()?,
            channel: word()?.parse()?,
        };
        words.next().is_none().then_some(tick).ok_or(UnknownWord)
    }
}

impl Serialize for Tick {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tick {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("unknown tick"))
    }
}

/// The events that this version makes happen, in the order in which they are read; settings show these.
pub const HAPPENING: &[Event] = &[
    Event::RequestSubmitted,
    Event::RequestEdited,
    Event::RequestWithdrawn,
    Event::RequestExpired,
    Event::BookingApproved,
    Event::BookingDeclined,
    Event::TimesProposed,
    Event::QuoteSent,
    Event::OfferRefused,
    Event::OfferExpired,
    Event::VisitCreated,
    Event::VisitChanged,
    Event::ChangeSubmitted,
    Event::ChangeApproved,
    Event::ChangeDeclined,
    Event::ChangeWithdrawn,
    Event::ChangeSuperseded,
    Event::ChangeExpired,
    Event::CancellationSubmitted,
    Event::CancellationDeclined,
    Event::VisitCancelled,
    Event::BulkCancelled,
    Event::Reminder,
    Event::VisitCompleted,
    Event::VisitNoShow,
    Event::SeriesConflict,
    Event::WaitingFreed,
    Event::MessageReceived,
    Event::MessageAnswered,
];

/// Every tick that the table of spec §6 has for an event.
pub fn ticks(event: Event) -> Vec<Tick> {
    let of = |(recipient, channels): (Recipient, Channels)| {
        let all = [
            (Channel::Mail, channels.mail),
            (Channel::Notice, channels.notice),
        ];
        all.into_iter()
            .filter(|(_, there)| *there)
            .map(move |(channel, _)| Tick {
                event,
                recipient,
                channel,
            })
    };
    who_is_told(event).into_iter().flat_map(of).collect()
}

/// Who is told of an event once settings have taken some ticks away; they can add none. A calendar part goes with its
/// mail, and whoever is left without a channel is not told at all.
pub fn still_told(event: Event, taken_away: &BTreeSet<Tick>) -> Vec<(Recipient, Channels)> {
    let keeps = |recipient, channel| {
        !taken_away.contains(&Tick {
            event,
            recipient,
            channel,
        })
    };
    let left = |(recipient, channels): (Recipient, Channels)| {
        let mail = channels.mail && keeps(recipient, Channel::Mail);
        let notice = channels.notice && keeps(recipient, Channel::Notice);
        let calendar = if mail {
            channels.calendar
        } else {
            CalendarPart::None
        };
        (mail || notice).then_some((
            recipient,
            Channels {
                mail,
                notice,
                calendar,
            },
        ))
    };
    who_is_told(event).into_iter().filter_map(left).collect()
}

/// The events that a client gets mail about, of those that happen.
pub fn mailed_to_clients() -> Vec<Event> {
    let mailed = |event: &Event| {
        let mut rows = who_is_told(*event).into_iter();
        rows.any(|(recipient, channels)| recipient == Recipient::Client && channels.mail)
    };
    HAPPENING.iter().copied().filter(mailed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_take_away_and_never_add() {
        let nothing = BTreeSet::new();
        for event in Event::ALL {
            assert_eq!(still_told(*event, &nothing), who_is_told(*event));
            let all: BTreeSet<Tick> = ticks(*event).into_iter().collect();
            assert_eq!(still_told(*event, &all), []);
            for tick in &all {
                let left = still_told(*event, &BTreeSet::from([*tick]));
                let told = left.iter().find(|(who, _)| *who == tick.recipient);
                let (mail, notice) = told.map_or((false, false), |(_, by)| (by.mail, by.notice));
                let before = who_is_told(*event);
                let (_, before) = before
                    .iter()
                    .find(|(who, _)| *who == tick.recipient)
                    .copied()
                    .unwrap_or((tick.recipient, P));
                let expected = match tick.channel {
                    Channel::Mail => (false, before.notice),
                    Channel::Notice => (before.mail, false),
                };
                assert_eq!((mail, notice), expected, "{tick}");
                let calendar = told.map_or(CalendarPart::None, |(_, by)| by.calendar);
                assert!(mail || calendar == CalendarPart::None, "{tick}");
            }
        }
        // A tick that the table does not have takes nothing away.
        let foreign = Tick {
            event: Event::VisitNoShow,
            recipient: Recipient::Technician,
            channel: Channel::Mail,
        };
        assert_eq!(
            still_told(Event::VisitNoShow, &BTreeSet::from([foreign])),
            who_is_told(Event::VisitNoShow)
        );
    }

    #[test]
    fn ticks_are_read_as_they_are_written() {
        for tick in Event::ALL.iter().flat_map(|event| ticks(*event)) {
            assert_eq!(tick.to_string().parse(), Ok(tick));
        }
        for wrong in [
            "",
            "booking.approved",
            "booking.approved/client",
            "booking.approved/client/mail/x",
            "a/b/c",
        ] {
            assert_eq!(wrong.parse::<Tick>(), Err(UnknownWord), "{wrong}");
        }
    }

    #[test]
    fn clients_get_mail_about_these() {
        assert!(mailed_to_clients().contains(&Event::Reminder));
        assert!(!mailed_to_clients().contains(&Event::VisitCompleted));
    }
}
