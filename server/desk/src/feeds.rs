//! One's own calendar addresses: made, replaced, taken back. An address is told once, when it is made; only its hash is
//! kept. What one answers is in `feed`.

use booking::ids::ClientId;
use booking::people::Name;
use booking::refusal::Refusal;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::creating;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::SignedIn;
use crate::sign_in::lock;
use crate::table::calendar_feed;
use crate::token;
use crate::trouble::{Beside, Result};

/// The most addresses of one person.
pub const MOST_FEEDS: u64 = 10;

/// Whose appointments an address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Those the person performs, as staff.
    Own,
    /// Those of the client the person is a contact of.
    Client,
}

/// An address in the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyFeed {
    /// Which one.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Whether it tells more than that one is busy.
    pub details: bool,
    /// Whose appointments.
    pub whose: Whose,
    /// When the present address was made.
    pub made: DateTime<Utc>,
}

/// The form of a new address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFeed {
    /// 1–200 characters: "Phone".
    pub name: String,
    /// Whether it tells more than that one is busy.
    pub details: bool,
    /// Whose appointments.
    pub whose: Whose,
}

/// An address that was just made: the token stands nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeFeed {
    /// Which one.
    pub id: Uuid,
    /// The secret part of the address, 256 random bits.
    pub token: String,
}

impl std::fmt::Debug for MadeFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MadeFeed({})", self.id)
    }
}

impl Desk {
    /// One's own addresses, the oldest first. One query.
    ///
    /// # Errors
    /// Faults only.
    pub async fn my_feeds(&self, me: &SignedIn) -> Result<Vec<MyFeed>> {
        let rows = calendar_feed::Entity::find()
            .filter(calendar_feed::Column::PersonId.eq(me.person.key()))
            .order_by_asc(calendar_feed::Column::CreatedAt)
            .order_by_asc(calendar_feed::Column::Id)
            .all(self.db())
            .await?;
        let seen = |row: calendar_feed::Model| MyFeed {
            id: row.id,
            whose: whose(&row),
            name: row.name,
            details: row.details,
            made: row.made_at,
        };
        Ok(rows.into_iter().map(seen).collect())
    }

    /// Makes an address. The same form sent again gives the same row a new address, as nobody knows the one before.
    ///
    /// # Errors
    /// What the name refuses, beside `name`; [`Refusal::BadChoice`] beside `whose` for what one is not;
    /// [`Refusal::TooManyFeeds`]; [`Refusal::KeyReused`].
    pub async fn create_feed(&self, me: &SignedIn, key: &str, new: &NewFeed) -> Result<MadeFeed> {
        let name = Name::parse(&new.name).beside("name")?;
        let client = client_of(me, new.whose).beside("whose")?;
        let work = self.begin().await?;
        if let Some(id) = creating::earlier::<Uuid>(&work, me.person, key, new).await? {
            return self.renewed(work, me, id).await;
        }
        // Two at once count one after the other.
        lock(&work, me.person).await?;
        let own = calendar_feed::Column::PersonId.eq(me.person.key());
        let there = calendar_feed::Entity::find().filter(own);
        if there.count(work.tx()).await? >= MOST_FEEDS {
            return Err(Refusal::TooManyFeeds.into());
        }
        let token = token::draw()?;
        let row = calendar_feed::Model {
            id: work.id(),
            token_hash: token::hash(&token),
            person_id: me.person.key(),
            client_id: client.map(Key::key),
            name: name.into(),
            details: new.details,
            created_at: work.now(),
            made_at: work.now(),
        };
        let id = row.id;
        let entry = Entry::new(Some(me.person), "feed", id, "created").after(&shown(&row))?;
        row.into_active_model().insert(work.tx()).await?;
        entry.write(&work).await?;
        creating::made(&work, me.person, key, &id).await?;
        work.commit().await?;
        Ok(MadeFeed { id, token })
    }

    /// Gives one of one's own calendars another address; the old one answers nothing from now on.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], also for somebody else's.
    pub async fn replace_feed(&self, me: &SignedIn, id: Uuid) -> Result<MadeFeed> {
        let work = self.begin().await?;
        self.renewed(work, me, id).await
    }

    /// Takes an address back: it answers nothing from now on.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], also for somebody else's.
    pub async fn revoke_feed(&self, me: &SignedIn, id: Uuid) -> Result<()> {
        let work = self.begin().await?;
        let row = own(&work, me, id).await?;
        let entry = Entry::new(Some(me.person), "feed", id, "revoked").before(&shown(&row))?;
        row.delete(work.tx()).await?;
        entry.write(&work).await?;
        work.commit().await
    }

    async fn renewed(&self, work: Work, me: &SignedIn, id: Uuid) -> Result<MadeFeed> {
        let row = own(&work, me, id).await?;
        let token = token::draw()?;
        let entry = Entry::new(Some(me.person), "feed", id, "replaced").after(&shown(&row))?;
        let mut row = row.into_active_model();
        row.token_hash = Set(token::hash(&token));
        row.made_at = Set(work.now());
        row.update(work.tx()).await?;
        entry.write(&work).await?;
        work.commit().await?;
        Ok(MadeFeed { id, token })
    }
}

/// One's own row, locked.
async fn own(work: &Work, me: &SignedIn, id: Uuid) -> Result<calendar_feed::Model> {
    let found = calendar_feed::Entity::find_by_id(id)
        .filter(calendar_feed::Column::PersonId.eq(me.person.key()))
        .lock_exclusive()
        .one(work.tx())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

fn client_of(me: &SignedIn, whose: Whose) -> std::result::Result<Option<ClientId>, Refusal> {
    match whose {
        Whose::Own => me.staff().map(|_| None),
        Whose::Client => me.contact().map(|contact| Some(contact.client)),
    }
    .ok_or(Refusal::BadChoice)
}

const fn whose(row: &calendar_feed::Model) -> Whose {
    match row.client_id {
        Some(_) => Whose::Client,
        None => Whose::Own,
    }
}

fn shown(row: &calendar_feed::Model) -> Value {
    json!({ "name": row.name, "details": row.details, "client": row.client_id })
}
