//! Sends a request. The desk decides everything; this only carries the form to it and leads on.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// What the forms of the wizard and of an edit carry, as text: the desk's words are made of it on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Minutes.
    pub length: String,
    /// The instant.
    pub start: String,
    /// The technician's id, or nothing.
    pub with: String,
    /// Seats, or nothing.
    pub seats: String,
    /// The notes.
    pub notes: String,
    /// The ticket.
    pub ticket: String,
    /// The ids of the subjects.
    pub subject: Vec<String>,
}

/// Sends the request: on success its page is next; when the time was lost or the form was sent before, the last step
/// again, which says so.
#[server]
pub async fn submit_request(
    service: String,
    key: String,
    #[server(flatten)] typed: Typed,
) -> Result<(), Trouble> {
    let ask = typed.new_request(&service, &key)?;
    let answer = ask::desk()?.submit_request(&ask::contact()?, ask).await?;
    ask::go(&typed.after(&service, &key, &answer));
    Ok(())
}

#[cfg(feature = "ssr")]
mod ssr {
    use booking::ids::{ServiceId, SubjectId};
    use booking::refusal::Refusal;
    use desk::edit_request::{Edited, RequestEdit};
    use desk::submit_request::{NewRequest, Submitted};

    use super::super::choices::Choices;
    use super::Typed;
    use crate::trouble::Trouble;

    impl Typed {
        /// The desk's form of it.
        pub fn new_request(&self, service: &str, key: &str) -> Result<NewRequest, Trouble> {
            Ok(NewRequest {
                key: key.to_owned(),
                service: service.parse().map_err(|_| Refusal::NotFound)?,
                length_min: self
                    .length
                    .parse()
                    .map_err(|_| beside(Refusal::BadLength, "length"))?,
                start: self
                    .start
                    .parse()
                    .map_err(|_| beside(Refusal::BadTime, "start"))?,
                technician: none_if_empty(&self.with).map(str::parse).transpose()?,
                seats: none_if_empty(&self.seats)
                    .map_or(Ok(1), str::parse)
                    .map_err(|_| beside(Refusal::BadAmount, "seats"))?,
                notes: self.notes.clone(),
                ticket: self.ticket.clone(),
                subjects: self.subjects()?,
            })
        }

        /// The subjects' ids.
        pub fn subjects(&self) -> Result<Vec<SubjectId>, Trouble> {
            self.subject
                .iter()
                .map(|id| {
                    id.parse()
                        .map_err(|_| beside(Refusal::BadChoice, "subjects"))
                })
                .collect()
        }

        /// The same as choices, for an address.
        pub fn choices(&self, key: &str) -> Choices {
            Choices {
                length: self.length.parse().ok(),
                with: none_if_empty(&self.with).map(str::to_owned),
                seats: self.seats.parse().ok(),
                start: self.start.parse().ok(),
                notes: Some(self.notes.clone()),
                ticket: none_if_empty(&self.ticket).map(str::to_owned),
                subjects: self.subject.clone(),
                key: Some(key.to_owned()),
                ..Choices::default()
            }
        }

        /// Where an answer leads.
        pub fn after(&self, service: &str, key: &str, answer: &Submitted) -> String {
            let check = format!("/request/{service}/check");
            match answer {
                Submitted::Sent { reference } => format!("/requests/{reference}?sent=1"),
                Submitted::SentBefore { reference } => Choices {
                    earlier: Some(reference.clone()),
                    ..self.choices(key)
                }
                .link(&check),
                Submitted::Lost { .. } => self.choices(key).link(&check),
            }
        }
    }

    impl Typed {
        /// The desk's form of an edit.
        pub fn edit(
            &self,
            reference: &str,
            version: &str,
            key: &str,
        ) -> Result<RequestEdit, Trouble> {
            let new = self.new_request(&ServiceId::new(0).to_string(), key)?;
            Ok(RequestEdit {
                key: new.key,
                request: reference.to_owned(),
                version: version.parse().map_err(|_| Refusal::Stale)?,
                length_min: new.length_min,
                start: new.start,
                technician: new.technician,
                seats: new.seats,
                notes: new.notes,
                ticket: new.ticket,
                subjects: new.subjects,
            })
        }

        /// Where the answer to an edit leads.
        pub fn after_edit(&self, reference: &str, answer: &Edited) -> String {
            let page = format!("/requests/{reference}");
            match answer {
                Edited::Done => format!("{page}?saved=1"),
                Edited::Lost { .. } => Choices {
                    key: None,
                    ..self.choices("")
                }
                .link(&format!("{page}/edit")),
                Edited::Changed(_) => format!("{page}?stale=1"),
            }
        }
    }

    fn none_if_empty(text: &str) -> Option<&str> {
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    fn beside(why: Refusal, field: &str) -> Trouble {
        Trouble::Refused {
            why,
            field: Some(field.to_owned()),
        }
    }
}
#[cfg(feature = "ssr")]
use crate::ask;
