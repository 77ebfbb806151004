//! Tells everybody whom the table of spec §6 names: letters into the outbox, notices into the portal, in the transaction
//! of the change. Who is told what is `booking::letter`; here is only who these people are and what they are told.

use booking::ids::{ClientId, PersonId, ServiceId, TechnicianId};
use booking::letter::{CalendarPart, Channels, Event, Recipient};
use booking::span::Span;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Set, Statement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::asked_dates::AskedDates;
use crate::desk::{Happened, Work};
use crate::key::Key;
use crate::notification_settings::channels_allowed;
use crate::outbox::{self, CalendarFacts, ChangeFacts, LetterFacts, NewLetter, OfferFacts};
use crate::table::{change, notice, request, visit};
use crate::trouble::{Fault, Result};
use crate::undo_decision;

/// What it is about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// A request as it is now, and its visit once it has one.
    Request(&'a request::Model, Option<&'a visit::Model>),
    /// Visits that changed together, as they are now; at least one. The reference of the request they came from.
    Visits(&'a [visit::Model], Option<&'a request::Model>),
}

/// How it was before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    /// The time, when it was moved.
    pub span: Option<Span>,
    /// Who was to come, when that changed.
    pub technicians: Option<Vec<TechnicianId>>,
    /// What for, when that changed.
    pub service: Option<ServiceId>,
}

/// Something that happened to a request or to visits.
pub(crate) struct News<'a> {
    /// What.
    pub event: Event,
    /// To what.
    pub about: About<'a>,
    /// The technicians of the visit, or the one asked for.
    pub technicians: Vec<TechnicianId>,
    /// How it was before.
    pub before: Before,
    /// The reason given, for the client to read.
    pub reason: Option<String>,
    /// What staff offer.
    pub offer: Option<OfferFacts>,
    /// Where the client's letter leads instead: a link that needs no signing in.
    pub letter_link: Option<String>,
    /// What the client wants to have otherwise.
    pub change: Option<ChangeNews>,
    /// Names of services, where visits of several are meant together.
    pub services: Vec<(Uuid, String)>,
    /// Whose approvers are told, besides those of `technicians`.
    pub approvers_of: Vec<TechnicianId>,
    /// Only the technicians are told: everybody else was told of more than theirs.
    pub technicians_only: bool,
    /// Who did it; nobody: the clock.
    pub actor: Option<PersonId>,
}

/// A change that a client asked for.
pub(crate) struct ChangeNews {
    /// Who asked: they are told, whoever asked for the visit.
    pub by: Uuid,
    /// What for.
    pub facts: ChangeFacts,
}

impl<'a> News<'a> {
    /// News about a request, with the technician it asks for.
    pub(crate) fn new(event: Event, request: &'a request::Model, actor: Option<PersonId>) -> Self {
        let technician = request.technician_id.map(TechnicianId::of);
        Self {
            event,
            about: About::Request(request, None),
            technicians: technician.into_iter().collect(),
            before: Before::default(),
            reason: None,
            offer: None,
            letter_link: None,
            change: None,
            services: Vec::new(),
            approvers_of: Vec::new(),
            technicians_only: false,
            actor,
        }
    }

    /// News about visits that changed together.
    pub(crate) fn of_visits(
        event: Event,
        visits: &'a [visit::Model],
        request: Option<&'a request::Model>,
        technicians: Vec<TechnicianId>,
        actor: PersonId,
    ) -> Self {
        Self::about_visits(event, visits, request, technicians, Some(actor))
    }

    /// The same, where it may have been the clock.
    pub(crate) fn about_visits(
        event: Event,
        visits: &'a [visit::Model],
        request: Option<&'a request::Model>,
        technicians: Vec<TechnicianId>,
        actor: Option<PersonId>,
    ) -> Self {
        Self {
            event,
            about: About::Visits(visits, request),
            technicians,
            before: Before::default(),
            reason: None,
            offer: None,
            letter_link: None,
            change: None,
            services: Vec::new(),
            approvers_of: Vec::new(),
            technicians_only: false,
            actor,
        }
    }

