//! `cargo xtask test`: every check there is, in order, each with a heading, its duration and its count. One suite's
//! failure does not stop the next; the last line is `N passed, N failed`.

mod budgets;
mod cargo_tests;
mod cluster;
mod journeys;
mod lint;
mod tally;
mod walls;

use crate::place::Place;
use crate::{Result, machine};
use cluster::Cluster;
use std::time::Instant;
use tally::Tally;

/// What suites share.
pub struct Yard {
    place: Place,
    /// Words after `--`: a name to look for, handed to cargo test and Playwright.
    words: Vec<String>,
    /// The throw-away PostgreSQL, or why there is none.
    postgres: Result<Cluster>,
}

type Suite = fn(&Yard, &mut Tally);

/// In the order in which they run: what fails fastest comes first.
const SUITES: [(&str, &str, Suite); 6] = [
    ("format", "every file is formatted", lint::format),
    (
        "walls",
        "rules without I/O, no server in the browser",
        walls::walls,
    ),
    (
        "lint",
        "clippy for the host and for wasm32, types of the journeys",
        lint::lint,
    ),
    (
        "tests",
        "units, properties, desk on SQLite and PostgreSQL, the site in process",
        cargo_tests::cargo_tests,
    ),
    ("budgets", "what the browser downloads", budgets::budgets),
    (
        "journeys",
        "Playwright in Chromium, against a real server",
        journeys::journeys,
    ),
];

/// Runs all suites, or those that are named.
pub fn test(words: &[String]) -> Result {
    let mut halves = words.splitn(2, |word| word == "--");
    let wanted = halves.next().unwrap_or_default();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| SUITES.iter().all(|(suite, ..)| suite != name))
    {
        let known = SUITES.map(|(suite, ..)| suite).join(", ");
        return Err(format!(
            "There is no suite \"{unknown}\"; there are: {known}."
        ));
    }
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let place = Place::find()?;
    let postgres = if chosen("tests") || chosen("journeys") {
        machine::postgresql(&place).and_then(|programs| Cluster::start(&programs))
    } else {
        Err("PostgreSQL was not started.".into())
    };
    let yard = Yard {
        place,
        words: halves.next().unwrap_or_default().to_vec(),
        postgres,
    };
    let mut all = Tally::default();
    for (name, purpose, suite) in SUITES.into_iter().filter(|(name, ..)| chosen(name)) {
        println!("\n── {name}: {purpose}");
        let started = Instant::now();
        let mut tally = Tally::default();
        suite(&yard, &mut tally);
        println!("   {tally} in {}", duration(started));
        all.add(&tally);
    }
    drop(yard);
    println!("\n{all}");
    std::process::exit(i32::from(all.failed > 0));
}

fn duration(started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f32();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:.0} s", (seconds / 60.0) as u32, seconds % 60.0)
    }
}
