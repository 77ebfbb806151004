//! The client asks for a booked visit to be otherwise (D4): another time, service, subjects or notes. Only what differs is
//! kept; the visit stays as it is, and the time that is wanted is held until somebody decides (decision 10).

use booking::block::TimeBlock;
use booking::change::{Change, ChangeStatus, Wanted, WantedTime};
use booking::ids::{BookingId, ChangeId, ReferenceKind, ServiceId, SubjectId, TechnicianId};
use booking::letter::Event;
use booking::people::Notes;
use booking::refusal::Refusal;
use booking::slots::{self, BookingStatus};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::change_visit::{Placed, placed};
use crate::changes::{free, open_of, own_visit, replace, snapshot, tell};
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::{amount, asked_by};
use crate::free_slots::{OfferedSlot, SlotsAsked, check_choice_for, sane};
use crate::history::Entry;
use crate::hold::{self, Place};
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::portal_rules::{self, PortalRules};
use crate::submit_request::{Held, book, by_slots, query, reference_in};
use crate::table::{change, change_hold, subject, visit};
use crate::trouble::{Beside, Result};
use crate::{reference, visit_row};

/// The form "Request changes": the visit as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeAsk {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `V-…`.
    pub visit: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// What for.
    pub service: ServiceId,
    /// When; nothing: as it is.
    pub start: Option<DateTime<Utc>>,
    /// How long, in minutes; nothing: as it is.
    pub length_min: Option<u32>,
    /// Some time of a day instead of an exact one: a date in the business's zone and one of its blocks.
    pub block: Option<(NaiveDate, TimeBlock)>,
    /// What it is for; the client's own.
    pub subjects: Vec<SubjectId>,
    /// The client's words, as typed; may be empty.
    pub notes: String,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ChangeAsked {
    /// It waits for staff.
    Sent {
        /// `R-…`.
        reference: String,
    },
    /// The time cannot be had: nothing was written.
    Lost {
        /// The rule that excludes it.
        why: Refusal,
        /// The nearest free slots, at most three.
        next: Vec<OfferedSlot>,
    },
}

impl Desk {
    /// Asks for a change.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`] where the business wants messages instead, [`Refusal::Stale`] when
    /// the visit is another one than the form showed; [`Refusal::ChangeCutOffPassed`], [`Refusal::ChangeOpen`],
    /// [`Refusal::NothingChanged`], that of the visit's state; beside their fields: service, length, block and its date
    /// (too short, full, over, too soon, too far), subjects, notes.
    pub async fn ask_change(&self, who: &ContactPass, ask: ChangeAsk) -> Result<ChangeAsked> {
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => {
                let reference = reference_in(&result);
                return Ok(ChangeAsked::Sent { reference });
            }
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let rules = portal_rules::read(&work).await?;
        rules.against_visits()?;
        let row = own_visit(&work, who, &ask.visit).await?;
        if row.version != ask.version {
            return Err(Refusal::Stale.into());
        }
        let open = open_of(&work, row.id).await?.is_some();
        let placed = placed(&work, row).await?;
        let wanted = wanted(&work, &placed.row, &ask, &rules).await?;
        let asked = Change::submit(
            (ChangeId::of(work.id()), who.person),
            &placed.row.life()?,
            wanted.clone(),
            open,
            (&rules.change_cut_off, work.now(), &rules.zone),
        )?;
        let places = match time_of(&placed.row, &wanted)? {
            None => Vec::new(),
            Some((service, WantedTime::Block { within, length_min })) => {
                let block = (service, within, length_min);
                open_block(&work, who, &placed, block).await?;
                Vec::new()
            }
            Some((service, WantedTime::Exact(span))) => {
                let time = (service, span);
                match wanted_places(&mut work, who, &placed, time).await? {
                    Ok(places) => places,
                    Err(why) => {
                        drop(work);
                        return self.lost_change(who, &ask, time, why).await;
                    }
                }
            }
        };
        let reference = write(&mut work, who, (&asked, wanted), (&placed.row, places)).await?;
        let result = json!({ "reference": reference });
        work.done_once(who.person, &ask.key, result).await?;
        work.commit().await?;
        Ok(ChangeAsked::Sent { reference })
    }

