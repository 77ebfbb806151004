//! Two records of one client become one: everything moves, nothing is lost, and nothing lands on the one that is gone,
//! whatever happens at the same time. And: what each contact may see.

use ::booking::ids::{ClientId, PersonId};
use ::booking::refusal::Refusal;
use desk::clients::{ClientSearch, NewClient, Standing};
use desk::merge_clients::{MOVED, Merge};
use desk::submit_request::Submitted;
use desk::tickets::NewTicket;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Barrier;

use crate::ground::{Ground, refused};
use crate::town::{self, Town, at};

async fn versions(town: &Town, from: ClientId, into: ClientId) -> (i32, i32) {
    let version = async |id| {
        town.desk
            .client(&town.dispatcher, id)
            .await
            .unwrap()
            .unwrap()
            .version
    };
    (version(from).await, version(into).await)
}

async fn merge(town: &Town, from: ClientId, into: ClientId) -> Merge {
    Merge {
        from,
        into,
        versions: versions(town, from, into).await,
    }
}

/// Rows of a client in all tables that have one.
async fn rows(ground: &Ground, client: ClientId) -> i64 {
    let mut all = 0;
    for table in MOVED {
        let id = uuid::Uuid::from_u128(client.get());
        let literal = match ground.desk.db().get_database_backend() {
            DbBackend::Postgres => format!("'{id}'"),
            _ => format!("x'{}'", id.simple()),
        };
        all += ground
            .count(&format!("{table} WHERE client_id = {literal}"))
            .await;
    }
    all
}

