//! The catalogue: what the business offers, at which lengths and price, who performs it and what it takes.

use booking::ids::{ClientId, ResourceId, ServiceId, TechnicianId};
use booking::people::{Name, Notes};
use booking::refusal::Refusal;
use booking::service::{AskedBy, check_buffer, check_interval, check_length};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::creating;
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{
    client, resource, service, service_client, service_resource, service_technician, technician,
};
use crate::trouble::{Beside, Fault, Result};
use crate::typed;

/// The most minor units of a price.
const DEAREST: i64 = 1_000_000_000;

/// A service's form: everything about it but whether it is active and its place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewService {
    /// 1–200 characters, not that of another active service.
    pub name: String,
    /// What clients read under the name.
    pub description: String,
    /// Whether clients may book it.
    pub bookable: bool,
    /// Lengths in minutes, each 5–1,440.
    pub lengths: Vec<u32>,
    /// Any whole number of minutes between the least and the greatest of `lengths`.
    pub any_length: bool,
    /// Interval between starts in minutes; none: the length (decision 5).
    pub step_min: Option<u32>,
    /// Gap wanted before, 0–240 minutes.
    pub buffer_before: u32,
    /// Gap wanted after, 0–240 minutes.
    pub buffer_after: u32,
    /// Price in minor units of the currency; none: not shown.
    pub price_minor: Option<i64>,
    /// Seats of a session; 1: not for groups (R17).
    pub capacity: u32,
    /// Notice in elapsed minutes, at most a year (R21).
    pub notice_min: u32,
    /// How many days ahead it can be booked, at most two years; none: as far as hours are laid out (R21).
    pub advance_days: Option<u32>,
    /// The most bookings a day (R22).
    pub max_per_day: Option<u32>,
    /// The most bookings a week (R22).
    pub max_per_week: Option<u32>,
    /// Whether a pending request keeps its slot free (decision 3).
    pub holds: bool,
    /// Whether clients may name a technician.
    pub technician_preference: bool,
    /// Whether every technician performs it.
    pub all_technicians: bool,
    /// Who performs it, where not everybody does.
    pub technicians: Vec<TechnicianId>,
    /// What it takes.
    pub needs: Vec<Need>,
    /// How clients ask for it.
    pub asked_by: AskedBy,
    /// Whether clients may ask for it again and again.
    pub recurring: bool,
    /// Whether only the clients named may book it.
    pub restricted: bool,
    /// The clients who may, where it is restricted.
    pub clients: Vec<ClientId>,
}

/// What a service takes: one resource, or any of a kind (R18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// This one.
    pub resource: Option<ResourceId>,
    /// Or any of this kind.
    pub kind: Option<String>,
    /// How many units, at least 1.
    pub units: u32,
}

/// A service as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServicePage {
    /// Which.
    pub id: ServiceId,
    /// What its form holds.
    pub form: NewService,
    /// Whether it is still offered.
    pub active: bool,
    /// Its place in the list.
    pub position: i32,
    /// For changing it.
    pub version: i32,
}

