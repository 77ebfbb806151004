//! The month as a grid: one stop for the Tab key, arrows inside, a label that says the whole date. Draws a sheet that
//! the server has written out; knows no clock, no zone and no language.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use serde::{Deserialize, Serialize};

/// One month, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthSheet {
    /// `2026-11`.
    pub key: String,
    /// `November 2026`.
    pub title: String,
    /// The months one can go to; none where there is nothing to find.
    pub before: Option<String>,
    /// See `before`.
    pub after: Option<String>,
    /// Days of the month before that fill the first week; drawn, never chosen.
    pub lead: Vec<u32>,
    /// The days of the month, first to last.
    pub days: Vec<DayCell>,
}

/// One day of the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCell {
    /// `2026-11-26`.
    pub date: String,
    /// What is said: `Thursday 26 November, 7 free`.
    pub label: String,
    /// What stands under the number: `7 free`, `full`, or nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// How it is drawn and whether it can be chosen.
    pub state: DayState,
    /// Today, for the viewer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub today: bool,
    /// Dots: visits, and what waits for an answer.
    #[serde(default, skip_serializing_if = "is_none")]
    pub dots: (u8, u8),
}

/// What can be done with a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DayState {
    /// Something is there: it can be chosen.
    Open,
    /// Everything is taken: its page says what to do.
    Full,
    /// Nothing is offered, or the day is over.
    None,
    /// A day like any other; there is nothing to choose on it.
    Plain,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(is: &bool) -> bool {
    !is
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(dots: &(u8, u8)) -> bool {
    *dots == (0, 0)
}

impl DayState {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Full => "full",
            Self::None => "none",
            Self::Plain => "plain",
        }
    }
}

/// The words around the grid, in the viewer's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthWords {
    /// Two letters and the whole name of each weekday, in the business's order.
    pub weekdays: Vec<(String, String)>,
    /// The button to the month before.
    pub before: String,
    /// The button to the month after.
    pub after: String,
}

/// Where the grid wants to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To the month with this key; the focus then stands on the day with this number, counted from the end if negative.
    Month(String, Option<i64>),
    /// A day was chosen.
    Day(String),
}

