//! A chart of bars, drawn on the server as SVG: a row for each week, technician or client, its numbers written beside it.
//! What is stacked differs by pattern as well as by colour; the words of the drawing say what the table behind it says.

use leptos::prelude::*;

/// The width of the drawing, of the names at its left, and the height of a row, in its own units.
const WIDTH: i64 = 340;
const NAMES: i64 = 92;
const ROW: i64 = 26;
const BAR: i64 = 18;
/// The longest name that fits.
const NAME_CHARS: usize = 15;

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Its id on the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The numbers in a sentence, for who cannot see it.
    pub text: String,
    /// What its bars are made of, in their order.
    pub kinds: Vec<Kind>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What a full bar stands for, at least.
    pub full: i64,
    /// Whether the full bar is drawn behind each.
    pub track: bool,
    /// The room for the words at the right.
    pub room: i64,
}

/// One thing that bars are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// How many there are in all, if that is said.
    pub total: Option<i64>,
    /// Its colour, as a class.
    pub fill: &'static str,
    /// Its pattern; 0 is none.
    pub pattern: usize,
}

/// A bar with its name and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// At its left.
    pub name: String,
    /// How much of each kind, in their order.
    pub parts: Vec<i64>,
    /// At its right.
    pub words: String,
    /// Whether the numbers stand in the bar.
    pub counts: bool,
}

/// The patterns: lines falling, rising, level, upright, and dots.
const PATTERNS: [&str; 5] = [
    "M-1 5L5 -1M3 9L9 3M-1 9L9 -1",
    "M-1 -1L9 9M-1 3L5 9M3 -1L9 5",
    "M0 2H8M0 6H8",
    "M2 0V8M6 0V8",
    "M2 2h.1M6 6h.1M6 2h.1M2 6h.1",
];

/// Draws it, with its legend where bars are made of several things.
pub fn draw(chart: &Chart) -> AnyView {
    let sums = chart.rows.iter().map(|row| row.parts.iter().sum::<i64>());
    let most = sums.max().unwrap_or(0).max(chart.full).max(1);
    let rows = chart.rows.iter().enumerate();
    let rows = rows.map(|(place, row)| bar(chart, row, place as i64 * ROW, most));
    let height = chart.rows.len() as i64 * ROW;
    let (title, text) = (format!("{}-title", chart.id), format!("{}-text", chart.id));
    view! {
        {(chart.kinds.len() > 1).then(|| legend(chart))}
        <svg class="chart" viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-labelledby=title.clone() aria-describedby=text.clone()>
            <title id=title.clone()>{chart.title.clone()}</title>
            <desc id=text.clone()>{chart.text.clone()}</desc>
            <defs>{patterns(chart.id)}</defs>
            {rows.collect_view()}
        </svg>
    }
    .into_any()
}

fn patterns(id: &'static str) -> impl IntoView {
    let each = PATTERNS.iter().enumerate().map(move |(place, path)| {
        let width = if place == 4 { "2" } else { "1.2" };
        view! {
            <pattern id=format!("{id}-{}", place + 1) width="8" height="8" patternUnits="userSpaceOnUse">
                <path d=*path class="stroke-surface" stroke-width=width stroke-opacity="0.6" stroke-linecap="round"/>
            </pattern>
        }
    });
    each.collect_view()
}

fn bar(chart: &Chart, row: &Row, top: i64, most: i64) -> impl IntoView + use<> {
    let wide = WIDTH - NAMES - chart.room;
    let long = |value: i64| value * wide / most;
    let text_at = (top + BAR - 4).to_string();
    let track = chart.track.then(|| {
        view! { <rect class="fill-sunken stroke-line" x=NAMES.to_string() y=top.to_string() width=long(chart.full).to_string() height=BAR.to_string()/> }
    });
    let mut passed = 0;
    let parts = row
        .parts
        .iter()
        .zip(&chart.kinds)
        .filter(|(value, _)| **value > 0);
    let parts = parts.map(|(value, kind)| {
        let (from, to) = (long(passed), long(passed + value));
        passed += value;
        let number = row.counts.then(|| value.to_string());
        part(
            chart.id,
            kind,
            number,
            (NAMES + from, top, (to - from).max(1)),
        )
    });
    let parts = parts.collect_view();
    let sum =
        long(row.parts.iter().sum::<i64>()).max(if chart.track { long(chart.full) } else { 0 });
    view! {
        <text class="fill-ink" x="0" y=text_at.clone() font-size="11">{shortened(&row.name)}</text>
        {track}
        {parts}
        <text class="fill-ink" x=(NAMES + sum + 6).to_string() y=text_at font-size="11">{row.words.clone()}</text>
    }
}

fn part(
    id: &'static str,
    kind: &Kind,
    number: Option<String>,
    (left, top, wide): (i64, i64, i64),
) -> impl IntoView + use<> {
    let rect = move |class: &'static str, fill: Option<String>| {
        view! { <rect class=class fill=fill x=left.to_string() y=top.to_string() width=wide.to_string() height=BAR.to_string()/> }
    };
    let pattern =
        (kind.pattern > 0).then(|| rect("", Some(format!("url(#{id}-{})", kind.pattern))));
    let number = number.filter(|number| wide >= 8 + 6 * number.len() as i64);
    let number = number.map(|number| {
        let (x, y) = (left + wide / 2, top + BAR - 4);
        view! {
            <text class="chart-number" x=x.to_string() y=y.to_string() font-size="11" font-weight="600" text-anchor="middle">{number}</text>
        }
    });
    view! { {rect(kind.fill, None)}{pattern}{number} }
}

fn legend(chart: &Chart) -> impl IntoView + use<> {
    let id = chart.id;
    let items = chart.kinds.iter().map(move |kind| {
        let pattern = (kind.pattern > 0).then(|| {
            view! { <rect width="16" height="12" fill=format!("url(#{id}-{})", kind.pattern)/> }
        });
        view! {
            <li class="flex items-center gap-1.5">
                <svg class="h-3 w-4" viewBox="0 0 16 12" aria-hidden="true"><rect class=kind.fill width="16" height="12"/>{pattern}</svg>
                {kind.name.clone()}
                {kind.total.map(|total| view! { <span class="font-semibold tabular-nums">{total}</span> })}
            </li>
        }
    });
    view! { <ul class="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">{items.collect_view()}</ul> }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME_CHARS - 1).collect();
    format!("{}…", kept.trim_end())
}
