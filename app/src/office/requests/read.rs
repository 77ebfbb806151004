//! Reads what people typed into the forms of a decision: local dates and times of the business become instants (R6), the
//! rest becomes what the desk asks for. Refuses beside the field; decides nothing.

use booking::ids::TechnicianId;
use booking::refusal::Refusal;
use booking::zone::{self, LocalTime};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use desk::approve_request::NewApproval;
use desk::decline_request::NewDecline;

use super::shown::{Approval, Refusing};
use crate::trouble::Trouble;

/// The approve form.
///
/// # Errors
/// A refusal beside the field that cannot be read.
pub fn approval(form: &Approval, zone: Tz) -> Result<NewApproval, Trouble> {
    Ok(NewApproval {
        key: form.key.clone(),
        request: form.reference.clone(),
        version: version(&form.version)?,
        technician: technician(form)?,
        start: start(form, zone)?,
        length_min: length(form)?,
        internal_notes: form.internal_notes.clone(),
        ticket: form.ticket.clone(),
        override_reason: form.override_reason.clone(),
    })
}

/// The decline form.
///
/// # Errors
/// A version that is none.
pub fn refusing(form: &Refusing) -> Result<NewDecline, Trouble> {
    Ok(NewDecline {
        key: form.key.clone(),
        request: form.reference.clone(),
        version: version(&form.version)?,
        reason: form.reason.clone(),
    })
}

/// The version a form was drawn from.
pub fn version(text: &str) -> Result<i32, Trouble> {
    text.parse().map_err(|_| Trouble::Malformed)
}

/// The technician, if one is chosen.
pub fn technician(form: &Approval) -> Result<Option<TechnicianId>, Trouble> {
    if form.technician.is_empty() {
        return Ok(None);
    }
    form.technician
        .parse()
        .map(Some)
        .map_err(|why| beside(why, "technician"))
}

/// The length, if one is chosen.
pub fn length(form: &Approval) -> Result<Option<u32>, Trouble> {
    if form.length.is_empty() {
        return Ok(None);
    }
    form.length
        .parse()
        .map(Some)
        .map_err(|_| beside(Refusal::BadLength, "length"))
}

/// The instant that date, time and offset name; none where nothing was typed.
pub fn start(form: &Approval, zone: Tz) -> Result<Option<DateTime<Utc>>, Trouble> {
    if form.date.is_empty() && form.time.is_empty() {
        return Ok(None);
    }
    let local = local(&form.date, &form.time)?;
    let offset = if form.offset.is_empty() {
        None
    } else {
        Some(
            form.offset
                .parse()
                .map_err(|_| beside(Refusal::BadOffset, "time"))?,
        )
    };
    zone::typed_exactly(&zone, local, offset)
        .map(Some)
        .map_err(|why| beside(why, "time"))
}

/// What a date and a time without an offset mean.
pub fn meaning(form: &Approval, zone: Tz) -> Result<LocalTime, Trouble> {
    Ok(zone::typed(&zone, local(&form.date, &form.time)?))
}

fn local(date: &str, time: &str) -> Result<NaiveDateTime, Trouble> {
    let date: NaiveDate = date.parse().map_err(|_| beside(Refusal::BadDate, "date"))?;
    let time = NaiveTime::parse_from_str(time, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S"));
    Ok(date.and_time(time.map_err(|_| beside(Refusal::BadTime, "time"))?))
}

/// The form with another time taken, as its button says it without scripts: `technician|date|time|offset`.
pub fn taken(form: Approval, at: &str) -> Approval {
    let mut parts = at.split('|').map(str::to_owned);
    let technician = parts.next().filter(|technician| !technician.is_empty());
    let mut next = || parts.next().unwrap_or_default();
    Approval {
        technician: technician.unwrap_or(form.technician),
        date: next(),
        time: next(),
        offset: next(),
        ..form
    }
}

/// A refusal beside a field.
pub fn beside(why: Refusal, field: &str) -> Trouble {
    Trouble::Refused {
        why,
        field: Some(field.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Madrid;

    fn typed(date: &str, time: &str, offset: &str) -> Result<Option<DateTime<Utc>>, Trouble> {
        start(
            &Approval {
                date: date.to_owned(),
                time: time.to_owned(),
                offset: offset.to_owned(),
                ..Approval::default()
            },
            Madrid,
        )
    }

    #[test]
    fn a_local_time_is_an_instant() {
        assert_eq!(
            typed("2026-11-26", "11:00", ""),
            Ok("2026-11-26T10:00:00Z".parse().ok())
        );
        assert_eq!(typed("", "", ""), Ok(None));
    }

    #[test]
    fn the_hour_that_is_skipped_is_refused() {
        assert_eq!(
            typed("2026-03-29", "02:30", ""),
            Err(beside(Refusal::MissingLocalTime, "time"))
        );
    }

    #[test]
    fn the_hour_that_comes_twice_is_asked_about() {
        assert_eq!(
            typed("2026-10-25", "02:30", ""),
            Err(beside(Refusal::AmbiguousLocalTime, "time"))
        );
        assert_eq!(
            typed("2026-10-25", "02:30", "3600"),
            Ok("2026-10-25T01:30:00Z".parse().ok())
        );
        assert_eq!(
            typed("2026-10-25", "02:30", "0"),
            Err(beside(Refusal::BadOffset, "time"))
        );
    }

    #[test]
    fn nonsense_stands_beside_its_field() {
        assert_eq!(
            typed("2026-02-30", "11:00", ""),
            Err(beside(Refusal::BadDate, "date"))
        );
        assert_eq!(
            typed("2026-11-26", "25:00", ""),
            Err(beside(Refusal::BadTime, "time"))
        );
    }
}
