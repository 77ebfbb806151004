//! What the Schedule shows, as its URL says: view, date, technician, panel, one appointment; and the links that lead on.
//! Knows no time of day and asks no desk.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::calendar::week::first_of_week;
use crate::office::requests::board::{Place, escape};

/// How much is shown at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// One day, a column for each technician.
    #[default]
    Day,
    /// Seven days, one technician or all.
    Week,
    /// A month.
    Month,
    /// Two weeks as a list.
    List,
}

impl View {
    /// All views, in the order of their links.
    pub const EVERY: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::List];

    /// As it stands in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::List => "list",
        }
    }
}

/// Days of the list.
const LIST_DAYS: u64 = 14;

/// What is in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// How much.
    pub view: View,
    /// The day it is about, in the zone of the business.
    pub date: NaiveDate,
    /// Only this technician, in the week, the month and the list.
    pub technician: Option<String>,
    /// Whether the requests stand at the right.
    pub panel: bool,
    /// The visit whose details are open.
    pub visit: Option<String>,
    /// The request that is open in the panel.
    pub open: Option<String>,
    /// The blocked time that is open.
    pub block: Option<String>,
    /// Whether the day has a column for each resource instead of each technician.
    pub resources: bool,
    /// 1 = Monday.
    pub first_weekday: u32,
}

impl Sight {
    /// Reads the URL's parameters; what cannot be read is what it usually is.
    pub fn read(
        query: impl Fn(&str) -> Option<String>,
        today: NaiveDate,
        first_weekday: u32,
    ) -> Self {
        let word = query("view").unwrap_or_default();
        let view = View::EVERY
            .into_iter()
            .find(|view| view.as_str() == word)
            .unwrap_or_default();
        let date = query("date").and_then(|text| text.parse().ok());
        // The calendar ends long before chrono's does.
        let date = date
            .filter(|date: &NaiveDate| (1970..=9000).contains(&date.year()))
            .unwrap_or(today);
        let filled = |name: &str| query(name).filter(|value| !value.is_empty());
        Self {
            view,
            date,
            technician: filled("technician"),
            panel: query("panel").as_deref() == Some("requests"),
            visit: filled("visit"),
            open: filled("open"),
            block: filled("block"),
            resources: query("columns").as_deref() == Some("resources"),
            first_weekday,
        }
    }

    /// The dates shown: the first, and how many.
    #[must_use]
    pub fn dates(&self) -> (NaiveDate, u64) {
        match self.view {
            View::Day => (self.date, 1),
            View::Week => (self.week_of(self.date), 7),
            View::List => (self.date, LIST_DAYS),
            View::Month => {
                let first = self.week_of(self.date.with_day(1).unwrap_or(self.date));
                let next = self
                    .date
                    .with_day(1)
                    .and_then(|first| first.checked_add_months(Months::new(1)))
                    .unwrap_or(self.date);
                let weeks = u64::try_from((next - first).num_days())
                    .unwrap_or(35)
                    .div_ceil(7);
                (first, weeks * 7)
            }
        }
    }

    fn week_of(&self, date: NaiveDate) -> NaiveDate {
        first_of_week(date, self.first_weekday)
    }

    /// The date that Earlier and Later lead to.
    #[must_use]
    pub fn step(&self, later: bool) -> NaiveDate {
        let days = match self.view {
            View::Day => 1,
            View::Week => 7,
            View::List => LIST_DAYS,
            View::Month => {
                let first = self.date.with_day(1).unwrap_or(self.date);
                let one = Months::new(1);
                let there = if later {
                    first.checked_add_months(one)
                } else {
                    first.checked_sub_months(one)
                };
                return there.unwrap_or(self.date);
            }
        };
        let there = if later {
            self.date.checked_add_days(Days::new(days))
        } else {
            self.date.checked_sub_days(Days::new(days))
        };
        there.unwrap_or(self.date)
    }

    /// The same place at another date.
    #[must_use]
    pub fn at(&self, date: NaiveDate) -> String {
        Self {
            date,
            visit: None,
            ..self.clone()
        }
        .href()
    }

    /// The same date in another view.
    #[must_use]
    pub fn seen_as(&self, view: View) -> String {
        Self {
            view,
            visit: None,
            ..self.clone()
        }
        .href()
    }

