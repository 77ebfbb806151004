//! The main job once through: a client asks, staff approve, both are told.

use desk::queue::QueueAsk;

use crate::town::{Town, at};

both! {
    async fn a_client_asks_and_staff_approve(ground: Ground) {
        let town = Town::on(ground).await;
        let services = town.desk.bookable_services(&town.carla).await.unwrap();
        assert_eq!(services[0].next_free, Some(at("Mon 09:00")));
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        assert_eq!(town.desk.pending_count(&town.dispatcher).await.unwrap(), 1);
        let queue = town.desk.queue(&town.dispatcher, &QueueAsk::default()).await.unwrap();
        assert_eq!(queue.rows[0].reference, reference);
        assert_eq!(queue.rows[0].suggested.as_ref().map(|s| (s.id, s.free)), Some((town.ana, true)));
        let visit = town.approve(&reference, town.ana).await;
        let schedule = town.desk.schedule(&town.dispatcher, at("Mon 00:00"), at("Sun 00:00")).await.unwrap();
        assert_eq!(schedule.entries.len(), 1);
        assert_eq!(schedule.entries[0].visit.as_deref(), Some(visit.as_str()));
        assert_eq!(schedule.technicians[0].working.len(), 5);
        assert_eq!(town.desk.pending_count(&town.dispatcher).await.unwrap(), 0);
    }
}
