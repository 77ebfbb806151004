//! A client's requests in words: the reader's language, the reader's zone. Formats and nothing else.

use booking::ids::PhotoId;
use booking::request::RequestStatus;
use chrono::{DateTime, Utc};
use desk::my_requests::{MyRequest, MyRequestDetails};
use desk::queue::StatusCounts;
use desk::request_history::HistoryLine;

use crate::answer_words;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::asked;
use crate::kit::{Pick, Tab, Tone};
use crate::photos;
use crate::portal::request::choices::{Choices, answer_key};
use crate::portal::request::window::TypedWindow;

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `R-…`.
    pub reference: String,
    /// The service.
    pub service: String,
    /// When.
    pub when: String,
    /// Where it stands, in a word.
    pub status: String,
    /// What that means.
    pub tone: Tone,
}

/// A line of the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// Something that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub what: String,
    /// When.
    pub when: String,
    /// Who.
    pub by: String,
    /// From when to when it was moved; the reason given.
    pub notes: Vec<String>,
}

/// One request, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// `R-…`.
    pub reference: String,
    /// For the forms.
    pub version: i32,
    /// Where it stands, in a word.
    pub status: String,
    /// What that means.
    pub tone: Tone,
    /// Whether it still waits: it can be edited and cancelled.
    pub pending: bool,
    /// The service's id.
    pub service: String,
    /// The service's name.
    pub service_name: String,
    /// When, in a line.
    pub when: String,
    /// Until when it is held, in a sentence.
    pub held: Option<String>,
    /// What was chosen, for the forms.
    pub choices: Choices,
    /// Everything, line by line.
    pub facts: Vec<Fact>,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoId>,
    /// What happened, newest first.
    pub history: Vec<Event>,
    /// The calendar file of its visit.
    pub calendar: Option<String>,
    /// Where it is asked for again.
    pub again: Option<String>,
}

/// The filter that an address names; anything else is all.
#[must_use]
pub fn filter(word: &str) -> Option<RequestStatus> {
    word.parse().ok()
}

/// A status in the client's words.
#[must_use]
pub fn status(status: RequestStatus, locale: Locale) -> (&'static str, Tone) {
    match status {
        RequestStatus::Pending => (td_string!(locale, status.request.pending), Tone::Wait),
        RequestStatus::Approved => (td_string!(locale, status.request.approved), Tone::Yes),
        RequestStatus::Declined => (td_string!(locale, status.request.declined), Tone::No),
        RequestStatus::Cancelled => (td_string!(locale, status.request.cancelled), Tone::Off),
        RequestStatus::Expired => (td_string!(locale, status.request.expired), Tone::Off),
    }
}

/// Where a request stands: one that has an offer waits for the client.
fn standing(row: &MyRequest, locale: Locale) -> (&'static str, Tone) {
    if row.awaiting_client {
        return (
            td_string!(locale, status.request.awaiting_client),
            Tone::Wait,
        );
    }
    status(row.status, locale)
}

/// The filters of A6, as options and as tabs, with their counts.
#[must_use]
pub fn filters(counts: &StatusCounts, chosen: Option<RequestStatus>) -> (Vec<Pick>, Vec<Tab>) {
    let locale = ask::locale();
    let all = [
        (None, td_string!(locale, portal.requests.all)),
        (
            Some(RequestStatus::Pending),
            td_string!(locale, portal.requests.pending),
        ),
        (
            Some(RequestStatus::Approved),
            td_string!(locale, portal.requests.approved),
        ),
        (
            Some(RequestStatus::Declined),
            td_string!(locale, portal.requests.declined),
        ),
        (
            Some(RequestStatus::Cancelled),
            td_string!(locale, portal.requests.cancelled),
        ),
    ];
    let word = |status: Option<RequestStatus>| status.map_or("", RequestStatus::as_str);
    let pick = |(status, name): &(Option<RequestStatus>, &str)| {
        Pick::new(word(*status), format!("{name} ({})", counts.of(*status)))
    };
    let tab = |(status, name): &(Option<RequestStatus>, &str)| Tab {
        href: status.map_or("/requests".to_owned(), |status| {
            format!("/requests?status={}", status.as_str())
        }),
        text: (*name).to_owned(),
        count: Some(counts.of(*status)),
        current: *status == chosen,
    };
    (
        all.iter().map(pick).collect(),
        all.iter().map(tab).collect(),
    )
}

/// A request as a row.
#[must_use]
pub fn line(request: &MyRequest) -> Line {
    let (word, tone) = standing(request, ask::locale());
    Line {
        reference: request.reference.clone(),
        service: request.service_name.clone(),
        when: asked::sentence(&when(request)),
        status: word.to_owned(),
        tone,
    }
}

/// The time, or the dates asked for.
#[must_use]
pub fn when(row: &MyRequest) -> String {
    let reader = ask::reader();
    match (row.start.zip(row.end), &row.dates) {
        (Some((start, end)), _) => reader.span(start, end),
        (None, Some(dates)) => asked::words(dates, reader.locale, |date| reader.day(date)),
        (None, None) => String::new(),
    }
}

