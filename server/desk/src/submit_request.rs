//! A client asks for an exact slot: the slot is checked by the engine under the locks of the calendar, held, written down,
//! and everybody is told, in one transaction. Pressed twice it happens once.

use booking::ids::{
    BookingId, PhotoId, QuestionId, ReferenceKind, RequestId, ResourceId, ServiceId, SubjectId,
    TechnicianId,
};
use booking::letter::Event;
use booking::people::Notes;
use booking::refusal::Refusal;
use booking::request::{self as rules, DayPart, Request, RequestStatus, WantedSlot, Wish};
use booking::slots::{self, BookingStatus, Facts, Query, Slot};
use booking::span::Span;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::announce::{News, announce};
use crate::answers::Given;
use crate::change_request::snapshot;
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::{self, Book, Wanted};
use crate::free_slots::{OfferedSlot, SlotsAsked, check_choice, sane};
use crate::history::Entry;
use crate::hold::{self, Place, minutes};
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::photos;
use crate::reference;
use crate::table::{request, request_subject, service, subject};
use crate::ticket::{self, Typist};
use crate::trouble::{Beside, Fault, Result};

/// What the form says. What the server knows better — end, price, status, owner — is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewRequest {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// The service.
    pub service: ServiceId,
    /// Its length in minutes, one the service offers.
    pub length_min: u32,
    /// The slot's first instant.
    pub start: DateTime<Utc>,
    /// With whom; nobody: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats in a session, at least 1.
    pub seats: u32,
    /// The client's words, as typed; may be empty.
    pub notes: String,
    /// A ticket, as typed; may be empty.
    pub ticket: String,
    /// What it is for; the client's own.
    pub subjects: Vec<SubjectId>,
    /// What was answered to the service's questions, as typed.
    pub answers: Vec<(QuestionId, String)>,
    /// Photos that the contact has sent before, at most 5.
    pub photos: Vec<PhotoId>,
}

/// The answer to a submitted form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Submitted {
    /// It waits for staff.
    Sent {
        /// `R-…`.
        reference: String,
    },
    /// The same form was sent before with other content, as this request: nothing was done now. Send it as a new one?
    SentBefore {
        /// `R-…` of the earlier one.
        reference: String,
    },
    /// The slot cannot be had any more: nothing was done.
    Lost {
        /// The rule that excludes it.
        why: Refusal,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
}

impl Desk {
    /// Submits a request for an exact slot: pending, held where the service holds, with everybody told (§5, §6).
    ///
    /// # Errors
    /// [`Refusal::TooManyOpen`]; beside their fields: a service that is not the client's to book, a length or technician
    /// that is not offered, texts, an unknown ticket or subject, photos that cannot be taken.
    pub async fn submit_request(&self, who: &ContactPass, ask: NewRequest) -> Result<Submitted> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(result) => {
                let reference = reference_in(&result);
                return Ok(Submitted::Sent { reference });
            }
            Once::Reused(result) => {
                let reference = reference_in(&result);
                return Ok(Submitted::SentBefore { reference });
            }
        }
        let span = Span::of(sane(ask.start)?, ask.length_min).beside("length")?;
        work.lock_client(who.client).await?;
        work.lock_calendar(ask.service, ask.technician).await?;
        expire_around(&mut work, span).await?;
        let mut book = book(&work, who, ask.service, span).await?;
        let (row, facts) = chosen(&mut book, ask.service, ask.length_min, ask.technician)?;
        let query = query(span, ask.technician, ask.seats, Vec::new());
        let slot = match slots::still_open(&facts, &query, ask.start) {
            Ok(slot) => slot,
            Err(why) => {
                drop(work);
                return self.lost(who, &ask, why).await;
            }
        };
        let details =
            Details::read(&work, who, &book, &ask.notes, &ask.ticket, &ask.subjects).await?;
        let details = details.answering(Given::read(&work, ask.service, &ask.answers).await?);
        let held = Held::choose(&facts, &row, &slot, ask.technician, ask.seats, &[])?;
        let asked = Asked {
            service: ask.service,
            length_min: ask.length_min,
            technician: ask.technician,
            seats: ask.seats,
            wish: Wish::Appointment(held.wish),
            part: None,
            over: ask.start,
            held: Some(&held),
            photos: &ask.photos,
        };
        let reference = write(&mut work, who, &book, asked, details).await?;
        work.done_once(who.person, &ask.key, json!({ "reference": reference }))
            .await?;
        work.commit().await?;
        Ok(Submitted::Sent { reference })
    }

    async fn lost(&self, who: &ContactPass, ask: &NewRequest, why: Refusal) -> Result<Submitted> {
        let asked = SlotsAsked {
            service: ask.service,
            length_min: ask.length_min,
            technician: ask.technician,
            seats: ask.seats,
            editing: None,
        };
        let next = self.next_free(who, &asked, ask.start, 3).await?;
        Ok(Submitted::Lost { why, next })
    }
}

