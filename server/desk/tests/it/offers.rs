//! Offers (spec §5, §6, C6): other times and quotes from sending to their end, with every race about them, on both databases.

use ::booking::ids::TechnicianId;
use ::booking::letter::Event;
use ::booking::offer::{Amount, OfferStatus};
use ::booking::people::Name;
use ::booking::recurrence::{Ends, Frequency, Parts};
use ::booking::refusal::Refusal;
use ::booking::request::RequestKind;
use ::booking::service::Price;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use desk::accept_offer::{Acceptance, Accepted};
use desk::approve_request::Approved;
use desk::decline_request::Declined;
use desk::edit_request::Edited;
use desk::edit_window::WindowEdit;
use desk::offer_link::Answering;
use desk::offers_shown::OfferSeen;
use desk::queue::QueueAsk;
use desk::refuse_offer::{OfferRefusal, Refused};
use desk::send_offer::{NewProposal, NewQuote, OfferForm, OfferSent, ProposedTime};
use desk::submit_request::{NewRequest, Submitted};
use desk::submit_window::{WantedWindow, WindowRequest};
use desk::table::{client, client_service, visit};
use desk::withdraw_request::Withdrawn;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ground::refused;
use crate::told::told;
use crate::town::{self, Town, at};

impl Town {
    async fn offer_form(&self, reference: &str) -> OfferForm {
        OfferForm {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
            length_min: None,
            note: String::new(),
            override_reason: String::new(),
        }
    }

    async fn proposal(&self, reference: &str, times: &[(&str, TechnicianId)]) -> NewProposal {
        NewProposal {
            form: self.offer_form(reference).await,
            times: times.iter().map(|(start, id)| time(start, *id)).collect(),
        }
    }

    async fn propose(&self, reference: &str, times: &[(&str, TechnicianId)]) -> OfferSeen {
        let ask = self.proposal(reference, times).await;
        let answer = self
            .desk
            .propose_times(&self.dispatcher, ask)
            .await
            .unwrap();
        assert_eq!(answer, OfferSent::Done { quote: None });
        self.offer(reference).await
    }

    /// A quote over 187.55 EUR for Thursday 10:00 with Ana, valid for two days.
    async fn quote(&self, reference: &str) -> NewQuote {
        NewQuote {
            form: self.offer_form(reference).await,
            time: time("Thu 10:00", self.ana),
            lines: vec![line("Work", 300, 4_500), line("Call-out", 100, 2_000)],
            tax_bp: 2_100,
            valid_until: at("Wed 18:00"),
        }
    }

    async fn send_quote(&self, reference: &str) -> OfferSeen {
        let ask = self.quote(reference).await;
        let answer = self.desk.send_quote(&self.dispatcher, ask).await.unwrap();
        assert!(
            matches!(answer, OfferSent::Done { quote: Some(_) }),
            "{answer:?}"
        );
        self.offer(reference).await
    }

    async fn offer(&self, reference: &str) -> OfferSeen {
        self.desk
            .my_offers(&self.carla, reference)
            .await
            .unwrap()
            .remove(0)
    }

    async fn acceptance(&self, reference: &str, offer: &OfferSeen, nth: usize) -> Acceptance {
        Acceptance {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
            offer: offer.id,
            time: offer.times[nth].id,
        }
    }

    async fn refusal(&self, reference: &str, offer: &OfferSeen, word: &str) -> OfferRefusal {
        OfferRefusal {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
            offer: offer.id,
            word: word.to_owned(),
        }
    }

    /// The starts that are kept free, in order.
    async fn kept(&self) -> Vec<DateTime<Utc>> {
        let mut all: Vec<_> = self
            .blocking()
            .await
            .into_iter()
            .map(|row| row.starts_at)
            .collect();
        all.sort_unstable();
        all
    }

    async fn counts(&self) -> (u64, u64, u64) {
        let counts = self
            .desk
            .queue(&self.dispatcher, &QueueAsk::default())
            .await
            .unwrap()
            .counts;
        let pending = self.desk.pending_count(&self.dispatcher).await.unwrap();
        (counts.pending, counts.awaiting_client, pending)
    }

    async fn booked(&self) -> visit::Model {
        visit::Entity::find()
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap()
    }

    async fn token_of(&self, event: Event) -> String {
        let letters = self.ground.letters().await;
        let (_, _, facts) = letters
            .iter()
            .rfind(|(what, _, _)| what == event.as_str())
            .unwrap();
        facts["link"]
            .as_str()
            .unwrap()
            .strip_prefix("/l/")
            .unwrap()
            .to_owned()
    }
}

fn time(start: &str, technician: TechnicianId) -> ProposedTime {
    ProposedTime {
        start: at(start),
        technician,
    }
}

fn line(words: &str, hundredths: u32, minor: i64) -> (Name, Amount) {
    let amount = Amount::new(hundredths, Price::new(minor).unwrap()).unwrap();
    (Name::parse(words).unwrap(), amount)
}

