//! What the queue and the details show, and what their forms carry: words already in the reader's language and zone, so
//! that the browser only puts them in place.

use serde::{Deserialize, Serialize};

use crate::kit::Tone;

/// Which requests the queue shows (A6). Expired ones stand under `All`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// Every request.
    All,
    /// Those that wait.
    #[default]
    Pending,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Withdrawn by the client.
    Cancelled,
}

impl Filter {
    /// All of them, in the order of the tabs.
    pub const EVERY: [Self; 5] = [
        Self::Pending,
        Self::Approved,
        Self::Declined,
        Self::Cancelled,
        Self::All,
    ];

    /// As it stands in a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }

    /// The filter of this word; pending for any other.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::EVERY
            .into_iter()
            .find(|filter| filter.as_str() == word)
            .unwrap_or_default()
    }
}

/// What is asked of the queue: the parameters of its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which requests.
    pub filter: Filter,
    /// Words that client, service or reference hold.
    pub search: String,
    /// The page, 1 first.
    pub page: u32,
}

/// One page of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// What was asked.
    pub asked: Asked,
    /// How many pages there are.
    pub pages: u32,
    /// How many requests there are under each filter, in the order of [`Filter::EVERY`].
    pub counts: Vec<u64>,
    /// The requests of this page.
    pub rows: Vec<Row>,
}

impl Queue {
    /// How many requests stand under a filter.
    #[must_use]
    pub fn count(&self, filter: Filter) -> u64 {
        let place = Filter::EVERY.iter().position(|one| *one == filter);
        place
            .and_then(|place| self.counts.get(place))
            .copied()
            .unwrap_or(0)
    }
}

/// A status in a word, with the tone that colours it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The word.
    pub word: String,
    /// Green, yellow, red, grey.
    pub tone: Shade,
    /// Whether staff can still decide.
    pub open: bool,
}

/// A tone, as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shade {
    /// Green.
    Yes,
    /// Yellow.
    Wait,
    /// Red.
    No,
    /// Grey.
    Off,
    /// The accent.
    Info,
}

impl From<Shade> for Tone {
    fn from(shade: Shade) -> Self {
        match shade {
            Shade::Yes => Self::Yes,
            Shade::Wait => Self::Wait,
            Shade::No => Self::No,
            Shade::Off => Self::Off,
            Shade::Info => Self::Info,
        }
    }
}

/// A link with its word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The word.
    pub text: String,
    /// Where to.
    pub href: String,
}

/// One request of the queue (A7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// "60 min".
    pub length: String,
    /// Its status.
    pub status: Status,
    /// The linked ticket.
    pub ticket: Option<Link>,
    /// The beginning of what the client wrote.
    pub quote: String,
    /// Where its details are.
    pub href: String,
    /// What one click would approve, where the technician is clear.
    pub ready: Option<Ready>,
    /// Why one click is not enough, in a word.
    pub obstacle: Option<String>,
}

/// A decision that needs no more choosing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The technician's first name, for the button.
    pub name: String,
    /// What the form carries.
    pub form: Approval,
}

/// The form that approves (A9). All of it is text, as people type it; the server reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// R-…
    #[serde(default)]
    pub reference: String,
    /// The version it was drawn from.
    #[serde(default)]
    pub version: String,
    /// Pressing twice is pressing once.
    #[serde(default)]
    pub key: String,
    /// The technician's id.
    #[serde(default)]
    pub technician: String,
    /// The date, 2026-11-26, in the zone of the business.
    #[serde(default)]
    pub date: String,
    /// The time, 11:00, in the zone of the business.
    #[serde(default)]
    pub time: String,
    /// Which of two equal local times: seconds east of UTC.
    #[serde(default)]
    pub offset: String,
    /// Minutes.
    #[serde(default)]
    pub length: String,
    /// For the team only.
    #[serde(default)]
    pub internal_notes: String,
    /// The ticket's number.
    #[serde(default)]
    pub ticket: String,
    /// Why a soft rule is broken.
    #[serde(default)]
    pub override_reason: String,
}

/// The form that declines (A10).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusing {
    /// R-…
    #[serde(default)]
    pub reference: String,
    /// The version it was drawn from.
    #[serde(default)]
    pub version: String,
    /// Pressing twice is pressing once.
    #[serde(default)]
    pub key: String,
    /// What the client reads.
    #[serde(default)]
    pub reason: String,
}

/// A technician to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub when: String,
    /// Who did what.
    pub what: String,
    /// The reason or the difference.
    pub more: String,
}

/// Everything about one request (A8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// As in the queue.
    pub row: Row,
    /// Where the client's page is.
    pub client_href: String,
    /// Of whoever sent it.
    pub email: String,
    /// Of the client.
    pub phone: String,
    /// What the client wrote.
    pub description: String,
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
}

/// What the approve form starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deciding {
    /// What the fields hold at first.
    pub form: Approval,
    /// What speaks against what the fields hold at first.
    pub check: Check,
    /// Whether declining needs a reason.
    pub reason_required: bool,
    /// The zone of the business, where the reader's is another.
    pub zone: Option<String>,
}

/// What the page says after a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// R-…
    pub reference: String,
    /// "Approved: Thu 26 Nov 11:00 with Ben Osei".
    pub sentence: String,
}