    fn request(&self) -> Option<&'a request::Model> {
        match self.about {
            About::Request(request, _) => Some(request),
            About::Visits(_, request) => request,
        }
    }

    fn visit(&self) -> Option<&'a visit::Model> {
        match self.about {
            About::Request(_, visit) => visit,
            About::Visits(visits, _) => visits.first(),
        }
    }

    fn visits(&self) -> &'a [visit::Model] {
        match self.about {
            About::Request(_, visit) => visit.map_or(&[], std::slice::from_ref),
            About::Visits(visits, _) => visits,
        }
    }

    /// Client, service, and under which id its letters stand in order.
    fn subject(&self) -> Result<(ClientId, ServiceId, Uuid)> {
        let found = match (self.visit(), self.request()) {
            (Some(visit), _) => (visit.client_id, visit.service_id, visit.thread()),
            (None, Some(request)) => (request.client_id, request.service_id, request.id),
            (None, None) => return Err(Fault::Machine("news about nothing".to_owned()).into()),
        };
        Ok((ClientId::of(found.0), ServiceId::of(found.1), found.2))
    }

    /// The requests that it came of.
    fn requests(&self) -> Vec<Uuid> {
        let asked = self.request().map(|request| request.id);
        let others = self.visits().iter().filter_map(|visit| visit.request_id);
        asked.into_iter().chain(others).collect()
    }

    /// Whether staff wrote some of it down without a request.
    fn unasked(&self) -> bool {
        let written_down = |visit: &visit::Model| visit.request_id.is_none();
        self.request().is_none() && self.visits().iter().any(written_down)
    }

    /// Those it was taken from.
    fn left(&self) -> Vec<TechnicianId> {
        let before = self.before.technicians.iter().flatten().copied();
        before.filter(|id| !self.technicians.contains(id)).collect()
    }
}

impl ChangeNews {
    /// One that is decided: what came of it is said by what differs.
    pub(crate) fn of(row: &change::Model) -> Self {
        Self {
            by: row.person_id,
            facts: ChangeFacts {
                reference: row.reference.clone(),
                ..ChangeFacts::default()
            },
        }
    }
}

/// Somebody who is told, for those who are about to press the button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Their name, or the address of a client who does not sign in.
    pub name: String,
    /// In which role.
    pub role: Recipient,
    /// By mail.
    pub mail: bool,
    /// By a notice in the portal.
    pub notice: bool,
}

#[derive(FromQueryResult)]
struct Words {
    business: String,
    business_zone: String,
    client: String,
    client_email: Option<String>,
    service: String,
    old_service: Option<String>,
}

const WORDS: &str = "SELECT b.name AS business, b.time_zone AS business_zone, c.name AS client, c.email AS client_email, s.name AS service, \
    (SELECT o.name FROM services o WHERE o.id = $3) AS old_service \
    FROM business b, clients c, services s WHERE b.id = 1 AND c.id = $1 AND s.id = $2";

/// Somebody who may be told.
#[derive(FromQueryResult)]
struct Somebody {
    id: Uuid,
    name: String,
    email: String,
    muted: Value,
    disabled: bool,
    staff: Option<bool>,
    approver: Option<bool>,
    dispatcher: Option<bool>,
    owner: Option<bool>,
    contact: Option<bool>,
    /// Whether they see only what they asked for.
    own_only: Option<bool>,
    /// Whether they asked for what the news are about.
    asked: bool,
}

impl Somebody {
    /// Whether they still sign in for the client.
    fn speaks(&self) -> bool {
        self.contact == Some(true) && !self.disabled
    }
}

/// The people of one event.
struct People {
    all: Vec<Somebody>,
    /// Who is told by what, after settings and the client's choices.
    allowed: Vec<(Recipient, Channels)>,
    /// Where the client is written to when nobody signs in for them.
    client_email: Option<String>,
}

