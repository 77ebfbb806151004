//! The team: who can be booked, with which buffers and caps, and who decides for them. Their hours are in `hours.rs`.

use std::collections::HashMap;

use booking::ids::{PersonId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use booking::service::check_buffer;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::hours::{WeekWindow, exception_windows};
use crate::key::Key;
use crate::locality;
use crate::pass::StaffPass;
use crate::table::{
    exception, person, service, service_technician, staff, technician, technician_approver,
    time_off, working_window,
};
use crate::trouble::{Beside, Result};
use crate::typed;

/// How a technician can be booked: the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangedTechnician {
    /// An IANA zone; nothing: the business's.
    pub time_zone: String,
    /// Gap wanted before, 0–240 minutes.
    pub buffer_before: u32,
    /// Gap wanted after, 0–240 minutes.
    pub buffer_after: u32,
    /// The most visits a day (R22).
    pub max_per_day: Option<u32>,
    /// The most visits a week (R22).
    pub max_per_week: Option<u32>,
    /// Whether they can be booked now.
    pub active: bool,
}

/// A technician in the list of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TeamMember {
    /// Who.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What their form holds.
    pub form: ChangedTechnician,
    /// Their week.
    pub week: Vec<WeekWindow>,
    /// For changing them.
    pub version: i32,
}

/// A technician's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TechnicianPage {
    /// As in the list.
    pub member: TeamMember,
    /// The zone their hours are in: their own, or the business's.
    pub time_zone: String,
    /// Dates with other hours, from yesterday on.
    pub exceptions: Vec<ExceptionRow>,
    /// Time off that has not ended a day ago.
    pub time_off: Vec<TimeOffRow>,
    /// Who else decides for them.
    pub approvers: Vec<(PersonId, String)>,
    /// The active services they perform.
    pub services: Vec<(ServiceId, String)>,
}

/// A date with other hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionRow {
    /// The date in the technician's zone.
    pub date: NaiveDate,
    /// The hours, in minutes of the day; none: off.
    pub windows: Vec<(u16, u16)>,
    /// Why.
    pub note: Option<String>,
}

/// A stretch of time away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeOffRow {
    /// Which, for removing it.
    pub id: Uuid,
    /// From.
    pub starts_at: DateTime<Utc>,
    /// Until.
    pub ends_at: DateTime<Utc>,
    /// Why.
    pub note: Option<String>,
}

