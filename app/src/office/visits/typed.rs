//! What the appointment form carries, as text: from a refused post, from the address, or from the appointment itself; read
//! into what the desk asks for, or refused beside the field.

use booking::ids::{ClientId, ResourceId};
use booking::recurrence::Parts;
use booking::refusal::Refusal;
use booking::visit::VisitStatus;
use chrono_tz::Tz;
use desk::change_visit::Scope;
use desk::changes_shown::ChangeSeen;
use desk::create_visit::{Answers, Moved};
use desk::visit_details::VisitDetails;
use desk::visit_form::VisitForm;
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::kit::posted::Posted;
use crate::kit::repeat::TypedRepeat;
use crate::office::requests::shown::Approval;
use crate::office::requests::{local, read};
use crate::office::typed::{beside, id, known, number_or_none};
use crate::trouble::Trouble;

/// The fields of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedVisit {
    /// For whom.
    pub client: String,
    /// What for.
    pub service: String,
    /// The service that the length was chosen for.
    pub service_was: String,
    /// The length that the page put there for it.
    pub length_was: String,
    /// Who comes.
    pub technician: Vec<String>,
    /// When, in the zone of the business.
    pub date: String,
    /// Likewise.
    pub time: String,
    /// Which of two equal local times.
    pub offset: String,
    /// In minutes.
    pub length: String,
    /// Seats in a session.
    pub seats: String,
    /// All resources, in the order of their units.
    pub resource: Vec<String>,
    /// Units of each; empty or 0 for none.
    pub units: Vec<String>,
    /// What it is for.
    pub subject: Vec<String>,
    /// For the client.
    pub notes: String,
    /// For the team.
    pub internal_notes: String,
    /// A ticket.
    pub ticket: String,
    /// Scheduled, completed or no-show.
    pub status: String,
    /// How it repeats: nothing, daily, weekly, monthly.
    pub freq: String,
    /// Every how many.
    pub interval: String,
    /// On which weekdays, 1 = Monday.
    pub weekday: Vec<String>,
    /// How it ends: count, until, never.
    pub ends: String,
    /// After so many.
    pub count: String,
    /// On this date.
    pub until: String,
    /// Whether occurrences that cannot be had are left out.
    pub skip: String,
    /// What was decided about those that cannot be had, one by one.
    pub moved: Vec<String>,
    /// The recurring request that is answered, and its version.
    pub request: String,
    /// Likewise.
    pub request_version: String,
    /// How much of a series is changed: this, following, all.
    pub scope: String,
    /// Why soft rules are overruled.
    pub override_reason: String,
    /// The client's change that is answered by this: `R-…`.
    pub change: String,
    /// Another time that was taken: `technician|date|time|offset`.
    pub at: String,
}

impl TypedVisit {
    /// What was typed: the refused form of this page, or the address.
    pub fn here(action: &str) -> (Self, bool) {
        match ask::posted().filter(|posted| posted.action == action) {
            Some(posted) => (Self::of(&pairs(&posted)), true),
            None => {
                let pairs = ask::queries();
                let whole = pairs.iter().any(|(name, _)| name == "whole");
                (Self::of(&pairs).taken(), whole)
            }
        }
    }

    /// The calendar says when by an instant, in minutes since 1970.
    fn of_instant(mut self, minutes: &str) -> Self {
        let at = minutes.parse::<i64>().ok();
        let at =
            at.and_then(|minutes| chrono::DateTime::from_timestamp(minutes.checked_mul(60)?, 0));
        if let Some(at) = at.filter(|at| (2000..2200).contains(&chrono::Datelike::year(at))) {
            let form = local(ask::business().time_zone, at);
            (self.date, self.time, self.offset) = (form.date, form.time, form.offset);
        }
        self
    }

