//! Letters in the owner's own words: what is stored, and what a leased letter gets of it. A text with a mistake is never
//! stored; whether it fits the facts is seen when it is sent (`server/src/letters`).

use std::collections::HashMap;

use booking::letter::{Event, Recipient};
use booking::refusal::Refusal;
use booking::template::{LetterKind, Part, Wording};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait,
    QuerySelect, Statement,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::locality;
use crate::outbox::{self, ChangeFacts, LetterFacts, NewLetter, OfferFacts, QuoteFacts, TimeFacts};
use crate::pass::StaffPass;
use crate::table::{letter_template as table, person};
use crate::trouble::{Fault, Refused, Result, Trouble};

/// The event's word of a letter that shows an owner what a template looks like.
pub const TEST: &str = "letter-test";

/// What a letter under [`TEST`] carries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestFacts {
    /// Which letter is shown.
    pub letter: LetterKind,
    /// In which language.
    pub locale: String,
    /// In which words.
    pub wording: Wording,
    /// What it says: an example.
    pub said: LetterFacts,
}

/// A letter that has words of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTemplate {
    /// The words.
    pub wording: Wording,
    /// For the form.
    pub version: i32,
}

impl Desk {
    /// Which letters have words of their own, and in which languages.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn changed_templates(&self, who: &StaffPass) -> Result<Vec<(LetterKind, String)>> {
        who.dispatcher()?;
        let rows = table::Entity::find().all(self.db()).await?;
        let known = |row: table::Model| Some((kind_of(&row)?, row.locale));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// The owner's words for a letter, if there are any.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn letter_template(
        &self,
        who: &StaffPass,
        letter: LetterKind,
        locale: &str,
    ) -> Result<Option<OwnTemplate>> {
        who.dispatcher()?;
        let row = find(letter, locale).one(self.db()).await?;
        Ok(row.map(|row| OwnTemplate {
            version: row.version,
            wording: wording(row),
        }))
    }

    /// Stores the owner's words for a letter; from then on it is sent in them. `version`: of what the form was drawn from, 0
    /// where there was nothing.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; [`Refusal::BadLanguage`]; the first mistake beside
    /// its field: `subject`, `heading`, `body` or `closing`.
    pub async fn save_template(
        &self,
        who: &StaffPass,
        (letter, locale): (LetterKind, &str),
        version: i32,
        typed: Wording,
    ) -> Result<()> {
        let work = self.begin().await?;
        who.owner()?;
        let locale = locality::language(locale)?;
        let words = checked(letter, typed)?;
        let before = locked(&work, letter, locale, version).await?;
        let row = table::Model {
            event: letter.event.as_str().to_owned(),
            recipient: letter.recipient.as_str().to_owned(),
            moved: letter.moved,
            locale: locale.to_owned(),
            subject: words.subject,
            heading: words.heading,
            body: words.body,
            closing: words.closing,
            version: version + 1,
        };
        let entry = entry(who, "template-changed").after(&row)?;
        let entry = match &before {
            Some(before) => entry.before(before)?,
            None => entry,
        };
        let row = row.into_active_model();
        match before {
            Some(_) => row.reset_all().update(work.tx()).await.map(|_| ())?,
            None => insert(&work, row).await?,
        }
        entry.write(&work).await?;
        work.commit().await
    }

    /// Gives a letter the product's own words again. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`] when somebody changed them meanwhile.
    pub async fn reset_template(
        &self,
        who: &StaffPass,
        (letter, locale): (LetterKind, &str),
        version: i32,
    ) -> Result<()> {
        let work = self.begin().await?;
        who.owner()?;
        let locale = locality::language(locale)?;
        let Some(before) = find(letter, locale).lock_exclusive().one(work.tx()).await? else {
            return Ok(());
        };
        if before.version != version {
            return Err(Refusal::Stale.into());
        }
        entry(who, "template-reset")
            .before(&before)?
            .write(&work)
            .await?;
        before.delete(work.tx()).await?;
        work.commit().await
    }

    /// Sends a letter in these words to oneself, with an example's facts. Stores nothing else.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; mistakes as in [`Desk::save_template`].
    pub async fn send_test_letter(&self, who: &StaffPass, test: TestFacts) -> Result<()> {
        let mut work = self.begin().await?;
        who.owner()?;
        let locale = locality::language(&test.locale)?.to_owned();
        let wording = checked(test.letter, test.wording.clone())?;
        let me = person::Entity::find_by_id(who.person.key())
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        let facts = TestFacts {
            locale,
            wording,
            ..test
        };
        let facts = serde_json::to_value(facts)
            .map_err(|error| Fault::Machine(format!("letter: {error}")))?;
        let letter = NewLetter {
            event: TEST.to_owned(),
            about: None,
            person: Some(me.id),
            client: None,
            email: me.email,
            facts,
        };
        outbox::queue(&mut work, vec![letter]).await?;
        work.commit().await
    }

    /// The facts of an example, from what the business has: the first service, the first technician, tomorrow at 10:00.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn example_facts(&self, who: &StaffPass, letter: LetterKind) -> Result<LetterFacts> {
        who.dispatcher()?;
        let backend = self.db().get_database_backend();
        let asked = Statement::from_string(backend, EXAMPLE);
        let found = Example::find_by_statement(asked).one(self.db()).await?;
        let found = found.ok_or(Refusal::NotFound)?;
        let zone: chrono_tz::Tz = found.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let tomorrow = booking::zone::date(&zone, self.now()) + chrono::TimeDelta::days(1);
        let start = tomorrow.and_hms_opt(10, 0, 0).unwrap_or_default();
        let start = booking::zone::single(&zone, start);
        let hours = chrono::TimeDelta::hours;
        let changed = [Event::VisitChanged, Event::ChangeApproved].contains(&letter.event);
        let moved = letter.moved || changed;
        let held = matches!(
            letter.event,
            Event::RequestSubmitted | Event::TimesProposed | Event::QuoteSent
        );
        let currency = found.currency.clone();
        let technician = found.technician.clone().unwrap_or_default();
        let offer = example_offer(letter.event, start, technician, currency);
        Ok(LetterFacts {
            role: letter.recipient,
            business: found.business,
            business_zone: found.time_zone,
            request: Some("R-00000".to_owned()),
            visit: Some("V-00000".to_owned()),
            client: found.client.unwrap_or_default(),
            service: found.service.unwrap_or_default(),
            start: Some(start),
            end: Some(start + hours(1)),
            asked: None,
            old_start: moved.then_some(start + hours(2)),
            old_end: moved.then_some(start + hours(3)),
            technician: found.technician,
            old_technician: None,
            old_service: None,
            dates: Vec::new(),
            notes: String::new(),
            reason: None,
            expires: held.then_some(start),
            offer,
            change: example_change(letter.event, start),
            link: "/".to_owned(),
            calendar: None,
        })
    }
}

