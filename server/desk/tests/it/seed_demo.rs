//! The demonstration is consistent, lively and the same for the same instant.

use booking::slots::BookingStatus;
use desk::table::{booking as bookings, outbox, request, visit};
use sea_orm::{EntityTrait, QueryOrder};

use crate::ground::Ground;

async fn what_happens(ground: &Ground) -> Vec<String> {
    let visits = visit::Entity::find()
        .order_by_asc(visit::Column::Reference)
        .all(ground.desk.db())
        .await
        .unwrap();
    let requests = request::Entity::find()
        .order_by_asc(request::Column::Reference)
        .all(ground.desk.db())
        .await
        .unwrap();
    let visits = visits
        .into_iter()
        .map(|one| format!("{} {} {}", one.reference, one.starts_at, one.status));
    let requests = requests
        .into_iter()
        .map(|one| format!("{} {:?} {}", one.reference, one.starts_at, one.status));
    visits.chain(requests).collect()
}

both! {
    async fn nothing_is_wrong_with_it(ground: Ground) {
        let ground = ground.with_demo().await;
        assert_eq!(ground.desk.check().await.unwrap(), []);
        let rows = bookings::Entity::find().all(ground.desk.db()).await.unwrap();
        let live: BookingStatus = "pending".parse().unwrap();
        assert_eq!(rows.iter().filter(|row| row.blocking && row.status == live.as_str()).count(), 6);
        let letters = outbox::Entity::find().all(ground.desk.db()).await.unwrap();
        assert!(letters.iter().all(|letter| letter.status == "sent"), "the demonstration writes to nobody");
        assert_eq!(ground.desk.expire_requests().await.unwrap(), 0);
    }

    async fn there_is_something_of_everything(ground: Ground) {
        let ground = ground.with_demo().await;
        for status in ["completed", "scheduled", "cancelled", "no_show"] {
            assert!(ground.count(&format!("visits WHERE status = '{status}'")).await >= 2, "{status}");
        }
        for (status, n) in [("pending", 6), ("approved", 20), ("declined", 2), ("cancelled", 1), ("expired", 1)] {
            assert!(ground.count(&format!("requests WHERE status = '{status}'")).await >= n, "{status}");
        }
        assert!(ground.count("visits").await >= 80);
        assert!(ground.count("bookings WHERE session_id IS NOT NULL AND NOT leader AND blocking").await >= 4);
        assert!(ground.count("booking_resources").await >= 10);
        assert!(ground.count("technicians").await == 4 && ground.count("clients").await == 25);
        for email in ["client@example.com", "cliente@example.com"] {
            let client = ground.demo(email).await.contact().unwrap().client();
            let id = client.to_string();
            let page = ground.desk.client(&ground.demo("owner@example.com").await.staff().unwrap(), client).await.unwrap();
            assert!(page.is_some(), "{id}");
        }
    }

    async fn the_same_instant_gives_the_same_demonstration(ground: Ground) {
        ground.desk.seed_demo().await.unwrap();
        let other = Ground::sqlite().await;
        other.desk.seed_demo().await.unwrap();
        assert_eq!(what_happens(&ground).await, what_happens(&other).await);
        other.clear().await;
    }
}

#[tokio::test]
async fn it_is_sound_whenever_it_is_loaded() {
    for now in [
        "2026-03-28T23:30:00Z",
        "2026-10-25T00:30:00Z",
        "2026-12-31T22:59:59Z",
        "2028-02-29T12:00:00Z",
        "2026-06-07T05:00:00Z",
    ] {
        let ground = Ground::sqlite().await;
        ground.until(now.parse().unwrap()).await;
        ground.desk.seed_demo().await.unwrap();
        assert_eq!(ground.desk.check().await.unwrap(), [], "{now}");
        assert_eq!(
            ground.count("requests WHERE status = 'pending'").await,
            9,
            "{now}"
        );
        ground.clear().await;
    }
}
