//! What the client's Schedule shows, as its address says: the view, the date it is about; and the links that lead on.
//! Knows no time of day and asks no desk.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::week;

/// How the visits are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// A month as a calendar, beside the list.
    #[default]
    Month,
    /// Seven days with all that is in them.
    Week,
    /// All that is to come.
    List,
}

impl View {
    /// All views, in the order of their links.
    pub const EVERY: [Self; 3] = [Self::Month, Self::Week, Self::List];

    /// As it stands in the address.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::List => "list",
        }
    }
}

/// What is in sight. Addresses that are about today name no date: those pages are kept for when there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// How the visits are shown.
    pub view: View,
    /// The date it is about, for the reader.
    pub date: NaiveDate,
    /// The day that was pressed in the month.
    pub day: Option<NaiveDate>,
    /// Whether several visits are being chosen.
    pub selecting: bool,
    /// Today, for the reader.
    today: NaiveDate,
    /// 1 = Monday.
    first_weekday: u32,
}

impl Sight {
    /// Reads the address; what cannot be read is what it usually is.
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
        // The calendar ends long before chrono's does.
        let date = |text: String| {
            let date: Option<NaiveDate> = text.parse().ok();
            date.filter(|date| (1970..=9000).contains(&date.year()))
        };
        let day = query("day").and_then(date);
        let month = query("month").and_then(|month| date(format!("{month}-01")));
        let named = query("date").and_then(date);
        Self {
            view,
            date: named.or(month).or(day).unwrap_or(today),
            day: day.filter(|_| view == View::Month),
            selecting: query("select").is_some(),
            today,
            first_weekday,
        }
    }

    /// The first date of the week that a date is in.
    #[must_use]
    pub fn first_of_week(&self, date: NaiveDate) -> NaiveDate {
        week::first_of_week(date, self.first_weekday)
    }

    /// The seven dates of the week in sight.
    pub fn week(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        self.first_of_week(self.date).iter_days().take(7)
    }

    /// The address of the week that a date is in.
    #[must_use]
    pub fn week_of(&self, date: NaiveDate) -> String {
        if self.first_of_week(date) == self.first_of_week(self.today) {
            return "/?view=week".to_owned();
        }
        format!("/?view=week&date={date}")
    }

    /// The address of the week before the one in sight, or of the one after it.
    #[must_use]
    pub fn beside(&self, later: bool) -> String {
        let first = self.first_of_week(self.date);
        self.week_of(match later {
            true => first + Days::new(7),
            false => first - Days::new(7),
        })
    }

    /// The same date in another view.
    #[must_use]
    pub fn seen_as(&self, view: View) -> String {
        let month = |date: NaiveDate| (date.year(), date.month());
        match view {
            View::Month if month(self.date) == month(self.today) => "/".to_owned(),
            View::Month => format!("/?month={:04}-{:02}", self.date.year(), self.date.month()),
            View::Week => self.week_of(self.date),
            View::List => "/?view=list".to_owned(),
        }
    }

    /// Where several visits are chosen, or where that was begun.
    #[must_use]
    pub fn selection(&self, selecting: bool) -> &'static str {
        match (self.view, selecting) {
            (View::Month, true) => "/?select=1#visits",
            (View::Month, false) => "/",
            (View::Week | View::List, true) => "/?view=list&select=1#visits",
            (View::Week | View::List, false) => "/?view=list",
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(query: &str, first_weekday: u32) -> Sight {
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut found = pairs.filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| value.to_owned())
        };
        Sight::read(value, date("2026-11-24"), first_weekday)
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_cannot_be_read_is_this_month() {
        for query in [
            "",
            "view=year",
            "view=",
            "day=2026-02-30",
            "date=0000-00-00",
            "month=2026-13",
            "day=292277026596-12-04",
        ] {
            let sight = at(query, 1);
            assert_eq!(
                (sight.view, sight.date, sight.day),
                (View::Month, date("2026-11-24"), None),
                "{query}"
            );
        }
        let far = at("view=week&date=-262143-01-01", 1);
        assert_eq!(far.date, date("2026-11-24"));
    }

    #[test]
    fn a_week_begins_where_the_business_says() {
        let first = |query: &str, weekday| at(query, weekday).week().next().unwrap();
        assert_eq!(first("view=week", 1), date("2026-11-23"));
        assert_eq!(first("view=week", 7), date("2026-11-22"));
        assert_eq!(first("view=week&date=2026-11-29", 1), date("2026-11-23"));
        assert_eq!(first("view=week&date=2026-11-29", 7), date("2026-11-29"));
        assert_eq!(at("view=week", 1).week().last(), Some(date("2026-11-29")));
    }

    #[test]
    fn weeks_lead_to_each_other_and_today_names_no_date() {
        let sight = at("view=week&date=2026-12-02", 1);
        assert_eq!(sight.beside(false), "/?view=week");
        assert_eq!(sight.beside(true), "/?view=week&date=2026-12-07");
        let ends = [
            at("view=week&date=1970-01-01", 1),
            at("view=week&date=9000-12-31", 1),
        ];
        assert_eq!(ends[0].beside(false), "/?view=week&date=1969-12-22");
        assert_eq!(ends[1].beside(true), "/?view=week&date=9001-01-05");
    }

    #[test]
    fn another_view_keeps_the_date() {
        let day = at("day=2026-12-24", 1);
        assert_eq!(day.day, Some(date("2026-12-24")));
        assert_eq!(day.seen_as(View::Week), "/?view=week&date=2026-12-24");
        let week = at("view=week&date=2026-12-21", 1);
        assert_eq!(week.seen_as(View::Month), "/?month=2026-12");
        assert_eq!(at("view=week", 1).seen_as(View::Month), "/");
        assert_eq!(
            at("month=2026-11", 1).seen_as(View::Week),
            "/?view=week&date=2026-11-01"
        );
        assert_eq!(at("", 1).seen_as(View::Week), "/?view=week");
    }
}
