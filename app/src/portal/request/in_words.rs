//! What the desk answers about services and times, in words: the reader's language, the reader's zone. Formats and
//! nothing else; the islands draw these words as they come.

use booking::request::RequestKind;
use booking::service::Lengths;
use booking::slots::DayFree;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc};
use desk::free_slots::{BookableService, OfferedSlot, SlotsAsked};

use super::choices::{Choices, utc};
use super::choose::ChooseWords;
use super::questions::Asked;
use super::when::beside;
use crate::ask;
use crate::calendar::month::{DayCell, DayState, MonthSheet, MonthWords};
use crate::calendar::slots::{DayPart, DaySheet, SlotChip};
use crate::calendar::week::days_before;
use crate::i18n::{Locale, td_string};
use crate::kit::{Pick, Reader, asked, money};
use crate::language::many;
use crate::trouble::Trouble;

/// Today, for the reader.
#[must_use]
pub fn today() -> NaiveDate {
    let reader = ask::reader();
    reader.date(reader.now)
}

/// A service in the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCard {
    /// Where its next step is.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// `60 min · € 80.00`.
    pub line: String,
    /// `Next: Thu 26 Nov, 10:00`.
    pub next: String,
    /// Whether there is a next free time.
    pub free: bool,
}

/// The card of a service.
#[must_use]
pub fn service_card(service: &BookableService, kind: RequestKind) -> ServiceCard {
    let locale = ask::locale();
    let exact = service.asked_by.slots() && kind == RequestKind::Appointment;
    let next = match service.next_free {
        _ if !exact => td_string!(locale, asked.we_find).to_owned(),
        Some(start) => {
            let when = ask::reader().moment(start);
            td_string!(locale, portal.wizard.next, when = when)
        }
        None => td_string!(locale, portal.wizard.next_none).to_owned(),
    };
    ServiceCard {
        href: match kind {
            RequestKind::Appointment => format!("/request/{}", service.id),
            other => format!("/request/{}?kind={other}", service.id),
        },
        name: service.name.clone(),
        description: service.description.clone(),
        line: service_line(service, None),
        next,
        free: !exact || service.next_free.is_some(),
    }
}

/// `60 min · € 80.00`; all lengths, until one is chosen.
#[must_use]
pub fn service_line(service: &BookableService, length: Option<u32>) -> String {
    let lengths = match (length, &service.lengths) {
        (Some(minutes), _) => ask::reader().length(i64::from(minutes)),
        (None, Lengths::OneOf(all)) => {
            let all: Vec<String> = all
                .iter()
                .map(|minutes| ask::reader().length(i64::from(*minutes)))
                .collect();
            all.join(" / ")
        }
        (None, Lengths::Any { from, to }) => format!(
            "{} – {}",
            ask::reader().length(i64::from(*from)),
            ask::reader().length(i64::from(*to))
        ),
    };
    format!("{lengths} · {}", price(service))
}

fn price(service: &BookableService) -> String {
    let locale = ask::locale();
    match service.price_minor {
        Some(minor) if service.own_price => {
            let agreed = money(minor, &service.currency, locale);
            format!("{agreed} · {}", td_string!(locale, portal.wizard.price_own))
        }
        Some(minor) => money(minor, &service.currency, locale),
        None => td_string!(locale, portal.wizard.price_ask).to_owned(),
    }
}

/// The length chosen, if the service offers it; otherwise its shortest.
#[must_use]
pub fn length_or_first(lengths: &Lengths, chosen: Option<u32>) -> u32 {
    chosen
        .filter(|minutes| lengths.offers(*minutes))
        .unwrap_or_else(|| lengths.shortest())
}

/// The lengths to choose from; of a free length those in steps of a quarter of an hour.
#[must_use]
pub fn lengths(lengths: &Lengths) -> Vec<Pick> {
    let pick = |minutes: u32| {
        Pick::new(
            minutes.to_string(),
            ask::reader().length(i64::from(minutes)),
        )
    };
    match lengths {
        Lengths::OneOf(all) => all.iter().copied().map(pick).collect(),
        Lengths::Any { from, to } => (*from..=*to).step_by(15).map(pick).collect(),
    }
}

/// A month with the number of free times on each day.
#[must_use]
pub fn month_sheet(month: NaiveDate, days: &[DayFree], today: NaiveDate) -> MonthSheet {
    let (before, after) = beside(month, today);
    MonthSheet {
        days: days.iter().map(|day| day_cell(day, today)).collect(),
        ..empty_month(month, before, after)
    }
}

