//! What staff see while they fill in an appointment: what is in the way, what speaks against it, who is free, what else is
//! free, which dates a rule means, and who will be told. Nothing is locked: booking asks again.

use std::collections::BTreeSet;

use booking::clash::{Clash, Objection};
use booking::ids::{BookingId, ClientId, TechnicianId};
use booking::letter::Event;
use booking::recurrence::{Occurrence, Parts};
use booking::refusal::Refusal;
use booking::slots::{self, Query};
use booking::span::Span;
use booking::visit::VisitStatus;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use crate::announce::{Before, News, Told, preview};
use crate::clash_check::TechnicianChoice;
use crate::create_series::{Rule, Wished, objections, reach};
use crate::create_visit::{Moved, fits};
use crate::desk::Desk;
use crate::free_slots::OfferedSlot;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::placing::{Placing, Spot};
use crate::queue::{load_on, names};
use crate::table::{booking as bookings, client, request, technician_approver, visit};
use crate::trouble::{Beside, Result};
use crate::visit_form::{Conflict, Obstacle, VisitForm, obstacles};

/// A row that an appointment takes, and whose time it is.
type Row = (BookingId, Option<TechnicianId>);

/// What is asked while a form is filled in.
#[derive(Clone, Debug)]
pub struct VisitAsk {
    /// The form.
    pub form: VisitForm,
    /// The appointment that is changed, `V-…`; nothing for a new one.
    pub visit: Option<String>,
    /// For whom a new one is.
    pub client: Option<ClientId>,
    /// How a new one repeats.
    pub repeat: Option<Parts>,
    /// Its occurrences that are left out or take place at another time.
    pub moved: Vec<Moved>,
    /// Scheduled, or what is written down afterwards.
    pub status: VisitStatus,
    /// The recurring request that a new one answers, `R-…`.
    pub request: Option<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitCheck {
    /// What makes it impossible; empty: it can be booked.
    pub hard: Vec<Obstacle>,
    /// What speaks against it and can be overruled with a reason.
    pub soft: Vec<Objection>,
    /// When it is impossible: the nearest free slots, at most three.
    pub next_free: Vec<OfferedSlot>,
    /// Everybody who could come, free ones first.
    pub technicians: Vec<TechnicianChoice>,
    /// The dates of a rule: how many can be had.
    pub dates: Vec<DateTime<Utc>>,
    /// Those that cannot.
    pub conflicts: Vec<Conflict>,
    /// Those that can be had, but against which something soft speaks.
    pub doubtful: Vec<Doubtful>,
    /// Whom it tells.
    pub told: Vec<Told>,
}

/// A date of a series that breaks a soft rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubtful {
    /// When.
    pub start: DateTime<Utc>,
    /// Its name in the series.
    pub original: NaiveDateTime,
    /// Which rules.
    pub why: Vec<Objection>,
}

impl Desk {
    /// Checks a form: dispatchers any, approvers that of a series which answers a request.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`], [`Refusal::NotFound`]; a time, a length or a rule that cannot be, beside its field; what
    /// does not answer the request, as in [`Desk::create_visit`].
    pub async fn check_visit(&self, who: &StaffPass, ask: VisitAsk) -> Result<VisitCheck> {
        self.may_check(who, &ask).await?;
        let spot = ask.form.spot()?;
        let before = match &ask.visit {
            Some(reference) => Some(self.visit_row(reference).await?),
            None => None,
        };
        let own = match &before {
            Some(row) => self.rows_of(row.id).await?,
            None => Vec::new(),
        };
        let rule = match &ask.repeat {
            Some(parts) => {
                let zone = self.business().await?.time_zone;
                let zone = crate::free_slots::load::read_zone(&zone, "business", "1")?;
                Some(Rule::of(parts, &zone, spot.span.start(), self.now())?)
            }
            None => None,
        };
        let wished = match &rule {
            Some(rule) => rule.wished(&spot, &rule.known(&ask.moved))?.0,
            None => Vec::new(),
        };
        let range = reach(&wished, &spot);
        let what = (ask.form.service, ask.form.length_min);
        let chosen = &ask.form.resources;
        let mut placing = Placing::load(self.db(), self.now(), what, range, chosen).await?;
        placing.own = own.iter().map(|(id, _)| *id).collect();
        crate::create_visit::check_seats(&placing, &spot)?;
        let mut found = self.checked(&placing, &spot, ask.status).await?;
        if !found.hard.is_empty() {
            found.next_free = self
                .free_nearby(&ask.form, &spot, placing.own.clone())
                .await?;
        }
        if rule.is_some() {
            if ask.status == VisitStatus::Scheduled {
                (found.soft, found.doubtful) = doubtful(&placing, &wished);
            }
            (found.dates, found.conflicts) = self.dates(&placing, wished).await?;
        }
        found.told = self
            .who_is_told(who, &ask, &spot, before.as_ref().zip(Some(&own[..])))
            .await?;
        Ok(found)
    }

