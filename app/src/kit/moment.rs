//! The only place that prints a time: "Tue 24 Nov, 09:00–10:00 (CET)", in the reader's language and zone, 24 hours, the
//! zone shown when it differs from the business's. Server only; islands get the finished texts.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{OffsetName, Tz};

use crate::i18n::{Locale, td_string};

/// How somebody reads times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Their language.
    pub locale: Locale,
    /// Their zone.
    pub zone: Tz,
    /// The business's zone.
    pub business: Tz,
    /// Now: the year is left out of dates of this year.
    pub now: DateTime<Utc>,
}

impl Reader {
    /// "Tue 24 Nov, 09:00–10:00", with "(CET)" when the reader's zone is not the business's.
    #[must_use]
    pub fn span(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
        let (first, last) = (self.date(start), self.date(end - TimeDelta::seconds(1)));
        let text = if first == last {
            self.joined(first, &self.times(start, end))
        } else {
            let from = self.joined(first, &self.time(start));
            let to = self.joined(self.date(end), &self.time(end));
            format!("{from} – {to}")
        };
        self.with_zone(text, start)
    }

    /// "Tue 24 Nov, 09:00", with the zone where it differs.
    #[must_use]
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        self.with_zone(self.joined(self.date(at), &self.time(at)), at)
    }

    /// "Tue 24 Nov, 09:00"
    fn joined(&self, date: NaiveDate, time: &str) -> String {
        let (locale, day) = (self.locale, self.day(date));
        td_string!(locale, language.day_time, day = day, time = time.to_owned()).to_string()
    }

    /// "09:00–10:00"
    #[must_use]
    pub fn times(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
        crate::language::stretch(self.locale, &self.time(start), &self.time(end))
    }

    /// "09:00"; a time that the clocks repeat on its day says which: "02:30 CEST".
    #[must_use]
    pub fn time(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let text = format!("{:02}:{:02}", local.hour(), local.minute());
        if self
            .zone
            .from_local_datetime(&local.naive_local())
            .single()
            .is_some()
        {
            return text;
        }
        format!("{text} {}", self.abbreviation(at))
    }

    /// The date it is for the reader.
    #[must_use]
    pub fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// "Tue 24 Nov"; with the year when it is another year.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> String {
        let locale = self.locale;
        let (weekday, month) = (weekday_short(locale, date), month_short(locale, date));
        if date.year() == self.date(self.now).year() {
            return td_string!(
                locale,
                time.date_short,
                weekday = weekday,
                day = date.day(),
                month = month
            )
            .to_string();
        }
        td_string!(
            locale,
            time.date_short_year,
            weekday = weekday,
            day = date.day(),
            month = month,
            year = date.year()
        )
        .to_string()
    }

    /// "Tuesday 24 November 2026", for headings and screen readers.
    #[must_use]
    pub fn long_day(&self, date: NaiveDate) -> String {
        let locale = self.locale;
        let (weekday, month) = (weekday(locale, date), month(locale, date));
        td_string!(
            locale,
            time.date_long,
            weekday = weekday,
            day = date.day(),
            month = month,
            year = date.year()
        )
        .to_string()
    }

    /// "Thursday 26 November", for the days of a calendar; with the year when it is another year.
    #[must_use]
    pub fn named_day(&self, date: NaiveDate) -> String {
        if date.year() != self.date(self.now).year() {
            return self.long_day(date);
        }
        let (weekday, month) = (weekday(self.locale, date), month(self.locale, date));
        td_string!(
            self.locale,
            time.date_named,
            weekday = weekday,
            day = date.day(),
            month = month
        )
        .to_string()
    }

    /// Two letters and the whole name of the weekdays, from the business's first one on (1 = Monday).
    #[must_use]
    pub fn weekdays(&self, first: u32) -> Vec<(String, String)> {
        let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
        let first = first.clamp(1, 7) - 1;
        let day = |place: u32| monday + chrono::Days::new(u64::from((first + place) % 7));
        let names = |date: NaiveDate| {
            (
                weekday_two(self.locale, date).to_owned(),
                weekday(self.locale, date).to_owned(),
            )
        };
        (0..7).map(day).map(names).collect()
    }

    /// "November 2026"
    #[must_use]
    pub fn month(&self, date: NaiveDate) -> String {
        let locale = self.locale;
        td_string!(
            locale,
            time.month_year,
            month = month(locale, date),
            year = date.year()
        )
        .to_string()
    }

    /// "Tue", "24", "Nov": the leaf of a calendar beside a visit.
    #[must_use]
    pub fn leaf(&self, at: DateTime<Utc>) -> (&'static str, String, &'static str) {
        let date = self.date(at);
        (
            weekday_short(self.locale, date),
            date.day().to_string(),
            month_short(self.locale, date),
        )
    }

    /// "60 min", "1 h 30 min", "3 h"
    #[must_use]
    pub fn length(&self, minutes: i64) -> String {
        let locale = self.locale;
        match (minutes / 60, minutes % 60) {
            (0 | 1, _) if minutes < 90 => {
                td_string!(locale, time.minutes, count = minutes).to_string()
            }
            (hours, 0) => td_string!(locale, time.hours, count = hours).to_string(),
            (hours, rest) => {
                td_string!(locale, time.hours_minutes, hours = hours, minutes = rest).to_string()
            }
        }
    }

    /// "Europe/Madrid" as people say it, with its abbreviation at that time: "Madrid (CET)".
    #[must_use]
    pub fn place(&self, at: DateTime<Utc>) -> String {
        let name = self.zone.name();
        let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
        format!("{city} ({})", self.abbreviation(at))
    }

    /// The zone, when the reader's differs from the business's at that instant: "Times in Madrid (CET)".
    #[must_use]
    pub fn zone_note(&self, at: DateTime<Utc>) -> Option<String> {
        let locale = self.locale;
        self.differs(at)
            .then(|| td_string!(locale, time.zone_note, zone = self.place(at)).to_string())
    }

    /// Whether clocks at the business show another time then.
    fn differs(&self, at: DateTime<Utc>) -> bool {
        at.with_timezone(&self.zone).naive_local() != at.with_timezone(&self.business).naive_local()
    }

    fn with_zone(&self, text: String, at: DateTime<Utc>) -> String {
        if self.differs(at) {
            format!("{text} ({})", self.abbreviation(at))
        } else {
            text
        }
    }

    /// "CET", or "UTC+3" for zones without letters.
    fn abbreviation(&self, at: DateTime<Utc>) -> String {
        let offset = self.zone.offset_from_utc_datetime(&at.naive_utc());
        match offset.abbreviation() {
            Some(word) if word.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                word.to_owned()
            }
            Some(_) | None => {
                use chrono::Offset;
                format!("UTC{}", offset.fix())
            }
        }
    }
}

