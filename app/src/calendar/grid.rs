//! The time grid of a day or a week: columns, hours, entries side by side where they overlap. Drawn on the server; it
//! gets its words and its places, and decides neither who is shown nor what time it is.

pub mod axis;
pub mod lanes;

use booking::span::Span;
use chrono::{NaiveDate, TimeZone};
use leptos::prelude::*;

use self::axis::{Axis, HOUR};
use self::lanes::{Lane, lanes};

/// How an entry looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Scheduled.
    Visit,
    /// Over: completed, no-show, or simply past.
    Past,
    /// Pending: hatched.
    Hold,
    /// Time blocked without a client.
    Blocked,
    /// Cancelled.
    Gone,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Visit => "entry",
            Self::Past => "entry entry-past",
            Self::Hold => "entry entry-hold",
            Self::Blocked => "entry entry-blocked",
            Self::Gone => "entry entry-gone",
        }
    }
}

/// What occupies time.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub span: Span,
    /// How it looks.
    pub look: Look,
    /// Its first line: service and client.
    pub title: String,
    /// Its second line: the times.
    pub line: String,
    /// All of it in a sentence, for screen readers.
    pub label: String,
    /// Where its details are.
    pub href: String,
    /// The reference of its request or visit.
    pub reference: String,
    /// Whether its details are open.
    pub current: bool,
    /// Whether it can be dragged to another time.
    pub moves: bool,
}

/// What lies behind the entries.
#[derive(Clone, Debug)]
pub enum Band {
    /// Working hours.
    Open(Span),
    /// Time off, with its word.
    Off(Span, String),
    /// The business is closed, with its word.
    Closed(Span, String),
}

impl Band {
    const fn span(&self) -> Span {
        match self {
            Self::Open(span) | Self::Off(span, _) | Self::Closed(span, _) => *span,
        }
    }
}

/// One column: a technician on a date, or a date.
#[derive(Clone, Debug)]
pub struct Column {
    /// The date.
    pub date: NaiveDate,
    /// Its head.
    pub name: String,
    /// Under the head.
    pub sub: String,
    /// Whose column it is, by id; nobody's where it is a day's.
    pub technician: Option<String>,
    /// Initials in a circle, for people.
    pub face: Option<String>,
    /// Where the head leads.
    pub href: Option<String>,
    /// Whether it is today.
    pub today: bool,
    /// What lies behind.
    pub bands: Vec<Band>,
    /// What occupies time, by start.
    pub entries: Vec<Entry>,
}

/// A whole grid in one zone.
pub struct Grid<Z: TimeZone> {
    /// The zone of its dates.
    pub zone: Z,
    /// What it shows, for screen readers.
    pub label: String,
    /// What an empty column says on a phone.
    pub nothing: String,
    /// Whether its columns are the days of a week.
    pub week: bool,
    /// Whether something can be dragged, and written into it.
    pub books: bool,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// The hours shown where nothing lies outside them.
const USUAL: (u16, u16) = (8, 18);

impl<Z: TimeZone> Grid<Z> {
    /// The rows it has.
    pub fn axis(&self) -> Axis {
        let mut dates: Vec<NaiveDate> = self.columns.iter().map(|column| column.date).collect();
        dates.dedup();
        let used: Vec<(NaiveDate, Span)> = self.columns.iter().flat_map(used).collect();
        Axis::of(&self.zone, &dates).cut(&self.zone, &used, USUAL.0, USUAL.1)
    }

