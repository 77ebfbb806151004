//! `cargo xtask bench`: measurements that print figures; nothing is asserted, because machines differ.

use crate::place::{Place, cargo};
use crate::{Result, step};
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
        other => Err(format!(
            "There is no measurement \"{other}\"; there is: slots."
        )),
    }
}
