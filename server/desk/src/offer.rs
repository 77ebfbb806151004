//! What the verbs about offers share: the open offer of a request, the times that it keeps free, and how it ends. An offer
//! carries its own times; what the client asked for first may have been a window of dates.

use booking::ids::{BookingId, PersonId, ServiceId, TechnicianId};
use booking::offer::{OfferKind, OfferStatus};
use booking::request::{Offer, Proposed, Request, RequestState};
use booking::service::Price;
use booking::slots::{self, Booking, BookingStatus};
use booking::span::Span;
use booking::zone;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::desk::Work;
use crate::free_slots::load::amount;
use crate::hold::{self, Place};
use crate::key::Key;
use crate::outbox::{OfferFacts, QuoteFacts, TimeFacts};
use crate::placing::{Placing, Spot};
use crate::submit_request::has_session;
use crate::table::{offer, offer_time, request};
use crate::trouble::{Fault, Result};

/// The open offer of a request, with its times, the earliest first.
pub(crate) struct OpenOffer {
    pub row: offer::Model,
    pub times: Vec<offer_time::Model>,
}

impl OpenOffer {
    /// Of this request, which is locked.
    pub(crate) async fn of(work: &Work, request: Uuid) -> Result<Option<Self>> {
        let row = offer::Entity::find()
            .filter(offer::Column::RequestId.eq(request))
            .filter(offer::Column::Status.eq(OfferStatus::Open.as_str()))
            .one(work.tx())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let times = offer_time::Entity::find()
            .filter(offer_time::Column::OfferId.eq(row.id))
            .order_by_asc(offer_time::Column::StartsAt)
            .order_by_asc(offer_time::Column::Id);
        let times = times.all(work.tx()).await?;
        Ok(Some(Self { row, times }))
    }

    /// The request as the rules know it, with this offer.
    pub(crate) fn on(&self, request: &request::Model) -> Result<Request> {
        let pending = request.pending()?;
        let times: Vec<Proposed> = self.times.iter().map(proposed).collect::<Result<_>>()?;
        let offer = match kind(&self.row)? {
            OfferKind::Times => Offer::times(times)?,
            OfferKind::Quote => Offer::Quote {
                price: Price::new(self.row.total_minor)?,
                note: None,
                time: times
                    .first()
                    .copied()
                    .ok_or_else(|| unreadable(&self.row, "offer_times"))?,
            },
        };
        let state = RequestState::Pending {
            offer: Some(offer),
            expires: request.expires_at,
        };
        Ok(Request { state, ..pending })
    }
}

/// The kind of an offer.
pub(crate) fn kind(row: &offer::Model) -> Result<OfferKind> {
    Ok(row.kind.parse().map_err(|_| unreadable(row, "kind"))?)
}

fn unreadable(row: &offer::Model, column: &'static str) -> Fault {
    Fault::Unreadable {
        table: "offers",
        column,
        id: row.id.to_string(),
    }
}

/// A time of an offer, as the rules know it.
pub(crate) fn proposed(time: &offer_time::Model) -> Result<Proposed> {
    Ok(Proposed {
        span: Span::new(time.starts_at, time.ends_at)?,
        technician: TechnicianId::of(time.technician_id),
    })
}

/// The request without its offer, to be written by a verb that ends it: nothing is awaited of the client, and the request
/// lives as long as what was asked for is to come. One that has no offer stays as it is.
pub(crate) async fn without(work: &Work, row: &request::Model) -> Result<request::Model> {
    if !row.awaiting_client {
        return Ok(row.clone());
    }
    Ok(request::Model {
        awaiting_client: false,
        expires_at: asked_until(work, row).await?,
        ..row.clone()
    })
}

/// Until when what was asked for is to come: the slot's start, or the end of the window. What is over already ends nothing
/// any more: staff are to answer once more.
pub(crate) async fn asked_until(
    work: &Work,
    row: &request::Model,
) -> Result<Option<DateTime<Utc>>> {
    let until = match row.starts_at {
        Some(start) => Some(start),
        None => {
            let zone = crate::business::zone_now(work.tx()).await?;
            let last = zone::day(&zone, row.window()?.last());
            last.map(|day| day.end())
        }
    };
    Ok(until.filter(|until| *until > work.now()))
}

