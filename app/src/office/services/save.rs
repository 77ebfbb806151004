//! What the forms about services do.

use booking::refusal::Refusal;
use desk::services::{Need, NewService};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::office::typed::{self, beside};
use crate::trouble::Trouble;

/// The form of a service as it is typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedService {
    /// Its name.
    pub name: String,
    /// What clients read.
    pub description: String,
    /// "true": clients may book it.
    pub bookable: String,
    /// Minutes, with commas between.
    pub lengths: String,
    /// "any": everything between the shortest and the longest.
    pub any_length: String,
    /// Minutes, or nothing.
    pub step_min: String,
    /// Minutes.
    pub buffer_before: String,
    /// Minutes.
    pub buffer_after: String,
    /// As people write prices.
    pub price_minor: String,
    /// Seats.
    pub capacity: String,
    /// How many …
    pub notice_min: String,
    /// … minutes, hours or days: how many minutes that is.
    pub notice_unit: String,
    /// Days, or nothing.
    pub advance_days: String,
    /// Or nothing.
    pub max_per_day: String,
    /// Or nothing.
    pub max_per_week: String,
    /// "true": a request keeps its slot free.
    pub holds: String,
    /// "true": clients may name a technician.
    pub technician_preference: String,
    /// "all" or "some".
    pub all_technicians: String,
    /// Those ticked.
    pub technicians: Vec<String>,
    /// `r:` and an id, `k:` and a kind, or nothing; one a row.
    pub needs: Vec<String>,
    /// Units; one a row.
    pub units: Vec<String>,
    /// either, slots or windows.
    pub asked_by: String,
    /// "true": clients may ask for it again and again.
    pub recurring: String,
    /// "true": only the clients ticked.
    pub restricted: String,
    /// Those ticked.
    pub clients: Vec<String>,
}

/// Adds a service.
#[server]
pub async fn office_create_service(
    key: String,
    #[server(flatten)] typed: TypedService,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let id = desk.create_service(&who, &key, &read(&typed)?).await?;
    ask::go(&format!("/office/services/{id}?done=page"));
    Ok(())
}

/// Changes a service.
#[server]
pub async fn office_edit_service(
    id: String,
    version: String,
    #[server(flatten)] typed: TypedService,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.edit_service(
        &who,
        typed::known(&id)?,
        typed::known(&version)?,
        &read(&typed)?,
    )
    .await?;
    ask::go(&format!("/office/services/{id}?done=page"));
    Ok(())
}

/// Offers a service again, or no longer.
#[server]
pub async fn office_service_active(
    id: String,
    version: String,
    #[server(default)] active: bool,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.set_service_active(&who, typed::known(&id)?, typed::known(&version)?, active)
        .await?;
    ask::go(&format!("/office/services/{id}?done=offer"));
    Ok(())
}

/// Puts the services into the order of their ids.
#[server]
pub async fn office_move_service(order: String) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let order: Result<Vec<_>, Trouble> = order
        .split_whitespace()
        .map(|id| typed::id(id, "order"))
        .collect();
    desk.order_services(&who, &order?).await?;
    ask::go("/office/services");
    Ok(())
}

fn read(typed: &TypedService) -> Result<NewService, Trouble> {
    let amount = typed::number_or_zero;
    Ok(NewService {
        name: typed.name.clone(),
        description: typed.description.clone(),
        bookable: typed.bookable == "true",
        lengths: lengths(&typed.lengths)?,
        any_length: typed.any_length == "any",
        step_min: typed::number_or_none(&typed.step_min, "step_min")?,
        buffer_before: amount(&typed.buffer_before, "buffer_before")?,
        buffer_after: amount(&typed.buffer_after, "buffer_after")?,
        price_minor: typed::price(&typed.price_minor, "price_minor")?,
        capacity: typed::number(&typed.capacity, "capacity")?,
        notice_min: notice(typed)?,
        advance_days: typed::number_or_none(&typed.advance_days, "advance_days")?,
        max_per_day: typed::number_or_none(&typed.max_per_day, "max_per_day")?,
        max_per_week: typed::number_or_none(&typed.max_per_week, "max_per_week")?,
        holds: typed.holds == "true",
        technician_preference: typed.technician_preference == "true",
        all_technicians: typed.all_technicians == "all",
        technicians: all(&typed.technicians, "technicians")?,
        needs: needs(typed)?,
        asked_by: typed::known_word(&typed.asked_by, "asked_by")?,
        recurring: typed.recurring == "true",
        restricted: typed.restricted == "true",
        clients: all(&typed.clients, "clients")?,
    })
}

/// "30, 60 90": minutes with anything between them that is no digit.
fn lengths(text: &str) -> Result<Vec<u32>, Trouble> {
    let odd = |letter: char| {
        !letter.is_ascii_digit() && !letter.is_whitespace() && !matches!(letter, ',' | ';')
    };
    if text.contains(odd) {
        return Err(beside(Refusal::BadLength, "lengths"));
    }
    let words = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            word.parse()
                .map_err(|_| beside(Refusal::BadLength, "lengths"))
        })
        .collect()
}

fn notice(typed: &TypedService) -> Result<u32, Trouble> {
    let unit = match typed.notice_unit.as_str() {
        "1440" => 1440,
        "60" => 60,
        _ => 1,
    };
    let count = typed::number_or_zero(&typed.notice_min, "notice_min")?;
    count
        .checked_mul(unit)
        .ok_or_else(|| beside(Refusal::BadAmount, "notice_min"))
}

fn needs(typed: &TypedService) -> Result<Vec<Need>, Trouble> {
    let rows = typed
        .needs
        .iter()
        .enumerate()
        .filter(|(_, need)| !need.is_empty());
    rows.map(|(row, need)| {
        let units = typed.units.get(row).map_or("", String::as_str);
        let units = typed::number_or_none(units, "needs")?.unwrap_or(1);
        match need.split_once(':') {
            Some(("r", id)) => Ok(Need {
                resource: Some(typed::id(id, "needs")?),
                kind: None,
                units,
            }),
            Some(("k", kind)) => Ok(Need {
                resource: None,
                kind: Some(kind.to_owned()),
                units,
            }),
            Some(_) | None => Err(beside(Refusal::BadChoice, "needs")),
        }
    })
    .collect()
}

fn all<T: std::str::FromStr>(ids: &[String], field: &str) -> Result<Vec<T>, Trouble> {
    ids.iter().map(|id| typed::id(id, field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minutes_with_commas_between() {
        assert_eq!(lengths("30, 60;90  120"), Ok(vec![30, 60, 90, 120]));
        assert_eq!(lengths(""), Ok(vec![]));
        for bad in ["-30", "1.5", "an hour", "99999999999"] {
            assert!(lengths(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rows_left_empty_need_nothing() {
        let typed = TypedService {
            needs: vec![String::new(), "k:room".to_owned()],
            units: vec!["3".to_owned(), "2".to_owned()],
            ..TypedService::default()
        };
        let need = Need {
            resource: None,
            kind: Some("room".to_owned()),
            units: 2,
        };
        assert_eq!(needs(&typed), Ok(vec![need]));
    }
}
