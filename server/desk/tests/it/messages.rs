//! Messages between clients and the office: who sees which, who is told, pressed twice, too many, and what stays.

use ::booking::letter::Event;
use ::booking::message::{MOST_AN_HOUR, Side};
use ::booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::ContactPass;
use desk::messages::ThreadSearch;
use desk::write_message::NewMessage;
use uuid::Uuid;

use crate::ground::refused;
use crate::town::{self, Town};

fn message(words: &str) -> NewMessage {
    NewMessage {
        key: Uuid::now_v7().to_string(),
        thread: None,
        about: String::new(),
        words: words.to_owned(),
    }
}

fn reply(thread: Uuid, words: &str) -> NewMessage {
    NewMessage {
        thread: Some(thread),
        ..message(words)
    }
}

/// The letters about messages: event, whether to this person, the words, the link.
async fn letters(town: &Town, event: Event) -> Vec<(String, String, String)> {
    let all = town.ground.letters().await.into_iter();
    let of = all.filter(|letter| letter.0 == event.as_str());
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    of.map(|letter| {
        let name = letter.1.split('-').next().unwrap_or_default().to_owned();
        (name, text(&letter.2["notes"]), text(&letter.2["link"]))
    })
    .collect()
}

async fn second_contact(town: &Town, name: &str) -> ContactPass {
    let person = town::contact(&town.desk, town.carla.client(), name).await;
    town::pass(&town.desk, person).await.contact().unwrap()
}

fn tell(name: &str, words: &str, link: String) -> (String, String, String) {
    (name.to_owned(), words.to_owned(), link)
}