pub(crate) fn reference_in(result: &Value) -> String {
    let found = result.get("reference").and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// Everything about the service around `span`, as the client may book it.
pub(crate) async fn book(
    work: &Work,
    who: &ContactPass,
    service: ServiceId,
    span: Span,
) -> Result<Book> {
    let wanted = Wanted {
        service: Some(service),
        client: Some(who.client),
        from: span.start(),
        to: span.end(),
    };
    let book = Book::load(work.tx(), work.now(), &wanted).await?;
    book.ok_or(Refusal::NotFound).beside("service")
}

/// The service and the facts at the length asked for, if the client may choose that.
pub(crate) fn chosen(
    book: &mut Book,
    service: ServiceId,
    length_min: u32,
    technician: Option<TechnicianId>,
) -> Result<(service::Model, Facts<Tz>)> {
    let row = by_slots(book, service)?;
    check_choice(&row, length_min, technician)?;
    let facts = book.facts(&row, length_min).clone();
    Ok((row, facts))
}

/// A service whose times clients may choose.
pub(crate) fn by_slots(book: &Book, service: ServiceId) -> Result<service::Model> {
    let row = book.service(service).cloned();
    let row = row.ok_or(Refusal::NotFound).beside("service")?;
    match book.bookable(&row) && load::asked_by(&row)?.slots() {
        true => Ok(row),
        false => Err(Refusal::ServiceNotBookable).beside("service"),
    }
}

/// The engine's question about one slot.
pub(crate) fn query(
    span: Span,
    technician: Option<TechnicianId>,
    seats: u32,
    leave_out: Vec<BookingId>,
) -> Query {
    Query {
        from: span.start(),
        to: span.end(),
        technician,
        seats,
        leave_out,
    }
}

/// The words of a request, checked.
pub(crate) struct Details {
    pub notes: Option<Notes>,
    pub ticket: Option<String>,
    pub subjects: Vec<SubjectId>,
    pub answers: Given,
}

impl Details {
    /// The same with what was answered to the service's questions.
    pub(crate) fn answering(self, answers: Given) -> Self {
        Self { answers, ..self }
    }

    pub(crate) async fn read(
        work: &Work,
        who: &ContactPass,
        book: &Book,
        notes: &str,
        ticket: &str,
        subjects: &[SubjectId],
    ) -> Result<Self> {
        let notes = Notes::optional(notes).beside("notes")?;
        let ticket =
            ticket::linked(work, &book.business, who.client, ticket, Typist::Contact).await?;
        let mut wanted = subjects.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let own = subject::Entity::find()
            .filter(subject::Column::ClientId.eq(who.client.key()))
            .filter(subject::Column::Active.eq(true))
            .filter(subject::Column::Id.is_in(wanted.iter().map(|id| id.key())));
        let found = match wanted.is_empty() {
            true => 0,
            false => own.count(work.tx()).await?,
        };
        if found != wanted.len() as u64 {
            return Err(Refusal::BadChoice).beside("subjects");
        }
        Ok(Self {
            notes,
            ticket,
            subjects: wanted,
            answers: Given::default(),
        })
    }
}

/// What a request will hold: a technician, or one unit of the pool; a group service names one now (decision 3).
pub(crate) struct Held {
    pub wish: WantedSlot,
    pub hours: Option<u32>,
    pub technician: Option<TechnicianId>,
    pub buffers: (u32, u32),
    pub group: bool,
    pub resources: Vec<(ResourceId, u32)>,
}

impl Held {
    pub(crate) fn choose(
        facts: &Facts<Tz>,
        row: &service::Model,
        slot: &Slot,
        named: Option<TechnicianId>,
        seats: u32,
        own: &[BookingId],
    ) -> Result<Self> {
        let span = Span::new(slot.start, slot.end)?;
        let group = row.capacity > 1;
        let technician = match group {
            true => named.or_else(|| session_first(facts, slot, span, own)),
            false => named,
        };
        let joins = technician.is_some_and(|id| has_session(facts, id, span, own));
        let resources = match joins {
            true => Vec::new(),
            false => slots::resources_for(facts, span, own)?,
        };
        Ok(Self {
            wish: WantedSlot {
                span,
                technician: named,
                seats,
            },
            hours: row.holds.then_some(0),
            technician,
            buffers: hold::buffers(facts, technician),
            group,
            resources,
        })
    }
}

/// A technician with a session that can be joined, or else the first who is free.
fn session_first(
    facts: &Facts<Tz>,
    slot: &Slot,
    span: Span,
    own: &[BookingId],
) -> Option<TechnicianId> {
    let joins = |id: &&TechnicianId| has_session(facts, **id, span, own);
    let found = slot.technicians.iter().find(joins);
    found.or(slot.technicians.first()).copied()
}

/// Whether a technician has a session at that time that others take part in (R17).
pub(crate) fn has_session(
    facts: &Facts<Tz>,
    technician: TechnicianId,
    span: Span,
    own: &[BookingId],
) -> bool {
    facts.service.capacity > 1
        && facts.bookings.iter().any(|b| {
            b.technician == Some(technician)
                && b.service == facts.service.id
                && b.span == span
                && b.blocks_at(facts.now)
                && b.id.is_none_or(|id| !own.contains(&id))
        })
}

/// What is asked for, checked, and about to be written down.
pub(crate) struct Asked<'a> {
    pub service: ServiceId,
    pub length_min: u32,
    pub technician: Option<TechnicianId>,
    pub seats: u32,
    pub wish: Wish,
    pub part: Option<DayPart>,
    /// When a window of dates is over; of an exact slot its start.
    pub over: DateTime<Utc>,
    /// What it will hold: only an exact slot holds anything (decision 3).
    pub held: Option<&'a Held>,
    /// The photos it takes.
    pub photos: &'a [PhotoId],
}

