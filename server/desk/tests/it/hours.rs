//! Technicians: how they can be booked, their weeks, other hours, time off (R6, R7, R11).

use booking::ids::TechnicianId;
use booking::refusal::Refusal;
use booking::zone::LocalTime;
use desk::StaffPass;
use desk::hours::{NewException, NewTimeOff, WeekWindow};
use desk::team::ChangedTechnician;

use crate::ground::{Ground, refused};

async fn pass(ground: &Ground, email: &str) -> StaffPass {
    ground.demo(email).await.staff().unwrap()
}

async fn tom(ground: &Ground) -> TechnicianId {
    pass(ground, "technician@example.com")
        .await
        .technician()
        .unwrap()
}

fn w(weekday: u16, start_min: u16, end_min: u16) -> WeekWindow {
    WeekWindow {
        weekday,
        start_min,
        end_min,
    }
}

fn off(from: &str, to: &str) -> NewTimeOff {
    NewTimeOff {
        from: from.into(),
        to: to.into(),
        ..NewTimeOff::default()
    }
}

both! {
    async fn a_week_is_replaced_whole(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let week = [w(5, 1_200, 1_440), w(1, 780, 1_020), w(1, 540, 720), w(6, 1_320, 120), w(7, 0, 0), w(2, 60, 90), w(2, 90, 120)];
        ground.desk.replace_week(&dispatcher, tom, 1, &week).await.unwrap();
        let page = ground.desk.technician(&dispatcher, tom).await.unwrap().unwrap();
        let mut sorted = week;
        sorted.sort_unstable();
        assert_eq!((page.member.week, page.member.version), (sorted.to_vec(), 2));
        assert_eq!(refused(ground.desk.replace_week(&dispatcher, tom, 1, &week).await).0, Refusal::Stale);
        ground.desk.replace_week(&dispatcher, tom, 2, &[]).await.unwrap();
        assert_eq!(ground.desk.technician(&dispatcher, tom).await.unwrap().unwrap().member.week, []);
        assert_eq!(ground.count("history WHERE what = 'week-replaced'").await, 2);
    }

    async fn what_a_week_cannot_be(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let bad: Vec<Vec<WeekWindow>> = vec![
            vec![w(0, 540, 600)],
            vec![w(8, 540, 600)],
            vec![w(1, 1_440, 60)],
            vec![w(1, 0, 1_441)],
            vec![w(1, 540, 720), w(1, 700, 800)],
            vec![w(1, 540, 720), w(1, 540, 720)],
            vec![w(1, 0, 0), w(1, 600, 660)],
            vec![w(1, 1_380, 60), w(1, 1_400, 1_440)],
            (0..13).map(|n| w(1, n * 60, n * 60 + 30)).collect(),
        ];
        for week in bad {
            let answer = refused(ground.desk.replace_week(&dispatcher, tom, 1, &week).await);
            assert_eq!(answer, (Refusal::BadWindow, Some("windows")), "{week:?}");
        }
        assert_eq!(ground.desk.technician(&dispatcher, tom).await.unwrap().unwrap().member.week.len(), 10);
    }

    async fn a_date_has_other_hours_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let new = NewException { date: "2026-04-01".into(), windows: vec![(900, 960), (600, 660)], note: "Half day".into() };
        ground.desk.add_exception(&dispatcher, tom, &new).await.unwrap();
        let again = refused(ground.desk.add_exception(&dispatcher, tom, &new).await);
        assert_eq!(again, (Refusal::DuplicateException, Some("date")));
        let page = ground.desk.technician(&dispatcher, tom).await.unwrap().unwrap();
        assert_eq!(page.exceptions.last().unwrap().windows, [(600, 660), (900, 960)]);
        let date = "2026-04-01".parse().unwrap();
        ground.desk.remove_exception(&dispatcher, tom, date).await.unwrap();
        assert_eq!(refused(ground.desk.remove_exception(&dispatcher, tom, date).await).0, Refusal::NotFound);
        let bad = [
            (NewException { date: "2026-02-30".into(), ..new.clone() }, Refusal::BadDate, "date"),
            (NewException { windows: vec![(60, 120), (100, 200)], ..new.clone() }, Refusal::BadWindow, "windows"),
            (NewException { note: "a\nb".into(), ..new.clone() }, Refusal::TextControl, "note"),
        ];
        for (bad, why, field) in bad {
            assert_eq!(refused(ground.desk.add_exception(&dispatcher, tom, &bad).await), (why, Some(field)));
        }
    }

    async fn exceptions_at_once_are_one(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let all: Vec<_> = (0..6).map(|_| {
            let desk = ground.desk.clone();
            tokio::spawn(async move {
                let new = NewException { date: "2026-04-01".into(), ..NewException::default() };
                desk.add_exception(&dispatcher, tom, &new).await
            })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::DuplicateException),
            }
        }
        assert_eq!(won, 1);
    }

    async fn time_off_is_typed_on_the_technicians_clock(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let id = ground.desk.add_time_off(&dispatcher, tom, "k", &off("2026-07-01T09:00", "2026-07-02T09:00")).await.unwrap();
        let again = ground.desk.add_time_off(&dispatcher, tom, "k", &off("2026-07-01T09:00", "2026-07-02T09:00")).await;
        assert_eq!(again.unwrap(), id);
        let page = ground.desk.technician(&dispatcher, tom).await.unwrap().unwrap();
        let row = page.time_off.iter().find(|row| row.id == id).unwrap();
        assert_eq!(row.starts_at.to_rfc3339(), "2026-07-01T07:00:00+00:00");

        let d = &ground.desk;
        let missing = refused(d.add_time_off(&dispatcher, tom, "a", &off("2026-03-29T02:30", "2026-03-29T05:00")).await);
        assert_eq!(missing, (Refusal::MissingLocalTime, Some("from")));
        let twice = off("2026-10-25T01:00", "2026-10-25T02:30");
        let asked = refused(d.add_time_off(&dispatcher, tom, "b", &twice).await);
        assert_eq!(asked, (Refusal::AmbiguousLocalTime, Some("to")));
        let wrong = NewTimeOff { to_offset: Some(0), ..twice.clone() };
        assert_eq!(refused(d.add_time_off(&dispatcher, tom, "c", &wrong).await), (Refusal::BadOffset, Some("to")));
        let second = NewTimeOff { to_offset: Some(3_600), ..twice };
        d.add_time_off(&dispatcher, tom, "d", &second).await.unwrap();
        for bad in [off("2026-07-01T09:00", "2026-07-01T09:00"), off("2026-07-01T09:00", "2029-07-01T09:00")] {
            assert_eq!(refused(d.add_time_off(&dispatcher, tom, "e", &bad).await), (Refusal::BadTime, Some("to")));
        }
        assert_eq!(refused(d.add_time_off(&dispatcher, tom, "f", &off("soon", "later")).await), (Refusal::BadTime, Some("from")));
        let gap = d.what_time(&dispatcher, tom, "2026-03-29T02:30").await.unwrap();
        assert!(matches!(gap, LocalTime::Missing { .. }), "{gap:?}");
    }

    async fn time_off_of_somebody_else_is_not_found(ground: Ground) {
        let ground = ground.with_demo().await;
        let (dispatcher, tom) = (pass(&ground, "dispatcher@example.com").await, tom(&ground).await);
        let other = pass(&ground, "lucia@demo.invalid").await.technician().unwrap();
        let id = ground.desk.add_time_off(&dispatcher, tom, "k", &off("2026-07-01T09:00", "2026-07-02T09:00")).await.unwrap();
        assert_eq!(refused(ground.desk.remove_time_off(&dispatcher, other, id).await).0, Refusal::NotFound);
        ground.desk.remove_time_off(&dispatcher, tom, id).await.unwrap();
        assert_eq!(refused(ground.desk.remove_time_off(&dispatcher, tom, id).await).0, Refusal::NotFound);
    }

    async fn a_technician_is_changed_by_owners(ground: Ground) {
        let ground = ground.with_demo().await;
        let (owner, tom) = (pass(&ground, "owner@example.com").await, tom(&ground).await);
        let changed = ChangedTechnician {
            time_zone: "Atlantic/Canary".into(), buffer_before: 5, buffer_after: 240, max_per_day: Some(0),
            max_per_week: Some(20), active: true,
        };
        ground.desk.change_technician(&owner, tom, 1, &changed).await.unwrap();
        let page = ground.desk.technician(&owner, tom).await.unwrap().unwrap();
        assert_eq!((page.member.form, page.time_zone.as_str()), (changed.clone(), "Atlantic/Canary"));
        assert_eq!(refused(ground.desk.change_technician(&owner, tom, 1, &changed).await).0, Refusal::Stale);
        let bad = [
            (ChangedTechnician { time_zone: "CET+1".into(), ..changed.clone() }, Refusal::BadZone, "time_zone"),
            (ChangedTechnician { buffer_before: 241, ..changed.clone() }, Refusal::BadBuffer, "buffer_before"),
            (ChangedTechnician { max_per_day: Some(1_001), ..changed.clone() }, Refusal::BadAmount, "max_per_day"),
        ];
        for (bad, why, field) in bad {
            assert_eq!(refused(ground.desk.change_technician(&owner, tom, 2, &bad).await), (why, Some(field)));
        }
        let person = pass(&ground, "technician@example.com").await.person();
        ground.desk.set_enabled(&owner, person, 1, false).await.unwrap();
        let answer = refused(ground.desk.change_technician(&owner, tom, 3, &changed).await);
        assert_eq!(answer, (Refusal::TechnicianInactive, Some("active")));
    }

    async fn approvers_are_staff(ground: Ground) {
        let ground = ground.with_demo().await;
        let (owner, tom) = (pass(&ground, "owner@example.com").await, tom(&ground).await);
        let lucia = pass(&ground, "lucia@demo.invalid").await.person();
        ground.desk.set_approvers(&owner, tom, 1, &[lucia]).await.unwrap();
        let page = ground.desk.technician(&owner, tom).await.unwrap().unwrap();
        assert_eq!(page.approvers, [(lucia, "Lucía Fernández".to_owned())]);
        let client = ground.demo("client@example.com").await.person();
        for bad in [vec![client], vec![lucia, lucia]] {
            let answer = refused(ground.desk.set_approvers(&owner, tom, 2, &bad).await);
            assert_eq!(answer, (Refusal::BadChoice, Some("approvers")));
        }
        assert_eq!(refused(ground.desk.set_approvers(&owner, tom, 1, &[]).await).0, Refusal::Stale);
        ground.desk.set_approvers(&owner, tom, 2, &[]).await.unwrap();
    }

    async fn the_team_keeps_its_order(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = pass(&ground, "owner@example.com").await;
        let before: Vec<_> = ground.desk.team(&owner).await.unwrap().into_iter().map(|one| one.id).collect();
        ground.desk.order_team(&owner, &[before[2]]).await.unwrap();
        let after: Vec<_> = ground.desk.team(&owner).await.unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(after, [before[2], before[0], before[1], before[3]]);
        let answer = refused(ground.desk.order_team(&owner, &[TechnicianId::new(1)]).await);
        assert_eq!(answer, (Refusal::BadChoice, Some("order")));
    }

    async fn who_may_touch_the_team(ground: Ground) {
        let ground = ground.with_demo().await;
        let (technician, tom) = (pass(&ground, "technician@example.com").await, tom(&ground).await);
        let dispatcher = pass(&ground, "dispatcher@example.com").await;
        let d = &ground.desk;
        let date = "2026-04-01".parse().unwrap();
        let exception = NewException { date: "2026-04-01".into(), ..NewException::default() };
        let away = off("2026-07-01T09:00", "2026-07-02T09:00");
        let answers = [
            refused(d.team(&technician).await),
            refused(d.technician(&technician, tom).await),
            refused(d.replace_week(&technician, tom, 1, &[]).await),
            refused(d.add_exception(&technician, tom, &exception).await),
            refused(d.remove_exception(&technician, tom, date).await),
            refused(d.add_time_off(&technician, tom, "k", &away).await),
            refused(d.remove_time_off(&technician, tom, uuid::Uuid::nil()).await),
            refused(d.what_time(&technician, tom, "2026-04-01T09:00").await),
            refused(d.change_technician(&dispatcher, tom, 1, &ChangedTechnician::default()).await),
            refused(d.set_approvers(&dispatcher, tom, 1, &[]).await),
            refused(d.order_team(&dispatcher, &[tom]).await),
        ];
        assert!(answers.iter().all(|answer| answer.0 == Refusal::NotAllowed), "{answers:?}");
        let nobody = TechnicianId::new(5);
        let answers = [
            refused(d.replace_week(&dispatcher, nobody, 1, &[]).await),
            refused(d.add_exception(&dispatcher, nobody, &exception).await),
            refused(d.remove_exception(&dispatcher, nobody, date).await),
            refused(d.add_time_off(&dispatcher, nobody, "k", &away).await),
            refused(d.remove_time_off(&dispatcher, nobody, uuid::Uuid::nil()).await),
        ];
        assert!(answers.iter().all(|answer| answer.0 == Refusal::NotFound), "{answers:?}");
        assert_eq!(d.technician(&dispatcher, nobody).await.unwrap(), None);
    }
}