/// Queues the letters and writes the notices of one event.
pub(crate) async fn announce(work: &mut Work, news: &News<'_>) -> Result<()> {
    let (client, _, thread) = news.subject()?;
    hold_back(work, news).await?;
    let words = words(work, news).await?;
    let people = People {
        all: people(work.tx(), news).await?,
        allowed: channels_allowed(work.tx(), news.event, client.key()).await?,
        client_email: words.client_email.clone(),
    };
    let facts = facts(&words, &people, news);
    let (mut letters, mut notices) = (Vec::new(), Vec::new());
    for (person, role, channels) in told(news, &people) {
        let said = said(&facts, news, role, channels.calendar, work.now())?;
        if channels.notice {
            notices.push(notice_row(work, person.id, news.event, said.clone()));
        }
        if channels.mail && !mutes(&person.muted, news.event) {
            letters.push(NewLetter {
                event: news.event.as_str().to_owned(),
                about: Some(thread),
                person: Some(person.id),
                client: None,
                email: person.email.clone(),
                facts: linked(said, news, role),
            });
        }
    }
    if let Some((email, channels)) = unsigned(news, &people) {
        let said = said(
            &facts,
            news,
            Recipient::Client,
            channels.calendar,
            work.now(),
        )?;
        letters.push(NewLetter {
            event: news.event.as_str().to_owned(),
            about: Some(thread),
            person: None,
            client: Some(client.key()),
            email,
            facts: said,
        });
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

/// A decision may be taken back for a while: its letters wait. All others go at once.
async fn hold_back(work: &mut Work, news: &News<'_>) -> Result<()> {
    match news.about {
        About::Request(request, _) => {
            undo_decision::hold_back(work, news.event, request.id, news.actor).await
        }
        About::Visits(_, Some(request)) if news.event == Event::BookingApproved => {
            undo_decision::hold_back(work, news.event, request.id, news.actor).await
        }
        About::Visits(..) => {
            work.hold_back(None);
            Ok(())
        }
    }
}

/// Whom an event would tell, by name: said before the button is pressed.
pub(crate) async fn preview<C: ConnectionTrait>(
    db: &C,
    news: &News<'_>,
    client_email: Option<String>,
) -> Result<Vec<Told>> {
    let (client, _, _) = news.subject()?;
    let people = People {
        all: people(db, news).await?,
        allowed: channels_allowed(db, news.event, client.key()).await?,
        client_email,
    };
    let mut found: Vec<Told> = told(news, &people)
        .into_iter()
        .map(|(person, role, channels)| Told {
            name: person.name.clone(),
            role,
            mail: channels.mail && !mutes(&person.muted, news.event),
            notice: channels.notice,
        })
        .collect();
    found.extend(unsigned(news, &people).map(|(email, channels)| Told {
        name: email,
        role: Recipient::Client,
        mail: channels.mail,
        notice: false,
    }));
    Ok(found)
}

/// Whether a person does not want mail about an event. A list of event words; notices always come.
pub(crate) fn mutes(muted: &Value, event: Event) -> bool {
    let listed = |all: &Vec<Value>| all.iter().any(|word| word == event.as_str());
    muted.as_array().is_some_and(listed)
}

async fn words(work: &Work, news: &News<'_>) -> Result<Words> {
    let (client, service, _) = news.subject()?;
    let values = [
        client.key().into(),
        service.key().into(),
        news.before.service.map(Key::key).into(),
    ];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), WORDS, values);
    let words = Words::find_by_statement(asked).one(work.tx()).await?;
    words.ok_or_else(|| Fault::Machine("no business is set up".to_owned()).into())
}

fn facts(words: &Words, people: &People, news: &News<'_>) -> LetterFacts {
    let (request, visit) = (news.request(), news.visit());
    let (start, end) = match (visit, request) {
        (Some(visit), _) => (Some(visit.starts_at), Some(visit.ends_at)),
        (None, Some(request)) => (request.starts_at, request.ends_at),
        (None, None) => (None, None),
    };
    let notes = match news.about {
        About::Request(request, _) => request.notes.clone(),
        About::Visits(visits, _) => visits.first().map_or("", |visit| &visit.notes).to_owned(),
    };
    LetterFacts {
        role: Recipient::Client,
        business: words.business.clone(),
        business_zone: words.business_zone.clone(),
        request: request.map(|request| request.reference.clone()),
        visit: visit.map(|visit| visit.reference.clone()),
        client: words.client.clone(),
        service: words.service.clone(),
        start,
        end,
        asked: match visit {
            Some(_) => None,
            None => request.and_then(AskedDates::of),
        },
        old_start: news.before.span.map(|span| span.start()),
        old_end: news.before.span.map(|span| span.end()),
        technician: match news.offer {
            Some(_) => None,
            None => names(&people.all, &news.technicians),
        },
        old_technician: news
            .before
            .technicians
            .as_ref()
            .map(|before| names(&people.all, before).unwrap_or_default()),
        old_service: words.old_service.clone(),
        dates: Vec::new(),
        notes,
        reason: news.reason.clone(),
        expires: request
            .filter(|request| request.status == "pending")
            .and_then(|request| request.expires_at),
        offer: news.offer.clone(),
        change: news.change.as_ref().map(|change| change.facts.clone()),
        link: String::new(),
        calendar: None,
    }
}

