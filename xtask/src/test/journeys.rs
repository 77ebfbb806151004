//! The journeys in `end2end/`: Playwright drives Debian's Chromium against the development server with the site from disk.

use super::Yard;
use super::tally::Tally;
use crate::place::Speed;
use crate::{Result, machine, server, site, step};
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// Far beyond any honest run.
const LIMIT: Duration = Duration::from_secs(65 * 60);

/// Sets up, runs all journeys and counts each.
pub fn journeys(yard: &Yard, tally: &mut Tally) {
    match play(yard) {
        Ok(counted) => tally.add(&counted),
        Err(sentence) => tally.check("journeys", Err(sentence)),
    }
}

fn play(yard: &Yard) -> Result<Tally> {
    let place = &yard.place;
    machine::npm_packages(place, "end2end")?;
    let chromium = machine::chromium(place)?;
    site::build(place, Speed::Small)?;
    server::build_quietly(place)?;
    let report = place.notes().join("journeys.json");
    let _ = std::fs::remove_file(&report);
    let mut playwright = Command::new("node");
    playwright
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .args(&yard.words);
    playwright.current_dir(place.repo.join("end2end"));
    playwright
        .env("FRONTDESK_BIN", place.server(false))
        .env("FRONTDESK_SITE_DIR", place.site(Speed::Small));
    playwright
        .env("FRONTDESK_CHROMIUM", chromium)
        .env("FRONTDESK_JOURNEYS_REPORT", &report);
    playwright.env("FRONTDESK_JOURNEYS_OUTPUT", place.notes().join("journeys"));
    if let Ok(cluster) = &yard.postgres {
        playwright.env("FRONTDESK_TEST_POSTGRES", &cluster.url);
        playwright.env("FRONTDESK_TEST_PSQL", &cluster.psql);
    }
    let outcome = step::watch(place, "journeys", &mut playwright, LIMIT)?;
    let counted = std::fs::read_to_string(&report)
        .ok()
        .and_then(|text| count(&text));
    if !outcome.succeeded {
        outcome.show();
    }
    let mut counted = counted.ok_or("Playwright left no report; its output stands above.")?;
    if !outcome.succeeded && counted.failed == 0 {
        counted.failed = 1;
    }
    Ok(counted)
}

/// A journey that passes at the second attempt only is a failure: what is flaky here is flaky for people.
fn count(report: &str) -> Option<Tally> {
    let report: Value = serde_json::from_str(report).ok()?;
    let number = |name: &str| {
        report["stats"][name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    if let skipped @ 1.. = number("skipped")? {
        println!("   {skipped} journeys were left out");
    }
    Some(Tally {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaky_is_failed() {
        let report = r#"{"stats":{"expected":7,"skipped":0,"unexpected":1,"flaky":2}}"#;
        assert_eq!(
            count(report),
            Some(Tally {
                passed: 7,
                failed: 3
            })
        );
        assert_eq!(count("{}"), None);
    }
}