/// A month without its days: title, neighbours, the days that fill its first week.
#[must_use]
pub fn empty_month(
    month: NaiveDate,
    before: Option<NaiveDate>,
    after: Option<NaiveDate>,
) -> MonthSheet {
    let key = |date: NaiveDate| format!("{:04}-{:02}", date.year(), date.month());
    let first = month.with_day(1).unwrap_or(month);
    let lead = (1..=days_before(first, ask::business().first_weekday))
        .rev()
        .filter_map(|n| first.checked_sub_days(Days::new(u64::from(n))))
        .map(|date| date.day());
    MonthSheet {
        key: key(first),
        title: ask::reader().month(first),
        before: before.map(key),
        after: after.map(key),
        lead: lead.collect(),
        days: Vec::new(),
    }
}

fn day_cell(day: &DayFree, today: NaiveDate) -> DayCell {
    let locale = ask::locale();
    let date = ask::reader().named_day(day.date);
    let (state, note, label) = if day.free > 0 {
        let free = free(locale, day.free);
        (
            DayState::Open,
            free.clone(),
            td_string!(locale, portal.wizard.day_free, date = date, free = free),
        )
    } else if day.date < today {
        (
            DayState::None,
            String::new(),
            td_string!(locale, portal.wizard.day_past, date = date),
        )
    } else if day.full {
        let full = td_string!(locale, portal.wizard.full).to_owned();
        (
            DayState::Full,
            full,
            td_string!(locale, portal.wizard.day_full, date = date),
        )
    } else {
        (
            DayState::None,
            String::new(),
            td_string!(locale, portal.wizard.day_nothing, date = date),
        )
    };
    DayCell {
        date: day.date.to_string(),
        label,
        note,
        state,
        today: day.date == today,
        dots: (0, 0),
    }
}

fn free(locale: Locale, count: u32) -> String {
    td_string!(locale, portal.wizard.free, count = many(count))
}

/// The times of a day, by part of the day.
#[must_use]
pub fn day_sheet(date: NaiveDate, slots: &[OfferedSlot]) -> DaySheet {
    let (locale, zone) = (ask::locale(), ask::zone());
    let names = [
        td_string!(locale, portal.wizard.morning),
        td_string!(locale, portal.wizard.afternoon),
        td_string!(locale, portal.wizard.evening),
    ];
    let part = |slot: &&OfferedSlot| match slot.start.with_timezone(&zone).hour() {
        0..12 => 0,
        12..18 => 1,
        _ => 2,
    };
    let parts = names.iter().enumerate().map(|(place, name)| DayPart {
        name: (*name).to_owned(),
        slots: slots
            .iter()
            .filter(|slot| part(slot) == place)
            .map(chip)
            .collect(),
    });
    DaySheet {
        date: date.to_string(),
        title: ask::reader().named_day(date),
        parts: parts.filter(|part| !part.slots.is_empty()).collect(),
    }
}

/// A time as its button.
#[must_use]
pub fn chip(slot: &OfferedSlot) -> SlotChip {
    let (locale, zone) = (ask::locale(), ask::zone());
    let group = slot.remaining > 1;
    let seats = || {
        td_string!(
            locale,
            portal.wizard.seats_left,
            count = many(slot.remaining)
        )
    };
    SlotChip {
        start: utc(slot.start),
        date: slot.start.with_timezone(&zone).date_naive().to_string(),
        label: ask::reader().time(slot.start),
        line: ask::reader().span(slot.start, slot.end),
        seats: group.then(seats),
    }
}

/// `Thu 26 Nov, 10:00 was just taken.`
#[must_use]
pub fn taken(asked: &SlotsAsked, start: DateTime<Utc>) -> String {
    let when = ask::reader().span(
        start,
        start + TimeDelta::minutes(i64::from(asked.length_min)),
    );
    td_string!(ask::locale(), portal.wizard.taken, when = when)
}

/// In which zone the times are, where it is not the business's.
#[must_use]
pub fn zone_note() -> Option<String> {
    let reader = ask::reader();
    if reader.zone == reader.business {
        return None;
    }
    let theirs = Reader {
        zone: reader.business,
        ..reader
    }
    .place(reader.now);
    Some(td_string!(
        reader.locale,
        portal.wizard.zone,
        zone = reader.place(reader.now),
        theirs = theirs
    ))
}

/// The words around a month.
#[must_use]
pub fn month_words() -> MonthWords {
    let locale = ask::locale();
    MonthWords {
        weekdays: ask::reader().weekdays(ask::business().first_weekday),
        before: td_string!(locale, portal.month.before).to_owned(),
        after: td_string!(locale, portal.month.after).to_owned(),
    }
}

