//! The style sheet, and the files that are served as they are: fonts, the icon of the tab.
//! What it looks like is decided in `style/`, not here.

use crate::place::{Place, Speed};
use crate::stamp::Stamp;
use crate::{Result, machine, step};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Inter for Latin letters; other scripts fall back to the system's font.
const FONT: (&str, &str) = (
    "style/node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "fonts/inter-latin.woff2",
);

/// Makes the style sheet again if a style or a page has changed.
pub fn build(place: &Place, speed: Speed) -> Result {
    machine::npm_packages(place, "style")?;
    let site = place.site(speed);
    let inputs = ["style", "app/src", "xtask/src/style.rs"].map(|input| place.repo.join(input));
    let stamp = Stamp::of(
        place.notes().join(format!("stamp-style-{speed:?}")),
        &[],
        &inputs,
    );
    if stamp.holds() && sheet(place, speed).exists() {
        return Ok(());
    }
    println!("Building the style sheet …");
    let mut tailwind = Command::new("node");
    tailwind.arg(
        place
            .repo
            .join("style/node_modules/@tailwindcss/cli/dist/index.mjs"),
    );
    tailwind
        .args(["--input", "style/main.css", "--minify", "--output"])
        .arg(sheet(place, speed));
    step::quietly(place, "tailwind", tailwind.current_dir(&place.repo))?;
    copy(&place.repo.join(FONT.0), &site.join(FONT.1))?;
    copy_all(&place.repo.join("style/static"), &site)?;
    stamp.set()
}

/// The one style sheet.
pub fn sheet(place: &Place, speed: Speed) -> PathBuf {
    place.site(speed).join("pkg/frontdesk.css")
}

fn copy(from: &Path, to: &Path) -> Result {
    std::fs::create_dir_all(to.parent().unwrap_or(to))
        .and_then(|()| std::fs::copy(from, to))
        .map(|_| ())
        .map_err(|error| format!("{} cannot be copied: {error}.", from.display()))
}

fn copy_all(from: &Path, to: &Path) -> Result {
    for entry in std::fs::read_dir(from)
        .map_err(|error| format!("{}: {error}.", from.display()))?
        .flatten()
    {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_all(&from, &to)?
        } else {
            copy(&from, &to)?
        }
    }
    Ok(())
}
