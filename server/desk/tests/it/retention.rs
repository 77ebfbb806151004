//! How long appointments are kept: hidden from every list at once, anonymised by night, and every count stays.
//! And the list of a client's appointments that this is about.

use ::booking::recurrence::Ends;
use ::booking::refusal::Refusal;
use ::booking::visit::VisitStatus;
use chrono::TimeDelta;
use desk::change_visit::Scope;
use desk::client_appointments::AppointmentsAsk;
use desk::my_visits::MyVisitsAsk;
use desk::queue::QueueAsk;
use desk::submit_request::NewRequest;

use crate::ground::{Ground, refused};
use crate::series::{all, asked_for, shown};
use crate::town::{self, Town, at};

/// Carla's: one visit on Tuesday with words everywhere, one request that was declined with a reason, one that waits.
async fn lived_in(ground: Ground) -> Town {
    let town = Town::on(ground).await;
    let ask = NewRequest {
        notes: "The dog bites".into(),
        ..town.ask(at("Tue 10:00"))
    };
    let reference = town.submit(&town.carla, ask).await;
    let mut approval = town.approval(&reference, town.ana).await;
    approval.internal_notes = "Take gloves".into();
    town.desk
        .approve_request(&town.dispatcher, approval)
        .await
        .unwrap();
    let declined = town.pending("Wed 10:00", None).await;
    let no = town.decline(&declined, "The dog bites").await;
    town.desk
        .decline_request(&town.dispatcher, no)
        .await
        .unwrap();
    let sent = "UPDATE outbox SET status = 'sent'";
    sea_orm::ConnectionTrait::execute_unprepared(town.desk.db(), sent)
        .await
        .unwrap();
    town
}

async fn keep_for(town: &Town, days: Option<i32>) {
    let version = town.desk.business().await.unwrap().version;
    town.desk
        .change_retention(&town.owner, version, days)
        .await
        .unwrap();
}

/// How many rows each list shows: requests and visits in the portal, the queue, the client's two tabs.
async fn listed(town: &Town) -> [u64; 5] {
    let d = &town.desk;
    let mine = d.my_requests(&town.carla, None, 0).await.unwrap();
    assert_eq!(mine.counts.all, mine.rows.len() as u64);
    let visits = d.my_visits(&town.carla, MyVisitsAsk::Past).await.unwrap();
    let queue = d
        .queue(&town.dispatcher, &QueueAsk::default())
        .await
        .unwrap();
    assert_eq!(queue.counts.all, queue.rows.len() as u64);
    let client = town.carla.client();
    let past = AppointmentsAsk {
        past: true,
        ..AppointmentsAsk::default()
    };
    let appointments = d
        .client_appointments(&town.dispatcher, client, &past)
        .await
        .unwrap();
    assert_eq!(appointments.all.1, appointments.total);
    let requests = d
        .client_requests(&town.dispatcher, client, 1)
        .await
        .unwrap();
    assert_eq!(requests.total, requests.rows.len() as u64);
    [
        mine.rows.len() as u64,
        visits.len() as u64,
        queue.rows.len() as u64,
        appointments.total,
        requests.total,
    ]
}

/// Everything that is counted.
async fn counts(town: &Town) -> Vec<i64> {
    let mut all = Vec::new();
    for of in [
        "visits",
        "visits WHERE status = 'scheduled'",
        "requests",
        "requests WHERE status = 'declined'",
        "requests WHERE status = 'approved'",
        "bookings",
        "bookings WHERE blocking",
        "outbox",
        "notices",
        "history WHERE about <> 'business'",
    ] {
        all.push(town.ground.count(of).await);
    }
    all
}

