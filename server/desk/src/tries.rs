//! How often something may be tried: counted before it is tried, so that trying at once does not help. Counted per
//! address *and* place, and per place, so that nobody can lock out somebody who sits elsewhere.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::desk::Work;
use crate::table;
use crate::trouble::Result;

/// At most so many tries within so many minutes of the first.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    /// What is tried, by whom, from where.
    pub(crate) about: String,
    /// The most tries.
    pub(crate) most: i32,
    /// The minutes after which it starts anew.
    pub(crate) minutes: i64,
}

impl Limit {
    /// Ten in a quarter of an hour for one address from one place, fifty for one place.
    pub(crate) fn signing_in(email: &str, from: &str) -> [Self; 2] {
        [
            Self::new(format!("sign-in {email} {from}"), 10),
            Self::new(format!("sign-in {from}"), 50),
        ]
    }

    /// Three letters in a quarter of an hour for one address from one place, twenty for one place. Ten for one
    /// address from anywhere: more links would only fill a mailbox, and each of those already sent still works.
    pub(crate) fn letters(email: &str, from: &str) -> [Self; 3] {
        [
            Self::new(format!("letter {email} {from}"), 3),
            Self::new(format!("letter to {email}"), 10),
            Self::new(format!("letter {from}"), 20),
        ]
    }

    /// Ten in a quarter of an hour.
    pub(crate) fn current_password(person: uuid::Uuid) -> Self {
        Self::new(format!("password {person}"), 10)
    }

    /// Three letters in a quarter of an hour.
    pub(crate) fn invitations(person: uuid::Uuid) -> Self {
        Self::new(format!("invitation {person}"), 3)
    }

    fn new(about: String, most: i32) -> Self {
        let about = about
            .chars()
            .filter(|letter| !letter.is_control())
            .take(400)
            .collect();
        Self {
            about,
            most,
            minutes: 15,
        }
    }
}

const COUNT: &str = "INSERT INTO tries (about, since, count) VALUES ($1, $2, 1) \
    ON CONFLICT (about) DO UPDATE SET \
    count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END, \
    since = CASE WHEN tries.since <= $3 THEN $2 ELSE tries.since END \
    RETURNING count";

/// Counts one try; whether it is still within the limit.
pub(crate) async fn count(work: &Work, limit: &Limit) -> Result<bool> {
    let now = work.now();
    let before = now - TimeDelta::minutes(limit.minutes);
    let backend = work.tx().get_database_backend();
    let values = [limit.about.as_str().into(), now.into(), before.into()];
    let row = work
        .tx()
        .query_one_raw(Statement::from_sql_and_values(backend, COUNT, values))
        .await?;
    let count: i32 = row.map_or(Ok(1), |row| row.try_get("", "count"))?;
    Ok(count <= limit.most)
}

/// Forgets the tries of one address from one place, and one of the place's.
pub(crate) async fn forgive(work: &Work, [own, place]: &[Limit; 2]) -> Result<()> {
    forget(work, own).await?;
    let backend = work.tx().get_database_backend();
    let less = "UPDATE tries SET count = count - 1 WHERE about = $1 AND count > 0";
    let values = [place.about.as_str().into()];
    work.tx()
        .execute_raw(Statement::from_sql_and_values(backend, less, values))
        .await?;
    Ok(())
}

/// Forgets the tries.
pub(crate) async fn forget(work: &Work, limit: &Limit) -> Result<()> {
    table::tries::Entity::delete_by_id(limit.about.clone())
        .exec(work.tx())
        .await?;
    Ok(())
}
