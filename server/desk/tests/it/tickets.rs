//! Tickets: numbers that never repeat, what is linked, who may.

use booking::ids::ClientId;
use booking::refusal::Refusal;
use desk::tickets::{NewTicket, TicketSearch};

use crate::ground::refused;

both! {
    async fn numbers_never_repeat(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let before = ground.count("tickets").await;
        let all: Vec<_> = (0..10).map(|n| {
            let desk = ground.desk.clone();
            tokio::spawn(async move {
                let new = NewTicket { client, title: format!("Broken {n}"), description: String::new() };
                desk.create_ticket(&pass, &format!("k{n}"), &new).await.unwrap()
            })
        }).collect();
        let mut numbers = Vec::new();
        for one in all {
            numbers.push(one.await.unwrap());
        }
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 10);
        assert_eq!(ground.count("tickets").await, before + 10);
        let found = TicketSearch { text: "BROKEN 7".into(), ..TicketSearch::default() };
        assert_eq!(ground.desk.tickets(&pass, &found).await.unwrap().total, 1);
    }

    async fn a_ticket_is_made_once_closed_and_opened(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let new = NewTicket { client, title: "Door".into(), description: "It squeaks.\nLoudly.".into() };
        let number = ground.desk.create_ticket(&pass, "k", &new).await.unwrap();
        assert_eq!(ground.desk.create_ticket(&pass, "k", &new).await.unwrap(), number);
        let page = ground.desk.ticket(&pass, &number).await.unwrap().unwrap();
        assert_eq!((page.ticket.client_name.as_str(), page.description.as_str()), ("The Miller family", "It squeaks.\nLoudly."));
        ground.desk.set_ticket_open(&pass, &number, 1, false).await.unwrap();
        assert_eq!(refused(ground.desk.set_ticket_open(&pass, &number, 1, false).await).0, Refusal::Stale);
        let closed = TicketSearch { closed: true, text: "door".into(), ..TicketSearch::default() };
        assert_eq!(ground.desk.tickets(&pass, &closed).await.unwrap().total, 1);
        ground.desk.set_ticket_open(&pass, &number, 2, true).await.unwrap();
    }

    async fn what_is_refused(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let technician = ground.demo("technician@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let new = NewTicket { client, title: "Door".into(), description: String::new() };
        let d = &ground.desk;
        let answers = [
            refused(d.create_ticket(&technician, "k", &new).await),
            refused(d.tickets(&technician, &TicketSearch::default()).await),
            refused(d.ticket(&technician, "T-1").await),
            refused(d.set_ticket_open(&technician, "T-1", 1, false).await),
        ];
        assert!(answers.iter().all(|answer| answer.0 == Refusal::NotAllowed), "{answers:?}");
        let unknown = NewTicket { client: ClientId::new(1), ..new.clone() };
        assert_eq!(refused(d.create_ticket(&pass, "k", &unknown).await), (Refusal::NotFound, Some("client")));
        let untitled = NewTicket { title: " ".into(), ..new };
        assert_eq!(refused(d.create_ticket(&pass, "k", &untitled).await), (Refusal::TextEmpty, Some("title")));
        assert_eq!(refused(d.set_ticket_open(&pass, "T-999999", 1, false).await).0, Refusal::NotFound);
        assert_eq!(d.ticket(&pass, "T-999999").await.unwrap(), None);
        assert_eq!(d.ticket(&pass, "a\0b").await.unwrap(), None);
    }
}