/// "Monday"
#[must_use]
pub fn weekday(locale: Locale, date: NaiveDate) -> &'static str {
    match date.weekday() {
        chrono::Weekday::Mon => td_string!(locale, time.weekday.mon),
        chrono::Weekday::Tue => td_string!(locale, time.weekday.tue),
        chrono::Weekday::Wed => td_string!(locale, time.weekday.wed),
        chrono::Weekday::Thu => td_string!(locale, time.weekday.thu),
        chrono::Weekday::Fri => td_string!(locale, time.weekday.fri),
        chrono::Weekday::Sat => td_string!(locale, time.weekday.sat),
        chrono::Weekday::Sun => td_string!(locale, time.weekday.sun),
    }
}

/// "Mon"
#[must_use]
pub fn weekday_short(locale: Locale, date: NaiveDate) -> &'static str {
    match date.weekday() {
        chrono::Weekday::Mon => td_string!(locale, time.weekday_short.mon),
        chrono::Weekday::Tue => td_string!(locale, time.weekday_short.tue),
        chrono::Weekday::Wed => td_string!(locale, time.weekday_short.wed),
        chrono::Weekday::Thu => td_string!(locale, time.weekday_short.thu),
        chrono::Weekday::Fri => td_string!(locale, time.weekday_short.fri),
        chrono::Weekday::Sat => td_string!(locale, time.weekday_short.sat),
        chrono::Weekday::Sun => td_string!(locale, time.weekday_short.sun),
    }
}

/// "Mo"
fn weekday_two(locale: Locale, date: NaiveDate) -> &'static str {
    match date.weekday() {
        chrono::Weekday::Mon => td_string!(locale, time.weekday_two.mon),
        chrono::Weekday::Tue => td_string!(locale, time.weekday_two.tue),
        chrono::Weekday::Wed => td_string!(locale, time.weekday_two.wed),
        chrono::Weekday::Thu => td_string!(locale, time.weekday_two.thu),
        chrono::Weekday::Fri => td_string!(locale, time.weekday_two.fri),
        chrono::Weekday::Sat => td_string!(locale, time.weekday_two.sat),
        chrono::Weekday::Sun => td_string!(locale, time.weekday_two.sun),
    }
}

/// "November"
#[must_use]
pub fn month(locale: Locale, date: NaiveDate) -> &'static str {
    match date.month() {
        1 => td_string!(locale, time.month.jan),
        2 => td_string!(locale, time.month.feb),
        3 => td_string!(locale, time.month.mar),
        4 => td_string!(locale, time.month.apr),
        5 => td_string!(locale, time.month.may),
        6 => td_string!(locale, time.month.jun),
        7 => td_string!(locale, time.month.jul),
        8 => td_string!(locale, time.month.aug),
        9 => td_string!(locale, time.month.sep),
        10 => td_string!(locale, time.month.oct),
        11 => td_string!(locale, time.month.nov),
        _ => td_string!(locale, time.month.dec),
    }
}

