//! What is due to be told on people's devices. A notice is its own order: it is written in the transaction of the change,
//! and whoever has a device when it becomes visible is told of it there, unless they have read it before. Whatever the
//! worker does may be done twice: a device shows a notice once, by its id. Sends nothing: that is `server/src/push.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::desk::Desk;
use crate::notices::Notice;
use crate::push_devices::push_kinds;
use crate::table::{push, push_key, push_subscription};
use crate::trouble::{Fault, Result};

/// A notice that could not be told for so long is old news.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// The longest wait between two tries.
const LONGEST_WAIT_SECONDS: i64 = 3_600;
/// A device whose push service refused so many notices in a row, for good, is given up.
const MOST_FAILURES: i32 = 10;

/// A notice on its way to a device.
#[derive(Clone, PartialEq)]
pub struct Push {
    /// The device.
    pub device: Uuid,
    /// What it is told.
    pub notice: Notice,
    /// Where its push service listens.
    pub endpoint: String,
    /// A point of P-256, uncompressed.
    pub p256dh: Vec<u8>,
    /// 16 bytes.
    pub auth: Vec<u8>,
    /// The person's language.
    pub locale: String,
    /// The person's zone, IANA.
    pub time_zone: String,
    /// Name of the business.
    pub business: String,
    /// Zone of the business, IANA.
    pub business_zone: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Push({} to {})", self.notice.id, self.device)
    }
}

#[derive(FromQueryResult)]
struct Taken {
    subscription_id: Uuid,
    notice_id: Uuid,
}

#[derive(FromQueryResult)]
struct Row {
    subscription_id: Uuid,
    notice_id: Uuid,
    attempts: i32,
    event: String,
    facts: Value,
    link: String,
    created_at: DateTime<Utc>,
    endpoint: String,
    p256dh: Vec<u8>,
    auth: Vec<u8>,
    locale: String,
    time_zone: String,
    business: String,
    business_zone: String,
}

/// $1 now, $2 until when they are taken, $3 what is older is old news.
const TAKE: &str = "INSERT INTO pushes (subscription_id, notice_id, attempts, due_at, done) \
    SELECT s.id, n.id, 1, $2, FALSE FROM push_subscriptions s \
    JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL \
    JOIN notices n ON n.person_id = s.person_id \
    LEFT JOIN pushes q ON q.subscription_id = s.id AND q.notice_id = n.id \
    WHERE n.read_at IS NULL AND n.created_at > $3 AND n.created_at >= s.created_at \
    AND (n.visible_at IS NULL OR n.visible_at <= $1) \
    AND (q.notice_id IS NULL OR (NOT q.done AND q.due_at <= $1)) \
    AND n.event IN ({kinds}) \
    AND NOT EXISTS (SELECT 1 FROM push_muted m WHERE m.person_id = s.person_id AND m.event = n.event) \
    ORDER BY n.created_at, n.id, s.id LIMIT {most} \
    ON CONFLICT (subscription_id, notice_id) DO UPDATE SET attempts = pushes.attempts + 1, due_at = excluded.due_at \
    WHERE NOT pushes.done AND pushes.due_at <= $1 RETURNING subscription_id, notice_id";

const TAKEN: &str = "SELECT q.subscription_id, q.notice_id, q.attempts, n.event, n.facts, n.link, \
    COALESCE(n.visible_at, n.created_at) AS created_at, s.endpoint, s.p256dh, s.auth, \
    COALESCE(p.locale, (SELECT MIN(c.locale) FROM contacts k JOIN clients c ON c.id = k.client_id WHERE k.person_id = p.id), b.locale) AS locale, \
    COALESCE(p.time_zone, (SELECT MIN(c.time_zone) FROM contacts k JOIN clients c ON c.id = k.client_id WHERE k.person_id = p.id), b.time_zone) AS time_zone, \
    b.name AS business, b.time_zone AS business_zone \
    FROM pushes q JOIN push_subscriptions s ON s.id = q.subscription_id JOIN notices n ON n.id = q.notice_id \
    JOIN people p ON p.id = s.person_id JOIN business b ON b.id = 1 \
    WHERE q.due_at = $1 AND NOT q.done AND q.notice_id IN (";

impl Desk {
    /// The secret key by which push services know this installation (RFC 8292), in the form that `make` gives it; made
    /// at the first start, the same for all servers, never told to anybody.
    ///
    /// # Errors
    /// Faults only.
    pub async fn push_secret(
        &self,
        make: impl FnOnce() -> Option<Vec<u8>> + Send,
    ) -> Result<Vec<u8>> {
        if let Some(there) = push_key::Entity::find_by_id(1).one(self.db()).await? {
            return Ok(there.secret);
        }
        let secret =
            make().ok_or_else(|| Fault::Machine("no push key could be made".to_owned()))?;
        let work = self.begin().await?;
        let row = push_key::ActiveModel {
            id: sea_orm::Set(1),
            secret: sea_orm::Set(secret),
            created_at: sea_orm::Set(work.now()),
        };
        // Another server may have been first: then its key holds.
        push_key::Entity::insert(row)
            .on_conflict_do_nothing()
            .exec_without_returning(work.tx())
            .await?;
        let kept = push_key::Entity::find_by_id(1).one(work.tx()).await?;
        let kept = kept.ok_or_else(|| Fault::Machine("the push key is gone".to_owned()))?;
        work.commit().await?;
        Ok(kept.secret)
    }

