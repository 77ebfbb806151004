//! Two dispatchers at once: create, move, reassign, cancel. One technician, one room, one visit: one of them wins, the other
//! is told, and nothing that must never be is there.

use std::sync::Arc;

use desk::change_visit::{Scope, VisitChange};
use desk::create_visit::NewVisit;
use desk::table::{resource, visit};
use desk::visit_form::Booked;
use desk::visit_status::Step;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::town::{self, Town, at};

async fn book_all(town: &Town, asks: Vec<NewVisit>) -> Vec<Booked> {
    let barrier = Arc::new(Barrier::new(asks.len()));
    let mut all = JoinSet::new();
    for (n, ask) in asks.into_iter().enumerate() {
        let who = if n % 2 == 0 {
            town.dispatcher
        } else {
            town.owner
        };
        let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
        all.spawn(async move {
            barrier.wait().await;
            desk.create_visit(&who, ask).await.unwrap()
        });
    }
    all.join_all().await
}

async fn change_all(town: &Town, asks: Vec<VisitChange>) -> Vec<desk::Result<Booked>> {
    let barrier = Arc::new(Barrier::new(asks.len()));
    let mut all = JoinSet::new();
    for (n, ask) in asks.into_iter().enumerate() {
        let who = if n % 2 == 0 {
            town.dispatcher
        } else {
            town.owner
        };
        let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
        all.spawn(async move {
            barrier.wait().await;
            desk.change_visit(&who, ask).await
        });
    }
    all.join_all().await
}

fn done(answers: &[Booked]) -> usize {
    let done = answers
        .iter()
        .filter(|answer| matches!(answer, Booked::Done { .. }));
    done.count()
}

both! {
    async fn many_dispatchers_want_one_technician(ground: Ground) {
        let town = Town::on(ground).await;
        let starts = ["Tue 10:00", "Tue 10:15", "Tue 10:30", "Tue 10:45"].into_iter().cycle().take(16);
        let asks = starts.map(|start| town.new_visit(at(start), &[town.ana])).collect();
        let answers = book_all(&town, asks).await;
        assert_eq!(done(&answers), 1, "{answers:?}");
        assert_eq!(town.ground.count("visits").await, 1);
        town.is_sound().await;
    }

    async fn two_services_want_one_room(ground: Ground) {
        let town = Town::on(ground).await;
        let other = town::service(&town.desk, "Walk", |_| {}).await;
        let room = resource::Model {
            id: Uuid::now_v7(),
            name: "Room".to_owned(),
            kind: "room".to_owned(),
            units: 1,
            turnaround_min: 0,
            active: true,
            position: 0,
            version: 1,
        };
        let id = ::booking::ids::ResourceId::new(room.id.as_u128());
        room.into_active_model().insert(town.desk.db()).await.unwrap();
        let asks = (0..8).map(|n| {
            let mut ask = town.new_visit(at("Tue 10:00"), &[if n % 2 == 0 { town.ana } else { town.ben }]);
            ask.form.service = if n % 2 == 0 { town.service } else { other };
            ask.form.resources = vec![(id, 1)];
            ask
        });
        let answers = book_all(&town, asks.collect()).await;
        assert_eq!(done(&answers), 1, "{answers:?}");
        assert_eq!(town.ground.count("booking_resources").await, 1);
        town.is_sound().await;
    }

    async fn two_dispatchers_move_one_visit(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let mut asks = Vec::new();
        for hour in ["Tue 12:00", "Tue 13:00", "Wed 10:00", "Wed 11:00"] {
            let mut ask = town.change(&visit, &[town.ana]).await;
            ask.form.start = at(hour);
            asks.push(ask);
        }
        let answers = change_all(&town, asks).await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{answers:?}");
        assert_eq!(town.ground.count("visits WHERE status = 'scheduled'").await, 1);
        assert_eq!(town.ground.count("bookings WHERE blocking").await, 1);
        town.is_sound().await;
    }

    // Each visit wants the other's place, or the same free one: nobody ends up twice anywhere.
    async fn visits_move_to_one_place(ground: Ground) {
        let town = Town::on(ground).await;
        let mut asks = Vec::new();
        for start in ["Tue 09:00", "Tue 10:00", "Tue 11:00", "Tue 12:00"] {
            let visit = town.book(town.new_visit(at(start), &[town.ana])).await;
            let mut ask = town.change(&visit, &[town.ben]).await;
            ask.form.start = at("Wed 10:00");
            asks.push(ask);
        }
        let answers = change_all(&town, asks).await;
        let moved = answers.iter().filter(|answer| matches!(answer, Ok(Booked::Done { .. })));
        assert_eq!(moved.count(), 1, "{answers:?}");
        assert_eq!(town.ground.count("visits WHERE status = 'scheduled'").await, 4);
        town.is_sound().await;
    }

    async fn reassign_and_approve_want_one_technician(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.change_service(|s| s.holds = false).await;
        let reference = town.pending("Tue 10:00", None).await;
        let approval = town.approval(&reference, town.ben).await;
        let change = town.change(&visit, &[town.ben]).await;
        let (approved, changed) = tokio::join!(
            town.desk.approve_request(&town.dispatcher, approval),
            town.desk.change_visit(&town.owner, change),
        );
        let approved = matches!(approved.unwrap(), desk::approve_request::Approved::Done { .. });
        let changed = matches!(changed.unwrap(), Booked::Done { .. });
        assert!(approved ^ changed, "{approved} {changed}");
        town.is_sound().await;
    }

    async fn cancel_move_and_start_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        for round in 0..5 {
            let start = at("Tue 10:00") + chrono::TimeDelta::days(7 * round);
            let visit: visit::Model = town.book(town.new_visit(start, &[town.ana])).await;
            let mut change = town.change(&visit, &[town.ana]).await;
            change.form.start = start + chrono::TimeDelta::hours(2);
            let (cancelled, moved, begun) = tokio::join!(
                town.desk.cancel_visit(&town.dispatcher, town.cancel(&visit, Scope::This)),
                town.desk.change_visit(&town.owner, change),
                town.desk.step_visit(&town.ana_pass, town.step(&visit, Step::Start)),
            );
            let won = [cancelled.is_ok(), moved.is_ok(), begun.is_ok()];
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
            town.is_sound().await;
        }
    }

    async fn the_same_series_ten_times(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = NewVisit {
            repeat: Some(::booking::recurrence::Parts {
                freq: ::booking::recurrence::Frequency::Weekly,
                interval: 1,
                weekdays: Vec::new(),
                ends: ::booking::recurrence::Ends::Count(5),
                excluded: Vec::new(),
            }),
            ..town.new_visit(at("Tue 10:00"), &[town.ana])
        };
        let mut all = JoinSet::new();
        for _ in 0..10 {
            let (desk, who, ask) = (town.desk.clone(), town.dispatcher, ask.clone());
            all.spawn(async move { desk.create_visit(&who, ask).await.unwrap() });
        }
        let answers = all.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(town.ground.count("visits").await, 5);
        town.is_sound().await;
    }
}
