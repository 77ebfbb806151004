//! The postman against a real outbox: back-off, giving up, leases, order, stopping (T6, T7 in the seconds they take).

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use desk::seed_demo::PASSWORD;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use server::mailer::{Mail, Mailer, Memory, Smtp, Undelivered};
use server::postman::{Pace, Round, send_test_mail};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fake_server::{At, FakeServer, Wrong};
use crate::ground::{Ground, monday};
use crate::letters::{at, sender};

fn never() -> CancellationToken {
    CancellationToken::new()
}

fn later(why: &str) -> Undelivered {
    Undelivered::Later(why.to_owned())
}

fn ids(mails: &[Mail]) -> Vec<Uuid> {
    let id = |mail: &Mail| mail.message_id[1..37].parse().unwrap();
    mails.iter().map(id).collect()
}

#[tokio::test]
async fn letters_are_sent_and_marked() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let mut queued = Vec::new();
        for n in 0..45 {
            queued.push(ground.queue(None, &format!("c{n}@example.com")).await);
        }
        assert_eq!(postman.round(&never()).await.unwrap(), Round::Done);
        assert_eq!(ids(&memory.sent()), queued);
        let row = ground.row(queued[0]).await;
        assert_eq!(
            (row.status.as_str(), row.attempts, row.leased_until),
            ("sent", 1, None)
        );
        assert_eq!(row.sent_at, Some(monday()));
        assert_eq!(postman.round(&never()).await.unwrap(), Round::Done);
        assert_eq!(memory.sent().len(), 45);
    }
}

#[tokio::test]
async fn language_and_zone_are_the_recipients() {
    for ground in Ground::all().await {
        ground.desk.seed_demo().await.unwrap();
        let (postman, memory) = ground.careful_postman();
        postman.round(&never()).await.unwrap();
        let before = memory.sent().len();
        ground
            .desk
            .request_reset("cliente@example.com", "192.0.2.1")
            .await
            .unwrap();
        ground
            .desk
            .request_reset("dana@demo.invalid", "192.0.2.1")
            .await
            .unwrap();
        postman.round(&never()).await.unwrap();
        let sent = memory.sent();
        let texts: Vec<_> = sent[before..]
            .iter()
            .map(|mail| String::from_utf8(mail.bytes.clone()).unwrap())
            .collect();
        let read = |n: usize| {
            mail_parser::MessageParser::default()
                .parse(&texts[n])
                .unwrap()
        };
        let text = read(0).body_text(0).unwrap().into_owned();
        assert!(
            text.contains("Pulse el botón para elegir una contraseña nueva"),
            "{text}"
        );
        let text = read(1).body_text(0).unwrap().into_owned();
        assert!(
            text.contains("Mon 2 Mar 2026, 04:00 EST (UTC-05:00)"),
            "{text}"
        );
        let link = text
            .split_whitespace()
            .find(|word| word.contains("/l/"))
            .unwrap();
        let token = link.strip_prefix("https://desk.example.com/l/").unwrap();
        assert!(ground.desk.look_at_link(token).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_failed_letter_waits_longer_each_time_and_keeps_its_message_id() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let id = ground.queue(None, "c@example.com").await;
        let (mut least, mut most) = (30, 38);
        for attempt in 1..=12 {
            memory.fail_next(later("451 busy"));
            postman.round(&never()).await.unwrap();
            let row = ground.row(id).await;
            assert_eq!(
                (row.status.as_str(), row.attempts, row.leased_until),
                ("waiting", attempt, None)
            );
            assert_eq!(row.last_error.as_deref(), Some("451 busy"));
            let wait = (row.due_at - ground.desk.now()).num_seconds();
            assert!((least..=most).contains(&wait), "try {attempt}: {wait} s");
            // Not before it is due.
            ground.later(TimeDelta::seconds(wait - 1));
            postman.round(&never()).await.unwrap();
            assert_eq!(ground.row(id).await.attempts, attempt);
            ground.later(TimeDelta::seconds(1));
            (least, most) = ((least * 2).min(2_700), (most * 2).min(3_600));
            if attempt == 1 {
                (least, most) = (45, 75);
            }
        }
        postman.round(&never()).await.unwrap();
        assert_eq!(
            (ids(&memory.sent()), ground.row(id).await.status.as_str()),
            (vec![id], "sent")
        );
    }
}

#[tokio::test]
async fn after_72_hours_a_letter_is_dead() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let id = ground.queue(None, "c@example.com").await;
        ground.later(TimeDelta::hours(72) - TimeDelta::seconds(1));
        memory.fail_next(later("no route"));
        postman.round(&never()).await.unwrap();
        assert_eq!(ground.row(id).await.status, "waiting");
        ground.later(TimeDelta::hours(1));
        memory.fail_next(later("no route"));
        postman.round(&never()).await.unwrap();
        assert_eq!(ground.row(id).await.status, "dead");
    }
}