/// Ends the open offer of a request, if it has one: its times are free again.
pub(crate) async fn end(
    work: &Work,
    request: &request::Model,
    status: OfferStatus,
    by: Option<PersonId>,
    word: Option<String>,
) -> Result<()> {
    if !request.awaiting_client {
        return Ok(());
    }
    for held in hold::of_request(work, request.id).await? {
        if held.blocking {
            hold::release(work, &held, left_as(status)).await?;
        }
    }
    offer::Entity::update_many()
        .col_expr(offer::Column::Status, Expr::value(status.as_str()))
        .col_expr(offer::Column::EndedAt, Expr::value(work.now()))
        .col_expr(offer::Column::EndedBy, Expr::value(by.map(Key::key)))
        .col_expr(offer::Column::Word, Expr::value(word))
        .filter(offer::Column::RequestId.eq(request.id))
        .filter(offer::Column::Status.eq(OfferStatus::Open.as_str()))
        .exec(work.tx())
        .await?;
    Ok(())
}

/// The last word of a row that kept a time free.
const fn left_as(status: OfferStatus) -> BookingStatus {
    match status {
        OfferStatus::Open | OfferStatus::Accepted | OfferStatus::Replaced => {
            BookingStatus::Rescheduled
        }
        OfferStatus::Refused => BookingStatus::Declined,
        OfferStatus::Dropped => BookingStatus::Withdrawn,
        OfferStatus::Lost | OfferStatus::Expired => BookingStatus::Expired,
    }
}

/// Frees the times of an open offer that have begun; the others stay.
pub(crate) async fn free_begun(work: &Work, request: Uuid) -> Result<()> {
    for held in hold::of_request(work, request).await? {
        let over = held.expires_at.is_some_and(|at| at <= work.now());
        if held.blocking && over {
            hold::release(work, &held, BookingStatus::Expired).await?;
        }
    }
    Ok(())
}

/// Marks a time that cannot be had any more, and frees it.
pub(crate) async fn lose(work: &Work, time: &offer_time::Model) -> Result<()> {
    offer_time::Entity::update_many()
        .col_expr(offer_time::Column::Lost, Expr::value(true))
        .filter(offer_time::Column::Id.eq(time.id))
        .exec(work.tx())
        .await?;
    let held = crate::table::booking::Entity::find_by_id(time.booking_id);
    if let Some(held) = held.one(work.tx()).await?.filter(|row| row.blocking) {
        hold::release(work, &held, BookingStatus::Expired).await?;
    }
    Ok(())
}

/// What keeps a time free, worked out against everything else and against the times of the same offer before it. It counts
/// for those after it.
pub(crate) fn keep(
    work: &Work,
    placing: &mut Placing,
    request: &request::Model,
    proposed: Proposed,
) -> Result<Place> {
    let technician = Some(proposed.technician);
    let joins = has_session(
        &placing.facts,
        proposed.technician,
        proposed.span,
        &placing.own,
    );
    let place = Place {
        technician,
        service: ServiceId::of(request.service_id),
        span: proposed.span,
        buffers: hold::buffers(&placing.facts, technician),
        seats: amount(request.seats),
        group: placing.capacity() > 1,
        status: BookingStatus::Pending,
        expires: None,
        request: Some(request.id),
        visit: None,
        resources: match joins {
            true => Vec::new(),
            false => slots::resources_for(&placing.facts, proposed.span, &placing.own)?,
        },
    };
    placing.facts.bookings.push(Booking {
        id: Some(BookingId::of(work.id())),
        technician,
        service: place.service,
        span: place.span,
        status: place.status,
        expires: None,
        seats: place.seats,
        before_min: place.buffers.0,
        after_min: place.buffers.1,
        resources: place.resources.clone(),
    });
    Ok(place)
}

/// The spot of a proposed time.
pub(crate) fn spot(request: &request::Model, proposed: Proposed) -> Spot {
    Spot {
        span: proposed.span,
        technicians: vec![proposed.technician],
        seats: amount(request.seats),
    }
}

/// What letters and notices say of an offer. `names`: of all technicians.
pub(crate) fn facts(
    row: &offer::Model,
    times: &[offer_time::Model],
    name: impl Fn(TechnicianId) -> String,
) -> OfferFacts {
    OfferFacts {
        times: times
            .iter()
            .map(|time| TimeFacts {
                start: time.starts_at,
                end: time.ends_at,
                technician: name(TechnicianId::of(time.technician_id)),
            })
            .collect(),
        quote: row.reference.clone().map(|reference| QuoteFacts {
            reference,
            total_minor: row.total_minor,
            currency: row.currency.clone(),
        }),
        note: row.note.clone(),
    }
}
