//! Sends a request. The desk decides everything; this only carries the form to it and leads on.

use std::collections::BTreeMap;

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
    /// What was answered, by the question's key.
    pub answer: BTreeMap<String, String>,
    /// The ids of the photos.
    pub photo: Vec<String>,
    /// A file that was chosen and not sent, without scripts: its name.
    pub file: String,
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
    use booking::ids::{PhotoId, QuestionId, ServiceId, SubjectId};
    use booking::refusal::Refusal;
    use desk::edit_request::{Edited, RequestEdit};
    use desk::submit_request::{NewRequest, Submitted};

    use super::super::choices::{Choices, answered};
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
                answers: self.answers(),
                photos: self.photos()?,
            })
        }

        /// What was answered; what names no question is an answer to nothing.
        pub fn answers(&self) -> Vec<(QuestionId, String)> {
            let known = |(key, typed): (&String, &String)| Some((answered(key)?, typed.clone()));
            self.answer.iter().filter_map(known).collect()
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

        /// The photos' ids. A file whose name travels with the form was chosen, and is not among them.
        pub fn photos(&self) -> Result<Vec<PhotoId>, Trouble> {
            if !self.file.is_empty() {
                return Err(beside(Refusal::PhotoNotAdded, "photos"));
            }
            let gone = |_| beside(Refusal::PhotoGone, "photos");
            self.photo
                .iter()
                .map(|id| id.parse().map_err(gone))
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
                answers: self.answer.clone().into_iter().collect(),
                photos: self.photo.clone(),
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
                answers: new.answers,
                photos: new.photos,
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
