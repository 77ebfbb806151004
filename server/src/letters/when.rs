//! Times as letters say them: sayable, in the recipient's zone and language, with the zone's abbreviation and offset, so
//! that nobody arrives an hour late.

use app::i18n::Locale;
use chrono::{DateTime, Datelike, NaiveDate, Offset, Utc, Weekday};
use chrono_tz::Tz;
use leptos_i18n::td_string;

/// From start to end: `Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)`. The end carries a date of its own when it is on
/// another day, and both carry their zone when the clocks change in between.
#[must_use]
pub fn span(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let (from, to) = (start.with_timezone(&zone), end.with_timezone(&zone));
    let one_offset = from.offset().fix() == to.offset().fix();
    let one_day = from.date_naive() == to.date_naive();
    let first = moment(&from, locale);
    let last = if one_day {
        to.format("%H:%M").to_string()
    } else {
        moment(&to, locale)
    };
    match (one_offset, one_day) {
        (true, true) => format!("{first}–{last}{}", named(&to)),
        (true, false) => format!("{first} – {last}{}", named(&to)),
        (false, true | false) => format!("{first}{} – {last}{}", named(&from), named(&to)),
    }
}

/// One instant: `Thu 26 Nov 2026, 10:00 CET (UTC+01:00)`.
#[must_use]
pub fn instant(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    format!("{}{}", moment(&local, locale), named(&local))
}

/// One instant where room is short, as in a subject: `Thu 26 Nov 2026, 10:00 CET`.
#[must_use]
pub fn short(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    let name = abbreviation(&local).unwrap_or_else(|| offset(&local));
    format!("{} {name}", moment(&local, locale))
}

/// How near an instant is: `Tomorrow at 10:00`; farther off, the day.
#[must_use]
pub fn near(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    let today = now.with_timezone(&zone).date_naive();
    let time = local.format("%H:%M").to_string();
    match (local.date_naive() - today).num_days() {
        0 => td_string!(locale, letters.near.today, time = time).to_string(),
        1 => td_string!(locale, letters.near.tomorrow, time = time).to_string(),
        _ => short(at, zone, locale),
    }
}

/// `Thu 26 Nov 2026, 10:00`
fn moment(local: &DateTime<Tz>, locale: Locale) -> String {
    let (day, time) = (date(local, locale), local.format("%H:%M").to_string());
    td_string!(locale, language.day_time, day = day, time = time).to_string()
}

fn date(local: &DateTime<Tz>, locale: Locale) -> String {
    day(local.date_naive(), locale)
}

/// A date: `Thu 26 Nov 2026`.
#[must_use]
pub fn day(date: NaiveDate, locale: Locale) -> String {
    let (weekday, month) = (weekday(date.weekday(), locale), month(date.month(), locale));
    let (day, year) = (date.day(), date.year());
    td_string!(
        locale,
        time.date_short_year,
        weekday = weekday,
        day = day,
        month = month,
        year = year
    )
    .to_string()
}

/// ` CET (UTC+01:00)`; zones without letters of their own show the offset only.
fn named(local: &DateTime<Tz>) -> String {
    match abbreviation(local) {
        Some(letters) => format!(" {letters} ({})", offset(local)),
        None => format!(" ({})", offset(local)),
    }
}

fn abbreviation(local: &DateTime<Tz>) -> Option<String> {
    let name = local.format("%Z").to_string();
    let letters = name.chars().all(|c| c.is_ascii_alphabetic());
    (letters && name != "UTC").then_some(name)
}

fn offset(local: &DateTime<Tz>) -> String {
    if local.offset().fix().local_minus_utc() == 0 {
        return "UTC".to_owned();
    }
    local.format("UTC%:z").to_string()
}

/// The zone that `name` means; an unknown one falls back to the next, and at last to UTC: a letter with times in UTC,
/// which says so, is better than none.
#[must_use]
pub fn zone(names: &[&str]) -> Tz {
    names
        .iter()
        .find_map(|name| name.parse().ok())
        .unwrap_or(Tz::UTC)
}