impl Desk {
    /// All services, active ones first, in their order. Four queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn services(&self, who: &StaffPass) -> Result<Vec<ServicePage>> {
        who.dispatcher()?;
        let rows = service::Entity::find()
            .order_by_desc(service::Column::Active)
            .order_by_asc(service::Column::Position)
            .order_by_asc(service::Column::Id)
            .all(self.db())
            .await?;
        let about = About {
            technicians: service_technician::Entity::find().all(self.db()).await?,
            needs: service_resource::Entity::find()
                .order_by_asc(service_resource::Column::Id)
                .all(self.db())
                .await?,
            clients: service_client::Entity::find().all(self.db()).await?,
        };
        rows.into_iter().map(|row| page(row, &about)).collect()
    }

    /// One service. Four queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn service(&self, who: &StaffPass, id: ServiceId) -> Result<Option<ServicePage>> {
        who.dispatcher()?;
        let Some(row) = service::Entity::find_by_id(id.key()).one(self.db()).await? else {
            return Ok(None);
        };
        let about = about(self.db(), row.id).await?;
        page(row, &about).map(Some)
    }

    /// Adds a service at the end of the list.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::KeyReused`]; what is refused of the form stands beside
    /// its field.
    pub async fn create_service(
        &self,
        who: &StaffPass,
        key: &str,
        new: &NewService,
    ) -> Result<ServiceId> {
        who.owner()?;
        let mut row = checked(new)?;
        let mut work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, new).await? {
            return Ok(made);
        }
        let id = ServiceId::of(work.id());
        refuse_taken_name(&work, &new.name, id).await?;
        let last = service::Entity::find().count(work.tx()).await?;
        row.id = Set(id.key());
        row.active = Set(true);
        row.position = Set(i32::try_from(last).unwrap_or(i32::MAX));
        row.version = Set(1);
        row.insert(work.tx()).await?;
        put_about(&work, id.key(), new).await?;
        Entry::new(Some(who.person), "service", id.key(), "created")
            .after(new)?
            .write(&work)
            .await?;
        creating::made(&work, who.person, key, &id).await?;
        work.tell(Happened::Schedule);
        work.commit().await?;
        Ok(id)
    }

    /// Changes a service. What is booked keeps its length, price and buffers.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; what is refused of the
    /// form stands beside its field.
    pub async fn edit_service(
        &self,
        who: &StaffPass,
        id: ServiceId,
        version: i32,
        new: &NewService,
    ) -> Result<()> {
        who.owner()?;
        let mut row = checked(new)?;
        let mut work = self.begin().await?;
        let before = locked(&work, id, version).await?;
        refuse_taken_name(&work, &new.name, id).await?;
        let about = about(work.tx(), id.key()).await?;
        let entry = Entry::new(Some(who.person), "service", id.key(), "changed")
            .before(&page(before, &about)?.form)?;
        row.id = Set(id.key());
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        forget_about(&work, id.key()).await?;
        put_about(&work, id.key(), new).await?;
        entry.after(new)?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Offers a service again, or no longer: then there are no slots, and what is booked or asked for stays.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::NameTaken`].
    pub async fn set_service_active(
        &self,
        who: &StaffPass,
        id: ServiceId,
        version: i32,
        active: bool,
    ) -> Result<()> {
        who.owner()?;
        let mut work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if active {
            refuse_taken_name(&work, &row.name, id).await?;
        }
        let mut row = row.into_active_model();
        row.active = Set(active);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        let what = if active { "activated" } else { "deactivated" };
        Entry::new(Some(who.person), "service", id.key(), what)
            .write(&work)
            .await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Puts the services into this order; those not named follow as they were.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::BadChoice`] when one is unknown or named twice.
    pub async fn order_services(&self, who: &StaffPass, order: &[ServiceId]) -> Result<()> {
        who.owner()?;
        let work = self.begin().await?;
        let mut all: Vec<Uuid> = service::Entity::find()
            .order_by_asc(service::Column::Position)
            .order_by_asc(service::Column::Id)
            .lock_exclusive()
            .all(work.tx())
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        let wanted: Vec<Uuid> = order.iter().map(|id| id.key()).collect();
        let before = all.len();
        all.retain(|id| !wanted.contains(id));
        if all.len() + wanted.len() != before {
            return Err(Refusal::BadChoice).beside("order");
        }
        for (place, id) in wanted.iter().chain(&all).enumerate() {
            service::Entity::update_many()
                .col_expr(
                    service::Column::Position,
                    Expr::value(i32::try_from(place).unwrap_or(i32::MAX)),
                )
                .filter(service::Column::Id.eq(*id))
                .exec(work.tx())
                .await?;
        }
        Entry::new(Some(who.person), "service", Uuid::nil(), "ordered")
            .after(&order)?
            .write(&work)
            .await?;
        work.commit().await
    }
}

/// What stands about services in other tables.
struct About {
    technicians: Vec<service_technician::Model>,
    needs: Vec<service_resource::Model>,
    clients: Vec<service_client::Model>,
}

/// The form as a row, but for id, place, version and whether it is active.
fn checked(new: &NewService) -> Result<service::ActiveModel> {
    let name = Name::parse(&new.name).beside("name")?;
    let description = Notes::optional(&new.description).beside("description")?;
    let buffer = |minutes: u32, field| {
        check_buffer(minutes)
            .and_then(|()| typed::amount(minutes, 240))
            .beside(field)
    };
    new.step_min
        .map_or(Ok(()), check_interval)
        .beside("step_min")?;
    checked_price(new.price_minor).beside("price_minor")?;
    if new.capacity == 0 {
        return Err(Refusal::BadAmount).beside("capacity");
    }
    Ok(service::ActiveModel {
        name: Set(name.into()),
        description: Set(description.map(String::from).unwrap_or_default()),
        bookable: Set(new.bookable),
        lengths: Set(json!(checked_lengths(new).beside("lengths")?)),
        any_length: Set(new.any_length),
        step_min: Set(typed::amount_or_none(new.step_min, 1440).beside("step_min")?),
        buffer_before: Set(buffer(new.buffer_before, "buffer_before")?),
        buffer_after: Set(buffer(new.buffer_after, "buffer_after")?),
        price_minor: Set(new.price_minor),
        capacity: Set(typed::amount(new.capacity, 500).beside("capacity")?),
        notice_min: Set(typed::amount(new.notice_min, 366 * 1440).beside("notice_min")?),
        advance_days: Set(typed::amount_or_none(new.advance_days, 731).beside("advance_days")?),
        max_per_day: Set(typed::amount_or_none(new.max_per_day, 10_000).beside("max_per_day")?),
        max_per_week: Set(typed::amount_or_none(new.max_per_week, 10_000).beside("max_per_week")?),
        holds: Set(new.holds),
        technician_preference: Set(new.technician_preference),
        all_technicians: Set(new.all_technicians),
        restricted: Set(new.restricted),
        asked_by: Set(new.asked_by.as_str().to_owned()),
        recurring: Set(new.recurring),
        ..Default::default()
    })
}

