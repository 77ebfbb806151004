//! Staff book an appointment for a client, once or as a series (B3, R28). Everything is checked under the locks of the
//! calendar, everybody is told in the same transaction; of a series with conflicts nothing is written unless they are skipped.

use booking::ids::{ClientId, PersonId};
use booking::letter::Event;
use booking::recurrence::Parts;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::{Correction, Visit, VisitStatus};
use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::change_request::may_decide;
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::history::Entry;
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::placing::{Occupant, Placing, Spot};
use crate::table::{client, request, visit};
use crate::trouble::{Beside, Result};
use crate::visit_form::{Booked, FormWords, VisitForm, beside_technicians};
use crate::visit_row::{self, Draft};

/// The form "New Appointment".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVisit {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// For whom.
    pub client: ClientId,
    /// Scheduled; completed or no-show for what is past.
    pub status: VisitStatus,
    /// The form.
    pub form: VisitForm,
    /// How it repeats; nothing: once.
    pub repeat: Option<Parts>,
    /// Whether occurrences that cannot be had are left out.
    pub skip_conflicts: bool,
    /// Occurrences that are left out or take place at another time, one by one.
    #[serde(default)]
    pub moved: Vec<Moved>,
    /// The recurring request that is approved by it.
    #[serde(default)]
    pub answers: Option<Answers>,
}

/// An occurrence of a series that does not take place when its rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Its name: the local start that the rule gives.
    pub original: NaiveDateTime,
    /// When it takes place; nothing: it is left out.
    pub to: Option<DateTime<Utc>>,
}

/// A request as the form was drawn from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// `R-…`.
    pub request: String,
    /// Its version.
    pub version: i32,
}

