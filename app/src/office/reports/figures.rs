//! The five reports: each as a chart and as the table behind it, in the reader's words.

use std::collections::BTreeMap;

use booking::request::RequestStatus;
use booking::visit::VisitStatus;
use desk::reports::{Answers, Reports, WeekFigures};

use super::chart::{Chart, Kind, Row};
use super::table::{Cell, Column, Table};
use crate::i18n::{Locale, td_string};
use crate::kit::Reader;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Requests by status, week by week.
    Requests,
    /// How soon they were answered, week by week.
    Answers,
    /// Appointments by status, week by week.
    Visits,
    /// How busy technicians were.
    Technicians,
    /// Who did not come.
    NoShows,
}

impl Report {
    /// In the order of the page.
    pub const ALL: [Self; 5] = [
        Self::Requests,
        Self::Answers,
        Self::Visits,
        Self::Technicians,
        Self::NoShows,
    ];

    /// Its id on the page, and the name of its file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Answers => "answers",
            Self::Visits => "appointments",
            Self::Technicians => "technicians",
            Self::NoShows => "no-shows",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self, l: Locale) -> &'static str {
        match self {
            Self::Requests => td_string!(l, office_reports.requests),
            Self::Answers => td_string!(l, office_reports.answers),
            Self::Visits => td_string!(l, office_reports.visits),
            Self::Technicians => td_string!(l, office_reports.technicians),
            Self::NoShows => td_string!(l, office_reports.no_shows),
        }
    }

    /// What its numbers mean.
    #[must_use]
    pub fn about(self, l: Locale) -> &'static str {
        match self {
            Self::Requests => td_string!(l, office_reports.requests_about),
            Self::Answers => td_string!(l, office_reports.answers_about),
            Self::Visits => td_string!(l, office_reports.visits_about),
            Self::Technicians => td_string!(l, office_reports.technicians_about),
            Self::NoShows => td_string!(l, office_reports.no_shows_about),
        }
    }

    /// Its table.
    #[must_use]
    pub fn table(self, found: &Reports, l: Locale) -> Table {
        match self {
            Self::Requests => requests_table(found, l),
            Self::Answers => answers_table(found, l),
            Self::Visits => visits_table(found, l),
            Self::Technicians => technicians_table(found, l),
            Self::NoShows => no_shows_table(found, l),
        }
    }

    /// Its chart; none where there is nothing to draw.
    #[must_use]
    pub fn chart(self, found: &Reports, reader: &Reader) -> Option<Chart> {
        let l = reader.locale;
        let (kinds, rows) = match self {
            Self::Requests => requests_chart(found, reader),
            Self::Answers => answers_chart(found, reader),
            Self::Visits => visits_chart(found, reader),
            Self::Technicians => technicians_chart(found, reader),
            Self::NoShows => no_shows_chart(found, l),
        };
        let something = rows
            .iter()
            .any(|row| row.parts.iter().any(|part| *part > 0));
        let words: Vec<String> = rows
            .iter()
            .map(|row| crate::language::labelled(l, &row.name, &row.words))
            .collect();
        let of_hundred = self == Self::Technicians;
        something.then(|| Chart {
            id: self.word(),
            title: self.title(l).to_owned(),
            text: words.join(". "),
            kinds,
            rows,
            full: if of_hundred { 100 } else { 1 },
            track: of_hundred,
            room: match self {
                Self::Requests | Self::Visits => 26,
                Self::NoShows => 84,
                Self::Answers | Self::Technicians => 122,
            },
        })
    }
}

fn count<S: Ord>(of: &BTreeMap<S, u32>, status: &S) -> i64 {
    i64::from(of.get(status).copied().unwrap_or(0))
}

fn sum<S: Ord>(of: &BTreeMap<S, u32>) -> i64 {
    of.values().copied().map(i64::from).sum()
}

fn request_word(status: RequestStatus, l: Locale) -> &'static str {
    match status {
        RequestStatus::Pending => td_string!(l, status.request.pending),
        RequestStatus::Approved => td_string!(l, status.request.approved),
        RequestStatus::Declined => td_string!(l, status.request.declined),
        RequestStatus::Cancelled => td_string!(l, status.request.cancelled),
        RequestStatus::Expired => td_string!(l, status.request.expired),
    }
}

const fn request_look(status: RequestStatus) -> Look {
    match status {
        RequestStatus::Pending => ("fill-wait", 1),
        RequestStatus::Approved => ("fill-yes", 0),
        RequestStatus::Declined => ("fill-no", 3),
        RequestStatus::Cancelled => ("fill-off", 2),
        RequestStatus::Expired => ("fill-off", 5),
    }
}

