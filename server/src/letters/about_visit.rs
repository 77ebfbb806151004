//! Letters about requests and visits: which letter an event means to whom (spec §6), which facts it shows, and its calendar
//! part.

use app::i18n::Locale;
use app::language::labelled;
use booking::letter::{CalendarPart, Event, Recipient};
use booking::template::Blank;
use chrono::{DateTime, Utc};
use desk::outbox::{CalendarFacts, Letter, LetterFacts};
use leptos_i18n::td_string;

use super::calendar::{Appointment, Method, Somebody};
use super::layout::{Quote, Row};
use super::words::{Facts, Kind};
use super::{Blanks, Content, Reader, Sender, Unbuildable, about_change, about_offer, plain, when};

/// What such a letter says.
///
/// # Errors
/// Facts that cannot be read, and an event that has no letter for this recipient.
pub(super) fn content(
    event: Event,
    letter: &Letter,
    reader: &Reader<'_>,
    sender: &Sender,
) -> Result<Content, Unbuildable> {
    let said = letter
        .about_visit()
        .map_err(|error| Unbuildable(format!("facts of {event}: {error}")))?;
    let said = cleaned(said);
    let kind = kind(event, said.role, said.old_start.is_some())?;
    let calendar = calendar(&said, reader, sender)?;
    Ok(Content {
        kind,
        held: said.expires.is_some() && said.asked.is_none(),
        facts: facts(&said, reader),
        own: letter
            .wording
            .clone()
            .map(|words| (words, blanks(&said, reader))),
        rows: rows(kind, &said, reader),
        quote: quote(kind, &said, reader.locale),
        link: said.link.clone(),
        thread: said.request.clone().or_else(|| said.visit.clone()),
        business: said.business,
        calendar,
    })
}

/// The row of spec §6 as a letter. Nobody else gets mail of these events in this version.
pub(super) fn kind(event: Event, role: Recipient, moved: bool) -> Result<Kind, Unbuildable> {
    use Recipient::{Approvers, Client, OtherApprovers, PreviousTechnician, Technician};
    match (event, role) {
        (Event::RequestSubmitted, Client) => Ok(Kind::Received),
        (Event::RequestSubmitted, Approvers | OtherApprovers) => Ok(Kind::NewRequest),
        (Event::RequestSubmitted, Technician) => Ok(Kind::Named),
        (Event::RequestWithdrawn, Client) => Ok(Kind::Withdrawn),
        (Event::RequestExpired, Client) => Ok(Kind::Expired),
        (Event::BookingApproved, Client) if moved => Ok(Kind::Moved),
        (Event::BookingApproved, Client) => Ok(Kind::Approved),
        (Event::BookingApproved | Event::VisitCreated, Technician) => Ok(Kind::Assigned),
        (Event::BookingDeclined, Client) => Ok(Kind::Declined),
        (Event::TimesProposed, Client) => Ok(Kind::Times),
        (Event::QuoteSent, Client) => Ok(Kind::Quote),
        (Event::OfferExpired, Client) => Ok(Kind::OfferExpired),
        (Event::VisitCreated, Client) => Ok(Kind::Booked),
        (Event::VisitChanged | Event::ChangeApproved, Client | Technician) => Ok(Kind::Changed),
        (Event::VisitChanged | Event::ChangeApproved, PreviousTechnician) => Ok(Kind::Unassigned),
        (Event::VisitCancelled | Event::BulkCancelled, Client | Technician) => Ok(Kind::Cancelled),
        (Event::ChangeSubmitted, Approvers | OtherApprovers) => Ok(Kind::ChangeAsked),
        (Event::CancellationSubmitted, Approvers | OtherApprovers) => Ok(Kind::CancellationAsked),
        (Event::ChangeDeclined, Client) => Ok(Kind::ChangeDeclined),
        (Event::CancellationDeclined, Client) => Ok(Kind::CancellationDeclined),
        (Event::ChangeSuperseded, Client) => Ok(Kind::ChangeSuperseded),
        (Event::ChangeExpired, Client) => Ok(Kind::ChangeExpired),
        (Event::Reminder, Client) => Ok(Kind::Reminder),
        (Event::WaitingFreed, Client) => Ok(Kind::Freed),
        (Event::MessageReceived, Approvers | OtherApprovers) => Ok(Kind::Message),
        (Event::MessageAnswered, Client) => Ok(Kind::Answer),
        (event, role) => Err(Unbuildable(format!("no letter of {event} for {role}"))),
    }
}