both! {
    // A table that is added later must be in the list, or its rows would stay with the one that is gone.
    async fn every_table_with_a_client_is_moved(ground: Ground) {
        let db = ground.desk.db();
        let text = match db.get_database_backend() {
            DbBackend::Postgres => "SELECT table_name AS name FROM information_schema.columns \
                WHERE column_name = 'client_id' AND table_schema = 'public'",
            _ => "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'client_id' WHERE m.type = 'table'",
        };
        let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), text)).await.unwrap();
        let there: BTreeSet<String> = found.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        let moved: BTreeSet<String> = MOVED.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(there, moved, "left: tables with a client_id, right: MOVED");
    }

    async fn everything_moves_and_the_address_leads_on(ground: Ground) {
        let town = Town::on(ground).await;
        let (from, into) = (town.carla.client(), town.dora.client());
        let subject = town::subject(&town.desk, from, "Rex").await;
        let waiting = town.pending("Tue 10:00", None).await;
        let approved = town.pending("Wed 10:00", None).await;
        let visit = town.approve(&approved, town.ana).await;
        let ticket = NewTicket { client: from, title: "Door".into(), description: String::new() };
        town.desk.create_ticket(&town.dispatcher, "t", &ticket).await.unwrap();
        let before = (rows(&town.ground, from).await, rows(&town.ground, into).await);
        assert!(before.0 >= 6, "{before:?}");
        let preview = town.desk.merge_preview(&town.dispatcher, from, into).await.unwrap().unwrap();
        let sum = |rows: &[(&str, u64)]| rows.iter().map(|row| row.1).sum::<u64>();
        assert_eq!(sum(&preview.from.rows), u64::try_from(before.0).unwrap());
        assert_eq!(preview.after.phone, "+49 30 1234567");
        assert_eq!(sum(&preview.rows), u64::try_from(before.0 + before.1).unwrap());

        let wanted = merge(&town, from, into).await;
        assert_eq!(town.desk.merge_clients(&town.dispatcher, "k", wanted).await.unwrap(), into);
        assert_eq!(town.desk.merge_clients(&town.dispatcher, "k", wanted).await.unwrap(), into, "pressed twice");
        assert_eq!(rows(&town.ground, from).await, 0);
        assert_eq!(rows(&town.ground, into).await, before.0 + before.1);
        let gone = town.desk.client(&town.dispatcher, from).await.unwrap().unwrap();
        assert_eq!((gone.merged_into, gone.active), (Some(into), false));
        for standing in [Standing::Active, Standing::Former, Standing::All] {
            let search = ClientSearch { text: "carla's".into(), standing, ..ClientSearch::default() };
            assert_eq!(town.desk.clients(&town.dispatcher, &search).await.unwrap().total, 0, "{standing:?}");
        }
        // Carla signs in for the one that stays, and sees what was hers.
        let carla = town::pass(&town.desk, town.carla.person().get()).await.contact().unwrap();
        assert_eq!(carla.client(), into);
        assert!(town.desk.my_request(&carla, &waiting).await.unwrap().is_some());
        assert!(town.desk.my_visit(&carla, &visit).await.unwrap().is_some());
        assert!(town.desk.subjects(&carla).await.unwrap().iter().any(|one| one.id == subject));
        assert_eq!(town.ground.count("history WHERE what IN ('merged', 'absorbed')").await, 2);
        town.is_sound().await;
    }

    async fn a_chain_leads_to_its_end_and_the_gone_stays_gone(ground: Ground) {
        let town = Town::on(ground).await;
        let (first, second) = (town.carla.client(), town.dora.client());
        let third = town::client(&town.desk, "Third", false).await;
        let d = &town.desk;
        d.merge_clients(&town.dispatcher, "a", merge(&town, first, second).await).await.unwrap();
        d.merge_clients(&town.dispatcher, "b", merge(&town, second, third).await).await.unwrap();
        assert_eq!(d.client(&town.dispatcher, first).await.unwrap().unwrap().merged_into, Some(third));
        let who = &town.dispatcher;
        let form = NewClient { name: "X".into(), ..NewClient::default() };
        let back = Merge { from: third, into: first, versions: (2, 2) };
        let answers = [
            refused(d.edit_client(who, first, 2, &form).await).0,
            refused(d.set_client_active(who, first, 2, true).await).0,
            refused(d.merge_clients(who, "c", back).await).0,
            refused(d.set_contact_sight(who, first, town.carla.person(), true).await).0,
        ];
        assert_eq!(answers, [Refusal::Final; 4]);
        let ticket = NewTicket { client: first, title: "Door".into(), description: String::new() };
        assert_eq!(refused(d.create_ticket(who, "t", &ticket).await).0, Refusal::Stale);
        // A page that was drawn before the merge is sent after it.
        assert_eq!(refused(d.submit_request(&town.carla, town.ask(at("Tue 10:00"))).await).0, Refusal::Stale);
        assert_eq!(d.merge_preview(who, first, third).await.unwrap(), None);
        assert_eq!(rows(&town.ground, first).await, 0);
    }

    async fn what_cannot_be_merged(ground: Ground) {
        let town = Town::on(ground).await;
        let (from, into) = (town.carla.client(), town.dora.client());
        let d = &town.desk;
        let own = Merge { from, into: from, versions: (1, 1) };
        assert_eq!(refused(d.merge_clients(&town.dispatcher, "a", own).await), (Refusal::BadChoice, Some("into")));
        let stale = Merge { from, into, versions: (1, 7) };
        assert_eq!(refused(d.merge_clients(&town.dispatcher, "b", stale).await).0, Refusal::Stale);
        let unknown = Merge { from, into: ClientId::new(3), versions: (1, 1) };
        assert_eq!(refused(d.merge_clients(&town.dispatcher, "c", unknown).await).0, Refusal::NotFound);
        d.set_client_active(&town.dispatcher, into, 1, false).await.unwrap();
        let former = Merge { from, into, versions: (1, 2) };
        assert_eq!(refused(d.merge_clients(&town.dispatcher, "d", former).await), (Refusal::BadChoice, Some("into")));
        let technician = refused(d.merge_clients(&town.ana_pass, "e", former).await).0;
        let preview = refused(d.merge_preview(&town.ana_pass, from, into).await).0;
        let alike = refused(d.likely_duplicates(&town.ana_pass, from).await).0;
        assert_eq!([technician, preview, alike], [Refusal::NotAllowed; 3]);
        assert_eq!(town.ground.count("clients WHERE merged_into IS NOT NULL").await, 0);
    }

    async fn of_many_merges_of_one_client_one_wins(ground: Ground) {
        let town = Town::on(ground).await;
        let from = town.carla.client();
        town.pending("Tue 10:00", None).await;
        let mut targets = Vec::new();
        for n in 0..6 {
            targets.push(town::client(&town.desk, &format!("Target {n}"), false).await);
        }
        let before = rows(&town.ground, from).await;
        let barrier = Arc::new(Barrier::new(targets.len()));
        let all: Vec<_> = targets.iter().enumerate().map(|(n, into)| {
            let (desk, who, into, barrier) = (town.desk.clone(), town.dispatcher, *into, Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                desk.merge_clients(&who, &format!("k{n}"), Merge { from, into, versions: (1, 1) }).await
            })
        }).collect();
        let mut won = Vec::new();
        for one in all {
            match one.await.unwrap() {
                Ok(into) => won.push(into),
                answer @ Err(_) => assert!(matches!(refused(answer).0, Refusal::Final | Refusal::Busy)),
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(rows(&town.ground, won[0]).await, before);
        assert_eq!(rows(&town.ground, from).await, 0);
        town.is_sound().await;
    }

    async fn two_clients_merged_into_each_other(ground: Ground) {
        let town = Town::on(ground).await;
        let (one, other) = (town.carla.client(), town.dora.client());
        let d = &town.desk;
        let (a, b) = tokio::join!(
            d.merge_clients(&town.dispatcher, "a", Merge { from: one, into: other, versions: (1, 1) }),
            d.merge_clients(&town.owner, "b", Merge { from: other, into: one, versions: (1, 1) }),
        );
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        assert_eq!(town.ground.count("clients WHERE merged_into IS NOT NULL").await, 1);
        assert_eq!(town.ground.count("clients WHERE active").await, 1);
    }

    async fn a_request_is_sent_while_its_client_is_merged(ground: Ground) {
        let town = Town::on(ground).await;
        let into = town.dora.client();
        for round in 0..8_i64 {
            let client = town::client(&town.desk, &format!("Round {round}"), false).await;
            let person = town::contact(&town.desk, client, &format!("r{round}")).await;
            let contact = town::pass(&town.desk, person).await.contact().unwrap();
            let start = at("Mon 10:00") + chrono::TimeDelta::days(round / 5 * 7 + round % 5);
            let (ask, wanted, key) = (town.ask(start), merge(&town, client, into).await, format!("k{round}"));
            let barrier = Arc::new(Barrier::new(2));
            let sending = {
                let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
                async move {
                    barrier.wait().await;
                    desk.submit_request(&contact, ask).await
                }
            };
            let merging = {
                let (desk, who, barrier) = (town.desk.clone(), town.dispatcher, Arc::clone(&barrier));
                async move {
                    barrier.wait().await;
                    desk.merge_clients(&who, &key, wanted).await
                }
            };
            let (sending, merging) = (tokio::spawn(sending), tokio::spawn(merging));
            let (sent, merged) = (sending.await.unwrap(), merging.await.unwrap());
            match sent {
                Ok(Submitted::Sent { .. }) => {}
                Ok(other) => panic!("{other:?}"),
                answer @ Err(_) => assert!(matches!(refused(answer).0, Refusal::Stale | Refusal::Busy)),
            }
            if merged.is_ok() {
                assert_eq!(rows(&town.ground, client).await, 0, "round {round}");
            } else {
                assert_eq!(refused(merged).0, Refusal::Busy);
            }
        }
        town.is_sound().await;
    }

    async fn likely_duplicates_are_named(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let new = |name: &str, email: &str, phone: &str| NewClient {
            name: name.into(), email: email.into(), phone: phone.into(), ..NewClient::default()
        };
        let d = &ground.desk;
        let one = d.create_client(&pass, "a", &new("Alike one", "same@x.example", "")).await.unwrap();
        d.create_client(&pass, "b", &new("Alike two", "SAME@x.example", "600 999 888")).await.unwrap();
        let three = d.create_client(&pass, "c", &new("Alike three", "", "+34 (600) 999-888")).await.unwrap();
        d.create_client(&pass, "d", &new("Other", "other@x.example", "600 999 887")).await.unwrap();
        let names = async |id| -> Vec<String> {
            let found = d.likely_duplicates(&pass, id).await.unwrap();
            found.into_iter().map(|row| row.name).collect()
        };
        assert_eq!(names(one).await, ["Alike two"]);
        assert_eq!(names(three).await, ["Alike two"]);
        // The contact's own address counts as well.
        let contact = ground.demo("client@example.com").await;
        let four = d.create_client(&pass, "e", &new("Again", contact.email(), "")).await.unwrap();
        assert_eq!(names(four).await, [contact.contact().unwrap().client_name()]);
        for text in ["600999888", "+34 600 99", "600-999"] {
            let search = ClientSearch { text: text.into(), ..ClientSearch::default() };
            assert!(d.clients(&pass, &search).await.unwrap().rows.iter().any(|row| row.name == "Alike three"), "{text}");
        }
    }

    async fn a_contact_may_see_less_than_the_others(ground: Ground) {
        let town = Town::on(ground).await;
        let client = town.carla.client();
        let erik = town::contact(&town.desk, client, "Erik").await;
        let reference = town.pending("Tue 10:00", None).await;
        let seen = async || {
            let pass = town::pass(&town.desk, erik).await.contact().unwrap();
            let listed = town.desk.my_requests(&pass, None, 0).await.unwrap().rows.len();
            (pass.own_only(), listed, town.desk.my_request(&pass, &reference).await.unwrap().is_some())
        };
        assert_eq!(seen().await, (false, 1, true));
        let d = &town.desk;
        d.set_contact_sight(&town.dispatcher, client, PersonId::new(erik), true).await.unwrap();
        assert_eq!(seen().await, (true, 0, false));
        assert!(!town::pass(d, town.carla.person().get()).await.contact().unwrap().own_only());
        d.set_contact_sight(&town.dispatcher, client, PersonId::new(erik), false).await.unwrap();
        assert_eq!(seen().await, (false, 1, true));
        // The client's own setting holds for everybody.
        let form = NewClient { own_only: true, ..d.client(&town.dispatcher, client).await.unwrap().unwrap().form };
        d.edit_client(&town.dispatcher, client, 1, &form).await.unwrap();
        assert_eq!(seen().await, (true, 0, false));
        let who = &town.ana_pass;
        let answers = [
            refused(d.set_contact_sight(who, client, PersonId::new(erik), false).await).0,
            refused(d.set_main_contact(who, client, PersonId::new(erik)).await).0,
        ];
        assert_eq!(answers, [Refusal::NotAllowed; 2]);
        assert_eq!(refused(d.set_contact_sight(&town.dispatcher, client, PersonId::new(9), true).await).0, Refusal::NotFound);
    }

    async fn one_contact_at_a_time_is_the_one_to_turn_to(ground: Ground) {
        let town = Town::on(ground).await;
        let (client, who) = (town.carla.client(), town.dispatcher);
        let erik = PersonId::new(town::contact(&town.desk, client, "Erik").await);
        let d = &town.desk;
        let mains = async || -> Vec<String> {
            let page = d.client(&who, client).await.unwrap().unwrap();
            page.contacts.into_iter().filter(|one| one.main).map(|one| one.name).collect()
        };
        assert!(mains().await.is_empty());
        d.set_main_contact(&who, client, erik).await.unwrap();
        d.set_main_contact(&who, client, town.carla.person()).await.unwrap();
        assert_eq!(mains().await, ["Carla"]);
        d.set_main_contact(&who, client, erik).await.unwrap();
        d.set_contact_active(&who, client, erik, false).await.unwrap();
        assert!(mains().await.is_empty());
        assert_eq!(refused(d.set_main_contact(&who, client, erik).await).0, Refusal::NotFound);
        let both = [erik, town.carla.person()];
        d.set_contact_active(&who, client, erik, true).await.unwrap();
        let all: Vec<_> = (0..8).map(|n| {
            let (desk, person) = (d.clone(), both[n % 2]);
            tokio::spawn(async move { desk.set_main_contact(&who, client, person).await })
        }).collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert_eq!(mains().await.len(), 1);
    }

    async fn what_both_have_is_there_once(ground: Ground) {
        let town = Town::on(ground).await;
        let (from, into, d) = (town.carla.client(), town.dora.client(), &town.desk);
        let row = desk::table::contact::Model {
            client_id: uuid::Uuid::from_u128(into.get()), person_id: uuid::Uuid::from_u128(town.carla.person().get()),
            active: false, own_only: false, main: false,
        };
        sea_orm::ActiveModelTrait::insert(sea_orm::IntoActiveModel::into_active_model(row), d.db()).await.unwrap();
        d.set_contact_sight(&town.dispatcher, from, town.carla.person(), true).await.unwrap();
        d.set_main_contact(&town.dispatcher, from, town.carla.person()).await.unwrap();
        let agreed = |client: ClientId| desk::table::client_service::Model {
            id: uuid::Uuid::now_v7(), client_id: uuid::Uuid::from_u128(client.get()), service_id: uuid::Uuid::from_u128(town.service.get()),
            kind: "ongoing".into(), price_minor: Some(1), active: true, created_at: d.now(), ended_at: None, version: 1,
        };
        for client in [from, into] {
            let row = sea_orm::IntoActiveModel::into_active_model(agreed(client));
            sea_orm::ActiveModelTrait::insert(row, d.db()).await.unwrap();
        }
        let preview = d.merge_preview(&town.dispatcher, from, into).await.unwrap().unwrap();
        assert_eq!(preview.rows[0], ("contacts", 2));
        d.merge_clients(&town.dispatcher, "k", merge(&town, from, into).await).await.unwrap();
        let page = d.client(&town.dispatcher, into).await.unwrap().unwrap();
        let carla = page.contacts.iter().find(|one| one.person == town.carla.person()).unwrap();
        // Whose access was ended here does not get it back by a merge, and who saw less does not see more.
        assert_eq!((page.contacts.len(), carla.active, carla.own_only, carla.main), (2, false, true, false));
        assert_eq!(town.ground.count("client_services WHERE active").await, 1);
        assert_eq!(town.ground.count("client_services WHERE ended_at IS NOT NULL").await, 1);
    }

    async fn who_saw_less_sees_no_more_after_a_merge(ground: Ground) {
        let town = Town::on(ground).await;
        let (from, into) = (town.carla.client(), town.dora.client());
        let d = &town.desk;
        let form = NewClient { own_only: true, ..d.client(&town.dispatcher, from).await.unwrap().unwrap().form };
        d.edit_client(&town.dispatcher, from, 1, &form).await.unwrap();
        let reference = town.submit(&town.dora, town.ask(at("Tue 10:00"))).await;
        d.merge_clients(&town.dispatcher, "k", merge(&town, from, into).await).await.unwrap();
        let carla = town::pass(d, town.carla.person().get()).await.contact().unwrap();
        assert!(carla.own_only());
        assert_eq!(d.my_request(&carla, &reference).await.unwrap(), None);
        let dora = town::pass(d, town.dora.person().get()).await.contact().unwrap();
        assert!(d.my_request(&dora, &reference).await.unwrap().is_some());
    }
}
