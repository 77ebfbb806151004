//! Every letter in every language, read back by parsers that share no code with the writer: headers, key sentences, times,
//! and the one event of the calendar part.

use app::i18n::Locale;
use booking::letter::{CalendarPart, Event, Recipient};
use chrono::{DateTime, Utc};
use desk::link::SignInFacts;
use desk::outbox::{CalendarFacts, Letter, LetterFacts};
use ical::parser::ical::component::IcalEvent;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use server::letters::{self, OwnVisit, Sender, Unbuildable, calendar_file};
use server::mailer::Mail;

const BASE: &str = "https://desk.example.com";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn sender() -> Sender {
    Sender::new("Frontdesk <post@desk.example.com>", None, BASE).unwrap()
}

/// A letter as the outbox hands it out, about one request on Thursday the 26th at 10:00 in Madrid.
pub fn letter(event: Event, role: Recipient, locale: &str) -> Letter {
    let facts = LetterFacts {
        role,
        business: "Clean & Co".to_owned(),
        business_zone: "Europe/Madrid".to_owned(),
        request: Some("R-7K3M9".to_owned()),
        visit: None,
        client: "María Ruiz".to_owned(),
        service: "Deep clean".to_owned(),
        start: Some(at("2026-11-26T09:00:00Z")),
        end: Some(at("2026-11-26T10:00:00Z")),
        asked: None,
        old_start: None,
        old_end: None,
        technician: Some("Ana".to_owned()),
        old_technician: None,
        old_service: None,
        dates: Vec::new(),
        notes: "Ring twice.\nThe dog is kind.".to_owned(),
        reason: None,
        expires: None,
        offer: None,
        change: None,
        link: "/requests/R-7K3M9".to_owned(),
        calendar: None,
    };
    Letter {
        id: uuid::Uuid::now_v7(),
        message_id: "<0193@frontdesk.invalid>".to_owned(),
        event: event.as_str().to_owned(),
        email: "maria@ruiz.example".to_owned(),
        name: Some("María Ruiz".to_owned()),
        locale: locale.to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        facts: serde_json::to_value(facts).unwrap(),
        attempts: 0,
        created_at: at("2026-11-21T08:00:00Z"),
        wording: None,
    }
}

fn with(mut letter: Letter, change: impl FnOnce(&mut LetterFacts)) -> Letter {
    let mut facts = letter.about_visit().unwrap();
    change(&mut facts);
    letter.facts = serde_json::to_value(facts).unwrap();
    letter
}

fn invited(letter: Letter, method: CalendarPart, sequence: i32) -> Letter {
    with(letter, |facts| {
        facts.visit = Some("V-2M4QX".to_owned());
        facts.calendar = Some(CalendarFacts {
            service: None,
            uid: "0193-visit@frontdesk.invalid".to_owned(),
            sequence,
            method,
            stamp: at("2026-11-21T08:00:00Z"),
            start: at("2026-11-26T09:00:00Z"),
            end: at("2026-11-26T10:00:00Z"),
        });
    })
}

fn sign_in_letter(event: &str, locale: &str, expires: bool, client: Option<&str>) -> Letter {
    let facts = SignInFacts {
        business: "Clean & Co".to_owned(),
        link: "/l/tOkEn".to_owned(),
        expires: expires.then(|| at("2026-11-21T08:15:00Z")),
        client: client.map(str::to_owned),
    };
    let mut letter = letter(Event::RequestSubmitted, Recipient::Client, locale);
    letter.event = event.to_owned();
    letter.facts = serde_json::to_value(facts).unwrap();
    letter
}

fn written(letter: &Letter) -> Mail {
    letters::write(letter, &sender(), at("2026-11-21T08:00:05Z")).unwrap()
}

pub fn read(mail: &Mail) -> Message<'_> {
    let text = std::str::from_utf8(&mail.bytes).unwrap();
    assert!(text.is_ascii());
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n']),
        "a bare CR or LF"
    );
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
    MessageParser::default().parse(&mail.bytes).unwrap()
}

