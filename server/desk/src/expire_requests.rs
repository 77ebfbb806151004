//! Ends requests whose time has run out: their holds are freed and both sides are told (§5). The housekeeping calls it
//! every minute; every write calls it for what it touches, because an overdue hold keeps nothing (R15).

use booking::ids::PersonId;
use booking::letter::Event;
use booking::offer::OfferStatus;
use booking::request::RequestStatus;
use booking::slots::BookingStatus;
use booking::span::Span;
use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::announce::{News, announce};
use crate::change_request::{replace, snapshot};
use crate::changes;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::hold;
use crate::offer;
use crate::table::{booking as bookings, request};
use crate::trouble::Result;
use crate::waiting;

/// How many are expired in one transaction.
const AT_ONCE: u64 = 100;

impl Desk {
    /// Expires every overdue request; how many.
    ///
    /// # Errors
    /// The database's; those expired before stay expired.
    pub async fn expire_requests(&self) -> Result<u64> {
        let mut done = 0;
        loop {
            let some = self.expire_some().await?;
            done += some;
            if some < AT_ONCE {
                return Ok(done);
            }
        }
    }

    async fn expire_some(&self) -> Result<u64> {
        let mut work = self.begin().await?;
        let due: Vec<Uuid> = request::Entity::find()
            .select_only()
            .column(request::Column::Id)
            .filter(request::Column::Status.eq(RequestStatus::Pending.as_str()))
            .filter(request::Column::ExpiresAt.lte(work.now()))
            .order_by_asc(request::Column::ExpiresAt)
            .limit(AT_ONCE)
            .into_tuple()
            .all(work.tx())
            .await?;
        let done = expire_all(&mut work, due).await?;
        work.commit().await?;
        Ok(done)
    }
}

/// Expires the overdue requests whose holds are in the way of `span`, buffers included.
pub(crate) async fn expire_around(work: &mut Work, span: Span) -> Result<()> {
    waiting::free_overdue(work).await?;
    let reach = TimeDelta::days(1);
    let due: Vec<Option<Uuid>> = bookings::Entity::find()
        .select_only()
        .column(bookings::Column::RequestId)
        .filter(bookings::Column::Blocking.eq(true))
        .filter(bookings::Column::Status.eq(BookingStatus::Pending.as_str()))
        .filter(bookings::Column::ExpiresAt.lte(work.now()))
        .filter(bookings::Column::StartsAt.lt(span.end() + reach))
        .filter(bookings::Column::EndsAt.gt(span.start() - reach))
        .into_tuple()
        .all(work.tx())
        .await?;
    expire_all(work, due.into_iter().flatten().collect()).await?;
    changes::free_overdue(work, span).await
}

const LOCK: &str = "SELECT id FROM requests WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED";

/// Whoever holds a request's lock is deciding it at this moment: that one is left alone.
async fn expire_all(work: &mut Work, mut due: Vec<Uuid>) -> Result<u64> {
    due.sort_unstable();
    due.dedup();
    let mut done = 0;
    for id in due {
        if work.locks_rows() {
            let backend = work.tx().get_database_backend();
            let lock = Statement::from_sql_and_values(backend, LOCK, [id.into()]);
            if work.tx().query_one_raw(lock).await?.is_none() {
                continue;
            }
        }
        let Some(row) = request::Entity::find_by_id(id).one(work.tx()).await? else {
            continue;
        };
        if row.standing()? != RequestStatus::Pending {
            continue;
        }
        // One of the times of an offer may have begun while the others are still to come.
        if row.awaiting_client && row.expires_at.is_some_and(|at| at > work.now()) {
            offer::free_begun(work, row.id).await?;
            continue;
        }
        expire(work, &row).await?;
        done += 1;
    }
    Ok(done)
}

/// Expires one locked, pending, overdue request.
pub(crate) async fn expire(work: &mut Work, row: &request::Model) -> Result<request::Model> {
    let ended = row.pending()?.expire(work.now())?;
    let after = request::Model {
        status: ended.status().as_str().to_owned(),
        decided_at: Some(work.now()),
        awaiting_client: false,
        ..row.clone()
    };
    let after = replace(work, row, after).await?;
    offer::end(work, row, OfferStatus::Expired, None, None).await?;
    for held in hold::of_request(work, row.id).await? {
        hold::release(work, &held, BookingStatus::Expired).await?;
    }
    let nobody: Option<PersonId> = None;
    Entry::new(nobody, "request", row.id, "expired")
        .before(&snapshot(row))?
        .after(&snapshot(&after))?
        .write(work)
        .await?;
    // Who was waited for: the client, or staff.
    let event = match row.awaiting_client {
        true => Event::OfferExpired,
        false => Event::RequestExpired,
    };
    announce(work, &News::new(event, &after, nobody)).await?;
    Ok(after)
}
