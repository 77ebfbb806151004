//! A question that a service asks; one that is not active is asked no more.

use booking::ids::QuestionId;
use booking::question::{NewQuestion, Question};
use sea_orm::entity::prelude::*;

use crate::key::Key;
use crate::trouble::{self, Fault};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub service_id: Uuid,
    pub kind: String,
    pub words: String,
    pub options: Json,
    pub required: bool,
    pub position: i32,
    pub active: bool,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The question as the rules know it.
    pub(crate) fn question(&self) -> trouble::Result<Question> {
        let unreadable = |column| Fault::Unreadable {
            table: "questions",
            column,
            id: self.id.to_string(),
        };
        let options = serde_json::from_value(self.options.clone());
        Ok(Question {
            id: QuestionId::of(self.id),
            ask: NewQuestion {
                words: self.words.clone(),
                kind: self.kind.parse().map_err(|_| unreadable("kind"))?,
                options: options.map_err(|_| unreadable("options"))?,
                required: self.required,
            },
        })
    }
}
