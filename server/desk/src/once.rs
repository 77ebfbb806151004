//! Pressing twice is pressing once: a form carries a key, and what the key did is kept with a hash of the form.

use booking::ids::PersonId;
use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, TryInsertResult};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::table::idempotency_key as keys;
use crate::trouble::{Beside, Fault, Result};
use booking::refusal::Refusal;

/// What a key says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Once {
    /// It is new: go on, and [`Work::done_once`] at the end.
    First,
    /// The same form was carried out before, with this result.
    Again(Value),
    /// Another form was carried out with this key, with this result.
    Reused(Value),
}

/// The hash of what a form said.
pub(crate) fn hash(form: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(form).map_err(|e| Fault::Machine(format!("form: {e}")))?;
    let digest = Sha256::digest(text.as_bytes());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Work {
    /// Claims the key. A transaction that claims the same key waits here for the other one; when the other is rolled
    /// back, nothing is stored and this one is the first.
    pub(crate) async fn once(&self, who: PersonId, key: &str, body_hash: &str) -> Result<Once> {
        if key.is_empty() || key.len() > 100 || key.chars().any(char::is_control) {
            return Err(Refusal::BadId).beside("key");
        }
        let row = keys::ActiveModel {
            actor: Set(who.key()),
            key: Set(key.to_owned()),
            body_hash: Set(body_hash.to_owned()),
            result: Set(Value::Null),
            created_at: Set(self.now()),
        };
        let columns = [keys::Column::Actor, keys::Column::Key];
        let claimed = keys::Entity::insert(row)
            .on_conflict_do_nothing_on(columns)
            .exec_without_returning(self.tx())
            .await?;
        match claimed {
            TryInsertResult::Inserted(1) => return Ok(Once::First),
            TryInsertResult::Inserted(_) | TryInsertResult::Conflicted | TryInsertResult::Empty => {
            }
        }
        let earlier = keys::Entity::find_by_id((who.key(), key.to_owned()));
        let Some(earlier) = earlier.one(self.tx()).await? else {
            return Err(Refusal::Busy.into());
        };
        Ok(match earlier.body_hash == body_hash {
            true => Once::Again(earlier.result),
            false => Once::Reused(earlier.result),
        })
    }

    /// Stores what the key did.
    pub(crate) async fn done_once(&self, who: PersonId, key: &str, result: Value) -> Result<()> {
        keys::Entity::update_many()
            .col_expr(keys::Column::Result, Expr::value(result))
            .filter(keys::Column::Actor.eq(who.key()))
            .filter(keys::Column::Key.eq(key))
            .exec(self.tx())
            .await?;
        Ok(())
    }

    /// Nothing was done after all: the key stays new, though something else is committed.
    pub(crate) async fn not_done(&self, who: PersonId, key: &str) -> Result<()> {
        keys::Entity::delete_by_id((who.key(), key.to_owned()))
            .exec(self.tx())
            .await?;
        Ok(())
    }
}

impl Desk {
    /// Forgets the keys of forms that were sent two days ago or earlier: nobody presses those again. How many.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_old_keys(&self) -> Result<u64> {
        let work = self.begin().await?;
        let gone = keys::Entity::delete_many()
            .filter(keys::Column::CreatedAt.lt(work.now() - TimeDelta::days(2)))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(gone.rows_affected)
    }
}
