//! What speaks against a technician and a time, in words, with other times to take; and who could be sent instead.

use booking::refusal::Refusal;
use booking::zone::LocalTime;
use chrono::{DateTime, Utc};
use desk::clash_check::{ClashReport, ClashSeen, TechnicianChoice};
use desk::free_slots::OfferedSlot;
use desk::{Desk, StaffPass};

use super::{Voice, local};
use crate::i18n::td_string;
use crate::office::requests::facts::{Check, Instead, Person, Verdict};
use crate::office::requests::read;
use crate::office::requests::shown::Approval;
use crate::trouble::{self, Trouble};

/// Checks a form that is being filled in. A field that cannot be read yet is part of the answer, not an error.
///
/// # Errors
/// Not staff, no such request, faults.
pub async fn check(desk: &Desk, staff: &StaffPass, form: &Approval) -> Result<Check, Trouble> {
    let voice = Voice::here(desk).await?;
    let start = match read::start(form, voice.zone) {
        Ok(Some(start)) => start,
        Ok(None) => return Ok(unclear(word(&voice, Refusal::BadTime))),
        Err(trouble) => return Ok(unreadable(&voice, form, &trouble)),
    };
    let length = match read::length(form) {
        Ok(Some(length)) => length,
        Ok(None) => return Ok(unclear(word(&voice, Refusal::BadLength))),
        Err(trouble) => return Ok(unclear(trouble.words(voice.locale))),
    };
    let choices = match desk
        .technicians_for(staff, &form.reference, Some(start), Some(length))
        .await
    {
        Ok(choices) => choices,
        Err(refused) => return refused_time(&voice, refused.into()),
    };
    let Some(technician) = read::technician(form)? else {
        let check = unclear(td_string!(voice.locale, queue.verdict.choose).to_owned());
        return Ok(Check {
            people: people(&voice, &choices),
            ..check
        });
    };
    match desk
        .clash_check(staff, &form.reference, technician, start, length)
        .await
    {
        Ok(report) => {
            let mut check = verdict(&voice, &report, form, &choices);
            let hint = td_string!(voice.locale, queue.other_day).to_owned();
            check.more.extend(report.other_day.then_some(hint));
            let people = people(&voice, &choices);
            Ok(Check { people, ..check })
        }
        Err(refused) => refused_time(&voice, refused.into()),
    }
}

/// A time or a length that cannot be is said as a verdict; everything else is an error.
fn refused_time(voice: &Voice, trouble: Trouble) -> Result<Check, Trouble> {
    match trouble.field() {
        Some(_) => Ok(unclear(trouble.words(voice.locale))),
        None => Err(trouble),
    }
}

fn word(voice: &Voice, why: Refusal) -> String {
    trouble::words(why, voice.locale).to_owned()
}

fn unclear(sentence: String) -> Check {
    Check {
        verdict: Verdict::Unclear,
        sentence,
        more: Vec::new(),
        instead: Vec::new(),
        people: Vec::new(),
    }
}

/// A local time that does not exist, or exists twice: its meanings are choices (R6).
fn unreadable(voice: &Voice, form: &Approval, trouble: &Trouble) -> Check {
    let choices = match read::meaning(form, voice.zone) {
        Ok(LocalTime::Missing { before, after }) => vec![before, after],
        Ok(LocalTime::Ambiguous { first, second }) => vec![first, second],
        Ok(LocalTime::Exact(_)) | Err(_) => Vec::new(),
    };
    let instead = choices
        .into_iter()
        .map(|at| instead(voice, at, None))
        .collect();
    Check {
        instead,
        ..unclear(trouble.words(voice.locale))
    }
}

fn instead(voice: &Voice, at: DateTime<Utc>, other: Option<&TechnicianChoice>) -> Instead {
    let form = local(voice.zone, at);
    let text = match other {
        Some(other) => format!("{} · {}", voice.stamp(at), other.name),
        None => voice.stamp(at),
    };
    let technician = other.map(|other| other.id.to_string()).unwrap_or_default();
    Instead {
        text,
        technician,
        date: form.date,
        time: form.time,
        offset: form.offset,
        quiet: false,
    }
}

