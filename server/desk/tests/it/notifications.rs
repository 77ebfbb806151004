//! Who is told less by settings, reminders, decisions taken back, and letters in the owner's own words.

use std::sync::Arc;

use ::booking::letter::{Event, Recipient};
use ::booking::refusal::Refusal;
use ::booking::template::{LETTERS, LetterKind, Wording};
use chrono::TimeDelta;
use desk::Happened;
use desk::letter_templates::{TEST, TestFacts};
use desk::notification_settings::ChangedNotifications;
use desk::outbox::LetterFacts;
use desk::table::{booking, notice, outbox, person, visit};
use desk::undo_decision::NewUndo;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ground::refused;
use crate::town::{self, Town, at};

/// All ticks of the table, but these.
fn without(gone: &[&str]) -> ChangedNotifications {
    let all = ::booking::letter::HAPPENING.iter();
    let all = all.flat_map(|event| ::booking::letter::ticks(*event));
    let all = all.map(|tick| tick.to_string());
    ChangedNotifications {
        kept: all.filter(|tick| !gone.contains(&tick.as_str())).collect(),
        leads_min: [1440, 120],
    }
}

/// `client mail`, `technician notice`: what there is of an event.
async fn told(town: &Town, event: Event) -> Vec<String> {
    let mut all = Vec::new();
    let role = |facts: serde_json::Value| {
        let facts: LetterFacts = serde_json::from_value(facts).unwrap();
        facts.role.as_str()
    };
    for row in outbox::Entity::find().all(town.desk.db()).await.unwrap() {
        if row.event == event.as_str() && row.status != "void" {
            all.push(format!("{} mail", role(row.facts)));
        }
    }
    for row in notice::Entity::find().all(town.desk.db()).await.unwrap() {
        if row.event == event.as_str() {
            all.push(format!("{} notice", role(row.facts)));
        }
    }
    all.sort();
    all
}

/// The letters that a postman would be handed now.
async fn handed(town: &Town) -> Vec<(String, String)> {
    let letters = town.desk.lease_letters(100, 60).await.unwrap();
    let ids: Vec<Uuid> = letters.iter().map(|letter| letter.id).collect();
    town.desk.letters_sent(&ids).await.unwrap();
    let mut all: Vec<_> = letters.into_iter().map(|l| (l.event, l.email)).collect();
    all.sort();
    all
}

/// Everything that waits is sent, also what waits for what was sent before it.
async fn post(town: &Town) -> usize {
    let mut all = 0;
    loop {
        let some = handed(town).await.len();
        all += some;
        if some == 0 {
            return all;
        }
    }
}

async fn booked(town: &Town, start: &str) -> String {
    let reference = town.pending(start, Some(town.ana)).await;
    town.approve(&reference, town.ana).await
}

async fn row(town: &Town, reference: &str) -> visit::Model {
    let found = visit::Entity::find().filter(visit::Column::Reference.eq(reference));
    found.one(town.desk.db()).await.unwrap().unwrap()
}

/// Moves or ends a visit as the office would, without its words.
async fn change(town: &Town, reference: &str, start: &str, status: &str) {
    let before = row(town, reference).await;
    let (start, end) = (at(start), at(start) + TimeDelta::hours(1));
    visit::Entity::update_many()
        .col_expr(visit::Column::StartsAt, Expr::value(start))
        .col_expr(visit::Column::EndsAt, Expr::value(end))
        .col_expr(visit::Column::Status, Expr::value(status))
        .col_expr(visit::Column::Version, Expr::value(before.version + 1))
        .filter(visit::Column::Id.eq(before.id))
        .exec(town.desk.db())
        .await
        .unwrap();
}

async fn undo(town: &Town, reference: &str) -> NewUndo {
    NewUndo {
        key: Uuid::now_v7().to_string(),
        request: reference.to_owned(),
        version: town.request(reference).await.version,
    }
}

fn words(subject: &str, body: &str) -> Wording {
    Wording {
        subject: subject.to_owned(),
        heading: "Done".to_owned(),
        body: body.to_owned(),
        closing: String::new(),
    }
}