/// The words of the step "when".
#[must_use]
pub fn choose_words(holds: bool) -> ChooseWords {
    let locale = ask::locale();
    ChooseWords {
        month: month_words(),
        pick_day: td_string!(locale, portal.wizard.pick_day).to_owned(),
        pick_time: td_string!(locale, portal.wizard.pick_time).to_owned(),
        zone: zone_note(),
        nothing: td_string!(locale, portal.wizard.nothing).to_owned(),
        nearest: td_string!(locale, portal.wizard.nearest).to_owned(),
        held: holds.then(|| td_string!(locale, portal.wizard.held).to_owned()),
        go_on: td_string!(locale, portal.wizard.go_on).to_owned(),
        failed: td_string!(locale, portal.wizard.failed).to_owned(),
        retry: td_string!(locale, portal.wizard.retry).to_owned(),
    }
}

/// `{} characters left`.
#[must_use]
pub fn notes_left() -> String {
    td_string!(
        ask::locale(),
        portal.wizard.notes_left,
        count = "{}".to_owned()
    )
}

/// The time chosen in a line.
#[must_use]
pub fn choice_line(choices: &Choices) -> String {
    if let Some(words) = choices.window.words() {
        return asked::sentence(&words);
    }
    let Some((start, length)) = choices.start.zip(choices.length) else {
        return td_string!(ask::locale(), portal.wizard.pick_time).to_owned();
    };
    ask::reader().span(start, start + TimeDelta::minutes(i64::from(length)))
}

/// A line of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// What was chosen.
    pub value: String,
    /// The step that changes it, after `/request/{service}`.
    pub step: Option<&'static str>,
    /// The field of the form, beside which a refusal stands.
    pub field: Option<&'static str>,
}

/// Everything that was chosen.
///
/// # Errors
/// The desk's.
pub async fn summary(
    service: &BookableService,
    choices: &Choices,
    asked: &Asked,
) -> Result<Vec<Row>, Trouble> {
    let (locale, desk, who) = (ask::locale(), ask::desk()?, ask::contact()?);
    let row = |name: &str, value: String, step, field| Row {
        name: name.to_owned(),
        value,
        step: Some(step),
        field: Some(field),
    };
    let none = td_string!(locale, portal.wizard.nothing_noted);
    let mut rows = vec![
        Row {
            step: None,
            ..row(
                td_string!(locale, portal.wizard.service),
                service.name.clone(),
                "",
                "service",
            )
        },
        row(
            td_string!(locale, portal.wizard.time),
            choice_line(choices),
            "",
            if choices.window.is_asked() {
                "from"
            } else {
                "start"
            },
        ),
    ];
    let kind = choices.window.kind();
    if let Some(kind) = kind.and_then(|kind| asked::kind(kind, locale)) {
        let kind = row(td_string!(locale, asked.kinds), kind.to_owned(), "", "kind");
        rows.insert(1, Row { step: None, ..kind });
    }
    if let Some(zone) = zone_note() {
        let time = rows.pop().map(|row| Row {
            value: format!("{}\n{zone}", row.value),
            ..row
        });
        rows.extend(time);
    }
    rows.push(Row {
        step: None,
        ..row(
            td_string!(locale, portal.wizard.price),
            service_line(service, choices.length),
            "",
            "length",
        )
    });
    if service.technician_preference {
        let named = desk.technicians_offered(&who, service.id).await?;
        let with = named
            .into_iter()
            .find(|one| Some(one.id.to_string()) == choices.with)
            .map(|one| one.name);
        let with = with.unwrap_or_else(|| td_string!(locale, portal.wizard.anyone).to_owned());
        rows.push(row(
            td_string!(locale, portal.wizard.technician),
            with,
            "",
            "technician",
        ));
    }
    if service.capacity > 1 {
        rows.push(row(
            td_string!(locale, portal.wizard.places),
            choices.seats.unwrap_or(1).to_string(),
            "",
            "seats",
        ));
    }
    let subjects = desk.subjects(&who).await?;
    let names: Vec<String> = subjects
        .into_iter()
        .filter(|one| choices.subjects.contains(&one.id.to_string()))
        .map(|one| one.name)
        .collect();
    if !names.is_empty() {
        rows.push(row(
            &ask::business().subjects(ask::locale()),
            crate::language::list(locale, &names),
            "/details",
            "subjects",
        ));
    }
    rows.extend(asked.rows(none));
    let notes = choices
        .notes
        .clone()
        .filter(|notes| !notes.trim().is_empty());
    rows.push(row(
        td_string!(locale, portal.wizard.notes),
        notes.unwrap_or_else(|| none.to_owned()),
        "/details",
        "notes",
    ));
    let ticket = choices.ticket.clone().unwrap_or_else(|| none.to_owned());
    rows.push(row(
        td_string!(locale, portal.wizard.ticket),
        ticket,
        "/details",
        "ticket",
    ));
    Ok(rows)
}
