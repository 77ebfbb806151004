//! Staff book an appointment for a client, once or as a series (B3, R28). Everything is checked under the locks of the
//! calendar, everybody is told in the same transaction; of a series with conflicts nothing is written unless they are skipped.

use booking::ids::{ClientId, PersonId, SeriesId};
use booking::letter::Event;
use booking::recurrence::{Ends, MOST_OCCURRENCES, Occurrence, Parts, Recurrence};
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::{Correction, Visit, VisitStatus};
use booking::zone;
use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::desk::{Desk, Happened, Work};
use crate::expire_requests::expire_around;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::placing::{Occupant, Placing, Spot};
use crate::table::{client, series, visit};
use crate::trouble::{Beside, Fault, Result};
use crate::visit_form::{Booked, Conflict, FormWords, VisitForm, beside_technicians, obstacles};
use crate::visit_row::{self, Draft};

/// How far ahead a series without an end is laid out (decision 19).
pub const MONTHS_AHEAD: u32 = 12;

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
}

impl Desk {
    /// Books it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who is nothing else; beside `client`: [`Refusal::NotFound`],
    /// [`Refusal::BadChoice`] for one who is not active; beside `status`: [`Refusal::NotStarted`],
    /// [`Refusal::WrongState`]; what is refused of the form and of the rule stands beside its field.
    pub async fn create_visit(&self, who: &StaffPass, ask: NewVisit) -> Result<Booked> {
        who.dispatcher()?;
        let spot = ask.form.spot()?;
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return done(&result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
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
            Some(parts) => self.book_series(&mut work, who, &ask, spot, parts).await?,
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
        let row = write_one(work, &mut placing, ask, &words, (agreement, None), &spot).await?;
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

    async fn book_series(
        &self,
        work: &mut Work,
        who: &StaffPass,
        ask: &NewVisit,
        spot: Spot,
        parts: &Parts,
    ) -> Result<Written> {
        if ask.status != VisitStatus::Scheduled {
            return Err(Refusal::WrongState).beside("status");
        }
        let what = (ask.form.service, ask.form.length_min);
        let business = crate::business::zone(work).await?;
        let rule = Rule::of(parts, &business, spot.span.start(), work.now())?;
        let range = rule.range(&spot);
        let mut placing =
            Placing::load(work.tx(), work.now(), what, range, &ask.form.resources).await?;
        check_seats(&placing, &spot)?;
        let words =
            FormWords::read(work, &placing.book.business, ask.client.key(), &ask.form).await?;
        let (free, conflicts) = sort(work, &placing, rule.spots(&spot)?).await?;
        if free.is_empty() || (!conflicts.is_empty() && !ask.skip_conflicts) {
            let free = free.len();
            return Ok(Written::Nothing(Why::Other(Booked::Conflicts {
                free,
                conflicts,
            })));
        }
        let mut objections: Vec<_> = free
            .iter()
            .flat_map(|(_, spot)| placing.objections(spot))
            .collect();
        objections.sort_unstable();
        objections.dedup();
        if !objections.is_empty() && words.reason.is_none() {
            return Ok(Written::Nothing(Why::Other(Booked::Objected {
                objections,
            })));
        }
        let agreement = visit_row::agreement(work, ask.client.key(), &placing.entry, true).await?;
        let series = rule.write(work, who.person, ask).await?;
        let mut rows = Vec::with_capacity(free.len());
        for (occurrence, spot) in &free {
            let named = Some((series, local(occurrence.original_local)));
            rows.push(write_one(work, &mut placing, ask, &words, (agreement, named), spot).await?);
        }
        write_history(work, who.person, &rows, &spot, words.reason).await?;
        work.tell(Happened::Schedule);
        tell(work, who.person, &rows, &spot).await?;
        let first = rows.first().map(|row| row.reference.clone());
        Ok(Written::Booked(json!({
            "visit": first, "visits": rows.len(), "skipped": conflicts.len(),
        })))
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
async fn write_one(
    work: &Work,
    placing: &mut Placing,
    ask: &NewVisit,
    words: &FormWords,
    (agreement, series): (Uuid, Option<(Uuid, String)>),
    spot: &Spot,
) -> Result<visit::Model> {
    let draft = Draft {
        id: work.id(),
        client: ask.client.key(),
        service: ask.form.service.key(),
        agreement,
        request: None,
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
        request: None,
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

/// An occurrence with the spot it would take.
pub(crate) type Wished<T> = (T, Spot);

/// Those that can be had; and those that cannot, with what is in the way.
pub(crate) async fn sort<T>(
    work: &Work,
    placing: &Placing,
    wished: Vec<Wished<T>>,
) -> Result<(Vec<Wished<T>>, Vec<Conflict>)> {
    let (mut free, mut lost, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (whose, spot) in wished {
        let clashes = placing.clashes(&spot);
        beside_technicians(&clashes)?;
        if clashes.is_empty() {
            free.push((whose, spot));
        } else {
            lost.push((spot.span, clashes.len()));
            all.extend(clashes);
        }
    }
    let mut seen = obstacles(work.tx(), &all).await?.into_iter();
    let conflicts = lost.into_iter().map(|(span, n)| Conflict {
        start: span.start(),
        end: span.end(),
        obstacles: seen.by_ref().take(n).collect(),
    });
    let conflicts = conflicts.collect();
    Ok((free, conflicts))
}

/// A rule with what it gives.
pub(crate) struct Rule {
    rule: Recurrence,
    first_local: NaiveDateTime,
    zone: chrono_tz::Tz,
    /// Its occurrences, as far as they are laid out.
    pub occurrences: Vec<Occurrence>,
    /// Whether more will come.
    open: bool,
    laid_until: DateTime<Utc>,
}

impl Rule {
    /// Reads a rule from the form: a series without an end is laid out for a year, one with an end wholly, both up to 200.
    ///
    /// # Errors
    /// What the rule refuses, beside `repeat`.
    pub(crate) fn of(
        parts: &Parts,
        zone: &chrono_tz::Tz,
        start: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        if matches!(parts.ends, Ends::Count(count) if count as usize > MOST_OCCURRENCES) {
            return Err(Refusal::BadRecurrenceCount).beside("repeat");
        }
        let rule = Recurrence::new(parts.clone()).beside("repeat")?;
        let first_local = zone::local(zone, start);
        let endless = rule.parts().ends == Ends::Never;
        let horizon = match endless {
            true => now.max(start) + Months::new(MONTHS_AHEAD),
            false => start + TimeDelta::days(366 * 20),
        };
        let occurrences = rule
            .occurrences(first_local, zone, MOST_OCCURRENCES, horizon)
            .beside("repeat")?;
        let full = occurrences.len() >= MOST_OCCURRENCES;
        let last = occurrences.last().map_or(start, |last| last.start);
        Ok(Self {
            rule,
            first_local,
            zone: *zone,
            open: endless || full,
            laid_until: if full { last } else { horizon },
            occurrences,
        })
    }

    /// From the first start to the last end.
    pub(crate) fn range(&self, spot: &Spot) -> (DateTime<Utc>, DateTime<Utc>) {
        let length = spot.span.end() - spot.span.start();
        let ends = self.occurrences.iter().map(|one| one.start + length);
        let starts = self.occurrences.iter().map(|one| one.start);
        let (from, to) = (spot.span.start(), spot.span.end());
        (starts.fold(from, Ord::min), ends.fold(to, Ord::max))
    }

    /// The spot of each occurrence, each as long as the first.
    pub(crate) fn spots(&self, first: &Spot) -> Result<Vec<Wished<Occurrence>>> {
        let length = first.span.end() - first.span.start();
        let mut found = Vec::with_capacity(self.occurrences.len());
        for occurrence in &self.occurrences {
            let span = Span::new(occurrence.start, occurrence.start + length)?;
            found.push((
                *occurrence,
                Spot {
                    span,
                    ..first.clone()
                },
            ));
        }
        Ok(found)
    }

    async fn write(&self, work: &Work, by: PersonId, ask: &NewVisit) -> Result<Uuid> {
        let whose = (ask.client.key(), ask.form.service.key());
        self.insert(work, by, whose, ask.form.length_min).await
    }

    /// Writes the row of the series.
    pub(crate) async fn insert(
        &self,
        work: &Work,
        by: PersonId,
        (client, service): (Uuid, Uuid),
        length_min: u32,
    ) -> Result<Uuid> {
        let id = work.id();
        let rule = serde_json::to_value(&self.rule)
            .map_err(|error| Fault::Machine(format!("rule: {error}")))?;
        let row = series::Model {
            id,
            client_id: client,
            service_id: service,
            rule,
            first_local: local(self.first_local),
            zone: self.zone.name().to_owned(),
            zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            length_min: hold::minutes(length_min),
            laid_until: self.laid_until,
            active: self.open,
            created_by: Some(by.key()),
            created_at: work.now(),
            version: 1,
        };
        row.into_active_model().insert(work.tx()).await?;
        let which = SeriesId::of(id);
        Entry::new(Some(by), "series", which.key(), "created")
            .after(&json!({ "rule": self.rule, "first": self.first_local }))?
            .write(work)
            .await?;
        Ok(id)
    }
}

/// A local start as the database writes it.
pub(crate) fn local(at: NaiveDateTime) -> String {
    at.format(visit_row::LOCAL).to_string()
}

async fn write_history(
    work: &Work,
    by: PersonId,
    rows: &[visit::Model],
    spot: &Spot,
    reason: Option<String>,
) -> Result<()> {
    for row in rows {
        Entry::new(Some(by), "visit", row.id, "created")
            .after(&visit_row::snapshot(row, &spot.technicians))?
            .reason(reason.clone())
            .write(work)
            .await?;
    }
    Ok(())
}

async fn tell(work: &mut Work, by: PersonId, rows: &[visit::Model], spot: &Spot) -> Result<()> {
    let technicians = spot.technicians.clone();
    let news = News::of_visits(Event::VisitCreated, rows, None, technicians, by);
    announce(work, &news).await
}
