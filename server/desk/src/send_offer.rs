//! Staff answer a request with an offer: other times, or a quote for one time. Everything hard is checked under the locks of
//! the calendar, each time is kept free, what was held before is given up, and the client is told with a signed link, in one
//! transaction. One that is sent again takes the place of the one before.
//!
//! Visits that repeat are answered otherwise, and refused here: an offer holds single times and a quote is the price of one
//! visit, while a series has dates by the dozen, each of which may have to move. Staff plan the series, where every date is
//! checked, moved or left out, at the price of the client's agreement; or they decline with a word. So the office shows
//! "Other times" and "Quote" for requests of a single visit only.

use std::collections::HashMap;

use booking::clash::Objection;
use booking::ids::{PersonId, ReferenceKind, ServiceId, TechnicianId};
use booking::letter::Event;
use booking::offer::{Amount, LONGEST_VALID_DAYS, OfferKind, OfferStatus, Totals, totals};
use booking::people::{Name, Notes, Reason};
use booking::refusal::Refusal;
use booking::request::{Offer, Proposed, RequestKind, hold_expiry};
use booking::span::Span;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::approve_request::too_late;
use crate::change_request::{LastChange, may_decide, replace, snapshot};
use crate::desk::{Desk, Work};
use crate::expire_requests::expire_around;
use crate::free_slots::load::amount;
use crate::free_slots::sane;
use crate::history::Entry;
use crate::hold::{self, Place};
use crate::key::Key;
use crate::offer::{self, keep, spot};
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::placing::Placing;
use crate::queue::names;
use crate::table::{offer as offers, offer_time, quote_line, request};
use crate::trouble::{Beside, Result};
use crate::{offer_link, reference};

/// Beside which field a refusal of the first, second, third time stands.
pub const TIME_FIELDS: [&str; 3] = ["time_1", "time_2", "time_3"];

/// A time that is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProposedTime {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Who would come.
    pub technician: TechnicianId,
}

/// What both forms say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferForm {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `R-…`.
    pub request: String,
    /// The version the form was drawn from.
    pub version: i32,
    /// The length in minutes; none: as asked.
    pub length_min: Option<u32>,
    /// A word for the client, as typed; may be empty.
    pub note: String,
    /// Why soft rules are overruled, as typed; may be empty (R23).
    pub override_reason: String,
}

/// The form "propose other times".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewProposal {
    /// What both forms say.
    pub form: OfferForm,
    /// One to three times.
    pub times: Vec<ProposedTime>,
}

/// The form "send a quote". Sums are not in it: the desk works them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewQuote {
    /// What both forms say.
    pub form: OfferForm,
    /// When it would be.
    pub time: ProposedTime,
    /// What for, how much, at which price.
    pub lines: Vec<(Name, Amount)>,
    /// The rate of tax in hundredths of a per cent.
    pub tax_bp: u32,
    /// Until when it can be accepted; at the latest until the time begins.
    pub valid_until: DateTime<Utc>,
}

/// The answer to an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum OfferSent {
    /// The client has to answer now.
    Done {
        /// `Q-…` of a quote.
        quote: Option<String>,
    },
    /// Soft rules speak against a time: nothing was done until a reason is given (R23).
    Objected {
        /// Which, most telling first.
        objections: Vec<Objection>,
    },
    /// Somebody else was faster: nothing was done now.
    Changed(LastChange),
}

