//! A client sends a photo before the request is sent: it is kept for the form it was chosen in, until a request takes it, it
//! is taken away again, or a day has passed. What is stored was decoded and drawn anew before (`server/src/photos.rs`).

use booking::ids::{PersonId, PhotoId};
use booking::refusal::Refusal;
use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::ContactPass;
use crate::photos::MOST;
use crate::table::{photo, photo_file};
use crate::trouble::{Beside, Result};

/// What the pictures of a photo may weigh; what is larger was not drawn by us.
const LARGEST: (usize, usize) = (8 * 1024 * 1024, 256 * 1024);
/// Photos of one person that no request has taken.
const MOST_WAITING: u64 = 30;
/// After how long a photo that no request has taken is forgotten.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// A photo as the server has drawn it: two JPEGs without anything else in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnPhoto {
    /// At most 2048 pixels a side.
    pub large: Vec<u8>,
    /// For rows and lists.
    pub small: Vec<u8>,
}

impl Desk {
    /// Whether this person may keep another photo for the form with this key: asked before a file is drawn, which costs
    /// more than the question. Two at once may both be told so; [`Desk::keep_photo`] asks again.
    ///
    /// # Errors
    /// As [`Desk::keep_photo`] says of the key and of how many there are.
    pub async fn may_keep_photo(&self, who: &ContactPass, key: &str) -> Result<()> {
        room_for_one(self.db(), who.person, key).await
    }

    /// Keeps a photo for the form with this key.
    ///
    /// # Errors
    /// [`Refusal::BadId`] beside `key`; beside `photos`: [`Refusal::TooManyPhotos`] where the form has [`MOST`] already,
    /// [`Refusal::TooManyTries`] where 30 wait without a request, [`Refusal::PhotoTooLarge`].
    pub async fn keep_photo(
        &self,
        who: &ContactPass,
        key: &str,
        drawn: DrawnPhoto,
    ) -> Result<PhotoId> {
        if drawn.large.len() > LARGEST.0 || drawn.small.len() > LARGEST.1 {
            return Err(Refusal::PhotoTooLarge).beside("photos");
        }
        let work = self.begin().await?;
        work.lock_person(who.person).await?;
        room_for_one(work.tx(), who.person, key).await?;
        let row = photo::Model {
            id: work.id(),
            person_id: who.person.key(),
            form_key: key.to_owned(),
            request_id: None,
            created_at: work.now(),
        };
        let id = row.id;
        row.into_active_model().insert(work.tx()).await?;
        let file = |small, bytes| {
            let row = photo_file::Model {
                photo_id: id,
                small,
                bytes,
            };
            row.into_active_model()
        };
        photo_file::Entity::insert_many([file(false, drawn.large), file(true, drawn.small)])
            .exec_without_returning(work.tx())
            .await?;
        work.commit().await?;
        Ok(PhotoId::of(id))
    }

    /// Takes away a photo of one's own that no request has taken; whether there was one. That of a request goes when the
    /// edit is saved.
    ///
    /// # Errors
    /// The database's.
    pub async fn drop_photo(&self, who: &ContactPass, id: PhotoId) -> Result<bool> {
        let work = self.begin().await?;
        let gone = photo::Entity::delete_many()
            .filter(photo::Column::Id.eq(id.key()))
            .filter(photo::Column::PersonId.eq(who.person.key()))
            .filter(photo::Column::RequestId.is_null())
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(gone.rows_affected > 0)
    }

    /// Forgets photos that no request has taken for a day. How many.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_old_photos(&self) -> Result<u64> {
        let work = self.begin().await?;
        let gone = photo::Entity::delete_many()
            .filter(photo::Column::RequestId.is_null())
            .filter(photo::Column::CreatedAt.lt(work.now() - FORGOTTEN_AFTER))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(gone.rows_affected)
    }
}

async fn room_for_one<C: ConnectionTrait>(db: &C, person: PersonId, key: &str) -> Result<()> {
    if key.is_empty() || key.len() > 100 || key.chars().any(char::is_control) {
        return Err(Refusal::BadId).beside("key");
    }
    if waiting(db, person, Some(key)).await? >= MOST as u64 {
        return Err(Refusal::TooManyPhotos).beside("photos");
    }
    match waiting(db, person, None).await? >= MOST_WAITING {
        true => Err(Refusal::TooManyTries).beside("photos"),
        false => Ok(()),
    }
}

/// How many photos of a person no request has taken; of one form, or of all.
async fn waiting<C: ConnectionTrait>(db: &C, person: PersonId, key: Option<&str>) -> Result<u64> {
    let all = photo::Entity::find()
        .filter(photo::Column::PersonId.eq(person.key()))
        .filter(photo::Column::RequestId.is_null());
    let some = match key {
        Some(key) => all.filter(photo::Column::FormKey.eq(key)),
        None => all,
    };
    Ok(some.count(db).await?)
}
