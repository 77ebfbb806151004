//! The one row of settings of the business.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "business")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub name: String,
    pub logo: Option<String>,
    pub time_zone: String,
    pub locale: String,
    pub currency: String,
    pub first_weekday: i32,
    pub subject_label: String,
    pub ticket_link: Option<String>,
    pub hold_hours: i32,
    pub reason_required: bool,
    pub undo_minutes: i32,
    pub magic_links: bool,
    pub session_idle_hours: i32,
    pub session_days: i32,
    pub demo: bool,
    pub version: i32,
    pub retention_days: Option<i32>,
    pub portal_mode: String,
    pub time_blocks: String,
    pub request_cut_off: String,
    pub change_cut_off: String,
    pub cancel_cut_off: String,
    pub cancellation: String,
    pub at_once_cut_off: String,
    pub cancellation_text: String,
    pub late_fee_minor: Option<i64>,
    pub no_show_fee_minor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
