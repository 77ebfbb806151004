//! The two walls of the house, asked of Cargo: the rules have no I/O and no clock, and no server crate is in the browser.

use super::Yard;
use super::tally::Tally;
use crate::bundle::BUNDLES;
use crate::place::{Place, cargo};
use crate::{Result, step};
use std::process::Command;

/// All that the rules may depend on.
const OF_BOOKING: [&str; 3] = ["booking", "chrono", "serde"];

/// What must never be downloaded by a browser.
const NOT_IN_THE_BROWSER: [&str; 11] = [
    "desk",
    "migration",
    "sea-orm",
    "sqlx",
    "sqlx-core",
    "lettre",
    "chrono-tz",
    "axum",
    "leptos_axum",
    "tower-http",
    "minijinja",
];

/// Both walls, from each side.
pub fn walls(yard: &Yard, tally: &mut Tally) {
    let place = &yard.place;
    let mut alone = Command::new(cargo());
    alone
        .args(["check", "--package", "booking"])
        .current_dir(&place.repo);
    tally.check(
        "booking compiles alone",
        step::quietly(place, "booking-alone", &mut alone),
    );
    tally.check(
        "booking depends on serde and chrono only",
        booking_depends(place),
    );
    tally.check("booking has no clock", booking_has_no_clock(place));
    for bundle in BUNDLES {
        tally.check(
            &format!("no server in the {bundle} bundle"),
            no_server_in(place, bundle),
        );
    }
}

fn booking_depends(place: &Place) -> Result {
    let tree = tree(
        place,
        &["--package", "booking", "--edges", "normal", "--depth", "1"],
    )?;
    nothing(
        tree.iter()
            .map(|line| name(line))
            .filter(|name| !OF_BOOKING.contains(name)),
    )
}

/// Looks at the crate alone: in a build of the whole workspace, others turn chrono's clock on.
fn booking_has_no_clock(place: &Place) -> Result {
    let tree = tree(
        place,
        &["--package", "booking", "--edges", "normal,features"],
    )?;
    let clocks = ["chrono feature \"clock\"", "chrono feature \"now\""];
    nothing(
        tree.iter()
            .map(String::as_str)
            .filter(|line| clocks.iter().any(|clock| line.starts_with(clock))),
    )
}

fn no_server_in(place: &Place, bundle: &str) -> Result {
    let words = [
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--no-default-features",
        "--features",
        bundle,
    ];
    let tree = tree(place, &words)?;
    nothing(
        tree.iter()
            .map(|line| name(line))
            .filter(|name| NOT_IN_THE_BROWSER.contains(name)),
    )
}

fn tree(place: &Place, words: &[&str]) -> Result<Vec<String>> {
    let answer = Command::new(cargo())
        .args(["tree", "--prefix", "none", "--quiet"])
        .args(words)
        .current_dir(&place.repo)
        .output()
        .map_err(|error| format!("cargo tree does not start: {error}."))?;
    if answer.status.success() {
        Ok(String::from_utf8_lossy(&answer.stdout)
            .lines()
            .map(str::to_owned)
            .collect())
    } else {
        Err(String::from_utf8_lossy(&answer.stderr).into_owned())
    }
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// Nothing was found; otherwise names what was, once each.
fn nothing<'a>(found: impl Iterator<Item = &'a str>) -> Result {
    let found: std::collections::BTreeSet<&str> = found.filter(|name| !name.is_empty()).collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "found {}.",
            found.into_iter().collect::<Vec<_>>().join(", ")
        ))
    }
}
