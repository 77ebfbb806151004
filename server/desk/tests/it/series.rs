//! Appointments that repeat (R28): every occurrence checked, wall-clock time kept across clock changes, one or the rest of
//! them changed and cancelled, laid out again every night.

use ::booking::ids::PhotoId;
use ::booking::letter::Event;
use ::booking::question::{AnswerKind, NewQuestion};
use ::booking::recurrence::{Ends, Frequency, Parts};
use ::booking::refusal::Refusal;
use chrono::{NaiveDate, TimeDelta, Weekday};
use desk::change_visit::Scope;
use desk::create_visit::NewVisit;
use desk::keep_photo::DrawnPhoto;
use desk::outbox::LetterFacts;
use desk::photos::PhotoSize;
use desk::submit_window::WindowRequest;
use desk::table::{outbox, series, visit};
use desk::visit_form::Booked;
use sea_orm::{EntityTrait, QueryOrder};

use crate::told::told;
use crate::town::{self, Town, at};

fn weekly(ends: Ends) -> Parts {
    Parts {
        freq: Frequency::Weekly,
        interval: 1,
        weekdays: Vec::new(),
        ends,
        excluded: Vec::new(),
    }
}

fn repeated(town: &Town, ends: Ends) -> NewVisit {
    NewVisit {
        repeat: Some(weekly(ends)),
        ..town.new_visit(at("Tue 10:00"), &[town.ana])
    }
}

/// Carla asks for visits every Tuesday, with a photo and an answer, and has them with Ana at ten: the request, the photo.
pub async fn asked_for(town: &Town, ends: Ends) -> (String, PhotoId) {
    let question = NewQuestion {
        words: "Coat?".to_owned(),
        kind: AnswerKind::Text,
        options: Vec::new(),
        required: false,
    };
    let asked = town
        .desk
        .add_question(&town.owner, town.service, "coat", &question);
    let coat = asked.await.unwrap();
    let drawn = DrawnPhoto {
        large: b"large".to_vec(),
        small: b"small".to_vec(),
    };
    let photo = town
        .desk
        .keep_photo(&town.carla, "form", drawn)
        .await
        .unwrap();
    let mut ask = WindowRequest {
        answers: vec![(coat, "Long".to_owned())],
        photos: vec![photo],
        ..town.ask_to_repeat()
    };
    ask.wanted.repeat = Some(weekly(ends));
    let reference = town.sent(ask).await;
    let plan = NewVisit {
        repeat: Some(weekly(ends)),
        ..town.plan(&reference).await
    };
    town.book(plan).await;
    (reference, photo)
}

/// The photos and the answers that staff see with a visit.
pub async fn shown(town: &Town, visit: &visit::Model) -> (Vec<PhotoId>, Vec<String>) {
    let seen = town.desk.visit_details(&town.dispatcher, &visit.reference);
    let seen = seen.await.unwrap().unwrap();
    let answers = seen.answers.into_iter().map(|one| one.answer);
    (seen.photos, answers.collect())
}

pub async fn all(town: &Town) -> Vec<visit::Model> {
    visit::Entity::find()
        .order_by_asc(visit::Column::StartsAt)
        .order_by_asc(visit::Column::Id)
        .all(town.desk.db())
        .await
        .unwrap()
}

async fn standing(town: &Town) -> Vec<(String, String)> {
    let rows = all(town).await.into_iter();
    rows.filter(|row| row.status == "scheduled")
        .map(|row| (row.wall_start, row.starts_at.format("%H:%M").to_string()))
        .collect()
}

