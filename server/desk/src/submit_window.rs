//! A client asks for a visit on one of some dates, for visits that repeat, or because something is wrong (C1). Nothing is
//! held: staff find the time when they approve. Pressed twice it happens once.

use booking::ids::{PhotoId, QuestionId, ServiceId, SubjectId, TechnicianId};
use booking::recurrence::{Ends, MOST_OCCURRENCES, Occurrence, Parts, Recurrence};
use booking::refusal::Refusal;
use booking::request::{DateWindow, DayPart, RequestKind, Wish};
use booking::zone;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::answers::Given;
use crate::desk::{Desk, Work};
use crate::free_slots::check_choice;
use crate::free_slots::load::{Book, Wanted, amount, asked_by};
use crate::once::{self, Once};
use crate::pass::ContactPass;
use crate::portal_rules::PortalRules;
use crate::submit_request::{Asked, Details, Submitted, reference_in, write};
use crate::table::service;
use crate::trouble::{Beside, Result};

/// What is wanted, where no exact slot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedWindow {
    /// One-time, recurring or issue.
    pub kind: RequestKind,
    /// Its length in minutes, one the service offers; of each visit, where they repeat.
    pub length_min: u32,
    /// The preferred date, in the zone of the business; the first one of visits that repeat.
    pub from: NaiveDate,
    /// The last possible date.
    pub to: NaiveDate,
    /// When on that day; a wish.
    pub part: Option<DayPart>,
    /// How it repeats; only for recurring.
    pub repeat: Option<Parts>,
    /// With whom; nobody: anyone.
    pub technician: Option<TechnicianId>,
}

/// The form of such a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowRequest {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// The service.
    pub service: ServiceId,
    /// What is wanted.
    pub wanted: WantedWindow,
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

impl Desk {
    /// Submits it: pending, with everybody told (§5, §6).
    ///
    /// # Errors
    /// [`Refusal::TooManyOpen`]; beside their fields: a service that is not the client's to ask for in this way, a length or
    /// technician that is not offered, dates that cannot be, a rule that gives no dates, texts, an unknown ticket or subject,
    /// photos that cannot be taken.
    pub async fn submit_window(&self, who: &ContactPass, ask: WindowRequest) -> Result<Submitted> {
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
        work.lock_client(who.client).await?;
        let book = window_book(&work, who, ask.service).await?;
        let checked = Checked::read(&book, work.now(), ask.service, &ask.wanted)?;
        let details =
            Details::read(&work, who, &book, &ask.notes, &ask.ticket, &ask.subjects).await?;
        let details = details.answering(Given::read(&work, ask.service, &ask.answers).await?);
        let asked = Asked {
            service: ask.service,
            length_min: ask.wanted.length_min,
            technician: ask.wanted.technician,
            seats: 1,
            wish: checked.wish,
            part: ask.wanted.part,
            over: checked.over,
            held: None,
            photos: &ask.photos,
        };
        let reference = write(&mut work, who, &book, asked, details).await?;
        let answer = serde_json::json!({ "reference": reference });
        work.done_once(who.person, &ask.key, answer).await?;
        work.commit().await?;
        Ok(Submitted::Sent { reference })
    }
}

impl Desk {
    /// Whether it could be asked for, before it is: the dates that its rule means, where visits repeat.
    ///
    /// # Errors
    /// As [`Desk::submit_window`] of what is wanted.
    pub async fn check_window(
        &self,
        who: &ContactPass,
        service: ServiceId,
        wanted: &WantedWindow,
    ) -> Result<Vec<NaiveDate>> {
        let book = bare_book(self.db(), self.now(), who, service).await?;
        Ok(Checked::read(&book, self.now(), service, wanted)?.dates)
    }
}

/// The service as the client may book it, inside a write.
pub(crate) async fn window_book(
    work: &Work,
    who: &ContactPass,
    service: ServiceId,
) -> Result<Book> {
    bare_book(work.tx(), work.now(), who, service).await
}

/// Without its calendar: no time is looked at.
async fn bare_book<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    who: &ContactPass,
    service: ServiceId,
) -> Result<Book> {
    let wanted = Wanted {
        service: Some(service),
        client: Some(who.client),
        from: now,
        to: now,
    };
    let book = Book::load(db, now, &wanted).await?;
    book.ok_or(Refusal::NotFound).beside("service")
}

/// What is wanted, as the rules know it.
pub(crate) struct Checked {
    pub wish: Wish,
    /// When its last date is over; of visits that repeat, the first one's.
    pub over: DateTime<Utc>,
    /// The dates that its rule means, where visits repeat.
    pub dates: Vec<NaiveDate>,
}