both! {
    async fn proposed_times_are_kept_and_the_first_one_is_given_up(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        assert_eq!(town.counts().await, (1, 0, 1));
        let offer = town.propose(&reference, &[("Thu 15:00", town.ben), ("Wed 09:00", town.ana)]).await;
        assert_eq!(offer.status, OfferStatus::Open);
        assert_eq!(offer.times.iter().map(|t| (t.start, t.technician.as_str())).collect::<Vec<_>>(), [
            (at("Wed 09:00"), "Ana"), (at("Thu 15:00"), "Ben"),
        ]);
        assert_eq!(town.kept().await, [at("Wed 09:00"), at("Thu 15:00")]);
        // 72 hours from now, or the start: each lapses by itself, the offer with the last.
        let row = town.request(&reference).await;
        assert!(row.awaiting_client && row.status == "pending");
        assert_eq!(row.expires_at, Some((town.desk.now() + TimeDelta::hours(72)).min(at("Thu 15:00"))));
        assert_eq!(offer.expires, row.expires_at.unwrap());
        assert_eq!(town.counts().await, (1, 1, 0));
        let waiting = QueueAsk { awaiting_client: Some(true), ..QueueAsk::default() };
        let rows = town.desk.queue(&town.dispatcher, &waiting).await.unwrap().rows;
        assert_eq!((rows.len(), rows[0].awaiting_client, rows[0].suggested.clone()), (1, true, None));
        let waiting = QueueAsk { awaiting_client: Some(false), ..waiting };
        assert_eq!(town.desk.queue(&town.dispatcher, &waiting).await.unwrap().rows, []);
        assert_eq!(told(&town, Event::TimesProposed).await, ["carla client M", "carla client P", "dispatcher approvers P"]);
        town.submit(&town.dora, NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 10:00")) }).await;
        let taken = town.desk.submit_request(&town.dora, NewRequest { technician: Some(town.ana), ..town.ask(at("Wed 09:00")) }).await.unwrap();
        assert!(matches!(taken, Submitted::Lost { .. }), "{taken:?}");
        town.is_sound().await;
    }

    async fn the_times_that_are_suggested_can_be_offered_together(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| (s.buffer_before, s.step_min) = (15, Some(30))).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let choices = town.desk.offer_choices(&town.dispatcher, &reference, None).await.unwrap();
        let asked = choices.asked.map(|time| (time.start, time.technician.0));
        assert_eq!(asked, Some((at("Tue 10:00"), town.ana)));
        let free = choices.free;
        assert_eq!(free.len(), 6);
        assert!(free.iter().all(|time| time.start != at("Tue 10:00")), "{free:?}");
        for three in free.chunks(3) {
            let mut ask = town.proposal(&reference, &[]).await;
            ask.times = three.iter().map(|time| ProposedTime { start: time.start, technician: time.technician.0 }).collect();
            let answer = town.desk.propose_times(&town.dispatcher, ask).await.unwrap();
            assert_eq!(answer, OfferSent::Done { quote: None });
        }
        town.is_sound().await;
    }

    async fn one_time_is_taken_and_the_others_are_free_again(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Thu 15:00", town.ben)]).await;
        let ask = town.acceptance(&reference, &offer, 1).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask.clone()).await.unwrap();
        let Accepted::Done { visit, .. } = &answer else { panic!("{answer:?}") };
        assert_eq!(town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap(), answer);
        assert_eq!((&town.booked().await.reference, town.booked().await.starts_at), (visit, at("Thu 15:00")));
        assert_eq!(town.kept().await, [at("Thu 15:00")]);
        let row = town.request(&reference).await;
        assert_eq!((row.status.as_str(), row.awaiting_client), ("approved", false));
        assert_eq!(row.decided_by, Some(Uuid::from_u128(town.carla.person().get())));
        // Whoever offered it is told as well; the invitation goes with the letter.
        assert_eq!(told(&town, Event::BookingApproved).await, [
            "ben technician MI", "ben technician P", "carla client MI", "carla client P", "dispatcher approvers P",
        ]);
        let history = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap().history;
        let words: Vec<_> = history.iter().map(|line| (line.what.as_str(), line.offer.is_some())).collect();
        assert_eq!(words, [("submitted", false), ("times_proposed", true), ("approved", true)]);
        assert_eq!(town.offer(&reference).await.status, OfferStatus::Accepted);
        town.is_sound().await;
    }

    async fn all_of_it_is_refused_with_a_word(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Thu 15:00", town.ben)]).await;
        let mut ask = town.refusal(&reference, &offer, "Mornings only").await;
        ask.word = "x\u{0}".to_owned();
        let answer = town.desk.refuse_offer(Answering::Contact(&town.carla), ask.clone()).await;
        assert_eq!(refused(answer), (Refusal::TextControl, Some("word")));
        ask.word = "Mornings only".to_owned();
        let answer = town.desk.refuse_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(answer, Refused::Done);
        assert!(town.kept().await.is_empty());
        assert_eq!(town.counts().await, (1, 0, 1));
        // What was asked first is not held any more, but it may still be had.
        assert_eq!(town.request(&reference).await.expires_at, Some(at("Tue 10:00")));
        assert_eq!(told(&town, Event::OfferRefused).await, ["dispatcher approvers P"]);
        let offer = town.offer(&reference).await;
        assert_eq!((offer.status, offer.word.as_deref()), (OfferStatus::Refused, Some("Mornings only")));
        let again = town.propose(&reference, &[("Tue 09:00", town.ana)]).await;
        assert_ne!(again.id, offer.id);
        town.is_sound().await;
        town.approve(&reference, town.ana).await;
        assert_eq!(town.kept().await, [at("Tue 10:00")]);
        assert_eq!(town.offer(&reference).await.status, OfferStatus::Dropped);
        town.is_sound().await;
    }

    async fn refused_after_the_first_time_has_begun_staff_still_answer(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Mon 10:00", Some(town.ana)).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana)]).await;
        town.ground.pass(TimeDelta::hours(24)).await;
        let ask = town.refusal(&reference, &offer, "").await;
        town.desk.refuse_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        assert_eq!(town.request(&reference).await.expires_at, None);
        assert_eq!(town.counts().await, (1, 0, 1));
        town.is_sound().await;
    }

    async fn an_offer_that_is_not_answered_expires_with_its_request(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Fri 10:00", Some(town.ana)).await;
        let offer = town.propose(&reference, &[("Tue 09:00", town.ana), ("Wed 09:00", town.ben)]).await;
        // The first has begun, the second is still to come.
        town.ground.pass(at("Tue 12:00") - town.desk.now()).await;
        assert_eq!(town.desk.expire_requests().await.unwrap(), 0);
        let ask = town.acceptance(&reference, &offer, 0).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(answer, Accepted::Lost { why: Refusal::InThePast, left: 1 });
        assert!(town.request(&reference).await.awaiting_client);
        town.is_sound().await;
        town.ground.pass(at("Wed 09:00") - town.desk.now()).await;
        let ask = town.acceptance(&reference, &offer, 1).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert!(matches!(&answer, Accepted::Changed(last) if last.status.as_str() == "expired"), "{answer:?}");
        assert_eq!(town.offer(&reference).await.status, OfferStatus::Expired);
        assert_eq!(told(&town, Event::OfferExpired).await, ["carla client M", "carla client P", "dispatcher approvers P"]);
        assert_eq!(told(&town, Event::RequestExpired).await, Vec::<String>::new());
        assert!(town.kept().await.is_empty());
        town.is_sound().await;
    }

    async fn a_begun_time_of_an_offer_is_in_nobodys_way(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Fri 10:00", Some(town.ana)).await;
        town.propose(&reference, &[("Tue 09:00", town.ana), ("Wed 09:00", town.ana)]).await;
        town.ground.pass(at("Tue 09:00") - town.desk.now()).await;
        // Somebody books the hour that has just begun for another client.
        let other = town.submit(&town.dora, NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 10:00")) }).await;
        let mut ask = town.approval(&other, town.ana).await;
        (ask.start, ask.override_reason) = (Some(at("Tue 09:00")), "On the phone".to_owned());
        let answer = town.desk.approve_request(&town.dispatcher, ask).await.unwrap();
        assert!(matches!(answer, Approved::Done { .. }), "{answer:?}");
        assert_eq!(town.kept().await, [at("Tue 09:00"), at("Wed 09:00")]);
        town.is_sound().await;
    }

    async fn what_cannot_be_offered_is_refused_beside_its_field(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", Some(town.ana)).await;
        town.submit(&town.dora, NewRequest { technician: Some(town.ben), ..town.ask(at("Wed 10:00")) }).await;
        let propose = async |times: &[(&str, TechnicianId)]| {
            let ask = town.proposal(&reference, times).await;
            refused(town.desk.propose_times(&town.dispatcher, ask).await)
        };
        assert_eq!(propose(&[]).await, (Refusal::BadProposal, Some("time_1")));
        assert_eq!(propose(&[("Wed 09:00", town.ana); 2]).await, (Refusal::SlotTaken, Some("time_2")));
        let four = ["Wed 09:00", "Wed 10:00", "Wed 11:00", "Wed 12:00"].map(|start| (start, town.ana));
        assert_eq!(propose(&four).await, (Refusal::BadProposal, Some("time_1")));
        assert_eq!(propose(&[("Wed 09:00", town.ana), ("Wed 09:30", town.ana)]).await, (Refusal::SlotTaken, Some("time_2")));
        assert_eq!(propose(&[("Wed 09:00", town.ana), ("Wed 10:00", town.ben)]).await, (Refusal::SlotTaken, Some("time_2")));
        assert_eq!(propose(&[("Mon 07:00", town.ana)]).await, (Refusal::InThePast, Some("time_1")));
        assert_eq!(propose(&[("Wed 09:00", TechnicianId::new(7))]).await, (Refusal::TechnicianInactive, Some("time_1")));
        let good = town.proposal(&reference, &[("Sat 10:00", town.ana)]).await;
        let answer = town.desk.propose_times(&town.dispatcher, good.clone()).await.unwrap();
        assert!(matches!(answer, OfferSent::Objected { .. }), "{answer:?}");
        assert_eq!(refused(town.desk.propose_times(&town.ana_pass, good.clone()).await), (Refusal::NotAllowed, None));
        let mut bad = good.clone();
        bad.form.length_min = Some(4);
        assert_eq!(refused(town.desk.propose_times(&town.dispatcher, bad).await), (Refusal::BadLength, Some("length")));
        let mut bad = good.clone();
        bad.form.note = "x".repeat(2_001);
        assert_eq!(refused(town.desk.propose_times(&town.dispatcher, bad).await), (Refusal::TextTooLong, Some("note")));
        assert_eq!(town.ground.count("offers").await, 0);
        // With a reason it can be had; the reason is the team's.
        let mut fine = good;
        fine.form.override_reason = "She asked for a Saturday".to_owned();
        let answer = town.desk.propose_times(&town.dispatcher, fine).await.unwrap();
        assert_eq!(answer, OfferSent::Done { quote: None });
        let history = town.desk.my_request(&town.carla, &reference).await.unwrap().unwrap().history;
        assert!(history.iter().all(|line| line.reason.is_none()), "{history:?}");
        let quote = town.quote(&reference).await;
        let mut bad = quote.clone();
        bad.lines.clear();
        assert_eq!(refused(town.desk.send_quote(&town.dispatcher, bad).await), (Refusal::BadAmount, Some("lines")));
        let mut bad = quote.clone();
        bad.valid_until = town.desk.now();
        assert_eq!(refused(town.desk.send_quote(&town.dispatcher, bad).await), (Refusal::BadDate, Some("valid_until")));
        let mut stale = quote;
        stale.form.version -= 1;
        assert!(matches!(town.desk.send_quote(&town.dispatcher, stale).await.unwrap(), OfferSent::Changed(_)));
        town.is_sound().await;
    }

    async fn an_offer_falls_away_when_something_else_happens(ground: Ground) {
        let town = Town::on(ground).await;
        for (round, end) in ["withdraw", "edit", "approve", "decline", "replace"].into_iter().enumerate() {
            let start = ["Mon 10:00", "Mon 11:00", "Mon 12:00", "Mon 13:00", "Mon 14:00"][round];
            let reference = town.pending(start, Some(town.ana)).await;
            let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Wed 09:00", town.ben)]).await;
            let accept = town.acceptance(&reference, &offer, 0).await;
            let kept = match end {
                "withdraw" => {
                    assert_eq!(town.desk.withdraw_request(&town.carla, &reference).await.unwrap(), Withdrawn::Done);
                    vec![]
                }
                // The slot stays as it was, and is held again.
                "edit" => {
                    let mut edit = town.edit(&reference, start).await;
                    edit.notes = "Rather as I said".to_owned();
                    assert_eq!(town.desk.edit_request(&town.carla, edit).await.unwrap(), Edited::Done);
                    vec![at(start)]
                }
                "approve" => {
                    town.approve(&reference, town.ana).await;
                    vec![at("Mon 11:00"), at(start)]
                }
                "decline" => {
                    let decline = town.decline(&reference, "").await;
                    assert_eq!(town.desk.decline_request(&town.owner, decline).await.unwrap(), Declined::Done);
                    vec![at("Mon 11:00"), at("Mon 12:00")]
                }
                _ => {
                    town.propose(&reference, &[("Thu 09:00", town.ben)]).await;
                    vec![at("Mon 11:00"), at("Mon 12:00"), at("Thu 09:00")]
                }
            };
            assert_eq!(town.kept().await, kept, "{end}");
            let all = town.desk.my_offers(&town.carla, &reference).await.unwrap();
            let old = all.iter().find(|seen| seen.id == offer.id).unwrap().status;
            assert_eq!(old, if end == "replace" { OfferStatus::Replaced } else { OfferStatus::Dropped }, "{end}");
            let late = town.desk.accept_offer(Answering::Contact(&town.carla), accept).await.unwrap();
            assert!(matches!(late, Accepted::Changed(_)), "{end}: {late:?}");
            town.is_sound().await;
        }
    }

    async fn a_time_that_is_lost_leaves_the_others_and_then_staff(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Thu 09:00", town.ben)]).await;
        town.retire(town.ana).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(answer, Accepted::Lost { why: Refusal::TechnicianInactive, left: 1 });
        let seen = town.offer(&reference).await;
        assert_eq!(seen.times.iter().map(|time| time.stands).collect::<Vec<_>>(), [false, true]);
        assert_eq!(town.kept().await, [at("Thu 09:00")]);
        town.is_sound().await;
        town.retire(town.ben).await;
        let ask = town.acceptance(&reference, &offer, 1).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(answer, Accepted::Lost { why: Refusal::TechnicianInactive, left: 0 });
        assert_eq!(town.offer(&reference).await.status, OfferStatus::Lost);
        assert_eq!(town.counts().await, (1, 0, 1));
        assert_eq!(told(&town, Event::OfferRefused).await, ["dispatcher approvers P"]);
        assert_eq!(town.ground.count("visits").await, 0);
        town.is_sound().await;
    }

    async fn a_quote_is_accepted_at_its_price_whatever_the_catalogue_says(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.send_quote(&reference).await;
        assert_eq!((offer.price.net_minor, offer.price.tax_minor, offer.price.total_minor), (15_500, 3_255, 18_755));
        assert_eq!((offer.price.currency.as_str(), offer.expires), ("EUR", at("Wed 18:00")));
        assert_eq!(offer.lines.iter().map(|line| line.total_minor).collect::<Vec<_>>(), [13_500, 2_000]);
        assert!(offer.reference.as_deref().is_some_and(|text| text.starts_with("Q-")));
        assert_eq!(town.kept().await, [at("Thu 10:00")]);
        assert_eq!(told(&town, Event::QuoteSent).await, ["carla client M", "carla client P", "dispatcher approvers P"]);
        town.change_service(|s| s.price_minor = Some(99_999)).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert!(matches!(answer, Accepted::Done { .. }), "{answer:?}");
        let visit = town.booked().await;
        assert_eq!(visit.starts_at, at("Thu 10:00"));
        let agreement = client_service::Entity::find_by_id(visit.client_service_id.unwrap()).one(town.desk.db()).await.unwrap().unwrap();
        assert_eq!((agreement.price_minor, agreement.kind.as_str()), (Some(18_755), "one_time"));
        town.is_sound().await;
        // The next visit is at the standing price again.
        let next = town.pending("Fri 10:00", None).await;
        let details = town.desk.request_details(&town.dispatcher, &next).await.unwrap().unwrap();
        assert_eq!(details.price_minor, Some(99_999));
    }

    async fn a_quote_that_has_run_out_or_was_replaced_is_not_accepted(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let first = town.send_quote(&reference).await;
        let mut ask = town.quote(&reference).await;
        ask.lines = vec![line("Work", 100, 10_000)];
        town.desk.send_quote(&town.dispatcher, ask).await.unwrap();
        let all = town.desk.my_offers(&town.carla, &reference).await.unwrap();
        assert_eq!(all.iter().map(|offer| (offer.status, offer.price.total_minor)).collect::<Vec<_>>(), [
            (OfferStatus::Open, 12_100), (OfferStatus::Replaced, 18_755),
        ]);
        let mut old = town.acceptance(&reference, &first, 0).await;
        assert_eq!(refused(town.desk.accept_offer(Answering::Contact(&town.carla), old.clone()).await).0, Refusal::NotAwaitingClient);
        old.offer = all[0].id;
        assert_eq!(refused(town.desk.accept_offer(Answering::Contact(&town.carla), old).await).0, Refusal::NotProposed);
        town.ground.pass(at("Wed 18:00") - town.desk.now()).await;
        assert_eq!(town.offer(&reference).await.status, OfferStatus::Expired);
        let late = town.acceptance(&reference, &all[0], 0).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), late).await.unwrap();
        assert!(matches!(&answer, Accepted::Changed(last) if last.status.as_str() == "expired"), "{answer:?}");
        assert_eq!(town.ground.count("visits").await, 0);
        town.is_sound().await;
    }

    async fn the_link_of_a_letter_shows_one_offer_and_answers_it(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let other = town.pending("Tue 11:00", None).await;
        town.send_quote(&reference).await;
        let token = town.token_of(Event::QuoteSent).await;
        for _ in 0..2 {
            let seen = town.desk.linked_offer(&token).await.unwrap().unwrap();
            assert_eq!((seen.request.reference.as_str(), seen.offer.status), (reference.as_str(), OfferStatus::Open));
        }
        assert_eq!(town.desk.linked_offer("nobody").await.unwrap(), None);
        assert!(town.desk.sign_in_by_link(&token, "x").await.is_err());
        let offer = town.offer(&reference).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        let foreign = Acceptance { request: other, ..ask.clone() };
        assert_eq!(refused(town.desk.accept_offer(Answering::Link(&token), foreign).await).0, Refusal::NotFound);
        assert_eq!(refused(town.desk.accept_offer(Answering::Link("x"), ask.clone()).await).0, Refusal::LinkExpired);
        assert_eq!(refused(town.desk.accept_offer(Answering::Contact(&town.dora), ask.clone()).await).0, Refusal::NotFound);
        let answer = town.desk.accept_offer(Answering::Link(&token), ask).await.unwrap();
        assert!(matches!(answer, Accepted::Done { .. }), "{answer:?}");
        // It still says what became of it, for a month.
        assert_eq!(town.desk.linked_offer(&token).await.unwrap().unwrap().offer.status, OfferStatus::Accepted);
        town.ground.pass(TimeDelta::days(40)).await;
        assert_eq!(town.desk.linked_offer(&token).await.unwrap(), None);
        town.is_sound().await;
    }

    async fn the_link_of_a_letter_speaks_the_language_of_who_got_it(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        town.send_quote(&reference).await;
        let token = town.token_of(Event::QuoteSent).await;
        let speaks = async || town.desk.offer_language(&token).await.unwrap();
        assert_eq!(speaks().await.as_deref(), Some("en"), "the business's");
        let theirs = client::ActiveModel {
            id: Set(Uuid::from_u128(town.carla.client().get())),
            locale: Set(Some("de".to_owned())),
            ..Default::default()
        };
        theirs.update(town.desk.db()).await.unwrap();
        assert_eq!(speaks().await.as_deref(), Some("de"), "the client's");
        let me = town::pass(&town.desk, town.carla.person().get()).await;
        town.desk.choose_language(&me, "es").await.unwrap();
        assert_eq!(speaks().await.as_deref(), Some("es"), "their own");
        // That it is over is said in the same language.
        town.ground.pass(TimeDelta::days(60)).await;
        assert_eq!(town.desk.linked_offer(&token).await.unwrap(), None);
        assert_eq!(speaks().await.as_deref(), Some("es"));
        assert_eq!(town.desk.offer_language("nobody").await.unwrap(), None);
    }

    async fn nobody_else_sees_an_offer(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let quote = town.send_quote(&reference).await.reference.unwrap();
        assert_eq!(town.desk.my_offers(&town.dora, &reference).await.unwrap(), []);
        assert_eq!(town.desk.my_quote(&town.dora, &quote).await.unwrap(), None);
        assert_eq!(town.desk.quote(&town.ana_pass, &quote).await.unwrap(), None);
        assert_eq!(town.desk.my_quote(&town.carla, &quote).await.unwrap().unwrap().client, "Carla's house");
        assert_eq!(town.desk.quote(&town.owner, &quote).await.unwrap().unwrap().request, reference);
        let own = town::client(&town.desk, "The club", true).await;
        let eve = town::contact(&town.desk, own, "Eve").await;
        let finn = town::contact(&town.desk, own, "Finn").await;
        let eve = town::pass(&town.desk, eve).await.contact().unwrap();
        let finn = town::pass(&town.desk, finn).await.contact().unwrap();
        let theirs = town.submit(&eve, town.ask(at("Tue 12:00"))).await;
        let ask = town.proposal(&theirs, &[("Wed 09:00", town.ana)]).await;
        town.desk.propose_times(&town.dispatcher, ask).await.unwrap();
        assert_eq!(town.desk.my_offers(&finn, &theirs).await.unwrap(), []);
        assert_eq!(town.desk.my_offers(&eve, &theirs).await.unwrap().len(), 1);
    }

    async fn the_client_accepts_while_staff_decline(ground: Ground) {
        let town = Town::on(ground).await;
        for round in 0..8_i64 {
            let start = at("Mon 10:00") + TimeDelta::days(round / 4 * 7) + TimeDelta::hours(round % 4);
            let reference = town.submit(&town.carla, town.ask(start)).await;
            let mut ask = town.proposal(&reference, &[("Wed 09:00", town.ana)]).await;
            ask.times[0].start += TimeDelta::days(round / 4 * 7) + TimeDelta::hours(round % 4);
            town.desk.propose_times(&town.dispatcher, ask).await.unwrap();
            let offer = town.offer(&reference).await;
            let accept = town.acceptance(&reference, &offer, 0).await;
            let refuse = town.refusal(&reference, &offer, "").await;
            let decline = town.decline(&reference, "").await;
            let (a, d, r) = tokio::join!(
                town.desk.accept_offer(Answering::Contact(&town.carla), accept),
                town.desk.decline_request(&town.owner, decline),
                town.desk.refuse_offer(Answering::Contact(&town.carla), refuse),
            );
            let ends = [
                matches!(a.unwrap(), Accepted::Done { .. }),
                matches!(d.unwrap(), Declined::Done),
                matches!(r.unwrap(), Refused::Done),
            ];
            assert_eq!(ends.iter().filter(|end| **end).count(), 1, "{ends:?}");
            town.is_sound().await;
        }
        assert_eq!(town.ground.count("visits").await, town.ground.count("requests WHERE status = 'approved'").await);
        assert_eq!(town.ground.count("offers WHERE status = 'open'").await, 0);
    }

    async fn two_contacts_take_different_times(ground: Ground) {
        let town = Town::on(ground).await;
        let second = town::contact(&town.desk, town.carla.client(), "Carlo").await;
        let second = town::pass(&town.desk, second).await.contact().unwrap();
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Thu 09:00", town.ben)]).await;
        let barrier = Arc::new(Barrier::new(10));
        let mut all = JoinSet::new();
        for n in 0..10 {
            let who = if n % 2 == 0 { town.carla.clone() } else { second.clone() };
            let ask = town.acceptance(&reference, &offer, n % 2).await;
            let (desk, barrier) = (town.desk.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.accept_offer(Answering::Contact(&who), ask).await.unwrap()
            });
        }
        let answers = all.join_all().await;
        let done = answers.iter().filter(|answer| matches!(answer, Accepted::Done { .. })).count();
        let late = answers.iter().filter(|answer| matches!(answer, Accepted::Changed(_))).count();
        assert_eq!((done, late), (1, 9), "{answers:?}");
        assert_eq!((town.ground.count("visits").await, town.kept().await.len()), (1, 1));
        town.is_sound().await;
    }

    async fn a_quote_is_accepted_ten_times_at_once(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.send_quote(&reference).await;
        let token = town.token_of(Event::QuoteSent).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        let barrier = Arc::new(Barrier::new(10));
        let mut all = JoinSet::new();
        for n in 0..10 {
            let (desk, who, token) = (town.desk.clone(), town.carla.clone(), token.clone());
            let (ask, barrier) = (ask.clone(), Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                let by = if n % 2 == 0 { Answering::Contact(&who) } else { Answering::Link(&token) };
                desk.accept_offer(by, ask).await.unwrap()
            });
        }
        let answers = all.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert!(matches!(answers[0], Accepted::Done { .. }));
        assert_eq!(town.ground.count("visits").await, 1);
        assert_eq!(town.ground.count("client_services").await, 1);
        town.is_sound().await;
    }

    async fn an_offer_and_another_booking_of_the_technician(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_service(|s| s.holds = false).await;
        for day in ["Tue", "Wed", "Thu", "Fri"] {
            let mine = town.pending(&format!("{day} 15:00"), None).await;
            let other = town.submit(&town.dora, town.ask(at(&format!("{day} 10:00")))).await;
            let ask = town.proposal(&mine, &[(&format!("{day} 10:00"), town.ana)]).await;
            let approve = town.approval(&other, town.ana).await;
            let (offered, approved) = tokio::join!(
                town.desk.propose_times(&town.dispatcher, ask),
                town.desk.approve_request(&town.owner, approve),
            );
            let done = matches!(approved.unwrap(), Approved::Done { .. });
            match offered {
                Ok(OfferSent::Done { .. }) => {
                    assert!(!done, "{day}");
                    let offer = town.offer(&mine).await;
                    let accept = town.acceptance(&mine, &offer, 0).await;
                    let approve = town.approval(&other, town.ana).await;
                    let (accepted, approved) = tokio::join!(
                        town.desk.accept_offer(Answering::Contact(&town.carla), accept),
                        town.desk.approve_request(&town.owner, approve),
                    );
                    assert!(matches!(accepted.unwrap(), Accepted::Done { .. }));
                    assert!(matches!(approved.unwrap(), Approved::Lost { .. }));
                }
                Ok(answer) => panic!("{answer:?}"),
                Err(trouble) => {
                    assert!(done, "{day}");
                    assert_eq!(trouble.refusal(), Some(Refusal::SlotTaken));
                }
            }
            town.is_sound().await;
        }
    }

    async fn two_offers_for_one_hour(ground: Ground) {
        let town = Town::on(ground).await;
        let mut asks = Vec::new();
        for start in ["Tue 10:00", "Tue 11:00", "Tue 12:00", "Tue 13:00"] {
            let reference = town.pending(start, Some(town.ben)).await;
            asks.push(town.proposal(&reference, &[("Wed 09:00", town.ana), ("Wed 10:00", town.ana)]).await);
        }
        let barrier = Arc::new(Barrier::new(asks.len()));
        let mut all = JoinSet::new();
        for ask in asks {
            let (desk, who, barrier) = (town.desk.clone(), town.dispatcher, Arc::clone(&barrier));
            all.spawn(async move {
                barrier.wait().await;
                desk.propose_times(&who, ask).await
            });
        }
        let answers = all.join_all().await;
        let done = answers.iter().filter(|answer| matches!(answer, Ok(OfferSent::Done { .. }))).count();
        assert_eq!(done, 1, "{answers:?}");
        assert_eq!(town.ground.count("offers").await, 1);
        town.is_sound().await;
    }

    async fn the_undo_window_does_not_hold_back_what_a_client_accepted(ground: Ground) {
        let town = Town::on(ground).await;
        town.change_business(|business| business.undo_minutes = 10).await;
        let reference = town.pending("Tue 10:00", None).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana)]).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(town.ground.count("undo_windows").await, 0);
        // What staff approve meanwhile can be taken back, and waits for staff then.
        let reference = town.pending("Tue 11:00", Some(town.ben)).await;
        town.propose(&reference, &[("Wed 11:00", town.ana)]).await;
        town.approve(&reference, town.ben).await;
        let undo = desk::undo_decision::NewUndo {
            key: Uuid::now_v7().to_string(),
            request: reference.clone(),
            version: town.request(&reference).await.version,
        };
        town.desk.undo_decision(&town.dispatcher, undo).await.unwrap();
        let row = town.request(&reference).await;
        assert_eq!((row.status.as_str(), row.awaiting_client, row.expires_at), ("pending", false, Some(at("Tue 11:00"))));
        assert_eq!(town.kept().await, [at("Tue 11:00"), at("Wed 09:00")]);
        town.is_sound().await;
    }
}

