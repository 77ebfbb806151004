//! The order of the queue, and whom it suggests when an offer or a cut-off came in between.

use ::booking::ids::TechnicianId;
use ::booking::request::RequestKind;
use chrono::NaiveDate;
use desk::queue::{QUEUE_PAGE, QueueAsk, QueueRow};
use desk::send_offer::{NewProposal, OfferForm, OfferSent, ProposedTime};
use desk::submit_request::Submitted;
use desk::submit_window::{WantedWindow, WindowRequest};
use uuid::Uuid;

use crate::town::{Town, at};

impl Town {
    /// Something is wrong, and somebody should come on that day of March.
    async fn issue(&self, day: u32) -> String {
        let day = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let ask = WindowRequest {
            key: Uuid::now_v7().to_string(),
            service: self.service,
            wanted: WantedWindow {
                kind: RequestKind::Issue,
                length_min: 60,
                from: day,
                to: day,
                part: None,
                repeat: None,
                technician: None,
            },
            notes: String::new(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        };
        match self.desk.submit_window(&self.dora, ask).await.unwrap() {
            Submitted::Sent { reference } => reference,
            other => panic!("not sent: {other:?}"),
        }
    }

    async fn offers(&self, reference: &str, times: &[(&str, TechnicianId)]) {
        let times = times.iter().map(|(start, technician)| ProposedTime {
            start: at(start),
            technician: *technician,
        });
        let ask = NewProposal {
            form: OfferForm {
                key: Uuid::now_v7().to_string(),
                request: reference.to_owned(),
                version: self.request(reference).await.version,
                length_min: None,
                note: String::new(),
                override_reason: String::new(),
            },
            times: times.collect(),
        };
        let answer = self.desk.propose_times(&self.dispatcher, ask).await;
        assert_eq!(answer.unwrap(), OfferSent::Done { quote: None });
    }

    async fn queued(&self, page: u32) -> Vec<QueueRow> {
        let ask = QueueAsk {
            page,
            ..QueueAsk::default()
        };
        self.desk.queue(&self.dispatcher, &ask).await.unwrap().rows
    }
}

both! {
    async fn days_and_times_stand_in_one_order(ground: Ground) {
        let town = Town::on(ground).await;
        let next = town.pending("Fri 10:00", None).await;
        let tuesday = town.pending("Tue 16:00", None).await;
        let wednesday = town.pending("Wed 09:00", None).await;
        let (today, that_day, last) = (town.issue(2).await, town.issue(4).await, town.issue(20).await);
        let wanted = [today, tuesday, that_day, wednesday, next, last];
        let order: Vec<String> = town.queued(0).await.into_iter().map(|row| row.reference).collect();
        assert_eq!(order, wanted);
    }

    async fn pages_go_on_in_that_order(ground: Ground) {
        let town = Town::on(ground).await;
        for day in (3..23).rev() {
            if day % 2 == 0 {
                town.issue(day).await;
            }
        }
        for day in ["Tue", "Wed", "Thu", "Fri"] {
            for hour in [9, 11, 13, 15] {
                town.pending(&format!("{day} {hour:02}:00"), None).await;
            }
        }
        let mut all = town.queued(0).await;
        assert_eq!(all.len(), QUEUE_PAGE as usize);
        all.extend(town.queued(1).await);
        assert_eq!(all.len(), 26);
        let dates: Vec<NaiveDate> = all
            .iter()
            .map(|row| row.dates.as_ref().map_or_else(|| row.start.unwrap().date_naive(), |dates| dates.from))
            .collect();
        assert!(dates.is_sorted(), "{dates:?}");
    }

    async fn what_was_offered_before_is_not_in_its_own_way(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        town.offers(&reference, &[("Wed 09:00", town.ana), ("Thu 15:00", town.ben)]).await;
        let edit = town.edit(&reference, "Tue 12:00").await;
        town.desk.edit_request(&town.carla, edit).await.unwrap();
        let suggested = town.queued(0).await.remove(0).suggested.unwrap();
        assert_eq!((suggested.name.as_str(), suggested.free), ("Ana", true));
        town.is_sound().await;
    }

    async fn the_cut_off_does_not_bind_whom_it_suggests(ground: Ground) {
        let town = Town::on(ground).await;
        town.pending("Tue 10:00", None).await;
        town.change_business(|b| b.request_cut_off = "day-before:17:00".to_owned()).await;
        town.ground.until(at("Mon 18:00")).await;
        let suggested = town.queued(0).await.remove(0).suggested.unwrap();
        assert!(suggested.free, "{}", suggested.name);
    }
}
