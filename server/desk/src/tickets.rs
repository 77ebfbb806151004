//! Support cases, with the requests and visits that are linked to them.

use booking::ids::{ClientId, PersonId};
use booking::people::{Name, Notes};
use booking::refusal::Refusal;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, LikeExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::clients::{A_PAGE, pages_of, patterns};
use crate::creating;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{business, client, request, service, ticket, visit};
use crate::trouble::{Beside, Result};

/// A new ticket's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    /// Whose.
    pub client: ClientId,
    /// 1–200 characters.
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
}

/// What one looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TicketSearch {
    /// Part of the number or the title.
    pub text: String,
    /// Closed ones instead of open ones.
    pub closed: bool,
    /// The page, from 1 on.
    pub page: u64,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketList {
    /// The tickets, newest first.
    pub rows: Vec<TicketRow>,
    /// How many fit.
    pub total: u64,
    /// This page, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

/// A ticket in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketRow {
    /// `T-17`.
    pub number: String,
    /// Whose.
    pub client: ClientId,
    /// Their name.
    pub client_name: String,
    /// Its title.
    pub title: String,
    /// Whether it is open.
    pub open: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// For changing it.
    pub version: i32,
}

/// A ticket's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketPage {
    /// As in the list.
    pub ticket: TicketRow,
    /// What it is about.
    pub description: String,
    /// Requests linked to it, newest first, at most 100.
    pub requests: Vec<Linked>,
    /// Visits linked to it, latest first, at most 100.
    pub visits: Vec<Linked>,
}

/// A request or a visit that is linked to a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Linked {
    /// `R-…` or `V-…`.
    pub reference: String,
    /// Name of the service.
    pub service: String,
    /// The word of its status.
    pub status: String,
    /// When it is to be.
    pub starts_at: Option<DateTime<Utc>>,
}

impl Desk {
    /// One page of the tickets that fit. Three queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn tickets(&self, who: &StaffPass, search: &TicketSearch) -> Result<TicketList> {
        who.dispatcher()?;
        let found = ticket::Entity::find()
            .filter(ticket::Column::Open.eq(!search.closed))
            .filter(fits(&search.text))
            .order_by_desc(ticket::Column::CreatedAt)
            .order_by_desc(ticket::Column::Id);
        let total = found.clone().count(self.db()).await?;
        let pages = pages_of(total);
        let page = search.page.clamp(1, pages);
        let rows = found
            .offset((page - 1) * A_PAGE)
            .limit(A_PAGE)
            .all(self.db())
            .await?;
        let clients = client::Entity::find()
            .filter(client::Column::Id.is_in(rows.iter().map(|row| row.client_id)))
            .all(self.db())
            .await?;
        let row = |row: ticket::Model| {
            let client = clients.iter().find(|client| client.id == row.client_id)?;
            Some(shown(&row, client.name.clone()))
        };
        Ok(TicketList {
            rows: rows.into_iter().filter_map(row).collect(),
            total,
            page,
            pages,
        })
    }

    /// One ticket by its number, with what is linked to it. Five queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn ticket(&self, who: &StaffPass, number: &str) -> Result<Option<TicketPage>> {
        who.dispatcher()?;
        let number = number.trim();
        if number.chars().any(char::is_control) {
            return Ok(None);
        }
        let found = ticket::Entity::find()
            .filter(ticket::Column::Number.eq(number))
            .one(self.db())
            .await?;
        let Some(row) = found else { return Ok(None) };
        let client = client::Entity::find_by_id(row.client_id)
            .one(self.db())
            .await?
            .ok_or(Refusal::NotFound)?;
        let requests = request::Entity::find()
            .filter(request::Column::Ticket.eq(row.number.as_str()))
            .order_by_desc(request::Column::CreatedAt)
            .order_by_desc(request::Column::Id)
            .limit(100)
            .all(self.db())
            .await?;
        let visits = visit::Entity::find()
            .filter(visit::Column::Ticket.eq(row.number.as_str()))
            .order_by_desc(visit::Column::StartsAt)
            .order_by_desc(visit::Column::Id)
            .limit(100)
            .all(self.db())
            .await?;
        let services = service::Entity::find().all(self.db()).await?;
        let named = |id| {
            services
                .iter()
                .find(|service| service.id == id)
                .map(|one| one.name.clone())
                .unwrap_or_default()
        };
        let of_request = |one: request::Model| {
            linked(
                one.reference,
                named(one.service_id),
                one.status,
                one.starts_at,
            )
        };
        let of_visit = |one: visit::Model| {
            linked(
                one.reference,
                named(one.service_id),
                one.status,
                Some(one.starts_at),
            )
        };
        Ok(Some(TicketPage {
            ticket: shown(&row, client.name),
            description: row.description,
            requests: requests.into_iter().map(of_request).collect(),
            visits: visits.into_iter().map(of_visit).collect(),
        }))
    }

    /// Opens a ticket for a client; answers with its number.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] beside `client`; [`Refusal::KeyReused`]; what is
    /// refused of the texts stands beside its field.
    pub async fn create_ticket(
        &self,
        who: &StaffPass,
        key: &str,
        new: &NewTicket,
    ) -> Result<String> {
        who.dispatcher()?;
        let title = Name::parse(&new.title).beside("title")?;
        let description = Notes::optional(&new.description).beside("description")?;
        let work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, new).await? {
            return Ok(made);
        }
        work.lock_client(new.client).await?;
        let client = client::Entity::find_by_id(new.client.key())
            .one(work.tx())
            .await?;
        let client = client.ok_or(Refusal::NotFound).beside("client")?;
        let words = description.map(String::from).unwrap_or_default();
        let about = (title.into(), words);
        let number = open(&work, who.person, client.id, about).await?;
        creating::made(&work, who.person, key, &number).await?;
        work.commit().await?;
        Ok(number)
    }

    /// Closes a ticket, or opens it again. What is linked to it stays linked.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`]; [`Refusal::Stale`].
    pub async fn set_ticket_open(
        &self,
        who: &StaffPass,
        number: &str,
        version: i32,
        open: bool,
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let row = ticket::Entity::find()
            .filter(ticket::Column::Number.eq(number.trim()))
            .lock_exclusive()
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        if row.version != version {
            return Err(Refusal::Stale.into());
        }
        let entry = Entry::new(
            Some(who.person),
            "ticket",
            row.id,
            if open { "opened" } else { "closed" },
        );
        let mut row = row.into_active_model();
        row.open = Set(open);
        row.version = Set(version + 1);
        row.update(work.tx()).await?;
        entry.write(&work).await?;
        work.commit().await
    }
}