/// A price in minor units that can be asked for; none is one, too.
pub(crate) fn checked_price(price_minor: Option<i64>) -> std::result::Result<(), Refusal> {
    match price_minor.is_none_or(|price| (0..=DEAREST).contains(&price)) {
        true => Ok(()),
        false => Err(Refusal::BadPrice),
    }
}

/// Ascending, each once, at most twelve; for "any length" the two ends.
fn checked_lengths(new: &NewService) -> std::result::Result<Vec<u32>, Refusal> {
    let mut all = new.lengths.clone();
    all.sort_unstable();
    all.dedup();
    let (Some(least), Some(greatest)) = (all.first().copied(), all.last().copied()) else {
        return Err(Refusal::BadLength);
    };
    all.iter().try_for_each(|minutes| check_length(*minutes))?;
    if new.any_length {
        return Ok(vec![least, greatest]);
    }
    if all.len() > 12 {
        Err(Refusal::BadLength)
    } else {
        Ok(all)
    }
}

async fn refuse_taken_name(work: &Work, name: &str, id: ServiceId) -> Result<()> {
    let same = service::Entity::find()
        .filter(service::Column::Name.eq(name.trim()))
        .filter(service::Column::Active.eq(true))
        .filter(service::Column::Id.ne(id.key()));
    if same.one(work.tx()).await?.is_some() {
        Err(Refusal::NameTaken).beside("name")
    } else {
        Ok(())
    }
}

