//! What every answer carries, and how the gate leads people.

use crate::house::{House, Who};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers() {
    let house = House::with_demo().await;
    let css = format!(
        "{}/pkg/frontdesk.css",
        assets(&house.get("/sign-in", None).await.text)
    );
    for path in [
        "/sign-in",
        "/",
        "/nothing",
        "/office",
        "/healthz",
        "/readyz",
        &css,
        "/assets/other/pkg/frontdesk.css",
    ] {
        let answer = house.get(path, None).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            !answer.header("permissions-policy").is_empty()
                && !answer.header("x-request-id").is_empty(),
            "{path}"
        );
    }
    assert!(
        house
            .get(&css, None)
            .await
            .header("cache-control")
            .contains("immutable")
    );
    assert_eq!(
        house.get("/sign-in", None).await.header("cache-control"),
        "no-store"
    );
}

fn assets(page: &str) -> String {
    let start = page.find("/assets/").unwrap();
    page[start..]
        .split('/')
        .take(3)
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_run_by_their_nonce_only() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Contact).await;
    let answer = house.get("/", cookie.as_deref()).await;
    let policy = answer.header("content-security-policy").to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    let scripts = answer.text.matches("<script").count();
    assert!(scripts > 1);
    assert_eq!(
        answer.text.matches(&format!("nonce=\"{nonce}\"")).count() - preloads(&answer.text),
        scripts
    );
    assert!(
        !answer.text.contains(" style=\""),
        "style attributes are blocked by the policy"
    );
}

fn preloads(page: &str) -> usize {
    page.matches("rel=\"modulepreload\"").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_leads_people() {
    let house = House::with_demo().await;
    let wanted = house.get("/office/requests?status=pending", None).await;
    assert_eq!(
        wanted.header("location"),
        "/sign-in?next=/office/requests%3Fstatus%3Dpending"
    );
    let contact = house.cookie(Who::Contact).await;
    let hidden = house.get("/office", contact.as_deref()).await;
    assert_eq!(hidden.status.as_u16(), 404);
    assert!(
        !hidden.text.contains("/office"),
        "nothing of the office is shown"
    );
    let staff = house.cookie(Who::Dispatcher).await;
    assert_eq!(
        house.get("/", staff.as_deref()).await.header("location"),
        "/office"
    );
    assert_eq!(
        house
            .get("/", Some("frontdesk=forged"))
            .await
            .header("location"),
        "/sign-in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_place_gets_its_bundle() {
    let house = House::with_demo().await;
    let (contact, staff) = (
        house.cookie(Who::Contact).await,
        house.cookie(Who::Owner).await,
    );
    let portal = house.get("/", contact.as_deref()).await.text;
    assert!(portal.contains("/pkg/portal.js") && !portal.contains("office"));
    let office = house.get("/office", staff.as_deref()).await.text;
    assert!(office.contains("/pkg/office.js") && !office.contains("/pkg/portal"));
    assert!(!house.get("/sign-in", None).await.text.contains(".js"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_their_own_language() {
    let house = House::with_demo().await;
    let session = house
        .desk
        .sign_in(
            "cliente@example.com",
            desk::seed_demo::PASSWORD,
            "test",
            "192.0.2.1",
        )
        .await
        .unwrap();
    let page = house
        .get("/", Some(&format!("frontdesk={}", session.token)))
        .await
        .text;
    assert!(page.contains("<html lang=\"es\"") && page.contains("Agenda"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_installation_is_set_up_by_its_link() {
    let house = House::empty().await;
    let token = house.desk.set_up_link().await.unwrap().unwrap();
    assert!(
        house
            .get(&format!("/l/{token}"), None)
            .await
            .text
            .contains("name=\"business\"")
    );
    let body = format!(
        "token={token}&business=Sol&time_zone=Europe%2FMadrid&locale=es&currency=EUR&name=Ana&email=ana%40example.com&password=correct+horse+battery"
    );
    let answer = house
        .submit("set_up", &body, &format!("/l/{token}"), None)
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/office/set-up")
    );
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        house
            .get("/office/set-up", Some(&cookie))
            .await
            .status
            .as_u16(),
        200
    );
    assert_eq!(
        house
            .get(&format!("/l/{token}"), None)
            .await
            .status
            .as_u16(),
        410
    );
}