fn cleaned(said: LetterFacts) -> LetterFacts {
    let line = |words: String| plain::line(&words, 200);
    LetterFacts {
        business: line(said.business),
        client: line(said.client),
        service: line(said.service),
        technician: said.technician.map(line),
        old_technician: said.old_technician.map(line),
        old_service: said.old_service.map(line),
        request: said.request.map(line),
        visit: said.visit.map(line),
        notes: plain::lines(&said.notes),
        reason: said.reason.map(|reason| plain::lines(&reason)),
        offer: said.offer.map(about_offer::cleaned),
        change: said.change.map(about_change::cleaned),
        dates: said
            .dates
            .into_iter()
            .map(|date| CalendarFacts {
                service: date.service.map(line),
                ..date
            })
            .collect(),
        ..said
    }
}

fn facts(said: &LetterFacts, reader: &Reader<'_>) -> Facts {
    let (zone, l) = (reader.zone, reader.locale);
    let mut facts = Facts::from([
        ("business", said.business.clone()),
        ("client", said.client.clone()),
        ("service", said.service.clone()),
    ]);
    if let Some(reference) = reference(said) {
        facts.insert("reference", reference.to_owned());
    }
    if let Some(start) = said.start {
        facts.insert("day", when::short(start, zone, l));
        facts.insert("near", when::near(start, reader.now, zone, l));
    }
    if let Some(dates) = dates(said, l) {
        facts.insert("day", dates.clone());
        facts.insert("near", dates);
    }
    if let Some(expires) = said.expires {
        facts.insert("expires", when::instant(expires, zone, l));
    }
    facts
}

/// All that an owner's words may name; what this letter does not have is nothing.
fn blanks(said: &LetterFacts, reader: &Reader<'_>) -> Blanks {
    let (zone, l) = (reader.zone, reader.locale);
    let of = |blank: Blank| match blank {
        Blank::Business => said.business.clone(),
        Blank::Client => said.client.clone(),
        Blank::Service => said.service.clone(),
        Blank::Reference => reference(said).unwrap_or_default().to_owned(),
        Blank::Day => match said.start {
            Some(at) => when::short(at, zone, l),
            None => dates(said, l).unwrap_or_default(),
        },
        Blank::When => match dates(said, l) {
            Some(dates) => dates,
            None => time(said.start, said.end, reader),
        },
        Blank::Technician => said.technician.clone().unwrap_or_default(),
        Blank::Before => time(said.old_start, said.old_end, reader),
        Blank::Reason => said.reason.clone().unwrap_or_default(),
        Blank::Notes => said.notes.clone(),
        Blank::Expires => said
            .expires
            .map_or_else(String::new, |at| when::instant(at, zone, l)),
        Blank::Near => match said.start {
            Some(at) => when::near(at, reader.now, zone, l),
            None => dates(said, l).unwrap_or_default(),
        },
    };
    Blank::ALL
        .iter()
        .map(|blank| (*blank, of(*blank)))
        .collect()
}

fn time(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>, reader: &Reader<'_>) -> String {
    let ends = start.zip(end);
    ends.map_or_else(String::new, |(start, end)| {
        when::span(start, end, reader.zone, reader.locale)
    })
}

/// The dates asked for, where there is no exact time.
fn dates(said: &LetterFacts, l: Locale) -> Option<String> {
    let asked = said.asked.as_ref().filter(|_| said.start.is_none())?;
    Some(app::kit::asked::words(asked, l, |date| when::day(date, l)))
}

fn reference(said: &LetterFacts) -> Option<&str> {
    said.request.as_deref().or(said.visit.as_deref())
}

