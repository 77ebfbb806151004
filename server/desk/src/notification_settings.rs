//! What the business wants told (spec §8): ticks that it takes away from the table of spec §6, how early reminders go, and
//! what a client gets no mail about. Who is told what stays `booking::letter`; settings only take away.

use std::collections::BTreeSet;

use booking::ids::ClientId;
use booking::letter::{
    CalendarPart, Channels, Event, HAPPENING, Recipient, Tick, mailed_to_clients, still_told, ticks,
};
use booking::refusal::Refusal;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QuerySelect,
    Set, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::Desk;
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::notification_settings as table;
use crate::trouble::{Beside, Fault, Result};

/// The shortest lead of a reminder in minutes; 0 is none.
pub const SHORTEST_LEAD_MIN: i32 = 15;
/// The longest lead of a reminder in minutes: 14 days.
pub const LONGEST_LEAD_MIN: i32 = 14 * 24 * 60;

/// What the history calls the settings, of which there is one row.
const THE_SETTINGS: Uuid = Uuid::nil();

/// What the business wants told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationSettings {
    /// Ticks of the table that are off.
    pub taken_away: BTreeSet<Tick>,
    /// Leads of the first and the second reminder, in minutes before the start; 0: none.
    pub leads_min: [i32; 2],
    /// For the form.
    pub version: i32,
}

/// The form "Notifications".
#[derive(Clone, Debug, Default)]
pub struct ChangedNotifications {
    /// The ticks that stay, as `event/recipient/channel`; all others that the table has are taken away.
    pub kept: Vec<String>,
    /// Leads of the two reminders, in minutes; 0: none.
    pub leads_min: [i32; 2],
}

impl Desk {
    /// What the business wants told.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn notification_settings(&self, who: &StaffPass) -> Result<NotificationSettings> {
        who.dispatcher()?;
        settings(self.db()).await
    }

    /// Changes it. Letters that wait already are sent.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; [`Refusal::BadChoice`] beside `kept`;
    /// [`Refusal::BadAmount`] beside `first_lead` or `second_lead`.
    pub async fn change_notifications(
        &self,
        who: &StaffPass,
        version: i32,
        changed: &ChangedNotifications,
    ) -> Result<()> {
        let work = self.begin().await?;
        who.owner()?;
        let kept: std::result::Result<BTreeSet<Tick>, _> =
            changed.kept.iter().map(|tick| tick.parse()).collect();
        let kept = kept.map_err(|_| Refusal::BadChoice).beside("kept")?;
        lead(changed.leads_min[0]).beside("first_lead")?;
        lead(changed.leads_min[1]).beside("second_lead")?;
        let before = table::Entity::find_by_id(1).lock_exclusive();
        let before = before.one(work.tx()).await?.ok_or(Refusal::NotFound)?;
        if before.version != version {
            return Err(Refusal::Stale.into());
        }
        let all = HAPPENING.iter().flat_map(|event| ticks(*event));
        let gone: BTreeSet<Tick> = all.filter(|tick| !kept.contains(tick)).collect();
        let entry = Entry::new(
            Some(who.person),
            "notifications",
            THE_SETTINGS,
            "notifications-changed",
        );
        let entry = entry.before(&before)?;
        let mut row = before.into_active_model();
        row.taken_away = Set(json!(gone));
        row.first_reminder_min = Set(changed.leads_min[0]);
        row.second_reminder_min = Set(changed.leads_min[1]);
        row.version = Set(version + 1);
        let after = row.update(work.tx()).await?;
        entry.after(&after)?.write(&work).await?;
        work.commit().await
    }

    /// The events a client gets no mail about; nothing where the client does not exist.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn client_muted(&self, who: &StaffPass, id: ClientId) -> Result<Option<Vec<Event>>> {
        who.dispatcher()?;
        muted(self.db(), id.key()).await
    }

    /// Says which events a client gets mail about, of those that clients get mail about at all. Without
    /// `visit.reminder` there are no reminders, not even in the portal.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician, [`Refusal::NotFound`], [`Refusal::BadChoice`] beside `mail`.
    pub async fn change_client_mail(
        &self,
        who: &StaffPass,
        id: ClientId,
        wanted: &[String],
    ) -> Result<()> {
        let work = self.begin().await?;
        who.dispatcher()?;
        let wanted: std::result::Result<Vec<Event>, _> =
            wanted.iter().map(|word| word.parse()).collect();
        let wanted = wanted.map_err(|_| Refusal::BadChoice).beside("mail")?;
        work.lock_client(id).await?;
        let before = muted(work.tx(), id.key()).await?.ok_or(Refusal::NotFound)?;
        let mut after = mailed_to_clients();
        after.retain(|event| !wanted.contains(event));
        let values = [json!(after).into(), id.key().into()];
        let backend = work.tx().get_database_backend();
        let change = Statement::from_sql_and_values(
            backend,
            "UPDATE clients SET muted = $1 WHERE id = $2",
            values,
        );
        work.tx().execute_raw(change).await?;
        Entry::new(Some(who.person), "client", id.key(), "mail-chosen")
            .before(&before)?
            .after(&after)?
            .write(&work)
            .await?;
        work.commit().await
    }
}

/// Who is told of an event about something of this client, and by what: the table, less what settings and the client take
/// away. People's own choices come on top.
pub(crate) async fn channels_allowed<C: ConnectionTrait>(
    db: &C,
    event: Event,
    client: Uuid,
) -> Result<Vec<(Recipient, Channels)>> {
    let settings = settings(db).await?;
    let muted = muted(db, client).await?.unwrap_or_default();
    let mut told = still_told(event, &settings.taken_away);
    if muted.contains(&event) {
        for (recipient, channels) in &mut told {
            if *recipient == Recipient::Client {
                channels.mail = false;
                channels.calendar = CalendarPart::None;
            }
        }
    }
    Ok(told)
}

/// The settings as they are.
pub(crate) async fn settings<C: ConnectionTrait>(db: &C) -> Result<NotificationSettings> {
    let row = table::Entity::find_by_id(1).one(db).await?;
    let row = row.ok_or_else(|| Fault::Machine("no notification settings".to_owned()))?;
    Ok(NotificationSettings {
        taken_away: words(&row.taken_away).collect(),
        leads_min: [row.first_reminder_min, row.second_reminder_min],
        version: row.version,
    })
}

#[derive(FromQueryResult)]
struct Muted {
    muted: Value,
}

async fn muted<C: ConnectionTrait>(db: &C, client: Uuid) -> Result<Option<Vec<Event>>> {
    let backend = db.get_database_backend();
    let values = [client.into()];
    let asked =
        Statement::from_sql_and_values(backend, "SELECT muted FROM clients WHERE id = $1", values);
    let found = Muted::find_by_statement(asked).one(db).await?;
    Ok(found.map(|row| words(&row.muted).collect()))
}

/// The words of a list that are known; a word of another version means nothing here.
pub(crate) fn words<T: std::str::FromStr>(list: &Value) -> impl Iterator<Item = T> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(|word| word.as_str()?.parse().ok())
}

/// A lead of 15 minutes to 14 days, or 0.
fn lead(minutes: i32) -> std::result::Result<(), Refusal> {
    if minutes == 0 || (SHORTEST_LEAD_MIN..=LONGEST_LEAD_MIN).contains(&minutes) {
        Ok(())
    } else {
        Err(Refusal::BadAmount)
    }
}
