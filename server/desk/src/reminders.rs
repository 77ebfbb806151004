//! Reminds of visits that are near: once for each visit, lead and person, whichever server looks first. What a reminder
//! says is read when it is due, and a letter whose visit has changed since is never sent (`outbox.rs`).

use std::collections::{BTreeMap, BTreeSet};

use booking::letter::{Channels, Event, Recipient, still_told};
use booking::visit::VisitStatus;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{EntityTrait, FromQueryResult, Set, Statement, TryInsertResult};
use serde_json::Value;
use uuid::Uuid;

use crate::desk::{Desk, Happened, Work};
use crate::notification_settings::{settings, words};
use crate::outbox::{self, LetterFacts, NewLetter};
use crate::table::{notice, reminder_sent, visit};
use crate::trouble::{Fault, Result};

/// How many are written in one transaction.
const AT_ONCE: usize = 50;

/// A visit that may be near enough.
#[derive(FromQueryResult)]
struct Visit {
    id: Uuid,
    uid: String,
    reference: String,
    request_id: Option<Uuid>,
    request: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    business: String,
    business_zone: String,
    client_id: Uuid,
    client: String,
    client_email: Option<String>,
    client_muted: Value,
    service: String,
}

const VISITS: &str = "SELECT v.id, v.uid, v.reference, v.request_id, r.reference AS request, v.starts_at, v.ends_at, v.created_at, \
    b.name AS business, b.time_zone AS business_zone, c.id AS client_id, c.name AS client, c.email AS client_email, c.muted AS client_muted, s.name AS service \
    FROM visits v JOIN clients c ON c.id = v.client_id JOIN services s ON s.id = v.service_id JOIN business b ON b.id = 1 \
    LEFT JOIN requests r ON r.id = v.request_id \
    WHERE v.status = 'scheduled' AND v.starts_at > $1 AND v.starts_at <= $2 ORDER BY v.starts_at, v.id";

/// Somebody of such a visit: whoever asked for it, or else the client's contacts; and its technicians. Where nobody signs in
/// for the client, the client's own address.
#[derive(FromQueryResult)]
struct Somebody {
    visit: Uuid,
    person: Uuid,
    name: String,
    email: String,
    muted: Value,
    technician: bool,
}

const PEOPLE: &str = "SELECT v.id AS visit, p.id AS person, p.name, p.email, p.muted, true AS technician \
    FROM visits v JOIN bookings b ON b.visit_id = v.id AND b.blocking JOIN people p ON p.id = b.technician_id \
    WHERE v.status = 'scheduled' AND v.starts_at > $1 AND v.starts_at <= $2 AND p.disabled_at IS NULL \
    UNION ALL \
    SELECT v.id AS visit, p.id AS person, p.name, p.email, p.muted, false AS technician \
    FROM visits v JOIN contacts k ON k.client_id = v.client_id AND k.active JOIN people p ON p.id = k.person_id \
    LEFT JOIN requests r ON r.id = v.request_id \
    WHERE v.status = 'scheduled' AND v.starts_at > $1 AND v.starts_at <= $2 AND p.disabled_at IS NULL \
    AND (r.id IS NULL OR r.person_id = p.id)";

const SENT: &str = "SELECT s.visit_id, s.slot, s.person_id, s.starts_at, s.letter_id, s.sent_at \
    FROM reminders_sent s JOIN visits v ON v.id = s.visit_id AND v.starts_at = s.starts_at \
    WHERE v.status = 'scheduled' AND v.starts_at > $1 AND v.starts_at <= $2";

/// When somebody was last told the time of a visit, of those told lately.
#[derive(FromQueryResult)]
struct Told {
    about: Uuid,
    person: Uuid,
    at: DateTime<Utc>,
}

const TOLD: &str = "SELECT o.about_id AS about, COALESCE(o.person_id, o.client_id) AS person, o.created_at AS at FROM outbox o \
    WHERE o.about_id IS NOT NULL AND COALESCE(o.person_id, o.client_id) IS NOT NULL AND o.created_at > $1 \
    AND o.event IN ('booking.approved', 'visit.created', 'visit.changed', 'change.approved')";

/// One reminder to be written.
struct Reminder<'a> {
    visit: &'a Visit,
    person: &'a Somebody,
    role: Recipient,
    channels: Channels,
    technician: Option<&'a str>,
    /// The leads that it stands for: after a pause of the server, one reminder does for both.
    slots: Vec<i32>,
}

/// Everything that decides who is reminded now.
struct Around {
    visits: Vec<Visit>,
    people: BTreeMap<Uuid, Vec<Somebody>>,
    sent: BTreeSet<(Uuid, i32, Uuid)>,
    told: Vec<Told>,
    channels: Vec<(Recipient, Channels)>,
    leads_min: [i32; 2],
}

impl Desk {
    /// Reminds everybody whose visit has come within a lead; how many reminders. Two servers may do it at once.
    ///
    /// # Errors
    /// The database's; those written before stay written.
    pub async fn send_reminders(&self) -> Result<u64> {
        let Some(around) = Around::load(self).await? else {
            return Ok(0);
        };
        let due = around.due(self.now());
        let mut done = 0;
        for some in due.chunks(AT_ONCE) {
            done += self.write_reminders(some).await?;
        }
        Ok(done)
    }

