//! Tells everybody whom the table of spec §6 names: letters into the outbox, notices into the portal, in the transaction
//! of the change. Who is told what is `booking::letter`; here is only who these people are and what they are told.

use booking::ids::{PersonId, TechnicianId};
use booking::letter::{CalendarPart, Channels, Event, Recipient};
use booking::span::Span;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Set, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::desk::{Happened, Work};
use crate::key::Key;
use crate::notification_settings::channels_allowed;
use crate::outbox::{self, CalendarFacts, LetterFacts, NewLetter};
use crate::table::{notice, request, visit};
use crate::trouble::{Fault, Result};
use crate::undo_decision;

/// Something that happened to a request.
pub(crate) struct News<'a> {
    /// What.
    pub event: Event,
    /// The request as it is now.
    pub request: &'a request::Model,
    /// Its visit, if it has one.
    pub visit: Option<&'a visit::Model>,
    /// The technician of the visit, or the one asked for.
    pub technician: Option<TechnicianId>,
    /// The time before, when it was moved.
    pub old: Option<Span>,
    /// The reason given, for the client to read.
    pub reason: Option<String>,
    /// Who did it; nobody: the clock.
    pub actor: Option<PersonId>,
}

impl<'a> News<'a> {
    /// News about a request, with the technician it asks for.
    pub(crate) fn new(event: Event, request: &'a request::Model, actor: Option<PersonId>) -> Self {
        Self {
            event,
            request,
            visit: None,
            technician: request.technician_id.map(TechnicianId::of),
            old: None,
            reason: None,
            actor,
        }
    }
}

#[derive(FromQueryResult)]
struct Words {
    business: String,
    business_zone: String,
    client: String,
    service: String,
    technician: Option<String>,
}

const WORDS: &str = "SELECT b.name AS business, b.time_zone AS business_zone, c.name AS client, s.name AS service, \
    (SELECT p.name FROM people p WHERE p.id = $3) AS technician \
    FROM business b, clients c, services s WHERE b.id = 1 AND c.id = $1 AND s.id = $2";

#[derive(FromQueryResult)]
struct Somebody {
    id: Uuid,
    email: String,
    muted: Value,
    disabled: bool,
    staff: Option<bool>,
    approver: Option<bool>,
    dispatcher: Option<bool>,
    owner: Option<bool>,
}

const PEOPLE: &str = "SELECT p.id, p.email, p.muted, (p.disabled_at IS NOT NULL) AS disabled, s.active AS staff, s.dispatcher, s.owner, \
    (s.approver OR EXISTS (SELECT 1 FROM technician_approvers a WHERE a.person_id = p.id AND a.technician_id = $2)) AS approver \
    FROM people p LEFT JOIN staff s ON s.person_id = p.id WHERE p.id = $1 OR s.active ORDER BY p.id";

/// Queues the letters and writes the notices of one event.
pub(crate) async fn announce(work: &mut Work, news: &News<'_>) -> Result<()> {
    undo_decision::hold_back(work, news.event, news.request.id, news.actor).await?;
    let allowed = channels_allowed(work, news.event, news.request.client_id).await?;
    let facts = facts(work, news).await?;
    let people = people(work, news).await?;
    let (mut letters, mut notices) = (Vec::new(), Vec::new());
    for (person, role, channels) in told(news, &allowed, &people) {
        let said =
            serde_json::to_value(addressed(&facts, news, role, channels.calendar, work.now()))
                .map_err(|error| Fault::Machine(format!("letter: {error}")))?;
        if channels.notice {
            notices.push(notice_row(work, person.id, news.event, said.clone()));
        }
        if channels.mail && !mutes(&person.muted, news.event) {
            letters.push(NewLetter {
                event: news.event.as_str().to_owned(),
                about: Some(news.request.id),
                person: Some(person.id),
                email: person.email.clone(),
                facts: said,
            });
        }
    }
    for row in &notices {
        if let Some(person) = row.person_id.try_as_ref() {
            work.tell(Happened::Notices { person: *person });
        }
    }
    if !notices.is_empty() {
        notice::Entity::insert_many(notices)
            .exec_without_returning(work.tx())
            .await?;
    }
    outbox::queue(work, letters).await
}

/// Whether a person does not want mail about an event. A list of event words; notices always come.
fn mutes(muted: &Value, event: Event) -> bool {
    let listed = |all: &Vec<Value>| all.iter().any(|word| word == event.as_str());
    muted.as_array().is_some_and(listed)
}

