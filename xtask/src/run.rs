//! `cargo xtask run`: from a fresh checkout to a running Frontdesk with demo data, in one command.

use crate::place::{Place, Speed};
use crate::server::{self, Options};
use crate::{Result, machine, site};

/// Sets up what is missing, builds what has changed, and becomes the server.
pub fn run(words: &[String]) -> Result {
    let options = Options::read(words)?;
    machine::node()?;
    let place = Place::find()?;
    site::build(&place, Speed::Small)?;
    server::build(&place, options.release)?;
    Err(become_it(server::serve(&place, Speed::Small, &options)))
}

/// Replaces this process, so that Ctrl-C and a supervisor's signals reach the server itself.
#[cfg(unix)]
fn become_it(mut serve: std::process::Command) -> String {
    use std::os::unix::process::CommandExt;
    format!("The server does not start: {}.", serve.exec())
}

#[cfg(not(unix))]
fn become_it(mut serve: std::process::Command) -> String {
    match serve.status() {
        Ok(status) => format!("The server has ended: {status}."),
        Err(error) => format!("The server does not start: {error}."),
    }
}