/// The grid. `link` gives a day its address, for a page without scripts; `turn` is told what was pressed.
#[component]
pub fn MonthGrid(
    /// What is drawn.
    #[prop(into)]
    sheet: Signal<MonthSheet>,
    /// The day chosen, as a date.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// The day that has the grid's one Tab stop.
    cursor: RwSignal<String>,
    /// Another month is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// The words around it.
    words: MonthWords,
    /// The address of a month.
    month_link: fn(&str, &str) -> String,
    /// The address of a day.
    day_link: fn(&str, &str, &str) -> String,
    /// What the addresses begin with.
    #[prop(into)]
    path: String,
    /// Told what was pressed.
    #[prop(into)]
    turn: Callback<Turn>,
) -> impl IntoView {
    let base = StoredValue::new(path);
    let arrow = move |key: Option<String>, after: bool, label: String| {
        let href = key
            .as_ref()
            .map(|key| base.with_value(|path| month_link(path, key)));
        let icon = if after {
            "icon-[lucide--chevron-right]"
        } else {
            "icon-[lucide--chevron-left]"
        };
        let press = move |event: ev::MouseEvent| {
            if plain(&event)
                && let Some(key) = &key
            {
                event.prevent_default();
                turn.run(Turn::Month(key.clone(), None));
            }
        };
        let off = href.is_none().then_some("true");
        view! {
            <a class="month-turn" role="link" href=href aria-disabled=off aria-label=label on:click=press>
                <span class=icon aria-hidden="true"></span>
            </a>
        }
    };
    let (before, after) = (words.before, words.after);
    let press = move |event: ev::MouseEvent| {
        if !plain(&event) {
            return;
        }
        if let Some(date) = day_under(&event) {
            // A day that is full has a page of its own: there one can wait for a time.
            let open = sheet.with_untracked(|sheet| {
                sheet
                    .day(&date)
                    .is_some_and(|day| day.state == DayState::Open)
            });
            if open {
                event.prevent_default();
                cursor.set(date.clone());
                turn.run(Turn::Day(date));
            }
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let Some(date) = day_under(&event) else {
            return;
        };
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let key = match event.key().as_str() {
            "ArrowLeft" if super::from_the_right() => "ArrowRight".to_owned(),
            "ArrowRight" if super::from_the_right() => "ArrowLeft".to_owned(),
            other => other.to_owned(),
        };
        match sheet.with_untracked(|sheet| sheet.step(&date, &key)) {
            Step::Stay => {}
            Step::Choose => {
                event.prevent_default();
                turn.run(Turn::Day(date));
            }
            Step::To(date) => {
                event.prevent_default();
                focus_day(&date);
                cursor.set(date);
            }
            Step::Month(key, day) => {
                event.prevent_default();
                turn.run(Turn::Month(key, Some(day)));
            }
        }
    };
    view! {
        <div class="month" aria-busy=move || busy.get().then_some("true")>
            <div class="month-head">
                {move || sheet.with(|sheet| arrow(sheet.before.clone(), false, before.clone()))}
                <h3 id="month-title" aria-live="polite">{move || sheet.with(|sheet| sheet.title.clone())}</h3>
                {move || sheet.with(|sheet| arrow(sheet.after.clone(), true, after.clone()))}
            </div>
            <table role="grid" aria-labelledby="month-title" on:click=press on:keydown=key>
                <thead>
                    <tr>
                        {words
                            .weekdays
                            .into_iter()
                            .map(|(short, long)| view! { <th scope="col"><abbr title=long>{short}</abbr></th> })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let chosen = chosen.get();
                        let cursor = cursor.get();
                        sheet.with(|sheet| {
                            base.with_value(|path| {
                                let link = |date: &str| day_link(path, &sheet.key, date);
                                sheet.weeks().into_iter().map(|week| draw_week(week, chosen.as_deref(), &cursor, &link)).collect_view()
                            })
                        })
                    }}
                </tbody>
            </table>
        </div>
    }
}

fn draw_week(
    week: Vec<Cell<'_>>,
    chosen: Option<&str>,
    cursor: &str,
    link: &dyn Fn(&str) -> String,
) -> impl IntoView + use<> {
    let cells = week
        .into_iter()
        .map(|cell| draw_cell(&cell, chosen, cursor, link))
        .collect_view();
    view! { <tr>{cells}</tr> }
}

/// Every cell has the same shape, so that turning a month changes texts and attributes only.
fn draw_cell(
    cell: &Cell<'_>,
    chosen: Option<&str>,
    cursor: &str,
    link: &dyn Fn(&str) -> String,
) -> impl IntoView + use<> {
    let (number, day) = match *cell {
        Cell::Blank => (None, None),
        Cell::Other(number) => (Some(number), None),
        Cell::Day(number, day) => (Some(number), Some(day)),
    };
    let state = day.map_or("out", |day| day.state.word());
    let is_chosen = day.is_some_and(|day| chosen == Some(day.date.as_str()));
    let open = day.filter(|day| matches!(day.state, DayState::Open | DayState::Full));
    let (visits, waiting) = day.map_or((0, 0), |day| day.dots);
    let dots = (0..visits.min(3))
        .map(|_| "dot")
        .chain((0..waiting.min(2)).map(|_| "dot wait"))
        .map(|class| view! { <i class=class></i> })
        .collect_view();
    view! {
        <td aria-selected=day.map(|_| if is_chosen { "true" } else { "false" })>
            <a
                class="day"
                role=day.map(|_| "link")
                data-state=state
                data-date=day.map(|day| day.date.clone())
                href=open.map(|day| link(&day.date))
                tabindex=day.map(|day| if day.date == cursor { "0" } else { "-1" })
                aria-label=day.map(|day| day.label.clone())
                aria-disabled=day.filter(|day| day.state == DayState::None).map(|_| "true")
                aria-hidden=day.is_none().then_some("true")
                aria-current=day.filter(|day| day.today).map(|_| "date")
            >
                <span class="day-number">{number}</span>
                <span class="day-note">{day.map(|day| day.note.clone())}</span>
                <span class="day-dots">{dots}</span>
            </a>
        </td>
    }
}