    async fn lost_change(
        &self,
        who: &ContactPass,
        ask: &ChangeAsk,
        (service, span): (ServiceId, Span),
        why: Refusal,
    ) -> Result<ChangeAsked> {
        let asked = SlotsAsked {
            service,
            length_min: length(span),
            technician: None,
            seats: 1,
            editing: Some(ask.visit.clone()),
        };
        let next = self.next_free(who, &asked, span.start(), 3).await?;
        Ok(ChangeAsked::Lost { why, next })
    }

    /// Takes back what waits against a visit, a change or a cancellation; what was held is free. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; once it is decided, that of its state.
    pub async fn withdraw_change(&self, who: &ContactPass, visit: &str) -> Result<()> {
        let mut work = self.begin().await?;
        let visit = own_visit(&work, who, visit).await?;
        let Some(row) = open_of(&work, visit.id).await? else {
            return Ok(());
        };
        row.pending()?.withdraw(work.now())?;
        let after = change::Model {
            status: ChangeStatus::Withdrawn.as_str().to_owned(),
            decided_at: Some(work.now()),
            ..row.clone()
        };
        let after = replace(&mut work, Some(who.person), &row, after).await?;
        free(&work, row.id, BookingStatus::Withdrawn).await?;
        let event = Event::ChangeWithdrawn;
        tell(&mut work, event, (&after, &visit), Some(who.person)).await?;
        work.commit().await
    }
}

fn length(span: Span) -> u32 {
    u32::try_from((span.end() - span.start()).num_minutes()).unwrap_or(0)
}

/// Only what differs from the visit (D4).
async fn wanted(
    work: &Work,
    row: &visit::Model,
    ask: &ChangeAsk,
    rules: &PortalRules,
) -> Result<Wanted> {
    let span = row.span()?;
    let service = Some(ask.service).filter(|id| id.key() != row.service_id);
    let start = ask.start.unwrap_or(span.start());
    let length_min = ask.length_min.unwrap_or_else(|| length(span));
    booking::service::check_length(length_min).beside("length")?;
    let time = match ask.block {
        Some(block) => in_block(rules, work.now(), block, length_min)?,
        None => WantedTime::Exact(Span::of(sane(start)?, length_min).beside("length")?),
    };
    let mut own = visit_row::subjects_of(work, row.id).await?;
    own.sort_unstable();
    let mut subjects = visit_row::check_subjects(work, row.client_id, &ask.subjects).await?;
    // What the client can no longer choose they cannot have taken away either.
    subjects.extend(inactive(work, &own).await?);
    subjects.sort_unstable();
    subjects.dedup();
    let notes = Notes::optional(&ask.notes).beside("notes")?;
    let notes = notes.as_ref().map_or("", Notes::as_str);
    Ok(Wanted {
        time: Some(time).filter(|time| !time.is_met_by(span)),
        service,
        subjects: (subjects != own).then(|| subjects.iter().map(|id| SubjectId::of(*id)).collect()),
        notes: (notes != row.notes.trim()).then(|| notes.to_owned()),
    })
}

async fn inactive(work: &Work, subjects: &[Uuid]) -> Result<Vec<Uuid>> {
    let gone = subject::Entity::find()
        .select_only()
        .column(subject::Column::Id)
        .filter(subject::Column::Id.is_in(subjects.iter().copied()))
        .filter(subject::Column::Active.eq(false));
    Ok(gone.into_tuple().all(work.tx()).await?)
}

/// The block on its date: one of the business's own, long enough, and not over.
fn in_block(
    rules: &PortalRules,
    now: DateTime<Utc>,
    (date, block): (NaiveDate, TimeBlock),
    length_min: u32,
) -> Result<WantedTime> {
    if !rules.time_blocks.all().contains(&block) {
        return Err(Refusal::BadChoice).beside("block");
    }
    let within = block.on(&rules.zone, date).beside("block_date")?;
    sane(within.start())
        .map_err(|_| Refusal::BadTime)
        .beside("block_date")?;
    if within.minutes() < i64::from(length_min) {
        return Err(Refusal::BlockTooShort).beside("block");
    }
    if last_start(within, length_min) <= now {
        return Err(Refusal::InThePast).beside("block_date");
    }
    Ok(WantedTime::Block { within, length_min })
}

