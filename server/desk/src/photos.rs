//! Photos of requests: which there are, who may see them, and how a request takes them. They are kept in the database and
//! not in files beside it, so that a photo comes and goes in the transaction of its request, one back-up holds everything,
//! and a second server on PostgreSQL sees what the first was given. Drawn anew, five of them weigh about two megabytes.

use std::collections::{BTreeSet, HashMap};

use booking::ids::{PersonId, PhotoId};
use booking::refusal::Refusal;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::pass::{ContactPass, SignedIn, StaffPass};
use crate::table::{photo, request};
use crate::trouble::{Beside, Result};

/// Photos of one request (spec §9).
pub const MOST: usize = 5;

/// Which of a photo's two pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoSize {
    /// At most 2048 pixels a side.
    Large,
    /// For rows and lists.
    Small,
}

// Before a request takes it, a photo is its sender's alone. Then it is seen by whoever sees the request: contacts of the
// client (decision 13), staff who decide it, and the technicians of its visits.
const SEEN: &str = "SELECT f.bytes FROM photos p JOIN photo_files f ON f.photo_id = p.id AND f.small = $2 \
    LEFT JOIN requests r ON r.id = p.request_id \
    WHERE p.id = $1 AND ((r.id IS NULL AND p.person_id = $3) \
    OR (r.client_id = $4 AND ($5 OR r.person_id = $3)) \
    OR (r.id IS NOT NULL AND $6) \
    OR ($7 AND EXISTS (SELECT 1 FROM technician_approvers a WHERE a.person_id = $3 AND a.technician_id = r.technician_id)) \
    OR ($7 AND EXISTS (SELECT 1 FROM visits v JOIN bookings b ON b.visit_id = v.id LEFT JOIN series q ON q.id = v.series_id \
        WHERE (v.request_id = r.id OR q.request_id = r.id) AND b.technician_id = $3)))";

// The visits of a request: its one visit, or all of the series that came of it.
const OF_VISIT: &str = "SELECT p.id FROM visits v LEFT JOIN series q ON q.id = v.series_id \
    JOIN photos p ON p.request_id = COALESCE(v.request_id, q.request_id) WHERE v.id = $1 ORDER BY p.id";

impl Desk {
    /// The picture of a photo, as JPEG; nothing for one that is unknown or not theirs to see. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn photo(
        &self,
        who: &SignedIn,
        id: PhotoId,
        size: PhotoSize,
    ) -> Result<Option<Vec<u8>>> {
        let (contact, staff) = (who.contact(), who.staff());
        let all_of_client = contact.as_ref().is_some_and(|contact| !contact.own_only);
        let values = [
            id.key().into(),
            (size == PhotoSize::Small).into(),
            who.person.key().into(),
            contact.map(|contact| contact.client.key()).into(),
            all_of_client.into(),
            staff.as_ref().is_some_and(StaffPass::decides_all).into(),
            staff.is_some().into(),
        ];
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), SEEN, values);
        let row = self.db().query_one_raw(asked).await?;
        Ok(row.map(|row| row.try_get("", "bytes")).transpose()?)
    }

    /// Of these photos those that a form of this contact can go on with, in their order: their own that no request has
    /// taken, and those of the request that is being edited. Two queries.
    ///
    /// # Errors
    /// The database's.
    pub async fn photos_at_hand(
        &self,
        who: &ContactPass,
        ids: &[PhotoId],
        request: Option<&str>,
    ) -> Result<Vec<PhotoId>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut theirs = Condition::any().add(
            Condition::all()
                .add(photo::Column::PersonId.eq(who.person.key()))
                .add(photo::Column::RequestId.is_null()),
        );
        if let Some(request) = self.editing(who, request).await? {
            theirs = theirs.add(photo::Column::RequestId.eq(request));
        }
        let found = photo::Entity::find()
            .filter(photo::Column::Id.is_in(ids.iter().map(|id| id.key())))
            .filter(theirs)
            .all(self.db())
            .await?;
        let there = |id: &&PhotoId| found.iter().any(|row| row.id == id.key());
        Ok(ids.iter().filter(there).copied().collect())
    }

    /// The request that this contact edits.
    async fn editing(&self, who: &ContactPass, reference: Option<&str>) -> Result<Option<Uuid>> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let found = request::Entity::find()
            .filter(request::Column::Reference.eq(reference))
            .filter(request::Column::ClientId.eq(who.client.key()))
            .one(self.db())
            .await?;
        let own = |row: &request::Model| !who.own_only || row.person_id == who.person.key();
        Ok(found.filter(own).map(|row| row.id))
    }
}

