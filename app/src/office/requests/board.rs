//! The state of the queue while a page is open, and what can be done with it. What the desk refuses comes back here with
//! its reason; nothing that was typed is touched.

use booking::refusal::Refusal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::ask::{
    approve_request, decline_request, request_details, request_queue, trouble_in_words,
};
use super::shown::{Approval, Asked, Decided, Details, Drawn, Filter, Queue, Refusing};
use crate::trouble::Trouble;

/// Where the queue stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The page it is on.
    pub path: String,
    /// What its URL carries besides the queue's own parameters: view, date, panel.
    pub keep: Vec<(String, String)>,
    /// Beside the Schedule: details open inside the row. Otherwise they stand at the right.
    pub panel: bool,
}

impl Place {
    /// The URL of a page of the queue.
    #[must_use]
    pub fn list(&self, asked: &Asked) -> String {
        self.url(&self.path, asked, None)
    }

    /// The URL at which one request is open.
    #[must_use]
    pub fn one(&self, asked: &Asked, reference: &str) -> String {
        if self.panel {
            return self.url(&self.path, asked, Some(reference));
        }
        self.url(&format!("/office/requests/{reference}"), asked, None)
    }

    /// The URL of the Schedule on one day with a request open, where the queue stands beside it.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn on_day(
        &self,
        day: Option<chrono::NaiveDate>,
        asked: &Asked,
        reference: &str,
    ) -> Option<String> {
        let day = day.filter(|_| self.panel)?;
        let mut there = self.clone();
        there
            .keep
            .retain(|(name, _)| name != "date" && name != "view");
        there.keep.push(("view".to_owned(), "day".to_owned()));
        there.keep.push(("date".to_owned(), day.to_string()));
        Some(there.one(asked, reference))
    }

    fn url(&self, path: &str, asked: &Asked, open: Option<&str>) -> String {
        let page = asked.page.to_string();
        let own = [
            (
                "status",
                asked.filter.as_str(),
                asked.filter != Filter::Pending,
            ),
            ("search", asked.search.as_str(), !asked.search.is_empty()),
            ("page", page.as_str(), asked.page > 1),
            ("open", open.unwrap_or_default(), open.is_some()),
        ];
        let kept = self
            .keep
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let own = own
            .into_iter()
            .filter(|(_, _, there)| *there)
            .map(|(name, value, _)| (name, value));
        let pairs: Vec<String> = kept
            .chain(own)
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }
}

/// A value as it stands in a query string.
#[must_use]
pub fn escape(value: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A decision that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// R-…
    pub reference: String,
    /// Why, in words.
    pub why: String,
}

/// Refusals that mean: somebody else was faster.
fn is_late(why: Refusal) -> bool {
    let late = [
        Refusal::Stale,
        Refusal::AlreadyDecided,
        Refusal::AlreadyCancelled,
        Refusal::Expired,
        Refusal::Final,
        Refusal::AwaitingClient,
    ];
    late.contains(&why)
}

/// The queue of one page. Cheap to copy; the islands' parts get it by context.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    /// What is said when the server cannot be reached.
    pub unreachable: StoredValue<String>,
    /// Where it stands.
    pub place: StoredValue<Place>,
    /// The rows in sight.
    pub queue: RwSignal<Queue>,
    /// The request whose details are open, and its row.
    pub open: RwSignal<Option<(Details, Drawn)>>,
    /// The row that keys act on.
    pub cursor: RwSignal<Option<String>>,
    /// What was just said aloud.
    pub said: RwSignal<Option<String>>,
    /// The decision that was refused last.
    pub failed: RwSignal<Option<Failed>>,
    /// What was typed into an approve form when it was sent: notes and reason survive the request being read again.
    pub typed: StoredValue<Option<Approval>>,
    /// Requests whose decision is on its way, or done: drawn as decided until the queue is read again.
    pub settled: RwSignal<Vec<(String, bool)>>,
    /// How often the clash check was asked; only the latest answer counts.
    pub turn: StoredValue<u32>,
}

