//! Calendars to subscribe to: the address is the permission; short answers while nothing changes; files of reports.

use axum::body::Body;
use desk::feeds::{NewFeed, Whose};
use http::{Request, header};

use crate::house::{Answer, House, Who};

async fn token(house: &House, who: Who, details: bool) -> String {
    let session = house
        .desk
        .sign_in(
            who.email().unwrap(),
            desk::seed_demo::PASSWORD,
            "test",
            "192.0.2.9",
        )
        .await
        .unwrap();
    let me = house.desk.session(&session.token).await.unwrap().unwrap();
    let new = NewFeed {
        name: "Phone".to_owned(),
        details,
        whose: if who == Who::Contact {
            Whose::Client
        } else {
            Whose::Own
        },
    };
    let key = uuid::Uuid::now_v7().to_string();
    let made = house.desk.create_feed(&me, &key, &new).await.unwrap();
    made.token
}

/// As a calendar program asks: without a session.
async fn ask(house: &House, token: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    let mut request = Request::get(format!("/feeds/{token}.ics")).header(header::HOST, "desk.test");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_read_without_a_session_and_never_kept_by_others() {
    let house = House::with_demo().await;
    for who in [Who::Contact, Who::Technician] {
        let token = token(&house, who, true).await;
        let answer = ask(&house, &token, &[]).await;
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(
            answer.header("content-type"),
            "text/calendar; charset=utf-8"
        );
        assert_eq!(answer.header("cache-control"), "private, max-age=60");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("set-cookie").is_empty());
        let parsed = ical::IcalParser::new(answer.text.as_bytes())
            .next()
            .unwrap()
            .unwrap();
        assert!(!parsed.events.is_empty(), "{who:?}");
        assert_eq!(
            answer.text.matches("BEGIN:VEVENT").count(),
            parsed.events.len()
        );
    }
    for nothing in ["unknown", "", "%00", &"x".repeat(5_000)] {
        assert_eq!(ask(&house, nothing, &[]).await.status.as_u16(), 404);
    }
    // Not under another ending either.
    let token = token(&house, Who::Contact, true).await;
    let page = house.get(&format!("/feeds/{token}"), None).await;
    assert_eq!(page.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_times_name_nobody() {
    let house = House::with_demo().await;
    let open = ask(&house, &token(&house, Who::Technician, true).await, &[]).await;
    let busy = ask(&house, &token(&house, Who::Technician, false).await, &[]).await;
    let count = |text: &str| text.matches("BEGIN:VEVENT").count();
    assert!(count(&busy.text) > 0);
    assert_eq!(count(&busy.text), count(&open.text));
    for property in ["DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"] {
        assert!(
            !busy.text.contains(&format!("\n{property}")),
            "{property} in {}",
            busy.text
        );
    }
    let summaries = busy
        .text
        .lines()
        .filter(|line| line.starts_with("SUMMARY"))
        .all(|line| line == "SUMMARY:Busy");
    assert!(summaries);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_it_already_gets_a_short_answer() {
    let house = House::with_demo().await;
    let token = token(&house, Who::Contact, true).await;
    let first = ask(&house, &token, &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\"") && !first.header("last-modified").is_empty());
    let again = ask(&house, &token, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(again.header("etag"), tag);
    let other = ask(&house, &token, &[(header::IF_NONE_MATCH, "\"x\"")]).await;
    assert_eq!(other.status.as_u16(), 200);
    // What was made this very minute may change again in it.
    let since = first.header("last-modified").to_owned();
    let since = ask(&house, &token, &[(header::IF_MODIFIED_SINCE, &since)]).await;
    assert_eq!(since.status.as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_shown_once() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Contact).await;
    let body = "key=k1&name=Phone&shows=busy&whose=client";
    let sent = house
        .submit("account_add_feed", body, "/account", cookie.as_deref())
        .await;
    assert_eq!(sent.header("location"), "/account#feeds");
    let carried = sent.header("set-cookie");
    assert!(carried.contains("HttpOnly") && carried.contains("SameSite=Strict"));
    let carried = carried.split(';').next().unwrap();
    let both = format!("{}; {carried}", cookie.clone().unwrap());
    let page = house.get("/account", Some(&both)).await;
    let token = carried.rsplit_once('.').unwrap().1;
    let url = format!("http://desk.test/feeds/{token}.ics");
    assert!(page.text.contains(&url));
    assert!(page.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(ask(&house, token, &[]).await.status.as_u16(), 200);
    let next = house.get("/account", cookie.as_deref()).await;
    assert!(!next.text.contains("/feeds/") && next.text.contains("Phone"));
    // A cookie somebody planted shows nothing that is not one's own.
    for planted in ["x", "00000000-0000-7000-8000-000000000000.AAAA", "."] {
        let planted = format!("{}; frontdesk-feed={planted}", cookie.clone().unwrap());
        let page = house.get("/account", Some(&planted)).await;
        assert!(!page.text.contains("/feeds/"), "{planted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_come_as_files() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Owner).await;
    let path = |name: &str, range: &str| format!("/office/reports/{name}?{range}");
    let range = "from=2026-01-01&to=2026-12-31";
    for name in [
        "requests",
        "answers",
        "appointments",
        "technicians",
        "no-shows",
    ] {
        let answer = house
            .get(&path(&format!("{name}.csv"), range), cookie.as_deref())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "text/csv; charset=utf-8"),
            "{name}"
        );
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment")
        );
        assert!(answer.text.starts_with('\u{FEFF}'));
    }
    for (name, range, status) in [
        ("other.csv", range, 404),
        ("requests", range, 404),
        ("requests.csv", "from=2026-12-31&to=2026-01-01", 422),
        ("requests.csv", "from=x&to=2026-01-01", 422),
        ("requests.csv", "", 422),
        ("requests.csv", "from=2020-01-01&to=2026-01-01", 422),
    ] {
        let answer = house.get(&path(name, range), cookie.as_deref()).await;
        assert_eq!(answer.status.as_u16(), status, "{name} {range}");
    }
    let page = house
        .get("/office/reports?from=2026-12-31&to=x", cookie.as_deref())
        .await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.text.contains("at most 371 days"));
}
