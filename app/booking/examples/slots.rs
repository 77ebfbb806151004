//! Reads a scenario of the slot engine from standard input and prints its slots as JSON; with `--lines` one scenario a
//! line. What cannot be read is answered by the field's name and exit code 2.

mod scenario;

use std::io::{self, BufRead, BufWriter, Read, Write};
use std::process::ExitCode;

const UNREADABLE: u8 = 2;

fn main() -> io::Result<ExitCode> {
    match std::env::args()
        .skip(1)
        .any(|argument| argument == "--lines")
    {
        true => lines(),
        false => one(),
    }
}

fn one() -> io::Result<ExitCode> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    match scenario::answer(&text) {
        Ok(slots) => {
            writeln!(io::stdout().lock(), "{slots}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(trouble) => {
            writeln!(io::stderr().lock(), "{trouble}")?;
            Ok(ExitCode::from(UNREADABLE))
        }
    }
}

fn lines() -> io::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut code = ExitCode::SUCCESS;
    for line in io::stdin().lock().split(b'\n') {
        match scenario::answer(&line?) {
            Ok(slots) => writeln!(out, "{slots}")?,
            Err(trouble) => {
                code = ExitCode::from(UNREADABLE);
                writeln!(
                    out,
                    "{}",
                    serde_json::json!({ "error": trouble.to_string() })
                )?;
            }
        }
    }
    out.flush()?;
    Ok(code)
}
