//! Photos of requests: kept for a form, taken by one request and no other, seen by those who see the request, changed by an
//! edit, and gone when nobody takes them or nobody may keep them any more.

use ::booking::ids::PhotoId;
use ::booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::SignedIn;
use desk::edit_request::Edited;
use desk::keep_photo::DrawnPhoto;
use desk::merge_clients::Merge;
use desk::photos::PhotoSize;
use desk::queue::QueueAsk;
use desk::submit_request::{NewRequest, Submitted};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::ground::refused;
use crate::town::{self, Town, at};

fn drawn() -> DrawnPhoto {
    DrawnPhoto {
        large: b"large".to_vec(),
        small: b"small".to_vec(),
    }
}

/// Photos that somebody has sent for one form.
async fn sent<const N: usize>(town: &Town, who: &desk::ContactPass) -> [PhotoId; N] {
    let key = Uuid::now_v7().to_string();
    let mut ids = [PhotoId::new(0); N];
    for id in &mut ids {
        *id = town.desk.keep_photo(who, &key, drawn()).await.unwrap();
    }
    ids
}

/// A request of Carla's with these photos.
async fn with_photos(town: &Town, start: &str, photos: &[PhotoId]) -> String {
    let ask = NewRequest {
        photos: photos.to_vec(),
        ..town.ask(at(start))
    };
    town.submit(&town.carla, ask).await
}

async fn of(town: &Town, reference: &str) -> Vec<PhotoId> {
    let found = town.desk.request_details(&town.dispatcher, reference).await;
    found.unwrap().unwrap().photos
}

async fn sees(town: &Town, who: &SignedIn, id: PhotoId) -> bool {
    let small = town.desk.photo(who, id, PhotoSize::Small).await.unwrap();
    let large = town.desk.photo(who, id, PhotoSize::Large).await.unwrap();
    assert_eq!(small.is_some(), large.is_some());
    assert!(small.is_none_or(|bytes| bytes == b"small"));
    large.is_some_and(|bytes| bytes == b"large")
}

async fn signed_in(town: &Town, person: ::booking::ids::PersonId) -> SignedIn {
    town::pass(&town.desk, person.get()).await
}

/// Another contact of Carla's house.
async fn flatmate(town: &Town) -> SignedIn {
    let person = town::contact(&town.desk, town.carla.client(), "Finn").await;
    town::pass(&town.desk, person).await
}

