//! What speaks against an appointment that is being written, in words: what is in the way, other times, the dates of a rule,
//! and who will be told.

use booking::clash::Objection;
use booking::refusal::Refusal;
use booking::zone::LocalTime;
use chrono::{DateTime, NaiveDateTime, Utc};
use desk::Desk;
use desk::StaffPass;
use desk::announce::Told;
use desk::free_slots::OfferedSlot;
use desk::visit_check::{Doubtful, VisitAsk, VisitCheck};
use desk::visit_form::{Conflict, Obstacle};
use leptos::prelude::*;

use super::typed::TypedVisit;
use crate::i18n::td_string;
use crate::kit::{Icon, TextArea, Tick};
use crate::office::requests::shown::Approval;
use crate::office::requests::{Voice, local, read};
use crate::office::section::Beside;
use crate::trouble::{self, Trouble};

/// How many dates of a series that break a soft rule are shown one by one; of more, what speaks against them.
const SINGLY: usize = 12;

/// The check of a form; what cannot be read yet is part of the answer.
pub enum Answer {
    /// Nothing to check yet.
    Nothing,
    /// A field that cannot be read: its sentence, and what a local time could mean.
    Unclear(String, Vec<DateTime<Utc>>),
    /// The desk's answer.
    Checked(Box<VisitCheck>),
}

impl Answer {
    /// Asks the desk about what stands in the fields.
    ///
    /// # Errors
    /// Not allowed, faults.
    pub async fn ask(
        desk: &Desk,
        staff: &StaffPass,
        voice: &Voice,
        typed: &TypedVisit,
        visit: Option<&str>,
    ) -> Result<Self, Trouble> {
        if typed.service.is_empty() || typed.date.is_empty() || typed.time.is_empty() {
            return Ok(Self::Nothing);
        }
        let form = match typed.form(voice.zone) {
            Ok(form) => form,
            Err(trouble) => return Ok(unclear(voice, typed, &trouble)),
        };
        let (repeat, status) = match (typed.repeat(), typed.status()) {
            (Ok(repeat), Ok(status)) => (repeat, status),
            (Err(trouble), _) | (_, Err(trouble)) => return Ok(unclear(voice, typed, &trouble)),
        };
        let ask = VisitAsk {
            form,
            visit: visit.map(str::to_owned),
            client: typed.client().ok(),
            repeat,
            moved: typed.moved().unwrap_or_default(),
            status,
            request: Some(typed.request.clone()).filter(|one| visit.is_none() && !one.is_empty()),
        };
        match desk.check_visit(staff, ask).await {
            Ok(check) => Ok(Self::Checked(Box::new(check))),
            Err(refused) => {
                let trouble = Trouble::from(refused);
                match trouble.field() {
                    Some(_) => Ok(unclear(voice, typed, &trouble)),
                    None => Err(trouble),
                }
            }
        }
    }

    /// The desk's answer, if there is one.
    pub fn checked(&self) -> Option<&VisitCheck> {
        match self {
            Self::Checked(check) => Some(check),
            Self::Nothing | Self::Unclear(..) => None,
        }
    }
}

/// A local time that does not exist, or exists twice: its meanings are choices (R6).
fn unclear(voice: &Voice, typed: &TypedVisit, trouble: &Trouble) -> Answer {
    let when = Approval {
        date: typed.date.clone(),
        time: typed.time.clone(),
        ..Approval::default()
    };
    let meanings = match read::meaning(&when, voice.zone) {
        Ok(LocalTime::Missing { before, after }) => vec![before, after],
        Ok(LocalTime::Ambiguous { first, second }) if typed.offset.is_empty() => {
            vec![first, second]
        }
        Ok(LocalTime::Exact(_) | LocalTime::Ambiguous { .. }) | Err(_) => Vec::new(),
    };
    Answer::Unclear(trouble.words(voice.locale), meanings)
}

/// Draws the answer as a part of the form: verdict, other times, what has to be said, who is told.
pub fn draw(
    voice: &Voice,
    answer: &Answer,
    typed: &TypedVisit,
    path: &str,
) -> impl IntoView + use<> {
    let body = match answer {
        Answer::Nothing => nothing(voice),
        Answer::Unclear(sentence, meanings) => {
            let others = meanings
                .iter()
                .map(|at| other(voice, *at, None, path))
                .collect_view();
            view! {
                {verdict("check-soft", "icon-[lucide--circle-help]", sentence.clone())}
                <div class="check-instead">{others}</div>
            }
            .into_any()
        }
        Answer::Checked(check) => checked(voice, check, typed, path).into_any(),
    };
    view! { <div class="visit-check" data-part="check" aria-live="polite">{body}</div> }
}

fn nothing(voice: &Voice) -> AnyView {
    let text = td_string!(voice.locale, visits.check.nothing);
    view! { <p class="text-sm text-muted">{text}</p> }.into_any()
}

fn verdict(class: &str, icon: &'static str, sentence: String) -> impl IntoView + use<> {
    view! { <p class=format!("check {class}")><Icon name=icon class="mt-0.5 size-5"/> <span>{sentence}</span></p> }
}

