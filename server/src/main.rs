//! The binary `frontdesk`: reads what it is asked to do, and does it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::config::{Config, Words};

/// A client portal with a booking calendar.
#[derive(Parser)]
#[command(name = "frontdesk", version)]
struct Command {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    words: Words,
}

#[derive(Subcommand, Clone, Debug)]
enum Verb {
    /// Migrates the database and serves the site (the default).
    Serve,
    /// Brings the database up to date and ends.
    Migrate,
}

fn main() -> ExitCode {
    let command = Command::parse();
    let config = match Config::check(command.words) {
        Ok(config) => config,
        Err(wrong) => {
            for sentence in wrong {
                eprintln!("{sentence}");
            }
            return ExitCode::FAILURE;
        }
    };
    tracing_subscriber::fmt().init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("No threads: {error}.");
            return ExitCode::FAILURE;
        }
    };
    let done = match command.verb.unwrap_or(Verb::Serve) {
        Verb::Serve => runtime.block_on(server::serve::serve(config)),
        Verb::Migrate => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