#[tokio::test]
async fn a_dead_letter_is_seen_and_sent_again_with_its_message_id() {
    for ground in Ground::all().await {
        ground.desk.seed_demo().await.unwrap();
        let session = ground
            .desk
            .sign_in("owner@example.com", PASSWORD, "", "192.0.2.1")
            .await
            .unwrap();
        let me = ground.desk.session(&session.token).await.unwrap().unwrap();
        let staff = me.staff().unwrap();
        let (postman, memory) = ground.careful_postman();
        postman.round(&never()).await.unwrap();
        let id = ground.queue(None, "gone@example.com").await;
        memory.fail_next(Undelivered::Never("550 no such user".to_owned()));
        postman.round(&never()).await.unwrap();
        assert_eq!(ground.row(id).await.status, "dead");
        let dead = ground.desk.dead_letters(&staff).await.unwrap();
        assert_eq!(
            (dead[0].id, dead[0].last_error.as_deref()),
            (id, Some("550 no such user"))
        );
        ground.later(TimeDelta::hours(100));
        ground.desk.resend_letter(&staff, id).await.unwrap();
        postman.round(&never()).await.unwrap();
        assert_eq!(ids(&memory.sent()).last(), Some(&id));
        assert_eq!(ground.row(id).await.status, "sent");
    }
}

#[tokio::test]
async fn a_letter_that_cannot_be_built_is_dead_at_once_and_alone() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let bad = ground
            .queue_saying(
                None,
                "c@example.com",
                None,
                serde_json::json!({"role": "client"}),
            )
            .await;
        let worse = ground.queue(None, "not an address").await;
        let good = ground.queue(None, "c@example.com").await;
        assert_eq!(postman.round(&never()).await.unwrap(), Round::Done);
        assert_eq!(ids(&memory.sent()), [good]);
        for id in [bad, worse] {
            let row = ground.row(id).await;
            assert_eq!((row.status.as_str(), row.attempts), ("dead", 1));
            assert!(row.last_error.unwrap().starts_with("cannot be built"));
        }
    }
}

#[tokio::test]
async fn a_server_that_is_away_costs_one_letter_one_try() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let tried = ground.queue(None, "a@example.com").await;
        let spared = ground.queue(None, "b@example.com").await;
        memory.fail_next(Undelivered::Away("connection refused".to_owned()));
        assert_eq!(postman.round(&never()).await.unwrap(), Round::Away);
        let (one, two) = (ground.row(tried).await, ground.row(spared).await);
        assert_eq!(
            (one.attempts, one.last_error.as_deref()),
            (1, Some("connection refused"))
        );
        assert_eq!(
            (two.attempts, two.leased_until, two.due_at),
            (0, None, monday())
        );
        postman.round(&never()).await.unwrap();
        assert_eq!(ids(&memory.sent()), [spared]);
    }
}

#[tokio::test]
async fn letters_about_one_visit_to_one_address_keep_their_order() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let visit = Some(Uuid::now_v7());
        let first = ground.queue(visit, "a@example.com").await;
        let second = ground.queue(visit, "a@example.com").await;
        let third = ground.queue(visit, "a@example.com").await;
        let other = ground.queue(visit, "b@example.com").await;
        memory.fail_next(later("451"));
        postman.round(&never()).await.unwrap();
        assert_eq!(
            ids(&memory.sent()),
            [other],
            "the others wait for the first"
        );
        ground.later(TimeDelta::minutes(1));
        postman.round(&never()).await.unwrap();
        assert_eq!(ids(&memory.sent()), [other, first, second, third]);
    }
}

