//! Everything about one request, in words, and what its decision starts from.

use booking::refusal::Refusal;
use booking::request::{DayPart, RequestKind, RequestStatus};
use chrono::Datelike;
use desk::request_details::RequestDetails;
use desk::request_history::HistoryLine;
use desk::window_times::{WindowTime, WindowTimes};
use desk::{Desk, StaffPass};
use leptos::prelude::RenderHtml;

use super::{Voice, check, first_words, kind, local, status};
use crate::ask;
use crate::calendar::week::days_before;
use crate::i18n::td_string;
use crate::kit::moment;
use crate::office::offers;
use crate::office::requests::facts::{About, Deciding, Instead, Link, Row, Step, Undo, WindowDay};
use crate::office::requests::shown::Approval;
use crate::trouble::Trouble;

/// The details of a request; `typed`: what the approve form holds instead of what it starts from.
///
/// # Errors
/// No such request, faults.
pub async fn details(
    desk: &Desk,
    staff: &StaffPass,
    reference: &str,
    typed: Option<&Approval>,
) -> Result<About, Trouble> {
    let voice = Voice::here(desk).await?;
    let found = desk
        .request_details(staff, reference)
        .await?
        .ok_or(Refusal::NotFound)?;
    let deciding = match found.status == RequestStatus::Pending {
        true => Some(deciding(desk, staff, &voice, &found, typed).await?),
        false => None,
    };
    let undo = match found.status {
        RequestStatus::Approved | RequestStatus::Declined => {
            desk.undoable(staff, reference).await?
        }
        RequestStatus::Pending | RequestStatus::Cancelled | RequestStatus::Expired => None,
    };
    let undo = undo.map(|undo| Undo {
        version: undo.version,
        seconds: (undo.until - desk.now()).num_seconds(),
    });
    let offers = desk.offers(staff, reference).await?;
    Ok(About {
        undo,
        offers: offers::list(&voice.times, &offers).map(|list| list.to_html()),
        ..written(&voice, found, deciding)
    })
}