/// The header's names, in order.
fn headers(mail: &Mail) -> Vec<String> {
    let text = String::from_utf8(mail.bytes.clone()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    lines
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

/// METHOD of the MIME type, METHOD of the calendar, and its one event; the attached file must be the same.
fn calendar(message: &Message<'_>) -> Option<(String, String, IcalEvent)> {
    let parts: Vec<_> = message
        .parts
        .iter()
        .filter(|part| part.is_content_type("text", "calendar"))
        .collect();
    assert!(parts.len() <= 1);
    let part = *parts.first()?;
    let source = bytes(&part.body);
    let file = message
        .parts
        .iter()
        .find(|part| part.attachment_name() == Some("invite.ics"))
        .unwrap();
    assert_eq!(bytes(&file.body), source);
    let mut calendars: Vec<_> = ical::IcalParser::new(source.as_slice())
        .map(Result::unwrap)
        .collect();
    assert_eq!((calendars.len(), calendars[0].events.len()), (1, 1));
    let calendar = calendars.remove(0);
    let method = calendar
        .properties
        .iter()
        .find(|p| p.name == "METHOD")
        .unwrap()
        .value
        .clone()
        .unwrap();
    let named = part
        .content_type()
        .unwrap()
        .attribute("method")
        .unwrap()
        .to_owned();
    Some((named, method, calendar.events.into_iter().next().unwrap()))
}

fn bytes(body: &PartType<'_>) -> Vec<u8> {
    match body {
        PartType::Text(text) | PartType::Html(text) => text.as_bytes().to_vec(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        PartType::Message(_) | PartType::Multipart(_) => panic!("no leaf"),
    }
}

fn property(event: &IcalEvent, name: &str) -> String {
    let found: Vec<_> = event.properties.iter().filter(|p| p.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].value.clone().unwrap_or_default()
}

/// Subject, and sentences that must stand in both parts.
pub fn says(letter: &Letter, subject: &str, sentences: &[&str]) {
    let mail = written(letter);
    let message = read(&mail);
    assert_eq!(message.subject().unwrap(), subject);
    let text = message
        .body_text(0)
        .unwrap()
        .split([' ', '\n', '\r'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let html = message
        .body_html(0)
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#x2f;", "/");
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} in the text:\n{text}");
        assert!(html.contains(sentence), "{sentence:?} in the HTML:\n{html}");
    }
    let dir = if letter.locale == "ar" { "rtl" } else { "ltr" };
    assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{dir}\">", letter.locale)));
    assert!(html.contains(&format!("<body class=\"page\" dir=\"{dir}\"")));
}

#[test]
fn a_confirmation_in_every_language() {
    let to = |locale| {
        invited(
            letter(Event::BookingApproved, Client, locale),
            CalendarPart::Invite,
            0,
        )
    };
    for (locale, subject, hello, when) in [
        (
            "en",
            "Confirmed: Deep clean, Thu 26 Nov 2026, 10:00 CET",
            "Hello María Ruiz,",
            "Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)",
        ),
        (
            "de",
            "Bestätigt: Deep clean, Do 26. Nov. 2026, 10:00 CET",
            "Guten Tag María Ruiz,",
            "Do 26. Nov. 2026, 10:00–11:00 CET (UTC+01:00)",
        ),
        (
            "es",
            "Confirmada: Deep clean, jue 26 nov 2026, 10:00 CET",
            "Hola, María Ruiz:",
            "jue 26 nov 2026, 10:00–11:00 CET (UTC+01:00)",
        ),
        (
            "fr",
            "Confirmé\u{a0}: Deep clean, jeu. 26 nov. 2026, 10:00 CET",
            "Bonjour María Ruiz,",
            "jeu. 26 nov. 2026, 10:00–11:00 CET (UTC+01:00)",
        ),
        (
            "pt",
            "Confirmada: Deep clean, qui 26 nov 2026, 10:00 CET",
            "Olá María Ruiz,",
            "qui 26 nov 2026, 10:00–11:00 CET (UTC+01:00)",
        ),
        (
            "ar",
            "تم التأكيد: Deep clean، الخميس 26 نوفمبر 2026، 10:00 CET",
            "مرحبًا María Ruiz،",
            "الخميس 26 نوفمبر 2026، 10:00–11:00 CET (UTC+01:00)",
        ),
    ] {
        says(&to(locale), subject, &[hello, when]);
    }
}

