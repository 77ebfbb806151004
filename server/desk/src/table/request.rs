//! What a client asked for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub reference: String,
    pub kind: String,
    pub client_id: Uuid,
    pub person_id: Uuid,
    pub service_id: Uuid,
    pub technician_id: Option<Uuid>,
    pub length_min: i32,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub window_from: Option<Date>,
    pub window_to: Option<Date>,
    pub seats: i32,
    pub status: String,
    pub awaiting_client: bool,
    pub notes: String,
    pub ticket: Option<String>,
    pub internal_notes: String,
    pub decline_reason: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub expires_at: Option<DateTimeUtc>,
    pub visit_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
