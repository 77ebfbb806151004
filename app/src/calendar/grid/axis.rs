//! The time axis of a grid: which row of five minutes an instant stands in, on days of 23, 24 and 25 hours. Pure; knows
//! no widths, no colours and no words.

use booking::span::Span;
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};

/// Minutes of one row.
pub const STEP: u16 = 5;
const DAY: u16 = 1440;
/// Rows of one hour.
pub const HOUR: u16 = 60 / STEP;

/// What the clocks do on one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    None,
    /// `[from, to)` of the wall clock comes twice; the second time begins at `again`.
    Twice {
        from: u16,
        to: u16,
        again: DateTime<Utc>,
    },
    /// `[from, to)` of the wall clock does not exist.
    Missing {
        from: u16,
        to: u16,
    },
}

/// A stretch of wall-clock minutes; `second`: the repetition of an hour that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    from: u16,
    to: u16,
    second: bool,
}

/// One axis for all the dates of a grid. Days are aligned by the wall clock; an hour that comes twice on one of them
/// has rows of its own, which other days leave empty.
#[derive(Clone, Debug)]
pub struct Axis {
    pieces: Vec<Piece>,
    first: u16,
    last: u16,
}

/// A label beside the grid: a full hour, and whether it is the repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Row from the top, 0 first.
    pub row: u16,
    /// 0–23.
    pub hour: u16,
    /// The repetition of an hour that comes twice.
    pub second: bool,
}

impl Axis {
    /// The whole axis of `dates` in `zone`.
    pub fn of<Z: TimeZone>(zone: &Z, dates: &[NaiveDate]) -> Self {
        let mut pieces = vec![Piece {
            from: 0,
            to: DAY,
            second: false,
        }];
        for date in dates {
            match change(zone, *date) {
                Change::Twice { from, to, .. } => insert_twice(&mut pieces, from, to),
                Change::Missing { from, to } if dates.len() == 1 => {
                    pieces = vec![
                        Piece {
                            from: 0,
                            to: from,
                            second: false,
                        },
                        Piece {
                            from: to,
                            to: DAY,
                            second: false,
                        },
                    ];
                }
                Change::Missing { .. } | Change::None => {}
            }
        }
        let last = pieces
            .iter()
            .map(|piece| piece.to - piece.from)
            .sum::<u16>()
            / STEP;
        Self {
            pieces,
            first: 0,
            last,
        }
    }

    /// The same axis cut down to the hours in which `spans` lie, and at least `[from, to)` o'clock.
    #[must_use]
    pub fn cut<Z: TimeZone>(
        mut self,
        zone: &Z,
        spans: &[(NaiveDate, Span)],
        from: u16,
        to: u16,
    ) -> Self {
        let mut first = self.row_of(from.min(23) * 60, false);
        let mut last = self.row_of((to.min(24) * 60).saturating_sub(STEP), false) + 1;
        for (date, span) in spans {
            if let Some((top, end)) = self.rows(zone, *date, *span) {
                first = first.min(top);
                last = last.max(end);
            }
        }
        let hours = self.hours();
        self.first = hours
            .iter()
            .map(|hour| hour.row)
            .filter(|row| *row <= first)
            .max()
            .unwrap_or(0);
        let whole = self.last;
        self.last = hours
            .iter()
            .map(|hour| hour.row)
            .filter(|row| *row >= last)
            .min()
            .unwrap_or(whole);
        self
    }

    /// How many rows are shown.
    pub fn height(&self) -> u16 {
        self.last - self.first
    }

    /// The full hours shown, from the top.
    pub fn hours(&self) -> Vec<Hour> {
        let mut top = 0;
        let mut found = Vec::new();
        for piece in &self.pieces {
            let whole = (piece.from..piece.to).filter(|minute| minute % 60 == 0);
            found.extend(whole.map(|minute| Hour {
                row: top + (minute - piece.from) / STEP,
                hour: minute / 60,
                second: piece.second,
            }));
            top += (piece.to - piece.from) / STEP;
        }
        let (first, last) = (self.first, self.last);
        let shown = found
            .into_iter()
            .filter(|hour| hour.row >= first && hour.row < last);
        shown
            .map(|hour| Hour {
                row: hour.row - first,
                ..hour
            })
            .collect()
    }

