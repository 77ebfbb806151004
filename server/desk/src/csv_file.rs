//! Lists as spreadsheets read them. A cell that a spreadsheet would carry out as a formula gets an apostrophe in front,
//! and loses it again when it is read back: what is written and read is the same text.

use crate::trouble::{Fault, Result};

/// Whether a spreadsheet would take the text for a formula, or for one of our apostrophes in front of one.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text as it may stand in a cell.
#[must_use]
pub fn guarded(text: &str) -> String {
    if is_risky(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of a cell, without the apostrophe that [`guarded`] put in front of it.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|text| is_risky(text))
        .unwrap_or(cell)
}

/// A file of these rows: UTF-8 with the mark by which spreadsheets know it, commas, quotes where they are needed.
///
/// # Errors
/// Faults only.
pub fn written<R>(rows: R) -> Result<Vec<u8>>
where
    R: IntoIterator<Item = Vec<String>>,
{
    let broken = |error: &dyn std::fmt::Display| Fault::Machine(format!("csv: {error}"));
    let mut file = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        file.write_record(row.iter().map(|cell| guarded(cell)))
            .map_err(|error| broken(&error))?;
    }
    file.into_inner()
        .map_err(|error| broken(&error.error()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_formula_is_not_and_comes_back() {
        let risky = [
            "=cmd|' /C calc'!A0",
            "+34 600",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "'=1",
            "''@x",
            "'-",
        ];
        for text in risky {
            let cell = guarded(text);
            assert!(cell.starts_with('\''), "{text:?}");
            assert_eq!(unguarded(&cell), text);
        }
        for text in ["", "Ana", "'n Bakkie", "'", "a=b", "O'Hara", "1-2"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }
}
