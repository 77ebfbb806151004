//! Who did what, when, on what: one row for every change, written in the change's own transaction and never touched again.

use booking::ids::PersonId;
use sea_orm::{ActiveModelTrait, Set};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::desk::Work;
use crate::key::Key;
use crate::table;
use crate::trouble::{Fault, Result};

/// One row of history, to be completed and written.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    actor: Option<PersonId>,
    about: &'static str,
    about_id: Uuid,
    what: &'static str,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
}

impl Entry {
    /// `actor` did `what` on the row `about_id` of `about` (a noun: `service`, `client`); nobody: the clock, or the command line.
    pub(crate) fn new(
        actor: Option<PersonId>,
        about: &'static str,
        about_id: Uuid,
        what: &'static str,
    ) -> Self {
        Self {
            actor,
            about,
            about_id,
            what,
            before: None,
            after: None,
            reason: None,
        }
    }

    /// How it was before.
    pub(crate) fn before(mut self, before: &impl Serialize) -> Result<Self> {
        self.before = Some(value(before)?);
        Ok(self)
    }

    /// How it is now.
    pub(crate) fn after(mut self, after: &impl Serialize) -> Result<Self> {
        self.after = Some(value(after)?);
        Ok(self)
    }

    /// Why.
    pub(crate) fn reason(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// The row, without writing it: for many at once.
    pub(crate) fn row(
        self,
        id: Uuid,
        at: chrono::DateTime<chrono::Utc>,
    ) -> table::history::ActiveModel {
        table::history::ActiveModel {
            id: Set(id),
            at: Set(at),
            actor_id: Set(self.actor.map(Key::key)),
            about: Set(self.about.to_owned()),
            about_id: Set(self.about_id),
            what: Set(self.what.to_owned()),
            before: Set(self.before),
            after: Set(self.after),
            reason: Set(self.reason),
        }
    }

    /// Writes the row.
    pub(crate) async fn write(self, work: &Work) -> Result<()> {
        self.row(work.id(), work.now()).insert(work.tx()).await?;
        Ok(())
    }
}

fn value(of: &impl Serialize) -> Result<Value> {
    serde_json::to_value(of).map_err(|error| Fault::Machine(format!("history: {error}")).into())
}