use Recipient::{Approvers, Client, PreviousTechnician, Technician};

#[test]
fn received() {
    let held = |locale| {
        with(letter(Event::RequestSubmitted, Client, locale), |f| {
            f.expires = Some(at("2026-11-24T08:00:00Z"))
        })
    };
    says(
        &held("en"),
        "Request R-7K3M9 received: Deep clean",
        &[
            "Hello María Ruiz,",
            "We have your request",
            "Clean & Co will look at it and answer; this is not a confirmation yet.",
            "The time stays free for you until Tue 24 Nov 2026, 09:00 CET (UTC+01:00).",
            "Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)",
            "https://desk.example.com/requests/R-7K3M9",
            "Times are given in the zone Europe/Madrid.",
        ],
    );
    says(
        &held("es"),
        "Solicitud R-7K3M9 recibida: Deep clean",
        &[
            "Hola, María Ruiz:",
            "Le guardamos la hora hasta el mar 24 nov 2026, 09:00 CET (UTC+01:00).",
            "jue 26 nov 2026, 10:00–11:00 CET (UTC+01:00)",
            "Ver o cambiar la solicitud",
        ],
    );
}

#[test]
fn new_request_to_approvers_with_a_link() {
    let to = |locale| {
        with(letter(Event::RequestSubmitted, Approvers, locale), |f| {
            f.link = "/office/requests/R-7K3M9".to_owned()
        })
    };
    says(
        &to("en"),
        "New request R-7K3M9: María Ruiz, Deep clean",
        &[
            "María Ruiz asks for Deep clean.",
            "https://desk.example.com/office/requests/R-7K3M9",
            "The dog is kind.",
        ],
    );
    says(
        &to("es"),
        "Nueva solicitud R-7K3M9: María Ruiz, Deep clean",
        &["María Ruiz solicita Deep clean."],
    );
}

#[test]
fn named_technician() {
    let to = |locale| letter(Event::RequestSubmitted, Technician, locale);
    says(
        &to("en"),
        "María Ruiz asks for you: Deep clean",
        &["Nothing is decided yet."],
    );
    says(
        &to("es"),
        "María Ruiz le solicita a usted: Deep clean",
        &["Todavía no se ha decidido nada."],
    );
}

#[test]
fn withdrawn_and_expired() {
    let withdrawn = |locale| letter(Event::RequestWithdrawn, Client, locale);
    says(
        &withdrawn("en"),
        "Request R-7K3M9 cancelled: Deep clean",
        &["the time is free again"],
    );
    says(
        &withdrawn("es"),
        "Solicitud R-7K3M9 cancelada: Deep clean",
        &["la hora vuelve a estar libre"],
    );
    let expired = |locale| letter(Event::RequestExpired, Client, locale);
    says(
        &expired("en"),
        "Request R-7K3M9 has expired: please pick another time",
        &["Please pick another one."],
    );
    says(
        &expired("es"),
        "La solicitud R-7K3M9 ha caducado: elija otra hora",
        &["Elija otra, por favor."],
    );
}

