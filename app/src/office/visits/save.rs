//! What the appointment forms send. Reads the fields, calls the desk, leads on; what the desk will not book is a refusal
//! beside its field, and the page that is drawn again says what is in the way.

use booking::refusal::Refusal;
use desk::change_visit::VisitChange;
use desk::create_visit::NewVisit;
use desk::visit_form::Booked;
use leptos::prelude::*;

use super::typed::TypedVisit;
use crate::ask;
use crate::office::typed::{beside, known};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// Books an appointment, once or as a series.
#[server]
pub async fn office_create_visit(
    key: String,
    #[server(flatten)] typed: TypedVisit,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let ask = NewVisit {
        key,
        client: typed.client()?,
        status: typed.status()?,
        form: typed.form(ask::business().time_zone)?,
        repeat: typed.repeat()?,
        skip_conflicts: typed.skip == "true",
        moved: typed.moved()?,
        answers: typed.answers()?,
    };
    let visit = booked(desk.create_visit(&who, ask).await?)?;
    say(Said::Booked);
    // Who approves for some technicians only sees the request, and visits of their own.
    match typed.request.is_empty() || who.decides_all() {
        true => ask::go(&format!("/office/visits/{visit}")),
        false => ask::go(&format!("/office/requests/{}", typed.request)),
    }
    Ok(())
}

/// Changes an appointment, or the rest of its series.
#[server]
pub async fn office_change_visit(
    key: String,
    reference: String,
    version: String,
    #[server(flatten)] typed: TypedVisit,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let ask = VisitChange {
        key,
        visit: reference,
        version: known(&version)?,
        form: typed.form(ask::business().time_zone)?,
        scope: typed.scope(),
        skip_conflicts: typed.skip == "true",
        answers: Some(typed.change.clone()).filter(|change| !change.is_empty()),
    };
    let visit = booked(desk.change_visit(&who, ask).await?)?;
    say(Said::Saved);
    ask::go(&format!("/office/visits/{visit}"));
    Ok(())
}

/// The reference of what was booked, or why not.
fn booked(answer: Booked) -> Result<String, Trouble> {
    match answer {
        Booked::Done { visit, .. } => Ok(visit),
        Booked::Lost { obstacles, .. } => {
            let why = obstacles.first().map(|one| one.clash.why);
            Err(why.unwrap_or(Refusal::SlotTaken).into())
        }
        Booked::Objected { .. } => Err(beside(Refusal::OverrideNeeded, "override_reason")),
        Booked::Conflicts { .. } => Err(Refusal::OccurrencesConflict.into()),
    }
}
