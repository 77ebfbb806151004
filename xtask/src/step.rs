//! One step of work by another program: quiet when it succeeds, shown in full when it fails.
//! Knows nothing of what the step is for.

use crate::Result;
use crate::place::Place;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// After so many lines the middle of a failed step's output is left out on the screen (never in its log).
const LINES_SHOWN: usize = 400;

/// How a step ended and what it printed.
pub struct Outcome {
    /// False as well when it was stopped for taking too long.
    pub succeeded: bool,
    /// Both of its outputs, in order.
    pub output: String,
    /// Where the output is kept.
    pub log: PathBuf,
}

/// Runs a command to its end with its output in a log, saying once a minute that it still runs.
pub fn watch(place: &Place, name: &str, command: &mut Command, limit: Duration) -> Result<Outcome> {
    let folder = place.notes().join("logs");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
    let log = folder.join(format!("{name}.log"));
    let mut file = File::create(&log).map_err(|error| format!("{}: {error}.", log.display()))?;
    let (out, err) = (file.try_clone(), file.try_clone());
    let (Ok(out), Ok(err)) = (out, err) else {
        return Err(format!("{}: cannot be written.", log.display()));
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| {
            format!(
                "{} does not start: {error}.",
                command.get_program().display()
            )
        })?;
    let started = Instant::now();
    let mut said = 0;
    let ended: Option<ExitStatus> = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) => {}
            Err(error) => return Err(format!("{name}: {error}.")),
        }
        if started.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            let _ = writeln!(file, "\nStopped after {} minutes.", limit.as_secs() / 60);
            break None;
        }
        if started.elapsed().as_secs() / 60 > said {
            said += 1;
            println!("  … {name} still runs after {said} min");
        }
        std::thread::sleep(Duration::from_millis(30));
    };
    let output = std::fs::read(&log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    Ok(Outcome {
        succeeded: ended.is_some_and(|status| status.success()),
        output,
        log,
    })
}

/// Runs a command that must succeed; its output is shown only if it does not.
pub fn quietly(place: &Place, name: &str, command: &mut Command) -> Result {
    let outcome = watch(place, name, command, Duration::from_secs(80 * 60))?;
    if outcome.succeeded {
        return Ok(());
    }
    outcome.show();
    Err(format!(
        "{name} failed; its whole output is in {}.",
        outcome.log.display()
    ))
}

/// Runs a command that must succeed and lets it speak for itself: compilers while a person waits.
pub fn aloud(command: &mut Command) -> Result {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{name} failed; the reason stands above.")),
        Err(error) => Err(format!("{name} does not start: {error}.")),
    }
}

impl Outcome {
    /// Prints what the step printed, without what went well before and, if it is very long, without its middle.
    pub fn show(&self) {
        let lines: Vec<&str> = self
            .output
            .lines()
            .filter(|line| !is_progress(line))
            .collect();
        if lines.len() <= LINES_SHOWN {
            println!("{}", lines.join("\n"));
            return;
        }
        let (head, tail) = (
            &lines[..LINES_SHOWN / 4],
            &lines[lines.len() - LINES_SHOWN * 3 / 4..],
        );
        println!(
            "{}\n\n  … {} lines left out; all are in {} …\n",
            head.join("\n"),
            lines.len() - LINES_SHOWN,
            self.log.display()
        );
        println!("{}", tail.join("\n"));
    }
}

/// Cargo's list of crates on its way to the trouble.
fn is_progress(line: &str) -> bool {
    [
        "Compiling ",
        "Checking ",
        "Downloading ",
        "Downloaded ",
        "Fresh ",
    ]
    .iter()
    .any(|word| line.starts_with("  ") && line.trim_start().starts_with(word))
}