fn rows(kind: Kind, said: &LetterFacts, reader: &Reader<'_>) -> Vec<Row> {
    let l = reader.locale;
    let row = |label: &str, value: &str| Row {
        label: label.to_owned(),
        value: value.to_owned(),
        was: None,
        is_time: false,
    };
    let nobody = td_string!(l, letters.nobody);
    let mut rows = Vec::new();
    if said.role != Recipient::Client {
        rows.push(row(td_string!(l, letters.label.client), &said.client));
    }
    let before = |old: &Option<String>| {
        let old = old.clone()?;
        let old = if old.is_empty() {
            nobody.to_owned()
        } else {
            old
        };
        Some(td_string!(l, letters.was, was = old).to_string())
    };
    // A message is about no service.
    if !said.service.is_empty() {
        rows.push(Row {
            was: before(&said.old_service),
            ..row(td_string!(l, letters.label.service), &said.service)
        });
    }
    // An offer shows its own times.
    let time = said.start.zip(said.end);
    if let Some((start, end)) = time.filter(|_| said.offer.is_none()) {
        rows.push(Row {
            label: td_string!(l, letters.label.when).to_owned(),
            value: when::span(start, end, reader.zone, l),
            was: was(kind, said, reader),
            is_time: true,
        });
    }
    rows.extend(about_offer::rows(said, reader));
    let some = dates(said, l).filter(|_| said.offer.is_none());
    let some = some.map(|dates| app::kit::asked::sentence(&dates));
    rows.extend(some.map(|dates| row(td_string!(l, letters.label.when), &dates)));
    rows.extend(further(said, reader));
    rows.extend(about_change::rows(said, reader));
    let unknown = said.old_technician.as_ref().map(|_| nobody.to_owned());
    if let Some(technician) = said.technician.clone().or(unknown) {
        rows.push(Row {
            was: before(&said.old_technician),
            ..row(td_string!(l, letters.label.technician), &technician)
        });
    }
    if let Some(reference) = reference(said) {
        rows.push(row(td_string!(l, letters.label.reference), reference));
    }
    rows
}

/// The dates that came about, or were called off, with the first: a dozen of them, and how many more.
fn further(said: &LetterFacts, reader: &Reader<'_>) -> Vec<Row> {
    let l = reader.locale;
    let row = |value: String| Row {
        label: td_string!(l, letters.label.also).to_owned(),
        value,
        was: None,
        is_time: true,
    };
    let dates = said.dates.iter().skip(1);
    let mut rows: Vec<Row> = dates
        .clone()
        .take(DATES)
        .map(|date| {
            let time = when::span(date.start, date.end, reader.zone, l);
            row(match &date.service {
                Some(service) => format!("{service} · {time}"),
                None => time,
            })
        })
        .collect();
    let more = dates.count().saturating_sub(DATES);
    if more > 0 {
        rows.push(row(td_string!(l, letters.more, count = more).to_string()));
    }
    rows
}

/// How many further dates a letter names.
const DATES: usize = 11;

/// One calendar part for each visit, for those who get any.
fn calendar(
    said: &LetterFacts,
    reader: &Reader<'_>,
    sender: &Sender,
) -> Result<Vec<(Method, Appointment)>, Unbuildable> {
    let mut all = Vec::new();
    let entries = match said.dates.as_slice() {
        [] => said.calendar.as_slice(),
        dates => dates,
    };
    for entry in entries {
        all.extend(appointment(entry, said, reader, sender)?);
    }
    Ok(all)
}

/// The time before, where the change moved it.
fn was(kind: Kind, said: &LetterFacts, reader: &Reader<'_>) -> Option<String> {
    let old = when::span(said.old_start?, said.old_end?, reader.zone, reader.locale);
    Some(if kind == Kind::Moved {
        td_string!(reader.locale, letters.asked, was = old).to_string()
    } else {
        td_string!(reader.locale, letters.was, was = old).to_string()
    })
}

