//! Services, resources and closures: what is refused, who may, two at once, what clients see.

use booking::ids::{ClientId, ResourceId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use desk::StaffPass;
use desk::closures::NewClosure;
use desk::resources::NewResource;
use desk::services::{Need, NewService};

use crate::ground::{Ground, refused};

fn massage() -> NewService {
    NewService {
        name: "Massage".into(),
        description: "Forty minutes of peace.".into(),
        bookable: true,
        lengths: vec![60, 40],
        capacity: 1,
        price_minor: Some(4_000),
        all_technicians: true,
        ..NewService::default()
    }
}

async fn pass(ground: &Ground, email: &str) -> StaffPass {
    ground.demo(email).await.staff().unwrap()
}

async fn owner(ground: &Ground) -> StaffPass {
    pass(ground, "owner@example.com").await
}

both! {
    async fn a_service_is_made_once_changed_and_put_away(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let id = ground.desk.create_service(&owner, "k1", &massage()).await.unwrap();
        assert_eq!(ground.desk.create_service(&owner, "k1", &massage()).await.unwrap(), id);
        let other = NewService { name: "Other".into(), ..massage() };
        assert_eq!(refused(ground.desk.create_service(&owner, "k1", &other).await).0, Refusal::KeyReused);
        let page = ground.desk.service(&owner, id).await.unwrap().unwrap();
        assert_eq!(page.form, NewService { lengths: vec![40, 60], ..massage() });
        assert_eq!((page.active, page.position, page.version), (true, 6, 1));

        let van = ground.desk.resources(&owner).await.unwrap()[0].id;
        let team = ground.desk.team(&owner).await.unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let changed = NewService {
            any_length: true,
            lengths: vec![90, 30, 60],
            all_technicians: false,
            technicians: vec![team[1].id, team[0].id],
            needs: vec![
                Need { resource: Some(van), kind: None, units: 1 },
                Need { resource: None, kind: Some("room".into()), units: 2 },
            ],
            restricted: true,
            clients: vec![client],
            ..massage()
        };
        ground.desk.edit_service(&owner, id, 1, &changed).await.unwrap();
        let page = ground.desk.service(&owner, id).await.unwrap().unwrap();
        assert_eq!(page.form.lengths, [30, 90]);
        assert_eq!(page.form.technicians.len(), 2);
        assert_eq!((page.form.needs, page.form.clients), (changed.needs.clone(), vec![client]));
        assert_eq!(refused(ground.desk.edit_service(&owner, id, 1, &changed).await).0, Refusal::Stale);
        ground.desk.set_service_active(&owner, id, 2, false).await.unwrap();
        assert!(!ground.desk.services(&owner).await.unwrap().last().unwrap().active);
        assert_eq!(ground.count("history WHERE about = 'service'").await, 3);
    }

    async fn what_a_service_cannot_be(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let nobody = TechnicianId::new(9);
        let real = ground.desk.team(&owner).await.unwrap()[0].id;
        let need = |resource: Option<ResourceId>, kind: Option<&str>, units| {
            vec![Need { resource, kind: kind.map(str::to_owned), units }]
        };
        let m = massage;
        let cases: Vec<(NewService, Refusal, &str)> = vec![
            (NewService { name: "".into(), ..m() }, Refusal::TextEmpty, "name"),
            (NewService { name: "Dog walk ".into(), ..m() }, Refusal::NameTaken, "name"),
            (NewService { description: "x".repeat(2_001), ..m() }, Refusal::TextTooLong, "description"),
            (NewService { lengths: vec![], ..m() }, Refusal::BadLength, "lengths"),
            (NewService { lengths: vec![4], ..m() }, Refusal::BadLength, "lengths"),
            (NewService { lengths: vec![30, 1_441], ..m() }, Refusal::BadLength, "lengths"),
            (NewService { lengths: vec![0], ..m() }, Refusal::BadLength, "lengths"),
            (NewService { lengths: (5..20).collect(), ..m() }, Refusal::BadLength, "lengths"),
            (NewService { step_min: Some(0), ..m() }, Refusal::BadInterval, "step_min"),
            (NewService { step_min: Some(1_441), ..m() }, Refusal::BadInterval, "step_min"),
            (NewService { buffer_before: 241, ..m() }, Refusal::BadBuffer, "buffer_before"),
            (NewService { buffer_after: u32::MAX, ..m() }, Refusal::BadBuffer, "buffer_after"),
            (NewService { price_minor: Some(-1), ..m() }, Refusal::BadPrice, "price_minor"),
            (NewService { price_minor: Some(i64::MAX), ..m() }, Refusal::BadPrice, "price_minor"),
            (NewService { capacity: 0, ..m() }, Refusal::BadAmount, "capacity"),
            (NewService { capacity: 501, ..m() }, Refusal::BadAmount, "capacity"),
            (NewService { notice_min: u32::MAX, ..m() }, Refusal::BadAmount, "notice_min"),
            (NewService { advance_days: Some(1_000), ..m() }, Refusal::BadAmount, "advance_days"),
            (NewService { max_per_day: Some(u32::MAX), ..m() }, Refusal::BadAmount, "max_per_day"),
            (NewService { max_per_week: Some(u32::MAX), ..m() }, Refusal::BadAmount, "max_per_week"),
            (NewService { technicians: vec![nobody], ..m() }, Refusal::BadChoice, "technicians"),
            (NewService { technicians: vec![real, real], ..m() }, Refusal::BadChoice, "technicians"),
            (NewService { clients: vec![ClientId::new(9)], ..m() }, Refusal::BadChoice, "clients"),
            (NewService { needs: need(Some(ResourceId::new(9)), None, 1), ..m() }, Refusal::BadChoice, "needs"),
            (NewService { needs: need(None, Some("castle"), 1), ..m() }, Refusal::BadChoice, "needs"),
            (NewService { needs: need(None, None, 1), ..m() }, Refusal::BadChoice, "needs"),
            (NewService { needs: need(None, Some("room"), 0), ..m() }, Refusal::BadAmount, "needs"),
        ];
        for (n, (new, why, field)) in cases.into_iter().enumerate() {
            let answer = refused(ground.desk.create_service(&owner, &format!("k{n}"), &new).await);
            assert_eq!(answer, (why, Some(field)), "{new:?}");
        }
        assert_eq!(ground.count("services").await, 6);
        assert_eq!(ground.count("idempotency_keys").await, 0);
        assert_eq!(ground.count("history WHERE about = 'service'").await, 0);
    }

    async fn only_owners_change_the_catalogue(ground: Ground) {
        let ground = ground.with_demo().await;
        let dispatcher = pass(&ground, "dispatcher@example.com").await;
        let technician = pass(&ground, "technician@example.com").await;
        let service = ground.desk.services(&dispatcher).await.unwrap()[0].id;
        let resource = ground.desk.resources(&dispatcher).await.unwrap()[0].id;
        assert_eq!(refused(ground.desk.services(&technician).await).0, Refusal::NotAllowed);
        assert_eq!(refused(ground.desk.resources(&technician).await).0, Refusal::NotAllowed);
        let closure = NewClosure { from: "2026-12-24".into(), name: "Christmas".into(), ..NewClosure::default() };
        let date = "2026-12-24".parse().unwrap();
        for who in [dispatcher, technician] {
            let d = &ground.desk;
            let answers = [
                refused(d.create_service(&who, "k", &massage()).await),
                refused(d.edit_service(&who, service, 1, &massage()).await),
                refused(d.set_service_active(&who, service, 1, false).await),
                refused(d.order_services(&who, &[service]).await),
                refused(d.create_resource(&who, "k", &NewResource::default()).await),
                refused(d.edit_resource(&who, resource, 1, &NewResource::default()).await),
                refused(d.set_resource_active(&who, resource, 1, false).await),
                refused(d.add_closure(&who, &closure).await),
                refused(d.remove_closure(&who, date).await),
            ];
            assert!(answers.iter().all(|answer| answer.0 == Refusal::NotAllowed), "{answers:?}");
        }
        let owner = owner(&ground).await;
        let unknown = ServiceId::new(7);
        assert_eq!(ground.desk.service(&owner, unknown).await.unwrap(), None);
        assert_eq!(refused(ground.desk.edit_service(&owner, unknown, 1, &massage()).await).0, Refusal::NotFound);
        assert_eq!(refused(ground.desk.set_service_active(&owner, unknown, 1, true).await).0, Refusal::NotFound);
    }

    async fn of_two_edits_with_one_version_one_wins(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let id = ground.desk.services(&owner).await.unwrap()[0].id;
        let all: Vec<_> = (0..8).map(|n| {
            let desk = ground.desk.clone();
            tokio::spawn(async move {
                desk.edit_service(&owner, id, 1, &NewService { name: format!("Edit {n}"), ..massage() }).await
            })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        assert_eq!((won, ground.count("history WHERE about = 'service'").await), (1, 1));
    }

    async fn pressing_ten_times_makes_one_service(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let all: Vec<_> = (0..10).map(|_| {
            let desk = ground.desk.clone();
            tokio::spawn(async move { desk.create_service(&owner, "same", &massage()).await })
        }).collect();
        let mut made = Vec::new();
        for one in all {
            made.push(one.await.unwrap().unwrap());
        }
        made.dedup();
        assert_eq!(made.len(), 1);
        assert_eq!(ground.count("services WHERE name = 'Massage'").await, 1);
    }

    async fn services_keep_the_order_one_gives_them(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let before: Vec<_> = ground.desk.services(&owner).await.unwrap().into_iter().map(|s| s.id).collect();
        ground.desk.order_services(&owner, &[before[3], before[1]]).await.unwrap();
        let after: Vec<_> = ground.desk.services(&owner).await.unwrap().into_iter().map(|s| s.id).collect();
        assert_eq!(after, [before[3], before[1], before[0], before[2], before[4], before[5]]);
        for bad in [vec![ServiceId::new(7)], vec![before[0], before[0]]] {
            assert_eq!(refused(ground.desk.order_services(&owner, &bad).await), (Refusal::BadChoice, Some("order")));
        }
    }

    async fn a_resource_in_use_stays(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let van = ground.desk.resources(&owner).await.unwrap()[0].clone();
        assert_eq!(van.needed_by, ["Pet taxi"]);
        let answer = refused(ground.desk.set_resource_active(&owner, van.id, 1, false).await);
        assert_eq!(answer.0, Refusal::InUse);
        let new = NewResource { name: "Trailer".into(), kind: "trailer".into(), units: 2, turnaround_min: 5 };
        let id = ground.desk.create_resource(&owner, "k", &new).await.unwrap();
        assert_eq!(ground.desk.create_resource(&owner, "k", &new).await.unwrap(), id);
        let service = NewService {
            needs: vec![Need { resource: None, kind: Some("trailer".into()), units: 1 }],
            ..massage()
        };
        ground.desk.create_service(&owner, "s", &service).await.unwrap();
        let renamed = NewResource { kind: "cart".into(), ..new.clone() };
        let answer = refused(ground.desk.edit_resource(&owner, id, 1, &renamed).await);
        assert_eq!(answer, (Refusal::InUse, Some("kind")));
        assert_eq!(refused(ground.desk.set_resource_active(&owner, id, 1, false).await).0, Refusal::InUse);
        ground.desk.edit_resource(&owner, id, 1, &NewResource { units: 3, ..new.clone() }).await.unwrap();
        assert_eq!(refused(ground.desk.edit_resource(&owner, id, 1, &new).await).0, Refusal::Stale);
        let cases = [
            (NewResource { name: "Van".into(), ..new.clone() }, Refusal::NameTaken, "name"),
            (NewResource { kind: "".into(), ..new.clone() }, Refusal::TextEmpty, "kind"),
            (NewResource { units: 1_001, ..new.clone() }, Refusal::BadAmount, "units"),
            (NewResource { turnaround_min: 1_441, ..new.clone() }, Refusal::BadAmount, "turnaround_min"),
        ];
        for (bad, why, field) in cases {
            assert_eq!(refused(ground.desk.create_resource(&owner, "x", &bad).await), (why, Some(field)));
        }
    }

    async fn the_business_closes_and_opens(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = owner(&ground).await;
        let from = "2026-12-01".parse().unwrap();
        let new = NewClosure { from: "2026-12-24".into(), to: "2026-12-26".into(), name: "Christmas".into() };
        ground.desk.add_closure(&owner, &new).await.unwrap();
        assert_eq!(ground.desk.closures(from).await.unwrap().len(), 3);
        assert_eq!(refused(ground.desk.add_closure(&owner, &new).await), (Refusal::Closed, Some("from")));
        ground.desk.remove_closure(&owner, "2026-12-25".parse().unwrap()).await.unwrap();
        let gone = ground.desk.remove_closure(&owner, "2026-12-25".parse().unwrap()).await;
        assert_eq!(refused(gone).0, Refusal::NotFound);
        assert_eq!(ground.desk.closures(from).await.unwrap().len(), 2);
        let bad = [
            (NewClosure { from: "2026-02-30".into(), ..new.clone() }, Refusal::BadDate, "from"),
            (NewClosure { to: "0000-00-00".into(), ..new.clone() }, Refusal::BadDate, "to"),
            (NewClosure { to: "2026-12-23".into(), ..new.clone() }, Refusal::BadDateWindow, "to"),
            (NewClosure { to: "2027-12-23".into(), ..new.clone() }, Refusal::BadDateWindow, "to"),
            (NewClosure { name: " ".into(), ..new.clone() }, Refusal::TextEmpty, "name"),
        ];
        for (bad, why, field) in bad {
            assert_eq!(refused(ground.desk.add_closure(&owner, &bad).await), (why, Some(field)));
        }
    }
}
