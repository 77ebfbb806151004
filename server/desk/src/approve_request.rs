//! Staff approve a request: everything hard is checked again under the locks of the calendar (decision 11), the hold's row
//! becomes the visit's, and everybody is told, in one transaction. A lost slot leaves the request pending.

use booking::clash::{Clash, Objection, hard_clashes, soft_objections};
use booking::ids::{BookingId, ClientId, PersonId, ServiceId, TechnicianId};
use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::people::{Notes, Reason};
use booking::refusal::Refusal;
use booking::request::{Approval, Proposed, RequestKind, RequestStatus};
use booking::slots::{self, BookingStatus, Facts, Query};
use booking::span::Span;
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{About, News, announce};
use crate::change_request::{LastChange, last_change, may_decide, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::expire_requests::{expire, expire_around};
use crate::free_slots::load::{Book, Wanted, amount};
use crate::free_slots::{OfferedSlot, around, offered, sane};
use crate::history::Entry;
use crate::hold::{self, Place};
use crate::key::Key;
use crate::offer;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::submit_request::has_session;
use crate::table::{booking as bookings, request, request_subject, service, visit};
use crate::ticket::{self, Typist};
use crate::tickets;
use crate::trouble::{Beside, Result};
use crate::visit_row::{self, Draft};

/// What the approval form says (A9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewApproval {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// Who will do it; required (A4).
    pub technician: Option<TechnicianId>,
    /// The final start; none: as asked.
    pub start: Option<DateTime<Utc>>,
    /// The final length in minutes; none: as asked.
    pub length_min: Option<u32>,
    /// For staff only, as typed; may be empty.
    pub internal_notes: String,
    /// A ticket, as typed; may be empty: the request's own stays.
    pub ticket: String,
    /// Why soft rules are overruled, as typed; may be empty (R23).
    pub override_reason: String,
}

/// The answer to an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Approved {
    /// The visit is booked and everybody is told.
    Done {
        /// `R-…`.
        request: String,
        /// `V-…`.
        visit: String,
    },
    /// The time cannot be had any more: the request stays pending (decision 12).
    Lost {
        /// The hard rule that excludes it.
        why: Refusal,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
    /// Soft rules speak against it: the request stays pending until a reason is given (R23).
    Objected {
        /// Which, most telling first.
        objections: Vec<Objection>,
    },
    /// Somebody else was faster: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Approves a pending request: a visit with this technician at this time (§5, decisions 11 and 12).
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; beside `technician`: [`Refusal::TechnicianRequired`],
    /// [`Refusal::NotQualified`], [`Refusal::TechnicianInactive`]; texts and tickets beside their fields.
    pub async fn approve_request(&self, who: &StaffPass, ask: NewApproval) -> Result<Approved> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(result) => return done(&result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = work.request(&ask.request).await?.ok_or(Refusal::NotFound)?;
        let technician = ask.technician.ok_or(Refusal::TechnicianRequired);
        let technician = technician.beside("technician")?;
        may_decide(&work, who, &[row.technician_id, Some(technician.key())]).await?;
        if let Some(changed) = too_late(&mut work, &row, ask.version).await? {
            work.not_done(who.person, &ask.key).await?;
            work.commit().await?;
            return Ok(Approved::Changed(changed));
        }
        let span = final_span(&row, &ask)?;
        let service = ServiceId::of(row.service_id);
        work.lock_calendar(service, Some(technician)).await?;
        expire_around(&mut work, span).await?;
        let mut office = Office::load(&work, &row, technician, span).await?;
        let clashes = office.clashes(&row);
        if let Some(clash) = clashes.first() {
            beside_technician(clash)?;
            drop(work);
            return self
                .lost_approval(&row, technician, span, clash.refusal())
                .await;
        }
        let words = Words::read(&work, &office.book, &row, &ask).await?;
        let objections = office.objections(&row);
        if !objections.is_empty() && words.reason.is_none() {
            return Ok(Approved::Objected { objections });
        }
        let answer = office
            .approve(&mut work, who, &row, &objections, words)
            .await?;
        work.done_once(who.person, &ask.key, answer.clone()).await?;
        work.commit().await?;
        done(&answer)
    }

    /// The answer when the time is gone: what else is free with this technician, or else with anyone.
    async fn lost_approval(
        &self,
        row: &request::Model,
        technician: TechnicianId,
        span: Span,
        why: Refusal,
    ) -> Result<Approved> {
        let next = self.free_near(row, Some(technician), span, 3).await?;
        Ok(Approved::Lost { why, next })
    }

    /// The free slots nearest to a time for a request, as staff see them: the request's own hold does not count.
    pub(crate) async fn free_near(
        &self,
        row: &request::Model,
        technician: Option<TechnicianId>,
        span: Span,
        n: usize,
    ) -> Result<Vec<OfferedSlot>> {
        let now = self.now();
        let (from, to) = around(now, span.start());
        let service = ServiceId::of(row.service_id);
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from,
            to,
        };
        let Some(mut book) = Book::load(self.db(), now, &wanted).await? else {
            return Ok(Vec::new());
        };
        let Some(entry) = book.service(service).cloned() else {
            return Ok(Vec::new());
        };
        let own: Vec<Uuid> = bookings::Entity::find()
            .select_only()
            .column(bookings::Column::Id)
            .filter(bookings::Column::RequestId.eq(row.id))
            .into_tuple()
            .all(self.db())
            .await?;
        let length = u32::try_from(span.minutes()).unwrap_or(0);
        let facts = book.facts(&entry, length);
        let find = |technician| {
            let query = Query {
                from,
                to,
                technician,
                seats: amount(row.seats),
                leave_out: own.iter().copied().map(BookingId::of).collect(),
            };
            slots::next_free(facts, &query, span.start(), n)
        };
        let mut found = find(technician);
        if found.is_empty() && technician.is_some() {
            found = find(None);
        }
        Ok(found.into_iter().map(|slot| offered(slot, true)).collect())
    }
}