impl Desk {
    /// Proposes one to three other times for a pending request (§5). Each is held until the offer runs out: after the
    /// business's hours for holds, each at the latest at its own start.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::KindMismatch`] for one that repeats; beside `time_1` to
    /// `time_3`: what makes a time impossible; [`Refusal::BadProposal`] beside `time_1` for none, too many or one twice;
    /// texts and the length beside their fields.
    pub async fn propose_times(&self, who: &StaffPass, ask: NewProposal) -> Result<OfferSent> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        if let Some(before) = again(&work, who.person, &ask.form.key, &body).await? {
            return Ok(before);
        }
        let row = pending(&work, who, &ask.form, &ask.times).await?;
        if let Some(changed) = too_late(&mut work, &row, ask.form.version).await? {
            work.not_done(who.person, &ask.form.key).await?;
            work.commit().await?;
            return Ok(OfferSent::Changed(changed));
        }
        let mut draft = Draft::of(&row, &ask.form, &ask.times)?;
        draft.rule = Offer::times(draft.times.clone()).beside("time_1")?;
        let (places, objections) = kept(&mut work, &row, &draft).await?;
        if let Some(answer) = objected(&draft, objections) {
            return Ok(answer);
        }
        let hours = amount(places.book.business.hold_hours);
        let ends = |time: &Proposed| hold_expiry(work.now(), time.span.start(), hours);
        draft.expires = draft.times.iter().map(ends).max().unwrap_or(work.now());
        let answer = write(&mut work, who, (&row, &draft), places).await?;
        work.done_once(who.person, &ask.form.key, answer.clone())
            .await?;
        work.commit().await?;
        Ok(done(&answer))
    }

    /// Sends a quote for a pending request (C6, §5): the price and the time it is for, which is held as long as the quote is
    /// valid. A quote that is sent again takes the place of the one before.
    ///
    /// # Errors
    /// As [`Desk::propose_times`]; beside `lines` or `tax` what is no quote; [`Refusal::BadDate`] beside `valid_until` for
    /// the past or more than a year ahead.
    pub async fn send_quote(&self, who: &StaffPass, ask: NewQuote) -> Result<OfferSent> {
        let mut work = self.begin().await?;
        let body = once::hash(&ask)?;
        if let Some(before) = again(&work, who.person, &ask.form.key, &body).await? {
            return Ok(before);
        }
        let row = pending(&work, who, &ask.form, &[ask.time]).await?;
        if let Some(changed) = too_late(&mut work, &row, ask.form.version).await? {
            work.not_done(who.person, &ask.form.key).await?;
            work.commit().await?;
            return Ok(OfferSent::Changed(changed));
        }
        let mut draft = Draft::of(&row, &ask.form, &[ask.time])?;
        draft.quote = Some(Quote::of(&work, &ask)?);
        draft.rule = quoted(&draft)?;
        draft.expires = valid(&work, &draft, ask.valid_until).beside("valid_until")?;
        let (places, objections) = kept(&mut work, &row, &draft).await?;
        if let Some(answer) = objected(&draft, objections) {
            return Ok(answer);
        }
        let answer = write(&mut work, who, (&row, &draft), places).await?;
        work.done_once(who.person, &ask.form.key, answer.clone())
            .await?;
        work.commit().await?;
        Ok(done(&answer))
    }
}

/// What the same form did before.
async fn again(work: &Work, who: PersonId, key: &str, body: &str) -> Result<Option<OfferSent>> {
    match work.once(who, key, body).await? {
        Once::First => Ok(None),
        Once::Again(result) => Ok(Some(done(&result))),
        Once::Reused(_) => Err(Refusal::KeyReused.into()),
    }
}

fn done(result: &Value) -> OfferSent {
    let quote = result.get("quote").and_then(Value::as_str);
    OfferSent::Done {
        quote: quote.map(str::to_owned),
    }
}

fn objected(draft: &Draft, objections: Vec<Objection>) -> Option<OfferSent> {
    let silent = objections.is_empty() || draft.reason.is_some();
    (!silent).then_some(OfferSent::Objected { objections })
}

/// The request, locked, if this person may decide it with these technicians. One that repeats is answered otherwise: an
/// offer is about one visit.
async fn pending(
    work: &Work,
    who: &StaffPass,
    form: &OfferForm,
    times: &[ProposedTime],
) -> Result<request::Model> {
    let row = work.request(&form.request).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let technicians = times.iter().map(|time| Some(time.technician.key()));
    let technicians: Vec<Option<Uuid>> = technicians.chain([row.technician_id]).collect();
    may_decide(work, who, &technicians).await?;
    if row.kind()? == RequestKind::Recurring {
        return Err(Refusal::KindMismatch.into());
    }
    Ok(row)
}

