//! A month of the demonstration's life: visits of every status, requests that wait or were decided, tickets — with the
//! history, notices and letters that belong to them. The letters count as sent: nobody is written to.

use std::collections::HashMap;

use booking::ids::{PersonId, Reference, ReferenceKind, TechnicianId};
use booking::letter::{CalendarPart, Event, Recipient};
use booking::request::{RequestKind, RequestStatus};
use booking::slots::BookingStatus;
use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use sea_orm::IntoActiveModel;
use serde_json::Value;
use uuid::Uuid;

use super::calendar::{Calendar, Found, Wish};
use super::catalogue::{CLASS, DOG_WALK, GROOMING, HOME_VISIT, TRANSPORT};
use super::people::{Client, People};
use super::store;
use crate::change_request::snapshot;
use crate::desk::Work;
use crate::history::Entry;
use crate::hold::minutes;
use crate::key::Key;
use crate::outbox::{CalendarFacts, LetterFacts, MESSAGE_DOMAIN};
use crate::table::{
    booking as bookings, booking_resource, client_service, history, notice, outbox, request,
    request_subject, ticket, visit, visit_subject,
};
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

/// Requests that wait: client, service, minutes, days ahead, technician, words.
const WAITING: &[(usize, usize, u32, i64, Option<usize>, &str)] = &[
    (
        0,
        DOG_WALK,
        60,
        2,
        Some(0),
        "Rex pulls when he sees the park. Please bring the short lead.",
    ),
    (
        1,
        HOME_VISIT,
        30,
        3,
        None,
        "Luna come dos veces al día. Las llaves están en la portería.",
    ),
    (2, GROOMING, 90, 5, None, ""),
    (
        4,
        TRANSPORT,
        60,
        4,
        None,
        "Al veterinario de la calle Mayor, por favor.",
    ),
    (
        7,
        HOME_VISIT,
        60,
        6,
        Some(1),
        "We are away until the evening.",
    ),
    (12, DOG_WALK, 60, 1, None, ""),
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

/// All rows of the month, gathered first and stored with few statements.
struct Diary<'w> {
    work: &'w Work,
    people: &'w People,
    calendar: Calendar,
    today: NaiveDate,
    drawn: u64,
    agreements: HashMap<(Uuid, Uuid), Uuid>,
    tickets: Vec<ticket::Model>,
    client_services: Vec<client_service::Model>,
    requests: Vec<request::Model>,
    request_subjects: Vec<request_subject::Model>,
    visits: Vec<visit::Model>,
    visit_subjects: Vec<visit_subject::Model>,
    bookings: Vec<bookings::Model>,
    booking_resources: Vec<booking_resource::Model>,
    history: Vec<history::ActiveModel>,
    notices: Vec<notice::Model>,
    letters: Vec<outbox::Model>,
}

