//! The figures of a range of dates: what was asked for and how soon it was answered, what took place, how busy technicians
//! were, who did not come. Read only. The number of queries does not depend on the range.

use std::collections::{BTreeMap, HashMap};

use booking::hours;
use booking::ids::TechnicianId;
use booking::refusal::Refusal;
use booking::report::{Range, Week, minutes_in, minutes_outside, percentile, week_of};
use booking::request::RequestStatus;
use booking::slots::BookingStatus;
use booking::span::Span;
use booking::visit::VisitStatus;
use chrono::{DateTime, Utc, Weekday};
use sea_orm::{FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::{Book, Wanted};
use crate::pass::StaffPass;
use crate::queue::names;
use crate::trouble::{Beside, Fault, Result};

/// The most clients named for appointments they did not come to.
pub const MOST_NO_SHOWS: usize = 10;

/// The figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reports {
    /// Week by week, by the business's first weekday; those at the ends may be cut short.
    pub weeks: Vec<WeekFigures>,
    /// How soon requests of the whole range were answered.
    pub answers: Answers,
    /// Technician by technician, in the order of the team: those who can be booked, or were.
    pub technicians: Vec<TechnicianFigures>,
    /// Clients who did not come, the most often first, at most [`MOST_NO_SHOWS`].
    pub no_shows: Vec<NoShows>,
}

/// A week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeekFigures {
    /// Its dates inside the range.
    pub dates: Range,
    /// The requests sent in it, by where they stand now.
    pub requests: BTreeMap<RequestStatus, u32>,
    /// How soon these were answered.
    pub answers: Answers,
    /// The appointments that begin in it, by where they stand now.
    pub visits: BTreeMap<VisitStatus, u32>,
}

/// How long staff took to approve or decline, in minutes; none where nothing was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// How many were answered.
    pub count: u32,
    /// Half of them came sooner than this, or as soon.
    pub median_min: Option<i64>,
    /// Nine of ten came sooner than this, or as soon.
    pub ninety_min: Option<i64>,
}

/// How busy a technician was, or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TechnicianFigures {
    /// Their name.
    pub name: String,
    /// Minutes in appointments that stand; what happens at once counts once, and no-shows do not count.
    pub booked_min: i64,
    /// Minutes of working hours, time off taken out.
    pub working_min: i64,
}

impl TechnicianFigures {
    /// Booked per cent of working time, rounded; none without working hours. More than 100 where people worked longer.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        (self.working_min > 0).then(|| (self.booked_min * 200 / self.working_min + 1) / 2)
    }
}

/// A client who did not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoShows {
    /// The client.
    pub client: String,
    /// How often.
    pub missed: u32,
    /// Of how many appointments that took place or should have.
    pub of: u32,
}

impl NoShows {
    /// Missed per cent, rounded.
    #[must_use]
    pub fn percent(&self) -> u32 {
        (self.missed * 200 / self.of.max(1)).div_ceil(2)
    }
}

#[derive(FromQueryResult)]
struct RequestRow {
    id: Uuid,
    status: String,
    created_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
}

const REQUESTS: &str = "SELECT id, status, created_at, decided_at FROM requests WHERE created_at >= $1 AND created_at < $2";

#[derive(FromQueryResult)]
struct VisitRow {
    id: Uuid,
    status: String,
    starts_at: DateTime<Utc>,
    client_id: Uuid,
    client: String,
}

const VISITS: &str = "SELECT v.id, v.status, v.starts_at, v.client_id, c.name AS client \
    FROM visits v JOIN clients c ON c.id = v.client_id WHERE v.starts_at >= $1 AND v.starts_at < $2";

/// Rows, read.
struct Read {
    requests: Vec<(RequestStatus, DateTime<Utc>, Option<i64>)>,
    visits: Vec<(VisitStatus, VisitRow)>,
}

impl Desk {
    /// The figures of a range of the business's dates.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::BadDate`] for dates that the zone skips.
    pub async fn reports(&self, who: &StaffPass, range: Range) -> Result<Reports> {
        who.dispatcher()?;
        let business = self.business().await?;
        let tz = crate::free_slots::load::read_zone(&business.time_zone, "business", "1")?;
        let span = range.span(&tz).ok_or(Refusal::BadDate).beside("from")?;
        let first_weekday = u8::try_from(business.first_weekday - 1).ok();
        let first_weekday = first_weekday.and_then(|day| Weekday::try_from(day).ok());
        let weeks = range.weeks(&tz, first_weekday.unwrap_or(Weekday::Mon));
        let read = self.read(span).await?;
        let wanted = Wanted {
            service: None,
            client: None,
            from: span.start(),
            to: span.end(),
        };
        let book = Book::load(self.db(), self.now(), &wanted).await?;
        let names = names(self.db()).await?;
        let answered = read.requests.iter().filter_map(|request| request.2);
        Ok(Reports {
            answers: answers(answered.collect()),
            weeks: by_week(&weeks, &read),
            technicians: book.map_or_else(Vec::new, |book| technicians(&book, &names, span)),
            no_shows: no_shows(&read.visits),
        })
    }

