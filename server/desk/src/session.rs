//! Sessions: opened at sign-in with a new secret, looked up at every request, ended one by one or all at once.

use booking::ids::{ClientId, PersonId};
use booking::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Set,
    Statement,
};
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::pass::{Roles, SignedIn};
use crate::table;
use crate::token;
use crate::trouble::Result;

/// A session that was just opened. The token goes into the cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// 256 random bits.
    pub token: String,
    /// When it ends at the latest.
    pub expires: DateTime<Utc>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session(until {})", self.expires)
    }
}

/// A session in the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Which one, for [`Desk::end_session`].
    pub id: Uuid,
    /// What the browser called itself.
    pub device: String,
    /// When it was opened.
    pub since: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// One row for each client of the person; the client's columns are empty where there is none.
#[derive(FromQueryResult)]
struct Found {
    session_id: Uuid,
    person_id: Uuid,
    created_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    name: String,
    email: String,
    locale: Option<String>,
    time_zone: Option<String>,
    technician: Option<bool>,
    dispatcher: Option<bool>,
    owner: Option<bool>,
    approver: Option<bool>,
    business_locale: String,
    business_zone: String,
    session_idle_hours: i32,
    session_days: i32,
    client_id: Option<Uuid>,
    client_name: Option<String>,
    own_only: Option<bool>,
    client_locale: Option<String>,
    client_zone: Option<String>,
}

const FIND: &str = "SELECT s.id AS session_id, s.person_id, s.created_at, s.seen_at, s.expires_at, \
    p.name, p.email, p.locale, p.time_zone, f.technician, f.dispatcher, f.owner, f.approver, \
    b.locale AS business_locale, b.time_zone AS business_zone, b.session_idle_hours, b.session_days, \
    c.id AS client_id, c.name AS client_name, (c.own_only OR k.own_only) AS own_only, c.locale AS client_locale, c.time_zone AS client_zone \
    FROM sessions s JOIN people p ON p.id = s.person_id CROSS JOIN business b \
    LEFT JOIN staff f ON f.person_id = p.id AND f.active \
    LEFT JOIN contacts k ON k.person_id = p.id AND k.active \
    LEFT JOIN clients c ON c.id = k.client_id AND c.active \
    WHERE s.token_hash = $1 AND p.disabled_at IS NULL ORDER BY c.name, c.id";

impl Desk {
    /// Who holds this token: nobody when the session is unknown, ended, idle for too long or too old by the settings
    /// of the business, when the person is disabled, or is neither staff nor contact any more. One query.
    ///
    /// # Errors
    /// Faults only.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>> {
        let hash = token::hash(token);
        let backend = self.db().get_database_backend();
        let find = Statement::from_sql_and_values(backend, FIND, [hash.as_str().into()]);
        let rows = Found::find_by_statement(find).all(self.db()).await?;
        let now = self.now();
        let Some(first) = rows.first().filter(|row| is_live(row, now)) else {
            return Ok(None);
        };
        if now - first.seen_at >= TimeDelta::minutes(1) {
            self.note_seen(first.session_id, now);
        }
        Ok(signed_in(&rows))
    }

    /// Ends the session that holds this token; ending it twice is ending it once.
    ///
    /// # Errors
    /// Faults only.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let work = self.begin().await?;
        table::session::Entity::delete_by_id(token::hash(token))
            .exec(work.tx())
            .await?;
        work.commit().await
    }

    /// Ends all sessions of the person, this one included.
    ///
    /// # Errors
    /// Faults only.
    pub async fn sign_out_everywhere(&self, me: &SignedIn) -> Result<()> {
        let work = self.begin().await?;
        end_all(&work, me.person, None).await?;
        work.commit().await
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is not one's own, or has ended.
    pub async fn end_session(&self, me: &SignedIn, id: Uuid) -> Result<()> {
        let work = self.begin().await?;
        let ended = table::session::Entity::delete_many()
            .filter(table::session::Column::Id.eq(id))
            .filter(table::session::Column::PersonId.eq(me.person.key()))
            .exec(work.tx())
            .await?;
        if ended.rows_affected != 1 {
            return Err(Refusal::NotFound.into());
        }
        work.commit().await
    }

    /// One's own live sessions, the one used last first.
    ///
    /// # Errors
    /// Faults only.
    pub async fn sessions_of(&self, me: &SignedIn) -> Result<Vec<OpenSession>> {
        let business = self.business().await?;
        let idle_since = self.now() - TimeDelta::hours(i64::from(business.session_idle_hours));
        let rows = table::session::Entity::find()
            .filter(table::session::Column::PersonId.eq(me.person.key()))
            .filter(table::session::Column::ExpiresAt.gt(self.now()))
            .filter(table::session::Column::SeenAt.gt(idle_since))
            .order_by_desc(table::session::Column::SeenAt)
            .order_by_desc(table::session::Column::Id)
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| open_session(row, me)).collect())
    }

    /// Notes that a session was used. Beside the request: a busy database must not slow a page down, and the next
    /// request tries again.
    fn note_seen(&self, session: Uuid, now: DateTime<Utc>) {
        let desk = self.clone();
        tokio::spawn(async move {
            let noted = table::session::Entity::update_many()
                .col_expr(table::session::Column::SeenAt, now.into())
                .filter(table::session::Column::Id.eq(session))
                .filter(table::session::Column::SeenAt.lt(now))
                .exec(desk.db())
                .await;
            if let Err(error) = noted {
                tracing::debug!(%session, %error, "could not note that a session was used");
            }
        });
    }
}

