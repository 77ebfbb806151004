//! Clients as files: who may send and take them, how they travel, what they are called, and what is refused in words.

use axum::body::Body;
use desk::clients::{ClientSearch, NewClient, Standing};
use http::Request;

use crate::house::{Answer, House, Who};

async fn send(house: &House, who: Who, field: &str, content: &[u8]) -> Answer {
    let name = if field == "file" {
        "; filename=\"a.csv\""
    } else {
        ""
    };
    let mut body =
        format!("--edge\r\ncontent-disposition: form-data; name=\"{field}\"{name}\r\n\r\n")
            .into_bytes();
    body.extend(content);
    body.extend(b"\r\n--edge--\r\n");
    let cookie = house.cookie(who).await.unwrap_or_default();
    let request = Request::post("/office/clients/import/file")
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(Body::from(body))
        .unwrap();
    house.send(request).await
}

const LIST: &[u8] = b"Name;E-mail;Phone\r\nAna;ana@x.example;'+34 600 555 999\r\n'=Bad;nobody;\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_looked_at_confirmed_and_reported() {
    let house = House::with_demo().await;
    for who in [Who::Nobody, Who::Contact, Who::Technician] {
        let answer = send(&house, who, "file", LIST).await;
        assert!(
            !answer.header("location").starts_with("/office"),
            "{who:?}: {}",
            answer.header("location")
        );
    }
    for field in ["file", "pasted"] {
        let answer = send(&house, Who::Dispatcher, field, LIST).await;
        let page = answer.header("location").to_owned();
        assert!(page.starts_with("/office/clients/import/"), "{page}");
        let cookie = house.cookie(Who::Dispatcher).await;
        let shown = house.get(&page, cookie.as_deref()).await;
        assert_eq!(shown.status.as_u16(), 200);
        assert!(shown.text.contains("This is not an e-mail address."));
        let refused = house
            .get(&format!("{page}/refused.csv"), cookie.as_deref())
            .await;
        assert_eq!(refused.header("content-type"), "text/csv; charset=utf-8");
        assert!(
            refused
                .header("content-disposition")
                .contains("filename=\"refused-lines.csv\"")
        );
        assert_eq!(
            refused.text,
            "\u{feff}line,reason,Name,E-mail,Phone\r\n3,E-mail: This is not an e-mail address.,'=Bad,nobody,\r\n"
        );
        let id = page.rsplit('/').next().unwrap();
        let done = house
            .submit(
                "office_import_clients",
                &format!("id={id}"),
                &page,
                cookie.as_deref(),
            )
            .await;
        assert_eq!(done.header("location"), page);
        let report = house.get(&page, cookie.as_deref()).await;
        assert!(report.text.contains("Imported,"));
        // It is the sender's: another dispatcher finds nothing.
        let owner = house.cookie(Who::Owner).await;
        for path in [page.clone(), format!("{page}/refused.csv")] {
            assert_eq!(
                house.get(&path, owner.as_deref()).await.status.as_u16(),
                404
            );
        }
    }
    let pass = pass(&house).await;
    let search = ClientSearch {
        text: "ana@x.example".to_owned(),
        ..ClientSearch::default()
    };
    assert_eq!(house.desk.clients(&pass, &search).await.unwrap().total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read_are_refused_in_words() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Owner).await;
    let large = vec![b'x'; desk::client_import::LARGEST + 1];
    let cases: [(&[u8], &str, &str); 3] = [
        (b"", "empty", "There is nothing in it."),
        (b"name\nJos\xe9", "not-text", "not a text in UTF-8"),
        (&large, "too-large", "larger than 5 MB"),
    ];
    for (content, code, words) in cases {
        let answer = send(&house, Who::Owner, "file", content).await;
        let led = answer.header("location").to_owned();
        assert_eq!(led, format!("/office/clients/import?why={code}"));
        let page = house.get(&led, cookie.as_deref()).await;
        assert!(page.text.contains(words), "{code}");
    }
    // What was pasted is kept when its columns are unknown.
    let answer = send(&house, Who::Owner, "pasted", b"phone\n600 &</textarea><b>").await;
    let page = house
        .get(answer.header("location"), cookie.as_deref())
        .await;
    assert!(page.text.contains("names no column"));
    let place = page.text.find("600 ").unwrap();
    assert!(page.text[place..].starts_with("600 &amp;&lt;/textarea>&lt;b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_go_to_dispatchers_and_owners_as_files() {
    let house = House::with_demo().await;
    let today = house.desk.now().format("%Y-%m-%d").to_string();
    for (path, kind, name) in [
        (
            "/office/clients/export.csv",
            "text/csv; charset=utf-8",
            format!("clients-{today}.csv"),
        ),
        (
            "/office/clients/export.json",
            "application/json",
            format!("clients-{today}.json"),
        ),
    ] {
        for who in Who::ALL {
            let cookie = house.cookie(who).await;
            let answer = house.get(path, cookie.as_deref()).await;
            match who {
                Who::Dispatcher | Who::Owner => {
                    assert_eq!(answer.status.as_u16(), 200);
                    assert_eq!(answer.header("content-type"), kind);
                    assert_eq!(
                        answer.header("content-disposition"),
                        format!("attachment; filename=\"{name}\"")
                    );
                    assert_eq!(answer.header("cache-control"), "no-store");
                    assert!(answer.text.contains("The Miller family"));
                }
                Who::Nobody => assert!(answer.header("location").starts_with("/sign-in")),
                Who::Contact => assert_eq!(answer.status.as_u16(), 404),
                Who::Technician => assert_eq!(answer.status.as_u16(), 403),
            }
        }
    }
    let cookie = house.cookie(Who::Owner).await;
    let some = house
        .get(
            "/office/clients/export.json?text=miller&which=all",
            cookie.as_deref(),
        )
        .await;
    let found: serde_json::Value = serde_json::from_str(&some.text).unwrap();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["contacts"][0]["email"], "client@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_merged_client_leads_to_the_one_that_stays() {
    let house = House::with_demo().await;
    let pass = pass(&house).await;
    let new = |name: &str| NewClient {
        name: name.to_owned(),
        ..NewClient::default()
    };
    let one = house
        .desk
        .create_client(&pass, "a", &new("One"))
        .await
        .unwrap();
    let two = house
        .desk
        .create_client(&pass, "b", &new("Two"))
        .await
        .unwrap();
    let cookie = house.cookie(Who::Owner).await;
    let page = format!("/office/clients/{one}/merge/{two}");
    assert!(
        house
            .get(&page, cookie.as_deref())
            .await
            .text
            .contains("Merge One into Two")
    );
    let form = format!("key=k&from={one}&into={two}&from_version=1&into_version=1");
    let done = house
        .submit("office_merge_clients", &form, &page, cookie.as_deref())
        .await;
    assert_eq!(done.header("location"), format!("/office/clients/{two}"));
    for path in [
        format!("/office/clients/{one}"),
        format!("/office/clients/{one}/merge"),
    ] {
        let answer = house.get(&path, cookie.as_deref()).await;
        assert!(answer.status.is_redirection(), "{path}: {}", answer.status);
        assert_eq!(answer.header("location"), format!("/office/clients/{two}"));
    }
    assert_eq!(
        house.get(&page, cookie.as_deref()).await.status.as_u16(),
        404
    );
    let all = ClientSearch {
        text: "One".to_owned(),
        standing: Standing::All,
        ..ClientSearch::default()
    };
    assert!(
        house
            .desk
            .clients(&pass, &all)
            .await
            .unwrap()
            .rows
            .iter()
            .all(|row| row.id != one)
    );
}

async fn pass(house: &House) -> desk::StaffPass {
    let email = "dispatcher@example.com";
    let session = house
        .desk
        .sign_in(email, desk::seed_demo::PASSWORD, "test", "192.0.2.2")
        .await
        .unwrap();
    let who = house.desk.session(&session.token).await.unwrap().unwrap();
    who.staff().unwrap()
}

// What a field of several lines held could end the field: `</textarea><svg onload>` in a client's notes.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_cannot_leave_its_field() {
    let house = House::with_demo().await;
    let pass = pass(&house).await;
    let new = NewClient {
        name: "Hostile".to_owned(),
        notes: "a & b </textarea><svg onload=alert(1)>".to_owned(),
        ..NewClient::default()
    };
    let id = house.desk.create_client(&pass, "k", &new).await.unwrap();
    let cookie = house.cookie(Who::Owner).await;
    let page = house
        .get(&format!("/office/clients/{id}"), cookie.as_deref())
        .await;
    assert!(!page.text.contains("<svg onload"));
    assert!(
        page.text
            .contains("a &amp; b &lt;/textarea>&lt;svg onload=alert(1)>")
    );
}
