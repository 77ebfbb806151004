//! The customers of the business: found by what one remembers of them, with their contacts, subjects and tickets.

use std::collections::HashMap;

use booking::ids::{ClientId, PersonId};
use booking::people::{Email, Name, Notes};
use booking::refusal::Refusal;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::account::phone_or_none;
use crate::creating;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::locality;
use crate::pass::StaffPass;
use crate::subjects::Subject;
use crate::table::{client, contact, person, subject};
use crate::trouble::{Beside, Result};

/// Clients on one page of the list.
pub const A_PAGE: u64 = 50;

/// A client's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewClient {
    /// 1–200 characters.
    pub name: String,
    /// Where to write, if not to the contacts.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Where they live.
    pub address: String,
    /// Language of its contacts who have none of their own; nothing: the business's.
    pub locale: String,
    /// Zone of its contacts who have none of their own; nothing: the business's.
    pub time_zone: String,
    /// Whether its contacts see only what they asked for themselves (decision 13).
    pub own_only: bool,
    /// For staff only.
    pub notes: String,
}

/// What one looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ClientSearch {
    /// Part of a name, an address or a number, of the client or of a contact, or of a subject's name.
    pub text: String,
    /// Which of them.
    pub standing: Standing,
    /// The page, from 1 on.
    pub page: u64,
}

/// Which clients are looked at. One that was merged into another is in no list: its address leads to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Standing {
    /// Those who are clients.
    #[default]
    Active,
    /// Those who are no longer.
    Former,
    /// Both.
    All,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientList {
    /// The clients, by name.
    pub rows: Vec<ClientRow>,
    /// How many fit.
    pub total: u64,
    /// This page, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

/// A client in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientRow {
    /// Which.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Where to write.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Whether it is a client still.
    pub active: bool,
    /// Names of its active contacts.
    pub contacts: Vec<String>,
}

/// A client's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientPage {
    /// Which.
    pub id: ClientId,
    /// What its form holds.
    pub form: NewClient,
    /// Whether it is a client still.
    pub active: bool,
    /// The client that it is part of now; nothing of it changes any more.
    pub merged_into: Option<ClientId>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Who signs in for it, or did.
    pub contacts: Vec<Contact>,
    /// Its subjects, active ones first.
    pub subjects: Vec<Subject>,
    /// For changing it.
    pub version: i32,
}

/// Who signs in for a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Whether they sign in for this client still.
    pub active: bool,
    /// Whether they have not accepted their invitation yet.
    pub invited: bool,
    /// Whether they see only what they asked for themselves, whatever the client's other contacts see.
    pub own_only: bool,
    /// Whether they are the one to turn to.
    pub main: bool,
}

impl Desk {
    /// One page of the clients that fit. Four queries, however many there are.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn clients(&self, who: &StaffPass, search: &ClientSearch) -> Result<ClientList> {
        who.dispatcher()?;
        let found = found(search);
        let total = found.clone().count(self.db()).await?;
        let pages = pages_of(total);
        let page = search.page.clamp(1, pages);
        let rows = found
            .offset((page - 1) * A_PAGE)
            .limit(A_PAGE)
            .all(self.db())
            .await?;
        let mut contacts = self
            .contact_names(rows.iter().map(|row| row.id).collect())
            .await?;
        let row = |row: client::Model| ClientRow {
            id: ClientId::of(row.id),
            contacts: contacts.remove(&row.id).unwrap_or_default(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            active: row.active,
        };
        Ok(ClientList {
            rows: rows.into_iter().map(row).collect(),
            total,
            page,
            pages,
        })
    }