fn visit_word(status: VisitStatus, l: Locale) -> &'static str {
    match status {
        VisitStatus::Scheduled => td_string!(l, status.visit.scheduled),
        VisitStatus::InProgress => td_string!(l, status.visit.in_progress),
        VisitStatus::Completed => td_string!(l, status.visit.completed),
        VisitStatus::Cancelled => td_string!(l, status.visit.cancelled),
        VisitStatus::NoShow => td_string!(l, status.visit.no_show),
        VisitStatus::Rescheduled => td_string!(l, status.visit.rescheduled),
    }
}

const fn visit_look(status: VisitStatus) -> Look {
    match status {
        VisitStatus::Scheduled => ("fill-primary", 0),
        VisitStatus::InProgress => ("fill-primary", 4),
        VisitStatus::Completed => ("fill-yes", 1),
        VisitStatus::Cancelled => ("fill-off", 2),
        VisitStatus::NoShow => ("fill-no", 3),
        VisitStatus::Rescheduled => ("fill-off", 5),
    }
}

type Drawing = (Vec<Kind>, Vec<Row>);
/// Colour and pattern.
type Look = (&'static str, usize);
/// How a status is called, and how it looks.
type Words<S> = (fn(S, Locale) -> &'static str, fn(S) -> Look);

/// Weeks of statuses, stacked; what never comes up is left out.
fn stacked<S: Ord + Copy + 'static>(
    found: &Reports,
    reader: &Reader,
    all: &'static [S],
    of: fn(&WeekFigures) -> &BTreeMap<S, u32>,
    (word, look): Words<S>,
) -> Drawing {
    let total = |status: &S| found.weeks.iter().map(|week| count(of(week), status)).sum();
    let present: Vec<(S, i64)> = all
        .iter()
        .map(|status| (*status, total(status)))
        .filter(|(_, total)| *total > 0)
        .collect();
    let kinds = present.iter().map(|(status, total)| Kind {
        name: word(*status, reader.locale).to_owned(),
        total: Some(*total),
        fill: look(*status).0,
        pattern: look(*status).1,
    });
    let rows = found.weeks.iter().map(|week| Row {
        name: reader.day(week.dates.first()),
        parts: present
            .iter()
            .map(|(status, _)| count(of(week), status))
            .collect(),
        words: sum(of(week)).to_string(),
        counts: true,
    });
    (kinds.collect(), rows.collect())
}

fn requests_chart(found: &Reports, reader: &Reader) -> Drawing {
    stacked(
        found,
        reader,
        RequestStatus::ALL,
        |week| &week.requests,
        (request_word, request_look),
    )
}

fn visits_chart(found: &Reports, reader: &Reader) -> Drawing {
    stacked(
        found,
        reader,
        VisitStatus::ALL,
        |week| &week.visits,
        (visit_word, visit_look),
    )
}

/// The head of a table by weeks.
fn week_columns(l: Locale) -> Vec<Column> {
    let names = [
        td_string!(l, office_config.from),
        td_string!(l, office_config.to),
    ];
    names.map(Column::new).into()
}

fn week_cells(week: &WeekFigures) -> Vec<Cell> {
    vec![Cell::Day(week.dates.first()), Cell::Day(week.dates.last())]
}

fn status_table<S: Ord + Copy + 'static>(
    found: &Reports,
    l: Locale,
    all: &'static [S],
    of: fn(&WeekFigures) -> &BTreeMap<S, u32>,
    word: fn(S, Locale) -> &'static str,
) -> Table {
    let mut columns = week_columns(l);
    columns.extend(all.iter().map(|status| Column::new(word(*status, l))));
    columns.push(Column::new(td_string!(l, office_reports.all)));
    let row = |week: &WeekFigures| {
        let mut row = week_cells(week);
        row.extend(
            all.iter()
                .map(|status| Cell::Count(count(of(week), status))),
        );
        row.push(Cell::Count(sum(of(week))));
        row
    };
    Table {
        columns,
        rows: found.weeks.iter().map(row).collect(),
    }
}

fn requests_table(found: &Reports, l: Locale) -> Table {
    status_table(
        found,
        l,
        RequestStatus::ALL,
        |week| &week.requests,
        request_word,
    )
}

fn visits_table(found: &Reports, l: Locale) -> Table {
    status_table(found, l, VisitStatus::ALL, |week| &week.visits, visit_word)
}