/// A square of the grid.
#[derive(Clone, Copy, Debug)]
enum Cell<'a> {
    Blank,
    Other(u32),
    Day(u32, &'a DayCell),
}

/// What a key does.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Stay,
    Choose,
    To(String),
    Month(String, i64),
}

impl MonthSheet {
    /// The day with this date.
    #[must_use]
    pub fn day(&self, date: &str) -> Option<&DayCell> {
        self.days.iter().find(|day| day.date == date)
    }

    /// The day that first has the Tab stop: the one chosen, or today, or the first that can be chosen.
    #[must_use]
    pub fn first_stop(&self, chosen: Option<&str>) -> String {
        let found = self
            .days
            .iter()
            .find(|day| chosen == Some(day.date.as_str()))
            .or_else(|| self.days.iter().find(|day| day.state == DayState::Open))
            .or_else(|| self.days.iter().find(|day| day.today))
            .or_else(|| self.days.first());
        found.map_or_else(String::new, |day| day.date.clone())
    }

    /// The date of a day's number, counted from the end if it is not positive; brought into the month.
    #[must_use]
    pub fn date_of(&self, number: i64) -> Option<String> {
        let last = i64::try_from(self.days.len()).ok()?;
        let number = if number > 0 {
            number.min(last)
        } else {
            (last + number).max(1)
        };
        let place = usize::try_from(number - 1).ok()?;
        self.days.get(place).map(|day| day.date.clone())
    }

    /// Always six weeks, so that nothing below jumps when the month turns.
    fn weeks(&self) -> Vec<Vec<Cell<'_>>> {
        let lead = self.lead.iter().map(|number| Cell::Other(*number));
        let days = (1..)
            .zip(&self.days)
            .map(|(number, day)| Cell::Day(number, day));
        let blank = std::iter::repeat(Cell::Blank);
        let cells: Vec<Cell<'_>> = lead.chain(days).chain(blank).take(42).collect();
        cells.chunks(7).map(<[Cell<'_>]>::to_vec).collect()
    }

    /// Where a key leads from a day; over the edge it leads into the neighbouring month.
    fn step(&self, date: &str, key: &str) -> Step {
        let Some(place) = self.days.iter().position(|day| day.date == date) else {
            return Step::Stay;
        };
        let Ok(here) = i64::try_from(place) else {
            return Step::Stay;
        };
        let column = (here + i64::try_from(self.lead.len()).unwrap_or(0)) % 7;
        let there = match key {
            "ArrowLeft" => here - 1,
            "ArrowRight" => here + 1,
            "ArrowUp" => here - 7,
            "ArrowDown" => here + 7,
            "Home" => (here - column).max(0),
            "End" => here + 6 - column,
            "PageUp" => return Self::turn(self.before.as_ref(), here + 1),
            "PageDown" => return Self::turn(self.after.as_ref(), here + 1),
            "Enter" | " "
                if self
                    .days
                    .get(place)
                    .is_some_and(|day| day.state == DayState::Open) =>
            {
                return Step::Choose;
            }
            " " => return Step::To(date.to_owned()),
            _ => return Step::Stay,
        };
        let last = i64::try_from(self.days.len()).unwrap_or(0);
        let there = if key == "End" {
            there.min(last - 1)
        } else {
            there
        };
        if there < 0 {
            return Self::turn(self.before.as_ref(), there + 1);
        }
        if there >= last {
            return Self::turn(self.after.as_ref(), there - last + 1);
        }
        self.date_of(there + 1).map_or(Step::Stay, Step::To)
    }

    fn turn(month: Option<&String>, number: i64) -> Step {
        month.map_or(Step::Stay, |key| Step::Month(key.clone(), number))
    }
}

/// A press without keys that ask the browser for a new tab or window.
#[must_use]
pub fn plain(event: &ev::MouseEvent) -> bool {
    !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
        && event.button() == 0
}

/// The date of the day an event happened on.
fn day_under(event: &ev::Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-date]")
        .ok()??
        .get_attribute("data-date")
}

