//! A scenario as JSON, turned into the engine's facts and question, and its answer turned back. Names of people and
//! things become numbers in the order of the names, so that sorted by id means sorted by name.

mod field;

use booking::ids::{ResourceId, ServiceId, TechnicianId};
use booking::policy::CutOff;
use booking::resource::{Needed, Resource, ResourceNeed};
use booking::service::Service;
use booking::slots::{
    Booking, BookingStatus, Exception, Facts, Instead, Query, Slot, Technician, WeeklyWindow,
    Window, slots,
};
use booking::span::Span;
use chrono::{SecondsFormat, Weekday};
use chrono_tz::Tz;
use serde_json::{Value, json};

pub use field::Trouble;
use field::{Field, Read};

/// Longer than any appointment or gap, short enough for arithmetic: a year of minutes.
const MOST_MINUTES: u32 = 527_040;
const LONGEST_SLOT: u32 = 10_080;
const MOST: u32 = 1_000_000_000;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// A scenario that was read.
pub struct Scenario {
    pub facts: Facts<Tz>,
    pub query: Query,
    names: Names,
}

/// The slots of a scenario, as one line of JSON.
pub fn answer(text: &[u8]) -> Read<String> {
    let scenario = Scenario::read(text)?;
    Ok(scenario
        .write(&slots(&scenario.facts, &scenario.query))
        .to_string())
}

impl Scenario {
    /// Reads the object under `scenario`, or the whole object.
    pub fn read(text: &[u8]) -> Read<Self> {
        let value: Value = serde_json::from_slice(text)
            .map_err(|e| Trouble::new("scenario", format!("not JSON: {e}")))?;
        let whole = match value.get("scenario") {
            Some(inner) if !inner.is_null() => Field::whole(inner)?,
            Some(_) | None => Field::whole(&value)?,
        };
        let names = Names::of(&whole)?;
        let (facts, query) = (
            facts(&whole, &names)?,
            query(&whole.get("query").required()?, &names)?,
        );
        Ok(Self {
            facts,
            query,
            names,
        })
    }

    /// Slots with the names of the scenario.
    pub fn write(&self, slots: &[Slot]) -> Value {
        let slot = |slot: &Slot| {
            let technicians: Vec<_> = slot
                .technicians
                .iter()
                .map(|id| self.names.technician(*id))
                .collect();
            json!({
                "start": slot.start.to_rfc3339_opts(SecondsFormat::Secs, true),
                "end": slot.end.to_rfc3339_opts(SecondsFormat::Secs, true),
                "technicians": technicians,
                "remaining": slot.remaining,
            })
        };
        Value::Array(slots.iter().map(slot).collect())
    }
}

/// The names that stand in a scenario, each kind sorted.
struct Names {
    technicians: Vec<String>,
    services: Vec<String>,
    resources: Vec<String>,
}

impl Names {
    fn of(whole: &Field<'_>) -> Read<Self> {
        let (mut technicians, mut services, mut resources) = (Vec::new(), Vec::new(), Vec::new());
        let service = whole.get("service").required()?;
        services.push(service.get("id").text()?);
        for technician in service.get("technicians").list()? {
            technicians.push(technician.text()?);
        }
        for technician in whole.get("technicians").list()? {
            technicians.push(technician.get("id").text()?);
        }
        for resource in whole.get("resources").list()? {
            resources.push(resource.get("id").text()?);
        }
        for booking in whole.get("bookings").list()? {
            services.push(booking.get("service").text()?);
            technicians.extend(booking.get("tech").optional(Field::text)?);
            for used in booking.get("resources").list()? {
                resources.push(used.get("id").text()?);
            }
        }
        technicians.extend(whole.get("query").get("technician").optional(Field::text)?);
        for names in [&mut technicians, &mut services, &mut resources] {
            names.sort_unstable();
            names.dedup();
        }
        Ok(Self {
            technicians,
            services,
            resources,
        })
    }

    fn technician(&self, id: TechnicianId) -> &str {
        usize::try_from(id.get())
            .ok()
            .and_then(|place| self.technicians.get(place))
            .map_or("", String::as_str)
    }
}

/// The number of a name: its place among the sorted ones.
fn place(names: &[String], field: &Field<'_>) -> Read<u128> {
    let name = field.text()?;
    match names.binary_search(&name) {
        Ok(place) => Ok(place as u128),
        Err(_) => Err(field.trouble("unknown name")),
    }
}

fn facts(whole: &Field<'_>, names: &Names) -> Read<Facts<Tz>> {
    let business_tz = whole.get("business_tz").zone()?;
    let resources = whole.get("resources").each(|field| {
        Ok(Resource {
            id: ResourceId::new(place(&names.resources, &field.get("id"))?),
            units: field.get("capacity").number(1, 0, MOST)?,
            turnaround_min: field.get("turnaround").number(0, 0, MOST_MINUTES)?,
        })
    })?;
    Ok(Facts {
        now: whole.get("now").instant()?,
        business_tz,
        first_weekday: Weekday::Mon,
        service: service(&whole.get("service"), names, &resources)?,
        request_cut_off: CutOff::None,
        technicians: whole
            .get("technicians")
            .each(|field| technician(field, names, business_tz))?,
        closures: whole.get("closures").each(Field::date)?,
        resources,
        bookings: whole.get("bookings").each(|field| booking(field, names))?,
    })
}

