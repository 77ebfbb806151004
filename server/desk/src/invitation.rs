//! Inviting contacts and staff, and coming in by an invitation.

use booking::ids::{ClientId, PersonId};
use booking::people::{Email, Name};
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
    SqlErr,
};
use serde_json::json;

use crate::clients;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::link::{self, Purpose, SignInFacts};
use crate::pass::{Roles, StaffPass};
use crate::password;
use crate::session::{self, Session};
use crate::sign_in::{lock, may_come_in, person_with};
use crate::staff;
use crate::table::{self, contact, person};
use crate::tries::{self, Limit};
use crate::trouble::{Beside, Result, Trouble};

/// Who is invited. Both are checked: `name`, `email`.
#[derive(Clone, Debug)]
pub struct Invited {
    /// What to call them; a person who is known keeps their own.
    pub name: String,
    /// Where the invitation goes.
    pub email: String,
}

impl Desk {
    /// Makes a person a contact of a client, who sees everything of it or only what they asked for themselves, and sends
    /// them an invitation. Who can sign in already is told where.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::EmailTaken`] for who is one of its
    /// contacts already, [`Refusal::AccountDisabled`] for who is disabled, and what the texts refuse, beside the field.
    pub async fn invite_contact(
        &self,
        who: &StaffPass,
        client: ClientId,
        invited: &Invited,
        own_only: bool,
    ) -> Result<PersonId> {
        who.dispatcher()?;
        let (name, email) = checked(invited)?;
        let mut work = self.begin().await?;
        let client = clients::locked(&work, client, None).await?;
        let person = known_or_new(&work, &name, &email).await?;
        become_contact(&work, client.id, person.id, own_only).await?;
        invite(&mut work, &person, Some(client.name)).await?;
        let entry = Entry::new(Some(who.person), "client", client.id, "contact-invited");
        entry
            .after(&json!({ "person": person.id, "email": person.email, "own_only": own_only }))?
            .write(&work)
            .await?;
        work.commit().await?;
        Ok(PersonId::of(person.id))
    }

    /// Makes a person a member of staff with these roles, and sends them an invitation. Who can sign in already is told
    /// where.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::EmailTaken`] for who is staff already,
    /// [`Refusal::AccountDisabled`] for who is disabled, [`Refusal::BadChoice`] without a role, beside the field.
    pub async fn invite_staff(
        &self,
        who: &StaffPass,
        invited: &Invited,
        roles: Roles,
    ) -> Result<PersonId> {
        who.owner()?;
        let (name, email) = checked(invited)?;
        staff::some_role(roles)?;
        let mut work = self.begin().await?;
        let person = known_or_new(&work, &name, &email).await?;
        staff::hire(&work, PersonId::of(person.id), roles).await?;
        invite(&mut work, &person, None).await?;
        let entry = Entry::new(Some(who.person), "person", person.id, "staff-invited");
        entry.after(&staff::words(roles))?.write(&work).await?;
        work.commit().await?;
        Ok(PersonId::of(person.id))
    }

    /// Sends the invitation again; the earlier ones keep working until one is used.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who needs none; [`Refusal::NotAllowed`] for a technician, and for a dispatcher when
    /// the person is staff; [`Refusal::TooManyTries`] after three in 15 minutes.
    pub async fn resend_invitation(&self, who: &StaffPass, person: PersonId) -> Result<()> {
        who.dispatcher()?;
        let mut work = self.begin().await?;
        let person = lock(&work, person).await?;
        if table::staff::Entity::find_by_id(person.id)
            .one(work.tx())
            .await?
            .is_some()
        {
            who.owner()?;
        }
        if person.password_hash.is_some() || person.disabled_at.is_some() {
            return Err(Refusal::NotFound.into());
        }
        if !tries::count(&work, &Limit::invitations(person.id)).await? {
            return Err(Refusal::TooManyTries.into());
        }
        link::send(&mut work, Purpose::Invitation, &person, None).await?;
        work.commit().await
    }

