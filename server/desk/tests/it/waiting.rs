//! The line for a full day: who is told, in which order, each once; what is held; and what becomes of it.

use ::booking::refusal::Refusal;
use ::booking::slots::BookingStatus;
use ::booking::waiting::{MINUTES_TO_ANSWER, WaitingStatus};
use chrono::{NaiveDate, TimeDelta};
use desk::ContactPass;
use desk::free_slots::SlotsAsked;
use desk::take_freed::{TakenFreed, Taking};
use desk::wait_for_day::{WaitAsked, Waits};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::ground::{Ground, refused};
use crate::town::{self, Town, at};

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Berlin;
const FREED: &str = "waiting.freed";

/// A town where one visit fills a technician's day, and only Ana works; Carla has Tuesday.
async fn full_tuesday(ground: Ground) -> (Town, String) {
    let town = Town::on(ground).await;
    town.retire(town.ben).await;
    town.change_service(|service| service.lengths = json!([480]))
        .await;
    let mut ask = town.ask(at("Tue 09:00"));
    ask.length_min = 480;
    let reference = town.submit(&town.carla, ask).await;
    (town, reference)
}

fn tuesday() -> NaiveDate {
    at("Tue 09:00").date_naive()
}

fn wait(town: &Town, day: NaiveDate) -> WaitAsked {
    WaitAsked {
        service: town.service,
        length_min: 480,
        technician: None,
        seats: 1,
        day,
        zone: ZONE,
    }
}

async fn in_line(town: &Town, who: &ContactPass) -> Uuid {
    let answer = town.desk.wait_for_day(who, wait(town, tuesday())).await;
    assert_eq!(answer.unwrap(), Waits::Yes);
    town.desk.my_waiting(who).await.unwrap().first().unwrap().id
}

async fn somebody(town: &Town, name: &str) -> ContactPass {
    let client = town::client(&town.desk, name, false).await;
    let person = town::contact(&town.desk, client, name).await;
    town::pass(&town.desk, person).await.contact().unwrap()
}

async fn standing(town: &Town, who: &ContactPass, id: Uuid) -> WaitingStatus {
    let found = town.desk.my_waiting_for(who, id).await.unwrap();
    found.unwrap().status
}

/// The links of the letters that were written to who waits.
async fn told(town: &Town) -> Vec<String> {
    let letters = town.ground.letters().await;
    let freed = letters.into_iter().filter(|letter| letter.0 == FREED);
    freed
        .map(|letter| letter.2["link"].as_str().unwrap().to_owned())
        .collect()
}

async fn free_on_tuesday(town: &Town) -> usize {
    let ask = SlotsAsked::anyone(town.service, 480);
    let slots = town.desk.day_slots(&town.carla, &ask, tuesday(), ZONE);
    slots.await.unwrap().len()
}

fn taking(entry: Uuid) -> Taking {
    Taking {
        key: Uuid::now_v7().to_string(),
        entry,
        answers: Vec::new(),
    }
}

