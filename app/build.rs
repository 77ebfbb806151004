//! Turns `locales/{language}/{place}.json` into code. A text that is missing in one language, or that only one has, is an
//! error. (The parts of leptos_i18n's own macro; its ready-made build crate brings 68 crates.)

use std::error::Error;
use std::path::{Path, PathBuf};

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let languages = names(&root.join("locales"))?;
    let places = names(&root.join("locales/en"))?;
    // Without this, texts with values in them could be drawn but not written into a String.
    let options = ParseOptions::new().interpolate_display(true);
    let config = Config::new("en")?
        .add_locales(languages.iter().filter(|name| *name != "en"))?
        .add_namespaces(&places)?
        .parse_options(options);
    let parsed = parse_locales(Some(root), config)?;
    let (errors, warnings) = parsed.diag.borrow();
    for error in errors.iter() {
        println!("cargo::error={error}");
    }
    for warning in warnings.iter() {
        println!("cargo::error={warning}");
    }
    let code = leptos_i18n_codegen::gen_code(&parsed, None, false, None, false)?;
    std::fs::write(
        Path::new(&std::env::var("OUT_DIR")?).join("i18n.rs"),
        code.to_string(),
    )?;
    Ok(())
}

/// What lies in a folder, without endings, sorted: languages, or places.
fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}
