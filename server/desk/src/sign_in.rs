//! Signing in with an address and a password.

use booking::ids::PersonId;
use booking::refusal::Refusal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::password;
use crate::session::{self, Session};
use crate::table;
use crate::tries::{self, Limit};
use crate::trouble::Result;

impl Desk {
    /// Opens a session. `device` is what the browser calls itself, `from` where the request comes from (an address of
    /// the network), for the limits.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`] for a wrong password and for an unknown address alike, after the same time;
    /// [`Refusal::TooManyTries`] after ten failures for this address from there, or fifty from there, in 15 minutes;
    /// [`Refusal::AccountDisabled`] only to who knows the password.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        device: &str,
        from: &str,
    ) -> Result<Session> {
        let address = address(email);
        let limits = Limit::signing_in(&address, from);
        self.count_sign_in(&limits).await?;
        let person = person_with(self.db(), &address).await?;
        let stored = person
            .as_ref()
            .and_then(|person| person.password_hash.as_deref());
        let right = password::matches(stored, password).await?;
        let Some(person) = person.filter(|_| right) else {
            return Err(Refusal::WrongPassword.into());
        };

        let work = self.begin().await?;
        tries::forgive(&work, &limits).await?;
        let person = still_the_same(&work, person).await?;
        let session = session::open(&work, person, device).await?;
        work.commit().await?;
        Ok(session)
    }

    async fn count_sign_in(&self, limits: &[Limit; 2]) -> Result<()> {
        let work = self.begin().await?;
        let mut within = true;
        for limit in limits {
            within &= tries::count(&work, limit).await?;
        }
        work.commit().await?;
        if within {
            Ok(())
        } else {
            Err(Refusal::TooManyTries.into())
        }
    }
}

/// An address as it is stored: without spaces around it, in lower case, no longer than an address can be, and without
/// what no address contains and no database stores.
pub(crate) fn address(typed: &str) -> String {
    let small = typed.trim().to_lowercase();
    small
        .chars()
        .map(|letter| if letter.is_control() { '?' } else { letter })
        .take(254)
        .collect()
}

/// The person who signs in with this address.
pub(crate) async fn person_with(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<table::person::Model>> {
    let found = table::person::Entity::find().filter(table::person::Column::Email.eq(address));
    Ok(found.one(db).await?)
}

/// Locks the person and refuses who may not come in (again): whoever changes the password meanwhile ends this too.
async fn still_the_same(work: &Work, person: table::person::Model) -> Result<PersonId> {
    let locked = lock(work, PersonId::of(person.id)).await?;
    if locked.password_hash != person.password_hash {
        return Err(Refusal::WrongPassword.into());
    }
    may_come_in(work, &locked).await
}

/// The person's row, locked until the end of the write.
///
/// # Errors
/// [`Refusal::NotFound`].
pub(crate) async fn lock(work: &Work, person: PersonId) -> Result<table::person::Model> {
    let found = table::person::Entity::find_by_id(person.key())
        .lock_exclusive()
        .one(work.tx())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// Refuses who is disabled, or is neither active staff nor an active contact of an active client.
///
/// # Errors
/// [`Refusal::AccountDisabled`].
pub(crate) async fn may_come_in(work: &Work, person: &table::person::Model) -> Result<PersonId> {
    let id = PersonId::of(person.id);
    if person.disabled_at.is_some() {
        return Err(Refusal::AccountDisabled.into());
    }
    let staff = table::staff::Entity::find_by_id(person.id)
        .one(work.tx())
        .await?;
    if staff.is_some_and(|staff| staff.active) {
        return Ok(id);
    }
    let contacts = table::contact::Entity::find()
        .filter(table::contact::Column::PersonId.eq(person.id))
        .filter(table::contact::Column::Active.eq(true))
        .all(work.tx())
        .await?;
    let clients = table::client::Entity::find()
        .filter(table::client::Column::Id.is_in(contacts.iter().map(|contact| contact.client_id)))
        .filter(table::client::Column::Active.eq(true));
    if clients.one(work.tx()).await?.is_some() {
        Ok(id)
    } else {
        Err(Refusal::AccountDisabled.into())
    }
}