/// What an example wants otherwise: the next day.
fn example_change(event: Event, start: chrono::DateTime<chrono::Utc>) -> Option<ChangeFacts> {
    let wants = [
        Event::ChangeSubmitted,
        Event::ChangeDeclined,
        Event::ChangeSuperseded,
        Event::ChangeExpired,
    ];
    let day = chrono::TimeDelta::days(1);
    wants.contains(&event).then(|| ChangeFacts {
        reference: "R-00000".to_owned(),
        start: Some(start + day),
        end: Some(start + day + chrono::TimeDelta::hours(1)),
        ..ChangeFacts::default()
    })
}

/// What an example offers: two times, or a quote for one.
fn example_offer(
    event: Event,
    start: chrono::DateTime<chrono::Utc>,
    technician: String,
    currency: String,
) -> Option<OfferFacts> {
    let days: &[i64] = match event {
        Event::TimesProposed => &[0, 1],
        Event::QuoteSent => &[0],
        _ => return None,
    };
    let time = |days: &i64| TimeFacts {
        start: start + chrono::TimeDelta::days(*days),
        end: start + chrono::TimeDelta::days(*days) + chrono::TimeDelta::hours(1),
        technician: technician.clone(),
    };
    Some(OfferFacts {
        times: days.iter().map(time).collect(),
        quote: (event == Event::QuoteSent).then(|| QuoteFacts {
            reference: "Q-00000".to_owned(),
            total_minor: 12_100,
            currency,
        }),
        note: String::new(),
    })
}

