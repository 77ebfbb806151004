//! The devices on which a person is told of their notices, and of which kinds. A device belongs to the session in which it
//! was named and ends with it. What is sent to them, and when, is in `push_queue`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::letter::{Event, mailed_to_clients};
use booking::refusal::Refusal;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::SignedIn;
use crate::sign_in::lock;
use crate::table::{push_muted, push_subscription};
use crate::trouble::{Beside, Result};

/// The most devices of one person; another one takes the place of the oldest.
pub const MOST_DEVICES: usize = 10;
/// The longest address of a push service.
const LONGEST: usize = 1_000;

/// A device as its browser describes it (Push API): an address, the key and the secret by which only it can read.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// `https://push.example/…`; whoever knows it can send to the device.
    pub endpoint: String,
    /// A point of P-256, uncompressed: 65 bytes.
    pub p256dh: Vec<u8>,
    /// 16 bytes.
    pub auth: Vec<u8>,
}

impl std::fmt::Debug for NewDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewDevice")
    }
}

impl NewDevice {
    /// As browsers write it: key and secret in base64url.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] for what no browser writes.
    pub fn read(endpoint: String, p256dh: &str, auth: &str) -> std::result::Result<Self, Refusal> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::BadChoice);
        Ok(Self {
            endpoint,
            p256dh: bytes(p256dh)?,
            auth: bytes(auth)?,
        })
    }

    /// What no browser describes is refused. Whether the address leads into the internet is seen when it is used.
    fn check(&self) -> std::result::Result<(), Refusal> {
        let is_address = self.endpoint.starts_with("https://")
            && self.endpoint.len() <= LONGEST
            && self.endpoint.bytes().all(|byte| byte.is_ascii_graphic());
        let is_point = self.p256dh.len() == 65 && self.p256dh.first() == Some(&4);
        match is_address && is_point && self.auth.len() == 16 {
            true => Ok(()),
            false => Err(Refusal::BadChoice),
        }
    }
}

/// The kinds of notices that can come to devices: what clients are also written about, without what they have just done
/// themselves.
#[must_use]
pub fn push_kinds() -> Vec<Event> {
    let own = [Event::RequestSubmitted, Event::RequestWithdrawn];
    let mut kinds = mailed_to_clients();
    kinds.retain(|event| !own.contains(event));
    kinds
}

impl Desk {
    /// The kinds of notices that one does not want on one's devices. One query.
    ///
    /// # Errors
    /// Faults only.
    pub async fn push_muted(&self, me: &SignedIn) -> Result<Vec<Event>> {
        let rows = push_muted::Entity::find()
            .filter(push_muted::Column::PersonId.eq(me.person.key()))
            .all(self.db())
            .await?;
        Ok(rows
            .iter()
            .filter_map(|row| row.event.parse().ok())
            .collect())
    }

    /// Says which kinds of notices one does not want on one's devices; in the portal they come all the same.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `push` for words that are no events.
    pub async fn mute_push(&self, me: &SignedIn, events: &[String]) -> Result<()> {
        let events: std::result::Result<Vec<Event>, _> =
            events.iter().map(|word| word.parse()).collect();
        let mut events = events.map_err(|_| Refusal::BadChoice).beside("push")?;
        events.sort_unstable();
        events.dedup();
        let before = self.push_muted(me).await?;
        let work = self.begin().await?;
        lock(&work, me.person).await?;
        push_muted::Entity::delete_many()
            .filter(push_muted::Column::PersonId.eq(me.person.key()))
            .exec(work.tx())
            .await?;
        let rows = events.iter().map(|event| push_muted::ActiveModel {
            person_id: Set(me.person.key()),
            event: Set(event.as_str().to_owned()),
        });
        if !events.is_empty() {
            push_muted::Entity::insert_many(rows)
                .exec_without_returning(work.tx())
                .await?;
        }
        let entry = Entry::new(Some(me.person), "person", me.person.key(), "push-muted");
        entry.before(&before)?.after(&events)?.write(&work).await?;
        work.commit().await
    }

    /// From now on one is told on this device too, as long as one's session lives. A device that was somebody else's
    /// is theirs no more.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] for what no browser describes.
    pub async fn add_device(&self, me: &SignedIn, new: NewDevice) -> Result<()> {
        new.check()?;
        let work = self.begin().await?;
        lock(&work, me.person).await?;
        push_subscription::Entity::delete_many()
            .filter(push_subscription::Column::Endpoint.eq(&new.endpoint))
            .exec(work.tx())
            .await?;
        make_room(&work, me).await?;
        let row = push_subscription::Model {
            id: work.id(),
            person_id: me.person.key(),
            session_id: me.session,
            endpoint: new.endpoint,
            p256dh: new.p256dh,
            auth: new.auth,
            created_at: work.now(),
            last_ok_at: None,
            failures: 0,
        };
        let entry = Entry::new(Some(me.person), "device", row.id, "added");
        row.into_active_model().insert(work.tx()).await?;
        entry.write(&work).await?;
        work.commit().await
    }

    /// One is told no more on this device; twice is once.
    ///
    /// # Errors
    /// Faults only.
    pub async fn remove_device(&self, me: &SignedIn, endpoint: &str) -> Result<()> {
        let work = self.begin().await?;
        let own = push_subscription::Entity::find()
            .filter(push_subscription::Column::PersonId.eq(me.person.key()))
            .filter(push_subscription::Column::Endpoint.eq(endpoint))
            .one(work.tx())
            .await?;
        let Some(row) = own else {
            return Ok(());
        };
        push_subscription::Entity::delete_by_id(row.id)
            .exec(work.tx())
            .await?;
        let entry = Entry::new(Some(me.person), "device", row.id, "removed");
        entry.write(&work).await?;
        work.commit().await
    }

    /// Whether one is told on this device; then it belongs to this session from now on. A device that still tells
    /// somebody else, or nobody, does not.
    ///
    /// # Errors
    /// Faults only.
    pub async fn is_my_device(&self, me: &SignedIn, endpoint: &str) -> Result<bool> {
        let work = self.begin().await?;
        let own = push_subscription::Entity::update_many()
            .col_expr(
                push_subscription::Column::SessionId,
                Expr::value(me.session),
            )
            .filter(push_subscription::Column::PersonId.eq(me.person.key()))
            .filter(push_subscription::Column::Endpoint.eq(endpoint))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(own.rows_affected == 1)
    }
}

/// The oldest devices go, so that one more fits.
async fn make_room(work: &Work, me: &SignedIn) -> Result<()> {
    let own: Vec<Uuid> = push_subscription::Entity::find()
        .select_only()
        .column(push_subscription::Column::Id)
        .filter(push_subscription::Column::PersonId.eq(me.person.key()))
        .order_by_desc(push_subscription::Column::CreatedAt)
        .order_by_desc(push_subscription::Column::Id)
        .into_tuple()
        .all(work.tx())
        .await?;
    let old = own.into_iter().skip(MOST_DEVICES - 1);
    push_subscription::Entity::delete_many()
        .filter(push_subscription::Column::Id.is_in(old))
        .exec(work.tx())
        .await?;
    Ok(())
}
