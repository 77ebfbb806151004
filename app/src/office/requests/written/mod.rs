//! Writes what the desk answers in the reader's words: times in the zone of the business, statuses with their colour. No
//! rules.

mod check;
mod decided;
mod details;
mod queue;

use booking::request::{RequestKind, RequestStatus};
use booking::zone;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use desk::Desk;
use desk::asked_dates::AskedDates;

use super::facts::{Link, Status};
use super::shown::Approval;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::asked;
use crate::kit::{Tone, moment};
use crate::trouble::Trouble;

pub use check::check;
pub use decided::{approved, declined};
pub use details::{details, earliest};
pub use queue::queue;

/// How the reader reads: language, zone of the business, today there, and where tickets lead.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The language.
    pub locale: Locale,
    /// The zone of the business.
    pub zone: Tz,
    /// How times are said: in that zone.
    pub times: moment::Reader,
    /// Where tickets lead, if the business keeps them elsewhere: an address with one `{id}`.
    pub tickets: Option<String>,
    /// What the business calls the things it comes for: pets, devices.
    pub subjects: String,
    /// Whether declining needs a reason.
    pub reason_required: bool,
}

impl Voice {
    /// The reader of this answer.
    ///
    /// # Errors
    /// Faults.
    pub async fn here(desk: &Desk) -> Result<Self, Trouble> {
        let (zone, business) = (ask::business().time_zone, desk.business().await?);
        let times = moment::Reader {
            locale: ask::locale(),
            zone,
            business: zone,
            now: desk.now(),
        };
        Ok(Self {
            locale: times.locale,
            zone,
            times,
            tickets: business.ticket_link,
            subjects: ask::business().subjects(times.locale),
            reason_required: business.reason_required,
        })
    }

    /// "Thu 26 Nov, 11:00".
    pub fn stamp(&self, at: DateTime<Utc>) -> String {
        self.times.moment(at)
    }

    /// Date and time, or the window of dates.
    pub fn when(
        &self,
        span: Option<(DateTime<Utc>, DateTime<Utc>)>,
        dates: Option<&AskedDates>,
    ) -> String {
        match (span, dates) {
            (Some((start, end)), _) => self.times.span(start, end),
            (None, Some(dates)) => asked::words(dates, self.locale, |date| self.times.day(date)),
            (None, None) => String::new(),
        }
    }

    /// "with Tom", by the first name.
    fn wish(&self, name: &str) -> String {
        let first = name.split_whitespace().next().unwrap_or_default();
        td_string!(self.locale, queue.wish_short, name = first.to_owned()).to_string()
    }

    /// Where a ticket leads.
    pub fn ticket(&self, number: &str) -> Link {
        let escaped = crate::office::requests::board::escape(number);
        let href = match &self.tickets {
            Some(template) => template.replace("{id}", &escaped),
            None => format!("/office/tickets/{escaped}"),
        };
        Link {
            text: number.to_owned(),
            href,
        }
    }
}

/// An instant as the form's fields hold it; the offset says which of two equal local times.
pub fn local(zone: Tz, at: DateTime<Utc>) -> Approval {
    let local = zone::local(&zone, at);
    Approval {
        date: local.date().to_string(),
        time: local.format("%H:%M").to_string(),
        offset: zone::offset_seconds(&zone, at).to_string(),
        ..Approval::default()
    }
}

/// The word of a kind.
fn kind(locale: Locale, kind: RequestKind) -> String {
    let word = match kind {
        RequestKind::Appointment => td_string!(locale, queue.kind_appointment),
        RequestKind::OneTime => td_string!(locale, queue.kind_one_time),
        RequestKind::Recurring => td_string!(locale, queue.kind_recurring),
        RequestKind::Issue => td_string!(locale, queue.kind_issue),
    };
    word.to_owned()
}

/// The word and colour of a status.
fn status(locale: Locale, status: RequestStatus, awaiting_client: bool) -> Status {
    let (tone, word) = match status {
        RequestStatus::Pending if awaiting_client => {
            (Tone::Info, td_string!(locale, queue.awaiting_client))
        }
        RequestStatus::Pending => (Tone::Wait, td_string!(locale, queue.waiting)),
        RequestStatus::Approved => (Tone::Yes, td_string!(locale, status.request.approved)),
        RequestStatus::Declined => (Tone::No, td_string!(locale, status.request.declined)),
        RequestStatus::Cancelled => (Tone::Off, td_string!(locale, status.request.cancelled)),
        RequestStatus::Expired => (Tone::Off, td_string!(locale, status.request.expired)),
    };
    Status {
        word: word.to_owned(),
        tone,
        open: status == RequestStatus::Pending,
    }
}

/// The beginning of what was written, in one line.
fn first_words(text: &str) -> String {
    const MOST: usize = 120;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    let cut: String = line.chars().take(MOST).collect();
    format!("{} …", cut.trim_end())
}
