//! The logo of the business. What is stored was decoded and drawn anew before (`server/src/picture.rs`); nothing of an
//! uploaded file gets here.

use booking::refusal::Refusal;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::{Digest, Sha256};

use crate::desk::Desk;
use crate::pass::StaffPass;
use crate::table::image;
use crate::trouble::Result;

/// A logo takes a corner of a page; what is larger was not drawn anew by us.
const LARGEST: usize = 512 * 1024;

impl Desk {
    /// Puts a PNG in the place of the logo, or takes it away.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; [`Refusal::BadPicture`] above 512 KiB.
    pub async fn change_logo(
        &self,
        who: &StaffPass,
        version: i32,
        png: Option<Vec<u8>>,
    ) -> Result<()> {
        who.owner()?;
        let id = match png {
            Some(png) if png.len() > LARGEST => return Err(Refusal::BadPicture.into()),
            Some(png) => Some(self.keep(png).await?),
            None => None,
        };
        let stored = id.clone();
        self.change(who, version, "logo-changed", |row| row.logo = Set(stored))
            .await?;
        let others = image::Entity::delete_many();
        let others = match id {
            Some(id) => others.filter(image::Column::Id.ne(id)),
            None => others,
        };
        let work = self.begin().await?;
        others.exec(work.tx()).await?;
        work.commit().await
    }

    /// Stores a picture under the hash of its content; a second time changes nothing.
    async fn keep(&self, bytes: Vec<u8>) -> Result<String> {
        let hash = Sha256::digest(&bytes);
        let id: String = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let row = image::Model {
            id: id.clone(),
            bytes,
            created_at: self.now(),
        };
        let work = self.begin().await?;
        image::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(image::Column::Id)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(work.tx())
            .await?;
        work.commit().await?;
        Ok(id)
    }

    /// The bytes of a picture.
    ///
    /// # Errors
    /// Faults only.
    pub async fn image(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let found = image::Entity::find_by_id(id).one(self.db()).await?;
        Ok(found.map(|image| image.bytes))
    }
}