    /// Names of the first active clients, by name, for forms that choose one; and of those named, wherever they are. One
    /// query.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn client_names(
        &self,
        who: &StaffPass,
        most: u64,
        chosen: &[ClientId],
    ) -> Result<Vec<(ClientId, String)>> {
        who.dispatcher()?;
        let named = client::Column::Id.is_in(chosen.iter().map(|id| id.key()));
        let first = found(&ClientSearch::default())
            .select_only()
            .column(client::Column::Id)
            .limit(most);
        let rows: Vec<(Uuid, String)> = client::Entity::find()
            .select_only()
            .column(client::Column::Id)
            .column(client::Column::Name)
            .filter(
                Condition::any()
                    .add(named)
                    .add(client::Column::Id.in_subquery(first.into_query())),
            )
            .order_by_asc(client::Column::Name)
            .order_by_asc(client::Column::Id)
            .into_tuple()
            .all(self.db())
            .await?;
        let rows = rows.into_iter();
        Ok(rows.map(|(id, name)| (ClientId::of(id), name)).collect())
    }

    /// One client with contacts and subjects. Four queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn client(&self, who: &StaffPass, id: ClientId) -> Result<Option<ClientPage>> {
        who.dispatcher()?;
        let Some(row) = client::Entity::find_by_id(id.key()).one(self.db()).await? else {
            return Ok(None);
        };
        let links = contact::Entity::find()
            .filter(contact::Column::ClientId.eq(row.id))
            .all(self.db())
            .await?;
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(links.iter().map(|link| link.person_id)))
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id)
            .all(self.db())
            .await?;
        let contact = |person: person::Model| {
            let link = links.iter().find(|link| link.person_id == person.id)?;
            Some(a_contact(link, person))
        };
        let mut contacts: Vec<Contact> = people.into_iter().filter_map(contact).collect();
        contacts.sort_by_key(|contact| !contact.main);
        Ok(Some(ClientPage {
            id,
            active: row.active,
            merged_into: row.merged_into.map(ClientId::of),
            created_at: row.created_at,
            version: row.version,
            contacts,
            subjects: self.subjects_of_client(row.id, true).await?,
            form: form(row),
        }))
    }

    /// Adds a client.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::KeyReused`]; what is refused of the form stands beside its
    /// field.
    pub async fn create_client(
        &self,
        who: &StaffPass,
        key: &str,
        new: &NewClient,
    ) -> Result<ClientId> {
        who.dispatcher()?;
        let mut row = checked(new)?;
        let work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, new).await? {
            return Ok(made);
        }
        let id = ClientId::of(work.id());
        row.id = Set(id.key());
        row.active = Set(true);
        row.created_at = Set(work.now());
        row.version = Set(1);
        row.insert(work.tx()).await?;
        Entry::new(Some(who.person), "client", id.key(), "created")
            .after(new)?
            .write(&work)
            .await?;
        creating::made(&work, who.person, key, &id).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Changes a client.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`]; what is refused of the form
    /// stands beside its field.
    pub async fn edit_client(
        &self,
        who: &StaffPass,
        id: ClientId,
        version: i32,
        new: &NewClient,
    ) -> Result<()> {
        who.dispatcher()?;
        let mut row = checked(new)?;
        let work = self.begin().await?;
        let before = locked(&work, id, Some(version)).await?;
        let entry =
            Entry::new(Some(who.person), "client", id.key(), "changed").before(&form(before))?;
        row.id = Set(id.key());
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        entry.after(new)?.write(&work).await?;
        work.commit().await
    }

    /// Takes a client out of the list, or back: its contacts can no longer sign in for it; what is booked stays.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`].
    pub async fn set_client_active(
        &self,
        who: &StaffPass,
        id: ClientId,
        version: i32,
        active: bool,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let mut row = locked(&work, id, Some(version)).await?.into_active_model();
        row.active = Set(active);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        let what = if active { "activated" } else { "deactivated" };
        Entry::new(Some(who.person), "client", id.key(), what)
            .write(&work)
            .await?;
        work.commit().await
    }

    /// Lets a person sign in for a client again, or no longer.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] for who never was one of its contacts.
    pub async fn set_contact_active(
        &self,
        who: &StaffPass,
        client: ClientId,
        person: PersonId,
        active: bool,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        locked(&work, client, None).await?;
        let link = contact::Entity::find_by_id((client.key(), person.key()))
            .one(work.tx())
            .await?;
        let mut link = link.ok_or(Refusal::NotFound)?.into_active_model();
        link.active = Set(active);
        if !active {
            link.main = Set(false);
        }
        link.update(work.tx()).await?;
        let what = if active {
            "contact-activated"
        } else {
            "contact-deactivated"
        };
        let entry = Entry::new(Some(who.person), "client", client.key(), what);
        entry
            .after(&json!({ "person": person }))?
            .write(&work)
            .await?;
        work.commit().await
    }

    /// Names of the active contacts of some clients.
    pub(crate) async fn contact_names(
        &self,
        clients: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Vec<String>>> {
        let links = contact::Entity::find()
            .filter(contact::Column::ClientId.is_in(clients))
            .filter(contact::Column::Active.eq(true))
            .all(self.db())
            .await?;
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(links.iter().map(|link| link.person_id)))
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id)
            .all(self.db())
            .await?;
        let mut names: HashMap<Uuid, Vec<String>> = HashMap::new();
        for person in people {
            for link in links.iter().filter(|link| link.person_id == person.id) {
                names
                    .entry(link.client_id)
                    .or_default()
                    .push(person.name.clone());
            }
        }
        Ok(names)
    }
}

