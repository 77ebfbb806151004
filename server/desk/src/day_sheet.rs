//! A technician's day on paper: whom, where, what for, with what. Read only; five queries, whoever works and however much.

use std::collections::HashMap;

use booking::ids::TechnicianId;
use booking::refusal::Refusal;
use booking::span::Span;
use booking::visit::VisitStatus;
use booking::zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::free_slots::load::{amount, read_zone};
use crate::key::Key;
use crate::pass::StaffPass;
use crate::trouble::{Beside, Fault, Result};

/// The day, technician by technician.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DaySheet {
    /// Whom this person may choose among, in the order of the team.
    pub technicians: Vec<(TechnicianId, String)>,
    /// A sheet for each technician who was asked for, and for what nobody performs yet, if there is something.
    pub sheets: Vec<Sheet>,
}

/// One technician's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Who; nobody yet.
    pub technician: Option<(TechnicianId, String)>,
    /// Appointments and blocked time, by start.
    pub lines: Vec<Line>,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// The appointment; none: blocked time.
    pub visit: Option<SheetVisit>,
    /// The note of blocked time.
    pub note: Option<String>,
    /// What is to be taken along, or where it is: name and units.
    pub resources: Vec<(String, u32)>,
}

/// An appointment on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetVisit {
    /// `V-…`.
    pub reference: String,
    /// Where it stands.
    pub status: VisitStatus,
    /// Whose.
    pub client: String,
    /// The client's telephone.
    pub phone: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What for.
    pub service: String,
    /// Seats taken.
    pub seats: u32,
    /// Name and details of what it is for.
    pub subjects: Vec<(String, String)>,
    /// What the client wrote.
    pub notes: String,
    /// For staff only.
    pub internal_notes: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    technician_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    note: Option<String>,
    seats: i32,
    visit_id: Option<Uuid>,
    reference: Option<String>,
    status: Option<String>,
    client: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    service: Option<String>,
    notes: Option<String>,
    internal_notes: Option<String>,
}

const LINES: &str = "SELECT b.id, b.technician_id, b.starts_at, b.ends_at, b.note, b.seats, v.id AS visit_id, v.reference, v.status, \
    c.name AS client, c.phone, c.address, s.name AS service, v.notes, v.internal_notes \
    FROM bookings b LEFT JOIN visits v ON v.id = b.visit_id LEFT JOIN clients c ON c.id = v.client_id \
    LEFT JOIN services s ON s.id = v.service_id WHERE {day} ORDER BY b.starts_at, b.id";

const SUBJECTS: &str = "SELECT DISTINCT k.visit_id AS id, u.name, u.details AS more FROM visit_subjects k \
    JOIN subjects u ON u.id = k.subject_id JOIN bookings b ON b.visit_id = k.visit_id WHERE {day} ORDER BY u.name, u.details";

const RESOURCES: &str = "SELECT k.booking_id AS id, r.name, CAST(k.units AS text) AS more FROM booking_resources k \
    JOIN resources r ON r.id = k.resource_id JOIN bookings b ON b.id = k.booking_id WHERE {day} ORDER BY r.name, r.id";

// Visits that take place or took place, no-shows included, and time that is blocked for no client. No holds.
const DAY: &str = "b.starts_at < $2 AND b.ends_at > $1 AND b.starts_at > $3 \
    AND (b.blocking OR b.status = 'no_show') AND (b.visit_id IS NOT NULL OR b.request_id IS NULL)";

#[derive(FromQueryResult)]
struct Technician {
    id: Uuid,
    name: String,
    active: bool,
}

const TECHNICIANS: &str = "SELECT t.id, p.name, t.active FROM technicians t JOIN people p ON p.id = t.id ORDER BY t.position, t.id";

/// Names and something more, by the row they belong to.
type Named = HashMap<Uuid, Vec<(String, String)>>;

