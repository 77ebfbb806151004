//! What two of the demonstration's services ask, and what was answered with the requests for them. Nothing must be answered.

use booking::question::AnswerKind;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::json;

use super::catalogue::{GROOMING, TRANSPORT};
use super::store;
use crate::desk::Work;
use crate::table::{answer, question, request, service};
use crate::trouble::Result;

/// Service, question, kind, options, what is answered in turn.
type Asked = (
    usize,
    &'static str,
    AnswerKind,
    &'static [&'static str],
    &'static [&'static str],
);

const QUESTIONS: &[Asked] = &[
    (
        GROOMING,
        "How long is the coat?",
        AnswerKind::Choice,
        &["Short", "Medium", "Long"],
        &["Long", "Short", "Medium"],
    ),
    (
        TRANSPORT,
        "How heavy is your pet, in kilos?",
        AnswerKind::Number,
        &[],
        &["4.5", "12", "31"],
    ),
    (
        TRANSPORT,
        "Does your pet know the van?",
        AnswerKind::YesNo,
        &[],
        &["yes", "no"],
    ),
];

/// Stores them.
pub(super) async fn seed(work: &Work) -> Result<()> {
    let services = service::Entity::find().all(work.tx()).await?;
    let requests = request::Entity::find()
        .order_by_asc(request::Column::Reference)
        .all(work.tx())
        .await?;
    let (mut questions, mut answers) = (Vec::new(), Vec::new());
    for (position, (place, words, kind, options, given)) in (0..).zip(QUESTIONS) {
        let is_its = |service: &&service::Model| usize::try_from(service.position) == Ok(*place);
        let Some(its) = services.iter().find(is_its) else {
            continue;
        };
        let id = work.id();
        questions.push(question::Model {
            id,
            service_id: its.id,
            kind: kind.as_str().to_owned(),
            words: (*words).to_owned(),
            options: json!(options),
            required: false,
            position,
            active: true,
            version: 1,
        });
        let asked = requests
            .iter()
            .filter(|request| request.service_id == its.id);
        let in_turn = asked.zip(given.iter().cycle());
        answers.extend(in_turn.map(|(request, given)| answer::Model {
            request_id: request.id,
            question_id: id,
            position,
            kind: kind.as_str().to_owned(),
            words: (*words).to_owned(),
            answer: (*given).to_owned(),
        }));
    }
    let questions = questions
        .into_iter()
        .map(IntoActiveModel::into_active_model);
    store(work, questions.collect()).await?;
    let answers = answers.into_iter().map(IntoActiveModel::into_active_model);
    store(work, answers.collect()).await
}