    /// One day, with a column for each technician.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> String {
        Self {
            view: View::Day,
            date,
            visit: None,
            technician: None,
            ..self.clone()
        }
        .href()
    }

    /// With the requests at the right, or without.
    #[must_use]
    pub fn with_panel(&self, panel: bool) -> String {
        Self {
            panel,
            ..self.clone()
        }
        .href()
    }

    /// With the details of a visit, or without.
    #[must_use]
    pub fn with_visit(&self, visit: Option<&str>) -> String {
        Self {
            visit: visit.map(str::to_owned),
            ..self.clone()
        }
        .href()
    }

    /// The day with a column for each resource, or each technician.
    #[must_use]
    pub fn with_resources(&self, resources: bool) -> String {
        Self {
            resources,
            visit: None,
            ..self.clone()
        }
        .href()
    }

    /// With a blocked time open.
    #[must_use]
    pub fn with_block(&self, id: &str) -> String {
        let bare = Self {
            visit: None,
            ..self.clone()
        };
        format!("{}&block={}", bare.href(), escape(id))
    }

    /// With the approve form of a request at the right.
    #[must_use]
    pub fn with_request(&self, reference: &str) -> String {
        let panel = Self {
            panel: true,
            visit: None,
            ..self.clone()
        };
        format!("{0}&open={1}#row-{1}", panel.href(), escape(reference))
    }

    /// What the panel's own links keep of it.
    #[must_use]
    pub fn place(&self) -> Place {
        let keep = Self {
            panel: true,
            visit: None,
            ..self.clone()
        }
        .pairs();
        Place {
            path: PATH.to_owned(),
            keep,
            panel: true,
        }
    }

    /// Its URL.
    #[must_use]
    pub fn href(&self) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .iter()
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        format!("{PATH}?{}", pairs.join("&"))
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("view".to_owned(), self.view.as_str().to_owned()),
            ("date".to_owned(), self.date.to_string()),
        ];
        let more = [
            ("technician", self.technician.clone()),
            ("panel", self.panel.then(|| "requests".to_owned())),
            ("visit", self.visit.clone()),
            ("columns", self.resources.then(|| "resources".to_owned())),
        ];
        pairs.extend(
            more.into_iter()
                .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value))),
        );
        pairs
    }
}

/// The page.
pub const PATH: &str = "/office/schedule";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sight(view: &str, date: &str) -> Sight {
        let today = "2026-11-26".parse().unwrap();
        Sight::read(
            |name| {
                (name == "view")
                    .then(|| view.to_owned())
                    .or_else(|| (name == "date").then(|| date.to_owned()))
            },
            today,
            1,
        )
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nonsense_in_the_url_is_today() {
        for bad in ["2026-02-30", "0000-00-00", "99999-01-01", "soon", ""] {
            assert_eq!(sight("day", bad).date, date("2026-11-26"));
        }
        assert_eq!(sight("century", "2026-11-20").view, View::Day);
    }

    #[test]
    fn a_week_begins_on_the_first_weekday() {
        assert_eq!(sight("week", "2026-11-26").dates(), (date("2026-11-23"), 7));
        let sunday = Sight {
            first_weekday: 7,
            ..sight("week", "2026-11-26")
        };
        assert_eq!(sunday.dates(), (date("2026-11-22"), 7));
    }

    #[test]
    fn a_month_is_whole_weeks() {
        assert_eq!(
            sight("month", "2026-11-26").dates(),
            (date("2026-10-26"), 42)
        );
        assert_eq!(
            sight("month", "2027-02-10").dates(),
            (date("2027-02-01"), 28)
        );
        assert_eq!(sight("month", "2026-12-31").step(true), date("2027-01-01"));
    }

    #[test]
    fn links_keep_the_panel() {
        let open = Sight {
            panel: true,
            ..sight("day", "2026-11-26")
        };
        assert_eq!(
            open.at(open.step(true)),
            "/office/schedule?view=day&date=2026-11-27&panel=requests"
        );
        assert_eq!(
            open.with_request("R-7K3M9"),
            "/office/schedule?view=day&date=2026-11-26&panel=requests&open=R-7K3M9#row-R-7K3M9"
        );
    }
}
