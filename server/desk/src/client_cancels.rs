//! The client cancels visits: one, or several together (D3, D6). Each is cancelled at once, waits for staff, or is refused,
//! by the business's rules (decision 9); sent twice, it changes nothing. One letter tells of all.

use std::collections::BTreeMap;

use booking::change::{Change, ChangeStatus};
use booking::ids::{ChangeId, ReferenceKind, TechnicianId};
use booking::letter::Event;
use booking::people::Reason;
use booking::policy::{CancellationAnswer, CancellationRules};
use booking::refusal::Refusal;
use chrono_tz::Tz;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::announce::{ChangeNews, News, announce};
use crate::cancel_visit::cancel;
use crate::change_visit::placed;
use crate::changes::{asked_by, open_of, own_visit, snapshot};
use crate::desk::{Desk, Happened, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::once::{self, Once};
use crate::outbox::ChangeFacts;
use crate::pass::ContactPass;
use crate::portal_rules;
use crate::reference;
use crate::table::{change, service, visit};
use crate::trouble::{Beside, Fault, Result};

/// The most visits of one form.
pub const MOST_CANCELLED: usize = 50;

/// The form "Confirm Cancellation Request".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCancel {
    /// The drawn form's key, 1–100 characters.
    pub key: String,
    /// `V-…` of each, at most [`MOST_CANCELLED`].
    pub visits: Vec<String>,
    /// Why, as typed; may be empty.
    pub reason: String,
}

/// What became of one visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// `V-…`.
    pub visit: String,
    /// What became of it.
    pub what: CancelOutcome,
}

/// What becomes of a visit that its client cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum CancelOutcome {
    /// It is cancelled, now or before.
    AtOnce,
    /// Staff decide; until then it stands.
    Reviewed,
    /// The same, because it is late: a fee may be due.
    Late,
    /// It stays, for this reason.
    Refused(Refusal),
}

impl Desk {
    /// Cancels the client's visits, or asks staff to, each by the rules (D3). All in one transaction; a refusal of one does
    /// not touch the others.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when one is not theirs to see; [`Refusal::BadChoice`] beside `visits` for none or too many;
    /// [`Refusal::NotAllowed`] where the business wants messages instead (D1); the reason beside `reason`.
    pub async fn cancel_my_visits(
        &self,
        who: &ContactPass,
        ask: ClientCancel,
    ) -> Result<Vec<Cancelled>> {
        let mut work = self.begin().await?;
        match work.once(who.person, &ask.key, &once::hash(&ask)?).await? {
            Once::First => {}
            Once::Again(result) => return done(result),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let reason = Reason::optional(&ask.reason).beside("reason")?;
        let rules = portal_rules::read(&work).await?;
        rules.against_visits()?;
        let rows = chosen(&work, who, &ask.visits).await?;
        let mut batch = Batch {
            who,
            reason,
            rules: rules.cancellation,
            zone: rules.zone,
            accepted: Vec::new(),
            waiting: Vec::new(),
        };
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            let visit = row.reference.clone();
            let what = batch.ask(&mut work, row).await?;
            outcomes.push(Cancelled { visit, what });
        }
        batch.tell(&mut work).await?;
        work.done_once(who.person, &ask.key, json!(outcomes))
            .await?;
        work.commit().await?;
        Ok(outcomes)
    }
}

fn done(result: serde_json::Value) -> Result<Vec<Cancelled>> {
    serde_json::from_value(result)
        .map_err(|error| Fault::Machine(format!("outcomes: {error}")).into())
}

/// The client's visits that are meant, locked in the order of their ids, answered in the order of their time.
async fn chosen(work: &Work, who: &ContactPass, all: &[String]) -> Result<Vec<visit::Model>> {
    if all.is_empty() || all.len() > MOST_CANCELLED {
        return Err(Refusal::BadChoice).beside("visits");
    }
    let mut found: Vec<(Uuid, String)> = visit::Entity::find()
        .filter(visit::Column::Reference.is_in(all))
        .filter(visit::Column::ClientId.eq(who.client.key()))
        .all(work.tx())
        .await?
        .into_iter()
        .map(|row| (row.id, row.reference))
        .collect();
    found.sort_unstable();
    if all
        .iter()
        .any(|one| found.iter().all(|(_, known)| known != one))
    {
        return Err(Refusal::NotFound.into());
    }
    let mut rows = Vec::with_capacity(found.len());
    for (_, reference) in &found {
        rows.push(own_visit(work, who, reference).await?);
    }
    rows.sort_by_key(|row| (row.starts_at, row.id));
    Ok(rows)
}

/// The visits of one form, as they come out.
struct Batch<'a> {
    who: &'a ContactPass,
    reason: Option<Reason>,
    rules: CancellationRules,
    zone: Tz,
    accepted: Vec<Told>,
    waiting: Vec<Told>,
}

/// A visit, who comes, and the reference of what was asked.
type Told = (visit::Model, Vec<TechnicianId>, String);

