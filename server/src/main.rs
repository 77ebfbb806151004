//! The binary `frontdesk`: reads what it is asked to do, and does it.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use server::config::{Config, Words};
use server::start::{open, start};
use tracing_subscriber::EnvFilter;

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
    /// Fills an empty database with demonstration data and ends.
    SeedDemo,
    /// Asks the server that runs here whether it is well; for containers.
    Healthcheck,
}

fn main() -> ExitCode {
    let command = Command::parse();
    let config = match Config::check(command.words) {
        Ok(config) => config,
        Err(wrong) => {
            wrong.iter().for_each(|sentence| eprintln!("{sentence}"));
            return ExitCode::FAILURE;
        }
    };
    let filter = EnvFilter::try_from_env("FRONTDESK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let done = tokio::runtime::Runtime::new().and_then(|runtime| runtime.block_on(run(command.verb.unwrap_or(Verb::Serve), config)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb, config: Config) -> io::Result<()> {
    match verb {
        Verb::Serve => start(config).await,
        Verb::Migrate => open(&config).await.map(|_| ()),
        Verb::SeedDemo => open(&config).await?.seed_demo().await.map_err(io::Error::other),
        Verb::Healthcheck => healthcheck(&config).await,
    }
}

/// One plain request to our own address; exits badly unless it is answered 200.
async fn healthcheck(config: &Config) -> io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut own = config.listen;
    if own.ip().is_unspecified() {
        own.set_ip(if own.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(own).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        if answer.starts_with(b"HTTP/1.1 200") { Ok(()) } else { Err(io::Error::other("not ready")) }
    };
    tokio::time::timeout(Duration::from_secs(5), ask).await?
}
