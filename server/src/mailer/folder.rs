//! Letters as files, for development, tests and whoever carries mail onward by other means. A reader never sees half a
//! letter: a file appears under its final name only when it is complete.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::AsyncWriteExt;

use super::{Mail, Undelivered};

/// A folder of `.eml` files, whose names sort by the time they were written.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    written: AtomicU32,
}

impl Folder {
    /// Letters go to `path`, which is made when the first one comes.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            written: AtomicU32::new(0),
        }
    }

    /// Writes the letter.
    ///
    /// # Errors
    /// The folder cannot be written; it may be later.
    pub async fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        let name = self.name(mail);
        write_whole(&self.path, &name, &mail.bytes)
            .await
            .map_err(|error| Undelivered::Away(format!("{}: {error}", self.path.display())))
    }

    /// `20261126T100000.123456Z-0001-<message>.eml`: time, a counter for equal times, and which letter it is.
    fn name(&self, mail: &Mail) -> String {
        let count = self.written.fetch_add(1, Ordering::Relaxed) % 10_000;
        let time = chrono::Utc::now().format("%Y%m%dT%H%M%S%.6fZ");
        let id = mail
            .message_id
            .trim_start_matches('<')
            .split('@')
            .next()
            .unwrap_or_default();
        let id: String = id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(40)
            .collect();
        format!("{time}-{count:04}-{id}.eml")
    }
}

async fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let half = folder.join(format!(".{name}.part"));
    let mut file = tokio::fs::File::create(&half).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    drop(file);
    tokio::fs::rename(&half, folder.join(name)).await
}
