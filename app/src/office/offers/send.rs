//! What the forms of an offer send: reads the fields, calls the desk, leads on.

use booking::refusal::Refusal;
use booking::request::RequestStatus;
use desk::change_request::LastChange;
use desk::send_offer::{NewProposal, NewQuote, OfferSent};
use leptos::prelude::*;

use super::typed::{TypedOffer, at_its_field, field};
use crate::ask;
use crate::office::typed::beside;
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// Proposes other times.
#[server]
pub async fn office_propose_times(
    key: String,
    #[server(flatten)] typed: TypedOffer,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let times = typed.times(ask::business().time_zone)?;
    let (fields, times): (Vec<String>, Vec<_>) = times.into_iter().unzip();
    let ask = NewProposal {
        form: typed.form(key)?,
        times,
    };
    let answer = desk.propose_times(&who, ask).await;
    sent(
        answer.map_err(|trouble| at_its_field(trouble.into(), &fields))?,
        &typed,
    )
}

/// Sends a quote.
#[server]
pub async fn office_send_quote(
    key: String,
    #[server(flatten)] typed: TypedOffer,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let business = ask::business();
    let time = typed.times(business.time_zone)?.into_iter().next();
    let (name, time) = time.ok_or_else(|| beside(Refusal::BadTime, &field("time", 0)))?;
    let ask = NewQuote {
        form: typed.form(key)?,
        time,
        lines: typed.lines(&business.currency)?,
        tax_bp: typed.tax_bp()?,
        valid_until: typed.valid(business.time_zone)?,
    };
    let answer = desk.send_quote(&who, ask).await;
    sent(
        answer.map_err(|trouble| at_its_field(trouble.into(), &[name]))?,
        &typed,
    )
}

fn sent(answer: OfferSent, typed: &TypedOffer) -> Result<(), Trouble> {
    match answer {
        OfferSent::Done { .. } => {
            say(Said::Offered);
            ask::go(&format!("/office/requests/{}", typed.reference));
            Ok(())
        }
        OfferSent::Objected { .. } => Err(beside(Refusal::OverrideNeeded, "override_reason")),
        OfferSent::Changed(change) => Err(late(&change).into()),
    }
}

/// Somebody was faster.
const fn late(change: &LastChange) -> Refusal {
    match change.status {
        RequestStatus::Pending => Refusal::Stale,
        RequestStatus::Approved | RequestStatus::Declined => Refusal::AlreadyDecided,
        RequestStatus::Cancelled => Refusal::AlreadyCancelled,
        RequestStatus::Expired => Refusal::Expired,
    }
}
