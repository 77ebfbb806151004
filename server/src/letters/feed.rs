//! A calendar to subscribe to (RFC 5545): the same UIDs, numbers and words as the letters' invitations have; for staff also
//! the time that is blocked for them. Where only busy times may be told, nothing else is in it.
//!
//! It has no METHOD: it is a calendar and no message. DTSTAMP is when an appointment was last changed, so that the same
//! appointments are always the same text, and an ETag can stand for them.

use app::i18n::Locale;
use booking::letter::Recipient;
use chrono::{DateTime, Utc};
use desk::feed::{Feed, FeedBlock, FeedVisit};
use desk::feeds::Whose;
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus, Property};
use leptos_i18n::td_string;

use super::about_visit::{description, summary};
use super::{Sender, Unbuildable, plain};

/// How often a calendar may ask again; its answer is short while nothing has changed.
const ASK_AGAIN: &str = "PT5M";

/// The calendar, lines folded and ended by CRLF.
///
/// # Errors
/// An appointment with a negative sequence.
pub fn feed(feed: &Feed, sender: &Sender) -> Result<String, Unbuildable> {
    let locale = feed.locale.parse().unwrap_or(Locale::en);
    let name = match feed.details {
        true => plain::line(&feed.business, 200),
        false => td_string!(locale, feeds.summary_busy).to_owned(),
    };
    let mut calendar = Calendar::empty();
    let mut again = Property::new("REFRESH-INTERVAL", ASK_AGAIN);
    for property in [
        Property::new("VERSION", "2.0"),
        Property::new("PRODID", "-//Frontdesk//Frontdesk//EN"),
        Property::new("CALSCALE", "GREGORIAN"),
        Property::new("X-WR-CALNAME", name),
        again.add_parameter("VALUE", "DURATION").done(),
        Property::new("X-PUBLISHED-TTL", ASK_AGAIN),
    ] {
        calendar.append_property(property);
    }
    for visit in &feed.visits {
        calendar.push(event(feed, visit, sender, locale)?);
    }
    for one in &feed.blocks {
        calendar.push(block(one, feed.details, locale));
    }
    Ok(calendar.to_string())
}

/// When something is, since when it is known, and whether it still takes time.
fn times(
    event: &mut Event,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    (created, changed): (DateTime<Utc>, DateTime<Utc>),
    cancelled: bool,
) {
    event
        .timestamp(changed)
        .last_modified(changed)
        .created(created)
        .starts(start)
        .ends(end)
        .class(Class::Private)
        .status(match cancelled {
            true => EventStatus::Cancelled,
            false => EventStatus::Confirmed,
        });
    // What is cancelled takes no time.
    let takes = if cancelled { "TRANSPARENT" } else { "OPAQUE" };
    event.append_property(Property::new("TRANSP", takes));
}

/// Blocked time: what for, and nothing of any client.
fn block(block: &FeedBlock, details: bool, locale: Locale) -> Event {
    let mut event = Event::new();
    event
        .uid(&plain::line(&block.uid, 255))
        .sequence(u32::from(block.freed));
    times(
        &mut event,
        (block.start, block.end),
        (block.created, block.changed),
        block.freed,
    );
    let note = plain::line(&block.note, 200);
    match details && !note.is_empty() {
        true if block.freed => {
            event.summary(&td_string!(locale, feeds.summary_cancelled, summary = note).to_string());
        }
        true => {
            event.summary(&note);
        }
        false => {
            event.summary(td_string!(locale, feeds.summary_busy));
        }
    }
    event.done()
}

fn event(
    feed: &Feed,
    visit: &FeedVisit,
    sender: &Sender,
    locale: Locale,
) -> Result<Event, Unbuildable> {
    let sequence = u32::try_from(visit.sequence)
        .map_err(|_| Unbuildable("the sequence is negative".to_owned()))?;
    let mut event = Event::new();
    event.uid(&plain::line(&visit.uid, 255)).sequence(sequence);
    times(
        &mut event,
        (visit.start, visit.end),
        (visit.created, visit.changed),
        visit.cancelled,
    );
    match feed.details {
        true => details(&mut event, feed, visit, sender, locale)?,
        false => {
            event.summary(td_string!(locale, feeds.summary_busy));
        }
    }
    Ok(event.done())
}

