//! Refuses to build when a text stands in one language and not in the others, with the names of what is missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let mut missing = 0;
    for place in names(Path::new("locales/en")) {
        let english = keys(&Path::new("locales/en").join(&place));
        for language in names(Path::new("locales")) {
            let other = keys(&Path::new("locales").join(&language).join(&place));
            for key in english.symmetric_difference(&other) {
                let lacks = if other.contains(key) { Path::new("en") } else { language.as_path() };
                println!("cargo::error=locales/{}/{} lacks \"{key}\"", lacks.display(), place.display());
                missing += 1;
            }
        }
    }
    if missing > 0 {
        std::process::exit(1);
    }
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.file_name().into()).collect();
    names.sort();
    names
}

fn keys(file: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut found = BTreeSet::new();
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => collect("", &value, &mut found),
        Err(error) => println!("cargo::error={}: {error}", file.display()),
    }
    found
}

fn collect(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                collect(&format!("{path}.{key}"), value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            found.insert(path.trim_start_matches('.').to_owned());
        }
    }
}
