//! Forms without scripts: redirected when they work, drawn again when they do not.

use crate::house::{House, Who, post};

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_works_leads_on() {
    let house = House::with_demo().await;
    let body = "email=client%40example.com&password=frontdesk-demo&next=%2Frequests";
    let answer = house.submit("sign_in", body, "/sign-in", None).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/requests")
    );
    assert!(answer.header("set-cookie").starts_with("frontdesk="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed_but_no_password() {
    let house = House::with_demo().await;
    let body = "email=%3Csomebody%40example.com&password=wrong-password&next=%2Frequests";
    let answer = house
        .submit("sign_in", body, "/sign-in?next=%2Frequests", None)
        .await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(
        answer
            .text
            .contains("The e-mail address or the password is wrong.")
    );
    assert!(
        answer.text.contains("value=\"&lt;somebody@example.com\""),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("wrong-password"));
    assert!(
        answer
            .text
            .contains("name=\"_page\" value=\"/sign-in?next=%2Frequests\"")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_on_a_page_drawn_again_still_knows_its_page() {
    let house = House::with_demo().await;
    let body = "email=a%40example.com&password=x&_page=%2Fsign-in";
    let answer = house.submit("sign_in", body, "/do/sign_in", None).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.text.contains("action=\"/do/sign_in\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_is_not_led_elsewhere() {
    let house = House::with_demo().await;
    for next in [
        "%2F%2Fevil.example",
        "https%3A%2F%2Fevil.example",
        "javascript%3Aalert(1)",
        "%2F%5Cevil.example",
        "%2Fa%0D%0Ab",
    ] {
        let body = format!("email=client%40example.com&password=frontdesk-demo&next={next}");
        let answer = house.submit("sign_in", &body, "/sign-in", None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/"),
            "{next}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_survives_a_database_that_is_away() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Contact).await;
    house.desk.db().clone().close().await.unwrap();
    let body = "email=client%40example.com&password=frontdesk-demo&key=1&notes=The+blue+door";
    let answer = house
        .submit("sign_in", body, "/request", cookie.as_deref())
        .await;
    assert_eq!(answer.status.as_u16(), 503, "{}", answer.text);
    assert!(answer.text.contains("The blue door") && answer.text.contains("name=\"notes\""));
    assert!(!answer.text.contains("frontdesk-demo"));
    assert_eq!(house.get("/", cookie.as_deref()).await.status.as_u16(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_too_large_or_unreadable_is_refused() {
    let house = House::with_demo().await;
    let large = format!("email={}&password=x", "a".repeat(70_000));
    assert_eq!(
        house
            .submit("sign_in", &large, "/sign-in", None)
            .await
            .status
            .as_u16(),
        413
    );
    assert_eq!(
        house.call("sign_in", &large, None).await.status.as_u16(),
        413
    );
    assert_eq!(
        house
            .call("sign_in", "email=a%40example.com", None)
            .await
            .status
            .as_u16(),
        400
    );
    assert_eq!(
        house
            .submit("sign_in", "email=a%40example.com", "/sign-in", None)
            .await
            .status
            .as_u16(),
        400
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_another_site_is_refused() {
    let house = House::with_demo().await;
    let mut request = post("sign_out", "", None, "text/html");
    request
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(house.send(request).await.status.as_u16(), 403);
    let mut old = post("sign_out", "", None, "text/html");
    old.headers_mut().remove("sec-fetch-site");
    old.headers_mut()
        .insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(house.send(old).await.status.as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_by_a_get() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Contact).await;
    let answer = house.get("/do/sign_out", cookie.as_deref()).await;
    assert!(
        matches!(answer.status.as_u16(), 303 | 405),
        "{}",
        answer.status
    );
    assert_eq!(house.get("/", cookie.as_deref()).await.status.as_u16(), 200);
}
