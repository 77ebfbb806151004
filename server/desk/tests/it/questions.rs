//! Questions of a service: defined by owners, asked of whoever requests it, kept in the words they were asked in, and read
//! with the request and its visit.

use ::booking::ids::{QuestionId, ServiceId};
use ::booking::question::{AnswerKind, NewQuestion};
use ::booking::recurrence::{Ends, Frequency, Parts};
use ::booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::create_visit::NewVisit;
use desk::edit_request::{Edited, RequestEdit};
use desk::submit_request::{NewRequest, Submitted};
use desk::table::{series, visit};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use std::sync::atomic::Ordering;

use crate::ground::{Ground, monday, refused};
use crate::town::{self, Town, at};

fn new(words: &str, kind: AnswerKind, required: bool) -> NewQuestion {
    NewQuestion {
        words: words.to_owned(),
        kind,
        options: match kind {
            AnswerKind::Choice => vec!["Short".to_owned(), "Long".to_owned()],
            AnswerKind::Text | AnswerKind::Number | AnswerKind::YesNo => Vec::new(),
        },
        required,
    }
}

async fn add(town: &Town, key: &str, question: &NewQuestion) -> QuestionId {
    town.desk
        .add_question(&town.owner, town.service, key, question)
        .await
        .unwrap()
}

/// Three questions of the town's service: coat (a choice, required), kilos, bell.
async fn asking(ground: Ground) -> (Town, [QuestionId; 3]) {
    let town = Town::on(ground).await;
    let coat = add(&town, "k1", &new("Coat?", AnswerKind::Choice, true)).await;
    let kilos = add(&town, "k2", &new("Kilos?", AnswerKind::Number, false)).await;
    let bell = add(&town, "k3", &new("Which bell?", AnswerKind::Text, false)).await;
    (town, [coat, kilos, bell])
}

fn typed(all: &[(QuestionId, &str)]) -> Vec<(QuestionId, String)> {
    all.iter()
        .map(|(id, text)| (*id, (*text).to_owned()))
        .collect()
}

fn asked(town: &Town, start: &str, answers: &[(QuestionId, &str)]) -> NewRequest {
    NewRequest {
        answers: typed(answers),
        ..town.ask(at(start))
    }
}

async fn words(town: &Town) -> Vec<String> {
    let all = town
        .desk
        .service_questions(&town.dispatcher, town.service)
        .await
        .unwrap();
    all.into_iter().map(|one| one.question.ask.words).collect()
}

