//! What clients ask for against visits that are booked (D1–D7): cancelled at once or reviewed, changed wholly or in part,
//! overtaken, run out; who is told; and who wins when several press at once.

use std::sync::Arc;

use ::booking::block::TimeBlocks;
use ::booking::change::{ChangeField, ChangeStatus};
use ::booking::ids::{ServiceId, SubjectId, TechnicianId};
use ::booking::letter::Event;
use ::booking::policy::{
    CancellationAnswer, CancellationPolicy, CancellationRules, CutOff, PortalMode,
};
use ::booking::refusal::Refusal;
use chrono::{NaiveDate, TimeDelta};
use desk::cancel_visit::VisitCancel;
use desk::change_visit::Scope;
use desk::client_cancels::{CancelOutcome, Cancelled, ClientCancel};
use desk::decide_change::{ChangeApproval, ChangeDecided, ChangeDecline};
use desk::outbox::LetterFacts;
use desk::portal_rules::ChangedPortal;
use desk::submit_change::{ChangeAsk, ChangeAsked};
use desk::table::{booking, change, outbox, visit};
use desk::visit_status::Step;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ground::refused;
use crate::told::told;
use crate::town::{self, Town, at};

pub fn key() -> String {
    Uuid::now_v7().to_string()
}

impl Town {
    /// The rules of the portal.
    pub async fn rules(&self, change: impl FnOnce(&mut ChangedPortal)) {
        let mut rules = ChangedPortal {
            mode: PortalMode::Visits,
            request_cut_off: CutOff::None,
            change_cut_off: CutOff::None,
            cancellation: CancellationRules::default(),
            text: String::new(),
            late_fee_minor: None,
            no_show_fee_minor: None,
            time_blocks: TimeBlocks::default(),
        };
        change(&mut rules);
        let version = self.desk.business().await.unwrap().version;
        self.desk
            .change_portal(&self.owner, version, &rules)
            .await
            .unwrap();
    }

    pub async fn cancels(&self, policy: CancellationPolicy) {
        self.rules(|rules| rules.cancellation.policy = policy).await;
    }

    pub fn client_cancel(&self, visits: &[&visit::Model]) -> ClientCancel {
        ClientCancel {
            key: key(),
            visits: visits.iter().map(|one| one.reference.clone()).collect(),
            reason: "We are ill.".to_owned(),
        }
    }

    /// The form "Request changes" as it is drawn, with nothing changed.
    pub fn change_ask(&self, of: &visit::Model) -> ChangeAsk {
        ChangeAsk {
            key: key(),
            visit: of.reference.clone(),
            version: of.version,
            service: self.service,
            start: None,
            length_min: None,
            block: None,
            subjects: Vec::new(),
            notes: of.notes.clone(),
        }
    }

    /// Asks for another time; `R-…`.
    pub async fn asks_for(&self, of: &visit::Model, start: &str) -> String {
        let ask = ChangeAsk {
            start: Some(at(start)),
            ..self.change_ask(of)
        };
        match self.desk.ask_change(&self.carla, ask).await.unwrap() {
            ChangeAsked::Sent { reference } => reference,
            other => panic!("not sent: {other:?}"),
        }
    }

    async fn change_row(&self, reference: &str) -> change::Model {
        change::Entity::find()
            .filter(change::Column::Reference.eq(reference))
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn approve_all(&self, reference: &str) -> ChangeApproval {
        ChangeApproval {
            key: key(),
            change: reference.to_owned(),
            version: self.change_row(reference).await.version,
            fields: ChangeField::ALL.to_vec(),
            start: None,
            technicians: Vec::new(),
            override_reason: String::new(),
            fee: true,
        }
    }

    async fn decline_one(&self, reference: &str) -> ChangeDecline {
        ChangeDecline {
            change: reference.to_owned(),
            version: self.change_row(reference).await.version,
            reason: "We have nobody then.".to_owned(),
        }
    }

    pub async fn who_comes(&self, to: &visit::Model) -> Vec<TechnicianId> {
        let rows = booking::Entity::find()
            .filter(booking::Column::Blocking.eq(true))
            .filter(booking::Column::VisitId.eq(to.id))
            .all(self.desk.db())
            .await
            .unwrap();
        let ids = rows.into_iter().filter_map(|row| row.technician_id);
        ids.map(|id| TechnicianId::new(id.as_u128())).collect()
    }

    /// The times that are held, by start.
    async fn held(&self) -> Vec<(Option<TechnicianId>, String)> {
        let rows = booking::Entity::find()
            .filter(booking::Column::Blocking.eq(true))
            .filter(booking::Column::Status.eq("pending"))
            .order_by_asc(booking::Column::StartsAt)
            .all(self.desk.db())
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| {
                let who = row.technician_id.map(|id| TechnicianId::new(id.as_u128()));
                let span = format!(
                    "{}-{}",
                    row.starts_at.format("%H:%M"),
                    row.ends_at.format("%H:%M")
                );
                (who, span)
            })
            .collect()
    }
}

pub fn done(answer: ChangeDecided) -> String {
    match answer {
        ChangeDecided::Done { visit } => visit,
        other => panic!("not decided: {other:?}"),
    }
}