    async fn write_reminders(&self, some: &[Reminder<'_>]) -> Result<u64> {
        let mut work = self.begin().await?;
        let still = unchanged(&work, some).await?;
        let (mut letters, mut notices) = (Vec::new(), Vec::new());
        let mut done = 0;
        for reminder in some {
            if !still.contains(&(reminder.visit.id, reminder.visit.starts_at)) {
                continue;
            }
            let letter = reminder.wants_mail().then(|| work.id());
            if !claim(&work, reminder, letter).await? {
                continue;
            }
            done += 1;
            let facts = serde_json::to_value(reminder.facts())
                .map_err(|error| Fault::Machine(format!("letter: {error}")))?;
            if let Some(id) = letter {
                letters.push((id, reminder.letter(facts.clone())));
            }
            if reminder.wants_notice() {
                notices.push(reminder.notice(&work, facts));
                work.tell(Happened::Notices {
                    person: reminder.person.person,
                });
            }
        }
        if !notices.is_empty() {
            notice::Entity::insert_many(notices)
                .exec_without_returning(work.tx())
                .await?;
        }
        outbox::queue_as(&mut work, letters).await?;
        work.commit().await?;
        Ok(done)
    }
}

impl Around {
    /// Nothing where no visit is near.
    async fn load(desk: &Desk) -> Result<Option<Self>> {
        let (db, now) = (desk.db(), desk.now());
        let settings = settings(db).await?;
        let longest = settings.leads_min.into_iter().max().unwrap_or(0);
        let channels = still_told(Event::Reminder, &settings.taken_away);
        if longest == 0 || channels.is_empty() {
            return Ok(None);
        }
        let reach = TimeDelta::minutes(i64::from(longest));
        let near = |text| {
            let values = [now.into(), (now + reach).into()];
            Statement::from_sql_and_values(db.get_database_backend(), text, values)
        };
        let visits = Visit::find_by_statement(near(VISITS)).all(db).await?;
        if visits.is_empty() {
            return Ok(None);
        }
        let mut people: BTreeMap<Uuid, Vec<Somebody>> = BTreeMap::new();
        for somebody in Somebody::find_by_statement(near(PEOPLE)).all(db).await? {
            people.entry(somebody.visit).or_default().push(somebody);
        }
        for visit in &visits {
            let known = people.entry(visit.id).or_default();
            known.extend(visit.unsigned(known));
        }
        let sent: Vec<reminder_sent::Model> = reminder_sent::Model::find_by_statement(near(SENT))
            .all(db)
            .await?;
        let lately = [(now - reach).into()];
        let lately = Statement::from_sql_and_values(db.get_database_backend(), TOLD, lately);
        Ok(Some(Self {
            visits,
            people,
            sent: sent
                .into_iter()
                .map(|row| (row.visit_id, row.slot, row.person_id))
                .collect(),
            told: Told::find_by_statement(lately).all(db).await?,
            channels,
            leads_min: settings.leads_min,
        }))
    }

    /// The reminders that are due, in the order in which every server writes them.
    fn due(&self, now: DateTime<Utc>) -> Vec<Reminder<'_>> {
        let mut due = Vec::new();
        for visit in &self.visits {
            let people = self.people.get(&visit.id).into_iter().flatten();
            due.extend(people.filter_map(|person| self.reminder(visit, person, now)));
        }
        due
    }

    fn reminder<'a>(
        &'a self,
        visit: &'a Visit,
        person: &'a Somebody,
        now: DateTime<Utc>,
    ) -> Option<Reminder<'a>> {
        let role = if person.technician {
            Recipient::Technician
        } else {
            Recipient::Client
        };
        let (_, channels) = self.channels.iter().find(|(who, _)| *who == role)?;
        let is_client = role == Recipient::Client;
        let muted = |list: &Value| words(list).any(|event: Event| event == Event::Reminder);
        if is_client && muted(&visit.client_muted) {
            return None;
        }
        let slots = self.slots(visit, person, now);
        if slots.is_empty() {
            return None;
        }
        let all = self.people.get(&visit.id).into_iter().flatten();
        let mut technicians = all.filter(|one| one.technician);
        Some(Reminder {
            visit,
            person,
            role,
            channels: *channels,
            technician: technicians.next().map(|one| one.name.as_str()),
            slots,
        })
    }

    /// The leads that have come and were not reminded of. Whoever was told the time inside the lead — it was booked or
    /// moved since — has just heard of it.
    fn slots(&self, visit: &Visit, person: &Somebody, now: DateTime<Utc>) -> Vec<i32> {
        let told = self
            .told
            .iter()
            .filter(|told| told.person == person.person && told.about == visit.thread());
        let told = told.map(|told| told.at).max();
        let told = told.map_or(visit.created_at, |at| at.max(visit.created_at));
        let leads = (1..).zip(self.leads_min);
        let is_due = |slot: i32, lead: i32| {
            let from = visit.starts_at - TimeDelta::minutes(i64::from(lead));
            lead > 0
                && from <= now
                && told <= from
                && !self.sent.contains(&(visit.id, slot, person.person))
        };
        leads
            .filter(|(slot, lead)| is_due(*slot, *lead))
            .map(|(slot, _)| slot)
            .collect()
    }
}

