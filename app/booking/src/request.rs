//! The life of a request (spec §5): states that carry their data, transitions that consume and return, or refuse.
//! Whether the time is free is asked of the engine beforehand; an [`Approval`] cannot be made against a hard clash.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clash::{Clash, Objection};
use crate::ids::{ClientId, PersonId, RequestId, ServiceId, TechnicianId, TicketId};
use crate::people::{Notes, Reason};
use crate::recurrence::Recurrence;
use crate::refusal::{Refusal, words};
use crate::service::{Price, check_length};
use crate::span::Span;

/// The most open requests a client may have (spec §5).
pub const MOST_OPEN: u32 = 20;
/// How long a hold lasts unless the business says otherwise, in hours (decision 3).
pub const HOLD_HOURS: u32 = 72;
/// The most other times that are proposed at once.
pub const MOST_PROPOSED: usize = 3;
/// The longest window of dates, in days.
pub const LONGEST_WINDOW_DAYS: i64 = 366;

words! {
    /// What kind of thing is asked for.
    RequestKind {
        /// An exact slot.
        Appointment => "appointment",
        /// One visit inside a window of dates.
        OneTime => "one_time",
        /// Visits that repeat.
        Recurring => "recurring",
        /// Something is wrong and somebody should come: a window of dates.
        Issue => "issue",
    }
}

words! {
    /// Where a request stands (architecture §5). Awaiting the client is pending too (decision 16).
    RequestStatus {
        /// Waiting for staff or for the client.
        Pending => "pending",
        /// Accepted by staff.
        Approved => "approved",
        /// Refused by staff.
        Declined => "declined",
        /// Withdrawn by the client.
        Cancelled => "cancelled",
        /// Nobody decided in time.
        Expired => "expired",
    }
}

words! {
    /// The part of the day in which somebody had better come; a wish, no rule.
    DayPart {
        /// Before noon.
        Morning => "morning",
        /// From noon until six.
        Afternoon => "afternoon",
        /// From six on.
        Evening => "evening",
    }
}

impl DayPart {
    /// The part of the day of an hour, 0–23.
    pub const fn of_hour(hour: u32) -> Self {
        match hour {
            0..12 => Self::Morning,
            12..18 => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}

/// Dates, both included, in the zone of the business: it is there that somebody sets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateWindow {
    first: NaiveDate,
    last: NaiveDate,
}

impl DateWindow {
    /// From `first` to `last`, both included; `today` is the business's.
    ///
    /// # Errors
    /// [`Refusal::BadDateWindow`] when it is backwards, ends before today or is longer than a year.
    pub fn new(first: NaiveDate, last: NaiveDate, today: NaiveDate) -> Result<Self, Refusal> {
        let days = last.signed_duration_since(first).num_days();
        if !(0..=LONGEST_WINDOW_DAYS).contains(&days) || last < today {
            return Err(Refusal::BadDateWindow);
        }
        Ok(Self { first, last })
    }

    /// Like [`DateWindow::new`], for a window that was stored: the present does not matter.
    ///
    /// # Errors
    /// [`Refusal::BadDateWindow`].
    pub fn stored(first: NaiveDate, last: NaiveDate) -> Result<Self, Refusal> {
        Self::new(first, last, last)
    }

    /// The preferred date.
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last possible date.
    pub const fn last(&self) -> NaiveDate {
        self.last
    }
}

/// An exact slot that is asked for, offered by the engine before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedSlot {
    /// When.
    pub span: Span,
    /// With whom; `None`: anyone.
    pub technician: Option<TechnicianId>,
    /// Seats, at least 1.
    pub seats: u32,
}

/// What is asked for; fits its kind by construction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Wish {
    /// An exact slot.
    Appointment(WantedSlot),
    /// One visit on one of some dates.
    OneTime {
        /// The dates.
        window: DateWindow,
        /// Its length.
        length_min: u32,
    },
    /// Visits that repeat, from the window's first date on.
    Recurring {
        /// When the first one may be.
        window: DateWindow,
        /// The length of each.
        length_min: u32,
        /// How they repeat.
        rule: Recurrence,
    },
    /// A visit because something is wrong.
    Issue {
        /// The dates.
        window: DateWindow,
        /// Its length.
        length_min: u32,
    },
}

impl Wish {
    /// Its kind.
    pub const fn kind(&self) -> RequestKind {
        match self {
            Self::Appointment(_) => RequestKind::Appointment,
            Self::OneTime { .. } => RequestKind::OneTime,
            Self::Recurring { .. } => RequestKind::Recurring,
            Self::Issue { .. } => RequestKind::Issue,
        }
    }

