//! The settings of the business: what is refused, who may, two at once.

use booking::refusal::Refusal;
use desk::settings::{ChangedApproval, ChangedBusiness, ChangedSignIn};

use crate::ground::refused;

fn ours() -> ChangedBusiness {
    ChangedBusiness {
        name: "Ours".into(),
        time_zone: "Asia/Kathmandu".into(),
        locale: "es".into(),
        currency: "NPR".into(),
        first_weekday: 7,
        subject_label: "Devices".into(),
        ticket_link: "https://desk.example.com/{id}".into(),
    }
}

both! {
    async fn an_owner_changes_the_business(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        ground.desk.change_business(&owner, 1, &ours()).await.unwrap();
        let now = ground.desk.business().await.unwrap();
        assert_eq!((now.name.as_str(), now.first_weekday, now.version), ("Ours", 7, 2));
        assert_eq!(now.ticket_link.as_deref(), Some("https://desk.example.com/{id}"));
        assert_eq!(ground.demo("client@example.com").await.time_zone(), "Asia/Kathmandu");
        assert_eq!(refused(ground.desk.change_business(&owner, 1, &ours()).await).0, Refusal::Stale);
        assert_eq!(ground.count("history WHERE about = 'business'").await, 1);
    }

    async fn what_a_business_cannot_be(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let cases: Vec<(ChangedBusiness, Refusal, &str)> = vec![
            (ChangedBusiness { name: "x".repeat(201), ..ours() }, Refusal::TextTooLong, "name"),
            (ChangedBusiness { time_zone: "z".repeat(10_000), ..ours() }, Refusal::BadZone, "time_zone"),
            (ChangedBusiness { locale: "".into(), ..ours() }, Refusal::BadLanguage, "locale"),
            (ChangedBusiness { currency: "EURO".into(), ..ours() }, Refusal::BadCurrency, "currency"),
            (ChangedBusiness { first_weekday: 0, ..ours() }, Refusal::BadAmount, "first_weekday"),
            (ChangedBusiness { first_weekday: 8, ..ours() }, Refusal::BadAmount, "first_weekday"),
            (ChangedBusiness { subject_label: "y".repeat(41), ..ours() }, Refusal::TextTooLong, "subject_label"),
            (ChangedBusiness { ticket_link: "javascript:{id}".into(), ..ours() }, Refusal::BadTemplate, "ticket_link"),
            (ChangedBusiness { ticket_link: "https://a.example/".into(), ..ours() }, Refusal::BadTemplate, "ticket_link"),
        ];
        for (changed, why, field) in cases {
            assert_eq!(refused(ground.desk.change_business(&owner, 1, &changed).await), (why, Some(field)));
        }
        for hours in [0, -1, 337, i32::MAX] {
            let changed = ChangedApproval { reason_required: true, hold_hours: hours, undo_minutes: 0 };
            let answer = refused(ground.desk.change_approval(&owner, 1, changed).await);
            assert_eq!(answer, (Refusal::BadAmount, Some("hold_hours")));
        }
        let changed = ChangedSignIn { magic_links: true, session_idle_hours: 0, session_days: 30 };
        let answer = refused(ground.desk.change_sign_in(&owner, 1, changed).await);
        assert_eq!(answer, (Refusal::BadAmount, Some("session_idle_hours")));
        assert_eq!(ground.desk.business().await.unwrap().version, 1);
        assert_eq!(ground.count("history WHERE about = 'business'").await, 0);
    }

    async fn nobody_else_changes_it(ground: Ground) {
        let ground = ground.with_demo().await;
        for email in ["dispatcher@example.com", "technician@example.com"] {
            let pass = ground.demo(email).await.staff().unwrap();
            let approval = ChangedApproval { reason_required: true, hold_hours: 1, undo_minutes: 0 };
            let sign_in = ChangedSignIn { magic_links: true, session_idle_hours: 1, session_days: 1 };
            assert_eq!(refused(ground.desk.change_business(&pass, 1, &ours()).await).0, Refusal::NotAllowed);
            assert_eq!(refused(ground.desk.change_approval(&pass, 1, approval).await).0, Refusal::NotAllowed);
            assert_eq!(refused(ground.desk.change_sign_in(&pass, 1, sign_in).await).0, Refusal::NotAllowed);
        }
    }

    async fn of_two_owners_who_save_at_once_one_is_told(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let all: Vec<_> = (1..9).map(|hours| {
            let desk = ground.desk.clone();
            let changed = ChangedApproval { reason_required: false, hold_hours: hours, undo_minutes: 0 };
            tokio::spawn(async move { desk.change_approval(&owner, 1, changed).await })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        assert_eq!((won, ground.desk.business().await.unwrap().version), (1, 2));
    }

    async fn shorter_sessions_hold_for_those_that_are_open(ground: Ground) {
        let ground = ground.with_demo().await;
        let session = ground.desk.sign_in("owner@example.com", desk::seed_demo::PASSWORD, "", "x").await.unwrap();
        let owner = ground.desk.session(&session.token).await.unwrap().unwrap().staff().unwrap();
        ground.pass(chrono::TimeDelta::hours(2)).await;
        let changed = ChangedSignIn { magic_links: true, session_idle_hours: 2, session_days: 1 };
        ground.desk.change_sign_in(&owner, 1, changed).await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap(), None);
    }
}
