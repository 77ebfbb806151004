//! A quote on paper, for staff.

use booking::refusal::Refusal;
use leptos::prelude::*;

use crate::kit::Reader;
use crate::{ask, quote_sheet, site};

/// The page `/office/quotes/:reference`.
#[component]
pub fn OfficeQuotePage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let quote = desk.quote(&staff, &ask::part("reference")).await?;
        let quote = quote.ok_or(Refusal::NotFound)?;
        let reader = Reader {
            zone: ask::business().time_zone,
            ..ask::reader()
        };
        let back = format!("/office/requests/{}", quote.request);
        let stands = quote_sheet::status_to_staff(quote.offer.status, reader.locale);
        Ok(quote_sheet::paper(&quote, &reader, back, stands))
    })
}