const APPROVED: LetterKind = LetterKind {
    event: Event::BookingApproved,
    recipient: Recipient::Client,
    moved: false,
};

both! {
    async fn settings_take_channels_away(ground: Ground) {
        let town = Town::on(ground).await;
        let gone = ["booking.approved/client/mail", "booking.approved/technician/notice", "request.submitted/approvers/mail"];
        town.desk.change_notifications(&town.owner, 1, &without(&gone)).await.unwrap();
        booked(&town, "Tue 10:00").await;
        assert_eq!(told(&town, Event::BookingApproved).await, ["client notice", "technician mail"]);
        let submitted = told(&town, Event::RequestSubmitted).await;
        assert_eq!(submitted, ["approvers notice", "client mail", "client notice", "technician mail", "technician notice"]);
        town.is_sound().await;
        let settings = town.desk.notification_settings(&town.dispatcher).await.unwrap();
        let away: Vec<String> = settings.taken_away.iter().map(ToString::to_string).collect();
        assert_eq!((away.len(), settings.version), (3, 2));
        // Given back, it is told again.
        town.desk.change_notifications(&town.owner, 2, &without(&[])).await.unwrap();
        booked(&town, "Tue 12:00").await;
        assert!(told(&town, Event::BookingApproved).await.contains(&"client mail".to_owned()));
        assert_eq!(town.ground.count("history WHERE about = 'notifications'").await, 2);
    }

    async fn what_settings_cannot_be(ground: Ground) {
        let town = Town::on(ground).await;
        for lead in [-1, 1, 14, 14 * 1440 + 1, i32::MAX] {
            for (leads_min, field) in [([lead, 0], "first_lead"), ([0, lead], "second_lead")] {
                let changed = ChangedNotifications { leads_min, ..without(&[]) };
                let answer = town.desk.change_notifications(&town.owner, 1, &changed).await;
                assert_eq!(refused(answer), (Refusal::BadAmount, Some(field)), "{lead}");
            }
        }
        let mut changed = without(&[]);
        changed.kept.push("booking.approved/client/pigeon".to_owned());
        assert_eq!(refused(town.desk.change_notifications(&town.owner, 1, &changed).await), (Refusal::BadChoice, Some("kept")));
        assert_eq!(refused(town.desk.change_notifications(&town.owner, 7, &without(&[])).await).0, Refusal::Stale);
        assert_eq!(refused(town.desk.change_notifications(&town.dispatcher, 1, &without(&[])).await).0, Refusal::NotAllowed);
        assert_eq!(refused(town.desk.notification_settings(&town.ana_pass).await).0, Refusal::NotAllowed);
        // A tick that the table does not have adds nothing.
        let mut more = without(&[]);
        more.kept.push("visit.completed/technician/mail".to_owned());
        town.desk.change_notifications(&town.owner, 1, &more).await.unwrap();
        assert!(town.desk.notification_settings(&town.owner).await.unwrap().taken_away.is_empty());
    }

    async fn a_client_chooses_its_mail(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town.carla.client();
        let but_approvals: Vec<String> = ::booking::letter::mailed_to_clients().into_iter()
            .filter(|event| *event != Event::BookingApproved).map(|event| event.to_string()).collect();
        town.desk.change_client_mail(&town.dispatcher, carla, &but_approvals).await.unwrap();
        assert_eq!(town.desk.client_muted(&town.dispatcher, carla).await.unwrap(), Some(vec![Event::BookingApproved]));
        booked(&town, "Tue 10:00").await;
        assert_eq!(told(&town, Event::BookingApproved).await, ["client notice", "technician mail", "technician notice"]);
        town.is_sound().await;
        assert_eq!(refused(town.desk.change_client_mail(&town.ana_pass, carla, &[]).await).0, Refusal::NotAllowed);
        let wrong = ["booking.eaten".to_owned()];
        assert_eq!(refused(town.desk.change_client_mail(&town.dispatcher, carla, &wrong).await), (Refusal::BadChoice, Some("mail")));
        let nobody = ::booking::ids::ClientId::new(1);
        assert_eq!(refused(town.desk.change_client_mail(&town.dispatcher, nobody, &[]).await).0, Refusal::NotFound);
        assert_eq!(town.desk.client_muted(&town.dispatcher, nobody).await.unwrap(), None);
    }

    async fn reminders_come_once_for_each_lead(ground: Ground) {
        let town = Town::on(ground).await;
        // Monday 09:00; the visit is on Wednesday at 10:00.
        booked(&town, "Wed 10:00").await;
        post(&town).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0, "two days before");
        town.ground.pass(TimeDelta::minutes(24 * 60 + 59)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0, "a minute too early");
        town.ground.pass(TimeDelta::minutes(1)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2);
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0, "once");
        assert_eq!(told(&town, Event::Reminder).await, ["client mail", "client notice", "technician notice"]);
        let letters = town.desk.lease_letters(10, 60).await.unwrap();
        let facts = letters[0].about_visit().unwrap();
        assert_eq!((facts.start, facts.technician.as_deref(), facts.service.as_str()), (Some(at("Wed 10:00")), Some("Ana"), "Check-up"));
        assert!(facts.link.starts_with("/requests/R-"), "{}", facts.link);
        town.ground.pass(TimeDelta::hours(22)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2, "two hours before");
        town.ground.pass(TimeDelta::hours(2)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0, "it has begun");
    }

    async fn one_reminder_does_for_both_leads_after_a_pause(ground: Ground) {
        let town = Town::on(ground).await;
        booked(&town, "Wed 10:00").await;
        post(&town).await;
        town.ground.pass(TimeDelta::hours(48)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2);
        assert_eq!(post(&town).await, 1);
        town.ground.pass(TimeDelta::minutes(30)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0);
        assert_eq!(town.desk.forget_old_reminders().await.unwrap(), 0);
        town.ground.pass(TimeDelta::days(31)).await;
        assert_eq!(town.desk.forget_old_reminders().await.unwrap(), 4);
        assert_eq!(town.ground.count("reminders_sent").await, 0);
    }

    async fn booked_inside_the_lead_nobody_is_reminded_of_it(ground: Ground) {
        let town = Town::on(ground).await;
        // Monday 09:00 now: inside 24 hours, outside 2.
        booked(&town, "Mon 13:00").await;
        post(&town).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0);
        town.ground.pass(TimeDelta::hours(2)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2, "the second lead comes");
    }

    async fn a_visit_that_moves_is_reminded_of_again(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = booked(&town, "Wed 10:00").await;
        post(&town).await;
        town.ground.pass(TimeDelta::hours(26)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2);
        change(&town, &reference, "Fri 10:00", "scheduled").await;
        assert_eq!(handed(&town).await, [], "the letter that waited names a time that is no more");
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0);
        town.ground.pass(TimeDelta::hours(48)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2);
        assert_eq!(handed(&town).await.len(), 1);
        change(&town, &reference, "Fri 10:00", "cancelled").await;
        town.ground.pass(TimeDelta::hours(22)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0, "cancelled");
    }

    async fn who_was_just_told_of_the_new_time_is_not_reminded(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = booked(&town, "Fri 10:00").await;
        post(&town).await;
        town.ground.pass(TimeDelta::hours(48)).await;
        change(&town, &reference, "Wed 16:00", "scheduled").await;
        // The letter of the change, as the office writes it.
        let about = row(&town, &reference).await.request_id;
        let person = Uuid::from_u128(town.carla.person().get());
        outbox::Entity::update_many()
            .col_expr(outbox::Column::CreatedAt, Expr::value(town.desk.now()))
            .filter(outbox::Column::AboutId.eq(about))
            .filter(outbox::Column::PersonId.eq(person))
            .filter(outbox::Column::Event.eq("booking.approved"))
            .exec(town.desk.db())
            .await
            .unwrap();
        assert_eq!(town.desk.send_reminders().await.unwrap(), 1, "Ana was told on Monday morning only");
        let told = told(&town, Event::Reminder).await;
        assert_eq!(told, ["technician notice"]);
    }

    async fn reminders_respect_everybody(ground: Ground) {
        let town = Town::on(ground).await;
        booked(&town, "Wed 10:00").await;
        let reference = town.submit(&town.dora, town.ask(at("Wed 10:00"))).await;
        town.approve(&reference, town.ben).await;
        post(&town).await;
        // Carla wants no mail of it, Dora's shop no reminders at all.
        town::mute(&town.desk, Uuid::from_u128(town.carla.person().get()), &["visit.reminder"]).await;
        let but: Vec<String> = ::booking::letter::mailed_to_clients().into_iter()
            .filter(|event| *event != Event::Reminder).map(|event| event.to_string()).collect();
        town.desk.change_client_mail(&town.dispatcher, town.dora.client(), &but).await.unwrap();
        town.ground.pass(TimeDelta::hours(26)).await;
        town.desk.send_reminders().await.unwrap();
        assert_eq!(told(&town, Event::Reminder).await, ["client notice", "technician notice", "technician notice"]);
        // Off is off, for the business too.
        let changed = ChangedNotifications { leads_min: [0, 0], ..without(&[]) };
        town.desk.change_notifications(&town.owner, 1, &changed).await.unwrap();
        town.ground.pass(TimeDelta::hours(22)).await;
        assert_eq!(town.desk.send_reminders().await.unwrap(), 0);
        let changed = without(&["visit.reminder/client/mail", "visit.reminder/client/notice"]);
        town.desk.change_notifications(&town.owner, 2, &changed).await.unwrap();
        assert_eq!(town.desk.send_reminders().await.unwrap(), 2, "two technicians");
    }

    async fn two_servers_remind_once(ground: Ground) {
        let town = Town::on(ground).await;
        for start in ["Wed 10:00", "Wed 12:00", "Wed 14:00"] {
            booked(&town, start).await;
        }
        post(&town).await;
        town.ground.pass(TimeDelta::hours(31)).await;
        let barrier = Arc::new(Barrier::new(4));
        let mut all = JoinSet::new();
        for _ in 0..4 {
            let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.send_reminders().await.unwrap()
            });
        }
        let done: u64 = all.join_all().await.into_iter().sum();
        assert_eq!(done, 6, "three visits, each one client and one technician");
        assert_eq!(town.ground.count("outbox WHERE event = 'visit.reminder'").await, 3);
        assert_eq!(town.ground.count("notices WHERE event = 'visit.reminder'").await, 6);
    }

    async fn without_a_window_letters_go_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        post(&town).await;
        town.approve(&reference, town.ana).await;
        assert_eq!(town.desk.undoable(&town.dispatcher, &reference).await.unwrap(), None);
        assert_eq!(handed(&town).await.len(), 2);
        let ask = undo(&town, &reference).await;
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, ask).await).0, Refusal::UndoTooLate);
    }

    async fn an_approval_is_taken_back(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 5).await;
        let reference = town.pending("Tue 10:00", None).await;
        post(&town).await;
        let before = (town.request(&reference).await, town.blocking().await);
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let unread = town.desk.unread_count(&carla).await.unwrap();
        town.approve(&reference, town.ana).await;
        assert_eq!(handed(&town).await, [], "letters wait");
        assert_eq!(town.desk.unread_count(&carla).await.unwrap(), unread, "notices wait");
        assert!(town.desk.notices(&carla, 50).await.unwrap().iter().all(|n| n.event != "booking.approved"));
        let offer = town.desk.undoable(&town.dispatcher, &reference).await.unwrap().unwrap();
        assert_eq!(offer.until, town.desk.now() + TimeDelta::minutes(5));
        assert_eq!(town.desk.undoable(&town.owner, &reference).await.unwrap(), None, "somebody else's");
        assert_eq!(refused(town.desk.undo_decision(&town.owner, undo(&town, &reference).await).await).0, Refusal::NotAllowed);
        let ask = undo(&town, &reference).await;
        let stale = NewUndo { version: 1, key: "stale".to_owned(), ..ask.clone() };
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, stale).await).0, Refusal::Stale);
        town.ground.pass(TimeDelta::seconds(299)).await;
        town.desk.undo_decision(&town.dispatcher, ask.clone()).await.unwrap();
        town.desk.undo_decision(&town.dispatcher, ask).await.unwrap();
        let after = town.request(&reference).await;
        assert_eq!((after.status.as_str(), after.version, after.decided_by, after.visit_id, after.expires_at),
            ("pending", before.0.version + 2, None, None, before.0.expires_at));
        let now: Vec<booking::Model> = town.blocking().await;
        assert_eq!((now.len(), now[0].technician_id, now[0].starts_at, now[0].status.as_str(), now[0].expires_at),
            (1, None, before.1[0].starts_at, "pending", before.1[0].expires_at));
        for table in ["visits", "outbox WHERE event = 'booking.approved'", "notices WHERE event = 'booking.approved'", "undo_windows", "client_services"] {
            assert_eq!(town.ground.count(table).await, 0, "{table}");
        }
        assert_eq!(town.ground.count("history WHERE what IN ('undone', 'removed')").await, 2);
        town.is_sound().await;
        // It can be decided anew, and the letters go when the time has passed.
        town.approve(&reference, town.ben).await;
        let mut happened = town.desk.happened();
        town.ground.pass(TimeDelta::minutes(5)).await;
        assert_eq!(town.desk.show_waiting_notices(1).await.unwrap(), 2);
        assert!(matches!(happened.recv().await, Ok(Happened::Notices { .. })));
        assert_eq!(handed(&town).await.len(), 2);
        assert_eq!(town.desk.unread_count(&carla).await.unwrap(), unread + 1);
        assert_eq!(town.desk.undoable(&town.dispatcher, &reference).await.unwrap(), None);
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await).0, Refusal::UndoTooLate);
        town.is_sound().await;
    }

    async fn an_approval_at_another_time_gives_back_what_was_asked_for(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 10).await;
        town.needs_one_van().await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let mut ask = town.approval(&reference, town.ben).await;
        ask.start = Some(at("Tue 14:00"));
        town.desk.approve_request(&town.dispatcher, ask).await.unwrap();
        town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await.unwrap();
        let held = town.blocking().await;
        assert_eq!((held.len(), held[0].starts_at, held[0].technician_id), (1, at("Tue 10:00"), Some(Uuid::from_u128(town.ana.get()))));
        assert_eq!(town.ground.count("booking_resources").await, 1);
        town.is_sound().await;
        // Where somebody else has the time by now, it stays as it is.
        let mut ask = town.approval(&reference, town.ben).await;
        ask.start = Some(at("Tue 14:00"));
        town.desk.approve_request(&town.dispatcher, ask).await.unwrap();
        let other = town.submit(&town.dora, desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 10:00")) }).await;
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await).0, Refusal::SlotTaken);
        assert_eq!(town.request(&reference).await.status, "approved");
        town.desk.withdraw_request(&town.dora, &other).await.unwrap();
        town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await.unwrap();
        town.is_sound().await;
    }

    async fn a_decline_is_taken_back(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 2).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        post(&town).await;
        town.desk.decline_request(&town.dispatcher, town.decline(&reference, "Closed").await).await.unwrap();
        assert_eq!(town.blocking().await.len(), 0);
        town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await.unwrap();
        let row = town.request(&reference).await;
        assert_eq!((row.status.as_str(), row.decline_reason), ("pending", None));
        assert_eq!(town.blocking().await.len(), 1);
        town.is_sound().await;
        // Taken meanwhile: refused, and declined it stays.
        town.desk.decline_request(&town.dispatcher, town.decline(&reference, "").await).await.unwrap();
        town.submit(&town.dora, desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 10:00")) }).await;
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await).0, Refusal::SlotTaken);
        assert_eq!(town.request(&reference).await.status, "declined");
        town.ground.pass(TimeDelta::minutes(2)).await;
        assert_eq!(handed(&town).await.iter().filter(|(event, _)| event == "booking.declined").count(), 1);
        town.is_sound().await;
    }

    async fn a_service_that_holds_nothing_holds_nothing_again(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 2).await;
        town.change_service(|s| s.holds = false).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        town.approve(&reference, town.ana).await;
        assert_eq!(town.blocking().await.len(), 1);
        town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await.unwrap();
        assert_eq!(town.ground.count("bookings").await, 0);
        town.is_sound().await;
    }

    async fn a_visit_that_was_touched_stays(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 2).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let visit = town.approve(&reference, town.ana).await;
        change(&town, &visit, "Tue 10:00", "in_progress").await;
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await).0, Refusal::VisitTouched);
        assert_eq!(town.request(&reference).await.status, "approved");
        assert_eq!(town.ground.count("outbox WHERE event = 'booking.approved'").await, 2, "nothing was withdrawn");
    }

    async fn a_letter_on_its_way_ends_the_window(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 2).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        post(&town).await;
        town.approve(&reference, town.ana).await;
        // Another server's clock is ahead.
        outbox::Entity::update_many()
            .col_expr(outbox::Column::LeasedUntil, Expr::value(town.desk.now()))
            .filter(outbox::Column::Event.eq("booking.approved"))
            .exec(town.desk.db())
            .await
            .unwrap();
        assert_eq!(refused(town.desk.undo_decision(&town.dispatcher, undo(&town, &reference).await).await).0, Refusal::UndoTooLate);
        town.is_sound().await;
    }

    async fn undo_and_the_postman_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|b| b.undo_minutes = 1).await;
        for round in 0..8 {
            let start = at("Mon 10:00") + TimeDelta::days(round / 4 * 7 + 1 + round % 4);
            let ask = desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(start) };
            let reference = town.submit(&town.carla, ask).await;
            post(&town).await;
            town.approve(&reference, town.ana).await;
            let ask = undo(&town, &reference).await;
            // The postman's clock is a minute ahead of the one that undoes.
            outbox::Entity::update_many()
                .col_expr(outbox::Column::DueAt, Expr::value(town.desk.now()))
                .filter(outbox::Column::Event.eq("booking.approved"))
                .filter(outbox::Column::Status.eq("waiting"))
                .exec(town.desk.db())
                .await
                .unwrap();
            let (undone, twice, letters) = tokio::join!(
                town.desk.undo_decision(&town.dispatcher, ask.clone()),
                town.desk.undo_decision(&town.dispatcher, NewUndo { key: format!("other-{round}"), ..ask.clone() }),
                town.desk.lease_letters(100, 60),
            );
            let mut letters = letters.unwrap();
            // The postman passes over what somebody else holds at that moment.
            letters.extend(town.desk.lease_letters(100, 60).await.unwrap());
            let won = usize::from(undone.is_ok()) + usize::from(twice.is_ok());
            assert!(won <= 1, "{undone:?} {twice:?}");
            let status = town.request(&reference).await.status;
            match won {
                1 => assert_eq!((status.as_str(), letters.len()), ("pending", 0)),
                _ => assert_eq!((status.as_str(), letters.len()), ("approved", 2), "{undone:?} {twice:?}"),
            }
            town.is_sound().await;
            let ids: Vec<Uuid> = letters.iter().map(|letter| letter.id).collect();
            town.desk.letters_sent(&ids).await.unwrap();
        }
    }

    async fn owners_write_letters_in_their_own_words(ground: Ground) {
        let town = Town::on(ground).await;
        let desk = &town.desk;
        let mistakes = [
            (words("", "b"), Refusal::TextEmpty, "subject"),
            (words("a\nBcc: x@y", "b"), Refusal::TextControl, "subject"),
            (words("a", "one\ntwo {{ servce }}"), Refusal::UnknownPlaceholder, "body"),
            (words("a", "one\ntwo {{ service"), Refusal::UnclosedPlaceholder, "body"),
            (words("a", &"x".repeat(4_001)), Refusal::TextTooLong, "body"),
            (words("a", "b\u{202e}"), Refusal::TextControl, "body"),
            (words("{{ near }}", "b"), Refusal::UnknownPlaceholder, "subject"),
        ];
        for (wording, why, field) in mistakes {
            let answer = desk.save_template(&town.owner, (APPROVED, "en"), 0, wording).await;
            assert_eq!(refused(answer), (why, Some(field)));
        }
        assert_eq!(town.ground.count("letter_templates").await, 0);
        let answer = desk.save_template(&town.dispatcher, (APPROVED, "en"), 0, words("a", "b")).await;
        assert_eq!(refused(answer).0, Refusal::NotAllowed);
        let answer = desk.save_template(&town.owner, (APPROVED, "xx"), 0, words("a", "b")).await;
        assert_eq!(refused(answer).0, Refusal::BadLanguage);
        desk.save_template(&town.owner, (APPROVED, "en"), 0, words("Yes: {{ service }}", "One\r\nTwo")).await.unwrap();
        let stored = desk.letter_template(&town.dispatcher, APPROVED, "en").await.unwrap().unwrap();
        assert_eq!((stored.version, stored.wording.body.as_str()), (1, "One\nTwo"));
        assert_eq!(refused(desk.save_template(&town.owner, (APPROVED, "en"), 0, words("a", "b")).await).0, Refusal::Stale);
        desk.save_template(&town.owner, (APPROVED, "en"), 1, words("Yes!", "{{ when }}")).await.unwrap();
        assert_eq!(desk.changed_templates(&town.dispatcher).await.unwrap(), [(APPROVED, "en".to_owned())]);
        // A leased letter brings them, in its language and for its kind only.
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        post(&town).await;
        town.approve(&reference, town.ana).await;
        let letters = desk.lease_letters(10, 60).await.unwrap();
        let own: Vec<_> = letters.iter().map(|l| (l.email.split('-').next().unwrap(), l.wording.as_ref().map(|w| w.subject.as_str()))).collect();
        assert_eq!(own.iter().filter(|(_, own)| own.is_some()).collect::<Vec<_>>(), [&("carla", Some("Yes!"))]);
        assert_eq!(refused(desk.reset_template(&town.owner, (APPROVED, "en"), 1).await).0, Refusal::Stale);
        desk.reset_template(&town.owner, (APPROVED, "en"), 2).await.unwrap();
        desk.reset_template(&town.owner, (APPROVED, "en"), 2).await.unwrap();
        assert_eq!(desk.letter_template(&town.owner, APPROVED, "en").await.unwrap(), None);
        assert_eq!(town.ground.count("history WHERE about = 'letter-template'").await, 3);
    }

    async fn two_owners_write_the_first_words_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        let all: Vec<_> = (0..6).map(|n| {
            let (desk, owner) = (town.desk.clone(), town.owner);
            tokio::spawn(async move { desk.save_template(&owner, (APPROVED, "es"), 0, words(&n.to_string(), "b")).await })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        assert_eq!((won, town.ground.count("letter_templates").await), (1, 1));
    }

    async fn an_example_goes_to_oneself(ground: Ground) {
        let town = Town::on(ground).await;
        for letter in LETTERS {
            let said = town.desk.example_facts(&town.owner, *letter).await.unwrap();
            assert_eq!((said.service.as_str(), said.technician.as_deref()), ("Check-up", Some("Ana")));
            let test = TestFacts { letter: *letter, locale: "es".to_owned(), wording: words("S", "B"), said };
            town.desk.send_test_letter(&town.owner, test.clone()).await.unwrap();
            assert_eq!(refused(town.desk.send_test_letter(&town.dispatcher, test.clone()).await).0, Refusal::NotAllowed);
            let wrong = TestFacts { wording: words("S", "{{ x }}"), ..test };
            assert_eq!(refused(town.desk.send_test_letter(&town.owner, wrong).await), (Refusal::UnknownPlaceholder, Some("body")));
        }
        let rows = outbox::Entity::find().order_by_asc(outbox::Column::Id).all(town.desk.db()).await.unwrap();
        let owner = person::Entity::find().filter(person::Column::Name.eq("Owner")).one(town.desk.db()).await.unwrap().unwrap();
        assert_eq!(rows.len(), LETTERS.len());
        assert!(rows.iter().all(|row| row.event == TEST && row.email == owner.email && row.about_id.is_none()));
        assert_eq!(town.ground.count("letter_templates").await, 0);
    }
}
