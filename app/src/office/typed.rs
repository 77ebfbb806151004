//! What the office's forms send as text — numbers, prices, times of the day, ids — read, or refused beside the field.

use booking::refusal::Refusal;

use crate::trouble::Trouble;

/// A refusal beside a field.
#[must_use]
pub fn beside(why: Refusal, field: &str) -> Trouble {
    Trouble::Refused {
        why,
        field: Some(field.to_owned()),
    }
}

/// A whole number.
///
/// # Errors
/// [`Refusal::BadAmount`] beside the field.
pub fn number(text: &str, field: &str) -> Result<u32, Trouble> {
    text.trim()
        .parse()
        .map_err(|_| beside(Refusal::BadAmount, field))
}

/// A whole number; nothing typed is 0.
///
/// # Errors
/// [`Refusal::BadAmount`] beside the field.
pub fn number_or_zero(text: &str, field: &str) -> Result<u32, Trouble> {
    Ok(number_or_none(text, field)?.unwrap_or(0))
}

/// A whole number, or nothing.
///
/// # Errors
/// [`Refusal::BadAmount`] beside the field.
pub fn number_or_none(text: &str, field: &str) -> Result<Option<u32>, Trouble> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    number(text, field).map(Some)
}

/// One of some words.
///
/// # Errors
/// [`Refusal::BadChoice`] beside the field.
pub fn known_word<T: std::str::FromStr>(text: &str, field: &str) -> Result<T, Trouble> {
    text.parse().map_err(|_| beside(Refusal::BadChoice, field))
}

/// A time of the day as a time field sends it, in minutes after midnight; "24:00" is allowed.
///
/// # Errors
/// [`Refusal::BadWindow`] beside the field.
pub fn minute(text: &str, field: &str) -> Result<u16, Trouble> {
    let clock: Result<booking::policy::ClockTime, _> = text.trim().parse();
    match clock {
        Ok(clock) => Ok(clock.minute()),
        Err(_) if text.trim() == "24:00" => Ok(1440),
        Err(_) => Err(beside(Refusal::BadWindow, field)),
    }
}

/// Windows of a day from two lists of the same length; rows left empty are none.
///
/// # Errors
/// [`Refusal::BadWindow`] beside the field when only one end is typed, or what is typed is no time.
pub fn windows(from: &[String], to: &[String], field: &str) -> Result<Vec<(u16, u16)>, Trouble> {
    if from.len() != to.len() {
        return Err(beside(Refusal::BadWindow, field));
    }
    let rows = from.iter().zip(to);
    let rows = rows.filter(|(from, to)| !from.trim().is_empty() || !to.trim().is_empty());
    rows.map(|(from, to)| Ok((minute(from, field)?, minute(to, field)?)))
        .collect()
}

/// Minutes after midnight as a time field holds them.
#[must_use]
pub fn clock(minute: u16) -> String {
    let minute = minute % 1440;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// An id.
///
/// # Errors
/// [`Refusal::BadChoice`] beside the field.
pub fn id<T: std::str::FromStr>(text: &str, field: &str) -> Result<T, Trouble> {
    text.trim()
        .parse()
        .map_err(|_| beside(Refusal::BadChoice, field))
}

/// The id in a path, or in a hidden field: what names nothing is not found.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn known<T: std::str::FromStr>(text: &str) -> Result<T, Trouble> {
    text.trim().parse().map_err(|_| Refusal::NotFound.into())
}

/// A number as the settings keep it.
///
/// # Errors
/// [`Refusal::BadAmount`] beside the field.
pub fn amount(text: &str, field: &str) -> Result<i32, Trouble> {
    text.trim()
        .parse()
        .map_err(|_| beside(Refusal::BadAmount, field))
}

/// A price in minor units of the business's currency; nothing typed is none.
///
/// # Errors
/// [`Refusal::BadPrice`] beside the field.
pub fn price(text: &str, field: &str) -> Result<Option<i64>, Trouble> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = crate::kit::money::read(text, &crate::ask::business().currency);
    read.map(Some)
        .ok_or_else(|| beside(Refusal::BadPrice, field))
}
