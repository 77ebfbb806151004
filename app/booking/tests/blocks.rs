//! Time blocks: how they are written, what they are on a date, also where the clocks change, and what of them staff can
//! accept.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::block::{TimeBlock, TimeBlocks};
use booking::change::WantedTime;
use booking::refusal::Refusal;
use booking::span::Span;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(at(start), at(end)).unwrap()
}

#[test]
fn written_and_read() {
    for text in ["07:00-09:00", "00:00-24:00", "23:59-24:00"] {
        assert_eq!(text.parse::<TimeBlock>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "07:00",
        "7-9",
        "09:00-07:00",
        "09:00-09:00",
        "24:00-24:00",
        "07:00-25:00",
        "07:00-09:60",
    ] {
        let refused = text.parse::<TimeBlock>().unwrap_err();
        assert_eq!(refused, Refusal::BadTime, "{text}");
    }
    let many: TimeBlocks = "12:00-14:00 07:00-09:00 07:00-09:00 07:00-08:00"
        .parse()
        .unwrap();
    assert_eq!(many.to_string(), "07:00-08:00 07:00-09:00 12:00-14:00");
    assert_eq!("".parse::<TimeBlocks>().unwrap(), TimeBlocks::default());
    let too_many: Vec<TimeBlock> = (0..13)
        .map(|n| TimeBlock::new(n, n + 60).unwrap())
        .collect();
    assert_eq!(TimeBlocks::new(too_many), Err(Refusal::BadTime));
}

#[test]
fn on_a_date() {
    let berlin = Tz::Europe__Berlin;
    // The block, the date, from when to when; nothing: the clocks skip it whole.
    let table = [
        (
            "07:00-09:00",
            "2026-12-01",
            Some(("2026-12-01T06:00:00Z", "2026-12-01T08:00:00Z")),
        ),
        (
            "22:00-24:00",
            "2026-12-01",
            Some(("2026-12-01T21:00:00Z", "2026-12-01T23:00:00Z")),
        ),
        // 02:00–03:00 does not exist.
        (
            "01:00-04:00",
            "2026-03-29",
            Some(("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z")),
        ),
        (
            "02:30-04:00",
            "2026-03-29",
            Some(("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")),
        ),
        ("02:00-03:00", "2026-03-29", None),
        // 02:00–03:00 is there twice: the first counts for an edge.
        (
            "01:00-04:00",
            "2026-10-25",
            Some(("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z")),
        ),
        (
            "02:30-04:00",
            "2026-10-25",
            Some(("2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z")),
        ),
    ];
    for (block, date, expected) in table {
        let block: TimeBlock = block.parse().unwrap();
        let date: NaiveDate = date.parse().unwrap();
        let expected = expected.map_or(Err(Refusal::BadTime), |(from, to)| Ok(span(from, to)));
        assert_eq!(block.on(&berlin, date), expected, "{block} {date}");
    }
}

#[test]
fn what_is_met_by_a_time() {
    let wanted = WantedTime::Block {
        within: span("2026-12-01T06:00:00Z", "2026-12-01T08:00:00Z"),
        length_min: 60,
    };
    let table = [
        ("2026-12-01T06:00:00Z", "2026-12-01T07:00:00Z", true),
        ("2026-12-01T07:00:00Z", "2026-12-01T08:00:00Z", true),
        ("2026-12-01T06:00:00Z", "2026-12-01T07:30:00Z", false),
        ("2026-12-01T05:59:00Z", "2026-12-01T06:59:00Z", false),
        ("2026-12-01T07:01:00Z", "2026-12-01T08:01:00Z", false),
        ("2026-12-02T06:00:00Z", "2026-12-02T07:00:00Z", false),
    ];
    for (from, to, met) in table {
        assert_eq!(wanted.is_met_by(span(from, to)), met, "{from}");
    }
    let exact = WantedTime::Exact(span("2026-12-01T06:00:00Z", "2026-12-01T07:00:00Z"));
    assert!(exact.is_met_by(exact.span()));
    assert!(!exact.is_met_by(wanted.span()));
}
