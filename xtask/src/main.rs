//! The commands that README names: `cargo xtask run`, `dev`, `test`, `bench`, `dist`. Each has a file of its own.
//! This file only reads the first word and reports trouble in one sentence; it builds nothing itself.

mod bench;
mod bundle;
mod dev;
mod dist;
mod machine;
mod place;
mod run;
mod server;
mod site;
mod stamp;
mod step;
mod style;
mod test;

use std::process::ExitCode;

/// What a command answers: nothing, or one sentence for the person at the keyboard.
type Result<T = ()> = std::result::Result<T, String>;

const USAGE: &str = "\
cargo xtask run     start Frontdesk with demo data    [--release] [--database-url URL] [--port N] [--no-demo]
cargo xtask dev     the same, rebuilt and reloaded on change    [--database-url URL] [--port N] [--no-demo]
cargo xtask test    every check there is              [suite…] [-- words for cargo test or Playwright]
cargo xtask bench   measure: slots
cargo xtask dist    one release binary with the site inside, in target/dist";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match words.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let answer = match command {
        "run" => run::run(rest),
        "dev" => dev::dev(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "dist" => dist::dist(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("There is no command \"{other}\".\n\n{USAGE}")),
    };
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