/// Stores the month.
pub(super) async fn seed(work: &Work, people: &People) -> Result<()> {
    let calendar = Calendar::open(work).await?;
    let today = zone::date(&calendar.zone(), work.now());
    let mut diary = Diary {
        work,
        people,
        calendar,
        today,
        drawn: 0,
        agreements: HashMap::new(),
        tickets: Vec::new(),
        client_services: Vec::new(),
        requests: Vec::new(),
        request_subjects: Vec::new(),
        visits: Vec::new(),
        visit_subjects: Vec::new(),
        bookings: Vec::new(),
        booking_resources: Vec::new(),
        history: Vec::new(),
        notices: Vec::new(),
        letters: Vec::new(),
    };
    diary.open_tickets()?;
    diary.wait()?;
    diary.visit()?;
    diary.teach()?;
    diary.end()?;
    diary.store().await
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
            self.write(
                "ticket",
                row.id,
                "created",
                row.created_at,
                Some(self.people.dispatcher),
            );
            self.tickets.push(row);
        }
        Ok(())
    }

    /// The requests that wait hold their slots.
    fn wait(&mut self) -> Result<()> {
        for (place, (client, service, length, ahead, technician, notes)) in
            WAITING.iter().enumerate()
        {
            let technician = technician
                .and_then(|place| self.people.technicians.get(place))
                .copied();
            let Some(found) = self.soon(
                *service,
                *length,
                *ahead,
                technician.map(TechnicianId::of),
                place,
            ) else {
                continue;
            };
            let client = self.client(*client)?;
            let asked =
                self.work.now() - TimeDelta::minutes(50 * (minutes(place as u32) as i64 + 1));
            let mut row = self.a_request(client, &found, technician, asked, notes);
            row.expires_at = Some((asked + TimeDelta::hours(72)).min(found.span.start()));
            row.ticket = self
                .tickets
                .iter()
                .find(|one| one.client_id == client.id)
                .map(|one| one.number.clone());
            let id = self.work.id();
            self.calendar.take(
                id,
                &found,
                technician.map(TechnicianId::of),
                BookingStatus::Pending,
            );
            let mut hold = a_booking(id, &found, BookingStatus::Pending);
            hold.technician_id = technician;
            hold.request_id = Some(row.id);
            hold.expires_at = row.expires_at;
            self.take(hold, &found);
            let facts = self.facts(&row, client, &found, None)?;
            let facts = LetterFacts {
                role: Recipient::Approvers,
                link: format!("/office/requests/{}", row.reference),
                ..facts
            };
            self.notice(
                self.people.dispatcher,
                Event::RequestSubmitted,
                &facts,
                asked,
                false,
            )?;
            self.requests.push(row);
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
            self.write("request", row.id, what, at, by);
            if let Some(event) = event {
                let facts = self.facts(&row, client, &found, None)?;
                self.tell(client, event, &row, &facts, at)?;
            }
            self.requests.push(row);
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
            reference: self.reference(ReferenceKind::Request),
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
        };
        let entry = Entry::new(
            Some(PersonId::of(client.contact)),
            "request",
            row.id,
            "submitted",
        );
        if let Ok(entry) = entry.after(&snapshot(&row)) {
            self.history.push(entry.row(self.work.id(), asked));
        }
        let subject = client
            .subjects
            .first()
            .map(|subject_id| (row.id, *subject_id));
        self.request_subjects
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
        self.write(
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
            reference: self.reference(ReferenceKind::Visit),
            request_id: request.as_ref().map(|request| request.id),
            client_id: client.id,
            service_id: found.service.id,
            client_service_id: Some(self.agreement(client, found, booked)),
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
        };
        self.write("visit", id, "created", booked, Some(self.people.dispatcher));
        self.pass_by(&row, found);
        let subject = client
            .subjects
            .first()
            .map(|subject_id| visit_subject::Model {
                visit_id: id,
                subject_id: *subject_id,
            });
        self.visit_subjects.extend(subject);
        place.visit_id = Some(id);
        place.request_id = row.request_id;
        self.take(place, found);
        if let Some(request) = request {
            let request = request::Model {
                visit_id: Some(id),
                ..request
            };
            let facts = self.facts(&request, client, found, Some(&row))?;
            self.tell(client, Event::BookingApproved, &request, &facts, booked)?;
            self.requests.push(request);
        }
        self.visits.push(row);
        Ok(())
    }

    /// What happened to a visit after it was booked.
    fn pass_by(&mut self, row: &visit::Model, found: &Found) {
        let technician = Some(found.technician.key());
        let now = self.work.now();
        match row.status.parse() {
            Ok(VisitStatus::Completed) => {
                self.write("visit", row.id, "completed", row.ends_at, technician)
            }
            Ok(VisitStatus::InProgress) => {
                self.write("visit", row.id, "started", row.starts_at, technician)
            }
            Ok(VisitStatus::NoShow) => {
                self.write("visit", row.id, "no-show", row.ends_at, technician)
            }
            Ok(VisitStatus::Cancelled) => {
                let at = (row.starts_at - TimeDelta::days(1))
                    .min(now - TimeDelta::hours(1))
                    .max(row.created_at);
                self.write(
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

    /// The client's agreement for the service, made the first time.
    fn agreement(&mut self, client: &Client, found: &Found, at: DateTime<Utc>) -> Uuid {
        let (work, rows) = (self.work, &mut self.client_services);
        *self
            .agreements
            .entry((client.id, found.service.id))
            .or_insert_with(|| {
                let id = work.id();
                rows.push(client_service::Model {
                    id,
                    client_id: client.id,
                    service_id: found.service.id,
                    kind: "one_time".to_owned(),
                    price_minor: found.service.price_minor,
                    active: true,
                    created_at: at,
                    ended_at: None,
                });
                id
            })
    }

    fn take(&mut self, place: bookings::Model, found: &Found) {
        let units = found
            .resources
            .iter()
            .map(|(resource, units)| booking_resource::Model {
                booking_id: place.id,
                resource_id: resource.key(),
                units: minutes(*units),
            });
        self.booking_resources.extend(units);
        self.bookings.push(place);
    }

    fn write(
        &mut self,
        about: &'static str,
        id: Uuid,
        what: &'static str,
        at: DateTime<Utc>,
        by: Option<Uuid>,
    ) {
        let entry = Entry::new(by.map(PersonId::of), about, id, what);
        self.history.push(entry.row(self.work.id(), at));
    }

    /// Tells a client by a letter that counts as sent, and by a notice that was read unless it is fresh.
    fn tell(
        &mut self,
        client: &Client,
        event: Event,
        request: &request::Model,
        facts: &LetterFacts,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let read = at < self.work.now() - TimeDelta::days(2);
        self.notice(client.contact, event, facts, at, read)?;
        let id = self.work.id();
        self.letters.push(outbox::Model {
            id,
            message_id: format!("<{id}@{MESSAGE_DOMAIN}>"),
            event: event.as_str().to_owned(),
            about_id: Some(request.id),
            person_id: Some(client.contact),
            email: client.email.to_owned(),
            facts: value(facts)?,
            status: "sent".to_owned(),
            attempts: 1,
            due_at: at,
            leased_until: None,
            last_error: None,
            created_at: at,
            sent_at: Some(at),
        });
        Ok(())
    }

    fn notice(
        &mut self,
        person: Uuid,
        event: Event,
        facts: &LetterFacts,
        at: DateTime<Utc>,
        read: bool,
    ) -> Result<()> {
        self.notices.push(notice::Model {
            id: self.work.id(),
            person_id: person,
            event: event.as_str().to_owned(),
            facts: value(facts)?,
            link: facts.link.clone(),
            created_at: at,
            read_at: read.then_some(at),
        });
        Ok(())
    }

    fn facts(
        &self,
        request: &request::Model,
        client: &Client,
        found: &Found,
        visit: Option<&visit::Model>,
    ) -> Result<LetterFacts> {
        let calendar = visit.map(|visit| CalendarFacts {
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
            old_start: None,
            old_end: None,
            technician: visit
                .and_then(|_| self.people.technician_name(found.technician.key()))
                .map(str::to_owned),
            notes: request.notes.clone(),
            reason: request.decline_reason.clone(),
            expires: request.expires_at.filter(|_| request.decided_at.is_none()),
            link: format!("/requests/{}", request.reference),
            calendar,
        })
    }

    fn client(&self, place: usize) -> Result<&'w Client> {
        let found = self.people.clients.get(place);
        Ok(found.ok_or_else(|| Fault::Machine("the demonstration lacks a client".to_owned()))?)
    }

    /// Five characters that look drawn, and never repeat: multiplying by an odd number only shuffles 25 bits.
    fn reference(&mut self, kind: ReferenceKind) -> String {
        self.drawn += 1;
        Reference::from_number(
            kind,
            self.drawn
                .wrapping_mul(0x9e37_79b1)
                .wrapping_add(0x5b_d1e9),
            Reference::SHORTEST,
        )
        .to_string()
    }

    async fn store(self) -> Result<()> {
        let work = self.work;
        store(work, rows(self.tickets)).await?;
        store(work, rows(self.client_services)).await?;
        store(work, rows(self.requests)).await?;
        store(work, rows(self.request_subjects)).await?;
        store(work, rows(self.visits)).await?;
        store(work, rows(self.visit_subjects)).await?;
        store(work, rows(self.bookings)).await?;
        store(work, rows(self.booking_resources)).await?;
        store(work, self.history).await?;
        store(work, rows(self.notices)).await?;
        store(work, rows(self.letters)).await
    }
}

fn rows<M, A>(models: Vec<M>) -> Vec<A>
where
    M: IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait,
{
    models
        .into_iter()
        .map(IntoActiveModel::into_active_model)
        .collect()
}

fn value(facts: &LetterFacts) -> Result<Value> {
    serde_json::to_value(facts).map_err(|error| Fault::Machine(format!("letter: {error}")).into())
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
