//! From what the desk answers to what the Schedule draws: places and words, no rules.

use booking::ids::PhotoId;
use booking::refusal::Refusal;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::VisitStatus;
use booking::zone;
use desk::schedule::{ScheduleEntry, ScheduleTechnician};
use desk::{Desk, StaffPass};

use super::plan::{Item, Plan, Thing, What, Worker};
use super::sight::Sight;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Tone, moment};
use crate::office::requests::Voice;
use crate::office::requests::facts::Link;
use crate::trouble::Trouble;

/// Everything of the dates in sight.
///
/// # Errors
/// Not allowed, faults.
pub async fn plan(desk: &Desk, staff: &StaffPass, sight: &Sight) -> Result<Plan, Trouble> {
    let (locale, zone, now) = (ask::locale(), ask::business().time_zone, desk.now());
    let times = moment::Reader {
        locale,
        zone,
        business: zone,
        now,
    };
    let dates = Plan::dates(sight);
    let first = dates.first().copied().unwrap_or(sight.date);
    let after = dates
        .last()
        .copied()
        .and_then(|last| last.succ_opt())
        .unwrap_or(first);
    let found = desk
        .schedule(
            staff,
            zone::first_instant(&zone, first),
            zone::first_instant(&zone, after),
        )
        .await?;
    Ok(Plan {
        locale,
        zone,
        times,
        today: zone::date(&zone, now),
        workers: found.technicians.into_iter().map(worker).collect(),
        closures: found.closures,
        books: staff.dispatcher().is_ok(),
        things: found.resources.into_iter().map(thing).collect(),
        items: sessions(
            locale,
            found
                .entries
                .into_iter()
                .filter_map(|entry| item(locale, entry, now)),
        ),
    })
}

/// One session is one entry, however many come (R17): same service, technician, start and end.
fn sessions(locale: Locale, items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for item in items {
        let same = |other: &&mut Item| {
            other.span == item.span
                && other.service == item.service
                && other.technician == item.technician
                && matches!(
                    (&other.what, &item.what),
                    (What::Visit { .. }, What::Visit { .. })
                )
        };
        match found
            .iter_mut()
            .rev()
            .take_while(|other| other.span.start() == item.span.start())
            .find(same)
        {
            Some(session) => session.others += 1,
            None => found.push(item),
        }
    }
    for session in found.iter_mut().filter(|item| item.others > 0) {
        session.moves = false;
        session.client =
            td_string!(locale, schedule.clients, count = session.others + 1).to_string();
    }
    found
}

fn worker(technician: ScheduleTechnician) -> Worker {
    Worker {
        id: technician.id.to_string(),
        name: technician.name,
        open: technician.working,
        off: technician.time_off,
    }
}

fn thing(resource: desk::schedule::ScheduleResource) -> Thing {
    Thing {
        id: resource.id.to_string(),
        name: resource.name,
        kind: resource.kind,
        units: resource.units,
    }
}

fn item(locale: Locale, entry: ScheduleEntry, now: chrono::DateTime<chrono::Utc>) -> Option<Item> {
    let span = Span::new(entry.start, entry.end).ok()?;
    let client = entry.client.map(|(_, name)| name).unwrap_or_default();
    let service = entry.service.map(|(_, name)| name);
    let (what, reference) = match (entry.status, entry.visit, entry.request) {
        (BookingStatus::Pending, _, Some(request)) => (What::Hold, request),
        (_, Some(visit), _) => (
            What::Visit {
                live: live(entry.status) && span.end() > now,
                gone: gone(entry.status),
            },
            visit,
        ),
        (_, None, _) => (What::Blocked, String::new()),
    };
    let blocked = td_string!(locale, schedule.blocked);
    let takes = entry.resources.iter();
    let takes = takes.map(|(id, units)| (id.to_string(), *units)).collect();
    let moves = entry.status == BookingStatus::Scheduled && what != What::Blocked;
    let block = (what == What::Blocked).then(|| entry.id.to_string());
    Some(Item {
        reference,
        what,
        client,
        service: service.or(entry.note).unwrap_or_else(|| blocked.to_owned()),
        technician: entry.technician.map(|id| id.to_string()),
        span,
        status: status(locale, entry.status),
        others: 0,
        moves,
        block,
        takes,
    })
}

const fn live(status: BookingStatus) -> bool {
    matches!(
        status,
        BookingStatus::Scheduled | BookingStatus::InProgress | BookingStatus::Approved
    )
}

const fn gone(status: BookingStatus) -> bool {
    matches!(
        status,
        BookingStatus::Cancelled
            | BookingStatus::Rescheduled
            | BookingStatus::Declined
            | BookingStatus::Withdrawn
            | BookingStatus::Expired
    )
}