impl Board {
    /// Reads the page of the queue again.
    pub fn refresh(self) {
        let asked = self.asked();
        let place = self.place.get_value();
        spawn_local(async move {
            // Without an answer the old rows stay; the next event asks again.
            if let Ok(queue) = request_queue(place, asked).await {
                Self::tally(&queue.0);
                self.queue.set(queue.0);
                self.settled.set(Vec::new());
            }
        });
    }

    fn asked(self) -> Asked {
        self.queue.with_untracked(|queue| queue.asked.clone())
    }

    /// Writes the counts into what the server has drawn above the rows.
    fn tally(queue: &Queue) {
        for filter in Filter::EVERY {
            crate::office::live::tally(filter.as_str(), queue.count(filter));
        }
    }

    /// Which request is open.
    #[must_use]
    pub fn open_reference(self) -> Option<String> {
        self.open
            .with(|open| open.as_ref().map(|(open, _)| open.reference.clone()))
    }

    /// Beside the Schedule the opened request is marked there, too.
    fn mark(self) {
        if self.place.with_value(|place| place.panel) {
            crate::office::live::redraw();
        }
    }

    fn is_open(self, reference: &str) -> bool {
        self.open.with_untracked(|open| {
            open.as_ref()
                .is_some_and(|(open, _)| open.reference == reference)
        })
    }

    /// Whether this request is open, and was edited by the client since it was drawn.
    #[must_use]
    pub fn is_stale(self, reference: &str) -> bool {
        let drawn = self.open.with(|open| {
            open.as_ref()
                .filter(|(open, _)| open.reference == reference && open.deciding)
                .map(|(open, _)| open.version)
        });
        let listed = self.queue.with(|queue| {
            let row = queue.rows.iter().find(|row| row.reference == reference);
            row.map(|row| row.version)
        });
        drawn
            .zip(listed)
            .is_some_and(|(drawn, listed)| drawn != listed)
    }

    /// Opens the details of a request.
    pub fn show(self, reference: String) {
        self.cursor.set(Some(reference.clone()));
        let (place, asked) = (self.place.get_value(), self.asked());
        spawn_local(async move {
            match request_details(place, asked, reference.clone()).await {
                Ok(details) => {
                    self.open.set(Some(details.0));
                    self.write_url(Some(&reference));
                    self.mark();
                    if self.failure_untracked(&reference).is_some() {
                        request_animation_frame(move || {
                            super::choosing::once_more(self, &reference)
                        });
                    }
                }
                Err(trouble) => self.said.set(Some(self.in_words(trouble).await)),
            }
        });
    }

    /// Closes the details.
    pub fn shut(self) {
        self.open.set(None);
        self.write_url(None);
        self.mark();
    }

    /// Approves; drawn as approved at once, and as it was, with the reason, if the desk refuses.
    pub fn approve(self, form: Approval) {
        self.typed.set_value(Some(form.clone()));
        let reference = form.reference.clone();
        self.begin(&reference, true);
        spawn_local(async move { self.end(reference, approve_request(form).await).await });
    }

    /// Declines, in the same way.
    pub fn decline(self, form: Refusing) {
        let reference = form.reference.clone();
        self.begin(&reference, false);
        spawn_local(async move { self.end(reference, decline_request(form).await).await });
    }

    fn begin(self, reference: &str, approved: bool) {
        self.failed.set(None);
        self.said.set(None);
        self.settled
            .update(|settled| settled.push((reference.to_owned(), approved)));
    }

