//! An appointment as a calendar entry (RFC 5545), for the mail (iTIP, RFC 5546: REQUEST, CANCEL) and as a file to keep.
//! One VEVENT, whatever its texts hold.
//!
//! Times are in UTC. A single appointment is an instant, and UTC says it in the one form that Gmail, Outlook, Apple and
//! Thunderbird all read alike and show in the reader's own zone; TZID would need a VTIMEZONE, which Outlook matches by
//! name against its own list. (A series, whose later dates must follow the clock, will need TZID.)
//!
//! Nobody reads replies, so none are asked for: RSVP=FALSE, and the recipient stands as having accepted what they asked
//! for or were assigned, so that the entry appears as certain.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use lettre::Address;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::plain;

/// What is kept as it is in a `mailto:`.
const MAILTO: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'+')
    .remove(b'~');

/// What the calendar is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Put it in, or move it.
    Request,
    /// Take it out.
    Cancel,
    /// Only a file: nobody is invited.
    Publish,
}

impl Method {
    /// As METHOD and as the `method` of the MIME type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// Somebody with a name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// Shown.
    pub name: String,
    /// Checked.
    pub address: Address,
}

/// An appointment, with all that its entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The same for life.
    pub uid: String,
    /// Rises with every change.
    pub sequence: u32,
    /// When it was last changed.
    pub stamp: DateTime<Utc>,
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// The title in the calendar.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Where, if known.
    pub place: Option<String>,
    /// Its page, a whole URL.
    pub url: String,
    /// The business.
    pub organizer: Somebody,
    /// Who is invited; nobody in a file.
    pub attendee: Option<Somebody>,
}

/// The calendar, lines folded and ended by CRLF.
#[must_use]
pub fn written(appointment: &Appointment, method: Method) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Frontdesk//Frontdesk//EN"));
    calendar.append_property(Property::new("METHOD", method.as_str()));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.push(event(appointment, method));
    calendar.to_string()
}

fn event(appointment: &Appointment, method: Method) -> Event {
    let mut event = Event::new();
    event
        .uid(&plain::line(&appointment.uid, 255))
        .sequence(appointment.sequence)
        .timestamp(appointment.stamp)
        .starts(appointment.start)
        .ends(appointment.end)
        .summary(&plain::line(&appointment.summary, 400))
        .description(&plain::lines(&appointment.description))
        .status(match method {
            Method::Request | Method::Publish => EventStatus::Confirmed,
            Method::Cancel => EventStatus::Cancelled,
        });
    event.append_property(Property::new("TRANSP", "OPAQUE"));
    event.append_property(Property::new("URL", plain::line(&appointment.url, 2_000)));
    event.append_property(organizer(&appointment.organizer));
    if let Some(place) = &appointment.place {
        event.location(&plain::line(place, 400));
    }
    if let Some(attendee) = &appointment.attendee {
        event.append_multi_property(invited(attendee));
    }
    event.done()
}

fn organizer(who: &Somebody) -> Property {
    let mut property = Property::new("ORGANIZER", mailto(&who.address));
    property.add_parameter("CN", &common_name(who)).done()
}

fn invited(who: &Somebody) -> Property {
    let mut property = Property::new("ATTENDEE", mailto(&who.address));
    property.add_parameter("CN", &common_name(who));
    property
        .add_parameter("CUTYPE", "INDIVIDUAL")
        .add_parameter("ROLE", "REQ-PARTICIPANT");
    property
        .add_parameter("PARTSTAT", "ACCEPTED")
        .add_parameter("RSVP", "FALSE")
        .done()
}

/// A parameter cannot hold a double quote (RFC 5545 §3.2), and the crate writes a value in quotes as it stands.
fn common_name(who: &Somebody) -> String {
    let name = plain::line(&who.name, 200).replace('"', "'");
    if name.is_empty() {
        who.address.to_string().replace('"', "'")
    } else {
        name
    }
}

fn mailto(address: &Address) -> String {
    let text: &str = address.as_ref();
    format!("mailto:{}", utf8_percent_encode(text, MAILTO))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn appointment() -> Appointment {
        let at = |hour| Utc.with_ymd_and_hms(2026, 11, 26, hour, 0, 0).unwrap();
        Appointment {
            uid: "0193-visit@frontdesk".to_owned(),
            sequence: 2,
            stamp: at(7),
            start: at(9),
            end: at(10),
            summary: "Deep clean".to_owned(),
            description: "R-7K3M9\nWith Ana".to_owned(),
            place: None,
            url: "https://desk.example/requests/R-7K3M9".to_owned(),
            organizer: Somebody {
                name: "Clean & Co".to_owned(),
                address: "desk@clean.example".parse().unwrap(),
            },
            attendee: Some(Somebody {
                name: "M. Ruiz".to_owned(),
                address: "m@ruiz.example".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn a_request_in_full() {
        let text = written(&appointment(), Method::Request);
        let unfolded = text.replace("\r\n ", "");
        for line in [
            "METHOD:REQUEST",
            "UID:0193-visit@frontdesk",
            "SEQUENCE:2",
            "DTSTAMP:20261126T070000Z",
            "DTSTART:20261126T090000Z",
            "DTEND:20261126T100000Z",
            "SUMMARY:Deep clean",
            "DESCRIPTION:R-7K3M9\\nWith Ana",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "ORGANIZER;CN=Clean & Co:mailto:desk@clean.example",
            "ATTENDEE;CN=M. Ruiz;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:m@ruiz.example",
        ] {
            assert!(
                unfolded.lines().any(|found| found == line),
                "{line} in\n{unfolded}"
            );
        }
        assert_eq!(text.matches("PRODID:").count(), 1);
        assert!(
            text.split("\r\n")
                .all(|line| line.len() <= 75 && !line.contains('\n'))
        );
    }

    #[test]
    fn a_cancellation_keeps_uid_and_says_cancelled() {
        let text = written(&appointment(), Method::Cancel);
        assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));
        assert!(text.contains("UID:0193-visit@frontdesk\r\n"));
    }

    #[test]
    fn hostile_texts_make_no_second_event() {
        let hostile = "x\r\nEND:VEVENT\nBEGIN:VEVENT\r\nATTENDEE:mailto:x@y\";CN=\"a";
        let mut bad = appointment();
        bad.summary = hostile.to_owned();
        bad.description = format!("{hostile} {}", "ñandú , ; \\ ".repeat(40));
        bad.place = Some(hostile.to_owned());
        bad.attendee = Some(Somebody {
            name: hostile.to_owned(),
            address: "m@ruiz.example".parse().unwrap(),
        });
        bad.organizer.name = "\"quoted\";X=\"y\"".to_owned();
        let text = written(&bad, Method::Request);
        let parsed = ical::IcalParser::new(text.as_bytes())
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(parsed.events.len(), 1);
        let named = |name: &str| {
            parsed.events[0]
                .properties
                .iter()
                .filter(|p| p.name == name)
                .count()
        };
        assert_eq!(
            (
                named("ATTENDEE"),
                named("ORGANIZER"),
                named("UID"),
                named("SUMMARY")
            ),
            (1, 1, 1, 1)
        );
    }
}
