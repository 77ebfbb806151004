//! The reports of the office: what was asked for, how soon it was answered, what took place, who was busy, who did not come.
//! Plain links and a plain form choose the range; every chart has its table and its file.

mod chart;
mod figures;
mod table;

use booking::refusal::Refusal;
use booking::report::Range;
use booking::zone;
use chrono::NaiveDate;
use desk::reports::Reports;
use leptos::prelude::*;

use self::figures::Report;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Banner, PageHead, Reader, Tab, Tabs, Tone};

/// The path of the page; the files lie under it.
const PATH: &str = "/office/reports";

/// The ranges that have a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Month,
    MonthBefore,
    Quarter,
}

impl Named {
    const ALL: [Self; 3] = [Self::Month, Self::MonthBefore, Self::Quarter];

    const fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::MonthBefore => "last-month",
            Self::Quarter => "quarter",
        }
    }

    fn range(self, today: NaiveDate) -> Range {
        match self {
            Self::Month => Range::month_of(today),
            Self::MonthBefore => Range::month_before(today),
            Self::Quarter => Range::quarter_of(today),
        }
    }

    fn name(self, l: Locale) -> &'static str {
        match self {
            Self::Month => td_string!(l, office_reports.this_month),
            Self::MonthBefore => td_string!(l, office_reports.last_month),
            Self::Quarter => td_string!(l, office_reports.this_quarter),
        }
    }
}

/// What the address asks for: a range with a name or of one's own, and what was typed.
struct Asked {
    named: Option<Named>,
    range: Result<Range, Refusal>,
    typed: (String, String),
}

impl Asked {
    fn read(today: NaiveDate) -> Self {
        let word = ask::query("range").unwrap_or_default();
        let named = Named::ALL.into_iter().find(|named| named.word() == word);
        let typed = ask::query("from").zip(ask::query("to"));
        match (named, typed) {
            (None, Some((from, to))) => Self {
                named: None,
                range: range(&from, &to),
                typed: (from, to),
            },
            (named, _) => {
                let named = named.unwrap_or(Named::Month);
                let range = named.range(today);
                Self {
                    named: Some(named),
                    range: Ok(range),
                    typed: (range.first().to_string(), range.last().to_string()),
                }
            }
        }
    }
}

/// The range between two dates as they are typed.
///
/// # Errors
/// [`Refusal::BadDate`] for what is no date, and for a last one that is before the first or too far from it.
pub fn range(from: &str, to: &str) -> Result<Range, Refusal> {
    let read = |typed: &str| typed.parse().map_err(|_| Refusal::BadDate);
    Range::new(read(from)?, read(to)?)
}

/// A report as a file, by its name; none by another.
#[must_use]
pub fn file(name: &str, found: &Reports, locale: Locale) -> Option<String> {
    let report = Report::ALL
        .into_iter()
        .find(|report| report.word() == name)?;
    Some(table::csv(&report.table(found, locale)))
}

/// The page `/office/reports`.
#[component]
pub fn ReportsPage() -> impl IntoView {
    crate::site::page(async move {
        let (desk, staff, business) = (ask::desk()?, ask::staff()?, ask::business());
        staff.dispatcher()?;
        let today = zone::date(&business.time_zone, desk.now());
        let asked = Asked::read(today);
        let found = match asked.range {
            Ok(range) => Some((range, desk.reports(&staff, range).await?)),
            Err(_) => None,
        };
        let reader = Reader {
            zone: business.time_zone,
            ..ask::reader()
        };
        Ok(draw(&asked, found, &reader))
    })
}

fn draw(asked: &Asked, found: Option<(Range, Reports)>, reader: &Reader) -> impl IntoView + use<> {
    let l = reader.locale;
    let body = match found {
        Some((range, found)) => all(range, &found, reader).into_any(),
        None => {
            let words = td_string!(l, office_reports.bad_range);
            view! { <Banner tone=Tone::No alert=true>{words}</Banner> }.into_any()
        }
    };
    view! {
        <PageHead title=td_string!(l, office_reports.title)/>
        {choice(asked, l)}
        {body}
    }
}

fn choice(asked: &Asked, l: Locale) -> impl IntoView + use<> {
    let tabs = Named::ALL.map(|named| Tab {
        href: format!("{PATH}?range={}", named.word()),
        text: named.name(l).to_owned(),
        count: None,
        current: asked.named == Some(named),
    });
    let (from, to) = asked.typed.clone();
    let date = |name: &'static str, label: &'static str, value: String| {
        view! {
            <label class="field">
                <span class="field-label">{label}</span>
                <input type="date" class="input" name=name value=value required=true/>
            </label>
        }
    };
    view! {
        <div class="mb-4 flex flex-wrap items-end gap-3">
            <Tabs label=td_string!(l, office_reports.range) tabs=tabs.into()/>
            <form method="get" action=PATH class="flex flex-wrap items-end gap-2">
                {date("from", td_string!(l, office_config.from), from)}
                {date("to", td_string!(l, office_config.to), to)}
                <button class="btn btn-plain">{td_string!(l, schedule.show)}</button>
            </form>
        </div>
    }
}

fn all(range: Range, found: &Reports, reader: &Reader) -> impl IntoView + use<> {
    let l = reader.locale;
    let days = format!(
        "{} – {}",
        reader.day(range.first()),
        reader.day(range.last())
    );
    let parts = Report::ALL.map(|report| part(report, range, found, reader));
    let zone = td_string!(l, schedule.zone, zone = reader.zone.name()).to_string();
    view! {
        <p class="mb-4 text-muted">{days} " · " {zone}</p>
        <div class="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">{parts.collect_view()}</div>
    }
}

fn part(report: Report, range: Range, found: &Reports, reader: &Reader) -> impl IntoView + use<> {
    let l = reader.locale;
    let body = match report.chart(found, reader) {
        Some(chart) => view! {
            {chart::draw(&chart)}
            {behind(report, range, found, reader)}
        }
        .into_any(),
        None => {
            view! { <p class="text-muted">{td_string!(l, office_reports.nothing)}</p> }.into_any()
        }
    };
    view! {
        <section class="sheet p-4" id=report.word()>
            <h2 class="text-base font-semibold">{report.title(l)}</h2>
            <p class="mb-3 text-sm text-muted">{report.about(l)}</p>
            {(report == Report::Answers).then(|| whole(found, reader))}
            {body}
        </section>
    }
}

/// How soon requests of the whole range were answered.
fn whole(found: &Reports, reader: &Reader) -> Option<impl IntoView + use<>> {
    let answers = found.answers;
    let length = |minutes: Option<i64>| reader.length(minutes.unwrap_or(0));
    let words = td_string!(
        reader.locale,
        office_reports.answers_all,
        count = answers.count,
        median = length(answers.median_min),
        ninety = length(answers.ninety_min)
    )
    .to_string();
    (answers.count > 0).then(|| view! { <p class="mb-3 font-semibold">{words}</p> })
}

/// The table behind a drawing, and its file.
fn behind(report: Report, range: Range, found: &Reports, reader: &Reader) -> impl IntoView + use<> {
    let l = reader.locale;
    let (from, to) = (range.first(), range.last());
    let href = format!("{PATH}/{}.csv?from={from}&to={to}", report.word());
    let table = table::draw(&report.table(found, l), report.title(l).to_owned(), reader);
    view! {
        <details class="mt-3">
            <summary class="link cursor-pointer py-2 text-sm">{td_string!(l, office_reports.table)}</summary>
            {table}
        </details>
        <a class="link inline-block py-2 text-sm" href=href download="" rel="external">{td_string!(l, office_reports.file)}</a>
    }
}
