//! Links in letters that prove who one is: 256 random bits, of which only the hash is kept; one purpose, once, briefly.
//! Looking at one changes nothing; what they open stands in the verbs that use them up.

use booking::ids::PersonId;
use booking::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::outbox::{self, NewLetter};
use crate::table;
use crate::token;
use crate::trouble::{Fault, Result};

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Signing in without a password.
    SignIn,
    /// Choosing a new password.
    Reset,
    /// Coming in for the first time.
    Invitation,
    /// Setting up an installation that has no owner.
    SetUp,
    /// Answering an offer.
    Offer,
}

impl Purpose {
    /// The word in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Reset => "reset",
            Self::Invitation => "invitation",
            Self::SetUp => "set-up",
            Self::Offer => "offer",
        }
    }

    /// How long it lives; that of an offer as long as the offer, and a while longer.
    #[must_use]
    pub const fn lives(self) -> TimeDelta {
        match self {
            Self::SignIn => TimeDelta::minutes(15),
            Self::Reset => TimeDelta::hours(1),
            Self::Invitation => TimeDelta::days(7),
            Self::SetUp => TimeDelta::hours(24),
            Self::Offer => TimeDelta::days(30),
        }
    }

    /// The event's word of its letter; a set-up link is printed, not sent, and one to an offer stands in the offer's letter.
    const fn letter(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in-link",
            Self::Reset => "password-reset",
            Self::Invitation | Self::SetUp | Self::Offer => "invitation",
        }
    }

    fn of(word: &str) -> Option<Self> {
        let all = [
            Self::SignIn,
            Self::Reset,
            Self::Invitation,
            Self::SetUp,
            Self::Offer,
        ];
        all.into_iter().find(|one| one.word() == word)
    }
}

/// A live link, looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkSeen {
    /// What it is good for.
    pub purpose: Purpose,
    /// The address of the person it is for; none for set-up.
    pub email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Until when.
    pub expires: DateTime<Utc>,
}

/// What a letter about signing in says: `sign-in-link`, `password-reset`, `invitation`, `password-changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFacts {
    /// Name of the business.
    pub business: String,
    /// The path of the page, without the base: `/l/…`, or `/sign-in` for who has a password already.
    pub link: String,
    /// Until when the link works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// The client an invited contact belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// A link that was just made; the token stands nowhere else.
pub(crate) struct NewLink {
    pub(crate) token: String,
    pub(crate) expires: DateTime<Utc>,
}

impl Desk {
    /// What the link with this token is good for: none when it is unknown, used or expired. Changes nothing.
    ///
    /// # Errors
    /// Faults only.
    pub async fn look_at_link(&self, token: &str) -> Result<Option<LinkSeen>> {
        let found = table::link::Entity::find_by_id(token::hash(token))
            .one(self.db())
            .await?;
        let Some(link) =
            found.filter(|link| link.used_at.is_none() && link.expires_at > self.now())
        else {
            return Ok(None);
        };
        let Some(purpose) = Purpose::of(&link.purpose) else {
            return Err(Fault::Unreadable {
                table: "links",
                column: "purpose",
                id: link.purpose,
            }
            .into());
        };
        let person = match link.person_id {
            Some(person) => {
                table::person::Entity::find_by_id(person)
                    .one(self.db())
                    .await?
            }
            None => None,
        };
        let (email, name) = person.map(|person| (person.email, person.name)).unzip();
        Ok(Some(LinkSeen {
            purpose,
            email,
            name,
            expires: link.expires_at,
        }))
    }

    /// Like [`Desk::look_at_link`], for one purpose only.
    pub(crate) async fn live_link(&self, token: &str, purpose: Purpose) -> Result<LinkSeen> {
        let seen = self
            .look_at_link(token)
            .await?
            .filter(|seen| seen.purpose == purpose);
        Ok(seen.ok_or(Refusal::LinkExpired)?)
    }
}