/// A booking's status: tone and word.
pub fn status(locale: Locale, status: BookingStatus) -> (Tone, String) {
    let (tone, word) = match status {
        BookingStatus::Pending => (Tone::Wait, td_string!(locale, queue.waiting)),
        BookingStatus::Approved | BookingStatus::Scheduled => {
            (Tone::Info, td_string!(locale, status.visit.scheduled))
        }
        BookingStatus::InProgress => (Tone::Yes, td_string!(locale, status.visit.in_progress)),
        BookingStatus::Completed => (Tone::Yes, td_string!(locale, status.visit.completed)),
        BookingStatus::NoShow => (Tone::No, td_string!(locale, status.visit.no_show)),
        BookingStatus::Cancelled | BookingStatus::Withdrawn => {
            (Tone::Off, td_string!(locale, status.visit.cancelled))
        }
        BookingStatus::Rescheduled => (Tone::Off, td_string!(locale, status.visit.rescheduled)),
        BookingStatus::Declined => (Tone::No, td_string!(locale, status.request.declined)),
        BookingStatus::Expired => (Tone::Off, td_string!(locale, status.request.expired)),
    };
    (tone, word.to_owned())
}

/// Everything about one visit.
#[derive(Clone, Debug)]
pub struct VisitFacts {
    /// V-…
    pub reference: String,
    /// Status: tone and word.
    pub status: (Tone, String),
    /// What for.
    pub service: String,
    /// Date and times.
    pub when: String,
    /// Who comes.
    pub technician: String,
    /// Who for.
    pub client: Link,
    /// How the client is reached.
    pub phone: String,
    /// Likewise.
    pub email: String,
    /// What it is for, under the business's own word for such things.
    pub subjects: (String, String),
    /// What it came from.
    pub request: Option<Link>,
    /// The linked ticket.
    pub ticket: Option<Link>,
    /// What the client wrote.
    pub notes: String,
    /// What the client has sent with it.
    pub photos: Vec<PhotoId>,
    /// For the team only.
    pub internal_notes: String,
    /// Where the client lives.
    pub address: String,
    /// Locations and equipment.
    pub resources: String,
    /// Why it was cancelled.
    pub reason: String,
    /// Whether it belongs to a series.
    pub series: bool,
    /// Whether this person may change it now.
    pub edits: bool,
}

/// Asks the desk for a visit.
///
/// # Errors
/// Not found, faults.
pub async fn visit(desk: &Desk, staff: &StaffPass, reference: &str) -> Result<VisitFacts, Trouble> {
    let found = desk
        .visit_details(staff, reference)
        .await?
        .ok_or(Refusal::NotFound)?;
    let voice = Voice::here(desk).await?;
    let (records, decides) = (staff.dispatcher().is_ok(), desk.sees_queue(staff).await?);
    // A link leads somewhere: who may not open the page reads the word.
    let to = |may: bool, href: String| if may { href } else { String::new() };
    let nobody = td_string!(voice.locale, schedule.visit.nobody);
    Ok(VisitFacts {
        status: visit_status(voice.locale, found.status),
        service: found.service,
        when: voice.times.span(found.start, found.end),
        technician: if found.technicians.is_empty() {
            nobody.to_owned()
        } else {
            crate::language::list(voice.locale, &found.technicians)
        },
        client: Link {
            text: found.client.1,
            href: to(records, format!("/office/clients/{}", found.client.0)),
        },
        request: found.request.map(|reference| Link {
            href: to(decides, format!("/office/requests/{reference}")),
            text: reference,
        }),
        phone: found.reach.0.unwrap_or_default(),
        email: found.reach.1.unwrap_or_default(),
        subjects: (
            voice.subjects.clone(),
            crate::language::list(voice.locale, &found.subjects),
        ),
        ticket: found.ticket.map(|number| {
            let link = voice.ticket(&number);
            let outside = voice.tickets.is_some();
            Link {
                href: to(records || outside, link.href),
                ..link
            }
        }),
        notes: found.notes,
        photos: found.photos,
        internal_notes: found.internal_notes,
        address: found.address.unwrap_or_default(),
        resources: resources(&found.resources),
        reason: found.reason.unwrap_or_default(),
        series: found.series,
        edits: records && found.status == VisitStatus::Scheduled,
        reference: found.reference,
    })
}

/// "Van, 2 × Room".
fn resources(all: &[(booking::ids::ResourceId, String, u32)]) -> String {
    let one = |(_, name, units): &(_, String, u32)| match units {
        1 => name.clone(),
        units => format!("{units} × {name}"),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The word and colour of a visit's status.
pub fn visit_status(locale: Locale, status: VisitStatus) -> (Tone, String) {
    let (tone, word) = match status {
        VisitStatus::Scheduled => (Tone::Info, td_string!(locale, status.visit.scheduled)),
        VisitStatus::InProgress => (Tone::Yes, td_string!(locale, status.visit.in_progress)),
        VisitStatus::Completed => (Tone::Yes, td_string!(locale, status.visit.completed)),
        VisitStatus::Cancelled => (Tone::Off, td_string!(locale, status.visit.cancelled)),
        VisitStatus::NoShow => (Tone::No, td_string!(locale, status.visit.no_show)),
        VisitStatus::Rescheduled => (Tone::Off, td_string!(locale, status.visit.rescheduled)),
    };
    (tone, word.to_owned())
}
