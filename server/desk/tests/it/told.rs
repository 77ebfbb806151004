//! Who is told what (spec §6): letters and notices of every event equal the table; the outbox keeps order, retries and
//! gives up; notices are one's own.

use ::booking::letter::{CalendarPart, Event, Recipient};
use chrono::TimeDelta;
use desk::Happened;
use desk::outbox::LetterFacts;
use desk::table::{notice, outbox};
use sea_orm::{EntityTrait, QueryOrder};

use crate::town::{self, Town, at};

/// Every letter and notice of one event: who in which role, M, P, I or X.
pub async fn told(town: &Town, event: Event) -> Vec<String> {
    let mut all = Vec::new();
    for row in outbox::Entity::find()
        .order_by_asc(outbox::Column::Id)
        .all(town.desk.db())
        .await
        .unwrap()
    {
        let facts: LetterFacts = serde_json::from_value(row.facts).unwrap();
        let part = match facts.calendar.map(|c| c.method) {
            Some(CalendarPart::Invite) => "I",
            Some(CalendarPart::Cancel) => "X",
            Some(CalendarPart::None) | None => "",
        };
        if row.event == event.as_str() {
            all.push(format!(
                "{} {} M{part}",
                row.email.split('-').next().unwrap(),
                role(facts.role)
            ));
        }
    }
    for row in notice::Entity::find()
        .order_by_asc(notice::Column::Id)
        .all(town.desk.db())
        .await
        .unwrap()
    {
        let facts: LetterFacts = serde_json::from_value(row.facts).unwrap();
        let person = desk::table::person::Entity::find_by_id(row.person_id)
            .one(town.desk.db())
            .await
            .unwrap()
            .unwrap();
        if row.event == event.as_str() {
            all.push(format!(
                "{} {} P",
                person.name.to_lowercase(),
                role(facts.role)
            ));
        }
    }
    all.sort();
    all
}

fn role(role: Recipient) -> &'static str {
    match role {
        Recipient::OtherApprovers => "approvers",
        other => other.as_str(),
    }
}