    /// Draws it. `hour` writes the label of a full hour (and says when it is the second of its name); `now` draws the
    /// line of the present into the columns of today.
    pub fn draw(
        self,
        hour: impl Fn(u16, bool) -> String,
        now: impl Fn(&Axis, NaiveDate) -> AnyView,
    ) -> impl IntoView {
        let axis = self.axis();
        let hours = axis.hours().into_iter().map(|at| {
            let place = format!("row-start-{} row-span-{HOUR}", at.row + 1);
            view! { <li class=place>{hour(at.hour, at.second)}</li> }
        });
        let hours = hours.collect_view();
        let (zone, nothing, books) = (self.zone, self.nothing, self.books);
        let mut known: Option<(NaiveDate, String)> = None;
        let columns = self.columns.into_iter().map(|column| {
            let line = column.today.then(|| now(&axis, column.date));
            if books && known.as_ref().map(|(date, _)| *date) != Some(column.date) {
                known = Some((column.date, stretches(&zone, &axis, column.date)));
            }
            let even = known
                .as_ref()
                .filter(|_| books)
                .map(|(_, even)| even.clone());
            draw_column(&zone, &axis, column, (&nothing, line), even)
        });
        let columns = columns.collect_view();
        view! {
            <div class="board" class:board-week=self.week role="region" aria-label=self.label tabindex="0">
                <div class="board-days">
                    <div class="board-hours" aria-hidden="true"><div class="board-corner"></div><ol>{hours}</ol></div>
                    {columns}
                </div>
            </div>
        }
    }
}

/// The stretches of a date in which rows run evenly, as the browser reads them: `from/to/row` in minutes since 1970.
pub fn stretches<Z: TimeZone>(zone: &Z, axis: &Axis, date: NaiveDate) -> String {
    let all = axis.stretches(zone, date).into_iter();
    let all: Vec<String> = all
        .map(|(from, to, row)| format!("{}/{}/{row}", from.timestamp() / 60, to.timestamp() / 60))
        .collect();
    all.join(" ")
}

/// What decides which hours are shown.
fn used(column: &Column) -> Vec<(NaiveDate, Span)> {
    let open = column
        .bands
        .iter()
        .filter(|band| matches!(band, Band::Open(_)))
        .map(Band::span);
    let entries = column.entries.iter().map(|entry| entry.span);
    open.chain(entries)
        .map(|span| (column.date, span))
        .collect()
}

fn draw_column<Z: TimeZone>(
    zone: &Z,
    axis: &Axis,
    column: Column,
    (nothing, now): (&str, Option<AnyView>),
    even: Option<String>,
) -> impl IntoView + use<Z> {
    let date = column.date;
    let bands = column
        .bands
        .into_iter()
        .filter_map(|band| draw_band(zone, axis, date, band))
        .collect_view();
    let placed: Vec<(Entry, (u16, u16))> = column
        .entries
        .into_iter()
        .filter_map(|entry| axis.rows(zone, date, entry.span).map(|rows| (entry, rows)))
        .collect();
    let rows: Vec<(u16, u16)> = placed.iter().map(|(_, rows)| *rows).collect();
    let free = placed
        .is_empty()
        .then(|| view! { <li class="board-nothing">{nothing.to_owned()}</li> });
    let entries = placed
        .into_iter()
        .zip(lanes(&rows))
        .map(|((entry, rows), lane)| draw_entry(entry, rows, lane));
    let entries = entries.collect_view();
    let label = column.name.clone();
    let last = format!("row-start-{} col-span-12", axis.height());
    let rows = even.is_some().then(|| axis.height());
    view! {
        <section
            class="board-day" class:board-today=column.today aria-label=label
            data-even=even data-rows=rows data-technician=column.technician
        >
            <header class="board-head">{head(column.face, column.name, column.sub, column.href)}</header>
            <ol class="board-rows">
                {bands} {entries} {free}
                <li class=format!("board-end {last}") aria-hidden="true">{now}</li>
            </ol>
        </section>
    }
}

fn head(face: Option<String>, name: String, sub: String, href: Option<String>) -> impl IntoView {
    let face = face.map(|face| view! { <span class="board-face" aria-hidden="true">{face}</span> });
    let name = match href {
        Some(href) => view! { <a class="board-name" href=href>{name}</a> }.into_any(),
        None => view! { <h2 class="board-name">{name}</h2> }.into_any(),
    };
    view! { {face} <div class="min-w-0">{name}<p class="board-sub">{sub}</p></div> }
}

fn draw_band<Z: TimeZone>(
    zone: &Z,
    axis: &Axis,
    date: NaiveDate,
    band: Band,
) -> Option<impl IntoView + use<Z>> {
    let (top, end) = axis.rows(zone, date, band.span())?;
    let place = format!("band row-start-{} row-span-{}", top + 1, end - top);
    Some(match band {
        Band::Open(_) => {
            view! { <li class=format!("{place} band-open") aria-hidden="true"></li> }.into_any()
        }
        Band::Off(_, word) => {
            view! { <li class=format!("{place} band-off")><span>{word}</span></li> }.into_any()
        }
        Band::Closed(_, word) => {
            view! { <li class=format!("{place} band-closed")><span>{word}</span></li> }.into_any()
        }
    })
}

fn draw_entry(entry: Entry, (top, end): (u16, u16), lane: Lane) -> impl IntoView {
    let place = format!(
        "row-start-{} row-span-{} col-start-{} col-span-{}",
        top + 1,
        end - top,
        lane.start,
        lane.width
    );
    // Start and length in minutes, for whoever drags it.
    let (start, length) = (entry.span.start().timestamp() / 60, entry.span.minutes());
    let moves = entry.moves.then(|| format!("{start}/{length}"));
    let still = moves.as_ref().map(|_| "false");
    let keys = moves
        .as_ref()
        .map(|_| "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight");
    // Below 35 minutes there is room for one line, below 70 for two.
    let low = match end - top {
        0..7 => " entry-low",
        7..14 => " entry-mid",
        14.. => "",
    };
    view! {
        <li class=place>
            <a
                class=format!("{}{low}", entry.look.class()) href=entry.href aria-label=entry.label
                aria-current=entry.current.then_some("true") data-reference=entry.reference
                data-moves=moves draggable=still aria-keyshortcuts=keys
            >
                <strong>{entry.title}</strong><span>{entry.line}</span>
            </a>
        </li>
    }
}
