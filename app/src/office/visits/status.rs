//! The steps of a visit's life as buttons: start, complete, no-show; corrections; a note for the team.

use booking::refusal::Refusal;
use booking::visit::{CORRECTION_DAYS, Correction, VisitStatus};
use chrono::{DateTime, TimeDelta, Utc};
use desk::visit_status::{Step, VisitStep};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, Form, Hidden, Icon, Look, TextArea};
use crate::office::typed::known;
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// A visit as the buttons need it.
pub struct Stands {
    /// `V-…`.
    pub reference: String,
    /// For changing it.
    pub version: i32,
    /// Where it stands.
    pub status: VisitStatus,
    /// Its start.
    pub start: DateTime<Utc>,
    /// When it came to that status.
    pub since: DateTime<Utc>,
}

/// The buttons that make sense now. `back` is where they lead.
pub fn steps(locale: Locale, of: &Stands, corrects: bool, back: &str) -> impl IntoView + use<> {
    let now = ask::reader().now;
    let begun = now >= of.start;
    let open = corrects && now <= of.since + TimeDelta::days(CORRECTION_DAYS);
    let all: Vec<(&str, &str, &'static str, Look)> = match of.status {
        VisitStatus::Scheduled if begun => vec![
            (
                "start",
                td_string!(locale, visits.step.start),
                "icon-[lucide--play]",
                Look::Primary,
            ),
            (
                "complete",
                td_string!(locale, visits.step.complete),
                "icon-[lucide--check]",
                Look::Plain,
            ),
            (
                "no_show",
                td_string!(locale, visits.step.no_show),
                "icon-[lucide--user-x]",
                Look::Plain,
            ),
        ],
        VisitStatus::Scheduled => vec![(
            "start",
            td_string!(locale, visits.step.start),
            "icon-[lucide--play]",
            Look::Plain,
        )],
        VisitStatus::InProgress => vec![(
            "complete",
            td_string!(locale, visits.step.complete),
            "icon-[lucide--check]",
            Look::Primary,
        )],
        VisitStatus::Completed if open => vec![
            (
                "was_no_show",
                td_string!(locale, visits.step.was_no_show),
                "icon-[lucide--undo-2]",
                Look::Quiet,
            ),
            (
                "was_cancelled",
                td_string!(locale, visits.step.was_cancelled),
                "icon-[lucide--undo-2]",
                Look::Quiet,
            ),
        ],
        VisitStatus::NoShow if open => vec![
            (
                "was_completed",
                td_string!(locale, visits.step.was_completed),
                "icon-[lucide--undo-2]",
                Look::Quiet,
            ),
            (
                "was_cancelled",
                td_string!(locale, visits.step.was_cancelled),
                "icon-[lucide--undo-2]",
                Look::Quiet,
            ),
        ],
        VisitStatus::Completed
        | VisitStatus::NoShow
        | VisitStatus::Cancelled
        | VisitStatus::Rescheduled => Vec::new(),
    };
    let reference = of.reference.clone();
    let buttons = all.into_iter().map(|(step, word, icon, look)| {
        view! { <Button look name="step" value=step><Icon name=icon class="size-4"/> {word}</Button> }
    });
    let (buttons, which) = (buttons.collect_view(), which(of, back));
    view! {
        <Form action=OfficeStepVisit::PATH posted=ask::posted() locale mark=reference class="flex flex-wrap gap-2">
            {which}
            {buttons}
        </Form>
    }
}

/// Which visit a form is about, as it was drawn, and where the answer leads.
fn which(of: &Stands, back: &str) -> impl IntoView + use<> {
    let (reference, version) = (of.reference.clone(), of.version.to_string());
    let back = back.to_owned();
    view! {
        <Hidden name="reference" value=reference/>
        <Hidden name="version" value=version/>
        <Hidden name="back" value=back/>
    }
}

/// A note for the team.
pub fn note(locale: Locale, of: &Stands, back: &str) -> impl IntoView + use<> {
    let reference = of.reference.clone();
    let which = which(of, back);
    let open =
        ask::posted().is_some_and(|posted| posted.is(OfficeNoteVisit::PATH, Some(&reference)));
    view! {
        <details open=open>
            <summary class="link cursor-pointer text-sm">{td_string!(locale, visits.add_note)}</summary>
            <Form action=OfficeNoteVisit::PATH posted=ask::posted() locale mark=reference class="mt-2 flex flex-col gap-2">
                {which}
                <TextArea name="note" label=td_string!(locale, visits.note) hint=td_string!(locale, visits.note_hint) required=true rows=2/>
                <div><Button>{td_string!(locale, common.save)}</Button></div>
            </Form>
        </details>
    }
}

/// Takes a step.
#[server]
pub async fn office_step_visit(
    reference: String,
    version: String,
    step: String,
    #[server(default)] note: String,
    #[server(default)] back: String,
) -> Result<(), Trouble> {
    let step = match step.as_str() {
        "start" => Step::Start,
        "complete" => Step::Complete,
        "no_show" => Step::NoShow,
        "was_completed" => Step::Correct(Correction::Completed),
        "was_no_show" => Step::Correct(Correction::NoShow),
        "was_cancelled" => Step::Correct(Correction::Cancelled),
        _ => return Err(Refusal::BadChoice.into()),
    };
    let ask = VisitStep {
        visit: reference.clone(),
        version: known(&version)?,
        step,
        note,
    };
    ask::desk()?.step_visit(&ask::staff()?, ask).await?;
    say(Said::Saved);
    ask::go(&onward(&back, &reference));
    Ok(())
}

/// Adds a note for the team.
#[server]
pub async fn office_note_visit(
    reference: String,
    version: String,
    note: String,
    #[server(default)] back: String,
) -> Result<(), Trouble> {
    let desk = ask::desk()?;
    desk.note_visit(&ask::staff()?, &reference, known(&version)?, &note)
        .await?;
    say(Said::Saved);
    ask::go(&onward(&back, &reference));
    Ok(())
}

/// Where the form came from, if that is a page of the office.
fn onward(back: &str, reference: &str) -> String {
    match back.starts_with("/office/") {
        true => back.to_owned(),
        false => format!("/office/visits/{reference}"),
    }
}