/// Opens a case; its number.
pub(crate) async fn open(
    work: &Work,
    by: PersonId,
    client: Uuid,
    (title, description): (String, String),
) -> Result<String> {
    let row = ticket::Model {
        id: work.id(),
        number: next_number(work).await?,
        client_id: client,
        title,
        description,
        open: true,
        created_at: work.now(),
        version: 1,
    };
    let number = row.number.clone();
    Entry::new(Some(by), "ticket", row.id, "created")
        .after(&json!({ "client": client, "title": row.title, "description": row.description }))?
        .write(work)
        .await?;
    row.into_active_model().insert(work.tx()).await?;
    Ok(number)
}

/// `T-1`, `T-2` …: tickets are never deleted, and whoever opens one holds the business's row meanwhile.
async fn next_number(work: &Work) -> Result<String> {
    business::Entity::find_by_id(1)
        .lock_exclusive()
        .one(work.tx())
        .await?;
    let count = ticket::Entity::find().count(work.tx()).await?;
    Ok(format!("T-{}", count + 1))
}

fn fits(text: &str) -> Condition {
    let mut any = Condition::any();
    if text.trim().is_empty() {
        return any.add(Expr::value(true));
    }
    for like in patterns(text) {
        for column in [ticket::Column::Number, ticket::Column::Title] {
            any = any.add(
                Func::lower(Expr::col(column)).like(LikeExpr::new(like.as_str()).escape('\\')),
            );
        }
    }
    any
}

fn shown(row: &ticket::Model, client_name: String) -> TicketRow {
    TicketRow {
        number: row.number.clone(),
        client: ClientId::of(row.client_id),
        client_name,
        title: row.title.clone(),
        open: row.open,
        created_at: row.created_at,
        version: row.version,
    }
}

fn linked(
    reference: String,
    service: String,
    status: String,
    starts_at: Option<DateTime<Utc>>,
) -> Linked {
    Linked {
        reference,
        service,
        status,
        starts_at,
    }
}
