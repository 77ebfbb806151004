//! Requests for no exact slot (C1–C3): some days, visits that repeat, something that is wrong. Nothing is held; staff find the
//! time; a series answers what is to repeat, once.

use std::sync::Arc;

use ::booking::clash::Objection;
use ::booking::letter::Event;
use ::booking::question::{AnswerKind, NewQuestion};
use ::booking::recurrence::{Ends, Frequency, Parts};
use ::booking::refusal::Refusal;
use ::booking::request::{DayPart, RequestKind};
use ::booking::service::AskedBy;
use chrono::{NaiveDate, TimeDelta, Weekday};
use desk::approve_request::{Approved, NewApproval};
use desk::change_visit::Scope;
use desk::closures::NewClosure;
use desk::create_visit::{Answers, Moved, NewVisit};
use desk::edit_window::WindowEdit;
use desk::keep_photo::DrawnPhoto;
use desk::outbox::LetterFacts;
use desk::photos::PhotoSize;
use desk::submit_request::Submitted;
use desk::submit_window::{WantedWindow, WindowRequest};
use desk::table::{outbox, ticket, visit};
use desk::undo_decision::NewUndo;
use desk::visit_form::Booked;
use desk::window_times::WindowTime;
use sea_orm::{EntityTrait, QueryOrder};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ground::refused;
use crate::told::told;
use crate::town::{Town, at};

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

fn twice_a_week() -> Parts {
    Parts {
        freq: Frequency::Weekly,
        interval: 1,
        weekdays: vec![Weekday::Tue, Weekday::Fri],
        ends: Ends::Count(4),
        excluded: Vec::new(),
    }
}