impl Desk {
    /// The team in its order, those who cannot be booked last. Three queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn team(&self, who: &StaffPass) -> Result<Vec<TeamMember>> {
        who.dispatcher()?;
        let rows = technician::Entity::find()
            .order_by_desc(technician::Column::Active)
            .order_by_asc(technician::Column::Position)
            .order_by_asc(technician::Column::Id)
            .all(self.db())
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(ids))
            .all(self.db())
            .await?;
        let people: HashMap<Uuid, person::Model> = people
            .into_iter()
            .map(|person| (person.id, person))
            .collect();
        let mut weeks: HashMap<Uuid, Vec<WeekWindow>> = HashMap::new();
        for row in windows().all(self.db()).await? {
            weeks
                .entry(row.technician_id)
                .or_default()
                .push(WeekWindow::of(&row));
        }
        let member = |row: technician::Model| {
            let week = weeks.remove(&row.id).unwrap_or_default();
            people.get(&row.id).map(|person| member(row, person, week))
        };
        Ok(rows.into_iter().filter_map(member).collect())
    }

    /// A technician with hours, exceptions, time off, approvers and services. At most ten queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn technician(
        &self,
        who: &StaffPass,
        id: TechnicianId,
    ) -> Result<Option<TechnicianPage>> {
        who.dispatcher()?;
        let (Some(row), Some(person)) = (
            technician::Entity::find_by_id(id.key())
                .one(self.db())
                .await?,
            person::Entity::find_by_id(id.key()).one(self.db()).await?,
        ) else {
            return Ok(None);
        };
        let week = windows()
            .filter(working_window::Column::TechnicianId.eq(row.id))
            .all(self.db())
            .await?;
        let time_zone = match &row.time_zone {
            Some(own) => own.clone(),
            None => self.business().await?.time_zone,
        };
        Ok(Some(TechnicianPage {
            time_zone,
            exceptions: self.exceptions_of(row.id).await?,
            time_off: self.time_off_of(row.id).await?,
            approvers: self.approvers_of(row.id).await?,
            services: self.services_of(row.id).await?,
            member: member(row, &person, week.iter().map(WeekWindow::of).collect()),
        }))
    }

    /// Changes how a technician can be booked. What is booked stays as it is.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; beside the field
    /// [`Refusal::BadZone`], [`Refusal::BadBuffer`], [`Refusal::BadAmount`], and [`Refusal::TechnicianInactive`] beside
    /// `active` for who no longer works here as a technician.
    pub async fn change_technician(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        version: i32,
        changed: &ChangedTechnician,
    ) -> Result<()> {
        who.owner()?;
        let time_zone = locality::zone_or_none(&changed.time_zone).beside("time_zone")?;
        let buffer = |minutes: u32, field| {
            check_buffer(minutes)
                .and_then(|()| typed::amount(minutes, 240))
                .beside(field)
        };
        let (before_min, after_min) = (
            buffer(changed.buffer_before, "buffer_before")?,
            buffer(changed.buffer_after, "buffer_after")?,
        );
        let a_day = typed::amount_or_none(changed.max_per_day, 1_000).beside("max_per_day")?;
        let a_week = typed::amount_or_none(changed.max_per_week, 7_000).beside("max_per_week")?;
        let mut work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        if changed.active && !works_here(&work, row.id).await? {
            return Err(Refusal::TechnicianInactive).beside("active");
        }
        let entry =
            Entry::new(Some(who.person), "technician", row.id, "changed").before(&form(&row))?;
        let mut row = row.into_active_model();
        row.time_zone = Set(time_zone);
        row.buffer_before = Set(before_min);
        row.buffer_after = Set(after_min);
        row.max_per_day = Set(a_day);
        row.max_per_week = Set(a_week);
        row.active = Set(changed.active);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        entry.after(changed)?.write(&work).await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    /// Says who else decides requests for a technician.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::BadChoice`]
    /// beside `approvers` for who is not active staff, or named twice.
    pub async fn set_approvers(
        &self,
        who: &StaffPass,
        id: TechnicianId,
        version: i32,
        approvers: &[PersonId],
    ) -> Result<()> {
        who.owner()?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        let people: Vec<Uuid> = approvers.iter().map(|person| person.key()).collect();
        let known = staff::Entity::find()
            .filter(staff::Column::PersonId.is_in(people.clone()))
            .filter(staff::Column::Active.eq(true))
            .count(work.tx())
            .await?;
        if u64::try_from(people.len()) != Ok(known) {
            return Err(Refusal::BadChoice).beside("approvers");
        }
        let of_technician = technician_approver::Column::TechnicianId.eq(row.id);
        let before = technician_approver::Entity::find()
            .filter(of_technician.clone())
            .all(work.tx())
            .await?;
        technician_approver::Entity::delete_many()
            .filter(of_technician)
            .exec(work.tx())
            .await?;
        let rows = people.iter().map(|person| technician_approver::Model {
            technician_id: row.id,
            person_id: *person,
        });
        let rows: Vec<_> = rows.map(IntoActiveModel::into_active_model).collect();
        if !rows.is_empty() {
            technician_approver::Entity::insert_many(rows)
                .exec_without_returning(work.tx())
                .await?;
        }
        let before: Vec<Uuid> = before.into_iter().map(|row| row.person_id).collect();
        let entry = Entry::new(Some(who.person), "technician", row.id, "approvers-set");
        touch(&work, row).await?;
        entry.before(&before)?.after(&people)?.write(&work).await?;
        work.commit().await
    }

    /// Puts the team into this order; those not named follow as they were.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::BadChoice`] when one is unknown or named twice.
    pub async fn order_team(&self, who: &StaffPass, order: &[TechnicianId]) -> Result<()> {
        who.owner()?;
        let mut work = self.begin().await?;
        let rows = technician::Entity::find()
            .order_by_asc(technician::Column::Id)
            .lock_exclusive()
            .all(work.tx())
            .await?;
        let wanted: Vec<Uuid> = order.iter().map(|id| id.key()).collect();
        let mut others: Vec<(i32, Uuid)> = rows.iter().map(|row| (row.position, row.id)).collect();
        others.retain(|(_, id)| !wanted.contains(id));
        others.sort_unstable();
        if others.len() + wanted.len() != rows.len() {
            return Err(Refusal::BadChoice).beside("order");
        }
        for (place, id) in wanted
            .iter()
            .chain(others.iter().map(|(_, id)| id))
            .enumerate()
        {
            technician::Entity::update_many()
                .col_expr(
                    technician::Column::Position,
                    Expr::value(i32::try_from(place).unwrap_or(i32::MAX)),
                )
                .filter(technician::Column::Id.eq(*id))
                .exec(work.tx())
                .await?;
        }
        Entry::new(Some(who.person), "technician", Uuid::nil(), "ordered")
            .after(&json!(order))?
            .write(&work)
            .await?;
        work.tell(Happened::Schedule);
        work.commit().await
    }

    async fn exceptions_of(&self, id: Uuid) -> Result<Vec<ExceptionRow>> {
        let yesterday = self.now().date_naive() - TimeDelta::days(1);
        let rows = exception::Entity::find()
            .filter(exception::Column::TechnicianId.eq(id))
            .filter(exception::Column::Date.gte(yesterday))
            .order_by_asc(exception::Column::Date)
            .all(self.db())
            .await?;
        let read = |row: exception::Model| {
            Ok(ExceptionRow {
                date: row.date,
                windows: exception_windows(&row)?,
                note: row.note,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn time_off_of(&self, id: Uuid) -> Result<Vec<TimeOffRow>> {
        let rows = time_off::Entity::find()
            .filter(time_off::Column::TechnicianId.eq(id))
            .filter(time_off::Column::EndsAt.gt(self.now() - TimeDelta::days(1)))
            .order_by_asc(time_off::Column::StartsAt)
            .order_by_asc(time_off::Column::Id)
            .all(self.db())
            .await?;
        let read = |row: time_off::Model| TimeOffRow {
            id: row.id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            note: row.note,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn approvers_of(&self, id: Uuid) -> Result<Vec<(PersonId, String)>> {
        let rows = technician_approver::Entity::find()
            .filter(technician_approver::Column::TechnicianId.eq(id));
        let ids = rows
            .all(self.db())
            .await?
            .into_iter()
            .map(|row| row.person_id);
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(ids))
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id);
        Ok(people
            .all(self.db())
            .await?
            .into_iter()
            .map(|person| (PersonId::of(person.id), person.name))
            .collect())
    }

    async fn services_of(&self, id: Uuid) -> Result<Vec<(ServiceId, String)>> {
        let qualified = service_technician::Entity::find()
            .filter(service_technician::Column::TechnicianId.eq(id));
        let qualified: Vec<Uuid> = qualified
            .all(self.db())
            .await?
            .into_iter()
            .map(|row| row.service_id)
            .collect();
        let services = service::Entity::find()
            .filter(service::Column::Active.eq(true))
            .filter(
                service::Column::AllTechnicians
                    .eq(true)
                    .or(service::Column::Id.is_in(qualified)),
            )
            .order_by_asc(service::Column::Position)
            .order_by_asc(service::Column::Id);
        Ok(services
            .all(self.db())
            .await?
            .into_iter()
            .map(|row| (ServiceId::of(row.id), row.name))
            .collect())
    }
}

/// The technician's row, locked, if it has this version.
pub(crate) async fn locked(
    work: &Work,
    id: TechnicianId,
    version: i32,
) -> Result<technician::Model> {
    let row = technician::Entity::find_by_id(id.key())
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

/// Counts the version up: what hangs on the technician changed.
pub(crate) async fn touch(work: &Work, row: technician::Model) -> Result<()> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    row.update(work.tx()).await?;
    Ok(())
}

async fn works_here(work: &Work, id: Uuid) -> Result<bool> {
    let row = staff::Entity::find_by_id(id).one(work.tx()).await?;
    Ok(row.is_some_and(|row| row.active && row.technician))
}

fn windows() -> sea_orm::Select<working_window::Entity> {
    working_window::Entity::find()
        .order_by_asc(working_window::Column::Weekday)
        .order_by_asc(working_window::Column::StartMin)
        .order_by_asc(working_window::Column::Id)
}

fn form(row: &technician::Model) -> ChangedTechnician {
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    ChangedTechnician {
        time_zone: row.time_zone.clone().unwrap_or_default(),
        buffer_before: number(row.buffer_before),
        buffer_after: number(row.buffer_after),
        max_per_day: row.max_per_day.map(number),
        max_per_week: row.max_per_week.map(number),
        active: row.active,
    }
}

fn member(row: technician::Model, person: &person::Model, week: Vec<WeekWindow>) -> TeamMember {
    TeamMember {
        id: TechnicianId::of(row.id),
        name: person.name.clone(),
        email: person.email.clone(),
        form: form(&row),
        week,
        version: row.version,
    }
}
