//! What a machine needs for the commands, found where it lies and installed where we may: the WASM target by rustup,
//! npm packages by their lock file, Chromium and PostgreSQL by apt. What cannot be had is named in one sentence.

use crate::Result;
use crate::place::Place;
use crate::stamp::Stamp;
use crate::step;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The compiler's part for the browser.
pub fn wasm_target(place: &Place) -> Result {
    let list = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .current_dir(&place.repo)
        .output();
    match list {
        Ok(list) if String::from_utf8_lossy(&list.stdout).lines().any(|line| line == "wasm32-unknown-unknown") => Ok(()),
        Ok(_) => {
            let mut add = Command::new("rustup");
            step::aloud(add.args(["target", "add", "wasm32-unknown-unknown"]).current_dir(&place.repo))
        }
        Err(_) if has_wasm_without_rustup() => Ok(()),
        Err(_) => Err("rustup is missing: install it from https://rustup.rs, and the right Rust comes by itself.".into()),
    }
}

/// A Rust from a distribution may bring the target without rustup.
fn has_wasm_without_rustup() -> bool {
    let answer = Command::new("rustc")
        .args([
            "--print",
            "target-libdir",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .output();
    answer.is_ok_and(|answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_dir())
}

/// Node and npm; style sheet, wasm-opt and the end-to-end tests run on them.
pub fn node() -> Result {
    const SENTENCE: &str = "Node.js 20 or newer with npm is missing: install it from https://nodejs.org or with your package manager.";
    let version = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| SENTENCE)?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major: Option<u32> = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("{SENTENCE} Found {version}."));
    }
    let npm = Command::new("npm")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if npm.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(SENTENCE.into())
    }
}

/// The npm packages that the lock file of a folder names, installed once; their scripts never run.
pub fn npm_packages(place: &Place, folder: &str) -> Result {
    node()?;
    let folder_path = place.repo.join(folder);
    let stamp = Stamp::of(
        folder_path.join("node_modules/.frontdesk-stamp"),
        &[],
        &[folder_path.join("package-lock.json")],
    );
    if stamp.holds() {
        return Ok(());
    }
    println!("Installing the npm packages of {folder}/ …");
    let mut install = Command::new("npm");
    install
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder_path);
    install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    step::quietly(place, &format!("npm-{folder}"), &mut install)?;
    stamp.set()
}

/// The browser of the end-to-end tests; `FRONTDESK_CHROMIUM` names another.
pub fn chromium(place: &Place) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("FRONTDESK_CHROMIUM") {
        return Ok(named.into());
    }
    let find = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .find_map(|name| on_path(name))
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    apt_install(place, "chromium").map_err(|why| {
        format!("Chromium is missing and {why}: install it with your package manager, or name it in FRONTDESK_CHROMIUM.")
    })?;
    find().ok_or_else(|| "Chromium was installed but is not on the PATH.".into())
}

/// The folder of PostgreSQL's programs.
pub fn postgresql(place: &Place) -> Result<PathBuf> {
    if let Some(found) = find_postgresql() {
        return Ok(found);
    }
    apt_install(place, "postgresql").map_err(|why| {
        format!("PostgreSQL's initdb is missing and {why}: install PostgreSQL 15 or newer with its contrib extensions.")
    })?;
    find_postgresql().ok_or_else(|| "PostgreSQL was installed but its initdb was not found.".into())
}

/// On the PATH (Homebrew, Fedora) or where Debian keeps it, the newest first.
fn find_postgresql() -> Option<PathBuf> {
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    debian.sort();
    debian
        .pop()
        .map(|(_, bin)| bin)
        .or_else(|| on_path("initdb")?.parent().map(Path::to_path_buf))
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Installs one of Debian's packages, or says why it may not.
fn apt_install(place: &Place, package: &str) -> Result {
    if on_path("apt-get").is_none() {
        return Err("there is no apt-get here".into());
    }
    if !is_root() {
        return Err(format!("only root may run `apt-get install {package}`"));
    }
    println!("Installing {package} with apt-get …");
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        step::quietly(place, &format!("apt-{}-{package}", words[0]), &mut command)
    };
    apt(&["update", "-q"])
        .and_then(|()| apt(&["install", "-y", "-q", "--no-install-recommends", package]))
        .map_err(|why| format!("apt-get could not install it ({why})"))
}

/// Whether we are root; as root, PostgreSQL must run as somebody else and Chromium without its sandbox.
pub fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.starts_with(b"0\n"))
}
