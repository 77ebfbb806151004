//! `cargo xtask bench`: measurements that print figures; nothing is asserted, because machines differ.

use crate::place::{Place, Speed, cargo};
use crate::{Result, server, site, step};
use std::process::Command;

/// Runs the named measurement.
pub fn bench(words: &[String]) -> Result {
    let place = Place::find()?;
    match words.first().map_or("slots", String::as_str) {
        "slots" => {
            let mut slots = Command::new(cargo());
            slots.args([
                "run",
                "--release",
                "--quiet",
                "--package",
                "booking",
                "--example",
                "bench_slots",
            ]);
            step::aloud(slots.current_dir(&place.repo))
        }
        "http" => http(&place),
        other => Err(format!(
            "There is no measurement \"{other}\"; there are: slots, http."
        )),
    }
}

/// The release server with the site that people get, asked over HTTP from outside.
fn http(place: &Place) -> Result {
    site::build(place, Speed::Small)?;
    server::build(place, true)?;
    let mut ask = Command::new(cargo());
    ask.args(["run", "--release", "--quiet", "--package", "server"]);
    ask.args(["--example", "bench_http"])
        .env("FRONTDESK_BIN", place.server(true))
        .env("FRONTDESK_SITE_DIR", place.site(Speed::Small));
    step::aloud(ask.current_dir(&place.repo))
}
