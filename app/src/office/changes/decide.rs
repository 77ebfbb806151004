//! The decision on a change or a cancellation: reads the form, calls the desk, leads on.

use booking::refusal::Refusal;
use desk::decide_change::{ChangeApproval, ChangeDecided, ChangeDecline};
use leptos::prelude::*;

use crate::ask;
use crate::office::typed::{beside, id, known, known_word};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// Approves it, wholly or field by field.
#[server]
pub async fn office_approve_change(
    key: String,
    reference: String,
    version: String,
    #[server(default)] field: Vec<String>,
    #[server(default)] time: String,
    #[server(default)] technician: String,
    #[server(default)] fee: bool,
    #[server(default)] override_reason: String,
) -> Result<(), Trouble> {
    let accepted = field.iter().map(|word| known_word(word, "field"));
    // Of a block, one choice says when and who.
    let (start, technician, field) = match time.split_once('/') {
        Some((start, technician)) => {
            let start = chrono::DateTime::parse_from_rfc3339(start);
            let start = start.map_err(|_| beside(Refusal::BadChoice, "time"))?;
            (Some(start.to_utc()), technician.to_owned(), "time")
        }
        None => (None, technician, "technician"),
    };
    let technicians = match technician.as_str() {
        "" => Vec::new(),
        one => vec![id(one, field)?],
    };
    let ask = ChangeApproval {
        key,
        change: reference.clone(),
        version: known(&version)?,
        fields: accepted.collect::<Result<_, _>>()?,
        start,
        technicians,
        override_reason,
        fee,
    };
    decided(
        &reference,
        ask::desk()?.approve_change(&ask::staff()?, ask).await?,
        field,
    )
}

/// Declines it; the visit stays as it is.
#[server]
pub async fn office_decline_change(
    reference: String,
    version: String,
    #[server(default)] reason: String,
) -> Result<(), Trouble> {
    let ask = ChangeDecline {
        change: reference.clone(),
        version: known(&version)?,
        reason,
    };
    decided(
        &reference,
        ask::desk()?.decline_change(&ask::staff()?, ask).await?,
        "technician",
    )
}

fn decided(reference: &str, answer: ChangeDecided, field: &str) -> Result<(), Trouble> {
    match answer {
        ChangeDecided::Done { .. } => {
            say(Said::Saved);
            ask::go(&format!("/office/requests/{reference}"));
            Ok(())
        }
        ChangeDecided::Lost { obstacles, .. } => {
            let why = obstacles.first().map(|one| one.clash.why);
            Err(beside(why.unwrap_or(Refusal::SlotTaken), field))
        }
        ChangeDecided::Objected { .. } => Err(beside(Refusal::OverrideNeeded, "override_reason")),
        ChangeDecided::Changed { .. } => Err(Refusal::AlreadyDecided.into()),
    }
}
