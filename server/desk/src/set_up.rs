//! The first day: an installation without an owner prints a link, and whoever opens it becomes the owner.

use booking::people::{Email, Name};
use booking::refusal::Refusal;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, Set,
};
use serde::{Deserialize, Serialize};

use crate::business;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::invitation::known_or_new;
use crate::key::Key;
use crate::link::{self, Purpose};
use crate::locality;
use crate::pass::{Roles, StaffPass};
use crate::password;
use crate::session::{self, Session};
use crate::staff;
use crate::table;
use crate::trouble::{Beside, Result};

/// The first form: the business and its owner.
#[derive(Clone, Default, Deserialize)]
pub struct NewBusiness {
    /// Name of the business.
    pub business: String,
    /// An IANA zone.
    pub time_zone: String,
    /// One of [`locality::LANGUAGES`].
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
    /// Name of the owner.
    pub name: String,
    /// The address the owner signs in with.
    pub email: String,
    /// The owner's password.
    pub password: String,
}

impl std::fmt::Debug for NewBusiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewBusiness")
            .field("business", &self.business)
            .finish_non_exhaustive()
    }
}

/// What set-up still asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetUpStep {
    /// The business and its owner ([`Desk::set_up`]).
    Owner,
    /// A first service ([`Desk::create_service`]).
    Service,
    /// A first technician with hours ([`Desk::replace_week`]).
    Hours,
}

impl Desk {
    /// Makes the link for setting up, while nobody is an owner: the token of `/l/…`, for 24 hours and for once. The
    /// links made before no longer work.
    ///
    /// # Errors
    /// Faults only.
    pub async fn set_up_link(&self) -> Result<Option<String>> {
        let work = self.begin().await?;
        if has_owner(&work).await? {
            return Ok(None);
        }
        void_links(&work).await?;
        let link = link::make(&work, Purpose::SetUp, None).await?;
        work.commit().await?;
        Ok(Some(link.token))
    }

    /// Makes the business and its owner, who is also the first dispatcher, and signs them in.
    ///
    /// # Errors
    /// [`Refusal::LinkExpired`]; [`Refusal::AlreadySetUp`] when there is an owner by now; what the fields refuse, beside
    /// them, which leaves the link as it is.
    pub async fn set_up(&self, token: &str, new: &NewBusiness, device: &str) -> Result<Session> {
        self.live_link(token, Purpose::SetUp).await?;
        let (row, name, email) = checked(new)?;
        let hash = password::hash(&new.password).await?;
        let work = self.begin().await?;
        link::consume(&work, token, Purpose::SetUp).await?;
        if has_owner(&work).await? {
            return Err(Refusal::AlreadySetUp.into());
        }
        put_business(&work, row).await?;
        let person = known_or_new(&work, &name, &email).await?;
        let id = Key::of(person.id);
        let mut person = person.into_active_model();
        person.password_hash = Set(Some(hash));
        person.update(work.tx()).await?;
        staff::hire(
            &work,
            id,
            Roles {
                owner: true,
                dispatcher: true,
                ..Roles::default()
            },
        )
        .await?;
        Entry::new(Some(id), "business", uuid::Uuid::nil(), "set-up")
            .write(&work)
            .await?;
        let session = session::open(&work, id, device).await?;
        work.commit().await?;
        Ok(session)
    }

    /// What set-up asks for next; nothing, once there is a service and a technician with hours. At most three queries.
    ///
    /// # Errors
    /// Faults only.
    pub async fn set_up_step(&self) -> Result<Option<SetUpStep>> {
        let owners = table::staff::Entity::find().filter(table::staff::Column::Owner.eq(true));
        if owners.count(self.db()).await? == 0 {
            return Ok(Some(SetUpStep::Owner));
        }
        if table::service::Entity::find().count(self.db()).await? == 0 {
            return Ok(Some(SetUpStep::Service));
        }
        let hours = table::working_window::Entity::find()
            .count(self.db())
            .await?;
        Ok((hours == 0).then_some(SetUpStep::Hours))
    }

    /// Replaces an empty set-up by the demonstration: only while the owner's is the only account and nothing else was made.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::AlreadySetUp`] when there is anything to lose.
    pub async fn load_demo(&self, who: &StaffPass) -> Result<()> {
        who.owner()?;
        self.seed_demo_for(who.person).await
    }
}

fn checked(new: &NewBusiness) -> Result<(business::Business, Name, Email)> {
    let business = Name::parse(&new.business).beside("business")?;
    let time_zone = locality::zone(&new.time_zone).beside("time_zone")?;
    let locale = locality::language(&new.locale).beside("locale")?;
    let currency = locality::currency(&new.currency).beside("currency")?;
    let name = Name::parse(&new.name).beside("name")?;
    let email = Email::parse(&new.email).beside("email")?;
    password::accept(&new.password, &email.key()).beside("password")?;
    Ok((
        business::fresh(business.as_str(), time_zone.name(), locale, currency),
        name,
        email,
    ))
}

/// Whether somebody is an owner, whether or not they may sign in.
pub(crate) async fn has_owner(work: &Work) -> Result<bool> {
    let owner = table::staff::Entity::find()
        .filter(table::staff::Column::Owner.eq(true))
        .one(work.tx())
        .await?;
    Ok(owner.is_some())
}

/// Stores the business, over what the command line may have begun.
async fn put_business(work: &Work, row: business::Business) -> Result<()> {
    match table::business::Entity::find_by_id(1)
        .lock_exclusive()
        .one(work.tx())
        .await?
    {
        None => row.into_active_model().insert(work.tx()).await?,
        Some(old) => {
            let row = business::Business {
                version: old.version + 1,
                ..row
            };
            row.into_active_model()
                .reset_all()
                .update(work.tx())
                .await?
        }
    };
    Ok(())
}

async fn void_links(work: &Work) -> Result<()> {
    table::link::Entity::update_many()
        .col_expr(table::link::Column::UsedAt, Expr::value(work.now()))
        .filter(table::link::Column::Purpose.eq(Purpose::SetUp.word()))
        .filter(table::link::Column::UsedAt.is_null())
        .exec(work.tx())
        .await?;
    Ok(())
}