fn answers_chart(found: &Reports, reader: &Reader) -> Drawing {
    let l = reader.locale;
    let kind = |name: &str, fill, pattern| Kind {
        name: name.to_owned(),
        total: None,
        fill,
        pattern,
    };
    let kinds = vec![
        kind(td_string!(l, office_reports.median), "fill-primary", 0),
        kind(td_string!(l, office_reports.ninety), "fill-off", 1),
    ];
    let words = |answers: &Answers| match (answers.median_min, answers.ninety_min) {
        (Some(median), Some(ninety)) => {
            format!("{} · {}", reader.length(median), reader.length(ninety))
        }
        (_, _) => "–".to_owned(),
    };
    let rows = found.weeks.iter().map(|week| {
        let (median, ninety) = (week.answers.median_min, week.answers.ninety_min);
        let (median, ninety) = (median.unwrap_or(0), ninety.unwrap_or(0));
        Row {
            name: reader.day(week.dates.first()),
            parts: vec![median, ninety - median],
            words: words(&week.answers),
            counts: false,
        }
    });
    (kinds, rows.collect())
}

fn answers_table(found: &Reports, l: Locale) -> Table {
    let mut columns = week_columns(l);
    columns.extend([
        Column::new(td_string!(l, office_reports.answered)),
        Column::of(td_string!(l, office_reports.median), "min"),
        Column::of(td_string!(l, office_reports.ninety), "min"),
    ]);
    let row = |week: &WeekFigures| {
        let mut row = week_cells(week);
        row.extend([
            Cell::Count(i64::from(week.answers.count)),
            Cell::Minutes(week.answers.median_min),
            Cell::Minutes(week.answers.ninety_min),
        ]);
        row
    };
    Table {
        columns,
        rows: found.weeks.iter().map(row).collect(),
    }
}

fn technicians_chart(found: &Reports, reader: &Reader) -> Drawing {
    let kind = Kind {
        name: td_string!(reader.locale, office_reports.booked).to_owned(),
        total: None,
        fill: "fill-primary",
        pattern: 0,
    };
    let rows = found.technicians.iter().map(|one| {
        let of = td_string!(
            reader.locale,
            schedule.hours_of,
            booked = hours(one.booked_min),
            open = hours(one.working_min)
        );
        let percent = one.percent();
        let said = percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
        Row {
            name: one.name.clone(),
            parts: vec![percent.unwrap_or(0)],
            words: format!("{said} · {of}"),
            counts: false,
        }
    });
    (vec![kind], rows.collect())
}

/// Minutes as hours, halves written out, as the Schedule writes them: "7", "3.5".
fn hours(minutes: i64) -> String {
    let halves = (minutes + 15) / 30;
    match halves % 2 {
        0 => (halves / 2).to_string(),
        _ => format!("{}.5", halves / 2),
    }
}

fn technicians_table(found: &Reports, l: Locale) -> Table {
    let columns = vec![
        Column::new(td_string!(l, schedule.technician)),
        Column::of(td_string!(l, office_reports.booked), "min"),
        Column::of(td_string!(l, office_reports.working), "min"),
        Column::of(td_string!(l, office_reports.share), "%"),
    ];
    let rows = found.technicians.iter().map(|one| {
        vec![
            Cell::Words(one.name.clone()),
            Cell::Minutes(Some(one.booked_min)),
            Cell::Minutes(Some(one.working_min)),
            Cell::Percent(one.percent()),
        ]
    });
    Table {
        columns,
        rows: rows.collect(),
    }
}

fn no_shows_chart(found: &Reports, l: Locale) -> Drawing {
    let kind = Kind {
        name: td_string!(l, status.visit.no_show).to_owned(),
        total: None,
        fill: "fill-no",
        pattern: 3,
    };
    let rows = found.no_shows.iter().map(|one| Row {
        name: one.client.clone(),
        parts: vec![i64::from(one.missed)],
        words: td_string!(
            l,
            office_reports.missed_of,
            missed = one.missed,
            of = one.of,
            percent = one.percent()
        )
        .to_string(),
        counts: false,
    });
    (vec![kind], rows.collect())
}

fn no_shows_table(found: &Reports, l: Locale) -> Table {
    let columns = vec![
        Column::new(td_string!(l, office_reports.client)),
        Column::new(td_string!(l, status.visit.no_show)),
        Column::new(td_string!(l, office_reports.of_visits)),
        Column::of(td_string!(l, office_reports.share), "%"),
    ];
    let rows = found.no_shows.iter().map(|one| {
        vec![
            Cell::Words(one.client.clone()),
            Cell::Count(i64::from(one.missed)),
            Cell::Count(i64::from(one.of)),
            Cell::Percent(Some(i64::from(one.percent()))),
        ]
    });
    Table {
        columns,
        rows: rows.collect(),
    }
}