fn service(field: &Field<'_>, names: &Names, resources: &[Resource]) -> Read<Service> {
    let need = |field: &Field<'_>| {
        let id = ResourceId::new(
            place(&names.resources, &field.get("id")).map_err(|t| t.because("not defined"))?,
        );
        if !resources.iter().any(|resource| resource.id == id) {
            return Err(field.get("id").trouble("not defined under resources"));
        }
        Ok(ResourceNeed {
            what: Needed::Exactly(id),
            units: field.get("units").number(1, 0, MOST)?,
        })
    };
    let performer = |field: &Field<'_>| place(&names.technicians, field).map(TechnicianId::new);
    let cap = |name: &str| field.get(name).optional(|f| f.number(0, 0, MOST));
    Ok(Service {
        id: ServiceId::new(place(&names.services, &field.get("id"))?),
        bookable: true,
        length_min: field.get("duration").number(0, 1, LONGEST_SLOT)?,
        step_min: field
            .get("step")
            .optional(|f| f.number(0, 1, LONGEST_SLOT))?,
        buffer_before: field.get("buffer_before").number(0, 0, MOST_MINUTES)?,
        buffer_after: field.get("buffer_after").number(0, 0, MOST_MINUTES)?,
        capacity: field.get("capacity").number(1, 0, MOST)?,
        notice_min: field.get("min_notice_min").number(0, 0, MOST)?,
        advance_days: cap("advance_days")?,
        max_per_day: cap("max_per_day")?,
        max_per_week: None,
        resources: field.get("resources").each(need)?,
        technicians: field.get("technicians").optional(|f| f.each(performer))?,
    })
}

fn technician(field: &Field<'_>, names: &Names, business_tz: Tz) -> Read<Technician<Tz>> {
    let mut weekly = Vec::new();
    let week = field.get("weekly").object()?;
    for (name, weekday) in WEEKDAYS {
        let windows = week.get(name).each(window)?;
        weekly.extend(
            windows
                .into_iter()
                .map(|window| WeeklyWindow { weekday, window }),
        );
    }
    let time_off = field.get("time_off").each(|field| {
        let (from, to) = field.pair()?;
        Ok(Span::new(from.instant()?, to.instant()?).ok())
    })?;
    Ok(Technician {
        id: TechnicianId::new(place(&names.technicians, &field.get("id"))?),
        tz: field
            .get("tz")
            .optional(Field::zone)?
            .unwrap_or(business_tz),
        weekly,
        exceptions: exceptions(&field.get("exceptions"))?,
        time_off: time_off.into_iter().flatten().collect(),
        buffer_before: field.get("buffer_before").number(0, 0, MOST_MINUTES)?,
        buffer_after: field.get("buffer_after").number(0, 0, MOST_MINUTES)?,
        max_per_day: field
            .get("max_per_day")
            .optional(|f| f.number(0, 0, MOST))?,
        max_per_week: None,
        active: field.get("active").optional(Field::truth)?.unwrap_or(true),
    })
}

fn exceptions(field: &Field<'_>) -> Read<Vec<Exception>> {
    let mut found: Vec<Exception> = Vec::new();
    for entry in field.list()? {
        let date = entry.get("date").date()?;
        if found.iter().any(|other| other.date == date) {
            return Err(entry.get("date").trouble("two exceptions for one date"));
        }
        let windows = entry.get("windows").each(window)?;
        let instead = match entry.get("kind").text()?.as_str() {
            "off" => Instead::Off,
            "hours" => Instead::Hours(windows),
            _ => return Err(entry.get("kind").trouble("neither off nor hours")),
        };
        found.push(Exception { date, instead });
    }
    Ok(found)
}

fn window(field: &Field<'_>) -> Read<Window> {
    let (start, end) = field.pair()?;
    Window::new(start.minute()?, end.minute()?)
        .map_err(|_| start.trouble("a window cannot start at 24:00"))
}

fn booking(field: &Field<'_>, names: &Names) -> Read<Booking> {
    let (start, end) = (field.get("start").instant()?, field.get("end").instant()?);
    let span = Span::new(start, end).map_err(|_| field.get("end").trouble("not after start"))?;
    let status: BookingStatus = field
        .get("status")
        .text()?
        .parse()
        .map_err(|_| field.get("status").trouble("unknown status"))?;
    let used = |field: &Field<'_>| {
        let id = ResourceId::new(place(&names.resources, &field.get("id"))?);
        Ok((id, field.get("units").number(1, 0, MOST)?))
    };
    Ok(Booking {
        id: None,
        technician: field
            .get("tech")
            .optional(|f| place(&names.technicians, f))?
            .map(TechnicianId::new),
        service: ServiceId::new(place(&names.services, &field.get("service"))?),
        span,
        status,
        expires: field.get("expires").optional(Field::instant)?,
        seats: field.get("seats").number(1, 0, MOST)?,
        before_min: field.get("before").number(0, 0, MOST_MINUTES)?,
        after_min: field.get("after").number(0, 0, MOST_MINUTES)?,
        resources: field.get("resources").each(used)?,
    })
}

fn query(field: &Field<'_>, names: &Names) -> Read<Query> {
    Ok(Query {
        from: field.get("from").instant()?,
        to: field.get("to").instant()?,
        technician: field
            .get("technician")
            .optional(|f| place(&names.technicians, f))?
            .map(TechnicianId::new),
        seats: field.get("seats").number(1, 1, MOST)?,
        leave_out: Vec::new(),
    })
}
