//! What the command line does to people. It needs no pass: whoever can run it can read the database's file anyway.

use booking::ids::PersonId;
use booking::people::{Email, Name};
use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use crate::business;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::invitation::new_person;
use crate::key::Key;
use crate::pass::Roles;
use crate::password;
use crate::reset_password;
use crate::session;
use crate::sign_in::{address, lock, person_with};
use crate::staff;
use crate::table;
use crate::trouble::{Beside, Result};

impl Desk {
    /// `frontdesk user create`: a new member of staff who can sign in at once. Without a business, a plain one is made.
    ///
    /// # Errors
    /// [`Refusal::EmailTaken`], [`Refusal::WeakPassword`], [`Refusal::BadChoice`] without a role, and what the texts refuse.
    pub async fn create_user(
        &self,
        email: &str,
        name: &str,
        roles: Roles,
        password: &str,
    ) -> Result<PersonId> {
        let name = Name::parse(name).beside("name")?;
        let email = Email::parse(email).beside("email")?;
        password::accept(password, &email.key()).beside("password")?;
        staff::some_role(roles)?;
        let hash = password::hash(password).await?;
        let work = self.begin().await?;
        some_business(&work).await?;
        if person_with(work.tx(), &email.key()).await?.is_some() {
            return Err(Refusal::EmailTaken).beside("email");
        }
        let person = new_person(&work, &name, email.key()).await?;
        let id = PersonId::of(person.id);
        let mut row = person.into_active_model();
        row.password_hash = Set(Some(hash));
        row.update(work.tx()).await?;
        staff::hire(&work, id, roles).await?;
        Entry::new(None, "person", id.key(), "created")
            .after(&staff::words(roles))?
            .write(&work)
            .await?;
        work.commit().await?;
        Ok(id)
    }

    /// `frontdesk user set-password`: sets anybody's password and ends their sessions.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] beside `email`; [`Refusal::WeakPassword`] beside `password`.
    pub async fn set_password(&self, email: &str, password: &str) -> Result<()> {
        let address = address(email);
        password::accept(password, &address).beside("password")?;
        let hash = password::hash(password).await?;
        let mut work = self.begin().await?;
        let person = person_with(work.tx(), &address)
            .await?
            .ok_or(Refusal::NotFound)
            .beside("email")?;
        let person = lock(&work, PersonId::of(person.id)).await?;
        session::end_all(&work, PersonId::of(person.id), None).await?;
        reset_password::set(&mut work, person, hash, None, "password-set").await?;
        work.commit().await
    }
}

async fn some_business(work: &Work) -> Result<()> {
    if table::business::Entity::find_by_id(1)
        .one(work.tx())
        .await?
        .is_none()
    {
        let plain = business::fresh("Frontdesk", "UTC", "en", "EUR");
        plain.into_active_model().insert(work.tx()).await?;
    }
    Ok(())
}
