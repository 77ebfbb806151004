//! A quote on paper, for the client.

use booking::refusal::Refusal;
use leptos::prelude::*;

use crate::{ask, quote_sheet, site};

/// The page `/quotes/{ref}`.
#[component]
pub fn MyQuotePage() -> impl IntoView {
    site::page(async move {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        let quote = desk.my_quote(&who, &ask::part("ref")).await?;
        let quote = quote.ok_or(Refusal::NotFound)?;
        let back = format!("/requests/{}", quote.request);
        let stands = quote_sheet::status(quote.offer.status, ask::locale());
        Ok(quote_sheet::paper(&quote, &ask::reader(), back, stands))
    })
}
