//! What the calendar asks for while it is alive: a month, a day, whether a time is still there. Reads only.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::choose::{Ask, Still};
use crate::calendar::month::MonthSheet;
use crate::calendar::slots::DaySheet;
use crate::kit::Written;
use crate::trouble::Trouble;

/// A month: `2026-11`.
#[server(input = Json)]
pub async fn portal_month(ask: Ask, month: String) -> Result<Written<MonthSheet>, Trouble> {
    let month = month_of(&month)?;
    let (desk, zone) = (ask::desk()?, ask::zone());
    let days = desk
        .month(&ask::contact()?, &asked(&ask)?, month, zone)
        .await?;
    let today = desk.now().with_timezone(&zone).date_naive();
    Ok(Written(in_words::month_sheet(month, &days, today)))
}

/// The times of a day: `2026-11-26`.
#[server(input = Json)]
pub async fn portal_day(ask: Ask, date: String) -> Result<Written<DaySheet>, Trouble> {
    let date = date.parse().map_err(|_| Refusal::BadDate)?;
    let slots = ask::desk()?
        .day_slots(&ask::contact()?, &asked(&ask)?, date, ask::zone())
        .await?;
    Ok(Written(in_words::day_sheet(date, &slots)))
}

/// Whether a time is still there.
#[server(input = Json)]
pub async fn portal_slot(ask: Ask, start: String) -> Result<Written<Still>, Trouble> {
    let start = start.parse().map_err(|_| Refusal::BadTime)?;
    still(&asked(&ask)?, start).await.map(Written)
}

#[cfg(feature = "ssr")]
mod ssr {
    use booking::ids::ServiceId;
    use booking::refusal::Refusal;
    use chrono::{DateTime, NaiveDate, Utc};
    use desk::free_slots::{BookableService, SlotsAsked};

    use super::super::choose::{Ask, Still, Taken};
    use super::super::in_words;
    use crate::ask;
    use crate::trouble::Trouble;

    /// The desk's form of a question.
    pub fn asked(ask: &Ask) -> Result<SlotsAsked, Trouble> {
        let technician = ask.with.as_deref().filter(|with| !with.is_empty());
        Ok(SlotsAsked {
            service: ask.service.parse()?,
            length_min: ask.length,
            technician: technician.map(str::parse).transpose()?,
            seats: ask.seats.max(1),
            editing: ask.moving.clone(),
        })
    }

    /// A service that this client may book, by what stands in the address.
    pub async fn find_service(id: &str) -> Result<BookableService, Trouble> {
        let id: ServiceId = id.parse().map_err(|_| Refusal::NotFound)?;
        let all = ask::desk()?.bookable_services(&ask::contact()?).await?;
        all.into_iter()
            .find(|service| service.id == id)
            .ok_or(Refusal::NotFound.into())
    }

    /// The first day of `2026-11`.
    pub fn month_of(month: &str) -> Result<NaiveDate, Trouble> {
        format!("{month}-01")
            .parse()
            .map_err(|_| Refusal::BadDate.into())
    }

    /// Whether a time can still be had; if not, the nearest three.
    pub async fn still(asked: &SlotsAsked, start: DateTime<Utc>) -> Result<Still, Trouble> {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        if desk.slot_still_open(&who, asked, start).await?.is_ok() {
            return Ok(Still::Open);
        }
        let nearest = desk.next_free(&who, asked, start, 3).await?;
        Ok(Still::Taken(Taken {
            says: in_words::taken(asked, start),
            nearest: nearest.iter().map(in_words::chip).collect(),
        }))
    }
}
#[cfg(feature = "ssr")]
pub use ssr::{asked, find_service, month_of, still};
#[cfg(feature = "ssr")]
use {super::in_words, crate::ask, booking::refusal::Refusal};