/// How many pages a list has: an empty one has one.
pub(crate) fn pages_of(total: u64) -> u64 {
    std::cmp::max(total.div_ceil(A_PAGE), 1)
}

/// The clients that fit, by name.
pub(crate) fn found(search: &ClientSearch) -> Select<client::Entity> {
    let all = client::Entity::find().filter(client::Column::MergedInto.is_null());
    let some = match search.standing {
        Standing::Active => all.filter(client::Column::Active.eq(true)),
        Standing::Former => all.filter(client::Column::Active.eq(false)),
        Standing::All => all,
    };
    some.filter(fits(&search.text))
        .order_by_asc(client::Column::Name)
        .order_by_asc(client::Column::Id)
}

/// The client's row, locked, if it has this version. One that was merged into another is final.
pub(crate) async fn locked(
    work: &Work,
    id: ClientId,
    version: Option<i32>,
) -> Result<client::Model> {
    let row = client::Entity::find_by_id(id.key())
        .lock_exclusive()
        .one(work.tx())
        .await?;
    let row = row.ok_or(Refusal::NotFound)?;
    if row.merged_into.is_some() {
        return Err(Refusal::Final.into());
    }
    match version {
        Some(version) if version != row.version => Err(Refusal::Stale.into()),
        Some(_) | None => Ok(row),
    }
}

/// Whether name, address or number of a client or of one of its contacts, or the name of one of its subjects, contains
/// what was typed, whatever its case. Numbers are compared by their digits, too.
fn fits(text: &str) -> Condition {
    let mut any = Condition::any();
    if text.trim().is_empty() {
        return any.add(Expr::value(true));
    }
    for like in patterns(text) {
        let in_client = [
            client::Column::Name,
            client::Column::Email,
            client::Column::Phone,
        ];
        for column in in_client {
            any = any.add(contains((client::Entity, column), &like));
        }
        any = any.add(client::Column::Id.in_subquery(contacts_like(&like)));
        any = any.add(client::Column::Id.in_subquery(subjects_like(&like)));
    }
    for digits in numbers(text) {
        any = any.add(client::Column::PhoneKey.contains(digits));
    }
    any
}

fn subjects_like(like: &str) -> SelectStatement {
    Query::select()
        .column((subject::Entity, subject::Column::ClientId))
        .from(subject::Entity)
        .and_where(contains((subject::Entity, subject::Column::Name), like))
        .to_owned()
}

/// The digits of what can only be a telephone number, or part of one. Behind a plus stands a country's code of one to
/// three digits, which the number that is looked for may be without.
fn numbers(text: &str) -> Vec<String> {
    let text = text.trim();
    let is_number = text
        .chars()
        .all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let code = if text.starts_with('+') { 3 } else { 0 };
    let without = (0..=code).filter_map(|code| digits.get(code..).and_then(phone_key));
    without
        .filter(|digits| is_number && digits.len() >= 3)
        .collect()
}