    fn of(pairs: &[(String, String)]) -> Self {
        let all = |name: &str| -> Vec<String> {
            let of_name = pairs.iter().filter(|(key, _)| key == name);
            of_name.map(|(_, value)| value.clone()).collect()
        };
        let one = |name: &str| all(name).pop().unwrap_or_default();
        // The calendar and other pages name one technician in plain words.
        let technician = match one("technician") {
            only if only.is_empty() => all("technician[]"),
            only => vec![only],
        };
        Self {
            client: one("client"),
            service: one("service"),
            service_was: one("service_was"),
            length_was: one("length_was"),
            technician,
            date: one("date"),
            time: one("time"),
            offset: one("offset"),
            length: one("length"),
            seats: one("seats"),
            resource: all("resource[]"),
            units: all("units[]"),
            subject: all("subject[]"),
            notes: one("notes"),
            internal_notes: one("internal_notes"),
            ticket: one("ticket"),
            status: one("status"),
            freq: one("freq"),
            interval: one("interval"),
            weekday: all("weekday[]"),
            ends: one("ends"),
            count: one("count"),
            until: one("until"),
            skip: one("skip"),
            moved: all("moved[]"),
            request: one("request"),
            request_version: one("request_version"),
            scope: one("scope"),
            override_reason: one("override_reason"),
            change: one("change"),
            at: one("at"),
        }
        .of_instant(&one("start"))
    }

    /// With the time that was taken from those offered.
    #[must_use]
    pub fn taken(mut self) -> Self {
        let at = std::mem::take(&mut self.at);
        let parts: Vec<&str> = at.split('|').collect();
        if let [technician, date, time, offset] = parts.as_slice() {
            if !technician.is_empty() {
                self.technician = vec![(*technician).to_owned()];
            }
            (self.date, self.time, self.offset) =
                ((*date).to_owned(), (*time).to_owned(), (*offset).to_owned());
        }
        self
    }

    /// The appointment as it is, with what the address says otherwise: where it was dragged to.
    pub fn of_visit(visit: &VisitDetails, zone: Tz, moved: &Self) -> Self {
        let start = local(zone, visit.start);
        let text = |own: String, other: &String| match other.is_empty() {
            true => own,
            false => other.clone(),
        };
        let length = (visit.end - visit.start).num_minutes().to_string();
        let technician = match moved.technician.is_empty() {
            true => visit
                .technician_ids
                .iter()
                .map(ToString::to_string)
                .collect(),
            false => moved.technician.clone(),
        };
        // Another date or time has an offset of its own.
        let same = moved.date.is_empty() && moved.time.is_empty();
        Self {
            client: visit.client.0.to_string(),
            service: visit.service_id.to_string(),
            service_was: visit.service_id.to_string(),
            technician,
            date: text(start.date, &moved.date),
            time: text(start.time, &moved.time),
            offset: if same {
                start.offset
            } else {
                moved.offset.clone()
            },
            length_was: length.clone(),
            length: text(length, &moved.length),
            seats: visit.seats.to_string(),
            resource: visit
                .resources
                .iter()
                .map(|one| one.0.to_string())
                .collect(),
            units: visit
                .resources
                .iter()
                .map(|one| one.2.to_string())
                .collect(),
            subject: visit.subject_ids.iter().map(ToString::to_string).collect(),
            notes: visit.notes.clone(),
            internal_notes: visit.internal_notes.clone(),
            ticket: visit.ticket.clone().unwrap_or_default(),
            scope: "this".to_owned(),
            ..Self::default()
        }
    }

    /// With what a client wants to have otherwise.
    #[must_use]
    pub fn wanted(mut self, change: &ChangeSeen, zone: Tz) -> Self {
        let wanted = &change.wanted;
        self.change.clone_from(&change.reference);
        if let Some((start, end)) = wanted.time {
            let when = local(zone, start);
            (self.date, self.time, self.offset) = (when.date, when.time, when.offset);
            let length = wanted.block_length_min.map(i64::from);
            let length = length.unwrap_or_else(|| (end - start).num_minutes());
            self.length = length.to_string();
        }
        if let Some(service) = wanted.service_id {
            self.service = service.to_string();
            self.service_was.clone_from(&self.service);
            self.length_was.clone_from(&self.length);
        }
        if let Some(subjects) = &wanted.subject_ids {
            self.subject = subjects.iter().map(ToString::to_string).collect();
        }
        if let Some(notes) = &wanted.notes {
            self.notes.clone_from(notes);
        }
        self
    }

    /// Whether another service was chosen, and the length is still the one that the page put there for the first.
    #[must_use]
    pub fn length_of_another(&self) -> bool {
        let other = !self.service_was.is_empty() && self.service_was != self.service;
        other && self.length == self.length_was
    }

