//! What travels between the queue in the browser and the server: what is asked, what the forms carry, and rows and details
//! as the server has drawn them, in the reader's language and zone. The browser only puts them in place.

use serde::{Deserialize, Serialize};

/// Which requests the queue shows (A6). Expired ones stand under `All`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// Every request.
    All,
    /// Those that wait for staff.
    #[default]
    Pending,
    /// Those that wait for the client: something was offered.
    Offered,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Withdrawn by the client.
    Cancelled,
}

impl Filter {
    /// All of them, in the order of the tabs.
    pub const EVERY: [Self; 6] = [
        Self::Pending,
        Self::Offered,
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
            Self::Offered => "offered",
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
    /// How many requests there are under each filter, in the order of [`Filter::EVERY`].
    pub counts: Vec<u64>,
    /// The requests of this page.
    pub rows: Vec<Drawn>,
    /// What stands under them: the way to other pages, or that there is nothing. HTML.
    pub foot: String,
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

/// One row, drawn.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// R-…
    pub reference: String,
    /// The version it was drawn from.
    pub version: i32,
    /// Stands for all that can be seen of it. The keys of its forms differ with every drawing and do not count, so that
    /// a row in which somebody types stays as it is while nothing about it has changed.
    pub looks: u64,
    /// Who, what, when. HTML.
    pub html: String,
    /// What can be done on the row, as long as it is not open: open, the same forms stand in its details. HTML.
    pub actions: String,
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        self.reference == other.reference
            && self.version == other.version
            && self.looks == other.looks
    }
}

/// One request, open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// R-…
    pub reference: String,
    /// The version it was drawn from.
    pub version: i32,
    /// Whether it holds the form that approves.
    pub deciding: bool,
    /// HTML.
    pub html: String,
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

/// The answer of the clash check, drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What speaks for or against the time. HTML.
    pub verdict: String,
    /// Who can be chosen, best first. HTML; empty where the fields cannot be read yet.
    pub options: String,
    /// Whether a reason is needed.
    pub reason: bool,
}

/// What the page says after a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// R-…
    pub reference: String,
    /// "Approved: Thu 26 Nov 11:00 with Ben Osei".
    pub sentence: String,
}
