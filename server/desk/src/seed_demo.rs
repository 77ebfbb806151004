//! Demonstration data, clearly marked as such, for an empty database: a small home-care business with its team,
//! services, clients and a month of visits. The same for the same `now`.

mod calendar;
mod catalogue;
mod diary;
mod ledger;
mod people;
mod questions;
mod team;

use booking::ids::PersonId;
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use crate::business;
use crate::desk::{Desk, Work};
use crate::password;
use crate::sign_in::lock;
use crate::table;
use crate::trouble::Result;

/// The name says what it is, wherever it stands.
pub(crate) const NAME: &str = "Brightside Care (demo)";

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
        let business = table::business::Entity::find_by_id(1)
            .one(work.tx())
            .await?;
        if business.is_some()
            || table::person::Entity::find()
                .one(work.tx())
                .await?
                .is_some()
        {
            return Err(Refusal::AlreadySetUp.into());
        }
        demo_business()
            .into_active_model()
            .insert(work.tx())
            .await?;
        seed(&work, &password_hash).await?;
        work.commit().await
    }

    /// The same for an owner who has just set up, and has nothing to lose yet.
    pub(crate) async fn seed_demo_for(&self, owner: PersonId) -> Result<()> {
        let password_hash = password::hash(PASSWORD).await?;
        let work = self.begin().await?;
        let business = table::business::Entity::find_by_id(1)
            .lock_exclusive()
            .one(work.tx())
            .await?;
        let version = business.ok_or(Refusal::NotFound)?.version;
        let owner = lock(&work, owner).await?;
        if people::is_demo_address(&owner.email) {
            return Err(Refusal::EmailTaken.into());
        }
        let others = table::person::Entity::find().filter(table::person::Column::Id.ne(owner.id));
        let service = table::service::Entity::find().one(work.tx()).await?;
        if others.one(work.tx()).await?.is_some() || service.is_some() {
            return Err(Refusal::AlreadySetUp.into());
        }
        let demo = table::business::Model {
            version: version + 1,
            ..demo_business()
        };
        demo.into_active_model()
            .reset_all()
            .update(work.tx())
            .await?;
        seed(&work, &password_hash).await?;
        work.commit().await
    }
}

fn demo_business() -> table::business::Model {
    table::business::Model {
        demo: true,
        subject_label: "Pets".to_owned(),
        time_blocks: "07:00-09:00 09:00-12:00 12:00-15:00 15:00-18:00".to_owned(),
        ..business::fresh(NAME, "Europe/Madrid", "en", "EUR")
    }
}

async fn seed(work: &Work, password_hash: &str) -> Result<()> {
    let people = people::seed(work, password_hash).await?;
    team::seed(work, &people).await?;
    catalogue::seed(work, &people).await?;
    diary::seed(work, &people).await?;
    questions::seed(work).await
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
