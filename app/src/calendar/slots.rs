//! The times of one day, by part of the day, and the nearest others when one was just taken. Draws what the server has
//! written out; knows no clock, no zone and no language.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;
use serde::{Deserialize, Serialize};

use super::month::plain;

/// The times of one day, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySheet {
    /// `2026-11-26`.
    pub date: String,
    /// `Thursday 26 November`.
    pub title: String,
    /// Morning, afternoon, evening; only those with times.
    pub parts: Vec<DayPart>,
}

/// A part of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayPart {
    /// `Morning`.
    pub name: String,
    /// Its times, in order.
    pub slots: Vec<SlotChip>,
}

/// One time that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotChip {
    /// The instant in UTC, as it stands in addresses and forms: `2026-11-26T09:00:00Z`.
    pub start: String,
    /// The date for the viewer: `2026-11-26`.
    pub date: String,
    /// On its button: `10:00`, with its offset where the hour comes twice (R5).
    pub label: String,
    /// Said and summed up: `Thu 26 Nov, 10:00–11:00`.
    pub line: String,
    /// `3 seats left`, for groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<String>,
}

/// The times of a day as links in groups; `press` is told which was chosen.
#[component]
pub fn SlotList(
    /// What is drawn.
    #[prop(into)]
    sheet: Signal<Option<DaySheet>>,
    /// The start that is chosen.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// The address of a time, for a page without scripts.
    link: fn(&str, &SlotChip) -> String,
    /// What the addresses begin with.
    #[prop(into)]
    path: String,
    /// Told what was pressed.
    #[prop(into)]
    press: Callback<SlotChip>,
) -> impl IntoView {
    let base = StoredValue::new(path);
    let on_press = move |event: ev::MouseEvent| {
        let Some(start) = start_under(&event).filter(|_| plain(&event)) else {
            return;
        };
        let chip = sheet
            .with_untracked(|sheet| sheet.as_ref().and_then(|sheet| sheet.chip(&start).cloned()));
        if let Some(chip) = chip {
            event.prevent_default();
            press.run(chip);
        }
    };
    view! {
        <div class="slots" on:click=on_press>
            {move || {
                let chosen = chosen.get();
                let parts = sheet.get().map(|sheet| sheet.parts).unwrap_or_default();
                base.with_value(|path| {
                    parts.into_iter().map(|part| draw_part(part, chosen.as_deref(), path, link)).collect_view()
                })
            }}
        </div>
    }
}

fn draw_part(
    part: DayPart,
    chosen: Option<&str>,
    path: &str,
    link: fn(&str, &SlotChip) -> String,
) -> impl IntoView + use<> {
    let slots = part
        .slots
        .into_iter()
        .map(|chip| draw_chip(chip, chosen, path, link))
        .collect_view();
    view! {
        <section class="slots-part">
            <h4>{part.name}</h4>
            <ul class="slots-row">{slots}</ul>
        </section>
    }
}

fn draw_chip(
    chip: SlotChip,
    chosen: Option<&str>,
    path: &str,
    link: fn(&str, &SlotChip) -> String,
) -> impl IntoView + use<> {
    let href = link(path, &chip);
    let current = (chosen == Some(chip.start.as_str())).then_some("true");
    view! {
        <li>
            <a class="slot" href=href data-start=chip.start aria-current=current aria-label=chip.line>
                <span>{chip.label}</span>
                <small>{chip.seats}</small>
            </a>
        </li>
    }
}

impl DaySheet {
    /// The time that starts at this instant.
    #[must_use]
    pub fn chip(&self, start: &str) -> Option<&SlotChip> {
        self.parts
            .iter()
            .flat_map(|part| &part.slots)
            .find(|chip| chip.start == start)
    }
}

/// The instant of the time an event happened on.
pub fn start_under(event: &ev::Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-start]")
        .ok()??
        .get_attribute("data-start")
}