/// The reason, for whoever was refused; otherwise, for staff, what the client wrote.
fn quote(kind: Kind, said: &LetterFacts, l: Locale) -> Option<Quote> {
    let (label, words) = match kind {
        Kind::Times | Kind::Quote => (td_string!(l, offers.letter.note), about_offer::note(said)),
        Kind::Declined
        | Kind::Cancelled
        | Kind::CancellationAsked
        | Kind::ChangeDeclined
        | Kind::CancellationDeclined => (
            td_string!(l, letters.label.reason),
            said.reason.as_deref().unwrap_or_default(),
        ),
        Kind::Message | Kind::Answer => (td_string!(l, messages.label), said.notes.as_str()),
        Kind::NewRequest | Kind::Named | Kind::Assigned => {
            (td_string!(l, letters.label.notes), said.notes.as_str())
        }
        Kind::Received
        | Kind::Withdrawn
        | Kind::Expired
        | Kind::OfferExpired
        | Kind::Approved
        | Kind::Moved
        | Kind::Booked
        | Kind::Changed
        | Kind::Unassigned
        | Kind::ChangeAsked
        | Kind::ChangeSuperseded
        | Kind::ChangeExpired
        | Kind::Reminder
        | Kind::Freed
        | Kind::SignInLink
        | Kind::PasswordReset
        | Kind::Invitation
        | Kind::ContactInvitation
        | Kind::Added
        | Kind::PasswordChanged
        | Kind::Test => return None,
    };
    let words = words.trim();
    (!words.is_empty()).then(|| Quote {
        label: label.to_owned(),
        lines: words.lines().map(str::to_owned).collect(),
    })
}

fn appointment(
    entry: &CalendarFacts,
    said: &LetterFacts,
    reader: &Reader<'_>,
    sender: &Sender,
) -> Result<Option<(Method, Appointment)>, Unbuildable> {
    let method = match entry.method {
        CalendarPart::None => return Ok(None),
        CalendarPart::Invite => Method::Request,
        CalendarPart::Cancel => Method::Cancel,
    };
    let url = sender.url(&said.link)?;
    let attendee = Somebody {
        name: reader.name.unwrap_or_default().to_owned(),
        address: reader.address.clone(),
    };
    let is_client = said.role == Recipient::Client;
    let other = if is_client {
        &said.business
    } else {
        &said.client
    };
    let sequence = u32::try_from(entry.sequence);
    Ok(Some((
        method,
        Appointment {
            uid: entry.uid.clone(),
            sequence: sequence.map_err(|_| Unbuildable("the sequence is negative".to_owned()))?,
            stamp: entry.stamp,
            start: in_order(entry)?,
            end: entry.end,
            summary: summary(
                said.role,
                entry.service.as_deref().unwrap_or(&said.service),
                other,
                reader.locale,
            ),
            description: description(
                said.technician.as_deref(),
                reference(said),
                reader.locale,
                &url,
            ),
            place: None,
            url,
            organizer: Somebody {
                name: said.business.clone(),
                address: sender.from.email.clone(),
            },
            attendee: Some(attendee),
        },
    )))
}

fn in_order(entry: &CalendarFacts) -> Result<DateTime<Utc>, Unbuildable> {
    if entry.start < entry.end {
        Ok(entry.start)
    } else {
        Err(Unbuildable(
            "the appointment ends before it begins".to_owned(),
        ))
    }
}

/// The title: a client sees who comes, staff see for whom.
pub(super) fn summary(role: Recipient, service: &str, other: &str, l: Locale) -> String {
    let (service, other) = (service.to_owned(), other.to_owned());
    if role == Recipient::Client {
        td_string!(
            l,
            letters.calendar.for_client,
            service = service,
            business = other
        )
        .to_string()
    } else {
        td_string!(
            l,
            letters.calendar.for_staff,
            service = service,
            client = other
        )
        .to_string()
    }
}

/// With whom, which reference, and the page.
pub(super) fn description(
    technician: Option<&str>,
    reference: Option<&str>,
    l: Locale,
    url: &str,
) -> String {
    let facts = [
        (td_string!(l, letters.label.technician), technician),
        (td_string!(l, letters.label.reference), reference),
    ];
    let mut lines = Vec::new();
    for (label, value) in facts {
        lines.extend(value.map(|value| labelled(l, label, value)));
    }
    lines.push(url.to_owned());
    lines.join("\n")
}
