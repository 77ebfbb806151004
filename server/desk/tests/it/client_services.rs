//! What is agreed with a client: one agreement runs at most for each service, a changed price leaves what is booked alone,
//! and everything is written down.

use ::booking::ids::ClientServiceId;
use ::booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::change_visit::{Scope, VisitChange};
use desk::client_appointments::AppointmentsAsk;
use desk::client_services::{AgreementChange, ClientService, NewClientService};
use desk::merge_clients::Merge;
use desk::table::{client_service, visit};
use desk::visit_form::Booked;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder};
use std::sync::atomic::Ordering;

use crate::ground::refused;
use crate::town::{self, Town, at};

fn agreed(town: &Town, price_minor: Option<i64>) -> NewClientService {
    NewClientService {
        client: town.carla.client(),
        service: town.service,
        price_minor,
        ongoing: false,
    }
}

async fn add(town: &Town, key: &str, price_minor: i64) -> ClientServiceId {
    let new = agreed(town, Some(price_minor));
    town.desk
        .add_client_service(&town.dispatcher, key, new)
        .await
        .unwrap()
}

async fn all(town: &Town) -> Vec<ClientService> {
    town.desk
        .client_services(&town.dispatcher, town.carla.client())
        .await
        .unwrap()
}

async fn prices(town: &Town) -> Vec<Option<i64>> {
    let rows = visit::Entity::find()
        .order_by_asc(visit::Column::StartsAt)
        .order_by_asc(visit::Column::Id);
    let rows = rows.all(town.desk.db()).await.unwrap();
    rows.into_iter()
        .filter(|row| row.status == "scheduled")
        .map(|row| row.price_minor)
        .collect()
}

/// What Carla reads on the card of the town's service.
async fn card(town: &Town) -> (Option<i64>, bool) {
    let card = town
        .desk
        .bookable_services(&town.carla)
        .await
        .unwrap()
        .remove(0);
    (card.price_minor, card.own_price)
}

