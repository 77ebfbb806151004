//! A day and a time block in the form for changes: drawn where the business has blocks, carried along, read.

use booking::block::{TimeBlock, TimeBlocks};
use booking::refusal::Refusal;
use booking::zone;
use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Choice, Field, Pick};
use crate::trouble::Trouble;

/// The day and the block that were sent; nothing: none.
///
/// # Errors
/// [`Refusal::BadDate`], [`Refusal::BadChoice`] beside their fields.
pub fn read((date, block): (&str, &str)) -> Result<Option<(NaiveDate, TimeBlock)>, Trouble> {
    if block.trim().is_empty() {
        return Ok(None);
    }
    let date = date.trim().parse();
    let wrong = |why, field: &str| Trouble::Refused {
        why,
        field: Some(field.to_owned()),
    };
    let date = date.map_err(|_| wrong(Refusal::BadDate, "block_date"))?;
    let block = block.trim().parse();
    let block = block.map_err(|_| wrong(Refusal::BadChoice, "block"))?;
    Ok(Some((date, block)))
}

/// The address with the day and the block that were chosen: they are no part of an exact choice.
pub fn along(mut link: String) -> String {
    let date = ask::query("block_date").and_then(|text| text.parse::<NaiveDate>().ok());
    let block = ask::query("block").and_then(|text| text.parse::<TimeBlock>().ok());
    for pair in [
        date.map(|date| format!("block_date={date}")),
        block.map(|block| format!("block={block}")),
    ]
    .into_iter()
    .flatten()
    {
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(&pair);
    }
    link
}

/// A day and a time block instead of an exact time, where the business has blocks.
pub struct Blocks {
    picks: Vec<Pick>,
    chosen: String,
    date: String,
    today: String,
}

impl Blocks {
    /// The blocks of the business, for a visit that starts then.
    pub fn of(blocks: &TimeBlocks, start: DateTime<Utc>) -> Self {
        let (locale, reader) = (ask::locale(), ask::reader());
        // Blocks are meant where the business is: said where the reader's clock is another one.
        let named_zone = (reader.zone != reader.business).then(|| reader.business.to_string());
        let named = |block: &TimeBlock| {
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let (from, to) = (clock(block.start_min()), clock(block.end_min()));
            let hours = crate::language::stretch(locale, &from, &to);
            let text = match &named_zone {
                Some(zone) => format!("{hours} ({zone})"),
                None => hours,
            };
            Pick::new(block.to_string(), text)
        };
        let none = Pick::new("", td_string!(locale, changes.change.no_block));
        let picks = std::iter::once(none).chain(blocks.all().iter().map(named));
        let date = zone::date(&reader.business, start);
        Self {
            picks: picks.collect(),
            chosen: ask::query("block").unwrap_or_default(),
            date: ask::query("block_date").unwrap_or_else(|| date.to_string()),
            today: zone::date(&reader.business, reader.now).to_string(),
        }
    }

    /// Whether there is anything to choose.
    pub fn any(&self) -> bool {
        self.picks.len() > 1
    }

    /// Drawn inside the form, so that a refusal stands beside it.
    pub fn fields(self) -> impl IntoView {
        let locale = ask::locale();
        self.any().then(|| {
            view! {
                <fieldset class="field">
                    <legend class="field-label">{td_string!(locale, changes.change.block)}</legend>
                    <div class="pair">
                        <Field name="block_date" kind="date" label=td_string!(locale, changes.change.block_date) value=self.date min=self.today/>
                        <Choice name="block" label=td_string!(locale, changes.change.block_hours) picks=self.picks value=self.chosen/>
                    </div>
                    <p class="field-hint">{td_string!(locale, changes.change.block_hint)}</p>
                </fieldset>
            }
        })
    }
}
