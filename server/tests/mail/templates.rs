//! Letters in the owner's own words, examples of them, and reminders: what arrives, in every language.

use app::letter_room::Room;
use booking::letter::{CalendarPart, Event, Recipient};
use booking::template::{LETTERS, LetterKind, Wording};
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use desk::letter_templates::{TEST, TestFacts};
use desk::outbox::{CalendarFacts, Letter};
use mail_parser::MimeHeaders;
use server::letters::{self, Examples};

use crate::letters::{at, letter, read, says, sender};

fn own(letter: Letter, subject: &str, body: &str, closing: &str) -> Letter {
    Letter {
        wording: Some(Wording {
            subject: subject.to_owned(),
            heading: "¡Hasta pronto!".to_owned(),
            body: body.to_owned(),
            closing: closing.to_owned(),
        }),
        ..letter
    }
}

fn approved(locale: &str) -> Letter {
    letter(Event::BookingApproved, Recipient::Client, locale)
}

fn text_of(letter: &Letter, now: &str) -> (String, String, String) {
    let mail = letters::write(letter, &sender(), at(now)).unwrap();
    let message = read(&mail);
    let text = message.body_text(0).unwrap();
    let text = text
        .split([' ', '\n', '\r'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let html = message.body_html(0).unwrap().into_owned();
    (message.subject().unwrap().to_owned(), text, html)
}

const NOW: &str = "2026-11-21T08:00:05Z";

#[test]
fn the_owners_words_are_sent() {
    let letter = own(
        approved("es"),
        "Sí: {{ service }} ({{ reference }})",
        "{{ client }}, nos vemos {{ when }} con {{technician}}.\n\nSolo si hay motivo: {{ reason }}\nFin.",
        "Aparque <b>detrás</b> & entre.",
    );
    says(
        &letter,
        "Sí: Deep clean (R-7K3M9)",
        &[
            "¡Hasta pronto!",
            "María Ruiz, nos vemos jue 26 nov 2026, 10:00–11:00 CET (UTC+01:00) con Ana.",
            "Fin.",
            "Ver la cita",
        ],
    );
    let (_, text, html) = text_of(&letter, NOW);
    assert!(
        !text.contains("motivo"),
        "a line without its fact falls away: {text}"
    );
    assert!(text.contains("Aparque <b>detrás</b> & entre."));
    assert!(
        html.contains("Aparque &lt;b&gt;detrás&lt;&#x2f;b&gt; &amp; entre."),
        "{html}"
    );
}

#[test]
fn facts_are_no_templates() {
    let mut letter = own(approved("en"), "{{ service }}", "{{ service }} {{7*7}}", "");
    letter.facts["service"] = "{{ client }} {% raw %}\r\nBcc: x@y".into();
    // `{{7*7}}` is no placeholder: such words cannot be stored, and are not used if they are.
    let (subject, text, _) = text_of(&letter, NOW);
    assert!(
        subject.starts_with("Confirmed: {{ client }} {% raw %} Bcc: x@y"),
        "{subject}"
    );
    assert!(
        text.contains("Clean & Co has confirmed your request."),
        "{text}"
    );
    letter.wording = own(approved("en"), "{{ service }}", "{{ service }}", "").wording;
    let (subject, text, _) = text_of(&letter, NOW);
    assert_eq!(subject, "{{ client }} {% raw %} Bcc: x@y");
    assert!(text.contains("{{ client }} {% raw %} Bcc: x@y"), "{text}");
}

#[test]
fn words_with_a_mistake_are_never_sent() {
    let broken = [
        ("", "b"),
        ("{{ nobody }}", "b"),
        ("{{ service", "b"),
        ("s", "{{ x }}"),
        ("{{ reason }}", "b"),
    ];
    for (subject, body) in broken {
        let (sent, text, _) = text_of(&own(approved("en"), subject, body, ""), NOW);
        assert_eq!(
            sent, "Confirmed: Deep clean, Thu 26 Nov 2026, 10:00 CET",
            "{subject} {body}"
        );
        assert!(text.contains("Your appointment is confirmed"), "{text}");
    }
}

#[test]
fn reminders_say_how_near_it_is() {
    let reminder = |locale| letter(Event::Reminder, Recipient::Client, locale);
    let cases = [
        (
            "en",
            "2026-11-25T09:00:00Z",
            "Tomorrow at 10:00: Deep clean",
        ),
        (
            "es",
            "2026-11-25T09:00:00Z",
            "Mañana a las 10:00: Deep clean",
        ),
        ("en", "2026-11-26T07:00:00Z", "Today at 10:00: Deep clean"),
        ("es", "2026-11-26T07:00:00Z", "Hoy a las 10:00: Deep clean"),
        // Half past midnight in Madrid is still yesterday in UTC.
        ("en", "2026-11-25T23:30:00Z", "Today at 10:00: Deep clean"),
        (
            "en",
            "2026-11-24T09:00:00Z",
            "Thu 26 Nov 2026, 10:00 CET: Deep clean",
        ),
        (
            "es",
            "2026-11-24T09:00:00Z",
            "jue 26 nov 2026, 10:00 CET: Deep clean",
        ),
    ];
    for (locale, now, subject) in cases {
        let (sent, text, _) = text_of(&reminder(locale), now);
        assert_eq!(sent, subject);
        assert!(text.contains("10:00–11:00 CET (UTC+01:00)"), "{text}");
    }
    let (_, text, _) = text_of(&reminder("es"), "2026-11-25T09:00:00Z");
    assert!(
        text.contains("Le recordamos su cita con Clean & Co."),
        "{text}"
    );
    let technician = letter(Event::Reminder, Recipient::Technician, "en");
    assert!(letters::write(&technician, &sender(), at(NOW)).is_err());
}

#[test]
fn a_trial_shows_the_words_in_their_language() {
    let said = letter(Event::Reminder, Recipient::Client, "es")
        .about_visit()
        .unwrap();
    let facts = TestFacts {
        letter: LetterKind {
            event: Event::Reminder,
            recipient: Recipient::Client,
            moved: false,
        },
        locale: "es".to_owned(),
        wording: own(approved("es"), "{{ near }}", "Cuerpo {{ client }}.", "")
            .wording
            .unwrap(),
        said,
    };
    // Whoever tries it reads English; the letter is Spanish.
    let trial = Letter {
        event: TEST.to_owned(),
        facts: serde_json::to_value(facts).unwrap(),
        ..approved("en")
    };
    let (subject, text, _) = text_of(&trial, "2026-11-25T09:00:00Z");
    assert_eq!(subject, "Prueba: Mañana a las 10:00");
    assert!(
        text.contains("Hola, María Ruiz:") && text.contains("Cuerpo María Ruiz."),
        "{text}"
    );
}

#[test]
fn every_letter_begins_with_the_products_own_words() {
    let examples = Examples { sender: sender() };
    let now: DateTime<chrono::Utc> = at(NOW);
    for kind in LETTERS {
        for locale in app::language::ALL {
            let words = examples.original(*kind, locale).unwrap();
            assert_eq!(words.mistakes(*kind), [], "{kind} {locale}");
            let moved = kind.moved || kind.event == Event::VisitChanged;
            let mut said = letter(kind.event, kind.recipient, "en")
                .about_visit()
                .unwrap();
            said.old_start = moved.then(|| at("2026-11-25T14:00:00Z"));
            said.old_end = moved.then(|| at("2026-11-25T15:00:00Z"));
            let reader = ("Olga", Tz::Europe__Madrid, now);
            let preview = examples
                .preview(*kind, locale, &words, &said, reader)
                .unwrap();
            // The preview is what a letter without words of its own says.
            let mut plain = letter(kind.event, kind.recipient, locale.as_ref());
            plain.facts = serde_json::to_value(&said).unwrap();
            let (subject, text, _) = text_of(&plain, NOW);
            assert_eq!(preview.subject, subject, "{kind} {locale}");
            for paragraph in preview.opening.iter().skip(1).chain(&preview.closing) {
                assert!(
                    text.contains(paragraph),
                    "{kind} {locale}: {paragraph} in {text}"
                );
            }
            let other = Wording {
                subject: "Mine {{ client }}".to_owned(),
                ..words
            };
            let preview = examples
                .preview(*kind, locale, &other, &said, reader)
                .unwrap();
            assert_eq!(preview.subject, "Mine María Ruiz");
        }
    }
}

#[test]
fn several_visits_have_a_calendar_part_each() {
    let mut said = letter(Event::VisitCreated, Recipient::Client, "en")
        .about_visit()
        .unwrap();
    let entry = |n: i64| CalendarFacts {
        service: None,
        uid: format!("0193-{n}@frontdesk.invalid"),
        sequence: 0,
        method: CalendarPart::Invite,
        stamp: at("2026-11-21T08:00:00Z"),
        start: at("2026-11-26T09:00:00Z") + TimeDelta::weeks(n),
        end: at("2026-11-26T10:00:00Z") + TimeDelta::weeks(n),
    };
    said.calendar = Some(entry(0));
    said.dates = (0..14).map(entry).collect();
    let booked = Letter {
        facts: serde_json::to_value(&said).unwrap(),
        ..letter(Event::VisitCreated, Recipient::Client, "en")
    };
    let (_, text, _) = text_of(&booked, NOW);
    for day in [
        "Thu 26 Nov 2026",
        "Thu 3 Dec 2026",
        "Thu 11 Feb 2027",
        "and 2 more",
    ] {
        assert!(text.contains(day), "{day} in {text}");
    }
    assert!(!text.contains("Thu 18 Feb 2027"), "{text}");
    let mail = letters::write(&booked, &sender(), at(NOW)).unwrap();
    let message = read(&mail);
    let files: Vec<(String, String)> = message
        .attachments()
        .filter_map(|part| {
            let source = String::from_utf8(part.contents().to_vec()).unwrap();
            Some((part.attachment_name()?.to_owned(), source))
        })
        .collect();
    assert_eq!(files.len(), 14);
    for (n, (name, source)) in files.iter().enumerate() {
        let expected = if n == 0 {
            "invite.ics".to_owned()
        } else {
            format!("invite-{}.ics", n + 1)
        };
        assert_eq!(*name, expected);
        assert!(
            source.contains(&format!("UID:0193-{n}@frontdesk.invalid\r\n")),
            "{source}"
        );
        assert_eq!(source.matches("BEGIN:VEVENT").count(), 1);
    }
}

#[test]
fn a_change_says_who_and_what_it_was_before() {
    let changed = |locale: &str, technician: Option<&str>| {
        let mut said = letter(Event::VisitChanged, Recipient::Client, locale)
            .about_visit()
            .unwrap();
        said.technician = technician.map(str::to_owned);
        said.old_technician = Some("Ben".to_owned());
        said.old_service = Some("Windows".to_owned());
        Letter {
            facts: serde_json::to_value(&said).unwrap(),
            ..letter(Event::VisitChanged, Recipient::Client, locale)
        }
    };
    let (_, text, _) = text_of(&changed("en", Some("Ana")), NOW);
    assert!(text.contains("With: Ana (before: Ben)"), "{text}");
    assert!(
        text.contains("Service: Deep clean (before: Windows)"),
        "{text}"
    );
    let (_, text, _) = text_of(&changed("es", None), NOW);
    assert!(text.contains("nadie todavía (antes: Ben)"), "{text}");
}

#[test]
fn a_cancellation_says_why() {
    let mut said = letter(Event::VisitCancelled, Recipient::Client, "es")
        .about_visit()
        .unwrap();
    said.reason = Some("Nieve.\nLo sentimos.".to_owned());
    for role in [Recipient::Client, Recipient::Technician] {
        said.role = role;
        let cancelled = Letter {
            facts: serde_json::to_value(&said).unwrap(),
            ..letter(Event::VisitCancelled, role, "es")
        };
        let (subject, text, _) = text_of(&cancelled, NOW);
        assert!(subject.starts_with("Cancelada: Deep clean"), "{subject}");
        assert!(text.contains("> Nieve. > Lo sentimos."), "{text}");
    }
}
