//! The weekly windows of a technician: several a day, the gaps between them are breaks.

use desk::hours::WeekWindow;
use desk::team::TechnicianPage as Technician;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Form, Hidden, Look};
use crate::office::section::{Beside, typed_all};
use crate::office::{picks, typed};
use crate::trouble::Trouble;

/// One row of the form: day, from, to.
type Row = (u16, String, String);

/// The form. Every day keeps empty rows, so that windows are added without scripts.
pub(super) fn form(found: &Technician) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (id, version, week) = (
        found.member.id.to_string(),
        found.member.version.to_string(),
        found.member.week.clone(),
    );
    view! {
        <div class="sheet p-4">
            <Form action=OfficeReplaceWeek::PATH posted=ask::posted() locale>
                <Hidden name="id" value=id/>
                <Hidden name="version" value=version/>
                {days(&week)}
                <Beside name="windows"/>
                <p class="field-hint">{td_string!(locale, office_team.week_hint)}</p>
                <div><Button look=Look::Primary>{td_string!(locale, office_team.save_week)}</Button></div>
            </Form>
        </div>
    }
}

fn days(week: &[WeekWindow]) -> impl IntoView + use<> {
    let locale = ask::locale();
    let rows = typed_rows().unwrap_or_else(|| stored(week));
    let days = picks::week_from(ask::business().first_weekday).map(|day| {
        let name = picks::weekday(day, locale);
        let of_day = rows.iter().filter(|(of, _, _)| *of == day).cloned();
        let windows = of_day
            .enumerate()
            .map(|(place, (_, from, to))| window(day, name, place + 1, from, to));
        view! {
            <fieldset class="day-hours">
                <legend class="sr-only">{name}</legend>
                <span class="pt-2 text-sm font-semibold" aria-hidden="true">{name}</span>
                <div class="flex flex-wrap gap-x-6 gap-y-2">{windows.collect_view()}</div>
            </fieldset>
        }
    });
    days.collect_view()
}

fn window(day: u16, name: &'static str, place: usize, from: String, to: String) -> impl IntoView {
    let locale = ask::locale();
    let from_label =
        td_string!(locale, office_team.from_label, day = name, place = place).to_string();
    let to_label = td_string!(locale, office_team.to_label, day = name, place = place).to_string();
    view! {
        <span class="flex items-center gap-2">
            <input type="hidden" name="day[]" value=day/>
            <input type="time" name="from[]" class="input w-34" value=from aria-label=from_label/>
            <span aria-hidden="true">"–"</span>
            <input type="time" name="to[]" class="input w-34" value=to aria-label=to_label/>
        </span>
    }
}

fn typed_rows() -> Option<Vec<Row>> {
    let (days, from, to) = (
        typed_all("day[]")?,
        typed_all("from[]")?,
        typed_all("to[]")?,
    );
    let rows = days.into_iter().zip(from).zip(to);
    Some(
        rows.map(|((day, from), to)| (day.parse().unwrap_or(0), from, to))
            .collect(),
    )
}

fn stored(week: &[WeekWindow]) -> Vec<Row> {
    let mut rows = Vec::new();
    for day in 1..=7_u16 {
        let before = rows.len();
        let of_day = week.iter().filter(|window| window.weekday == day);
        rows.extend(of_day.map(|window| {
            (
                day,
                typed::clock(window.start_min),
                typed::clock(window.end_min),
            )
        }));
        let spare = if rows.len() == before { 2 } else { 1 };
        rows.extend(std::iter::repeat_n(
            (day, String::new(), String::new()),
            spare,
        ));
    }
    rows
}

/// Replaces the weekly plan.
#[server]
pub async fn office_replace_week(
    id: String,
    version: String,
    #[server(default)] day: Vec<String>,
    #[server(default)] from: Vec<String>,
    #[server(default)] to: Vec<String>,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let mut week = Vec::new();
    for ((day, from), to) in day.iter().zip(from).zip(to) {
        let weekday = typed::id(day, "windows")?;
        let windows = typed::windows(&[from], &[to], "windows")?;
        week.extend(windows.into_iter().map(|(start_min, end_min)| WeekWindow {
            weekday,
            start_min,
            end_min,
        }));
    }
    desk.replace_week(&who, typed::known(&id)?, typed::known(&version)?, &week)
        .await?;
    ask::go(&format!("/office/team/{id}?done=week"));
    Ok(())
}
