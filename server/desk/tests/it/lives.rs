//! The life of a request (spec §5), step by step, legal and illegal, on both databases.

use ::booking::refusal::Refusal;
use ::booking::request::RequestStatus;
use chrono::TimeDelta;
use desk::approve_request::{Approved, NewApproval};
use desk::decline_request::Declined;
use desk::edit_request::Edited;
use desk::submit_request::Submitted;
use desk::withdraw_request::Withdrawn;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use crate::town::{self, Town, at};

fn refused<T: std::fmt::Debug>(answer: desk::Result<T>) -> (Refusal, Option<&'static str>) {
    match answer.unwrap_err() {
        desk::Trouble::Refused(refused) => (refused.why, refused.field),
        other => panic!("a fault: {other}"),
    }
}

both! {
    async fn what_is_asked_is_held_and_seen(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let mine = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(mine.request.status, RequestStatus::Pending);
        assert_eq!(mine.request.start, Some(at("Tue 10:00")));
        assert_eq!(mine.request.asked.clone().unwrap().1, "Ana");
        assert_eq!(mine.history.len(), 1);
        let details = town.desk.request_details(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(details.client_name, "Carla's house");
        assert_eq!(details.phone.as_deref(), Some("+49 30 1234567"));
        assert_eq!(details.price_minor, Some(5_000));
        assert_eq!(town.blocking().await.len(), 1);
        assert_eq!(town.blocking().await[0].expires_at, Some(at("Tue 10:00")));
        town.is_sound().await;
    }

    async fn nobody_else_sees_a_clients_request(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        assert_eq!(town.desk.my_request(&town.dora, &reference).await.unwrap(), None);
        assert_eq!(refused(town.desk.withdraw_request(&town.dora, &reference).await).0, Refusal::NotFound);
        let edit = town.edit(&reference, "Tue 11:00").await;
        assert_eq!(refused(town.desk.edit_request(&town.dora, edit).await).0, Refusal::NotFound);
        assert_eq!(town.desk.my_requests(&town.dora, None, 0).await.unwrap().counts.all, 0);
    }

    async fn contacts_of_an_own_only_client_see_their_own(ground: Ground) {
        let town = Town::on(ground).await;
        let client = town::client(&town.desk, "The club", true).await;
        let eve = town::contact(&town.desk, client, "Eve").await;
        let finn = town::contact(&town.desk, client, "Finn").await;
        let eve = town::pass(&town.desk, eve).await.contact().unwrap();
        let finn = town::pass(&town.desk, finn).await.contact().unwrap();
        let reference = town.submit(&eve, town.ask(at("Tue 10:00"))).await;
        assert!(town.desk.my_request(&eve, &reference).await.unwrap().is_some());
        assert_eq!(town.desk.my_request(&finn, &reference).await.unwrap(), None);
        assert_eq!(refused(town.desk.withdraw_request(&finn, &reference).await).0, Refusal::NotFound);
        assert_eq!(town.desk.my_requests(&finn, None, 0).await.unwrap().rows, []);
    }

    async fn what_cannot_be_asked_is_refused_beside_its_field(ground: Ground) {
        let town = Town::on(ground).await;
        let good = || town.ask(at("Tue 10:00"));
        let mut bad = good();
        bad.length_min = 45;
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::BadLength, Some("length")));
        let mut bad = good();
        bad.notes = "a\u{0}b".to_owned();
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::TextControl, Some("notes")));
        let mut bad = good();
        bad.notes = "x".repeat(2_001);
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::TextTooLong, Some("notes")));
        let mut bad = good();
        bad.ticket = "T-77".to_owned();
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::NoSuchTicket, Some("ticket")));
        let mut bad = good();
        bad.subjects = vec![town::subject(&town.desk, town.dora.client(), "Rex").await];
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::BadChoice, Some("subjects")));
        let mut bad = good();
        bad.seats = 0;
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await).0, Refusal::BadAmount);
        let mut bad = good();
        bad.service = ::booking::ids::ServiceId::new(7);
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::NotFound, Some("service")));
        for key in [String::new(), "x".repeat(101), "a\nb".to_owned()] {
            let mut bad = good();
            bad.key = key;
            assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::BadId, Some("key")));
        }
        for start in ["9999-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "-5000-01-01T00:00:00Z", "2026-03-03T09:00:00.5Z"] {
            let bad = town.ask(start.parse().unwrap());
            assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::BadTime, Some("start")));
        }
        town.change_service(|s| s.technician_preference = false).await;
        let mut bad = good();
        bad.technician = Some(town.ana);
        assert_eq!(refused(town.desk.submit_request(&town.carla, bad).await), (Refusal::TechnicianNotOffered, Some("technician")));
        town.change_service(|s| s.restricted = true).await;
        assert_eq!(refused(town.desk.submit_request(&town.carla, good()).await), (Refusal::ServiceNotBookable, Some("service")));
        assert_eq!(town.desk.bookable_services(&town.carla).await.unwrap(), []);
        assert_eq!(town.ground.count("requests").await + town.ground.count("idempotency_keys").await, 0);
    }

    async fn a_time_that_is_not_offered_is_lost_with_alternatives(ground: Ground) {
        let town = Town::on(ground).await;
        for (start, why) in [
            ("Tue 10:30", Refusal::OffGrid),
            ("Tue 17:00", Refusal::OutsideHours),
            ("Sat 10:00", Refusal::OutsideHours),
            ("Mon 07:00", Refusal::InThePast),
        ] {
            match town.desk.submit_request(&town.carla, town.ask(at(start))).await.unwrap() {
                Submitted::Lost { why: found, next } => {
                    assert_eq!(found, why, "{start}");
                    assert_eq!(next.len(), 3);
                }
                other => panic!("{start}: {other:?}"),
            }
        }
        assert_eq!(town.ground.count("requests").await + town.ground.count("outbox").await, 0);
    }

    async fn a_taken_slot_is_lost_with_the_three_next(ground: Ground) {
        let town = Town::on(ground).await;
        town.pending("Tue 10:00", Some(town.ana)).await;
        let ask = desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 10:00")) };
        let Submitted::Lost { why, next } = town.desk.submit_request(&town.dora, ask).await.unwrap() else { panic!("not lost") };
        assert_eq!(why, Refusal::SlotTaken);
        let starts: Vec<_> = next.iter().map(|slot| slot.start).collect();
        assert_eq!(starts, [at("Tue 11:00"), at("Tue 12:00"), at("Tue 13:00")]);
    }

    async fn at_most_twenty_are_open(ground: Ground) {
        let town = Town::on(ground).await;
        for n in 0..20 {
            let start = at("Mon 10:00") + TimeDelta::days(n / 5 * 7 + n % 5);
            town.submit(&town.carla, town.ask(start)).await;
        }
        let more = town.ask(at("Mon 11:00"));
        assert_eq!(refused(town.desk.submit_request(&town.carla, more.clone()).await).0, Refusal::TooManyOpen);
        town.submit(&town.dora, more).await;
    }

    async fn an_edit_moves_the_hold(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        // Overlapping its own hold is no clash (R20).
        town.change_service(|s| s.step_min = Some(30)).await;
        let edit = town.edit(&reference, "Tue 10:30").await;
        assert_eq!(town.desk.edit_request(&town.carla, edit.clone()).await.unwrap(), Edited::Done);
        assert_eq!(town.desk.edit_request(&town.carla, edit).await.unwrap(), Edited::Done);
        let rows = town.blocking().await;
        assert_eq!((rows.len(), rows[0].starts_at), (1, at("Tue 10:30")));
        assert_eq!(town.request(&reference).await.version, 2);
        let mine = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(mine.history[1].old_start, Some(at("Tue 10:00")));
        town.is_sound().await;
    }

    async fn an_edit_to_a_lost_slot_keeps_the_old_one(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let other = desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 12:00")) };
        town.submit(&town.dora, other).await;
        let edit = town.edit(&reference, "Tue 12:00").await;
        let Edited::Lost { why, next } = town.desk.edit_request(&town.carla, edit).await.unwrap() else { panic!("not lost") };
        assert_eq!((why, next.len()), (Refusal::SlotTaken, 3));
        assert_eq!(town.request(&reference).await.starts_at, Some(at("Tue 10:00")));
        assert_eq!(town.blocking().await.len(), 2);
        town.is_sound().await;
    }

    async fn new_words_alone_keep_the_hold_whatever_the_notice(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        town.change_service(|s| s.notice_min = 60 * 24 * 7).await;
        let mut edit = town.edit(&reference, "Tue 10:00").await;
        edit.notes = "Ring twice".to_owned();
        assert_eq!(town.desk.edit_request(&town.carla, edit).await.unwrap(), Edited::Done);
        assert_eq!(town.request(&reference).await.notes, "Ring twice");
        let edit = town.edit(&reference, "Tue 11:00").await;
        assert!(matches!(town.desk.edit_request(&town.carla, edit).await.unwrap(), Edited::Lost { why: Refusal::TooSoon, .. }));
    }

    async fn a_stale_edit_says_who_was_faster(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let stale = town.edit(&reference, "Tue 12:00").await;
        town.approve(&reference, town.ben).await;
        let Edited::Changed(change) = town.desk.edit_request(&town.carla, stale).await.unwrap() else { panic!("edited") };
        assert_eq!((change.status, change.by.as_deref()), (RequestStatus::Approved, Some("Dispatcher")));
        assert_eq!(change.at, town.desk.now());
    }

    async fn pressing_twice_too_late_is_told_twice(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let approve = town.approval(&reference, town.ana).await;
        let decline = town.decline(&reference, "").await;
        let edit = town.edit(&reference, "Tue 11:00").await;
        town.desk.withdraw_request(&town.carla, &reference).await.unwrap();
        for _ in 0..2 {
            assert!(matches!(town.desk.approve_request(&town.dispatcher, approve.clone()).await.unwrap(), Approved::Changed(_)));
            assert!(matches!(town.desk.decline_request(&town.dispatcher, decline.clone()).await.unwrap(), Declined::Changed(_)));
            assert!(matches!(town.desk.edit_request(&town.carla, edit.clone()).await.unwrap(), Edited::Changed(_)));
        }
        assert_eq!(town.ground.count("idempotency_keys").await, 1);
        town.ground.pass(TimeDelta::days(3)).await;
        assert_eq!(town.desk.forget_old_keys().await.unwrap(), 1);
    }

    async fn the_same_approval_twice_is_one_visit(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let ask = town.approval(&reference, town.ana).await;
        let first = town.desk.approve_request(&town.dispatcher, ask.clone()).await.unwrap();
        assert_eq!(town.desk.approve_request(&town.dispatcher, ask.clone()).await.unwrap(), first);
        let other = NewApproval { technician: Some(town.ben), ..ask };
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, other).await).0, Refusal::KeyReused);
        assert_eq!(town.ground.count("visits").await, 1);
        town.is_sound().await;
    }

    async fn what_was_edited_meanwhile_is_not_decided(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let approve = town.approval(&reference, town.ana).await;
        let decline = town.decline(&reference, "").await;
        let edit = town.edit(&reference, "Tue 12:00").await;
        town.desk
            .edit_request(&town.carla, edit)
            .await
            .unwrap();
        let Approved::Changed(change) = town
            .desk
            .approve_request(&town.dispatcher, approve)
            .await
            .unwrap()
        else {
            panic!("approved what was not seen")
        };
        assert_eq!(
            (change.status, change.version, change.by.as_deref()),
            (RequestStatus::Pending, 2, Some("Carla"))
        );
        let declined = town.desk.decline_request(&town.dispatcher, decline).await;
        assert!(matches!(declined.unwrap(), Declined::Changed(_)));
        assert_eq!(town.request(&reference).await.status, "pending");
        town.is_sound().await;
    }

    async fn a_withdrawn_request_is_final(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let approval = town.approval(&reference, town.ana).await;
        for _ in 0..2 {
            assert_eq!(town.desk.withdraw_request(&town.carla, &reference).await.unwrap(), Withdrawn::Done);
        }
        assert_eq!(town.blocking().await, []);
        assert!(matches!(town.desk.approve_request(&town.dispatcher, approval).await.unwrap(),
            Approved::Changed(change) if change.status == RequestStatus::Cancelled && change.by.as_deref() == Some("Carla")));
        let decline = town.decline(&reference, "").await;
        assert!(matches!(town.desk.decline_request(&town.dispatcher, decline).await.unwrap(), Declined::Changed(_)));
        assert_eq!(town.request(&reference).await.version, 2);
        town.is_sound().await;
    }

    async fn approving_books_a_visit(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let hold = town.blocking().await[0].id;
        let visit = town.approve(&reference, town.ben).await;
        let rows = town.blocking().await;
        assert_eq!((rows.len(), rows[0].id, rows[0].status.as_str()), (1, hold, "scheduled"));
        assert_eq!(rows[0].technician_id.map(|id| id.as_u128()), Some(town.ben.get()));
        let mine = town.desk.my_visit(&town.carla, &visit).await.unwrap().unwrap();
        assert_eq!((mine.start, mine.technician.as_deref(), mine.sequence), (at("Tue 10:00"), Some("Ben"), 0));
        assert_eq!(town.desk.my_visit(&town.dora, &visit).await.unwrap(), None);
        assert_eq!(town.desk.my_visits(&town.carla, desk::my_visits::MyVisitsAsk::Coming).await.unwrap().len(), 1);
        assert_eq!(town.ground.count("visits WHERE wall_start = '2026-03-03T10:00:00' AND zone = 'Europe/Berlin'").await, 1);
        assert_eq!(town.ground.count("client_services WHERE kind = 'one_time' AND price_minor = 5000").await, 1);
        let again = town.pending("Wed 10:00", None).await;
        town.approve(&again, town.ben).await;
        assert_eq!(town.ground.count("client_services").await, 1);
        town.is_sound().await;
    }

    async fn approving_may_move_it(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let mut ask = town.approval(&reference, town.ben).await;
        ask.start = Some(at("Wed 11:15"));
        ask.length_min = Some(90);
        ask.internal_notes = "Careful: dog".to_owned();
        assert!(matches!(town.desk.approve_request(&town.dispatcher, ask).await.unwrap(), Approved::Done { .. }));
        let rows = town.blocking().await;
        assert_eq!((rows[0].starts_at, rows[0].ends_at), (at("Wed 11:15"), at("Wed 12:45")));
        let mine = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(mine.request.start, Some(at("Wed 11:15")));
        assert!(!format!("{mine:?}").contains("Careful"));
        assert_eq!(town.ground.count("outbox WHERE CAST(facts AS text) LIKE '%Careful%'").await, 0);
        town.is_sound().await;
    }

    async fn approving_needs_somebody_who_can_do_it(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let ask = NewApproval { technician: None, ..town.approval(&reference, town.ana).await };
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask).await), (Refusal::TechnicianRequired, Some("technician")));
        town.change_service(|s| s.all_technicians = false).await;
        let ask = town.approval(&reference, town.ana).await;
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask).await), (Refusal::NotQualified, Some("technician")));
        town.change_service(|s| s.all_technicians = true).await;
        town.retire(town.ana).await;
        let ask = town.approval(&reference, town.ana).await;
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask).await), (Refusal::TechnicianInactive, Some("technician")));
        let ask = NewApproval { request: "R-00000".to_owned(), ..town.approval(&reference, town.ben).await };
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask).await).0, Refusal::NotFound);
        let ask = town.approval(&reference, town.ben).await;
        assert_eq!(refused(town.desk.approve_request(&town.ana_pass, ask).await).0, Refusal::NotAllowed);
        assert_eq!(town.request(&reference).await.status, "pending");
    }

    async fn approving_a_lost_slot_leaves_it_pending(ground: Ground) {
        let town = Town::on(ground).await;
        let first = town.pending("Tue 10:00", Some(town.ana)).await;
        let second = town.submit(&town.dora, desk::submit_request::NewRequest { technician: Some(town.ben), ..town.ask(at("Tue 10:00")) }).await;
        town.approve(&first, town.ana).await;
        let ask = town.approval(&second, town.ana).await;
        let Approved::Lost { why, next } = town.desk.approve_request(&town.dispatcher, ask).await.unwrap() else { panic!("not lost") };
        assert_eq!(why, Refusal::SlotTaken);
        assert_eq!(next.iter().map(|s| s.start).collect::<Vec<_>>(), [at("Tue 11:00"), at("Tue 12:00"), at("Tue 13:00")]);
        assert_eq!(town.request(&second).await.status, "pending");
        assert_eq!(town.blocking().await.len(), 2);
        town.is_sound().await;
    }

    async fn soft_rules_need_a_reason(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let mut ask = town.approval(&reference, town.ana).await;
        ask.start = Some(at("Tue 19:00"));
        let answer = town.desk.approve_request(&town.dispatcher, ask.clone()).await.unwrap();
        assert_eq!(answer, Approved::Objected { objections: vec![::booking::clash::Objection::OutsideHours] });
        ask.override_reason = "They asked for the evening".to_owned();
        assert!(matches!(town.desk.approve_request(&town.dispatcher, ask).await.unwrap(), Approved::Done { .. }));
        let details = town.desk.request_details(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(details.history[1].reason.as_deref(), Some("They asked for the evening"));
        let mine = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(mine.history[1].reason, None);
        assert_eq!(mine.history[1].by, None);
    }

    async fn tickets_belong_to_the_client_or_to_another_system(ground: Ground) {
        let town = Town::on(ground).await;
        for (number, client) in [("T-1", town.carla.client()), ("T-2", town.dora.client())] {
            let row = desk::table::ticket::Model {
                id: uuid::Uuid::now_v7(),
                number: number.to_owned(),
                client_id: uuid::Uuid::from_u128(client.get()),
                title: "It hums".to_owned(),
                description: String::new(),
                open: true,
                created_at: town.desk.now(),
                version: 1,
            };
            row.into_active_model().insert(town.desk.db()).await.unwrap();
        }
        let reference = town.pending("Tue 10:00", None).await;
        let mut ask = town.approval(&reference, town.ana).await;
        ask.ticket = "T-2".to_owned();
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask.clone()).await), (Refusal::TicketOfAnotherClient, Some("ticket")));
        ask.ticket = "T-9".to_owned();
        assert_eq!(refused(town.desk.approve_request(&town.dispatcher, ask.clone()).await), (Refusal::NoSuchTicket, Some("ticket")));
        let mut theirs = town.ask(at("Wed 10:00"));
        theirs.ticket = "T-2".to_owned();
        assert_eq!(refused(town.desk.submit_request(&town.carla, theirs).await), (Refusal::NoSuchTicket, Some("ticket")));
        town.change_business(|b| b.ticket_link = Some("https://tickets.example/{id}".to_owned())).await;
        ask.ticket = "JIRA-9".to_owned();
        assert!(matches!(town.desk.approve_request(&town.dispatcher, ask).await.unwrap(), Approved::Done { .. }));
        assert_eq!(town.request(&reference).await.ticket.as_deref(), Some("JIRA-9"));
    }

    async fn declining_frees_the_time_and_says_why(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.reason_required = true).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let ask = town.decline(&reference, " ").await;
        assert_eq!(refused(town.desk.decline_request(&town.dispatcher, ask).await), (Refusal::ReasonRequired, Some("reason")));
        let ask = town.decline(&reference, &"x".repeat(2_001)).await;
        assert_eq!(refused(town.desk.decline_request(&town.dispatcher, ask).await), (Refusal::TextTooLong, Some("reason")));
        let ask = town.decline(&reference, "Ana is ill").await;
        for _ in 0..2 {
            assert_eq!(town.desk.decline_request(&town.dispatcher, ask.clone()).await.unwrap(), Declined::Done);
        }
        let mine = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(mine.request.decline_reason.as_deref(), Some("Ana is ill"));
        assert_eq!(town.blocking().await, []);
        town.is_sound().await;
    }

    async fn only_who_decides_decides(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let ask = town.decline(&reference, "").await;
        assert_eq!(refused(town.desk.decline_request(&town.ana_pass, ask.clone()).await).0, Refusal::NotAllowed);
        assert_eq!(town.desk.request_details(&town.ana_pass, &reference).await.unwrap(), None);
        assert_eq!(town.desk.pending_count(&town.ana_pass).await.unwrap(), 0);
        assert_eq!(refused(town.desk.queue(&town.ana_pass, &Default::default()).await).0, Refusal::NotAllowed);
        let row = desk::table::technician_approver::Model {
            technician_id: uuid::Uuid::from_u128(town.ana.get()),
            person_id: uuid::Uuid::from_u128(town.ana_pass.person().get()),
        };
        row.into_active_model().insert(town.desk.db()).await.unwrap();
        let bens = town.pending("Tue 11:00", Some(town.ben)).await;
        assert_eq!(town.desk.pending_count(&town.ana_pass).await.unwrap(), 1);
        let queue = town.desk.queue(&town.ana_pass, &Default::default()).await.unwrap();
        assert_eq!((queue.rows.len(), queue.counts.all), (1, 1));
        let other = town.decline(&bens, "").await;
        assert_eq!(refused(town.desk.decline_request(&town.ana_pass, other).await).0, Refusal::NotAllowed);
        let away = town.approval(&reference, town.ben).await;
        assert_eq!(refused(town.desk.approve_request(&town.ana_pass, away).await).0, Refusal::NotAllowed);
        // What names nobody is hidden from them: it concerns every technician.
        let nobodys = town.pending("Tue 12:00", None).await;
        assert_eq!(town.desk.request_details(&town.ana_pass, &nobodys).await.unwrap(), None);
        let no = town.decline(&nobodys, "").await;
        assert_eq!(refused(town.desk.decline_request(&town.ana_pass, no.clone()).await).0, Refusal::NotAllowed);
        let yes = town.approval(&nobodys, town.ana).await;
        assert_eq!(refused(town.desk.approve_request(&town.ana_pass, yes).await).0, Refusal::NotAllowed);
        let global = crate::town::staff(&town.desk, "Global", |s| s.approver = true).await;
        let global = crate::town::pass(&town.desk, global).await.staff().unwrap();
        assert_eq!(town.desk.decline_request(&global, no).await.unwrap(), Declined::Done);
        assert_eq!(town.desk.decline_request(&town.ana_pass, ask).await.unwrap(), Declined::Done);
    }

    async fn a_hold_ends_after_its_hours(ground: Ground) {
        let town = Town::on(ground).await;
        let soon = town.pending("Mon 10:00", Some(town.ana)).await;
        let late = town.submit(&town.carla, desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Fri 10:00")) }).await;
        assert_eq!(town.request(&soon).await.expires_at, Some(at("Mon 10:00")));
        assert_eq!(town.request(&late).await.expires_at, Some(town.desk.now() + TimeDelta::hours(72)));
        town.ground.pass(TimeDelta::minutes(59)).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        town.ground.pass(TimeDelta::minutes(1)).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 1);
        assert_eq!(town.request(&soon).await.status, "expired");
        let approval = town.approval(&late, town.ana).await;
        town.ground.pass(TimeDelta::hours(71)).await;
        // An overdue hold keeps nothing, whether the housekeeping has come by or not.
        let ask = desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Fri 10:00")) };
        town.submit(&town.dora, ask).await;
        assert_eq!(town.request(&late).await.status, "expired");
        assert!(matches!(town.desk.approve_request(&town.dispatcher, approval).await.unwrap(),
            Approved::Changed(change) if change.status == RequestStatus::Expired && change.by.is_none()));
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        town.is_sound().await;
    }

    async fn deciding_an_overdue_request_finds_it_expired(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Mon 10:00", Some(town.ana)).await;
        let approval = town.approval(&reference, town.ana).await;
        town.ground.pass(TimeDelta::hours(2)).await;
        assert!(matches!(town.desk.approve_request(&town.dispatcher, approval).await.unwrap(), Approved::Changed(_)));
        assert_eq!(town.request(&reference).await.status, "expired");
        assert_eq!(town.blocking().await, []);
        town.is_sound().await;
    }

    async fn a_service_without_holds_keeps_nothing(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| s.holds = false).await;
        let first = town.pending("Fri 10:00", Some(town.ana)).await;
        let second = town.pending("Fri 10:00", Some(town.ana)).await;
        assert_eq!(town.blocking().await, []);
        assert_eq!(town.request(&first).await.expires_at, Some(at("Fri 10:00")));
        town.approve(&first, town.ana).await;
        let ask = town.approval(&second, town.ana).await;
        assert!(matches!(town.desk.approve_request(&town.dispatcher, ask).await.unwrap(), Approved::Lost { .. }));
        town.is_sound().await;
    }

    async fn a_group_shares_a_session(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| s.capacity = 3).await;
        let first = town.pending("Tue 10:00", None).await;
        let second = town.submit(&town.dora, town.ask(at("Tue 10:00"))).await;
        let rows = town.blocking().await;
        assert!(rows.iter().all(|row| row.technician_id == rows[0].technician_id && row.session_id == rows[0].session_id));
        assert_eq!(rows.iter().filter(|row| row.leader).count(), 1);
        town.is_sound().await;
        // The one who leads leaves; the other leads from now on.
        town.desk.withdraw_request(&town.carla, &first).await.unwrap();
        let rows = town.blocking().await;
        assert_eq!((rows.len(), rows[0].leader), (1, true));
        let technician = ::booking::ids::TechnicianId::new(rows[0].technician_id.unwrap().as_u128());
        town.approve(&second, technician).await;
        let mut ask = town.ask(at("Tue 10:00"));
        ask.seats = 3;
        ask.technician = Some(technician);
        assert!(matches!(town.desk.submit_request(&town.carla, ask.clone()).await.unwrap(), Submitted::Lost { why: Refusal::NoSeats, .. }));
        ask.seats = 2;
        town.submit(&town.carla, ask).await;
        town.is_sound().await;
    }

    async fn units_run_out(ground: Ground) {
        let town = Town::on(ground).await;
        town.needs_one_van().await;
        let first = town.pending("Tue 10:00", Some(town.ana)).await;
        let ask = desk::submit_request::NewRequest { technician: Some(town.ben), ..town.ask(at("Tue 10:00")) };
        assert!(matches!(town.desk.submit_request(&town.dora, ask.clone()).await.unwrap(), Submitted::Lost { why: Refusal::NoUnits, .. }));
        town.approve(&first, town.ana).await;
        assert_eq!(town.ground.count("booking_resources").await, 1);
        assert!(matches!(town.desk.submit_request(&town.dora, ask).await.unwrap(), Submitted::Lost { why: Refusal::NoUnits, .. }));
        // The turnaround of 30 minutes keeps the next hour, too.
        let ask = desk::submit_request::NewRequest { technician: Some(town.ben), ..town.ask(at("Tue 11:00")) };
        assert!(matches!(town.desk.submit_request(&town.dora, ask).await.unwrap(), Submitted::Lost { .. }));
        town.submit(&town.dora, town.ask(at("Tue 12:00"))).await;
    }
}
