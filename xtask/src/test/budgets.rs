//! What a browser downloads may not grow unnoticed: bundles and style sheet, compressed, against their budgets.

use super::Yard;
use super::tally::Tally;
use crate::place::{Place, Speed};
use crate::{Result, bundle, site, style};
use std::path::PathBuf;
use std::process::Command;

/// In kB (1,000 bytes) after brotli: WASM and JavaScript together, or the style sheet.
const BUDGETS: [(&str, f64); 3] = [("portal", 120.0), ("office", 180.0), ("style sheet", 25.0)];

/// Prints the brotli size of each file named on the command line.
const MEASURE: &str = "for (const file of process.argv.slice(1)) \
    console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(file)).length)";

/// Builds the site as people get it and weighs it.
pub fn budgets(yard: &Yard, tally: &mut Tally) {
    if let Err(sentence) = site::build(&yard.place, Speed::Small) {
        return tally.check("the site is built", Err(sentence));
    }
    for (name, budget) in BUDGETS {
        match weigh(&files(&yard.place, name)) {
            Ok(size) => {
                let line = format!("{name} {size:.1} kB of {budget:.0} kB");
                let over = size > budget;
                tally.check(
                    &line,
                    if over {
                        Err(format!("{:.1} kB too much.", size - budget))
                    } else {
                        Ok(())
                    },
                );
            }
            Err(sentence) => tally.check(name, Err(sentence)),
        }
    }
}

fn files(place: &Place, name: &str) -> Vec<PathBuf> {
    if bundle::BUNDLES.contains(&name) {
        bundle::files(place, Speed::Small, name).to_vec()
    } else {
        vec![style::sheet(place, Speed::Small)]
    }
}

/// Node brings brotli along; the server compresses the same way.
fn weigh(files: &[PathBuf]) -> Result<f64> {
    let answer = Command::new("node")
        .args(["-e", MEASURE])
        .args(files)
        .output()
        .map_err(|error| format!("node: {error}."))?;
    let printed = String::from_utf8_lossy(&answer.stdout).into_owned();
    let sizes: Vec<f64> = printed
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect();
    if sizes.len() == files.len() {
        Ok(sizes.iter().sum::<f64>() / 1000.0)
    } else {
        Err("cannot be weighed.".into())
    }
}
