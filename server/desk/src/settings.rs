//! What the owner sets for the whole business: one verb for each form of the settings pages.

use booking::people::Name;
use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::business::Business;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::locality;
use crate::pass::StaffPass;
use crate::table::business;
use crate::trouble::{Beside, Result};

/// What the history calls the one business.
const THE_BUSINESS: uuid::Uuid = uuid::Uuid::nil();

/// The form "Business".
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChangedBusiness {
    /// 1–200 characters.
    pub name: String,
    /// An IANA zone. Visits that are booked keep their instants.
    pub time_zone: String,
    /// One of [`locality::LANGUAGES`].
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
    /// 1 is Monday, 7 Sunday.
    pub first_weekday: i32,
    /// What subjects are called ("Pets"); nothing: the product's own word.
    pub subject_label: String,
    /// An address with `{id}` for an outside ticket system; nothing: tickets are kept here.
    pub ticket_link: String,
}

/// The form "Approval".
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ChangedApproval {
    /// Whether declining needs a reason (decision 8).
    pub reason_required: bool,
    /// How long a request holds its slot, 1–336 hours (decision 3).
    pub hold_hours: i32,
    /// How long a decision can be undone, 0–10 minutes (decision 17).
    pub undo_minutes: i32,
}

/// The form "Sign-in".
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ChangedSignIn {
    /// Whether a link in a letter signs in.
    pub magic_links: bool,
    /// After so long without use a session ends, 1–720 hours.
    pub session_idle_hours: i32,
    /// After so long a session ends in any case, 1–365 days.
    pub session_days: i32,
}

impl Desk {
    /// Changes name, place and words of the business.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; beside the field what a text refuses,
    /// [`Refusal::BadZone`], [`Refusal::BadLanguage`], [`Refusal::BadCurrency`], [`Refusal::BadChoice`],
    /// [`Refusal::BadTemplate`].
    pub async fn change_business(
        &self,
        who: &StaffPass,
        version: i32,
        changed: &ChangedBusiness,
    ) -> Result<()> {
        who.owner()?;
        let name = Name::parse(&changed.name).beside("name")?;
        let time_zone = locality::zone(&changed.time_zone).beside("time_zone")?;
        let locale = locality::language(&changed.locale).beside("locale")?;
        let currency = locality::currency(&changed.currency).beside("currency")?;
        within(changed.first_weekday, 1, 7).beside("first_weekday")?;
        let label = label_or_nothing(&changed.subject_label).beside("subject_label")?;
        let ticket_link = template_or_none(&changed.ticket_link).beside("ticket_link")?;
        self.change(who, version, "business-changed", |row| {
            row.name = Set(name.into());
            row.time_zone = Set(time_zone.name().to_owned());
            row.locale = Set(locale.to_owned());
            row.currency = Set(currency.to_owned());
            row.first_weekday = Set(changed.first_weekday);
            row.subject_label = Set(label);
            row.ticket_link = Set(ticket_link);
        })
        .await
    }

    /// Changes how requests are decided. Holds that run keep their end.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; [`Refusal::BadAmount`] beside the field.
    pub async fn change_approval(
        &self,
        who: &StaffPass,
        version: i32,
        changed: ChangedApproval,
    ) -> Result<()> {
        who.owner()?;
        within(changed.hold_hours, 1, 336).beside("hold_hours")?;
        within(changed.undo_minutes, 0, 10).beside("undo_minutes")?;
        self.change(who, version, "approval-changed", |row| {
            row.reason_required = Set(changed.reason_required);
            row.hold_hours = Set(changed.hold_hours);
            row.undo_minutes = Set(changed.undo_minutes);
        })
        .await
    }

    /// Changes how people sign in and how long they stay; shorter lengths hold for sessions that are open, too.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; [`Refusal::BadAmount`] beside the field.
    pub async fn change_sign_in(
        &self,
        who: &StaffPass,
        version: i32,
        changed: ChangedSignIn,
    ) -> Result<()> {
        who.owner()?;
        within(changed.session_idle_hours, 1, 720).beside("session_idle_hours")?;
        within(changed.session_days, 1, 365).beside("session_days")?;
        self.change(who, version, "sign-in-changed", |row| {
            row.magic_links = Set(changed.magic_links);
            row.session_idle_hours = Set(changed.session_idle_hours);
            row.session_days = Set(changed.session_days);
        })
        .await
    }

    pub(crate) async fn change(
        &self,
        who: &StaffPass,
        version: i32,
        what: &'static str,
        set: impl FnOnce(&mut business::ActiveModel) + Send,
    ) -> Result<()> {
        let work = self.begin().await?;
        let before = locked(&work, version).await?;
        let entry = Entry::new(Some(who.person), "business", THE_BUSINESS, what).before(&before)?;
        let mut row = before.into_active_model();
        set(&mut row);
        row.version = Set(version + 1);
        let after = row.update(work.tx()).await?;
        entry.after(&after)?.write(&work).await?;
        work.commit().await
    }
}

async fn locked(work: &Work, version: i32) -> Result<Business> {
    let row = business::Entity::find_by_id(1)
        .lock_exclusive()
        .one(work.tx())
        .await?;
    let row = row.ok_or(Refusal::NotFound)?;
    if row.version == version {
        Ok(row)
    } else {
        Err(Refusal::Stale.into())
    }
}

/// A number between two, both included.
pub(crate) fn within(number: i32, least: i32, most: i32) -> std::result::Result<i32, Refusal> {
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(Refusal::BadAmount)
    }
}

fn label_or_nothing(typed: &str) -> std::result::Result<String, Refusal> {
    if typed.trim().is_empty() {
        return Ok(String::new());
    }
    let label = Name::parse(typed)?;
    if label.as_str().chars().count() > 40 {
        Err(Refusal::TextTooLong)
    } else {
        Ok(label.into())
    }
}

/// An address of an outside system: http or https, a host, and `{id}` somewhere behind it.
fn template_or_none(typed: &str) -> std::result::Result<Option<String>, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let rest = typed
        .strip_prefix("https://")
        .or_else(|| typed.strip_prefix("http://"))
        .ok_or(Refusal::BadTemplate)?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let host_ok = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    let path_ok = path
        .chars()
        .all(|c| c.is_ascii_graphic() && !"\"'<>\\^`|".contains(c));
    if host_ok && path_ok && path.matches("{id}").count() == 1 && typed.len() <= 500 {
        Ok(Some(typed.to_owned()))
    } else {
        Err(Refusal::BadTemplate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_link_is_an_address_with_one_place_for_the_id() {
        for good in [
            "https://desk.example.com/t/{id}",
            "http://10.0.0.1:8080/?ticket={id}&x=1",
            "https://h/{id}#a",
        ] {
            assert_eq!(template_or_none(good), Ok(Some(good.to_owned())));
        }
        let bad = [
            "javascript:alert({id})",
            "https://{id}.example.com/",
            "https://example.com/",
            "//example.com/{id}",
            "https:///{id}",
            "https://a b/{id}",
            "https://user@evil/{id}",
            "https://e/{id}/{id}",
            "https://e/{id}\"x",
            "ftp://e/{id}",
            "https://e/{id}\r\nX: y",
        ];
        for bad in bad {
            assert_eq!(template_or_none(bad), Err(Refusal::BadTemplate), "{bad}");
        }
        assert_eq!(template_or_none("  "), Ok(None));
    }
}
