//! What a decision came to, in words; what the desk refuses, beside its field.

use booking::refusal::Refusal;
use booking::request::RequestStatus;
use desk::Desk;
use desk::approve_request::Approved;
use desk::change_request::LastChange;
use desk::decline_request::Declined;

use super::Voice;
use crate::i18n::td_string;
use crate::office::requests::read;
use crate::office::requests::shown::{Approval, Decided, Refusing};
use crate::trouble::Trouble;

/// After approving.
///
/// # Errors
/// What the desk refuses; the request stays pending.
pub async fn approved(desk: &Desk, answer: Approved, form: &Approval) -> Result<Decided, Trouble> {
    match answer {
        Approved::Done { request, .. } => {
            let voice = Voice::here(desk).await?;
            let minutes = read::length(form)?.unwrap_or_default();
            let when = read::start(form, voice.zone)?
                .map(|start| match minutes {
                    0 => voice.stamp(start),
                    more => {
                        let end = start + chrono::TimeDelta::minutes(i64::from(more));
                        voice.times.span(start, end)
                    }
                })
                .unwrap_or_default();
            let sentence = td_string!(
                voice.locale,
                queue.done_approved,
                reference = request.clone(),
                time = when
            )
            .to_string();
            Ok(Decided {
                reference: request,
                sentence,
            })
        }
        // Nobody need have been faster: staff may have typed a time that was never free.
        Approved::Lost {
            why: Refusal::SlotTaken,
            ..
        } => Err(Refusal::Overlap.into()),
        Approved::Lost { why, .. } => Err(why.into()),
        Approved::Objected { .. } => Err(read::beside(Refusal::OverrideNeeded, "override_reason")),
        Approved::Changed(change) => Err(late(&change).into()),
    }
}

/// After declining.
///
/// # Errors
/// Somebody else was faster.
pub async fn declined(desk: &Desk, answer: Declined, form: &Refusing) -> Result<Decided, Trouble> {
    match answer {
        Declined::Done => {
            let voice = Voice::here(desk).await?;
            let sentence = td_string!(
                voice.locale,
                queue.done_declined,
                reference = form.reference.clone()
            )
            .to_string();
            Ok(Decided {
                reference: form.reference.clone(),
                sentence,
            })
        }
        Declined::Changed(change) => Err(late(&change).into()),
    }
}

/// Somebody was faster: which refusal says how. Who and when stand in the details, which are read again.
const fn late(change: &LastChange) -> Refusal {
    match change.status {
        RequestStatus::Pending => Refusal::Stale,
        RequestStatus::Approved | RequestStatus::Declined => Refusal::AlreadyDecided,
        RequestStatus::Cancelled => Refusal::AlreadyCancelled,
        RequestStatus::Expired => Refusal::Expired,
    }
}
