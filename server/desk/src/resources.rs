//! Locations and equipment: how many units there are, and how long one needs after each use (R18).

use booking::ids::ResourceId;
use booking::people::Name;
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};

use crate::creating;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{resource, service, service_resource};
use crate::trouble::{Beside, Result};
use crate::typed;

/// A resource's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewResource {
    /// 1–200 characters, not that of another active resource.
    pub name: String,
    /// What it is one of ("room", "vehicle"): a service may need any of a kind.
    pub kind: String,
    /// How many can be used at once, 0–1,000.
    pub units: u32,
    /// Minutes after each use before a unit can be used again, 0–1,440.
    pub turnaround_min: u32,
}

/// A resource as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourcePage {
    /// Which.
    pub id: ResourceId,
    /// What its form holds.
    pub form: NewResource,
    /// Whether it can be used.
    pub active: bool,
    /// Names of the active services that need it, or any of its kind.
    pub needed_by: Vec<String>,
    /// For changing it.
    pub version: i32,
}

impl Desk {
    /// All resources, active ones first, in their order. Three queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn resources(&self, who: &StaffPass) -> Result<Vec<ResourcePage>> {
        who.dispatcher()?;
        let rows = resource::Entity::find()
            .order_by_desc(resource::Column::Active)
            .order_by_asc(resource::Column::Position)
            .order_by_asc(resource::Column::Id)
            .all(self.db())
            .await?;
        let needs = service_resource::Entity::find().all(self.db()).await?;
        let services = service::Entity::find()
            .filter(service::Column::Active.eq(true))
            .order_by_asc(service::Column::Position)
            .all(self.db())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| page(row, &needs, &services))
            .collect())
    }

    /// Adds a resource at the end of the list.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::KeyReused`]; what is refused of the form stands beside
    /// its field.
    pub async fn create_resource(
        &self,
        who: &StaffPass,
        key: &str,
        new: &NewResource,
    ) -> Result<ResourceId> {
        who.owner()?;
        let mut row = checked(new)?;
        let mut work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, new).await? {
            return Ok(made);
        }
        let id = ResourceId::of(work.id());
        refuse_taken_name(&work, &new.name, id).await?;
        let last = resource::Entity::find().count(work.tx()).await?;
        row.id = Set(id.key());
        row.active = Set(true);
        row.position = Set(i32::try_from(last).unwrap_or(i32::MAX));
        row.version = Set(1);
        row.insert(work.tx()).await?;
        Entry::new(Some(who.person), "resource", id.key(), "created")
            .after(new)?
            .write(&work)
            .await?;
        creating::made(&work, who.person, key, &id).await?;
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(id)
    }

    /// Changes a resource. Fewer units than are booked is allowed: nothing more can be booked until there are enough.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::InUse`] beside
    /// `kind` when a service needs any of a kind that would be gone; what else is refused stands beside its field.
    pub async fn edit_resource(
        &self,
        who: &StaffPass,
        id: ResourceId,
        version: i32,
        new: &NewResource,
    ) -> Result<()> {
        who.owner()?;
        let mut row = checked(new)?;
        let mut work = self.begin().await?;
        let before = locked(&work, id, version).await?;
        refuse_taken_name(&work, &new.name, id).await?;
        if before.kind != new.kind.trim() {
            refuse_last_of_kind(&work, &before).await?;
        }
        let entry =
            Entry::new(Some(who.person), "resource", id.key(), "changed").before(&form(before))?;
        row.id = Set(id.key());
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        entry.after(new)?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Takes a resource out of use, or brings it back.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::InUse`] while
    /// an active service needs it.
    pub async fn set_resource_active(
        &self,
        who: &StaffPass,
        id: ResourceId,
        version: i32,
        active: bool,
    ) -> Result<()> {
        who.owner()?;
        let mut work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if active {
            refuse_taken_name(&work, &row.name, id).await?;
        } else {
            refuse_needed(&work, &row).await?;
            refuse_last_of_kind(&work, &row).await?;
        }
        let mut row = row.into_active_model();
        row.active = Set(active);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        let what = if active { "activated" } else { "deactivated" };
        Entry::new(Some(who.person), "resource", id.key(), what)
            .write(&work)
            .await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }
}

fn checked(new: &NewResource) -> Result<resource::ActiveModel> {
    Ok(resource::ActiveModel {
        name: Set(Name::parse(&new.name).beside("name")?.into()),
        kind: Set(Name::parse(&new.kind).beside("kind")?.into()),
        units: Set(typed::amount(new.units, 1_000).beside("units")?),
        turnaround_min: Set(typed::amount(new.turnaround_min, 1_440).beside("turnaround_min")?),
        ..Default::default()
    })
}

async fn refuse_taken_name(work: &Work, name: &str, id: ResourceId) -> Result<()> {
    let same = resource::Entity::find()
        .filter(resource::Column::Name.eq(name.trim()))
        .filter(resource::Column::Active.eq(true))
        .filter(resource::Column::Id.ne(id.key()));
    if same.one(work.tx()).await?.is_some() {
        Err(Refusal::NameTaken).beside("name")
    } else {
        Ok(())
    }
}

async fn locked(work: &Work, id: ResourceId, version: i32) -> Result<resource::Model> {
    let row = resource::Entity::find_by_id(id.key())
        .lock_exclusive()
        .one(work.tx())
        .await?;
    let row = row.ok_or(Refusal::NotFound)?;
    if row.version == version {
        Ok(row)
    } else {
        Err(Refusal::Stale.into())
    }
}

async fn refuse_needed(work: &Work, row: &resource::Model) -> Result<()> {
    let needs =
        service_resource::Entity::find().filter(service_resource::Column::ResourceId.eq(row.id));
    refuse_active(work, needs.all(work.tx()).await?).await
}

/// A service that needs any of a kind needs that there is one.
async fn refuse_last_of_kind(work: &Work, row: &resource::Model) -> Result<()> {
    let others = resource::Entity::find()
        .filter(resource::Column::Kind.eq(row.kind.as_str()))
        .filter(resource::Column::Active.eq(true))
        .filter(resource::Column::Id.ne(row.id));
    if others.one(work.tx()).await?.is_some() {
        return Ok(());
    }
    let needs = service_resource::Entity::find()
        .filter(service_resource::Column::ResourceKind.eq(row.kind.as_str()));
    refuse_active(work, needs.all(work.tx()).await?).await
}

async fn refuse_active(work: &Work, needs: Vec<service_resource::Model>) -> Result<()> {
    let active = service::Entity::find()
        .filter(service::Column::Id.is_in(needs.into_iter().map(|need| need.service_id)))
        .filter(service::Column::Active.eq(true));
    if active.one(work.tx()).await?.is_some() {
        Err(Refusal::InUse).beside("kind")
    } else {
        Ok(())
    }
}

fn form(row: resource::Model) -> NewResource {
    NewResource {
        name: row.name,
        kind: row.kind,
        units: u32::try_from(row.units).unwrap_or(0),
        turnaround_min: u32::try_from(row.turnaround_min).unwrap_or(0),
    }
}

fn page(
    row: resource::Model,
    needs: &[service_resource::Model],
    services: &[service::Model],
) -> ResourcePage {
    let needs_it = |service: &&service::Model| {
        let mut of_service = needs.iter().filter(|need| need.service_id == service.id);
        of_service.any(|need| {
            need.resource_id == Some(row.id) || need.resource_kind.as_ref() == Some(&row.kind)
        })
    };
    ResourcePage {
        id: ResourceId::of(row.id),
        active: row.active,
        needed_by: services
            .iter()
            .filter(needs_it)
            .map(|service| service.name.clone())
            .collect(),
        version: row.version,
        form: form(row),
    }
}