both! {
    async fn agreed_changed_ended_and_begun_again(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        assert_eq!((all(&town).await, card(&town).await), (vec![], (Some(5_000), false)));
        let id = add(&town, "k", 4_200).await;
        assert_eq!(add(&town, "k", 4_200).await, id, "pressing twice is pressing once");
        assert_eq!(card(&town).await, (Some(4_200), true));
        assert_eq!(d.bookable_services(&town.dora).await.unwrap()[0].price_minor, Some(5_000));
        town.ground.pass(TimeDelta::hours(1)).await;
        d.change_client_price(who, id, 1, Some(4_000)).await.unwrap();
        d.change_client_price(who, id, 2, None).await.unwrap();
        assert_eq!(card(&town).await, (Some(5_000), false), "no price of their own: the catalogue's");
        d.end_client_service(who, id, 3).await.unwrap();
        assert_eq!(d.my_services(&town.carla).await.unwrap(), []);
        d.resume_client_service(who, id, 4).await.unwrap();
        let one = all(&town).await.remove(0);
        assert_eq!((one.active, one.until, one.version, one.price_minor), (true, None, 5, None));
        let history: Vec<_> = one.history.iter().rev().map(|line| line.what).collect();
        assert_eq!(history, [
            AgreementChange::Agreed(Some(4_200)),
            AgreementChange::Price { from: Some(4_200), to: Some(4_000) },
            AgreementChange::Price { from: Some(4_000), to: None },
            AgreementChange::Ended,
            AgreementChange::Resumed,
        ]);
        assert!(one.history.iter().all(|line| line.by.as_deref() == Some("Dispatcher")));
        let mine = d.my_services(&town.carla).await.unwrap();
        assert_eq!((mine.len(), mine[0].price_minor, mine[0].since), (1, Some(5_000), one.since));
        assert_eq!(d.my_services(&town.dora).await.unwrap(), []);
    }

    async fn what_cannot_be_agreed_stands_beside_its_field(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        let new = agreed(&town, Some(1));
        let technician = refused(d.add_client_service(&town.ana_pass, "k", new).await);
        assert_eq!(technician.0, Refusal::NotAllowed);
        assert_eq!(refused(d.client_services(&town.ana_pass, town.carla.client()).await).0, Refusal::NotAllowed);
        let table = [
            (NewClientService { price_minor: Some(-1), ..new }, Refusal::BadPrice, Some("price")),
            (NewClientService { price_minor: Some(i64::MAX), ..new }, Refusal::BadPrice, Some("price")),
            (NewClientService { service: ::booking::ids::ServiceId::new(7), ..new }, Refusal::BadChoice, Some("service")),
            (NewClientService { client: ::booking::ids::ClientId::new(7), ..new }, Refusal::NotFound, Some("client")),
        ];
        for (new, why, field) in table {
            assert_eq!(refused(d.add_client_service(who, "k", new).await), (why, field));
        }
        let id = add(&town, "k", 1).await;
        assert_eq!(refused(d.add_client_service(who, "k2", new).await), (Refusal::AgreementRuns, Some("service")));
        assert_eq!(refused(d.change_client_price(who, id, 1, Some(1)).await), (Refusal::NothingChanged, Some("price")));
        assert_eq!(refused(d.change_client_price(who, id, 1, Some(-1)).await), (Refusal::BadPrice, Some("price")));
        assert_eq!(refused(d.change_client_price(who, id, 2, Some(2)).await).0, Refusal::Stale);
        assert_eq!(refused(d.resume_client_service(who, id, 1).await).0, Refusal::WrongState);
        assert_eq!(refused(d.end_client_service(who, ClientServiceId::new(7), 1).await).0, Refusal::NotFound);
        for who in [&town.ana_pass] {
            assert_eq!(refused(d.change_client_price(who, id, 1, Some(2)).await).0, Refusal::NotAllowed);
            assert_eq!(refused(d.end_client_service(who, id, 1).await).0, Refusal::NotAllowed);
            assert_eq!(refused(d.resume_client_service(who, id, 1).await).0, Refusal::NotAllowed);
        }
        // Ended, another one agreed: the first cannot begin again beside it.
        d.end_client_service(who, id, 1).await.unwrap();
        assert_eq!(refused(d.change_client_price(who, id, 2, Some(2)).await).0, Refusal::WrongState);
        add(&town, "k3", 3).await;
        assert_eq!(refused(d.resume_client_service(who, id, 2).await).0, Refusal::AgreementRuns);
        assert_eq!(all(&town).await.iter().map(|one| one.active).collect::<Vec<_>>(), [true, false]);
    }

    async fn the_database_itself_forbids_a_second(ground: Ground) {
        let town = Town::on(ground).await;
        let id = add(&town, "k", 1).await;
        let found = client_service::Entity::find_by_id(uuid::Uuid::from_u128(id.get()));
        let first = found.one(town.desk.db()).await.unwrap().unwrap();
        let second = client_service::Model { id: uuid::Uuid::now_v7(), ..first.clone() };
        let error = second.clone().into_active_model().insert(town.desk.db()).await.unwrap_err();
        assert_eq!(desk::Trouble::from(error).refusal(), Some(Refusal::AgreementRuns));
        // One that has ended is no second.
        let ended = client_service::Model { active: false, ..second };
        ended.clone().into_active_model().insert(town.desk.db()).await.unwrap();
        let again = client_service::Model { active: true, ..ended };
        let error = again.into_active_model().reset_all().update(town.desk.db()).await.unwrap_err();
        assert_eq!(desk::Trouble::from(error).refusal(), Some(Refusal::AgreementRuns));
    }

    async fn of_two_who_change_a_price_one_wins(ground: Ground) {
        let town = Town::on(ground).await;
        let id = add(&town, "k", 1).await;
        let changes: Vec<_> = (0..8).map(|n| {
            let (desk, who) = (town.desk.clone(), if n % 2 == 0 { town.dispatcher } else { town.owner });
            tokio::spawn(async move { desk.change_client_price(&who, id, 1, Some(100 + n)).await })
        }).collect();
        let mut won = 0;
        for one in changes {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        let one = all(&town).await.remove(0);
        assert_eq!((won, one.version, one.history.len()), (1, 2, 2));
        assert_eq!(one.history[0].what, AgreementChange::Price { from: Some(1), to: one.price_minor });
    }

    async fn however_many_agree_at_once_one_runs(ground: Ground) {
        let town = Town::on(ground).await;
        // Staff at the client's page, staff who book, staff who approve: all would make the first agreement.
        let mut all_at_once = Vec::new();
        for n in 0..6 {
            let (desk, who, new) = (town.desk.clone(), town.dispatcher, agreed(&town, Some(4_000)));
            all_at_once.push(tokio::spawn(async move {
                match desk.add_client_service(&who, &format!("k{n}"), new).await {
                    Ok(_) => true,
                    answer @ Err(_) => {
                        assert_eq!(refused(answer).0, Refusal::AgreementRuns);
                        false
                    }
                }
            }));
        }
        for start in ["Wed 10:00", "Wed 12:00", "Wed 14:00"] {
            let (desk, who, ask) = (town.desk.clone(), town.owner, town.new_visit(at(start), &[town.ana]));
            all_at_once.push(tokio::spawn(async move {
                assert!(matches!(desk.create_visit(&who, ask).await.unwrap(), Booked::Done { .. }));
                false
            }));
        }
        for start in ["Thu 10:00", "Thu 12:00"] {
            let reference = town.pending(start, None).await;
            let (desk, who, ask) = (town.desk.clone(), town.owner, town.approval(&reference, town.ben).await);
            all_at_once.push(tokio::spawn(async move {
                desk.approve_request(&who, ask).await.unwrap();
                false
            }));
        }
        let mut made = 0;
        for one in all_at_once {
            made += i32::from(one.await.unwrap());
        }
        assert!(made <= 1, "{made}");
        assert_eq!(town.ground.count("client_services").await, 1);
        let one = all(&town).await.remove(0);
        assert_eq!(one.visits, (5, 0));
        let agreed = if made == 1 { 4_000 } else { 5_000 };
        assert_eq!(one.price_minor, Some(agreed));
        assert_eq!(prices(&town).await, [Some(agreed); 5]);
        town.is_sound().await;
    }

    async fn a_visit_keeps_the_price_it_was_booked_at(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        let id = add(&town, "k", 4_200).await;
        let first = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        d.change_client_price(who, id, 1, Some(3_900)).await.unwrap();
        let reference = town.pending("Wed 10:00", None).await;
        town.approve(&reference, town.ana).await;
        assert_eq!(prices(&town).await, [Some(4_200), Some(3_900)]);
        // Moved, it keeps its price; another service is another price.
        let change = |row: &visit::Model, start: &str| VisitChange {
            key: uuid::Uuid::now_v7().to_string(),
            visit: row.reference.clone(),
            version: row.version,
            scope: Scope::This,
            form: town.form(at(start), &[town.ana]),
            skip_conflicts: false,
            answers: None,
        };
        let moved = d.change_visit(who, change(&first, "Tue 12:00")).await.unwrap();
        let Booked::Done { visit, .. } = moved else { panic!("{moved:?}") };
        assert_eq!(prices(&town).await, [Some(4_200), Some(3_900)]);
        let other = town::service(d, "Bath", |row| row.price_minor = Some(7_000)).await;
        let mut ask = change(&town.visit(&visit).await, "Tue 12:00");
        ask.form.service = other;
        d.change_visit(who, ask).await.unwrap();
        assert_eq!(prices(&town).await, [Some(7_000), Some(3_900)]);
        let seen = d.visit_details(who, &visit).await.unwrap().unwrap();
        assert_eq!(seen.price_minor, Some(7_000));
        let own = d.my_visit(&town.carla, &visit).await.unwrap().unwrap();
        assert_eq!(own.price_minor, Some(7_000));
        // Ended: the next booking is agreed anew, at the catalogue's price; what is booked stays.
        d.end_client_service(who, id, 2).await.unwrap();
        town.book(town.new_visit(at("Thu 10:00"), &[town.ana])).await;
        assert_eq!(prices(&town).await, [Some(7_000), Some(3_900), Some(5_000)]);
        assert_eq!(all(&town).await.iter().filter(|one| one.service == town.service).count(), 2);
    }

    async fn an_approval_finds_the_one_that_runs_or_makes_one(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        let approve = async |start: &str| {
            let reference = town.pending(start, None).await;
            town.approve(&reference, town.ana).await;
        };
        let seen = async || {
            let all = all(&town).await.into_iter();
            all.map(|one| (one.active, one.ongoing, one.price_minor, one.visits)).collect::<Vec<_>>()
        };
        // None: one is made, at the catalogue's price.
        approve("Tue 10:00").await;
        assert_eq!(seen().await, [(true, false, Some(5_000), (1, 0))]);
        // One that runs: its price, and no other is made.
        let first = all(&town).await.remove(0);
        d.change_client_price(who, first.id, first.version, Some(4_200)).await.unwrap();
        approve("Wed 10:00").await;
        assert_eq!(seen().await, [(true, false, Some(4_200), (2, 0))]);
        // One that has ended is left alone: a new one is made, at the catalogue's price again.
        d.end_client_service(who, first.id, first.version + 1).await.unwrap();
        approve("Thu 10:00").await;
        assert_eq!(seen().await, [(true, false, Some(5_000), (1, 0)), (false, false, Some(4_200), (2, 0))]);
        assert_eq!(prices(&town).await, [Some(5_000), Some(4_200), Some(5_000)]);
        town.is_sound().await;
    }

    async fn its_visits_are_counted_and_can_be_listed(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        let first = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let next = town.book(town.new_visit(at("Thu 10:00"), &[town.ana])).await;
        town.book(town.new_visit(at("Fri 10:00"), &[town.ana])).await;
        let other = town::service(d, "Bath", |_| {}).await;
        let mut bath = town.new_visit(at("Fri 12:00"), &[town.ana]);
        bath.form.service = other;
        town.book(bath).await;
        town.ground.until(at("Wed 10:00")).await;
        let one = all(&town).await.into_iter().find(|one| one.service == town.service).unwrap();
        assert_eq!(one.visits, (2, 1));
        assert_eq!(one.last, Some((first.reference.clone(), first.starts_at)));
        assert_eq!(one.next, Some((next.reference, next.starts_at)));
        for (past, n) in [(false, 2), (true, 1)] {
            let ask = AppointmentsAsk { past, agreement: Some(one.id), ..AppointmentsAsk::default() };
            let found = d.client_appointments(who, town.carla.client(), &ask).await.unwrap();
            assert_eq!((found.all, found.total, found.rows.len() as u64), (one.visits, n, n));
        }
        // Somebody else's agreement lists nothing of this client, nor of theirs.
        let ask = AppointmentsAsk { agreement: Some(one.id), ..AppointmentsAsk::default() };
        assert_eq!(d.client_appointments(who, town.dora.client(), &ask).await.unwrap().all, (0, 0));
    }

    async fn a_merge_keeps_the_agreement_of_the_one_that_stays(ground: Ground) {
        let town = Town::on(ground).await;
        let (d, who) = (&town.desk, &town.dispatcher);
        let (from, into) = (town.carla.client(), town.dora.client());
        add(&town, "k1", 1_000).await;
        let bath = town::service(d, "Bath", |_| {}).await;
        let other = NewClientService { service: bath, ..agreed(&town, Some(2_000)) };
        d.add_client_service(who, "k2", other).await.unwrap();
        let stays = NewClientService { client: into, ..agreed(&town, Some(3_000)) };
        let stays = d.add_client_service(who, "k3", stays).await.unwrap();
        town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let merge = Merge { from, into, versions: (1, 1) };
        d.merge_clients(who, "k", merge).await.unwrap();
        let all = d.client_services(who, into).await.unwrap();
        let seen: Vec<_> = all.iter().map(|one| (one.service_name.as_str(), one.active, one.price_minor)).collect();
        assert_eq!(seen, [("Bath", true, Some(2_000)), ("Check-up", true, Some(3_000)), ("Check-up", false, Some(1_000))]);
        assert_eq!(all[1].id, stays);
        // What was booked stays under what it was booked under, and the end is written down.
        assert_eq!((all[2].visits, all[2].history[0].what), ((1, 0), AgreementChange::Ended));
        assert_eq!(prices(&town).await, [Some(1_000)]);
        town.is_sound().await;
    }

    async fn no_page_takes_more_queries_for_more_agreements(ground: Ground) {
        let town = Town::on(ground).await;
        let (desk, queries) = town.desk.counted();
        let mut before = None;
        for n in 0..3 {
            let service = town::service(&town.desk, &format!("Service {n}"), |_| {}).await;
            let new = NewClientService { service, ..agreed(&town, Some(n)) };
            town.desk.add_client_service(&town.dispatcher, &format!("k{n}"), new).await.unwrap();
            queries.store(0, Ordering::SeqCst);
            desk.client_services(&town.dispatcher, town.carla.client()).await.unwrap();
            desk.bookable_services(&town.carla).await.unwrap();
            desk.my_services(&town.carla).await.unwrap();
            let taken = queries.load(Ordering::SeqCst);
            assert_eq!(*before.get_or_insert(taken), taken);
        }
    }
}