fn checked(
    voice: &Voice,
    check: &VisitCheck,
    typed: &TypedVisit,
    path: &str,
) -> impl IntoView + use<> {
    let locale = voice.locale;
    let series = !check.dates.is_empty() || !check.conflicts.is_empty();
    let sentence = if series {
        of_series(voice, check, typed).into_any()
    } else if check.hard.is_empty() {
        match check.soft.is_empty() {
            true => verdict(
                "check-free",
                "icon-[lucide--circle-check]",
                td_string!(locale, visits.check.free).to_owned(),
            )
            .into_any(),
            false => ().into_any(),
        }
    } else {
        let lines = check.hard.iter().map(|one| obstacle(voice, check, one));
        view! {
            {verdict("check-clash", "icon-[lucide--circle-x]", td_string!(locale, visits.check.clash).to_owned())}
            <ul class="check-lines">{lines.map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        }
        .into_any()
    };
    let others = (!check.next_free.is_empty()).then(|| {
        let buttons = check.next_free.iter().map(|slot| {
            let technician = instead(slot, typed);
            other(voice, slot.start, technician, path)
        });
        view! { <p class="field-label">{td_string!(locale, visits.check.instead)}</p> <div class="check-instead">{buttons.collect_view()}</div> }
    });
    view! {
        {sentence}
        {others}
        {soft(voice, check, typed)}
        {told(voice, &check.told)}
    }
}

/// Who would come at another time, where the one chosen cannot.
fn instead(slot: &OfferedSlot, typed: &TypedVisit) -> Option<String> {
    let chosen = typed.technician.first()?;
    let same = slot.technicians.iter().any(|id| id.to_string() == *chosen);
    let first = slot.technicians.first().filter(|_| !same)?;
    Some(first.to_string())
}

/// A button that takes another time; without scripts it asks the page again.
fn other(
    voice: &Voice,
    at: DateTime<Utc>,
    technician: Option<String>,
    path: &str,
) -> impl IntoView + use<> {
    let form = local(voice.zone, at);
    let technician = technician.unwrap_or_default();
    let value = format!("{technician}|{}|{}|{}", form.date, form.time, form.offset);
    view! {
        <button class="btn btn-plain" name="at" value=value formmethod="get" formaction=path.to_owned() formnovalidate=true>{voice.stamp(at)}</button>
    }
}

fn name(check: &VisitCheck, id: booking::ids::TechnicianId) -> String {
    let found = check.technicians.iter().find(|one| one.id == id);
    found.map(|one| one.name.clone()).unwrap_or_default()
}

fn obstacle(voice: &Voice, check: &VisitCheck, one: &Obstacle) -> String {
    let locale = voice.locale;
    let what = match (&one.clash.client, one.clash.span) {
        (Some(client), Some(span)) => {
            let time = voice.times.times(span.start(), span.end());
            td_string!(
                locale,
                visits.check.with,
                what = client.clone(),
                time = time
            )
            .to_string()
        }
        (None, Some(span)) if one.clash.why == Refusal::SlotTaken => {
            let time = voice.times.times(span.start(), span.end());
            td_string!(locale, visits.check.blocked, time = time).to_string()
        }
        (_, _) => trouble::words(one.clash.why, locale).to_owned(),
    };
    match one.technician.map(|id| name(check, id)) {
        Some(name) if !name.is_empty() => crate::language::labelled(locale, &name, &what),
        Some(_) | None => what,
    }
}

fn of_series(voice: &Voice, check: &VisitCheck, typed: &TypedVisit) -> impl IntoView + use<> {
    let (locale, skip) = (voice.locale, typed.skip == "true");
    let (free, lost) = (check.dates.len(), check.conflicts.len());
    let sentence = if lost == 0 {
        td_string!(locale, visits.check.all_free, count = free).to_string()
    } else {
        td_string!(locale, visits.check.some_lost, free = free, lost = lost).to_string()
    };
    let (class, icon) = if lost == 0 {
        ("check-free", "icon-[lucide--circle-check]")
    } else {
        ("check-clash", "icon-[lucide--circle-x]")
    };
    let conflicts = check
        .conflicts
        .iter()
        .map(|one| conflict(voice, check, one));
    let conflicts = conflicts.collect_view();
    let dates: Vec<String> = check
        .dates
        .iter()
        .map(|at| voice.times.moment(*at))
        .collect();
    let dates = dates.into_iter().map(|date| view! { <li>{date}</li> });
    view! {
        {verdict(class, icon, sentence)}
        <ul class="check-lines">{conflicts}{decided(voice, typed)}</ul>
        <Beside name="moved"/>
        {(lost > 0 && free > 0).then(|| view! { <Tick name="skip" label=td_string!(locale, visits.check.skip) ticked=skip/> })}
        <details><summary class="link cursor-pointer text-sm">{td_string!(locale, visits.check.dates)}</summary><ol class="check-dates">{dates.collect_view()}</ol></details>
    }
}

fn conflict(voice: &Voice, check: &VisitCheck, one: &Conflict) -> impl IntoView + use<> {
    let why: Vec<String> = one
        .obstacles
        .iter()
        .map(|obstacle_| obstacle(voice, check, obstacle_))
        .collect();
    let when = voice.stamp(one.start);
    let choice = one
        .original
        .map(|original| other_time(voice, original, &one.instead, &when));
    view! { <li><strong>{when.clone()}</strong> " " {why.join(" ")} {choice}</li> }
}

/// What becomes of an occurrence that cannot be had: another time, or none.
fn other_time(
    voice: &Voice,
    original: NaiveDateTime,
    instead: &[DateTime<Utc>],
    when: &str,
) -> impl IntoView + use<> {
    let locale = voice.locale;
    let label = td_string!(locale, visits.check.instead_of, when = when.to_owned()).to_string();
    let times = instead.iter().map(|at| {
        view! { <option value=format!("{}|{}", occurrence(original), at.to_rfc3339())>{voice.stamp(*at)}</option> }
    });
    let times = times.collect_view();
    view! {
        <select name="moved[]" class="select mt-1 block" aria-label=label>
            <option value="">{td_string!(locale, visits.check.choose)}</option>
            {times}
            <option value=format!("{}|", occurrence(original))>{td_string!(locale, visits.check.leave_out)}</option>
        </select>
    }
}

/// The occurrences about which something was decided, each with the way back.
fn decided(voice: &Voice, typed: &TypedVisit) -> impl IntoView + use<> {
    let locale = voice.locale;
    let moved = typed.moved().unwrap_or_default();
    let rows = moved.into_iter().map(|one| {
        let planned = voice.stamp(booking::zone::single(&voice.zone, one.original));
        let now = match one.to {
            Some(to) => voice.stamp(to),
            None => td_string!(locale, visits.check.leave_out).to_owned(),
        };
        let to = one.to.map(|to| to.to_rfc3339()).unwrap_or_default();
        let label = td_string!(locale, visits.check.instead_of, when = planned.clone()).to_string();
        view! {
            <li>
                <strong>{planned}</strong>
                <select name="moved[]" class="select mt-1 block" aria-label=label>
                    <option value=format!("{}|{to}", occurrence(one.original)) selected=true>{now}</option>
                    <option value="">{td_string!(locale, visits.check.as_planned)}</option>
                </select>
            </li>
        }
    });
    rows.collect_view()
}

/// An occurrence's name in its series.
fn occurrence(original: NaiveDateTime) -> String {
    original.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What speaks against it, and where the reason is given.
fn soft(voice: &Voice, check: &VisitCheck, typed: &TypedVisit) -> Option<impl IntoView + use<>> {
    let locale = voice.locale;
    let lines = match check.doubtful.len() {
        1..=SINGLY => {
            let moved = typed.moved().unwrap_or_default();
            let open = |one: &Doubtful| moved.iter().all(|other| other.original != one.original);
            let dates = check.doubtful.iter();
            let dates = dates.map(|one| doubtful(voice, one, open(one)));
            dates.collect_view().into_any()
        }
        _ => {
            let lines = words(voice, &check.soft).into_iter();
            lines
                .map(|line| view! { <li>{line}</li> })
                .collect_view()
                .into_any()
        }
    };
    let reason = typed.override_reason.clone();
    (!check.soft.is_empty()).then(|| {
        view! {
            {verdict("check-soft", "icon-[lucide--triangle-alert]", td_string!(locale, visits.check.soft).to_owned())}
            <ul class="check-lines">{lines}</ul>
            <TextArea name="override_reason" label=td_string!(locale, visits.override_reason) value=reason rows=2/>
        }
    })
}

/// A date of a series against which something soft speaks, with the choice to leave it out unless it was decided on before.
fn doubtful(voice: &Voice, one: &Doubtful, open: bool) -> impl IntoView + use<> {
    let when = voice.stamp(one.start);
    let choice = open.then(|| other_time(voice, one.original, &[], &when));
    let why = words(voice, &one.why).join(" ");
    view! { <li><strong>{when}</strong> " " {why} {choice}</li> }
}

/// Objections in words, each once.
fn words(voice: &Voice, soft: &[Objection]) -> Vec<&'static str> {
    let mut lines: Vec<&'static str> = soft
        .iter()
        .map(|one| trouble::words(one.refusal(), voice.locale))
        .collect();
    lines.dedup();
    lines
}

/// Who will be told: said before the button is pressed.
pub fn told(voice: &Voice, told: &[Told]) -> impl IntoView + use<> {
    let locale = voice.locale;
    if told.is_empty() {
        let text = td_string!(locale, visits.told.nobody);
        return view! { <p class="text-sm text-muted">{text}</p> }.into_any();
    }
    let lines = told.iter().map(|one| {
        let how = match (one.mail, one.notice) {
            (true, true) => td_string!(locale, visits.told.both),
            (true, false) => td_string!(locale, visits.told.mail),
            (false, _) => td_string!(locale, visits.told.notice),
        };
        view! { <li>{one.name.clone()} <span class="text-muted">" · " {how}</span></li> }
    });
    view! {
        <div class="told"><p class="field-label">{td_string!(locale, visits.told.title)}</p><ul class="text-sm">{lines.collect_view()}</ul></div>
    }
    .into_any()
}
