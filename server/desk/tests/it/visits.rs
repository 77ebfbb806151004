//! Appointments in staff's hands: booked, changed, moved, cancelled, closed; who is told; what is never possible.

use ::booking::clash::Objection;
use ::booking::ids::{ResourceId, TechnicianId};
use ::booking::letter::Event;
use ::booking::refusal::Refusal;
use ::booking::visit::{Correction, VisitStatus};
use chrono::{DateTime, TimeDelta, Utc};
use desk::block_time::{Blocked, NewBlock};
use desk::cancel_visit::VisitCancel;
use desk::change_visit::{Scope, VisitChange};
use desk::create_visit::NewVisit;
use desk::table::{booking, resource, technician_approver, visit};
use desk::visit_check::VisitAsk;
use desk::visit_form::{Booked, VisitForm};
use desk::visit_status::{Step, VisitStep};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::ground::refused;
use crate::told::told;
use crate::town::{self, Town, at};

impl Town {
    /// The form for an hour at `start` with these technicians.
    pub fn form(&self, start: DateTime<Utc>, technicians: &[TechnicianId]) -> VisitForm {
        VisitForm {
            service: self.service,
            technicians: technicians.to_vec(),
            start,
            length_min: 60,
            seats: 1,
            resources: Vec::new(),
            subjects: Vec::new(),
            notes: String::new(),
            internal_notes: String::new(),
            ticket: String::new(),
            override_reason: String::new(),
        }
    }

    /// "New Appointment" for Carla.
    pub fn new_visit(&self, start: DateTime<Utc>, technicians: &[TechnicianId]) -> NewVisit {
        NewVisit {
            key: Uuid::now_v7().to_string(),
            client: self.carla.client(),
            status: VisitStatus::Scheduled,
            form: self.form(start, technicians),
            repeat: None,
            skip_conflicts: false,
            moved: Vec::new(),
            answers: None,
        }
    }

    /// Books it as the dispatcher; the visit.
    pub async fn book(&self, ask: NewVisit) -> visit::Model {
        match self.desk.create_visit(&self.dispatcher, ask).await.unwrap() {
            Booked::Done { visit, .. } => self.visit(&visit).await,
            other => panic!("not booked: {other:?}"),
        }
    }

    pub async fn visit(&self, reference: &str) -> visit::Model {
        visit::Entity::find()
            .filter(visit::Column::Reference.eq(reference))
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap()
    }

    /// The form "Edit" as drawn now, with the visit's own technicians.
    pub async fn change(&self, of: &visit::Model, technicians: &[TechnicianId]) -> VisitChange {
        let mut form = self.form(of.starts_at, technicians);
        form.notes = of.notes.clone();
        form.internal_notes = of.internal_notes.clone();
        form.length_min = u32::try_from((of.ends_at - of.starts_at).num_minutes()).unwrap();
        VisitChange {
            key: Uuid::now_v7().to_string(),
            visit: of.reference.clone(),
            version: of.version,
            form,
            scope: Scope::This,
            skip_conflicts: false,
            answers: None,
        }
    }

    pub fn step(&self, of: &visit::Model, step: Step) -> VisitStep {
        VisitStep {
            visit: of.reference.clone(),
            version: of.version,
            step,
            note: String::new(),
        }
    }

    pub fn cancel(&self, of: &visit::Model, scope: Scope) -> VisitCancel {
        VisitCancel {
            key: Uuid::now_v7().to_string(),
            visit: of.reference.clone(),
            version: of.version,
            reason: "The van broke down.".to_owned(),
            scope,
        }
    }

    pub async fn rows(&self, of: &visit::Model) -> Vec<booking::Model> {
        booking::Entity::find()
            .filter(booking::Column::VisitId.eq(of.id))
            .all(self.desk.db())
            .await
            .unwrap()
    }
}

fn lost(answer: &Booked) -> Vec<Refusal> {
    match answer {
        Booked::Lost { obstacles, .. } => obstacles.iter().map(|one| one.clash.why).collect(),
        other => panic!("not lost: {other:?}"),
    }
}

