//! The one business of this installation, as pages ask for it. It is changed in `settings.rs`.

use booking::refusal::Refusal;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::desk::{Desk, Work};
use crate::table;
use crate::trouble::Result;

/// The settings of the business, as they are stored.
pub type Business = table::business::Model;

impl Desk {
    /// The business.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] before set-up.
    pub async fn business(&self) -> Result<Business> {
        let found = table::business::Entity::find_by_id(1)
            .one(self.db())
            .await?;
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// Whether nothing was set up yet: no business, nobody who could sign in.
    ///
    /// # Errors
    /// Faults only.
    pub async fn is_empty(&self) -> Result<bool> {
        let business = table::business::Entity::find_by_id(1)
            .one(self.db())
            .await?;
        let person = table::person::Entity::find().one(self.db()).await?;
        Ok(business.is_none() && person.is_none())
    }
}

/// The zone of the business, inside a write.
pub(crate) async fn zone(work: &Work) -> Result<chrono_tz::Tz> {
    zone_now(work.tx()).await
}

/// The zone of the business, for reading.
pub(crate) async fn zone_now<C: ConnectionTrait>(db: &C) -> Result<chrono_tz::Tz> {
    let found = table::business::Entity::find_by_id(1).one(db).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    crate::free_slots::load::read_zone(&found.time_zone, "business", "1")
}

/// What a business begins with, until its owner says otherwise.
pub(crate) fn fresh(name: &str, time_zone: &str, locale: &str, currency: &str) -> Business {
    Business {
        id: 1,
        name: name.to_owned(),
        logo: None,
        time_zone: time_zone.to_owned(),
        locale: locale.to_owned(),
        currency: currency.to_owned(),
        first_weekday: 1,
        subject_label: String::new(),
        ticket_link: None,
        hold_hours: 72,
        reason_required: false,
        undo_minutes: 0,
        magic_links: true,
        session_idle_hours: 72,
        session_days: 30,
        demo: false,
        version: 1,
        retention_days: None,
        portal_mode: "visits".to_owned(),
        time_blocks: String::new(),
        request_cut_off: "none".to_owned(),
        change_cut_off: "none".to_owned(),
        cancel_cut_off: "none".to_owned(),
        cancellation: "reviewed".to_owned(),
        at_once_cut_off: "none".to_owned(),
        cancellation_text: String::new(),
        late_fee_minor: None,
        no_show_fee_minor: None,
    }
}
