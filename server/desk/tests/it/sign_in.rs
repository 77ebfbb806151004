//! Sessions: who comes in, how long they stay, who is kept out (T18, T21, T22).

use booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::seed_demo::{PASSWORD, SIGN_INS};

const HERE: &str = "198.51.100.7";
const THERE: &str = "203.0.113.9";

both! {
    async fn every_demonstration_sign_in_works(ground: Ground) {
        let ground = ground.with_demo().await;
        for (email, _) in SIGN_INS {
            let me = ground.demo(email).await;
            assert_eq!(me.email(), *email);
            assert_eq!(me.contact().is_some(), email.starts_with("client"), "{email}");
            assert_eq!(me.staff().is_some(), !email.starts_with("client"), "{email}");
        }
        assert_eq!(ground.demo("cliente@example.com").await.locale(), "es");
        assert_eq!(ground.demo("client@example.com").await.locale(), "en");
        assert_eq!(ground.demo("dana@demo.invalid").await.time_zone(), "America/New_York");
        assert!(ground.demo("owner@example.com").await.staff().unwrap().owner().is_ok());
        assert!(ground.demo("technician@example.com").await.staff().unwrap().dispatcher().is_err());
    }

    async fn unknown_and_wrong_answer_alike(ground: Ground) {
        let ground = ground.with_demo().await;
        let cases = [
            ("owner@example.com", "wrong-password"), ("nobody@example.com", PASSWORD), ("", ""), ("'; --", PASSWORD),
            ("owner@example.com\0", PASSWORD), ("owner@example.com", ""),
        ];
        for (email, password) in cases {
            let answer = ground.desk.sign_in(email, password, "", HERE).await.unwrap_err();
            assert_eq!(answer.refusal(), Some(Refusal::WrongPassword), "{email:?}");
        }
    }

    async fn the_address_is_found_however_it_is_typed(ground: Ground) {
        let ground = ground.with_demo().await;
        assert!(ground.desk.sign_in(" Owner@Example.COM ", PASSWORD, "", HERE).await.is_ok());
    }

    async fn ten_failures_close_the_door_for_that_address_from_there_only(ground: Ground) {
        let ground = ground.with_demo().await;
        for _ in 0..10 {
            let answer = ground.desk.sign_in("owner@example.com", "wrong-password", "", HERE).await;
            assert_eq!(answer.unwrap_err().refusal(), Some(Refusal::WrongPassword));
        }
        let right = ground.desk.sign_in("owner@example.com", PASSWORD, "", HERE).await;
        assert_eq!(right.unwrap_err().refusal(), Some(Refusal::TooManyTries));
        assert!(ground.desk.sign_in("owner@example.com", PASSWORD, "", THERE).await.is_ok());
        assert!(ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await.is_ok());
        ground.pass(TimeDelta::minutes(16)).await;
        assert!(ground.desk.sign_in("owner@example.com", PASSWORD, "", HERE).await.is_ok());
    }

    async fn tries_at_once_are_all_counted(ground: Ground) {
        let ground = ground.with_demo().await;
        let all = (0..30).map(|_| {
            let desk = ground.desk.clone();
            tokio::spawn(async move { desk.sign_in("owner@example.com", "wrong-password", "", HERE).await })
        });
        let mut refused = 0;
        for one in all.collect::<Vec<_>>() {
            refused += i32::from(one.await.unwrap().unwrap_err().refusal() == Some(Refusal::TooManyTries));
        }
        assert_eq!(refused, 20);
    }

    async fn a_place_that_tries_everybody_is_stopped(ground: Ground) {
        let ground = ground.with_demo().await;
        for n in 0..50 {
            let _ = ground.desk.sign_in(&format!("a{n}@example.com"), "wrong-password", "", HERE).await;
        }
        let answer = ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await;
        assert_eq!(answer.unwrap_err().refusal(), Some(Refusal::TooManyTries));
        assert!(ground.desk.sign_in("client@example.com", PASSWORD, "", THERE).await.is_ok());
    }

    async fn every_sign_in_has_a_new_secret_and_only_its_hash_is_kept(ground: Ground) {
        let ground = ground.with_demo().await;
        let a = ground.desk.sign_in("owner@example.com", PASSWORD, "A", HERE).await.unwrap();
        let b = ground.desk.sign_in("owner@example.com", PASSWORD, "B", HERE).await.unwrap();
        assert_ne!(a.token, b.token);
        assert_eq!(a.token.len(), 43);
        assert_eq!(ground.count(&format!("sessions WHERE token_hash = '{}'", a.token)).await, 0);
        assert!(!format!("{a:?}").contains(&a.token));
        assert_eq!(ground.desk.session("").await.unwrap(), None);
        assert_eq!(ground.desk.session("planted").await.unwrap(), None);
    }

    async fn a_token_is_worth_nothing_after_signing_out(ground: Ground) {
        let ground = ground.with_demo().await;
        let a = ground.desk.sign_in("owner@example.com", PASSWORD, "A", HERE).await.unwrap();
        let b = ground.desk.sign_in("owner@example.com", PASSWORD, "B", HERE).await.unwrap();
        ground.desk.sign_out(&a.token).await.unwrap();
        ground.desk.sign_out(&a.token).await.unwrap();
        assert_eq!(ground.desk.session(&a.token).await.unwrap(), None);
        let me = ground.desk.session(&b.token).await.unwrap().unwrap();
        ground.desk.sign_out_everywhere(&me).await.unwrap();
        assert_eq!(ground.desk.session(&b.token).await.unwrap(), None);
    }

    async fn one_ends_ones_own_sessions_only(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await;
        let client = ground.demo("client@example.com").await;
        let foreign = ground.desk.end_session(&client, owner.session()).await.unwrap_err();
        let unknown = ground.desk.end_session(&client, uuid::Uuid::nil()).await.unwrap_err();
        assert_eq!((foreign.refusal(), unknown.refusal()), (Some(Refusal::NotFound), Some(Refusal::NotFound)));
        let again = ground.demo("owner@example.com").await;
        let mine = ground.desk.sessions_of(&again).await.unwrap();
        assert_eq!(mine.len(), 2);
        assert_eq!(mine.iter().filter(|session| session.this).count(), 1);
        ground.desk.end_session(&again, owner.session()).await.unwrap();
        assert_eq!(ground.desk.sessions_of(&again).await.unwrap().len(), 1);
    }

    async fn an_idle_session_ends_and_a_used_one_lives_until_its_last_day(ground: Ground) {
        let ground = ground.with_demo().await;
        let idle = ground.desk.sign_in("owner@example.com", PASSWORD, "", HERE).await.unwrap();
        let used = ground.desk.sign_in("owner@example.com", PASSWORD, "", HERE).await.unwrap();
        ground.pass(TimeDelta::hours(71)).await;
        assert!(ground.desk.session(&used.token).await.unwrap().is_some());
        while ground.count("sessions WHERE seen_at = created_at").await > 1 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        ground.pass(TimeDelta::hours(1)).await;
        assert_eq!(ground.desk.session(&idle.token).await.unwrap(), None);
        assert!(ground.desk.session(&used.token).await.unwrap().is_some());
        ground.until(used.expires).await;
        assert_eq!(ground.desk.session(&used.token).await.unwrap(), None);
    }
}