both! {
    async fn a_submitted_and_approved_request(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        assert_eq!(told(&town, Event::RequestSubmitted).await, [
            "ana technician M", "ana technician P", "carla client M", "carla client P", "dispatcher approvers M", "dispatcher approvers P",
        ]);
        let mut ask = town.approval(&reference, town.ben).await;
        ask.start = Some(at("Tue 12:00"));
        town.desk.approve_request(&town.owner, ask).await.unwrap();
        assert_eq!(told(&town, Event::BookingApproved).await, [
            "ben technician MI", "ben technician P", "carla client MI", "carla client P", "dispatcher approvers P",
        ]);
        let rows = outbox::Entity::find().all(town.desk.db()).await.unwrap();
        let row = rows.iter().find(|r| r.event == "booking.approved" && r.email.starts_with("carla")).unwrap();
        let facts: LetterFacts = serde_json::from_value(row.facts.clone()).unwrap();
        assert_eq!((facts.start, facts.old_start), (Some(at("Tue 12:00")), Some(at("Tue 10:00"))));
        assert_eq!(facts.technician.as_deref(), Some("Ben"));
        assert_eq!(facts.link, format!("/requests/{reference}"));
        assert!(rows.iter().all(|r| r.message_id.starts_with('<') && r.message_id.ends_with("@frontdesk.invalid>")));
    }

    async fn the_other_events_of_a_request(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let edit = town.edit(&reference, "Tue 12:00").await;
        town.desk.edit_request(&town.carla, edit).await.unwrap();
        assert_eq!(told(&town, Event::RequestEdited).await, ["ana technician P", "carla client P", "dispatcher approvers P"]);
        town.desk.withdraw_request(&town.carla, &reference).await.unwrap();
        assert_eq!(told(&town, Event::RequestWithdrawn).await, ["ana technician P", "carla client M", "carla client P", "dispatcher approvers P"]);
        let reference = town.pending("Tue 10:00", None).await;
        let decline = town.decline(&reference, "Closed").await;
        town.desk.decline_request(&town.dispatcher, decline).await.unwrap();
        // The one who decided is not told what they did.
        assert_eq!(told(&town, Event::BookingDeclined).await, ["carla client M", "carla client P"]);
        town.pending("Tue 10:00", Some(town.ana)).await;
        town.ground.pass(TimeDelta::days(2)).await;
        town.desk.expire_requests().await.unwrap();
        assert_eq!(told(&town, Event::RequestExpired).await, ["carla client M", "carla client P", "dispatcher approvers P"]);
        town.is_sound().await;
    }

    async fn approvers_are_those_who_are_set(ground: Ground) {
        let town = Town::on(ground).await;
        town::staff(&town.desk, "Boss", |s| s.approver = true).await;
        town.pending("Tue 10:00", None).await;
        assert_eq!(told(&town, Event::RequestSubmitted).await, ["boss approvers M", "boss approvers P", "carla client M", "carla client P"]);
    }

    async fn who_muted_an_event_gets_no_mail_about_it(ground: Ground) {
        let town = Town::on(ground).await;
        let person = uuid::Uuid::from_u128(town.carla.person().get());
        town::mute(&town.desk, person, &["request.submitted"]).await;
        town.pending("Tue 10:00", None).await;
        assert_eq!(told(&town, Event::RequestSubmitted).await, ["carla client P", "dispatcher approvers M", "dispatcher approvers P"]);
    }

    async fn letters_are_leased_once_and_in_order(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        town.desk.withdraw_request(&town.carla, &reference).await.unwrap();
        let first = town.desk.lease_letters(10, 60).await.unwrap();
        // Carla's second letter waits for her first; the dispatcher's does not wait for hers.
        let seen: Vec<_> = first.iter().map(|l| (l.name.as_deref().unwrap(), l.event.as_str())).collect();
        assert_eq!(seen.len(), 2);
        assert!(seen.contains(&("Carla", "request.submitted")) && seen.contains(&("Dispatcher", "request.submitted")));
        assert_eq!((first[0].locale.as_str(), first[0].time_zone.as_str()), ("en", "Europe/Berlin"));
        assert_eq!(town.desk.lease_letters(10, 60).await.unwrap(), []);
        let carla = first.iter().find(|l| l.name.as_deref() == Some("Carla")).unwrap();
        town.desk.letter_failed(carla.id, "450 later").await.unwrap();
        assert_eq!(town.desk.lease_letters(10, 60).await.unwrap(), []);
        town.ground.pass(TimeDelta::seconds(61)).await;
        // The lease of the dispatcher's has run out, and Carla's is due again, with the same Message-ID.
        let again = town.desk.lease_letters(10, 60).await.unwrap();
        assert_eq!(again.len(), 2);
        assert!(again.iter().any(|l| l.message_id == carla.message_id && l.attempts == 1));
        let ids: Vec<_> = again.iter().map(|l| l.id).collect();
        town.desk.letters_sent(&ids).await.unwrap();
        let last = town.desk.lease_letters(10, 60).await.unwrap();
        assert_eq!(last.iter().map(|l| l.event.as_str()).collect::<Vec<_>>(), ["request.withdrawn"]);
        town.desk.letter_dead(last[0].id, "550 no such user").await.unwrap();
        let counts = town.desk.letter_counts(&town.dispatcher).await.unwrap();
        assert_eq!((counts.waiting, counts.dead), (0, 1));
        let dead = town.desk.dead_letters(&town.dispatcher).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("550 no such user"));
        town.desk.resend_letter(&town.dispatcher, dead[0].id).await.unwrap();
        assert!(town.desk.resend_letter(&town.dispatcher, dead[0].id).await.is_err());
        assert!(town.desk.dead_letters(&town.ana_pass).await.is_err());
        assert_eq!(town.desk.lease_letters(10, 60).await.unwrap().len(), 1);
    }

    async fn a_letter_is_given_up_after_three_days(ground: Ground) {
        let town = Town::on(ground).await;
        town.pending("Tue 10:00", None).await;
        let mut tries = 0;
        let id = town.desk.lease_letters(1, 60).await.unwrap()[0].id;
        for _ in 0..200 {
            town.desk.letter_failed(id, "no connection").await.unwrap();
            tries += 1;
            let row = outbox::Entity::find_by_id(id).one(town.desk.db()).await.unwrap().unwrap();
            if row.status == "dead" { break; }
            let wait = row.due_at - town.desk.now();
            assert!(wait >= TimeDelta::seconds(30) && wait <= TimeDelta::hours(1), "{wait}");
            town.ground.until(row.due_at).await;
        }
        assert!((70..120).contains(&tries), "{tries} tries");
        assert!(town.desk.now() - crate::ground::monday() >= TimeDelta::hours(72));
    }

    async fn workers_share_the_letters(ground: Ground) {
        let town = Town::on(ground).await;
        for hour in 9..17 {
            town.pending(&format!("Tue {hour:02}:00"), None).await;
        }
        let (a, b, c) = tokio::join!(town.desk.lease_letters(10, 60), town.desk.lease_letters(10, 60), town.desk.lease_letters(10, 60));
        let mut ids: Vec<_> = [a.unwrap(), b.unwrap(), c.unwrap()].concat().into_iter().map(|l| l.id).collect();
        let n = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), n);
        let rest = town.desk.lease_letters(100, 60).await.unwrap().len();
        assert_eq!(n + rest, 16);
    }

    async fn notices_are_ones_own(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = town::pass(&town.desk, town.carla.person().get()).await;
        let dora = town::pass(&town.desk, town.dora.person().get()).await;
        let mut happened = town.desk.happened();
        town.pending("Tue 10:00", None).await;
        town.pending("Tue 11:00", None).await;
        assert_eq!(town.desk.unread_count(&carla).await.unwrap(), 2);
        assert_eq!(town.desk.unread_count(&dora).await.unwrap(), 0);
        let mine = town.desk.notices(&carla, 10).await.unwrap();
        assert_eq!(mine[0].about_visit().unwrap().start, Some(at("Tue 11:00")));
        assert!(town.desk.read_notice(&dora, mine[0].id).await.is_err());
        town.desk.read_notice(&carla, mine[0].id).await.unwrap();
        town.desk.read_notice(&carla, mine[0].id).await.unwrap();
        assert_eq!(town.desk.unread_count(&carla).await.unwrap(), 1);
        town.desk.read_all_notices(&carla).await.unwrap();
        assert_eq!(town.desk.unread_count(&carla).await.unwrap(), 0);
        let mut seen = Vec::new();
        while let Ok(what) = happened.try_recv() {
            seen.push(what);
        }
        let own = Happened::Notices { person: uuid::Uuid::from_u128(town.carla.person().get()) };
        assert!([Happened::Requests, Happened::Schedule, Happened::Letters, own].iter().all(|what| seen.contains(what)));
    }
}