/// Makes a link.
pub(crate) async fn make(
    work: &Work,
    purpose: Purpose,
    person: Option<PersonId>,
) -> Result<NewLink> {
    let link = NewLink {
        token: token::draw()?,
        expires: work.now() + purpose.lives(),
    };
    let row = table::link::ActiveModel {
        token_hash: Set(token::hash(&link.token)),
        purpose: Set(purpose.word().to_owned()),
        person_id: Set(person.map(Key::key)),
        facts: Set(json!({})),
        created_at: Set(work.now()),
        expires_at: Set(link.expires),
        used_at: Set(None),
    };
    row.insert(work.tx()).await?;
    Ok(link)
}

/// Makes a link and queues the letter that carries it.
pub(crate) async fn send(
    work: &mut Work,
    purpose: Purpose,
    person: &table::person::Model,
    client: Option<String>,
) -> Result<()> {
    let link = make(work, purpose, Some(PersonId::of(person.id))).await?;
    let facts = SignInFacts {
        business: String::new(),
        link: format!("/l/{}", link.token),
        expires: Some(link.expires),
        client,
    };
    tell(work, purpose.letter(), person, facts).await
}

/// Queues a letter about signing in.
pub(crate) async fn tell(
    work: &mut Work,
    event: &str,
    person: &table::person::Model,
    facts: SignInFacts,
) -> Result<()> {
    let business = table::business::Entity::find_by_id(1)
        .one(work.tx())
        .await?;
    let facts = SignInFacts {
        business: business.map(|business| business.name).unwrap_or_default(),
        ..facts
    };
    let facts =
        serde_json::to_value(facts).map_err(|error| Fault::Machine(format!("letter: {error}")))?;
    let letter = NewLetter {
        event: event.to_owned(),
        about: None,
        person: Some(person.id),
        client: None,
        email: person.email.clone(),
        facts,
    };
    outbox::queue(work, vec![letter]).await
}

/// Tells a person that their password was changed.
pub(crate) async fn tell_password_changed(
    work: &mut Work,
    person: &table::person::Model,
) -> Result<()> {
    let facts = SignInFacts {
        business: String::new(),
        link: "/forgot-password".to_owned(),
        expires: None,
        client: None,
    };
    tell(work, "password-changed", person, facts).await
}

/// Uses a link up, and with it all others of the same purpose of the same person. Of two that try at once, one succeeds.
///
/// # Errors
/// [`Refusal::LinkExpired`]: unknown, used, expired, or for something else.
pub(crate) async fn consume(
    work: &Work,
    token: &str,
    purpose: Purpose,
) -> Result<Option<PersonId>> {
    let hash = token::hash(token);
    let used = table::link::Entity::update_many()
        .col_expr(table::link::Column::UsedAt, Expr::value(work.now()))
        .filter(table::link::Column::TokenHash.eq(hash.as_str()))
        .filter(table::link::Column::Purpose.eq(purpose.word()))
        .filter(table::link::Column::UsedAt.is_null())
        .filter(table::link::Column::ExpiresAt.gt(work.now()))
        .exec(work.tx())
        .await?;
    if used.rows_affected != 1 {
        return Err(Refusal::LinkExpired.into());
    }
    let link = table::link::Entity::find_by_id(hash)
        .one(work.tx())
        .await?
        .ok_or(Refusal::LinkExpired)?;
    let person = link.person_id.map(PersonId::of);
    if let Some(person) = person {
        void(work, person, &[purpose]).await?;
    }
    Ok(person)
}

/// Uses up all links of a person for these purposes.
pub(crate) async fn void(work: &Work, person: PersonId, purposes: &[Purpose]) -> Result<()> {
    table::link::Entity::update_many()
        .col_expr(table::link::Column::UsedAt, Expr::value(work.now()))
        .filter(table::link::Column::PersonId.eq(person.key()))
        .filter(table::link::Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.word())))
        .filter(table::link::Column::UsedAt.is_null())
        .exec(work.tx())
        .await?;
    Ok(())
}
