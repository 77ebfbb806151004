//! A place in a JSON document with its name, so that whatever cannot be read is answered by that name. `null` is absent.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::Value;

/// Reading, or the field that could not be read.
pub type Read<T> = Result<T, Trouble>;

/// A field that cannot be read, and why.
#[derive(Debug)]
pub struct Trouble {
    field: String,
    why: String,
}

impl Trouble {
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            why: why.into(),
        }
    }

    /// The same field for another reason.
    pub fn because(self, why: &str) -> Self {
        Self {
            why: why.to_owned(),
            ..self
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

/// A value that may be absent, with its name.
pub struct Field<'a> {
    name: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    pub fn whole(value: &'a Value) -> Read<Self> {
        let field = Self {
            name: String::new(),
            value: Some(value),
        };
        if value.is_object() {
            Ok(field)
        } else {
            Err(Trouble::new("scenario", "not an object"))
        }
    }

    pub fn get(&self, name: &str) -> Field<'a> {
        let path = if self.name.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.name)
        };
        let value = self
            .value
            .and_then(|value| value.get(name))
            .filter(|value| !value.is_null());
        Field { name: path, value }
    }

    pub fn trouble(&self, why: &str) -> Trouble {
        Trouble::new(&self.name, why)
    }

    fn present(&self) -> Read<&'a Value> {
        self.value.ok_or_else(|| self.trouble("missing"))
    }

    /// An object that has to be there.
    pub fn required(self) -> Read<Self> {
        self.present()?;
        self.object()
    }

    /// An object or nothing.
    pub fn object(self) -> Read<Self> {
        match self.value {
            Some(Value::Object(_)) | None => Ok(self),
            Some(_) => Err(self.trouble("not an object")),
        }
    }

    pub fn optional<T>(&self, read: impl FnOnce(&Self) -> Read<T>) -> Read<Option<T>> {
        self.value.map(|_| read(self)).transpose()
    }

    pub fn list(&self) -> Read<Vec<Field<'a>>> {
        let values = match self.value {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(_) => return Err(self.trouble("not a list")),
        };
        let entry = |(place, value)| Field {
            name: format!("{}[{place}]", self.name),
            value: Some(value),
        };
        Ok(values.iter().enumerate().map(entry).collect())
    }

    pub fn each<T>(&self, read: impl Fn(&Field<'a>) -> Read<T>) -> Read<Vec<T>> {
        self.list()?.iter().map(read).collect()
    }

    pub fn pair(&self) -> Read<(Field<'a>, Field<'a>)> {
        let mut ends = self.list()?.into_iter();
        match (ends.next(), ends.next(), ends.next()) {
            (Some(first), Some(second), None) => Ok((first, second)),
            (_, _, _) => Err(self.trouble("not a pair")),
        }
    }

    pub fn text(&self) -> Read<String> {
        let text = self
            .present()?
            .as_str()
            .ok_or_else(|| self.trouble("not a text"))?;
        Ok(text.to_owned())
    }

    pub fn truth(&self) -> Read<bool> {
        self.present()?
            .as_bool()
            .ok_or_else(|| self.trouble("neither true nor false"))
    }

    /// A whole number between two; `absent` when it is not there, and checked like any other.
    pub fn number(&self, absent: u32, least: u32, most: u32) -> Read<u32> {
        let number = match self.value {
            None => Some(absent),
            Some(value) => value
                .as_u64()
                .or_else(|| whole_float(value))
                .and_then(|n| u32::try_from(n).ok()),
        };
        let why = || self.trouble(&format!("not a whole number from {least} to {most}"));
        number
            .filter(|n| (least..=most).contains(n))
            .ok_or_else(why)
    }

    pub fn instant(&self) -> Read<DateTime<Utc>> {
        let instant = DateTime::parse_from_rfc3339(self.text()?.as_str());
        instant
            .map(|at| at.to_utc())
            .map_err(|_| self.trouble("not an instant like 2026-03-25T23:00:00Z"))
    }

    pub fn date(&self) -> Read<NaiveDate> {
        let text = self.text()?;
        let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10);
        date.ok_or_else(|| self.trouble("not a date like 2026-03-25"))
    }

    pub fn zone(&self) -> Read<Tz> {
        self.text()?
            .parse()
            .map_err(|_| self.trouble("unknown time zone"))
    }

    /// `HH:MM` up to `24:00`, as minutes.
    pub fn minute(&self) -> Read<u16> {
        let text = self.text()?;
        let digits = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        let parts = text
            .split_once(':')
            .filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
        match parts.map(|(hour, minute)| (digits(hour), digits(minute))) {
            Some((Some(24), Some(0))) => Ok(1440),
            Some((Some(hour @ 0..=23), Some(minute @ 0..=59))) => Ok(hour * 60 + minute),
            Some(_) | None => Err(self.trouble("not a time from 00:00 to 24:00")),
        }
    }
}

fn whole_float(value: &Value) -> Option<u64> {
    let number = value.as_f64()?;
    (number.fract() == 0.0 && (0.0..4e9).contains(&number)).then_some(number as u64)
}