/// What the letters say, too: what for, with whom, the page; and for staff, where.
fn details(
    event: &mut Event,
    feed: &Feed,
    visit: &FeedVisit,
    sender: &Sender,
    locale: Locale,
) -> Result<(), Unbuildable> {
    let (role, other, link) = match feed.whose {
        Whose::Client => {
            let link = match &visit.request {
                Some(request) => format!("/requests/{request}"),
                None => format!("/visits/{}", visit.reference),
            };
            (Recipient::Client, &feed.business, link)
        }
        Whose::Own => {
            let link = format!("/office/visits/{}", visit.reference);
            (Recipient::Technician, &visit.client, link)
        }
    };
    let (service, other) = (plain::line(&visit.service, 200), plain::line(other, 200));
    let mut title = summary(role, &service, &other, locale);
    if visit.cancelled {
        title = td_string!(locale, feeds.summary_cancelled, summary = title).to_string();
    }
    let technician = visit
        .technician
        .as_deref()
        .map(|name| plain::line(name, 200));
    let url = sender.url(&link)?;
    let reference = visit.request.as_deref().unwrap_or(&visit.reference);
    event.summary(&title).description(&description(
        technician.as_deref(),
        Some(reference),
        locale,
        &url,
    ));
    event.append_property(Property::new("URL", plain::line(&url, 2_000)));
    if let (Whose::Own, Some(address)) = (feed.whose, &visit.address) {
        event.location(&plain::line(address, 400));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const HOSTILE: &str = "x\r\nEND:VEVENT\nBEGIN:VEVENT\r\nSUMMARY:a;b,c\\";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn sample(details: bool, whose: Whose) -> Feed {
        let start = at("2026-11-26T09:00:00Z");
        let visit = |number: i32, words: &str| FeedVisit {
            reference: format!("V-0000{number}"),
            request: (number == 1).then(|| "R-7K3M9".to_owned()),
            service: format!("Deep clean {words}"),
            client: format!("M. Ruiz {words}"),
            address: Some(format!("Calle Mayor 1, Madrid {words}")),
            technician: Some(format!("Ana {words}")),
            start: start + TimeDelta::hours(i64::from(number)),
            end: start + TimeDelta::hours(i64::from(number) + 1),
            cancelled: number == 2,
            uid: format!("{number}@frontdesk"),
            sequence: number,
            created: start - TimeDelta::days(3),
            changed: start - TimeDelta::days(1),
        };
        Feed {
            name: "Phone".to_owned(),
            details,
            whose,
            business: "Clean, Co; & more".to_owned(),
            locale: "en".to_owned(),
            changed: start,
            visits: vec![visit(1, ""), visit(2, "ñandú "), visit(3, HOSTILE)],
            blocks: Vec::new(),
        }
    }

    fn sender() -> Sender {
        Sender::new("desk@clean.example", None, "https://desk.example").unwrap()
    }

    fn lines(feed_: &Feed) -> (String, Vec<String>) {
        let text = feed(feed_, &sender()).unwrap();
        let unfolded = text.replace("\r\n ", "");
        (text, unfolded.lines().map(str::to_owned).collect())
    }

    #[test]
    fn each_appointment_is_one_event_whatever_it_is_called() {
        for whose in [Whose::Own, Whose::Client] {
            let (text, _) = lines(&sample(true, whose));
            let parsed = ical::IcalParser::new(text.as_bytes())
                .next()
                .unwrap()
                .unwrap();
            assert_eq!(parsed.events.len(), 3);
            for event in &parsed.events {
                for once in ["UID", "SUMMARY", "DTSTAMP", "SEQUENCE", "STATUS"] {
                    let found = event.properties.iter().filter(|p| p.name == once);
                    assert_eq!(found.count(), 1, "{once}");
                }
            }
            assert!(
                text.split("\r\n")
                    .all(|line| line.len() <= 75 && !line.contains('\n'))
            );
        }
    }

    #[test]
    fn staff_read_whom_and_where_and_clients_who_comes() {
        let (_, own) = lines(&sample(true, Whose::Own));
        for line in [
            "X-WR-CALNAME:Clean\\, Co\\; & more",
            "REFRESH-INTERVAL;VALUE=DURATION:PT5M",
            "SUMMARY:Deep clean: M. Ruiz",
            "LOCATION:Calle Mayor 1\\, Madrid",
            "DTSTART:20261126T100000Z",
            "SEQUENCE:1",
            "UID:1@frontdesk",
            "LAST-MODIFIED:20261125T090000Z",
        ] {
            assert!(own.iter().any(|found| found == line), "{line} in {own:#?}");
        }
        let (text, client) = lines(&sample(true, Whose::Client));
        assert!(!text.contains("LOCATION") && !text.contains("Ruiz"));
        assert!(client.contains(&"SUMMARY:Deep clean (Clean\\, Co\\; & more)".to_owned()));
        assert!(client.contains(&"URL:https://desk.example/requests/R-7K3M9".to_owned()));
        let cancelled: Vec<&String> = client
            .iter()
            .filter(|line| line.starts_with("STATUS:CANCELLED") || line.contains("TRANSPARENT"))
            .collect();
        assert_eq!(cancelled.len(), 2);
    }

    #[test]
    fn busy_times_tell_nothing_else() {
        for whose in [Whose::Own, Whose::Client] {
            let (text, lines) = lines(&sample(false, whose));
            for word in [
                "Ruiz",
                "clean",
                "Clean",
                "Mayor",
                "Ana",
                "R-7K3M9",
                "V-0000",
                "desk.example",
            ] {
                assert!(!text.contains(word), "{word} in {text}");
            }
            let busy = lines.iter().filter(|line| *line == "SUMMARY:Busy").count();
            assert_eq!(busy, 3);
        }
    }

    #[test]
    fn blocked_time_says_what_for_or_only_that_one_is_busy() {
        let start = at("2026-11-27T09:00:00Z");
        let block = |number: i64, note: &str| FeedBlock {
            uid: format!("block-{number}@frontdesk"),
            note: note.to_owned(),
            start: start + TimeDelta::hours(number),
            end: start + TimeDelta::hours(number + 1),
            freed: number == 2,
            created: start - TimeDelta::days(3),
            changed: start - TimeDelta::days(1),
        };
        let open = Feed {
            visits: Vec::new(),
            blocks: vec![block(1, "Team meeting"), block(2, "Van"), block(3, HOSTILE)],
            ..sample(true, Whose::Own)
        };
        let (text, all) = lines(&open);
        let parsed = ical::IcalParser::new(text.as_bytes())
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(parsed.events.len(), 3);
        for line in [
            "UID:block-1@frontdesk",
            "SUMMARY:Team meeting",
            "DTSTART:20261127T100000Z",
            "DTEND:20261127T110000Z",
            "SUMMARY:Cancelled: Van",
            "STATUS:CANCELLED",
        ] {
            assert!(all.iter().any(|found| found == line), "{line} in {all:#?}");
        }
        for (line, count) in [("TRANSP:OPAQUE", 2), ("TRANSP:TRANSPARENT", 1)] {
            assert_eq!(all.iter().filter(|found| *found == line).count(), count);
        }
        let (busy, all) = lines(&Feed {
            details: false,
            ..open
        });
        assert!(!busy.contains("meeting") && !busy.contains("Van"), "{busy}");
        assert_eq!(all.iter().filter(|line| *line == "SUMMARY:Busy").count(), 3);
    }

    #[test]
    fn the_same_appointments_are_the_same_text() {
        let sample = sample(true, Whose::Own);
        assert_eq!(lines(&sample).0, lines(&sample.clone()).0);
    }
}