/// Writes a request down, takes its hold and tells everybody; its reference.
pub(crate) async fn write(
    work: &mut Work,
    who: &ContactPass,
    book: &Book,
    asked: Asked<'_>,
    details: Details,
) -> Result<String> {
    let open = request::Entity::find()
        .filter(request::Column::ClientId.eq(who.client.key()))
        .filter(request::Column::Status.eq(RequestStatus::Pending.as_str()))
        .count(work.tx())
        .await?;
    let wish = asked.wish.clone();
    let new = rules::NewRequest::new(who.client, who.person, asked.service, wish, details.notes);
    let id = RequestId::of(work.id());
    let open = u32::try_from(open).unwrap_or(u32::MAX);
    let holds = asked.held.and_then(|held| held.hours);
    let hours = holds.map(|_| load::amount(book.business.hold_hours));
    let submitted = Request::submit(id, new?, open, work.now(), hours)?.ending(asked.over);
    let reference = reference::draw(work, ReferenceKind::Request).await?;
    let row = row(work, &submitted, &reference, &asked, details.ticket)?;
    row.clone().into_active_model().insert(work.tx()).await?;
    write_subjects(work, row.id, &details.subjects).await?;
    details.answers.write(work, row.id).await?;
    photos::claim(work, who.person, row.id, asked.photos).await?;
    if let Some(held) = asked.held.filter(|held| held.hours.is_some()) {
        let place = place(&row, asked.service, held);
        hold::occupy(work, None, &place).await?;
    }
    Entry::new(Some(who.person), "request", row.id, "submitted")
        .after(&photos::told(
            details.answers.noted(snapshot(&row)),
            asked.photos,
        ))?
        .write(work)
        .await?;
    work.tell(Happened::Requests);
    work.tell(Happened::Schedule);
    let news = News::new(Event::RequestSubmitted, &row, Some(who.person));
    announce(work, &news).await?;
    Ok(reference)
}

