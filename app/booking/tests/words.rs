//! Texts that people type, ids and references they say, and the words that stand in the database (spec §9).

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeSet;

use booking::change::ChangeStatus;
use booking::ids::{Reference, ReferenceKind, RequestId};
use booking::letter::{CalendarPart, Event, Recipient, who_is_told};
use booking::people::{Email, Name, Notes, Phone, Reason, Role, Roles};
use booking::policy::ClockTime;
use booking::refusal::Refusal::{self, *};
use booking::request::{RequestKind, RequestStatus};
use booking::service::{Lengths, check_buffer, check_interval};
use booking::slots::{BookingStatus, Window};
use booking::span::Span;
use booking::visit::VisitStatus;

#[test]
fn names() {
    let (long, too_long) = ("é".repeat(200), "é".repeat(201));
    let zalgo = format!("Z{}", "\u{300}".repeat(7));
    let table: &[(&str, Result<&str, Refusal>)] = &[
        ("  Ana Ruiz ", Ok("Ana Ruiz")),
        ("O'Brien & Söhne <b>", Ok("O'Brien & Söhne <b>")),
        ("=cmd|' /C calc'!A0", Ok("=cmd|' /C calc'!A0")),
        ("{{7*7}}", Ok("{{7*7}}")),
        ("山田太郎", Ok("山田太郎")),
        ("Nguye\u{302}\u{303}n", Ok("Nguye\u{302}\u{303}n")),
        (&long, Ok(&long)),
        (&too_long, Err(TextTooLong)),
        ("", Err(TextEmpty)),
        (" \t\n\u{a0}\u{3000}", Err(TextEmpty)),
        ("\u{200b}\u{200b}", Err(TextEmpty)),
        ("Bob\r\nBcc: x@y", Err(TextControl)),
        ("Bob\nEND:VEVENT", Err(TextControl)),
        ("nul\0byte", Err(TextControl)),
        ("evil\u{202e}gpj.exe", Err(TextControl)),
        ("zero\u{200b}width", Err(TextControl)),
        ("iso\u{2066}late", Err(TextControl)),
        ("bom\u{feff}", Err(TextControl)),
        ("next\u{85}line", Err(TextControl)),
        ("line\u{2028}separator", Err(TextControl)),
        ("tag\u{e0041}", Err(TextControl)),
        (&zalgo, Err(TextControl)),
    ];
    for (typed, expected) in table {
        assert_eq!(
            Name::parse(typed)
                .as_ref()
                .map(Name::as_str)
                .map_err(|r| *r),
            *expected,
            "{typed:?}"
        );
    }
}

#[test]
fn notes_and_reasons() {
    let (long, too_long) = ("x".repeat(2_000), "x".repeat(2_001));
    let table: &[(&str, Result<&str, Refusal>)] = &[
        ("one\r\ntwo\rthree\nfour\n", Ok("one\ntwo\nthree\nfour")),
        (
            ".\n<script></textarea><!--hk=-->",
            Ok(".\n<script></textarea><!--hk=-->"),
        ),
        (&long, Ok(&long)),
        (&too_long, Err(TextTooLong)),
        ("a\tb", Err(TextControl)),
        ("a\u{1b}[2Jb", Err(TextControl)),
        ("a\0b", Err(TextControl)),
        ("\n \n", Err(TextEmpty)),
    ];
    for (typed, expected) in table {
        assert_eq!(
            Notes::parse(typed)
                .as_ref()
                .map(Notes::as_str)
                .map_err(|r| *r),
            *expected,
            "{typed:?}"
        );
        assert_eq!(
            Reason::parse(typed)
                .as_ref()
                .map(Reason::as_str)
                .map_err(|r| *r),
            *expected,
            "{typed:?}"
        );
    }
    // Line ends count as they are kept.
    assert!(Notes::parse(&"a\r\n".repeat(1_000)).is_ok());
    assert_eq!(Notes::optional("  "), Ok(None));
    assert_eq!(Reason::where_required(" ", true), Err(ReasonRequired));
    assert_eq!(Reason::where_required(" ", false), Ok(None));
    assert!(serde_json::from_str::<Notes>("\"\\u0000\"").is_err());
}