    async fn read(&self, span: Span) -> Result<Read> {
        let asked = |text| {
            let values = [span.start().into(), span.end().into()];
            Statement::from_sql_and_values(self.db().get_database_backend(), text, values)
        };
        let requests = RequestRow::find_by_statement(asked(REQUESTS));
        let requests = requests.all(self.db()).await?.into_iter().map(request);
        let visits = VisitRow::find_by_statement(asked(VISITS));
        let visits = visits.all(self.db()).await?.into_iter().map(visit);
        Ok(Read {
            requests: requests.collect::<Result<_>>()?,
            visits: visits.collect::<Result<_>>()?,
        })
    }
}

/// Its status, when it was sent, and after how many minutes staff answered.
fn request(row: RequestRow) -> Result<(RequestStatus, DateTime<Utc>, Option<i64>)> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "requests",
        column: "status",
        id: row.id.to_string(),
    })?;
    let answered = match status {
        RequestStatus::Approved | RequestStatus::Declined => row.decided_at,
        RequestStatus::Pending | RequestStatus::Cancelled | RequestStatus::Expired => None,
    };
    let took = answered.map(|at| (at - row.created_at).num_minutes().max(0));
    Ok((status, row.created_at, took))
}

fn visit(row: VisitRow) -> Result<(VisitStatus, VisitRow)> {
    let status = row.status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: row.id.to_string(),
    })?;
    Ok((status, row))
}

fn answers(mut took: Vec<i64>) -> Answers {
    took.sort_unstable();
    Answers {
        count: u32::try_from(took.len()).unwrap_or(u32::MAX),
        median_min: percentile(&took, 50),
        ninety_min: percentile(&took, 90),
    }
}

fn by_week(weeks: &[Week], read: &Read) -> Vec<WeekFigures> {
    let mut took: Vec<Vec<i64>> = vec![Vec::new(); weeks.len()];
    let mut requests = vec![BTreeMap::new(); weeks.len()];
    let mut visits = vec![BTreeMap::new(); weeks.len()];
    for (status, at, answered) in &read.requests {
        let Some(place) = week_of(weeks, *at) else {
            continue;
        };
        took[place].extend(answered);
        *requests[place].entry(*status).or_insert(0) += 1;
    }
    for (status, row) in &read.visits {
        if let Some(place) = week_of(weeks, row.starts_at) {
            *visits[place].entry(*status).or_insert(0) += 1;
        }
    }
    let figures = weeks.iter().zip(took).zip(requests).zip(visits);
    let figures = figures.map(|(((week, took), requests), visits)| WeekFigures {
        dates: week.dates,
        requests,
        answers: answers(took),
        visits,
    });
    figures.collect()
}

fn technicians(
    book: &Book,
    names: &HashMap<TechnicianId, String>,
    span: Span,
) -> Vec<TechnicianFigures> {
    let mut booked: HashMap<TechnicianId, Vec<Span>> = HashMap::new();
    // Time blocked for no client has no service.
    let visits = book
        .bookings()
        .iter()
        .filter(|booking| booking.service.get() != 0 && is_visit(booking.status));
    for booking in visits {
        if let Some(technician) = booking.technician {
            booked.entry(technician).or_default().push(booking.span);
        }
    }
    let mut team: Vec<_> = book.technicians().iter().collect();
    team.sort_by_key(|technician| book.position(technician.id));
    let figures = team.into_iter().map(|technician| {
        let range = (span.start(), span.end());
        let working = hours::working(technician, &book.zone(), book.closures(), range);
        let booked = booked.remove(&technician.id).unwrap_or_default();
        let open = match technician.active {
            true => minutes_outside(&working, &technician.time_off, span),
            false => 0,
        };
        TechnicianFigures {
            name: names.get(&technician.id).cloned().unwrap_or_default(),
            booked_min: minutes_in(&booked, span),
            working_min: open,
        }
    });
    let counted = |one: &TechnicianFigures| one.booked_min > 0 || one.working_min > 0;
    figures.filter(counted).collect()
}

/// Whether such a booking is an appointment that stands.
const fn is_visit(status: BookingStatus) -> bool {
    match status {
        BookingStatus::Approved
        | BookingStatus::Scheduled
        | BookingStatus::InProgress
        | BookingStatus::Completed => true,
        BookingStatus::Pending
        | BookingStatus::Declined
        | BookingStatus::Withdrawn
        | BookingStatus::Cancelled
        | BookingStatus::Rescheduled
        | BookingStatus::Expired
        | BookingStatus::NoShow => false,
    }
}

fn no_shows(visits: &[(VisitStatus, VisitRow)]) -> Vec<NoShows> {
    let mut clients: HashMap<Uuid, NoShows> = HashMap::new();
    for (status, row) in visits {
        let missed = match status {
            VisitStatus::NoShow => 1,
            VisitStatus::Completed => 0,
            VisitStatus::Scheduled
            | VisitStatus::InProgress
            | VisitStatus::Cancelled
            | VisitStatus::Rescheduled => continue,
        };
        let client = clients.entry(row.client_id).or_insert_with(|| NoShows {
            client: row.client.clone(),
            missed: 0,
            of: 0,
        });
        client.missed += missed;
        client.of += 1;
    }
    let mut all: Vec<NoShows> = clients.into_values().filter(|one| one.missed > 0).collect();
    // The same number of missed ones weighs more where there were fewer.
    all.sort_by(|a, b| {
        let (more, fewer) = (b.missed.cmp(&a.missed), a.of.cmp(&b.of));
        more.then(fewer).then_with(|| a.client.cmp(&b.client))
    });
    all.truncate(MOST_NO_SHOWS);
    all
}
