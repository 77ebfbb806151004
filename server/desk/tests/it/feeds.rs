//! Calendar addresses: whose appointments they answer, and when they answer nothing.

use ::booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::SignedIn;
use desk::block_time::{Blocked, NewBlock};
use desk::change_visit::Scope;
use desk::feed::{CANCELLED_DAYS, DAYS_AHEAD, DAYS_BACK, Feed};
use desk::feeds::{MOST_FEEDS, MadeFeed, NewFeed, Whose};
use desk::table::*;
use desk::visit_form::Booked;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::atomic::Ordering;
use uuid::Uuid;

use crate::ground::refused;
use crate::town::{self, Town, at};

fn wish(whose: Whose) -> NewFeed {
    NewFeed {
        name: "Phone".to_owned(),
        details: true,
        whose,
    }
}

fn key() -> String {
    Uuid::now_v7().to_string()
}

async fn made(town: &Town, me: &SignedIn, whose: Whose) -> MadeFeed {
    let made = town.desk.create_feed(me, &key(), &wish(whose)).await;
    made.unwrap()
}

async fn answer(town: &Town, token: &str) -> Option<Feed> {
    town.desk.feed(token).await.unwrap()
}

async fn references(town: &Town, token: &str) -> Vec<String> {
    let feed = answer(town, token).await.unwrap();
    feed.visits
        .into_iter()
        .map(|visit| visit.reference)
        .collect()
}

async fn visit(town: &Town, reference: &str, column: visit::Column, value: Expr) {
    let changed = visit::Entity::update_many()
        .col_expr(column, value)
        .filter(visit::Column::Reference.eq(reference))
        .exec(town.desk.db())
        .await
        .unwrap();
    assert_eq!(changed.rows_affected, 1);
}