    /// Comes in by an invitation: sets one's name and first password, and opens a session.
    ///
    /// # Errors
    /// [`Refusal::LinkExpired`]; [`Refusal::WeakPassword`] beside `password` and what a name refuses beside `name`,
    /// which leave the link as it is; [`Refusal::AccountDisabled`].
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        password: &str,
        device: &str,
    ) -> Result<Session> {
        let seen = self.live_link(token, Purpose::Invitation).await?;
        let name = Name::parse(name).beside("name")?;
        password::accept(password, seen.email.as_deref().unwrap_or_default()).beside("password")?;
        let hash = password::hash(password).await?;
        let work = self.begin().await?;
        let person = link::consume(&work, token, Purpose::Invitation)
            .await?
            .ok_or(Refusal::LinkExpired)?;
        let person = lock(&work, person).await?;
        let id = may_come_in(&work, &person).await?;
        if person.password_hash.is_some() {
            return Err(Refusal::LinkExpired.into());
        }
        let mut row = person.into_active_model();
        row.name = Set(name.into());
        row.password_hash = Set(Some(hash));
        row.update(work.tx()).await?;
        link::void(&work, id, &[Purpose::SignIn, Purpose::Reset]).await?;
        Entry::new(Some(id), "person", id.key(), "invitation-accepted")
            .write(&work)
            .await?;
        let session = session::open(&work, id, device).await?;
        work.commit().await?;
        Ok(session)
    }
}

fn checked(invited: &Invited) -> Result<(Name, Email)> {
    Ok((
        Name::parse(&invited.name).beside("name")?,
        Email::parse(&invited.email).beside("email")?,
    ))
}

/// The person with this address, made if there is none.
pub(crate) async fn known_or_new(work: &Work, name: &Name, email: &Email) -> Result<person::Model> {
    let address = email.key();
    match person_with(work.tx(), &address).await? {
        Some(known) if known.disabled_at.is_some() => Err(Refusal::AccountDisabled).beside("email"),
        Some(known) => Ok(known),
        None => new_person(work, name, address).await,
    }
}

/// Stores a new person, who cannot sign in yet.
pub(crate) async fn new_person(work: &Work, name: &Name, address: String) -> Result<person::Model> {
    let row = person::Model {
        id: work.id(),
        email: address,
        name: name.as_str().to_owned(),
        phone: None,
        password_hash: None,
        locale: None,
        time_zone: None,
        muted: json!([]),
        disabled_at: None,
        created_at: work.now(),
    };
    match row.into_active_model().insert(work.tx()).await {
        Ok(stored) => Ok(stored),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Err(Refusal::EmailTaken).beside("email")
        }
        Err(error) => Err(Trouble::from(error)),
    }
}

/// Whether a client has somebody to turn to already: the first contact is, until staff choose another.
async fn has_main(work: &Work, client_id: uuid::Uuid) -> Result<bool> {
    let main = contact::Entity::find()
        .filter(contact::Column::ClientId.eq(client_id))
        .filter(contact::Column::Main.eq(true));
    Ok(main.count(work.tx()).await? > 0)
}

async fn become_contact(
    work: &Work,
    client_id: uuid::Uuid,
    person_id: uuid::Uuid,
    own_only: bool,
) -> Result<()> {
    let row = contact::Model {
        client_id,
        person_id,
        active: true,
        own_only,
        main: !has_main(work, client_id).await?,
    };
    match contact::Entity::find_by_id((client_id, person_id))
        .one(work.tx())
        .await?
    {
        Some(known) if known.active => return Err(Refusal::EmailTaken).beside("email"),
        Some(_) => {
            row.into_active_model()
                .reset_all()
                .update(work.tx())
                .await?;
        }
        None => {
            row.into_active_model().insert(work.tx()).await?;
        }
    }
    Ok(())
}

async fn invite(work: &mut Work, person: &person::Model, client: Option<String>) -> Result<()> {
    if person.password_hash.is_none() {
        return link::send(work, Purpose::Invitation, person, client).await;
    }
    let facts = SignInFacts {
        business: String::new(),
        link: "/sign-in".to_owned(),
        expires: None,
        client,
    };
    link::tell(work, "invitation", person, facts).await
}
