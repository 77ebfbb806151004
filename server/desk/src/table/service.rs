//! An entry of the catalogue.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "services")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub bookable: bool,
    pub lengths: Json,
    pub any_length: bool,
    pub step_min: Option<i32>,
    pub buffer_before: i32,
    pub buffer_after: i32,
    pub price_minor: Option<i64>,
    pub capacity: i32,
    pub notice_min: i32,
    pub advance_days: Option<i32>,
    pub max_per_day: Option<i32>,
    pub max_per_week: Option<i32>,
    pub holds: bool,
    pub technician_preference: bool,
    pub all_technicians: bool,
    pub restricted: bool,
    pub active: bool,
    pub position: i32,
    pub version: i32,
    pub asked_by: String,
    pub recurring: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
