//! Links to support cases: a ticket of the product, of the same client, or any id where the business uses an outside
//! system (A9).

use booking::ids::ClientId;
use booking::refusal::Refusal;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::desk::Work;
use crate::key::Key;
use crate::table::{business, ticket};
use crate::trouble::{Beside, Result};

const LONGEST: usize = 100;

/// Who types the number: a client is not told that another client's ticket exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typist {
    Contact,
    Staff,
}

/// The ticket as it is kept with a request: nothing typed is no ticket.
pub(crate) async fn linked(
    work: &Work,
    business: &business::Model,
    client: ClientId,
    typed: &str,
    typist: Typist,
) -> Result<Option<String>> {
    let number = typed.trim();
    if number.is_empty() {
        return Ok(None);
    }
    if number.chars().count() > LONGEST {
        return Err(Refusal::TextTooLong).beside("ticket");
    }
    if number.chars().any(char::is_control) {
        return Err(Refusal::TextControl).beside("ticket");
    }
    if business.ticket_link.is_some() {
        return Ok(Some(number.to_owned()));
    }
    let found = ticket::Entity::find()
        .filter(ticket::Column::Number.eq(number))
        .one(work.tx())
        .await?;
    match found {
        Some(ticket) if ticket.client_id == client.key() => Ok(Some(ticket.number)),
        Some(_) if typist == Typist::Staff => Err(Refusal::TicketOfAnotherClient).beside("ticket"),
        Some(_) | None => Err(Refusal::NoSuchTicket).beside("ticket"),
    }
}
