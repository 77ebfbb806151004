//! What is agreed with a client for each service: added, its price changed, ended and begun again. One runs at most for each
//! client and service (C3); a visit keeps the price it was booked at (C6).

mod shown;

use booking::ids::{ClientId, ClientServiceId, ServiceId};
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

pub use shown::{AgreementChange, AgreementLine, ClientService, MyService};

use crate::creating;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::services::checked_price;
use crate::table::{client, client_service, service};
use crate::trouble::{Beside, Result};

/// The form of a new agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClientService {
    /// With whom.
    pub client: ClientId,
    /// For which service; one that is still offered.
    pub service: ServiceId,
    /// In minor units; none: the catalogue's price.
    pub price_minor: Option<i64>,
    /// Whether it is for appointments that repeat.
    pub ongoing: bool,
}

impl Desk {
    /// Agrees on a service with a client.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`], [`Refusal::BadChoice`] beside `client` and
    /// `service` for those that are not active; [`Refusal::AgreementRuns`] beside `service`; [`Refusal::BadPrice`]
    /// beside `price`; [`Refusal::KeyReused`].
    pub async fn add_client_service(
        &self,
        who: &StaffPass,
        key: &str,
        new: NewClientService,
    ) -> Result<ClientServiceId> {
        who.dispatcher()?;
        checked_price(new.price_minor).beside("price")?;
        let work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, &new).await? {
            return Ok(made);
        }
        let entry = parties(&work, &new).await?;
        refuse_second(&work, new.client.key(), entry.id).await?;
        let kind = if new.ongoing { "ongoing" } else { "one_time" };
        let row = client_service::Model {
            id: work.id(),
            client_id: new.client.key(),
            service_id: entry.id,
            kind: kind.to_owned(),
            price_minor: new.price_minor,
            active: true,
            created_at: work.now(),
            ended_at: None,
            version: 1,
        };
        let id = ClientServiceId::of(row.id);
        write(&work, who, "created", None, &row).await?;
        row.into_active_model().insert(work.tx()).await?;
        creating::made(&work, who.person, key, &id).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Changes the price from the next booking on: what is booked keeps its own.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::WrongState`] for
    /// one that has ended; [`Refusal::BadPrice`], [`Refusal::NothingChanged`] beside `price`.
    pub async fn change_client_price(
        &self,
        who: &StaffPass,
        id: ClientServiceId,
        version: i32,
        price_minor: Option<i64>,
    ) -> Result<()> {
        who.dispatcher()?;
        checked_price(price_minor).beside("price")?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if !row.active {
            return Err(Refusal::WrongState.into());
        }
        if row.price_minor == price_minor {
            return Err(Refusal::NothingChanged).beside("price");
        }
        let after = client_service::Model {
            price_minor,
            ..row.clone()
        };
        replace(work, who, "price-changed", (row, after)).await
    }

    /// Ends an agreement. What is booked stays; the next appointment is agreed anew.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::WrongState`] for
    /// one that has ended before.
    pub async fn end_client_service(
        &self,
        who: &StaffPass,
        id: ClientServiceId,
        version: i32,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if !row.active {
            return Err(Refusal::WrongState.into());
        }
        let after = client_service::Model {
            active: false,
            ended_at: Some(work.now()),
            ..row.clone()
        };
        replace(work, who, "ended", (row, after)).await
    }

    /// Begins an agreement again that had ended, at its last price.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::WrongState`] for
    /// one that runs; [`Refusal::AgreementRuns`] when another one for the service does.
    pub async fn resume_client_service(
        &self,
        who: &StaffPass,
        id: ClientServiceId,
        version: i32,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if row.active {
            return Err(Refusal::WrongState.into());
        }
        refuse_second(&work, row.client_id, row.service_id).await?;
        let after = client_service::Model {
            active: true,
            ended_at: None,
            ..row.clone()
        };
        replace(work, who, "resumed", (row, after)).await
    }
}

/// Client and service, locked in that order; agreements that come with a booking are made under the same locks.
async fn parties(work: &Work, new: &NewClientService) -> Result<service::Model> {
    work.lock_client(new.client).await?;
    let who = client::Entity::find_by_id(new.client.key());
    let who = who.one(work.tx()).await?.ok_or(Refusal::NotFound);
    if !who.beside("client")?.active {
        return Err(Refusal::BadChoice).beside("client");
    }
    let entry = service::Entity::find_by_id(new.service.key()).lock_exclusive();
    let entry = entry.one(work.tx()).await?.ok_or(Refusal::BadChoice);
    let entry = entry.beside("service")?;
    match entry.active {
        true => Ok(entry),
        false => Err(Refusal::BadChoice).beside("service"),
    }
}

async fn refuse_second(work: &Work, client: Uuid, service: Uuid) -> Result<()> {
    let other = client_service::Entity::find()
        .filter(client_service::Column::ClientId.eq(client))
        .filter(client_service::Column::ServiceId.eq(service))
        .filter(client_service::Column::Active.eq(true));
    match other.one(work.tx()).await? {
        Some(_) => Err(Refusal::AgreementRuns).beside("service"),
        None => Ok(()),
    }
}

/// The agreement with its client and its service locked, if it is still the version that was looked at.
async fn locked(work: &Work, id: ClientServiceId, version: i32) -> Result<client_service::Model> {
    let find = || client_service::Entity::find_by_id(id.key());
    let row = find().one(work.tx()).await?.ok_or(Refusal::NotFound)?;
    work.lock_client(ClientId::of(row.client_id)).await?;
    service::Entity::find_by_id(row.service_id)
        .lock_exclusive()
        .one(work.tx())
        .await?;
    let row = find().lock_exclusive().one(work.tx()).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    match row.version == version {
        true => Ok(row),
        false => Err(Refusal::Stale.into()),
    }
}

async fn replace(
    work: Work,
    who: &StaffPass,
    what: &'static str,
    (before, after): (client_service::Model, client_service::Model),
) -> Result<()> {
    write(&work, who, what, Some(&before), &after).await?;
    let version = before.version + 1;
    let mut row = after.into_active_model().reset_all();
    row.version = Set(version);
    row.update(work.tx()).await?;
    work.commit().await
}

/// The row of history that the page reads its lines from.
async fn write(
    work: &Work,
    who: &StaffPass,
    what: &'static str,
    before: Option<&client_service::Model>,
    after: &client_service::Model,
) -> Result<()> {
    let mut entry = Entry::new(Some(who.person), ABOUT, after.id, what);
    if let Some(before) = before {
        entry = entry.before(&kept(before))?;
    }
    entry.after(&kept(after))?.write(work).await
}

/// What history calls an agreement.
pub(crate) const ABOUT: &str = "client_service";

/// What history keeps of an agreement.
pub(crate) fn kept(row: &client_service::Model) -> Value {
    json!({
        "client": row.client_id,
        "service": row.service_id,
        "kind": row.kind,
        "price_minor": row.price_minor,
        "active": row.active,
    })
}
