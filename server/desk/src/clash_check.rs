//! What staff see while they choose technician and time for a request: clashes, objections, what is free around it, and who
//! else could do it. Nothing is locked: approving asks again.

use booking::clash::{Clash, Exclusion, Objection, explain, hard_clashes, soft_objections};
use booking::hours;
use booking::ids::{BookingId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::slots::{Facts, Query};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

use crate::approve_request::{counts, is_as_asked};
use crate::desk::Desk;
use crate::free_slots::load::{self, Book, Wanted, amount};
use crate::free_slots::{OfferedSlot, sane};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::queue::{load_on, names};
use crate::table::{booking as bookings, request};
use crate::trouble::{Beside, Result};

/// The answer to a technician and a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClashReport {
    /// What makes it impossible; empty: it can be approved.
    pub hard: Vec<ClashSeen>,
    /// What speaks against it and can be overruled with a reason.
    pub soft: Vec<Objection>,
    /// When it cannot be: the nearest free slots, at most three.
    pub next_free: Vec<OfferedSlot>,
    /// Whether it is on none of the days that the client named, where they named days.
    pub other_day: bool,
    /// Minutes free before it, since the last booking or the start of work; nothing outside working hours.
    pub free_before_min: Option<u32>,
    /// Minutes free after it.
    pub free_after_min: Option<u32>,
}

/// A hard clash, with what is in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClashSeen {
    /// The rule.
    pub why: Refusal,
    /// When the other booking is.
    pub span: Option<Span>,
    /// Whose it is.
    pub client: Option<String>,
}

/// A technician who could be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TechnicianChoice {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// Whether nothing speaks against it.
    pub free: bool,
    /// What does, hard rules first.
    pub why: Vec<Refusal>,
    /// Whether it can be approved all the same, with a reason.
    pub possible: bool,
    /// Whether the client asked for them.
    pub asked: bool,
    /// How many bookings they have on that date.
    pub that_day: u32,
}

/// Why a technician is not offered at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyNot {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// The rules that exclude it, hard ones first; empty: it is offered.
    pub exclusions: Vec<Exclusion>,
}

impl Desk {
    /// Checks a technician and a time for a request while staff choose; the request's own hold does not count (R20).
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; a length or start that cannot be, beside its field.
    pub async fn clash_check(
        &self,
        who: &StaffPass,
        request: &str,
        technician: TechnicianId,
        start: DateTime<Utc>,
        length_min: u32,
    ) -> Result<ClashReport> {
        let row = self.request_seen(who, request).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        let span = checked(start, length_min)?;
        let around = self.around(&row, span).await?;
        let (seats, own) = (amount(row.seats), around.own.as_slice());
        let clashes = hard_clashes(&around.facts, Some(technician), span, seats, own);
        let soft = soft_objections(&around.facts, Some(technician), span, seats, own);
        let unchanged = is_as_asked(&row, start);
        let next_free = match clashes.is_empty() {
            true => Vec::new(),
            false => self.free_near(&row, Some(technician), span, 3).await?,
        };
        let free = free_around(&around.facts, technician, span, own);
        let date = zone::date(&around.book.zone(), start);
        let named = row.window_from.zip(row.window_to);
        Ok(ClashReport {
            other_day: named.is_some_and(|(from, to)| date < from || date > to),
            hard: seen(self.db(), &clashes).await?,
            soft: soft.into_iter().filter(|o| counts(*o, unchanged)).collect(),
            next_free,
            free_before_min: free.map(|free| free.0),
            free_after_min: free.map(|free| free.1),
        })
    }