const EXAMPLE: &str = "SELECT b.name AS business, b.time_zone, b.currency, \
    (SELECT MIN(c.name) FROM clients c WHERE c.active) AS client, \
    (SELECT MIN(s.name) FROM services s WHERE s.active) AS service, \
    (SELECT MIN(p.name) FROM technicians t JOIN people p ON p.id = t.id WHERE t.active) AS technician \
    FROM business b WHERE b.id = 1";

#[derive(FromQueryResult)]
struct Example {
    business: String,
    currency: String,
    time_zone: String,
    client: Option<String>,
    service: Option<String>,
    technician: Option<String>,
}

/// All words of owners' own, for one batch of letters.
pub(crate) struct OwnWords(HashMap<(LetterKind, String), Wording>);

impl OwnWords {
    /// Loads them: a handful of rows.
    pub(crate) async fn load<C: ConnectionTrait>(db: &C) -> Result<Self> {
        let rows = table::Entity::find().all(db).await?;
        let known = |row: table::Model| {
            let key = (kind_of(&row)?, row.locale.clone());
            Some((key, wording(row)))
        };
        Ok(Self(rows.into_iter().filter_map(known).collect()))
    }

    /// Those of one letter in one language.
    pub(crate) fn of(&self, event: &str, facts: &Value, locale: &str) -> Option<Wording> {
        if self.0.is_empty() {
            return None;
        }
        let role: Recipient = facts.get("role")?.as_str()?.parse().ok()?;
        let moved = facts.get("old_start").is_some_and(|at| !at.is_null());
        let kind = LetterKind::of(event.parse().ok()?, role, moved)?;
        self.0.get(&(kind, locale.to_owned())).cloned()
    }
}

fn find(letter: LetterKind, locale: &str) -> sea_orm::Select<table::Entity> {
    table::Entity::find_by_id((
        letter.event.as_str().to_owned(),
        letter.recipient.as_str().to_owned(),
        letter.moved,
        locale.to_owned(),
    ))
}

fn kind_of(row: &table::Model) -> Option<LetterKind> {
    let (event, recipient) = (row.event.parse().ok()?, row.recipient.parse().ok()?);
    LetterKind::of(event, recipient, row.moved)
}

fn wording(row: table::Model) -> Wording {
    Wording {
        subject: row.subject,
        heading: row.heading,
        body: row.body,
        closing: row.closing,
    }
}

/// The words, tidied; the first mistake beside its field.
fn checked(letter: LetterKind, typed: Wording) -> Result<Wording> {
    let words = typed.tidied();
    match words.mistakes(letter).first() {
        None => Ok(words),
        Some(mistake) => Err(Trouble::Refused(Refused {
            why: mistake.why,
            field: Some(match mistake.part {
                Part::Subject => "subject",
                Part::Heading => "heading",
                Part::Body => "body",
                Part::Closing => "closing",
            }),
        })),
    }
}

/// What is stored now, if it is what the form was drawn from.
async fn locked(
    work: &Work,
    letter: LetterKind,
    locale: &str,
    version: i32,
) -> Result<Option<table::Model>> {
    let before = find(letter, locale).lock_exclusive().one(work.tx()).await?;
    if before.as_ref().map_or(0, |row| row.version) == version {
        Ok(before)
    } else {
        Err(Refusal::Stale.into())
    }
}

/// Two owners may write the first words at once: the second is told.
async fn insert(work: &Work, row: table::ActiveModel) -> Result<()> {
    let columns = [
        table::Column::Event,
        table::Column::Recipient,
        table::Column::Moved,
        table::Column::Locale,
    ];
    let done = table::Entity::insert(row)
        .on_conflict_do_nothing_on(columns)
        .exec_without_returning(work.tx())
        .await?;
    match done {
        sea_orm::TryInsertResult::Inserted(1) => Ok(()),
        sea_orm::TryInsertResult::Inserted(_)
        | sea_orm::TryInsertResult::Conflicted
        | sea_orm::TryInsertResult::Empty => Err(Refusal::Stale.into()),
    }
}

fn entry(who: &StaffPass, what: &'static str) -> Entry {
    Entry::new(Some(who.person), "letter-template", uuid::Uuid::nil(), what)
}
