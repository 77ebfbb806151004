//! Dates on which the business is closed, in its own zone (R8, R9).

use booking::people::Name;
use booking::refusal::Refusal;
use chrono::{NaiveDate, TimeDelta};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, Happened};
use crate::history::Entry;
use crate::pass::StaffPass;
use crate::table::closure;
use crate::trouble::{Beside, Result};
use crate::typed;

/// The most dates closed at once.
const LONGEST_DAYS: i64 = 92;

/// The form that closes the business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewClosure {
    /// The first date, `2026-12-24`.
    pub from: String,
    /// The last date; nothing: the first.
    pub to: String,
    /// Why, as staff and clients read it.
    pub name: String,
}

/// A date on which the business is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closure {
    /// The date in the business zone.
    pub date: NaiveDate,
    /// Why.
    pub name: String,
}

impl Desk {
    /// The dates on which the business is closed, from `from` on. One query.
    ///
    /// # Errors
    /// Faults only.
    pub async fn closures(&self, from: NaiveDate) -> Result<Vec<Closure>> {
        let rows = closure::Entity::find()
            .filter(closure::Column::Date.gte(from))
            .order_by_asc(closure::Column::Date)
            .all(self.db())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| Closure {
                date: row.date,
                name: row.name,
            })
            .collect())
    }

    /// Closes the business on one date or several. What is booked there stays, for staff to move.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::BadDate`], [`Refusal::BadDateWindow`] (the last before
    /// the first, or more than 92), [`Refusal::Closed`] when it is closed on one of them already, and what a name
    /// refuses, beside the field.
    pub async fn add_closure(&self, who: &StaffPass, new: &NewClosure) -> Result<()> {
        who.owner()?;
        let from = typed::date(&new.from).beside("from")?;
        let to = typed::date_or_none(&new.to).beside("to")?.unwrap_or(from);
        let name = Name::parse(&new.name).beside("name")?;
        if to < from || to - from >= TimeDelta::days(LONGEST_DAYS) {
            return Err(Refusal::BadDateWindow).beside("to");
        }
        let mut work = self.begin().await?;
        let known = closure::Entity::find().filter(closure::Column::Date.between(from, to));
        if known.one(work.tx()).await?.is_some() {
            return Err(Refusal::Closed).beside("from");
        }
        let dates = from.iter_days().take_while(|date| *date <= to);
        let rows = dates.map(|date| {
            closure::Model {
                date,
                name: name.as_str().to_owned(),
            }
            .into_active_model()
        });
        // Two owners who close the same date at once close it once.
        closure::Entity::insert_many(rows)
            .on_conflict_do_nothing()
            .exec_without_returning(work.tx())
            .await?;
        let entry = Entry::new(Some(who.person), "closure", Uuid::nil(), "added");
        entry
            .after(&json!({ "from": from, "to": to, "name": name }))?
            .write(&work)
            .await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Opens the business again on a date.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`].
    pub async fn remove_closure(&self, who: &StaffPass, date: NaiveDate) -> Result<()> {
        who.owner()?;
        let mut work = self.begin().await?;
        let removed = closure::Entity::delete_by_id(date).exec(work.tx()).await?;
        if removed.rows_affected != 1 {
            return Err(Refusal::NotFound.into());
        }
        let entry = Entry::new(Some(who.person), "closure", Uuid::nil(), "removed");
        entry.before(&json!({ "date": date }))?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }
}