#[test]
fn approved_with_an_invitation() {
    let to = |locale| {
        invited(
            letter(Event::BookingApproved, Client, locale),
            CalendarPart::Invite,
            0,
        )
    };
    says(
        &to("en"),
        "Confirmed: Deep clean, Thu 26 Nov 2026, 10:00 CET",
        &[
            "Clean & Co has confirmed your request.",
            "Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)",
            "Ana",
        ],
    );
    says(
        &to("es"),
        "Confirmada: Deep clean, jue 26 nov 2026, 10:00 CET",
        &["Clean & Co ha confirmado su solicitud."],
    );
    let mail = written(&to("en"));
    let (named, method, event) = calendar(&read(&mail)).unwrap();
    assert_eq!((named.as_str(), method.as_str()), ("REQUEST", "REQUEST"));
    for (name, value) in [
        ("UID", "0193-visit@frontdesk.invalid"),
        ("SEQUENCE", "0"),
        ("DTSTAMP", "20261121T080000Z"),
        ("DTSTART", "20261126T090000Z"),
        ("DTEND", "20261126T100000Z"),
        ("STATUS", "CONFIRMED"),
        ("SUMMARY", "Deep clean (Clean & Co)"),
        ("ORGANIZER", "mailto:post@desk.example.com"),
        ("ATTENDEE", "mailto:maria@ruiz.example"),
        ("URL", "https://desk.example.com/requests/R-7K3M9"),
    ] {
        assert_eq!(property(&event, name), value, "{name}");
    }
    assert!(property(&event, "DESCRIPTION").contains("R-7K3M9"));
}

#[test]
fn approved_at_another_time_says_old_and_new() {
    let to = |locale| {
        with(
            invited(
                letter(Event::BookingApproved, Client, locale),
                CalendarPart::Invite,
                1,
            ),
            |facts| {
                facts.old_start = Some(at("2026-11-25T14:00:00Z"));
                facts.old_end = Some(at("2026-11-25T15:00:00Z"));
            },
        )
    };
    says(
        &to("en"),
        "Confirmed at another time: Deep clean, Thu 26 Nov 2026, 10:00 CET",
        &[
            "Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)",
            "asked for: Wed 25 Nov 2026, 15:00–16:00 CET (UTC+01:00)",
        ],
    );
    says(
        &to("es"),
        "Confirmada a otra hora: Deep clean, jue 26 nov 2026, 10:00 CET",
        &["pedida: mié 25 nov 2026, 15:00–16:00 CET (UTC+01:00)"],
    );
}

#[test]
fn assigned_to_the_technician_in_their_own_zone() {
    let mut to = invited(
        letter(Event::BookingApproved, Technician, "en"),
        CalendarPart::Invite,
        0,
    );
    to.time_zone = "America/New_York".to_owned();
    says(
        &to,
        "Your appointment: María Ruiz, Deep clean, Thu 26 Nov 2026, 04:00 EST",
        &[
            "Thu 26 Nov 2026, 04:00–05:00 EST (UTC-05:00)",
            "Times are given in the zone America/New_York.",
            "Ring twice.",
        ],
    );
    let mail = written(&to);
    let (_, _, event) = calendar(&read(&mail)).unwrap();
    assert_eq!(property(&event, "SUMMARY"), "Deep clean: María Ruiz");
    assert_eq!(property(&event, "DTSTART"), "20261126T090000Z");
    to.locale = "es".to_owned();
    says(
        &to,
        "Su cita: María Ruiz, Deep clean, jue 26 nov 2026, 04:00 EST",
        &["queda a su cargo"],
    );
}

#[test]
fn declined_with_the_reason() {
    let to = |locale| {
        with(letter(Event::BookingDeclined, Client, locale), |facts| {
            facts.reason = Some("Roof closed.\nTry May.".to_owned());
        })
    };
    says(
        &to("en"),
        "Request R-7K3M9 declined: Deep clean",
        &[
            "Clean & Co has declined your request.",
            "Roof closed.",
            "Try May.",
        ],
    );
    says(
        &to("es"),
        "Solicitud R-7K3M9 rechazada: Deep clean",
        &["Clean & Co ha rechazado su solicitud.", "Motivo"],
    );
    let mail = written(&letter(Event::BookingDeclined, Client, "en"));
    assert!(
        !read(&mail).body_text(0).unwrap().contains("Reason"),
        "no reason, no heading for it"
    );
}

