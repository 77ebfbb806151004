//! What the calendar shows: clients' slots, staff's schedule and queue, and how many queries each takes.

use ::booking::refusal::Refusal;
use ::booking::request::RequestStatus;
use chrono::NaiveDate;
use chrono_tz::Tz;
use desk::free_slots::SlotsAsked;
use desk::queue::QueueAsk;
use std::sync::atomic::Ordering;

use crate::town::{self, Town, at};

const BERLIN: Tz = chrono_tz::Europe::Berlin;

fn march(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

both! {
    async fn the_month_says_what_the_days_have(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = SlotsAsked::anyone(town.service, 60);
        for hour in 9..17 {
            town.submit(&town.carla, town.ask(at(&format!("Tue {hour:02}:00")))).await;
            town.submit(&town.dora, town.ask(at(&format!("Tue {hour:02}:00")))).await;
        }
        let month = town.desk.month(&town.carla, &ask, march(15), BERLIN).await.unwrap();
        assert_eq!(month.len(), 31);
        for day in &month {
            let slots = town.desk.day_slots(&town.carla, &ask, day.date, BERLIN).await.unwrap();
            assert_eq!(slots.len(), day.free as usize, "{}", day.date);
        }
        assert_eq!((month[1].free, month[2].free, month[2].full), (8, 0, true));
        assert_eq!((month[0].free, month[0].full), (0, false));
        assert_eq!((month[6].free, month[6].full), (0, false));
    }

    async fn a_viewer_elsewhere_sees_the_same_slots_on_other_dates(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = SlotsAsked::anyone(town.service, 60);
        let auckland = chrono_tz::Pacific::Auckland;
        let here: Vec<_> = town.desk.day_slots(&town.carla, &ask, march(3), BERLIN).await.unwrap().into_iter().map(|s| s.start).collect();
        let mut there = Vec::new();
        for day in 3..=4 {
            there.extend(town.desk.day_slots(&town.carla, &ask, march(day), auckland).await.unwrap().into_iter().map(|s| s.start));
        }
        assert!(here.iter().all(|start| there.contains(start)));
    }

    async fn clock_changes_neither_lose_nor_repeat_a_slot(ground: Ground) {
        let town = Town::on(ground).await;
        // Berlin springs forward on Sunday, 29 March 2026: 09:00 stays 09:00, an hour of UTC earlier.
        let ask = SlotsAsked::anyone(town.service, 60);
        for (day, first) in [(27, "2026-03-27T08:00:00Z"), (30, "2026-03-30T07:00:00Z")] {
            let slots = town.desk.day_slots(&town.carla, &ask, march(day), BERLIN).await.unwrap();
            assert_eq!(slots.len(), 8, "{day}");
            assert_eq!(slots[0].start.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), first);
        }
        let reference = town.submit(&town.carla, town.ask("2026-03-30T07:00:00Z".parse().unwrap())).await;
        town.approve(&reference, town.ana).await;
        assert_eq!(town.ground.count("visits WHERE wall_start = '2026-03-30T09:00:00'").await, 1);
    }

    async fn what_a_client_may_not_choose_is_refused(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = SlotsAsked::anyone(town.service, 45);
        assert_eq!(town.desk.month(&town.carla, &ask, march(1), BERLIN).await.unwrap_err().refusal(), Some(Refusal::BadLength));
        town.change_service(|s| s.technician_preference = false).await;
        let ask = SlotsAsked { technician: Some(town.ana), ..SlotsAsked::anyone(town.service, 60) };
        assert_eq!(town.desk.day_slots(&town.carla, &ask, march(3), BERLIN).await.unwrap_err().refusal(), Some(Refusal::TechnicianNotOffered));
        let ask = SlotsAsked::anyone(town.service, 60);
        let slots = town.desk.day_slots(&town.carla, &ask, march(3), BERLIN).await.unwrap();
        assert!(slots.iter().all(|slot| slot.technicians.is_empty()));
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            assert!(town.desk.day_slots(&town.carla, &ask, date, BERLIN).await.is_err());
            assert!(town.desk.month(&town.carla, &ask, date, BERLIN).await.is_err());
        }
        town.change_service(|s| s.bookable = false).await;
        assert_eq!(town.desk.day_slots(&town.carla, &ask, march(3), BERLIN).await.unwrap(), []);
    }

    async fn a_chosen_slot_that_was_just_taken_says_so(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = SlotsAsked { technician: Some(town.ana), ..SlotsAsked::anyone(town.service, 60) };
        assert!(town.desk.slot_still_open(&town.carla, &ask, at("Tue 10:00")).await.unwrap().is_ok());
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        assert_eq!(town.desk.slot_still_open(&town.dora, &ask, at("Tue 10:00")).await.unwrap(), Err(Refusal::SlotTaken));
        assert_eq!(town.desk.next_free(&town.dora, &ask, at("Tue 10:00"), 1).await.unwrap()[0].start, at("Tue 11:00"));
        // For who is editing it, it is free (R20); naming somebody else's request does not help.
        let editing = SlotsAsked { editing: Some(reference), ..ask };
        assert!(town.desk.slot_still_open(&town.carla, &editing, at("Tue 10:00")).await.unwrap().is_ok());
        assert!(town.desk.slot_still_open(&town.dora, &editing, at("Tue 10:00")).await.unwrap().is_err());
    }

    async fn an_agreed_price_comes_first(ground: Ground) {
        use sea_orm::{ActiveModelTrait, IntoActiveModel};
        let town = Town::on(ground).await;
        let agreed = desk::table::client_service::Model {
            id: uuid::Uuid::now_v7(),
            client_id: uuid::Uuid::from_u128(town.carla.client().get()),
            service_id: uuid::Uuid::from_u128(town.service.get()),
            kind: "ongoing".to_owned(),
            price_minor: Some(4_200),
            active: true,
            created_at: town.desk.now(),
            ended_at: None, version: 1,
        };
        agreed.into_active_model().insert(town.desk.db()).await.unwrap();
        assert_eq!(town.desk.bookable_services(&town.carla).await.unwrap()[0].price_minor, Some(4_200));
        assert_eq!(town.desk.bookable_services(&town.dora).await.unwrap()[0].price_minor, Some(5_000));
    }

    async fn no_answer_takes_more_queries_for_more_rows(ground: Ground) {
        let town = Town::on(ground).await;
        let (desk, queries) = town.desk.counted();
        let mut before: Option<Vec<u64>> = None;
        for round in 0..2 {
            let ask = SlotsAsked::anyone(town.service, 60);
            let mut taken = Vec::new();
            macro_rules! counted { ($question:expr) => {{
                queries.store(0, Ordering::SeqCst);
                $question.await.unwrap();
                taken.push(queries.load(Ordering::SeqCst));
            }}; }
            counted!(desk.day_slots(&town.carla, &ask, march(3), BERLIN));
            counted!(desk.month(&town.carla, &ask, march(1), BERLIN));
            counted!(desk.bookable_services(&town.carla));
            assert!(taken.iter().all(|n| (1..=6).contains(n)), "{taken:?}");
            counted!(desk.queue(&town.dispatcher, &QueueAsk::default()));
            counted!(desk.schedule(&town.dispatcher, at("Mon 00:00"), at("Sun 00:00")));
            if round == 0 {
                // Several rows of everything.
                for n in 0..8 {
                    town::technician(&town.desk, &format!("T{n}"), n + 2).await;
                    town::service(&town.desk, &format!("S{n}"), |_| {}).await;
                }
                town.needs_one_van().await;
                town.pending("Wed 10:00", None).await;
                town.free_the_van().await;
                for hour in 9..17 {
                    town.submit(&town.carla, town.ask(at(&format!("Thu {hour:02}:00")))).await;
                    if hour % 2 == 1 && hour < 15 { town.submit(&town.dora, town.ask(at(&format!("Fri {hour:02}:00")))).await; }
                }
                town.pending("Tue 10:00", None).await;
            }
            if let Some(before) = &before {
                // The queue of an empty office has nothing to suggest for.
                assert_eq!(taken[..3], before[..3]);
                assert!(taken[3] <= 12, "{taken:?}");
                assert_eq!(taken[4], before[4]);
            }
            before = Some(taken);
        }
    }

    async fn the_queue_filters_counts_and_searches(ground: Ground) {
        let town = Town::on(ground).await;
        let first = town.pending("Tue 10:00", None).await;
        let second = town.submit(&town.dora, town.ask(at("Tue 11:00"))).await;
        let third = town.pending("Tue 12:00", None).await;
        town.approve(&first, town.ana).await;
        town.desk.withdraw_request(&town.carla, &third).await.unwrap();
        let ask = |status, search: &str| QueueAsk { status, search: search.to_owned(), ..QueueAsk::default() };
        let all = town.desk.queue(&town.dispatcher, &ask(None, "")).await.unwrap();
        assert_eq!((all.counts.all, all.counts.pending, all.counts.approved, all.counts.cancelled), (3, 1, 1, 1));
        assert_eq!(all.rows[0].reference, second);
        let approved = town.desk.queue(&town.dispatcher, &ask(Some(RequestStatus::Approved), "")).await.unwrap();
        assert_eq!(approved.rows.len(), 1);
        assert_eq!(approved.rows[0].visit.clone().unwrap().1, "Ana");
        for search in ["dora", "DORA'S", &second.to_lowercase(), &second.replace('-', ""), " Dora "] {
            let found = town.desk.queue(&town.dispatcher, &ask(None, search)).await.unwrap();
            assert_eq!(found.rows.iter().map(|r| r.reference.as_str()).collect::<Vec<_>>(), [second.as_str()], "{search}");
        }
        assert_eq!(town.desk.queue(&town.dispatcher, &ask(None, "check")).await.unwrap().rows.len(), 3);
        for search in ["%", "_", "\\", "'; DROP TABLE requests; --"] {
            assert_eq!(town.desk.queue(&town.dispatcher, &ask(None, search)).await.unwrap().rows, [], "{search}");
        }
        let mine = town.desk.my_requests(&town.carla, Some(RequestStatus::Cancelled), 0).await.unwrap();
        assert_eq!((mine.counts.all, mine.rows.len(), mine.pages), (2, 1, 1));
    }

    async fn the_least_loaded_is_suggested(ground: Ground) {
        let town = Town::on(ground).await;
        let busy = town.pending("Tue 10:00", Some(town.ana)).await;
        town.approve(&busy, town.ana).await;
        let reference = town.pending("Tue 12:00", None).await;
        let queue = town.desk.queue(&town.dispatcher, &QueueAsk::default()).await.unwrap();
        assert_eq!(queue.rows[0].suggested.as_ref().map(|s| s.name.as_str()), Some("Ben"));
        let choices = town.desk.technicians_for(&town.dispatcher, &reference, None, None).await.unwrap();
        assert_eq!(choices.iter().map(|c| (c.name.as_str(), c.free, c.that_day)).collect::<Vec<_>>(), [("Ben", true, 0), ("Ana", true, 1)]);
        let choices = town.desk.technicians_for(&town.dispatcher, &reference, Some(at("Tue 10:30")), None).await.unwrap();
        assert_eq!((choices[1].name.as_str(), choices[1].free, choices[1].why.as_slice()), ("Ana", false, [Refusal::SlotTaken].as_slice()));
    }

    async fn the_clash_check_says_what_is_in_the_way(ground: Ground) {
        let town = Town::on(ground).await;
        let busy = town.pending("Tue 10:00", Some(town.ana)).await;
        town.approve(&busy, town.ana).await;
        let reference = town.submit(&town.dora, town.ask(at("Tue 12:00"))).await;
        let check = |start| town.desk.clash_check(&town.dispatcher, &reference, town.ana, at(start), 60);
        let fine = check("Tue 12:00").await.unwrap();
        assert_eq!((fine.hard.len(), fine.soft.len()), (0, 0));
        assert_eq!((fine.free_before_min, fine.free_after_min), (Some(60), Some(240)));
        let clash = check("Tue 10:30").await.unwrap();
        assert_eq!(clash.hard[0].client.as_deref(), Some("Carla's house"));
        assert_eq!(clash.next_free.len(), 3);
        assert_eq!(check("Tue 20:00").await.unwrap().soft, [::booking::clash::Objection::OutsideHours]);
        let why = town.desk.why_not_offered(&town.dispatcher, town.service, 60, None, at("Tue 10:00")).await.unwrap();
        assert_eq!(why.iter().map(|w| (w.name.as_str(), w.exclusions.len())).collect::<Vec<_>>(), [("Ana", 1), ("Ben", 0)]);
        assert!(town.desk.why_not_offered(&town.ana_pass, town.service, 60, None, at("Tue 10:00")).await.is_err());
    }

    async fn a_technician_sees_only_the_own_schedule(ground: Ground) {
        let town = Town::on(ground).await;
        for (start, technician) in [("Tue 10:00", Some(town.ana)), ("Tue 11:00", Some(town.ben)), ("Tue 12:00", None)] {
            town.pending(start, technician).await;
        }
        let week = (at("Mon 00:00"), at("Sun 00:00"));
        let all = town.desk.schedule(&town.dispatcher, week.0, week.1).await.unwrap();
        assert_eq!((all.technicians.len(), all.entries.len()), (2, 3));
        let own = town.desk.schedule(&town.ana_pass, week.0, week.1).await.unwrap();
        assert_eq!((own.technicians.len(), own.entries.len()), (1, 1));
        assert_eq!(own.entries[0].technician, Some(town.ana));
        assert!(town.desk.schedule(&town.dispatcher, week.1, week.0).await.is_err());
    }
}