impl Visit {
    /// The id under which its letters stand in order.
    fn thread(&self) -> Uuid {
        visit::thread(self.request_id, &self.uid).unwrap_or(self.id)
    }

    /// The client's own address, where nobody signs in for it.
    fn unsigned(&self, people: &[Somebody]) -> Option<Somebody> {
        let nobody = self.request_id.is_none() && people.iter().all(|one| one.technician);
        Some(Somebody {
            visit: self.id,
            person: self.client_id,
            name: self.client.clone(),
            email: self.client_email.clone().filter(|_| nobody)?,
            muted: Value::Null,
            technician: false,
        })
    }
}

impl Reminder<'_> {
    /// Whether it goes to the client's own address: nobody would see a notice.
    fn is_unsigned(&self) -> bool {
        self.person.person == self.visit.client_id
    }

    fn wants_notice(&self) -> bool {
        self.channels.notice && !self.is_unsigned()
    }

    fn wants_mail(&self) -> bool {
        let muted = words(&self.person.muted).any(|event: Event| event == Event::Reminder);
        self.channels.mail && !muted
    }

    fn facts(&self) -> LetterFacts {
        let visit = self.visit;
        let link = match (self.role, &visit.request) {
            (Recipient::Technician, _) => format!("/office/visits/{}", visit.reference),
            (_, Some(request)) => format!("/requests/{request}"),
            (_, None) => format!("/visits/{}", visit.reference),
        };
        LetterFacts {
            role: self.role,
            business: visit.business.clone(),
            business_zone: visit.business_zone.clone(),
            request: visit.request.clone(),
            visit: Some(visit.reference.clone()),
            client: visit.client.clone(),
            service: visit.service.clone(),
            start: Some(visit.starts_at),
            end: Some(visit.ends_at),
            asked: None,
            old_start: None,
            old_end: None,
            technician: self.technician.map(str::to_owned),
            old_technician: None,
            old_service: None,
            dates: Vec::new(),
            notes: String::new(),
            reason: None,
            expires: None,
            offer: None,
            change: None,
            link,
            calendar: None,
        }
    }

    fn letter(&self, facts: Value) -> NewLetter {
        NewLetter {
            event: Event::Reminder.as_str().to_owned(),
            about: Some(self.visit.thread()),
            person: (!self.is_unsigned()).then_some(self.person.person),
            client: self.is_unsigned().then_some(self.visit.client_id),
            email: self.person.email.clone(),
            facts,
        }
    }

    fn notice(&self, work: &Work, facts: Value) -> notice::ActiveModel {
        let link = facts.get("link").and_then(Value::as_str).unwrap_or("/");
        notice::ActiveModel {
            id: Set(work.id()),
            person_id: Set(self.person.person),
            event: Set(Event::Reminder.as_str().to_owned()),
            link: Set(link.to_owned()),
            facts: Set(facts),
            created_at: Set(work.now()),
            read_at: Set(None),
            visible_at: Set(None),
        }
    }
}

/// The visits of these reminders that still stand as they were read.
async fn unchanged(work: &Work, some: &[Reminder<'_>]) -> Result<BTreeSet<(Uuid, DateTime<Utc>)>> {
    use sea_orm::{ColumnTrait, QueryFilter};

    let ids: BTreeSet<Uuid> = some.iter().map(|reminder| reminder.visit.id).collect();
    let rows = visit::Entity::find()
        .filter(visit::Column::Id.is_in(ids))
        .filter(visit::Column::Status.eq(VisitStatus::Scheduled.as_str()))
        .all(work.tx())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.starts_at))
        .collect())
}

/// Claims a reminder for this transaction; false where another server has it.
async fn claim(work: &Work, reminder: &Reminder<'_>, letter: Option<Uuid>) -> Result<bool> {
    let row = |slot: &i32| reminder_sent::ActiveModel {
        visit_id: Set(reminder.visit.id),
        slot: Set(*slot),
        person_id: Set(reminder.person.person),
        starts_at: Set(reminder.visit.starts_at),
        letter_id: Set(letter),
        sent_at: Set(work.now()),
    };
    let columns = [
        reminder_sent::Column::VisitId,
        reminder_sent::Column::Slot,
        reminder_sent::Column::PersonId,
        reminder_sent::Column::StartsAt,
    ];
    let claimed = reminder_sent::Entity::insert_many(reminder.slots.iter().map(row))
        .on_conflict_do_nothing_on(columns)
        .exec_without_returning(work.tx())
        .await?;
    Ok(match claimed {
        TryInsertResult::Inserted(rows) => rows > 0,
        TryInsertResult::Conflicted | TryInsertResult::Empty => false,
    })
}
