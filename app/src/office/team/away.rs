//! When a technician does not work as usual: dates with other hours, and time off.

use booking::ids::TechnicianId;
use booking::zone::LocalTime;
use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use desk::hours::{NewException, NewTimeOff};
use desk::team::TechnicianPage as Technician;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Choice, Field, Form, Hidden, Once, Pick, Radio, Reader};
use crate::office::section::{Beside, pair, typed_all};
use crate::office::typed;
use crate::trouble::Trouble;

/// What the clocks say about the times of a refused form (R6): about its beginning, about its end.
pub(super) type Doubts = (Option<LocalTime>, Option<LocalTime>);

/// Looks at the times of the form that was refused, if it was the one for time off.
pub(super) async fn doubts(desk: &Desk, who: &StaffPass, id: TechnicianId) -> Doubts {
    let Some(posted) = ask::posted().filter(|posted| posted.is(OfficeAddTimeOff::PATH, None))
    else {
        return (None, None);
    };
    let (from, to) = (
        posted.value("from").unwrap_or_default(),
        posted.value("to").unwrap_or_default(),
    );
    (
        desk.what_time(who, id, from).await.ok(),
        desk.what_time(who, id, to).await.ok(),
    )
}

/// Dates with other hours, and the form for one more.
pub(super) fn exceptions(found: &Technician) -> impl IntoView + use<> {
    let (locale, reader, id) = (ask::locale(), ask::reader(), found.member.id.to_string());
    let rows = found.exceptions.iter().map(|row| {
        let hours: Vec<String> = row
            .windows
            .iter()
            .map(|(from, to)| {
                crate::language::stretch(locale, &typed::clock(*from), &typed::clock(*to))
            })
            .collect();
        let hours = if hours.is_empty() {
            td_string!(locale, office_team.off).to_owned()
        } else {
            crate::language::list(locale, &hours)
        };
        let (day, date) = (reader.day(row.date), row.date.to_string());
        let remove = remove(OfficeRemoveException::PATH, &id, "date", date, &day);
        line(day, hours, row.note.clone(), remove)
    });
    let list = listed(
        rows.collect(),
        td_string!(locale, office_team.exceptions_none),
    );
    let own = id.clone();
    view! {
        {list}
        <details class="sheet p-4" open=refused(OfficeAddException::PATH)>
            <summary class="link cursor-pointer">{td_string!(locale, office_team.add_exception)}</summary>
            <Form action=OfficeAddException::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Hidden name="id" value=own/>
                <Field name="date" kind="date" label=td_string!(locale, office_team.date) required=true/>
                <Radio name="kind" label=td_string!(locale, office_team.on_this_date) value="off" picks=vec![
                    Pick::new("off", td_string!(locale, office_team.off)),
                    Pick::new("hours", td_string!(locale, office_team.other_hours)),
                ]/>
                {other_hours()}
                <Beside name="windows"/>
                <Field name="note" label=td_string!(locale, office_config.note)/>
                <div><Button>{td_string!(locale, office_team.add_exception)}</Button></div>
            </Form>
        </details>
    }
}

fn other_hours() -> impl IntoView {
    let locale = ask::locale();
    let name = td_string!(locale, office_team.on_this_date);
    let from = typed_all("from[]").unwrap_or_else(|| vec![String::new(); 3]);
    let to = typed_all("to[]").unwrap_or_else(|| vec![String::new(); 3]);
    let rows = from.into_iter().zip(to).enumerate().map(|(place, (from, to))| {
        let from_label = td_string!(locale, office_team.from_label, day = name, place = place + 1).to_string();
        let to_label = td_string!(locale, office_team.to_label, day = name, place = place + 1).to_string();
        view! {
            <span class="flex items-center gap-2">
                <input type="time" name="from[]" class="input w-34" value=from aria-label=from_label/>
                <span aria-hidden="true">"–"</span>
                <input type="time" name="to[]" class="input w-34" value=to aria-label=to_label/>
            </span>
        }
    });
    view! { <div class="only-hours">{rows.collect_view()}</div> }
}

/// Time off, and the form for more.
pub(super) fn time_off(found: &Technician, (from, to): Doubts) -> impl IntoView + use<> {
    let (locale, id) = (ask::locale(), found.member.id.to_string());
    let zone: Tz = found.time_zone.parse().unwrap_or(ask::business().time_zone);
    let reader = Reader {
        zone,
        business: zone,
        ..ask::reader()
    };
    let rows = found.time_off.iter().map(|row| {
        let span = reader.span(row.starts_at, row.ends_at);
        let remove = remove(
            OfficeRemoveTimeOff::PATH,
            &id,
            "time_off",
            row.id.to_string(),
            &span,
        );
        line(span, String::new(), row.note.clone(), remove)
    });
    let list = listed(
        rows.collect(),
        td_string!(locale, office_team.time_off_none),
    );
    let own = id.clone();
    view! {
        {list}
        <details class="sheet p-4" open=refused(OfficeAddTimeOff::PATH)>
            <summary class="link cursor-pointer">{td_string!(locale, office_team.add_time_off)}</summary>
            <Form action=OfficeAddTimeOff::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Once key=ask::fresh_key()/>
                <Hidden name="id" value=own/>
                {pair(view! {
                    <Field name="from" kind="datetime-local" label=td_string!(locale, office_config.from) required=true/>
                    <Field name="to" kind="datetime-local" label=td_string!(locale, office_config.to) required=true/>
                })}
                {doubt("from_offset", from, reader)}
                {doubt("to_offset", to, reader)}
                <Field name="note" label=td_string!(locale, office_config.note)/>
                <div><Button>{td_string!(locale, office_team.add_time_off)}</Button></div>
            </Form>
        </details>
    }
}