/// An offer that is being made.
struct Draft {
    times: Vec<Proposed>,
    length_min: u32,
    note: Option<Notes>,
    reason: Option<Reason>,
    quote: Option<Quote>,
    rule: Offer,
    expires: DateTime<Utc>,
}

impl Draft {
    fn of(row: &request::Model, form: &OfferForm, times: &[ProposedTime]) -> Result<Self> {
        let length_min = form.length_min.unwrap_or_else(|| amount(row.length_min));
        booking::service::check_length(length_min).beside("length")?;
        let mut all = Vec::new();
        for (time, field) in times.iter().zip(TIME_FIELDS) {
            let start = sane(time.start).map_err(|_| Refusal::BadTime);
            all.push(Proposed {
                span: Span::of(start.beside(field)?, length_min).beside(field)?,
                technician: time.technician,
            });
        }
        if times.len() > TIME_FIELDS.len() {
            return Err(Refusal::BadProposal).beside("time_1");
        }
        Ok(Self {
            rule: Offer::Times { times: all.clone() },
            times: all,
            length_min,
            note: Notes::optional(&form.note).beside("note")?,
            reason: Reason::optional(&form.override_reason).beside("override_reason")?,
            quote: None,
            expires: DateTime::UNIX_EPOCH,
        })
    }

    fn kind(&self) -> OfferKind {
        match self.quote {
            Some(_) => OfferKind::Quote,
            None => OfferKind::Times,
        }
    }

    fn note(&self) -> &str {
        self.note.as_ref().map_or("", Notes::as_str)
    }

    fn reason(&self) -> Option<String> {
        self.reason
            .as_ref()
            .map(|reason| reason.as_str().to_owned())
    }
}

/// The price of a quote.
struct Quote {
    lines: Vec<(Name, Amount)>,
    tax_bp: u32,
    totals: Totals,
}

impl Quote {
    fn of(work: &Work, ask: &NewQuote) -> Result<Self> {
        if ask.valid_until <= work.now()
            || ask.valid_until > work.now() + TimeDelta::days(LONGEST_VALID_DAYS)
        {
            return Err(Refusal::BadDate).beside("valid_until");
        }
        let amounts: Vec<Amount> = ask.lines.iter().map(|(_, amount)| *amount).collect();
        Ok(Self {
            lines: ask.lines.clone(),
            tax_bp: ask.tax_bp,
            totals: totals(&amounts, ask.tax_bp).beside("lines")?,
        })
    }
}

fn quoted(draft: &Draft) -> Result<Offer> {
    let time = draft.times.first().copied();
    let price = draft.quote.as_ref().map(|quote| quote.totals.gross);
    let (time, price) = time.zip(price).ok_or(Refusal::BadProposal)?;
    Ok(Offer::Quote {
        price,
        note: draft.note.clone(),
        time,
    })
}

/// A quote ends when it says so, at the latest when its time begins.
fn valid(
    work: &Work,
    draft: &Draft,
    until: DateTime<Utc>,
) -> std::result::Result<DateTime<Utc>, Refusal> {
    let starts = draft.times.iter().map(|time| time.span.start()).min();
    let ends = starts.map_or(until, |start| start.min(until));
    if ends <= work.now() {
        return Err(Refusal::InThePast);
    }
    Ok(ends)
}

/// The times of an offer as they are going to be kept free, and the business whose calendar it is.
struct Kept {
    book: crate::free_slots::load::Book,
    places: Vec<Place>,
}