    /// The slot, when an exact one is asked for. Only such a request holds anything (decision 3).
    pub const fn slot(&self) -> Option<WantedSlot> {
        match self {
            Self::Appointment(slot) => Some(*slot),
            Self::OneTime { .. } | Self::Recurring { .. } | Self::Issue { .. } => None,
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Appointment(slot) if slot.seats == 0 => Err(Refusal::BadAmount),
            Self::Appointment(slot) => {
                check_length(u32::try_from(slot.span.minutes()).unwrap_or(0))
            }
            Self::OneTime { length_min, .. }
            | Self::Recurring { length_min, .. }
            | Self::Issue { length_min, .. } => check_length(*length_min),
        }
    }
}

/// When a hold on a slot that starts at `start` ends: after `hours`, or at the start, whichever is first (decision 3).
pub fn hold_expiry(now: DateTime<Utc>, start: DateTime<Utc>, hours: u32) -> DateTime<Utc> {
    now.checked_add_signed(TimeDelta::hours(i64::from(hours)))
        .map_or(start, |end| end.min(start))
}

/// A request that can be submitted: checked, and its slot found open by the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    client: ClientId,
    by: PersonId,
    service: ServiceId,
    wish: Wish,
    notes: Option<Notes>,
}

impl NewRequest {
    /// For `client`, asked by the contact or member of staff `by`.
    ///
    /// # Errors
    /// [`Refusal::BadLength`], [`Refusal::BadAmount`].
    pub fn new(
        client: ClientId,
        by: PersonId,
        service: ServiceId,
        wish: Wish,
        notes: Option<Notes>,
    ) -> Result<Self, Refusal> {
        wish.check()?;
        Ok(Self {
            client,
            by,
            service,
            wish,
            notes,
        })
    }

    /// What is asked for.
    pub const fn wish(&self) -> &Wish {
        &self.wish
    }
}

/// An answer by staff that the client has to accept or refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Offer {
    /// Other times, each held while the client thinks.
    Times {
        /// One to three, ascending.
        times: Vec<Proposed>,
    },
    /// A price (C6).
    Quote {
        /// How much.
        price: Price,
        /// What for.
        note: Option<Notes>,
        /// With whom and when it would be.
        time: Proposed,
    },
}

/// A time with a technician that staff propose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proposed {
    /// When.
    pub span: Span,
    /// With whom.
    pub technician: TechnicianId,
}

impl Offer {
    /// Other times.
    ///
    /// # Errors
    /// [`Refusal::BadProposal`] unless there are one to three different ones.
    pub fn times(mut times: Vec<Proposed>) -> Result<Self, Refusal> {
        times.sort_unstable();
        times.dedup();
        if times.is_empty() || times.len() > MOST_PROPOSED {
            return Err(Refusal::BadProposal);
        }
        Ok(Self::Times { times })
    }

    fn includes(&self, choice: Proposed) -> bool {
        match self {
            Self::Times { times } => times.contains(&choice),
            Self::Quote { time, .. } => *time == choice,
        }
    }

    const fn price(&self) -> Option<Price> {
        match self {
            Self::Times { .. } => None,
            Self::Quote { price, .. } => Some(*price),
        }
    }
}

/// What an approval creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "creates")]
pub enum Creates {
    /// One visit.
    Visit(Proposed),
    /// A series with one technician; some of its occurrences may have been left out because they clash (spec §5).
    Series {
        /// With whom.
        technician: TechnicianId,
        /// The local starts that were left out.
        skipped: Vec<NaiveDateTime>,
    },
}

/// A decision to approve that passed every hard rule (decision 11). It carries the reason of an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    by: PersonId,
    at: DateTime<Utc>,
    creates: Creates,
    overruled: Option<Reason>,
    price: Option<Price>,
    ticket: Option<TicketId>,
}

impl Approval {
    /// For one visit. `clashes` and `objections` are the engine's answers about this very time and technician.
    ///
    /// # Errors
    /// The refusal of the first clash; [`Refusal::OverrideNeeded`] when there are objections and no reason.
    pub fn of_visit(
        (by, at): (PersonId, DateTime<Utc>),
        visit: Proposed,
        clashes: &[Clash],
        objections: &[Objection],
        overruled: Option<Reason>,
    ) -> Result<Self, Refusal> {
        if let Some(clash) = clashes.first() {
            return Err(clash.refusal());
        }
        if !objections.is_empty() && overruled.is_none() {
            return Err(Refusal::OverrideNeeded);
        }
        Ok(Self {
            by,
            at,
            creates: Creates::Visit(visit),
            overruled,
            price: None,
            ticket: None,
        })
    }