#[test]
fn appointments_that_staff_make_change_and_cancel() {
    for (event, role, method, subject, subject_es) in [
        (
            Event::VisitCreated,
            Client,
            CalendarPart::Invite,
            "New appointment: Deep clean",
            "Cita nueva: Deep clean",
        ),
        (
            Event::VisitChanged,
            Client,
            CalendarPart::Invite,
            "Changed: Deep clean",
            "Cambio: Deep clean",
        ),
        (
            Event::VisitChanged,
            PreviousTechnician,
            CalendarPart::Cancel,
            "No longer yours: María Ruiz, Deep clean",
            "Ya no es suya: María Ruiz, Deep clean",
        ),
        (
            Event::VisitCancelled,
            Client,
            CalendarPart::Cancel,
            "Cancelled: Deep clean",
            "Cancelada: Deep clean",
        ),
        (
            Event::VisitCancelled,
            Technician,
            CalendarPart::Cancel,
            "Cancelled: Deep clean",
            "Cancelada: Deep clean",
        ),
    ] {
        let to = |locale| invited(letter(event, role, locale), method, 3);
        says(
            &to("en"),
            &format!("{subject}, Thu 26 Nov 2026, 10:00 CET"),
            &["R-7K3M9"],
        );
        says(
            &to("es"),
            &format!("{subject_es}, jue 26 nov 2026, 10:00 CET"),
            &["R-7K3M9"],
        );
        let mail = written(&to("en"));
        let (named, found, entry) = calendar(&read(&mail)).unwrap();
        let (wanted, status) = if method == CalendarPart::Cancel {
            ("CANCEL", "CANCELLED")
        } else {
            ("REQUEST", "CONFIRMED")
        };
        assert_eq!((named.as_str(), found.as_str()), (wanted, wanted));
        assert_eq!(property(&entry, "STATUS"), status);
        assert_eq!(property(&entry, "UID"), "0193-visit@frontdesk.invalid");
        assert_eq!(property(&entry, "SEQUENCE"), "3");
    }
}

#[test]
fn letters_about_signing_in() {
    let until = "Sat 21 Nov 2026, 09:15 CET (UTC+01:00)";
    let until_es = "sáb 21 nov 2026, 09:15 CET (UTC+01:00)";
    let link = "https://desk.example.com/l/tOkEn";
    for (event, expires, client, subject, sentence, subject_es, sentence_es) in [
        (
            "sign-in-link",
            true,
            None,
            "Your sign-in link for Clean & Co",
            until,
            "Su enlace para entrar en Clean & Co",
            until_es,
        ),
        (
            "password-reset",
            true,
            None,
            "Choose a new password for Clean & Co",
            until,
            "Elija una contraseña nueva para Clean & Co",
            until_es,
        ),
        (
            "invitation",
            true,
            None,
            "Clean & Co invites you",
            until,
            "Clean & Co le invita",
            until_es,
        ),
        (
            "invitation",
            true,
            Some("Ruiz"),
            "Clean & Co invites you",
            "for Ruiz",
            "Clean & Co le invita",
            "para Ruiz",
        ),
        (
            "invitation",
            false,
            None,
            "New in your account at Clean & Co",
            "Sign in as always.",
            "Novedades en su cuenta de Clean & Co",
            "Entre como siempre.",
        ),
        (
            "password-changed",
            false,
            None,
            "Your password for Clean & Co was changed",
            "tell Clean & Co",
            "Se ha cambiado su contraseña de Clean & Co",
            "avise a Clean & Co",
        ),
    ] {
        says(
            &sign_in_letter(event, "en", expires, client),
            subject,
            &[sentence, link],
        );
        says(
            &sign_in_letter(event, "es", expires, client),
            subject_es,
            &[sentence_es, link],
        );
    }
}

