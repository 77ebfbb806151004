//! Many at once: T1–T4 of the promises in short forms, and the database's own guarantee (R27).

use ::booking::refusal::Refusal;
use desk::approve_request::Approved;
use desk::decline_request::Declined;
use desk::edit_request::Edited;
use desk::submit_request::{NewRequest, Submitted};
use desk::table::booking;
use desk::withdraw_request::Withdrawn;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::town::{self, Town, at};

/// A booking row of Ana's, from one time to another.
fn raw(town: &Town, start: &str, end: &str) -> booking::Model {
    booking::Model {
        id: uuid::Uuid::now_v7(),
        technician_id: Some(uuid::Uuid::from_u128(town.ana.get())),
        service_id: None,
        starts_at: at(start),
        ends_at: at(end),
        before_min: 0,
        after_min: 0,
        seats: 1,
        session_id: None,
        leader: true,
        status: "scheduled".to_owned(),
        blocking: true,
        expires_at: None,
        request_id: None,
        visit_id: None,
        note: None,
    }
}

both! {
    async fn the_database_itself_forbids_overlap(ground: Ground) {
        let town = Town::on(ground).await;
        let db = town.desk.db();
        raw(&town, "Tue 10:00", "Tue 11:00").into_active_model().insert(db).await.unwrap();
        for (start, end) in [("Tue 10:30", "Tue 11:30"), ("Tue 09:30", "Tue 10:01"), ("Tue 10:15", "Tue 10:45"), ("Tue 09:00", "Tue 12:00")] {
            let error = raw(&town, start, end).into_active_model().insert(db).await.unwrap_err();
            assert_eq!(desk::Trouble::from(error).refusal(), Some(Refusal::Overlap), "{start}");
        }
        // Back to back, another technician, not blocking, not leading: no overlap.
        raw(&town, "Tue 11:00", "Tue 12:00").into_active_model().insert(db).await.unwrap();
        let mut other = raw(&town, "Tue 10:00", "Tue 11:00");
        other.technician_id = Some(uuid::Uuid::from_u128(town.ben.get()));
        other.into_active_model().insert(db).await.unwrap();
        let mut over = raw(&town, "Tue 10:00", "Tue 11:00");
        (over.blocking, over.status) = (false, "cancelled".to_owned());
        over.clone().into_active_model().insert(db).await.unwrap();
        over.blocking = true;
        let again = over.into_active_model().reset_all().update(db).await.unwrap_err();
        assert_eq!(desk::Trouble::from(again).refusal(), Some(Refusal::Overlap));
    }

    // T1
    async fn fifty_clients_ask_for_the_last_slot(ground: Ground) {
        let town = Town::on(ground).await;
        town.retire(town.ben).await;
        let mut passes = Vec::new();
        for n in 0..50 {
            let client = town::client(&town.desk, &format!("Client {n}"), false).await;
            let person = town::contact(&town.desk, client, &format!("c{n}")).await;
            passes.push(town::pass(&town.desk, person).await.contact().unwrap());
        }
        let barrier = Arc::new(Barrier::new(passes.len()));
        let mut all = JoinSet::new();
        for pass in passes {
            let (desk, ask, barrier) = (town.desk.clone(), town.ask(at("Tue 10:00")), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                // SQLite lets those who wait in by no order, and one of fifty may wait in vain; the key makes asking again safe.
                loop {
                    match desk.submit_request(&pass, ask.clone()).await {
                        Err(trouble) if trouble.refusal() == Some(Refusal::Busy) => {}
                        answer => return answer.unwrap(),
                    }
                }
            });
        }
        let (mut sent, mut lost) = (0, 0);
        while let Some(answer) = all.join_next().await {
            match answer.unwrap() {
                Submitted::Sent { .. } => sent += 1,
                Submitted::Lost { next, .. } => {
                    lost += 1;
                    assert_eq!(next.len(), 3);
                }
                Submitted::SentBefore { .. } => panic!("another key"),
            }
        }
        assert_eq!((sent, lost), (1, 49));
        assert_eq!(town.ground.count("requests").await, 1);
        town.is_sound().await;
    }

    // T2
    async fn ten_staff_approve_overlapping_requests(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| (s.holds, s.step_min) = (false, Some(15))).await;
        let mut asks = Vec::new();
        for (n, start) in ["Tue 10:00", "Tue 10:15", "Tue 10:30", "Tue 10:45"].into_iter().cycle().take(20).enumerate() {
            let who = if n % 2 == 0 { &town.carla } else { &town.dora };
            let reference = town.submit(who, town.ask(at(start))).await;
            asks.push(town.approval(&reference, town.ana).await);
        }
        let barrier = Arc::new(Barrier::new(10));
        let mut all = JoinSet::new();
        for some in asks.chunks(2) {
            let (desk, some, who, barrier) = (town.desk.clone(), some.to_vec(), town.dispatcher, Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                let mut answers = Vec::new();
                for ask in some {
                    answers.push(desk.approve_request(&who, ask).await.unwrap());
                }
                answers
            });
        }
        let (mut done, mut lost) = (0, 0);
        while let Some(answers) = all.join_next().await {
            for answer in answers.unwrap() {
                match answer {
                    Approved::Done { .. } => done += 1,
                    Approved::Lost { why, .. } => {
                        lost += 1;
                        assert_eq!(why, Refusal::SlotTaken);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!((done, lost), (1, 19));
        assert_eq!(town.ground.count("requests WHERE status = 'pending'").await, 19);
        assert_eq!(town.ground.count("visits").await, 1);
        town.is_sound().await;
    }

    // T3
    async fn approve_decline_withdraw_and_edit_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        for round in 0..10_i64 {
            let start = at("Mon 10:00") + chrono::TimeDelta::days(round / 5 * 7 + round % 5);
            let ask = NewRequest { technician: Some(town.ana), ..town.ask(start) };
            let reference = town.submit(&town.carla, ask).await;
            let approve = town.approval(&reference, town.ana).await;
            let decline = town.decline(&reference, "").await;
            let mut edit = town.edit(&reference, "Mon 10:00").await;
            edit.start = start + chrono::TimeDelta::hours(2);
            let (a, d, w, e) = tokio::join!(
                town.desk.approve_request(&town.dispatcher, approve),
                town.desk.decline_request(&town.owner, decline),
                town.desk.withdraw_request(&town.carla, &reference),
                town.desk.edit_request(&town.carla, edit),
            );
            let ends = [
                matches!(a.unwrap(), Approved::Done { .. }),
                matches!(d.unwrap(), Declined::Done),
                matches!(w.unwrap(), Withdrawn::Done),
            ];
            let edited = matches!(e.unwrap(), Edited::Done);
            assert_eq!(ends.iter().filter(|end| **end).count(), 1, "{ends:?} {edited}");
            town.is_sound().await;
        }
        assert_eq!(town.ground.count("visits").await, town.ground.count("requests WHERE status = 'approved'").await);
        assert_eq!(town.ground.count("requests WHERE status = 'pending'").await, 0);
    }

    // T4
    async fn the_same_form_ten_times(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = town.ask(at("Tue 10:00"));
        let barrier = Arc::new(Barrier::new(10));
        let mut all = JoinSet::new();
        for _ in 0..10 {
            let (desk, who, ask, barrier) = (town.desk.clone(), town.carla.clone(), ask.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.submit_request(&who, ask).await.unwrap()
            });
        }
        let answers = all.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let Submitted::Sent { reference } = &answers[0] else { panic!("not sent") };
        assert_eq!(town.ground.count("requests").await, 1);
        let mut other = ask.clone();
        other.notes = "Something else".to_owned();
        let answer = town.desk.submit_request(&town.carla, other).await.unwrap();
        assert_eq!(answer, Submitted::SentBefore { reference: reference.clone() });
        // The key is the person's: somebody else's is another.
        assert!(matches!(town.desk.submit_request(&town.dora, ask).await.unwrap(), Submitted::Sent { .. }));
        assert_eq!(town.ground.count("requests").await, 2);
        town.is_sound().await;
    }

    async fn anyone_and_somebody_at_once_leave_enough(ground: Ground) {
        let town = Town::on(ground).await;
        let other = town::service(&town.desk, "Walk", |_| {}).await;
        let barrier = Arc::new(Barrier::new(12));
        let mut all = JoinSet::new();
        for n in 0..12 {
            let mut ask = town.ask(at("Tue 10:00"));
            ask.service = if n % 2 == 0 { town.service } else { other };
            ask.technician = [None, Some(town.ana), Some(town.ben)][n % 3];
            let (desk, who, barrier) = (town.desk.clone(), town.carla.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.submit_request(&who, ask).await.unwrap()
            });
        }
        let answers = all.join_all().await;
        let sent = answers.iter().filter(|a| matches!(a, Submitted::Sent { .. })).count();
        assert_eq!(sent, 2, "two technicians, two bookings: {answers:?}");
        town.is_sound().await;
    }
}
