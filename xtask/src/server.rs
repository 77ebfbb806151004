//! The server's binary: how it is built, and the environment it is started in. Its flags and their meaning belong to
//! `server/src/config.rs`; a variable that the person has set already is never overruled, except by a word of the command.

use crate::Result;
use crate::place::{Place, Speed, cargo};
use crate::step;
use std::process::Command;

/// The words after `run` and `dev`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `--release`: as fast as it gets, slower to build.
    pub release: bool,
    /// `--database-url URL`: instead of a SQLite file in `data/`.
    pub database_url: Option<String>,
    /// `--port N`: instead of 8080.
    pub port: Option<u16>,
    /// `--no-demo`: an empty database stays empty and asks for its first owner.
    pub no_demo: bool,
}

impl Options {
    /// Reads the words, or says which one is not understood.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, mut value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let mut needed = || {
                value
                    .take()
                    .or_else(|| words.next().cloned())
                    .ok_or(format!("{name} needs a value."))
            };
            match name {
                "--release" => options.release = true,
                "--no-demo" => options.no_demo = true,
                "--database-url" => options.database_url = Some(needed()?),
                "--port" => {
                    let text = needed()?;
                    options.port = Some(
                        text.parse()
                            .map_err(|_| format!("--port {text}: not a port number."))?,
                    );
                }
                other => return Err(format!("{other}: not understood; see cargo xtask help.")),
            }
        }
        Ok(options)
    }
}

/// Compiles the binary, speaking while it does.
pub fn build(place: &Place, release: bool) -> Result {
    step::aloud(&mut compiler(place, release))
}

/// Compiles the development binary, silent unless it fails.
pub fn build_quietly(place: &Place) -> Result {
    step::quietly(place, "server", &mut compiler(place, false))
}

fn compiler(place: &Place, release: bool) -> Command {
    let mut build = Command::new(cargo());
    build.args(["build", "--package", "server", "--bin", "frontdesk"]);
    build
        .args(release.then_some("--release"))
        .current_dir(&place.repo);
    build
}

/// `frontdesk serve`, with its data in `data/` of the repository.
pub fn serve(place: &Place, speed: Speed, options: &Options) -> Command {
    let mut serve = Command::new(place.server(options.release));
    serve.arg("serve").current_dir(&place.repo);
    serve.env("FRONTDESK_SITE_DIR", place.site(speed));
    if std::env::var_os("FRONTDESK_DATA_DIR").is_none() {
        serve.env("FRONTDESK_DATA_DIR", place.repo.join("data"));
    }
    if let Some(url) = &options.database_url {
        serve.env("FRONTDESK_DATABASE_URL", url);
        serve.env_remove("FRONTDESK_DATABASE_URL_FILE");
    }
    if let Some(port) = options.port {
        serve.env("FRONTDESK_LISTEN", format!("127.0.0.1:{port}"));
        serve.env("FRONTDESK_BASE_URL", format!("http://localhost:{port}"));
    }
    if options.no_demo || std::env::var_os("FRONTDESK_DEMO").is_none() {
        serve.env("FRONTDESK_DEMO", (!options.no_demo).to_string());
    }
    serve
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Options> {
        Options::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn options_come_in_both_spellings() {
        let wanted = Options {
            release: true,
            database_url: Some("postgres://x".into()),
            port: Some(9000),
            no_demo: true,
        };
        assert_eq!(
            read(&[
                "--release",
                "--database-url",
                "postgres://x",
                "--port",
                "9000",
                "--no-demo"
            ]),
            Ok(wanted.clone())
        );
        assert_eq!(
            read(&[
                "--port=9000",
                "--no-demo",
                "--database-url=postgres://x",
                "--release"
            ]),
            Ok(wanted)
        );
    }

    #[test]
    fn a_wrong_word_is_named() {
        assert!(read(&["--relase"]).is_err_and(|sentence| sentence.contains("--relase")));
        assert!(read(&["--port"]).is_err_and(|sentence| sentence.contains("--port")));
        assert!(read(&["--port", "many"]).is_err_and(|sentence| sentence.contains("many")));
    }
}