fn weekday(day: Weekday, locale: Locale) -> &'static str {
    match day {
        Weekday::Mon => td_string!(locale, time.weekday_short.mon),
        Weekday::Tue => td_string!(locale, time.weekday_short.tue),
        Weekday::Wed => td_string!(locale, time.weekday_short.wed),
        Weekday::Thu => td_string!(locale, time.weekday_short.thu),
        Weekday::Fri => td_string!(locale, time.weekday_short.fri),
        Weekday::Sat => td_string!(locale, time.weekday_short.sat),
        Weekday::Sun => td_string!(locale, time.weekday_short.sun),
    }
}

fn month(number: u32, locale: Locale) -> &'static str {
    match number {
        1 => td_string!(locale, time.month_short.jan),
        2 => td_string!(locale, time.month_short.feb),
        3 => td_string!(locale, time.month_short.mar),
        4 => td_string!(locale, time.month_short.apr),
        5 => td_string!(locale, time.month_short.may),
        6 => td_string!(locale, time.month_short.jun),
        7 => td_string!(locale, time.month_short.jul),
        8 => td_string!(locale, time.month_short.aug),
        9 => td_string!(locale, time.month_short.sep),
        10 => td_string!(locale, time.month_short.oct),
        11 => td_string!(locale, time.month_short.nov),
        _ => td_string!(locale, time.month_short.dec),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_says_day_time_zone_and_offset() {
        let (start, end) = (at("2026-11-26T09:00:00Z"), at("2026-11-26T10:00:00Z"));
        for (zone, locale, words) in [
            (
                Tz::Europe__Berlin,
                Locale::en,
                "Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)",
            ),
            (
                Tz::Europe__Madrid,
                Locale::es,
                "jue 26 nov 2026, 10:00–11:00 CET (UTC+01:00)",
            ),
            (
                Tz::America__New_York,
                Locale::en,
                "Thu 26 Nov 2026, 04:00–05:00 EST (UTC-05:00)",
            ),
            (
                Tz::Asia__Kathmandu,
                Locale::en,
                "Thu 26 Nov 2026, 14:45–15:45 (UTC+05:45)",
            ),
            (
                Tz::America__Sao_Paulo,
                Locale::en,
                "Thu 26 Nov 2026, 06:00–07:00 (UTC-03:00)",
            ),
            (Tz::UTC, Locale::en, "Thu 26 Nov 2026, 09:00–10:00 (UTC)"),
            (
                Tz::Europe__London,
                Locale::en,
                "Thu 26 Nov 2026, 09:00–10:00 GMT (UTC)",
            ),
            (
                Tz::Pacific__Auckland,
                Locale::en,
                "Thu 26 Nov 2026, 22:00–23:00 NZDT (UTC+13:00)",
            ),
        ] {
            assert_eq!(span(start, end, zone, locale), words);
        }
    }

    #[test]
    fn midnight_and_clock_changes_are_spelled_out() {
        let berlin = Tz::Europe__Berlin;
        assert_eq!(
            span(
                at("2026-11-26T22:30:00Z"),
                at("2026-11-26T23:30:00Z"),
                berlin,
                Locale::en
            ),
            "Thu 26 Nov 2026, 23:30 – Fri 27 Nov 2026, 00:30 CET (UTC+01:00)"
        );
        assert_eq!(
            span(
                at("2026-10-25T00:30:00Z"),
                at("2026-10-25T01:30:00Z"),
                berlin,
                Locale::en
            ),
            "Sun 25 Oct 2026, 02:30 CEST (UTC+02:00) – 02:30 CET (UTC+01:00)"
        );
        assert_eq!(
            instant(at("2026-07-01T08:00:00Z"), berlin, Locale::en),
            "Wed 1 Jul 2026, 10:00 CEST (UTC+02:00)"
        );
        assert_eq!(
            short(at("2026-07-01T08:00:00Z"), Tz::Asia__Kathmandu, Locale::en),
            "Wed 1 Jul 2026, 13:45 UTC+05:45"
        );
    }

    #[test]
    fn an_unknown_zone_falls_back() {
        assert_eq!(zone(&["Mars/Phobos", "Europe/Berlin"]), Tz::Europe__Berlin);
        assert_eq!(zone(&["../../etc/localtime", ""]), Tz::UTC);
    }
}