    /// The rows `[top, end)` of the part of `span` that lies on `date`, from the first row shown; at least one row.
    /// Nothing where it does not touch that date or the rows shown.
    pub fn rows<Z: TimeZone>(&self, zone: &Z, date: NaiveDate, span: Span) -> Option<(u16, u16)> {
        let day = zone::day(zone, date)?;
        let (start, end) = (span.start().max(day.start()), span.end().min(day.end()));
        if start >= end {
            return None;
        }
        let change = change(zone, date);
        let top = self.row_at(zone, &change, start);
        let end = self.row_at(zone, &change, end - TimeDelta::seconds(1)) + 1;
        let (top, end) = (top.max(self.first), end.max(top + 1).min(self.last));
        (top < end).then(|| (top - self.first, end - self.first))
    }

    /// The stretches of `date` in which rows run evenly: (first instant, end, row of the first instant). What a
    /// moving "now" line needs.
    pub fn stretches<Z: TimeZone>(
        &self,
        zone: &Z,
        date: NaiveDate,
    ) -> Vec<(DateTime<Utc>, DateTime<Utc>, u16)> {
        let Some(day) = zone::day(zone, date) else {
            return Vec::new();
        };
        let mut found: Vec<(DateTime<Utc>, DateTime<Utc>, u16)> = Vec::new();
        let mut at = day.start();
        while at < day.end() {
            let next = at + TimeDelta::minutes(i64::from(STEP));
            let Some((row, _)) = Span::new(at, next)
                .ok()
                .and_then(|step| self.rows(zone, date, step))
            else {
                at = next;
                continue;
            };
            match found.last_mut() {
                Some((start, end, top))
                    if *end == at
                        && (at - *start).num_minutes() == i64::from((row - *top) * STEP) =>
                {
                    *end = next
                }
                Some(_) | None => found.push((at, next, row)),
            }
            at = next;
        }
        found
    }

    fn row_at<Z: TimeZone>(&self, zone: &Z, change: &Change, at: DateTime<Utc>) -> u16 {
        let clock = zone::local(zone, at).time();
        let minute = u16::try_from(clock.hour() * 60 + clock.minute()).unwrap_or(0);
        let second =
            matches!(change, Change::Twice { to, again, .. } if at >= *again && minute < *to);
        self.row_of(minute, second)
    }

    fn row_of(&self, minute: u16, second: bool) -> u16 {
        let mut top = 0;
        for piece in &self.pieces {
            if piece.second == second && piece.from <= minute && minute < piece.to {
                return top + (minute - piece.from) / STEP;
            }
            top += (piece.to - piece.from) / STEP;
        }
        top.saturating_sub(1)
    }
}

/// Cuts the piece that ends a repeated stretch in two and puts the repetition between them.
fn insert_twice(pieces: &mut Vec<Piece>, from: u16, to: u16) {
    if pieces.iter().any(|piece| piece.second) {
        return;
    }
    *pieces = vec![
        Piece {
            from: 0,
            to,
            second: false,
        },
        Piece {
            from,
            to,
            second: true,
        },
        Piece {
            from: to,
            to: DAY,
            second: false,
        },
    ];
}

/// What the clocks do on `date`, found by asking for the offset every quarter of an hour.
fn change<Z: TimeZone>(zone: &Z, date: NaiveDate) -> Change {
    let Some(day) = zone::day(zone, date) else {
        return Change::None;
    };
    let opens = minute_of(zone, day.start());
    if opens > 0 {
        return Change::Missing { from: 0, to: opens };
    }
    let quarter = TimeDelta::minutes(15);
    let mut at = day.start();
    while at < day.end() {
        let next = at + quarter;
        let shift = (zone::offset_seconds(zone, next) - zone::offset_seconds(zone, at)) / 60;
        let before = minute_of(zone, at) + 15;
        let length = u16::try_from(shift.abs()).unwrap_or(0);
        match shift {
            0 => {}
            1.. if next < day.end() => {
                return Change::Missing {
                    from: before,
                    to: (before + length).min(DAY),
                };
            }
            i32::MIN..=-1 if next < day.end() => {
                return Change::Twice {
                    from: before.saturating_sub(length),
                    to: before,
                    again: next,
                };
            }
            i32::MIN..=-1 | 1.. => {}
        }
        at = next;
    }
    Change::None
}

