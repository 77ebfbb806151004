//! Puts the site into the binary (feature `embed-site`) and names the build after its files.

fn main() {
    println!("cargo::rerun-if-env-changed=FRONTDESK_SITE_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "embed-site")]
    embed();
}

#[cfg(feature = "embed-site")]
fn embed() {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::path::{Path, PathBuf};

    fn digest(folder: &Path, hasher: &mut DefaultHasher) {
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                digest(&path, hasher);
            } else {
                path.file_name().hash(hasher);
                std::fs::read(&path).unwrap_or_default().hash(hasher);
            }
        }
    }

    let Ok(folder) = std::env::var("FRONTDESK_SITE_DIR") else {
        println!(
            "cargo::error=The feature embed-site needs FRONTDESK_SITE_DIR, the folder to embed (cargo xtask dist sets it)."
        );
        return;
    };
    let mut hasher = DefaultHasher::new();
    digest(Path::new(&folder), &mut hasher);
    println!("cargo::rustc-env=FRONTDESK_BUILD={:016x}", hasher.finish());
    memory_serve::load_directory(folder);
}
