//! The signed link in the letter about an offer: whoever holds it sees that one offer, and can accept or refuse it without
//! signing in. Looking changes nothing; it is good for nothing else, and ends a while after the offer, so that it can still
//! say what became of it.

use booking::ids::{ClientId, PersonId};
use booking::refusal::Refusal;
use chrono::TimeDelta;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::link::Purpose;
use crate::pass::ContactPass;
use crate::table::{client, contact, link, offer, person, request};
use crate::token;
use crate::trouble::Result;

/// How long a link says what became of an offer after it has run out.
const AFTERWARDS: TimeDelta = TimeDelta::days(30);

/// Who answers an offer.
#[derive(Clone, Copy, Debug)]
pub enum Answering<'a> {
    /// A contact who is signed in.
    Contact(&'a ContactPass),
    /// Whoever holds the link of the letter.
    Link(&'a str),
}

/// What a link opens: one offer, for the person it was sent to.
pub(crate) struct Opened {
    pub who: ContactPass,
    pub request: request::Model,
    pub offer: Uuid,
    /// The person's zone, or the client's, or the business's (decision 18).
    pub time_zone: String,
}

/// Makes the link of an offer for a person; the token stands nowhere else.
pub(crate) async fn make(work: &Work, person: PersonId, offer: &offer::Model) -> Result<String> {
    let token = token::draw()?;
    let row = link::ActiveModel {
        token_hash: Set(token::hash(&token)),
        purpose: Set(Purpose::Offer.word().to_owned()),
        person_id: Set(Some(person.key())),
        facts: Set(json!({ "offer": offer.id })),
        created_at: Set(work.now()),
        expires_at: Set(offer.expires_at + AFTERWARDS),
        used_at: Set(None),
    };
    row.insert(work.tx()).await?;
    Ok(token)
}

impl Desk {
    /// The language of whoever an offer's letter was sent to — their own, or the client's, or the business's (decision 18) —
    /// also where its link is over: that is said in it, too. Nothing where there is no such link.
    ///
    /// # Errors
    /// The database's.
    pub async fn offer_language(&self, token: &str) -> Result<Option<String>> {
        let found = link::Entity::find_by_id(token::hash(token))
            .filter(link::Column::Purpose.eq(Purpose::Offer.word()));
        let Some(row) = found.one(self.db()).await? else {
            return Ok(None);
        };
        let person = match row.person_id {
            Some(id) => person::Entity::find_by_id(id).one(self.db()).await?,
            None => None,
        };
        if let Some(own) = person.and_then(|person| person.locale) {
            return Ok(Some(own));
        }
        let of_client = match about(&row) {
            Some(offer) => self
                .client_of(offer)
                .await?
                .and_then(|client| client.locale),
            None => None,
        };
        Ok(Some(match of_client {
            Some(locale) => locale,
            None => self.business().await?.locale,
        }))
    }

    async fn client_of(&self, offer: Uuid) -> Result<Option<client::Model>> {
        let offer = offer::Entity::find_by_id(offer).one(self.db()).await?;
        let Some(offer) = offer else {
            return Ok(None);
        };
        let asked = request::Entity::find_by_id(offer.request_id);
        let Some(asked) = asked.one(self.db()).await? else {
            return Ok(None);
        };
        let client = client::Entity::find_by_id(asked.client_id);
        Ok(client.one(self.db()).await?)
    }
}

/// The offer that a link is about.
fn about(row: &link::Model) -> Option<Uuid> {
    let named = row.facts.get("offer").and_then(Value::as_str);
    named?.parse().ok()
}

/// What the link with this token opens: nothing where it is unknown or over, or where the person is no contact of that
/// client any more.
pub(crate) async fn open<C: ConnectionTrait>(
    db: &C,
    token: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<Opened>> {
    let found = link::Entity::find_by_id(token::hash(token))
        .filter(link::Column::Purpose.eq(Purpose::Offer.word()))
        .filter(link::Column::UsedAt.is_null())
        .filter(link::Column::ExpiresAt.gt(now));
    let Some(row) = found.one(db).await? else {
        return Ok(None);
    };
    let (Some(offer), Some(person)) = (about(&row), row.person_id) else {
        return Ok(None);
    };
    let Some(offer) = offer::Entity::find_by_id::<Uuid>(offer).one(db).await? else {
        return Ok(None);
    };
    let asked = request::Entity::find_by_id(offer.request_id)
        .one(db)
        .await?;
    let Some(request) = asked else {
        return Ok(None);
    };
    let who = pass(db, person, request.client_id).await?;
    Ok(who.map(|(who, time_zone)| Opened {
        who,
        request,
        offer: offer.id,
        time_zone,
    }))
}

/// The person as a contact of that client, while they are one, and the zone they read in.
pub(crate) async fn pass<C: ConnectionTrait>(
    db: &C,
    person: Uuid,
    client: Uuid,
) -> Result<Option<(ContactPass, String)>> {
    let known = person::Entity::find_by_id(person).filter(person::Column::DisabledAt.is_null());
    let Some(known) = known.one(db).await? else {
        return Ok(None);
    };
    let contact = contact::Entity::find_by_id((client, person));
    let contact = contact.one(db).await?.filter(|row| row.active);
    let client = client::Entity::find_by_id(client).one(db).await?;
    let Some((contact, client)) = contact.zip(client.filter(|client| client.active)) else {
        return Ok(None);
    };
    let business = crate::business::zone_now(db).await?;
    let zone = known.time_zone.or(client.time_zone);
    let pass = ContactPass {
        person: PersonId::of(person),
        client: ClientId::of(client.id),
        client_name: client.name,
        own_only: contact.own_only || client.own_only,
    };
    Ok(Some((pass, zone.unwrap_or(business.name().to_owned()))))
}

/// The contact who answers; with a link, only about the offer it was sent for.
pub(crate) async fn answering(
    work: &Work,
    by: Answering<'_>,
    request: &str,
    offer: Uuid,
) -> Result<ContactPass> {
    match by {
        Answering::Contact(who) => Ok(who.clone()),
        Answering::Link(token) => {
            let opened = open(work.tx(), token, work.now()).await?;
            let opened = opened.ok_or(Refusal::LinkExpired)?;
            if opened.request.reference == request && opened.offer == offer {
                Ok(opened.who)
            } else {
                Err(Refusal::NotFound.into())
            }
        }
    }
}
