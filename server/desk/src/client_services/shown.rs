//! What staff read of a client's agreements, and what the client reads in the portal.

use std::collections::HashMap;

use booking::ids::{ClientId, ClientServiceId, ServiceId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement, Value,
};
use serde::Serialize;
use uuid::Uuid;

use super::ABOUT;
use crate::desk::Desk;
use crate::key::Key;
use crate::pass::{ContactPass, StaffPass};
use crate::retention::shown_visits;
use crate::table::{history, person};
use crate::trouble::Result;

/// An agreement as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientService {
    /// Which.
    pub id: ClientServiceId,
    /// For which service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Whether it is for appointments that repeat.
    pub ongoing: bool,
    /// In minor units; none: the catalogue's price.
    pub price_minor: Option<i64>,
    /// The catalogue's price.
    pub catalogue_minor: Option<i64>,
    /// Whether it runs.
    pub active: bool,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when it ran.
    pub until: Option<DateTime<Utc>>,
    /// For changing it.
    pub version: i32,
    /// How many of its visits are to come, and how many are past.
    pub visits: (u64, u64),
    /// The last visit that took place: its reference and start.
    pub last: Option<(String, DateTime<Utc>)>,
    /// The next one.
    pub next: Option<(String, DateTime<Utc>)>,
    /// What became of it, newest first.
    pub history: Vec<AgreementLine>,
}

/// A line of an agreement's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgreementLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// What.
    pub what: AgreementChange,
}

/// What happened to an agreement. Prices in minor units; none: the catalogue's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AgreementChange {
    /// It was agreed at this price.
    Agreed(Option<i64>),
    /// The price changed.
    Price {
        /// From this one.
        from: Option<i64>,
        /// To this one.
        to: Option<i64>,
    },
    /// It ended.
    Ended,
    /// It began again.
    Resumed,
}

/// An agreement as its client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyService {
    /// The service's name.
    pub service: String,
    /// What the next booking costs, in minor units.
    pub price_minor: Option<i64>,
    /// Since when.
    pub since: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    service_id: Uuid,
    service: String,
    kind: String,
    price_minor: Option<i64>,
    catalogue_minor: Option<i64>,
    active: bool,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    version: i32,
    coming: i64,
    visits: i64,
    last_visit: Option<String>,
    last_start: Option<DateTime<Utc>>,
    next_visit: Option<String>,
    next_start: Option<DateTime<Utc>>,
}

// `$1` is the client, `$2` now, `{shown}` leaves out what is too old to be kept. To come is what is not over and stands.
const AGREEMENTS: &str = "SELECT a.id, a.service_id, s.name AS service, a.kind, a.price_minor, s.price_minor AS catalogue_minor, \
    a.active, a.created_at, a.ended_at, a.version, \
    (SELECT COUNT(*) FROM visits v WHERE v.client_service_id = a.id AND {coming}) AS coming, \
    (SELECT COUNT(*) FROM visits v WHERE v.client_service_id = a.id{shown}) AS visits, \
    l.reference AS last_visit, l.starts_at AS last_start, n.reference AS next_visit, n.starts_at AS next_start \
    FROM client_services a JOIN services s ON s.id = a.service_id \
    LEFT JOIN visits l ON l.id = (SELECT v.id FROM visits v WHERE v.client_service_id = a.id AND v.ends_at <= $2 \
        AND v.status NOT IN ('cancelled', 'rescheduled', 'no_show'){shown} ORDER BY v.starts_at DESC, v.id LIMIT 1) \
    LEFT JOIN visits n ON n.id = (SELECT v.id FROM visits v WHERE v.client_service_id = a.id AND {coming} \
        ORDER BY v.starts_at, v.id LIMIT 1) \
    WHERE a.client_id = $1 ORDER BY a.active DESC, s.name, a.created_at DESC, a.id";

const COMING: &str = "v.ends_at > $2 AND v.status IN ('scheduled', 'in_progress')";

