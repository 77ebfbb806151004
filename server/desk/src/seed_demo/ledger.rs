//! All rows of the demonstration's month, gathered first and stored with few statements. Its letters count as sent:
//! nobody is written to.

use std::collections::HashMap;

use booking::ids::{PersonId, Reference, ReferenceKind};
use booking::letter::Event;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::Value;
use uuid::Uuid;

use super::calendar::Found;
use super::people::Client;
use super::store;
use crate::desk::Work;
use crate::history::Entry;
use crate::hold::minutes;
use crate::key::Key;
use crate::outbox::{LetterFacts, MESSAGE_DOMAIN};
use crate::table::{
    booking as bookings, booking_resource, client_service, history, notice, outbox, request,
    request_subject, ticket, visit, visit_subject,
};
use crate::trouble::{Fault, Result};

/// The rows.
pub(super) struct Ledger<'w> {
    work: &'w Work,
    drawn: u64,
    agreements: HashMap<(Uuid, Uuid), Uuid>,
    client_services: Vec<client_service::Model>,
    bookings: Vec<bookings::Model>,
    booking_resources: Vec<booking_resource::Model>,
    notices: Vec<notice::Model>,
    letters: Vec<outbox::Model>,
    pub(super) history: Vec<history::ActiveModel>,
    pub(super) requests: Vec<request::Model>,
    pub(super) request_subjects: Vec<request_subject::Model>,
    pub(super) tickets: Vec<ticket::Model>,
    pub(super) visits: Vec<visit::Model>,
    pub(super) visit_subjects: Vec<visit_subject::Model>,
}

impl<'w> Ledger<'w> {
    pub(super) fn new(work: &'w Work) -> Self {
        Self {
            work,
            drawn: 0,
            agreements: HashMap::new(),
            client_services: Vec::new(),
            bookings: Vec::new(),
            booking_resources: Vec::new(),
            notices: Vec::new(),
            letters: Vec::new(),
            history: Vec::new(),
            requests: Vec::new(),
            request_subjects: Vec::new(),
            tickets: Vec::new(),
            visits: Vec::new(),
            visit_subjects: Vec::new(),
        }
    }

    /// The client's agreement for the service, made the first time.
    pub(super) fn agreement(&mut self, client: &Client, found: &Found, at: DateTime<Utc>) -> Uuid {
        let (work, rows) = (self.work, &mut self.client_services);
        *self
            .agreements
            .entry((client.id, found.service.id))
            .or_insert_with(|| {
                let id = work.id();
                rows.push(client_service::Model {
                    id,
                    client_id: client.id,
                    service_id: found.service.id,
                    kind: "one_time".to_owned(),
                    price_minor: found.service.price_minor,
                    active: true,
                    created_at: at,
                    ended_at: None,
                    version: 1,
                });
                id
            })
    }

    pub(super) fn take(&mut self, place: bookings::Model, found: &Found) {
        let units = found
            .resources
            .iter()
            .map(|(resource, units)| booking_resource::Model {
                booking_id: place.id,
                resource_id: resource.key(),
                units: minutes(*units),
            });
        self.booking_resources.extend(units);
        self.bookings.push(place);
    }

    pub(super) fn write(
        &mut self,
        about: &'static str,
        id: Uuid,
        what: &'static str,
        at: DateTime<Utc>,
        by: Option<Uuid>,
    ) {
        let entry = Entry::new(by.map(PersonId::of), about, id, what);
        self.history.push(entry.row(self.work.id(), at));
    }

    /// Tells a client by a letter that counts as sent, and by a notice that was read unless it is fresh.
    pub(super) fn tell(
        &mut self,
        client: &Client,
        event: Event,
        request: &request::Model,
        facts: &LetterFacts,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let read = at < self.work.now() - TimeDelta::days(2);
        self.notice(client.contact, event, facts, at, read)?;
        let id = self.work.id();
        self.letters.push(outbox::Model {
            id,
            message_id: format!("<{id}@{MESSAGE_DOMAIN}>"),
            event: event.as_str().to_owned(),
            about_id: Some(request.id),
            person_id: Some(client.contact),
            email: client.email.to_owned(),
            facts: value(facts)?,
            status: "sent".to_owned(),
            attempts: 1,
            due_at: at,
            leased_until: None,
            last_error: None,
            created_at: at,
            sent_at: Some(at),
            client_id: None,
        });
        Ok(())
    }

    pub(super) fn notice(
        &mut self,
        person: Uuid,
        event: Event,
        facts: &LetterFacts,
        at: DateTime<Utc>,
        read: bool,
    ) -> Result<()> {
        self.notices.push(notice::Model {
            id: self.work.id(),
            person_id: person,
            event: event.as_str().to_owned(),
            facts: value(facts)?,
            link: facts.link.clone(),
            created_at: at,
            read_at: read.then_some(at),
            visible_at: None,
        });
        Ok(())
    }

    /// Five characters that look drawn, and never repeat: multiplying by an odd number only shuffles 25 bits.
    pub(super) fn reference(&mut self, kind: ReferenceKind) -> String {
        self.drawn += 1;
        Reference::from_number(
            kind,
            self.drawn.wrapping_mul(0x9e37_79b1).wrapping_add(0x5b_d1e9),
            Reference::SHORTEST,
        )
        .to_string()
    }

    pub(super) async fn store(self) -> Result<()> {
        let work = self.work;
        store(work, rows(self.tickets)).await?;
        store(work, rows(self.client_services)).await?;
        store(work, rows(self.requests)).await?;
        store(work, rows(self.request_subjects)).await?;
        store(work, rows(self.visits)).await?;
        store(work, rows(self.visit_subjects)).await?;
        store(work, rows(self.bookings)).await?;
        store(work, rows(self.booking_resources)).await?;
        store(work, self.history).await?;
        store(work, rows(self.notices)).await?;
        store(work, rows(self.letters)).await
    }
}

fn rows<M, A>(models: Vec<M>) -> Vec<A>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    models
        .into_iter()
        .map(IntoActiveModel::into_active_model)
        .collect()
}

fn value(facts: &LetterFacts) -> Result<Value> {
    serde_json::to_value(facts).map_err(|error| Fault::Machine(format!("letter: {error}")).into())
}
