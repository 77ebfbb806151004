//! In which language a page answers: the browser's, the visitor's, the person's; and the switch, without scripts.

use booking::request::RequestKind;
use desk::queue::{QueueAsk, QueueRow};
use desk::send_offer::{NewProposal, OfferForm, ProposedTime};
use desk::table::{client, person};
use http::{Request, StatusCode, header};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

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
    page(house, "/sign-in", accept, cookie).await
}

async fn page(house: &House, path: &str, accept: &str, cookie: &str) -> Answer {
    let request = Request::get(path)
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

/// Proposes another time for a request that waits: the path of its letter's link, and whom it was sent to.
async fn proposed(house: &House) -> (String, String) {
    let cookie = house.cookie(Who::Dispatcher).await.unwrap();
    let token = cookie.strip_prefix("frontdesk=").unwrap();
    let me = house.desk.session(token).await.unwrap().unwrap();
    let staff = me.staff().unwrap();
    let queue = house
        .desk
        .queue(&staff, &QueueAsk::default())
        .await
        .unwrap();
    let asked = |row: &&QueueRow| row.kind == RequestKind::Appointment && !row.awaiting_client;
    let row = queue.rows.iter().find(asked);
    let row = row.unwrap();
    let technician = row.asked.as_ref().map(|(id, _)| *id);
    let suggested = || row.suggested.as_ref().unwrap().id;
    let ask = NewProposal {
        form: OfferForm {
            key: uuid::Uuid::now_v7().to_string(),
            request: row.reference.clone(),
            version: row.version,
            length_min: None,
            note: String::new(),
            override_reason: "Agreed".to_owned(),
        },
        times: vec![ProposedTime {
            start: row.start.unwrap(),
            technician: technician.unwrap_or_else(suggested),
        }],
    };
    house.desk.propose_times(&staff, ask).await.unwrap();
    let letters = house.desk.lease_letters(500, 60).await.unwrap();
    let link = |facts: &serde_json::Value| facts["link"].as_str().unwrap_or_default().to_owned();
    let letter = letters
        .iter()
        .find(|one| link(&one.facts).starts_with("/l/"));
    let letter = letter.unwrap();
    (link(&letter.facts), letter.email.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_behind_an_offers_letter_speaks_the_letters_language() {
    let house = House::with_demo().await;
    let (link, email) = proposed(&house).await;
    let db = house.desk.db();
    let known = person::Entity::find().filter(person::Column::Email.eq(email));
    let id = known.one(db).await.unwrap().unwrap().id;
    let speaks = async |locale: Option<&str>| {
        let theirs = person::ActiveModel {
            id: Set(id),
            locale: Set(locale.map(str::to_owned)),
            ..Default::default()
        };
        theirs.update(db).await.unwrap();
    };
    speaks(Some("es")).await;
    let seen = page(&house, &link, "en", "").await;
    assert_eq!(document(&seen), ("es".to_owned(), "ltr".to_owned()));
    assert!(seen.text.contains("Otras horas para usted"));
    // What was chosen at the page's foot goes before.
    let seen = page(&house, &link, "en", "frontdesk-language=de").await;
    assert_eq!(document(&seen).0, "de");
    // Whoever is signed in reads their own.
    let other = house.cookie(Who::Dispatcher).await.unwrap();
    assert_eq!(document(&page(&house, &link, "fr", &other).await).0, "en");
    // What is refused is said in it, too.
    let refused = house
        .submit("accept_offer", &answer(&link), &link, None)
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(document(&refused).0, "es");
    speaks(Some("ar")).await;
    let seen = page(&house, &link, "en", "").await;
    assert_eq!(document(&seen), ("ar".to_owned(), "rtl".to_owned()));
    // The client's, and then the business's.
    speaks(None).await;
    let every = client::Entity::update_many();
    let german = sea_orm::sea_query::Expr::value("de");
    every
        .col_expr(client::Column::Locale, german)
        .exec(db)
        .await
        .unwrap();
    assert_eq!(document(&page(&house, &link, "fr", "").await).0, "de");
    let none = sea_orm::sea_query::Expr::value(Option::<String>::None);
    let every = client::Entity::update_many();
    every
        .col_expr(client::Column::Locale, none)
        .exec(db)
        .await
        .unwrap();
    assert_eq!(document(&page(&house, &link, "fr", "").await).0, "en");
    // Of a link that nobody has nothing is known.
    assert_eq!(document(&page(&house, "/l/nobody", "fr", "").await).0, "fr");
}

/// An answer to an offer that there is not.
fn answer(link: &str) -> String {
    let (token, none) = (link.trim_start_matches("/l/"), uuid::Uuid::nil());
    format!("reference=R-00000&version=1&key=k&offer={none}&time={none}&token={token}")
}
