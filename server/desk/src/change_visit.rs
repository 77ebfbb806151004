//! Staff change an appointment: its time, service, technicians, resources or words (B5, B7), one or the rest of a series
//! (R28). A moved visit keeps its row, which points to the new one; both sides learn what changed.

use std::collections::HashMap;

use booking::ids::{BookingId, PersonId, TechnicianId, VisitId};
use booking::letter::Event;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::VisitStatus;
use booking::zone;
use chrono_tz::Tz;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::announce::{Before, ChangeNews, News, announce};
use crate::create_series::sort;
use crate::create_visit::{Why, Written, booking_status, check_seats, done};
use crate::decide_change;
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::placing::{Occupant, Placing, Spot};
use crate::split_series::{Split, shifted};
use crate::table::{booking as bookings, booking_resource, change as changes, request, visit};
use crate::trouble::{Fault, Result};
use crate::visit_form::{Booked, FormWords, VisitForm};
use crate::visit_row::{self, Draft};

/// How much of a series is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This appointment only.
    #[default]
    This,
    /// This one and those after it.
    Following,
    /// All that have not begun.
    All,
}

/// The form "Edit appointment".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitChange {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `V-…`.
    pub visit: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// The form as it is to be.
    pub form: VisitForm,
    /// How much of its series.
    pub scope: Scope,
    /// Whether those of a series that cannot be had stay as they are.
    pub skip_conflicts: bool,
    /// `R-…` of the client's change that is approved by this, edited or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

