//! Who waits for a time on a day that is full; what ended stays for a while.

use booking::waiting::WaitingStatus;
use sea_orm::entity::prelude::*;

use crate::trouble::{self, Fault};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waiting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub client_id: Uuid,
    pub person_id: Uuid,
    pub service_id: Uuid,
    pub technician_id: Option<Uuid>,
    pub length_min: i32,
    pub seats: i32,
    pub day: Date,
    pub from_at: DateTimeUtc,
    pub until_at: DateTimeUtc,
    pub status: String,
    pub created_at: DateTimeUtc,
    pub booking_id: Option<Uuid>,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub held_until: Option<DateTimeUtc>,
    pub request_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it stands.
    pub(crate) fn standing(&self) -> trouble::Result<WaitingStatus> {
        let status = self.status.parse();
        status.map_err(|_| {
            Fault::Unreadable {
                table: "waiting",
                column: "status",
                id: self.id.to_string(),
            }
            .into()
        })
    }
}