    /// Takes up to `most` notices that are due to be told on devices, for `seconds`: until then no other worker gets
    /// them. Two queries.
    ///
    /// # Errors
    /// The database's.
    pub async fn lease_pushes(&self, most: u32, seconds: u32) -> Result<Vec<Push>> {
        let work = self.begin().await?;
        let (now, until) = (work.now(), work.now() + TimeDelta::seconds(seconds.into()));
        let backend = work.tx().get_database_backend();
        // Our own words: no quotes in them.
        let kinds: Vec<String> = push_kinds()
            .iter()
            .map(|event| format!("'{}'", event.as_str()))
            .collect();
        let text = TAKE
            .replace("{most}", &most.to_string())
            .replace("{kinds}", &kinds.join(", "));
        let values = [now.into(), until.into(), (now - PATIENCE).into()];
        let take = Statement::from_sql_and_values(backend, text, values);
        let taken = Taken::find_by_statement(take).all(work.tx()).await?;
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..taken.len() + 2).map(|n| format!("${n}")).collect();
        let text = format!("{TAKEN}{}) ORDER BY n.created_at, n.id", places.join(", "));
        let mut values: Vec<sea_orm::Value> = vec![until.into()];
        values.extend(taken.iter().map(|one| sea_orm::Value::from(one.notice_id)));
        let find = Statement::from_sql_and_values(backend, text, values);
        let rows = Row::find_by_statement(find).all(work.tx()).await?;
        work.commit().await?;
        let is_ours = |row: &Row| {
            taken.iter().any(|one| {
                (one.subscription_id, one.notice_id) == (row.subscription_id, row.notice_id)
            })
        };
        Ok(rows.into_iter().filter(is_ours).map(push_of).collect())
    }

    /// The push service has taken it.
    ///
    /// # Errors
    /// The database's; then the device is told again after the lease, and shows it once.
    pub async fn push_sent(&self, push: &Push) -> Result<()> {
        let work = self.begin().await?;
        mark(&work, push, None).await?;
        push_subscription::Entity::update_many()
            .col_expr(push_subscription::Column::LastOkAt, Expr::value(work.now()))
            .col_expr(push_subscription::Column::Failures, Expr::value(0))
            .filter(push_subscription::Column::Id.eq(push.device))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// It could not be told for now: again after a minute, doubled, at most an hour, or when the push service says.
    ///
    /// # Errors
    /// The database's.
    pub async fn push_failed(&self, push: &Push, told_to_wait: Option<u32>) -> Result<()> {
        let work = self.begin().await?;
        let doublings = u32::try_from(push.attempts - 1).unwrap_or(0).min(10);
        let wait = told_to_wait.map_or(60_i64 << doublings, i64::from);
        let wait = TimeDelta::seconds(wait.clamp(1, LONGEST_WAIT_SECONDS));
        mark(&work, push, Some(work.now() + wait)).await?;
        work.commit().await
    }

    /// The push service will never take it. A device of which this is so again and again is given up.
    ///
    /// # Errors
    /// The database's.
    pub async fn push_refused(&self, push: &Push) -> Result<()> {
        let work = self.begin().await?;
        mark(&work, push, None).await?;
        push_subscription::Entity::update_many()
            .col_expr(
                push_subscription::Column::Failures,
                Expr::cust("failures + 1"),
            )
            .filter(push_subscription::Column::Id.eq(push.device))
            .exec(work.tx())
            .await?;
        push_subscription::Entity::delete_many()
            .filter(push_subscription::Column::Id.eq(push.device))
            .filter(push_subscription::Column::Failures.gte(MOST_FAILURES))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// The push service says that this device is there no more.
    ///
    /// # Errors
    /// The database's.
    pub async fn device_gone(&self, device: Uuid) -> Result<()> {
        let work = self.begin().await?;
        push_subscription::Entity::delete_by_id(device)
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// Forgets what became of notices that are old news; how many.
    ///
    /// # Errors
    /// Faults only.
    pub async fn forget_old_pushes(&self) -> Result<u64> {
        let work = self.begin().await?;
        let gone = push::Entity::delete_many()
            .filter(push::Column::DueAt.lt(work.now() - PATIENCE - PATIENCE))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(gone.rows_affected)
    }
}

/// Writes down that it is done, or when it is due again.
async fn mark(work: &crate::desk::Work, told: &Push, again: Option<DateTime<Utc>>) -> Result<()> {
    let mut change = push::Entity::update_many()
        .col_expr(push::Column::Done, Expr::value(again.is_none()))
        .filter(push::Column::SubscriptionId.eq(told.device))
        .filter(push::Column::NoticeId.eq(told.notice.id));
    if let Some(again) = again {
        change = change.col_expr(push::Column::DueAt, Expr::value(again));
    }
    change.exec(work.tx()).await?;
    Ok(())
}

fn push_of(row: Row) -> Push {
    Push {
        device: row.subscription_id,
        notice: Notice {
            id: row.notice_id,
            event: row.event,
            facts: row.facts,
            link: row.link,
            created_at: row.created_at,
            read: false,
        },
        endpoint: row.endpoint,
        p256dh: row.p256dh,
        auth: row.auth,
        locale: row.locale,
        time_zone: row.time_zone,
        business: row.business,
        business_zone: row.business_zone,
        attempts: row.attempts,
    }
}