    /// Who could be sent at a time (none: as asked): the free and qualified first, among them the one the client asked for,
    /// then the least loaded of that day; then those against whom something speaks.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; a length or start that cannot be, beside its field.
    pub async fn technicians_for(
        &self,
        who: &StaffPass,
        request: &str,
        start: Option<DateTime<Utc>>,
        length_min: Option<u32>,
    ) -> Result<Vec<TechnicianChoice>> {
        let row = self.request_seen(who, request).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        let start = start.or(row.starts_at).ok_or(Refusal::BadTime);
        let length = length_min.unwrap_or_else(|| amount(row.length_min));
        let span = checked(start.beside("start")?, length)?;
        let around = self.around(&row, span).await?;
        let names = names(self.db()).await?;
        let active = around.facts.technicians.iter().filter(|t| t.active);
        let mut found: Vec<TechnicianChoice> = active
            .map(|t| choice(&around, &row, t.id, span, &names))
            .collect();
        found.sort_by_key(|c| {
            let place = around.book.position(c.id);
            (!c.free, !c.possible, !c.asked, c.that_day, place)
        });
        Ok(found)
    }

    /// "Why is this time not offered?": for each technician, or one, the rules that exclude a start.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who is nothing else; [`Refusal::NotFound`] beside `service`;
    /// [`Refusal::BadLength`] beside `length` for one at which the service is not offered.
    pub async fn why_not_offered(
        &self,
        who: &StaffPass,
        service: ServiceId,
        length_min: u32,
        technician: Option<TechnicianId>,
        start: DateTime<Utc>,
    ) -> Result<Vec<WhyNot>> {
        who.dispatcher()?;
        let span = checked(start, length_min)?;
        let book = self.book_around(service, span).await?;
        let mut book = book.ok_or(Refusal::NotFound).beside("service")?;
        let entry = book.service(service).cloned();
        let entry = entry.ok_or(Refusal::NotFound).beside("service")?;
        if !load::lengths(&entry)?.offers(length_min) {
            return Err(Refusal::BadLength).beside("length");
        }
        let mut facts = book.facts(&entry, length_min).clone();
        facts.service.bookable = entry.bookable && entry.active;
        let names = names(self.db()).await?;
        let query = Query::anyone(span.start(), span.end());
        let asked = facts
            .technicians
            .iter()
            .filter(|t| technician.is_none_or(|id| id == t.id));
        let mut found: Vec<WhyNot> = asked
            .map(|t| WhyNot {
                id: t.id,
                name: names.get(&t.id).cloned().unwrap_or_default(),
                exclusions: explain(&facts, &query, t.id, start),
            })
            .collect();
        found.sort_by_key(|w| book.position(w.id));
        Ok(found)
    }

    async fn around(&self, row: &request::Model, span: Span) -> Result<Around> {
        let service = ServiceId::of(row.service_id);
        let mut book = self
            .book_around(service, span)
            .await?
            .ok_or(Refusal::NotFound)?;
        let entry = book.service(service).cloned().ok_or(Refusal::NotFound)?;
        let length = u32::try_from(span.minutes()).unwrap_or(0);
        let facts = book.facts(&entry, length).clone();
        let own: Vec<Uuid> = bookings::Entity::find()
            .select_only()
            .column(bookings::Column::Id)
            .filter(bookings::Column::RequestId.eq(row.id))
            .into_tuple()
            .all(self.db())
            .await?;
        let own = own.into_iter().map(BookingId::of).collect();
        Ok(Around { book, facts, own })
    }

    async fn book_around(&self, service: ServiceId, span: Span) -> Result<Option<Book>> {
        let wanted = Wanted {
            service: Some(service),
            client: None,
            from: span.start(),
            to: span.end(),
        };
        Book::load(self.db(), self.now(), &wanted).await
    }
}

/// The calendar around a time, for one request.
struct Around {
    book: Book,
    facts: Facts<Tz>,
    own: Vec<BookingId>,
}

fn checked(start: DateTime<Utc>, length_min: u32) -> Result<Span> {
    booking::service::check_length(length_min).beside("length")?;
    Span::of(sane(start)?, length_min).beside("start")
}