#[test]
fn headers_are_those_of_the_template() {
    let plain = written(&letter(Event::RequestSubmitted, Client, "en"));
    let common = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    ];
    let sorted = |mail: &Mail| {
        let mut names = headers(mail);
        names.sort();
        names
    };
    let mut wanted: Vec<_> = common.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted(&plain), wanted);
    let message = read(&plain);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Clean & Co"), Some("post@desk.example.com"))
    );
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(
        (to.name(), to.address()),
        (Some("María Ruiz"), Some("maria@ruiz.example"))
    );
    assert_eq!(message.message_id(), Some("0193@frontdesk.invalid"));
    assert_eq!(
        message.references().as_text(),
        Some("R-7K3M9@desk.example.com")
    );
    assert_eq!(
        message.header_raw("Auto-Submitted").unwrap().trim(),
        "auto-generated"
    );
    assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-21T08:00:05Z");
    assert_eq!(plain.envelope.to(), ["maria@ruiz.example".parse().unwrap()]);
    assert_eq!(
        plain.envelope.from().unwrap().to_string(),
        "post@desk.example.com"
    );
}

#[test]
fn the_same_letter_twice_has_one_message_id() {
    let letter = letter(Event::RequestSubmitted, Client, "en");
    assert_eq!(written(&letter).message_id, written(&letter).message_id);
}

#[test]
fn answers_go_where_the_configuration_says() {
    let sender = Sender::new(
        "post@desk.example.com",
        Some("Office <office@clean.example>"),
        BASE,
    )
    .unwrap();
    let letter = letter(Event::RequestSubmitted, Client, "en");
    let mail = letters::write(&letter, &sender, at("2026-11-21T08:00:00Z")).unwrap();
    let message = read(&mail);
    assert_eq!(
        message.reply_to().unwrap().first().unwrap().address(),
        Some("office@clean.example")
    );
}

/// T16: whatever people type, headers are those of the template, there is one event, and HTML stays text.
#[test]
fn injections_stay_words() {
    let plain = invited(
        letter(Event::BookingApproved, Technician, "en"),
        CalendarPart::Invite,
        0,
    );
    let wanted = headers(&written(&plain));
    for hostile in [
        "Bob\r\nBcc: x@y.example",
        "Bob%0d%0aBcc: x@y.example",
        "Bob\nBcc: x@y.example\n\nbody",
        "=?utf-8?q?a=0d=0aBcc:_x@y.example?=",
        "\r\n.\r\n",
        ".",
        "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT",
        "\";X-EVIL=\"1\":mailto:x@y.example",
        "{{7*7}}{% for x in range(9) %}{{ business }}{% endfor %}{#",
        "<script>alert(1)</script><!--hk=-->",
        "</textarea><svg onload=alert(1)>",
        "=cmd|' /C calc'!A0",
        "\u{0}\u{202E}gpj.exe\u{2066}",
        "--boundary\r\nContent-Type: text/html",
        "\"quoted\" <evil@y.example>",
        "   ",
        &"e\u{301}\u{302}".repeat(500),
        "Раураl \u{1F600}",
    ] {
        let mut letter = with(plain.clone(), |facts| {
            for field in [
                &mut facts.business,
                &mut facts.client,
                &mut facts.service,
                &mut facts.notes,
            ] {
                hostile.clone_into(field);
            }
            facts.technician = Some(hostile.to_owned());
            facts.reason = Some(hostile.to_owned());
        });
        letter.name = Some(hostile.to_owned());
        for event in [Event::BookingApproved, Event::VisitCancelled] {
            letter.event = event.as_str().to_owned();
            let mail = written(&letter);
            let message = read(&mail);
            assert_eq!(headers(&mail), wanted, "{hostile:?}");
            assert_eq!(
                message.to().unwrap().first().unwrap().address(),
                Some("maria@ruiz.example")
            );
            assert_eq!(message.parts.len(), 6, "{hostile:?}");
            assert_eq!(
                (
                    mail.envelope.to().len(),
                    message.cc().is_none(),
                    message.bcc().is_none()
                ),
                (1, true, true)
            );
            let found = calendar(&message);
            assert!(found.is_some(), "{}", String::from_utf8_lossy(&mail.bytes));
            let (_, _, entry) = found.unwrap();
            for name in [
                "UID",
                "ATTENDEE",
                "ORGANIZER",
                "SUMMARY",
                "DESCRIPTION",
                "URL",
            ] {
                property(&entry, name);
            }
            assert_eq!(property(&entry, "ATTENDEE"), "mailto:maria@ruiz.example");
            let html = message.body_html(0).unwrap();
            assert!(
                !html.contains("<script") && !html.contains("<svg") && !html.contains("<!--"),
                "{html}"
            );
            assert!(
                !html.contains("49") && !message.body_text(0).unwrap().contains("49"),
                "{html}"
            );
        }
    }
}

