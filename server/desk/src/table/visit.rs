//! What will happen, or happened.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub reference: String,
    pub request_id: Option<Uuid>,
    pub client_id: Uuid,
    pub service_id: Uuid,
    pub client_service_id: Option<Uuid>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub wall_start: String,
    pub zone: String,
    pub zone_version: String,
    pub seats: i32,
    pub status: String,
    pub notes: String,
    pub internal_notes: String,
    pub ticket: Option<String>,
    pub reason: Option<String>,
    pub replaced_by: Option<Uuid>,
    pub uid: String,
    pub sequence: i32,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