/// The last time at which a visit can begin in a block.
fn last_start(within: Span, length_min: u32) -> DateTime<Utc> {
    within.end() - TimeDelta::minutes(i64::from(length_min))
}

/// Refuses a block in which the client could not be given a time now (R21, and everything that is booked). Of a service
/// whose times clients do not see, staff look for one.
async fn open_block(
    work: &Work,
    who: &ContactPass,
    placed: &Placed,
    (service, within, length_min): (ServiceId, Span, u32),
) -> Result<()> {
    let mut book = book(work, who, service, within).await?;
    let entry = book.service(service).cloned();
    let entry = entry.ok_or(Refusal::NotFound).beside("service")?;
    if !book.bookable(&entry) {
        return Err(Refusal::ServiceNotBookable).beside("service");
    }
    check_choice_for(Some(&placed.row), &entry, length_min, None)?;
    let last = last_start(within, length_min);
    if last < work.now() + TimeDelta::minutes(i64::from(amount(entry.notice_min))) {
        return Err(Refusal::TooSoon).beside("block_date");
    }
    let zone = book.zone();
    let farthest = entry.advance_days.and_then(|days| {
        let today = zone::date(&zone, work.now());
        today.checked_add_days(Days::new(u64::from(amount(days))))
    });
    if farthest.is_some_and(|day| zone::date(&zone, within.start()) > day) {
        return Err(Refusal::TooFar).beside("block_date");
    }
    if !asked_by(&entry)?.slots() {
        return Ok(());
    }
    let starts = Span::new(within.start(), last + TimeDelta::microseconds(1))?;
    let own = placed.rows.iter().map(|row| Key::of(row.id)).collect();
    let question = query(starts, None, amount(placed.row.seats), own);
    match slots::slots(book.facts(&entry, length_min), &question).is_empty() {
        true => Err(Refusal::BlockFull).beside("block"),
        false => Ok(()),
    }
}

/// The service and the time, where one of them is another.
fn time_of(row: &visit::Model, wanted: &Wanted) -> Result<Option<(ServiceId, WantedTime)>> {
    if wanted.time.is_none() && wanted.service.is_none() {
        return Ok(None);
    }
    let service = wanted.service.unwrap_or(ServiceId::of(row.service_id));
    let time = match wanted.time {
        Some(time) => time,
        None => WantedTime::Exact(row.span()?),
    };
    Ok(Some((service, time)))
}

/// What keeps the wanted time free: with those who come to the visit where they can, else with anyone. Nothing where the
/// service holds nothing.
async fn wanted_places(
    work: &mut Work,
    who: &ContactPass,
    placed: &Placed,
    (service, span): (ServiceId, Span),
) -> Result<std::result::Result<Vec<Place>, Refusal>> {
    let services = [ServiceId::of(placed.row.service_id), service];
    let technicians = placed.technicians();
    work.lock_places(&services, &technicians, &[]).await?;
    expire_around(work, span).await?;
    let mut book = book(work, who, service, span).await?;
    let entry = by_slots(&book, service)?;
    check_choice_for(Some(&placed.row), &entry, length(span), None)?;
    let facts = book.facts(&entry, length(span)).clone();
    let own: Vec<BookingId> = placed.rows.iter().map(|row| Key::of(row.id)).collect();
    let seats = amount(placed.row.seats);
    let question = query(span, None, seats, own.clone());
    let slot = match slots::still_open(&facts, &question, span.start()) {
        Ok(slot) => slot,
        Err(why) => return Ok(Err(why)),
    };
    if !entry.holds {
        return Ok(Ok(Vec::new()));
    }
    let same =
        !technicians.is_empty() && technicians.iter().all(|id| slot.technicians.contains(id));
    let named: Vec<Option<TechnicianId>> = match same {
        true => technicians.into_iter().map(Some).collect(),
        false => vec![None],
    };
    let mut places = Vec::new();
    for (nth, technician) in named.into_iter().enumerate() {
        let held = Held::choose(&facts, &entry, &slot, technician, seats, &own)?;
        let pieces = match held.technician {
            Some(_) => beside(span, placed.row.span()?),
            None => vec![span],
        };
        let whole = pieces == [span];
        places.extend(pieces.into_iter().map(|piece| Place {
            technician: held.technician,
            service,
            span: piece,
            buffers: held.buffers,
            seats,
            group: held.group && whole,
            status: BookingStatus::Pending,
            expires: Some(placed.row.starts_at.min(span.start())),
            request: None,
            visit: None,
            resources: match whole && nth == 0 {
                true => held.resources.clone(),
                false => Vec::new(),
            },
        }));
    }
    Ok(Ok(places))
}