/// A time that comes twice is chosen; for one that does not exist, the nearest two are named (R6).
fn doubt(name: &'static str, time: Option<LocalTime>, reader: Reader) -> AnyView {
    let locale = ask::locale();
    let offset = |at: DateTime<Utc>| {
        reader
            .zone
            .offset_from_utc_datetime(&at.naive_utc())
            .fix()
            .local_minus_utc()
            .to_string()
    };
    match time {
        Some(LocalTime::Ambiguous { first, second }) => {
            let picks = vec![
                Pick::new(offset(first), reader.time(first)),
                Pick::new(offset(second), reader.time(second)),
            ];
            view! { <Choice name=name label=td_string!(locale, office_team.which) picks/> }
                .into_any()
        }
        Some(LocalTime::Missing { before, after }) => {
            let said = td_string!(
                locale,
                office_team.nearest,
                before = reader.moment(before),
                after = reader.moment(after)
            )
            .to_string();
            view! { <p class="field-hint">{said}</p> }.into_any()
        }
        Some(LocalTime::Exact(_)) | None => ().into_any(),
    }
}

fn refused(action: &str) -> bool {
    ask::posted().is_some_and(|posted| posted.action == action)
}

fn listed(rows: Vec<AnyView>, none: &'static str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sheet p-4 text-muted">{none}</p> }.into_any();
    }
    view! { <ul class="sheet rows">{rows}</ul> }.into_any()
}

fn line(what: String, hours: String, note: Option<String>, remove: AnyView) -> AnyView {
    let about = [Some(hours), note]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty());
    let about = about.collect::<Vec<_>>().join(" · ");
    view! {
        <li class="row">
            <span class="flex min-w-0 flex-1 flex-col"><span class="font-semibold">{what}</span> <span class="text-sm text-muted">{about}</span></span>
            {remove}
        </li>
    }
    .into_any()
}

fn remove(
    action: &'static str,
    id: &str,
    name: &'static str,
    value: String,
    what: &str,
) -> AnyView {
    let (locale, id) = (ask::locale(), id.to_owned());
    let label = crate::language::labelled(locale, td_string!(locale, common.remove), what);
    view! {
        <Form action=action posted=None locale class="flex">
            <Hidden name="id" value=id/>
            <Hidden name=name value=value/>
            <button class="btn btn-quiet btn-square" aria-label=label><span class="icon-[lucide--trash-2] size-4" aria-hidden="true"></span></button>
        </Form>
    }
    .into_any()
}

/// Gives a technician other hours on one date, or none.
#[server]
pub async fn office_add_exception(
    id: String,
    date: String,
    kind: String,
    #[server(default)] from: Vec<String>,
    #[server(default)] to: Vec<String>,
    #[server(default)] note: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let windows = if kind == "hours" {
        typed::windows(&from, &to, "windows")?
    } else {
        Vec::new()
    };
    if kind == "hours" && windows.is_empty() {
        return Err(typed::beside(
            booking::refusal::Refusal::BadWindow,
            "windows",
        ));
    }
    desk.add_exception(
        &who,
        typed::known(&id)?,
        &NewException {
            date,
            windows,
            note,
        },
    )
    .await?;
    ask::go(&format!("/office/team/{id}?done=exceptions#exceptions"));
    Ok(())
}

/// Lets the weekly plan hold again on a date.
#[server]
pub async fn office_remove_exception(id: String, date: String) -> Result<(), Trouble> {
    ask::desk()?
        .remove_exception(&ask::staff()?, typed::known(&id)?, typed::known(&date)?)
        .await?;
    ask::go(&format!("/office/team/{id}?done=exceptions#exceptions"));
    Ok(())
}

/// Gives a technician time off.
#[server]
pub async fn office_add_time_off(
    key: String,
    id: String,
    from: String,
    to: String,
    #[server(default)] from_offset: String,
    #[server(default)] to_offset: String,
    #[server(default)] note: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let new = NewTimeOff {
        from,
        to,
        from_offset: from_offset.parse().ok(),
        to_offset: to_offset.parse().ok(),
        note,
    };
    desk.add_time_off(&who, typed::known(&id)?, &key, &new)
        .await?;
    ask::go(&format!("/office/team/{id}?done=time-off#time-off"));
    Ok(())
}

/// Takes time off back.
#[server]
pub async fn office_remove_time_off(id: String, time_off: String) -> Result<(), Trouble> {
    ask::desk()?
        .remove_time_off(&ask::staff()?, typed::known(&id)?, typed::known(&time_off)?)
        .await?;
    ask::go(&format!("/office/team/{id}?done=time-off#time-off"));
    Ok(())
}