impl Desk {
    /// Books it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who is nothing else; beside `client`: [`Refusal::NotFound`],
    /// [`Refusal::BadChoice`] for one who is not active; beside `status`: [`Refusal::NotStarted`],
    /// [`Refusal::WrongState`]; what is refused of the form and of the rule stands beside its field.
    pub async fn create_visit(&self, who: &StaffPass, ask: NewVisit) -> Result<Booked> {
        if ask.answers.is_none() {
            who.dispatcher()?;
        }
        let spot = ask.form.spot()?;
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return done(&result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let answered = match &ask.answers {
            Some(answers) => Some(answered(&work, who, &ask, answers).await?),
            None => None,
        };
        work.lock_client(ask.client).await?;
        let client = client::Entity::find_by_id(ask.client.key())
            .one(work.tx())
            .await?;
        let client = client.ok_or(Refusal::NotFound).beside("client")?;
        if !client.active {
            return Err(Refusal::BadChoice).beside("client");
        }
        check_status(&work, &ask, spot.span)?;
        let resources: Vec<_> = ask.form.resources.iter().map(|(id, _)| *id).collect();
        work.lock_places(&[ask.form.service], &spot.technicians, &resources)
            .await?;
        expire_around(&mut work, spot.span).await?;
        let answer = match &ask.repeat {
            None => self.book_one(&mut work, who, &ask, spot).await?,
            Some(parts) => {
                let series = (spot, parts, answered);
                self.book_series(&mut work, who, &ask, series).await?
            }
        };
        match answer {
            Written::Booked(answer) => {
                let booked = done(&answer)?;
                work.done_once(who.person, &ask.key, answer).await?;
                work.commit().await?;
                Ok(booked)
            }
            Written::Nothing(why) => {
                drop(work);
                match why {
                    Why::Lost(clashes) => self.time_is_lost(&ask.form, &clashes, Vec::new()).await,
                    Why::Other(answer) => Ok(answer),
                }
            }
        }
    }

    async fn book_one(
        &self,
        work: &mut Work,
        who: &StaffPass,
        ask: &NewVisit,
        spot: Spot,
    ) -> Result<Written> {
        let what = (ask.form.service, ask.form.length_min);
        let range = (spot.span.start(), spot.span.end());
        let mut placing =
            Placing::load(work.tx(), work.now(), what, range, &ask.form.resources).await?;
        check_seats(&placing, &spot)?;
        let words =
            FormWords::read(work, &placing.book.business, ask.client.key(), &ask.form).await?;
        if ask.status != VisitStatus::NoShow {
            let clashes = placing.clashes(&spot);
            beside_technicians(&clashes)?;
            if !clashes.is_empty() {
                return Ok(Written::Nothing(Why::Lost(clashes)));
            }
        }
        let mut objections = placing.objections(&spot);
        if ask.status != VisitStatus::Scheduled {
            // What is written down afterwards was not booked too late.
            objections.clear();
        }
        if !objections.is_empty() && words.reason.is_none() {
            return Ok(Written::Nothing(Why::Other(Booked::Objected {
                objections,
            })));
        }
        let agreement = visit_row::agreement(work, ask.client.key(), &placing.entry, false).await?;
        let whose = (agreement, None, None);
        let row = write_one(work, &mut placing, ask, &words, whose, &spot).await?;
        let mut after = visit_row::snapshot(&row, &spot.technicians);
        if let Some(after) = after.as_object_mut() {
            after.insert("overruled".to_owned(), json!(objections));
        }
        Entry::new(Some(who.person), "visit", row.id, "created")
            .after(&after)?
            .reason(words.reason)
            .write(work)
            .await?;
        work.tell(Happened::Schedule);
        let reference = row.reference.clone();
        // What is past already is no news.
        if ask.status == VisitStatus::Scheduled && spot.span.end() > work.now() {
            tell(work, who.person, &[row], &spot).await?;
        }
        Ok(Written::Booked(
            json!({ "visit": reference, "visits": 1, "skipped": 0 }),
        ))
    }
}

/// What a write came to.
pub(crate) enum Written {
    /// It is to be committed, with this result for the form's key.
    Booked(Value),
    /// It is to be rolled back.
    Nothing(Why),
}

/// Why nothing is written.
pub(crate) enum Why {
    /// The time is gone.
    Lost(Vec<(Option<booking::ids::TechnicianId>, booking::clash::Clash)>),
    /// Anything else.
    Other(Booked),
}

/// The answer that was kept with the form's key.
pub(crate) fn done(result: &Value) -> Result<Booked> {
    let number = |name| {
        let found = result.get(name).and_then(Value::as_u64);
        usize::try_from(found.unwrap_or(0)).unwrap_or(0)
    };
    let visit = result.get("visit").and_then(Value::as_str);
    Ok(Booked::Done {
        visit: visit.unwrap_or_default().to_owned(),
        visits: number("visits"),
        skipped: number("skipped"),
    })
}

/// The request that a series answers, locked and as it was seen.
async fn answered(
    work: &Work,
    who: &StaffPass,
    ask: &NewVisit,
    answers: &Answers,
) -> Result<request::Model> {
    let row = work.request(&answers.request).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let chosen = ask.form.technicians.iter().map(|id| Some(id.key()));
    let mut concerned = vec![row.technician_id];
    concerned.extend(chosen);
    may_decide(work, who, &concerned).await?;
    row.pending()?;
    if row.version != answers.version {
        return Err(Refusal::Stale.into());
    }
    fits(&row, Some(ask.client), ask.repeat.as_ref())?;
    Ok(row)
}

/// Only a series for its client answers a request, and only one that asks for visits that repeat.
pub(crate) fn fits(
    row: &request::Model,
    client: Option<ClientId>,
    repeat: Option<&Parts>,
) -> Result<()> {
    if client.map(Key::key) != Some(row.client_id) {
        return Err(Refusal::BadChoice).beside("client");
    }
    if repeat.is_none() || row.rule.is_none() {
        return Err(Refusal::KindMismatch).beside("repeat");
    }
    Ok(())
}

fn check_status(work: &Work, ask: &NewVisit, span: Span) -> Result<()> {
    let what = match ask.status {
        VisitStatus::Scheduled => return Ok(()),
        VisitStatus::Completed => Correction::Completed,
        VisitStatus::NoShow => Correction::NoShow,
        VisitStatus::InProgress | VisitStatus::Cancelled | VisitStatus::Rescheduled => {
            return Err(Refusal::WrongState).beside("status");
        }
    };
    let id = booking::ids::VisitId::new(0);
    Visit::record(id, span, what, work.now()).beside("status")?;
    Ok(())
}

pub(crate) fn check_seats(placing: &Placing, spot: &Spot) -> Result<()> {
    match spot.seats > placing.capacity() {
        true => Err(Refusal::BadAmount).beside("seats"),
        false => Ok(()),
    }
}

/// Writes one visit and takes its time.
pub(crate) async fn write_one(
    work: &Work,
    placing: &mut Placing,
    ask: &NewVisit,
    words: &FormWords,
    (agreement, series, request): (Uuid, Option<(Uuid, String)>, Option<Uuid>),
    spot: &Spot,
) -> Result<visit::Model> {
    let draft = Draft {
        id: work.id(),
        client: ask.client.key(),
        service: ask.form.service.key(),
        agreement,
        request,
        span: spot.span,
        seats: spot.seats,
        status: ask.status,
        notes: words.notes.clone(),
        internal_notes: words.internal_notes.clone(),
        ticket: words.ticket.clone(),
        series,
        event: None,
    };
    let row = visit_row::insert(work, &placing.book.zone(), draft).await?;
    visit_row::write_subjects(work, row.id, &words.subjects).await?;
    let occupant = Occupant {
        visit: row.id,
        request,
        status: booking_status(ask.status),
    };
    placing.occupy(work, spot, &occupant, &[]).await?;
    Ok(row)
}

/// What a visit's rows on the calendar say.
pub(crate) const fn booking_status(status: VisitStatus) -> BookingStatus {
    match status {
        VisitStatus::Scheduled => BookingStatus::Scheduled,
        VisitStatus::InProgress => BookingStatus::InProgress,
        VisitStatus::Completed => BookingStatus::Completed,
        VisitStatus::Cancelled => BookingStatus::Cancelled,
        VisitStatus::NoShow => BookingStatus::NoShow,
        VisitStatus::Rescheduled => BookingStatus::Rescheduled,
    }
}

pub(crate) async fn tell(
    work: &mut Work,
    by: PersonId,
    rows: &[visit::Model],
    spot: &Spot,
) -> Result<()> {
    let technicians = spot.technicians.clone();
    let news = News::of_visits(Event::VisitCreated, rows, None, technicians, by);
    announce(work, &news).await
}
