//! A month of the demonstration's life: visits of every status, requests that wait or were decided, tickets — with the
//! history, notices and letters that belong to them.

use booking::ids::{PersonId, ReferenceKind, TechnicianId};
use booking::letter::{CalendarPart, Event, Recipient};
use booking::recurrence::{Ends, Frequency, Parts, Recurrence};
use booking::request::{DayPart, RequestKind, RequestStatus};
use booking::slots::BookingStatus;
use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::json;
use uuid::Uuid;

use super::calendar::{Calendar, Found, Wish};
use super::catalogue::{CLASS, DOG_WALK, GROOMING, HOME_VISIT, TRANSPORT};
use super::ledger::Ledger;
use super::people::{Client, People};
use crate::change_request::snapshot;
use crate::desk::Work;
use crate::history::Entry;
use crate::hold::minutes;
use crate::key::Key;
use crate::outbox::{CalendarFacts, LetterFacts, MESSAGE_DOMAIN};
use crate::table::{booking as bookings, request, request_subject, ticket, visit, visit_subject};
use crate::trouble::{Fault, Result};

/// What the visits of a day are, in turn: service and minutes.
const TURNS: &[(usize, u32)] = &[
    (DOG_WALK, 60),
    (HOME_VISIT, 30),
    (GROOMING, 60),
    (HOME_VISIT, 60),
    (DOG_WALK, 60),
    (TRANSPORT, 60),
    (HOME_VISIT, 30),
    (GROOMING, 90),
    (DOG_WALK, 60),
    (TRANSPORT, 90),
];

/// A request that waits.
struct Waiting {
    client: usize,
    service: usize,
    length: u32,
    /// Days ahead.
    ahead: i64,
    technician: Option<usize>,
    notes: &'static str,
}

const fn waits(client: usize, service: usize, length: u32, ahead: i64) -> Waiting {
    Waiting {
        client,
        service,
        length,
        ahead,
        technician: None,
        notes: "",
    }
}

const WAITING: &[Waiting] = &[
    Waiting {
        technician: Some(0),
        notes: "Rex pulls when he sees the park. Please bring the short lead.",
        ..waits(0, DOG_WALK, 60, 2)
    },
    Waiting {
        notes: "Luna come dos veces al día. Las llaves están en la portería.",
        ..waits(1, HOME_VISIT, 30, 3)
    },
    waits(2, GROOMING, 90, 5),
    Waiting {
        notes: "Al veterinario de la calle Mayor, por favor.",
        ..waits(4, TRANSPORT, 60, 4)
    },
    Waiting {
        technician: Some(1),
        notes: "We are away until the evening.",
        ..waits(7, HOME_VISIT, 60, 6)
    },
    waits(12, DOG_WALK, 60, 1),
];

/// Requests for some days: client, service, minutes, kind, days ahead of the first and the last, words.
const DAYS: &[(usize, usize, u32, RequestKind, i64, i64, &str)] = &[
    (
        3,
        HOME_VISIT,
        60,
        RequestKind::OneTime,
        6,
        12,
        "Any day but the one of the school party.",
    ),
    (
        6,
        DOG_WALK,
        60,
        RequestKind::Recurring,
        9,
        9,
        "Both of them, please; they walk well together.",
    ),
    (
        10,
        HOME_VISIT,
        30,
        RequestKind::Issue,
        2,
        5,
        "The feeder you set up has stopped turning.",
    ),
];

/// Requests that came to nothing: client, service, minutes, days ago, how they ended, the reason.
const ENDED: &[(usize, usize, u32, i64, RequestStatus, &str)] = &[
    (
        0,
        GROOMING,
        60,
        6,
        RequestStatus::Declined,
        "Our grooming room is being painted that week. Any day after it is fine.",
    ),
    (
        5,
        TRANSPORT,
        90,
        4,
        RequestStatus::Declined,
        "The van is at the garage.",
    ),
    (1, DOG_WALK, 60, 3, RequestStatus::Cancelled, ""),
    (9, HOME_VISIT, 30, 5, RequestStatus::Expired, ""),
];

/// Tickets: client, title, whether it is open.
const TICKETS: &[(usize, &str, bool)] = &[
    (0, "Key of the back door does not turn", true),
    (4, "Transporte semanal al veterinario", true),
    (8, "Invoice of last month counted twice", false),
    (16, "Insulin plan for Simba", true),
];

/// The month as it is written down.
struct Diary<'w> {
    work: &'w Work,
    people: &'w People,
    calendar: Calendar,
    today: NaiveDate,
    ledger: Ledger<'w>,
}