    async fn end(self, reference: String, answer: Result<Decided, Trouble>) {
        match answer {
            Ok(decided) => {
                self.said.set(Some(decided.sentence));
                self.go_on_from(&reference);
                self.refresh();
                crate::office::live::redraw();
            }
            Err(trouble) => {
                let meanwhile = trouble.refusal().is_some_and(is_late);
                let why = self.in_words(trouble).await;
                self.settled
                    .update(|settled| settled.retain(|(one, _)| *one != reference));
                self.said.set(Some(format!("{reference}: {why}")));
                self.failed.set(Some(Failed {
                    reference: reference.clone(),
                    why,
                }));
                if meanwhile {
                    self.refresh();
                }
                if meanwhile || !self.is_open(&reference) {
                    self.show(reference);
                } else {
                    // A refused time asks for other times at once.
                    super::choosing::once_more(self, &reference);
                }
            }
        }
    }

    /// What went wrong, in the reader's words. Only the server has them, so that the bundle carries no language; if it
    /// cannot be reached, that is what is said.
    async fn in_words(self, trouble: Trouble) -> String {
        match trouble {
            Trouble::Unreachable => self.unreachable.get_value(),
            trouble => match trouble_in_words(trouble).await {
                Ok(words) => words,
                Err(_) => self.unreachable.get_value(),
            },
        }
    }

    /// After a decision: the details shut in the panel, and show the outcome on the page; the cursor moves to the next row.
    fn go_on_from(self, reference: &str) {
        let next = self
            .neighbour(reference, 1)
            .or_else(|| self.neighbour(reference, -1));
        let here = self.is_open(reference);
        if here && self.place.with_value(|place| place.panel) {
            self.shut();
        } else if here {
            self.show(reference.to_owned());
        }
        self.cursor.set(next);
    }

    /// The row after (1) or before (-1) another; the first where there is none.
    #[must_use]
    pub fn neighbour(self, reference: &str, step: isize) -> Option<String> {
        self.queue.with_untracked(|queue| {
            let here = queue
                .rows
                .iter()
                .position(|row| row.reference == reference)?;
            let there = here.checked_add_signed(step)?;
            queue.rows.get(there).map(|row| row.reference.clone())
        })
    }

    /// Whether a decision about a request is on its way or done: `Some(true)` approved, `Some(false)` declined.
    #[must_use]
    pub fn settled(self, reference: &str) -> Option<bool> {
        self.settled.with(|settled| {
            settled
                .iter()
                .rev()
                .find(|(one, _)| one == reference)
                .map(|(_, approved)| *approved)
        })
    }

    /// Why the last decision about this request was refused.
    #[must_use]
    pub fn failure(self, reference: &str) -> Option<String> {
        self.failed.with(|failed| {
            failed
                .as_ref()
                .filter(|failed| failed.reference == reference)
                .map(|failed| failed.why.clone())
        })
    }

    fn failure_untracked(self, reference: &str) -> Option<String> {
        untrack(|| self.failure(reference))
    }

    /// The address bar follows what is open, so that a reload shows the same.
    fn write_url(self, reference: Option<&str>) {
        let asked = self.asked();
        let url = self.place.with_value(|place| match reference {
            Some(reference) => place.one(&asked, reference),
            None => place.list(&asked),
        });
        crate::office::live::write_url(&url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_carry_what_is_kept_and_what_was_asked() {
        let keep = vec![
            ("view".to_owned(), "day".to_owned()),
            ("panel".to_owned(), "requests".to_owned()),
        ];
        let panel = Place {
            path: "/office/schedule".to_owned(),
            keep,
            panel: true,
        };
        let asked = Asked {
            filter: Filter::All,
            search: "Zoë & co".to_owned(),
            page: 2,
        };
        assert_eq!(
            panel.one(&asked, "R-7K3M9"),
            "/office/schedule?view=day&panel=requests&status=all&search=Zo%C3%AB%20%26%20co&page=2&open=R-7K3M9"
        );
        let page = Place {
            path: "/office/requests".to_owned(),
            keep: Vec::new(),
            panel: false,
        };
        assert_eq!(
            page.one(
                &Asked {
                    page: 1,
                    ..Asked::default()
                },
                "R-7K3M9"
            ),
            "/office/requests/R-7K3M9"
        );
    }
}