    /// For a series. `conflicts` are the local starts with a hard clash; without `skip` one of them is too many.
    ///
    /// # Errors
    /// [`Refusal::OccurrencesConflict`].
    pub fn of_series(
        (by, at): (PersonId, DateTime<Utc>),
        technician: TechnicianId,
        conflicts: Vec<NaiveDateTime>,
        skip: bool,
    ) -> Result<Self, Refusal> {
        if !skip && !conflicts.is_empty() {
            return Err(Refusal::OccurrencesConflict);
        }
        let creates = Creates::Series {
            technician,
            skipped: conflicts,
        };
        Ok(Self {
            by,
            at,
            creates,
            overruled: None,
            price: None,
            ticket: None,
        })
    }

    /// Linked to an internal ticket of the same client (A9).
    ///
    /// # Errors
    /// [`Refusal::TicketOfAnotherClient`].
    pub fn with_ticket(
        self,
        ticket: TicketId,
        owner: ClientId,
        client: ClientId,
    ) -> Result<Self, Refusal> {
        if owner != client {
            return Err(Refusal::TicketOfAnotherClient);
        }
        Ok(Self {
            ticket: Some(ticket),
            ..self
        })
    }

    /// Who decided.
    pub const fn by(&self) -> PersonId {
        self.by
    }

    /// When.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// What it creates.
    pub const fn creates(&self) -> &Creates {
        &self.creates
    }

    /// Why soft rules were overruled (R23).
    pub const fn overruled(&self) -> Option<&Reason> {
        self.overruled.as_ref()
    }

    /// The price the client accepted (C6).
    pub const fn price(&self) -> Option<Price> {
        self.price
    }

    /// The internal ticket.
    pub const fn ticket(&self) -> Option<TicketId> {
        self.ticket
    }
}

/// Where a request stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum RequestState {
    /// Waiting.
    Pending {
        /// What the client has to answer; `None`: staff have to.
        offer: Option<Offer>,
        /// When it expires; `None`: never by itself.
        expires: Option<DateTime<Utc>>,
    },
    /// Accepted.
    Approved {
        /// The decision.
        approval: Approval,
        /// What [`Request::undo`] gives back: the expiry it had.
        expired_at: Option<DateTime<Utc>>,
    },
    /// Refused.
    Declined {
        /// By whom.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
        /// Why; the client reads it.
        reason: Option<Reason>,
    },
    /// Withdrawn by the client.
    Cancelled {
        /// When.
        at: DateTime<Utc>,
    },
    /// Nobody decided in time.
    Expired {
        /// When it was found out.
        at: DateTime<Utc>,
    },
}

/// A request, as a value that only changes by the steps of spec §5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// Whose.
    pub client: ClientId,
    /// Who asked.
    pub by: PersonId,
    /// The service.
    pub service: ServiceId,
    /// What is asked for now; earlier wishes are history (decision 2).
    pub wish: Wish,
    /// The client's words.
    pub notes: Option<Notes>,
    /// Where it stands.
    pub state: RequestState,
    /// Rises with each change; what a form was drawn from has to match.
    pub version: i32,
}

impl Request {
    /// Submits a request: pending, with the expiry of its hold or of its slot.
    ///
    /// `open` is how many open requests the client has.
    ///
    /// # Errors
    /// [`Refusal::TooManyOpen`]; [`Refusal::InThePast`] for a slot that has begun.
    pub fn submit(
        id: RequestId,
        new: NewRequest,
        open: u32,
        now: DateTime<Utc>,
        hold_hours: Option<u32>,
    ) -> Result<Self, Refusal> {
        if open >= MOST_OPEN {
            return Err(Refusal::TooManyOpen);
        }
        let expires = expiry(&new.wish, now, hold_hours)?;
        let NewRequest {
            client,
            by,
            service,
            wish,
            notes,
        } = new;
        let state = RequestState::Pending {
            offer: None,
            expires,
        };
        Ok(Self {
            id,
            client,
            by,
            service,
            wish,
            notes,
            state,
            version: 1,
        })
    }

    /// With an end of its own: a request for a window of dates expires when its last date is over, and only its caller
    /// knows in which zone that is. One for an exact slot keeps its own end.
    #[must_use]
    pub fn ending(mut self, at: DateTime<Utc>) -> Self {
        let is_window = self.wish.slot().is_none();
        if let RequestState::Pending { expires, .. } = &mut self.state
            && is_window
        {
            *expires = Some(at);
        }
        self
    }