/// Their names in the order given; nothing for nobody.
fn names(people: &[Somebody], ids: &[TechnicianId]) -> Option<String> {
    let known = ids
        .iter()
        .filter_map(|id| people.iter().find(|person| person.id == id.key()));
    let names: Vec<&str> = known.map(|person| person.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

const PEOPLE: &str = "SELECT p.id, p.name, p.email, p.muted, (p.disabled_at IS NOT NULL) AS disabled, s.active AS staff, s.dispatcher, s.owner, \
    (s.approver OR EXISTS (SELECT 1 FROM technician_approvers a WHERE a.person_id = p.id AND a.technician_id IN ({approved}))) AS approver, \
    k.active AS contact, (k.own_only OR c.own_only) AS own_only, \
    EXISTS (SELECT 1 FROM requests r WHERE r.person_id = p.id AND r.id IN ({requests})) AS asked \
    FROM people p JOIN clients c ON c.id = $1 LEFT JOIN staff s ON s.person_id = p.id LEFT JOIN contacts k ON k.person_id = p.id AND k.client_id = c.id \
    WHERE s.active OR k.active OR p.id IN ({technicians}) ORDER BY p.id";

async fn people<C: ConnectionTrait>(db: &C, news: &News<'_>) -> Result<Vec<Somebody>> {
    let (client, _, _) = news.subject()?;
    let mut values: Vec<sea_orm::Value> = vec![client.key().into()];
    let mut places = |ids: Vec<Uuid>| {
        let first = values.len() + 1;
        values.extend(ids.into_iter().map(sea_orm::Value::from));
        let places: Vec<String> = (first..=values.len()).map(|n| format!("${n}")).collect();
        // PostgreSQL knows the type of a list that is empty only when it is told.
        match places.is_empty() {
            true => "$1".to_owned(),
            false => places.join(", "),
        }
    };
    let before = news.before.technicians.iter().flatten();
    let technicians = news.technicians.iter().chain(before).map(|id| id.key());
    let of_one = technicians
        .clone()
        .chain(news.approvers_of.iter().map(|id| id.key()));
    let text = PEOPLE
        .replace("{approved}", &places(of_one.collect()))
        .replace("{technicians}", &places(technicians.collect()))
        .replace("{requests}", &places(news.requests()));
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    Ok(Somebody::find_by_statement(asked).all(db).await?)
}

/// Every person once, in the role that tells them most. Approvers are those set for the business or the technician;
/// where nobody is set, the dispatchers; where there are none, the owners. The client is whoever asked; where staff wrote
/// it down, or nobody who asked signs in any more, every contact who may see it.
fn told<'p>(news: &News<'_>, around: &'p People) -> Vec<(&'p Somebody, Recipient, Channels)> {
    let people = &around.all;
    let approvers = approvers(people);
    let (technicians, left) = (&news.technicians, news.left());
    let is_one_of = |ids: &[TechnicianId], person: Uuid| ids.iter().any(|id| id.key() == person);
    let changes = news.change.as_ref().map(|change| change.by);
    let unasked = news.unasked();
    // What the change of one contact made of a visit is known to all who have the visit in their calendars.
    let all_hear = match news.event {
        Event::VisitCancelled | Event::BulkCancelled | Event::ChangeApproved => true,
        _ => changes.is_none(),
    };
    let everyone = all_hear && (unasked || !people.iter().any(|p| p.asked && p.speaks()));
    let mut found: Vec<(&Somebody, Recipient, Channels)> = Vec::new();
    for (role, channels) in around.allowed.iter().copied() {
        if news.technicians_only && role != Recipient::Technician {
            continue;
        }
        let is_meant = |person: &&Somebody| match role {
            Recipient::Client => {
                let may_see = unasked || person.own_only != Some(true);
                let is_meant = person.asked || changes == Some(person.id);
                person.speaks() && (is_meant || (everyone && may_see))
            }
            Recipient::Approvers => approvers.contains(&person.id),
            Recipient::OtherApprovers => {
                approvers.contains(&person.id) && news.actor.map(Key::key) != Some(person.id)
            }
            Recipient::Technician => is_one_of(technicians, person.id),
            Recipient::PreviousTechnician => is_one_of(&left, person.id),
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

/// The address of a client for whom nobody signs in, where the event tells clients by mail.
fn unsigned(news: &News<'_>, people: &People) -> Option<(String, Channels)> {
    let nobody = news.request().is_none()
        && !news.technicians_only
        && !people.all.iter().any(Somebody::speaks);
    let email = people.client_email.clone().filter(|_| nobody)?;
    let by_mail = |told: &&(Recipient, Channels)| told.0 == Recipient::Client && told.1.mail;
    let channels = people.allowed.iter().find(by_mail)?.1;
    Some((email, channels))
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

fn said(
    facts: &LetterFacts,
    news: &News<'_>,
    role: Recipient,
    part: CalendarPart,
    now: DateTime<Utc>,
) -> Result<Value> {
    let addressed = addressed(facts, news, role, part, now);
    serde_json::to_value(addressed)
        .map_err(|error| Fault::Machine(format!("letter: {error}")).into())
}

fn addressed(
    facts: &LetterFacts,
    news: &News<'_>,
    role: Recipient,
    part: CalendarPart,
    now: DateTime<Utc>,
) -> LetterFacts {
    let entry = |visit: &visit::Model| CalendarFacts {
        uid: visit.uid.clone(),
        sequence: visit.sequence,
        method: part,
        stamp: now,
        service: other_service(news, visit),
        start: visit.starts_at,
        end: visit.ends_at,
    };
    let several = news.visits().len() > 1;
    LetterFacts {
        role,
        link: link(news, role),
        calendar: news
            .visit()
            .filter(|_| part != CalendarPart::None)
            .map(entry),
        dates: match several {
            true => news.visits().iter().map(entry).collect(),
            false => Vec::new(),
        },
        ..facts.clone()
    }
}

/// What a visit is for, where that is not what the first of them is for.
fn other_service(news: &News<'_>, visit: &visit::Model) -> Option<String> {
    let first = news.visit().map(|first| first.service_id);
    let its = |(id, _): &&(Uuid, String)| *id == visit.service_id && Some(*id) != first;
    news.services.iter().find(its).map(|(_, name)| name.clone())
}

/// The facts of a letter, with the client's own link where there is one.
fn linked(mut said: Value, news: &News<'_>, role: Recipient) -> Value {
    let link = news.letter_link.clone();
    let link = link.filter(|_| role == Recipient::Client);
    if let (Some(link), Some(facts)) = (link, said.as_object_mut()) {
        facts.insert("link".to_owned(), link.into());
    }
    said
}

/// Where whoever is told finds it.
fn link(news: &News<'_>, role: Recipient) -> String {
    let (request, visit) = (news.request(), news.visit());
    if let (Some(change), Some(visit)) = (&news.change, visit) {
        let reference = &change.facts.reference;
        return match role {
            Recipient::Client => format!("/visits/{}", visit.reference),
            Recipient::Approvers | Recipient::OtherApprovers => {
                format!("/office/requests/{reference}")
            }
            Recipient::Technician | Recipient::PreviousTechnician => {
                format!("/office/visits/{}", visit.reference)
            }
        };
    }
    let office = match (role, request, visit) {
        (Recipient::Client, Some(request), _) => {
            return format!("/requests/{}", request.reference);
        }
        (Recipient::Client, None, Some(visit)) => return format!("/visits/{}", visit.reference),
        (Recipient::Client, None, None) => return "/".to_owned(),
        (Recipient::Approvers | Recipient::OtherApprovers, Some(request), _)
            if matches!(news.about, About::Request(..)) =>
        {
            Some(format!("requests/{}", request.reference))
        }
        (_, _, Some(visit)) => Some(format!("visits/{}", visit.reference)),
        (
            Recipient::Technician
            | Recipient::PreviousTechnician
            | Recipient::Approvers
            | Recipient::OtherApprovers,
            _,
            None,
        ) => None,
    };
    format!(
        "/office/{}",
        office.unwrap_or_else(|| "schedule".to_owned())
    )
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
