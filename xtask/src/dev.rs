//! `cargo xtask dev`: as `run`, but what one saves is built and served at once. A build that fails leaves the last good
//! server running. Open pages reload by themselves: they ask the server which start it is (`FRONTDESK_DEV`).

use crate::place::{Place, Speed};
use crate::server::{self, Options};
use crate::{Result, machine, site};
use notify::{Event, EventKind, RecursiveMode, Watcher};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const WATCHED: [&str; 6] = [
    "app",
    "frontend",
    "migration",
    "server",
    "style",
    "Cargo.toml",
];

/// An editor writes several files in a row; they are one change.
const SETTLED: Duration = Duration::from_millis(150);

/// Builds, serves, waits for a change, and again; until Ctrl-C.
pub fn dev(words: &[String]) -> Result {
    let options = Options::read(words)?;
    machine::node()?;
    let place = Place::find()?;
    let (tell, changes) = channel();
    let heard = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_change(&event)) {
            let _ = tell.send(());
        }
    };
    let mut watcher = notify::recommended_watcher(heard)
        .map_err(|error| format!("Files cannot be watched: {error}."))?;
    for watched in WATCHED {
        let path = place.repo.join(watched);
        watcher
            .watch(&path, RecursiveMode::Recursive)
            .map_err(|error| format!("{watched} cannot be watched: {error}."))?;
    }
    let mut running: Option<Child> = None;
    loop {
        let started = Instant::now();
        match build(&place, &options) {
            Ok(()) => {
                stop(running.take());
                running = Some(start(&place, &options)?);
                println!(
                    "Serving what you saved, after {:.1} s. Waiting for the next change …",
                    started.elapsed().as_secs_f32()
                );
            }
            Err(sentence) => {
                eprintln!("{sentence}\nThe last good build goes on; waiting for a change …")
            }
        }
        wait(&changes)?;
    }
}

fn build(place: &Place, options: &Options) -> Result {
    site::build(place, Speed::Quick)?;
    server::build(place, options.release)
}

fn start(place: &Place, options: &Options) -> Result<Child> {
    let mut serve = server::serve(place, Speed::Quick, options);
    serve
        .env("FRONTDESK_DEV", "true")
        .spawn()
        .map_err(|error| format!("The server does not start: {error}."))
}

fn stop(running: Option<Child>) {
    if let Some(mut child) = running {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn wait(changes: &Receiver<()>) -> Result {
    changes.recv().map_err(|_| "The watcher has ended.")?;
    while changes.recv_timeout(SETTLED).is_ok() {}
    Ok(())
}

/// Reading a file is an event too, and so is what npm installs; neither is a change.
fn is_change(event: &Event) -> bool {
    let written = matches!(
        event.kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
    );
    written && event.paths.iter().any(|path| is_source(path))
}

fn is_source(path: &Path) -> bool {
    !path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name == "node_modules" || name.ends_with('~') || name.starts_with(".#")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_npm_installs_is_no_source() {
        assert!(!is_source(Path::new("style/node_modules/daisyui/index.js")));
        assert!(is_source(Path::new("app/src/lib.rs")));
    }
}