impl Desk {
    /// The sheets of a date of the business: of one technician, or of all. A technician who is nothing else gets the own.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for somebody else's sheet; [`Refusal::BadDate`] for a date that the zone skips.
    pub async fn day_sheet(
        &self,
        who: &StaffPass,
        date: NaiveDate,
        technician: Option<TechnicianId>,
    ) -> Result<DaySheet> {
        let own = TechnicianId::new(who.person.get());
        let technician = match (who.decides_all(), technician) {
            (true, technician) => technician,
            (false, Some(other)) if other != own => return Err(Refusal::NotAllowed.into()),
            (false, _) => Some(own),
        };
        let tz = read_zone(&self.business().await?.time_zone, "business", "1")?;
        let day = zone::day(&tz, date)
            .ok_or(Refusal::BadDate)
            .beside("date")?;
        crate::free_slots::sane(day.start())?;
        let asked = |text: &str| self.of_the_day(text, day, technician);
        let rows = Row::find_by_statement(asked(LINES)).all(self.db()).await?;
        let subjects = self.names_by_row(asked(SUBJECTS)).await?;
        let resources = self.names_by_row(asked(RESOURCES)).await?;
        let all = Statement::from_string(self.db().get_database_backend(), TECHNICIANS);
        let all = Technician::find_by_statement(all).all(self.db()).await?;
        let mut lines: HashMap<Option<Uuid>, Vec<Line>> = HashMap::new();
        for row in rows {
            let whose = row.technician_id;
            let line = line(row, &subjects, &resources)?;
            lines.entry(whose).or_default().push(line);
        }
        let team = all
            .into_iter()
            .filter(|one| who.decides_all() || one.id == own.key())
            .filter(|one| one.active || lines.contains_key(&Some(one.id)))
            .map(|one| (TechnicianId::of(one.id), one.name));
        let technicians: Vec<_> = team.collect();
        Ok(DaySheet {
            sheets: sheets(&technicians, technician, lines),
            technicians,
        })
    }

    fn of_the_day(&self, text: &str, day: Span, technician: Option<TechnicianId>) -> Statement {
        let (from, to) = (day.start(), day.end());
        let mut values: Vec<Value> =
            vec![from.into(), to.into(), (from - TimeDelta::days(31)).into()];
        let mut wanted = DAY.to_owned();
        if let Some(technician) = technician {
            wanted.push_str(" AND b.technician_id = $4");
            values.push(technician.key().into());
        }
        let text = text.replace("{day}", &wanted);
        Statement::from_sql_and_values(self.db().get_database_backend(), text, values)
    }

    async fn names_by_row(&self, asked: Statement) -> Result<Named> {
        let mut found = Named::new();
        for row in self.db().query_all_raw(asked).await? {
            let id: Uuid = row.try_get("", "id")?;
            let pair = (row.try_get("", "name")?, row.try_get("", "more")?);
            found.entry(id).or_default().push(pair);
        }
        Ok(found)
    }
}

/// In the order of the team; what nobody performs yet comes last.
fn sheets(
    technicians: &[(TechnicianId, String)],
    one: Option<TechnicianId>,
    mut lines: HashMap<Option<Uuid>, Vec<Line>>,
) -> Vec<Sheet> {
    let wanted = technicians
        .iter()
        .filter(|(id, _)| one.is_none_or(|one| one == *id));
    let mut sheets: Vec<Sheet> = wanted
        .map(|(id, name)| Sheet {
            technician: Some((*id, name.clone())),
            lines: lines.remove(&Some(id.key())).unwrap_or_default(),
        })
        .collect();
    sheets.extend(lines.remove(&None).map(|lines| Sheet {
        technician: None,
        lines,
    }));
    sheets
}

fn line(row: Row, subjects: &Named, resources: &Named) -> Result<Line> {
    let units = |(name, units): &(String, String)| (name.clone(), units.parse().unwrap_or(1));
    let resources = resources.get(&row.id).map(Vec::as_slice);
    Ok(Line {
        start: row.starts_at,
        end: row.ends_at,
        note: row.note.clone(),
        resources: resources.unwrap_or_default().iter().map(units).collect(),
        visit: visit(row, subjects)?,
    })
}

fn visit(row: Row, subjects: &Named) -> Result<Option<SheetVisit>> {
    let (Some(id), Some(reference), Some(status)) = (row.visit_id, row.reference, row.status)
    else {
        return Ok(None);
    };
    let status = status.parse().map_err(|_| Fault::Unreadable {
        table: "visits",
        column: "status",
        id: id.to_string(),
    })?;
    Ok(Some(SheetVisit {
        reference,
        status,
        client: row.client.unwrap_or_default(),
        phone: row.phone,
        address: row.address,
        service: row.service.unwrap_or_default(),
        seats: amount(row.seats),
        subjects: subjects.get(&id).cloned().unwrap_or_default(),
        notes: row.notes.unwrap_or_default(),
        internal_notes: row.internal_notes.unwrap_or_default(),
    }))
}
