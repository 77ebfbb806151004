//! One's own account: name, telephone, language, time zone, and which events one wants no mail about.

use booking::letter::Event;
use booking::people::{Name, Phone};
use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::desk::Desk;
use crate::history::Entry;
use crate::key::Key;
use crate::locality;
use crate::pass::SignedIn;
use crate::sign_in::lock;
use crate::table::person;
use crate::trouble::{Beside, Fault, Result};

/// One's own account. `locale` and `time_zone` are one's own choices: without one, those of the client hold, then those
/// of the business (decision 18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// One's own language.
    pub locale: Option<String>,
    /// One's own zone.
    pub time_zone: Option<String>,
    /// Events about which one wants no mail.
    pub muted: Vec<Event>,
}

/// What was typed into the account's form; an empty language or zone means none of one's own.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ChangedAccount {
    /// 1–200 characters.
    pub name: String,
    /// A number, or nothing.
    pub phone: String,
    /// One of [`locality::LANGUAGES`], or nothing.
    pub locale: String,
    /// An IANA zone, or nothing.
    pub time_zone: String,
}

impl Desk {
    /// One's own account.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the person is gone.
    pub async fn account(&self, me: &SignedIn) -> Result<Account> {
        let found = person::Entity::find_by_id(me.person.key())
            .one(self.db())
            .await?;
        account(found.ok_or(Refusal::NotFound)?)
    }

    /// Chooses the language one reads from now on.
    ///
    /// # Errors
    /// [`Refusal::BadLanguage`], [`Refusal::NotFound`] when the person is gone.
    pub async fn choose_language(&self, me: &SignedIn, language: &str) -> Result<()> {
        let language = locality::language(language).beside("language")?;
        let work = self.begin().await?;
        let before = lock(&work, me.person).await?;
        let entry = Entry::new(Some(me.person), "person", before.id, "account-changed")
            .before(&shown(&before))?;
        let mut row = before.into_active_model();
        row.locale = Set(Some(language.to_owned()));
        let after = row.update(work.tx()).await?;
        entry.after(&shown(&after))?.write(&work).await?;
        work.commit().await
    }

    /// Changes one's own account; what is typed last holds.
    ///
    /// # Errors
    /// What the texts refuse, [`Refusal::BadLanguage`], [`Refusal::BadZone`], beside the field.
    pub async fn change_account(&self, me: &SignedIn, changed: &ChangedAccount) -> Result<()> {
        let name = Name::parse(&changed.name).beside("name")?;
        let phone = phone_or_none(&changed.phone).beside("phone")?;
        let locale = locality::language_or_none(&changed.locale).beside("locale")?;
        let time_zone = locality::zone_or_none(&changed.time_zone).beside("time_zone")?;
        let work = self.begin().await?;
        let before = lock(&work, me.person).await?;
        let entry = Entry::new(Some(me.person), "person", before.id, "account-changed")
            .before(&shown(&before))?;
        let mut row = before.into_active_model();
        row.name = Set(name.into());
        row.phone = Set(phone);
        row.locale = Set(locale);
        row.time_zone = Set(time_zone);
        let after = row.update(work.tx()).await?;
        entry.after(&shown(&after))?.write(&work).await?;
        work.commit().await
    }

    /// Says about which events one wants no mail; notices in the portal stay. Words that are no events are refused.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`] beside `muted`.
    pub async fn mute(&self, me: &SignedIn, events: &[String]) -> Result<()> {
        let events: std::result::Result<Vec<Event>, _> =
            events.iter().map(|word| word.parse()).collect();
        let mut events = events.map_err(|_| Refusal::BadChoice).beside("muted")?;
        events.sort_unstable();
        events.dedup();
        let work = self.begin().await?;
        let before = lock(&work, me.person).await?;
        let entry =
            Entry::new(Some(me.person), "person", before.id, "muted").before(&before.muted)?;
        let mut row = before.into_active_model();
        row.muted = Set(json!(events));
        row.update(work.tx()).await?;
        entry.after(&events)?.write(&work).await?;
        work.commit().await
    }
}

/// A telephone number, or none.
pub(crate) fn phone_or_none(typed: &str) -> std::result::Result<Option<String>, Refusal> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        Phone::parse(typed).map(|phone| Some(phone.into()))
    }
}

fn shown(row: &person::Model) -> serde_json::Value {
    json!({ "name": row.name, "phone": row.phone, "locale": row.locale, "time_zone": row.time_zone })
}

fn account(row: person::Model) -> Result<Account> {
    let muted = serde_json::from_value(row.muted).map_err(|_| Fault::Unreadable {
        table: "people",
        column: "muted",
        id: row.id.to_string(),
    })?;
    Ok(Account {
        name: row.name,
        email: row.email,
        phone: row.phone,
        locale: row.locale,
        time_zone: row.time_zone,
        muted,
    })
}
