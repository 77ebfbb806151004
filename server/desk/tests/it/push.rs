//! Devices: whose they are, what they are told, once, and when they are forgotten.

use booking::letter::Event;
use booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::SignedIn;
use desk::push_devices::{MOST_DEVICES, NewDevice, push_kinds};
use desk::push_queue::Push;

use crate::ground::refused;
use crate::town::{self, Town};

const LEASE: u32 = 300;

fn device(number: usize) -> NewDevice {
    NewDevice {
        endpoint: format!("https://push.example/{number}"),
        p256dh: [&[4][..], &[7; 64]].concat(),
        auth: vec![9; 16],
    }
}

async fn carla(town: &Town) -> SignedIn {
    town::pass(&town.desk, town.carla.person().get()).await
}

/// Carla's request is declined: she gets a notice.
async fn news(town: &Town) {
    let reference = town.pending("Tue 10:00", None).await;
    let no = town.decline(&reference, "Sorry").await;
    town.desk
        .decline_request(&town.dispatcher, no)
        .await
        .unwrap();
}

async fn due(town: &Town) -> Vec<Push> {
    town.desk.lease_pushes(20, LEASE).await.unwrap()
}

both! {
    async fn each_device_is_told_once(ground: Ground) {
        let town = Town::on(ground).await;
        let me = carla(&town).await;
        for number in [1, 2] {
            town.desk.add_device(&me, device(number)).await.unwrap();
        }
        news(&town).await;
        let told = due(&town).await;
        let mut places: Vec<&str> = told.iter().map(|push| push.endpoint.as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, ["https://push.example/1", "https://push.example/2"]);
        assert!(told.iter().all(|push| push.notice.event == "booking.declined" && push.attempts == 1));
        assert_eq!(told[0].notice.id, told[1].notice.id);
        assert_eq!(due(&town).await, [], "taken by another worker");
        for push in &told {
            town.desk.push_sent(push).await.unwrap();
        }
        town.ground.pass(TimeDelta::hours(2)).await;
        assert_eq!(due(&town).await, []);
        assert_eq!(town.ground.count("push_subscriptions WHERE last_ok_at IS NOT NULL").await, 2);
        town.ground.pass(TimeDelta::days(3)).await;
        assert_eq!(town.desk.forget_old_pushes().await.unwrap(), 2);
        assert_eq!(due(&town).await, []);
    }

    async fn a_worker_that_died_or_failed_leaves_it_to_the_next(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.add_device(&carla(&town).await, device(1)).await.unwrap();
        news(&town).await;
        assert_eq!(due(&town).await.len(), 1);
        town.ground.pass(TimeDelta::seconds(i64::from(LEASE))).await;
        let again = due(&town).await;
        assert_eq!(again[0].attempts, 2);
        // The second failure: in two minutes.
        town.desk.push_failed(&again[0], None).await.unwrap();
        town.ground.pass(TimeDelta::seconds(119)).await;
        assert_eq!(due(&town).await, []);
        town.ground.pass(TimeDelta::seconds(1)).await;
        let again = due(&town).await;
        assert_eq!(again.len(), 1);
        // The push service says when.
        town.desk.push_failed(&again[0], Some(7)).await.unwrap();
        town.ground.pass(TimeDelta::seconds(7)).await;
        let again = due(&town).await;
        assert_eq!(again.len(), 1);
        town.desk.push_failed(&again[0], None).await.unwrap();
        town.ground.pass(TimeDelta::hours(24)).await;
        assert_eq!(due(&town).await, [], "old news");
    }

    async fn nobody_is_told_what_they_have_read_muted_or_missed(ground: Ground) {
        let town = Town::on(ground).await;
        let me = carla(&town).await;
        news(&town).await;
        town.ground.pass(TimeDelta::seconds(1)).await;
        town.desk.add_device(&me, device(1)).await.unwrap();
        assert_eq!(due(&town).await, [], "before the device was there");
        news(&town).await;
        town.desk.read_all_notices(&me).await.unwrap();
        assert_eq!(due(&town).await, [], "read");
        town.desk.mute_push(&me, &["booking.declined".to_owned()]).await.unwrap();
        assert_eq!(town.desk.push_muted(&me).await.unwrap(), [Event::BookingDeclined]);
        news(&town).await;
        assert_eq!(due(&town).await, [], "muted");
        town.desk.mute_push(&me, &[]).await.unwrap();
        assert_eq!(due(&town).await.len(), 1);
        let bad = town.desk.mute_push(&me, &["everything".to_owned()]).await;
        assert_eq!(refused(bad), (Refusal::BadChoice, Some("push")));
        assert_eq!(town.ground.count("history WHERE what = 'push-muted'").await, 2);
        assert!(push_kinds().contains(&Event::Reminder) && !push_kinds().contains(&Event::RequestSubmitted));
    }

    async fn a_decision_that_may_be_undone_waits(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.add_device(&carla(&town).await, device(1)).await.unwrap();
        town.change_business(|business| business.undo_minutes = 5).await;
        news(&town).await;
        assert_eq!(due(&town).await, []);
        town.ground.pass(TimeDelta::minutes(5)).await;
        assert_eq!(due(&town).await.len(), 1);
    }

    async fn a_device_goes_with_its_session(ground: Ground) {
        let town = Town::on(ground).await;
        let (here, there) = (carla(&town).await, carla(&town).await);
        town.desk.add_device(&here, device(1)).await.unwrap();
        town.desk.add_device(&there, device(2)).await.unwrap();
        news(&town).await;
        assert_eq!(due(&town).await.len(), 2);
        town.desk.end_session(&there, here.session()).await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 1);
        assert_eq!(town.ground.count("pushes").await, 1);
        // A new session on that device takes it over; somebody else's does not.
        let anew = carla(&town).await;
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        assert!(!town.desk.is_my_device(&dora, "https://push.example/2").await.unwrap());
        assert!(town.desk.is_my_device(&anew, "https://push.example/2").await.unwrap());
        town.desk.end_session(&anew, there.session()).await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 1);
        town.desk.sign_out_everywhere(&anew).await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 0);
    }

    async fn a_device_is_one_persons(ground: Ground) {
        let town = Town::on(ground).await;
        let me = carla(&town).await;
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        town.desk.add_device(&me, device(1)).await.unwrap();
        town.desk.remove_device(&dora, "https://push.example/1").await.unwrap();
        assert!(town.desk.is_my_device(&me, "https://push.example/1").await.unwrap());
        town.desk.add_device(&dora, device(1)).await.unwrap();
        assert!(!town.desk.is_my_device(&me, "https://push.example/1").await.unwrap());
        news(&town).await;
        assert_eq!(due(&town).await, [], "carla's news are not dora's");
        town.desk.remove_device(&dora, "https://push.example/1").await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 0);
        assert_eq!(town.ground.count("history WHERE about = 'device'").await, 3);
    }

    async fn there_are_only_so_many_and_only_real_ones(ground: Ground) {
        let town = Town::on(ground).await;
        let me = carla(&town).await;
        for number in 0..=MOST_DEVICES {
            town.desk.add_device(&me, device(number)).await.unwrap();
            town.ground.pass(TimeDelta::seconds(1)).await;
        }
        assert_eq!(town.ground.count("push_subscriptions").await, MOST_DEVICES as i64);
        assert!(!town.desk.is_my_device(&me, "https://push.example/0").await.unwrap());
        let cases = [
            NewDevice { endpoint: "http://push.example/1".into(), ..device(1) },
            NewDevice { endpoint: "https://push.example/ü".into(), ..device(1) },
            NewDevice { endpoint: format!("https://push.example/{}", "x".repeat(1_000)), ..device(1) },
            NewDevice { p256dh: vec![4; 64], ..device(1) },
            NewDevice { p256dh: vec![3; 65], ..device(1) },
            NewDevice { auth: vec![0; 15], ..device(1) },
        ];
        for wrong in cases {
            assert_eq!(refused(town.desk.add_device(&me, wrong).await), (Refusal::BadChoice, None));
        }
    }

    async fn a_device_that_nobody_can_reach_is_forgotten(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.add_device(&carla(&town).await, device(1)).await.unwrap();
        news(&town).await;
        let push = due(&town).await.remove(0);
        for _ in 0..9 {
            town.desk.push_refused(&push).await.unwrap();
        }
        assert_eq!(town.ground.count("push_subscriptions").await, 1);
        // One success, and it counts anew.
        town.desk.push_sent(&push).await.unwrap();
        for _ in 0..9 {
            town.desk.push_refused(&push).await.unwrap();
        }
        assert_eq!(town.ground.count("push_subscriptions").await, 1);
        town.desk.push_refused(&push).await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 0);
        town.desk.add_device(&carla(&town).await, device(2)).await.unwrap();
        town.ground.pass(TimeDelta::seconds(1)).await;
        news(&town).await;
        let push = due(&town).await.remove(0);
        town.desk.device_gone(push.device).await.unwrap();
        assert_eq!(town.ground.count("push_subscriptions").await, 0);
    }

    async fn workers_side_by_side_share_the_work(ground: Ground) {
        let town = Town::on(ground).await;
        let me = carla(&town).await;
        for number in 0..8 {
            town.desk.add_device(&me, device(number)).await.unwrap();
        }
        news(&town).await;
        let workers = (0..6).map(|_| {
            let desk = town.desk.clone();
            tokio::spawn(async move { desk.lease_pushes(3, LEASE).await.unwrap() })
        });
        let mut places = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            places.extend(worker.await.unwrap().into_iter().map(|push| push.endpoint));
        }
        // Where all saw the same three, the others are taken in the next rounds.
        loop {
            let more = due(&town).await;
            if more.is_empty() {
                break;
            }
            places.extend(more.into_iter().map(|push| push.endpoint));
        }
        assert_eq!(places.len(), 8, "each was taken once");
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 8);
    }

    async fn all_servers_have_one_key(ground: Ground) {
        let first = ground.desk.push_secret(|| Some(vec![1, 2, 3])).await.unwrap();
        let second = ground.desk.push_secret(|| Some(vec![4])).await.unwrap();
        assert_eq!((first, second), (vec![1, 2, 3], vec![1, 2, 3]));
        assert_eq!(ground.count("push_keys").await, 1);
    }
}
