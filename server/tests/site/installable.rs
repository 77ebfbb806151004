//! The portal as an application: what its manifest says, what its worker is told, and what a signed-out browser forgets.

use serde_json::Value;

use crate::house::{Answer, House, Who};

fn icon(file: &str) -> image::DynamicImage {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../style/static/icons");
    let bytes = std::fs::read(format!("{folder}/{file}")).unwrap();
    image::load_from_memory(&bytes).unwrap()
}

async fn reader(house: &House, path: &str, cookie: Option<&str>) -> String {
    let answer = house.get(path, cookie).await;
    answer.header("frontdesk-reader").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_names_the_business_and_icons_of_the_sizes_it_says() {
    let house = House::with_demo().await;
    let answer = house.get("/manifest.webmanifest", None).await;
    assert_eq!(answer.header("content-type"), "application/manifest+json");
    let manifest: Value = serde_json::from_str(&answer.text).unwrap();
    let business = house.desk.business().await.unwrap();
    assert_eq!(manifest["name"], business.name);
    assert_eq!(manifest["lang"], business.locale);
    assert_eq!(manifest["dir"], "ltr");
    assert_eq!(
        (&manifest["start_url"], &manifest["scope"]),
        (&"/".into(), &"/".into())
    );
    assert_eq!(manifest["display"], "standalone");
    let icons = manifest["icons"].as_array().unwrap();
    let purposes: Vec<&str> = icons
        .iter()
        .map(|icon| icon["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(purposes, ["any", "any", "maskable"]);
    for said in icons {
        let file = said["src"]
            .as_str()
            .unwrap()
            .split("/icons/")
            .nth(1)
            .unwrap();
        let drawn = icon(file);
        let sizes = format!("{}x{}", drawn.width(), drawn.height());
        assert_eq!(said["sizes"], sizes, "{file}");
    }
    // A mask takes the corners: they must be of the icon's colour.
    for (file, side) in [("maskable-512.png", 512), ("apple-touch-icon.png", 180)] {
        let drawn = icon(file).into_rgba8();
        assert_eq!(drawn.dimensions(), (side, side));
        assert_eq!(drawn.get_pixel(0, 0).0, [0x43, 0x38, 0xca, 255], "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_it_is_set_up_the_application_has_the_products_name() {
    let house = House::empty().await;
    let answer = house.get("/manifest.webmanifest", None).await;
    let manifest: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(manifest["name"], "Frontdesk");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_is_asked_for_anew_and_names_its_build() {
    let house = House::with_demo().await;
    let worker = house.get("/sw.js", None).await;
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert!(worker.header("content-type").starts_with("text/javascript"));
    assert_eq!(
        worker.header("content-security-policy"),
        "default-src 'none'; connect-src 'self'"
    );
    let page = house.get("/sign-in", None).await.text;
    let build = page
        .split("/assets/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    assert!(
        worker
            .text
            .starts_with(&format!("const BUILD = \"{build}\";"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_whose_it_is() {
    let house = House::with_demo().await;
    let (contact, owner) = (
        house.cookie(Who::Contact).await,
        house.cookie(Who::Owner).await,
    );
    let client = reader(&house, "/", contact.as_deref()).await;
    assert!(client.ends_with(".en"));
    assert_eq!(reader(&house, "/account", contact.as_deref()).await, client);
    assert_ne!(reader(&house, "/office", owner.as_deref()).await, client);
    // Led to the door, and the door.
    assert_eq!(reader(&house, "/", None).await, "none");
    assert_eq!(reader(&house, "/sign-in", None).await, "none");
    // In another language it is another reader: what is remembered is in the old one.
    let session = contact.as_deref();
    house
        .submit("choose_language", "language=de", "/", session)
        .await;
    assert_eq!(
        reader(&house, "/", session).await,
        client.replace(".en", ".de")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_that_tell_a_client_something_may_be_remembered() {
    let house = House::with_demo().await;
    let contact = house.cookie(Who::Contact).await;
    let owner = house.cookie(Who::Owner).await;
    let kept = |answer: &Answer| {
        let is_marked = answer.text.contains("<div id=\"as-of\" hidden");
        assert_eq!(is_marked, answer.header("frontdesk-keep") == "1");
        is_marked
    };
    for path in ["/", "/requests"] {
        let page = house.get(path, contact.as_deref()).await;
        assert!(kept(&page), "{path}");
        assert!(page.text.contains("serviceWorker") && page.text.contains("/manifest.webmanifest"));
    }
    for path in ["/account", "/request", "/notices", "/office"] {
        assert!(!kept(&house.get(path, contact.as_deref()).await), "{path}");
    }
    for path in ["/office", "/account", "/office/clients"] {
        let page = house.get(path, owner.as_deref()).await;
        assert!(!kept(&page), "{path}");
        assert!(!page.text.contains("serviceWorker") && !page.text.contains("webmanifest"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_without_a_connection_is_nobodys_and_speaks_ones_language() {
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
    let me = house.desk.session(&session.token).await.unwrap().unwrap();
    let page = house
        .get("/offline", Some(&format!("frontdesk={}", session.token)))
        .await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.text.contains("lang=\"es\"") && page.text.contains("Sin conexión"));
    assert!(!page.text.contains(me.name()) && !page.text.contains("/events"));
    let stranger = house.get("/offline", None).await;
    assert!(stranger.text.contains("No connection"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_empties_the_browser() {
    for way in ["sign_out", "sign_out_everywhere"] {
        let house = House::with_demo().await;
        let cookie = house.cookie(Who::Contact).await;
        let answer = house.submit(way, "", "/account", cookie.as_deref()).await;
        assert_eq!(answer.header("location"), "/sign-in");
        assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
    }
}