/// "Nov"
#[must_use]
pub fn month_short(locale: Locale, date: NaiveDate) -> &'static str {
    match date.month() {
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

    fn madrid(locale: Locale) -> Reader {
        Reader {
            locale,
            zone: Tz::Europe__Madrid,
            business: Tz::Europe__Madrid,
            now: at("2026-11-20T08:00:00Z"),
        }
    }

    #[test]
    fn a_visit_is_said_as_people_say_it() {
        let (start, end) = (at("2026-11-24T08:00:00Z"), at("2026-11-24T09:00:00Z"));
        assert_eq!(
            madrid(Locale::en).span(start, end),
            "Tue 24 Nov, 09:00–10:00"
        );
        assert_eq!(
            madrid(Locale::es).span(start, end),
            "mar 24 nov, 09:00–10:00"
        );
    }

    #[test]
    fn a_visit_in_every_language() {
        let (start, end) = (at("2027-01-05T08:00:00Z"), at("2027-01-05T09:00:00Z"));
        for (locale, said, named) in [
            (
                Locale::en,
                "Tue 5 Jan 2027, 09:00–10:00",
                "Tuesday 5 January 2027",
            ),
            (
                Locale::de,
                "Di 5. Jan. 2027, 09:00–10:00",
                "Dienstag, 5. Januar 2027",
            ),
            (
                Locale::es,
                "mar 5 ene 2027, 09:00–10:00",
                "martes, 5 de enero de 2027",
            ),
            (
                Locale::fr,
                "mar. 5 janv. 2027, 09:00–10:00",
                "mardi 5 janvier 2027",
            ),
            (
                Locale::pt,
                "ter 5 jan 2027, 09:00–10:00",
                "terça-feira, 5 de janeiro de 2027",
            ),
            (
                Locale::ar,
                "الثلاثاء 5 يناير 2027، \u{2067}09:00–10:00\u{2069}",
                "الثلاثاء 5 يناير 2027",
            ),
        ] {
            let reader = madrid(locale);
            assert_eq!(reader.span(start, end), said);
            assert_eq!(reader.long_day(reader.date(start)), named);
        }
    }

    #[test]
    fn the_zone_is_named_only_where_it_differs() {
        let away = Reader {
            zone: Tz::Europe__London,
            ..madrid(Locale::en)
        };
        let (start, end) = (at("2026-11-24T08:00:00Z"), at("2026-11-24T09:00:00Z"));
        assert_eq!(away.span(start, end), "Tue 24 Nov, 08:00–09:00 (GMT)");
        let same_clock = Reader {
            zone: Tz::Europe__Berlin,
            ..madrid(Locale::en)
        };
        assert_eq!(same_clock.zone_note(start), None);
    }

    #[test]
    fn a_repeated_hour_says_which() {
        let reader = madrid(Locale::en);
        assert_eq!(reader.time(at("2026-10-25T00:30:00Z")), "02:30 CEST");
        assert_eq!(reader.time(at("2026-10-25T01:30:00Z")), "02:30 CET");
        assert_eq!(reader.time(at("2026-10-25T02:30:00Z")), "03:30");
    }

    #[test]
    fn midnight_and_other_years_are_said() {
        let reader = madrid(Locale::en);
        let night = reader.span(at("2026-11-24T22:00:00Z"), at("2026-11-25T00:00:00Z"));
        assert_eq!(night, "Tue 24 Nov, 23:00 – Wed 25 Nov, 01:00");
        let to_midnight = reader.span(at("2026-11-24T22:00:00Z"), at("2026-11-24T23:00:00Z"));
        assert_eq!(to_midnight, "Tue 24 Nov, 23:00–00:00");
        assert_eq!(
            reader.moment(at("2027-01-04T08:00:00Z")),
            "Mon 4 Jan 2027, 09:00"
        );
    }

    #[test]
    fn lengths() {
        let reader = madrid(Locale::en);
        let said: Vec<String> = [30, 60, 75, 90, 120, 150]
            .iter()
            .map(|minutes| reader.length(*minutes))
            .collect();
        assert_eq!(
            said,
            [
                "30 min",
                "60 min",
                "75 min",
                "1 h 30 min",
                "2 h",
                "2 h 30 min"
            ]
        );
    }

    #[test]
    fn zones_without_letters_say_their_offset() {
        let reader = Reader {
            zone: Tz::Asia__Kathmandu,
            ..madrid(Locale::en)
        };
        assert_eq!(
            reader.place(at("2026-11-24T08:00:00Z")),
            "Kathmandu (UTC+05:45)"
        );
    }
}