fn written(voice: &Voice, found: RequestDetails, deciding: Option<Deciding>) -> About {
    let held = found
        .expires
        .filter(|_| found.start.is_some() || found.awaiting_client)
        .map(|at| match found.awaiting_client {
            true => td_string!(voice.locale, offers.valid_to, time = voice.stamp(at)),
            false => td_string!(voice.locale, queue.held_until, time = voice.stamp(at)),
        });
    About {
        row: row(voice, &found),
        client_href: format!("/office/clients/{}", found.client),
        email: found.email.clone(),
        phone: found.phone.clone().unwrap_or_default(),
        wish: found
            .asked
            .as_ref()
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
        subjects: (
            voice.subjects.clone(),
            found
                .subjects
                .iter()
                .map(|(_, name)| name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        seats: match found.seats {
            0 | 1 => String::new(),
            more => more.to_string(),
        },
        description: found.notes.clone(),
        answers: found.answers.clone(),
        held,
        decided: decided(voice, &found),
        reason: found.decline_reason.clone(),
        notes: found.internal_notes.clone(),
        visit: found.visit.as_ref().map(|visit| Link {
            text: format!(
                "{} · {} · {}",
                visit.reference,
                voice.stamp(visit.start),
                visit.technician.clone().unwrap_or_default()
            ),
            href: format!(
                "/office/schedule?view=day&date={}&visit={}",
                booking::zone::date(&voice.zone, visit.start),
                visit.reference
            ),
        }),
        history: found.history.iter().map(|line| step(voice, line)).collect(),
        deciding,
        undo: None,
        offers: None,
    }
}

fn row(voice: &Voice, found: &RequestDetails) -> Row {
    Row {
        reference: found.reference.clone(),
        version: found.version,
        key: ask::fresh_key(),
        client: found.client_name.clone(),
        service: found.service_name.clone(),
        kind: kind(voice.locale, found.kind),
        day: found
            .start
            .map(|start| booking::zone::date(&voice.zone, start)),
        when: voice.when(found.start.zip(found.end), found.dates.as_ref()),
        length: voice.times.length(i64::from(found.length_min)),
        reason_required: voice.reason_required,
        wish: found.asked.as_ref().map(|(_, name)| voice.wish(name)),
        status: status(voice.locale, found.status, found.awaiting_client),
        offers: found.kind != RequestKind::Recurring,
        ticket: found.ticket.as_ref().map(|number| voice.ticket(number)),
        quote: first_words(&found.notes),
        photos: found.photos.clone(),
        href: format!("/office/requests/{}", found.reference),
        ready: None,
        obstacle: None,
    }
}

/// Who decided what, when.
fn decided(voice: &Voice, found: &RequestDetails) -> Option<String> {
    let locale = voice.locale;
    let last = || {
        found
            .history
            .last()
            .map(|line| (line.by.clone(), voice.stamp(line.at)))
    };
    let by =
        |name: Option<String>| name.unwrap_or_else(|| td_string!(locale, queue.someone).to_owned());
    let decision = found
        .decided
        .as_ref()
        .map(|(name, at)| (name.clone(), voice.stamp(*at)));
    match found.status {
        RequestStatus::Pending => None,
        RequestStatus::Approved => decision.map(|(name, time)| {
            td_string!(locale, queue.approved_by, name = name, time = time).to_string()
        }),
        RequestStatus::Declined => decision.map(|(name, time)| {
            td_string!(locale, queue.declined_by, name = name, time = time).to_string()
        }),
        RequestStatus::Cancelled => last().map(|(name, time)| {
            td_string!(locale, queue.cancelled_by, name = by(name), time = time).to_string()
        }),
        RequestStatus::Expired => {
            last().map(|(_, time)| td_string!(locale, queue.expired_at, time = time).to_string())
        }
    }
}

fn step(voice: &Voice, line: &HistoryLine) -> Step {
    let locale = voice.locale;
    let name = line
        .by
        .clone()
        .unwrap_or_else(|| td_string!(locale, queue.someone).to_owned());
    if let Some((what, more)) = offers::step(&voice.times, line, &name) {
        let more: Vec<String> = more.into_iter().chain(line.reason.clone()).collect();
        return Step {
            when: voice.stamp(line.at),
            what,
            more: more.join(" · "),
        };
    }
    let what = match line.what.as_str() {
        "submitted" => td_string!(locale, queue.happened.submitted, name = name).to_string(),
        "edited" => td_string!(locale, queue.happened.edited, name = name).to_string(),
        "withdrawn" => td_string!(locale, queue.happened.withdrawn, name = name).to_string(),
        "approved" => td_string!(locale, queue.happened.approved, name = name).to_string(),
        "declined" => td_string!(locale, queue.happened.declined, name = name).to_string(),
        "expired" => td_string!(locale, queue.happened.expired).to_owned(),
        "undone" => {
            td_string!(locale, office_notifications.happened_undone, name = name).to_string()
        }
        other => td_string!(
            locale,
            queue.happened.other,
            name = name,
            what = other.to_owned()
        )
        .to_string(),
    };
    let moved = line.old_start.zip(line.start).map(|(old, new)| {
        crate::language::became(voice.locale, &voice.stamp(old), &voice.stamp(new))
    });
    let photos = crate::photos::changed(locale, line.photos);
    let more = [moved, photos, line.reason.clone()].into_iter().flatten();
    let more: Vec<String> = more.collect();
    Step {
        when: voice.stamp(line.at),
        what,
        more: more.join(" · "),
    }
}

async fn deciding(
    desk: &Desk,
    staff: &StaffPass,
    voice: &Voice,
    found: &RequestDetails,
    typed: Option<&Approval>,
) -> Result<Deciding, Trouble> {
    let window = desk.window_times(staff, &found.reference).await?;
    let best = window.as_ref().and_then(|window| window.best);
    let start = match (typed, found.start, best) {
        (Some(typed), ..) => typed.clone(),
        (None, Some(start), _) => local(voice.zone, start),
        (None, None, Some(best)) => Approval {
            technician: best.technician.to_string(),
            ..local(voice.zone, best.start)
        },
        (None, None, None) => early(voice, found),
    };
    let asked = found
        .asked
        .as_ref()
        .map(|(id, _)| id.to_string())
        .unwrap_or_default();
    let length = if start.length.is_empty() {
        found.length_min.to_string()
    } else {
        start.length.clone()
    };
    let ticket = if typed.is_some() {
        start.ticket.clone()
    } else {
        found.ticket.clone().unwrap_or_default()
    };
    let mut form = Approval {
        reference: found.reference.clone(),
        version: found.version.to_string(),
        key: ask::fresh_key(),
        technician: if start.technician.is_empty() {
            asked
        } else {
            start.technician.clone()
        },
        length,
        ticket,
        ..start
    };
    let mut first = check(desk, staff, &form).await?;
    if form.technician.is_empty()
        && let Some(best) = first.people.iter().find(|person| person.free)
    {
        form.technician.clone_from(&best.id);
        first = check(desk, staff, &form).await?;
    }
    let other_zone = ask::zone() != voice.zone;
    let zone = other_zone
        .then(|| td_string!(voice.locale, schedule.zone, zone = voice.zone.name()).to_string());
    let repeats = found
        .dates
        .as_ref()
        .is_some_and(|dates| dates.repeat.is_some());
    let plan = repeats.then(|| format!("/office/visits/new?request={}", found.reference));
    Ok(Deciding {
        days: match (window, repeats) {
            (Some(window), false) => days(voice, &window, &form.date),
            (Some(_), true) | (None, _) => Vec::new(),
        },
        plan,
        form,
        check: first,
        reason_required: voice.reason_required,
        zone,
    })
}

/// Where nothing is free in the days asked for: the preferred one, early in the part of the day.
fn early(voice: &Voice, found: &RequestDetails) -> Approval {
    let Some(dates) = &found.dates else {
        return Approval::default();
    };
    Approval {
        date: dates
            .from
            .max(voice.times.date(voice.times.now))
            .to_string(),
        time: earliest(dates.part).to_owned(),
        ..Approval::default()
    }
}

/// The first hour of a part of the day, as a form says it.
pub fn earliest(part: Option<DayPart>) -> &'static str {
    match part {
        None | Some(DayPart::Morning) => "09:00",
        Some(DayPart::Afternoon) => "13:00",
        Some(DayPart::Evening) => "18:00",
    }
}

/// The days asked for as a small calendar, from the day of the proposed time.
fn days(voice: &Voice, window: &WindowTimes, chosen: &str) -> Vec<WindowDay> {
    let first = ask::business().first_weekday;
    let time = |time: &WindowTime| {
        let at = local(voice.zone, time.start);
        Instead {
            text: at.time.clone(),
            technician: time.technician.to_string(),
            date: at.date,
            time: at.time,
            offset: at.offset,
            quiet: !time.wished,
        }
    };
    let shown = window.days.first().map(|day| day.date);
    let day = |day: &desk::window_times::WindowDay| WindowDay {
        date: day.date.to_string(),
        column: days_before(day.date, first) + 1,
        number: day.date.day(),
        month: (day.date.day() == 1 || Some(day.date) == shown)
            .then(|| moment::month_short(voice.locale, day.date)),
        label: td_string!(
            voice.locale,
            queue.day_free,
            day = voice.times.day(day.date),
            count = day.times.len()
        )
        .to_string(),
        chosen: day.date.to_string() == chosen,
        times: day.times.iter().map(time).collect(),
    };
    window.days.iter().map(day).collect()
}
