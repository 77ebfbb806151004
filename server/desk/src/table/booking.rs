//! Everything that occupies time: hold, visit, proposed time, time blocked without a client (R14 to R20, R27).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bookings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub technician_id: Option<Uuid>,
    pub service_id: Option<Uuid>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub before_min: i32,
    pub after_min: i32,
    pub seats: i32,
    pub session_id: Option<Uuid>,
    pub leader: bool,
    pub status: String,
    pub blocking: bool,
    pub expires_at: Option<DateTimeUtc>,
    pub request_id: Option<Uuid>,
    pub visit_id: Option<Uuid>,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