both! {
    async fn staff_read_their_own_and_clients_theirs(ground: Ground) {
        let town = Town::on(ground).await;
        let ana = town::pass(&town.desk, town.ana.get()).await;
        let ben = town::pass(&town.desk, town.ben.get()).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        let first = town.pending("Tue 10:00", None).await;
        let first = town.approve(&first, town.ana).await;
        let second = town.submit(&town.dora, town.ask(at("Tue 11:00"))).await;
        let second = town.approve(&second, town.ben).await;
        let feeds = [
            (made(&town, &ana, Whose::Own).await, &first),
            (made(&town, &ben, Whose::Own).await, &second),
            (made(&town, &carla, Whose::Client).await, &first),
            (made(&town, &dora, Whose::Client).await, &second),
        ];
        for (feed, expected) in &feeds {
            assert_eq!(references(&town, &feed.token).await, [expected.as_str()]);
        }
        let dispatcher = town::pass(&town.desk, town.dispatcher.person().get()).await;
        let none = made(&town, &dispatcher, Whose::Own).await;
        assert_eq!(references(&town, &none.token).await, [""; 0]);

        let own = answer(&town, &feeds[0].0.token).await.unwrap();
        let entry = &own.visits[0];
        assert_eq!((own.whose, own.details, own.locale.as_str()), (Whose::Own, true, "en"));
        assert_eq!((entry.client.as_str(), entry.service.as_str(), entry.start), ("Carla's house", "Check-up", at("Tue 10:00")));
        // The same as in the letters.
        let letters = town.ground.letters().await;
        let letter = letters.iter().find(|(event, _, facts)| event == "booking.approved" && facts["role"] == "technician" && facts["visit"] == first.as_str());
        let calendar = &letter.unwrap().2["calendar"];
        assert_eq!(calendar["uid"], entry.uid.as_str());
        assert_eq!(calendar["sequence"], entry.sequence);
        assert_eq!(calendar["stamp"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap(), entry.changed);
    }

    async fn an_own_only_contact_reads_what_they_asked_for(ground: Ground) {
        let town = Town::on(ground).await;
        let other = town::contact(&town.desk, town.carla.client(), "Carlo").await;
        let asked = town.pending("Tue 10:00", None).await;
        let asked = town.approve(&asked, town.ana).await;
        let carla = made(&town, &town::pass(&town.desk, town.carla.person().get()).await, Whose::Client).await;
        let carlo = made(&town, &town::pass(&town.desk, other).await, Whose::Client).await;
        assert_eq!(references(&town, &carlo.token).await, [asked.as_str()]);
        client::Entity::update_many().col_expr(client::Column::OwnOnly, Expr::value(true)).exec(town.desk.db()).await.unwrap();
        assert_eq!(references(&town, &carlo.token).await, [""; 0]);
        assert_eq!(references(&town, &carla.token).await, [asked.as_str()]);
    }

    async fn an_address_stops_with_its_owner(ground: Ground) {
        let town = Town::on(ground).await;
        let ana = town::pass(&town.desk, town.ana.get()).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let own = made(&town, &ana, Whose::Own).await.token;
        let client = made(&town, &carla, Whose::Client).await.token;
        let live = async || (answer(&town, &own).await.is_some(), answer(&town, &client).await.is_some());
        assert_eq!(live().await, (true, true));
        for unknown in ["", "x", &own[..42], &"A".repeat(43), &"x".repeat(10_000), "\u{0}"] {
            assert_eq!(answer(&town, unknown).await, None, "{unknown:?}");
        }
        let db = town.desk.db();
        let disable = |at| person::Entity::update_many().col_expr(person::Column::DisabledAt, Expr::value(at)).exec(db);
        disable(Some(town.desk.now())).await.unwrap();
        assert_eq!(live().await, (false, false));
        disable(None::<chrono::DateTime<chrono::Utc>>).await.unwrap();
        staff::Entity::update_many().col_expr(staff::Column::Active, Expr::value(false)).exec(db).await.unwrap();
        assert_eq!(live().await, (false, true));
        contact::Entity::update_many().col_expr(contact::Column::Active, Expr::value(false)).exec(db).await.unwrap();
        assert_eq!(live().await, (false, false));
        contact::Entity::update_many().col_expr(contact::Column::Active, Expr::value(true)).exec(db).await.unwrap();
        client::Entity::update_many().col_expr(client::Column::Active, Expr::value(false)).exec(db).await.unwrap();
        assert_eq!(live().await, (false, false));
    }

    async fn it_is_replaced_and_taken_back_by_its_owner_only(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        let old = made(&town, &carla, Whose::Client).await;
        assert_eq!(refused(town.desk.replace_feed(&dora, old.id).await), (Refusal::NotFound, None));
        assert_eq!(refused(town.desk.revoke_feed(&dora, old.id).await), (Refusal::NotFound, None));
        assert!(town.desk.my_feeds(&dora).await.unwrap().is_empty());
        let new = town.desk.replace_feed(&carla, old.id).await.unwrap();
        assert_eq!((new.id, answer(&town, &old.token).await), (old.id, None));
        assert!(answer(&town, &new.token).await.is_some());
        assert_eq!(town.ground.count(&format!("calendar_feeds WHERE token_hash = '{}'", new.token)).await, 0);
        town.desk.revoke_feed(&carla, old.id).await.unwrap();
        assert_eq!(answer(&town, &new.token).await, None);
        assert_eq!(refused(town.desk.revoke_feed(&carla, old.id).await), (Refusal::NotFound, None));
        for what in ["created", "replaced", "revoked"] {
            assert_eq!(town.ground.count(&format!("history WHERE about = 'feed' AND what = '{what}'")).await, 1, "{what}");
        }
    }

    async fn pressing_twice_makes_one_and_ten_are_enough(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let form = key();
        let first = town.desk.create_feed(&carla, &form, &wish(Whose::Client)).await.unwrap();
        let second = town.desk.create_feed(&carla, &form, &wish(Whose::Client)).await.unwrap();
        assert_eq!(first.id, second.id);
        assert_eq!(answer(&town, &first.token).await, None);
        assert!(answer(&town, &second.token).await.is_some());
        let other = NewFeed { details: false, ..wish(Whose::Client) };
        assert_eq!(refused(town.desk.create_feed(&carla, &form, &other).await).0, Refusal::KeyReused);
        for _ in 1..MOST_FEEDS {
            made(&town, &carla, Whose::Client).await;
        }
        assert_eq!(refused(town.desk.create_feed(&carla, &key(), &other).await), (Refusal::TooManyFeeds, None));
        assert_eq!(town.desk.my_feeds(&carla).await.unwrap().len(), 10);
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        assert_eq!(refused(town.desk.create_feed(&dora, &key(), &wish(Whose::Own)).await), (Refusal::BadChoice, Some("whose")));
        let nameless = NewFeed { name: " \u{202E}".to_owned(), ..wish(Whose::Client) };
        assert_eq!(refused(town.desk.create_feed(&dora, &key(), &nameless).await).1, Some("name"));
    }

    async fn ten_are_enough_for_whoever_presses_fourteen_times_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let presses = (0..14).map(|_| {
            let (desk, carla) = (town.desk.clone(), carla.clone());
            tokio::spawn(async move { desk.create_feed(&carla, &key(), &wish(Whose::Client)).await })
        });
        let presses: Vec<_> = presses.collect();
        let mut refusals = Vec::new();
        for press in presses {
            refusals.extend(press.await.unwrap().err().and_then(|trouble| trouble.refusal()));
        }
        assert_eq!(refusals, [Refusal::TooManyFeeds; 4]);
        assert_eq!(town.ground.count("calendar_feeds").await, 10);
        assert_eq!(town.ground.count("history WHERE about = 'feed'").await, 10);
    }

    async fn moved_given_away_and_cancelled_as_in_the_letters(ground: Ground) {
        let town = Town::on(ground).await;
        let mut tokens = Vec::new();
        for (person, whose) in [(town.ana.get(), Whose::Own), (town.ben.get(), Whose::Own), (town.carla.person().get(), Whose::Client)] {
            tokens.push(made(&town, &town::pass(&town.desk, person).await, whose).await.token);
        }
        let seen = async || {
            let mut seen = Vec::new();
            for token in &tokens {
                seen.extend(answer(&town, token).await.unwrap().visits.into_iter().next());
            }
            seen
        };
        let booked = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        assert_eq!(seen().await.len(), 2);
        town.ground.pass(TimeDelta::minutes(5)).await;
        let mut change = town.change(&booked, &[town.ben]).await;
        change.form.start = at("Wed 11:00");
        let Booked::Done { visit, .. } = town.desk.change_visit(&town.dispatcher, change).await.unwrap() else {
            panic!("not moved");
        };
        let moved = town.visit(&visit).await;
        assert_eq!(references(&town, &tokens[0]).await, [""; 0]);
        let cancelled_later = seen().await;
        assert_eq!(cancelled_later.len(), 2);
        for entry in &cancelled_later {
            assert_eq!((entry.reference.as_str(), entry.uid.as_str(), entry.start), (moved.reference.as_str(), booked.uid.as_str(), at("Wed 11:00")));
            assert!(entry.sequence > booked.sequence);
            assert_eq!((entry.changed, entry.cancelled), (town.desk.now(), false));
        }
        town.ground.pass(TimeDelta::minutes(5)).await;
        town.desk.cancel_visit(&town.dispatcher, town.cancel(&moved, Scope::This)).await.unwrap();
        let letters = town.ground.letters().await;
        for entry in seen().await {
            assert_eq!((entry.cancelled, entry.changed), (true, town.desk.now()));
            let letter = letters.iter().rfind(|(event, ..)| event == "visit.cancelled");
            let calendar = &letter.unwrap().2["calendar"];
            assert_eq!((calendar["uid"].as_str(), calendar["sequence"].as_i64()), (Some(entry.uid.as_str()), Some(i64::from(entry.sequence))));
        }
        assert_eq!(seen().await.len(), 2);
    }

    async fn blocked_time_is_in_its_technicians_calendar_and_no_clients(ground: Ground) {
        let town = Town::on(ground).await;
        let mut tokens = Vec::new();
        for (person, whose) in [(town.ana.get(), Whose::Own), (town.ben.get(), Whose::Own), (town.carla.person().get(), Whose::Client)] {
            tokens.push(made(&town, &town::pass(&town.desk, person).await, whose).await.token);
        }
        // What is held or booked for a client is no block.
        town.pending("Tue 10:00", Some(town.ana)).await;
        town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        let block = NewBlock {
            key: key(),
            technicians: vec![town.ana],
            start: at("Thu 10:00"),
            end: at("Thu 12:00"),
            note: "Team meeting".to_owned(),
        };
        assert_eq!(town.desk.block_time(&town.dispatcher, block).await.unwrap(), Blocked::Done);
        let blocks = async || {
            let mut all = Vec::new();
            for token in &tokens {
                all.push(answer(&town, token).await.unwrap().blocks);
            }
            all
        };
        let first = blocks().await;
        assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 0]);
        let one = first[0][0].clone();
        assert_eq!((one.note.as_str(), one.start, one.end, one.freed), ("Team meeting", at("Thu 10:00"), at("Thu 12:00"), false));
        assert_eq!((one.created, one.changed), (town.desk.now(), town.desk.now()));
        town.ground.pass(TimeDelta::minutes(5)).await;
        assert_eq!(blocks().await[0], first[0], "the same block is the same event");
        // Freed, every calendar learns of it, under the same UID, and forgets it like a cancelled appointment.
        let row = town.blocking().await.into_iter().find(|row| row.note.is_some()).unwrap();
        let id = ::booking::ids::BookingId::new(row.id.as_u128());
        town.desk.free_blocked_time(&town.dispatcher, id).await.unwrap();
        let freed = &blocks().await[0][0];
        assert_eq!((freed.uid.as_str(), freed.freed, freed.changed), (one.uid.as_str(), true, town.desk.now()));
        town.ground.pass(TimeDelta::days(CANCELLED_DAYS as i64)).await;
        assert_eq!(blocks().await[0].len(), 1);
        town.ground.pass(TimeDelta::days(1)).await;
        assert_eq!(blocks().await[0].len(), 0);
    }

    async fn cancelled_and_distant_ones_leave(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let feed = made(&town, &carla, Whose::Client).await;
        let asked = town.pending("Tue 10:00", None).await;
        let reference = town.approve(&asked, town.ana).await;
        visit(&town, &reference, visit::Column::Status, Expr::value("cancelled")).await;
        let found = answer(&town, &feed.token).await.unwrap();
        assert!(found.visits[0].cancelled);
        town.ground.pass(TimeDelta::days(CANCELLED_DAYS as i64)).await;
        assert_eq!(references(&town, &feed.token).await.len(), 1);
        town.ground.pass(TimeDelta::days(1)).await;
        assert_eq!(references(&town, &feed.token).await.len(), 0);
        visit(&town, &reference, visit::Column::Status, Expr::value("rescheduled")).await;
        assert_eq!(references(&town, &feed.token).await.len(), 0);
        visit(&town, &reference, visit::Column::Status, Expr::value("completed")).await;
        // Tuesday, seen from its own day: the first and the last day on which it is told.
        for (days, there) in [(DAYS_BACK as i64, 1), (DAYS_BACK as i64 + 1, 0), (-(DAYS_AHEAD as i64), 1), (-(DAYS_AHEAD as i64) - 1, 0)] {
            town.ground.until(at("Tue 12:00") + TimeDelta::days(days)).await;
            assert_eq!(references(&town, &feed.token).await.len(), there, "{days}");
        }
    }

    async fn it_says_when_anything_changed(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let feed = made(&town, &carla, Whose::Client).await;
        town.ground.pass(TimeDelta::hours(1)).await;
        let before = answer(&town, &feed.token).await.unwrap().changed;
        assert!(before < town.desk.now());
        let asked = town.pending("Wed 10:00", None).await;
        town.approve(&asked, town.ana).await;
        assert_eq!(answer(&town, &feed.token).await.unwrap().changed, town.desk.now());
        // The next day its window has moved.
        town.ground.until(at("Tue 00:30")).await;
        assert_eq!(answer(&town, &feed.token).await.unwrap().changed, at("Tue 00:00"));
    }

    async fn more_appointments_take_no_more_queries(ground: Ground) {
        let town = Town::on(ground).await;
        let ana = town::pass(&town.desk, town.ana.get()).await;
        let feed = made(&town, &ana, Whose::Own).await;
        let (counted, queries) = town.desk.counted();
        for hour in 9..15 {
            let asked = town.pending(&format!("Tue {hour:02}:00"), None).await;
            town.approve(&asked, town.ana).await;
            queries.store(0, Ordering::SeqCst);
            counted.feed(&feed.token).await.unwrap();
            assert_eq!(queries.load(Ordering::SeqCst), 5);
        }
        assert_eq!(references(&town, &feed.token).await.len(), 6);
    }
}