/// The part of the wanted time that the visit does not take itself: of one technician two rows never overlap (R27).
fn beside(wanted: Span, visit: Span) -> Vec<Span> {
    if wanted.end() <= visit.start() || visit.end() <= wanted.start() {
        return vec![wanted];
    }
    let pieces = [
        (wanted.start(), visit.start().min(wanted.end())),
        (visit.end().max(wanted.start()), wanted.end()),
    ];
    let pieces = pieces.into_iter();
    pieces
        .filter_map(|(from, to)| Span::new(from, to).ok())
        .collect()
}

fn block_length(time: WantedTime) -> Option<i32> {
    match time {
        WantedTime::Exact(_) => None,
        WantedTime::Block { length_min, .. } => i32::try_from(length_min).ok(),
    }
}

async fn write(
    work: &mut Work,
    who: &ContactPass,
    (asked, wanted): (&Change, Wanted),
    (visit, places): (&visit::Model, Vec<Place>),
) -> Result<String> {
    let subjects = wanted.subjects.map(|ids| {
        let ids: Vec<Uuid> = ids.into_iter().map(Key::key).collect();
        json!(ids)
    });
    let new = change::Model {
        id: asked.id.key(),
        reference: reference::draw(work, ReferenceKind::Request).await?,
        kind: "change".to_owned(),
        visit_id: visit.id,
        client_id: visit.client_id,
        person_id: who.person.key(),
        status: asked.status().as_str().to_owned(),
        starts_at: wanted.time.map(|time| time.span().start()),
        ends_at: wanted.time.map(|time| time.span().end()),
        block_length_min: wanted.time.and_then(block_length),
        service_id: wanted.service.map(Key::key),
        subjects,
        notes: wanted.notes,
        reason: None,
        late: false,
        decided_at: None,
        decided_by: None,
        decline_reason: None,
        accepted: None,
        created_at: work.now(),
        version: asked.version,
    };
    new.clone().into_active_model().insert(work.tx()).await?;
    for place in &places {
        let booking = hold::occupy(work, None, place).await?;
        let row = change_hold::ActiveModel {
            change_id: Set(new.id),
            booking_id: Set(booking),
        };
        change_hold::Entity::insert(row)
            .exec_without_returning(work.tx())
            .await?;
    }
    Entry::new(Some(who.person), "change", new.id, "submitted")
        .after(&snapshot(&new))?
        .write(work)
        .await?;
    work.tell(Happened::Requests);
    work.tell(Happened::Schedule);
    let event = Event::ChangeSubmitted;
    tell(work, event, (&new, visit), Some(who.person)).await?;
    Ok(new.reference)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn span(from: i64, to: i64) -> Span {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn a_wanted_time_is_held_beside_the_visit_itself() {
        let visit = span(60, 120);
        let table = [
            (span(0, 60), vec![span(0, 60)]),
            (span(120, 180), vec![span(120, 180)]),
            (span(90, 150), vec![span(120, 150)]),
            (span(30, 90), vec![span(30, 60)]),
            (span(30, 150), vec![span(30, 60), span(120, 150)]),
            (span(75, 90), vec![]),
            (span(60, 120), vec![]),
        ];
        for (wanted, pieces) in table {
            assert_eq!(beside(wanted, visit), pieces, "{wanted:?}");
        }
    }
}
