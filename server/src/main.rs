//! The binary `frontdesk`: reads what it is asked to do, and does it.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use desk::Clock;
use desk::pass::Roles;
use server::config::{Config, Words};
use server::postman;
use server::start::{open, post, start};
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
    /// Looks for what must never be: overlaps, decisions without visits, letters that are missing.
    Check,
    /// Sends one letter to see whether mail leaves.
    SendTestMail {
        /// Where to.
        to: String,
    },
    /// People who work here.
    #[command(subcommand)]
    User(UserVerb),
    /// Asks the server that runs here whether it is well; for containers.
    Healthcheck,
}

#[derive(Subcommand, Clone, Debug)]
enum UserVerb {
    /// Makes a member of staff who can sign in at once; the password is read from the first line of the input.
    Create {
        /// The address they sign in with.
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// What they do: technician, dispatcher, owner; several with commas.
        #[arg(long, value_delimiter = ',', default_value = "owner")]
        roles: Vec<Role>,
    },
    /// Sets somebody's password, read from the first line of the input, and ends their sessions.
    SetPassword {
        /// The address they sign in with.
        email: String,
    },
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Technician,
    Dispatcher,
    Owner,
    Approver,
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
    let filter =
        EnvFilter::try_from_env("FRONTDESK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let done = tokio::runtime::Runtime::new()
        .and_then(|runtime| runtime.block_on(run(command.verb.unwrap_or(Verb::Serve), config)));
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
        Verb::SeedDemo => open(&config)
            .await?
            .seed_demo()
            .await
            .map_err(io::Error::other),
        Verb::Healthcheck => healthcheck(&config).await,
        Verb::Check => check(&config).await,
        Verb::SendTestMail { to } => send_test_mail(&config, &to).await,
        Verb::User(verb) => user(&config, verb).await,
    }
}

/// Exits badly when there is a finding.
async fn check(config: &Config) -> io::Result<()> {
    let findings = open(config)
        .await?
        .check()
        .await
        .map_err(io::Error::other)?;
    for finding in &findings {
        println!("{}: {}", finding.what, finding.details);
    }
    match findings.len() {
        0 => {
            println!("All is well.");
            Ok(())
        }
        some => Err(io::Error::other(format!("{some} findings"))),
    }
}

async fn send_test_mail(config: &Config, to: &str) -> io::Result<()> {
    let (mailer, sender) = post(config)?;
    let id = postman::send_test_mail(to, &mailer, &sender, Clock::System.now())
        .await
        .map_err(io::Error::other)?;
    println!("Sent {id}");
    Ok(())
}

async fn user(config: &Config, verb: UserVerb) -> io::Result<()> {
    let desk = open(config).await?;
    eprintln!("Password:");
    let mut password = String::new();
    io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    let done = match verb {
        UserVerb::Create { email, name, roles } => {
            let has = |role| roles.contains(&role);
            let roles = Roles {
                technician: has(Role::Technician),
                dispatcher: has(Role::Dispatcher),
                owner: has(Role::Owner),
                approver: has(Role::Approver),
            };
            desk.create_user(&email, &name, roles, password)
                .await
                .map(|_| ())
        }
        UserVerb::SetPassword { email } => desk.set_password(&email, password).await,
    };
    done.map_err(|trouble| match trouble {
        desk::Trouble::Refused(refused) => {
            let words = app::trouble::words(refused.why, app::i18n::Locale::en);
            io::Error::other(
                refused
                    .field
                    .map_or_else(|| words.to_owned(), |field| format!("{field}: {words}")),
            )
        }
        desk::Trouble::Fault(fault) => io::Error::other(fault),
    })
}

/// One plain request to our own address; exits badly unless it is answered 200.
async fn healthcheck(config: &Config) -> io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut own = config.listen;
    if own.ip().is_unspecified() {
        own.set_ip(if own.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(own).await?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        if answer.starts_with(b"HTTP/1.1 200") {
            Ok(())
        } else {
            Err(io::Error::other("not ready"))
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ask).await?
}
