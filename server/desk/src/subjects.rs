//! What visits are for: a client's pets, devices or sites. The business chooses the word.

use booking::ids::{ClientId, SubjectId};
use booking::people::{Name, Notes};
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clients::locked;
use crate::creating;
use crate::desk::Desk;
use crate::history::Entry;
use crate::key::Key;
use crate::pass::{ContactPass, StaffPass};
use crate::table::subject;
use crate::trouble::{Beside, Result};

/// A subject's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewSubject {
    /// 1–200 characters.
    pub name: String,
    /// What whoever comes should know.
    pub details: String,
    /// Whether it can be chosen still.
    pub active: bool,
}

/// A subject as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// Which.
    pub id: SubjectId,
    /// Its name.
    pub name: String,
    /// What whoever comes should know.
    pub details: String,
    /// Whether it can be chosen still.
    pub active: bool,
    /// For changing it.
    pub version: i32,
}

impl Desk {
    /// The subjects a contact can choose for a request. One query.
    ///
    /// # Errors
    /// Faults only.
    pub async fn subjects(&self, who: &ContactPass) -> Result<Vec<Subject>> {
        self.subjects_of_client(who.client.key(), false).await
    }

    /// Adds a subject to a client.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::KeyReused`]; what is refused of the
    /// form stands beside its field.
    pub async fn create_subject(
        &self,
        who: &StaffPass,
        client: ClientId,
        key: &str,
        new: &NewSubject,
    ) -> Result<SubjectId> {
        who.dispatcher()?;
        let (name, details) = checked(new)?;
        let work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, &(client, new)).await? {
            return Ok(made);
        }
        let client = locked(&work, client, None).await?;
        let row = subject::Model {
            id: work.id(),
            client_id: client.id,
            name: name.into(),
            details,
            active: new.active,
            version: 1,
        };
        let id = SubjectId::of(row.id);
        row.into_active_model().insert(work.tx()).await?;
        Entry::new(Some(who.person), "subject", id.key(), "created")
            .after(new)?
            .write(&work)
            .await?;
        creating::made(&work, who.person, key, &id).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Changes a subject of a client.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`], also for another client's; [`Refusal::Stale`];
    /// what is refused of the form stands beside its field.
    pub async fn edit_subject(
        &self,
        who: &StaffPass,
        (client, id): (ClientId, SubjectId),
        version: i32,
        new: &NewSubject,
    ) -> Result<()> {
        who.dispatcher()?;
        let (name, details) = checked(new)?;
        let work = self.begin().await?;
        let row = subject::Entity::find_by_id(id.key())
            .filter(subject::Column::ClientId.eq(client.key()))
            .lock_exclusive()
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        if row.version != version {
            return Err(Refusal::Stale.into());
        }
        let before = NewSubject {
            name: row.name.clone(),
            details: row.details.clone(),
            active: row.active,
        };
        let entry = Entry::new(Some(who.person), "subject", row.id, "changed").before(&before)?;
        let mut row = row.into_active_model();
        row.name = Set(name.into());
        row.details = Set(details);
        row.active = Set(new.active);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        entry.after(new)?.write(&work).await?;
        work.commit().await
    }

    /// A client's subjects, active ones first, by name.
    pub(crate) async fn subjects_of_client(&self, client: Uuid, all: bool) -> Result<Vec<Subject>> {
        let mut found = subject::Entity::find().filter(subject::Column::ClientId.eq(client));
        if !all {
            found = found.filter(subject::Column::Active.eq(true));
        }
        let rows = found
            .order_by_desc(subject::Column::Active)
            .order_by_asc(subject::Column::Name)
            .order_by_asc(subject::Column::Id)
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(shown).collect())
    }
}

fn checked(new: &NewSubject) -> Result<(Name, String)> {
    let details = Notes::optional(&new.details).beside("details")?;
    Ok((
        Name::parse(&new.name).beside("name")?,
        details.map(String::from).unwrap_or_default(),
    ))
}

fn shown(row: subject::Model) -> Subject {
    Subject {
        id: SubjectId::of(row.id),
        name: row.name,
        details: row.details,
        active: row.active,
        version: row.version,
    }
}
