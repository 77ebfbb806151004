//! What the forms of an offer carry, as text: from a refused post or from the address; read into what the desk asks for, or
//! refused beside the field.

use booking::offer::Amount;
use booking::people::Name;
use booking::refusal::Refusal;
use booking::service::Price;
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use desk::send_offer::{OfferForm, ProposedTime, TIME_FIELDS};
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::kit::money;
use crate::office::requests::{read, shown::Approval};
use crate::office::typed::{beside, id, known, number_or_none};
use crate::trouble::Trouble;

/// The rows for times of one's own.
pub const ROWS: usize = 3;

/// The fields of both forms. Lists are in the order of their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedOffer {
    /// `R-…`.
    pub reference: String,
    /// What the form was drawn from.
    pub version: String,
    /// In minutes.
    pub length: String,
    /// For the client.
    pub note: String,
    /// Why soft rules are overruled.
    pub override_reason: String,
    /// Suggested times that are ticked: `instant|technician`.
    pub pick: Vec<String>,
    /// When, in the zone of the business.
    pub date: Vec<String>,
    /// Likewise.
    pub time: Vec<String>,
    /// Who would come.
    pub technician: Vec<String>,
    /// What for.
    pub words: Vec<String>,
    /// How much: `1.5`.
    pub quantity: Vec<String>,
    /// The price of one: `45.00`.
    pub unit: Vec<String>,
    /// In per cent: `21`.
    pub tax: String,
    /// The last day of a quote.
    pub valid_until: String,
    /// Whether one more line is wanted.
    pub more: String,
}

/// The field of a row: `time_1`, `words_2`.
#[must_use]
pub fn field(name: &str, row: usize) -> String {
    format!("{name}_{}", row + 1)
}

impl TypedOffer {
    /// What was typed: the refused form of this page, or the address; and whether anything was.
    pub fn here(action: &str) -> (Self, bool) {
        match ask::posted().filter(|posted| posted.action == action) {
            Some(posted) => (Self::of(&posted.fields), true),
            None => {
                let pairs = ask::queries();
                let whole = pairs.iter().any(|(name, _)| name == "reference");
                (Self::of(&pairs), whole)
            }
        }
    }

    fn of(pairs: &[(String, String)]) -> Self {
        let all = |name: &str| -> Vec<String> {
            let of_name = pairs.iter().filter(|(key, _)| key == name);
            of_name.map(|(_, value)| value.clone()).collect()
        };
        let one = |name: &str| all(name).pop().unwrap_or_default();
        Self {
            reference: one("reference"),
            version: one("version"),
            length: one("length"),
            note: one("note"),
            override_reason: one("override_reason"),
            pick: all("pick[]"),
            date: all("date[]"),
            time: all("time[]"),
            technician: all("technician[]"),
            words: all("words[]"),
            quantity: all("quantity[]"),
            unit: all("unit[]"),
            tax: one("tax"),
            valid_until: one("valid_until"),
            more: one("more"),
        }
    }

    /// What both forms say.
    ///
    /// # Errors
    /// A refusal beside the field that cannot be read.
    pub fn form(&self, key: String) -> Result<OfferForm, Trouble> {
        Ok(OfferForm {
            key,
            request: self.reference.clone(),
            version: known(&self.version)?,
            length_min: self.length()?,
            note: self.note.clone(),
            override_reason: self.override_reason.clone(),
        })
    }

    /// The length, where one is typed.
    ///
    /// # Errors
    /// [`Refusal::BadLength`] beside `length`.
    pub fn length(&self) -> Result<Option<u32>, Trouble> {
        number_or_none(&self.length, "length").map_err(|_| beside(Refusal::BadLength, "length"))
    }

    /// One row of times of one's own, as the approve form would carry it.
    #[must_use]
    pub fn row(&self, row: usize) -> Approval {
        let at = |all: &[String]| all.get(row).cloned().unwrap_or_default();
        Approval {
            reference: self.reference.clone(),
            technician: at(&self.technician),
            date: at(&self.date),
            time: at(&self.time),
            length: self.length.clone(),
            ..Approval::default()
        }
    }

    /// All times, each with the field beside which a refusal about it stands: the ticked ones first.
    ///
    /// # Errors
    /// A refusal beside the field that cannot be read.
    pub fn times(&self, zone: Tz) -> Result<Vec<(String, ProposedTime)>, Trouble> {
        let mut all = Vec::new();
        for pick in &self.pick {
            all.push(("pick".to_owned(), picked(pick)?));
        }
        for row in 0..ROWS.max(self.date.len()) {
            let typed = self.row(row);
            if typed.date.is_empty() && typed.time.is_empty() {
                continue;
            }
            let name = field("time", row);
            all.push((name.clone(), own(&typed, zone, &name)?));
        }
        Ok(all)
    }