both! {
    async fn what_is_too_old_is_hidden_at_once(ground: Ground) {
        let town = lived_in(ground).await;
        town.ground.pass(TimeDelta::days(40)).await;
        assert_eq!(listed(&town).await, [2, 1, 2, 1, 2]);
        keep_for(&town, Some(30)).await;
        assert_eq!(listed(&town).await, [0, 0, 0, 0, 0]);
        keep_for(&town, Some(60)).await;
        assert_eq!(listed(&town).await, [2, 1, 2, 1, 2]);
        keep_for(&town, Some(30)).await;
        keep_for(&town, None).await;
        assert_eq!(listed(&town).await, [2, 1, 2, 1, 2], "until the night nothing is lost");
    }

    async fn what_waits_for_an_answer_is_never_too_old(ground: Ground) {
        let town = lived_in(ground).await;
        town.change_service(|service| service.holds = false).await;
        town.pending("Thu 10:00", None).await;
        town.ground.pass(TimeDelta::days(40)).await;
        keep_for(&town, Some(30)).await;
        assert_eq!(listed(&town).await, [1, 0, 1, 0, 1]);
        let done = town.desk.anonymise_old().await.unwrap();
        assert_eq!((done.visits, done.requests), (1, 2));
    }

    async fn by_night_the_words_go_and_the_counts_stay(ground: Ground) {
        let town = lived_in(ground).await;
        town.ground.pass(TimeDelta::days(40)).await;
        let before = counts(&town).await;
        let words = [
            "visits WHERE notes <> '' OR internal_notes <> '' OR reason IS NOT NULL",
            "requests WHERE notes <> '' OR internal_notes <> '' OR decline_reason IS NOT NULL",
            "history WHERE about IN ('request', 'visit') AND (before IS NOT NULL OR after IS NOT NULL OR reason IS NOT NULL)",
            "outbox WHERE CAST(facts AS text) LIKE '%bites%'",
            "notices WHERE CAST(facts AS text) <> '{}'",
        ];
        for of in words {
            assert!(town.ground.count(of).await > 0, "{of}");
        }
        // 08:00 in UTC is 10:00 here: by day nothing happens, whatever is set.
        keep_for(&town, Some(30)).await;
        assert_eq!(town.desk.anonymise_by_night().await.unwrap().visits, 0);
        assert!(town.ground.count(words[0]).await > 0);
        town.ground.pass(TimeDelta::hours(17)).await;
        let done = town.desk.anonymise_by_night().await.unwrap();
        assert_eq!((done.visits, done.requests), (1, 2));
        for of in words {
            assert_eq!(town.ground.count(of).await, 0, "{of}");
        }
        assert_eq!(counts(&town).await, before);
        town.is_sound().await;
        let again = town.desk.anonymise_by_night().await.unwrap();
        assert_eq!((again.visits, again.requests), (0, 0), "a second time finds nothing");
        assert_eq!(town.ground.count("history WHERE what = 'appointments-anonymised'").await, 1);
        // What is left can still be read.
        keep_for(&town, None).await;
        assert_eq!(listed(&town).await, [2, 1, 2, 1, 2]);
        let mine = town.desk.my_requests(&town.carla, None, 0).await.unwrap();
        assert!(mine.rows.iter().all(|row| row.notes.is_empty() && row.decline_reason.is_none()));
        let signed_in = town::pass(&town.desk, town.carla.person().get()).await;
        assert!(!town.desk.notices(&signed_in, 100).await.unwrap().is_empty());
    }

    async fn what_was_asked_is_as_old_as_the_last_visit_of_its_series(ground: Ground) {
        let town = Town::on(ground).await;
        let (reference, photo) = asked_for(&town, Ends::Never).await;
        let whole = (vec![photo], vec!["Long".to_owned()]);
        keep_for(&town, Some(30)).await;
        town.ground.pass(TimeDelta::days(40)).await;
        let done = town.desk.anonymise_old().await.unwrap();
        assert_eq!((done.visits, done.requests), (2, 0));
        let now = town.desk.now();
        let next = all(&town).await.into_iter().find(|row| row.starts_at > now).unwrap();
        assert_eq!(shown(&town, &next).await, whole);
        assert_eq!(town.request(&reference).await.notes, "The bell is broken.");
        assert_eq!(listed(&town).await, [1, 4, 1, 4, 1]);
        // The rest in a series of its own, which goes on when the old one is long over.
        let mut later = town.change(&next, &[town.ben]).await;
        later.form.start = next.starts_at + TimeDelta::hours(1);
        later.scope = Scope::Following;
        town.desk.change_visit(&town.dispatcher, later).await.unwrap();
        town.ground.pass(TimeDelta::days(200)).await;
        assert_eq!(town.desk.extend_series().await.unwrap(), 34);
        town.ground.pass(TimeDelta::days(200)).await;
        assert_eq!(town.desk.anonymise_old().await.unwrap().requests, 0);
        let now = town.desk.now();
        let next = all(&town).await.into_iter().find(|row| row.starts_at > now).unwrap();
        assert_eq!(shown(&town, &next).await, whole);
        town.ground.pass(TimeDelta::days(400)).await;
        assert_eq!(town.desk.anonymise_old().await.unwrap().requests, 1);
        for of in ["photos", "answers", "requests WHERE notes <> ''"] {
            assert_eq!(town.ground.count(of).await, 0, "{of}");
        }
        assert_eq!(listed(&town).await, [0, 0, 0, 0, 0]);
        town.is_sound().await;
    }

    async fn more_than_one_transaction_holds(ground: Ground) {
        let town = lived_in(ground).await;
        let copy = "INSERT INTO visits (id, reference, client_id, service_id, starts_at, ends_at, wall_start, zone, zone_version, seats, \
            status, notes, internal_notes, uid, sequence, created_at, version) \
            SELECT {id}, 'V-N' || n.n, v.client_id, v.service_id, v.starts_at, v.ends_at, v.wall_start, v.zone, v.zone_version, v.seats, \
            'cancelled', 'words', '', 'u' || n.n, 0, v.created_at, 1 FROM visits v CROSS JOIN \
            (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200) SELECT n FROM n) n";
        let db = town.desk.db();
        let id = match sea_orm::ConnectionTrait::get_database_backend(db) {
            sea_orm::DbBackend::Postgres => "gen_random_uuid()",
            _ => "randomblob(16)",
        };
        sea_orm::ConnectionTrait::execute_unprepared(db, &copy.replace("{id}", id)).await.unwrap();
        town.ground.pass(TimeDelta::days(40)).await;
        keep_for(&town, Some(30)).await;
        let done = town.desk.anonymise_old().await.unwrap();
        assert_eq!((done.visits, done.requests), (1_201, 2));
        assert_eq!(town.ground.count("visits WHERE notes <> ''").await, 0);
    }

    async fn an_owner_says_how_long(ground: Ground) {
        let town = Town::on(ground).await;
        let d = &town.desk;
        for days in [0, 29, 3_651, -1, i32::MAX] {
            assert_eq!(refused(d.change_retention(&town.owner, 1, Some(days)).await), (Refusal::BadAmount, Some("days")), "{days}");
        }
        assert_eq!(refused(d.change_retention(&town.dispatcher, 1, Some(365)).await).0, Refusal::NotAllowed);
        d.change_retention(&town.owner, 1, Some(365)).await.unwrap();
        assert_eq!(refused(d.change_retention(&town.owner, 1, None).await).0, Refusal::Stale);
        assert_eq!(d.business().await.unwrap().retention_days, Some(365));
        assert_eq!(town.ground.count("history WHERE what = 'retention-changed'").await, 1);
    }

    async fn a_clients_appointments_page_by_page(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let contact = ground.demo("client@example.com").await.contact().unwrap();
        let (d, client) = (&ground.desk, contact.client());
        let asked = async |ask: &AppointmentsAsk| d.client_appointments(&pass, client, ask).await.unwrap();
        let coming = asked(&AppointmentsAsk::default()).await;
        let past = asked(&AppointmentsAsk { past: true, ..AppointmentsAsk::default() }).await;
        assert_eq!(coming.all, (coming.total, past.total));
        assert!(coming.total > 0 && past.total > 0, "{:?}", coming.all);
        let now = ground.desk.now();
        assert!(coming.rows.iter().all(|row| row.end > now));
        assert!(coming.rows.windows(2).all(|two| two[0].start <= two[1].start));
        assert!(past.rows.windows(2).all(|two| two[0].start >= two[1].start));
        assert!(coming.rows.iter().all(|row| !row.technicians.is_empty()));
        assert!(!coming.services.is_empty());
        for (service, name) in &coming.services {
            let ask = AppointmentsAsk { past: true, service: Some(*service), ..AppointmentsAsk::default() };
            assert!(asked(&ask).await.rows.iter().all(|row| row.service == *name));
        }
        for status in VisitStatus::ALL {
            let ask = AppointmentsAsk { past: true, status: Some(*status), ..AppointmentsAsk::default() };
            let found = asked(&ask).await;
            assert!(found.rows.iter().all(|row| row.status == *status));
            assert_eq!(found.all, coming.all, "the tabs count everything");
        }
        let far = asked(&AppointmentsAsk { past: true, page: 99, ..AppointmentsAsk::default() }).await;
        assert_eq!(far.page, far.pages);
        let technician = ground.demo("technician@example.com").await.staff().unwrap();
        let answers = [
            refused(d.client_appointments(&technician, client, &AppointmentsAsk::default()).await).0,
            refused(d.client_requests(&technician, client, 1).await).0,
        ];
        assert_eq!(answers, [Refusal::NotAllowed; 2]);
    }

    async fn lists_take_the_same_queries_however_long(ground: Ground) {
        use std::sync::atomic::Ordering::Relaxed;
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let full = ground.demo("client@example.com").await.contact().unwrap().client();
        let empty = without_anything(&ground, &pass).await;
        let (desk, queries) = ground.desk.counted();
        for client in [full, empty] {
            queries.store(0, Relaxed);
            desk.client_appointments(&pass, client, &AppointmentsAsk { past: true, ..AppointmentsAsk::default() }).await.unwrap();
            assert_eq!(queries.swap(0, Relaxed), 5);
            desk.client_requests(&pass, client, 1).await.unwrap();
            assert_eq!(queries.swap(0, Relaxed), 3);
            desk.likely_duplicates(&pass, client).await.unwrap();
            assert_eq!(queries.swap(0, Relaxed), 4);
        }
        for text in ["", "miller", "nobody at all"] {
            let search = desk::clients::ClientSearch { text: text.into(), ..desk::clients::ClientSearch::default() };
            queries.store(0, Relaxed);
            desk.clients(&pass, &search).await.unwrap();
            assert_eq!(queries.swap(0, Relaxed), 4, "{text:?}");
            desk.export_clients(&pass, &search).await.unwrap();
            assert_eq!(queries.swap(0, Relaxed), 3, "{text:?}");
        }
    }
}

async fn without_anything(ground: &Ground, pass: &desk::StaffPass) -> ::booking::ids::ClientId {
    let new = desk::clients::NewClient {
        name: "Nobody yet".into(),
        ..desk::clients::NewClient::default()
    };
    ground
        .desk
        .create_client(pass, "empty", &new)
        .await
        .unwrap()
}
