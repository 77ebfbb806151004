//! Everything that can be said about a service, in groups, each with a sentence about its effect.

use desk::services::{Need, NewService};
use leptos::prelude::*;

use super::page::Around;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Choice, Field, Pick, Radio, TextArea, Tick, money};
use crate::office::section::{Beside, group, pair, typed_all};

/// Rows for further resources.
const SPARE: usize = 2;

/// All fields. Called inside the form, whose state they read.
pub(super) fn fields(form: &NewService, around: &Around) -> impl IntoView + use<> {
    (
        what(form),
        lengths(form),
        around_it(form),
        limits(form),
        asking(form),
        who_performs(form, around),
        takes(form, around),
        for_whom(form, around),
    )
}

fn optional(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn what(form: &NewService) -> impl IntoView + use<> {
    let (locale, currency) = (ask::locale(), ask::business().currency);
    let price = form
        .price_minor
        .map(|minor| money::typed(minor, &currency))
        .unwrap_or_default();
    let (name, description, bookable) =
        (form.name.clone(), form.description.clone(), form.bookable);
    group(
        td_string!(locale, office_services.what),
        td_string!(locale, office_services.what_effect),
        view! {
            <Field name="name" label=td_string!(locale, office_services.name) value=name required=true/>
            <TextArea name="description" label=td_string!(locale, office_services.description) value=description/>
            <Field name="price_minor" label=td_string!(locale, office_services.price, currency = currency).to_string() value=price inputmode="decimal" hint=td_string!(locale, office_services.price_hint)/>
            <Tick name="bookable" label=td_string!(locale, office_services.bookable) ticked=bookable hint=td_string!(locale, office_services.bookable_hint)/>
        },
    )
}

fn lengths(form: &NewService) -> impl IntoView + use<> {
    let locale = ask::locale();
    let words: Vec<String> = form.lengths.iter().map(ToString::to_string).collect();
    let kinds = vec![
        Pick::new("exact", td_string!(locale, office_services.lengths_exact)),
        Pick::new("any", td_string!(locale, office_services.lengths_any)),
    ];
    let (kind, step) = (
        if form.any_length { "any" } else { "exact" },
        optional(form.step_min),
    );
    group(
        td_string!(locale, office_services.times),
        td_string!(locale, office_services.times_effect),
        view! {
            <Field name="lengths" label=td_string!(locale, office_services.lengths) value=words.join(", ") required=true hint=td_string!(locale, office_services.lengths_hint)/>
            <Radio name="any_length" label=td_string!(locale, office_services.lengths_kind) picks=kinds value=kind/>
            <Field name="step_min" kind="number" label=td_string!(locale, office_services.step) value=step min="1" max="1440" hint=td_string!(locale, office_services.step_hint)/>
        },
    )
}

fn around_it(form: &NewService) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (before, after) = (
        form.buffer_before.to_string(),
        form.buffer_after.to_string(),
    );
    group(
        td_string!(locale, office_services.buffers),
        td_string!(locale, office_services.buffers_effect),
        pair(view! {
            <Field name="buffer_before" kind="number" label=td_string!(locale, office_services.buffer_before) value=before min="0" max="240"/>
            <Field name="buffer_after" kind="number" label=td_string!(locale, office_services.buffer_after) value=after min="0" max="240"/>
        }),
    )
}

fn limits(form: &NewService) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (count, unit) = match form.notice_min {
        0 => (0, "60"),
        days if days % 1440 == 0 => (days / 1440, "1440"),
        hours if hours % 60 == 0 => (hours / 60, "60"),
        minutes => (minutes, "1"),
    };
    let units = vec![
        Pick::new("1", td_string!(locale, office_config.minutes)),
        Pick::new("60", td_string!(locale, office_config.hours)),
        Pick::new("1440", td_string!(locale, office_config.days)),
    ];
    let (days, a_day, a_week, seats) = (
        optional(form.advance_days),
        optional(form.max_per_day),
        optional(form.max_per_week),
        form.capacity.to_string(),
    );
    group(
        td_string!(locale, office_services.limits),
        td_string!(locale, office_services.limits_effect),
        view! {
            {pair(view! {
                <Field name="notice_min" kind="number" label=td_string!(locale, office_services.notice) value=count.to_string() min="0" hint=td_string!(locale, office_services.notice_hint)/>
                <Choice name="notice_unit" label=td_string!(locale, office_services.notice_unit) picks=units value=unit/>
            })}
            <Field name="advance_days" kind="number" label=td_string!(locale, office_services.advance) value=days min="0" max="731" hint=td_string!(locale, office_services.advance_hint)/>
            {pair(view! {
                <Field name="max_per_day" kind="number" label=td_string!(locale, office_services.max_per_day) value=a_day min="0" hint=td_string!(locale, office_services.cap_hint)/>
                <Field name="max_per_week" kind="number" label=td_string!(locale, office_services.max_per_week) value=a_week min="0" hint=td_string!(locale, office_services.cap_hint)/>
            })}
            <Field name="capacity" kind="number" label=td_string!(locale, office_services.capacity) value=seats min="1" max="500" required=true hint=td_string!(locale, office_services.capacity_hint)/>
        },
    )
}