/// Stores the month.
pub(super) async fn seed(work: &Work, people: &People) -> Result<()> {
    let calendar = Calendar::open(work).await?;
    let today = zone::date(&calendar.zone(), work.now());
    let ledger = Ledger::new(work);
    let mut diary = Diary {
        work,
        people,
        calendar,
        today,
        ledger,
    };
    diary.open_tickets()?;
    diary.wait()?;
    diary.wait_for_days()?;
    diary.visit()?;
    diary.teach()?;
    diary.end()?;
    diary.ledger.store().await
}

impl<'w> Diary<'w> {
    fn open_tickets(&mut self) -> Result<()> {
        for (place, (client, title, open)) in TICKETS.iter().enumerate() {
            let client = self.client(*client)?;
            let row = ticket::Model {
                id: self.work.id(),
                number: format!("T-{}", place + 1),
                client_id: client.id,
                title: (*title).to_owned(),
                description: String::new(),
                open: *open,
                created_at: self.work.now() - TimeDelta::days(9),
                version: 1,
            };
            self.ledger.write(
                "ticket",
                row.id,
                "created",
                row.created_at,
                Some(self.people.dispatcher),
            );
            self.ledger.tickets.push(row);
        }
        Ok(())
    }

    /// The requests that wait hold their slots.
    fn wait(&mut self) -> Result<()> {
        let mut asked = self.work.now();
        for (place, waiting) in WAITING.iter().enumerate() {
            asked -= TimeDelta::minutes(50);
            let named = waiting.technician;
            let technician = named
                .and_then(|place| self.people.technicians.get(place))
                .copied();
            let whom = technician.map(TechnicianId::of);
            let Some(found) =
                self.soon(waiting.service, waiting.length, waiting.ahead, whom, place)
            else {
                continue;
            };
            let client = self.client(waiting.client)?;
            let mut row = self.a_request(client, &found, technician, asked, waiting.notes);
            row.expires_at = Some((asked + TimeDelta::hours(72)).min(found.span.start()));
            row.ticket = self
                .ledger
                .tickets
                .iter()
                .find(|one| one.client_id == client.id)
                .map(|one| one.number.clone());
            let id = self.work.id();
            self.calendar.take(id, &found, whom, BookingStatus::Pending);
            let mut hold = a_booking(id, &found, BookingStatus::Pending);
            hold.technician_id = technician;
            hold.request_id = Some(row.id);
            hold.expires_at = row.expires_at;
            self.ledger.take(hold, &found);
            let facts = self.facts(&row, client, &found, None)?;
            let facts = LetterFacts {
                role: Recipient::Approvers,
                link: format!("/office/requests/{}", row.reference),
                ..facts
            };
            self.ledger.notice(
                self.people.dispatcher,
                Event::RequestSubmitted,
                &facts,
                asked,
                false,
            )?;
            self.ledger.requests.push(row);
        }
        Ok(())
    }

    /// Those that name some days hold nothing.
    fn wait_for_days(&mut self) -> Result<()> {
        let mut asked = self.work.now() - TimeDelta::hours(6);
        for (place, &(client, service, length, kind, first, last, words)) in DAYS.iter().enumerate()
        {
            asked -= TimeDelta::minutes(35);
            let Some(found) = self.soon(service, length, first, None, place) else {
                continue;
            };
            let client = self.client(client)?;
            let mut row = self.a_request(client, &found, None, asked, words);
            let day = |ahead| self.today + TimeDelta::days(ahead);
            let parts = Parts {
                freq: Frequency::Weekly,
                interval: 1,
                weekdays: vec![Weekday::Tue, Weekday::Fri],
                ends: Ends::Count(10),
                excluded: Vec::new(),
            };
            kind.as_str().clone_into(&mut row.kind);
            (row.starts_at, row.ends_at) = (None, None);
            row.window_from = Some(day(first));
            row.window_to = Some(day(last));
            row.expires_at = zone::day(&self.calendar.zone(), day(last)).map(|day| day.end());
            if kind == RequestKind::Recurring {
                row.day_part = Some(DayPart::Afternoon.as_str().to_owned());
                row.rule = Some(json!(Recurrence::new(parts)?));
            }
            self.ledger.requests.push(row);
        }
        Ok(())
    }