    /// The word for where it stands.
    pub const fn status(&self) -> RequestStatus {
        match self.state {
            RequestState::Pending { .. } => RequestStatus::Pending,
            RequestState::Approved { .. } => RequestStatus::Approved,
            RequestState::Declined { .. } => RequestStatus::Declined,
            RequestState::Cancelled { .. } => RequestStatus::Cancelled,
            RequestState::Expired { .. } => RequestStatus::Expired,
        }
    }

    /// Whether it waits for the client; badges do not count it then (decision 16).
    pub const fn awaits_client(&self) -> bool {
        matches!(self.state, RequestState::Pending { offer: Some(_), .. })
    }

    /// The client changes what is asked for; validated again, held anew (decision 10). An offer of staff falls away.
    ///
    /// # Errors
    /// As [`Request::submit`]; [`Refusal::Stale`]; from a final state its refusal.
    pub fn edit(
        self,
        version: i32,
        new: NewRequest,
        now: DateTime<Utc>,
        hold_hours: Option<u32>,
    ) -> Result<Self, Refusal> {
        self.live(version, now)?;
        if new.client != self.client {
            return Err(Refusal::NotFound);
        }
        let expires = expiry(&new.wish, now, hold_hours)?;
        let NewRequest {
            service,
            wish,
            notes,
            ..
        } = new;
        let state = RequestState::Pending {
            offer: None,
            expires,
        };
        Ok(Self {
            service,
            wish,
            notes,
            ..self.into_state(state)
        })
    }