/// Question and answer, as the client reads them.
async fn read(town: &Town, reference: &str) -> Vec<(String, String)> {
    let found = town
        .desk
        .my_request(&town.carla, reference)
        .await
        .unwrap()
        .unwrap();
    found
        .answers
        .into_iter()
        .map(|one| (one.words, one.answer))
        .collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// Answers as typed, each to its question.
type Given<'a> = &'a [(QuestionId, &'a str)];

both! {
    async fn owners_define_them_and_nobody_else(ground: Ground) {
        let (town, [coat, kilos, bell]) = asking(ground).await;
        let d = &town.desk;
        let one = new("Q?", AnswerKind::Text, false);
        for who in [town.dispatcher, town.ana_pass] {
            assert_eq!(refused(d.add_question(&who, town.service, "k", &one).await).0, Refusal::NotAllowed);
            assert_eq!(refused(d.edit_question(&who, coat, 1, &one).await).0, Refusal::NotAllowed);
            assert_eq!(refused(d.order_questions(&who, town.service, &[]).await).0, Refusal::NotAllowed);
            assert_eq!(refused(d.remove_question(&who, coat, 1).await).0, Refusal::NotAllowed);
        }
        assert_eq!(refused(d.service_questions(&town.ana_pass, town.service).await).0, Refusal::NotAllowed);
        assert_eq!(words(&town).await, ["Coat?", "Kilos?", "Which bell?"]);
        d.order_questions(&town.owner, town.service, &[bell, coat]).await.unwrap();
        assert_eq!(words(&town).await, ["Which bell?", "Coat?", "Kilos?"]);
        assert_eq!(refused(d.order_questions(&town.owner, town.service, &[bell, bell]).await), (Refusal::BadChoice, Some("order")));
        d.edit_question(&town.owner, kilos, 1, &new("How heavy?", AnswerKind::Number, true)).await.unwrap();
        assert_eq!(refused(d.edit_question(&town.owner, kilos, 1, &one).await).0, Refusal::Stale);
        d.remove_question(&town.owner, bell, 1).await.unwrap();
        assert_eq!(words(&town).await, ["Coat?", "How heavy?"]);
        assert_eq!(refused(d.remove_question(&town.owner, bell, 1).await).0, Refusal::NotFound);
        assert_eq!(refused(d.add_question(&town.owner, ServiceId::new(7), "k9", &one).await).0, Refusal::NotFound);
        // Every change is written down.
        assert_eq!(town.ground.count("history WHERE about = 'question'").await, 5);
        assert_eq!(town.ground.count("history WHERE what = 'questions-ordered'").await, 1);
    }

    async fn what_cannot_be_asked_stands_beside_its_field(ground: Ground) {
        let town = Town::on(ground).await;
        let table = [
            (new(" ", AnswerKind::Text, false), Refusal::TextEmpty, "words"),
            (new(&"x".repeat(201), AnswerKind::Text, false), Refusal::TextTooLong, "words"),
            (new("a\u{202e}", AnswerKind::Text, false), Refusal::TextControl, "words"),
            (NewQuestion { options: vec!["One".into()], ..new("Q", AnswerKind::Choice, false) }, Refusal::BadOptions, "options"),
        ];
        for (question, why, field) in table {
            let answer = town.desk.add_question(&town.owner, town.service, "k", &question).await;
            assert_eq!(refused(answer), (why, Some(field)));
        }
        assert_eq!(town.ground.count("questions").await, 0);
    }

    async fn ten_are_the_most_however_many_press(ground: Ground) {
        let town = Town::on(ground).await;
        let all: Vec<_> = (0..16).map(|n| {
            let (desk, owner, service) = (town.desk.clone(), town.owner, town.service);
            tokio::spawn(async move {
                desk.add_question(&owner, service, &format!("k{n}"), &new(&format!("Q{n}"), AnswerKind::Text, false)).await
            })
        }).collect();
        let mut made = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(_) => made += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::TooManyQuestions),
            }
        }
        assert_eq!((made, town.ground.count("questions").await), (10, 10));
        // Pressing twice is pressing once.
        let id = words(&town).await.len();
        let again = town.desk.add_question(&town.owner, town.service, "k0", &new("Other", AnswerKind::Text, false)).await;
        assert!(again.is_err());
        assert_eq!(words(&town).await.len(), id);
    }

    async fn a_request_is_refused_beside_the_question(ground: Ground) {
        let (town, [coat, kilos, bell]) = asking(ground).await;
        let long = "x".repeat(201);
        let table: [(Given<'_>, Refusal, &str); 5] = [
            (&[], Refusal::TextEmpty, "answer_1"),
            (&[(kilos, "3")], Refusal::TextEmpty, "answer_1"),
            (&[(coat, "Curly")], Refusal::BadChoice, "answer_1"),
            (&[(coat, "Long"), (kilos, "heavy")], Refusal::NotANumber, "answer_2"),
            (&[(coat, "Long"), (bell, &long)], Refusal::TextTooLong, "answer_3"),
        ];
        for (answers, why, field) in table {
            let answer = town.desk.submit_request(&town.carla, asked(&town, "Tue 10:00", answers)).await;
            assert_eq!(refused(answer), (why, Some(field)), "{answers:?}");
        }
        assert_eq!((town.ground.count("requests").await, town.ground.count("answers").await), (0, 0));
        // What is not asked is left out; what need not be answered is not stored.
        let other = town::service(&town.desk, "Other", |_| {}).await;
        let foreign = town.desk.add_question(&town.owner, other, "k7", &new("Foreign?", AnswerKind::Text, true)).await.unwrap();
        let answers = [(coat, "Long"), (kilos, " "), (foreign, "x"), (QuestionId::new(1), "x")];
        let reference = town.submit(&town.carla, asked(&town, "Tue 10:00", &answers)).await;
        assert_eq!(read(&town, &reference).await, pairs(&[("Coat?", "Long")]));
    }

    async fn answers_are_read_everywhere_and_by_nobody_else(ground: Ground) {
        let (town, [coat, kilos, _]) = asking(ground).await;
        let d = &town.desk;
        let reference = town.submit(&town.carla, asked(&town, "Tue 10:00", &[(coat, "Long"), (kilos, "4,5")])).await;
        let given = pairs(&[("Coat?", "Long"), ("Kilos?", "4.5")]);
        let pair = |all: Vec<desk::answers::Answer>| all.into_iter().map(|one| (one.words, one.answer)).collect::<Vec<_>>();
        assert_eq!(read(&town, &reference).await, given);
        let details = d.request_details(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(pair(details.answers), given);
        let visit = town.approve(&reference, town.ana).await;
        assert_eq!(pair(d.answers_of_my_visit(&town.carla, &visit).await.unwrap()), given);
        assert_eq!(d.answers_of_my_visit(&town.dora, &visit).await.unwrap(), []);
        assert_eq!(pair(d.visit_details(&town.ana_pass, &visit).await.unwrap().unwrap().answers), given);
        let day = d.my_day(&town.ana_pass, at("Tue 10:00").date_naive()).await.unwrap();
        assert_eq!(pair(day[0].answers.clone()), given);
        // History keeps them, until the words go.
        assert_eq!(town.ground.count("history WHERE what = 'submitted' AND CAST(after AS text) LIKE '%4.5%'").await, 1);
        let version = d.business().await.unwrap().version;
        d.change_retention(&town.owner, version, Some(30)).await.unwrap();
        town.ground.pass(TimeDelta::days(40)).await;
        d.anonymise_old().await.unwrap();
        assert_eq!(town.ground.count("answers").await, 0);
        assert_eq!(town.ground.count("history WHERE CAST(after AS text) LIKE '%4.5%'").await, 0);
        town.is_sound().await;
    }

    async fn every_visit_of_a_series_reads_the_answers_of_its_request(ground: Ground) {
        let (town, [coat, ..]) = asking(ground).await;
        let reference = town.submit(&town.carla, asked(&town, "Thu 10:00", &[(coat, "Long")])).await;
        let request = town.request(&reference).await.id;
        let parts = Parts { freq: Frequency::Weekly, interval: 1, weekdays: Vec::new(), ends: Ends::Count(3), excluded: Vec::new() };
        let first = town.book(NewVisit { repeat: Some(parts), ..town.new_visit(at("Tue 10:00"), &[town.ana]) }).await;
        let other = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        let mut row = first.clone().into_active_model();
        row.request_id = Set(Some(request));
        row.update(town.desk.db()).await.unwrap();
        let came = series::ActiveModel { id: Set(first.series_id.unwrap()), request_id: Set(Some(request)), ..Default::default() };
        came.update(town.desk.db()).await.unwrap();
        let line = visit::Entity::find().filter(visit::Column::SeriesId.eq(first.series_id)).all(town.desk.db()).await.unwrap();
        assert_eq!(line.len(), 3);
        for visit in line {
            assert_eq!(town.desk.answers_of_my_visit(&town.carla, &visit.reference).await.unwrap().len(), 1);
        }
        assert_eq!(town.desk.answers_of_my_visit(&town.carla, &other.reference).await.unwrap(), []);
        // Who sees only their own requests reads no answers of others.
        let cleo = town::contact(&town.desk, town.carla.client(), "Cleo").await;
        town.desk.db().execute_unprepared("UPDATE clients SET own_only = true").await.unwrap();
        let cleo = town::pass(&town.desk, cleo).await.contact().unwrap();
        assert_eq!(town.desk.answers_of_my_visit(&cleo, &first.reference).await.unwrap(), []);
    }

    async fn an_edit_asks_again_and_keeps_what_is_retired(ground: Ground) {
        let (town, [coat, kilos, bell]) = asking(ground).await;
        let d = &town.desk;
        let reference = town.submit(&town.carla, asked(&town, "Tue 10:00", &[(coat, "Long"), (bell, "The left one")])).await;
        // Answered: retired. Never answered: gone. Reworded: old answers keep their words.
        d.remove_question(&town.owner, bell, 1).await.unwrap();
        d.remove_question(&town.owner, kilos, 1).await.unwrap();
        d.edit_question(&town.owner, coat, 1, &new("Which coat?", AnswerKind::Choice, true)).await.unwrap();
        assert_eq!((town.ground.count("questions").await, town.ground.count("questions WHERE active").await), (2, 1));
        assert_eq!(read(&town, &reference).await, pairs(&[("Coat?", "Long"), ("Which bell?", "The left one")]));
        let edit = |answers: Vec<(QuestionId, String)>, edit: RequestEdit| RequestEdit { answers, ..edit };
        let form = town.edit(&reference, "Tue 10:00").await;
        assert_eq!(refused(d.edit_request(&town.carla, edit(Vec::new(), form)).await), (Refusal::TextEmpty, Some("answer_1")));
        let form = town.edit(&reference, "Tue 10:00").await;
        let answers = typed(&[(coat, "Short"), (bell, "forged")]);
        assert_eq!(d.edit_request(&town.carla, edit(answers, form)).await.unwrap(), Edited::Done);
        assert_eq!(read(&town, &reference).await, pairs(&[("Which coat?", "Short"), ("Which bell?", "The left one")]));
        let changed = "history WHERE what = 'edited' AND CAST(before AS text) LIKE '%Long%' AND CAST(after AS text) LIKE '%Short%'";
        assert_eq!(town.ground.count(changed).await, 1);
    }

    async fn whoever_asks_while_a_question_changes_answers_the_old_or_the_new(ground: Ground) {
        let town = Town::on(ground).await;
        let coat = add(&town, "k1", &new("Coat?", AnswerKind::Choice, false)).await;
        let mut asking = Vec::new();
        for start in ["Tue 10:00", "Tue 11:00", "Tue 12:00", "Tue 13:00", "Tue 14:00"] {
            let (desk, who, ask) = (town.desk.clone(), town.carla.clone(), asked(&town, start, &[(coat, "Long")]));
            asking.push(tokio::spawn(async move { desk.submit_request(&who, ask).await.unwrap() }));
        }
        let (desk, owner) = (town.desk.clone(), town.owner);
        let removing = tokio::spawn(async move { desk.remove_question(&owner, coat, 1).await.unwrap() });
        for one in asking {
            assert!(matches!(one.await.unwrap(), Submitted::Sent { .. }));
        }
        removing.await.unwrap();
        // Deleted when nobody had answered, retired when somebody had: never an answer to nothing.
        let (answers, questions) = (town.ground.count("answers").await, town.ground.count("questions").await);
        assert_eq!(questions, i64::from(answers > 0), "{answers} answers");
        assert_eq!(words(&town).await, Vec::<String>::new());
    }

    async fn what_a_service_asks_is_for_those_who_may_book_it(ground: Ground) {
        let (town, _) = asking(ground).await;
        let d = &town.desk;
        assert_eq!(d.questions_asked(&town.dora, town.service).await.unwrap().len(), 3);
        town.change_service(|service| service.restricted = true).await;
        assert_eq!(d.questions_asked(&town.dora, town.service).await.unwrap(), []);
        assert_eq!(d.questions_asked(&town.dora, ServiceId::new(7)).await.unwrap(), []);
    }

    async fn a_day_takes_as_many_queries_for_more_visits(ground: Ground) {
        let (town, [coat, ..]) = asking(ground).await;
        let (desk, queries) = town.desk.counted();
        let mut before = None;
        for start in ["Tue 10:00", "Tue 11:00", "Tue 12:00"] {
            let reference = town.submit(&town.carla, asked(&town, start, &[(coat, "Long")])).await;
            town.approve(&reference, town.ana).await;
            queries.store(0, Ordering::SeqCst);
            let day = desk.my_day(&town.ana_pass, (monday() + TimeDelta::days(1)).date_naive()).await.unwrap();
            assert!(day.iter().all(|visit| visit.answers.len() == 1));
            let taken = queries.load(Ordering::SeqCst);
            assert_eq!(*before.get_or_insert(taken), taken);
        }
    }
}
