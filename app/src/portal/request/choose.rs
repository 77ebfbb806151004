//! The island of the step "when": month and times that change without loading the page. Everything it draws was
//! written out by the server; what it asks for comes from `times.rs`. Without scripts the same links load the page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::times::{portal_day, portal_month, portal_slot};
use crate::calendar::month::{MonthGrid, MonthSheet, MonthWords, Turn, focus_day, focus_on, plain};
use crate::calendar::slots::{DaySheet, SlotChip, SlotList, start_under};
use crate::kit::Written;

/// For what times are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The service's id.
    pub service: String,
    /// Minutes.
    pub length: u32,
    /// The technician's id; none: anyone.
    #[serde(default)]
    pub with: Option<String>,
    /// Seats of a group service.
    pub seats: u32,
    /// The reference of the request that is being moved; its own hold is left out (R20).
    #[serde(default)]
    pub moving: Option<String>,
}

/// Whether a time is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Still {
    /// It is.
    Open,
    /// It is not.
    Taken(Taken),
}

/// What is said when a time was just taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The sentence.
    pub says: String,
    /// The nearest three.
    pub nearest: Vec<SlotChip>,
}

/// The words of this step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseWords {
    /// Around the month.
    pub month: MonthWords,
    /// Before a day is chosen.
    pub pick_day: String,
    /// In the bar before a time is chosen.
    pub pick_time: String,
    /// Under the day: in which zone the times are, where it is not the business's.
    pub zone: Option<String>,
    /// A day without times.
    pub nothing: String,
    /// Over the nearest times.
    pub nearest: String,
    /// Under the choice: held when sent.
    pub held: Option<String>,
    /// Onwards.
    pub go_on: String,
    /// It could not be loaded.
    pub failed: String,
    /// The button beside it.
    pub retry: String,
}

/// What was being loaded when the connection failed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Retry {
    Month(String, Option<i64>),
    Day(String),
}

/// The state of the step; one signal a thing that can be seen.
#[derive(Clone, Copy)]
struct Chooser {
    ask: StoredValue<Ask>,
    path: StoredValue<String>,
    sheet: RwSignal<MonthSheet>,
    cursor: RwSignal<String>,
    month_busy: RwSignal<bool>,
    date: RwSignal<Option<String>>,
    day: RwSignal<Option<DaySheet>>,
    day_busy: RwSignal<bool>,
    chosen: RwSignal<Option<SlotChip>>,
    taken: RwSignal<Option<Taken>>,
    failed: RwSignal<Option<Retry>>,
    kept: StoredValue<Vec<MonthSheet>>,
    asked: StoredValue<u32>,
}

/// Month, times and the bar with the choice.
#[island]
pub fn ChooseSlot(
    /// For what.
    ask: Ask,
    /// This step's address up to the parameters that change here: `/request/…?length=60&`.
    path: String,
    /// The next step's address, likewise.
    onward: String,
    /// The month drawn first.
    month: MonthSheet,
    /// The day drawn first.
    day: Option<DaySheet>,
    /// The time chosen already.
    chosen: Option<SlotChip>,
    /// What the address asked for and is no longer there.
    taken: Option<Taken>,
    /// The words.
    words: ChooseWords,
    /// What else can be done on the day drawn first.
    children: Children,
) -> impl IntoView {
    let date = day.as_ref().map(|day| day.date.clone());
    let first = StoredValue::new(date.clone());
    let chooser = Chooser {
        ask: StoredValue::new(ask),
        path: StoredValue::new(path.clone()),
        cursor: RwSignal::new(month.first_stop(date.as_deref())),
        sheet: RwSignal::new(month),
        month_busy: RwSignal::new(false),
        date: RwSignal::new(date),
        day: RwSignal::new(day),
        day_busy: RwSignal::new(false),
        chosen: RwSignal::new(chosen),
        taken: RwSignal::new(taken),
        failed: RwSignal::new(None),
        kept: StoredValue::new(Vec::new()),
        asked: StoredValue::new(0),
    };
    let elsewhere = move || first.with_value(|first| chooser.date.with(|date| date != first));
    Effect::new(move |_| chooser.fetch_ahead());
    let ChooseWords {
        month: month_words,
        nearest,
        held,
        go_on,
        pick_time,
        ..
    } = words.clone();
    let turn = move |turn| match turn {
        Turn::Month(key, focus) => chooser.show_month(key, focus),
        Turn::Day(date) => chooser.show_day(date),
    };
    view! {
        <div class="choose">
            <div class="choose-month sheet">
                <MonthGrid
                    sheet=chooser.sheet
                    chosen=chooser.date
                    cursor=chooser.cursor
                    busy=chooser.month_busy
                    words=month_words
                    month_link=month_link
                    day_link=day_link
                    path=path.clone()
                    turn=turn
                />
            </div>
            <div class="choose-times">
                <TakenNote chooser=chooser title=nearest path=path.clone() />
                <Failed chooser=chooser says=words.failed.clone() retry=words.retry.clone() />
                <Times chooser=chooser words=words path=path />
                <div class="mt-4" hidden=elsewhere>{children()}</div>
            </div>
            <Bar chooser=chooser onward=onward held=held go_on=go_on pick=pick_time />
        </div>
    }
}

