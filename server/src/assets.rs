//! The site's files — bundles, style sheet, fonts — under `/assets/{build}/`, kept by browsers for ever: a new build has a
//! new name. From a folder in development, from inside the binary in a release.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use http::{HeaderValue, header};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Where the files come from.
#[derive(Clone, Debug)]
pub struct Files {
    folder: Option<PathBuf>,
    /// Names the build.
    pub build: String,
}

impl Files {
    /// The files of a folder, or those inside the binary.
    ///
    /// # Errors
    /// The folder cannot be read, or there is none and nothing is inside.
    pub fn find(folder: Option<&Path>) -> io::Result<Self> {
        if let Some(folder) = folder {
            let mut hasher = DefaultHasher::new();
            digest(folder, &mut hasher)?;
            return Ok(Self {
                folder: Some(folder.to_owned()),
                build: format!("{:016x}", hasher.finish()),
            });
        }
        match option_env!("FRONTDESK_BUILD") {
            Some(build) => Ok(Self {
                folder: None,
                build: build.to_owned(),
            }),
            None => Err(io::Error::other(
                "This binary has no site inside: set FRONTDESK_SITE_DIR.",
            )),
        }
    }

    /// The path that all URLs of files begin with.
    #[must_use]
    pub fn root(&self) -> String {
        format!("/assets/{}", self.build)
    }

    /// Serves them.
    pub fn router(&self) -> Router {
        let files = match &self.folder {
            Some(folder) => Router::new().fallback_service(ServeDir::new(folder)),
            None => inside(),
        };
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        Router::new()
            .nest(&self.root(), files)
            .layer(SetResponseHeaderLayer::overriding(
                header::CACHE_CONTROL,
                move |answer: &http::Response<axum::body::Body>| {
                    answer.status().is_success().then(|| forever.clone())
                },
            ))
    }
}

#[cfg(feature = "embed-site")]
fn inside() -> Router {
    memory_serve::load!().index_file(None).into_router()
}

#[cfg(not(feature = "embed-site"))]
fn inside() -> Router {
    Router::new()
}

/// What is in a folder, as a number: names and contents, in order.
fn digest(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            digest(&path, hasher)?;
        } else {
            path.file_name().hash(hasher);
            std::fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}
