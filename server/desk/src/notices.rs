//! Messages inside the portal and the office: one's own, and nobody else's.

use booking::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::desk::{Desk, Happened};
use crate::key::Key;
use crate::outbox::LetterFacts;
use crate::pass::SignedIn;
use crate::table::notice;
use crate::trouble::Result;
use crate::{conversation, write_message};

/// A notice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// The event's word: of `booking::letter::Event`.
    pub event: String,
    /// What it says: [`LetterFacts`].
    pub facts: Value,
    /// The path of the page it points at.
    pub link: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// Whether it was read.
    pub read: bool,
}

impl Notice {
    /// The facts of a notice about a request or a visit.
    ///
    /// # Errors
    /// The JSON's, for a notice about something else.
    pub fn about_visit(&self) -> std::result::Result<LetterFacts, serde_json::Error> {
        serde_json::from_value(self.facts.clone())
    }
}

impl Desk {
    /// One's notices, newest first, at most `most`.
    ///
    /// # Errors
    /// The database's.
    pub async fn notices(&self, me: &SignedIn, most: u64) -> Result<Vec<Notice>> {
        let rows = notice::Entity::find()
            .filter(notice::Column::PersonId.eq(me.person.key()))
            .filter(visible(self.now()))
            .order_by_desc(notice::Column::CreatedAt)
            .order_by_desc(notice::Column::Id)
            .limit(most.min(500))
            .all(self.db())
            .await?;
        let seen = |row: notice::Model| Notice {
            id: row.id,
            event: row.event,
            facts: row.facts,
            link: row.link,
            created_at: row.visible_at.unwrap_or(row.created_at),
            read: row.read_at.is_some(),
        };
        Ok(rows.into_iter().map(seen).collect())
    }

    /// How many one has not read.
    ///
    /// # Errors
    /// The database's.
    pub async fn unread_count(&self, me: &SignedIn) -> Result<u64> {
        let unread = notice::Entity::find()
            .filter(notice::Column::PersonId.eq(me.person.key()))
            .filter(notice::Column::ReadAt.is_null())
            .filter(visible(self.now()));
        Ok(unread.count(self.db()).await?)
    }

    /// Marks one of one's notices as read, and where it is about an answer of the office, the conversation it leads to;
    /// twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for somebody else's.
    pub async fn read_notice(&self, me: &SignedIn, id: Uuid) -> Result<()> {
        let mut work = self.begin().await?;
        let own = notice::Entity::find_by_id(id)
            .filter(notice::Column::PersonId.eq(me.person.key()))
            .filter(visible(work.now()))
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        if let (Some(thread), Some(who)) = (conversation_at(&own.link), me.contact()) {
            match write_message::own(&work, &who, thread).await {
                Ok(row) => conversation::is_read(&work, row.id).await?,
                // They are told so by the page.
                Err(trouble) if trouble.refusal() == Some(Refusal::NotFound) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        if own.read_at.is_some() {
            return work.commit().await;
        }
        notice::Entity::update_many()
            .col_expr(notice::Column::ReadAt, Expr::value(work.now()))
            .filter(notice::Column::Id.eq(id))
            .exec(work.tx())
            .await?;
        work.tell(Happened::Notices {
            person: me.person.key(),
        });
        work.commit().await
    }

    /// Marks all of one's notices as read.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_all_notices(&self, me: &SignedIn) -> Result<()> {
        let mut work = self.begin().await?;
        notice::Entity::update_many()
            .col_expr(notice::Column::ReadAt, Expr::value(work.now()))
            .filter(notice::Column::PersonId.eq(me.person.key()))
            .filter(notice::Column::ReadAt.is_null())
            .filter(visible(work.now()))
            .exec(work.tx())
            .await?;
        work.tell(Happened::Notices {
            person: me.person.key(),
        });
        work.commit().await
    }

    /// Tells the live pages of people whose notices waited for a decision to be sure, and can be seen since the last
    /// `minutes`. How many people.
    ///
    /// # Errors
    /// The database's.
    pub async fn show_waiting_notices(&self, minutes: i64) -> Result<u64> {
        let now = self.now();
        let people: Vec<Uuid> = notice::Entity::find()
            .select_only()
            .column(notice::Column::PersonId)
            .distinct()
            .filter(notice::Column::VisibleAt.lte(now))
            .filter(notice::Column::VisibleAt.gt(now - TimeDelta::minutes(minutes)))
            .filter(notice::Column::ReadAt.is_null())
            .into_tuple()
            .all(self.db())
            .await?;
        for person in &people {
            self.tell(Happened::Notices { person: *person });
        }
        Ok(people.len() as u64)
    }
}

/// The client's conversation that a link leads to.
fn conversation_at(link: &str) -> Option<Uuid> {
    link.strip_prefix("/messages/")?.parse().ok()
}

/// Whether a notice can be seen: it was not held back, or its time has come.
fn visible(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(notice::Column::VisibleAt.is_null())
        .add(notice::Column::VisibleAt.lte(now))
}
