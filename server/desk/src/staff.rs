//! Who works here, in which roles, and who no longer does.

use booking::ids::PersonId;
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Serialize;
use serde_json::json;

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::link::{self, Purpose};
use crate::pass::{Roles, StaffPass};
use crate::session;
use crate::sign_in::lock;
use crate::table::{person, staff, technician};
use crate::trouble::{Beside, Result};

/// A member of staff, in the list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Their roles.
    pub roles: Roles,
    /// Whether they may sign in.
    pub enabled: bool,
    /// Whether they have not accepted their invitation yet.
    pub invited: bool,
    /// For changing them.
    pub version: i32,
}

impl Desk {
    /// Everybody who works here or did, by name. One query.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner.
    pub async fn staff(&self, who: &StaffPass) -> Result<Vec<Member>> {
        who.owner()?;
        let all = staff::Entity::find().all(self.db()).await?;
        let people = person::Entity::find()
            .filter(
                person::Column::Id.in_subquery(
                    sea_orm::sea_query::Query::select()
                        .column(staff::Column::PersonId)
                        .from(staff::Entity)
                        .to_owned(),
                ),
            )
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id)
            .all(self.db())
            .await?;
        let member = |person: person::Model| {
            let row = all.iter().find(|row| row.person_id == person.id)?;
            Some(member(person, row))
        };
        Ok(people.into_iter().filter_map(member).collect())
    }

    /// Changes the roles of a member of staff. Who becomes a technician can be booked from then on, who is one no
    /// longer gets no slots; their visits stay.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`];
    /// [`Refusal::LastOwner`] and [`Refusal::BadChoice`] (no role) beside `roles`.
    pub async fn change_roles(
        &self,
        who: &StaffPass,
        person: PersonId,
        version: i32,
        roles: Roles,
    ) -> Result<()> {
        who.owner()?;
        some_role(roles)?;
        let work = self.begin().await?;
        let others = other_owners(&work, person).await?;
        let row = member_row(&work, person, version).await?;
        if row.owner && !roles.owner && others == 0 {
            return Err(Refusal::LastOwner).beside("roles");
        }
        let before = words(roles_of(&row));
        let enabled = row.active;
        let mut change = row.into_active_model();
        change.technician = Set(roles.technician);
        change.dispatcher = Set(roles.dispatcher);
        change.owner = Set(roles.owner);
        change.approver = Set(roles.approver);
        change.version = Set(version + 1);
        change.update(work.tx()).await?;
        let bookable = roles.technician && enabled;
        make_bookable(&work, person, bookable).await?;
        let entry = Entry::new(Some(who.person), "person", person.key(), "roles-changed");
        entry
            .before(&before)?
            .after(&words(roles))?
            .write(&work)
            .await?;
        work.commit().await
    }

    /// Lets a member of staff sign in again, or no longer: then all their sessions end, no link in a letter works,
    /// and a technician gets no slots.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; [`Refusal::LastOwner`].
    pub async fn set_enabled(
        &self,
        who: &StaffPass,
        person: PersonId,
        version: i32,
        enabled: bool,
    ) -> Result<()> {
        who.owner()?;
        let work = self.begin().await?;
        let others = other_owners(&work, person).await?;
        let row = member_row(&work, person, version).await?;
        if row.owner && !enabled && others == 0 {
            return Err(Refusal::LastOwner.into());
        }
        let bookable = row.technician && enabled;
        let mut change = row.into_active_model();
        change.active = Set(enabled);
        change.version = Set(version + 1);
        change.update(work.tx()).await?;
        let mut human = lock(&work, person).await?.into_active_model();
        human.disabled_at = Set((!enabled).then_some(work.now()));
        human.update(work.tx()).await?;
        make_bookable(&work, person, bookable).await?;
        if !enabled {
            session::end_all(&work, person, None).await?;
            link::void(
                &work,
                person,
                &[Purpose::SignIn, Purpose::Reset, Purpose::Invitation],
            )
            .await?;
        }
        let what = if enabled { "enabled" } else { "disabled" };
        Entry::new(Some(who.person), "person", person.key(), what)
            .write(&work)
            .await?;
        work.commit().await
    }
}

/// Refuses a member of staff without a role.
pub(crate) fn some_role(roles: Roles) -> Result<()> {
    if roles == Roles::default() {
        Err(Refusal::BadChoice).beside("roles")
    } else {
        Ok(())
    }
}

/// Makes a person staff.
///
/// # Errors
/// [`Refusal::EmailTaken`] beside `email` for who is already.
pub(crate) async fn hire(work: &Work, person: PersonId, roles: Roles) -> Result<()> {
    if staff::Entity::find_by_id(person.key())
        .one(work.tx())
        .await?
        .is_some()
    {
        return Err(Refusal::EmailTaken).beside("email");
    }
    let row = staff::Model {
        person_id: person.key(),
        technician: roles.technician,
        dispatcher: roles.dispatcher,
        owner: roles.owner,
        approver: roles.approver,
        active: true,
        version: 1,
    };
    row.into_active_model().insert(work.tx()).await?;
    make_bookable(work, person, roles.technician).await
}

/// The roles as words, for the history.
pub(crate) fn words(roles: Roles) -> serde_json::Value {
    let Roles {
        technician,
        dispatcher,
        owner,
        approver,
    } = roles;
    json!({ "technician": technician, "dispatcher": dispatcher, "owner": owner, "approver": approver })
}

/// How many others are owners who may sign in; they are locked, so that two owners cannot dismiss each other at once.
async fn other_owners(work: &Work, person: PersonId) -> Result<usize> {
    let owners = staff::Entity::find()
        .filter(staff::Column::Owner.eq(true))
        .filter(staff::Column::Active.eq(true))
        .order_by_asc(staff::Column::PersonId)
        .lock_exclusive()
        .all(work.tx())
        .await?;
    Ok(owners
        .iter()
        .filter(|row| row.person_id != person.key())
        .count())
}

async fn member_row(work: &Work, person: PersonId, version: i32) -> Result<staff::Model> {
    let row = staff::Entity::find_by_id(person.key())
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

/// Lets a technician be booked, or no longer. The row is made the first time, at the end of the team, without hours.
async fn make_bookable(work: &Work, person: PersonId, bookable: bool) -> Result<()> {
    let known = technician::Entity::find_by_id(person.key())
        .lock_exclusive()
        .one(work.tx())
        .await?;
    if let Some(row) = known {
        let version = row.version;
        let mut change = row.into_active_model();
        change.active = Set(bookable);
        change.version = Set(version + 1);
        change.update(work.tx()).await?;
    } else if bookable {
        let position = technician::Entity::find().count(work.tx()).await?;
        let row = technician::Model {
            id: person.key(),
            time_zone: None,
            buffer_before: 0,
            buffer_after: 0,
            max_per_day: None,
            max_per_week: None,
            active: true,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            version: 1,
        };
        row.into_active_model().insert(work.tx()).await?;
    }
    Ok(())
}

fn roles_of(row: &staff::Model) -> Roles {
    Roles {
        technician: row.technician,
        dispatcher: row.dispatcher,
        owner: row.owner,
        approver: row.approver,
    }
}

fn member(person: person::Model, row: &staff::Model) -> Member {
    Member {
        person: PersonId::of(person.id),
        invited: person.password_hash.is_none(),
        name: person.name,
        email: person.email,
        roles: roles_of(row),
        enabled: row.active && person.disabled_at.is_none(),
        version: row.version,
    }
}
