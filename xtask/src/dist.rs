//! `cargo xtask dist`: one release binary with the site inside, ready to be copied to a server.

use crate::place::{Place, Speed, cargo};
use crate::{Result, machine, site, step};
use std::process::Command;

/// Builds `target/dist/frontdesk` and says how large it is.
pub fn dist(words: &[String]) -> Result {
    if let Some(word) = words.first() {
        return Err(format!("{word}: not understood; dist takes no words."));
    }
    machine::node()?;
    let place = Place::find()?;
    site::build(&place, Speed::Small)?;
    let mut build = Command::new(cargo());
    // Stripped by the linker of this one crate, so that `run --release` shares everything else.
    build.args([
        "rustc",
        "--release",
        "--package",
        "server",
        "--bin",
        "frontdesk",
        "--features",
        "embed-site",
        "--",
        "-C",
        "strip=symbols",
    ]);
    step::aloud(
        build
            .env("FRONTDESK_SITE_DIR", place.site(Speed::Small))
            .current_dir(&place.repo),
    )?;
    let (from, to) = (place.server(true), place.target.join("dist/frontdesk"));
    std::fs::create_dir_all(place.target.join("dist"))
        .map_err(|error| format!("{}: {error}.", to.display()))?;
    let bytes = std::fs::copy(&from, &to).map_err(|error| format!("{}: {error}.", to.display()))?;
    println!(
        "{} ({:.1} MB), the site inside.",
        to.display(),
        bytes as f64 / 1e6
    );
    Ok(())
}
