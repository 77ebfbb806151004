//! Scenarios as JSON: what is read, what is refused and by which name, and the program that answers them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what cannot be read fails the test"
)]

#[path = "../examples/scenario/mod.rs"]
mod scenario;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn plain() -> Value {
    json!({
        "business_tz": "Europe/Lisbon",
        "now": "2026-05-01T08:00:00Z",
        "service": { "id": "wash", "duration": 45 },
        "technicians": [
            { "id": "rui", "weekly": { "tue": [["10:00", "12:00"]] } },
            { "id": "eva", "tz": "Europe/Madrid", "weekly": { "tue": [["11:45", "13:30"]] } }
        ],
        "query": { "from": "2026-05-05T00:00:00Z", "to": "2026-05-06T00:00:00Z" }
    })
}

fn ask(scenario: &Value) -> Result<Value, String> {
    let answer =
        scenario::answer(scenario.to_string().as_bytes()).map_err(|trouble| trouble.to_string())?;
    Ok(serde_json::from_str(&answer).unwrap())
}

/// The scenario with one value set, by JSON pointer; a list is appended to with `-`.
fn with(pointer: &str, value: Value) -> Value {
    let mut scenario = plain();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match scenario.pointer_mut(parent).unwrap() {
        Value::Array(list) if name == "-" => list.push(value),
        other => other[name] = value,
    }
    scenario
}

fn answer() -> Value {
    let slot = |start: &str, end: &str, who: &[&str]| json!({ "start": format!("2026-05-05T{start}:00Z"), "end": format!("2026-05-05T{end}:00Z"), "technicians": who, "remaining": 1 });
    json!([
        slot("09:00", "09:45", &["rui"]),
        slot("09:45", "10:30", &["eva", "rui"]),
        slot("10:30", "11:15", &["eva"])
    ])
}

#[test]
fn absent_is_null_and_unknown_fields_are_ignored() {
    assert_eq!(ask(&plain()), Ok(answer()));
    assert_eq!(
        ask(&json!({ "what": "wrapped", "scenario": plain(), "expected": [] })),
        Ok(answer())
    );
    let same = [
        ("/closures", json!(null)),
        ("/bookings", json!([])),
        ("/colour", json!({ "deep": [1, 2, 3] })),
        ("/service/step", json!(null)),
        ("/service/max_per_day", json!(null)),
        ("/service/advance_days", json!(null)),
        ("/service/technicians", json!(null)),
        ("/service/capacity", json!(null)),
        ("/service/buffer_after", json!(null)),
        ("/technicians/0/tz", json!(null)),
        ("/technicians/0/active", json!(null)),
        ("/technicians/0/exceptions", json!(null)),
        ("/technicians/0/weekly/wed", json!(null)),
        ("/technicians/0/weekly/someday", json!("whatever")),
        ("/query/technician", json!(null)),
        ("/query/seats", json!(null)),
        ("/now", json!("2026-05-01T10:00:00+02:00")),
    ];
    for (pointer, value) in same {
        assert_eq!(ask(&with(pointer, value)), Ok(answer()), "{pointer}");
    }
    let none = [
        ("/service/technicians", json!([])),
        ("/service/max_per_day", json!(0)),
        ("/query/technician", json!("nobody")),
        ("/query/seats", json!(2)),
        ("/technicians", json!([])),
        ("/closures", json!(["2026-05-05"])),
        ("/now", json!("2027-05-01T10:00:00Z")),
        ("/service/advance_days", json!(3)),
        ("/query/to", json!("2026-05-04T00:00:00Z")),
    ];
    for (pointer, value) in none {
        assert_eq!(ask(&with(pointer, value)), Ok(json!([])), "{pointer}");
    }
}

#[test]
fn a_named_technician_stands_alone() {
    let answer = ask(&with("/query/technician", json!("eva"))).unwrap();
    assert_eq!(answer.as_array().map(Vec::len), Some(2));
    assert!(
        answer
            .as_array()
            .unwrap()
            .iter()
            .all(|slot| slot["technicians"] == json!(["eva"]))
    );
}

