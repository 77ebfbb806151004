//! Staff book a series for a client, by themselves or because one was asked for (C3, R28): every date is checked, of one with
//! conflicts nothing is written unless each is moved or left out. What a rule gives stands here; `extend_series` goes on with it.

use booking::clash::Objection;
use booking::ids::{PersonId, SeriesId};
use booking::letter::Event;
use booking::recurrence::{Ends, MOST_OCCURRENCES, Occurrence, Parts, Recurrence};
use booking::refusal::Refusal;
use booking::request::Approval;
use booking::span::Span;
use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::change_request::{replace, snapshot};
use crate::create_visit::{Moved, NewVisit, Why, Written, check_seats, tell, write_one};
use crate::desk::{Desk, Happened, Work};
use crate::free_slots::sane;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::placing::{Placing, Spot};
use crate::table::{request, series, visit};
use crate::trouble::{Beside, Fault, Result};
use crate::visit_form::{Booked, Conflict, FormWords, beside_technicians, obstacles};
use crate::visit_row;

/// How far ahead a series without an end is laid out (decision 19).
pub const MONTHS_AHEAD: u32 = 12;

impl Desk {
    pub(crate) async fn book_series(
        &self,
        work: &mut Work,
        who: &StaffPass,
        ask: &NewVisit,
        (spot, parts, answered): (Spot, &Parts, Option<request::Model>),
    ) -> Result<Written> {
        if ask.status != VisitStatus::Scheduled {
            return Err(Refusal::WrongState).beside("status");
        }
        let what = (ask.form.service, ask.form.length_min);
        let business = crate::business::zone(work).await?;
        let rule = Rule::of(parts, &business, spot.span.start(), work.now())?;
        let (wished, left_out) = rule.wished(&spot, &ask.moved)?;
        let range = reach(&wished, &spot);
        let mut placing =
            Placing::load(work.tx(), work.now(), what, range, &ask.form.resources).await?;
        check_seats(&placing, &spot)?;
        let words =
            FormWords::read(work, &placing.book.business, ask.client.key(), &ask.form).await?;
        let (free, conflicts) = sort(work, &placing, wished).await?;
        if free.is_empty() || (!conflicts.is_empty() && !ask.skip_conflicts) {
            let free = free.len();
            return Ok(Written::Nothing(Why::Other(Booked::Conflicts {
                free,
                conflicts,
            })));
        }
        let objections = objections(&placing, free.iter().map(|(_, spot)| spot));
        if !objections.is_empty() && words.reason.is_none() {
            return Ok(Written::Nothing(Why::Other(Booked::Objected {
                objections,
            })));
        }
        let agreement = visit_row::agreement(work, ask.client.key(), &placing.entry, true).await?;
        let request = answered.as_ref().map(|row| row.id);
        let series = rule.write(work, who.person, ask, request).await?;
        let mut rows = Vec::with_capacity(free.len());
        for (occurrence, spot) in &free {
            let named = Some((series, local(occurrence.original_local)));
            // The first one stands for the request; the others are found by the series.
            let request = answered.as_ref().filter(|_| rows.is_empty());
            let whose = (agreement, named, request.map(|row| row.id));
            rows.push(write_one(work, &mut placing, ask, &words, whose, spot).await?);
        }
        write_history(work, who.person, &rows, &spot, words.reason.clone()).await?;
        work.tell(Happened::Schedule);
        match answered {
            Some(row) => {
                let skipped = rule.names().filter(|name| {
                    free.iter()
                        .all(|(occurrence, _)| occurrence.original_local != *name)
                });
                let planned = Planned {
                    series,
                    rows: &rows,
                    spot: &spot,
                    skipped: skipped.collect(),
                };
                approve(work, who, &row, &planned, words).await?;
            }
            None => tell(work, who.person, &rows, &spot).await?,
        }
        let first = rows.first().map(|row| row.reference.clone());
        Ok(Written::Booked(json!({
            "visit": first, "visits": rows.len(), "skipped": conflicts.len() + left_out,
        })))
    }
}

/// A series that answers a request.
struct Planned<'a> {
    series: Uuid,
    rows: &'a [visit::Model],
    spot: &'a Spot,
    skipped: Vec<NaiveDateTime>,
}