    /// Four visits a day, two weeks back and two ahead.
    fn visit(&mut self) -> Result<()> {
        for (place, day) in (-15..=15).flat_map(|day| [day; 4]).enumerate() {
            let (service, length) = TURNS[place % TURNS.len()];
            let day = self.today + TimeDelta::days(day);
            let asked = zone::first_instant(&self.calendar.zone(), day) - TimeDelta::days(5);
            let wish = Wish {
                service,
                length,
                day,
                technician: None,
                nth: place * 7,
                asked,
            };
            let Some(found) = self.calendar.find(&wish) else {
                continue;
            };
            let client = self.client(place * 7 % 25)?;
            let status = self.status(place, &found);
            let id = self.work.id();
            if status.1.blocks() {
                self.calendar
                    .take(id, &found, Some(found.technician), status.1);
            }
            let request = if place % 3 == 0 {
                Some(self.approved(client, &found, asked)?)
            } else {
                None
            };
            self.a_visit(
                client,
                &found,
                status,
                a_booking(id, &found, status.1),
                request,
            )?;
        }
        Ok(())
    }

    /// Puppy class on Saturdays: one session, several clients.
    fn teach(&mut self) -> Result<()> {
        let saturdays = (-15..=15).map(|day| self.today + TimeDelta::days(day));
        for (week, day) in saturdays
            .filter(|day| day.weekday() == Weekday::Sat)
            .collect::<Vec<_>>()
            .into_iter()
            .enumerate()
        {
            let asked = zone::first_instant(&self.calendar.zone(), day) - TimeDelta::days(5);
            let wish = Wish {
                service: CLASS,
                length: 60,
                day,
                technician: None,
                nth: 0,
                asked,
            };
            let Some(found) = self.calendar.find(&wish) else {
                continue;
            };
            let session = self.work.id();
            for seat in 0..3 + week % 3 {
                let client = self.client((week * 5 + seat * 3 + 13) % 25)?;
                let status = self.status(0, &found);
                let id = if seat == 0 { session } else { self.work.id() };
                if seat == 0 {
                    self.calendar
                        .take(id, &found, Some(found.technician), status.1);
                }
                let mut place = a_booking(id, &found, status.1);
                place.leader = seat == 0;
                place.session_id = Some(session);
                self.a_visit(client, &found, status, place, None)?;
            }
        }
        Ok(())
    }

    /// The requests that came to nothing.
    fn end(&mut self) -> Result<()> {
        for (place, (client, service, length, ago, status, reason)) in ENDED.iter().enumerate() {
            let Some(found) = self.soon(*service, *length, 2, None, place + 3) else {
                continue;
            };
            let client = self.client(*client)?;
            let asked = self.work.now() - TimeDelta::days(*ago) - TimeDelta::hours(3);
            let mut row = self.a_request(client, &found, None, asked, "");
            let held_until = (asked + TimeDelta::hours(72)).min(found.span.start());
            let (what, event, at, by) = match status {
                RequestStatus::Declined => (
                    "declined",
                    Some(Event::BookingDeclined),
                    asked + TimeDelta::hours(2),
                    Some(self.people.dispatcher),
                ),
                RequestStatus::Expired => {
                    ("expired", Some(Event::RequestExpired), held_until, None)
                }
                RequestStatus::Cancelled | RequestStatus::Pending | RequestStatus::Approved => (
                    "withdrawn",
                    None,
                    asked + TimeDelta::hours(1),
                    Some(client.contact),
                ),
            };
            row.status = status.as_str().to_owned();
            row.decline_reason = Some((*reason).to_owned()).filter(|reason| !reason.is_empty());
            row.expires_at = Some(held_until);
            row.decided_at = Some(at);
            row.decided_by = by.filter(|_| *status == RequestStatus::Declined);
            row.version = 2;
            self.ledger.write("request", row.id, what, at, by);
            if let Some(event) = event {
                let facts = self.facts(&row, client, &found, None)?;
                self.ledger.tell(client, event, &row, &facts, at)?;
            }
            self.ledger.requests.push(row);
        }
        Ok(())
    }

    /// A free slot some days ahead, or on the first day after that has one.
    fn soon(
        &mut self,
        service: usize,
        length: u32,
        ahead: i64,
        technician: Option<TechnicianId>,
        nth: usize,
    ) -> Option<Found> {
        let asked = self.work.now();
        (ahead..ahead + 14).find_map(|ahead| {
            let day = self.today + TimeDelta::days(ahead);
            self.calendar.find(&Wish {
                service,
                length,
                day,
                technician,
                nth,
                asked,
            })
        })
    }

