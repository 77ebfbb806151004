//! The day on paper: a sheet for each technician with whom, where, what for, with what, and room to write. Drawn on the
//! server; on paper there is no menu, and each technician begins a page.

use booking::ids::TechnicianId;
use booking::zone;
use chrono::{Datelike, Days, NaiveDate};
use desk::day_sheet::{DaySheet, Line, Sheet, SheetVisit};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{ButtonLink, Empty, Icon, PageHead, Pill, Reader, Tone};

const PATH: &str = "/office/day-sheet";

/// The page `/office/day-sheet?date=…&technician=…`.
#[component]
pub fn DaySheetPage() -> impl IntoView {
    crate::site::page(async move {
        let (desk, staff, business) = (ask::desk()?, ask::staff()?, ask::business());
        let today = zone::date(&business.time_zone, desk.now());
        let date = ask::query("date").and_then(|date| date.parse().ok());
        let date = date
            .filter(|date: &NaiveDate| (1970..=9000).contains(&date.year()))
            .unwrap_or(today);
        let technician = ask::query("technician").and_then(|id| id.parse().ok());
        let found = desk.day_sheet(&staff, date, technician).await?;
        let reader = Reader {
            zone: business.time_zone,
            ..ask::reader()
        };
        Ok(draw(&found, &reader, (date, today), technician))
    })
}

fn draw(
    found: &DaySheet,
    reader: &Reader,
    (date, today): (NaiveDate, NaiveDate),
    technician: Option<TechnicianId>,
) -> impl IntoView + use<> {
    let locale = reader.locale;
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let sheets = found.sheets.iter().map(|one| sheet(one, reader, date));
    let sheets = sheets.collect_view();
    let zone = (ask::zone() != reader.zone).then(|| {
        let text = td_string!(locale, schedule.zone, zone = reader.zone.name()).to_string();
        view! { <p class="mb-3 text-sm text-muted">{text}</p> }
    });
    view! {
        <div class="on-screen">
            <PageHead title=format!("{} · {}", td_string!(locale, day_sheet.title), reader.day(date))>
                <button type="button" class="btn btn-primary script-on" data-print="">
                    <Icon name="icon-[lucide--printer]"/> {td_string!(locale, day_sheet.print)}
                </button>
            </PageHead>
            {tools(found, locale, (date, today), technician)}
            <p class="script-off mb-3 text-sm text-muted">{td_string!(locale, day_sheet.print_hint)}</p>
            {zone}
        </div>
        {found.sheets.is_empty().then(|| view! {
            <Empty icon="icon-[lucide--users]" title=td_string!(locale, schedule.no_technicians) text=td_string!(locale, schedule.no_technicians_text)/>
        })}
        {sheets}
        <script type="module" nonce=nonce inner_html=include_str!("print.js")></script>
    }
}

/// The days around, and the choice of one technician; plain links and a plain form.
fn tools(
    found: &DaySheet,
    locale: Locale,
    (date, today): (NaiveDate, NaiveDate),
    technician: Option<TechnicianId>,
) -> impl IntoView + use<> {
    let whom = technician.map_or_else(String::new, |id| format!("&technician={id}"));
    let at = |date: Option<NaiveDate>| {
        let date = date.unwrap_or(today);
        format!("{PATH}?date={date}{whom}")
    };
    let (before, after) = (
        at(date.checked_sub_days(Days::new(1))),
        at(date.checked_add_days(Days::new(1))),
    );
    let options = found.technicians.iter().map(|(id, name)| {
        view! { <option value=id.to_string() selected=technician == Some(*id)>{name.clone()}</option> }
    });
    let options = options.collect_view();
    let one = (found.technicians.len() > 1).then(|| {
        view! {
            <select class="select w-auto" name="technician" aria-label=td_string!(locale, schedule.technician)>
                <option value="" selected=technician.is_none()>{td_string!(locale, schedule.everyone)}</option>
                {options}
            </select>
        }
    });
    view! {
        <div class="mb-4 flex flex-wrap items-center gap-2">
            <ButtonLink href=at(Some(today))>{td_string!(locale, schedule.today)}</ButtonLink>
            <a class="btn btn-quiet btn-square" href=before rel="prev" aria-label=td_string!(locale, day_sheet.previous)><Icon name="icon-[lucide--chevron-left]"/></a>
            <a class="btn btn-quiet btn-square" href=after rel="next" aria-label=td_string!(locale, day_sheet.next)><Icon name="icon-[lucide--chevron-right]"/></a>
            <form method="get" action=PATH class="flex flex-wrap gap-2">
                <input type="date" class="input w-auto" name="date" value=date.to_string() aria-label=td_string!(locale, schedule.go_to)/>
                {one}
                <button class="btn btn-plain">{td_string!(locale, schedule.show)}</button>
            </form>
        </div>
    }
}