both! {
    // D3, D7: at once.
    async fn a_cancellation_is_accepted_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let ask = town.client_cancel(&[&visit]);
        let first = town.desk.cancel_my_visits(&town.carla, ask.clone()).await.unwrap();
        assert_eq!(first, [Cancelled { visit: visit.reference.clone(), what: CancelOutcome::AtOnce }]);
        let after = town.visit(&visit.reference).await;
        assert_eq!((after.status.as_str(), after.sequence), ("cancelled", visit.sequence + 1));
        assert_eq!(after.reason.as_deref(), Some("We are ill."));
        assert!(town.blocking().await.is_empty(), "the time is free in the next query");
        let who = told(&town, Event::VisitCancelled).await;
        assert_eq!(who, ["ana technician MX", "ana technician P", "carla client MX", "carla client P", "dispatcher approvers P"]);
        // Sent again, and pressed again from an old page: nothing more happens.
        assert_eq!(town.desk.cancel_my_visits(&town.carla, ask).await.unwrap(), first);
        let again = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await.unwrap();
        assert_eq!(again, first);
        assert_eq!(told(&town, Event::VisitCancelled).await.len(), 5);
        assert_eq!(town.ground.count("changes").await, 1);
        town.is_sound().await;
    }

    // D3: reviewed.
    async fn a_cancellation_is_reviewed(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let answer = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await.unwrap();
        assert_eq!(answer[0].what, CancelOutcome::Reviewed);
        assert_eq!(town.visit(&visit.reference).await.status, "scheduled");
        assert_eq!(town.desk.pending_count(&town.dispatcher).await.unwrap(), 1);
        let who = told(&town, Event::CancellationSubmitted).await;
        assert_eq!(who, ["ana technician P", "carla client P", "dispatcher approvers M", "dispatcher approvers P"]);
        let seen = town.desk.my_changes(&town.carla).await.unwrap();
        let reference = seen[0].reference.clone();
        assert!(seen[0].cancellation);
        assert_eq!(seen[0].reason.as_deref(), Some("We are ill."));
        assert!(town.desk.my_changes(&town.dora).await.unwrap().is_empty());
        // Asked again while it waits: the same.
        let again = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await.unwrap();
        assert_eq!(again[0].what, CancelOutcome::Reviewed);
        assert_eq!(town.ground.count("changes").await, 1);

        town.desk.decline_change(&town.dispatcher, town.decline_one(&reference).await).await.unwrap();
        assert_eq!(town.visit(&visit.reference).await.status, "scheduled");
        let who = told(&town, Event::CancellationDeclined).await;
        assert_eq!(who, ["carla client M", "carla client P", "dispatcher approvers P"]);

        town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await.unwrap();
        let reference = town.desk.my_changes(&town.carla).await.unwrap()[0].reference.clone();
        done(town.desk.approve_change(&town.dispatcher, town.approve_all(&reference).await).await.unwrap());
        assert_eq!(town.visit(&visit.reference).await.status, "cancelled");
        assert_eq!(town.desk.pending_count(&town.dispatcher).await.unwrap(), 0);
        assert_eq!(told(&town, Event::VisitCancelled).await.len(), 5);
        town.is_sound().await;
    }

    // Decision 9: at once before a cut-off, reviewed after it; then a fee, which staff waive or keep.
    async fn a_late_cancellation_is_reviewed_and_may_cost(ground: Ground) {
        let town = Town::on(ground).await;
        town.rules(|rules| {
            rules.cancellation = CancellationRules {
                until: CutOff::HoursBefore(1),
                policy: CancellationPolicy::AtOnceBefore(CutOff::HoursBefore(24)),
            };
            rules.late_fee_minor = Some(2_000);
        }).await;
        let early = town.book(town.new_visit(at("Tue 11:00"), &[town.ana])).await;
        let late = town.book(town.new_visit(at("Tue 09:00"), &[town.ben])).await;
        // 24 h before 11:00, to the second.
        town.ground.until(at("Mon 11:00")).await;
        let ways = town.desk.my_visit_ways(&town.carla, &early.reference).await.unwrap().unwrap();
        assert_eq!(ways.cancel, Ok(CancellationAnswer::Accepted));
        let ways = town.desk.my_visit_ways(&town.carla, &late.reference).await.unwrap().unwrap();
        assert_eq!(ways.cancel, Ok(CancellationAnswer::Late));
        let answer = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&late, &early])).await.unwrap();
        let what: Vec<_> = answer.iter().map(|one| one.what).collect();
        assert_eq!(what, [CancelOutcome::Late, CancelOutcome::AtOnce], "in the order of their time");
        let reference = town.desk.my_changes(&town.carla).await.unwrap()[0].reference.clone();
        done(town.desk.approve_change(&town.dispatcher, town.approve_all(&reference).await).await.unwrap());
        let fee = town.desk.fee(&town.dispatcher, &late.reference).await.unwrap().unwrap();
        assert_eq!((fee.amount_minor, fee.waived), (2_000, false));
        assert_eq!(town.desk.fee(&town.dispatcher, &early.reference).await.unwrap(), None);
        town.desk.waive_fee(&town.dispatcher, &late.reference, (1, true)).await.unwrap();
        let ways = town.desk.my_visit_ways(&town.carla, &late.reference).await.unwrap().unwrap();
        assert!(ways.fee.unwrap().waived);
        assert_eq!(refused(town.desk.waive_fee(&town.dispatcher, &late.reference, (1, true)).await).0, Refusal::Stale);
        assert_eq!(refused(town.desk.waive_fee(&town.ana_pass, &late.reference, (2, false)).await).0, Refusal::NotAllowed);

        // Too late altogether: it explains itself.
        let near = town.book(town.new_visit(at("Tue 15:00"), &[town.ana])).await;
        town.ground.until(at("Tue 14:00") + TimeDelta::seconds(1)).await;
        let ways = town.desk.my_visit_ways(&town.carla, &near.reference).await.unwrap().unwrap();
        assert_eq!(ways.cancel, Err(Refusal::CancellationCutOffPassed));
        let answer = town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&near])).await.unwrap();
        assert_eq!(answer[0].what, CancelOutcome::Refused(Refusal::CancellationCutOffPassed));
        assert_eq!(town.visit(&near.reference).await.status, "scheduled");
        town.is_sound().await;
    }

    // D6: several with one letter, one calendar part a visit, one letter for each technician.
    async fn several_are_cancelled_with_one_letter(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        let one = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let two = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        let three = town.book(town.new_visit(at("Thu 10:00"), &[town.ben])).await;
        let ask = town.client_cancel(&[&three, &one, &two]);
        let answer = town.desk.cancel_my_visits(&town.carla, ask).await.unwrap();
        assert!(answer.iter().all(|one| one.what == CancelOutcome::AtOnce));
        let who = told(&town, Event::BulkCancelled).await;
        assert_eq!(who, [
            "ana technician MX", "ana technician P", "ben technician MX", "ben technician P",
            "carla client MX", "carla client P", "dispatcher approvers P",
        ]);
        let letters = outbox::Entity::find()
            .filter(outbox::Column::Event.eq("visit.bulk_cancelled"))
            .all(town.desk.db()).await.unwrap();
        for letter in letters {
            let facts: LetterFacts = serde_json::from_value(letter.facts).unwrap();
            let uids: Vec<String> = match facts.dates.as_slice() {
                [] => facts.calendar.iter().map(|one| one.uid.clone()).collect(),
                dates => dates.iter().map(|one| one.uid.clone()).collect(),
            };
            let expected = match letter.email.split('-').next().unwrap() {
                "ana" => vec![one.uid.clone(), two.uid.clone()],
                "ben" => vec![three.uid.clone()],
                _ => vec![one.uid.clone(), two.uid.clone(), three.uid.clone()],
            };
            assert_eq!(uids, expected, "{}", letter.email);
        }
        town.is_sound().await;
    }

    async fn foreign_and_unknown_visits_are_not_found(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        for (who, reference) in [(&town.dora, visit.reference.as_str()), (&town.carla, "V-00000")] {
            let ask = ClientCancel { key: key(), visits: vec![reference.to_owned()], reason: String::new() };
            assert_eq!(refused(town.desk.cancel_my_visits(who, ask).await).0, Refusal::NotFound);
            let ask = ChangeAsk { visit: reference.to_owned(), ..town.change_ask(&visit) };
            assert_eq!(refused(town.desk.ask_change(who, ask).await).0, Refusal::NotFound);
            assert_eq!(town.desk.my_visit_ways(who, reference).await.unwrap(), None);
        }
        assert_eq!(refused(town.desk.withdraw_change(&town.dora, &visit.reference).await).0, Refusal::NotFound);
        let none = ClientCancel { key: key(), visits: Vec::new(), reason: String::new() };
        assert_eq!(refused(town.desk.cancel_my_visits(&town.carla, none).await), (Refusal::BadChoice, Some("visits")));
        // Where the business wants messages, nothing is asked against visits (D1).
        town.rules(|rules| rules.mode = PortalMode::Message).await;
        assert_eq!(refused(town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&visit])).await).0, Refusal::NotAllowed);
        let ask = ChangeAsk { start: Some(at("Tue 12:00")), ..town.change_ask(&visit) };
        assert_eq!(refused(town.desk.ask_change(&town.carla, ask).await).0, Refusal::NotAllowed);
        assert_eq!(town.ground.count("changes").await, 0);
    }

    // D4: only what differs; the visit stays, the wanted time is held.
    async fn a_change_keeps_the_visit_and_holds_the_time(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let nothing = town.change_ask(&visit);
        assert_eq!(refused(town.desk.ask_change(&town.carla, nothing).await).0, Refusal::NothingChanged);
        let stale = ChangeAsk { version: 9, start: Some(at("Tue 12:00")), ..town.change_ask(&visit) };
        assert_eq!(refused(town.desk.ask_change(&town.carla, stale).await).0, Refusal::Stale);

        let ask = ChangeAsk { start: Some(at("Tue 12:00")), ..town.change_ask(&visit) };
        let reference = match town.desk.ask_change(&town.carla, ask.clone()).await.unwrap() {
            ChangeAsked::Sent { reference } => reference,
            other => panic!("{other:?}"),
        };
        let row = town.change_row(&reference).await;
        assert_eq!((row.starts_at, row.service_id, row.notes, row.subjects), (Some(at("Tue 12:00")), None, None, None));
        assert_eq!(town.visit(&visit.reference).await, visit, "it stays as it is");
        assert_eq!(town.held().await, [(Some(town.ana), "11:00-12:00".to_owned())]);
        // Sent twice is sent once; a second one of the same visit is refused.
        assert_eq!(town.desk.ask_change(&town.carla, ask).await.unwrap(), ChangeAsked::Sent { reference: reference.clone() });
        let other = ChangeAsk { start: Some(at("Tue 14:00")), ..town.change_ask(&visit) };
        assert_eq!(refused(town.desk.ask_change(&town.carla, other).await).0, Refusal::ChangeOpen);
        // Nobody else gets the time.
        town.retire(town.ben).await;
        let taken = town.ask(at("Tue 12:00"));
        assert!(matches!(town.desk.submit_request(&town.dora, taken).await.unwrap(), desk::submit_request::Submitted::Lost { .. }));
        let who = told(&town, Event::ChangeSubmitted).await;
        assert_eq!(who, ["ana technician P", "carla client P", "dispatcher approvers M", "dispatcher approvers P"]);

        let moved = done(town.desk.approve_change(&town.dispatcher, town.approve_all(&reference).await).await.unwrap());
        let after = town.visit(&moved).await;
        assert_eq!((after.starts_at, after.uid.as_str(), after.sequence), (at("Tue 12:00"), visit.uid.as_str(), visit.sequence + 1));
        assert_eq!(town.visit(&visit.reference).await.status, "rescheduled");
        assert_eq!(town.held().await, []);
        assert_eq!(town.change_row(&reference).await.status, "approved");
        let who = told(&town, Event::ChangeApproved).await;
        assert_eq!(who, ["ana technician MI", "ana technician P", "carla client MI", "carla client P", "dispatcher approvers P"]);
        // iTIP: one UID, SEQUENCE 0, 1, 2.
        town.cancels(CancellationPolicy::AtOnce).await;
        town.desk.cancel_my_visits(&town.carla, town.client_cancel(&[&after])).await.unwrap();
        let gone = town.visit(&moved).await;
        assert_eq!((gone.uid.as_str(), visit.sequence, after.sequence, gone.sequence), (visit.uid.as_str(), 0, 1, 2));
        town.is_sound().await;
    }

    // Decision 16: they count among the requests; decision 14: what is too old is in no list.
    async fn they_are_counted_by_state_and_kept_as_long_as_appointments(ground: Ground) {
        let town = Town::on(ground).await;
        let (one, two) = (
            town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await,
            town.book(town.new_visit(at("Wed 10:00"), &[town.ben])).await,
        );
        let first = town.asks_for(&one, "Tue 12:00").await;
        town.asks_for(&two, "Wed 12:00").await;
        town.desk.decline_change(&town.dispatcher, town.decline_one(&first).await).await.unwrap();
        let mut counts = town.desk.change_counts(&town.dispatcher, "").await.unwrap();
        counts.sort_unstable_by_key(|(status, _)| status.as_str());
        assert_eq!(counts, [(ChangeStatus::Declined, 1), (ChangeStatus::Pending, 1)]);
        assert_eq!(town.desk.change_counts(&town.dispatcher, &first).await.unwrap(), [(ChangeStatus::Declined, 1)]);
        assert_eq!(refused(town.desk.change_counts(&town.ana_pass, "").await).0, Refusal::NotAllowed);

        town.ground.until(at("Tue 11:00") + TimeDelta::days(40) + TimeDelta::seconds(1)).await;
        town.desk.expire_changes().await.unwrap();
        let version = town.desk.business().await.unwrap().version;
        assert_eq!(town.desk.changes(&town.dispatcher, None, "").await.unwrap().len(), 2);
        town.desk.change_retention(&town.owner, version, Some(40)).await.unwrap();
        let left = town.desk.changes(&town.dispatcher, None, "").await.unwrap();
        assert_eq!(left.iter().map(|one| one.visit.as_str()).collect::<Vec<_>>(), [two.reference.as_str()]);
        assert_eq!(town.desk.change_counts(&town.dispatcher, "").await.unwrap(), [(ChangeStatus::Expired, 1)]);
    }

    // Whoever was chosen for the time of a block does not come at the time that stays.
    async fn a_block_left_out_leaves_who_comes(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.rules(|rules| rules.time_blocks = "12:00-15:00".parse().unwrap()).await;
        let other = town::service(&town.desk, "Deep clean", |s| s.lengths = serde_json::json!([60])).await;
        let asked = ChangeAsk {
            block: Some((at("Wed 12:00").date_naive(), "12:00-15:00".parse().unwrap())),
            service: other,
            ..town.change_ask(&visit)
        };
        let reference = match town.desk.ask_change(&town.carla, asked).await.unwrap() {
            ChangeAsked::Sent { reference } => reference,
            different => panic!("{different:?}"),
        };
        let approval = ChangeApproval {
            fields: vec![ChangeField::Service],
            start: Some(at("Wed 12:00")),
            technicians: vec![town.ben],
            ..town.approve_all(&reference).await
        };
        let kept = done(town.desk.approve_change(&town.dispatcher, approval).await.unwrap());
        let after = town.visit(&kept).await;
        assert_eq!((after.starts_at, after.service_id), (at("Tue 10:00"), Uuid::from_u128(other.get())));
        assert_eq!(town.who_comes(&after).await, [town.ana]);
        town.is_sound().await;
    }

    // D4: a day and a block; nothing is held, staff choose the time in it.
    async fn a_block_is_asked_for_and_staff_choose_the_time(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let block = |date: &str, block: &str| ChangeAsk {
            block: Some((at(date).date_naive(), block.parse().unwrap())),
            ..town.change_ask(&visit)
        };
        let asked = block("Wed 12:00", "12:00-15:00");
        let unknown = town.desk.ask_change(&town.carla, asked.clone()).await;
        assert_eq!(refused(unknown), (Refusal::BadChoice, Some("block")), "the business has none yet");
        town.rules(|rules| rules.time_blocks = "06:00-06:30 07:00-08:00 10:00-12:00 12:00-15:00".parse().unwrap()).await;
        for (ask, why) in [
            (block("Wed 12:00", "06:00-06:30"), (Refusal::BlockTooShort, Some("block"))),
            (block("Wed 12:00", "07:00-08:00"), (Refusal::BlockFull, Some("block"))),
            (block("Mon 06:00", "06:00-06:30"), (Refusal::BlockTooShort, Some("block"))),
            (ChangeAsk { block: Some((NaiveDate::MIN, "12:00-15:00".parse().unwrap())), ..town.change_ask(&visit) },
                (Refusal::BadTime, Some("block_date"))),
            (ChangeAsk { block: Some(("2020-01-02".parse().unwrap(), "12:00-15:00".parse().unwrap())), ..town.change_ask(&visit) },
                (Refusal::InThePast, Some("block_date"))),
            // Where it is already.
            (block("Tue 12:00", "10:00-12:00"), (Refusal::NothingChanged, None)),
        ] {
            assert_eq!(refused(town.desk.ask_change(&town.carla, ask).await), why);
        }
        let reference = match town.desk.ask_change(&town.carla, asked).await.unwrap() {
            ChangeAsked::Sent { reference } => reference,
            other => panic!("{other:?}"),
        };
        assert_eq!(town.held().await, [], "a block holds nothing");
        let seen = town.desk.my_changes(&town.carla).await.unwrap().remove(0);
        assert_eq!(seen.wanted.block_length_min, Some(60));
        assert_eq!(told(&town, Event::ChangeSubmitted).await.len(), 4);

        // Ana is taken at noon; Ben is free.
        let mut other = town.new_visit(at("Wed 12:00"), &[town.ana]);
        other.client = town.dora.client();
        town.book(other).await;
        let choices = town.desk.change_choices(&town.dispatcher, &reference).await.unwrap().unwrap();
        let times: Vec<_> = choices.times.unwrap().into_iter().map(|one| (one.start, one.technician, one.comes)).collect();
        assert_eq!(times[..3], [
            (at("Wed 12:00"), town.ben, false),
            (at("Wed 13:00"), town.ana, true),
            (at("Wed 13:00"), town.ben, false),
        ]);
        assert_eq!(times.last().map(|one| one.0), Some(at("Wed 14:00")), "the last one ends with the block");

        let none = town.approve_all(&reference).await;
        assert_eq!(refused(town.desk.approve_change(&town.dispatcher, none).await), (Refusal::BadTime, Some("time")));
        let mut outside = town.approve_all(&reference).await;
        outside.start = Some(at("Wed 14:30"));
        assert_eq!(refused(town.desk.approve_change(&town.dispatcher, outside).await), (Refusal::NotProposed, Some("time")));
        let mut taken = town.approve_all(&reference).await;
        taken.start = Some(at("Wed 12:00"));
        assert!(matches!(town.desk.approve_change(&town.dispatcher, taken).await.unwrap(), ChangeDecided::Lost { .. }));
        let mut good = town.approve_all(&reference).await;
        good.start = Some(at("Wed 13:00"));
        let moved = done(town.desk.approve_change(&town.dispatcher, good).await.unwrap());
        let after = town.visit(&moved).await;
        assert_eq!((after.starts_at, after.uid.as_str(), after.sequence), (at("Wed 13:00"), visit.uid.as_str(), 1));
        let decided = town.desk.change_seen(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(decided.accepted, [ChangeField::Time]);
        let who = told(&town, Event::ChangeApproved).await;
        assert!(who.contains(&"carla client MI".to_owned()), "{who:?}");
        town.is_sound().await;

        // Edited before approving: another time than the block is not what was asked.
        let again = ChangeAsk {
            visit: after.reference.clone(),
            version: after.version,
            ..block("Thu 12:00", "12:00-15:00")
        };
        town.desk.ask_change(&town.carla, again).await.unwrap();
        let open = town.desk.my_changes(&town.carla).await.unwrap().remove(0).reference;
        town.retire(town.ana).await;
        town.retire(town.ben).await;
        let nobody = town.desk.change_choices(&town.dispatcher, &open).await.unwrap().unwrap();
        assert_eq!(nobody.times, Some(Vec::new()));
        town.is_sound().await;
    }

    // R27: of one technician two rows never overlap, so only the part beside the visit is held.
    async fn a_time_that_overlaps_the_visit_is_held_beside_it(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| s.step_min = Some(30)).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 10:30").await;
        assert_eq!(town.held().await, [(Some(town.ana), "10:00-10:30".to_owned())]);
        town.is_sound().await;
        let moved = done(town.desk.approve_change(&town.dispatcher, town.approve_all(&reference).await).await.unwrap());
        assert_eq!(town.visit(&moved).await.starts_at, at("Tue 10:30"));
        assert_eq!(town.blocking().await.len(), 1);
        town.is_sound().await;
    }

    async fn somebody_else_comes_where_the_technician_is_not_free(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let mut other = town.new_visit(at("Tue 12:00"), &[town.ana]);
        other.client = town.dora.client();
        town.book(other).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        assert_eq!(town.held().await, [(None, "11:00-12:00".to_owned())], "one of those who can");
        let choices = town.desk.change_choices(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert!(!choices.obstacles.is_empty(), "staff see that Ana is taken");
        assert_eq!(choices.technicians.first().map(|one| (one.0, one.2)), Some((town.ben, true)));
        let lost = town.desk.approve_change(&town.dispatcher, town.approve_all(&reference).await).await.unwrap();
        assert!(matches!(lost, ChangeDecided::Lost { .. }), "{lost:?}");
        assert_eq!(town.change_row(&reference).await.status, "pending", "nothing was written");
        let mut ask = town.approve_all(&reference).await;
        ask.technicians = vec![town.ben];
        let moved = done(town.desk.approve_change(&town.dispatcher, ask).await.unwrap());
        let rows = town.rows(&town.visit(&moved).await).await;
        assert_eq!(rows[0].technician_id, Some(Uuid::from_u128(town.ben.get())));
        let who = told(&town, Event::ChangeApproved).await;
        assert!(who.contains(&"ana previous_technician MX".to_owned()), "{who:?}");
        town.is_sound().await;
    }

    async fn field_by_field(ground: Ground) {
        let town = Town::on(ground).await;
        let rex = town::subject(&town.desk, town.carla.client(), "Rex").await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let ask = ChangeAsk {
            start: Some(at("Tue 12:00")),
            subjects: vec![rex],
            notes: "Ring twice.".to_owned(),
            ..town.change_ask(&visit)
        };
        town.desk.ask_change(&town.carla, ask).await.unwrap();
        let seen = town.desk.my_changes(&town.carla).await.unwrap().remove(0);
        assert_eq!(seen.wanted.subjects, Some(vec!["Rex".to_owned()]));
        assert_eq!(seen.wanted.subject_ids, Some(vec![SubjectId::new(rex.get())]));
        let mut none = town.approve_all(&seen.reference).await;
        none.fields.clear();
        assert_eq!(refused(town.desk.approve_change(&town.dispatcher, none).await), (Refusal::NothingChanged, Some("fields")));
        let mut some = town.approve_all(&seen.reference).await;
        some.fields = vec![ChangeField::Subjects, ChangeField::Notes];
        let same = done(town.desk.approve_change(&town.dispatcher, some).await.unwrap());
        assert_eq!(same, visit.reference);
        let after = town.visit(&same).await;
        assert_eq!((after.starts_at, after.notes.as_str()), (visit.starts_at, "Ring twice."));
        assert_eq!(town.held().await, []);
        let decided = town.desk.change_seen(&town.dispatcher, &seen.reference).await.unwrap().unwrap();
        assert_eq!(decided.accepted, [ChangeField::Subjects, ChangeField::Notes]);
        assert_eq!(decided.decided_by.as_deref(), Some("Dispatcher"));
        // It is told even where only the subjects changed.
        assert!(told(&town, Event::ChangeApproved).await.contains(&"carla client MI".to_owned()));
        town.is_sound().await;
    }

    async fn staff_edit_before_they_approve(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        let mut edit = town.change(&visit, &[town.ben]).await;
        edit.form.start = at("Tue 14:00");
        edit.answers = Some(reference.clone());
        town.desk.change_visit(&town.dispatcher, edit).await.unwrap();
        let row = town.change_row(&reference).await;
        assert_eq!((row.status.as_str(), row.accepted), ("approved", Some(serde_json::json!([]))));
        assert_eq!(told(&town, Event::ChangeSuperseded).await, Vec::<String>::new());
        assert!(told(&town, Event::ChangeApproved).await.contains(&"carla client MI".to_owned()));
        assert_eq!(town.held().await, []);
        town.is_sound().await;
    }

    // Superseded and expired: never silent.
    async fn what_staff_do_meanwhile_overtakes_it(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        // A word for staff only changes nothing for it.
        town.desk.note_visit(&town.dispatcher, &visit.reference, visit.version, "Bring a ladder").await.unwrap();
        assert_eq!(town.change_row(&reference).await.status, "pending");
        let now = town.visit(&visit.reference).await;
        let mut edit = town.change(&now, &[town.ana]).await;
        edit.form.internal_notes = now.internal_notes.clone();
        edit.form.start = at("Tue 15:00");
        town.desk.change_visit(&town.dispatcher, edit).await.unwrap();
        assert_eq!(town.change_row(&reference).await.status, "superseded");
        assert_eq!(town.held().await, []);
        assert_eq!(told(&town, Event::ChangeSuperseded).await, ["carla client M", "carla client P"]);
        // Nothing can be decided any more; who is slower learns how it stands.
        let slow = ChangeDecline { change: reference.clone(), version: 1, reason: String::new() };
        let answer = town.desk.decline_change(&town.dispatcher, slow).await.unwrap();
        assert!(matches!(answer, ChangeDecided::Changed { status: ChangeStatus::Superseded, .. }), "{answer:?}");
        town.is_sound().await;
    }

    async fn a_change_runs_out_when_the_visit_begins(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Wed 12:00").await;
        let other = town.book(town.new_visit(at("Tue 13:00"), &[town.ben])).await;
        let second = town.asks_for(&other, "Wed 14:00").await;
        town.ground.until(at("Tue 10:00") - TimeDelta::seconds(1)).await;
        assert_eq!(town.desk.expire_changes().await.unwrap(), 0);
        town.ground.until(at("Tue 10:00")).await;
        assert_eq!(town.desk.expire_changes().await.unwrap(), 1);
        assert_eq!(town.change_row(&reference).await.status, "expired");
        assert_eq!(told(&town, Event::ChangeExpired).await, ["carla client M", "carla client P", "dispatcher approvers P"]);
        // Begun by the technician before its time: the same.
        let ben = town::pass(&town.desk, town.ben.get()).await.staff().unwrap();
        let step = town.step(&other, Step::Start);
        town.desk.step_visit(&ben, step).await.unwrap();
        assert_eq!(town.change_row(&second).await.status, "expired");
        assert_eq!(town.held().await, []);
        assert_eq!(town.desk.expire_changes().await.unwrap(), 0);
        town.is_sound().await;
    }

    async fn the_client_takes_it_back(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        town.desk.withdraw_change(&town.carla, &visit.reference).await.unwrap();
        town.desk.withdraw_change(&town.carla, &visit.reference).await.unwrap();
        assert_eq!(town.change_row(&reference).await.status, "withdrawn");
        assert_eq!(town.held().await, []);
        assert_eq!(told(&town, Event::ChangeWithdrawn).await, ["ana technician P", "dispatcher approvers P"]);
        // Then another one can be asked for.
        town.asks_for(&visit, "Tue 14:00").await;
        town.is_sound().await;
    }

    async fn cut_offs_hold_for_requests_and_changes(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        let evening = "day-before:17:00".parse().unwrap();
        town.rules(|rules| (rules.change_cut_off, rules.request_cut_off) = (evening, evening)).await;
        town.ground.until(at("Tue 17:00")).await;
        let ask = ChangeAsk { start: Some(at("Thu 12:00")), ..town.change_ask(&visit) };
        assert_eq!(refused(town.desk.ask_change(&town.carla, ask).await).0, Refusal::ChangeCutOffPassed);
        let wednesday = town.ask(at("Wed 14:00"));
        assert!(matches!(town.desk.submit_request(&town.dora, wednesday).await.unwrap(), desk::submit_request::Submitted::Lost { .. }));
        town.ground.until(at("Tue 17:00") - TimeDelta::seconds(1)).await;
        town.asks_for(&visit, "Thu 12:00").await;
        town.submit(&town.dora, town.ask(at("Wed 14:00"))).await;
    }

    async fn only_those_who_decide_decide(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        assert_eq!(town.desk.change_seen(&town.ana_pass, &reference).await.unwrap(), None);
        assert_eq!(refused(town.desk.changes(&town.ana_pass, None, "").await).0, Refusal::NotAllowed);
        assert_eq!(refused(town.desk.approve_change(&town.ana_pass, town.approve_all(&reference).await).await).0, Refusal::NotAllowed);
        assert_eq!(refused(town.desk.decline_change(&town.ana_pass, town.decline_one(&reference).await).await).0, Refusal::NotAllowed);
        assert_eq!(town.desk.changes(&town.dispatcher, Some(ChangeStatus::Pending), "carla").await.unwrap().len(), 1);
        assert_eq!(town.desk.changes(&town.dispatcher, None, "nobody").await.unwrap().len(), 0);
        // A reason, where the business wants one.
        town.change_business(|row| row.reason_required = true).await;
        let silent = ChangeDecline { reason: String::new(), ..town.decline_one(&reference).await };
        assert_eq!(refused(town.desk.decline_change(&town.dispatcher, silent).await), (Refusal::ReasonRequired, Some("reason")));
    }

    async fn a_no_show_may_cost(ground: Ground) {
        let town = Town::on(ground).await;
        town.rules(|rules| rules.no_show_fee_minor = Some(1_500)).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.ground.until(at("Tue 10:30")).await;
        let step = town.step(&visit, Step::NoShow);
        town.desk.step_visit(&town.dispatcher, step).await.unwrap();
        let fee = town.desk.fee(&town.dispatcher, &visit.reference).await.unwrap().unwrap();
        assert_eq!(fee.amount_minor, 1_500);
    }

    async fn another_service_is_a_change_too(ground: Ground) {
        let town = Town::on(ground).await;
        let long: ServiceId = town::service(&town.desk, "Deep clean", |s| s.lengths = serde_json::json!([60])).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let ask = ChangeAsk { service: long, ..town.change_ask(&visit) };
        town.desk.ask_change(&town.carla, ask).await.unwrap();
        let seen = town.desk.my_changes(&town.carla).await.unwrap().remove(0);
        assert_eq!((seen.wanted.service.as_deref(), seen.wanted.time), (Some("Deep clean"), None));
        assert_eq!(town.held().await, [], "the visit itself keeps the time");
        done(town.desk.approve_change(&town.dispatcher, town.approve_all(&seen.reference).await).await.unwrap());
        assert_eq!(town.visit(&visit.reference).await.service_id, Uuid::from_u128(long.get()));
        town.is_sound().await;
    }

    // Races: one visit, one open request; one decision.
    async fn two_changes_of_one_visit(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let barrier = Arc::new(Barrier::new(6));
        let mut all = JoinSet::new();
        for n in 0..6 {
            let (town, barrier) = (town.clone(), Arc::clone(&barrier));
            let ask = ChangeAsk { start: Some(at(["Tue 12:00", "Tue 13:00", "Tue 14:00"][n % 3])), ..town.change_ask(&visit) };
            all.spawn(async move {
                barrier.wait().await;
                town.desk.ask_change(&town.carla, ask).await
            });
        }
        let (mut sent, mut open) = (0, 0);
        while let Some(answer) = all.join_next().await {
            match answer.unwrap() {
                Ok(ChangeAsked::Sent { .. }) => sent += 1,
                other => { assert_eq!(refused(other).0, Refusal::ChangeOpen); open += 1; }
            }
        }
        assert_eq!((sent, open), (1, 5));
        town.is_sound().await;
    }

    async fn the_client_cancels_while_staff_move(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        for n in 0..8 {
            let start = at(["Tue 10:00", "Tue 12:00", "Tue 14:00", "Wed 10:00", "Wed 12:00", "Wed 14:00", "Thu 10:00", "Thu 12:00"][n]);
            let visit = town.book(town.new_visit(start, &[town.ana])).await;
            let mut edit = town.change(&visit, &[town.ana]).await;
            edit.form.start = visit.starts_at + TimeDelta::hours(1);
            let (desk, carla, ask) = (town.desk.clone(), town.carla.clone(), town.client_cancel(&[&visit]));
            let (other, staff) = (town.desk.clone(), town.dispatcher);
            let cancels = tokio::spawn(async move { desk.cancel_my_visits(&carla, ask).await });
            let moves = tokio::spawn(async move { other.change_visit(&staff, edit).await });
            let (cancelled, moved) = (cancels.await.unwrap(), moves.await.unwrap());
            let cancelled = cancelled.unwrap().remove(0).what;
            match moved {
                // Staff were first: the row the client meant has gone on to another time.
                Ok(_) => assert!(matches!(cancelled, CancelOutcome::Refused(_)), "{cancelled:?}"),
                Err(_) => assert_eq!(cancelled, CancelOutcome::AtOnce),
            }
            town.is_sound().await;
        }
    }

    async fn several_are_cancelled_while_one_is_completed(ground: Ground) {
        let town = Town::on(ground).await;
        town.cancels(CancellationPolicy::AtOnce).await;
        let one = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let two = town.book(town.new_visit(at("Wed 10:00"), &[town.ana])).await;
        let start = town.step(&one, Step::Start);
        let (desk, carla, ask) = (town.desk.clone(), town.carla.clone(), town.client_cancel(&[&one, &two]));
        let (other, staff) = (town.desk.clone(), town.dispatcher);
        let cancels = tokio::spawn(async move { desk.cancel_my_visits(&carla, ask).await });
        let begins = tokio::spawn(async move { other.step_visit(&staff, start).await });
        let (answer, begun) = (cancels.await.unwrap().unwrap(), begins.await.unwrap());
        match begun {
            Ok(_) => assert!(matches!(answer[0].what, CancelOutcome::Refused(_))),
            Err(_) => assert_eq!(answer[0].what, CancelOutcome::AtOnce),
        }
        assert_eq!(answer[1].what, CancelOutcome::AtOnce);
        town.is_sound().await;
    }

    async fn two_decide_one_change(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        let (yes, no) = (town.approve_all(&reference).await, town.decline_one(&reference).await);
        let (desk, other, staff, owner) = (town.desk.clone(), town.desk.clone(), town.dispatcher, town.owner);
        let approves = tokio::spawn(async move { desk.approve_change(&staff, yes).await });
        let declines = tokio::spawn(async move { other.decline_change(&owner, no).await });
        let answers = [approves.await.unwrap().unwrap(), declines.await.unwrap().unwrap()];
        let done = answers.iter().filter(|one| matches!(one, ChangeDecided::Done { .. })).count();
        let late = answers.iter().filter(|one| matches!(one, ChangeDecided::Changed { .. })).count();
        assert_eq!((done, late), (1, 1), "{answers:?}");
        town.is_sound().await;
    }

    async fn staff_cancel_what_the_client_wants_to_change(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let reference = town.asks_for(&visit, "Tue 12:00").await;
        let ask: VisitCancel = town.cancel(&visit, Scope::This);
        town.desk.cancel_visit(&town.dispatcher, ask).await.unwrap();
        assert_eq!(town.change_row(&reference).await.status, "superseded");
        assert!(town.blocking().await.is_empty());
        town.is_sound().await;
    }
}
