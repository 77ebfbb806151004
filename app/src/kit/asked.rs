//! Says which dates a request asks for, in words: "Every 2 weeks on Tue and Fri, 10 times, from Tue 1 Dec, in the morning".
//! On the server only; letters say the same.

use booking::recurrence::{Ends, Frequency, Parts};
use booking::request::{DayPart, RequestKind};
use chrono::{NaiveDate, Weekday};
use desk::asked_dates::AskedDates;

use super::moment::weekday_short;
use crate::i18n::{Locale, td_string};
use crate::language::{list, many};

/// The dates in words; `day` says a date.
#[must_use]
pub fn words(asked: &AskedDates, locale: Locale, day: impl Fn(NaiveDate) -> String) -> String {
    let mut said = match &asked.repeat {
        Some(parts) => vec![
            rule(parts, locale, &day),
            td_string!(locale, asked.starting, day = day(asked.from)).to_string(),
        ],
        None if asked.from == asked.to => vec![day(asked.from)],
        None => {
            let (from, to) = (day(asked.from), day(asked.to));
            vec![td_string!(locale, asked.between, from = from, to = to).to_string()]
        }
    };
    said.extend(asked.part.map(|part| at(part, locale).to_owned()));
    list(locale, &said)
}

/// The same where it begins a line.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The kind of request in the client's words; nothing for an exact time.
#[must_use]
pub fn kind(kind: RequestKind, locale: Locale) -> Option<&'static str> {
    match kind {
        RequestKind::Appointment => None,
        RequestKind::OneTime => Some(td_string!(locale, asked.kind_one)),
        RequestKind::Recurring => Some(td_string!(locale, asked.kind_recurring)),
        RequestKind::Issue => Some(td_string!(locale, asked.kind_issue)),
    }
}

/// "in the morning".
#[must_use]
pub fn at(part: DayPart, locale: Locale) -> &'static str {
    match part {
        DayPart::Morning => td_string!(locale, asked.at_morning),
        DayPart::Afternoon => td_string!(locale, asked.at_afternoon),
        DayPart::Evening => td_string!(locale, asked.at_evening),
    }
}

/// "Every 2 weeks on Tue and Fri, 10 times".
#[must_use]
pub fn rule(parts: &Parts, locale: Locale, day: impl Fn(NaiveDate) -> String) -> String {
    let n = many(parts.interval);
    let step = match parts.freq {
        Frequency::Daily => td_string!(locale, asked.daily_n, count = n).to_string(),
        Frequency::Weekly => td_string!(locale, asked.weekly_n, count = n).to_string(),
        Frequency::Monthly => td_string!(locale, asked.monthly_n, count = n).to_string(),
    };
    let step = match parts.weekdays.is_empty() {
        true => step,
        false => {
            let days = listed(&parts.weekdays, locale);
            td_string!(locale, asked.on_days, step = step, days = days).to_string()
        }
    };
    let ends = match parts.ends {
        Ends::Count(count) => td_string!(locale, asked.times, count = many(count)).to_string(),
        Ends::Until(last) => td_string!(locale, asked.until, day = day(last)).to_string(),
        Ends::Never => td_string!(locale, asked.open_ended).to_owned(),
    };
    list(locale, &[step, ends])
}

/// "Mon, Tue and Fri".
fn listed(days: &[Weekday], locale: Locale) -> String {
    let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    let name = |day: &Weekday| {
        let date = monday + chrono::Days::new(u64::from(day.num_days_from_monday()));
        weekday_short(locale, date).to_owned()
    };
    let mut names: Vec<String> = days.iter().map(name).collect();
    let Some(last) = names.pop() else {
        return String::new();
    };
    match names.is_empty() {
        true => last,
        false => {
            td_string!(locale, asked.and, some = list(locale, &names), last = last).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(repeat: Option<Parts>) -> AskedDates {
        AskedDates {
            from: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default(),
            to: NaiveDate::from_ymd_opt(2026, 12, 11).unwrap_or_default(),
            part: Some(DayPart::Morning),
            repeat,
        }
    }

    #[test]
    fn dates_are_said_in_plain_words() {
        let say = |asked: &AskedDates, locale| words(asked, locale, |date| date.to_string());
        let parts = Parts {
            freq: Frequency::Weekly,
            interval: 2,
            weekdays: vec![Weekday::Tue, Weekday::Fri],
            ends: Ends::Count(10),
            excluded: Vec::new(),
        };
        assert_eq!(
            say(&asked(None), Locale::en),
            "between 2026-12-01 and 2026-12-11, in the morning"
        );
        assert_eq!(
            say(&asked(Some(parts.clone())), Locale::en),
            "every 2 weeks on Tue and Fri, 10 times, from 2026-12-01, in the morning"
        );
        assert_eq!(
            say(&asked(Some(parts)), Locale::es),
            "cada 2 semanas los mar y vie, 10 veces, desde 2026-12-01, por la mañana"
        );
    }
}
