//! Choosing a new password: by a link, when the old one is forgotten, or with the old one.

use booking::ids::PersonId;
use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::link::{self, Purpose};
use crate::pass::SignedIn;
use crate::password;
use crate::session;
use crate::sign_in::{lock, may_come_in};
use crate::table;
use crate::tries::{self, Limit};
use crate::trouble::{Beside, Result};

impl Desk {
    /// Sends a link for choosing a new password, if the address is somebody's who may come in. The answer does not say
    /// whether it is.
    ///
    /// # Errors
    /// [`Refusal::TooManyTries`] as in [`Desk::request_magic_link`].
    pub async fn request_reset(&self, email: &str, from: &str) -> Result<()> {
        self.send_link(Purpose::Reset, email, from).await
    }

    /// Sets the password of the person of the link and ends all their sessions.
    ///
    /// # Errors
    /// [`Refusal::LinkExpired`]; [`Refusal::WeakPassword`] beside `password`, which leaves the link as it is;
    /// [`Refusal::AccountDisabled`].
    pub async fn reset_password(&self, token: &str, password: &str) -> Result<()> {
        let seen = self.live_link(token, Purpose::Reset).await?;
        password::accept(password, seen.email.as_deref().unwrap_or_default()).beside("password")?;
        let hash = password::hash(password).await?;
        let mut work = self.begin().await?;
        let person = link::consume(&work, token, Purpose::Reset)
            .await?
            .ok_or(Refusal::LinkExpired)?;
        let person = lock(&work, person).await?;
        may_come_in(&work, &person).await?;
        session::end_all(&work, PersonId::of(person.id), None).await?;
        let id = PersonId::of(person.id);
        set(&mut work, person, hash, Some(id), "password-reset").await?;
        work.commit().await
    }

    /// Sets one's own password and ends one's other sessions.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`] beside `current`; [`Refusal::WeakPassword`] beside `password`;
    /// [`Refusal::TooManyTries`] after ten wrong ones in 15 minutes.
    pub async fn change_password(
        &self,
        me: &SignedIn,
        current: &str,
        password: &str,
    ) -> Result<()> {
        password::accept(password, &me.email).beside("password")?;
        let stored = self.count_current(me).await?;
        if !password::matches(stored.as_deref(), current).await? {
            return Err(Refusal::WrongPassword).beside("current");
        }
        let hash = password::hash(password).await?;
        let mut work = self.begin().await?;
        let person = lock(&work, me.person).await?;
        if person.password_hash != stored {
            return Err(Refusal::WrongPassword).beside("current");
        }
        tries::forget(&work, &Limit::current_password(person.id)).await?;
        session::end_all(&work, me.person, Some(me.session)).await?;
        set(&mut work, person, hash, Some(me.person), "password-changed").await?;
        work.commit().await
    }

    /// Counts a try at one's own password; the hash to compare with.
    async fn count_current(&self, me: &SignedIn) -> Result<Option<String>> {
        let work = self.begin().await?;
        let person = lock(&work, me.person).await?;
        let within = tries::count(&work, &Limit::current_password(person.id)).await?;
        work.commit().await?;
        if within {
            Ok(person.password_hash)
        } else {
            Err(Refusal::TooManyTries.into())
        }
    }
}

/// Stores a new hash; no link in an earlier letter works after that, and the person is told.
pub(crate) async fn set(
    work: &mut Work,
    person: table::person::Model,
    hash: String,
    actor: Option<PersonId>,
    what: &'static str,
) -> Result<()> {
    let id = PersonId::of(person.id);
    link::void(
        work,
        id,
        &[Purpose::SignIn, Purpose::Reset, Purpose::Invitation],
    )
    .await?;
    let mut row = person.clone().into_active_model();
    row.password_hash = Set(Some(hash));
    row.update(work.tx()).await?;
    Entry::new(actor, "person", person.id, what)
        .write(work)
        .await?;
    link::tell_password_changed(work, &person).await
}
