//! The first day, and the command line.

use booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::pass::Roles;
use desk::set_up::{NewBusiness, SetUpStep};

use crate::ground::refused;

fn mine() -> NewBusiness {
    NewBusiness {
        business: "My shop".into(),
        time_zone: "America/Bogota".into(),
        locale: "es".into(),
        currency: "cop".into(),
        name: "Me".into(),
        email: "Me@Shop.example".into(),
        password: "correct horse battery".into(),
    }
}

both! {
    async fn the_first_who_opens_the_link_is_the_owner(ground: Ground) {
        assert!(ground.desk.is_empty().await.unwrap());
        assert_eq!(ground.desk.set_up_step().await.unwrap(), Some(SetUpStep::Owner));
        let old = ground.desk.set_up_link().await.unwrap().unwrap();
        let token = ground.desk.set_up_link().await.unwrap().unwrap();
        assert_eq!(refused(ground.desk.set_up(&old, &mine(), "").await).0, Refusal::LinkExpired);
        let session = ground.desk.set_up(&token, &mine(), "").await.unwrap();
        let me = ground.desk.session(&session.token).await.unwrap().unwrap();
        assert_eq!((me.locale(), me.time_zone(), me.email()), ("es", "America/Bogota", "me@shop.example"));
        assert!(me.staff().unwrap().owner().is_ok());
        assert_eq!(ground.desk.business().await.unwrap().currency, "COP");
        assert_eq!(ground.desk.set_up_link().await.unwrap(), None);
        assert_eq!(ground.desk.set_up_step().await.unwrap(), Some(SetUpStep::Service));
        assert!(!ground.desk.is_empty().await.unwrap());
        assert_eq!(refused(ground.desk.seed_demo().await).0, Refusal::AlreadySetUp);
    }

    async fn what_is_wrong_stands_beside_its_field_and_the_link_stays(ground: Ground) {
        let token = ground.desk.set_up_link().await.unwrap().unwrap();
        let cases: Vec<(NewBusiness, Refusal, &str)> = vec![
            (NewBusiness { business: " ".into(), ..mine() }, Refusal::TextEmpty, "business"),
            (NewBusiness { time_zone: "Mars/Phobos".into(), ..mine() }, Refusal::BadZone, "time_zone"),
            (NewBusiness { time_zone: "../../etc/localtime".into(), ..mine() }, Refusal::BadZone, "time_zone"),
            (NewBusiness { locale: "tlh".into(), ..mine() }, Refusal::BadLanguage, "locale"),
            (NewBusiness { currency: "BTC".into(), ..mine() }, Refusal::BadCurrency, "currency"),
            (NewBusiness { name: "a\u{202e}b".into(), ..mine() }, Refusal::TextControl, "name"),
            (NewBusiness { email: "me".into(), ..mine() }, Refusal::BadEmail, "email"),
            (NewBusiness { password: "ME@shop.example".into(), ..mine() }, Refusal::WeakPassword, "password"),
        ];
        for (new, why, field) in cases {
            assert_eq!(refused(ground.desk.set_up(&token, &new, "").await), (why, Some(field)));
        }
        assert!(ground.desk.is_empty().await.unwrap());
        ground.pass(TimeDelta::hours(24)).await;
        assert_eq!(refused(ground.desk.set_up(&token, &mine(), "").await).0, Refusal::LinkExpired);
    }

    async fn of_many_with_one_link_one_becomes_the_owner(ground: Ground) {
        let token = ground.desk.set_up_link().await.unwrap().unwrap();
        let all: Vec<_> = (0..6).map(|n| {
            let (desk, token) = (ground.desk.clone(), token.clone());
            let new = NewBusiness { email: format!("me{n}@shop.example"), ..mine() };
            tokio::spawn(async move { desk.set_up(&token, &new, "").await })
        }).collect();
        let mut owners = 0;
        for one in all {
            owners += i32::from(one.await.unwrap().is_ok());
        }
        assert_eq!((owners, ground.count("staff").await, ground.count("people").await), (1, 1, 1));
    }

    async fn the_demonstration_can_be_loaded_instead(ground: Ground) {
        let token = ground.desk.set_up_link().await.unwrap().unwrap();
        let session = ground.desk.set_up(&token, &mine(), "").await.unwrap();
        let me = ground.desk.session(&session.token).await.unwrap().unwrap();
        ground.desk.load_demo(&me.staff().unwrap()).await.unwrap();
        assert!(ground.desk.business().await.unwrap().demo);
        assert_eq!(ground.desk.set_up_step().await.unwrap(), None);
        assert_eq!(refused(ground.desk.load_demo(&me.staff().unwrap()).await).0, Refusal::AlreadySetUp);
        ground.demo("client@example.com").await;
        assert_eq!(ground.desk.check().await.unwrap(), []);
    }

    async fn the_demonstration_loads_once(ground: Ground) {
        ground.desk.seed_demo().await.unwrap();
        assert_eq!(refused(ground.desk.seed_demo().await).0, Refusal::AlreadySetUp);
    }

    async fn the_command_line_makes_users_and_sets_passwords(ground: Ground) {
        let owner = Roles { owner: true, ..Roles::default() };
        let good = "correct horse battery";
        assert_eq!(refused(ground.desk.create_user("me@x.example", "Me", owner, "short").await).0, Refusal::WeakPassword);
        ground.desk.create_user("Me@x.example", "Me", owner, good).await.unwrap();
        assert_eq!(refused(ground.desk.create_user("me@X.example", "Me", owner, good).await).0, Refusal::EmailTaken);
        let session = ground.desk.sign_in("me@x.example", good, "", "here").await.unwrap();
        ground.desk.set_password("me@x.example", "another good one").await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap(), None);
        ground.desk.sign_in("me@x.example", "another good one", "", "here").await.unwrap();
        let nobody = refused(ground.desk.set_password("you@x.example", good).await);
        assert_eq!(nobody, (Refusal::NotFound, Some("email")));
    }
}
