//! In which language a page answers: the browser's, the visitor's, the person's; and the switch, without scripts.

use http::{Request, StatusCode, header};

use crate::house::{Answer, House, Who};

const EVERY: [(&str, &str, &str); 6] = [
    ("en", "ltr", "Sign in"),
    ("de", "ltr", "Anmelden"),
    ("es", "ltr", "Iniciar sesión"),
    ("fr", "ltr", "Connexion"),
    ("pt", "ltr", "Iniciar sessão"),
    ("ar", "rtl", "تسجيل الدخول"),
];

/// The sign-in page as a browser asks for it.
async fn door(house: &House, accept: &str, cookie: &str) -> Answer {
    let request = Request::get("/sign-in")
        .header(header::HOST, "desk.test")
        .header(header::ACCEPT_LANGUAGE, accept)
        .header(header::COOKIE, cookie);
    house
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

/// `lang` and `dir` of a page.
fn document(answer: &Answer) -> (String, String) {
    let tag = answer
        .text
        .split("<html ")
        .nth(1)
        .unwrap()
        .split('>')
        .next()
        .unwrap();
    let value = |name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    };
    (value("lang"), value("dir"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_answers_in_the_language_of_the_browser() {
    let house = House::with_demo().await;
    for (tag, dir, title) in EVERY {
        let page = door(&house, tag, "").await;
        assert_eq!(document(&page), (tag.to_owned(), dir.to_owned()));
        assert!(page.text.contains(title), "{tag}: {title}");
    }
    for (accept, tag) in [
        ("de-AT,en;q=0.5", "de"),
        ("nl,fr-CA;q=0.8,en;q=0.9", "en"),
        ("en;q=0.1, AR-EG ; q=0.7", "ar"),
        ("pt-BR", "pt"),
        ("de;q=0, es;q=0.2", "es"),
        // The business's own, where the browser wants none of ours or what it wants cannot be read.
        ("nl,ja", "en"),
        ("de;q=x", "en"),
        (";;,-", "en"),
    ] {
        assert_eq!(document(&door(&house, accept, "").await).0, tag, "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_chooses_a_language_without_scripts() {
    let house = House::with_demo().await;
    let page = door(&house, "en", "").await;
    for (tag, ..) in EVERY {
        assert!(
            page.text
                .contains(&format!("name=\"language\" value=\"{tag}\"")),
            "{tag}"
        );
    }
    let answer = house
        .submit(
            "choose_language",
            "language=de&_page=%2Fsign-in%3Fnext%3D%2Frequests",
            "/sign-in",
            None,
        )
        .await;
    assert!(answer.status.is_redirection(), "{}", answer.status);
    assert_eq!(answer.header("location"), "/sign-in?next=/requests");
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(cookie, "frontdesk-language=de");
    assert_eq!(document(&door(&house, "en", &cookie).await).0, "de");
    assert_eq!(
        document(&door(&house, "en", "frontdesk-language=xx").await).0,
        "en"
    );
    let answer = house
        .submit("choose_language", "language=nl", "/sign-in", None)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_choice_is_their_own_language_from_then_on() {
    let house = House::with_demo().await;
    let cookie = house.cookie(Who::Contact).await;
    let answer = house
        .submit(
            "choose_language",
            "language=ar",
            "/requests",
            cookie.as_deref(),
        )
        .await;
    assert_eq!(answer.header("location"), "/requests");
    for path in ["/", "/requests", "/request", "/notices", "/account"] {
        let page = house.get(path, cookie.as_deref()).await;
        assert_eq!(
            document(&page),
            ("ar".to_owned(), "rtl".to_owned()),
            "{path}"
        );
    }
    let again = house.cookie(Who::Contact).await;
    assert_eq!(document(&house.get("/", again.as_deref()).await).0, "ar");
    let other = house.cookie(Who::Dispatcher).await;
    assert_eq!(
        document(&house.get("/office", other.as_deref()).await).0,
        "en"
    );
}