    async fn may_check(&self, who: &StaffPass, ask: &VisitAsk) -> Result<()> {
        let Some(reference) = ask.request.as_ref().filter(|_| ask.visit.is_none()) else {
            return who.dispatcher();
        };
        let row = self.request_seen(who, reference).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        row.pending()?;
        if !who.decides_all() {
            let chosen: BTreeSet<Uuid> = ask.form.technicians.iter().map(|id| id.key()).collect();
            let theirs = technician_approver::Entity::find()
                .filter(technician_approver::Column::PersonId.eq(who.person.key()))
                .filter(technician_approver::Column::TechnicianId.is_in(chosen.clone()));
            if theirs.all(self.db()).await?.len() != chosen.len() {
                return Err(Refusal::NotAllowed).beside("technicians");
            }
        }
        fits(&row, ask.client, ask.repeat.as_ref())
    }

    /// Whom cancelling an appointment would tell.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`], [`Refusal::NotFound`].
    pub async fn told_of_cancelling(&self, who: &StaffPass, reference: &str) -> Result<Vec<Told>> {
        who.dispatcher()?;
        let row = self.visit_row(reference).await?;
        if row.ends_at <= self.now() {
            return Ok(Vec::new());
        }
        let own = self.rows_of(row.id).await?;
        let technicians = own.iter().filter_map(|(_, technician)| *technician);
        let technicians: Vec<TechnicianId> = technicians.collect();
        let news = (Event::VisitCancelled, technicians, Before::default());
        self.told(who, &row, news).await
    }

