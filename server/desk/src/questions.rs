//! The questions of a service, at most ten: asked of whoever requests it, defined by owners. One that was answered is
//! retired, never deleted.

use booking::ids::{QuestionId, ServiceId};
use booking::question::{MOST_QUESTIONS, NewQuestion, Question};
use booking::refusal::Refusal;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::creating;
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::{ContactPass, StaffPass};
use crate::table::{answer, question, service};
use crate::trouble::{Beside, Result};

/// A question as its form shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceQuestion {
    /// The question.
    pub question: Question,
    /// For changing it.
    pub version: i32,
}

impl Desk {
    /// What a service asks, in order. One query.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn service_questions(
        &self,
        who: &StaffPass,
        service: ServiceId,
    ) -> Result<Vec<ServiceQuestion>> {
        who.dispatcher()?;
        let rows = active(self.db(), service.key()).await?;
        let read = |row: question::Model| {
            Ok(ServiceQuestion {
                question: row.question()?,
                version: row.version,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// What a service asks this client, in order; nothing of one that is neither open to the client nor was requested
    /// before. One query.
    ///
    /// # Errors
    /// The database's.
    pub async fn questions_asked(
        &self,
        who: &ContactPass,
        service: ServiceId,
    ) -> Result<Vec<Question>> {
        let values = [service.key().into(), who.client.key().into()];
        let backend = self.db().get_database_backend();
        let asked = Statement::from_sql_and_values(backend, ASKED, values);
        let rows = question::Entity::find().from_raw_sql(asked);
        let rows = rows.all(self.db()).await?;
        rows.iter().map(question::Model::question).collect()
    }

    /// Adds a question at the end.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::TooManyQuestions`];
    /// [`Refusal::KeyReused`]; what is refused of the form stands beside `words` or `options`.
    pub async fn add_question(
        &self,
        who: &StaffPass,
        service: ServiceId,
        key: &str,
        new: &NewQuestion,
    ) -> Result<QuestionId> {
        who.owner()?;
        let new = checked(new)?;
        let work = self.begin().await?;
        if let Some(made) = creating::earlier(&work, who.person, key, &(service, &new)).await? {
            return Ok(made);
        }
        lock(&work, service.key()).await?;
        let others = active(work.tx(), service.key()).await?;
        if others.len() >= MOST_QUESTIONS {
            return Err(Refusal::TooManyQuestions.into());
        }
        let id = QuestionId::of(work.id());
        let row = question::Model {
            id: id.key(),
            service_id: service.key(),
            kind: new.kind.as_str().to_owned(),
            words: new.words.clone(),
            options: json!(new.options),
            required: new.required,
            position: others.last().map_or(0, |last| last.position + 1),
            active: true,
            version: 1,
        };
        row.into_active_model().insert(work.tx()).await?;
        Entry::new(Some(who.person), "question", id.key(), "created")
            .after(&json!({ "service": service, "question": new }))?
            .write(&work)
            .await?;
        creating::made(&work, who.person, key, &id).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Changes a question. What was answered keeps the words it was asked in.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`]; what is refused of the
    /// form stands beside `words` or `options`.
    pub async fn edit_question(
        &self,
        who: &StaffPass,
        id: QuestionId,
        version: i32,
        new: &NewQuestion,
    ) -> Result<()> {
        who.owner()?;
        let new = checked(new)?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        let entry = Entry::new(Some(who.person), "question", row.id, "changed");
        let entry = entry.before(&row.question()?.ask)?;
        let after = question::Model {
            kind: new.kind.as_str().to_owned(),
            words: new.words.clone(),
            options: json!(new.options),
            required: new.required,
            version: version + 1,
            ..row
        };
        let after = after.into_active_model().reset_all();
        after.update(work.tx()).await?;
        entry.after(&new)?.write(&work).await?;
        work.commit().await
    }

    /// Puts the questions of a service into this order; those not named follow as they were.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::BadChoice`] when one is not a
    /// question of the service, or named twice.
    pub async fn order_questions(
        &self,
        who: &StaffPass,
        service: ServiceId,
        order: &[QuestionId],
    ) -> Result<()> {
        who.owner()?;
        let work = self.begin().await?;
        lock(&work, service.key()).await?;
        let rows = active(work.tx(), service.key()).await?;
        let mut all: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let before = all.len();
        let wanted: Vec<Uuid> = order.iter().map(|id| id.key()).collect();
        all.retain(|id| !wanted.contains(id));
        if all.len() + wanted.len() != before {
            return Err(Refusal::BadChoice).beside("order");
        }
        for (place, id) in wanted.iter().chain(&all).enumerate() {
            question::Entity::update_many()
                .col_expr(
                    question::Column::Position,
                    Expr::value(i32::try_from(place).unwrap_or(i32::MAX)),
                )
                .filter(question::Column::Id.eq(*id))
                .exec(work.tx())
                .await?;
        }
        Entry::new(
            Some(who.person),
            "service",
            service.key(),
            "questions-ordered",
        )
        .after(&order)?
        .write(&work)
        .await?;
        work.commit().await
    }

    /// Asks a question no more: one that was answered is retired, and its answers stay readable; any other is deleted.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::NotFound`]; [`Refusal::Stale`].
    pub async fn remove_question(
        &self,
        who: &StaffPass,
        id: QuestionId,
        version: i32,
    ) -> Result<()> {
        who.owner()?;
        let work = self.begin().await?;
        let row = locked(&work, id, version).await?;
        let answers = answer::Entity::find()
            .filter(answer::Column::QuestionId.eq(row.id))
            .count(work.tx())
            .await?;
        let what = if answers > 0 { "retired" } else { "removed" };
        Entry::new(Some(who.person), "question", row.id, what)
            .before(&row.question()?.ask)?
            .write(&work)
            .await?;
        if answers > 0 {
            let after = question::Model {
                active: false,
                version: version + 1,
                ..row
            };
            let after = after.into_active_model().reset_all();
            after.update(work.tx()).await?;
        } else {
            row.delete(work.tx()).await?;
        }
        work.commit().await
    }
}

const ASKED: &str = "SELECT q.* FROM questions q JOIN services s ON s.id = q.service_id WHERE q.active AND s.id = $1 \
    AND (NOT s.restricted OR EXISTS (SELECT 1 FROM service_clients c WHERE c.service_id = s.id AND c.client_id = $2) \
        OR EXISTS (SELECT 1 FROM requests r WHERE r.service_id = s.id AND r.client_id = $2)) ORDER BY q.position, q.id";

/// What a service asks now, in order.
pub(crate) async fn active<C: ConnectionTrait>(
    db: &C,
    service: Uuid,
) -> Result<Vec<question::Model>> {
    Ok(question::Entity::find()
        .filter(question::Column::ServiceId.eq(service))
        .filter(question::Column::Active.eq(true))
        .order_by_asc(question::Column::Position)
        .order_by_asc(question::Column::Id)
        .all(db)
        .await?)
}

fn checked(new: &NewQuestion) -> Result<NewQuestion> {
    Ok(NewQuestion {
        words: new.checked_words().beside("words")?,
        kind: new.kind,
        options: new.checked_options().beside("options")?,
        required: new.required,
    })
}

/// Locks the service, as whoever submits a request for it does: nobody answers what is just being changed.
async fn lock(work: &Work, service: Uuid) -> Result<()> {
    let row = service::Entity::find_by_id(service).lock_exclusive();
    match row.one(work.tx()).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::NotFound.into()),
    }
}

/// The question as it is asked now, under the lock of its service.
async fn locked(work: &Work, id: QuestionId, version: i32) -> Result<question::Model> {
    let find = || question::Entity::find_by_id(id.key()).filter(question::Column::Active.eq(true));
    let row = find().one(work.tx()).await?.ok_or(Refusal::NotFound)?;
    lock(work, row.service_id).await?;
    let row = find().one(work.tx()).await?.ok_or(Refusal::NotFound)?;
    match row.version == version {
        true => Ok(row),
        false => Err(Refusal::Stale.into()),
    }
}