/// The request is approved by its series, and everybody is told.
async fn approve(
    work: &mut Work,
    who: &StaffPass,
    row: &request::Model,
    planned: &Planned<'_>,
    words: FormWords,
) -> Result<()> {
    let technician = planned.spot.technicians.first().copied();
    let technician = technician.ok_or(Refusal::TechnicianRequired);
    let technician = technician.beside("technicians")?;
    let (by, at, first) = (who.person, work.now(), planned.rows.first());
    let approval = Approval::of_series((by, at), technician, planned.skipped.clone(), true)?;
    let approved = row.pending()?.approve(row.version, approval)?;
    let after = request::Model {
        status: approved.status().as_str().to_owned(),
        internal_notes: words.internal_notes,
        ticket: words.ticket.or_else(|| row.ticket.clone()),
        decided_at: Some(at),
        decided_by: Some(by.key()),
        visit_id: first.map(|visit| visit.id),
        series_id: Some(planned.series),
        ..row.clone()
    };
    let after = replace(work, row, after).await?;
    Entry::new(Some(by), "request", row.id, "approved")
        .before(&snapshot(row))?
        .after(&json!({
            "status": after.status,
            "visit": first.map(|visit| &visit.reference),
            "start": first.map(|visit| visit.starts_at),
            "end": first.map(|visit| visit.ends_at),
            "technician": technician,
            "ticket": after.ticket,
            "visits": planned.rows.len(),
            "skipped": planned.skipped,
        }))?
        .reason(words.reason)
        .write(work)
        .await?;
    let technicians = planned.spot.technicians.clone();
    let event = Event::BookingApproved;
    let news = News::of_visits(event, planned.rows, Some(&after), technicians, by);
    announce(work, &news).await
}

/// From the first start to the last end.
pub(crate) fn reach<T>(wished: &[Wished<T>], first: &Spot) -> (DateTime<Utc>, DateTime<Utc>) {
    let spans = wished.iter().map(|(_, spot)| spot.span);
    spans.fold(
        (first.span.start(), first.span.end()),
        |(from, to), span| (from.min(span.start()), to.max(span.end())),
    )
}

/// An occurrence with the spot it would take.
pub(crate) type Wished<T> = (T, Spot);

/// Everything soft against the dates of a series; each once, most telling first. How far ahead clients may book does not
/// bind a series, which goes on for long by its nature.
pub(crate) fn objections<'a>(
    placing: &Placing,
    spots: impl Iterator<Item = &'a Spot>,
) -> Vec<Objection> {
    let mut found: Vec<_> = spots.flat_map(|spot| placing.objections(spot)).collect();
    found.retain(|objection| *objection != Objection::Advance);
    found.sort_unstable();
    found.dedup();
    found
}

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
        original: None,
        obstacles: seen.by_ref().take(n).collect(),
        instead: Vec::new(),
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

    /// The local starts that the rule gives.
    fn names(&self) -> impl Iterator<Item = NaiveDateTime> + use<'_> {
        self.occurrences.iter().map(|one| one.original_local)
    }

    /// Those of some decisions that are about an occurrence of this rule: the form may have changed since.
    pub(crate) fn known(&self, moved: &[Moved]) -> Vec<Moved> {
        let known = |one: &&Moved| self.names().any(|name| name == one.original);
        moved.iter().filter(known).copied().collect()
    }

    /// The spot of each occurrence that is to take place, as the rule says or as it was moved; and how many were left out.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `moved` for one that the rule does not give; [`Refusal::Overlap`] where two would take
    /// place at the same time.
    pub(crate) fn wished(
        &self,
        first: &Spot,
        moved: &[Moved],
    ) -> Result<(Vec<Wished<Occurrence>>, usize)> {
        if !moved
            .iter()
            .all(|one| self.names().any(|name| name == one.original))
        {
            return Err(Refusal::BadChoice).beside("moved");
        }
        let length = first.span.end() - first.span.start();
        let (mut found, mut left_out) = (Vec::new(), 0);
        for (occurrence, spot) in self.spots(first)? {
            let other = moved
                .iter()
                .find(|one| one.original == occurrence.original_local);
            match other.map(|one| one.to) {
                None => found.push((occurrence, spot)),
                Some(None) => left_out += 1,
                Some(Some(start)) => {
                    let start = sane(start)?;
                    let span = Span::new(start, start + length).beside("moved")?;
                    found.push((occurrence, Spot { span, ..spot }));
                }
            }
        }
        let mut spans: Vec<Span> = found.iter().map(|(_, spot)| spot.span).collect();
        spans.sort_unstable_by_key(Span::start);
        if spans
            .iter()
            .zip(spans.iter().skip(1))
            .any(|(a, b)| a.overlaps(b))
        {
            return Err(Refusal::Overlap).beside("moved");
        }
        Ok((found, left_out))
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

    /// Writes the row of the series, with the request that it answers.
    async fn write(
        &self,
        work: &Work,
        by: PersonId,
        ask: &NewVisit,
        request: Option<Uuid>,
    ) -> Result<Uuid> {
        let id = work.id();
        let rule = serde_json::to_value(&self.rule)
            .map_err(|error| Fault::Machine(format!("rule: {error}")))?;
        let row = series::Model {
            id,
            client_id: ask.client.key(),
            service_id: ask.form.service.key(),
            rule,
            first_local: local(self.first_local),
            zone: self.zone.name().to_owned(),
            zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            length_min: hold::minutes(ask.form.length_min),
            laid_until: self.laid_until,
            active: self.open,
            created_by: Some(by.key()),
            created_at: work.now(),
            version: 1,
            request_id: request,
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