#[tokio::test]
async fn a_dead_letter_does_not_hold_up_those_after_it() {
    for ground in Ground::all().await {
        let (postman, memory) = ground.careful_postman();
        let visit = Some(Uuid::now_v7());
        ground.queue(visit, "a@example.com").await;
        let second = ground.queue(visit, "a@example.com").await;
        memory.fail_next(Undelivered::Never("552 too big".to_owned()));
        postman.round(&never()).await.unwrap();
        assert_eq!(ids(&memory.sent()), [second]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_postmen_send_each_letter_once() {
    for ground in Ground::all().await {
        let server = FakeServer::start().await;
        for n in 0..60 {
            ground
                .queue(Some(Uuid::now_v7()), &format!("c{n}@example.com"))
                .await;
        }
        let pace = Pace {
            batch: 3,
            ..Pace::default()
        };
        let postman = || {
            ground
                .postman(Mailer::from_url(&server.url()).unwrap())
                .at_pace(pace)
        };
        let (one, two, three, stop) = (postman(), postman(), postman(), never());
        let rounds = tokio::join!(one.round(&stop), two.round(&stop), three.round(&stop));
        assert!(rounds.0.is_ok() && rounds.1.is_ok() && rounds.2.is_ok());
        assert_eq!(server.taken().len(), 60);
        assert!(
            ground
                .statuses()
                .await
                .iter()
                .all(|status| status == "sent")
        );
    }
}

/// T7: a postman killed while holding leases delays his letters by the lease, no longer.
#[tokio::test]
async fn a_lease_ends() {
    for ground in Ground::all().await {
        let id = ground.queue(None, "c@example.com").await;
        let held = ground.desk.lease_letters(20, 180).await.unwrap();
        assert_eq!(held.len(), 1);
        let (postman, memory) = ground.careful_postman();
        ground.later(TimeDelta::seconds(179));
        postman.round(&never()).await.unwrap();
        assert_eq!(memory.sent().len(), 0);
        ground.later(TimeDelta::seconds(1));
        postman.round(&never()).await.unwrap();
        assert_eq!(ids(&memory.sent()), [id]);
        // The first one wakes up and reports a failure: the letter stays sent.
        let _ = ground.desk.letter_failed(id, "late").await;
        assert_eq!(ground.row(id).await.status, "sent");
    }
}

#[tokio::test]
async fn no_letter_is_begun_that_could_outlive_its_lease() {
    let ground = Ground::sqlite().await;
    let memory = Memory::default();
    let pace = Pace {
        lease: Duration::from_secs(10),
        one_letter: Duration::from_secs(20),
        ..Pace::default()
    };
    let postman = ground.postman(Mailer::Memory(memory.clone())).at_pace(pace);
    ground.queue(None, "c@example.com").await;
    let stop = never();
    let round = tokio::time::timeout(Duration::from_millis(300), postman.round(&stop)).await;
    assert!(
        round.is_err() && memory.sent().is_empty(),
        "a pace that cannot work sends nothing twice"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn told_to_stop_he_puts_letters_back() {
    for ground in Ground::all().await {
        let server = FakeServer::start().await;
        server.goes_wrong(At::End, Wrong::Stalls);
        let mut queued = Vec::new();
        for n in 0..6 {
            queued.push(ground.queue(None, &format!("c{n}@example.com")).await);
        }
        let pace = Pace {
            grace: Duration::from_millis(200),
            at_once: 2,
            ..Pace::default()
        };
        let postman = ground
            .postman(Mailer::from_url(&server.url()).unwrap())
            .at_pace(pace);
        let stop = never();
        let working = tokio::spawn(postman.work(stop.clone()));
        while server.seen.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let began = Instant::now();
        stop.cancel();
        working.await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(30));
        for id in &queued {
            let row = ground.row(*id).await;
            assert_eq!(
                (row.status.as_str(), row.attempts, row.leased_until),
                ("waiting", 0, None)
            );
        }
        // The next one need not wait for a lease.
        server.recovers();
        let next = ground.postman(Mailer::from_url(&server.url()).unwrap());
        next.round(&never()).await.unwrap();
        assert_eq!(server.taken().len(), 6);
    }
}

/// T6 in small: down, then odd, then up. Nothing is lost, repeats carry the same Message-ID, order per visit is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_outage_loses_nothing() {
    for ground in Ground::all().await {
        let server = FakeServer::start().await;
        let mut queued = Vec::new();
        for n in 0..40 {
            let visit = Some(Uuid::now_v7());
            for _ in 0..3 {
                queued.push((n, ground.queue(visit, &format!("c{n}@example.com")).await));
            }
        }
        let smtp = Smtp::from_url(&server.url())
            .unwrap()
            .patience(Duration::from_secs(3));
        let postman = ground.postman(Mailer::Smtp(smtp.into()));
        for (at, how) in [
            (At::Greeting, Wrong::Drops),
            (At::Greeting, Wrong::Says(554)),
            (At::End, Wrong::Drops),
            (At::Rcpt, Wrong::Says(451)),
            (At::Greeting, Wrong::Stalls),
        ] {
            server.goes_wrong(at, how);
            postman.round(&never()).await.unwrap();
            ground.later(TimeDelta::minutes(10));
        }
        server.recovers();
        for _ in 0..5 {
            postman.round(&never()).await.unwrap();
            ground.later(TimeDelta::hours(1));
        }
        assert!(
            ground
                .statuses()
                .await
                .iter()
                .all(|status| status == "sent")
        );
        let taken = server.taken();
        assert_eq!(taken.len(), 120);
        let place = |id: &Uuid| {
            taken
                .iter()
                .position(|letter| letter.contains(&id.to_string()))
                .unwrap()
        };
        for pair in queued.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            assert!(
                place(&pair[0].1) < place(&pair[1].1),
                "order of {}",
                pair[0].0
            );
        }
        assert!(
            server.seen.lock().unwrap().len() > 120,
            "some arrived twice, by their Message-ID the same"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_queued_letter_wakes_him() {
    for ground in Ground::all().await {
        ground.desk.seed_demo().await.unwrap();
        let memory = Memory::default();
        let pace = Pace {
            every: Duration::from_secs(3_600),
            ..Pace::default()
        };
        let postman = ground.postman(Mailer::Memory(memory.clone())).at_pace(pace);
        let stop = never();
        let working = tokio::spawn(postman.work(stop.clone()));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = memory.sent().len();
        ground
            .desk
            .request_magic_link("client@example.com", "192.0.2.1")
            .await
            .unwrap();
        let began = Instant::now();
        while memory.sent().len() == before {
            assert!(began.elapsed() < Duration::from_secs(60), "nobody came");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
        working.await.unwrap();
    }
}

#[tokio::test]
async fn a_person_without_settings_is_written_to_as_their_client_wishes() {
    let ground = Ground::sqlite().await;
    ground.desk.seed_demo().await.unwrap();
    let me = ground
        .desk
        .sign_in("cliente@example.com", PASSWORD, "", "192.0.2.1")
        .await
        .unwrap();
    let me = ground.desk.session(&me.token).await.unwrap().unwrap();
    let person = desk::table::person::ActiveModel {
        id: Set(Uuid::from_u128(me.person().get())),
        locale: Set(None),
        time_zone: Set(Some("Asia/Kathmandu".to_owned())),
        ..Default::default()
    };
    person.update(ground.desk.db()).await.unwrap();
    ground
        .desk
        .request_reset("cliente@example.com", "192.0.2.1")
        .await
        .unwrap();
    let letters = ground.desk.lease_letters(100, 60).await.unwrap();
    let letter = letters
        .iter()
        .find(|letter| letter.email == "cliente@example.com")
        .unwrap();
    assert_eq!(
        (letter.locale.as_str(), letter.time_zone.as_str()),
        ("es", "Asia/Kathmandu")
    );
}

#[tokio::test]
async fn a_test_mail_says_whether_it_went() {
    let memory = Memory::default();
    let mailer = Mailer::Memory(memory.clone());
    let now = at("2026-11-21T08:00:00Z");
    let id = send_test_mail("olga@clean.example", &mailer, &sender(), now)
        .await
        .unwrap();
    assert_eq!(memory.sent()[0].message_id, id);
    memory.fail_next(Undelivered::Away("connection refused".to_owned()));
    let why = send_test_mail("olga@clean.example", &mailer, &sender(), now)
        .await
        .unwrap_err();
    assert_eq!(why, "The mail was not accepted: connection refused.");
    assert!(
        send_test_mail("olga", &mailer, &sender(), now)
            .await
            .is_err()
    );
}