fn asking(form: &NewService) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (holds, preference) = (form.holds, form.technician_preference);
    let (asked_by, recurring) = (form.asked_by.as_str(), form.recurring);
    let ways = vec![
        Pick::new("either", td_string!(locale, office_services.asked_either)),
        Pick::new("slots", td_string!(locale, office_services.asked_slots)),
        Pick::new("windows", td_string!(locale, office_services.asked_windows)),
    ];
    group(
        td_string!(locale, office_services.asking),
        td_string!(locale, office_services.asking_effect),
        view! {
            <Radio name="asked_by" label=td_string!(locale, office_services.asked_by) picks=ways value=asked_by/>
            <Tick name="recurring" label=td_string!(locale, office_services.recurring) ticked=recurring hint=td_string!(locale, office_services.recurring_hint)/>
            <Tick name="holds" label=td_string!(locale, office_services.holds) ticked=holds hint=td_string!(locale, office_services.holds_hint)/>
            <Tick name="technician_preference" label=td_string!(locale, office_services.preference) ticked=preference hint=td_string!(locale, office_services.preference_hint)/>
        },
    )
}

fn who_performs(form: &NewService, around: &Around) -> impl IntoView + use<> {
    let locale = ask::locale();
    let kinds = vec![
        Pick::new("all", td_string!(locale, office_services.all_technicians)),
        Pick::new("some", td_string!(locale, office_services.some_technicians)),
    ];
    let kind = if form.all_technicians { "all" } else { "some" };
    let boxes = around.team.iter().map(|member| {
        let ticked = form.technicians.contains(&member.id);
        let name = if member.form.active {
            member.name.clone()
        } else {
            format!(
                "{} ({})",
                member.name,
                td_string!(locale, office_config.inactive)
            )
        };
        view! { <Tick name="technicians[]" label=name value=member.id.to_string() ticked=ticked/> }
    });
    let boxes = boxes.collect_view();
    group(
        td_string!(locale, office_services.technicians),
        td_string!(locale, office_services.technicians_effect),
        view! {
            <Radio name="all_technicians" label=td_string!(locale, office_services.technicians_kind) picks=kinds value=kind/>
            <div class="only-some">{boxes}</div>
            <Beside name="technicians"/>
        },
    )
}

fn takes(form: &NewService, around: &Around) -> impl IntoView + use<> {
    let locale = ask::locale();
    let mut kinds: Vec<&str> = around
        .resources
        .iter()
        .map(|one| one.form.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let any = kinds.into_iter().map(|kind| {
        Pick::new(
            format!("k:{kind}"),
            td_string!(locale, office_services.any_of, kind = kind.to_owned()).to_string(),
        )
    });
    let exact = around
        .resources
        .iter()
        .map(|one| Pick::new(format!("r:{}", one.id), one.form.name.clone()));
    let picks: Vec<Pick> =
        std::iter::once(Pick::new("", td_string!(locale, office_services.nothing)))
            .chain(any)
            .chain(exact)
            .collect();
    let rows = match (typed_all("needs[]"), typed_all("units[]")) {
        (Some(needs), Some(units)) => needs.into_iter().zip(units).collect(),
        (_, _) => stored(&form.needs),
    };
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(row, (need, units))| need_row(row + 1, &need, units, &picks));
    let rows = rows.collect_view();
    group(
        td_string!(locale, office_services.resources),
        td_string!(locale, office_services.resources_effect),
        view! {
            <div class="flex flex-col gap-3">{rows}</div>
            <p class="field-hint">{td_string!(locale, office_services.more_rows)}</p>
            <Beside name="needs"/>
        },
    )
}

fn stored(needs: &[Need]) -> Vec<(String, String)> {
    let row = |need: &Need| {
        let of_kind = || need.kind.as_ref().map(|kind| format!("k:{kind}"));
        let choice = need.resource.map(|id| format!("r:{id}")).or_else(of_kind);
        (choice.unwrap_or_default(), need.units.to_string())
    };
    let spare = std::iter::repeat_n((String::new(), String::new()), SPARE);
    needs.iter().map(row).chain(spare).collect()
}

fn need_row(row: usize, need: &str, units: String, picks: &[Pick]) -> impl IntoView + use<> {
    let locale = ask::locale();
    let options = picks.iter().map(|pick| {
        let selected = pick.value == need;
        view! { <option value=pick.value.clone() selected=selected>{pick.text.clone()}</option> }
    });
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_6rem] gap-3">
            <select name="needs[]" class="select" aria-label=td_string!(locale, office_services.resource_row, row = row).to_string()>{options.collect_view()}</select>
            <input type="number" name="units[]" class="input" min="1" max="1000" value=units placeholder="1" aria-label=td_string!(locale, office_services.units_row, row = row).to_string()/>
        </div>
    }
}

fn for_whom(form: &NewService, around: &Around) -> impl IntoView + use<> {
    let (locale, restricted, chosen) = (ask::locale(), form.restricted, form.clients.len());
    let boxes = around.clients.iter().map(|client| {
        let ticked = form.clients.iter().any(|id| id.to_string() == client.value);
        view! { <Tick name="clients[]" label=client.text.clone() value=client.value.clone() ticked=ticked/> }
    });
    let boxes = boxes.collect_view();
    group(
        td_string!(locale, office_services.clients),
        td_string!(locale, office_services.clients_effect),
        view! {
            <Tick name="restricted" label=td_string!(locale, office_services.restricted) ticked=restricted/>
            <details open=restricted>
                <summary class="link cursor-pointer">{td_string!(locale, office_services.choose_clients, count = chosen).to_string()}</summary>
                <div class="mt-2 grid max-h-72 gap-x-4 overflow-auto sm:grid-cols-2">{boxes}</div>
            </details>
            <Beside name="clients"/>
        },
    )
}
