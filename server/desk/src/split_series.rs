//! The rest of a series that moves becomes a series of its own (R28), so that the old rule still says what the old visits
//! are. It moves the rule, not the visits: those are `change_visit`'s.

use booking::ids::PersonId;
use booking::recurrence::{Ends, Parts, Recurrence};
use booking::span::Span;
use booking::zone;
use chrono::{NaiveDateTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use uuid::Uuid;

use crate::create_series::local;
use crate::desk::Work;
use crate::history::Entry;
use crate::hold;
use crate::key::Key;
use crate::table::{series, visit};
use crate::trouble::{Fault, Result};
use crate::visit_row;

/// The series that the rest moved into.
pub(crate) struct Split {
    /// Its id.
    pub series: Uuid,
    moved: Moved,
}

impl Split {
    /// The place in the new series of what stood at `original` in the old one.
    pub(crate) fn name(&self, original: &str) -> String {
        self.moved.name(original)
    }

    /// Writes the series for `rest` visits, of which `first` moves to `span`; nothing if that is of no series.
    ///
    /// # Errors
    /// [`booking::refusal::Refusal::NotFound`]; the database's.
    pub(crate) async fn write(
        work: &Work,
        by: PersonId,
        zone: &Tz,
        (first, span): (&visit::Model, Span),
        rest: usize,
    ) -> Result<Option<Self>> {
        let Some((id, original)) = first.series_id.zip(first.series_start.as_deref()) else {
            return Ok(None);
        };
        let found = series::Entity::find_by_id(id).one(work.tx()).await?;
        let old = found.ok_or(booking::refusal::Refusal::NotFound)?;
        let moved = Moved {
            from: zone::local(zone, first.starts_at),
            to: zone::local(zone, span.start()),
        };
        let rule: Recurrence =
            serde_json::from_value(old.rule.clone()).map_err(|_| unreadable(&old))?;
        let parts = moved.rule(rule.into(), rest)?;
        let new = series::Model {
            id: work.id(),
            rule: serde_json::to_value(&parts)
                .map_err(|error| Fault::Machine(format!("rule: {error}")))?,
            first_local: moved.name(original),
            length_min: hold::minutes(u32::try_from(span.minutes()).unwrap_or(0)),
            created_by: Some(by.key()),
            created_at: work.now(),
            version: 1,
            ..old.clone()
        };
        let series = new.id;
        new.into_active_model().insert(work.tx()).await?;
        let ended = series::ActiveModel {
            id: Set(old.id),
            active: Set(false),
            version: Set(old.version + 1),
            ..Default::default()
        };
        ended.update(work.tx()).await?;
        Entry::new(Some(by), "series", series, "split")
            .before(&json!({ "series": old.id, "rule": old.rule }))?
            .after(&json!({ "rule": parts }))?
            .write(work)
            .await?;
        Ok(Some(Self { series, moved }))
    }
}

/// By how much a series moves.
#[derive(Clone, Copy)]
struct Moved {
    from: NaiveDateTime,
    to: NaiveDateTime,
}

impl Moved {
    fn name(&self, original: &str) -> String {
        let parsed = NaiveDateTime::parse_from_str(original, visit_row::LOCAL);
        parsed.map_or_else(
            |_| original.to_owned(),
            |at| local(shifted(at, self.from, self.to)),
        )
    }

    fn days(&self) -> i64 {
        (self.to.date() - self.from.date()).num_days()
    }

    /// The rule of what moved: weekdays and end shift with the first.
    fn rule(&self, old: Parts, rest: usize) -> Result<Parts> {
        let days = self.days();
        let weekday = |day: &Weekday| {
            let number = i64::from(day.num_days_from_monday()) + days;
            Weekday::try_from(u8::try_from(number.rem_euclid(7)).unwrap_or(0)).unwrap_or(*day)
        };
        let ends = match old.ends {
            Ends::Count(_) => Ends::Count(u32::try_from(rest).unwrap_or(1)),
            Ends::Until(last) => Ends::Until(last + TimeDelta::days(days)),
            Ends::Never => Ends::Never,
        };
        let new = Parts {
            weekdays: old.weekdays.iter().map(weekday).collect(),
            ends,
            excluded: old
                .excluded
                .iter()
                .map(|at| shifted(*at, self.from, self.to))
                .collect(),
            ..old
        };
        Ok(Recurrence::new(new)?.into())
    }
}

/// A local start moved as `from` was moved to `to`: by as many days, to the same time of the day.
pub(crate) fn shifted(at: NaiveDateTime, from: NaiveDateTime, to: NaiveDateTime) -> NaiveDateTime {
    let days = to.date() - from.date();
    at.date()
        .checked_add_signed(days)
        .unwrap_or(at.date())
        .and_time(to.time())
}

fn unreadable(series: &series::Model) -> Fault {
    Fault::Unreadable {
        table: "series",
        column: "rule",
        id: series.id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, visit_row::LOCAL).unwrap_or_default()
    }

    #[test]
    fn a_series_moves_by_days_and_to_the_hour() {
        let moved = Moved {
            from: at("2026-03-03T10:00:00"),
            to: at("2026-03-05T14:30:00"),
        };
        assert_eq!(moved.name("2026-03-10T10:00:00"), "2026-03-12T14:30:00");
        let old = Parts {
            freq: booking::recurrence::Frequency::Weekly,
            interval: 1,
            weekdays: vec![Weekday::Tue, Weekday::Sun],
            ends: Ends::Count(10),
            excluded: vec![at("2026-03-17T10:00:00")],
        };
        let new = moved.rule(old, 7).unwrap_or_else(|why| panic!("{why:?}"));
        assert_eq!(new.weekdays, [Weekday::Tue, Weekday::Thu]);
        assert_eq!(new.ends, Ends::Count(7));
        assert_eq!(new.excluded, [at("2026-03-19T14:30:00")]);
    }
}