    async fn visit_row(&self, reference: &str) -> Result<visit::Model> {
        let found = visit::Entity::find()
            .filter(visit::Column::Reference.eq(reference))
            .one(self.db())
            .await?;
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    async fn rows_of(&self, visit: Uuid) -> Result<Vec<Row>> {
        let rows: Vec<(Uuid, Option<Uuid>)> = bookings::Entity::find()
            .select_only()
            .column(bookings::Column::Id)
            .column(bookings::Column::TechnicianId)
            .filter(bookings::Column::VisitId.eq(visit))
            .into_tuple()
            .all(self.db())
            .await?;
        let row = |(id, technician): (Uuid, Option<Uuid>)| {
            (BookingId::of(id), technician.map(TechnicianId::of))
        };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn checked(
        &self,
        placing: &Placing,
        spot: &Spot,
        status: VisitStatus,
    ) -> Result<VisitCheck> {
        let clashes = match status {
            VisitStatus::NoShow => Vec::new(),
            VisitStatus::Scheduled
            | VisitStatus::InProgress
            | VisitStatus::Completed
            | VisitStatus::Cancelled
            | VisitStatus::Rescheduled => placing.clashes(spot),
        };
        let soft = match status == VisitStatus::Scheduled {
            true => placing.objections(spot),
            false => Vec::new(),
        };
        Ok(VisitCheck {
            hard: obstacles(self.db(), &clashes).await?,
            soft,
            next_free: Vec::new(),
            technicians: self.choices(placing, spot).await?,
            dates: Vec::new(),
            conflicts: Vec::new(),
            doubtful: Vec::new(),
            told: Vec::new(),
        })
    }

    async fn choices(&self, placing: &Placing, spot: &Spot) -> Result<Vec<TechnicianChoice>> {
        let names = names(self.db()).await?;
        let active = placing.facts.technicians.iter().filter(|t| t.active);
        let mut found: Vec<TechnicianChoice> = active
            .map(|t| {
                let alone = Spot {
                    technicians: vec![t.id],
                    ..spot.clone()
                };
                let hard = placing.clashes(&alone);
                // Units are the visit's matter, whoever comes.
                let hard = hard
                    .iter()
                    .filter(|(_, clash)| !matches!(clash, Clash::Units { .. }));
                let mut why: Vec<Refusal> = hard.map(|(_, clash)| clash.refusal()).collect();
                let possible = why.is_empty();
                let soft = placing.objections(&alone).into_iter();
                why.extend(soft.map(Objection::refusal));
                why.dedup();
                let load = load_on(&placing.book, t.id, spot.span.start());
                TechnicianChoice {
                    id: t.id,
                    name: names.get(&t.id).cloned().unwrap_or_default(),
                    free: why.is_empty(),
                    why,
                    possible,
                    asked: false,
                    that_day: u32::try_from(load).unwrap_or(u32::MAX),
                }
            })
            .collect();
        found.sort_by_key(|c| {
            (
                !c.free,
                !c.possible,
                c.that_day,
                placing.book.position(c.id),
            )
        });
        Ok(found)
    }

    async fn dates(
        &self,
        placing: &Placing,
        wished: Vec<Wished<Occurrence>>,
    ) -> Result<(Vec<DateTime<Utc>>, Vec<Conflict>)> {
        let (mut dates, mut lost, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let taken: Vec<Span> = wished.iter().map(|(_, spot)| spot.span).collect();
        for (occurrence, spot) in wished {
            let clashes = placing.clashes(&spot);
            if clashes.is_empty() {
                dates.push(spot.span.start());
            } else {
                lost.push((occurrence.original_local, spot, clashes.len()));
                all.extend(clashes);
            }
        }
        dates.sort_unstable();
        let mut seen = obstacles(self.db(), &all).await?.into_iter();
        let conflict = |(original, spot, n): (NaiveDateTime, Spot, usize)| Conflict {
            start: spot.span.start(),
            end: spot.span.end(),
            original: Some(original),
            obstacles: seen.by_ref().take(n).collect(),
            instead: instead(placing, &spot, &taken),
        };
        Ok((dates, lost.into_iter().map(conflict).collect()))
    }

    /// Whom the form would tell; nobody of what is past, or of what changes nothing for them.
    async fn who_is_told(
        &self,
        who: &StaffPass,
        ask: &VisitAsk,
        spot: &Spot,
        before: Option<(&visit::Model, &[Row])>,
    ) -> Result<Vec<Told>> {
        if ask.status != VisitStatus::Scheduled || spot.span.end() <= self.now() {
            return Ok(Vec::new());
        }
        if let Some((row, own)) = before {
            let mut old: Vec<TechnicianId> = own.iter().filter_map(|(_, id)| *id).collect();
            old.sort_unstable();
            let same = row.span()? == spot.span
                && old == spot.technicians
                && row.service_id == ask.form.service.key()
                && row.notes.trim() == ask.form.notes.trim();
            if same {
                return Ok(Vec::new());
            }
            let was = Before {
                technicians: Some(old),
                ..Before::default()
            };
            let news = (Event::VisitChanged, spot.technicians.clone(), was);
            return self.told(who, row, news).await;
        }
        let Some(client) = ask.client else {
            return Ok(Vec::new());
        };
        let row = imagined(client, &ask.form, spot, self.now());
        let news = (
            Event::VisitCreated,
            spot.technicians.clone(),
            Before::default(),
        );
        self.told(who, &row, news).await
    }

    async fn told(
        &self,
        who: &StaffPass,
        row: &visit::Model,
        (event, technicians, before): (Event, Vec<TechnicianId>, Before),
    ) -> Result<Vec<Told>> {
        let request = match row.request_id {
            Some(id) => request::Entity::find_by_id(id).one(self.db()).await?,
            None => None,
        };
        let client = client::Entity::find_by_id(row.client_id)
            .one(self.db())
            .await?;
        let rows = std::slice::from_ref(row);
        let by = who.person;
        let mut news = News::of_visits(event, rows, request.as_ref(), technicians, by);
        news.before = before;
        let email = client.and_then(|client| client.email);
        preview(self.db(), &news, email).await
    }
}

/// When an occurrence could be instead: at most three times within three days, in the way of no other of its series.
fn instead(placing: &Placing, spot: &Spot, taken: &[Span]) -> Vec<DateTime<Utc>> {
    let (near, days) = (spot.span.start(), TimeDelta::days(3));
    let query = Query {
        from: placing.facts.now.max(near - days),
        to: near + days,
        technician: spot.technicians.first().copied(),
        seats: spot.seats,
        leave_out: Vec::new(),
    };
    let mut facts = placing.facts.clone();
    (facts.service.notice_min, facts.service.advance_days) = (0, None);
    let mut free: Vec<Span> = slots::slots(&facts, &query)
        .into_iter()
        .filter_map(|slot| Span::new(slot.start, slot.end).ok())
        .filter(|span| {
            let here = Spot {
                span: *span,
                ..spot.clone()
            };
            taken.iter().all(|other| !other.overlaps(span)) && placing.clashes(&here).is_empty()
        })
        .collect();
    free.sort_by_key(|span| (span.start() - near).abs());
    free.iter().take(3).map(Span::start).collect()
}

/// The visit that a form would make, for the question whom it would tell. It is never stored.
fn imagined(client: ClientId, form: &VisitForm, spot: &Spot, now: DateTime<Utc>) -> visit::Model {
    visit::Model {
        id: Uuid::nil(),
        reference: String::new(),
        request_id: None,
        client_id: client.key(),
        service_id: form.service.key(),
        client_service_id: None,
        starts_at: spot.span.start(),
        ends_at: spot.span.end(),
        wall_start: String::new(),
        zone: String::new(),
        zone_version: String::new(),
        seats: 1,
        status: VisitStatus::Scheduled.as_str().to_owned(),
        notes: String::new(),
        internal_notes: String::new(),
        ticket: None,
        reason: None,
        replaced_by: None,
        uid: String::new(),
        sequence: 0,
        created_at: now,
        version: 1,
        series_id: None,
        series_start: None,
        status_at: None,
        price_minor: None,
    }
}

/// What speaks against the dates that can be had: all of it, and date by date.
fn doubtful(placing: &Placing, wished: &[Wished<Occurrence>]) -> (Vec<Objection>, Vec<Doubtful>) {
    let free = wished
        .iter()
        .filter(|(_, spot)| placing.clashes(spot).is_empty());
    let found: Vec<Doubtful> = free
        .map(|(occurrence, spot)| Doubtful {
            start: spot.span.start(),
            original: occurrence.original_local,
            why: objections(placing, std::iter::once(spot)),
        })
        .filter(|one| !one.why.is_empty())
        .collect();
    let mut all: Vec<Objection> = found.iter().flat_map(|one| one.why.clone()).collect();
    all.sort_unstable();
    all.dedup();
    (all, found)
}
