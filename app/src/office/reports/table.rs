//! The numbers of a report as a table: on the page, and as a file for a spreadsheet. No number is only in a drawing.

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::kit::Reader;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What its columns hold.
    pub columns: Vec<Column>,
    /// Its rows, as wide as the columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub name: String,
    /// What a spreadsheet must be told of its numbers: `min`, `%`.
    pub unit: &'static str,
}

impl Column {
    /// A column of words, dates or counts.
    pub fn new(name: impl Into<String>) -> Self {
        Self::of(name, "")
    }

    /// A column of numbers with a unit.
    pub fn of(name: impl Into<String>, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            unit,
        }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Words(String),
    /// A date.
    Day(NaiveDate),
    /// A count.
    Count(i64),
    /// A length in minutes, or none.
    Minutes(Option<i64>),
    /// Per cent, or none.
    Percent(Option<i64>),
}

impl Cell {
    fn said(&self, reader: &Reader) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Day(date) => reader.day(*date),
            Self::Count(count) => count.to_string(),
            Self::Minutes(Some(minutes)) => reader.length(*minutes),
            Self::Percent(Some(percent)) => format!("{percent} %"),
            Self::Minutes(None) | Self::Percent(None) => "–".to_owned(),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Words(words) => harmless(words),
            Self::Day(date) => date.to_string(),
            Self::Count(number) | Self::Minutes(Some(number)) | Self::Percent(Some(number)) => {
                number.to_string()
            }
            Self::Minutes(None) | Self::Percent(None) => String::new(),
        }
    }

    const fn is_number(&self) -> bool {
        match self {
            Self::Words(_) | Self::Day(_) => false,
            Self::Count(_) | Self::Minutes(_) | Self::Percent(_) => true,
        }
    }
}

/// A spreadsheet takes such words for a formula; an apostrophe before them keeps them words.
fn harmless(words: &str) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{words}")
    } else {
        words.to_owned()
    }
}

/// As a file (RFC 4180), with the mark by which spreadsheets know UTF-8.
#[must_use]
pub fn csv(table: &Table) -> String {
    let quoted = |text: String| match text.contains(['"', ',', ';', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    let head = table.columns.iter().map(|column| match column.unit {
        "" => harmless(&column.name),
        unit => harmless(&format!("{} ({unit})", column.name)),
    });
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.into_iter().map(quoted).collect();
        format!("{}\r\n", cells.join(","))
    };
    let mut text = format!("\u{FEFF}{}", line(head.collect()));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(Cell::written).collect()));
    }
    text
}

/// On the page.
pub fn draw(table: &Table, label: String, reader: &Reader) -> impl IntoView + use<> {
    let head = table
        .columns
        .iter()
        .map(|column| view! { <th scope="col">{column.name.clone()}</th> });
    let head = head.collect_view();
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| {
            let class = if cell.is_number() {
                "text-end tabular-nums"
            } else {
                ""
            };
            view! { <td class=class>{cell.said(reader)}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="overflow-x-auto" tabindex="0" role="region" aria-label=label>
            <table class="sheet-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_finds_words_and_no_formulas() {
        let words = |words: &str| vec![Cell::Words(words.to_owned()), Cell::Minutes(Some(-5))];
        let table = Table {
            columns: vec![Column::new("=Client"), Column::of("Took", "min")],
            rows: vec![
                words("=cmd|' /C calc'!A0"),
                words("+1"),
                words("-1"),
                words("@SUM(A1)"),
                words("\tx"),
                words("Plain, \"quoted\"\r\nand broken"),
                vec![Cell::Words("Zoë".to_owned()), Cell::Minutes(None)],
            ],
        };
        let text = csv(&table);
        assert_eq!(
            text,
            "\u{FEFF}'=Client,Took (min)\r\n'=cmd|' /C calc'!A0,-5\r\n'+1,-5\r\n'-1,-5\r\n'@SUM(A1),-5\r\n'\tx,-5\r\n\
             \"Plain, \"\"quoted\"\"\r\nand broken\",-5\r\nZoë,\r\n"
        );
    }
}