#[test]
fn what_cannot_be_built_says_why() {
    let now = at("2026-11-21T08:00:00Z");
    let why = |letter: &Letter| {
        letters::write(letter, &sender(), now)
            .map(|_| ())
            .unwrap_err()
    };
    let good = letter(Event::RequestSubmitted, Client, "en");
    let bad = |change: fn(&mut Letter)| {
        let mut letter = good.clone();
        change(&mut letter);
        why(&letter)
    };
    let expected: Unbuildable = bad(|l| l.email = "x@y\r\nBcc: z@y".to_owned());
    assert!(
        expected.to_string().starts_with("cannot be built: address"),
        "{expected}"
    );
    assert!(
        bad(|l| l.event = "nobody.knows".to_owned())
            .to_string()
            .contains("no letter for \"nobody.knows\"")
    );
    assert!(
        bad(|l| l.facts = serde_json::json!({}))
            .to_string()
            .contains("facts of request.submitted")
    );
    assert!(
        bad(|l| l.message_id = "<a@b>\r\nBcc: <c@d>".to_owned())
            .to_string()
            .contains("Message-ID")
    );
    let evil = |link: &str| {
        why(&with(good.clone(), |facts| {
            link.clone_into(&mut facts.link)
        }))
    };
    for link in [
        "https://evil.example",
        "//evil.example",
        "/a b",
        "javascript:alert(1)",
        "",
        "/\\evil.example",
    ] {
        assert!(
            evil(link).to_string().contains("not a path of ours"),
            "{link}"
        );
    }
    let nobody = letter(Event::RequestSubmitted, Recipient::PreviousTechnician, "en");
    assert!(why(&nobody).to_string().contains("no letter of"));
    let undated = with(letter(Event::BookingApproved, Client, "en"), |facts| {
        facts.start = None
    });
    assert!(
        why(&undated).to_string().contains("day"),
        "a subject that names a fact that is missing"
    );
}

#[test]
fn a_request_for_a_window_has_no_time_yet() {
    let window = with(letter(Event::RequestSubmitted, Client, "en"), |facts| {
        facts.start = None;
        facts.end = None;
    });
    let mail = written(&window);
    let text = read(&mail).body_text(0).unwrap().into_owned();
    assert!(!text.contains("When:") && !text.contains("zone"), "{text}");
}

#[test]
fn an_unknown_language_or_zone_still_gets_a_letter() {
    let mut odd = letter(Event::RequestSubmitted, Client, "tlh");
    odd.time_zone = "Mars/Phobos".to_owned();
    odd.name = None;
    let mail = written(&odd);
    let text = read(&mail).body_text(0).unwrap().into_owned();
    assert!(
        text.contains("Hello,") && text.contains("10:00–11:00 CET (UTC+01:00)"),
        "{text}"
    );
}

