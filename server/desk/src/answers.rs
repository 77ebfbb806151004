//! What a client answered to a service's questions: checked when a request is submitted or edited, kept with it in the
//! words it was asked in, and read wherever the request or its visit stands.

use std::collections::HashMap;

use booking::ids::{QuestionId, ServiceId};
use booking::question::{AnswerKind, field};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Desk, Work};
use crate::key::Key;
use crate::pass::ContactPass;
use crate::questions;
use crate::table::{answer, service};
use crate::trouble::{Beside, Fault, Result};

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// To which question.
    pub question: QuestionId,
    /// How it was answered: `yes` and `no` of [`AnswerKind::YesNo`] are codes.
    pub kind: AnswerKind,
    /// The question, in the words it was asked in.
    pub words: String,
    /// The answer.
    pub answer: String,
}

/// What was answered in a form, checked; and what was asked in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    asked: Vec<Uuid>,
    rows: Vec<(i32, Answer)>,
}

impl Given {
    /// Checks what was typed against what the service asks now. What it does not ask is left out.
    ///
    /// # Errors
    /// The rules' refusal, beside [`field`] of the question's place.
    pub(crate) async fn read(
        work: &Work,
        of: ServiceId,
        typed: &[(QuestionId, String)],
    ) -> Result<Self> {
        let mut given = Self::default();
        // Whoever changes a question locks its service: what is answered is what is asked.
        let its = service::Entity::find_by_id(of.key()).lock_shared();
        its.one(work.tx()).await?;
        let rows = questions::active(work.tx(), of.key()).await?;
        for (place, row) in rows.iter().enumerate() {
            let question = row.question()?;
            let words = typed.iter().find(|(id, _)| *id == question.id);
            let words = words.map_or("", |(_, words)| words.as_str());
            let answer = question.ask.answer(words).beside(field(place))?;
            given.asked.push(row.id);
            given.rows.extend(answer.map(|answer| {
                let answer = Answer {
                    question: question.id,
                    kind: question.ask.kind,
                    words: question.ask.words,
                    answer,
                };
                (row.position, answer)
            }));
        }
        Ok(given)
    }

    /// Writes the answers of a request over what was answered to the same questions before; answers to what is asked no
    /// more stay.
    pub(crate) async fn write(&self, work: &Work, request: Uuid) -> Result<()> {
        if self.asked.is_empty() {
            return Ok(());
        }
        answer::Entity::delete_many()
            .filter(answer::Column::RequestId.eq(request))
            .filter(answer::Column::QuestionId.is_in(self.asked.clone()))
            .exec(work.tx())
            .await?;
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = self.rows.iter().map(|(position, answer)| answer::Model {
            request_id: request,
            question_id: answer.question.key(),
            position: *position,
            kind: answer.kind.as_str().to_owned(),
            words: answer.words.clone(),
            answer: answer.answer.clone(),
        });
        answer::Entity::insert_many(rows.map(IntoActiveModel::into_active_model))
            .exec_without_returning(work.tx())
            .await?;
        Ok(())
    }

    /// What history keeps of a request, with what was answered.
    pub(crate) fn noted(&self, snapshot: serde_json::Value) -> serde_json::Value {
        let answers: Vec<&Answer> = self.rows.iter().map(|(_, answer)| answer).collect();
        noted(snapshot, &answers)
    }
}

/// A snapshot with answers, where there are any.
pub(crate) fn noted(
    mut snapshot: serde_json::Value,
    answers: &impl Serialize,
) -> serde_json::Value {
    let answers = json!(answers);
    let some = answers.as_array().is_some_and(|all| !all.is_empty());
    if let Some(fields) = snapshot.as_object_mut().filter(|_| some) {
        fields.insert("answers".to_owned(), answers);
    }
    snapshot
}

impl Desk {
    /// What was answered about one of the client's visits, in the order it was asked; nothing for anybody else's. One
    /// query.
    ///
    /// # Errors
    /// The database's.
    pub async fn answers_of_my_visit(
        &self,
        who: &ContactPass,
        reference: &str,
    ) -> Result<Vec<Answer>> {
        let mut values: Vec<Value> = vec![reference.into(), who.client.key().into()];
        let mut text = format!("{OF_VISITS} AND v.reference = $1 AND v.client_id = $2");
        if who.own_only {
            values.push(who.person.key().into());
            text += " AND r.person_id = $3";
        }
        let text = format!("{text}{IN_ORDER}");
        let asked = Statement::from_sql_and_values(self.db().get_database_backend(), text, values);
        let rows = Row::find_by_statement(asked).all(self.db()).await?;
        rows.into_iter().map(|row| row.read()).collect()
    }
}

/// What was answered with a request, in the order it was asked.
pub(crate) async fn of_request<C: ConnectionTrait>(db: &C, request: Uuid) -> Result<Vec<Answer>> {
    let rows = answer::Entity::find()
        .filter(answer::Column::RequestId.eq(request))
        .order_by_asc(answer::Column::Position)
        .order_by_asc(answer::Column::QuestionId)
        .all(db)
        .await?;
    let row = |row: answer::Model| Row {
        visit_id: request,
        question_id: row.question_id,
        kind: row.kind,
        words: row.words,
        answer: row.answer,
    };
    rows.into_iter().map(|found| row(found).read()).collect()
}

/// What was answered about each of these visits, in one query.
pub(crate) async fn of_visits<C: ConnectionTrait>(
    db: &C,
    visits: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Answer>>> {
    let mut found: HashMap<Uuid, Vec<Answer>> = HashMap::new();
    if visits.is_empty() {
        return Ok(found);
    }
    let places: Vec<String> = (1..=visits.len()).map(|n| format!("${n}")).collect();
    let text = format!("{OF_VISITS} AND v.id IN ({}){IN_ORDER}", places.join(", "));
    let values: Vec<Value> = visits.iter().copied().map(Value::from).collect();
    let asked = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    for row in Row::find_by_statement(asked).all(db).await? {
        found.entry(row.visit_id).or_default().push(row.read()?);
    }
    Ok(found)
}

// A visit of a series need not name the request it came from: the series does.
const OF_VISITS: &str = "SELECT v.id AS visit_id, a.question_id, a.position, a.kind, a.words, a.answer FROM visits v \
    LEFT JOIN series q ON q.id = v.series_id JOIN requests r ON r.id = COALESCE(v.request_id, q.request_id) \
    JOIN answers a ON a.request_id = r.id WHERE r.client_id = v.client_id";

const IN_ORDER: &str = " ORDER BY v.id, a.position, a.question_id";

#[derive(FromQueryResult)]
struct Row {
    visit_id: Uuid,
    question_id: Uuid,
    kind: String,
    words: String,
    answer: String,
}

impl Row {
    fn read(self) -> Result<Answer> {
        let kind = self.kind.parse().map_err(|_| Fault::Unreadable {
            table: "answers",
            column: "kind",
            id: self.question_id.to_string(),
        })?;
        Ok(Answer {
            question: QuestionId::of(self.question_id),
            kind,
            words: self.words,
            answer: self.answer,
        })
    }
}