/// The heading of the day and its times.
#[component]
fn Times(chooser: Chooser, words: ChooseWords, path: String) -> impl IntoView {
    let ChooseWords {
        pick_day,
        zone,
        nothing,
        ..
    } = words;
    let title = move || {
        chooser.day.with(|day| {
            day.as_ref()
                .map_or_else(|| pick_day.clone(), |day| day.title.clone())
        })
    };
    let empty = move || {
        let none = chooser
            .day
            .with(|day| day.as_ref().is_some_and(|day| day.parts.is_empty()));
        (none && !chooser.day_busy.get()).then(|| nothing.clone())
    };
    let start = Signal::derive(move || chooser.chosen.get().map(|chip| chip.start));
    view! {
        <section id="times" aria-busy=move || chooser.day_busy.get().then_some("true")>
            <h3 id="times-title" tabindex="-1">{title}</h3>
            <p class="text-sm text-muted">{zone}</p>
            <p class="text-sm text-muted" aria-live="polite">{empty}</p>
            <SlotList sheet=chooser.day chosen=start link=slot_link path=path press=move |chip| chooser.choose(chip) />
        </section>
    }
}

/// Says at once that a time was just taken, and offers the nearest.
#[component]
fn TakenNote(chooser: Chooser, title: String, path: String) -> impl IntoView {
    view! {
        <div role="alert" id="taken" tabindex="-1">
            {move || {
                chooser.taken.get().map(|taken| {
                    view! {
                        <div class="banner tone-wait">
                            <p><span class="icon-[lucide--clock-alert]" aria-hidden="true"></span>{taken.says}</p>
                            <p>{title.clone()}</p>
                            <ul class="slots-row" on:click=move |event| chooser.press(&event)>
                                {taken.nearest.iter().map(|chip| line(chip, &path)).collect_view()}
                            </ul>
                        </div>
                    }
                })
            }}
        </div>
    }
}

fn line(chip: &SlotChip, path: &str) -> impl IntoView + use<> {
    view! {
        <li>
            <a class="slot slot-line" href=slot_link(path, chip) data-start=chip.start.clone()>{chip.line.clone()}</a>
        </li>
    }
}

/// What could not be loaded, with another try.
#[component]
fn Failed(chooser: Chooser, says: String, retry: String) -> impl IntoView {
    view! {
        <div role="alert">
            {move || {
                chooser.failed.get().map(|what| view! {
                    <div class="banner tone-no">
                        <p>{says.clone()}</p>
                        <button type="button" class="btn btn-plain" on:click=move |_| chooser.again(what.clone())>{retry.clone()}</button>
                    </div>
                })
            }}
        </div>
    }
}

/// The choice and the way on, always in reach.
#[component]
fn Bar(
    chooser: Chooser,
    onward: String,
    held: Option<String>,
    go_on: String,
    pick: String,
) -> impl IntoView {
    let says = move || {
        chooser
            .chosen
            .get()
            .map_or_else(|| pick.clone(), |chip| chip.line)
    };
    let href = move || {
        chooser
            .chosen
            .get()
            .map(|chip| format!("{onward}start={}", chip.start))
    };
    view! {
        <div class="choice-bar">
            <div class="choice-bar-text">
                <strong aria-live="polite">{says}</strong>
                <small>{held}</small>
            </div>
            <a
                class="btn btn-primary"
                role="link"
                href=href
                aria-disabled=move || chooser.chosen.with(Option::is_none).then_some("true")
            >
                {go_on}
                <span class="icon-[lucide--arrow-right]" aria-hidden="true"></span>
            </a>
        </div>
    }
}

impl Chooser {
    /// Turns to a month: at once when it was fetched ahead.
    fn show_month(self, key: String, focus: Option<i64>) {
        self.failed.set(None);
        let kept = self
            .kept
            .with_value(|kept| kept.iter().find(|month| month.key == key).cloned());
        if let Some(month) = kept {
            return self.turn_to(month, focus);
        }
        self.month_busy.set(true);
        let turn = self.count();
        let ask = self.ask.get_value();
        spawn_local(async move {
            let answer = portal_month(ask, key.clone()).await;
            if self.asked.get_value() != turn {
                return;
            }
            self.month_busy.set(false);
            match answer {
                Ok(Written(month)) => self.turn_to(month, focus),
                Err(_) => self.failed.set(Some(Retry::Month(key, focus))),
            }
        });
    }