    /// The client takes it back; at once, from any pending state, whatever the version (decision 9).
    ///
    /// # Errors
    /// From a final state its refusal.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.pending()?;
        Ok(self.into_state(RequestState::Cancelled { at: now }))
    }

    /// Staff approve. Possible while the client thinks, too: the offer falls away.
    ///
    /// # Errors
    /// [`Refusal::Stale`]; [`Refusal::Expired`]; [`Refusal::KindMismatch`] when a series answers a single visit or the
    /// other way round; from a final state its refusal.
    pub fn approve(self, version: i32, approval: Approval) -> Result<Self, Refusal> {
        let expires = self.live(version, approval.at)?;
        let is_series = matches!(approval.creates, Creates::Series { .. });
        if is_series != matches!(self.wish, Wish::Recurring { .. }) {
            return Err(Refusal::KindMismatch);
        }
        Ok(self.into_state(RequestState::Approved {
            approval,
            expired_at: expires,
        }))
    }

    /// Staff decline; `required` is the business's setting (decision 8).
    ///
    /// # Errors
    /// [`Refusal::ReasonRequired`], [`Refusal::Stale`]; from a final state its refusal.
    pub fn decline(
        self,
        version: i32,
        (by, at): (PersonId, DateTime<Utc>),
        reason: Option<Reason>,
        required: bool,
    ) -> Result<Self, Refusal> {
        self.fresh(version)?;
        if required && reason.is_none() {
            return Err(Refusal::ReasonRequired);
        }
        Ok(self.into_state(RequestState::Declined { by, at, reason }))
    }

    /// Staff propose other times or send a quote; each time was found free before and is held until `expires`.
    ///
    /// # Errors
    /// [`Refusal::Stale`], [`Refusal::Expired`], [`Refusal::BadProposal`] for a time in the past; from a final state its
    /// refusal.
    pub fn propose(
        self,
        version: i32,
        offer: Offer,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.live(version, now)?;
        let past = match &offer {
            Offer::Times { times } => times.iter().any(|t| t.span.start() <= now),
            Offer::Quote { time, .. } => time.span.start() <= now,
        };
        if past || expires <= now {
            return Err(Refusal::BadProposal);
        }
        Ok(self.into_state(RequestState::Pending {
            offer: Some(offer),
            expires: Some(expires),
        }))
    }

    /// The client accepts one of the times, or the quote. `clashes` are the engine's about that time.
    ///
    /// # Errors
    /// [`Refusal::NotAwaitingClient`], [`Refusal::NotProposed`], [`Refusal::Expired`], that of a clash.
    pub fn accept(
        self,
        version: i32,
        choice: Proposed,
        (by, at): (PersonId, DateTime<Utc>),
        clashes: &[Clash],
    ) -> Result<Self, Refusal> {
        let expires = self.live(version, at)?;
        let RequestState::Pending {
            offer: Some(offer), ..
        } = &self.state
        else {
            return Err(Refusal::NotAwaitingClient);
        };
        if !offer.includes(choice) {
            return Err(Refusal::NotProposed);
        }
        if choice.span.start() <= at {
            return Err(Refusal::Expired);
        }
        let mut approval = Approval::of_visit((by, at), choice, clashes, &[], None)?;
        approval.price = offer.price();
        Ok(self.into_state(RequestState::Approved {
            approval,
            expired_at: expires,
        }))
    }

    /// The client refuses the offer, or nothing of it can be had any more: staff have to answer again. The hold of what was
    /// asked first was given up with the offer, so it expires with its slot; where that has begun meanwhile, never by
    /// itself, since staff are to answer once more.
    ///
    /// # Errors
    /// [`Refusal::NotAwaitingClient`], [`Refusal::Stale`]; from a final state its refusal.
    pub fn refuse(self, version: i32, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.fresh(version)?;
        if !self.awaits_client() {
            return Err(Refusal::NotAwaitingClient);
        }
        let start = self.wish.slot().map(|slot| slot.span.start());
        let expires = start.filter(|start| *start > now);
        Ok(self.into_state(RequestState::Pending {
            offer: None,
            expires,
        }))
    }

    /// The clock ends it: its expiry has come, or its slot has started.
    ///
    /// # Errors
    /// [`Refusal::NotExpired`]; from a final state its refusal.
    pub fn expire(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let expires = self.pending()?;
        if expires.is_none_or(|at| now < at) {
            return Err(Refusal::NotExpired);
        }
        Ok(self.into_state(RequestState::Expired { at: now }))
    }

    /// The approver takes an approval back while its letters wait (decision 17).
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for another person, [`Refusal::UndoTooLate`], [`Refusal::VisitTouched`],
    /// [`Refusal::Stale`], [`Refusal::WrongState`].
    pub fn undo(
        self,
        version: i32,
        (by, now): (PersonId, DateTime<Utc>),
        undo: Undo,
    ) -> Result<Self, Refusal> {
        if version != self.version {
            return Err(Refusal::Stale);
        }
        let RequestState::Approved {
            approval,
            expired_at,
        } = &self.state
        else {
            return Err(Refusal::WrongState);
        };
        if approval.by != by {
            return Err(Refusal::NotAllowed);
        }
        if undo.visit_touched {
            return Err(Refusal::VisitTouched);
        }
        if undo.letters_released
            || now > approval.at + TimeDelta::minutes(i64::from(undo.window_min))
        {
            return Err(Refusal::UndoTooLate);
        }
        let expires = *expired_at;
        Ok(self.into_state(RequestState::Pending {
            offer: None,
            expires,
        }))
    }

    /// The expiry of a pending request; the refusal of any other state.
    fn pending(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        match &self.state {
            RequestState::Pending { expires, .. } => Ok(*expires),
            RequestState::Approved { .. } | RequestState::Declined { .. } => {
                Err(Refusal::AlreadyDecided)
            }
            RequestState::Cancelled { .. } => Err(Refusal::AlreadyCancelled),
            RequestState::Expired { .. } => Err(Refusal::Expired),
        }
    }

    fn fresh(&self, version: i32) -> Result<Option<DateTime<Utc>>, Refusal> {
        let expires = self.pending()?;
        if version == self.version {
            Ok(expires)
        } else {
            Err(Refusal::Stale)
        }
    }

    /// Pending, of that version, and not overdue.
    fn live(&self, version: i32, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Refusal> {
        let expires = self.fresh(version)?;
        if expires.is_some_and(|at| at <= now) {
            Err(Refusal::Expired)
        } else {
            Ok(expires)
        }
    }

    fn into_state(self, state: RequestState) -> Self {
        Self {
            state,
            version: self.version.saturating_add(1),
            ..self
        }
    }
}

/// What decides whether an approval can still be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The business's undo window in minutes; 0: none (decision 17).
    pub window_min: u32,
    /// Whether its letters are out.
    pub letters_released: bool,
    /// Whether the visit was changed, started or ended since.
    pub visit_touched: bool,
}

/// `hold_hours`: `None` where the service does not hold; then the request lives until its slot starts.
fn expiry(
    wish: &Wish,
    now: DateTime<Utc>,
    hold_hours: Option<u32>,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(slot) = wish.slot() else {
        return Ok(None);
    };
    let start = slot.span.start();
    if start <= now {
        return Err(Refusal::InThePast);
    }
    Ok(Some(
        hold_hours.map_or(start, |hours| hold_expiry(now, start, hours)),
    ))
}
