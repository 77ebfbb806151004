//! Offers as people look at them: on the client's page of a request, behind the link of a letter, among the details for
//! staff, and a quote on paper. The number of queries does not depend on the number of offers.

use std::collections::HashMap;

use booking::offer::{OfferKind, OfferStatus};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::amount;
use crate::my_requests::MyRequest;
use crate::offer;
use crate::offer_link;
use crate::pass::{ContactPass, StaffPass};
use crate::table::{client, offer as offers, offer_time, person, quote_line, request, service};
use crate::trouble::{Fault, Result};

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferSeen {
    /// Its id.
    pub id: Uuid,
    /// Other times, or a quote.
    pub kind: OfferKind,
    /// `Q-…` of a quote.
    pub reference: Option<String>,
    /// Where it stands.
    pub status: OfferStatus,
    /// The word for the client; may be empty.
    pub note: String,
    /// Its times, the earliest first; of a quote one.
    pub times: Vec<TimeSeen>,
    /// The lines of a quote.
    pub lines: Vec<LineSeen>,
    /// The price of a quote.
    pub price: PriceSeen,
    /// Until when it can be answered.
    pub expires: DateTime<Utc>,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// What the client wrote when they refused.
    pub word: Option<String>,
}

/// A time of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeSeen {
    /// Its id, for the form that takes it.
    pub id: Uuid,
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Who would come.
    pub technician: String,
    /// Whether it can still be taken, as far as is known.
    pub stands: bool,
}

/// A line of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineSeen {
    /// What for.
    pub words: String,
    /// How much, in hundredths.
    pub hundredths: u32,
    /// The price of one, in minor units.
    pub unit_minor: i64,
    /// What the line costs.
    pub total_minor: i64,
}

/// The sums of a quote, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PriceSeen {
    /// The currency it was sent in.
    pub currency: String,
    /// The lines together.
    pub net_minor: i64,
    /// The rate of tax in hundredths of a per cent.
    pub tax_bp: u32,
    /// The tax.
    pub tax_minor: i64,
    /// What the client pays.
    pub total_minor: i64,
}

/// The offer behind the link of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkedOffer {
    /// The request it answers.
    pub request: MyRequest,
    /// The offer.
    pub offer: OfferSeen,
    /// The zone of whoever it was sent to: their own, or the client's, or the business's (decision 18).
    pub time_zone: String,
}

/// A quote on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuotePaper {
    /// The quote.
    pub offer: OfferSeen,
    /// The request it answers.
    pub request: String,
    /// For whom.
    pub client: String,
    /// Their address.
    pub address: Option<String>,
    /// For which service.
    pub service: String,
}

