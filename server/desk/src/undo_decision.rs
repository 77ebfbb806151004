//! Taking a decision back while its letters wait (decision 17): letters and notices are withdrawn, the visit is removed,
//! the request is pending again with its hold, in one transaction. Nobody was told anything.

use booking::clash::{Objection, hard_clashes, soft_objections};
use booking::ids::{BookingId, PersonId, ServiceId, TechnicianId};
use booking::letter::Event;
use booking::refusal::Refusal;
use booking::request::RequestStatus;
use booking::slots::{self, BookingStatus};
use booking::visit::VisitStatus;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::change_request::snapshot;
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::{Book, Wanted, amount};
use crate::history::Entry;
use crate::hold::{self, Place};
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::submit_request::has_session;
use crate::table::{
    booking as bookings, business, client_service, history, notice, outbox, reminder_sent, request,
    series, ticket, undo_window, visit, visit_subject,
};
use crate::trouble::Result;

/// The form "Undo".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewUndo {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
}

/// A decision that one can still take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// Until when.
    pub until: DateTime<Utc>,
    /// For the form.
    pub version: i32,
}

/// Lets the letters and notices of a decision wait, if the business wants it so; all others go at once. Called before they
/// are written.
pub(crate) async fn hold_back(
    work: &mut Work,
    event: Event,
    request: Uuid,
    actor: Option<PersonId>,
) -> Result<()> {
    work.hold_back(None);
    let is_decision = event == Event::BookingApproved || event == Event::BookingDeclined;
    let Some(actor) = actor.filter(|_| is_decision) else {
        return Ok(());
    };
    let business = business::Entity::find_by_id(1).one(work.tx()).await?;
    let minutes = business.map_or(0, |business| business.undo_minutes);
    undo_window::Entity::delete_by_id(request)
        .exec(work.tx())
        .await?;
    if minutes <= 0 {
        return Ok(());
    }
    let until = work.now() + TimeDelta::minutes(i64::from(minutes));
    let window = undo_window::Model {
        request_id: request,
        person_id: actor.key(),
        event: event.as_str().to_owned(),
        since: work.now(),
        until,
    };
    window.into_active_model().insert(work.tx()).await?;
    work.hold_back(Some(until));
    Ok(())
}

impl Desk {
    /// Whether this person can still take back the decision about a request. The visit is looked at when they do.
    ///
    /// # Errors
    /// The database's.
    pub async fn undoable(&self, who: &StaffPass, reference: &str) -> Result<Option<Undoable>> {
        let found = request::Entity::find()
            .filter(request::Column::Reference.eq(reference))
            .filter(request::Column::DecidedBy.eq(who.person.key()))
            .one(self.db())
            .await?;
        let Some(row) = found.filter(|row| row.decided_at.is_some()) else {
            return Ok(None);
        };
        let window = undo_window::Entity::find_by_id(row.id)
            .filter(undo_window::Column::Until.gt(self.now()))
            .one(self.db())
            .await?;
        Ok(window.map(|window| Undoable {
            until: window.until,
            version: row.version,
        }))
    }

    /// Takes one's own decision back: the request is pending again.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::NotAllowed`] for somebody else's decision; [`Refusal::WrongState`] where nothing
    /// was decided; [`Refusal::Stale`]; [`Refusal::UndoTooLate`] once letters are out or on their way;
    /// [`Refusal::VisitTouched`]; [`Refusal::Expired`] when the hold has run out meanwhile; and what speaks against the
    /// time asked for, when somebody else has it now.
    pub async fn undo_decision(&self, who: &StaffPass, ask: NewUndo) -> Result<()> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        match work.once(who.person, &ask.key, &body).await? {
            Once::First => {}
            Once::Again(_) => return Ok(()),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = work.request(&ask.request).await?.ok_or(Refusal::NotFound)?;
        if let Err(why) = take_back(&mut work, who, &row, ask.version).await {
            // The letters go out all the same, and at once.
            work.give_up().await?;
            return Err(why);
        }
        work.done_once(who.person, &ask.key, json!({})).await?;
        work.commit().await
    }
}

async fn take_back(
    work: &mut Work,
    who: &StaffPass,
    row: &request::Model,
    version: i32,
) -> Result<()> {
    let window = window(work, who, row, version).await?;
    let visits = untouched(work, row).await?;
    withdraw_letters(work, row, &window).await?;
    withdraw_notices(work, row, &window).await?;
    match row.starts_at {
        Some(_) => hold_again(work, row).await?,
        // A window of dates holds nothing.
        None => forget_place(work, &hold::of_request(work, row.id).await?).await?,
    }
    let after = reopen(work, row).await?;
    Entry::new(Some(who.person), "request", row.id, "undone")
        .before(&snapshot(row))?
        .after(&snapshot(&after))?
        .write(work)
        .await?;
    for visit in visits {
        remove(work, who, visit, window.since).await?;
    }
    if let Some(series) = row.series_id {
        series::Entity::delete_by_id(series).exec(work.tx()).await?;
    }
    if let Some(number) = &row.ticket {
        close_again(work, number, window.since).await?;
    }
    window.delete(work.tx()).await?;
    Ok(())
}