impl Checked {
    pub(crate) fn read(
        book: &Book,
        now: DateTime<Utc>,
        service: ServiceId,
        wanted: &WantedWindow,
    ) -> Result<Self> {
        let entry = book.service(service);
        let entry = entry.ok_or(Refusal::NotFound).beside("service")?;
        if !book.bookable(entry) || !offers(entry, wanted.kind)? {
            return Err(Refusal::ServiceNotBookable).beside("service");
        }
        check_choice(entry, wanted.length_min, wanted.technician)?;
        if let Some(technician) = wanted.technician
            && !book.can_send(entry, technician)
        {
            return Err(Refusal::BadChoice).beside("technician");
        }
        let zone = book.zone();
        let today = zone::date(&zone, now);
        if wanted.from < today {
            return Err(Refusal::InThePast).beside("from");
        }
        let window = DateWindow::new(wanted.from, wanted.to, today).beside("to")?;
        let mut days = Days {
            first: window.first(),
            last: window.last(),
            field: "to",
        };
        let mut dates = Vec::new();
        let length_min = wanted.length_min;
        let wish = match (wanted.kind, &wanted.repeat) {
            (RequestKind::OneTime, None) => Wish::OneTime { window, length_min },
            (RequestKind::Issue, None) => Wish::Issue { window, length_min },
            (RequestKind::Recurring, Some(parts)) => {
                let (rule, occurrences) = rule_dates(parts, wanted.from, &zone, now)?;
                dates.extend(occurrences.iter().map(|one| one.original_local.date()));
                days = Days::beginning(*dates.first().unwrap_or(&wanted.from));
                Wish::Recurring {
                    window,
                    length_min,
                    rule,
                }
            }
            (RequestKind::Recurring, None) => {
                return Err(Refusal::BadChoice).beside("repeat");
            }
            (RequestKind::Appointment, _)
            | (RequestKind::OneTime | RequestKind::Issue, Some(_)) => {
                return Err(Refusal::KindMismatch).beside("kind");
            }
        };
        let over = days.over(book, entry, now)?;
        Ok(Self { wish, over, dates })
    }
}

/// Whether clients may ask for the service in this way. Something can be wrong with everything.
fn offers(entry: &service::Model, kind: RequestKind) -> Result<bool> {
    Ok(match kind {
        RequestKind::OneTime => asked_by(entry)?.windows(),
        RequestKind::Recurring => entry.recurring,
        RequestKind::Issue => true,
        RequestKind::Appointment => false,
    })
}

/// The days that are asked for, and the field that a refusal of the last one stands beside.
struct Days {
    first: NaiveDate,
    last: NaiveDate,
    field: &'static str,
}

impl Days {
    /// Of visits that repeat: the first date of their rule, which may be later than the typed one. Their form has no last.
    const fn beginning(first: NaiveDate) -> Self {
        Self {
            first,
            last: first,
            field: "from",
        }
    }

    /// When they are over: not before the notice has run, not all before the request cut-off opens, and not beyond what can
    /// be booked ahead (R21). The cut-off counts like notice (§8), so for an issue too.
    fn over(
        &self,
        book: &Book,
        entry: &service::Model,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>> {
        let zone = book.zone();
        let last = zone::day(&zone, self.last).ok_or(Refusal::BadDateWindow);
        let over = last.beside(self.field)?.end();
        if over <= now + TimeDelta::minutes(i64::from(amount(entry.notice_min))) {
            return Err(Refusal::TooSoon).beside(self.field);
        }
        let cut_off = PortalRules::of(&book.business)?.request_cut_off;
        let opening = cut_off.opening(now, &zone);
        if opening.date.is_some_and(|date| self.last < date)
            || opening.instant.is_some_and(|instant| over <= instant)
        {
            return Err(Refusal::CutOffPassed).beside(self.field);
        }
        let ahead = |days| TimeDelta::days(i64::from(amount(days)));
        let farthest = entry
            .advance_days
            .and_then(|days| zone::date(&zone, now).checked_add_signed(ahead(days)));
        if farthest.is_some_and(|day| self.first > day) {
            return Err(Refusal::TooFar).beside("from");
        }
        Ok(over)
    }
}

/// A rule with the dates it means, from a first date on, as far as they are laid out: a year for one without an end.
///
/// # Errors
/// What the rule refuses, beside `repeat`.
pub fn rule_dates(
    parts: &Parts,
    first: NaiveDate,
    zone: &Tz,
    now: DateTime<Utc>,
) -> Result<(Recurrence, Vec<Occurrence>)> {
    if matches!(parts.ends, Ends::Count(count) if count as usize > MOST_OCCURRENCES) {
        return Err(Refusal::BadRecurrenceCount).beside("repeat");
    }
    let rule = Recurrence::new(parts.clone()).beside("repeat")?;
    let horizon = match rule.parts().ends {
        Ends::Never => now + TimeDelta::days(366),
        Ends::Count(_) | Ends::Until(_) => now + TimeDelta::days(366 * 20),
    };
    let noon = first.and_time(NaiveTime::MIN) + TimeDelta::hours(12);
    let occurrences = rule
        .occurrences(noon, zone, MOST_OCCURRENCES, horizon)
        .beside("repeat")?;
    Ok((rule, occurrences))
}
