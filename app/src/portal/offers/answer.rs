//! The client's answer to an offer: signed in, or with the link of the letter.

use booking::refusal::Refusal;
use desk::ContactPass;
use desk::accept_offer::{Acceptance, Accepted};
use desk::offer_link::Answering;
use desk::refuse_offer::{OfferRefusal, Refused};
use leptos::prelude::*;

use crate::ask;
use crate::trouble::Trouble;

/// Takes one of the times, or the quote.
#[server]
pub async fn accept_offer(
    reference: String,
    version: String,
    key: String,
    offer: String,
    time: String,
    #[server(default)] token: String,
) -> Result<(), Trouble> {
    let ask = Acceptance {
        key,
        request: reference.clone(),
        version: version.parse().map_err(|_| Trouble::Malformed)?,
        offer: known(&offer)?,
        time: known(&time)?,
    };
    let who = signed_in(&token)?;
    let answer = ask::desk()?
        .accept_offer(by(who.as_ref(), &token), ask)
        .await?;
    let word = match answer {
        Accepted::Done { .. } => "accepted",
        Accepted::Lost { left: 0, .. } => "lost-all",
        Accepted::Lost { .. } => "lost",
        Accepted::Changed(_) => "late",
    };
    onward(&reference, &token, word);
    Ok(())
}

/// Refuses all of it.
#[server]
pub async fn refuse_offer(
    reference: String,
    version: String,
    key: String,
    offer: String,
    #[server(default)] word: String,
    #[server(default)] token: String,
) -> Result<(), Trouble> {
    let ask = OfferRefusal {
        key,
        request: reference.clone(),
        version: version.parse().map_err(|_| Trouble::Malformed)?,
        offer: known(&offer)?,
        word,
    };
    let who = signed_in(&token)?;
    let answer = ask::desk()?
        .refuse_offer(by(who.as_ref(), &token), ask)
        .await?;
    let word = match answer {
        Refused::Done => "refused",
        Refused::Changed(_) => "late",
    };
    onward(&reference, &token, word);
    Ok(())
}

fn known<T: std::str::FromStr>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|_| Refusal::NotFound.into())
}

/// Whoever is signed in; with a link nobody need be.
fn signed_in(token: &str) -> Result<Option<ContactPass>, Trouble> {
    match token.is_empty() {
        true => ask::contact().map(Some),
        false => Ok(None),
    }
}

const fn by<'a>(who: Option<&'a ContactPass>, token: &'a str) -> Answering<'a> {
    match who {
        Some(who) => Answering::Contact(who),
        None => Answering::Link(token),
    }
}

/// Back to the page that the form stood on.
fn onward(reference: &str, token: &str, word: &str) {
    let page = match token.is_empty() {
        true => format!("/requests/{reference}"),
        false => format!("/l/{token}"),
    };
    ask::go(&format!("{page}?offer={word}"));
}