impl Batch<'_> {
    async fn ask(&mut self, work: &mut Work, row: visit::Model) -> Result<CancelOutcome> {
        // Pressed again from an old page: it is what was wanted.
        if row.status == "cancelled" {
            return Ok(CancelOutcome::AtOnce);
        }
        let open = open_of(work, row.id).await?;
        if open.as_ref().is_some_and(change::Model::is_cancellation) {
            return Ok(CancelOutcome::Reviewed);
        }
        let (now, id) = (work.now(), work.id());
        let asked = Change::cancel(
            (ChangeId::of(id), self.who.person),
            &row.life()?,
            self.reason.clone(),
            open.is_some(),
            (&self.rules, now, &self.zone),
        );
        let asked = match asked {
            Ok(asked) => asked,
            Err(why) => return Ok(CancelOutcome::Refused(why)),
        };
        let late =
            self.rules.answer(now, &self.zone, row.starts_at) == Ok(CancellationAnswer::Late);
        let change = self.insert(work, &row, &asked, late).await?;
        let placed = placed(work, row).await?;
        let technicians = placed.technicians();
        if asked.status() == ChangeStatus::Approved {
            let reason = self.reason.clone();
            let after = cancel(work, self.who.person, &placed, reason.as_ref()).await?;
            self.accepted.push((after, technicians, change.reference));
            return Ok(CancelOutcome::AtOnce);
        }
        self.waiting
            .push((placed.row, technicians, change.reference));
        Ok(match late {
            true => CancelOutcome::Late,
            false => CancelOutcome::Reviewed,
        })
    }

    async fn insert(
        &self,
        work: &mut Work,
        row: &visit::Model,
        asked: &Change,
        late: bool,
    ) -> Result<change::Model> {
        let decided = asked.status() != ChangeStatus::Pending;
        let reason = self.reason.as_ref();
        let new = change::Model {
            id: asked.id.key(),
            reference: reference::draw(work, ReferenceKind::Request).await?,
            kind: change::CANCELLATION.to_owned(),
            visit_id: row.id,
            client_id: row.client_id,
            person_id: self.who.person.key(),
            status: asked.status().as_str().to_owned(),
            starts_at: None,
            block_length_min: None,
            ends_at: None,
            service_id: None,
            subjects: None,
            notes: None,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            late,
            decided_at: decided.then(|| work.now()),
            decided_by: None,
            decline_reason: None,
            accepted: None,
            created_at: work.now(),
            version: 1,
        };
        new.clone().into_active_model().insert(work.tx()).await?;
        Entry::new(Some(self.who.person), "change", new.id, "submitted")
            .after(&snapshot(&new))?
            .reason(new.reason.clone())
            .write(work)
            .await?;
        work.tell(Happened::Requests);
        work.tell(Happened::Schedule);
        Ok(new)
    }

    /// Everybody hears of all of it at once; a technician only of their own.
    async fn tell(&self, work: &mut Work) -> Result<()> {
        let names: Vec<(Uuid, String)> = service::Entity::find()
            .all(work.tx())
            .await?
            .into_iter()
            .map(|row| (row.id, row.name))
            .collect();
        let at_once = match self.accepted.len() {
            1 => Event::VisitCancelled,
            _ => Event::BulkCancelled,
        };
        self.tell_of(work, &names, (&self.accepted, at_once))
            .await?;
        let waits = Event::CancellationSubmitted;
        self.tell_of(work, &names, (&self.waiting, waits)).await
    }

    async fn tell_of(
        &self,
        work: &mut Work,
        names: &[(Uuid, String)],
        (all, event): (&[Told], Event),
    ) -> Result<()> {
        let Some((_, first, reference)) = all.first() else {
            return Ok(());
        };
        let visits: Vec<visit::Model> = all.iter().map(|(row, ..)| row.clone()).collect();
        // Of one request, or told to whoever asked for any of them.
        let request = match visits.first() {
            Some(first) if visits.iter().all(|row| row.request_id == first.request_id) => {
                asked_by(work, first).await?
            }
            Some(_) | None => None,
        };
        let together = visits.len() == 1;
        let technicians = match together {
            true => first.clone(),
            false => Vec::new(),
        };
        let request = request.as_ref();
        let mut news = News::of_visits(event, &visits, request, technicians, self.who.person);
        let everybody = all.iter().flat_map(|(_, own, _)| own.iter().copied());
        news.approvers_of = everybody.collect();
        self.complete(&mut news, (names, reference));
        announce(work, &news).await?;
        if together {
            return Ok(());
        }
        for (technician, own) in by_technician(all) {
            let its = vec![technician];
            let mut news = News::of_visits(event, &own, request, its, self.who.person);
            self.complete(&mut news, (names, reference));
            news.technicians_only = true;
            announce(work, &news).await?;
        }
        Ok(())
    }

    fn complete(&self, news: &mut News<'_>, (names, reference): (&[(Uuid, String)], &str)) {
        let reason = self.reason.as_ref();
        news.reason = reason.map(|reason| reason.as_str().to_owned());
        news.services = names.to_vec();
        news.change = Some(ChangeNews {
            by: self.who.person.key(),
            facts: ChangeFacts {
                reference: reference.to_owned(),
                ..ChangeFacts::default()
            },
        });
    }
}

fn by_technician(all: &[Told]) -> BTreeMap<TechnicianId, Vec<visit::Model>> {
    let mut found: BTreeMap<TechnicianId, Vec<visit::Model>> = BTreeMap::new();
    for (row, technicians, _) in all {
        for technician in technicians {
            found.entry(*technician).or_default().push(row.clone());
        }
    }
    found
}
