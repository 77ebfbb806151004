//! What a contact of a client may see, and who of the contacts is the one to turn to.

use booking::ids::{ClientId, PersonId};
use booking::refusal::Refusal;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;

use crate::clients::locked;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::contact;
use crate::trouble::Result;

impl Desk {
    /// Lets a contact see everything of the client, or only what they asked for themselves. Where the client's own
    /// setting is the narrower one it holds for everybody, whatever is chosen here.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] for who is none of its contacts;
    /// [`Refusal::Final`] for a client that was merged.
    pub async fn set_contact_sight(
        &self,
        who: &StaffPass,
        client: ClientId,
        person: PersonId,
        own_only: bool,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let mut link = link(&work, client, person).await?.into_active_model();
        link.own_only = Set(own_only);
        link.update(work.tx()).await?;
        Entry::new(Some(who.person), "client", client.key(), "contact-sight")
            .after(&json!({ "person": person, "own_only": own_only }))?
            .write(&work)
            .await?;
        work.commit().await
    }

    /// Makes an active contact the one to turn to, in the place of whoever was.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] for who is no active contact of the client;
    /// [`Refusal::Final`] for a client that was merged.
    pub async fn set_main_contact(
        &self,
        who: &StaffPass,
        client: ClientId,
        person: PersonId,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let link = link(&work, client, person).await?;
        if !link.active {
            return Err(Refusal::NotFound.into());
        }
        // The database allows one at a time, so the earlier one goes first.
        contact::Entity::update_many()
            .col_expr(contact::Column::Main, Expr::value(false))
            .filter(contact::Column::ClientId.eq(client.key()))
            .exec(work.tx())
            .await?;
        let mut link = link.into_active_model();
        link.main = Set(true);
        link.update(work.tx()).await?;
        Entry::new(Some(who.person), "client", client.key(), "contact-main")
            .after(&json!({ "person": person }))?
            .write(&work)
            .await?;
        work.commit().await
    }
}

async fn link(work: &Work, client: ClientId, person: PersonId) -> Result<contact::Model> {
    locked(work, client, None).await?;
    let link = contact::Entity::find_by_id((client.key(), person.key()))
        .one(work.tx())
        .await?;
    Ok(link.ok_or(Refusal::NotFound)?)
}