fn row(
    work: &Work,
    submitted: &Request,
    reference: &str,
    asked: &Asked<'_>,
    ticket: Option<String>,
) -> Result<request::Model> {
    let expires_at = match submitted.state {
        rules::RequestState::Pending { expires, .. } => expires,
        _ => None,
    };
    let mut row = request::Model {
        id: submitted.id.key(),
        reference: reference.to_owned(),
        kind: submitted.wish.kind().as_str().to_owned(),
        client_id: submitted.client.key(),
        person_id: submitted.by.key(),
        service_id: submitted.service.key(),
        technician_id: asked.technician.map(Key::key),
        length_min: minutes(asked.length_min),
        starts_at: None,
        ends_at: None,
        window_from: None,
        window_to: None,
        seats: minutes(asked.seats),
        status: submitted.status().as_str().to_owned(),
        awaiting_client: false,
        notes: submitted
            .notes
            .as_ref()
            .map_or("", Notes::as_str)
            .to_owned(),
        ticket,
        internal_notes: String::new(),
        decline_reason: None,
        decided_at: None,
        decided_by: None,
        expires_at,
        visit_id: None,
        created_at: work.now(),
        version: submitted.version,
        day_part: asked.part.map(|part| part.as_str().to_owned()),
        rule: None,
        series_id: None,
    };
    put_wish(&mut row, &submitted.wish)?;
    Ok(row)
}

/// Writes into a row when something is wanted.
pub(crate) fn put_wish(row: &mut request::Model, wish: &Wish) -> Result<()> {
    let slot = wish.slot().map(|slot| slot.span);
    row.starts_at = slot.map(|span| span.start());
    row.ends_at = slot.map(|span| span.end());
    let (window, rule) = match wish {
        Wish::Appointment(_) => (None, None),
        Wish::OneTime { window, .. } | Wish::Issue { window, .. } => (Some(window), None),
        Wish::Recurring { window, rule, .. } => (Some(window), Some(rule)),
    };
    row.window_from = window.map(rules::DateWindow::first);
    row.window_to = window.map(rules::DateWindow::last);
    let rule = rule.map(serde_json::to_value).transpose();
    row.rule = rule.map_err(|error| Fault::Machine(format!("rule: {error}")))?;
    Ok(())
}

/// The hold of a pending request.
pub(crate) fn place(row: &request::Model, service: ServiceId, held: &Held) -> Place {
    Place {
        technician: held.technician,
        service,
        span: held.wish.span,
        buffers: held.buffers,
        seats: held.wish.seats,
        group: held.group,
        status: BookingStatus::Pending,
        expires: row.expires_at,
        request: Some(row.id),
        visit: None,
        resources: held.resources.clone(),
    }
}

/// Replaces what a request is for.
pub(crate) async fn write_subjects(
    work: &Work,
    request: uuid::Uuid,
    subjects: &[SubjectId],
) -> Result<()> {
    request_subject::Entity::delete_many()
        .filter(request_subject::Column::RequestId.eq(request))
        .exec(work.tx())
        .await?;
    if subjects.is_empty() {
        return Ok(());
    }
    let rows = subjects.iter().map(|id| request_subject::ActiveModel {
        request_id: Set(request),
        subject_id: Set(id.key()),
    });
    request_subject::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    Ok(())
}