/// A request of Carla's for an hour from Tuesday to Thursday.
async fn some_days(town: &Town, kind: RequestKind, repeat: Option<Parts>) -> String {
    let date = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    let ask = WindowRequest {
        key: Uuid::now_v7().to_string(),
        service: town.service,
        wanted: WantedWindow {
            kind,
            length_min: 60,
            from: date(3),
            to: date(5),
            part: None,
            repeat,
            technician: None,
        },
        notes: "It rattles".to_owned(),
        ticket: String::new(),
        subjects: Vec::new(),
        answers: Vec::new(),
        photos: Vec::new(),
    };
    match town.desk.submit_window(&town.carla, ask).await.unwrap() {
        Submitted::Sent { reference } => reference,
        other => panic!("not sent: {other:?}"),
    }
}

both! {
    async fn a_request_for_some_days_is_answered_with_an_offer(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = some_days(&town, RequestKind::OneTime, None).await;
        let over = town.request(&reference).await.expires_at;
        let choices = town.desk.offer_choices(&town.dispatcher, &reference, None).await.unwrap();
        assert_eq!((choices.free[0].start, choices.technicians.len()), (at("Tue 09:00"), 2));
        assert!(choices.free.is_sorted_by(|one, next| one.end <= next.start), "{choices:?}");
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana), ("Fri 09:00", town.ben)]).await;
        assert_eq!(town.kept().await, [at("Wed 09:00"), at("Fri 09:00")]);
        let ask = town.refusal(&reference, &offer, "").await;
        town.desk.refuse_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert_eq!(town.request(&reference).await.expires_at, over);
        town.is_sound().await;
        let offer = town.propose(&reference, &[("Fri 09:00", town.ben)]).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        let answer = town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        assert!(matches!(answer, Accepted::Done { .. }), "{answer:?}");
        assert_eq!(town.kept().await, [at("Fri 09:00")]);
        town.is_sound().await;
    }

    async fn an_issue_is_quoted_and_gets_its_case(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = some_days(&town, RequestKind::Issue, None).await;
        let offer = town.send_quote(&reference).await;
        let ask = town.acceptance(&reference, &offer, 0).await;
        town.desk.accept_offer(Answering::Contact(&town.carla), ask).await.unwrap();
        let ticket = town.request(&reference).await.ticket;
        assert!(ticket.is_some());
        assert_eq!(town.booked().await.ticket, ticket);
        assert_eq!(town.ground.count("tickets").await, 1);
        town.is_sound().await;
    }

    async fn an_offer_for_some_days_falls_away_when_they_are_edited(ground: Ground) {
        let town = Town::on(ground).await;
        let reference = some_days(&town, RequestKind::OneTime, None).await;
        let offer = town.propose(&reference, &[("Wed 09:00", town.ana)]).await;
        let date = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let ask = WindowEdit {
            key: Uuid::now_v7().to_string(),
            request: reference.clone(),
            version: town.request(&reference).await.version,
            wanted: WantedWindow {
                kind: RequestKind::OneTime,
                length_min: 60,
                from: date(4),
                to: date(6),
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
        assert_eq!(town.desk.edit_window(&town.carla, ask).await.unwrap(), Edited::Done);
        let old = town.desk.my_offers(&town.carla, &reference).await.unwrap();
        assert_eq!((old[0].id, old[0].status), (offer.id, OfferStatus::Dropped));
        assert!(town.kept().await.is_empty());
        town.is_sound().await;
    }

    async fn what_repeats_is_not_answered_with_an_offer(ground: Ground) {
        let town = Town::on(ground).await;
        let weekly = Parts {
            freq: Frequency::Weekly,
            interval: 1,
            weekdays: vec![Weekday::Tue],
            ends: Ends::Count(4),
            excluded: Vec::new(),
        };
        town.change_service(|s| s.recurring = true).await;
        let reference = some_days(&town, RequestKind::Recurring, Some(weekly)).await;
        let ask = town.proposal(&reference, &[("Wed 09:00", town.ana)]).await;
        assert_eq!(refused(town.desk.propose_times(&town.dispatcher, ask).await).0, Refusal::KindMismatch);
        let ask = town.quote(&reference).await;
        assert_eq!(refused(town.desk.send_quote(&town.dispatcher, ask).await).0, Refusal::KindMismatch);
    }
}
