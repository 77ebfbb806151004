//! The state of the queue while a page is open, and what can be done with it. What the desk refuses comes back here with
//! its reason; nothing that was typed is touched.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::ask::{approve_request, decline_request, request_details, request_queue};
use super::shown::{Approval, Asked, Decided, Details, Queue, Refusing};
use crate::i18n::{Locale, td_string};
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

    fn url(&self, path: &str, asked: &Asked, open: Option<&str>) -> String {
        let page = asked.page.to_string();
        let own = [
            (
                "status",
                asked.filter.as_str(),
                asked.filter != super::shown::Filter::Pending,
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
    /// Why.
    pub trouble: Trouble,
}

/// The queue of one page. Cheap to copy; the islands' parts get it by context.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    /// The reader's language.
    pub locale: Locale,
    /// Where it stands.
    pub place: StoredValue<Place>,
    /// The page a form was refused on, which its next try leads back to.
    pub page: StoredValue<Option<String>>,
    /// The rows in sight.
    pub queue: RwSignal<Queue>,
    /// The request whose details are open.
    pub open: RwSignal<Option<Details>>,
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
}

impl Board {
    /// The board around.
    #[must_use]
    pub fn around() -> Option<Self> {
        use_context::<Self>()
    }

    /// Reads the page of the queue again.
    pub fn refresh(self) {
        let Asked {
            filter,
            search,
            page,
        } = self.queue.with_untracked(|queue| queue.asked.clone());
        spawn_local(async move {
            // Without an answer the old rows stay; the next event asks again.
            if let Ok(queue) = request_queue(filter, search, page).await {
                self.queue.set(queue);
                self.settled.set(Vec::new());
            }
        });
    }

    /// Opens the details of a request.
    pub fn show(self, reference: String) {
        self.cursor.set(Some(reference.clone()));
        spawn_local(async move {
            match request_details(reference.clone()).await {
                Ok(details) => {
                    self.open.set(Some(details));
                    self.write_url(Some(&reference));
                }
                Err(trouble) => self.said.set(Some(trouble.words(self.locale))),
            }
        });
    }

    /// Closes the details.
    pub fn shut(self) {
        self.open.set(None);
        self.write_url(None);
    }

    /// Approves; drawn as approved at once, and as it was, with the reason, if the desk refuses.
    pub fn approve(self, form: Approval) {
        let reference = form.reference.clone();
        self.begin(&reference, true);
        spawn_local(async move { self.end(reference, approve_request(form).await) });
    }

    /// Declines, in the same way.
    pub fn decline(self, form: Refusing) {
        let reference = form.reference.clone();
        self.begin(&reference, false);
        spawn_local(async move { self.end(reference, decline_request(form).await) });
    }

    fn begin(self, reference: &str, approved: bool) {
        self.failed.set(None);
        self.said.set(None);
        self.settled
            .update(|settled| settled.push((reference.to_owned(), approved)));
    }

    fn end(self, reference: String, answer: Result<Decided, Trouble>) {
        match answer {
            Ok(decided) => {
                self.said.set(Some(decided.sentence));
                self.go_on_from(&reference);
                self.refresh();
                crate::office::live::redraw();
            }
            Err(trouble) => {
                self.settled
                    .update(|settled| settled.retain(|(one, _)| *one != reference));
                self.said
                    .set(Some(format!("{reference}: {}", trouble.words(self.locale))));
                let meanwhile =
                    matches!(trouble, Trouble::Refused { why, .. } if super::decide::is_late(why));
                self.failed.set(Some(Failed {
                    reference: reference.clone(),
                    trouble,
                }));
                if meanwhile {
                    self.refresh();
                }
                if meanwhile
                    || self.open.with_untracked(|open| {
                        open.as_ref()
                            .is_none_or(|open| open.row.reference != reference)
                    })
                {
                    self.show(reference);
                }
            }
        }
    }

    /// After a decision: the details shut in the panel, and show the outcome on the page; the cursor moves to the next row.
    fn go_on_from(self, reference: &str) {
        let next = self
            .neighbour(reference, 1)
            .or_else(|| self.neighbour(reference, -1));
        let here = self.open.with_untracked(|open| {
            open.as_ref()
                .is_some_and(|open| open.row.reference == reference)
        });
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

    /// Puts back into a form what was typed before it was drawn again.
    pub fn keep_typed(self, form: &mut Approval) {
        self.typed.with_value(|typed| {
            let Some(typed) = typed
                .as_ref()
                .filter(|typed| typed.reference == form.reference)
            else {
                return;
            };
            form.internal_notes.clone_from(&typed.internal_notes);
            form.ticket.clone_from(&typed.ticket);
            form.override_reason.clone_from(&typed.override_reason);
        });
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
    pub fn failure(self, reference: &str) -> Option<Trouble> {
        self.failed.with(|failed| {
            failed
                .as_ref()
                .filter(|failed| failed.reference == reference)
                .map(|failed| failed.trouble.clone())
        })
    }

    /// "n pending".
    #[must_use]
    pub fn pending(self, count: u64) -> String {
        td_string!(self.locale, queue.pending, count = count).to_string()
    }

    /// The address bar follows what is open, so that a reload shows the same.
    fn write_url(self, reference: Option<&str>) {
        let asked = self.queue.with_untracked(|queue| queue.asked.clone());
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
    use crate::office::requests::shown::Filter;

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