/// A request, whole.
#[must_use]
pub fn paper(found: &MyRequestDetails, now: DateTime<Utc>) -> Paper {
    let locale = ask::locale();
    let row = &found.request;
    let (word, tone) = standing(row, locale);
    let choices = choices(found);
    let held = row
        .expires
        .filter(|until| *until > now && row.status == RequestStatus::Pending)
        .filter(|_| row.dates.is_none() && !row.awaiting_client)
        .map(|until| {
            let until = ask::reader().moment(until);
            td_string!(locale, portal.request.held_until, until = until)
        });
    let again = matches!(
        row.status,
        RequestStatus::Declined | RequestStatus::Cancelled | RequestStatus::Expired
    );
    let again = again.then(|| {
        Choices {
            start: None,
            key: None,
            window: TypedWindow {
                from: String::new(),
                to: String::new(),
                ..choices.window.clone()
            },
            photos: Vec::new(),
            ..choices.clone()
        }
        .link(&format!("/request/{}", row.service))
    });
    Paper {
        reference: row.reference.clone(),
        version: row.version,
        status: word.to_owned(),
        tone,
        pending: row.status == RequestStatus::Pending,
        service: row.service.to_string(),
        service_name: row.service_name.clone(),
        when: when(row),
        facts: facts(found, held.clone()),
        held,
        photos: found.photos.clone(),
        history: found.history.iter().rev().map(event).collect(),
        calendar: row
            .visit
            .as_ref()
            .map(|(visit, _)| format!("/visits/{visit}/calendar.ics")),
        again,
        choices,
    }
}

fn choices(found: &MyRequestDetails) -> Choices {
    let row = &found.request;
    Choices {
        length: Some(row.length_min),
        with: row.asked.as_ref().map(|(id, _)| id.to_string()),
        seats: Some(row.seats).filter(|seats| *seats > 1),
        start: row.start.filter(|_| row.dates.is_none()),
        window: TypedWindow::of(row.kind, row.dates.as_ref()),
        notes: Some(row.notes.clone()),
        ticket: row.ticket.clone(),
        subjects: found
            .subjects
            .iter()
            .map(|(id, _)| id.to_string())
            .collect(),
        answers: found
            .answers
            .iter()
            .map(|one| (answer_key(&one.question), one.answer.clone()))
            .collect(),
        photos: found.photos.iter().map(ToString::to_string).collect(),
        ..Choices::default()
    }
}

fn facts(found: &MyRequestDetails, held: Option<String>) -> Vec<Fact> {
    let (locale, row) = (ask::locale(), &found.request);
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
        link: None,
    };
    let text = |name: &str, value: &str| (!value.is_empty()).then(|| fact(name, value.to_owned()));
    let time = [Some(asked::sentence(&when(row))), held]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n");
    let who = row
        .visit
        .clone()
        .map(|(_, name)| name)
        .or(row.asked.as_ref().map(|(_, name)| name.clone()));
    let who = who.unwrap_or_else(|| td_string!(locale, portal.request.anyone).to_owned());
    let subjects: Vec<&str> = found
        .subjects
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    let sent = ask::reader().moment(row.created);
    let answers = found
        .answers
        .iter()
        .map(|one| fact(&one.words, answer_words::answer(one)));
    let facts = [
        Some(fact(
            td_string!(locale, portal.request.service),
            row.service_name.clone(),
        )),
        asked::kind(row.kind, locale)
            .map(|kind| fact(td_string!(locale, asked.kinds), kind.to_owned())),
        Some(fact(td_string!(locale, portal.request.time), time)),
        Some(fact(
            td_string!(locale, portal.request.length),
            ask::reader().length(i64::from(row.length_min)),
        )),
        Some(fact(td_string!(locale, portal.request.technician), who)),
        (row.seats > 1).then(|| {
            fact(
                td_string!(locale, portal.request.places),
                row.seats.to_string(),
            )
        }),
        text(
            &ask::business().subjects(locale),
            &crate::language::list(locale, &subjects),
        ),
        text(td_string!(locale, portal.request.notes), &row.notes),
        row.ticket
            .clone()
            .map(|ticket| fact(td_string!(locale, portal.request.ticket), ticket)),
        text(
            td_string!(locale, portal.request.reason),
            row.decline_reason.as_deref().unwrap_or_default(),
        ),
        Some(fact(
            td_string!(locale, portal.request.asked_at),
            format!("{sent} · {}", row.by),
        )),
        Some(fact(
            td_string!(locale, portal.request.reference),
            row.reference.clone(),
        )),
    ];
    let mut facts: Vec<Fact> = facts.into_iter().flatten().collect();
    let before = facts.len().saturating_sub(2);
    facts.splice(before..before, answers);
    facts
}

/// `Deep clean, Thu 26 Nov, 10:00–11:00`.
#[must_use]
pub fn what(paper: &Paper) -> String {
    crate::language::list(ask::locale(), &[&paper.service_name, &paper.when])
}

/// What happened, when, by whom: the reader is "you" to nobody but themselves, staff are the business.
fn event(line: &HistoryLine) -> Event {
    let locale = ask::locale();
    let offered = super::super::offers::event(line);
    let what = match line.what.as_str() {
        "submitted" => td_string!(locale, portal.request.event.submitted),
        "edited" => td_string!(locale, portal.request.event.edited),
        "withdrawn" => td_string!(locale, portal.request.event.withdrawn),
        "approved" => td_string!(locale, portal.request.event.approved),
        "declined" => td_string!(locale, portal.request.event.declined),
        "expired" => td_string!(locale, portal.request.event.expired),
        _ => td_string!(locale, portal.request.event.other),
    };
    let at = |instant| ask::reader().moment(instant);
    let moved = line
        .old_start
        .zip(line.start)
        .map(|(was, now)| crate::language::became(locale, &at(was), &at(now)));
    let (what, times) = offered.unwrap_or_else(|| (what.to_owned(), Vec::new()));
    Event {
        what,
        when: at(line.at),
        by: line.by.clone().unwrap_or_else(|| ask::business().name),
        notes: times
            .into_iter()
            .chain(moved)
            .chain(photos::changed(locale, line.photos))
            .chain(line.reason.clone())
            .collect(),
    }
}