impl Desk {
    /// Changes it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`Refusal::Stale`], [`Refusal::NothingChanged`]; that of its state:
    /// of one that has begun only the words can be changed; what is refused of the form stands beside its field.
    pub async fn change_visit(&self, who: &StaffPass, ask: VisitChange) -> Result<Booked> {
        who.dispatcher()?;
        let work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return done(&result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let row = work.visit_of_line(&ask.visit, ask.scope).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        if row.version != ask.version {
            return Err(Refusal::Stale.into());
        }
        self.carry_out(work, who, row, &ask).await
    }

    /// Changes a visit that is locked, in the write that was begun for it; nothing is kept of that write unless it is done.
    pub(crate) async fn carry_out(
        &self,
        mut work: Work,
        who: &StaffPass,
        row: visit::Model,
        ask: &VisitChange,
    ) -> Result<Booked> {
        let spot = ask.form.spot()?;
        let answered = match &ask.answers {
            Some(reference) => {
                Some(decide_change::answer(&mut work, who, &row, (reference, ask)).await?)
            }
            None => None,
        };
        let mut change = Change::load(&mut work, row, ask, spot).await?;
        change.answered = answered;
        let own = change.own();
        match change.carry_out(&mut work, who, ask).await? {
            Written::Booked(answer) => {
                let booked = done(&answer)?;
                work.done_once(who.person, &ask.key, answer).await?;
                work.commit().await?;
                Ok(booked)
            }
            Written::Nothing(Why::Lost(clashes)) => {
                drop(work);
                self.time_is_lost(&ask.form, &clashes, own).await
            }
            Written::Nothing(Why::Other(answer)) => Ok(answer),
        }
    }
}

/// A visit with the rows it takes.
pub(crate) struct Placed {
    pub row: visit::Model,
    pub rows: Vec<bookings::Model>,
}

impl Placed {
    /// Who comes.
    pub(crate) fn technicians(&self) -> Vec<TechnicianId> {
        let ids = self.rows.iter().filter_map(|row| row.technician_id);
        let mut found: Vec<TechnicianId> = ids.map(TechnicianId::of).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A visit with its rows. They are those that are kept of it, whether they block or not.
pub(crate) async fn placed(work: &Work, row: visit::Model) -> Result<Placed> {
    let rows = hold::of_visit(work, row.id).await?;
    Ok(Placed { row, rows })
}

/// The visits that a scope means: the one named first, then the scheduled ones of its series after it, by start.
///
/// # Errors
/// The database's.
pub(crate) async fn meant(work: &Work, row: visit::Model, scope: Scope) -> Result<Vec<Placed>> {
    let Some(series) = row.series_id.filter(|_| scope != Scope::This) else {
        return Ok(vec![placed(work, row).await?]);
    };
    work.lock_series(series).await?;
    let others = visit::Entity::find()
        .filter(visit::Column::SeriesId.eq(series))
        .filter(visit::Column::Status.eq(VisitStatus::Scheduled.as_str()))
        .filter(visit::Column::Id.ne(row.id))
        .order_by_asc(visit::Column::StartsAt)
        .order_by_asc(visit::Column::Id)
        .all(work.tx())
        .await?;
    let is_meant = |other: &visit::Model| match scope {
        Scope::This => false,
        Scope::Following => other.series_start >= row.series_start,
        Scope::All => other.starts_at > work.now(),
    };
    let others: Vec<visit::Model> = others.into_iter().filter(is_meant).collect();
    let ids: Vec<Uuid> = others.iter().map(|other| other.id).collect();
    let mut rows: HashMap<Uuid, Vec<bookings::Model>> = HashMap::new();
    let found = bookings::Entity::find()
        .filter(bookings::Column::VisitId.is_in(ids))
        .order_by_asc(bookings::Column::Id);
    for one in found.all(work.tx()).await? {
        if let Some(visit) = one.visit_id {
            rows.entry(visit).or_default().push(one);
        }
    }
    let mut all = vec![placed(work, row).await?];
    all.extend(others.into_iter().map(|row| Placed {
        rows: rows.remove(&row.id).unwrap_or_default(),
        row,
    }));
    Ok(all)
}

/// What is to be changed.
struct Change {
    all: Vec<Placed>,
    request: Option<request::Model>,
    before: Vec<TechnicianId>,
    spot: Spot,
    differs: Differs,
    zone: Tz,
    answered: Option<changes::Model>,
}

/// In what the form differs from the visit.
#[derive(Clone, Copy, Debug, Default)]
struct Differs {
    time: bool,
    service: bool,
    technicians: bool,
    resources: bool,
    seats: bool,
    notes: bool,
}

impl Differs {
    const fn place(self) -> bool {
        self.time || self.service || self.technicians || self.resources || self.seats
    }

    /// Whether others have to know.
    const fn news(self) -> bool {
        self.time || self.service || self.technicians || self.notes
    }
}

impl Change {
    async fn load(
        work: &mut Work,
        row: visit::Model,
        ask: &VisitChange,
        spot: Spot,
    ) -> Result<Self> {
        let all = meant(work, row, ask.scope).await?;
        let first = all.first().ok_or(Refusal::NotFound)?;
        let (before, form) = (first.technicians(), &ask.form);
        let mut chosen: Vec<_> = form.resources.clone();
        chosen.sort_unstable();
        let differs = Differs {
            time: first.row.span()? != spot.span,
            service: first.row.service_id != form.service.key(),
            technicians: before != spot.technicians,
            resources: taken(work, &first.rows).await? != chosen,
            seats: hold::minutes(spot.seats) != first.row.seats,
            notes: first.row.notes.trim() != form.notes.trim(),
        };
        may_change(&first.row, differs)?;
        if differs.place() {
            let services = [crate::key::Key::of(first.row.service_id), form.service];
            let mut technicians = before.clone();
            technicians.extend(&spot.technicians);
            let resources: Vec<_> = form.resources.iter().map(|(id, _)| *id).collect();
            work.lock_places(&services, &technicians, &resources)
                .await?;
            expire_around(work, spot.span).await?;
        }
        let request = match first.row.request_id {
            Some(id) => request::Entity::find_by_id(id).one(work.tx()).await?,
            None => None,
        };
        Ok(Self {
            request,
            before,
            spot,
            differs,
            zone: crate::business::zone(work).await?,
            all,
            answered: None,
        })
    }

    fn own(&self) -> Vec<BookingId> {
        let rows = self.all.iter().flat_map(|placed| &placed.rows);
        rows.map(|row| BookingId::of(row.id)).collect()
    }

    /// Where each visit is to be: shifted by as many days as the first, at the same time of the day.
    fn wished(&self) -> Result<Vec<(usize, Spot)>> {
        let mut found = vec![(0, self.spot.clone())];
        let Some(first) = self.all.first() else {
            return Ok(found);
        };
        let (old, new) = (
            zone::local(&self.zone, first.row.starts_at),
            zone::local(&self.zone, self.spot.span.start()),
        );
        let length = self.spot.span.end() - self.spot.span.start();
        for (place, placed) in self.all.iter().enumerate().skip(1) {
            let span = match self.differs.time {
                true => {
                    let its = zone::local(&self.zone, placed.row.starts_at);
                    let start = zone::single(&self.zone, shifted(its, old, new));
                    Span::new(start, start + length)?
                }
                false => placed.row.span()?,
            };
            let spot = Spot {
                span,
                ..self.spot.clone()
            };
            found.push((place, spot));
        }
        Ok(found)
    }

    async fn carry_out(
        self,
        work: &mut Work,
        who: &StaffPass,
        ask: &VisitChange,
    ) -> Result<Written> {
        let wished = self.wished()?;
        let range = wished.iter().fold(
            (self.spot.span.start(), self.spot.span.end()),
            |(from, to), (_, spot)| (from.min(spot.span.start()), to.max(spot.span.end())),
        );
        let what = (ask.form.service, ask.form.length_min);
        let chosen = &ask.form.resources;
        let mut placing = Placing::load(work.tx(), work.now(), what, range, chosen).await?;
        placing.own = self.own();
        let client = self.client()?;
        let words = FormWords::read(work, &placing.book.business, client, &ask.form).await?;
        let mut skipped = 0;
        let mut wanted = wished;
        if self.differs.place() {
            check_seats(&placing, &self.spot)?;
            if wanted.len() == 1 {
                let clashes = placing.clashes(&self.spot);
                crate::visit_form::beside_technicians(&clashes)?;
                if !clashes.is_empty() {
                    return Ok(Written::Nothing(Why::Lost(clashes)));
                }
            } else {
                let (free, conflicts) = sort(work, &placing, wanted).await?;
                if free.is_empty() || (!conflicts.is_empty() && !ask.skip_conflicts) {
                    let free = free.len();
                    let answer = Booked::Conflicts { free, conflicts };
                    return Ok(Written::Nothing(Why::Other(answer)));
                }
                (wanted, skipped) = (free, conflicts.len());
            }
            let mut objections: Vec<_> = wanted
                .iter()
                .flat_map(|(_, spot)| placing.objections(spot))
                .collect();
            objections.sort_unstable();
            objections.dedup();
            let asks = self.differs.time || self.differs.technicians || self.differs.service;
            if asks && !objections.is_empty() && words.reason.is_none() {
                return Ok(Written::Nothing(Why::Other(Booked::Objected {
                    objections,
                })));
            }
        }
        self.write(work, who.person, ask, placing, (words, wanted, skipped))
            .await
    }

    fn client(&self) -> Result<Uuid> {
        let first = self.all.first().map(|placed| placed.row.client_id);
        Ok(first.ok_or(Refusal::NotFound)?)
    }

    async fn write(
        self,
        work: &mut Work,
        by: PersonId,
        ask: &VisitChange,
        mut placing: Placing,
        (words, wanted, skipped): (FormWords, Vec<(usize, Spot)>, usize),
    ) -> Result<Written> {
        let client = self.client()?;
        let agreement = match self.differs.service {
            true => Some(visit_row::agreement(work, client, &placing.entry, false).await?),
            false => None,
        };
        let split = match self.differs.time && wanted.len() > 1 {
            true => {
                let first = self.all.first().ok_or(Refusal::NotFound)?;
                let moved = (&first.row, self.spot.span);
                Split::write(work, by, &self.zone, moved, wanted.len()).await?
            }
            false => None,
        };
        if self.differs.time {
            for (place, _) in &wanted {
                for row in self.all.get(*place).iter().flat_map(|placed| &placed.rows) {
                    hold::release(work, row, BookingStatus::Rescheduled).await?;
                }
            }
        }
        let mut after = Vec::with_capacity(wanted.len());
        for (place, spot) in &wanted {
            let Some(placed) = self.all.get(*place) else {
                continue;
            };
            let new = New {
                ask,
                words: &words,
                agreement,
                split: split.as_ref(),
            };
            let row = match self.differs.time {
                true => self.replace(work, placed, spot, &new).await?,
                false => self.amend(work, placed, &new).await?,
            };
            visit_row::write_subjects(work, row.id, &words.subjects).await?;
            if self.differs.place() {
                let occupant = Occupant {
                    visit: row.id,
                    request: row.request_id,
                    status: booking_status(row.standing()?),
                };
                let rows = if self.differs.time {
                    &[][..]
                } else {
                    &placed.rows
                };
                placing.occupy(work, spot, &occupant, rows).await?;
            }
            self.history(work, by, (placed, &row), spot, &words).await?;
            after.push(row);
        }
        work.tell(Happened::Schedule);
        self.tell(work, by, &after).await?;
        let first = after.first().map(|row| row.reference.clone());
        Ok(Written::Booked(json!({
            "visit": first, "visits": after.len(), "skipped": skipped,
        })))
    }

    /// The old row keeps its time and points to the new one.
    async fn replace(
        &self,
        work: &mut Work,
        placed: &Placed,
        spot: &Spot,
        new: &New<'_>,
    ) -> Result<visit::Model> {
        let (row, id) = (&placed.row, work.id());
        row.life()?
            .reschedule(row.version, VisitId::of(id), spot.span)?;
        let old = visit::Model {
            status: VisitStatus::Rescheduled.as_str().to_owned(),
            status_at: Some(work.now()),
            replaced_by: Some(id),
            ..row.clone()
        };
        visit_row::replace(work, row, old).await?;
        let named = row.series_id.zip(row.series_start.clone());
        let series = match (new.split, named) {
            (Some(split), Some((_, original))) => Some((split.series, split.name(&original))),
            (_, named) => named,
        };
        let draft = Draft {
            id,
            client: row.client_id,
            service: new.ask.form.service.key(),
            agreement: new
                .agreement
                .or(row.client_service_id)
                .ok_or_else(|| Fault::Machine("a visit without an agreement".to_owned()))?,
            request: row.request_id,
            span: spot.span,
            seats: spot.seats,
            status: VisitStatus::Scheduled,
            notes: new.words.notes.clone(),
            internal_notes: new.words.internal_notes.clone(),
            ticket: new.words.ticket.clone(),
            series,
            event: Some((row.uid.clone(), row.sequence + 1)),
        };
        let mut after = visit_row::insert(work, &self.zone, draft).await?;
        if new.agreement.is_none() {
            after = visit_row::keep_price(work, after, row.price_minor).await?;
        }
        if let Some(request) = row.request_id {
            request::Entity::update_many()
                .col_expr(request::Column::VisitId, Expr::value(after.id))
                .filter(request::Column::Id.eq(request))
                .exec(work.tx())
                .await?;
        }
        Ok(after)
    }

    /// The same time, other facts.
    async fn amend(&self, work: &mut Work, placed: &Placed, new: &New<'_>) -> Result<visit::Model> {
        let row = &placed.row;
        let price_minor = match new.agreement {
            Some(agreement) => visit_row::price(work, agreement).await?,
            None => row.price_minor,
        };
        let after = visit::Model {
            price_minor,
            service_id: new.ask.form.service.key(),
            client_service_id: new.agreement.or(row.client_service_id),
            seats: hold::minutes(new.ask.form.seats),
            notes: new.words.notes.clone(),
            internal_notes: new.words.internal_notes.clone(),
            ticket: new.words.ticket.clone(),
            sequence: row.sequence + i32::from(self.differs.news() || self.answered.is_some()),
            ..row.clone()
        };
        visit_row::replace(work, row, after).await
    }

    async fn history(
        &self,
        work: &Work,
        by: PersonId,
        (placed, after): (&Placed, &visit::Model),
        spot: &Spot,
        words: &FormWords,
    ) -> Result<()> {
        let before = visit_row::snapshot(&placed.row, &placed.technicians());
        let now = visit_row::snapshot(after, &spot.technicians);
        if self.differs.time {
            Entry::new(Some(by), "visit", placed.row.id, "rescheduled")
                .before(&before)?
                .after(&json!({ "status": "rescheduled", "to": after.reference }))?
                .write(work)
                .await?;
        }
        let what = if self.differs.time {
            "moved"
        } else {
            "changed"
        };
        Entry::new(Some(by), "visit", after.id, what)
            .before(&before)?
            .after(&now)?
            .reason(words.reason.clone())
            .write(work)
            .await
    }

    async fn tell(&self, work: &mut Work, by: PersonId, after: &[visit::Model]) -> Result<()> {
        let past = after.iter().all(|row| row.ends_at <= work.now());
        // Whoever asked for a change is answered, whatever it is about.
        let news = self.differs.news() || self.answered.is_some();
        let Some(first) = self.all.first().filter(|_| news && !past) else {
            return Ok(());
        };
        let technicians = self.spot.technicians.clone();
        let event = match self.answered {
            Some(_) => Event::ChangeApproved,
            None => Event::VisitChanged,
        };
        let mut news = News::of_visits(event, after, self.request.as_ref(), technicians, by);
        let old = first.row.span()?;
        news.before = Before {
            span: Some(old).filter(|_| self.differs.time && after.len() == 1),
            technicians: Some(self.before.clone()).filter(|_| self.differs.technicians),
            service: Some(Key::of(first.row.service_id)).filter(|_| self.differs.service),
        };
        news.change = self.answered.as_ref().map(ChangeNews::of);
        announce(work, &news).await
    }
}

/// What is written into each visit.
struct New<'a> {
    ask: &'a VisitChange,
    words: &'a FormWords,
    agreement: Option<Uuid>,
    split: Option<&'a Split>,
}

/// Of a visit that has begun or is over, only the words can be changed; of one that is gone, nothing.
fn may_change(row: &visit::Model, differs: Differs) -> Result<()> {
    match row.standing()? {
        VisitStatus::Scheduled => Ok(()),
        VisitStatus::Cancelled => Err(Refusal::AlreadyCancelled.into()),
        VisitStatus::Rescheduled => Err(Refusal::Final.into()),
        VisitStatus::InProgress if differs.place() => Err(Refusal::AlreadyStarted.into()),
        VisitStatus::Completed | VisitStatus::NoShow if differs.place() => {
            Err(Refusal::WrongState.into())
        }
        VisitStatus::InProgress | VisitStatus::Completed | VisitStatus::NoShow => Ok(()),
    }
}

/// The resources a visit has taken, with units, in order.
pub(crate) async fn taken(
    work: &Work,
    rows: &[bookings::Model],
) -> Result<Vec<(booking::ids::ResourceId, u32)>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let found = booking_resource::Entity::find()
        .filter(booking_resource::Column::BookingId.is_in(ids))
        .order_by_asc(booking_resource::Column::ResourceId)
        .all(work.tx())
        .await?;
    let units = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(found
        .into_iter()
        .map(|row| (Key::of(row.resource_id), units(row.units)))
        .collect())
}
