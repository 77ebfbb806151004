//! How photos arrive: nobody keeps others out, and nothing is read, drawn or sent back that no form of ours holds.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use futures::StreamExt;
use tokio::sync::oneshot;

use super::{PAGE, client, form, jpeg, request, send, sent};
use crate::house::{Answer, House};

/// A post that is under way: it has sent the beginning of its photo, and sends the rest when it is let go.
struct Slow<'a> {
    answer: Pin<Box<dyn Future<Output = Answer> + Send + 'a>>,
    go: oneshot::Sender<()>,
}

impl<'a> Slow<'a> {
    async fn begun(house: &'a House, cookie: &str, file: &[u8]) -> Self {
        let key = uuid::Uuid::now_v7().to_string();
        let whole = Bytes::from(form(&[("key", &key)], Some(file)));
        let (begun, is_read) = oneshot::channel();
        let (go, may_go) = oneshot::channel::<()>();
        let (head, rest) = (whole.slice(..120), whole.slice(120..));
        let head = async move {
            begun.send(()).unwrap();
            Ok::<_, std::io::Error>(head)
        };
        let rest = async move {
            may_go.await.unwrap();
            Ok(rest)
        };
        let body = futures::stream::once(head).chain(futures::stream::once(rest));
        let request = request(cookie, None, Body::from_stream(body));
        let mut answer: Pin<Box<dyn Future<Output = Answer> + Send + 'a>> =
            Box::pin(house.send(request));
        tokio::select! {
            answer = &mut answer => panic!("answered {}", answer.status),
            is_read = is_read => is_read.unwrap(),
        }
        Self { answer, go }
    }

    async fn ended(self) -> Answer {
        self.go.send(()).unwrap();
        self.answer.await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_places_of_others() {
    let house = House::with_demo().await;
    let carla = client(&house).await;
    let dora = house
        .desk
        .sign_in(
            "cliente@example.com",
            desk::seed_demo::PASSWORD,
            "test",
            "192.0.2.9",
        )
        .await;
    let dora = format!("frontdesk={}", dora.unwrap().token);
    let file = jpeg(8, 8);
    let first = Slow::begun(&house, &carla, &file).await;
    let second = Slow::begun(&house, &carla, &file).await;
    let third = send(&house, &carla, "k", &file).await;
    assert_eq!(third.status.as_u16(), 503, "{}", third.text);
    // What was typed is kept all the same, and what is taken away needs no place.
    let typed = form(&[("key", "k"), ("notes", "kept")], Some(&file));
    let answer = house.send(request(&carla, Some(PAGE), typed)).await;
    assert_eq!(
        answer.header("location"),
        format!("{PAGE}?key=k&notes=kept&photo_problem=busy#photos")
    );
    let gone = form(&[("remove", &uuid::Uuid::now_v7().to_string())], None);
    assert_eq!(
        house
            .send(request(&carla, None, gone))
            .await
            .status
            .as_u16(),
        200
    );
    sent(&house, &dora, &file).await;
    // Who goes away leaves their place, and who has sent theirs.
    drop(first);
    sent(&house, &carla, &file).await;
    assert_eq!(second.ended().await.status.as_u16(), 200);
    let first = Slow::begun(&house, &carla, &file).await;
    sent(&house, &carla, &file).await;
    // Beyond what a form sends at once nothing is read.
    let mut more = Vec::new();
    for _ in 0..5 {
        more.push(Slow::begun(&house, &carla, &file).await);
    }
    let never = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = house.send(request(&carla, None, never)).await;
    assert_eq!(answer.status.as_u16(), 503);
    sent(&house, &dora, &file).await;
    drop((first, more));
    sent(&house, &carla, &file).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_kept_is_not_drawn() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    for _ in 0..5 {
        assert_eq!(
            send(&house, &cookie, "one", &jpeg(8, 8))
                .await
                .status
                .as_u16(),
            200
        );
    }
    let answer = send(&house, &cookie, "one", b"no picture").await;
    assert!(answer.text.contains("At most 5 photos."), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_names_are_not_sent_back() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let long = "n".repeat(1024 * 1024);
    for fields in [
        [("key", "k"), (long.as_str(), "v")],
        [(&long[..201], "v"), ("key", "k")],
    ] {
        let body = form(&fields, Some(&jpeg(8, 8)));
        let answer = house.send(request(&cookie, Some(PAGE), body.clone())).await;
        let led = answer.header("location");
        assert!(
            led.len() < 200 && led.ends_with("photo_problem=bad-photo#photos"),
            "{}",
            led.len()
        );
        assert_eq!(
            house
                .send(request(&cookie, None, body))
                .await
                .status
                .as_u16(),
            400
        );
    }
    // Names count as what was typed does.
    let names: Vec<String> = (0..150).map(|n| format!("{n:0200}")).collect();
    let long = "v".repeat(300);
    let fields: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), long.as_str()))
        .collect();
    let answer = house
        .send(request(&cookie, Some(PAGE), form(&fields, None)))
        .await;
    assert!(answer.header("location").len() < 70_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_without_an_end_is_not_read_to_it() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    let head = Bytes::from_static(b"--edge\r\ncontent-disposition: form-data; name=\"");
    let piece = Bytes::from(vec![b'n'; 16 * 1024]);
    let endless =
        futures::stream::iter(std::iter::once(head).chain(std::iter::repeat_n(piece, 1_600)));
    let endless = endless.map(move |piece| {
        count.fetch_add(piece.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece)
    });
    let answer = house
        .send(request(&cookie, None, Body::from_stream(endless)))
        .await;
    assert_eq!(answer.status.as_u16(), 422);
    let read = read.load(Ordering::Relaxed) / 1024;
    assert!(read <= 256, "{read} KiB");
}