/// The photos of each of these requests, oldest first. One query, and none of their bytes.
pub(crate) async fn of_requests<C: ConnectionTrait>(
    db: &C,
    requests: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<PhotoId>>> {
    let rows = photo::Entity::find()
        .filter(photo::Column::RequestId.is_in(requests))
        .order_by_asc(photo::Column::Id)
        .all(db)
        .await?;
    let mut found: HashMap<Uuid, Vec<PhotoId>> = HashMap::new();
    for row in rows {
        if let Some(request) = row.request_id {
            found.entry(request).or_default().push(PhotoId::of(row.id));
        }
    }
    Ok(found)
}

/// The photos of one request, oldest first.
pub(crate) async fn of_request<C: ConnectionTrait>(db: &C, request: Uuid) -> Result<Vec<PhotoId>> {
    let mut found = of_requests(db, [request]).await?;
    Ok(found.remove(&request).unwrap_or_default())
}

/// The photos of the request that a visit came from, oldest first.
pub(crate) async fn of_visit<C: ConnectionTrait>(db: &C, visit: Uuid) -> Result<Vec<PhotoId>> {
    let asked = Statement::from_sql_and_values(db.get_database_backend(), OF_VISIT, [visit.into()]);
    let mut found = Vec::new();
    for row in db.query_all_raw(asked).await? {
        found.push(PhotoId::of(row.try_get("", "id")?));
    }
    Ok(found)
}

/// Gives these photos of `who`, which no request has taken yet, to a request.
///
/// # Errors
/// Beside `photos`: [`Refusal::TooManyPhotos`] above [`MOST`]; [`Refusal::PhotoGone`] for one that is unknown, somebody
/// else's, taken already or forgotten meanwhile.
pub(crate) async fn claim(
    work: &Work,
    who: PersonId,
    request: Uuid,
    ids: &[PhotoId],
) -> Result<()> {
    let ids: BTreeSet<PhotoId> = ids.iter().copied().collect();
    if ids.len() > MOST {
        return Err(Refusal::TooManyPhotos).beside("photos");
    }
    // In the order of their ids: two forms that want the same ones wait for each other, and never in a circle.
    for id in ids {
        let claimed = photo::Entity::update_many()
            .col_expr(photo::Column::RequestId, Expr::value(request))
            .filter(photo::Column::Id.eq(id.key()))
            .filter(photo::Column::PersonId.eq(who.key()))
            .filter(photo::Column::RequestId.is_null())
            .exec(work.tx())
            .await?;
        if claimed.rows_affected != 1 {
            return Err(Refusal::PhotoGone).beside("photos");
        }
    }
    Ok(())
}

/// What an edit did to the photos of a request.
pub(crate) struct Changed {
    pub before: Vec<PhotoId>,
    pub after: Vec<PhotoId>,
}

/// Makes these the photos of a request, which is locked: what it has and is not among them is gone, what it has not is
/// claimed.
///
/// # Errors
/// As [`claim`].
pub(crate) async fn change(
    work: &Work,
    who: PersonId,
    request: Uuid,
    ids: &[PhotoId],
) -> Result<Changed> {
    let before = of_request(work.tx(), request).await?;
    let gone = before.iter().filter(|id| !ids.contains(id));
    let new: Vec<PhotoId> = ids
        .iter()
        .filter(|id| !before.contains(id))
        .copied()
        .collect();
    photo::Entity::delete_many()
        .filter(photo::Column::RequestId.eq(request))
        .filter(photo::Column::Id.is_in(gone.map(|id| id.key())))
        .exec(work.tx())
        .await?;
    claim(work, who, request, &new).await?;
    let after = of_request(work.tx(), request).await?;
    if after.len() > MOST {
        return Err(Refusal::TooManyPhotos).beside("photos");
    }
    Ok(Changed { before, after })
}

/// What history keeps of a request, its photos among it.
pub(crate) fn told(mut snapshot: Value, photos: &[PhotoId]) -> Value {
    if let Some(kept) = snapshot.as_object_mut().filter(|_| !photos.is_empty()) {
        kept.insert("photos".to_owned(), json!(photos));
    }
    snapshot
}

/// How many photos came and how many went between two lines of history.
pub(crate) fn difference(before: Option<&Value>, after: Option<&Value>) -> (u32, u32) {
    let (Some(before), Some(after)) = (before, after) else {
        return (0, 0);
    };
    let photos = |of: &Value| of.get("photos").and_then(Value::as_array).cloned();
    let (before, after) = (
        photos(before).unwrap_or_default(),
        photos(after).unwrap_or_default(),
    );
    let missing = |from: &[Value], all: &[Value]| {
        let missing = all.iter().filter(|one| !from.contains(one)).count();
        u32::try_from(missing).unwrap_or(u32::MAX)
    };
    (missing(&before, &after), missing(&after, &before))
}