fn verdict(
    voice: &Voice,
    report: &ClashReport,
    form: &Approval,
    choices: &[TechnicianChoice],
) -> Check {
    let locale = voice.locale;
    if !report.hard.is_empty() {
        let mut clashes: Vec<String> = report
            .hard
            .iter()
            .map(|clash| clash_words(voice, clash))
            .collect();
        let sentence = clashes.remove(0);
        let hint = if report.next_free.is_empty() {
            td_string!(locale, queue.verdict.none_free)
        } else {
            td_string!(locale, queue.verdict.next)
        };
        clashes.push(hint.to_owned());
        let instead = report
            .next_free
            .iter()
            .map(|slot| next_free(voice, slot, form, choices))
            .collect();
        return Check {
            verdict: Verdict::Clash,
            sentence,
            more: clashes,
            instead,
            people: Vec::new(),
        };
    }
    if !report.soft.is_empty() {
        let mut more: Vec<String> = report
            .soft
            .iter()
            .map(|soft| word(voice, soft.refusal()))
            .collect();
        more.dedup();
        let sentence = td_string!(locale, queue.verdict.soft).to_owned();
        return Check {
            verdict: Verdict::Soft,
            sentence,
            more,
            instead: Vec::new(),
            people: Vec::new(),
        };
    }
    let sentence = match (report.free_before_min, report.free_after_min) {
        (Some(before), Some(after)) => {
            td_string!(locale, queue.verdict.free, before = before, after = after).to_string()
        }
        (_, _) => td_string!(locale, queue.verdict.no_clash).to_owned(),
    };
    Check {
        verdict: Verdict::Free,
        sentence,
        more: Vec::new(),
        instead: Vec::new(),
        people: Vec::new(),
    }
}

fn clash_words(voice: &Voice, clash: &ClashSeen) -> String {
    match (&clash.client, clash.span) {
        (Some(client), Some(span)) => {
            let time = voice.times.times(span.start(), span.end());
            td_string!(
                voice.locale,
                queue.verdict.clash,
                what = client.clone(),
                time = time
            )
            .to_string()
        }
        (_, _) => word(voice, clash.why),
    }
}

/// A free slot: with the technician chosen, or else with the first who is free.
fn next_free(
    voice: &Voice,
    slot: &OfferedSlot,
    form: &Approval,
    choices: &[TechnicianChoice],
) -> Instead {
    let same = slot
        .technicians
        .iter()
        .any(|id| id.to_string() == form.technician);
    let first = slot.technicians.first().filter(|_| !same);
    let other = first.and_then(|first| choices.iter().find(|choice| choice.id == *first));
    instead(voice, slot.start, other)
}

/// Whom one can choose, best first, with the reason beside those who are not free.
fn people(voice: &Voice, choices: &[TechnicianChoice]) -> Vec<Person> {
    let locale = voice.locale;
    let note = |choice: &TechnicianChoice| match choice.why.first() {
        Some(Refusal::SlotTaken | Refusal::Overlap) => {
            td_string!(locale, queue.technician_busy).to_owned()
        }
        Some(Refusal::NotQualified) => td_string!(locale, queue.technician_unqualified).to_owned(),
        Some(why) => word(voice, *why).trim_end_matches('.').to_owned(),
        None => {
            let load = td_string!(locale, queue.technician_load, count = choice.that_day);
            let free = td_string!(locale, queue.technician_free).to_owned();
            crate::language::list(locale, &[free, load])
        }
    };
    let note = |choice: &TechnicianChoice| match choice.asked {
        true => format!(
            "{} · {}",
            td_string!(locale, queue.technician_asked_for),
            note(choice)
        ),
        false => note(choice),
    };
    choices
        .iter()
        .map(|choice| Person {
            id: choice.id.to_string(),
            name: choice.name.clone(),
            note: note(choice),
            free: choice.free,
        })
        .collect()
}