fn minute_of<Z: TimeZone>(zone: &Z, at: DateTime<Utc>) -> u16 {
    let clock = zone::local(zone, at).time();
    u16::try_from(clock.hour() * 60 + clock.minute()).unwrap_or(0)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use chrono_tz::Europe::Madrid;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn an_ordinary_day_has_288_rows() {
        let day = date("2026-11-26");
        let axis = Axis::of(&Madrid, &[day]);
        assert_eq!(axis.height(), 288);
        let rows = axis.rows(
            &Madrid,
            day,
            span("2026-11-26T08:00:00Z", "2026-11-26T09:30:00Z"),
        );
        assert_eq!(rows, Some((9 * HOUR, 10 * HOUR + 6)));
    }

    #[test]
    fn the_long_day_shows_the_hour_that_comes_twice() {
        let day = date("2026-10-25");
        let axis = Axis::of(&Madrid, &[day]);
        assert_eq!(axis.height(), 25 * HOUR);
        let second = axis.rows(
            &Madrid,
            day,
            span("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        );
        assert_eq!(second, Some((3 * HOUR, 4 * HOUR)));
        let hours: Vec<(u16, bool)> = axis
            .hours()
            .iter()
            .map(|h| (h.hour, h.second))
            .skip(1)
            .take(4)
            .collect();
        assert_eq!(hours, [(1, false), (2, false), (2, true), (3, false)]);
    }

    #[test]
    fn the_short_day_leaves_the_missing_hour_out() {
        let day = date("2026-03-29");
        let axis = Axis::of(&Madrid, &[day]);
        assert_eq!(axis.height(), 23 * HOUR);
        let rows = axis.rows(
            &Madrid,
            day,
            span("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        );
        assert_eq!(rows, Some((HOUR + 6, 2 * HOUR + 6)));
    }

    #[test]
    fn a_week_with_a_long_day_stays_aligned() {
        let days: Vec<NaiveDate> = date("2026-10-19").iter_days().take(7).collect();
        let axis = Axis::of(&Madrid, &days);
        assert_eq!(axis.height(), 25 * HOUR);
        let before = axis.rows(
            &Madrid,
            days[0],
            span("2026-10-19T07:00:00Z", "2026-10-19T08:00:00Z"),
        );
        let after = axis.rows(
            &Madrid,
            days[6],
            span("2026-10-25T08:00:00Z", "2026-10-25T09:00:00Z"),
        );
        assert_eq!(before, after);
    }

    #[test]
    fn a_midnight_that_does_not_exist() {
        let day = date("2026-04-24");
        let axis = Axis::of(&chrono_tz::Africa::Cairo, &[day]);
        assert_eq!(axis.height(), 23 * HOUR);
        assert_eq!(axis.hours().first().map(|hour| hour.hour), Some(1));
    }

    #[test]
    fn cut_to_what_is_used_and_clipped_to_the_date() {
        let day = date("2026-11-26");
        let late = span("2026-11-26T21:30:00Z", "2026-11-27T02:00:00Z");
        let axis = Axis::of(&Madrid, &[day]).cut(&Madrid, &[(day, late)], 8, 18);
        assert_eq!(axis.height(), 16 * HOUR);
        assert_eq!(
            axis.rows(&Madrid, day, late),
            Some((14 * HOUR + 6, 16 * HOUR))
        );
        assert_eq!(axis.rows(&Madrid, date("2026-11-25"), late), None);
    }

    #[test]
    fn now_runs_evenly_and_jumps_with_the_clock() {
        let days: Vec<NaiveDate> = date("2026-10-19").iter_days().take(7).collect();
        let axis = Axis::of(&Madrid, &days);
        assert_eq!(axis.stretches(&Madrid, days[0]).len(), 2);
        assert_eq!(axis.stretches(&Madrid, days[6]).len(), 1);
    }
}