#[test]
fn the_text_part_reads_well() {
    let mail = written(&with(letter(Event::BookingDeclined, Client, "en"), |f| {
        f.reason = Some("Roof closed.".to_owned())
    }));
    let message = read(&mail);
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    let wanted = "We cannot do this\n\
        =================\n\n\
        Hello María Ruiz,\n\n\
        Clean & Co has declined your request. You are welcome to ask for another\n\
        time.\n\n\
        Service:   Deep clean\n\
        When:      Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)\n\
        With:      Ana\n\
        Reference: R-7K3M9\n\n\
        Reason:\n\
        > Roof closed.\n\n\
        See the request:\n\
        https://desk.example.com/requests/R-7K3M9\n\n\
        -- \n\
        Sent automatically by Clean & Co.\n\
        Times are given in the zone Europe/Madrid.\n";
    assert_eq!(text, wanted);
}

#[test]
fn a_test_letter_names_no_business() {
    let mail = letters::test_letter(
        "Olga <olga@clean.example>",
        &sender(),
        at("2026-11-21T08:00:00Z"),
    )
    .unwrap();
    let message = read(&mail);
    assert_eq!(message.subject(), Some("Test letter from Frontdesk"));
    assert!(
        message
            .body_text(0)
            .unwrap()
            .contains("Sat 21 Nov 2026, 08:00 (UTC)")
    );
    assert!(letters::test_letter("olga", &sender(), at("2026-11-21T08:00:00Z")).is_err());
}

#[test]
fn the_portals_calendar_file_matches_the_invitation() {
    let visit = OwnVisit {
        uid: "0193-visit@frontdesk.invalid".to_owned(),
        sequence: 1,
        changed: at("2026-11-21T08:00:00Z"),
        start: at("2026-11-26T09:00:00Z"),
        end: at("2026-11-26T10:00:00Z"),
        business: "Clean & Co".to_owned(),
        service: "Deep clean".to_owned(),
        technician: Some("Ana".to_owned()),
        reference: "R-7K3M9".to_owned(),
        link: "/requests/R-7K3M9".to_owned(),
        cancelled: false,
    };
    let file = calendar_file(&visit, &sender(), Locale::en).unwrap();
    let parsed = ical::IcalParser::new(file.as_bytes())
        .next()
        .unwrap()
        .unwrap();
    let invitation = written(&invited(
        letter(Event::BookingApproved, Client, "en"),
        CalendarPart::Invite,
        1,
    ));
    let (_, _, invitation) = calendar(&read(&invitation)).unwrap();
    for name in [
        "UID",
        "SEQUENCE",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "DESCRIPTION",
        "URL",
        "ORGANIZER",
    ] {
        assert_eq!(
            property(&parsed.events[0], name),
            property(&invitation, name)
        );
    }
    assert!(file.contains("METHOD:PUBLISH\r\n") && !file.contains("ATTENDEE"));
    let gone = calendar_file(
        &OwnVisit {
            cancelled: true,
            ..visit
        },
        &sender(),
        Locale::es,
    )
    .unwrap();
    assert!(gone.contains("METHOD:CANCEL\r\n") && gone.contains("STATUS:CANCELLED\r\n"));
}

/// `FRONTDESK_LETTERS=folder` keeps the HTML of some letters, to be looked at.
#[test]
fn letters_can_be_looked_at() {
    let Ok(folder) = std::env::var("FRONTDESK_LETTERS") else {
        return;
    };
    let moved = with(
        invited(
            letter(Event::BookingApproved, Client, "en"),
            CalendarPart::Invite,
            1,
        ),
        |facts| {
            facts.old_start = Some(at("2026-11-25T14:00:00Z"));
            facts.old_end = Some(at("2026-11-25T15:00:00Z"));
        },
    );
    let declined = with(letter(Event::BookingDeclined, Client, "es"), |facts| {
        facts.reason = Some("Roof closed.\nTry May.".to_owned())
    });
    let asked = with(letter(Event::RequestSubmitted, Approvers, "en"), |facts| {
        facts.expires = Some(at("2026-11-24T08:00:00Z"))
    });
    for (name, letter) in [
        ("moved", moved),
        ("declined", declined),
        ("asked", asked),
        ("link", sign_in_letter("sign-in-link", "en", true, None)),
    ] {
        let mail = written(&letter);
        let html = read(&mail).body_html(0).unwrap().into_owned();
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
}