both! {
    async fn the_first_in_line_is_told_and_takes_the_time(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        let id = in_line(&town, &town.dora).await;
        assert_eq!(in_line(&town, &town.dora).await, id, "twice is once");
        assert!(town.desk.waits_for(&town.dora, town.service, tuesday()).await.unwrap());
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0);
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 1);
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0, "told once");
        assert_eq!(told(&town).await, [format!("/waiting/{id}")]);
        assert_eq!(free_on_tuesday(&town).await, 0, "it is held");
        let held = town.blocking().await;
        assert_eq!(held.len(), 1);
        let until = town.desk.now() + TimeDelta::minutes(MINUTES_TO_ANSWER);
        assert_eq!(held[0].expires_at, Some(until));

        let ask = taking(id);
        let answer = town.desk.take_freed(&town.dora, ask.clone()).await.unwrap();
        let TakenFreed::Sent { reference } = answer.clone() else { panic!("{answer:?}") };
        assert_eq!(town.desk.take_freed(&town.dora, ask).await.unwrap(), answer, "pressed twice");
        assert_eq!(town.desk.take_freed(&town.dora, taking(id)).await.unwrap(), answer);
        let request = town.request(&reference).await;
        assert_eq!((request.status.as_str(), request.starts_at), ("pending", Some(at("Tue 09:00"))));
        let held = town.blocking().await;
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].request_id, Some(request.id), "the hold is the request's");
        assert_eq!(standing(&town, &town.dora, id).await, WaitingStatus::Taken);
        assert_eq!(refused(town.desk.leave_line(&town.dora, id).await).0, Refusal::Final);
        town.approve(&reference, town.ana).await;
        town.is_sound().await;
    }

    async fn who_does_not_answer_is_passed_over(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        let eva = somebody(&town, "Eva").await;
        let doras = in_line(&town, &town.dora).await;
        town.ground.pass(TimeDelta::seconds(1)).await;
        let evas = in_line(&town, &eva).await;
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 1);
        assert_eq!(told(&town).await, [format!("/waiting/{doras}")]);
        town.ground.pass(TimeDelta::minutes(MINUTES_TO_ANSWER)).await;
        assert_eq!(town.desk.take_freed(&town.dora, taking(doras)).await.unwrap(), TakenFreed::Over);
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 1);
        assert_eq!(told(&town).await, [format!("/waiting/{doras}"), format!("/waiting/{evas}")]);
        assert_eq!(standing(&town, &town.dora, doras).await, WaitingStatus::Missed);

        town.desk.leave_line(&eva, evas).await.unwrap();
        town.desk.leave_line(&eva, evas).await.unwrap();
        assert_eq!(standing(&town, &eva, evas).await, WaitingStatus::Passed);
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0, "nobody is left");
        assert_eq!(free_on_tuesday(&town).await, 1);
        town.is_sound().await;
    }

    // What is held for half an hour is held for half an hour, whatever the notice and the cut-off say meanwhile.
    async fn notice_does_not_run_out_within_the_half_hour(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        town.change_service(|service| service.notice_min = 960).await;
        let id = in_line(&town, &town.dora).await;
        town.ground.until(at("Mon 16:50")).await;
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 1);
        town.ground.pass(TimeDelta::minutes(15)).await;
        let answer = town.desk.take_freed(&town.dora, taking(id)).await.unwrap();
        assert!(matches!(answer, TakenFreed::Sent { .. }), "{answer:?}");
        town.is_sound().await;
    }

    async fn an_overdue_hold_keeps_nothing(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        in_line(&town, &town.dora).await;
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        town.desk.tell_waiting().await.unwrap();
        town.ground.pass(TimeDelta::minutes(MINUTES_TO_ANSWER)).await;
        let mut ask = town.ask(at("Tue 09:00"));
        (ask.length_min, ask.technician) = (480, Some(town.ana));
        town.submit(&town.carla, ask).await;
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0);
        town.is_sound().await;
    }

    async fn many_servers_tell_each_once_and_in_order(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        let mut line = Vec::new();
        for name in ["Eva", "Fay", "Gil"] {
            let who = somebody(&town, name).await;
            line.push((in_line(&town, &who).await, who));
            town.ground.pass(TimeDelta::seconds(1)).await;
        }
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        let rounds = (0..6).map(|_| {
            let desk = town.desk.clone();
            tokio::spawn(async move { desk.tell_waiting().await.unwrap() })
        });
        let rounds: Vec<_> = rounds.collect();
        let mut total = 0;
        for round in rounds {
            total += round.await.unwrap();
        }
        assert_eq!(total, 1);
        assert_eq!(told(&town).await, [format!("/waiting/{}", line[0].0)]);
        assert_eq!(town.blocking().await.len(), 1);
        town.is_sound().await;
    }

    async fn two_times_go_to_two_and_taking_races_with_the_clock(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        let eva = somebody(&town, "Eva").await;
        let (doras, evas) = (in_line(&town, &town.dora).await, in_line(&town, &eva).await);
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        // Ben comes back: two can be served.
        let ben = Uuid::from_u128(town.ben.get());
        let back = format!("UPDATE technicians SET active = true WHERE id = {}", match town.desk.db().get_database_backend() {
            sea_orm::DbBackend::Postgres => format!("'{ben}'"),
            _ => format!("x'{}'", ben.simple()),
        });
        town.desk.db().execute_unprepared(&back).await.unwrap();
        let rounds: Vec<_> = (0..4)
            .map(|_| {
                let desk = town.desk.clone();
                tokio::spawn(async move { desk.tell_waiting().await.unwrap() })
            })
            .collect();
        let mut total = 0;
        for round in rounds {
            total += round.await.unwrap();
        }
        assert_eq!((total, told(&town).await.len()), (2, 2));
        let tries: Vec<_> = (0..4)
            .map(|_| {
                let (desk, who) = (town.desk.clone(), town.dora.clone());
                tokio::spawn(async move { desk.take_freed(&who, taking(doras)).await })
            })
            .collect();
        let leaves = town.desk.leave_line(&eva, evas).await;
        let mut sent = std::collections::BTreeSet::new();
        for one in tries {
            match one.await.unwrap() {
                Ok(TakenFreed::Sent { reference }) => drop(sent.insert(reference)),
                other => panic!("{other:?}"),
            }
        }
        leaves.unwrap();
        assert_eq!(sent.len(), 1, "one request, however often it is pressed");
        assert_eq!(town.blocking().await.len(), 1);
        town.is_sound().await;
    }

    async fn what_cannot_be_booked_is_not_held(ground: Ground) {
        let (town, carlas) = full_tuesday(ground).await;
        let id = in_line(&town, &town.dora).await;
        town.desk.withdraw_request(&town.carla, &carlas).await.unwrap();
        town.change_service(|service| service.bookable = false).await;
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0);
        town.change_service(|service| (service.bookable, service.restricted) = (true, true)).await;
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0, "not for this client");
        town.change_service(|service| service.restricted = false).await;
        town.ground.pass(TimeDelta::days(3)).await;
        assert_eq!(town.desk.tell_waiting().await.unwrap(), 0);
        assert_eq!(standing(&town, &town.dora, id).await, WaitingStatus::Over);
        assert_eq!(told(&town).await, [""; 0]);
        assert_eq!(town.desk.my_waiting(&town.dora).await.unwrap(), []);
    }

    async fn what_is_not_offered_is_refused(ground: Ground) {
        let (town, _) = full_tuesday(ground).await;
        let desk = &town.desk;
        let id = in_line(&town, &town.dora).await;
        assert_eq!(refused(desk.leave_line(&town.carla, id).await).0, Refusal::NotFound);
        assert_eq!(refused(desk.take_freed(&town.carla, taking(id)).await).0, Refusal::NotFound);
        assert_eq!(desk.my_waiting_for(&town.carla, id).await.unwrap(), None);
        assert_eq!(desk.take_freed(&town.dora, taking(id)).await.unwrap(), TakenFreed::Over, "nothing is held");
        let free = wait(&town, at("Wed 09:00").date_naive());
        assert_eq!(desk.wait_for_day(&town.dora, free).await.unwrap(), Waits::FreeNow);
        let past = wait(&town, at("Mon 09:00").date_naive() - TimeDelta::days(1));
        assert_eq!(refused(desk.wait_for_day(&town.dora, past).await), (Refusal::InThePast, Some("day")));
        let far = wait(&town, tuesday() + TimeDelta::days(400));
        assert_eq!(refused(desk.wait_for_day(&town.dora, far).await), (Refusal::TooFar, Some("day")));
        let long = WaitAsked { length_min: 45, ..wait(&town, tuesday()) };
        assert_eq!(refused(desk.wait_for_day(&town.dora, long).await), (Refusal::BadLength, Some("length")));
        let crowd = WaitAsked { seats: 2, ..wait(&town, tuesday()) };
        assert_eq!(refused(desk.wait_for_day(&town.dora, crowd).await), (Refusal::BadAmount, Some("seats")));
        desk.leave_line(&town.dora, id).await.unwrap();
        // Nobody works on Saturdays.
        for week in 0..20 {
            let saturday = wait(&town, at("Sat 09:00").date_naive() + TimeDelta::weeks(week));
            assert_eq!(desk.wait_for_day(&town.dora, saturday).await.unwrap(), Waits::Yes);
        }
        let one_more = wait(&town, at("Sat 09:00").date_naive() + TimeDelta::weeks(20));
        assert_eq!(refused(desk.wait_for_day(&town.dora, one_more).await).0, Refusal::TooManyWaiting);
        assert_eq!(town.blocking().await.iter().filter(|row| row.status != BookingStatus::Pending.as_str()).count(), 0);
    }
}