/// The open window of this person's decision.
async fn window(
    work: &Work,
    who: &StaffPass,
    row: &request::Model,
    version: i32,
) -> Result<undo_window::Model> {
    match row.standing()? {
        RequestStatus::Approved | RequestStatus::Declined => {}
        RequestStatus::Pending | RequestStatus::Cancelled | RequestStatus::Expired => {
            return Err(Refusal::WrongState.into());
        }
    }
    if row.decided_by != Some(who.person.key()) {
        return Err(Refusal::NotAllowed.into());
    }
    if row.version != version {
        return Err(Refusal::Stale.into());
    }
    if row.expires_at.is_some_and(|at| at <= work.now()) {
        return Err(Refusal::Expired.into());
    }
    let found = undo_window::Entity::find_by_id(row.id)
        .one(work.tx())
        .await?;
    let open =
        found.filter(|window| window.until > work.now() && row.decided_at == Some(window.since));
    Ok(open.ok_or(Refusal::UndoTooLate)?)
}

/// The visits as the decision made them, locked: the one, or all of a series.
async fn untouched(work: &Work, row: &request::Model) -> Result<Vec<visit::Model>> {
    let Some(first) = row.visit_id else {
        return Ok(Vec::new());
    };
    let mine = match row.series_id {
        Some(series) => visit::Column::SeriesId.eq(series),
        None => visit::Column::Id.eq(first),
    };
    let found = visit::Entity::find()
        .filter(mine)
        .order_by_asc(visit::Column::Id)
        .lock_exclusive();
    let visits = found.all(work.tx()).await?;
    let ids: Vec<Uuid> = visits.iter().map(|visit| visit.id).collect();
    let lines: Vec<String> = history::Entity::find()
        .select_only()
        .column(history::Column::What)
        .filter(history::Column::AboutId.is_in(ids))
        .into_tuple()
        .all(work.tx())
        .await?;
    let is_new = |visit: &visit::Model| {
        visit.status == VisitStatus::Scheduled.as_str() && visit.version == 1
    };
    // A visit that was moved is another row, and its history begins with that.
    let as_made = visits.iter().all(is_new) && lines.iter().all(|what| what == "created");
    match as_made && !visits.is_empty() && lines.len() == visits.len() {
        true => Ok(visits),
        false => Err(Refusal::VisitTouched.into()),
    }
}

/// Takes the decision's letters out of the outbox: all of them, or it is too late.
async fn withdraw_letters(
    work: &Work,
    row: &request::Model,
    window: &undo_window::Model,
) -> Result<()> {
    let those = Condition::all()
        .add(outbox::Column::AboutId.eq(row.id))
        .add(outbox::Column::Event.eq(window.event.as_str()))
        .add(outbox::Column::CreatedAt.eq(window.since));
    let all = outbox::Entity::find().filter(those.clone());
    let all = all.count(work.tx()).await?;
    let gone = outbox::Entity::delete_many()
        .filter(those)
        .filter(outbox::Column::Status.eq("waiting"))
        .filter(outbox::Column::LeasedUntil.is_null())
        .filter(outbox::Column::Attempts.eq(0))
        .exec(work.tx())
        .await?;
    if gone.rows_affected == all {
        Ok(())
    } else {
        Err(Refusal::UndoTooLate.into())
    }
}

