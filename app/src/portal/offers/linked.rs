//! The page behind the link in the letter about an offer. It shows that offer and takes an answer; what has been answered, or
//! has run out, it says.

use booking::offer::{OfferKind, OfferStatus};
use desk::offers_shown::OfferSeen;
use leptos::prelude::*;

use super::card::{Answer, draw, said, title};
use crate::i18n::{Locale, td_string};
use crate::kit::{Pill, Reader};
use crate::trouble::Trouble;
use crate::{ask, quote_sheet};

/// The title and what stands under it; nothing where the link is over.
///
/// # Errors
/// Faults.
pub async fn linked(token: &str) -> Result<Option<(String, AnyView)>, Trouble> {
    let Some(found) = ask::desk()?.linked_offer(token).await? else {
        return Ok(None);
    };
    let zone = found.time_zone.parse().unwrap_or(ask::zone());
    let answer = Answer {
        reference: found.request.reference.clone(),
        version: found.request.version,
        token: token.to_owned(),
        reader: Reader {
            zone,
            ..ask::reader()
        },
    };
    let locale = answer.reader.locale;
    let about = format!(
        "{} · {}",
        found.request.service_name, found.request.reference
    );
    let content = match found.offer.status {
        OfferStatus::Open => draw(&answer, &found.offer).into_any(),
        OfferStatus::Accepted
        | OfferStatus::Refused
        | OfferStatus::Replaced
        | OfferStatus::Dropped
        | OfferStatus::Lost
        | OfferStatus::Expired => over(&found.offer, locale).into_any(),
    };
    let content = view! { {said()} <p class="text-muted">{about}</p> {content} };
    Ok(Some((title(&found.offer, locale), content.into_any())))
}

/// An offer that cannot be answered any more.
fn over(offer: &OfferSeen, locale: Locale) -> impl IntoView + use<> {
    let (tone, word) = quote_sheet::status(offer.status, locale);
    let table = (offer.kind == OfferKind::Quote).then(|| quote_sheet::table(offer, locale));
    view! {
        <p><Pill tone text=word/></p>
        {table}
        <a class="link py-2 text-sm" href="/">{td_string!(locale, portal.nav.schedule)}</a>
    }
}
