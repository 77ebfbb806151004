//! What the drawings of the queue have in common: in which language, where the queue stands, what was asked of it. On the
//! server only; the browser gets what is drawn.

use std::hash::{DefaultHasher, Hash, Hasher};

use desk::{Desk, StaffPass};
use leptos::prelude::*;

use super::board::Place;
use super::facts::Row;
use super::shown::{Approval, Asked, Checked, Details, Drawn, Queue};
use super::{around, decide, details, row, written};
use crate::ask;
use crate::i18n::Locale;
use crate::kit::posted::PAGE;
use crate::trouble::Trouble;

/// For whom, and where.
#[derive(Clone)]
pub struct Drawing {
    /// The reader's language.
    pub locale: Locale,
    /// Where the queue stands.
    pub place: Place,
    /// What was asked of it.
    pub asked: Asked,
    /// The page a form was refused on, which its next try leads back to.
    pub page: Option<String>,
}

impl Drawing {
    /// For the reader of this answer.
    pub fn here(place: Place, asked: Asked, page: Option<String>) -> Self {
        Self {
            locale: ask::locale(),
            place,
            asked,
            page,
        }
    }

    /// A page of the queue.
    ///
    /// # Errors
    /// Not allowed, faults.
    pub async fn queue(&self, desk: &Desk, staff: &StaffPass) -> Result<Queue, Trouble> {
        let found = written::queue(desk, staff, self.asked.clone()).await?;
        let drawing = Self {
            asked: found.asked.clone(),
            ..self.clone()
        };
        Ok(Queue {
            foot: around::foot(&drawing, found.pages, found.nothing).to_html(),
            asked: found.asked,
            counts: found.counts,
            rows: found.rows.into_iter().map(|row| drawing.row(row)).collect(),
        })
    }

    /// The details of a request; `typed`: what the approve form holds instead of what it starts from.
    ///
    /// # Errors
    /// No such request, faults.
    pub async fn details(
        &self,
        desk: &Desk,
        staff: &StaffPass,
        reference: &str,
        typed: Option<&Approval>,
    ) -> Result<(Details, Drawn), Trouble> {
        let about = written::details(desk, staff, reference, typed).await?;
        let row = self.row(about.row.clone());
        let details = Details {
            reference: row.reference.clone(),
            version: row.version,
            deciding: about.deciding.is_some(),
            html: if self.place.panel {
                details::inside(self, about).to_html()
            } else {
                details::whole(self, about).to_html()
            },
        };
        Ok((details, row))
    }

    fn row(&self, row: Row) -> Drawn {
        Drawn {
            reference: row.reference.clone(),
            version: row.version,
            looks: looks(&row),
            actions: row::actions(self, &row).to_html(),
            html: row::draw(self, row).to_html(),
        }
    }

    /// Where a form that is drawn again leads back to.
    pub fn leads_back(&self) -> impl IntoView + use<> {
        self.page
            .clone()
            .map(|page| view! { <input type="hidden" name=PAGE value=page/> })
    }
}

/// The clash check of a form that is being filled in.
///
/// # Errors
/// Not staff, no such request, faults.
pub async fn checked(desk: &Desk, staff: &StaffPass, form: &Approval) -> Result<Checked, Trouble> {
    let check = written::check(desk, staff, form).await?;
    let locale = ask::locale();
    Ok(Checked {
        reason: decide::wants_reason(&check),
        options: decide::options(&check.people, &form.technician).to_html(),
        verdict: decide::verdict(locale, &check, &form.reference).to_html(),
    })
}

/// All that can be seen of a row, in a number; the keys of its forms are drawn anew each time and do not count.
fn looks(row: &Row) -> u64 {
    let mut plain = row.clone();
    plain.key.clear();
    if let Some(ready) = &mut plain.ready {
        ready.form.key.clear();
    }
    let mut hasher = DefaultHasher::new();
    format!("{plain:?}").hash(&mut hasher);
    hasher.finish()
}