both! {
    async fn a_form_has_five_and_a_person_thirty(ground: Ground) {
        let town = Town::on(ground).await;
        let keep = async |key: &str| town.desk.keep_photo(&town.carla, key, drawn()).await;
        for _ in 0..5 {
            keep("one").await.unwrap();
        }
        assert_eq!(refused(keep("one").await), (Refusal::TooManyPhotos, Some("photos")));
        // It is known before anything is drawn.
        let may = async |who, key: &str| town.desk.may_keep_photo(who, key).await;
        assert_eq!(refused(may(&town.carla, "one").await), (Refusal::TooManyPhotos, Some("photos")));
        assert_eq!(refused(may(&town.carla, "").await), (Refusal::BadId, Some("key")));
        may(&town.carla, "other").await.unwrap();
        for n in 0..25 {
            keep(&format!("other {n}")).await.unwrap();
        }
        assert_eq!(refused(keep("one more").await), (Refusal::TooManyTries, Some("photos")));
        assert_eq!(refused(may(&town.carla, "one more").await), (Refusal::TooManyTries, Some("photos")));
        may(&town.dora, "one").await.unwrap();
        town.desk.keep_photo(&town.dora, "one", drawn()).await.unwrap();
        for key in ["", "a\nb", &"k".repeat(101)] {
            assert_eq!(refused(keep(key).await), (Refusal::BadId, Some("key")));
        }
        let huge = DrawnPhoto { large: vec![0; 9 * 1024 * 1024], small: Vec::new() };
        let huge = town.desk.keep_photo(&town.dora, "two", huge).await;
        assert_eq!(refused(huge), (Refusal::PhotoTooLarge, Some("photos")));
        assert_eq!(town.ground.count("photo_files").await, 62);
        town.is_sound().await;
    }

    // Two servers, or two fingers.
    async fn six_at_once_are_five(ground: Ground) {
        let town = Town::on(ground).await;
        let keep = || town.desk.keep_photo(&town.carla, "one", drawn());
        let (a, b, c, d, e, f) = tokio::join!(keep(), keep(), keep(), keep(), keep(), keep());
        let kept = [a, b, c, d, e, f].iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((kept, town.ground.count("photos").await), (5, 5));
    }

    async fn a_request_takes_them_once(ground: Ground) {
        let town = Town::on(ground).await;
        let photos = sent::<2>(&town, &town.carla).await;
        let ask = NewRequest { photos: photos.to_vec(), ..town.ask(at("Tue 10:00")) };
        let reference = town.submit(&town.carla, ask.clone()).await;
        assert_eq!(of(&town, &reference).await, photos);
        // Pressed twice it is the same; with one photo more it is another form.
        assert_eq!(town.submit(&town.carla, ask.clone()).await, reference);
        let mut more = ask;
        more.photos.extend(sent::<1>(&town, &town.carla).await);
        let again = town.desk.submit_request(&town.carla, more).await.unwrap();
        assert_eq!(again, Submitted::SentBefore { reference: reference.clone() });
        // What a request has, no other takes; nothing is stored then.
        let other = NewRequest { photos: photos.to_vec(), ..town.ask(at("Wed 10:00")) };
        let other = town.desk.submit_request(&town.carla, other).await;
        assert_eq!(refused(other), (Refusal::PhotoGone, Some("photos")));
        assert!(!town.desk.drop_photo(&town.carla, photos[0]).await.unwrap());
        assert_eq!(town.ground.count("requests").await, 1);
        assert_eq!(town.ground.count("bookings").await, 1);
        assert_eq!(of(&town, &reference).await, photos);
        town.is_sound().await;
    }

    async fn what_is_not_theirs_is_not_taken(ground: Ground) {
        let town = Town::on(ground).await;
        let [foreign] = sent(&town, &town.dora).await;
        let mut six = sent::<5>(&town, &town.carla).await.to_vec();
        six.extend(sent::<1>(&town, &town.carla).await);
        let cases = [
            (vec![foreign], Refusal::PhotoGone),
            (vec![PhotoId::new(7)], Refusal::PhotoGone),
            (six, Refusal::TooManyPhotos),
        ];
        for (photos, why) in cases {
            let ask = NewRequest { photos, ..town.ask(at("Tue 10:00")) };
            let answer = town.desk.submit_request(&town.carla, ask).await;
            assert_eq!(refused(answer), (why, Some("photos")));
        }
        assert_eq!(town.ground.count("requests").await, 0);
        assert_eq!(town.ground.count("photos WHERE request_id IS NOT NULL").await, 0);
        assert!(!town.desk.drop_photo(&town.carla, foreign).await.unwrap());
        assert!(town.desk.drop_photo(&town.dora, foreign).await.unwrap());
    }

    async fn of_two_that_want_the_same_one_has_it(ground: Ground) {
        let town = Town::on(ground).await;
        for day in 0..5 {
            let [one, two] = sent(&town, &town.carla).await;
            let barrier = Arc::new(Barrier::new(2));
            let submit = async |hours, photos: [PhotoId; 2]| {
                let start = at("Mon 10:00") + TimeDelta::days(day) + TimeDelta::hours(hours);
                let ask = NewRequest { photos: photos.to_vec(), ..town.ask(start) };
                barrier.wait().await;
                town.desk.submit_request(&town.carla, ask).await
            };
            let (a, b) = tokio::join!(submit(0, [one, two]), submit(2, [two, one]));
            let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
            let Submitted::Sent { reference } = won.unwrap() else { panic!("not sent") };
            assert_eq!(refused(lost), (Refusal::PhotoGone, Some("photos")));
            assert_eq!(of(&town, &reference).await, [one, two]);
        }
        assert_eq!(town.ground.count("requests").await, 5);
        town.is_sound().await;
    }

    async fn whoever_sees_the_request_sees_its_photos(ground: Ground) {
        let town = Town::on(ground).await;
        let carla = signed_in(&town, town.carla.person()).await;
        let (dora, finn) = (signed_in(&town, town.dora.person()).await, flatmate(&town).await);
        let dispatcher = signed_in(&town, town.dispatcher.person()).await;
        let (ana, ben) = (
            town::pass(&town.desk, town.ana.get()).await,
            town::pass(&town.desk, town.ben.get()).await,
        );
        let [photo] = sent(&town, &town.carla).await;
        // Before a request has it, it is the sender's alone.
        for (who, may) in [(&carla, true), (&finn, false), (&dora, false), (&dispatcher, false), (&ana, false)] {
            assert_eq!(sees(&town, who, photo).await, may, "{}", who.name());
        }
        let reference = with_photos(&town, "Tue 10:00", &[photo]).await;
        for (who, may) in [(&carla, true), (&finn, true), (&dora, false), (&dispatcher, true), (&ana, false)] {
            assert_eq!(sees(&town, who, photo).await, may, "{}", who.name());
        }
        let visit = town.approve(&reference, town.ana).await;
        assert!(sees(&town, &ana, photo).await);
        assert!(!sees(&town, &ben, photo).await);
        assert!(!sees(&town, &carla, PhotoId::new(7)).await);
        let of_visit = town.desk.visit_details(&town.ana_pass, &visit).await.unwrap().unwrap();
        assert_eq!(of_visit.photos, [photo]);
        let mine = town.desk.my_visit(&town.carla, &visit).await.unwrap().unwrap();
        assert_eq!(mine.photos, [photo]);
        let day = town.desk.my_day(&town.ana_pass, at("Tue 10:00").date_naive()).await.unwrap();
        assert_eq!(day.iter().map(|visit| visit.photos).collect::<Vec<_>>(), [1]);
    }

    // Decision 13.
    async fn own_only_means_photos_too(ground: Ground) {
        let town = Town::on(ground).await;
        let finn = flatmate(&town).await;
        let reference = with_photos(&town, "Tue 10:00", &sent::<1>(&town, &town.carla).await).await;
        let [photo] = of(&town, &reference).await[..] else { panic!("one photo") };
        let finn_pass = finn.contact().unwrap();
        let hand = town.desk.photos_at_hand(&finn_pass, &[photo], Some(&reference)).await.unwrap();
        assert_eq!(hand, [photo]);
        town.desk
            .set_contact_sight(&town.dispatcher, town.carla.client(), finn_pass.person(), true)
            .await
            .unwrap();
        let finn = signed_in(&town, finn_pass.person()).await;
        assert!(!sees(&town, &finn, photo).await);
        let hand = town.desk.photos_at_hand(&finn.contact().unwrap(), &[photo], Some(&reference)).await;
        assert_eq!(hand.unwrap(), []);
    }

    async fn an_edit_adds_and_removes(ground: Ground) {
        let town = Town::on(ground).await;
        let [first, second] = sent(&town, &town.carla).await;
        let reference = with_photos(&town, "Tue 10:00", &[first, second]).await;
        let finn = flatmate(&town).await.contact().unwrap();
        let [third] = sent(&town, &finn).await;
        let mut edit = town.edit(&reference, "Tue 10:00").await;
        edit.photos = vec![second, third];
        assert_eq!(town.desk.edit_request(&finn, edit.clone()).await.unwrap(), Edited::Done);
        assert_eq!(of(&town, &reference).await, [second, third]);
        assert_eq!(town.ground.count("photos").await, 2);
        let found = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(found.photos, [second, third]);
        assert_eq!(found.history.last().unwrap().photos, (1, 1));
        // An edit of something else leaves them; a sixth, a foreign one and a stale form change nothing.
        let mut rest = town.edit(&reference, "Tue 12:00").await;
        rest.photos = vec![second, third];
        assert_eq!(town.desk.edit_request(&town.carla, rest).await.unwrap(), Edited::Done);
        let found = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap();
        assert_eq!(found.history.last().unwrap().photos, (0, 0));
        let mut full = town.edit(&reference, "Tue 12:00").await;
        full.photos = vec![second, third];
        full.photos.extend(sent::<4>(&town, &town.carla).await);
        let full = town.desk.edit_request(&town.carla, full).await;
        assert_eq!(refused(full), (Refusal::TooManyPhotos, Some("photos")));
        let mut foreign = town.edit(&reference, "Tue 12:00").await;
        foreign.photos = sent::<1>(&town, &town.dora).await.to_vec();
        let foreign = town.desk.edit_request(&town.carla, foreign).await;
        assert_eq!(refused(foreign), (Refusal::PhotoGone, Some("photos")));
        edit.key = "late".to_owned();
        edit.photos.clear();
        let late = town.desk.edit_request(&town.carla, edit).await.unwrap();
        assert!(matches!(late, Edited::Changed(_)));
        assert_eq!(of(&town, &reference).await, [second, third]);
        town.is_sound().await;
    }

    async fn nobody_takes_them_for_a_day_and_they_are_gone(ground: Ground) {
        let town = Town::on(ground).await;
        let [taken, left] = sent(&town, &town.carla).await;
        let reference = with_photos(&town, "Tue 10:00", &[taken]).await;
        town.ground.pass(TimeDelta::hours(24)).await;
        assert_eq!(town.desk.forget_old_photos().await.unwrap(), 0);
        town.ground.pass(TimeDelta::seconds(1)).await;
        let [young] = sent(&town, &town.carla).await;
        assert_eq!(town.desk.forget_old_photos().await.unwrap(), 1);
        let hand = town.desk.photos_at_hand(&town.carla, &[young, left, taken], None).await;
        assert_eq!(hand.unwrap(), [young]);
        assert_eq!(of(&town, &reference).await, [taken]);
        assert_eq!(town.ground.count("photo_files").await, 4);
    }

    // Decision 14.
    async fn they_go_when_the_request_loses_its_words(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = with_photos(&town, "Tue 10:00", &sent::<2>(&town, &town.carla).await).await;
        town.approve(&reference, town.ana).await;
        town.change_business(|business| business.retention_days = Some(30)).await;
        town.ground.pass(TimeDelta::days(20)).await;
        town.desk.anonymise_old().await.unwrap();
        assert_eq!(town.ground.count("photos").await, 2);
        town.ground.pass(TimeDelta::days(20)).await;
        assert_eq!(town.desk.anonymise_old().await.unwrap().requests, 1);
        assert_eq!(town.ground.count("photos").await, 0);
        assert_eq!(town.ground.count("photo_files").await, 0);
        town.is_sound().await;
    }

    async fn they_follow_their_request_when_clients_become_one(ground: Ground) {
        let town = Town::on(ground).await;
        let [photo] = sent(&town, &town.carla).await;
        let reference = with_photos(&town, "Tue 10:00", &[photo]).await;
        let merge = Merge { from: town.carla.client(), into: town.dora.client(), versions: (1, 1) };
        town.desk.merge_clients(&town.dispatcher, "m", merge).await.unwrap();
        assert!(sees(&town, &signed_in(&town, town.dora.person()).await, photo).await);
        assert!(sees(&town, &signed_in(&town, town.carla.person()).await, photo).await);
        assert_eq!(of(&town, &reference).await, [photo]);
        town.is_sound().await;
    }

    async fn the_queue_asks_once_for_all_of_them(ground: Ground) {
        let town = Town::on(ground).await;
        let (counted, queries) = town.desk.counted();
        let asked = async || {
            let before = queries.load(Ordering::Relaxed);
            let page = counted.queue(&town.dispatcher, &QueueAsk::default()).await.unwrap();
            (queries.load(Ordering::Relaxed) - before, page.rows)
        };
        let one = sent::<1>(&town, &town.carla).await;
        let first = with_photos(&town, "Tue 10:00", &one).await;
        let (few, rows) = asked().await;
        assert_eq!(rows[0].photos, one);
        for start in ["Tue 11:00", "Tue 12:00", "Wed 10:00", "Wed 11:00"] {
            with_photos(&town, start, &sent::<3>(&town, &town.carla).await).await;
        }
        let (many, rows) = asked().await;
        assert_eq!(few, many, "queries");
        assert_eq!(rows.iter().map(|row| row.photos.len()).sum::<usize>(), 13);
        assert_eq!(rows.iter().find(|row| row.reference == first).unwrap().photos, one);
    }

    async fn the_check_finds_half_a_photo(ground: Ground) {
        let town = Town::on(ground).await;
        with_photos(&town, "Tue 10:00", &sent::<1>(&town, &town.carla).await).await;
        town.is_sound().await;
        let broken = "DELETE FROM photo_files WHERE small";
        sea_orm::ConnectionTrait::execute_unprepared(town.desk.db(), broken).await.unwrap();
        let found = town.desk.check().await.unwrap();
        assert_eq!(found.iter().map(|one| one.what).collect::<Vec<_>>(), ["photo-half-stored"]);
    }
}