async fn locked(work: &Work, id: ServiceId, version: i32) -> Result<service::Model> {
    let row = service::Entity::find_by_id(id.key())
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

async fn about(db: &impl sea_orm::ConnectionTrait, id: Uuid) -> Result<About> {
    Ok(About {
        technicians: service_technician::Entity::find()
            .filter(service_technician::Column::ServiceId.eq(id))
            .all(db)
            .await?,
        needs: service_resource::Entity::find()
            .filter(service_resource::Column::ServiceId.eq(id))
            .order_by_asc(service_resource::Column::Id)
            .all(db)
            .await?,
        clients: service_client::Entity::find()
            .filter(service_client::Column::ServiceId.eq(id))
            .all(db)
            .await?,
    })
}

async fn forget_about(work: &Work, id: Uuid) -> Result<()> {
    let technicians = service_technician::Entity::delete_many();
    technicians
        .filter(service_technician::Column::ServiceId.eq(id))
        .exec(work.tx())
        .await?;
    let needs = service_resource::Entity::delete_many();
    needs
        .filter(service_resource::Column::ServiceId.eq(id))
        .exec(work.tx())
        .await?;
    let clients = service_client::Entity::delete_many();
    clients
        .filter(service_client::Column::ServiceId.eq(id))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// Stores who performs a service, what it takes and who may book it; what does not exist is refused.
async fn put_about(work: &Work, service_id: Uuid, new: &NewService) -> Result<()> {
    let technicians = each_once(new.technicians.iter().map(|id| id.key())).beside("technicians")?;
    let known =
        technician::Entity::find().filter(technician::Column::Id.is_in(technicians.clone()));
    all_known(technicians.len(), known.count(work.tx()).await?).beside("technicians")?;
    let clients = each_once(new.clients.iter().map(|id| id.key())).beside("clients")?;
    let known = client::Entity::find().filter(client::Column::Id.is_in(clients.clone()));
    all_known(clients.len(), known.count(work.tx()).await?).beside("clients")?;
    let needs = checked_needs(work, service_id, &new.needs).await?;
    let technicians = technicians
        .into_iter()
        .map(|technician_id| service_technician::Model {
            service_id,
            technician_id,
        });
    let technicians: Vec<_> = technicians
        .map(IntoActiveModel::into_active_model)
        .collect();
    if !technicians.is_empty() {
        service_technician::Entity::insert_many(technicians)
            .exec_without_returning(work.tx())
            .await?;
    }
    let clients = clients.into_iter().map(|client_id| service_client::Model {
        service_id,
        client_id,
    });
    let clients: Vec<_> = clients.map(IntoActiveModel::into_active_model).collect();
    if !clients.is_empty() {
        service_client::Entity::insert_many(clients)
            .exec_without_returning(work.tx())
            .await?;
    }
    if !needs.is_empty() {
        service_resource::Entity::insert_many(needs)
            .exec_without_returning(work.tx())
            .await?;
    }
    Ok(())
}

async fn checked_needs(
    work: &Work,
    service_id: Uuid,
    needs: &[Need],
) -> Result<Vec<service_resource::ActiveModel>> {
    if needs.len() > 20 {
        return Err(Refusal::BadChoice).beside("needs");
    }
    let known = if needs.is_empty() {
        Vec::new()
    } else {
        resource::Entity::find().all(work.tx()).await?
    };
    let row = |need: &Need| {
        let units = typed::amount(need.units, 1_000)?;
        let exists = match (&need.resource, &need.kind) {
            (Some(id), None) => known.iter().any(|resource| resource.id == id.key()),
            (None, Some(kind)) => known.iter().any(|resource| resource.kind == *kind),
            (Some(_), Some(_)) | (None, None) => false,
        };
        match (exists, units) {
            (false, _) => Err(Refusal::BadChoice),
            (true, 0) => Err(Refusal::BadAmount),
            (true, units) => Ok(service_resource::ActiveModel {
                id: Set(work.id()),
                service_id: Set(service_id),
                resource_id: Set(need.resource.map(Key::key)),
                resource_kind: Set(need.kind.clone()),
                units: Set(units),
            }),
        }
    };
    needs
        .iter()
        .map(row)
        .collect::<std::result::Result<_, _>>()
        .beside("needs")
}

/// The same choice twice in one form is a mistake of the form.
fn each_once(ids: impl Iterator<Item = Uuid>) -> std::result::Result<Vec<Uuid>, Refusal> {
    let mut all: Vec<Uuid> = ids.collect();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    if all.len() == count && count <= 5_000 {
        Ok(all)
    } else {
        Err(Refusal::BadChoice)
    }
}

fn all_known(asked: usize, known: u64) -> std::result::Result<(), Refusal> {
    if u64::try_from(asked) == Ok(known) {
        Ok(())
    } else {
        Err(Refusal::BadChoice)
    }
}

fn page(row: service::Model, about: &About) -> Result<ServicePage> {
    let lengths: Vec<u32> = serde_json::from_value(row.lengths).map_err(|_| Fault::Unreadable {
        table: "services",
        column: "lengths",
        id: row.id.to_string(),
    })?;
    let asked_by = row.asked_by.parse().map_err(|_| Fault::Unreadable {
        table: "services",
        column: "asked_by",
        id: row.id.to_string(),
    })?;
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    let form = NewService {
        name: row.name,
        description: row.description,
        bookable: row.bookable,
        lengths,
        any_length: row.any_length,
        step_min: row.step_min.map(number),
        buffer_before: number(row.buffer_before),
        buffer_after: number(row.buffer_after),
        price_minor: row.price_minor,
        capacity: number(row.capacity),
        notice_min: number(row.notice_min),
        advance_days: row.advance_days.map(number),
        max_per_day: row.max_per_day.map(number),
        max_per_week: row.max_per_week.map(number),
        holds: row.holds,
        technician_preference: row.technician_preference,
        all_technicians: row.all_technicians,
        technicians: of(&about.technicians, row.id, |one| {
            (one.service_id, TechnicianId::of(one.technician_id))
        }),
        needs: of(&about.needs, row.id, |one| (one.service_id, need(one))),
        restricted: row.restricted,
        asked_by,
        recurring: row.recurring,
        clients: of(&about.clients, row.id, |one| {
            (one.service_id, ClientId::of(one.client_id))
        }),
    };
    Ok(ServicePage {
        id: ServiceId::of(row.id),
        form,
        active: row.active,
        position: row.position,
        version: row.version,
    })
}

fn of<R, T>(rows: &[R], service: Uuid, read: impl Fn(&R) -> (Uuid, T)) -> Vec<T> {
    rows.iter()
        .map(read)
        .filter(|(id, _)| *id == service)
        .map(|(_, value)| value)
        .collect()
}

fn need(row: &service_resource::Model) -> Need {
    Need {
        resource: row.resource_id.map(ResourceId::of),
        kind: row.resource_kind.clone(),
        units: u32::try_from(row.units).unwrap_or(1),
    }
}