fn sheet(sheet: &Sheet, reader: &Reader, date: NaiveDate) -> impl IntoView + use<> {
    let locale = reader.locale;
    let name = match &sheet.technician {
        Some((_, name)) => name.clone(),
        None => td_string!(locale, schedule.unassigned).to_owned(),
    };
    let head = format!("{name} · {}", reader.long_day(date));
    let rows = sheet.lines.iter().map(|one| line(one, reader));
    let rows = rows.collect_view();
    let nothing = sheet.lines.is_empty().then(|| {
        view! { <tr role="row"><td role="cell" colspan="5" class="text-muted">{td_string!(locale, schedule.free_day)}</td></tr> }
    });
    view! {
        <section class="day-sheet">
            <h2 class="on-screen mb-2 text-base font-semibold">{name}</h2>
            <div class="sheet">
                <table class="sheet-table" role="table" aria-label=head.clone()>
                    <colgroup><col class="w-[15%]"/><col class="w-[22%]"/><col class="w-[22%]"/><col class="w-[21%]"/><col/></colgroup>
                    <thead>
                        <tr class="on-paper"><th colspan="5" scope="colgroup">{head.clone()}</th></tr>
                        <tr>
                            <th scope="col">{td_string!(locale, day_sheet.time)}</th>
                            <th scope="col">{td_string!(locale, day_sheet.client)}</th>
                            <th scope="col">{td_string!(locale, day_sheet.what)}</th>
                            <th scope="col">{td_string!(locale, day_sheet.notes)}</th>
                            <th scope="col">{td_string!(locale, day_sheet.remarks)}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}{nothing}</tbody>
                </table>
            </div>
        </section>
    }
}

fn line(line: &Line, reader: &Reader) -> impl IntoView + use<> {
    let locale = reader.locale;
    let time = reader.times(line.start, line.end);
    let resources = line.resources.iter().map(|(name, units)| match units {
        1 => view! { <p>{name.clone()}</p> },
        units => view! { <p>{format!("{units} × {name}")}</p> },
    });
    let resources = resources.collect_view();
    match &line.visit {
        Some(visit) => view! {
            <tr role="row">
                <th scope="row" role="rowheader" class="tabular-nums">{time}{state(visit, locale)}</th>
                <td role="cell">{client(visit, locale)}</td>
                <td role="cell">{what(visit, locale)}{resources}</td>
                <td role="cell">{notes(visit, locale)}</td>
                <td role="cell"></td>
            </tr>
        }
        .into_any(),
        None => view! {
            <tr role="row">
                <th scope="row" role="rowheader" class="tabular-nums">{time}</th>
                <td role="cell" colspan="2">{td_string!(locale, schedule.blocked)}{resources}</td>
                <td role="cell">{line.note.clone()}</td>
                <td role="cell"></td>
            </tr>
        }
        .into_any(),
    }
}

/// How it stands, where that is not simply planned.
fn state(visit: &SheetVisit, locale: Locale) -> Option<impl IntoView + use<>> {
    use booking::visit::VisitStatus;
    let (tone, word) = match visit.status {
        VisitStatus::Scheduled => return None,
        VisitStatus::InProgress => (Tone::Info, td_string!(locale, status.visit.in_progress)),
        VisitStatus::Completed => (Tone::Yes, td_string!(locale, status.visit.completed)),
        VisitStatus::Cancelled => (Tone::Off, td_string!(locale, status.visit.cancelled)),
        VisitStatus::NoShow => (Tone::No, td_string!(locale, status.visit.no_show)),
        VisitStatus::Rescheduled => (Tone::Off, td_string!(locale, status.visit.rescheduled)),
    };
    Some(view! { <p class="mt-1"><Pill tone text=word/></p> })
}

fn client(visit: &SheetVisit, locale: Locale) -> impl IntoView + use<> {
    let phone = visit.phone.clone().map(|phone| {
        let dialled = booking::people::Phone::parse(&phone).map(|phone| phone.dialled());
        let href = format!("tel:{}", dialled.unwrap_or_default());
        view! { <p><a class="link" href=href>{phone}</a></p> }
    });
    let seats = (visit.seats > 1).then(|| {
        let count = visit.seats;
        view! { <p>{td_string!(locale, day_sheet.seats, count = count).to_string()}</p> }
    });
    view! {
        <p class="font-semibold">{visit.client.clone()}</p>
        {phone}
        {visit.address.clone().map(|address| view! { <p>{address}</p> })}
        {seats}
    }
}

fn what(visit: &SheetVisit, locale: Locale) -> impl IntoView + use<> {
    let subjects = visit
        .subjects
        .iter()
        .map(|(name, details)| match details.is_empty() {
            true => view! { <p>{name.clone()}</p> },
            false => view! { <p>{crate::language::labelled(locale, name, details)}</p> },
        });
    let href = format!("/office/visits/{}", visit.reference);
    let label = td_string!(
        locale,
        schedule.appointment,
        reference = visit.reference.clone()
    )
    .to_string();
    view! {
        <p class="font-semibold">{visit.service.clone()}</p>
        {subjects.collect_view()}
        <p><a class="link" href=href aria-label=label>{visit.reference.clone()}</a></p>
    }
}

/// What the client wrote, and what only the team reads.
fn notes(visit: &SheetVisit, locale: Locale) -> impl IntoView + use<> {
    let notes = (!visit.notes.is_empty())
        .then(|| view! { <p class="whitespace-pre-wrap">{visit.notes.clone()}</p> });
    let internal = (!visit.internal_notes.is_empty()).then(|| {
        view! {
            <p class="mt-1 text-muted">{td_string!(locale, day_sheet.internal)}</p>
            <p class="whitespace-pre-wrap">{visit.internal_notes.clone()}</p>
        }
    });
    view! { {notes}{internal} }
}