impl Town {
    /// A form for an hour on one of the days from Tuesday the 3rd to Thursday the 5th.
    fn ask_days(&self) -> WindowRequest {
        WindowRequest {
            key: Uuid::now_v7().to_string(),
            service: self.service,
            wanted: WantedWindow {
                kind: RequestKind::OneTime,
                length_min: 60,
                from: date(3),
                to: date(5),
                part: None,
                repeat: None,
                technician: None,
            },
            notes: "The bell is broken.".to_owned(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        }
    }

    pub fn ask_to_repeat(&self) -> WindowRequest {
        let mut ask = self.ask_days();
        ask.wanted.kind = RequestKind::Recurring;
        ask.wanted.to = ask.wanted.from;
        ask.wanted.repeat = Some(twice_a_week());
        ask
    }

    pub async fn sent(&self, ask: WindowRequest) -> String {
        match self.desk.submit_window(&self.carla, ask).await.unwrap() {
            Submitted::Sent { reference } => reference,
            other => panic!("not sent: {other:?}"),
        }
    }

    /// The series that answers a recurring request, as staff plan it with Ana at ten.
    pub async fn plan(&self, reference: &str) -> NewVisit {
        NewVisit {
            repeat: Some(twice_a_week()),
            answers: Some(Answers {
                request: reference.to_owned(),
                version: self.request(reference).await.version,
            }),
            ..self.new_visit(at("Tue 10:00"), &[self.ana])
        }
    }

    async fn approved_at(&self, reference: &str, start: &str) -> Approved {
        let ask = NewApproval {
            start: Some(at(start)),
            ..self.approval(reference, self.ana).await
        };
        self.desk
            .approve_request(&self.dispatcher, ask)
            .await
            .unwrap()
    }

    async fn take_back(&self, reference: &str) -> desk::Result<()> {
        let undo = NewUndo {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
        };
        self.desk.undo_decision(&self.dispatcher, undo).await
    }
}

async fn visits(town: &Town) -> Vec<visit::Model> {
    visit::Entity::find()
        .order_by_asc(visit::Column::StartsAt)
        .all(town.desk.db())
        .await
        .unwrap()
}

both! {
    async fn some_days_are_asked_for_and_hold_nothing(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = town.ask_days();
        let reference = town.sent(ask.clone()).await;
        assert_eq!(town.sent(ask).await, reference, "pressed twice");
        assert!(town.blocking().await.is_empty());
        assert_eq!(town.ground.count("requests").await, 1);
        assert_eq!(told(&town, Event::RequestSubmitted).await, ["carla client M", "carla client P", "dispatcher approvers M", "dispatcher approvers P"]);
        let letter = outbox::Entity::find().one(town.desk.db()).await.unwrap().unwrap();
        let facts: LetterFacts = serde_json::from_value(letter.facts).unwrap();
        let asked = facts.asked.unwrap();
        assert_eq!((facts.start, asked.from, asked.to), (None, date(3), date(5)));

        let ask = town.approval(&reference, town.ana).await;
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask).await), (Refusal::BadTime, Some("start")));
        // An hour ahead: the notice bound the client when they asked, not staff now.
        town.change_service(|s| s.notice_min = 60 * 24 * 3).await;
        let answer = town.approved_at(&reference, "Tue 09:00").await;
        assert!(matches!(answer, Approved::Done { .. }), "{answer:?}");
        assert_eq!(visits(&town).await[0].starts_at, at("Tue 09:00"));
        let answer = town.approved_at(&reference, "Wed 09:00").await;
        assert!(matches!(answer, Approved::Changed(_)), "{answer:?}");
        assert_eq!(town.ground.count("visits").await, 1);
        town.is_sound().await;
    }

    async fn what_cannot_be_asked_stands_beside_its_field(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| (s.advance_days, s.notice_min, s.recurring) = (Some(10), 24 * 60, false)).await;
        type Change = fn(&mut WantedWindow);
        let table: [(Change, Refusal, &str); 9] = [
            (|w| w.from = date(1), Refusal::InThePast, "from"),
            (|w| w.to = date(2), Refusal::BadDateWindow, "to"),
            (|w| (w.from, w.to) = (date(2), date(2)), Refusal::TooSoon, "to"),
            (|w| (w.from, w.to) = (date(20), date(21)), Refusal::TooFar, "from"),
            (|w| w.length_min = 45, Refusal::BadLength, "length"),
            (|w| w.technician = Some(::booking::ids::TechnicianId::new(7)), Refusal::BadChoice, "technician"),
            (|w| w.kind = RequestKind::Recurring, Refusal::ServiceNotBookable, "service"),
            (|w| w.kind = RequestKind::Appointment, Refusal::ServiceNotBookable, "service"),
            (|w| w.repeat = Some(twice_a_week()), Refusal::KindMismatch, "kind"),
        ];
        for (change, why, field) in table {
            let mut ask = town.ask_days();
            change(&mut ask.wanted);
            let here = format!("{:?}", ask.wanted);
            assert_eq!(refused(town.desk.submit_window(&town.carla, ask).await), (why, Some(field)), "{here}");
        }
        town.change_service(|s| (s.recurring, s.asked_by) = (true, AskedBy::Slots.to_string())).await;
        let why = refused(town.desk.submit_window(&town.carla, town.ask_days()).await);
        assert_eq!(why, (Refusal::ServiceNotBookable, Some("service")));
        let mut ask = town.ask_to_repeat();
        ask.wanted.repeat = Some(Parts { ends: Ends::Count(201), ..twice_a_week() });
        assert_eq!(refused(town.desk.submit_window(&town.carla, ask).await), (Refusal::BadRecurrenceCount, Some("repeat")));
        town.change_service(|s| s.asked_by = AskedBy::Windows.to_string()).await;
        let why = refused(town.desk.submit_request(&town.carla, town.ask(at("Tue 10:00"))).await);
        assert_eq!(why, (Refusal::ServiceNotBookable, Some("service")));
        assert_eq!(town.ground.count("requests").await, 0);
    }

    async fn the_best_time_is_the_first_wished_one_of_whoever_has_least_to_do(ground: Ground) {
        let town = Town::on(ground).await;
        town.approve(&town.pending("Tue 09:00", Some(town.ana)).await, town.ana).await;
        let mut ask = town.ask_days();
        ask.wanted.part = Some(DayPart::Afternoon);
        let reference = town.sent(ask).await;
        let found = town.desk.window_times(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(found.days.iter().map(|day| day.date).collect::<Vec<_>>(), [date(3), date(4), date(5)]);
        assert_eq!(found.best, Some(WindowTime { start: at("Tue 12:00"), technician: town.ben, wished: true }));
        let nine = found.days[0].times[0];
        assert_eq!((nine.start, nine.technician, nine.wished), (at("Tue 09:00"), town.ben, false));

        let mut ask = town.ask_days();
        ask.wanted.technician = Some(town.ana);
        let reference = town.sent(ask).await;
        let found = town.desk.window_times(&town.dispatcher, &reference).await.unwrap().unwrap();
        let best = found.best.unwrap();
        assert_eq!(best.technician, if best.start == at("Tue 09:00") { town.ben } else { town.ana });
        let ten = found.days[0].times.iter().find(|time| time.start == at("Tue 10:00")).unwrap();
        assert_eq!(ten.technician, town.ana);
        let clash = async |time| town.desk.clash_check(&town.dispatcher, &reference, town.ana, at(time), 60).await.unwrap();
        assert!(!clash("Thu 10:00").await.other_day);
        assert!(clash("Fri 10:00").await.other_day, "the client named Tuesday to Thursday");
        // An exact slot has no window.
        let exact = town.pending("Wed 10:00", None).await;
        assert_eq!(town.desk.window_times(&town.dispatcher, &exact).await.unwrap(), None);
    }

    async fn requests_for_days_ask_the_service_s_questions(ground: Ground) {
        let town = Town::on(ground).await;
        let question = NewQuestion { words: "How many?".into(), kind: AnswerKind::Number, options: Vec::new(), required: true };
        let how_many = town.desk.add_question(&town.owner, town.service, "q", &question).await.unwrap();
        let why = refused(town.desk.submit_window(&town.carla, town.ask_to_repeat()).await);
        assert_eq!(why, (Refusal::TextEmpty, Some("answer_1")));
        let answers = |text: &str| vec![(how_many, text.to_owned())];
        let reference = town.sent(WindowRequest { answers: answers("2"), ..town.ask_to_repeat() }).await;
        let edit = WindowEdit {
            key: Uuid::now_v7().to_string(),
            request: reference.clone(),
            version: 1,
            wanted: town.ask_to_repeat().wanted,
            notes: String::new(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: answers("many"),
            photos: Vec::new(),
        };
        assert_eq!(refused(town.desk.edit_window(&town.carla, edit.clone()).await), (Refusal::NotANumber, Some("answer_1")));
        let edit = WindowEdit { answers: answers("3"), ..edit };
        town.desk.edit_window(&town.carla, edit).await.unwrap();
        // Each visit of the series that comes of it reads what was answered, and costs what is agreed.
        let plan = town.plan(&reference).await;
        assert!(matches!(town.desk.create_visit(&town.dispatcher, plan).await.unwrap(), Booked::Done { .. }));
        let all = visits(&town).await;
        assert_eq!(all.len(), 4);
        for visit in all {
            let answers = town.desk.answers_of_my_visit(&town.carla, &visit.reference).await.unwrap();
            assert_eq!((answers.len(), answers[0].answer.as_str(), visit.price_minor), (1, "3", Some(5_000)));
        }
        let agreed = town.desk.client_services(&town.dispatcher, town.carla.client()).await.unwrap();
        assert_eq!((agreed.len(), agreed[0].ongoing, agreed[0].visits), (1, true, (4, 0)));
    }

    async fn days_are_edited_and_expire_with_the_last(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.sent(town.ask_days()).await;
        let mut wanted = town.ask_days().wanted;
        (wanted.to, wanted.part) = (date(4), Some(DayPart::Evening));
        let edit = |version, wanted| WindowEdit {
            key: Uuid::now_v7().to_string(),
            request: reference.clone(),
            version,
            wanted,
            notes: "Use the back door.".to_owned(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        };
        town.desk.edit_window(&town.carla, edit(1, wanted.clone())).await.unwrap();
        let row = town.request(&reference).await;
        assert_eq!((row.window_to, row.day_part.as_deref(), row.version), (Some(date(4)), Some("evening"), 2));
        assert_eq!(row.expires_at, Some(at("Thu 00:00")));
        let other = WantedWindow { kind: RequestKind::Issue, ..wanted.clone() };
        assert_eq!(refused(town.desk.edit_window(&town.carla, edit(2, other)).await).0, Refusal::KindMismatch);
        assert_eq!(refused(town.desk.edit_window(&town.dora, edit(2, wanted)).await).0, Refusal::NotFound);
        // The form of an exact slot does not fit it.
        let exact = town.edit(&reference, "Tue 10:00").await;
        assert_eq!(refused(town.desk.edit_request(&town.carla, exact).await).0, Refusal::KindMismatch);
        town.ground.until(at("Wed 23:59")).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        town.ground.until(at("Thu 00:00")).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 1);
        assert_eq!(town.request(&reference).await.status, "expired");
        town.is_sound().await;
    }

    async fn an_issue_gets_a_case_of_its_own_and_undo_takes_it_back(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 10).await;
        let mut ask = town.ask_days();
        ask.wanted.kind = RequestKind::Issue;
        let reference = town.sent(ask).await;
        assert!(matches!(town.approved_at(&reference, "Tue 10:00").await, Approved::Done { .. }));
        let tickets = ticket::Entity::find().all(town.desk.db()).await.unwrap();
        assert_eq!(tickets.len(), 1);
        assert_eq!((tickets[0].title.as_str(), tickets[0].description.as_str()), ("Check-up", "The bell is broken."));
        assert_eq!(town.request(&reference).await.ticket.as_ref(), Some(&tickets[0].number));
        assert_eq!(visits(&town).await[0].ticket.as_ref(), Some(&tickets[0].number));
        town.take_back(&reference).await.unwrap();
        let row = town.request(&reference).await;
        assert_eq!((row.status.as_str(), row.ticket, row.internal_notes.as_str()), ("pending", None, ""));
        for table in ["tickets", "visits", "bookings", "client_services"] {
            assert_eq!(town.ground.count(table).await, 0, "{table}");
        }
        town.is_sound().await;
        assert!(matches!(town.approved_at(&reference, "Tue 10:00").await, Approved::Done { .. }));
        town.is_sound().await;
    }

    async fn photos_come_with_it_and_are_seen_at_every_visit(ground: Ground) {
        let town = Town::on(ground).await;
        let photo = async || {
            let drawn = DrawnPhoto { large: b"large".to_vec(), small: b"small".to_vec() };
            town.desk.keep_photo(&town.carla, "k", drawn).await.unwrap()
        };
        let (first, second) = (photo().await, photo().await);
        let reference = town.sent(WindowRequest { photos: vec![first], ..town.ask_to_repeat() }).await;
        let edit = WindowEdit {
            key: "e".to_owned(),
            request: reference.clone(),
            version: 1,
            wanted: town.ask_to_repeat().wanted,
            notes: String::new(),
            ticket: String::new(),
            subjects: Vec::new(),
            photos: vec![second],
            answers: Vec::new(),
        };
        town.desk.edit_window(&town.carla, edit).await.unwrap();
        let found = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!((found.photos, found.history.last().unwrap().photos), (vec![second], (1, 1)));
        let plan = town.plan(&reference).await;
        town.desk.create_visit(&town.dispatcher, plan).await.unwrap();
        let visits = visits(&town).await;
        assert!(visits.len() > 1);
        for visit in visits {
            let seen = town.desk.visit_details(&town.ana_pass, &visit.reference).await.unwrap().unwrap();
            assert_eq!(seen.photos, [second], "{}", visit.reference);
            let day = town.desk.my_day(&town.ana_pass, visit.starts_at.date_naive()).await.unwrap();
            assert_eq!(day[0].photos, 1);
        }
        let ana = crate::town::pass(&town.desk, town.ana.get()).await;
        let ben = crate::town::pass(&town.desk, town.ben.get()).await;
        assert!(town.desk.photo(&ana, second, PhotoSize::Small).await.unwrap().is_some());
        assert!(town.desk.photo(&ben, second, PhotoSize::Small).await.unwrap().is_none());
        town.is_sound().await;
    }

    async fn a_series_answers_what_is_to_repeat_once(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.sent(town.ask_to_repeat()).await;
        let ask = town.approval(&reference, town.ana).await;
        let one = NewApproval { start: Some(at("Tue 10:00")), ..ask };
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, one).await).0, Refusal::KindMismatch);
        let plan = town.plan(&reference).await;
        let nobody = NewVisit { form: desk::visit_form::VisitForm { technicians: Vec::new(), ..plan.form.clone() }, key: "k2".to_owned(), ..plan.clone() };
        assert_eq!(refused(town.desk.create_visit(&town.dispatcher, nobody).await), (Refusal::TechnicianRequired, Some("technicians")));
        let stale = NewVisit { answers: Some(Answers { request: reference.clone(), version: 9 }), key: "k3".to_owned(), ..plan.clone() };
        assert_eq!(refused(town.desk.create_visit(&town.dispatcher, stale).await).0, Refusal::Stale);
        let answer = town.desk.create_visit(&town.dispatcher, plan.clone()).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 4, skipped: 0, .. }), "{answer:?}");
        let row = town.request(&reference).await;
        let all = visits(&town).await;
        assert_eq!((row.status.as_str(), row.visit_id, row.series_id), ("approved", Some(all[0].id), all[0].series_id));
        assert!(all.iter().all(|visit| visit.series_id == row.series_id));
        assert_eq!(told(&town, Event::BookingApproved).await, ["ana technician MI", "ana technician P", "carla client MI", "carla client P"]);
        assert_eq!(told(&town, Event::VisitCreated).await, Vec::<String>::new());
        let again = NewVisit { key: "k4".to_owned(), ..plan.clone() };
        assert_eq!(refused(town.desk.create_visit(&town.owner, again).await).0, Refusal::AlreadyDecided);
        assert_eq!(town.desk.create_visit(&town.dispatcher, plan).await.unwrap(), answer, "pressed twice");
        assert_eq!(town.ground.count("visits").await, 4);
        let kind = "client_services WHERE kind = 'ongoing' AND active";
        assert_eq!(town.ground.count(kind).await, 1);
        town.is_sound().await;
    }

    async fn a_colliding_third_date_is_moved_or_left_out(ground: Ground) {
        let town = Town::on(ground).await;
        // The rule gives Tue 3, Fri 6, Tue 10 and Fri 13 March.
        let third = at("Tue 10:00") + TimeDelta::days(7);
        town.book(town.new_visit(third, &[town.ana])).await;
        let reference = town.sent(town.ask_to_repeat()).await;
        let mut plan = town.plan(&reference).await;
        let answer = town.desk.create_visit(&town.dispatcher, plan.clone()).await.unwrap();
        let Booked::Conflicts { free, conflicts } = answer else { panic!("{answer:?}") };
        assert_eq!((free, conflicts.len(), conflicts[0].start), (3, 1, third));
        let ask = desk::visit_check::VisitAsk {
            form: plan.form.clone(),
            visit: None,
            client: Some(plan.client),
            repeat: plan.repeat.clone(),
            moved: Vec::new(),
            status: plan.status,
            request: Some(reference.clone()),
        };
        let check = town.desk.check_visit(&town.dispatcher, ask).await.unwrap();
        let original = date(10).and_hms_opt(10, 0, 0).unwrap();
        assert_eq!(check.conflicts[0].original, Some(original));
        let instead = check.conflicts[0].instead.clone();
        assert_eq!(instead[0], third - TimeDelta::hours(1), "the nearest free one");

        plan.moved = vec![Moved { original, to: Some(at("Fri 10:30")) }];
        assert_eq!(refused(town.desk.create_visit(&town.dispatcher, plan.clone()).await), (Refusal::Overlap, Some("moved")), "another of the series is there");
        plan.moved = vec![Moved { original: date(11).and_hms_opt(10, 0, 0).unwrap(), to: None }];
        assert_eq!(refused(town.desk.create_visit(&town.dispatcher, plan.clone()).await), (Refusal::BadChoice, Some("moved")));
        plan.moved = vec![Moved { original, to: Some(instead[0]) }];
        let answer = town.desk.create_visit(&town.dispatcher, plan).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 4, skipped: 0, .. }), "{answer:?}");
        let moved = visits(&town).await.into_iter().find(|visit| visit.starts_at == instead[0]).unwrap();
        assert_eq!(moved.series_start.as_deref(), Some("2026-03-10T10:00:00"), "named by its original start");
        town.is_sound().await;

        let reference = town.sent(town.ask_to_repeat()).await;
        let mut plan = NewVisit { form: desk::visit_form::VisitForm { technicians: vec![town.ben], ..town.plan(&reference).await.form }, ..town.plan(&reference).await };
        plan.moved = vec![Moved { original, to: None }];
        let answer = town.desk.create_visit(&town.dispatcher, plan).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 3, skipped: 1, .. }), "{answer:?}");
        town.is_sound().await;
    }

    async fn what_speaks_against_any_date_of_a_series_is_said_before_it_is_booked(ground: Ground) {
        let town = Town::on(ground).await;
        // How far ahead clients may book does not bind what they asked to repeat.
        town.change_service(|s| s.advance_days = Some(3)).await;
        let reference = town.sent(town.ask_to_repeat()).await;
        let mut plan = town.plan(&reference).await;
        let check = async |plan: &NewVisit| {
            let ask = desk::visit_check::VisitAsk {
                form: plan.form.clone(),
                visit: None,
                client: Some(plan.client),
                repeat: plan.repeat.clone(),
                moved: plan.moved.clone(),
                status: plan.status,
                request: Some(reference.clone()),
            };
            let check = town.desk.check_visit(&town.dispatcher, ask).await.unwrap();
            let dates: Vec<NaiveDate> = check.doubtful.iter().map(|one| one.original.date()).collect();
            assert_eq!(dates.is_empty(), check.soft.is_empty());
            assert!(dates.is_empty() || dates == [date(13)], "{dates:?}");
            check.soft
        };
        assert_eq!(check(&plan).await, []);
        let closed = NewClosure { from: date(13).to_string(), name: "Holiday".into(), ..NewClosure::default() };
        town.desk.add_closure(&town.owner, &closed).await.unwrap();
        let soft = check(&plan).await;
        assert_eq!(soft, [Objection::Closed]);
        let answer = town.desk.create_visit(&town.dispatcher, plan.clone()).await.unwrap();
        assert_eq!(answer, Booked::Objected { objections: soft });
        plan.moved = vec![Moved { original: date(13).and_hms_opt(10, 0, 0).unwrap(), to: None }];
        assert_eq!(check(&plan).await, []);
        let answer = town.desk.create_visit(&town.dispatcher, plan).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 3, skipped: 1, .. }), "{answer:?}");
        town.is_sound().await;
    }

    async fn a_series_is_proposed_on_the_first_date_of_its_rule(ground: Ground) {
        let town = Town::on(ground).await;
        let mut ask = town.ask_to_repeat();
        // Wednesday: the rule begins on Friday.
        (ask.wanted.from, ask.wanted.to, ask.wanted.part) = (date(4), date(4), Some(DayPart::Afternoon));
        let reference = town.sent(ask).await;
        let found = town.desk.window_times(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(found.days.iter().map(|day| day.date).collect::<Vec<_>>(), [date(6)]);
        assert_eq!(found.best, Some(WindowTime { start: at("Fri 12:00"), technician: town.ana, wished: true }));
    }

    async fn what_repeats_waits_until_the_first_date_of_its_rule_is_over(ground: Ground) {
        let town = Town::on(ground).await;
        let from = |day| {
            let mut ask = town.ask_to_repeat();
            (ask.wanted.from, ask.wanted.to) = (date(day), date(day));
            ask
        };
        // Wednesday: the rule begins on Friday. Three days' notice are kept by that date, not by the typed one.
        town.change_service(|s| s.notice_min = 3 * 24 * 60).await;
        let reference = town.sent(from(4)).await;
        assert_eq!(town.request(&reference).await.expires_at, Some(at("Sat 00:00")));
        assert_eq!(refused(town.desk.submit_window(&town.carla, from(3)).await), (Refusal::TooSoon, Some("from")));
        town.change_service(|s| (s.notice_min, s.advance_days) = (5 * 24 * 60, Some(3))).await;
        assert_eq!(refused(town.desk.submit_window(&town.carla, from(4)).await), (Refusal::TooSoon, Some("from")));
        town.change_service(|s| s.notice_min = 0).await;
        assert_eq!(refused(town.desk.submit_window(&town.carla, from(4)).await), (Refusal::TooFar, Some("from")));
        town.change_service(|s| s.advance_days = None).await;
        let edit = WindowEdit {
            key: Uuid::now_v7().to_string(),
            request: reference.clone(),
            version: 1,
            wanted: from(5).wanted,
            notes: String::new(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        };
        town.desk.edit_window(&town.carla, edit).await.unwrap();
        assert_eq!(town.request(&reference).await.expires_at, Some(at("Sat 00:00")));

        let unseen = town.sent(from(4)).await;
        town.ground.until(at("Thu 12:00")).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        let plan = town.plan(&reference).await;
        let plan = NewVisit { form: town.new_visit(at("Fri 10:00"), &[town.ana]).form, ..plan };
        let answer = town.desk.create_visit(&town.dispatcher, plan).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 4, .. }), "{answer:?}");
        town.ground.until(at("Fri 23:59")).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        town.ground.until(at("Sat 00:00")).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 1);
        assert_eq!(town.request(&unseen).await.status, "expired");
        town.is_sound().await;
    }

    async fn the_cut_off_holds_for_days_too(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.request_cut_off = "day-before:17:00".to_owned()).await;
        let until = |day, kind| {
            let mut ask = town.ask_days();
            (ask.wanted.to, ask.wanted.kind) = (date(day), kind);
            ask
        };
        let refuses = async |ask, field| {
            let why = refused(town.desk.submit_window(&town.carla, ask).await);
            assert_eq!(why, (Refusal::CutOffPassed, Some(field)));
        };
        town.ground.until(at("Mon 17:00") - TimeDelta::seconds(1)).await;
        town.sent(until(3, RequestKind::OneTime)).await;
        town.ground.until(at("Mon 17:00")).await;
        for kind in [RequestKind::OneTime, RequestKind::Issue] {
            refuses(until(3, kind), "to").await;
            town.sent(until(4, kind)).await;
        }
        // Its first date is tomorrow; from Wednesday on it is Friday.
        refuses(town.ask_to_repeat(), "from").await;
        let mut ask = town.ask_to_repeat();
        (ask.wanted.from, ask.wanted.to) = (date(4), date(4));
        town.sent(ask).await;
        // Hours count to the last start that is possible: Tuesday is over 31 hours from now.
        town.change_business(|b| b.request_cut_off = "hours:31".to_owned()).await;
        refuses(until(3, RequestKind::OneTime), "to").await;
        town.change_business(|b| b.request_cut_off = "hours:30".to_owned()).await;
        town.sent(until(3, RequestKind::OneTime)).await;
    }

    async fn the_cut_off_does_not_bind_staff(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.sent(town.ask_days()).await;
        town.change_business(|b| b.request_cut_off = "day-before:17:00".to_owned()).await;
        town.ground.until(at("Mon 18:00")).await;
        let found = town.desk.window_times(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(found.best.map(|time| time.start), Some(at("Tue 09:00")));
    }

    async fn a_series_is_taken_back_whole_or_not_at_all(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 10).await;
        let reference = town.sent(town.ask_to_repeat()).await;
        town.desk.create_visit(&town.dispatcher, town.plan(&reference).await).await.unwrap();
        town.take_back(&reference).await.unwrap();
        assert_eq!(town.request(&reference).await.status, "pending");
        for table in ["visits", "bookings", "series", "client_services", "outbox WHERE event = 'booking.approved'"] {
            assert_eq!(town.ground.count(table).await, 0, "{table}");
        }
        town.is_sound().await;
        town.desk.create_visit(&town.dispatcher, town.plan(&reference).await).await.unwrap();
        let last = visits(&town).await.pop().unwrap();
        town.desk.cancel_visit(&town.dispatcher, town.cancel(&last, Scope::This)).await.unwrap();
        assert_eq!(refused(town.take_back(&reference).await).0, Refusal::VisitTouched);
        town.is_sound().await;
    }

    async fn two_plan_the_same_series_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.sent(town.ask_to_repeat()).await;
        let barrier = Arc::new(Barrier::new(6));
        let mut all = JoinSet::new();
        for n in 0..6 {
            let technicians = vec![if n % 2 == 0 { town.ana } else { town.ben }];
            let mut ask = town.plan(&reference).await;
            (ask.key, ask.form.technicians) = (format!("plan-{n}"), technicians);
            let who = if n % 2 == 0 { town.dispatcher } else { town.owner };
            let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.create_visit(&who, ask).await
            });
        }
        let answers = all.join_all().await;
        let won = answers.iter().filter(|answer| matches!(answer, Ok(Booked::Done { .. }))).count();
        assert_eq!(won, 1, "{answers:?}");
        assert_eq!(town.ground.count("visits").await, 4);
        assert_eq!(town.ground.count("series").await, 1);
        town.is_sound().await;
    }
}