async fn facts(work: &Work, news: &News<'_>) -> Result<LetterFacts> {
    let request = news.request;
    let values = [
        request.client_id.into(),
        request.service_id.into(),
        news.technician.map(Key::key).into(),
    ];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), WORDS, values);
    let words = Words::find_by_statement(asked).one(work.tx()).await?;
    let words = words.ok_or_else(|| Fault::Machine("no business is set up".to_owned()))?;
    let (start, end) = match news.visit {
        Some(visit) => (Some(visit.starts_at), Some(visit.ends_at)),
        None => (request.starts_at, request.ends_at),
    };
    Ok(LetterFacts {
        role: Recipient::Client,
        business: words.business,
        business_zone: words.business_zone,
        request: Some(request.reference.clone()),
        visit: news.visit.map(|visit| visit.reference.clone()),
        client: words.client,
        service: words.service,
        start,
        end,
        old_start: news.old.map(|span| span.start()),
        old_end: news.old.map(|span| span.end()),
        technician: words.technician,
        notes: request.notes.clone(),
        reason: news.reason.clone(),
        expires: request.expires_at.filter(|_| request.status == "pending"),
        link: String::new(),
        calendar: None,
    })
}

async fn people(work: &Work, news: &News<'_>) -> Result<Vec<Somebody>> {
    let values = [
        news.request.person_id.into(),
        news.technician.map(Key::key).into(),
    ];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), PEOPLE, values);
    Ok(Somebody::find_by_statement(asked).all(work.tx()).await?)
}

/// Every person once, in the role that tells them most. Approvers are those set for the business or the technician;
/// where nobody is set, the dispatchers; where there are none, the owners.
fn told<'p>(
    news: &News<'_>,
    allowed: &[(Recipient, Channels)],
    people: &'p [Somebody],
) -> Vec<(&'p Somebody, Recipient, Channels)> {
    let approvers = approvers(people);
    let mut found: Vec<(&Somebody, Recipient, Channels)> = Vec::new();
    for (role, channels) in allowed.iter().copied() {
        let technician = news.technician.map(Key::key);
        let is_meant = |person: &&Somebody| match role {
            Recipient::Client => person.id == news.request.person_id,
            Recipient::Approvers => approvers.contains(&person.id),
            Recipient::OtherApprovers => {
                approvers.contains(&person.id) && news.actor.map(Key::key) != Some(person.id)
            }
            Recipient::Technician => technician == Some(person.id),
            Recipient::PreviousTechnician => false,
        };
        for person in people.iter().filter(is_meant).filter(|p| !p.disabled) {
            match found.iter_mut().find(|told| told.0.id == person.id) {
                Some(told) if weight(channels) > weight(told.2) => *told = (person, role, channels),
                Some(_) => {}
                None => found.push((person, role, channels)),
            }
        }
    }
    found
}

fn weight(channels: Channels) -> u8 {
    u8::from(channels.mail) + u8::from(channels.calendar != CalendarPart::None)
}

fn approvers(people: &[Somebody]) -> Vec<Uuid> {
    let those = |is: fn(&Somebody) -> Option<bool>| -> Vec<Uuid> {
        let staff = people
            .iter()
            .filter(|p| p.staff == Some(true) && !p.disabled);
        staff
            .filter(|p| is(p) == Some(true))
            .map(|p| p.id)
            .collect()
    };
    [
        those(|p| p.approver),
        those(|p| p.dispatcher),
        those(|p| p.owner),
    ]
    .into_iter()
    .find(|some| !some.is_empty())
    .unwrap_or_default()
}

fn addressed(
    facts: &LetterFacts,
    news: &News<'_>,
    role: Recipient,
    part: CalendarPart,
    now: DateTime<Utc>,
) -> LetterFacts {
    let request = &news.request.reference;
    let link = match (role, news.visit) {
        (Recipient::Client, _) => format!("/requests/{request}"),
        (Recipient::Technician | Recipient::PreviousTechnician, Some(visit)) => {
            format!("/office/schedule?visit={}", visit.reference)
        }
        (Recipient::Technician | Recipient::PreviousTechnician, None) => {
            "/office/schedule".to_owned()
        }
        (Recipient::Approvers | Recipient::OtherApprovers, _) => {
            format!("/office/requests/{request}")
        }
    };
    let calendar = news.visit.filter(|_| part != CalendarPart::None);
    LetterFacts {
        role,
        link,
        calendar: calendar.map(|visit| CalendarFacts {
            uid: visit.uid.clone(),
            sequence: visit.sequence,
            method: part,
            stamp: now,
            start: visit.starts_at,
            end: visit.ends_at,
        }),
        ..facts.clone()
    }
}

fn notice_row(work: &Work, person: Uuid, event: Event, said: Value) -> notice::ActiveModel {
    let link = said.get("link").and_then(Value::as_str).unwrap_or("/");
    notice::ActiveModel {
        id: Set(work.id()),
        person_id: Set(person),
        event: Set(event.as_str().to_owned()),
        link: Set(link.to_owned()),
        facts: Set(said),
        created_at: Set(work.now()),
        read_at: Set(None),
        visible_at: Set(work.held_back()),
    }
}
