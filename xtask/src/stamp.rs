//! Remembers what something was made from, so that it is made again only when that has changed.
//! Compares contents, never times: a fresh checkout or a changed branch must not fool it.

use crate::Result;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A fingerprint of the inputs of one product.
pub struct Stamp {
    file: PathBuf,
    print: String,
}

impl Stamp {
    /// Reads all inputs (files, or folders with everything below them); `words` are inputs that are not files.
    pub fn of(file: PathBuf, words: &[&str], inputs: &[PathBuf]) -> Self {
        let mut files = BTreeSet::new();
        inputs.iter().for_each(|input| gather(input, &mut files));
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        for path in &files {
            path.hash(&mut hasher);
            std::fs::read(path).unwrap_or_default().hash(&mut hasher);
        }
        Self {
            file,
            print: format!("{:016x}", hasher.finish()),
        }
    }

    /// Whether the product was made from exactly these inputs.
    pub fn holds(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|print| print == self.print)
    }

    /// To be called when the product is whole.
    pub fn set(&self) -> Result {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&self.file, &self.print))
            .map_err(|error| format!("{}: {error}.", self.file.display()))
    }
}

/// All files at and below a path, but nothing that was installed or hidden.
fn gather(path: &Path, files: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else {
        files.insert(path.to_path_buf());
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name != "node_modules" && !name.to_string_lossy().starts_with('.') {
            gather(&entry.path(), files);
        }
    }
}