#[test]
fn addresses() {
    let long = format!("a@{}.example", "b".repeat(63));
    let too_long = format!("a@{}.example", ["b".repeat(60).as_str(); 5].join("."));
    let good = [
        ("ana@example.com", "ana@example.com"),
        (" Ana.R+tag@Mail.EXAMPLE.com ", "Ana.R+tag@mail.example.com"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        (long.as_str(), long.as_str()),
    ];
    for (typed, kept) in good {
        assert_eq!(Email::parse(typed).unwrap().as_str(), kept);
    }
    let bad = [
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana@@example.com",
        "a b@example.com",
        "ana@exa mple.com",
        ".ana@example.com",
        "ana.@example.com",
        "a..b@example.com",
        "ana@-example.com",
        "ana@example-.com",
        "ana@.com",
        "ana@example..com",
        "ana@example.com.",
        "ana@127.0.0.1",
        "ana@[127.0.0.1]",
        "аna@example.com",
        "ana@exаmple.com",
        "ana@example.com\r\nBcc: x@y.example",
        "ana@example.com,bob@example.com",
        "Ana <ana@example.com>",
        "ana\u{200b}@example.com",
        "ana%0d%0aBcc:x@example.com\n.x",
        too_long.as_str(),
    ];
    for typed in bad {
        assert_eq!(Email::parse(typed), Err(BadEmail), "{typed:?}");
    }
    assert_eq!(Email::parse("  "), Err(TextEmpty));
    assert_eq!(
        Email::parse("ANA@example.com").unwrap().key(),
        Email::parse("ana@EXAMPLE.com").unwrap().key()
    );
}

#[test]
fn telephones() {
    for typed in [
        "+34 600 123 456",
        "(020) 7946-0018",
        "030/123456",
        "112",
        "555.0100 x12",
    ] {
        assert!(Phone::parse(typed).is_ok(), "{typed}");
    }
    for typed in [
        "12",
        "+34+600",
        "call me",
        "٣٤٥",
        "1".repeat(21).as_str(),
        "600\n123",
    ] {
        assert_eq!(Phone::parse(typed), Err(BadPhone), "{typed}");
    }
    assert_eq!(Phone::parse("+34 (600) 1-2").unwrap().dialled(), "+3460012");
}

#[test]
fn roles_add_up() {
    let both = Roles::NONE.with(Role::Technician).with(Role::Dispatcher);
    assert!(both.may_dispatch() && !both.may_own() && both.has(Role::Technician));
    assert!(Roles::NONE.with(Role::Owner).may_dispatch());
    assert_eq!(
        both.without(Role::Dispatcher),
        Roles::from(vec![Role::Technician])
    );
    assert_eq!(
        serde_json::to_string(&both).unwrap(),
        "[\"technician\",\"dispatcher\"]"
    );
}

#[test]
fn ids_are_uuids() {
    let text = "0192f0c1-2345-7abc-8def-0123456789ab";
    let id: RequestId = text.parse().unwrap();
    assert_eq!(id.to_string(), text);
    assert_eq!(
        id,
        RequestId::new(0x0192_f0c1_2345_7abc_8def_0123_4567_89ab)
    );
    assert_eq!(text.to_uppercase().replace('-', "").parse(), Ok(id));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
    for bad in [
        "",
        "x",
        "0192f0c1-2345-7abc-8def-0123456789a",
        "0192f0c1x2345-7abc-8def-0123456789ab",
        "é".repeat(18).as_str(),
    ] {
        assert_eq!(bad.parse::<RequestId>(), Err(BadId), "{bad}");
    }
}

#[test]
fn references_are_sayable() {
    let one = Reference::from_number(ReferenceKind::Request, 0x1_2345_6789, 5);
    assert_eq!(Reference::parse(&one.to_string()), Ok(one));
    assert_eq!(one.to_string().len(), 7);
    assert_eq!(
        Reference::from_number(ReferenceKind::Visit, u64::MAX, 5).to_string(),
        "V-ZZZZZ"
    );
    assert_eq!(
        Reference::from_number(ReferenceKind::Quote, 0, 7).to_string(),
        "Q-0000000"
    );
    assert_eq!(
        Reference::from_number(ReferenceKind::Quote, 1, 99).to_string(),
        "Q-000000000001"
    );
    for typed in ["R-10A00", " r-ILAoO ", "rl0aoo", "R10a0O"] {
        let expected = if typed.contains("ILA") {
            "R-11A00"
        } else {
            "R-10A00"
        };
        assert_eq!(
            Reference::parse(typed).map(|r| r.to_string()).as_deref(),
            Ok(expected),
            "{typed}"
        );
    }
    for typed in [
        "",
        "R",
        "R-",
        "R-1234",
        "X-12345",
        "R-1234U",
        "R--12345",
        "R-1234567890123",
        "R-12 345",
        "Ř-12345",
    ] {
        assert_eq!(Reference::parse(typed), Err(BadReference), "{typed}");
    }
    // Longer ones are others, also when the number is the same.
    assert_ne!(Reference::parse("R-12345"), Reference::parse("R-012345"));
}

#[test]
fn refusals_have_stable_and_different_codes() {
    let codes: BTreeSet<_> = Refusal::ALL.iter().map(|r| r.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
    for refusal in Refusal::ALL {
        assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
        assert_eq!(
            serde_json::to_string(refusal).unwrap(),
            format!("\"{}\"", refusal.code())
        );
        assert!(
            refusal
                .code()
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-')
        );
    }
    assert_eq!(Refusal::from_code("nonsense"), None);
}

#[test]
fn the_words_in_the_database() {
    fn all<T: ToString>(words: &[T]) -> String {
        words.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
    }
    assert_eq!(
        all(RequestStatus::ALL),
        "pending approved declined cancelled expired"
    );
    assert_eq!(
        all(VisitStatus::ALL),
        "scheduled in_progress completed cancelled no_show rescheduled"
    );
    assert_eq!(
        all(ChangeStatus::ALL),
        "pending approved declined withdrawn superseded expired"
    );
    assert_eq!(
        all(RequestKind::ALL),
        "appointment one_time recurring issue"
    );
    assert_eq!(
        all(BookingStatus::ALL),
        "pending approved scheduled in_progress completed declined withdrawn cancelled rescheduled expired no_show"
    );
    assert!("Pending".parse::<RequestStatus>().is_err());
}

#[test]
fn lengths_buffers_windows_times() {
    assert_eq!(
        Lengths::one_of(vec![60, 30, 60]),
        Ok(Lengths::OneOf(vec![30, 60]))
    );
    for bad in [vec![], vec![4], vec![30, 1441], vec![0]] {
        assert_eq!(Lengths::one_of(bad), Err(BadLength));
    }
    let any = Lengths::any(30, 90).unwrap();
    assert!(
        any.offers(30)
            && any.offers(47)
            && any.offers(90)
            && !any.offers(91)
            && any.shortest() == 30
    );
    assert_eq!(Lengths::any(90, 30), Err(BadLength));
    assert_eq!(
        (check_buffer(240), check_buffer(241)),
        (Ok(()), Err(BadBuffer))
    );
    assert_eq!(
        (check_interval(0), check_interval(1), check_interval(1441)),
        (Err(BadInterval), Ok(()), Err(BadInterval))
    );
    assert_eq!(
        (Window::new(1440, 10), Window::new(0, 1441)),
        (Err(BadWindow), Err(BadWindow))
    );
    assert!(
        Window::new(540, 540).unwrap().ends_next_day()
            && !Window::new(0, 1440).unwrap().ends_next_day()
    );
    assert_eq!(
        "17:05"
            .parse::<ClockTime>()
            .map(|t| t.to_string())
            .as_deref(),
        Ok("17:05")
    );
    for bad in ["24:00", "7:00", "17:60", "17:0é", "", "17-05", "+1:05"] {
        assert_eq!(bad.parse::<ClockTime>(), Err(BadTime), "{bad}");
    }
    let start = "2026-03-20T10:00:00Z".parse().unwrap();
    assert_eq!(
        (Span::new(start, start), Span::of(start, 0)),
        (Err(BadTime), Err(BadTime))
    );
    assert_eq!(
        Span::of(chrono::DateTime::<chrono::Utc>::MAX_UTC, 1),
        Err(BadTime)
    );
    assert!(
        serde_json::from_str::<Span>(
            r#"{"start":"2026-03-20T10:00:00Z","end":"2026-03-20T10:00:00Z"}"#
        )
        .is_err()
    );
}

#[test]
fn who_is_told_what() {
    // M mail, P notice, I invitation, X cancellation; as the table of spec §6.
    let row = |event: Event| -> String {
        let channels = who_is_told(event).into_iter().map(|(to, by)| {
            let calendar = match by.calendar {
                CalendarPart::None => "",
                CalendarPart::Invite => "I",
                CalendarPart::Cancel => "X",
            };
            format!(
                "{to}:{}{}{calendar}",
                if by.mail { "M" } else { "" },
                if by.notice { "P" } else { "" }
            )
        });
        channels.collect::<Vec<_>>().join(" ")
    };
    let table = [
        ("request.submitted", "client:MP approvers:MP technician:MP"),
        ("request.edited", "client:P approvers:P technician:P"),
        ("request.withdrawn", "client:MP approvers:P technician:P"),
        ("request.expired", "client:MP approvers:P"),
        (
            "booking.approved",
            "client:MPI other_approvers:P technician:MPI",
        ),
        (
            "booking.declined",
            "client:MP other_approvers:P technician:P",
        ),
        ("request.times_proposed", "client:MP approvers:P"),
        ("request.quote_sent", "client:MP approvers:P"),
        ("request.offer_refused", "approvers:P"),
        ("request.offer_expired", "client:MP approvers:P"),
        ("visit.created", "client:MPI technician:MPI"),
        (
            "visit.changed",
            "client:MPI other_approvers:P technician:MPI previous_technician:MPX",
        ),
        ("change.submitted", "client:P approvers:MP technician:P"),
        (
            "change.approved",
            "client:MPI approvers:P technician:MPI previous_technician:MPX",
        ),
        ("change.declined", "client:MP approvers:P technician:P"),
        ("change.withdrawn", "approvers:P technician:P"),
        ("change.superseded", "client:MP"),
        ("change.expired", "client:MP approvers:P"),
        (
            "cancellation.submitted",
            "client:P approvers:MP technician:P",
        ),
        ("visit.cancelled", "client:MPX approvers:P technician:MPX"),
        ("cancellation.declined", "client:MP approvers:P"),
        (
            "visit.bulk_cancelled",
            "client:MPX approvers:P technician:MPX",
        ),
        ("visit.reminder", "client:MP technician:P"),
        ("visit.completed", "client:P"),
        ("visit.no_show", "client:P"),
        ("series.conflict", "approvers:P"),
        ("waiting.freed", "client:MP"),
        ("message.received", "approvers:MP"),
        ("message.answered", "client:MP"),
    ];
    assert_eq!(table.len(), Event::ALL.len());
    for (code, expected) in table {
        assert_eq!(row(code.parse().unwrap()), expected, "{code}");
    }
    assert_eq!(Recipient::ALL.len(), 5);
}
