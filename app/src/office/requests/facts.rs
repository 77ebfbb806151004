//! What rows, details and the clash check show, in words: written by `written/`, drawn by `row.rs`, `details.rs` and
//! `decide.rs`. On the server only.

use booking::ids::PhotoId;
use chrono::NaiveDate;
use desk::answers::Answer;

use super::shown::Approval;
use crate::kit::Tone;

/// A status in a word, with the tone that colours it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The word.
    pub word: String,
    /// Green, yellow, red, grey.
    pub tone: Tone,
    /// Whether staff can still decide.
    pub open: bool,
}

/// A link with its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The word.
    pub text: String,
    /// Where to.
    pub href: String,
}

/// One request of the queue (A7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// R-…
    pub reference: String,
    /// What a decision is against.
    pub version: i32,
    /// Declining twice is declining once.
    pub key: String,
    /// Who asks.
    pub client: String,
    /// What for.
    pub service: String,
    /// Appointment, one visit, repeating, issue.
    pub kind: String,
    /// Date and time, or the window of dates.
    pub when: String,
    /// Its date, in the zone of the business.
    pub day: Option<NaiveDate>,
    /// "60 min".
    pub length: String,
    /// Whether declining needs a reason.
    pub reason_required: bool,
    /// The technician the client named, in a word.
    pub wish: Option<String>,
    /// Its status.
    pub status: Status,
    /// Whether staff can answer with other times or a quote: an offer is about one visit.
    pub offers: bool,
    /// The linked ticket.
    pub ticket: Option<Link>,
    /// The beginning of what the client wrote.
    pub quote: String,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoId>,
    /// Where its details are.
    pub href: String,
    /// What one click would approve, where the technician is clear.
    pub ready: Option<Ready>,
    /// Why one click is not enough, in a word.
    pub obstacle: Option<String>,
}

/// A decision that needs no more choosing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The technician's first name, for the button.
    pub name: String,
    /// What the form carries.
    pub form: Approval,
}

/// A technician to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What travels.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Free, how loaded, asked for; or why not.
    pub note: String,
    /// Whether nothing speaks against them.
    pub free: bool,
}

/// What stands against a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Free,
    /// Rules that staff can break with a reason.
    Soft,
    /// Something that cannot be booked over.
    Clash,
    /// Not a time, or two; or nobody is chosen yet.
    Unclear,
}

/// The answer of the clash check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it comes to.
    pub verdict: Verdict,
    /// In a sentence.
    pub sentence: String,
    /// Further sentences.
    pub more: Vec<String>,
    /// Other times to take, each one button: the next free ones, or the two meanings of a local time.
    pub instead: Vec<Instead>,
    /// Who can be chosen for that time, best first.
    pub people: Vec<Person>,
}

/// A time to take with one press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// On the button.
    pub text: String,
    /// What is chosen by it; empty: the same as now.
    pub technician: String,
    /// The date.
    pub date: String,
    /// The time.
    pub time: String,
    /// The offset, where the local time comes twice.
    pub offset: String,
    /// Whether it is free, but not in the part of the day that was asked for.
    pub quiet: bool,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub when: String,
    /// Who did what.
    pub what: String,
    /// The reason or the difference.
    pub more: String,
}

/// Everything about one request (A8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// As in the queue.
    pub row: Row,
    /// Where the client's page is.
    pub client_href: String,
    /// Of whoever sent it.
    pub email: String,
    /// Of the client.
    pub phone: String,
    /// The technician the client named.
    pub wish: String,
    /// What it is for, under the business's own word for such things.
    pub subjects: (String, String),
    /// Seats, where more than one is asked for.
    pub seats: String,
    /// What the client wrote.
    pub description: String,
    /// What the client answered to the service's questions.
    pub answers: Vec<Answer>,
    /// Until when its hold keeps the time.
    pub held: Option<String>,
    /// Who decided what, when.
    pub decided: Option<String>,
    /// The reason the client reads.
    pub reason: Option<String>,
    /// What was noted for the team.
    pub notes: String,
    /// The visit that came of it.
    pub visit: Option<Link>,
    /// What happened, oldest first.
    pub history: Vec<Step>,
    /// What the decision starts from, while it is open.
    pub deciding: Option<Deciding>,
    /// The reader's own decision, while it can be taken back.
    pub undo: Option<Undo>,
    /// What was offered, drawn.
    pub offers: Option<String>,
}

/// A decision that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// What the form is drawn from.
    pub version: i32,
    /// For how many seconds.
    pub seconds: i64,
}

/// What the approve form starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// What the fields hold at first.
    pub form: Approval,
    /// What speaks against what the fields hold at first.
    pub check: Check,
    /// Whether declining needs a reason.
    pub reason_required: bool,
    /// The zone of the business, where the reader's is another.
    pub zone: Option<String>,
    /// What is free in the dates asked for, where no exact time was.
    pub days: Vec<WindowDay>,
    /// Where the series is planned, for visits that are to repeat.
    pub plan: Option<String>,
}

/// A day of the dates asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowDay {
    /// What travels: the date.
    pub date: String,
    /// Its column, 1–7.
    pub column: u32,
    /// "7".
    pub number: u32,
    /// "Dec", on the first of those shown and of each month.
    pub month: Option<&'static str>,
    /// "Tue 7 Dec, 5 free".
    pub label: String,
    /// Whether it is the day of the time that is proposed.
    pub chosen: bool,
    /// Its free times, each one button.
    pub times: Vec<Instead>,
}