    fn turn_to(self, month: MonthSheet, focus: Option<i64>) {
        let date = self.date.get_untracked();
        let stop = focus.and_then(|number| month.date_of(number));
        self.cursor.set(
            stop.clone()
                .unwrap_or_else(|| month.first_stop(date.as_deref())),
        );
        if date.is_none() {
            self.write_address(&format!("month={}", month.key));
        }
        self.sheet.set(month);
        if let Some(date) = stop {
            request_animation_frame(move || focus_day(&date));
        }
        self.fetch_ahead();
    }

    /// Fetches the next month while the person looks at this one.
    fn fetch_ahead(self) {
        let Some(key) = self.sheet.with_untracked(|sheet| {
            self.keep(sheet.clone());
            sheet.after.clone()
        }) else {
            return;
        };
        if self
            .kept
            .with_value(|kept| kept.iter().any(|month| month.key == key))
        {
            return;
        }
        let ask = self.ask.get_value();
        spawn_local(async move {
            if let Ok(Written(month)) = portal_month(ask, key).await {
                self.keep(month);
            }
        });
    }

    fn keep(self, month: MonthSheet) {
        self.kept.update_value(|kept| {
            kept.retain(|other| other.key != month.key);
            kept.push(month);
        });
    }

    /// Loads a day's times; the focus goes on to them.
    fn show_day(self, date: String) {
        self.failed.set(None);
        self.taken.set(None);
        self.chosen.set(None);
        self.date.set(Some(date.clone()));
        self.day_busy.set(true);
        self.write_address(&format!("day={date}"));
        let turn = self.count();
        let ask = self.ask.get_value();
        spawn_local(async move {
            let answer = portal_day(ask, date.clone()).await;
            if self.asked.get_value() != turn {
                return;
            }
            self.day_busy.set(false);
            match answer {
                Ok(Written(day)) => {
                    self.day.set(Some(day));
                    request_animation_frame(focus_times);
                }
                Err(_) => self.failed.set(Some(Retry::Day(date))),
            }
        });
    }

    /// Chooses a time at once, and asks whether it is still there.
    fn choose(self, chip: SlotChip) {
        self.taken.set(None);
        self.chosen.set(Some(chip.clone()));
        self.write_address(&format!("day={}&start={}", chip.date, chip.start));
        let ask = self.ask.get_value();
        spawn_local(async move {
            let start = chip.start.clone();
            if let Ok(Written(Still::Taken(taken))) = portal_slot(ask, start).await {
                self.lose(&chip, taken);
            }
        });
    }

    fn lose(self, chip: &SlotChip, taken: Taken) {
        let still_wanted = self.chosen.with_untracked(|chosen| {
            chosen
                .as_ref()
                .is_some_and(|other| other.start == chip.start)
        });
        if !still_wanted {
            return;
        }
        self.chosen.set(None);
        self.day.update(|day| {
            for part in day.iter_mut().flat_map(|day| &mut day.parts) {
                part.slots.retain(|other| other.start != chip.start);
            }
        });
        self.taken.set(Some(taken));
        self.kept.set_value(Vec::new());
        self.write_address(&format!("day={}", chip.date));
        request_animation_frame(|| {
            focus_on("#taken");
        });
    }

    /// One of the nearest times: its day is loaded too, and the time is chosen.
    fn press(self, event: &leptos::ev::MouseEvent) {
        let start = start_under(event).filter(|_| plain(event));
        let chip = self.taken.with_untracked(|taken| {
            let nearest = taken.as_ref().map(|taken| &taken.nearest)?;
            nearest
                .iter()
                .find(|chip| Some(&chip.start) == start.as_ref())
                .cloned()
        });
        let Some(chip) = chip else { return };
        event.prevent_default();
        if self.date.get_untracked().as_ref() != Some(&chip.date) {
            self.show_day(chip.date.clone());
        }
        self.choose(chip);
    }

    fn again(self, what: Retry) {
        match what {
            Retry::Month(key, focus) => self.show_month(key, focus),
            Retry::Day(date) => self.show_day(date),
        }
    }

    fn count(self) -> u32 {
        self.asked
            .update_value(|asked| *asked = asked.wrapping_add(1));
        self.asked.get_value()
    }

    /// Keeps the address in step, so that reloading and going back find the same choice.
    fn write_address(self, parameters: &str) {
        let address = self.path.with_value(|path| format!("{path}{parameters}"));
        if let Ok(history) = window().history() {
            // Without it the page works all the same.
            let _ = history.replace_state_with_url(
                &leptos::wasm_bindgen::JsValue::NULL,
                "",
                Some(&address),
            );
        }
    }
}

fn month_link(path: &str, key: &str) -> String {
    format!("{path}month={key}")
}

fn day_link(path: &str, _key: &str, date: &str) -> String {
    format!("{path}day={date}#times")
}

fn slot_link(path: &str, chip: &SlotChip) -> String {
    format!("{path}day={}&start={}#times", chip.date, chip.start)
}

/// The focus goes on to the first time of the day, or to its heading where there is none.
fn focus_times() {
    if !focus_on("#times .slot") {
        focus_on("#times-title");
    }
}
