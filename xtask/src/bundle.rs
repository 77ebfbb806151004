//! The two WASM bundles: `portal` for clients, `office` for staff, so that neither downloads the other.
//! Both builds write the same `frontend.wasm`, so each is bound before the next one starts.

use crate::Result;
use crate::place::{Place, Speed, cargo};
use crate::stamp::Stamp;
use crate::{machine, step};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The bundles' names: a feature of the crate `frontend`, and the name of the files.
pub const BUNDLES: [&str; 2] = ["portal", "office"];

/// What wasm-opt may assume of browsers; it is what Rust's own target assumes since 1.87.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds the bundles whose sources have changed into `pkg/` of the site.
pub fn build(place: &Place, speed: Speed) -> Result {
    for bundle in BUNDLES {
        let stamp = stamp(place, speed, bundle);
        if stamp.holds() && files(place, speed, bundle).iter().all(|file| file.exists()) {
            continue;
        }
        println!("Building the {bundle} bundle …");
        machine::wasm_target(place)?;
        let raw = compile(place, speed, bundle)?;
        bind(place, speed, bundle, &raw)?;
        if speed == Speed::Small {
            shrink(place, &files(place, speed, bundle)[1])?;
        }
        stamp.set()?;
    }
    Ok(())
}

/// The JavaScript and the WASM of a bundle, by the names that leptos' hydration script expects.
pub fn files(place: &Place, speed: Speed, bundle: &str) -> [PathBuf; 2] {
    let pkg = place.site(speed).join("pkg");
    [
        pkg.join(format!("{bundle}.js")),
        pkg.join(format!("{bundle}_bg.wasm")),
    ]
}

fn stamp(place: &Place, speed: Speed, bundle: &str) -> Stamp {
    let inputs: Vec<PathBuf> = [
        "app",
        "frontend",
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        ".cargo/config.toml",
        "style/package-lock.json",
        "xtask/src/bundle.rs",
    ]
    .iter()
    .map(|input| place.repo.join(input))
    .collect();
    let file = place
        .notes()
        .join(format!("stamp-{bundle}-{}", profile(speed)));
    Stamp::of(file, &[bundle, profile(speed)], &inputs)
}

fn profile(speed: Speed) -> &'static str {
    match speed {
        Speed::Small => "wasm-release",
        Speed::Quick => "wasm-quick",
    }
}

/// Compiles the crate `frontend`; answers where cargo put the raw WASM.
fn compile(place: &Place, speed: Speed, bundle: &str) -> Result<PathBuf> {
    let folder = place
        .target
        .join("wasm32-unknown-unknown")
        .join(profile(speed));
    // Cargo gives both bundles one file name, and would take the other bundle's file for a fresh one.
    for stale in [
        folder.join("frontend.wasm"),
        folder.join("deps/frontend.wasm"),
    ] {
        let _ = std::fs::remove_file(stale);
    }
    let mut build = Command::new(cargo());
    build.args([
        "build",
        "--package",
        "frontend",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    build.args([
        "--no-default-features",
        "--features",
        bundle,
        "--profile",
        profile(speed),
    ]);
    step::quietly(
        place,
        &format!("bundle-{bundle}"),
        build.current_dir(&place.repo),
    )?;
    Ok(folder.join("frontend.wasm"))
}

fn bind(place: &Place, speed: Speed, bundle: &str, raw: &Path) -> Result {
    Bindgen::new()
        .input_path(raw)
        .out_name(bundle)
        .typescript(false)
        .remove_name_section(speed == Speed::Small)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.generate(place.site(speed).join("pkg")))
        .map_err(|error| format!("wasm-bindgen cannot bind the {bundle} bundle: {error:#}."))
}

fn shrink(place: &Place, wasm: &Path) -> Result {
    machine::npm_packages(place, "style")?;
    let mut shrink = Command::new("node");
    shrink.arg(place.repo.join("style/node_modules/binaryen/bin/wasm-opt"));
    shrink
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(wasm);
    step::quietly(place, "wasm-opt", &mut shrink)
}