both! {
    // Berlin's clocks go forward on 29 March 2026.
    async fn a_series_keeps_the_wall_clock_across_a_change(ground: Ground) {
        let town = Town::on(ground).await;
        let answer = town.desk.create_visit(&town.dispatcher, repeated(&town, Ends::Count(6))).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 6, skipped: 0, .. }), "{answer:?}");
        let found = standing(&town).await;
        assert!(found.iter().all(|(wall, _)| wall.ends_with("T10:00:00")), "{found:?}");
        assert_eq!(found.iter().map(|(_, utc)| utc.as_str()).collect::<Vec<_>>(), ["09:00", "09:00", "09:00", "09:00", "08:00", "08:00"]);
        // One letter and one notice for all of it.
        assert_eq!(told(&town, Event::VisitCreated).await, [
            "ana technician MI", "ana technician P", "carla client MI", "carla client P",
        ]);
        let letter = outbox::Entity::find().one(town.desk.db()).await.unwrap().unwrap();
        let facts: LetterFacts = serde_json::from_value(letter.facts).unwrap();
        assert_eq!(facts.dates.len(), 6);
        town.is_sound().await;
    }

    async fn conflicts_are_listed_and_skipped_only_when_told_to(ground: Ground) {
        let town = Town::on(ground).await;
        let third = at("Tue 10:30") + TimeDelta::days(14);
        town.book(town.new_visit(third, &[town.ana])).await;
        let mut ask = repeated(&town, Ends::Count(4));
        let answer = town.desk.create_visit(&town.dispatcher, ask.clone()).await.unwrap();
        let Booked::Conflicts { free, conflicts } = answer else { panic!("{answer:?}") };
        assert_eq!((free, conflicts.len()), (3, 1));
        assert_eq!(conflicts[0].start, at("Tue 10:00") + TimeDelta::days(14));
        assert_eq!(conflicts[0].obstacles[0].clash.why, Refusal::SlotTaken);
        assert_eq!(town.ground.count("visits").await, 1);
        ask.skip_conflicts = true;
        let answer = town.desk.create_visit(&town.dispatcher, ask).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 3, skipped: 1, .. }), "{answer:?}");
        town.is_sound().await;
    }

    async fn this_one_moves_alone(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.create_visit(&town.dispatcher, repeated(&town, Ends::Count(3))).await.unwrap();
        let second = all(&town).await[1].clone();
        let mut ask = town.change(&second, &[town.ana]).await;
        ask.form.start = second.starts_at + TimeDelta::hours(3);
        town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        let found = standing(&town).await;
        assert_eq!(found.iter().map(|(wall, _)| wall.as_str()).collect::<Vec<_>>(), ["2026-03-03T10:00:00", "2026-03-10T13:00:00", "2026-03-17T10:00:00"]);
        town.is_sound().await;
    }

    async fn this_and_following_move_together_and_keep_the_hour(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.create_visit(&town.dispatcher, repeated(&town, Ends::Count(6))).await.unwrap();
        let third = all(&town).await[2].clone();
        let mut ask = town.change(&third, &[town.ben]).await;
        ask.form.start = third.starts_at + TimeDelta::days(1) + TimeDelta::hours(1);
        ask.scope = Scope::Following;
        let answer = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 4, .. }), "{answer:?}");
        let found = standing(&town).await;
        assert_eq!(found.iter().map(|(wall, _)| wall.as_str()).collect::<Vec<_>>(), [
            "2026-03-03T10:00:00", "2026-03-10T10:00:00",
            "2026-03-18T11:00:00", "2026-03-25T11:00:00", "2026-04-01T11:00:00", "2026-04-08T11:00:00",
        ]);
        assert_eq!(town.ground.count("series").await, 2);
        town.is_sound().await;
    }

    async fn what_was_asked_with_photos_and_answers_goes_along_when_the_rest_moves(ground: Ground) {
        let town = Town::on(ground).await;
        let (reference, photo) = asked_for(&town, Ends::Count(6)).await;
        let (ana, ben) = (town::pass(&town.desk, town.ana.get()).await, town::pass(&town.desk, town.ben.get()).await);
        let sees = async |who| town.desk.photo(who, photo, PhotoSize::Small).await.unwrap().is_some();
        assert_eq!((sees(&ana).await, sees(&ben).await), (true, false));
        // A rest, then a rest of that rest with somebody new.
        for (place, technician) in [(1, town.ana), (3, town.ben)] {
            let rows = all(&town).await.into_iter().filter(|row| row.status == "scheduled");
            let first = rows.collect::<Vec<_>>()[place].clone();
            let mut ask = town.change(&first, &[technician]).await;
            ask.form.start = first.starts_at + TimeDelta::hours(1);
            ask.scope = Scope::Following;
            let answer = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
            assert!(matches!(answer, Booked::Done { visits, .. } if visits == 6 - place), "{answer:?}");
        }
        assert_eq!(town.ground.count("series").await, 3);
        assert!(sees(&ana).await && sees(&ben).await);
        for visit in all(&town).await {
            assert_eq!(shown(&town, &visit).await, (vec![photo], vec!["Long".to_owned()]), "{} {}", visit.reference, visit.status);
            assert_eq!(town.desk.answers_of_my_visit(&town.carla, &visit.reference).await.unwrap().len(), 1);
        }
        let last = all(&town).await.pop().unwrap();
        let day = town.desk.my_day(&ben.staff().unwrap(), last.starts_at.date_naive()).await.unwrap();
        assert_eq!((day[0].photos, day[0].answers.len()), (1, 1));
        assert_eq!(town.request(&reference).await.status, "approved");
        town.is_sound().await;
    }

    // They may take each other's old places: none is in its own way.
    async fn all_move_by_half_an_hour_over_one_another(ground: Ground) {
        let town = Town::on(ground).await;
        let mut ask = repeated(&town, Ends::Count(5));
        ask.repeat = Some(Parts { freq: Frequency::Daily, weekdays: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri], ..weekly(Ends::Count(5)) });
        town.desk.create_visit(&town.dispatcher, ask).await.unwrap();
        let first = all(&town).await[0].clone();
        let mut ask = town.change(&first, &[town.ana]).await;
        ask.form.start = first.starts_at + TimeDelta::minutes(30);
        ask.scope = Scope::All;
        let answer = town.desk.change_visit(&town.dispatcher, ask).await.unwrap();
        assert!(matches!(answer, Booked::Done { visits: 5, .. }), "{answer:?}");
        assert!(standing(&town).await.iter().all(|(wall, _)| wall.ends_with("T10:30:00")));
        town.is_sound().await;
    }

    async fn the_rest_is_cancelled_with_one_letter(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.create_visit(&town.dispatcher, repeated(&town, Ends::Never)).await.unwrap();
        let rows = all(&town).await;
        assert_eq!(rows.len(), 53);
        let n = town.desk.cancel_visit(&town.dispatcher, town.cancel(&rows[3], Scope::Following)).await.unwrap();
        assert_eq!(n, 50);
        assert_eq!(standing(&town).await.len(), 3);
        assert_eq!(told(&town, Event::VisitCancelled).await.len(), 5);
        let series = series::Entity::find().one(town.desk.db()).await.unwrap().unwrap();
        assert!(!series.active);
        town.ground.until(at("Tue 10:00") + TimeDelta::days(60)).await;
        assert_eq!(town.desk.extend_series().await.unwrap(), 0);
        town.is_sound().await;
    }

    // Decision 19
    async fn a_series_without_an_end_is_laid_out_again_every_night(ground: Ground) {
        let town = Town::on(ground).await;
        town.desk.create_visit(&town.dispatcher, repeated(&town, Ends::Never)).await.unwrap();
        assert_eq!(standing(&town).await.len(), 53);
        assert_eq!(town.desk.extend_series().await.unwrap(), 0);
        // In the way of what comes: the first new Tuesday is lost and reported.
        let lost = all(&town).await[52].starts_at + TimeDelta::days(7);
        town.book(town.new_visit(lost, &[town.ana])).await;
        town.ground.until(at("Tue 12:00") + TimeDelta::days(15)).await;
        let added = town.desk.extend_series().await.unwrap();
        assert_eq!(added, 1);
        assert_eq!(told(&town, Event::SeriesConflict).await, ["dispatcher approvers P"]);
        assert_eq!(town.desk.extend_series().await.unwrap(), 0);
        let last = all(&town).await.last().unwrap().clone();
        assert_eq!(last.wall_start, "2027-03-16T10:00:00");
        town.is_sound().await;
    }

    async fn rules_that_give_nothing_are_refused(ground: Ground) {
        let town = Town::on(ground).await;
        for (ends, why) in [
            (Ends::Count(0), Refusal::BadRecurrenceCount),
            (Ends::Count(201), Refusal::BadRecurrenceCount),
            (Ends::Until(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()), Refusal::RecurrenceEndsBeforeStart),
        ] {
            let refused = town.desk.create_visit(&town.dispatcher, repeated(&town, ends)).await.unwrap_err();
            assert_eq!(refused.refusal(), Some(why));
        }
        assert_eq!(town.ground.count("visits").await, 0);
    }
}