/// What two spellings of one telephone number have in common: its last nine digits, since the country's code is
/// written by some and left out by others.
pub(crate) fn phone_key(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().saturating_sub(9);
    (!digits.is_empty()).then(|| digits.into_iter().skip(last).collect())
}

fn contacts_like(like: &str) -> SelectStatement {
    let of_person = Condition::any()
        .add(contains((person::Entity, person::Column::Name), like))
        .add(contains((person::Entity, person::Column::Email), like))
        .add(contains((person::Entity, person::Column::Phone), like));
    Query::select()
        .column((contact::Entity, contact::Column::ClientId))
        .from(contact::Entity)
        .inner_join(
            person::Entity,
            Expr::col((person::Entity, person::Column::Id))
                .equals((contact::Entity, contact::Column::PersonId)),
        )
        .cond_where(of_person)
        .to_owned()
}

fn contains<E, C>(column: (E, C), like: &str) -> sea_orm::sea_query::SimpleExpr
where
    E: sea_orm::sea_query::IntoIden,
    C: sea_orm::sea_query::IntoIden,
{
    Func::lower(Expr::col(column)).like(LikeExpr::new(like.to_owned()).escape('\\'))
}

/// The text as a pattern: in lower case, and for SQLite, whose `lower` knows ASCII only, with other letters as typed
/// and as capitals.
pub(crate) fn patterns(text: &str) -> Vec<String> {
    let text: String = text
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect();
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let pattern = |change: &dyn Fn(char) -> String| {
        format!("%{}%", escaped.chars().map(change).collect::<String>())
    };
    let ascii = |letter: char| {
        letter
            .is_ascii()
            .then(|| letter.to_ascii_lowercase().to_string())
    };
    let mut all = vec![
        pattern(&|letter| letter.to_lowercase().collect()),
        pattern(&|letter| ascii(letter).unwrap_or_else(|| letter.to_string())),
        pattern(&|letter| ascii(letter).unwrap_or_else(|| letter.to_uppercase().collect())),
    ];
    all.sort_unstable();
    all.dedup();
    all
}

pub(crate) fn checked(new: &NewClient) -> Result<client::ActiveModel> {
    let email = if new.email.trim().is_empty() {
        None
    } else {
        Some(Email::parse(&new.email).beside("email")?)
    };
    let address = Notes::optional(&new.address).beside("address")?;
    if address
        .as_ref()
        .is_some_and(|address| address.as_str().chars().count() > 500)
    {
        return Err(Refusal::TextTooLong).beside("address");
    }
    let phone = phone_or_none(&new.phone).beside("phone")?;
    Ok(client::ActiveModel {
        name: Set(Name::parse(&new.name).beside("name")?.into()),
        email: Set(email.map(String::from)),
        phone_key: Set(phone.as_deref().and_then(phone_key)),
        phone: Set(phone),
        address: Set(address.map(String::from)),
        locale: Set(locality::language_or_none(&new.locale).beside("locale")?),
        time_zone: Set(locality::zone_or_none(&new.time_zone).beside("time_zone")?),
        own_only: Set(new.own_only),
        notes: Set(Notes::optional(&new.notes)
            .beside("notes")?
            .map(String::from)
            .unwrap_or_default()),
        ..Default::default()
    })
}

/// What the client's form holds.
pub(crate) fn form(row: client::Model) -> NewClient {
    NewClient {
        name: row.name,
        email: row.email.unwrap_or_default(),
        phone: row.phone.unwrap_or_default(),
        address: row.address.unwrap_or_default(),
        locale: row.locale.unwrap_or_default(),
        time_zone: row.time_zone.unwrap_or_default(),
        own_only: row.own_only,
        notes: row.notes,
    }
}

fn a_contact(link: &contact::Model, person: person::Model) -> Contact {
    Contact {
        person: PersonId::of(person.id),
        own_only: link.own_only,
        main: link.main,
        invited: person.password_hash.is_none(),
        name: person.name,
        email: person.email,
        phone: person.phone,
        active: link.active && person.disabled_at.is_none(),
    }
}