/// Puts the focus on a day that is drawn.
pub fn focus_day(date: &str) {
    focus_on(&format!("[data-date=\"{date}\"]"));
}

/// Puts the focus on the first element that a selector finds; whether there is one.
pub fn focus_on(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let found = found.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    // An element that cannot take the focus is no fault.
    found.is_some_and(|element| element.focus().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn november() -> MonthSheet {
        let day = |number: u32| DayCell {
            date: format!("2026-11-{number:02}"),
            label: String::new(),
            note: String::new(),
            state: if number == 26 {
                DayState::Open
            } else {
                DayState::None
            },
            today: number == 20,
            dots: (0, 0),
        };
        MonthSheet {
            key: "2026-11".into(),
            title: "November 2026".into(),
            before: None,
            after: Some("2026-12".into()),
            lead: vec![26, 27, 28, 29, 30, 31],
            days: (1..=30).map(day).collect(),
        }
    }

    fn to(number: u32) -> Step {
        Step::To(format!("2026-11-{number:02}"))
    }

    #[test]
    fn arrows_move_inside_the_month() {
        let month = november();
        assert_eq!(month.step("2026-11-20", "ArrowLeft"), to(19));
        assert_eq!(month.step("2026-11-20", "ArrowRight"), to(21));
        assert_eq!(month.step("2026-11-20", "ArrowUp"), to(13));
        assert_eq!(month.step("2026-11-20", "ArrowDown"), to(27));
        assert_eq!(month.step("2026-11-20", "Home"), to(16));
        assert_eq!(month.step("2026-11-20", "End"), to(22));
        assert_eq!(month.step("2026-11-30", "End"), to(30));
        assert_eq!(month.step("2026-11-01", "Home"), to(1));
    }

    #[test]
    fn over_the_edge_is_the_neighbouring_month() {
        let month = november();
        assert_eq!(
            month.step("2026-11-30", "ArrowRight"),
            Step::Month("2026-12".into(), 1)
        );
        assert_eq!(
            month.step("2026-11-26", "ArrowDown"),
            Step::Month("2026-12".into(), 3)
        );
        assert_eq!(
            month.step("2026-11-01", "ArrowLeft"),
            Step::Stay,
            "there is no month before"
        );
        assert_eq!(
            month.step("2026-11-26", "PageDown"),
            Step::Month("2026-12".into(), 26)
        );
        let mut later = november();
        later.before = Some("2026-10".into());
        assert_eq!(
            later.step("2026-11-01", "ArrowLeft"),
            Step::Month("2026-10".into(), 0)
        );
        assert_eq!(
            later.step("2026-11-03", "ArrowUp"),
            Step::Month("2026-10".into(), -4)
        );
    }

    #[test]
    fn only_open_days_are_chosen() {
        let month = november();
        assert_eq!(month.step("2026-11-26", "Enter"), Step::Choose);
        assert_eq!(month.step("2026-11-25", "Enter"), Step::Stay);
    }

    #[test]
    fn a_number_beyond_the_month_is_its_last_day() {
        let month = november();
        assert_eq!(month.date_of(31).as_deref(), Some("2026-11-30"));
        assert_eq!(month.date_of(0).as_deref(), Some("2026-11-30"));
        assert_eq!(month.date_of(-4).as_deref(), Some("2026-11-26"));
        assert_eq!(month.first_stop(None), "2026-11-26");
    }

    #[test]
    fn six_weeks_always() {
        assert_eq!(november().weeks().len(), 6);
    }
}
