//! The logo: an owner changes it, nobody else; what is no picture is refused with a sentence; a page shows what was stored.

use axum::body::Body;
use http::Request;

use crate::house::{Answer, House, Who};

/// One pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T',
    0x78, 0xda, 0x63, 0xfc, 0xcf, 0xc0, 0x50, 0x0f, 0, 0x04, 0x85, 0x01, 0x80, 0x84, 0xa9, 0x8c,
    0x21, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

async fn send(house: &House, who: Who, version: i32, file: &[u8]) -> Answer {
    let mut body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"version\"\r\n\r\n{version}\r\n\
         --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let cookie = house.cookie(who).await.unwrap_or_default();
    let request = Request::post("/office/settings/logo")
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(Body::from(body))
        .unwrap();
    house.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_changes_it_and_every_page_shows_it() {
    let house = House::with_demo().await;
    let version = house.desk.business().await.unwrap().version;
    for who in [Who::Nobody, Who::Contact, Who::Technician, Who::Dispatcher] {
        send(&house, who, version, PNG).await;
        assert_eq!(house.desk.business().await.unwrap().logo, None, "{who:?}");
    }
    let answer = send(&house, Who::Owner, version, PNG).await;
    assert_eq!(
        answer.header("location"),
        "/office/settings/business?done=page"
    );
    let id = house.desk.business().await.unwrap().logo.unwrap();
    let page = house.get("/sign-in", None).await;
    assert!(page.text.contains(&format!("/logo/{id}")));
    let picture = house.get(&format!("/logo/{id}"), None).await;
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.status.as_u16(), 200);
    assert_eq!(house.get("/logo/0", None).await.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_in_words() {
    let house = House::with_demo().await;
    let version = house.desk.business().await.unwrap().version;
    let answer = send(&house, Who::Owner, version, b"<svg onload=alert(1)>").await;
    let led = answer.header("location").to_owned();
    assert_eq!(led, "/office/settings/business?logo=bad-picture#logo");
    let cookie = house.cookie(Who::Owner).await;
    let page = house
        .get(
            "/office/settings/business?logo=bad-picture",
            cookie.as_deref(),
        )
        .await;
    assert!(
        page.text
            .contains("This is not a picture that can be used.")
    );
    let stale = send(&house, Who::Owner, version - 1, PNG).await;
    assert!(stale.header("location").contains("logo=stale"));
    assert_eq!(house.desk.business().await.unwrap().logo, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_five_megabytes_are_not_read() {
    let house = House::with_demo().await;
    let version = house.desk.business().await.unwrap().version;
    let answer = send(&house, Who::Owner, version, &vec![0; 6 * 1024 * 1024]).await;
    assert!(
        answer.status.as_u16() == 413 || answer.header("location").contains("logo=bad-picture")
    );
    assert_eq!(house.desk.business().await.unwrap().logo, None);
}