    /// What the desk asks for.
    ///
    /// # Errors
    /// [`Refusal::LengthOfAnother`] beside `length`; a refusal beside the field that cannot be read.
    pub fn form(&self, zone: Tz) -> Result<VisitForm, Trouble> {
        if self.length_of_another() {
            return Err(beside(Refusal::LengthOfAnother, "length"));
        }
        let technicians: Result<Vec<_>, _> = self
            .technician
            .iter()
            .map(|text| id(text, "technicians"))
            .collect();
        let subjects: Result<Vec<_>, _> = self
            .subject
            .iter()
            .map(|text| id(text, "subjects"))
            .collect();
        let when = Approval {
            date: self.date.clone(),
            time: self.time.clone(),
            offset: self.offset.clone(),
            ..Approval::default()
        };
        let start = read::start(&when, zone)?.ok_or_else(|| beside(Refusal::BadTime, "time"))?;
        let length = number_or_none(&self.length, "length")?;
        Ok(VisitForm {
            service: id(&self.service, "service")?,
            technicians: technicians?,
            start,
            length_min: length.ok_or_else(|| beside(Refusal::BadLength, "length"))?,
            seats: number_or_none(&self.seats, "seats")?.unwrap_or(1),
            resources: self.resources()?,
            subjects: subjects?,
            notes: self.notes.clone(),
            internal_notes: self.internal_notes.clone(),
            ticket: self.ticket.clone(),
            override_reason: self.override_reason.clone(),
        })
    }

    fn resources(&self) -> Result<Vec<(ResourceId, u32)>, Trouble> {
        let mut found = Vec::new();
        for (resource, units) in self.resource.iter().zip(&self.units) {
            match number_or_none(units, "resources")? {
                None | Some(0) => {}
                Some(units) => found.push((id(resource, "resources")?, units)),
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The client.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `client`.
    pub fn client(&self) -> Result<ClientId, Trouble> {
        id(&self.client, "client")
    }

    /// How it is written down.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `status`.
    pub fn status(&self) -> Result<VisitStatus, Trouble> {
        match self.status.as_str() {
            "" => Ok(VisitStatus::Scheduled),
            word => word
                .parse()
                .map_err(|_| beside(Refusal::BadChoice, "status")),
        }
    }

    /// How much of a series.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.scope.as_str() {
            "following" => Scope::Following,
            "all" => Scope::All,
            _ => Scope::This,
        }
    }

    /// How it repeats, as it was typed.
    #[must_use]
    pub fn typed_repeat(&self) -> TypedRepeat {
        TypedRepeat {
            freq: self.freq.clone(),
            interval: self.interval.clone(),
            weekday: self.weekday.clone(),
            ends: self.ends.clone(),
            count: self.count.clone(),
            until: self.until.clone(),
        }
    }

    /// How it repeats; nothing: it does not.
    ///
    /// # Errors
    /// A refusal beside `repeat`.
    pub fn repeat(&self) -> Result<Option<Parts>, Trouble> {
        self.typed_repeat().parts()
    }

    /// What was decided about occurrences one by one: `original|` leaves one out, `original|instant` moves it.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `moved`.
    pub fn moved(&self) -> Result<Vec<Moved>, Trouble> {
        let wrong = || beside(Refusal::BadChoice, "moved");
        let one = |text: &String| {
            let (original, to) = text.split_once('|').ok_or_else(wrong)?;
            let to = Some(to).filter(|to| !to.is_empty()).map(str::parse);
            Ok(Moved {
                original: original.parse().map_err(|_| wrong())?,
                to: to.transpose().map_err(|_| wrong())?,
            })
        };
        self.moved
            .iter()
            .filter(|text| !text.is_empty())
            .map(one)
            .collect()
    }

    /// The recurring request that is answered.
    ///
    /// # Errors
    /// [`Refusal::Stale`] for a version that is no number.
    pub fn answers(&self) -> Result<Option<Answers>, Trouble> {
        if self.request.is_empty() {
            return Ok(None);
        }
        Ok(Some(Answers {
            request: self.request.clone(),
            version: known(&self.request_version)?,
        }))
    }
}

fn pairs(posted: &Posted) -> Vec<(String, String)> {
    posted.fields.clone()
}