const MINE: &str = "SELECT s.name AS service, COALESCE(a.price_minor, s.price_minor) AS price_minor, a.created_at AS since \
    FROM client_services a JOIN services s ON s.id = a.service_id WHERE a.client_id = $1 AND a.active ORDER BY s.name, a.id";

#[derive(FromQueryResult)]
struct Mine {
    service: String,
    price_minor: Option<i64>,
    since: DateTime<Utc>,
}

impl Desk {
    /// What is and was agreed with a client, what runs first. Four queries.
    ///
    /// # Errors
    /// `NotAllowed` for a technician.
    pub async fn client_services(
        &self,
        who: &StaffPass,
        client: ClientId,
    ) -> Result<Vec<ClientService>> {
        who.dispatcher()?;
        let mut values: Vec<Value> = vec![client.key().into(), self.now().into()];
        let shown = shown_visits(self.hidden_before().await?, &mut values);
        let text = AGREEMENTS
            .replace("{coming}", COMING)
            .replace("{shown}", &shown);
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        let mut lines = self.agreement_lines(&rows).await?;
        let agreement = |row: Row| {
            let history = lines.remove(&row.id).unwrap_or_default();
            seen(row, history)
        };
        Ok(rows.into_iter().map(agreement).collect())
    }

    /// What is agreed with the client now. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_services(&self, who: &ContactPass) -> Result<Vec<MyService>> {
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, MINE, [who.client.key().into()]);
        let rows = Mine::find_by_statement(asked).all(self.db()).await?;
        let mine = |row: Mine| MyService {
            service: row.service,
            price_minor: row.price_minor,
            since: row.since,
        };
        Ok(rows.into_iter().map(mine).collect())
    }

    /// The history of each agreement, newest first.
    async fn agreement_lines(&self, of: &[Row]) -> Result<HashMap<Uuid, Vec<AgreementLine>>> {
        let rows = history::Entity::find()
            .filter(history::Column::About.eq(ABOUT))
            .filter(history::Column::AboutId.is_in(of.iter().map(|row| row.id)))
            .order_by_desc(history::Column::At)
            .order_by_desc(history::Column::Id)
            .all(self.db())
            .await?;
        let actors = person::Entity::find()
            .filter(person::Column::Id.is_in(rows.iter().filter_map(|row| row.actor_id)))
            .all(self.db())
            .await?;
        let mut lines: HashMap<Uuid, Vec<AgreementLine>> = HashMap::new();
        for row in rows {
            let by = actors.iter().find(|one| Some(one.id) == row.actor_id);
            let line = change(&row).map(|what| AgreementLine {
                at: row.at,
                by: by.map(|one| one.name.clone()),
                what,
            });
            lines.entry(row.about_id).or_default().extend(line);
        }
        Ok(lines)
    }
}

fn change(row: &history::Model) -> Option<AgreementChange> {
    let price = |kept: &Option<serde_json::Value>| kept.as_ref()?.get("price_minor")?.as_i64();
    match row.what.as_str() {
        "created" => Some(AgreementChange::Agreed(price(&row.after))),
        "price-changed" => Some(AgreementChange::Price {
            from: price(&row.before),
            to: price(&row.after),
        }),
        "ended" => Some(AgreementChange::Ended),
        "resumed" => Some(AgreementChange::Resumed),
        _ => None,
    }
}

fn seen(row: Row, history: Vec<AgreementLine>) -> ClientService {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    ClientService {
        id: ClientServiceId::of(row.id),
        service: ServiceId::of(row.service_id),
        service_name: row.service,
        ongoing: row.kind == "ongoing",
        price_minor: row.price_minor,
        catalogue_minor: row.catalogue_minor,
        active: row.active,
        since: row.created_at,
        until: row.ended_at,
        version: row.version,
        visits: (number(row.coming), number(row.visits - row.coming)),
        last: row.last_visit.zip(row.last_start),
        next: row.next_visit.zip(row.next_start),
        history,
    }
}