/// Checks every time under the locks of the calendar, the earlier ones of the same offer included (R14, R17, R18).
async fn kept(
    work: &mut Work,
    row: &request::Model,
    draft: &Draft,
) -> Result<(Kept, Vec<Objection>)> {
    let service = ServiceId::of(row.service_id);
    let technicians: Vec<TechnicianId> = draft.times.iter().map(|time| time.technician).collect();
    work.lock_places(&[service], &technicians, &[]).await?;
    for time in &draft.times {
        expire_around(work, time.span).await?;
    }
    let from = draft.times.iter().map(|time| time.span.start()).min();
    let to = draft.times.iter().map(|time| time.span.end()).max();
    let range = from.zip(to).ok_or(Refusal::BadProposal).beside("time_1")?;
    let asked = (service, draft.length_min);
    let mut placing = Placing::load(work.tx(), work.now(), asked, range, &[]).await?;
    let held = hold::of_request(work, row.id).await?;
    placing.own = held.iter().map(|row| Key::of(row.id)).collect();
    let (mut places, mut objections) = (Vec::new(), Vec::new());
    for (time, field) in draft.times.iter().zip(TIME_FIELDS) {
        let spot = spot(row, *time);
        if let Some((_, clash)) = placing.clashes(&spot).first() {
            return Err(clash.refusal()).beside(field);
        }
        let soft = placing.objections(&spot);
        if soft.contains(&Objection::InThePast) {
            return Err(Refusal::InThePast).beside(field);
        }
        objections.extend(soft);
        places.push(keep(work, &mut placing, row, *time)?);
    }
    objections.sort_unstable();
    objections.dedup();
    let book = placing.book;
    Ok((Kept { book, places }, objections))
}

async fn write(
    work: &mut Work,
    who: &StaffPass,
    (row, draft): (&request::Model, &Draft),
    kept: Kept,
) -> Result<Value> {
    let rule = draft.rule.clone();
    let offered = row
        .pending()?
        .propose(row.version, rule, work.now(), draft.expires)?;
    let after = request::Model {
        status: offered.status().as_str().to_owned(),
        awaiting_client: offered.awaits_client(),
        expires_at: Some(draft.expires),
        ..row.clone()
    };
    let after = replace(work, row, after).await?;
    offer::end(work, row, OfferStatus::Replaced, Some(who.person), None).await?;
    for held in hold::of_request(work, row.id).await? {
        if held.blocking {
            hold::release(work, &held, booking::slots::BookingStatus::Rescheduled).await?;
        }
    }
    let made = insert(work, who, &after, draft, &kept.book.business.currency).await?;
    let times = occupy(work, &made, draft, kept.places).await?;
    write_lines(work, made.id, draft).await?;
    write_history(work, who, (row, &after), &made, &times).await?;
    tell(work, who, &after, (&made, &times)).await?;
    Ok(json!({ "request": after.reference, "quote": made.reference }))
}

async fn insert(
    work: &Work,
    who: &StaffPass,
    request: &request::Model,
    draft: &Draft,
    currency: &str,
) -> Result<offers::Model> {
    let totals = draft.quote.as_ref().map(|quote| quote.totals);
    let sum = |of: fn(Totals) -> booking::service::Price| totals.map_or(0, |all| of(all).minor());
    let row = offers::Model {
        id: work.id(),
        request_id: request.id,
        kind: draft.kind().as_str().to_owned(),
        reference: match draft.quote {
            Some(_) => Some(reference::draw(work, ReferenceKind::Quote).await?),
            None => None,
        },
        status: OfferStatus::Open.as_str().to_owned(),
        note: draft.note().to_owned(),
        currency: currency.to_owned(),
        tax_bp: hold::minutes(draft.quote.as_ref().map_or(0, |quote| quote.tax_bp)),
        net_minor: sum(|all| all.net),
        tax_minor: sum(|all| all.tax),
        total_minor: sum(|all| all.gross),
        overruled: draft.reason(),
        expires_at: draft.expires,
        created_at: work.now(),
        created_by: who.person.key(),
        ended_at: None,
        ended_by: None,
        word: None,
    };
    row.clone().into_active_model().insert(work.tx()).await?;
    Ok(row)
}