both! {
    async fn a_message_is_answered_and_both_sides_are_told(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let hostile = "Is <b>this</b> {{ 7*7 }}\nBcc: x@y possible?";
        let id = desk.write_message(&town.carla, message(hostile)).await.unwrap();
        assert_eq!(letters(&town, Event::MessageReceived).await, [tell("dispatcher", hostile, format!("/office/messages/{id}"))]);
        assert_eq!(desk.threads_waiting(&town.dispatcher).await.unwrap(), 1);
        assert_eq!(desk.threads_waiting(&town.ana_pass).await.unwrap(), 0, "not hers to answer");
        let found = desk.threads(&town.dispatcher, ThreadSearch::default()).await.unwrap();
        assert_eq!((found.rows.len(), found.rows[0].waits, found.rows[0].last.as_str()), (1, true, hostile));

        let key = Uuid::now_v7().to_string();
        desk.answer_message(&town.dispatcher, &key, id, "Yes.").await.unwrap();
        desk.answer_message(&town.dispatcher, &key, id, "Yes.").await.unwrap();
        assert_eq!(refused(desk.answer_message(&town.dispatcher, &key, id, "No.").await).0, Refusal::KeyReused);
        assert_eq!(letters(&town, Event::MessageAnswered).await, [tell("carla", "Yes.", format!("/messages/{id}"))]);
        assert_eq!(desk.threads_waiting(&town.dispatcher).await.unwrap(), 0);
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 1);
        desk.read_thread(&town.carla, id).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 0);
        let seen = desk.my_thread(&town.carla, id).await.unwrap().unwrap();
        let lines: Vec<_> = seen.messages.iter().map(|one| (one.side, one.words.as_str())).collect();
        assert_eq!(lines, [(Side::Client, hostile), (Side::Office, "Yes.")]);

        desk.set_thread_open(&town.dispatcher, id, false).await.unwrap();
        assert_eq!(desk.threads(&town.dispatcher, ThreadSearch::default()).await.unwrap().rows, []);
        desk.write_message(&town.carla, reply(id, "Thank you")).await.unwrap();
        assert_eq!(desk.threads_waiting(&town.dispatcher).await.unwrap(), 1, "open again");
        town.is_sound().await;
    }

    async fn who_writes_on_has_read_what_was_answered(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let [id, other] = ["Mine", "Another"].map(message);
        let id = desk.write_message(&town.carla, id).await.unwrap();
        let other = desk.write_message(&town.carla, other).await.unwrap();
        for (key, thread) in [("a", id), ("b", id), ("c", other)] {
            desk.answer_message(&town.dispatcher, key, thread, "Yes.").await.unwrap();
        }
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 3);
        assert_eq!(desk.threads_waiting(&town.dispatcher).await.unwrap(), 0);
        let ask = reply(id, "Thank you");
        desk.write_message(&town.carla, ask.clone()).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 1, "of the other thread");
        let staff = town::pass(desk, town.dispatcher.person().get()).await;
        let waits = (desk.threads_waiting(&town.dispatcher).await.unwrap(), desk.unread_count(&staff).await.unwrap());
        assert_eq!(waits, (1, 3), "what the office has to read");
        // What comes afterwards is new again, and pressed twice nothing is read.
        desk.answer_message(&town.dispatcher, "d", id, "Welcome.").await.unwrap();
        desk.write_message(&town.carla, ask).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 2);
        town.is_sound().await;
    }

    async fn the_notice_of_an_answer_opens_it(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let carl = second_contact(&town, "Carl").await;
        let id = desk.write_message(&town.carla, message("Mine")).await.unwrap();
        desk.write_message(&carl, reply(id, "Ours")).await.unwrap();
        desk.answer_message(&town.dispatcher, "a", id, "Yes.").await.unwrap();
        let [me, his] = [&town.carla, &carl].map(|who| who.person().get());
        let (me, his) = (town::pass(desk, me).await, town::pass(desk, his).await);
        let link = format!("/messages/{id}");
        let all = desk.notices(&me, 10).await.unwrap();
        let notice = all.iter().find(|one| one.link == link).unwrap().id;
        let all = desk.notices(&his, 10).await.unwrap();
        let of_him = all.iter().find(|one| one.link == link).unwrap().id;
        // He sees only his own by now: his notice is read, and hers is not touched.
        desk.set_contact_sight(&town.dispatcher, carl.client(), carl.person(), true).await.unwrap();
        let his = town::pass(desk, his.person().get()).await;
        desk.read_notice(&his, of_him).await.unwrap();
        assert_eq!(desk.unread_count(&his).await.unwrap(), 0);
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 1);
        desk.read_notice(&me, notice).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 0);
        // All notices were read at once, and one of them is opened then.
        desk.answer_message(&town.dispatcher, "b", id, "And no.").await.unwrap();
        desk.read_all_notices(&me).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 1);
        desk.read_notice(&me, notice).await.unwrap();
        assert_eq!(desk.unread_answers(&town.carla).await.unwrap(), 0);
        assert_eq!(desk.threads_waiting(&town.dispatcher).await.unwrap(), 0);
        town.is_sound().await;
    }

    async fn everybody_sees_their_own(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let id = desk.write_message(&town.carla, message("Mine")).await.unwrap();
        let nobody = Uuid::now_v7();
        for (who, id) in [(&town.dora, id), (&town.carla, nobody)] {
            assert_eq!(desk.my_thread(who, id).await.unwrap(), None);
            assert_eq!(refused(desk.write_message(who, reply(id, "X")).await).0, Refusal::NotFound);
            assert_eq!(refused(desk.read_thread(who, id).await).0, Refusal::NotFound);
        }
        assert_eq!(desk.my_threads(&town.dora).await.unwrap(), []);
        assert_eq!(refused(desk.thread(&town.ana_pass, id).await).0, Refusal::NotAllowed);
        assert_eq!(refused(desk.threads(&town.ana_pass, ThreadSearch::default()).await).0, Refusal::NotAllowed);
        assert_eq!(refused(desk.answer_message(&town.ana_pass, "k", id, "X").await).0, Refusal::NotAllowed);
        assert_eq!(refused(desk.set_thread_open(&town.ana_pass, id, false).await).0, Refusal::NotAllowed);
        assert_eq!(refused(desk.answer_message(&town.dispatcher, "k", nobody, "X").await).0, Refusal::NotFound);
        // A second contact sees it too, until each sees only their own (decision 13).
        let carl = second_contact(&town, "Carl").await;
        assert_eq!(desk.my_threads(&carl).await.unwrap().len(), 1);
        desk.write_message(&carl, reply(id, "Ours")).await.unwrap();
        desk.set_contact_sight(&town.dispatcher, carl.client(), carl.person(), true).await.unwrap();
        let person = carl.person();
        let carl = town::pass(desk, person.get()).await.contact().unwrap();
        assert_eq!(desk.my_threads(&carl).await.unwrap(), []);
        assert_eq!(desk.my_thread(&carl, id).await.unwrap(), None);
        desk.answer_message(&town.dispatcher, "k", id, "Answer").await.unwrap();
        let told = letters(&town, Event::MessageAnswered).await;
        assert_eq!(told, [tell("carla", "Answer", format!("/messages/{id}"))], "who may see it");
    }

    async fn a_visit_can_be_named(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let request = town.pending("Tue 10:00", None).await;
        let visit = town.approve(&request, town.ana).await;
        let about = |words: &str| NewMessage { about: visit.clone(), ..message(words) };
        let id = desk.write_message(&town.carla, about("When?")).await.unwrap();
        assert_eq!(desk.my_thread(&town.carla, id).await.unwrap().unwrap().row.visit, Some(visit.clone()));
        assert_eq!(refused(desk.write_message(&town.dora, about("When?")).await), (Refusal::NotFound, Some("about")));
    }

    async fn pressed_twice_at_once_it_is_written_once(ground: Ground) {
        let town = Town::on(ground).await;
        let ask = message("Once");
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let (desk, who, ask) = (town.desk.clone(), town.carla.clone(), ask.clone());
                tokio::spawn(async move { desk.write_message(&who, ask).await.unwrap() })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for one in tries {
            ids.insert(one.await.unwrap());
        }
        assert_eq!((ids.len(), town.ground.count("messages").await, town.ground.count("threads").await), (1, 1, 1));
        assert_eq!(letters(&town, Event::MessageReceived).await.len(), 1);
        let other = NewMessage { words: "Twice".to_owned(), ..ask };
        assert_eq!(refused(town.desk.write_message(&town.carla, other).await).0, Refusal::KeyReused);
    }

    async fn texts_are_checked_and_floods_are_stopped(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let long = "x".repeat(2_001);
        for (words, why) in [
            ("  \n", Refusal::TextEmpty),
            ("a\u{0}b", Refusal::TextControl),
            (long.as_str(), Refusal::TextTooLong),
        ] {
            assert_eq!(refused(desk.write_message(&town.carla, message(words)).await), (why, Some("words")));
        }
        let tries: Vec<_> = (0..MOST_AN_HOUR + 5)
            .map(|n| {
                let (desk, who) = (desk.clone(), town.carla.clone());
                tokio::spawn(async move { desk.write_message(&who, message(&format!("Number {n}"))).await })
            })
            .collect();
        let mut stopped = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => {}
                other => {
                    assert_eq!(refused(other), (Refusal::TooManyMessages, Some("words")));
                    stopped += 1;
                }
            }
        }
        assert_eq!((stopped, town.ground.count("messages").await), (5, 20));
        desk.write_message(&town.dora, message("Somebody else")).await.unwrap();
        town.ground.pass(TimeDelta::hours(1)).await;
        desk.write_message(&town.carla, message("Later")).await.unwrap();
    }

    async fn old_words_are_forgotten(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let id = desk.write_message(&town.carla, message("Secret")).await.unwrap();
        let version = desk.business().await.unwrap().version;
        desk.change_retention(&town.owner, version, Some(30)).await.unwrap();
        desk.anonymise_old().await.unwrap();
        assert_eq!(town.ground.count("messages WHERE words = 'Secret'").await, 1, "not old yet");
        let sent: Vec<Uuid> = desk.lease_letters(50, 60).await.unwrap().iter().map(|letter| letter.id).collect();
        desk.letters_sent(&sent).await.unwrap();
        town.ground.pass(TimeDelta::days(31)).await;
        desk.anonymise_old().await.unwrap();
        assert_eq!(town.ground.count("messages WHERE words <> ''").await, 0);
        assert_eq!(town.ground.count("notices WHERE CAST(facts AS text) LIKE '%Secret%'").await, 0);
        assert_eq!(town.ground.count("outbox WHERE CAST(facts AS text) LIKE '%Secret%'").await, 0);
        assert_eq!(desk.my_thread(&town.carla, id).await.unwrap().unwrap().messages.len(), 1, "counts stay");
    }
}