/// Opens a session for a person who has just proved who they are; always under a new secret, so that a token somebody
/// planted before is worth nothing.
pub(crate) async fn open(work: &Work, person: PersonId, device: &str) -> Result<Session> {
    let business = table::business::Entity::find_by_id(1)
        .one(work.tx())
        .await?
        .ok_or(Refusal::NotFound)?;
    let session = Session {
        token: token::draw()?,
        expires: work.now() + TimeDelta::days(i64::from(business.session_days)),
    };
    let row = table::session::ActiveModel {
        token_hash: Set(token::hash(&session.token)),
        id: Set(work.id()),
        person_id: Set(person.key()),
        device: Set(device_name(device)),
        created_at: Set(work.now()),
        seen_at: Set(work.now()),
        expires_at: Set(session.expires),
    };
    row.insert(work.tx()).await?;
    Ok(session)
}

/// Ends all sessions of a person, but for the one to keep.
pub(crate) async fn end_all(work: &Work, person: PersonId, keep: Option<Uuid>) -> Result<()> {
    let mut end = table::session::Entity::delete_many()
        .filter(table::session::Column::PersonId.eq(person.key()));
    if let Some(keep) = keep {
        end = end.filter(table::session::Column::Id.ne(keep));
    }
    end.exec(work.tx()).await?;
    Ok(())
}

/// What a browser says it is, cut to what fits in a list.
fn device_name(device: &str) -> String {
    device
        .chars()
        .filter(|letter| !letter.is_control())
        .take(120)
        .collect()
}

fn is_live(row: &Found, now: DateTime<Utc>) -> bool {
    let oldest = row.created_at + TimeDelta::days(i64::from(row.session_days));
    let idle = row.seen_at + TimeDelta::hours(i64::from(row.session_idle_hours));
    now < row.expires_at && now < oldest && now < idle
}

fn signed_in(rows: &[Found]) -> Option<SignedIn> {
    let first = rows.first()?;
    let staff = first.technician.map(|technician| Roles {
        technician,
        dispatcher: first.dispatcher.unwrap_or(false),
        owner: first.owner.unwrap_or(false),
        approver: first.approver.unwrap_or(false),
    });
    let clients: Vec<(ClientId, String, bool)> = rows
        .iter()
        .filter_map(|row| {
            Some((
                ClientId::of(row.client_id?),
                row.client_name.clone()?,
                row.own_only.unwrap_or(false),
            ))
        })
        .collect();
    if staff.is_none() && clients.is_empty() {
        return None;
    }
    let client = rows.iter().find(|row| row.client_id.is_some());
    let own = |own: &Option<String>, clients: Option<&Option<String>>, business: &str| {
        own.clone()
            .or_else(|| clients.cloned().flatten())
            .unwrap_or_else(|| business.to_owned())
    };
    Some(SignedIn {
        person: PersonId::of(first.person_id),
        session: first.session_id,
        name: first.name.clone(),
        email: first.email.clone(),
        locale: own(
            &first.locale,
            client.map(|row| &row.client_locale),
            &first.business_locale,
        ),
        time_zone: own(
            &first.time_zone,
            client.map(|row| &row.client_zone),
            &first.business_zone,
        ),
        clients,
        staff,
    })
}

fn open_session(row: table::session::Model, me: &SignedIn) -> OpenSession {
    OpenSession {
        id: row.id,
        device: row.device,
        since: row.created_at,
        seen: row.seen_at,
        this: row.id == me.session,
    }
}