#[test]
fn bookings_are_read_with_their_defaults() {
    let booking = |more: Value| {
        let mut booking = json!({
            "tech": "rui", "service": "other", "status": "scheduled",
            "start": "2026-05-05T09:00:00Z", "end": "2026-05-05T09:45:00Z"
        });
        booking
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        ask(&with("/bookings", json!([booking])))
            .map(|slots| slots[0]["start"].as_str().unwrap()[11..16].to_owned())
    };
    assert_eq!(booking(json!({})), Ok("09:45".into()));
    assert_eq!(booking(json!({ "status": "declined" })), Ok("09:00".into()));
    assert_eq!(
        booking(json!({ "status": "pending", "expires": "2026-05-01T08:00:00Z" })),
        Ok("09:00".into())
    );
    assert_eq!(
        booking(json!({ "status": "pending", "expires": "2026-05-01T08:00:01Z" })),
        Ok("09:45".into())
    );
    assert_eq!(
        booking(json!({ "status": "scheduled", "expires": "2026-05-01T08:00:00Z" })),
        Ok("09:45".into())
    );
    assert_eq!(
        booking(json!({ "tech": null })),
        Ok("09:45".into()),
        "one free, one reserved"
    );
    assert_eq!(
        booking(json!({ "tech": "nobody here" })),
        Ok("09:00".into())
    );
    assert_eq!(
        booking(json!({ "resources": [{ "id": "unknown room" }] })),
        Ok("09:45".into())
    );
    assert_eq!(
        booking(json!({ "end": "2026-05-05T09:00:00Z" })),
        Err("bookings[0].end: not after start".into())
    );
    assert_eq!(
        booking(json!({ "status": "maybe" })),
        Err("bookings[0].status: unknown status".into())
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let window = |start: &str, end: &str| json!([[start, end]]);
    let twice =
        json!([{ "date": "2026-05-05", "kind": "off" }, { "date": "2026-05-05", "kind": "hours" }]);
    let table = [
        ("/business_tz", json!("Mars/Phobos"), "business_tz"),
        ("/business_tz", json!("../../etc/localtime"), "business_tz"),
        ("/business_tz", json!("x".repeat(10_000)), "business_tz"),
        ("/business_tz", json!(null), "business_tz"),
        ("/now", json!("2026-02-30T00:00:00Z"), "now"),
        ("/now", json!("+292277026597-01-01T00:00:00Z"), "now"),
        ("/now", json!("2026-05-01T08:00:00"), "now"),
        ("/now", json!(5), "now"),
        ("/service", json!(null), "service"),
        ("/service", json!([]), "service"),
        ("/service/id", json!(null), "service.id"),
        ("/service/duration", json!(0), "service.duration"),
        ("/service/duration", json!(-30), "service.duration"),
        (
            "/service/duration",
            json!(2_147_483_648u32),
            "service.duration",
        ),
        ("/service/duration", json!(null), "service.duration"),
        ("/service/duration", json!(30.5), "service.duration"),
        ("/service/duration", json!("60"), "service.duration"),
        ("/service/step", json!(0), "service.step"),
        ("/service/buffer_before", json!(-1), "service.buffer_before"),
        (
            "/service/resources",
            json!([{ "id": "room" }]),
            "service.resources[0].id",
        ),
        ("/service/technicians", json!("rui"), "service.technicians"),
        (
            "/technicians/1/tz",
            json!("Europe/Atlantis"),
            "technicians[1].tz",
        ),
        ("/technicians/0/weekly", json!([]), "technicians[0].weekly"),
        (
            "/technicians/0/weekly/mon",
            window("9:00", "10:00"),
            "technicians[0].weekly.mon[0][0]",
        ),
        (
            "/technicians/0/weekly/mon",
            window("24:00", "10:00"),
            "technicians[0].weekly.mon[0][0]",
        ),
        (
            "/technicians/0/weekly/mon",
            window("09:00", "24:01"),
            "technicians[0].weekly.mon[0][1]",
        ),
        (
            "/technicians/0/weekly/mon",
            json!([["09:00"]]),
            "technicians[0].weekly.mon[0]",
        ),
        (
            "/technicians/0/active",
            json!("yes"),
            "technicians[0].active",
        ),
        (
            "/technicians/0/exceptions",
            twice,
            "technicians[0].exceptions[1].date",
        ),
        (
            "/technicians/0/exceptions",
            json!([{ "date": "0000-00-00", "kind": "off" }]),
            "technicians[0].exceptions[0].date",
        ),
        (
            "/technicians/0/exceptions",
            json!([{ "date": "2026-05-05", "kind": "half" }]),
            "technicians[0].exceptions[0].kind",
        ),
        (
            "/technicians/0/time_off",
            json!([["2026-05-05T09:00:00Z"]]),
            "technicians[0].time_off[0]",
        ),
        ("/technicians/-", json!({}), "technicians[2].id"),
        ("/closures", json!(["2026-02-30"]), "closures[0]"),
        ("/closures", json!("2026-05-05"), "closures"),
        (
            "/resources",
            json!([{ "id": "room", "capacity": -1 }]),
            "resources[0].capacity",
        ),
        ("/query", json!(null), "query"),
        ("/query/from", json!("yesterday"), "query.from"),
        ("/query/seats", json!(0), "query.seats"),
    ];
    for (pointer, value, field) in table {
        let trouble = ask(&with(pointer, value.clone())).expect_err(pointer);
        let short = value.to_string().chars().take(40).collect::<String>();
        assert_eq!(
            trouble.split(": ").next(),
            Some(field),
            "{pointer} {short}: {trouble}"
        );
        assert!(!trouble.contains('\n') && trouble.len() < 200);
    }
    for text in ["", "{", "[]", "null", "\u{0}", "[".repeat(10_000).as_str()] {
        assert!(scenario::answer(text.as_bytes()).is_err(), "{text:.10}");
    }
    assert!(scenario::answer(b"\xff\xfe").is_err());
}

fn run(arguments: &[&str], input: &str) -> Output {
    // Beside the test's own folder, where Cargo puts examples when it builds the tests.
    let mut program: PathBuf = std::env::current_exe().unwrap();
    program.pop();
    program.set_file_name("examples");
    let mut child = Command::new(program.join("slots"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_program_answers_one_or_many() {
    let good = run(&[], &plain().to_string());
    assert_eq!(good.status.code(), Some(0));
    assert_eq!(
        serde_json::from_slice::<Value>(&good.stdout).unwrap(),
        answer()
    );
    let unknown = with("/business_tz", json!("Mars/Phobos")).to_string();
    let bad = run(&[], &unknown);
    assert_eq!((bad.status.code(), bad.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(bad.stderr).unwrap();
    assert_eq!(said, "business_tz: unknown time zone\n");
    let many = run(
        &["--lines"],
        &format!("{}\n{unknown}\n{}", plain(), plain()),
    );
    assert_eq!(many.status.code(), Some(2));
    let lines: Vec<Value> = many
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            answer(),
            json!({ "error": "business_tz: unknown time zone" }),
            answer()
        ]
    );
    assert_eq!(
        run(&["--lines"], &format!("{}\n", plain())).status.code(),
        Some(0)
    );
}
