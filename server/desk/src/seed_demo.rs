//! Demonstration data, clearly marked as such, for an empty database: a small home-care business with its team,
//! services, clients and a month of visits. The same for the same `now`.

mod catalogue;
mod people;
mod team;

use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::business;
use crate::desk::{Desk, Work};
use crate::password;
use crate::table;
use crate::trouble::Result;

/// The password of all demonstration sign-ins.
pub const PASSWORD: &str = "frontdesk-demo";

/// The demonstration sign-ins, with what they show.
pub const SIGN_INS: &[(&str, &str)] = &[
    ("owner@example.com", "owner: everything"),
    (
        "dispatcher@example.com",
        "dispatcher: requests, calendar, clients",
    ),
    ("technician@example.com", "technician: own visits"),
    ("client@example.com", "client"),
    ("cliente@example.com", "client, in Spanish"),
];

impl Desk {
    /// Fills an empty database with demonstration data.
    ///
    /// # Errors
    /// [`Refusal::AlreadySetUp`] when there is a business or a person already.
    pub async fn seed_demo(&self) -> Result<()> {
        let password_hash = password::hash(PASSWORD).await?;
        let work = self.begin().await?;
        refuse_unless_empty(&work).await?;
        let mut demo = business::fresh("Brightside Care (demo)", "Europe/Madrid", "en", "EUR");
        demo.demo = true;
        demo.subject_label = "Pets".to_owned();
        demo.into_active_model().insert(work.tx()).await?;
        let people = people::seed(&work, &password_hash).await?;
        team::seed(&work, &people).await?;
        catalogue::seed(&work, &people).await?;
        work.commit().await
    }
}

async fn refuse_unless_empty(work: &Work) -> Result<()> {
    let business = table::business::Entity::find_by_id(1)
        .one(work.tx())
        .await?;
    let person = table::person::Entity::find().one(work.tx()).await?;
    if business.is_some() || person.is_some() {
        return Err(Refusal::AlreadySetUp.into());
    }
    Ok(())
}

/// Stores many rows with few statements.
async fn store<A>(work: &Work, rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait + Send,
{
    // SQLite takes 32,766 values in one statement; the widest table has 25 columns.
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(500).collect();
        <A::Entity as EntityTrait>::insert_many(some)
            .exec_without_returning(work.tx())
            .await?;
    }
    Ok(())
}