fn choice(
    around: &Around,
    row: &request::Model,
    id: TechnicianId,
    span: Span,
    names: &HashMap<TechnicianId, String>,
) -> TechnicianChoice {
    let (seats, own) = (amount(row.seats), around.own.as_slice());
    let hard = hard_clashes(&around.facts, Some(id), span, seats, own);
    let unchanged = is_as_asked(row, span.start());
    let soft = soft_objections(&around.facts, Some(id), span, seats, own);
    let possible = hard.is_empty();
    let mut why: Vec<Refusal> = hard.iter().map(Clash::refusal).collect();
    why.extend(
        soft.into_iter()
            .filter(|o| counts(*o, unchanged))
            .map(Objection::refusal),
    );
    why.dedup();
    TechnicianChoice {
        id,
        name: names.get(&id).cloned().unwrap_or_default(),
        asked: row.technician_id == Some(id.key()),
        free: why.is_empty(),
        why,
        possible,
        that_day: u32::try_from(load_on(&around.book, id, span.start())).unwrap_or(u32::MAX),
    }
}

/// Minutes free before and after a span: to the next booking, time off or end of work. Nothing where it is not free.
fn free_around(
    facts: &Facts<Tz>,
    technician: TechnicianId,
    span: Span,
    own: &[BookingId],
) -> Option<(u32, u32)> {
    let who = facts.technicians.iter().find(|t| t.id == technician)?;
    let day = TimeDelta::days(1);
    let window = (span.start() - day, span.end() + day);
    let working = hours::working(who, &facts.business_tz, &facts.closures, window);
    let stretch = working.into_iter().find(|s| s.encloses(&span))?;
    let others = facts.bookings.iter().filter(|b| {
        b.technician == Some(technician)
            && b.blocks_at(facts.now)
            && b.id.is_none_or(|id| !own.contains(&id))
    });
    let busy: Vec<Span> = others
        .map(|b| b.span)
        .chain(who.time_off.iter().copied())
        .collect();
    if busy.iter().any(|b| b.overlaps(&span)) {
        return None;
    }
    let before = busy
        .iter()
        .map(Span::end)
        .filter(|end| *end <= span.start());
    let after = busy
        .iter()
        .map(Span::start)
        .filter(|start| *start >= span.end());
    let before = before.fold(stretch.start(), Ord::max);
    let after = after.fold(stretch.end(), Ord::min);
    let minutes = |from, to| {
        let length: TimeDelta = to - from;
        u32::try_from(length.num_minutes()).ok()
    };
    Some((minutes(before, span.start())?, minutes(span.end(), after)?))
}

/// Adds to each clash whose booking is in the way.
pub(crate) async fn seen<C: ConnectionTrait>(db: &C, clashes: &[Clash]) -> Result<Vec<ClashSeen>> {
    let ids: Vec<Uuid> = clashes
        .iter()
        .filter_map(|clash| match clash {
            Clash::Booking { booking, .. } => booking.map(Key::key),
            Clash::Seats { .. } | Clash::Units { .. } | Clash::NotQualified | Clash::Inactive => {
                None
            }
        })
        .collect();
    let clients = clients(db, &ids).await?;
    let one = |clash: &Clash| {
        let (span, booking) = match clash {
            Clash::Booking { booking, span } => (Some(*span), *booking),
            Clash::Seats { span, .. } => (Some(*span), None),
            Clash::Units { .. } | Clash::NotQualified | Clash::Inactive => (None, None),
        };
        ClashSeen {
            why: clash.refusal(),
            span,
            client: booking.and_then(|id| clients.get(&id.key()).cloned()),
        }
    };
    Ok(clashes.iter().map(one).collect())
}

async fn clients<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT b.id, c.name FROM bookings b LEFT JOIN requests r ON r.id = b.request_id LEFT JOIN visits v ON v.id = b.visit_id \
         LEFT JOIN change_holds h ON h.booking_id = b.id LEFT JOIN changes g ON g.id = h.change_id \
         JOIN clients c ON c.id = COALESCE(v.client_id, r.client_id, g.client_id) WHERE b.id IN ({})",
        places.join(", ")
    );
    let values: Vec<sea_orm::Value> = ids.iter().map(|id| (*id).into()).collect();
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let mut found = HashMap::new();
    for row in db.query_all_raw(asked).await? {
        let id: Uuid = row.try_get("", "id")?;
        found.insert(id, row.try_get("", "name")?);
    }
    Ok(found)
}