    /// How a visit stands by now: most happened, some did not.
    fn status(&self, place: usize, found: &Found) -> (VisitStatus, BookingStatus) {
        let now = self.work.now();
        let over = found.span.end() <= now;
        match place {
            place if place % 11 == 7 => (VisitStatus::Cancelled, BookingStatus::Cancelled),
            place if over && place % 13 == 5 => (VisitStatus::NoShow, BookingStatus::NoShow),
            _ if over => (VisitStatus::Completed, BookingStatus::Completed),
            _ if found.span.start() <= now => (VisitStatus::InProgress, BookingStatus::InProgress),
            _ => (VisitStatus::Scheduled, BookingStatus::Scheduled),
        }
    }

    fn a_request(
        &mut self,
        client: &Client,
        found: &Found,
        technician: Option<Uuid>,
        asked: DateTime<Utc>,
        notes: &str,
    ) -> request::Model {
        let row = request::Model {
            id: self.work.id(),
            reference: self.ledger.reference(ReferenceKind::Request),
            kind: RequestKind::Appointment.as_str().to_owned(),
            client_id: client.id,
            person_id: client.contact,
            service_id: found.service.id,
            technician_id: technician,
            length_min: length(found),
            starts_at: Some(found.span.start()),
            ends_at: Some(found.span.end()),
            window_from: None,
            window_to: None,
            seats: 1,
            status: RequestStatus::Pending.as_str().to_owned(),
            awaiting_client: false,
            notes: notes.to_owned(),
            ticket: None,
            internal_notes: String::new(),
            decline_reason: None,
            decided_at: None,
            decided_by: None,
            expires_at: None,
            visit_id: None,
            created_at: asked,
            version: 1,
            day_part: None,
            rule: None,
            series_id: None,
        };
        let entry = Entry::new(
            Some(PersonId::of(client.contact)),
            "request",
            row.id,
            "submitted",
        );
        if let Ok(entry) = entry.after(&snapshot(&row)) {
            self.ledger.history.push(entry.row(self.work.id(), asked));
        }
        let subject = client
            .subjects
            .first()
            .map(|subject_id| (row.id, *subject_id));
        self.ledger
            .request_subjects
            .extend(
                subject.map(|(request_id, subject_id)| request_subject::Model {
                    request_id,
                    subject_id,
                }),
            );
        row
    }

    /// A request that became a visit.
    fn approved(
        &mut self,
        client: &'w Client,
        found: &Found,
        asked: DateTime<Utc>,
    ) -> Result<request::Model> {
        let now = self.work.now();
        let decided = (asked + TimeDelta::hours(5)).min(now - TimeDelta::hours(1));
        let asked = asked.min(decided - TimeDelta::hours(5));
        let mut row = self.a_request(client, found, None, asked, "");
        row.status = RequestStatus::Approved.as_str().to_owned();
        row.expires_at = Some((asked + TimeDelta::hours(72)).min(found.span.start()));
        row.decided_at = Some(decided);
        row.decided_by = Some(self.people.dispatcher);
        row.version = 2;
        self.ledger.write(
            "request",
            row.id,
            "approved",
            decided,
            Some(self.people.dispatcher),
        );
        Ok(row)
    }

    fn a_visit(
        &mut self,
        client: &'w Client,
        found: &Found,
        (status, _): (VisitStatus, BookingStatus),
        mut place: bookings::Model,
        request: Option<request::Model>,
    ) -> Result<()> {
        let id = self.work.id();
        let start = found.span.start();
        let booked = match &request {
            Some(request) => request.decided_at.unwrap_or(start),
            None => (start - TimeDelta::days(4)).min(self.work.now() - TimeDelta::hours(2)),
        };
        let zone = self.calendar.zone();
        let row = visit::Model {
            id,
            reference: self.ledger.reference(ReferenceKind::Visit),
            request_id: request.as_ref().map(|request| request.id),
            client_id: client.id,
            service_id: found.service.id,
            client_service_id: Some(self.ledger.agreement(client, found, booked)),
            starts_at: start,
            ends_at: found.span.end(),
            wall_start: zone::local(&zone, start)
                .format("%Y-%m-%dT%H:%M:%S")
                .to_string(),
            zone: zone.name().to_owned(),
            zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            seats: 1,
            status: status.as_str().to_owned(),
            notes: String::new(),
            internal_notes: String::new(),
            ticket: None,
            reason: (status == VisitStatus::Cancelled)
                .then(|| "The client is away after all.".to_owned()),
            replaced_by: None,
            uid: format!("{id}@{MESSAGE_DOMAIN}"),
            sequence: i32::from(status == VisitStatus::Cancelled),
            created_at: booked,
            version: if status == VisitStatus::Scheduled {
                1
            } else {
                2
            },
            series_id: None,
            series_start: None,
            status_at: Some(start.min(self.work.now())),
            price_minor: found.service.price_minor,
        };
        self.ledger
            .write("visit", id, "created", booked, Some(self.people.dispatcher));
        self.pass_by(&row, found);
        let subject = client
            .subjects
            .first()
            .map(|subject_id| visit_subject::Model {
                visit_id: id,
                subject_id: *subject_id,
            });
        self.ledger.visit_subjects.extend(subject);
        place.visit_id = Some(id);
        place.request_id = row.request_id;
        self.ledger.take(place, found);
        if let Some(request) = request {
            let request = request::Model {
                visit_id: Some(id),
                ..request
            };
            let facts = self.facts(&request, client, found, Some(&row))?;
            self.ledger
                .tell(client, Event::BookingApproved, &request, &facts, booked)?;
            self.ledger.requests.push(request);
        }
        self.ledger.visits.push(row);
        Ok(())
    }

