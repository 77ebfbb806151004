//! Everything about one request, in words, and what its decision starts from.

use booking::refusal::Refusal;
use booking::request::RequestStatus;
use desk::request_details::RequestDetails;
use desk::request_history::HistoryLine;
use desk::{Desk, StaffPass};

use super::{Voice, check, first_words, kind, local, status};
use crate::ask;
use crate::i18n::td_string;
use crate::office::requests::facts::{About, Deciding, Link, Row, Step, Undo};
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
    let deciding = match (found.status, found.start) {
        (RequestStatus::Pending, Some(_)) => {
            Some(deciding(desk, staff, &voice, &found, typed).await?)
        }
        (_, _) => None,
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
    Ok(About {
        undo,
        ..written(&voice, found, deciding)
    })
}

fn written(voice: &Voice, found: RequestDetails, deciding: Option<Deciding>) -> About {
    let held = found
        .expires
        .map(|at| td_string!(voice.locale, queue.held_until, time = voice.stamp(at)).to_string());
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
        when: voice.when(found.start.zip(found.end), found.window),
        length: voice.times.length(i64::from(found.length_min)),
        reason_required: voice.reason_required,
        wish: found.asked.as_ref().map(|(_, name)| voice.wish(name)),
        status: status(voice.locale, found.status),
        ticket: found.ticket.as_ref().map(|number| voice.ticket(number)),
        quote: first_words(&found.notes),
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
    let moved = line
        .old_start
        .zip(line.start)
        .map(|(old, new)| format!("{} → {}", voice.stamp(old), voice.stamp(new)));
    let more: Vec<String> = moved.into_iter().chain(line.reason.clone()).collect();
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
    let start = match (typed, found.start) {
        (Some(typed), _) => typed.clone(),
        (None, Some(start)) => local(voice.zone, start),
        (None, None) => Approval::default(),
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
    Ok(Deciding {
        form,
        check: first,
        reason_required: voice.reason_required,
        zone,
    })
}