async fn withdraw_notices(
    work: &mut Work,
    row: &request::Model,
    window: &undo_window::Model,
) -> Result<()> {
    let all = notice::Entity::find()
        .filter(notice::Column::Event.eq(window.event.as_str()))
        .filter(notice::Column::CreatedAt.eq(window.since))
        .all(work.tx())
        .await?;
    let about = |notice: &notice::Model| {
        notice
            .facts
            .get("request")
            .is_some_and(|it| *it == row.reference)
    };
    let ids: Vec<Uuid> = all
        .iter()
        .filter(|one| about(one))
        .map(|one| one.id)
        .collect();
    notice::Entity::delete_many()
        .filter(notice::Column::Id.is_in(ids))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Keeps the time that was asked for free again: the row of the visit, or of the hold that was let go, is a hold once more.
async fn hold_again(work: &mut Work, row: &request::Model) -> Result<()> {
    let (span, service) = (row.span()?, ServiceId::of(row.service_id));
    let wished = row.technician_id.map(TechnicianId::of);
    work.lock_calendar(service, wished).await?;
    expire_around(work, span).await?;
    let held = hold::of_request(work, row.id).await?;
    let wanted = Wanted {
        service: Some(service),
        client: None,
        from: span.start(),
        to: span.end(),
    };
    let book = Book::load(work.tx(), work.now(), &wanted).await?;
    let mut book = book.ok_or(Refusal::NotFound)?;
    let entry = book.service(service).cloned().ok_or(Refusal::NotFound)?;
    if !entry.holds {
        return forget_place(work, &held).await;
    }
    let group = entry.capacity > 1;
    // A session is one technician's, also where the client named nobody.
    let technician = match (group, held.first()) {
        (true, Some(held)) => wished.or(held.technician_id.map(TechnicianId::of)),
        (true, None) | (false, _) => wished,
    };
    let own: Vec<BookingId> = held.iter().map(|row| BookingId::of(row.id)).collect();
    let (seats, length) = (amount(row.seats), amount(row.length_min));
    let facts = book.facts(&entry, length);
    if let Some(clash) = hard_clashes(facts, technician, span, seats, &own).first() {
        return Err(clash.refusal().into());
    }
    if soft_objections(facts, technician, span, seats, &own).contains(&Objection::Reserved) {
        return Err(Refusal::Reserved.into());
    }
    let joins = technician.is_some_and(|id| has_session(facts, id, span, &own));
    let resources = match joins {
        true => Vec::new(),
        false => slots::resources_for(facts, span, &own)?,
    };
    let place = Place {
        technician,
        service,
        span,
        buffers: hold::buffers(facts, technician),
        seats,
        group,
        status: BookingStatus::Pending,
        expires: row.expires_at,
        request: Some(row.id),
        visit: None,
        resources,
    };
    hold::occupy(work, held.first(), &place).await?;
    Ok(())
}

/// A service that holds nothing: what the visit occupied is free, as it was before.
async fn forget_place(work: &Work, held: &[bookings::Model]) -> Result<()> {
    for row in held {
        hold::remove(work, row).await?;
    }
    Ok(())
}

/// The request as if nobody had decided.
async fn reopen(work: &mut Work, row: &request::Model) -> Result<request::Model> {
    let asked = asked_before(work, row).await?;
    let after = request::Model {
        status: RequestStatus::Pending.as_str().to_owned(),
        internal_notes: String::new(),
        ticket: asked,
        decline_reason: None,
        decided_at: None,
        decided_by: None,
        visit_id: None,
        series_id: None,
        version: row.version + 1,
        ..row.clone()
    };
    let changed = request::Entity::update_many()
        .set(after.clone().into_active_model().reset_all())
        .filter(request::Column::Id.eq(row.id))
        .filter(request::Column::Status.eq(row.status.as_str()))
        .filter(request::Column::Version.eq(row.version))
        .exec(work.tx())
        .await?;
    if changed.rows_affected != 1 {
        return Err(Refusal::Stale.into());
    }
    work.tell(Happened::Requests);
    work.tell(Happened::Schedule);
    Ok(after)
}

/// The ticket that the client had named, before staff decided.
async fn asked_before(work: &Work, row: &request::Model) -> Result<Option<String>> {
    let last = history::Entity::find()
        .filter(history::Column::AboutId.eq(row.id))
        .filter(history::Column::What.is_in(["approved", "declined"]))
        .order_by_desc(history::Column::At)
        .order_by_desc(history::Column::Id)
        .one(work.tx())
        .await?;
    let before = last.and_then(|line| line.before);
    let ticket = before.as_ref().and_then(|before| before.get("ticket"));
    Ok(ticket.and_then(|ticket| ticket.as_str()).map(str::to_owned))
}

/// Takes back the case that an approval opened.
async fn close_again(work: &Work, number: &str, since: DateTime<Utc>) -> Result<()> {
    ticket::Entity::delete_many()
        .filter(ticket::Column::Number.eq(number))
        .filter(ticket::Column::CreatedAt.eq(since))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Removes a visit that nobody was told of, and the agreement that came with it.
async fn remove(
    work: &Work,
    who: &StaffPass,
    visit: visit::Model,
    since: DateTime<Utc>,
) -> Result<()> {
    Entry::new(Some(who.person), "visit", visit.id, "removed")
        .before(&json!({ "reference": visit.reference, "start": visit.starts_at, "end": visit.ends_at }))?
        .write(work)
        .await?;
    visit_subject::Entity::delete_many()
        .filter(visit_subject::Column::VisitId.eq(visit.id))
        .exec(work.tx())
        .await?;
    reminder_sent::Entity::delete_many()
        .filter(reminder_sent::Column::VisitId.eq(visit.id))
        .exec(work.tx())
        .await?;
    forget_place(work, &hold::of_visit(work, visit.id).await?).await?;
    let agreement = visit.client_service_id;
    visit.delete(work.tx()).await?;
    let Some(agreement) = agreement else {
        return Ok(());
    };
    let others = visit::Entity::find()
        .filter(visit::Column::ClientServiceId.eq(agreement))
        .count(work.tx())
        .await?;
    if others == 0 {
        client_service::Entity::delete_many()
            .filter(client_service::Column::Id.eq(agreement))
            .filter(client_service::Column::CreatedAt.eq(since))
            .exec(work.tx())
            .await?;
    }
    Ok(())
}
