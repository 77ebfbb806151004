//! Formatting and lints. The host's crates and the browser's are linted apart: `ssr` and `hydrate` never meet in one build.

use super::Yard;
use super::tally::Tally;
use crate::bundle::BUNDLES;
use crate::place::cargo;
use crate::{Result, machine, step};
use std::process::Command;

/// The crates that run on the server, with the features that they have there. `cargo test` uses the same words, so that
/// both share what they compile.
pub const HOST: [&str; 12] = [
    "--package",
    "booking",
    "--package",
    "desk",
    "--package",
    "migration",
    "--package",
    "server",
    "--package",
    "app",
    "--features",
    "app/ssr",
];

/// `cargo fmt --check`.
pub fn format(yard: &Yard, tally: &mut Tally) {
    tally.check("rustfmt", step(yard, "fmt", &["fmt", "--all", "--check"]));
}

/// Clippy for the host and for each bundle; the journeys' types.
pub fn lint(yard: &Yard, tally: &mut Tally) {
    let host = [
        &["clippy"],
        HOST.as_slice(),
        &["--all-targets", "--", "--deny", "warnings"],
    ]
    .concat();
    tally.check("clippy, server", step(yard, "clippy-host", &host));
    let xtask = [
        "clippy",
        "--package",
        "xtask",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    tally.check("clippy, xtask", step(yard, "clippy-xtask", &xtask));
    for bundle in BUNDLES {
        let words = [
            "clippy",
            "--package",
            "frontend",
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
            "--no-default-features",
        ];
        let words = [
            words.as_slice(),
            &["--features", bundle, "--", "--deny", "warnings"],
        ]
        .concat();
        let answer = machine::wasm_target(&yard.place)
            .and_then(|()| step(yard, &format!("clippy-{bundle}"), &words));
        tally.check(&format!("clippy, {bundle} bundle"), answer);
    }
    tally.check("types of the journeys", types(yard));
}

fn types(yard: &Yard) -> Result {
    machine::npm_packages(&yard.place, "end2end")?;
    let mut check = Command::new("node");
    check
        .args(["node_modules/typescript/bin/tsc", "--noEmit"])
        .current_dir(yard.place.repo.join("end2end"));
    step::quietly(&yard.place, "tsc", &mut check)
}

fn step(yard: &Yard, name: &str, words: &[&str]) -> Result {
    step::quietly(
        &yard.place,
        name,
        Command::new(cargo())
            .args(words)
            .current_dir(&yard.place.repo),
    )
}