    /// What happened to a visit after it was booked.
    fn pass_by(&mut self, row: &visit::Model, found: &Found) {
        let technician = Some(found.technician.key());
        let now = self.work.now();
        match row.status.parse() {
            Ok(VisitStatus::Completed) => {
                self.ledger
                    .write("visit", row.id, "completed", row.ends_at, technician)
            }
            Ok(VisitStatus::InProgress) => {
                self.ledger
                    .write("visit", row.id, "started", row.starts_at, technician)
            }
            Ok(VisitStatus::NoShow) => {
                self.ledger
                    .write("visit", row.id, "no-show", row.ends_at, technician)
            }
            Ok(VisitStatus::Cancelled) => {
                let at = (row.starts_at - TimeDelta::days(1))
                    .min(now - TimeDelta::hours(1))
                    .max(row.created_at);
                self.ledger.write(
                    "visit",
                    row.id,
                    "cancelled",
                    at,
                    Some(self.people.dispatcher),
                );
            }
            Ok(VisitStatus::Scheduled | VisitStatus::Rescheduled) | Err(_) => {}
        }
    }

    fn facts(
        &self,
        request: &request::Model,
        client: &Client,
        found: &Found,
        visit: Option<&visit::Model>,
    ) -> Result<LetterFacts> {
        let calendar = visit.map(|visit| CalendarFacts {
            service: None,
            uid: visit.uid.clone(),
            sequence: 0,
            method: CalendarPart::Invite,
            stamp: visit.created_at,
            start: visit.starts_at,
            end: visit.ends_at,
        });
        Ok(LetterFacts {
            role: Recipient::Client,
            business: super::NAME.to_owned(),
            business_zone: self.calendar.zone().name().to_owned(),
            request: Some(request.reference.clone()),
            visit: visit.map(|visit| visit.reference.clone()),
            client: client.name.to_owned(),
            service: found.service.name.clone(),
            start: request.starts_at,
            end: request.ends_at,
            asked: None,
            old_start: None,
            old_end: None,
            technician: visit
                .and_then(|_| self.people.technician_name(found.technician.key()))
                .map(str::to_owned),
            old_technician: None,
            old_service: None,
            dates: Vec::new(),
            notes: request.notes.clone(),
            reason: request.decline_reason.clone(),
            expires: request.expires_at.filter(|_| request.decided_at.is_none()),
            offer: None,
            change: None,
            link: format!("/requests/{}", request.reference),
            calendar,
        })
    }

    fn client(&self, place: usize) -> Result<&'w Client> {
        let found = self.people.clients.get(place);
        Ok(found.ok_or_else(|| Fault::Machine("the demonstration lacks a client".to_owned()))?)
    }
}

fn length(found: &Found) -> i32 {
    i32::try_from(found.span.minutes()).unwrap_or(0)
}

fn a_booking(id: Uuid, found: &Found, status: BookingStatus) -> bookings::Model {
    bookings::Model {
        id,
        technician_id: Some(found.technician.key()),
        service_id: Some(found.service.id),
        starts_at: found.span.start(),
        ends_at: found.span.end(),
        before_min: minutes(found.buffers.0),
        after_min: minutes(found.buffers.1),
        seats: 1,
        session_id: None,
        leader: status.blocks(),
        status: status.as_str().to_owned(),
        blocking: status.blocks(),
        expires_at: None,
        request_id: None,
        visit_id: None,
        note: None,
    }
}
