//! Forgets what is over: sessions and links that ended, counted tries, and the secrets in letters that are out. The housekeeping calls it every hour; it may run twice.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::desk::Desk;
use crate::table::{link, outbox, reminder_sent, session, tries, undo_window};
use crate::trouble::Result;

/// Letters whose link is a secret.
const SECRET: [&str; 3] = ["sign-in-link", "password-reset", "invitation"];

impl Desk {
    /// Forgets all that; how many rows.
    ///
    /// # Errors
    /// Faults only.
    pub async fn forget_old_sign_ins(&self) -> Result<u64> {
        let work = self.begin().await?;
        let (now, tx) = (work.now(), work.tx());
        let day_ago = now - TimeDelta::days(1);
        let sessions = session::Entity::delete_many()
            .filter(session::Column::ExpiresAt.lte(now))
            .exec(tx)
            .await?;
        let links = link::Entity::delete_many()
            .filter(link::Column::ExpiresAt.lte(day_ago))
            .exec(tx)
            .await?;
        let tries = tries::Entity::delete_many()
            .filter(tries::Column::Since.lte(day_ago))
            .exec(tx)
            .await?;
        let letters = outbox::Entity::update_many()
            .col_expr(outbox::Column::Facts, Expr::value(json!({})))
            .filter(outbox::Column::Event.is_in(SECRET))
            .filter(outbox::Column::Status.ne("waiting"))
            .filter(outbox::Column::CreatedAt.lte(longest_link(now)))
            .filter(outbox::Column::CreatedAt.gt(longest_link(now) - TimeDelta::days(7)))
            .exec(tx)
            .await?;
        let all = [&sessions, &links, &tries]
            .map(|done| done.rows_affected)
            .iter()
            .sum::<u64>();
        work.commit().await?;
        Ok(all + letters.rows_affected)
    }

    /// Forgets which reminders of visits long over went out, and windows in which a decision could be taken back; how many.
    ///
    /// # Errors
    /// Faults only.
    pub async fn forget_old_reminders(&self) -> Result<u64> {
        let work = self.begin().await?;
        let long_ago = work.now() - TimeDelta::days(30);
        let reminders = reminder_sent::Entity::delete_many()
            .filter(reminder_sent::Column::StartsAt.lte(long_ago))
            .exec(work.tx())
            .await?;
        let windows = undo_window::Entity::delete_many()
            .filter(undo_window::Column::Until.lte(work.now() - TimeDelta::days(1)))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(reminders.rows_affected + windows.rows_affected)
    }
}

/// Letters written before this carry links that have expired, whatever they were for.
fn longest_link(now: DateTime<Utc>) -> DateTime<Utc> {
    now - crate::link::Purpose::Invitation.lives()
}
