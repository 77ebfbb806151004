//! What several forms of the office choose from: zones, days of the week.

use crate::i18n::{Locale, td_string};
use crate::kit::Pick;

/// All zones.
#[must_use]
pub fn zones() -> Vec<Pick> {
    let zones = desk::locality::zones().iter();
    zones
        .map(|zone| Pick::new(zone.name(), zone.name().replace('_', " ")))
        .collect()
}

/// A first choice that means "none of one's own".
#[must_use]
pub fn or_default(default: impl Into<String>, picks: Vec<Pick>) -> Vec<Pick> {
    std::iter::once(Pick::new("", default))
        .chain(picks)
        .collect()
}

/// The name of a day of the week, 1 = Monday.
#[must_use]
pub fn weekday(number: u16, locale: Locale) -> &'static str {
    match number {
        1 => td_string!(locale, time.weekday.mon),
        2 => td_string!(locale, time.weekday.tue),
        3 => td_string!(locale, time.weekday.wed),
        4 => td_string!(locale, time.weekday.thu),
        5 => td_string!(locale, time.weekday.fri),
        6 => td_string!(locale, time.weekday.sat),
        _ => td_string!(locale, time.weekday.sun),
    }
}

/// The short name of a day of the week, 1 = Monday.
#[must_use]
pub fn weekday_short(number: u16, locale: Locale) -> &'static str {
    match number {
        1 => td_string!(locale, time.weekday_short.mon),
        2 => td_string!(locale, time.weekday_short.tue),
        3 => td_string!(locale, time.weekday_short.wed),
        4 => td_string!(locale, time.weekday_short.thu),
        5 => td_string!(locale, time.weekday_short.fri),
        6 => td_string!(locale, time.weekday_short.sat),
        _ => td_string!(locale, time.weekday_short.sun),
    }
}

/// The days of the week in the order in which the business counts them.
#[must_use]
pub fn week_from(first: u32) -> [u16; 7] {
    let first = u16::try_from(first.clamp(1, 7)).unwrap_or(1);
    std::array::from_fn(|place| (first - 1 + u16::try_from(place).unwrap_or(0)) % 7 + 1)
}