async fn a_room(town: &Town, units: i32) -> ResourceId {
    let room = resource::Model {
        id: Uuid::now_v7(),
        name: "Room".to_owned(),
        kind: "room".to_owned(),
        units,
        turnaround_min: 0,
        active: true,
        position: 0,
        version: 1,
    };
    let id = ResourceId::new(room.id.as_u128());
    room.into_active_model()
        .insert(town.desk.db())
        .await
        .unwrap();
    id
}

both! {
    // B3, B4
    async fn staff_book_an_appointment_and_both_sides_are_told(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        assert_eq!((visit.status.as_str(), visit.sequence, visit.starts_at), ("scheduled", 0, at("Tue 10:00")));
        assert_eq!(visit.wall_start, "2026-03-03T10:00:00");
        assert_eq!(told(&town, Event::VisitCreated).await, [
            "ana technician MI", "ana technician P", "carla client MI", "carla client P",
        ]);
        let seen = town.desk.my_visits(&town.carla, desk::my_visits::MyVisitsAsk::Coming).await.unwrap();
        assert_eq!(seen.iter().map(|v| v.reference.clone()).collect::<Vec<_>>(), [visit.reference]);
        assert!(town.desk.my_visits(&town.dora, desk::my_visits::MyVisitsAsk::Coming).await.unwrap().is_empty());
        town.is_sound().await;
    }

    async fn a_client_nobody_signs_in_for_gets_a_letter_in_their_language(ground: Ground) {
        let town = Town::on(ground).await;
        let client = town::client(&town.desk, "The mill", false).await;
        let mut row = desk::table::client::Entity::find_by_id(Uuid::from_u128(client.get())).one(town.desk.db()).await.unwrap().unwrap();
        (row.email, row.locale) = (Some("mill-office@example.com".to_owned()), Some("es".to_owned()));
        row.into_active_model().reset_all().update(town.desk.db()).await.unwrap();
        let mut ask = town.new_visit(at("Tue 10:00"), &[]);
        ask.client = client;
        town.book(ask).await;
        assert_eq!(told(&town, Event::VisitCreated).await, ["mill client MI"]);
        let letters = town.desk.lease_letters(10, 60).await.unwrap();
        assert_eq!(letters.iter().map(|l| l.locale.as_str()).collect::<Vec<_>>(), ["es"]);
    }

    async fn nothing_is_booked_twice_and_what_is_free_is_said(ground: Ground) {
        let town = Town::on(ground).await;
        town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let answer = town.desk.create_visit(&town.dispatcher, town.new_visit(at("Tue 10:30"), &[town.ana])).await.unwrap();
        let Booked::Lost { obstacles, next } = &answer else { panic!("{answer:?}") };
        assert_eq!(obstacles[0].technician, Some(town.ana));
        assert_eq!(obstacles[0].clash.client.as_deref(), Some("Carla's house"));
        assert_eq!(next.iter().map(|slot| slot.start).collect::<Vec<_>>(), [at("Tue 11:00"), at("Tue 12:00"), at("Tue 13:00")]);
        assert_eq!(town.ground.count("visits").await, 1);
        town.is_sound().await;
    }

    // R23
    async fn soft_rules_are_overruled_with_a_recorded_reason(ground: Ground) {
        let town = Town::on(ground).await;
        let mut ask = town.new_visit(at("Sat 10:00"), &[town.ana]);
        let answer = town.desk.create_visit(&town.dispatcher, ask.clone()).await.unwrap();
        assert_eq!(answer, Booked::Objected { objections: vec![Objection::OutsideHours] });
        assert_eq!(town.ground.count("visits").await, 0);
        ask.form.override_reason = "They asked for the weekend.".to_owned();
        let visit = town.book(ask).await;
        let lines = town.desk.visit_history(&town.dispatcher, &visit.reference).await.unwrap();
        assert_eq!(lines[0].reason.as_deref(), Some("They asked for the weekend."));
        assert_eq!(lines[0].by.as_deref(), Some("Dispatcher"));
    }

    async fn two_technicians_take_time_of_both_and_the_van_once(ground: Ground) {
        let town = Town::on(ground).await;
        town.needs_one_van().await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana, town.ben])).await;
        let rows = town.rows(&visit).await;
        assert_eq!(rows.len(), 2);
        assert_eq!(town.ground.count("booking_resources").await, 1);
        for technician in [town.ana, town.ben] {
            let answer = town.desk.create_visit(&town.dispatcher, town.new_visit(at("Tue 10:30"), &[technician])).await.unwrap();
            assert!(lost(&answer).contains(&Refusal::SlotTaken));
        }
        let details = town.desk.visit_details(&town.ana_pass, &visit.reference).await.unwrap().unwrap();
        assert_eq!(details.technicians, ["Ana", "Ben"]);
        assert_eq!(details.resources.len(), 1);
        town.is_sound().await;
    }

    // R18: a location chosen by staff is shared by services.
    async fn one_room_serves_one_visit_at_a_time(ground: Ground) {
        let town = Town::on(ground).await;
        let room = a_room(&town, 1).await;
        let mut ask = town.new_visit(at("Tue 10:00"), &[town.ana]);
        ask.form.resources = vec![(room, 1)];
        town.book(ask).await;
        let other = town::service(&town.desk, "Walk", |_| {}).await;
        let mut ask = town.new_visit(at("Tue 10:00"), &[town.ben]);
        ask.form.service = other;
        ask.form.resources = vec![(room, 1)];
        let answer = town.desk.create_visit(&town.dispatcher, ask.clone()).await.unwrap();
        assert_eq!(lost(&answer), [Refusal::NoUnits]);
        ask.form.resources.clear();
        town.book(ask).await;
        town.is_sound().await;
    }

    async fn what_is_past_is_written_down_and_is_no_news(ground: Ground) {
        let town = Town::on(ground).await;
        let mut ask = town.new_visit(at("Mon 08:00"), &[town.ana]);
        ask.status = VisitStatus::Completed;
        let done = town.book(ask.clone()).await;
        assert_eq!(done.status, "completed");
        ask.key = "another".to_owned();
        ask.status = VisitStatus::NoShow;
        let missed = town.book(ask.clone()).await;
        assert_eq!((missed.status.as_str(), town.rows(&missed).await[0].blocking), ("no_show", false));
        assert_eq!(told(&town, Event::VisitCreated).await, [""; 0]);
        ask.key = "a third".to_owned();
        ask.form.start = at("Tue 10:00");
        let refused = town.desk.create_visit(&town.dispatcher, ask).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NotStarted));
        town.is_sound().await;
    }

    // B5, B7, B8: the old row keeps its time and points to the new one; one UID, a risen SEQUENCE.
    async fn a_moved_visit_keeps_its_row_and_tells_old_and_new(ground: Ground) {
        let town = Town::on(ground).await;
        let old = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let mut ask = town.change(&old, &[town.ben]).await;
        ask.form.start = at("Wed 14:00");
        let answer = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        let Booked::Done { visit, .. } = answer else { panic!("{answer:?}") };
        let (was, new) = (town.visit(&old.reference).await, town.visit(&visit).await);
        assert_eq!((was.status.as_str(), was.starts_at, was.replaced_by), ("rescheduled", at("Tue 10:00"), Some(new.id)));
        assert_eq!((new.status.as_str(), new.sequence, &new.uid), ("scheduled", 1, &old.uid));
        assert_eq!(told(&town, Event::VisitChanged).await, [
            "ana previous_technician MX", "ana previous_technician P",
            "ben technician MI", "ben technician P", "carla client MI", "carla client P",
        ]);
        // Tuesday is free again.
        town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let lines = town.desk.visit_history(&town.dispatcher, &visit).await.unwrap();
        assert_eq!(lines.iter().map(|l| l.what.as_str()).collect::<Vec<_>>(), ["created", "moved"]);
        assert_eq!(lines[1].time, Some((at("Tue 10:00"), at("Wed 14:00"))));
        assert_eq!(lines[1].technicians, Some((vec!["Ana".to_owned()], vec!["Ben".to_owned()])));
        town.is_sound().await;
    }

    async fn a_visit_of_a_request_moves_with_its_request(ground: Ground) {
        let town = Town::on(ground).await;
        let request = town.pending("Tue 10:00", None).await;
        let first = town.approve(&request, town.ana).await;
        let old = town.visit(&first).await;
        let mut ask = town.change(&old, &[town.ana]).await;
        ask.form.start = at("Tue 10:30");
        let answer = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        let Booked::Done { visit, .. } = answer else { panic!("{answer:?}") };
        let new = town.visit(&visit).await;
        assert_eq!(town.request(&request).await.visit_id, Some(new.id));
        assert_eq!(new.request_id, old.request_id);
        town.is_sound().await;
        town.desk.cancel_visit(&town.dispatcher, town.cancel(&new, Scope::This)).await.unwrap();
        assert_eq!(town.visit(&visit).await.sequence, 2);
        town.is_sound().await;
    }

    async fn reassigning_in_place_tells_both_technicians(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let ask = town.change(&visit, &[town.ben]).await;
        town.desk.change_visit(&town.dispatcher, ask.clone()).await.unwrap();
        let again = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        assert_eq!(again, Booked::Done { visit: visit.reference.clone(), visits: 1, skipped: 0 });
        let rows = town.rows(&visit).await;
        assert_eq!(rows.iter().map(|row| row.technician_id.map(|id| id.as_u128())).collect::<Vec<_>>(), [Some(town.ben.get())]);
        assert_eq!(town.visit(&visit.reference).await.sequence, 1);
        assert_eq!(told(&town, Event::VisitChanged).await, [
            "ana previous_technician MX", "ana previous_technician P",
            "ben technician MI", "ben technician P", "carla client MI", "carla client P",
        ]);
        town.is_sound().await;
    }

    async fn internal_words_are_nobody_elses_news(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let mut ask = town.change(&visit, &[town.ana]).await;
        ask.form.internal_notes = "The key is under the mat.".to_owned();
        town.desk.change_visit(&town.dispatcher, ask.clone()).await.unwrap();
        assert_eq!(told(&town, Event::VisitChanged).await, [""; 0]);
        ask.key = "late".to_owned();
        let stale = town.desk.change_visit(&town.dispatcher, ask).await.unwrap_err();
        assert_eq!(stale.refusal(), Some(Refusal::Stale));
        let now = town.visit(&visit.reference).await;
        assert_eq!((now.internal_notes.as_str(), now.sequence), ("The key is under the mat.", 0));
    }

    // B6
    async fn cancelling_frees_the_time_and_says_why(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let before = town.desk.told_of_cancelling(&town.dispatcher, &visit.reference).await.unwrap();
        assert_eq!(before.iter().map(|told| told.name.as_str()).collect::<Vec<_>>(), ["Carla", "Dispatcher", "Ana"]);
        town.desk.cancel_visit(&town.dispatcher, town.cancel(&visit, Scope::This)).await.unwrap();
        let now = town.visit(&visit.reference).await;
        assert_eq!((now.status.as_str(), now.reason.as_deref()), ("cancelled", Some("The van broke down.")));
        assert_eq!(told(&town, Event::VisitCancelled).await, [
            "ana technician MX", "ana technician P", "carla client MX", "carla client P", "dispatcher approvers P",
        ]);
        let again = town.desk.cancel_visit(&town.dispatcher, town.cancel(&now, Scope::This)).await.unwrap_err();
        assert_eq!(again.refusal(), Some(Refusal::AlreadyCancelled));
        town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        town.is_sound().await;
    }

    // B8
    async fn a_technician_runs_their_own_day(ground: Ground) {
        let town = Town::on(ground).await;
        let own = town.book(town.new_visit(at("Mon 10:00"), &[town.ana])).await;
        let other = town.book(town.new_visit(at("Mon 10:00"), &[town.ben])).await;
        let refused = town.desk.step_visit(&town.ana_pass, town.step(&other, Step::Start)).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NotFound));
        let early = town.desk.step_visit(&town.ana_pass, town.step(&own, Step::NoShow)).await.unwrap_err();
        assert_eq!(early.refusal(), Some(Refusal::NotStarted));
        town.desk.step_visit(&town.ana_pass, town.step(&own, Step::Start)).await.unwrap();
        let stale = town.desk.step_visit(&town.ana_pass, town.step(&own, Step::Complete)).await.unwrap_err();
        assert_eq!(stale.refusal(), Some(Refusal::Stale));
        let begun = town.visit(&own.reference).await;
        let mut done = town.step(&begun, Step::Complete);
        done.note = "Filter changed.".to_owned();
        town.desk.step_visit(&town.ana_pass, done).await.unwrap();
        let now = town.visit(&own.reference).await;
        assert_eq!((now.status.as_str(), now.internal_notes.as_str()), ("completed", "Filter changed."));
        assert_eq!(told(&town, Event::VisitCompleted).await, ["carla client P"]);
        town.is_sound().await;
    }

    async fn what_was_recorded_can_be_corrected_for_a_week(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Mon 10:00"), &[town.ana])).await;
        town.ground.until(at("Mon 10:05")).await;
        town.desk.step_visit(&town.dispatcher, town.step(&visit, Step::NoShow)).await.unwrap();
        let missed = town.visit(&visit.reference).await;
        assert!(!town.rows(&missed).await[0].blocking);
        let refused = town.desk.step_visit(&town.ana_pass, town.step(&missed, Step::Correct(Correction::Completed))).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NotAllowed));
        town.ground.until(at("Mon 10:05") + TimeDelta::days(7)).await;
        town.desk.step_visit(&town.dispatcher, town.step(&missed, Step::Correct(Correction::Completed))).await.unwrap();
        town.is_sound().await;
        let right = town.visit(&visit.reference).await;
        assert_eq!(right.status, "completed");
        town.ground.until(at("Mon 10:05") + TimeDelta::days(7) + TimeDelta::seconds(1)).await;
        let late = town.desk.step_visit(&town.dispatcher, town.step(&right, Step::Correct(Correction::NoShow))).await.unwrap_err();
        assert_eq!(late.refusal(), Some(Refusal::CorrectionTooLate));
    }

    async fn a_time_given_away_cannot_be_corrected_back(ground: Ground) {
        let town = Town::on(ground).await;
        let visit = town.book(town.new_visit(at("Mon 10:00"), &[town.ana])).await;
        town.ground.until(at("Mon 10:05")).await;
        town.desk.step_visit(&town.dispatcher, town.step(&visit, Step::NoShow)).await.unwrap();
        let mut other = town.new_visit(at("Mon 10:15"), &[town.ana]);
        other.form.length_min = 30;
        town.book(other).await;
        let missed = town.visit(&visit.reference).await;
        let refused = town.desk.step_visit(&town.dispatcher, town.step(&missed, Step::Correct(Correction::Completed))).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::Overlap));
        town.is_sound().await;
    }

    async fn blocked_time_is_nobodys_to_book(ground: Ground) {
        let town = Town::on(ground).await;
        let block = |start, end| NewBlock {
            key: Uuid::now_v7().to_string(),
            technicians: vec![town.ana, town.ben],
            start: at(start),
            end: at(end),
            note: "Team meeting".to_owned(),
        };
        assert_eq!(town.desk.block_time(&town.dispatcher, block("Tue 10:00", "Tue 11:00")).await.unwrap(), Blocked::Done);
        let answer = town.desk.create_visit(&town.dispatcher, town.new_visit(at("Tue 10:30"), &[town.ben])).await.unwrap();
        assert_eq!(lost(&answer), [Refusal::SlotTaken]);
        let again = town.desk.block_time(&town.dispatcher, block("Tue 10:30", "Tue 12:00")).await.unwrap();
        assert!(matches!(again, Blocked::Lost(of) if of.len() == 2));
        let rows = town.blocking().await;
        for row in &rows {
            let id = ::booking::ids::BookingId::new(row.id.as_u128());
            town.desk.free_blocked_time(&town.dispatcher, id).await.unwrap();
            town.desk.free_blocked_time(&town.dispatcher, id).await.unwrap();
        }
        town.book(town.new_visit(at("Tue 10:30"), &[town.ben])).await;
        let refused = town.desk.block_time(&town.ana_pass, block("Wed 10:00", "Wed 11:00")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::NotAllowed));
        town.is_sound().await;
    }

    async fn the_check_says_what_booking_would_say(ground: Ground) {
        let town = Town::on(ground).await;
        town.book(town.new_visit(at("Tue 10:00"), &[town.ana])).await;
        let ask = |start, technicians: &[TechnicianId]| VisitAsk {
            form: town.form(at(start), technicians),
            visit: None,
            client: Some(town.carla.client()),
            moved: Vec::new(),
            repeat: None,
            status: VisitStatus::Scheduled,
            request: None,
        };
        let check = town.desk.check_visit(&town.dispatcher, ask("Tue 10:00", &[town.ana])).await.unwrap();
        assert_eq!(check.hard.iter().map(|o| o.clash.why).collect::<Vec<_>>(), [Refusal::SlotTaken]);
        assert_eq!(check.next_free.len(), 3);
        assert_eq!(check.technicians.iter().map(|t| (t.name.as_str(), t.free)).collect::<Vec<_>>(), [("Ben", true), ("Ana", false)]);
        let check = town.desk.check_visit(&town.dispatcher, ask("Tue 10:00", &[town.ben])).await.unwrap();
        assert_eq!((check.hard.len(), check.soft.len()), (0, 0));
        assert_eq!(check.told.iter().map(|t| (t.name.as_str(), t.mail)).collect::<Vec<_>>(), [("Carla", true), ("Ben", true)]);
    }

    // Spec §5: approvers of the business, or of the technician, answer what is to repeat with a series.
    async fn who_decides_a_request_checks_the_series_that_answers_it_and_nothing_else(ground: Ground) {
        let town = Town::on(ground).await;
        let d = &town.desk;
        let approver = town::staff(d, "Approver", |s| s.approver = true).await;
        let approver = town::pass(d, approver).await.staff().unwrap();
        let of_ben = technician_approver::Model {
            technician_id: Uuid::from_u128(town.ben.get()),
            person_id: Uuid::from_u128(town.ana_pass.person().get()),
        };
        of_ben.into_active_model().insert(d.db()).await.unwrap();
        let reference = town.sent(town.ask_to_repeat()).await;
        let plan = town.plan(&reference).await;
        let ask = |request: Option<&str>| VisitAsk {
            form: plan.form.clone(),
            visit: None,
            client: Some(plan.client),
            repeat: plan.repeat.clone(),
            moved: Vec::new(),
            status: plan.status,
            request: request.map(str::to_owned),
        };
        let why = async |who, ask| refused(d.check_visit(who, ask).await);
        let answers = || ask(Some(&reference));
        let check = d.check_visit(&approver, answers()).await.unwrap();
        assert_eq!((check.dates.len(), check.hard.len(), check.technicians.len()), (4, 0, 2));
        assert_eq!(why(&approver, ask(None)).await, (Refusal::NotAllowed, None));
        assert_eq!(why(&approver, ask(Some("R-00000"))).await, (Refusal::NotFound, None));
        let once = VisitAsk { repeat: None, ..answers() };
        assert_eq!(why(&approver, once).await, (Refusal::KindMismatch, Some("repeat")));
        let exact = town.pending("Thu 10:00", None).await;
        assert_eq!(why(&approver, ask(Some(&exact))).await, (Refusal::KindMismatch, Some("repeat")));
        for client in [None, Some(town.dora.client())] {
            let other = VisitAsk { client, ..answers() };
            assert_eq!(why(&approver, other).await, (Refusal::BadChoice, Some("client")));
        }
        let old = town.book(town.new_visit(at("Wed 10:00"), &[town.ben])).await;
        let other = VisitAsk { visit: Some(old.reference), ..answers() };
        assert_eq!(why(&approver, other).await, (Refusal::NotAllowed, None));
        // Who approves Ben's sees what Ben is asked for, and sends nobody else.
        assert_eq!(why(&town.ana_pass, answers()).await, (Refusal::NotFound, None));
        let mut for_ben = town.ask_to_repeat();
        for_ben.wanted.technician = Some(town.ben);
        let for_ben = town.sent(for_ben).await;
        let away = ask(Some(&for_ben));
        assert_eq!(why(&town.ana_pass, away.clone()).await, (Refusal::NotAllowed, Some("technicians")));
        let form = VisitForm { technicians: vec![town.ben], ..away.form.clone() };
        let check = d.check_visit(&town.ana_pass, VisitAsk { form, ..away }).await.unwrap();
        assert_eq!((check.dates.len(), check.hard.len()), (4, 0));

        let answer = d.create_visit(&approver, plan.clone()).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 4, .. }), "{answer:?}");
        assert_eq!(why(&approver, answers()).await, (Refusal::AlreadyDecided, None));
        town.is_sound().await;
    }
}