/// Each time is kept free until the offer runs out, at the latest until it begins.
async fn occupy(
    work: &Work,
    made: &offers::Model,
    draft: &Draft,
    places: Vec<Place>,
) -> Result<Vec<offer_time::Model>> {
    let mut times = Vec::new();
    for (time, place) in draft.times.iter().zip(places) {
        let place = Place {
            expires: Some(made.expires_at.min(time.span.start())),
            ..place
        };
        let row = offer_time::Model {
            id: work.id(),
            offer_id: made.id,
            technician_id: time.technician.key(),
            starts_at: time.span.start(),
            ends_at: time.span.end(),
            booking_id: hold::occupy(work, None, &place).await?,
            lost: false,
        };
        times.push(row);
    }
    let rows = times
        .iter()
        .cloned()
        .map(IntoActiveModel::into_active_model);
    offer_time::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    times.sort_by_key(|time| time.starts_at);
    Ok(times)
}

async fn write_lines(work: &Work, made: Uuid, draft: &Draft) -> Result<()> {
    let Some(quote) = &draft.quote else {
        return Ok(());
    };
    let mut rows = Vec::new();
    for (position, (words, amount)) in (0..).zip(&quote.lines) {
        let row = quote_line::Model {
            offer_id: made,
            position,
            words: words.as_str().to_owned(),
            hundredths: hold::minutes(amount.hundredths()),
            unit_minor: amount.unit().minor(),
            total_minor: amount.total()?.minor(),
        };
        rows.push(row.into_active_model());
    }
    quote_line::Entity::insert_many(rows)
        .exec_without_returning(work.tx())
        .await?;
    Ok(())
}

/// What history says of an offer: its times, and the price of a quote.
pub(crate) fn remembered(row: &offers::Model, times: &[offer_time::Model]) -> Value {
    let times = times
        .iter()
        .map(|time| json!({ "start": time.starts_at, "end": time.ends_at }));
    json!({
        "times": times.collect::<Vec<_>>(),
        "quote": row.reference,
        "total": row.total_minor,
        "currency": row.currency,
    })
}

async fn write_history(
    work: &Work,
    who: &StaffPass,
    (before, after): (&request::Model, &request::Model),
    made: &offers::Model,
    times: &[offer_time::Model],
) -> Result<()> {
    let what = match offer::kind(made)? {
        OfferKind::Times => "times_proposed",
        OfferKind::Quote => "quote_sent",
    };
    let mut now = snapshot(after);
    if let Some(facts) = now.as_object_mut() {
        facts.insert("offer".to_owned(), remembered(made, times));
        facts.insert("overruled".to_owned(), json!(made.overruled));
    }
    let note = Some(made.note.clone()).filter(|note| !note.is_empty());
    Entry::new(Some(who.person), "request", before.id, what)
        .before(&snapshot(before))?
        .after(&now)?
        .reason(note)
        .write(work)
        .await
}

async fn tell(
    work: &mut Work,
    who: &StaffPass,
    request: &request::Model,
    (made, times): (&offers::Model, &[offer_time::Model]),
) -> Result<()> {
    let names: HashMap<TechnicianId, String> = names(work.tx()).await?;
    let name = |id: TechnicianId| names.get(&id).cloned().unwrap_or_default();
    let event = match offer::kind(made)? {
        OfferKind::Times => Event::TimesProposed,
        OfferKind::Quote => Event::QuoteSent,
    };
    let person = PersonId::of(request.person_id);
    let token = offer_link::make(work, person, made).await?;
    let mut news = News::new(event, request, Some(who.person));
    news.offer = Some(offer::facts(made, times, name));
    news.letter_link = Some(format!("/l/{token}"));
    announce(work, &news).await
}