fn done(result: &Value) -> Result<Approved> {
    let word = |name| {
        let found = result.get(name).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    Ok(Approved::Done {
        request: word("request"),
        visit: word("visit"),
    })
}

/// Whether a decision comes too late: the request is not pending, or not the version that was seen. One that is overdue
/// expires here, and the caller commits that.
pub(crate) async fn too_late(
    work: &mut Work,
    row: &request::Model,
    version: i32,
) -> Result<Option<LastChange>> {
    if row.standing()? == RequestStatus::Pending {
        if row.expires_at.is_some_and(|at| at <= work.now()) {
            let ended = expire(work, row).await?;
            return last_change(work, &ended).await.map(Some);
        }
        if row.version == version {
            return Ok(None);
        }
    }
    last_change(work, row).await.map(Some)
}

fn final_span(row: &request::Model, ask: &NewApproval) -> Result<Span> {
    let start = match ask.start.or(row.starts_at) {
        Some(start) => sane(start)?,
        None => return Err(Refusal::BadTime).beside("start"),
    };
    let length = ask.length_min.unwrap_or_else(|| amount(row.length_min));
    booking::service::check_length(length).beside("length")?;
    Span::of(start, length).beside("start")
}

/// A technician who cannot do it at any time is a mistake in the form, not a lost slot.
fn beside_technician(clash: &Clash) -> Result<()> {
    match clash {
        Clash::NotQualified | Clash::Inactive => Err(clash.refusal()).beside("technician"),
        Clash::Booking { .. } | Clash::Seats { .. } | Clash::Units { .. } => Ok(()),
    }
}

/// What an approval is decided on: the calendar around the time, with the technician chosen.
pub(crate) struct Office {
    pub book: Book,
    pub entry: service::Model,
    facts: Facts<Tz>,
    technician: TechnicianId,
    span: Span,
    held: Vec<bookings::Model>,
}

/// The words of an approval, checked.
struct Words {
    internal_notes: String,
    ticket: Option<String>,
    reason: Option<Reason>,
}

impl Words {
    async fn read(
        work: &Work,
        book: &Book,
        row: &request::Model,
        ask: &NewApproval,
    ) -> Result<Self> {
        let notes = Notes::optional(&ask.internal_notes).beside("internal_notes")?;
        let client = ClientId::of(row.client_id);
        let ticket = ticket::linked(work, &book.business, client, &ask.ticket, Typist::Staff);
        Ok(Self {
            internal_notes: notes.as_ref().map_or("", Notes::as_str).to_owned(),
            ticket: ticket.await?.or_else(|| row.ticket.clone()),
            reason: Reason::optional(&ask.override_reason).beside("override_reason")?,
        })
    }
}

impl Office {
    pub(crate) async fn load(
        work: &Work,
        row: &request::Model,
        technician: TechnicianId,
        span: Span,
    ) -> Result<Self> {
        let service = ServiceId::of(row.service_id);
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from: span.start(),
            to: span.end(),
        };
        let book = Book::load(work.tx(), work.now(), &wanted).await?;
        let mut book = book.ok_or(Refusal::NotFound)?;
        let entry = book.service(service).cloned().ok_or(Refusal::NotFound)?;
        let length = u32::try_from(span.minutes()).unwrap_or(0);
        let facts = book.facts(&entry, length).clone();
        let held = hold::of_request(work, row.id).await?;
        Ok(Self {
            book,
            entry,
            facts,
            technician,
            span,
            held,
        })
    }

    fn own(&self) -> Vec<BookingId> {
        self.held.iter().map(|row| BookingId::of(row.id)).collect()
    }

    pub(crate) fn clashes(&self, row: &request::Model) -> Vec<Clash> {
        let seats = amount(row.seats);
        hard_clashes(
            &self.facts,
            Some(self.technician),
            self.span,
            seats,
            &self.own(),
        )
    }

    /// What speaks against the time and has to be overruled.
    fn objections(&self, row: &request::Model) -> Vec<Objection> {
        let seats = amount(row.seats);
        let all = soft_objections(
            &self.facts,
            Some(self.technician),
            self.span,
            seats,
            &self.own(),
        );
        let unchanged = is_as_asked(row, self.span.start());
        all.into_iter().filter(|o| counts(*o, unchanged)).collect()
    }

    async fn approve(
        &mut self,
        work: &mut Work,
        who: &StaffPass,
        row: &request::Model,
        objections: &[Objection],
        mut words: Words,
    ) -> Result<Value> {
        let proposed = Proposed {
            span: self.span,
            technician: self.technician,
        };
        let (by, at) = (who.person, work.now());
        let approval =
            Approval::of_visit((by, at), proposed, &[], objections, words.reason.clone())?;
        let approved = row.pending()?.approve(row.version, approval)?;
        if row.kind()? == RequestKind::Issue && words.ticket.is_none() {
            words.ticket = self.open_ticket(work, by, row).await?;
        }
        let visit = self.write_visit(work, row, &words).await?;
        let after = request::Model {
            status: approved.status().as_str().to_owned(),
            internal_notes: words.internal_notes.clone(),
            ticket: words.ticket.clone(),
            decided_at: Some(at),
            decided_by: Some(by.key()),
            visit_id: Some(visit.id),
            ..offer::without(work, row).await?
        };
        let after = replace(work, row, after).await?;
        offer::end(work, row, OfferStatus::Dropped, Some(by), None).await?;
        self.occupy(work, row, visit.id).await?;
        write_history(
            work,
            by,
            (row, &after),
            &visit,
            &self.objected(objections, &words),
        )
        .await?;
        self.tell(work, by, &after, &visit).await?;
        Ok(json!({ "request": after.reference, "visit": visit.reference }))
    }

    /// What is wrong gets a case of its own (C3); an outside system numbers its own.
    pub(crate) async fn open_ticket(
        &self,
        work: &Work,
        by: PersonId,
        row: &request::Model,
    ) -> Result<Option<String>> {
        if self.book.business.ticket_link.is_some() {
            return Ok(None);
        }
        let about = (self.entry.name.clone(), row.notes.clone());
        tickets::open(work, by, row.client_id, about)
            .await
            .map(Some)
    }

    fn objected(&self, objections: &[Objection], words: &Words) -> Overruled {
        Overruled {
            technician: self.technician,
            objections: objections.to_vec(),
            reason: words.reason.as_ref().map(|r| r.as_str().to_owned()),
        }
    }

    /// The hold's row becomes the visit's; a request that held nothing gets its first row.
    pub(crate) async fn occupy(
        &self,
        work: &Work,
        row: &request::Model,
        visit: Uuid,
    ) -> Result<()> {
        let joins = has_session(&self.facts, self.technician, self.span, &self.own());
        let resources = match joins {
            true => Vec::new(),
            false => slots::resources_for(&self.facts, self.span, &self.own())?,
        };
        let place = Place {
            technician: Some(self.technician),
            service: ServiceId::of(row.service_id),
            span: self.span,
            buffers: hold::buffers(&self.facts, Some(self.technician)),
            seats: amount(row.seats),
            group: self.entry.capacity > 1,
            status: BookingStatus::Scheduled,
            expires: None,
            request: Some(row.id),
            visit: Some(visit),
            resources,
        };
        hold::occupy(work, self.held.first(), &place).await?;
        Ok(())
    }

    async fn write_visit(
        &self,
        work: &Work,
        row: &request::Model,
        words: &Words,
    ) -> Result<visit::Model> {
        let draft = Draft {
            id: work.id(),
            client: row.client_id,
            service: row.service_id,
            agreement: visit_row::agreement(work, row.client_id, &self.entry, false).await?,
            request: Some(row.id),
            span: self.span,
            seats: amount(row.seats),
            status: VisitStatus::Scheduled,
            notes: row.notes.clone(),
            internal_notes: words.internal_notes.clone(),
            ticket: words.ticket.clone(),
            series: None,
            event: None,
        };
        let visit = visit_row::insert(work, &self.book.zone(), draft).await?;
        copy_subjects(work, row.id, visit.id).await?;
        Ok(visit)
    }

    async fn tell(
        &self,
        work: &mut Work,
        by: PersonId,
        after: &request::Model,
        visit: &visit::Model,
    ) -> Result<()> {
        let asked = after.starts_at.zip(after.ends_at);
        let asked = asked.and_then(|(start, end)| Span::new(start, end).ok());
        let mut news = News::new(Event::BookingApproved, after, Some(by));
        news.technicians = vec![self.technician];
        news.about = About::Request(after, Some(visit));
        news.before.span = asked.filter(|asked| *asked != self.span);
        announce(work, &news).await
    }
}

