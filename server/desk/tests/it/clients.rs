//! Clients, contacts and subjects: found, changed, put away; nobody reaches another's.

use booking::ids::{ClientId, PersonId, SubjectId};
use booking::refusal::Refusal;
use desk::StaffPass;
use desk::clients::{ClientSearch, NewClient, Standing};
use desk::subjects::NewSubject;

use crate::ground::{Ground, refused};

async fn dispatcher(ground: &Ground) -> StaffPass {
    ground.demo("dispatcher@example.com").await.staff().unwrap()
}

fn acme() -> NewClient {
    NewClient {
        name: "Ácme 100% & Co".into(),
        email: "hello@acme.example".into(),
        phone: "+1 555 0100".into(),
        address: "1 Road\nTown".into(),
        locale: "es".into(),
        time_zone: "America/New_York".into(),
        own_only: true,
        notes: "Ring twice.".into(),
    }
}

both! {
    async fn clients_are_found_by_what_one_remembers(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        ground.desk.create_client(&pass, "k", &acme()).await.unwrap();
        let cases: Vec<(&str, u64)> = vec![
            ("", 26), ("miller", 1), ("MILLER", 1), ("familia", 5), ("andrés", 1), ("ANDRÉS", 1), ("ácme", 1), ("ÁCME", 1),
            ("pilar@demo", 1), ("600 555 003", 1), ("100%", 1), ("%", 1), ("_", 0), ("\\", 0), ("' OR 1=1 --", 0), ("\0", 26),
            ("zzz", 0),
        ];
        for (text, total) in cases {
            let search = ClientSearch { text: text.into(), ..ClientSearch::default() };
            assert_eq!(ground.desk.clients(&pass, &search).await.unwrap().total, total, "{text:?}");
        }
        let search = ClientSearch { text: "carla".into(), page: 99, ..ClientSearch::default() };
        let list = ground.desk.clients(&pass, &search).await.unwrap();
        assert_eq!((list.page, list.pages), (1, 1));
        assert_eq!((list.rows[0].name.as_str(), &list.rows[0].contacts), ("The Miller family", &vec!["Carla Miller".to_owned()]));
    }

    async fn ten_thousand_clients_take_few_queries(ground: Ground) {
        use desk::table::client;
        use sea_orm::{EntityTrait, IntoActiveModel};
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let work = ground.desk.begin().await.unwrap();
        for block in 0..20 {
            let rows = (0..500).map(|n| client::Model {
                id: work.id(), name: format!("Client {:05}", block * 500 + n), email: Some(format!("c{n}@x.example")), phone: None,
                address: None, locale: None, time_zone: None, own_only: false, active: true, notes: String::new(),
                created_at: work.now(), version: 1, merged_into: None, phone_key: None,
            }.into_active_model());
            client::Entity::insert_many(rows).exec_without_returning(work.tx()).await.unwrap();
        }
        work.commit().await.unwrap();
        let (desk, queries) = ground.desk.counted();
        let last = ClientSearch { page: 9_999, ..ClientSearch::default() };
        let list = desk.clients(&pass, &last).await.unwrap();
        assert_eq!(queries.load(std::sync::atomic::Ordering::Relaxed), 4);
        assert_eq!((list.total, list.page, list.pages, list.rows.len()), (10_025, 201, 201, 25));
        queries.store(0, std::sync::atomic::Ordering::Relaxed);
        let names = desk.client_names(&pass, 1_000, &[list.rows[0].id]).await.unwrap();
        assert_eq!((names.len(), queries.load(std::sync::atomic::Ordering::Relaxed)), (1_001, 1));
        let one = ClientSearch { text: "client 09999".into(), ..ClientSearch::default() };
        assert_eq!(ground.desk.clients(&pass, &one).await.unwrap().total, 1);
    }

    async fn a_client_is_made_once_changed_and_put_away(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let id = ground.desk.create_client(&pass, "k", &acme()).await.unwrap();
        assert_eq!(ground.desk.create_client(&pass, "k", &acme()).await.unwrap(), id);
        let page = ground.desk.client(&pass, id).await.unwrap().unwrap();
        assert_eq!((page.form, page.active, page.version), (acme(), true, 1));
        let plain = NewClient { name: "Acme".into(), ..NewClient::default() };
        ground.desk.edit_client(&pass, id, 1, &plain).await.unwrap();
        assert_eq!(refused(ground.desk.edit_client(&pass, id, 1, &plain).await).0, Refusal::Stale);
        assert_eq!(ground.desk.client(&pass, id).await.unwrap().unwrap().form, plain);
        ground.desk.set_client_active(&pass, id, 2, false).await.unwrap();
        let gone = ClientSearch { standing: Standing::Former, ..ClientSearch::default() };
        assert_eq!(ground.desk.clients(&pass, &gone).await.unwrap().total, 1);
        assert_eq!(ground.count("history WHERE about = 'client'").await, 3);
    }

    async fn what_a_client_cannot_be(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let cases = [
            (NewClient { name: "\u{200b}".into(), ..acme() }, Refusal::TextEmpty, "name"),
            (NewClient { name: "Bob\r\nBcc: x@y".into(), ..acme() }, Refusal::TextControl, "name"),
            (NewClient { email: "x".into(), ..acme() }, Refusal::BadEmail, "email"),
            (NewClient { phone: "x".into(), ..acme() }, Refusal::BadPhone, "phone"),
            (NewClient { address: "x".repeat(501), ..acme() }, Refusal::TextTooLong, "address"),
            (NewClient { locale: "x".into(), ..acme() }, Refusal::BadLanguage, "locale"),
            (NewClient { time_zone: "x".into(), ..acme() }, Refusal::BadZone, "time_zone"),
            (NewClient { notes: "x".repeat(2_001), ..acme() }, Refusal::TextTooLong, "notes"),
        ];
        for (new, why, field) in cases {
            assert_eq!(refused(ground.desk.create_client(&pass, "k", &new).await), (why, Some(field)));
        }
        assert_eq!(ground.count("clients").await, 25);
    }

    async fn whose_client_is_put_away_is_out_at_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let session = ground.desk.sign_in("client@example.com", desk::seed_demo::PASSWORD, "", "x").await.unwrap();
        let contact = ground.desk.session(&session.token).await.unwrap().unwrap();
        let client = contact.contact().unwrap().client();
        ground.desk.set_client_active(&pass, client, 1, false).await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap(), None);
        let again = ground.desk.sign_in("client@example.com", desk::seed_demo::PASSWORD, "", "x").await;
        assert_eq!(refused(again).0, Refusal::AccountDisabled);
        ground.desk.set_client_active(&pass, client, 2, true).await.unwrap();
        ground.desk.set_contact_active(&pass, client, contact.person(), false).await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap(), None);
        ground.desk.set_contact_active(&pass, client, contact.person(), true).await.unwrap();
        assert!(ground.desk.session(&session.token).await.unwrap().is_some());
    }

    async fn subjects_belong_to_their_client(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let mine = ground.demo("client@example.com").await.contact().unwrap();
        let other = ground.demo("cliente@example.com").await.contact().unwrap();
        let hamster = NewSubject { name: "Hamster".into(), details: "Bites".into(), active: true };
        let id = ground.desk.create_subject(&pass, mine.client(), "k", &hamster).await.unwrap();
        assert_eq!(ground.desk.create_subject(&pass, mine.client(), "k", &hamster).await.unwrap(), id);
        assert_eq!(ground.desk.subjects(&mine).await.unwrap().len(), 3);
        assert_eq!(ground.desk.subjects(&other).await.unwrap().len(), 2);
        let foreign = ground.desk.edit_subject(&pass, (other.client(), id), 1, &hamster).await;
        assert_eq!(refused(foreign).0, Refusal::NotFound);
        let gone = NewSubject { active: false, ..hamster.clone() };
        ground.desk.edit_subject(&pass, (mine.client(), id), 1, &gone).await.unwrap();
        assert_eq!(refused(ground.desk.edit_subject(&pass, (mine.client(), id), 1, &gone).await).0, Refusal::Stale);
        assert_eq!(ground.desk.subjects(&mine).await.unwrap().len(), 2);
        let page = ground.desk.client(&pass, mine.client()).await.unwrap().unwrap();
        assert_eq!(page.subjects.last().unwrap().name, "Hamster");
        let bad = NewSubject { name: "".into(), ..hamster };
        let answer = refused(ground.desk.create_subject(&pass, mine.client(), "x", &bad).await);
        assert_eq!(answer, (Refusal::TextEmpty, Some("name")));
    }

    async fn who_may_touch_clients(ground: Ground) {
        let ground = ground.with_demo().await;
        let technician = ground.demo("technician@example.com").await.staff().unwrap();
        let pass = dispatcher(&ground).await;
        let contact = ground.demo("client@example.com").await;
        let client = contact.contact().unwrap().client();
        let d = &ground.desk;
        let subject = NewSubject { name: "X".into(), ..NewSubject::default() };
        let nobody = SubjectId::new(1);
        let answers = [
            refused(d.clients(&technician, &ClientSearch::default()).await),
            refused(d.client(&technician, client).await),
            refused(d.create_client(&technician, "k", &acme()).await),
            refused(d.edit_client(&technician, client, 1, &acme()).await),
            refused(d.set_client_active(&technician, client, 1, false).await),
            refused(d.set_contact_active(&technician, client, contact.person(), false).await),
            refused(d.create_subject(&technician, client, "k", &subject).await),
            refused(d.edit_subject(&technician, (client, nobody), 1, &subject).await),
        ];
        assert!(answers.iter().all(|answer| answer.0 == Refusal::NotAllowed), "{answers:?}");
        let unknown = ClientId::new(3);
        let answers = [
            refused(d.edit_client(&pass, unknown, 1, &acme()).await),
            refused(d.set_client_active(&pass, unknown, 1, false).await),
            refused(d.set_contact_active(&pass, unknown, contact.person(), false).await),
            refused(d.set_contact_active(&pass, client, PersonId::new(3), false).await),
            refused(d.create_subject(&pass, unknown, "k", &subject).await),
            refused(d.edit_subject(&pass, (client, nobody), 1, &subject).await),
        ];
        assert!(answers.iter().all(|answer| answer.0 == Refusal::NotFound), "{answers:?}");
        assert_eq!(d.client(&pass, unknown).await.unwrap(), None);
    }

    async fn of_two_edits_with_one_version_one_wins(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let id = ground.demo("client@example.com").await.contact().unwrap().client();
        let all: Vec<_> = (0..8).map(|n| {
            let desk = ground.desk.clone();
            tokio::spawn(async move {
                desk.edit_client(&pass, id, 1, &NewClient { name: format!("Edit {n}"), ..acme() }).await
            })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        assert_eq!(won, 1);
    }
}
