//! All tests that cargo runs: the rules' tables and properties, the desk on both databases, the site in process.

use super::Yard;
use super::lint::HOST;
use super::tally::Tally;
use crate::place::cargo;
use crate::step;
use std::process::Command;
use std::time::Duration;

/// Far beyond any honest run, compiling included, so that a test that hangs is reported and not waited for.
const LIMIT: Duration = Duration::from_secs(80 * 60);

/// Where proptest looks for the number that its cases are drawn from.
const SEED: &str = "PROPTEST_RNG_SEED";

/// Runs them, and counts each test.
pub fn cargo_tests(yard: &Yard, tally: &mut Tally) {
    if let Err(sentence) = &yard.postgres {
        tally.check("a throw-away PostgreSQL", Err(sentence.clone()));
    }
    // Databases and mails of a test that was killed must not pile up in the machine's own folder.
    let scratch = yard.place.notes().join("scratch");
    let _ = std::fs::remove_dir_all(&scratch);
    if let Err(error) = std::fs::create_dir_all(&scratch) {
        return tally.check("a folder for the tests", Err(format!("{error}.")));
    }
    run(yard, tally, "tests-host", &HOST);
    run(yard, tally, "tests-xtask", &["--package", "xtask"]);
    let _ = std::fs::remove_dir_all(&scratch);
}

fn run(yard: &Yard, tally: &mut Tally, name: &str, words: &[&str]) {
    let mut test = Command::new(cargo());
    test.args(["test", "--no-fail-fast"])
        .args(words)
        .arg("--")
        .args(&yard.words)
        .current_dir(&yard.place.repo);
    // A rare case found at random is for whoever runs cargo test, not for a landing.
    if std::env::var_os(SEED).is_none() {
        test.env(SEED, "20261122");
    }
    test.env("TMPDIR", yard.place.notes().join("scratch"));
    if let Ok(cluster) = &yard.postgres {
        test.env("FRONTDESK_TEST_POSTGRES", &cluster.url);
    }
    let outcome = match step::watch(&yard.place, name, &mut test, LIMIT) {
        Ok(outcome) => outcome,
        Err(sentence) => return tally.check(name, Err(sentence)),
    };
    let counted = count(&outcome.output);
    tally.add(&counted);
    if !outcome.succeeded {
        outcome.show();
        if counted.failed == 0 {
            tally.check(
                name,
                Err("cargo test did not come to its end; see above.".into()),
            );
        }
    }
}

/// Adds up the lines `test result: ok. 3 passed; 0 failed; …`.
fn count(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: "))
    {
        tally.passed += number_before(line, " passed");
        tally.failed += number_before(line, " failed");
    }
    tally
}

fn number_before(line: &str, word: &str) -> usize {
    let before = line.split(word).next().unwrap_or_default();
    before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_all_binaries() {
        let output = "running 4 tests\ntest result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
                      test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        assert_eq!(
            count(output),
            Tally {
                passed: 14,
                failed: 2
            }
        );
    }
}
