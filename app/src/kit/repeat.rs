//! The builder of a rule that repeats, in plain words: the same fields for clients who ask and staff who plan. On the server
//! only; the style sheet hides the fields that a choice leaves without meaning. What a rule means is `booking::recurrence`.

use booking::recurrence::{Ends, Frequency, Parts};
use booking::refusal::Refusal;
use chrono::Weekday;
use leptos::prelude::*;

use super::{Choice, Field, Pick};
use crate::i18n::{Locale, td_string};
use crate::office::picks;
use crate::office::section::Beside;
use crate::office::typed::{beside, number_or_none};
use crate::trouble::Trouble;

/// What the fields hold, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRepeat {
    /// Nothing, daily, weekly, monthly.
    pub freq: String,
    /// Every how many.
    pub interval: String,
    /// On which weekdays, 1 = Monday.
    pub weekday: Vec<String>,
    /// count, until, never.
    pub ends: String,
    /// After so many.
    pub count: String,
    /// On this date.
    pub until: String,
}

impl TypedRepeat {
    /// The text of a rule.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let day = |day: &Weekday| day.number_from_monday().to_string();
        let (ends, count, until) = match parts.ends {
            Ends::Count(count) => ("count", count.to_string(), String::new()),
            Ends::Until(last) => ("until", String::new(), last.to_string()),
            Ends::Never => ("never", String::new(), String::new()),
        };
        Self {
            freq: parts.freq.to_string(),
            interval: parts.interval.to_string(),
            weekday: parts.weekdays.iter().map(day).collect(),
            ends: ends.to_owned(),
            count,
            until,
        }
    }

    /// How it repeats; nothing: it does not.
    ///
    /// # Errors
    /// A refusal beside `repeat`.
    pub fn parts(&self) -> Result<Option<Parts>, Trouble> {
        if self.freq.is_empty() {
            return Ok(None);
        }
        let wrong = |why| beside(why, "repeat");
        let freq: Frequency = self.freq.parse().map_err(|_| wrong(Refusal::BadChoice))?;
        let interval = number_or_none(&self.interval, "repeat")?.unwrap_or(1);
        let weekday = |text: &String| -> Result<Weekday, Trouble> {
            let number: u8 = text.parse().map_err(|_| wrong(Refusal::BadChoice))?;
            Weekday::try_from(number.wrapping_sub(1)).map_err(|_| wrong(Refusal::BadChoice))
        };
        let weekdays: Result<Vec<Weekday>, Trouble> = match freq {
            Frequency::Weekly => self.weekday.iter().map(weekday).collect(),
            Frequency::Daily | Frequency::Monthly => Ok(Vec::new()),
        };
        let ends = match self.ends.as_str() {
            "never" => Ends::Never,
            "until" => Ends::Until(self.until.parse().map_err(|_| wrong(Refusal::BadDate))?),
            _ => Ends::Count(
                number_or_none(&self.count, "repeat")?
                    .ok_or_else(|| wrong(Refusal::BadRecurrenceCount))?,
            ),
        };
        Ok(Some(Parts {
            freq,
            interval,
            weekdays: weekdays?,
            ends,
            excluded: Vec::new(),
        }))
    }
}

/// The fields; `once` offers not to repeat at all.
pub fn fields(
    locale: Locale,
    first_weekday: u32,
    typed: &TypedRepeat,
    once: bool,
) -> impl IntoView + use<> {
    let freq = [
        ("", td_string!(locale, visits.repeat.no)),
        ("daily", td_string!(locale, visits.repeat.daily)),
        ("weekly", td_string!(locale, visits.repeat.weekly)),
        ("monthly", td_string!(locale, visits.repeat.monthly)),
    ];
    let freq = freq
        .into_iter()
        .filter(|(word, _)| once || !word.is_empty())
        .map(|(word, text)| Pick::new(word, text));
    let freq: Vec<Pick> = freq.collect();
    let ends = vec![
        Pick::new("count", td_string!(locale, visits.repeat.ends_count)),
        Pick::new("until", td_string!(locale, visits.repeat.ends_until)),
        Pick::new("never", td_string!(locale, visits.repeat.ends_never)),
    ];
    let days = picks::week_from(first_weekday).map(|day| {
        let ticked = typed.weekday.contains(&day.to_string());
        view! {
            <label class="tick">
                <input type="checkbox" name="weekday[]" value=day checked=ticked class="checkbox checkbox-primary"/>
                <span>{picks::weekday_short(day, locale)}</span>
            </label>
        }
    });
    let or = |own: &String, usual: &str| match own.is_empty() {
        true => usual.to_owned(),
        false => own.clone(),
    };
    view! {
        <div class="repeat">
            <div class="pair">
                <Choice name="freq" label=td_string!(locale, visits.repeat.freq) picks=freq value=typed.freq.clone()/>
                <Field name="interval" kind="number" label=td_string!(locale, visits.repeat.interval) value=or(&typed.interval, "1") min="1" max="1000"/>
            </div>
            <fieldset class="field repeat-days">
                <legend class="field-label">{td_string!(locale, visits.repeat.weekdays)}</legend>
                <p class="field-hint">{td_string!(locale, visits.repeat.weekdays_hint)}</p>
                <div class="tick-row">{days.collect_view()}</div>
            </fieldset>
            <div class="pair">
                <Choice name="ends" label=td_string!(locale, visits.repeat.ends) picks=ends value=typed.ends.clone()/>
                <div class="repeat-count">
                    <Field name="count" kind="number" label=td_string!(locale, visits.repeat.count) value=or(&typed.count, "10") min="1" max="200"/>
                </div>
                <div class="repeat-until">
                    <Field name="until" kind="date" label=td_string!(locale, visits.repeat.until) value=typed.until.clone()/>
                </div>
            </div>
            <Beside name="repeat"/>
        </div>
    }
}
