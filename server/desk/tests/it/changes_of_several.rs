//! Changes and cancellations where several are concerned: a crew, several contacts of one client, seats, lengths and
//! subjects that clients cannot choose, approvers of one technician, visits of one series.

use std::sync::Arc;

use ::booking::change::ChangeField;
use ::booking::ids::{PersonId, TechnicianId};
use ::booking::letter::Event;
use ::booking::policy::CancellationPolicy;
use ::booking::recurrence::{Ends, Frequency, Parts};
use ::booking::refusal::Refusal;
use ::booking::visit::Correction;
use desk::ContactPass;
use desk::cancel_visit::VisitCancel;
use desk::change_visit::Scope;
use desk::create_visit::NewVisit;
use desk::decide_change::ChangeApproval;
use desk::free_slots::SlotsAsked;
use desk::submit_change::{ChangeAsk, ChangeAsked};
use desk::table::{notice, outbox, subject, visit};
use desk::visit_status::Step;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::changes::{done, key};
use crate::told::told;
use crate::town::{self, Town, at};

/// One more contact of Carla's.
async fn carl(town: &Town) -> ContactPass {
    let person = town::contact(&town.desk, town.carla.client(), "Carl").await;
    town::pass(&town.desk, person).await.contact().unwrap()
}

both! {
    async fn a_crew_stays_together(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana, town.ben])).await;
        let reference = town.asks_for(&visit, "Wed 12:00").await;
        let choices = town.desk.change_choices(&town.dispatcher, &reference).await.unwrap().unwrap();
        let first = &choices.technicians[0];
        assert_eq!((choices.technicians.len(), first.2, first.3), (1, true, true));
        assert!(first.1.contains("Ana") && first.1.contains("Ben"), "{}", first.1);
        let approval = ChangeApproval { technicians: vec![first.0], ..town.approve_all(&reference).await };
        let moved = done(town.desk.approve_change(&town.dispatcher, approval).await.unwrap());
        let after = town.visit(&moved).await;
        assert_eq!(after.starts_at, at("Wed 12:00"));
        let mut both = [town.ana, town.ben];
        both.sort_unstable();
        let mut comes: Vec<TechnicianId> = town.who_comes(&after).await;
        comes.sort_unstable();
        assert_eq!(comes, both);

        // In a block: only where both are free.
        town.rules(|rules| rules.time_blocks = "12:00-15:00".parse().unwrap()).await;
        let mut other = town.new_visit(at("Thu 12:00"), &[town.ben]);
        other.client = town.dora.client();
        town.book(other).await;
        let asked = ChangeAsk {
            block: Some((at("Thu 12:00").date_naive(), "12:00-15:00".parse().unwrap())),
            ..town.change_ask(&after)
        };
        let ChangeAsked::Sent { reference } = town.desk.ask_change(&town.carla, asked).await.unwrap() else { panic!() };
        let choices = town.desk.change_choices(&town.dispatcher, &reference).await.unwrap().unwrap();
        let times = choices.times.unwrap();
        assert_eq!((times[0].start, times[0].comes), (at("Thu 13:00"), true));
        assert!(times.iter().all(|one| one.comes && one.name.contains("Ana") && one.name.contains("Ben")), "{times:?}");
        let approval = ChangeApproval {
            start: Some(times[0].start),
            technicians: vec![times[0].technician],
            fields: vec![ChangeField::Time],
            ..town.approve_all(&reference).await
        };
        let moved = done(town.desk.approve_change(&town.dispatcher, approval).await.unwrap());
        assert_eq!(town.who_comes(&town.visit(&moved).await).await.len(), 2);
        town.is_sound().await;
    }

    // Everybody who has the visit in their calendar hears that it is gone.
    async fn every_contact_hears_of_a_cancellation(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        carl(&town).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await.unwrap();
        let who = told(&town, Event::VisitCancelled).await;
        assert_eq!(who, [
            "ana technician MX", "ana technician P", "carl client MX", "carl client P",
            "carla client MX", "carla client P", "dispatcher approvers P",
        ]);
        // The approvers' notice leads to what was asked.
        let reference = town.ground.count("changes WHERE status = 'approved'").await;
        assert_eq!(reference, 1);
        let dispatcher = Uuid::from_u128(town.dispatcher.person().get());
        let notices = notice::Entity::find().filter(notice::Column::PersonId.eq(dispatcher));
        let notices = notices.order_by_desc(notice::Column::Id).all(town.desk.db()).await.unwrap();
        let link = notices[0].facts["link"].as_str().unwrap().to_owned();
        assert!(link.starts_with("/office/requests/R-"), "{link}");
        // What is only asked is the matter of whoever asks.
        town.cancels(CancellationPolicy::Reviewed).await;
        let second = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&second])).await.unwrap();
        let who = told(&town, Event::CancellationSubmitted).await;
        assert!(!who.iter().any(|one| one.starts_with("carl ")), "{who:?}");
        town.is_sound().await;
    }

    async fn who_signs_in_no_more_is_not_told(ground: Ground) {
        let town = Town::on(ground).await;
        carl(&town).await;
        let alone = town::contact(&town.desk, town.carla.client(), "Cleo").await;
        let mut row = desk::table::contact::Entity::find()
            .filter(desk::table::contact::Column::PersonId.eq(Uuid::from_u128(alone)))
            .one(town.desk.db()).await.unwrap().unwrap().into_active_model();
        row.own_only = Set(true);
        row.update(town.desk.db()).await.unwrap();
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let (client, person) = (town.carla.client(), town.carla.person());
        town.desk.set_contact_active(&town.dispatcher, client, person, false).await.unwrap();
        town.approve(&reference, town.ana).await;
        // Not Carla, who is gone, and not Cleo, who sees only what she asked for.
        let who: Vec<String> = told(&town, Event::BookingApproved).await;
        let clients: Vec<&String> = who.iter().filter(|one| one.contains(" client ")).collect();
        assert_eq!(clients, ["carl client MI", "carl client P"]);
    }

    async fn what_clients_cannot_choose_is_not_asked_for(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|service| service.lengths = serde_json::json!([60])).await;
        let rex = town::subject(&town.desk, town.carla.client(), "Rex").await;
        let mut new = town.new_visit(at("Tue 10:00"), &[town.ana]);
        new.form.length_min = 45;
        new.form.subjects = vec![rex];
        let visit = town.book(new).await;
        let mut row = subject::Entity::find_by_id(Uuid::from_u128(rex.get()))
            .one(town.desk.db()).await.unwrap().unwrap().into_active_model();
        row.active = Set(false);
        row.update(town.desk.db()).await.unwrap();
        // The form draws neither Rex nor a length that it is not offered at.
        let ask = ChangeAsk { notes: "Ring twice.".to_owned(), ..town.change_ask(&visit) };
        town.desk.ask_change(&town.carla, ask).await.unwrap();
        let seen = town.desk.my_changes(&town.carla).await.unwrap().remove(0);
        assert_eq!((seen.wanted.time, seen.wanted.subjects), (None, None));
        town.desk.withdraw_change(&town.carla, &visit.reference).await.unwrap();
        // Another time, as long as it is: on the calendar and in the form.
        let slots = SlotsAsked {
            editing: Some(visit.reference.clone()),
            ..SlotsAsked::anyone(town.service, 45)
        };
        town.desk.slot_still_open(&town.carla, &slots, at("Tue 12:00")).await.unwrap().unwrap();
        let ask = ChangeAsk { start: Some(at("Tue 12:00")), length_min: Some(45), ..town.change_ask(&visit) };
        assert!(matches!(town.desk.ask_change(&town.carla, ask).await.unwrap(), ChangeAsked::Sent { .. }));
        let other = ChangeAsk { length_min: Some(50), ..town.change_ask(&visit) };
        town.desk.withdraw_change(&town.carla, &visit.reference).await.unwrap();
        let refused = crate::ground::refused(town.desk.ask_change(&town.carla, other).await);
        assert_eq!(refused, (Refusal::BadLength, Some("length")));
        town.is_sound().await;
    }

    async fn every_seat_comes_to_the_other_time(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|service| service.capacity = 3).await;
        let mut new = town.new_visit(at("Tue 10:00"), &[town.ana]);
        new.form.seats = 2;
        let visit = town.book(new).await;
        town.retire(town.ben).await;
        let mut other = town.new_visit(at("Tue 12:00"), &[town.ana]);
        (other.client, other.form.seats) = (town.dora.client(), 2);
        town.book(other).await;
        let slots = SlotsAsked { editing: Some(visit.reference.clone()), ..SlotsAsked::anyone(town.service, 60) };
        let open = town.desk.slot_still_open(&town.carla, &slots, at("Tue 12:00")).await.unwrap();
        assert!(open.is_err(), "one seat is left, two are booked: {open:?}");
        town.desk.slot_still_open(&town.carla, &slots, at("Tue 14:00")).await.unwrap().unwrap();
    }

    async fn approvers_of_a_technician_hear_of_several(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::Reviewed).await;
        let eva = PersonId::new(town::staff(&town.desk, "Eva", |_| {}).await);
        let version = town.desk.technician(&town.owner, town.ana).await.unwrap().unwrap().member.version;
        town.desk.set_approvers(&town.owner, town.ana, version, &[eva]).await.unwrap();
        let one = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let two = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&one, &two])).await.unwrap();
        let who = told(&town, Event::CancellationSubmitted).await;
        assert!(who.contains(&"eva approvers M".to_owned()), "{who:?}");
        town.is_sound().await;
    }

    async fn a_no_show_that_was_none_costs_nothing(ground: Ground) {
        let town = Town::on(ground).await;
        town.rules(|rules| rules.no_show_fee_minor = Some(1_500)).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.ground.until(at("Tue 10:30")).await;
        town.desk.step_visit(&town.dispatcher, town.step(&visit, Step::NoShow)).await.unwrap();
        assert!(town.desk.fee(&town.dispatcher, &visit.reference).await.unwrap().is_some());
        let now = town.visit(&visit.reference).await;
        let step = town.step(&now, Step::Correct(Correction::Completed));
        town.desk.step_visit(&town.dispatcher, step).await.unwrap();
        assert_eq!(town.desk.fee(&town.dispatcher, &visit.reference).await.unwrap(), None);
        assert_eq!(town.ground.count("history WHERE about = 'fee' AND what = 'removed'").await, 1);
    }

    // Staff cancel a whole series from its last visit while the client cancels two of it: never a deadlock.
    async fn a_series_and_some_of_it_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        for start in ["Tue 09:00", "Tue 11:00", "Tue 13:00", "Tue 15:00"] {
            let weekly = Parts {
                freq: Frequency::Weekly,
                interval: 1,
                weekdays: Vec::new(),
                ends: Ends::Count(5),
                excluded: Vec::new(),
            };
            let new = NewVisit { repeat: Some(weekly), ..town.new_visit(at(start), &[town.ana]) };
            let series = town.book(new).await.series_id;
            let all = visit::Entity::find()
                .filter(visit::Column::SeriesId.eq(series))
                .order_by_asc(visit::Column::StartsAt)
                .all(town.desk.db()).await.unwrap();
            assert_eq!(all.len(), 5);
            let barrier = Arc::new(Barrier::new(2));
            let staff = tokio::spawn({
                let (town, barrier, last) = (town.clone(), Arc::clone(&barrier), all[4].clone());
                async move {
                    barrier.wait().await;
                    let ask = VisitCancel {
                        key: key(),
                        visit: last.reference,
                        version: last.version,
                        reason: String::new(),
                        scope: Scope::All,
                    };
                    town.desk.cancel_visit(&town.dispatcher, ask).await
                }
            });
            barrier.wait().await;
            let client = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&all[0], &all[4]])).await;
            client.unwrap();
            match staff.await.unwrap() {
                Ok(_) => {}
                // The client was faster.
                Err(trouble) => assert_ne!(trouble.refusal(), Some(Refusal::Busy), "{trouble:?}"),
            }
        }
        assert!(outbox::Entity::find().one(town.desk.db()).await.unwrap().is_some());
        town.is_sound().await;
    }
}