/// Whether limits that bound the client when they asked were kept for this start: the slot asked for, or any of a window.
pub(crate) fn is_as_asked(row: &request::Model, start: DateTime<Utc>) -> bool {
    row.window_from.is_some() || row.starts_at == Some(start)
}

/// Which objections staff have to answer with a reason. The grid is the clients'; notice, cut-off and advance were kept
/// when the client asked, so they count only for another time.
pub(crate) fn counts(objection: Objection, unchanged: bool) -> bool {
    match objection {
        Objection::OffGrid | Objection::NotBookable => false,
        Objection::Notice | Objection::CutOff | Objection::Advance => !unchanged,
        Objection::InThePast
        | Objection::Closed
        | Objection::OutsideHours
        | Objection::Exception
        | Objection::TimeOff
        | Objection::Reserved
        | Objection::ServiceDay
        | Objection::ServiceWeek
        | Objection::TechnicianDay
        | Objection::TechnicianWeek => true,
    }
}

struct Overruled {
    technician: TechnicianId,
    objections: Vec<Objection>,
    reason: Option<String>,
}

async fn write_history(
    work: &Work,
    by: PersonId,
    (before, after): (&request::Model, &request::Model),
    visit: &visit::Model,
    overruled: &Overruled,
) -> Result<()> {
    Entry::new(Some(by), "request", before.id, "approved")
        .before(&snapshot(before))?
        .after(&json!({
            "status": after.status,
            "visit": visit.reference,
            "start": visit.starts_at,
            "end": visit.ends_at,
            "technician": overruled.technician,
            "ticket": after.ticket,
            "overruled": overruled.objections,
        }))?
        .reason(overruled.reason.clone())
        .write(work)
        .await?;
    Entry::new(Some(by), "visit", visit.id, "created")
        .after(&json!({
            "status": visit.status,
            "start": visit.starts_at,
            "end": visit.ends_at,
            "technician": overruled.technician,
        }))?
        .write(work)
        .await
}

pub(crate) async fn copy_subjects(work: &Work, request: Uuid, visit: Uuid) -> Result<()> {
    let subjects: Vec<Uuid> = request_subject::Entity::find()
        .select_only()
        .column(request_subject::Column::SubjectId)
        .filter(request_subject::Column::RequestId.eq(request))
        .into_tuple()
        .all(work.tx())
        .await?;
    visit_row::write_subjects(work, visit, &subjects).await
}