impl Desk {
    /// The offers of the client's own request, the newest first; none for anybody else's.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_offers(&self, who: &ContactPass, reference: &str) -> Result<Vec<OfferSeen>> {
        match self.own(who, reference).await? {
            Some(row) => self.offers_of(&row).await,
            None => Ok(Vec::new()),
        }
    }

    /// The offers of a request, for staff who decide it, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn offers(&self, who: &StaffPass, reference: &str) -> Result<Vec<OfferSeen>> {
        match self.request_seen(who, reference).await? {
            Some(row) => self.offers_of(&row).await,
            None => Ok(Vec::new()),
        }
    }

    /// The offer behind the link of a letter; nothing where the link is unknown or over.
    ///
    /// # Errors
    /// The database's.
    pub async fn linked_offer(&self, token: &str) -> Result<Option<LinkedOffer>> {
        let Some(opened) = offer_link::open(self.db(), token, self.now()).await? else {
            return Ok(None);
        };
        let reference = &opened.request.reference;
        let Some(found) = self.my_request(&opened.who, reference).await? else {
            return Ok(None);
        };
        let offers = self.offers_of(&opened.request).await?;
        let offer = offers.into_iter().find(|offer| offer.id == opened.offer);
        Ok(offer.map(|offer| LinkedOffer {
            request: found.request,
            offer,
            time_zone: opened.time_zone,
        }))
    }

    /// The client's own quote on paper.
    ///
    /// # Errors
    /// The database's.
    pub async fn my_quote(&self, who: &ContactPass, quote: &str) -> Result<Option<QuotePaper>> {
        let Some(row) = self.request_of_quote(quote).await? else {
            return Ok(None);
        };
        match self.own(who, &row.reference).await? {
            Some(row) => self.paper(&row, quote).await,
            None => Ok(None),
        }
    }

    /// A quote on paper, for staff who decide its request.
    ///
    /// # Errors
    /// The database's.
    pub async fn quote(&self, who: &StaffPass, quote: &str) -> Result<Option<QuotePaper>> {
        let Some(row) = self.request_of_quote(quote).await? else {
            return Ok(None);
        };
        match self.request_seen(who, &row.reference).await? {
            Some(row) => self.paper(&row, quote).await,
            None => Ok(None),
        }
    }

    async fn own(&self, who: &ContactPass, reference: &str) -> Result<Option<request::Model>> {
        use crate::key::Key;
        let mut found = request::Entity::find()
            .filter(request::Column::Reference.eq(reference))
            .filter(request::Column::ClientId.eq(who.client.key()));
        if who.own_only {
            found = found.filter(request::Column::PersonId.eq(who.person.key()));
        }
        Ok(found.one(self.db()).await?)
    }

    async fn request_of_quote(&self, quote: &str) -> Result<Option<request::Model>> {
        let found = offers::Entity::find().filter(offers::Column::Reference.eq(quote));
        match found.one(self.db()).await? {
            Some(offer) => Ok(request::Entity::find_by_id(offer.request_id)
                .one(self.db())
                .await?),
            None => Ok(None),
        }
    }

    async fn paper(&self, row: &request::Model, quote: &str) -> Result<Option<QuotePaper>> {
        let offers = self.offers_of(row).await?;
        let is_it = |offer: &OfferSeen| offer.reference.as_deref() == Some(quote);
        let client = client::Entity::find_by_id(row.client_id);
        let service = service::Entity::find_by_id(row.service_id);
        let (client, service) = (client.one(self.db()).await?, service.one(self.db()).await?);
        let found = offers.into_iter().find(is_it).zip(client.zip(service));
        Ok(found.map(|(offer, (client, service))| QuotePaper {
            offer,
            request: row.reference.clone(),
            client: client.name,
            address: client.address,
            service: service.name,
        }))
    }

    async fn offers_of(&self, row: &request::Model) -> Result<Vec<OfferSeen>> {
        let rows = offers::Entity::find()
            .filter(offers::Column::RequestId.eq(row.id))
            .order_by_desc(offers::Column::CreatedAt)
            .order_by_desc(offers::Column::Id)
            .all(self.db())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut times = times(self.db(), &ids).await?;
        let mut lines = lines(self.db(), &ids).await?;
        let mut seen = Vec::new();
        for row in rows {
            let (times, lines) = (times.remove(&row.id), lines.remove(&row.id));
            let times = times.unwrap_or_default();
            seen.push(self.seen(row, times, lines.unwrap_or_default())?);
        }
        Ok(seen)
    }

    /// An offer that has run out is expired, whether or not the clock's round has come by.
    fn seen(
        &self,
        row: offers::Model,
        times: Vec<(offer_time::Model, String)>,
        lines: Vec<LineSeen>,
    ) -> Result<OfferSeen> {
        let now = self.now();
        let status: OfferStatus = row.status.parse().map_err(|_| Fault::Unreadable {
            table: "offers",
            column: "status",
            id: row.id.to_string(),
        })?;
        let over = status == OfferStatus::Open && row.expires_at <= now;
        let time = |(time, technician): (offer_time::Model, String)| TimeSeen {
            id: time.id,
            start: time.starts_at,
            end: time.ends_at,
            technician,
            stands: !time.lost && time.starts_at > now,
        };
        Ok(OfferSeen {
            id: row.id,
            kind: offer::kind(&row)?,
            status: if over { OfferStatus::Expired } else { status },
            note: row.note,
            times: times.into_iter().map(time).collect(),
            lines,
            price: PriceSeen {
                currency: row.currency,
                net_minor: row.net_minor,
                tax_bp: amount(row.tax_bp),
                tax_minor: row.tax_minor,
                total_minor: row.total_minor,
            },
            expires: row.expires_at,
            created: row.created_at,
            word: row.word,
            reference: row.reference,
        })
    }
}

type Times = HashMap<Uuid, Vec<(offer_time::Model, String)>>;

async fn times<C: ConnectionTrait>(db: &C, offers: &[Uuid]) -> Result<Times> {
    let rows = offer_time::Entity::find()
        .filter(offer_time::Column::OfferId.is_in(offers.iter().copied()))
        .order_by_asc(offer_time::Column::StartsAt)
        .order_by_asc(offer_time::Column::Id)
        .all(db)
        .await?;
    let people = rows.iter().map(|row| row.technician_id);
    let people = person::Entity::find().filter(person::Column::Id.is_in(people));
    let people = people.all(db).await?;
    let names: HashMap<Uuid, String> = people.into_iter().map(|p| (p.id, p.name)).collect();
    let mut found = Times::new();
    for row in rows {
        let name = names.get(&row.technician_id).cloned().unwrap_or_default();
        found.entry(row.offer_id).or_default().push((row, name));
    }
    Ok(found)
}

async fn lines<C: ConnectionTrait>(
    db: &C,
    offers: &[Uuid],
) -> Result<HashMap<Uuid, Vec<LineSeen>>> {
    let rows = quote_line::Entity::find()
        .filter(quote_line::Column::OfferId.is_in(offers.iter().copied()))
        .order_by_asc(quote_line::Column::Position)
        .all(db)
        .await?;
    let mut found: HashMap<Uuid, Vec<LineSeen>> = HashMap::new();
    for row in rows {
        found.entry(row.offer_id).or_default().push(LineSeen {
            words: row.words,
            hundredths: amount(row.hundredths),
            unit_minor: row.unit_minor,
            total_minor: row.total_minor,
        });
    }
    Ok(found)
}