    /// The lines that say anything.
    ///
    /// # Errors
    /// A refusal beside the field of a line that cannot be read.
    pub fn lines(&self, currency: &str) -> Result<Vec<(Name, Amount)>, Trouble> {
        let at = |all: &[String], row: usize| {
            let typed = all.get(row).map(String::as_str);
            typed.unwrap_or_default().trim().to_owned()
        };
        let mut lines = Vec::new();
        for row in 0..self.words.len() {
            let (words, unit) = (at(&self.words, row), at(&self.unit, row));
            let quantity = at(&self.quantity, row);
            if words.is_empty() && unit.is_empty() {
                continue;
            }
            let name = Name::parse(&words).map_err(|why| beside(why, &field("words", row)))?;
            let minor = money::read(&unit, currency).and_then(|minor| Price::new(minor).ok());
            let minor = minor.ok_or_else(|| beside(Refusal::BadPrice, &field("unit", row)))?;
            let amount = hundredths(&quantity)
                .and_then(|number| Amount::new(number, minor).ok())
                .ok_or_else(|| beside(Refusal::BadAmount, &field("quantity", row)))?;
            lines.push((name, amount));
        }
        Ok(lines)
    }

    /// The rate of tax; nothing typed is none.
    ///
    /// # Errors
    /// [`Refusal::BadAmount`] beside `tax`.
    pub fn tax_bp(&self) -> Result<u32, Trouble> {
        if self.tax.trim().is_empty() {
            return Ok(0);
        }
        let rate = hundredths(&self.tax).filter(|rate| *rate <= booking::offer::HIGHEST_TAX_BP);
        rate.ok_or_else(|| beside(Refusal::BadAmount, "tax"))
    }

    /// The last minute of the last day on which the quote can be accepted, so that its letter names that day.
    ///
    /// # Errors
    /// [`Refusal::BadDate`] beside `valid_until`.
    pub fn valid(&self, zone: Tz) -> Result<DateTime<Utc>, Trouble> {
        let date: Option<NaiveDate> = self.valid_until.trim().parse().ok();
        let day = date.and_then(|date| zone::day(&zone, date));
        let day = day.ok_or_else(|| beside(Refusal::BadDate, "valid_until"))?;
        Ok(day.end() - TimeDelta::minutes(1))
    }
}

/// A suggestion as its box carries it.
#[must_use]
pub fn carried(start: DateTime<Utc>, technician: impl std::fmt::Display) -> String {
    let start = start.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!("{start}|{technician}")
}

fn picked(text: &str) -> Result<ProposedTime, Trouble> {
    let (start, technician) = text.split_once('|').ok_or(Trouble::Malformed)?;
    Ok(ProposedTime {
        start: start.parse().map_err(|_| Trouble::Malformed)?,
        technician: id(technician, "pick")?,
    })
}

fn own(typed: &Approval, zone: Tz, name: &str) -> Result<ProposedTime, Trouble> {
    let here = |trouble: Trouble| match trouble {
        Trouble::Refused { why, .. } => beside(why, name),
        other @ (Trouble::Fault { .. } | Trouble::Malformed | Trouble::Unreachable) => other,
    };
    let start = read::start(typed, zone).map_err(here)?;
    let technician = read::technician(typed).map_err(here)?;
    Ok(ProposedTime {
        start: start.ok_or_else(|| beside(Refusal::BadTime, name))?,
        technician: technician.ok_or_else(|| beside(Refusal::TechnicianRequired, name))?,
    })
}

/// "1", "1.5" or "1,50" in hundredths; none where it is no such number.
#[must_use]
pub fn hundredths(text: &str) -> Option<u32> {
    let text = text.trim().replace(',', ".");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<2}").parse().ok()
}

/// The refusal of the desk about its first, second, third time, beside the field that the time came from.
#[must_use]
pub fn at_its_field(trouble: Trouble, fields: &[String]) -> Trouble {
    let place = |field: &str| TIME_FIELDS.iter().position(|name| *name == field);
    match trouble {
        Trouble::Refused {
            why,
            field: Some(name),
        } => match place(&name) {
            Some(place) => {
                let first = || field("time", 0);
                beside(why, &fields.get(place).cloned().unwrap_or_else(first))
            }
            None => beside(why, &name),
        },
        other @ (Trouble::Refused { field: None, .. }
        | Trouble::Fault { .. }
        | Trouble::Malformed
        | Trouble::Unreachable) => other,
    }
}

/// In how many days a quote ends, unless staff say otherwise.
pub const VALID: TimeDelta = TimeDelta::days(7);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_they_are_typed() {
        for (text, number) in [
            ("1", Some(100)),
            (" 1,5 ", Some(150)),
            ("0.25", Some(25)),
            ("12.345", None),
            ("-1", None),
            ("", None),
            ("1e3", None),
            ("99999999999", None),
        ] {
            assert_eq!(hundredths(text), number, "{text}");
        }
    }

    #[test]
    fn a_line_without_words_and_price_is_left_out() {
        let list = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        let typed = TypedOffer {
            words: list(&["Work", "", "Parts"]),
            quantity: list(&["2", "1", "1"]),
            unit: list(&["45", "", "x"]),
            ..TypedOffer::default()
        };
        let refused = typed.lines("EUR");
        assert_eq!(refused, Err(beside(Refusal::BadPrice, "unit_3")));
        let typed = TypedOffer {
            unit: list(&["45", "", "9.90"]),
            ..typed
        };
        let lines = typed.lines("EUR").unwrap_or_default();
        let found: Vec<_> = lines
            .iter()
            .map(|(_, amount)| (amount.hundredths(), amount.unit().minor()))
            .collect();
        assert_eq!(found, [(200, 4_500), (100, 990)]);
    }
}
