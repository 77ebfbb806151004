//! Flags and `FRONTDESK_*` variables, read once at start. All mistakes are reported together.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// What a person or a container writes.
#[derive(Args, Clone, Debug)]
pub struct Words {
    /// The address and port to listen on.
    #[arg(
        long,
        env = "FRONTDESK_LISTEN",
        default_value = "127.0.0.1:8080",
        global = true
    )]
    pub listen: String,
    /// The public address of this site, which links in letters begin with.
    #[arg(
        long,
        env = "FRONTDESK_BASE_URL",
        default_value = "http://localhost:8080",
        global = true
    )]
    pub base_url: String,
    /// Where the embedded database and mails in a folder are kept.
    #[arg(
        long,
        env = "FRONTDESK_DATA_DIR",
        default_value = "data",
        global = true
    )]
    pub data_dir: PathBuf,
    /// The database: sqlite://… or postgres://…; without it, a SQLite file in the data folder.
    #[arg(long, env = "FRONTDESK_DATABASE_URL", global = true)]
    pub database_url: Option<String>,
    /// A file that holds the database's URL, instead of the URL itself.
    #[arg(long, env = "FRONTDESK_DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// How mail leaves: smtp://user:password@host:port, folder:PATH, memory, or off.
    #[arg(long, env = "FRONTDESK_MAIL", global = true)]
    pub mail: Option<String>,
    /// A file that holds the same, because it may hold a password.
    #[arg(long, env = "FRONTDESK_MAIL_FILE", global = true)]
    pub mail_file: Option<PathBuf>,
    /// The sender of every letter.
    #[arg(
        long,
        env = "FRONTDESK_MAIL_FROM",
        default_value = "Frontdesk <frontdesk@localhost>",
        global = true
    )]
    pub mail_from: String,
    /// The folder of the site's files, in development; a release has them inside.
    #[arg(long, env = "FRONTDESK_SITE_DIR", global = true)]
    pub site_dir: Option<PathBuf>,
    /// Whether an empty database is filled with the demonstration.
    #[arg(long, env = "FRONTDESK_DEMO", default_value = "false", action = clap::ArgAction::Set, global = true)]
    pub demo: bool,
    /// The number of reverse proxies in front, whose X-Forwarded-For is believed.
    #[arg(long, env = "FRONTDESK_PROXIES", default_value = "0", global = true)]
    pub proxies: String,
    /// Whether open pages reload themselves when the server starts anew; `cargo xtask dev` sets it.
    #[arg(long, env = "FRONTDESK_DEV", default_value = "false", action = clap::ArgAction::Set, hide = true, global = true)]
    pub dev: bool,
}

/// What the server goes by, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The public address, without a slash at its end.
    pub base_url: String,
    /// Whether the public address is https: cookies are Secure, browsers are told to stay on https.
    pub https: bool,
    /// Where files are kept.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: String,
    /// How mail leaves, as written; the mailer reads it.
    pub mail: String,
    /// The sender of every letter.
    pub mail_from: String,
    /// The site's files, if they are not inside.
    pub site_dir: Option<PathBuf>,
    /// Whether to load the demonstration into an empty database.
    pub demo: bool,
    /// How many proxies in front are believed.
    pub proxies: usize,
    /// Whether open pages reload themselves when the server starts anew.
    pub dev: bool,
}

impl Config {
    /// Checks the words.
    ///
    /// # Errors
    /// One sentence for each mistake.
    pub fn check(words: Words) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let listen = words.listen.parse().map_err(|_| {
            wrong.push(format!(
                "FRONTDESK_LISTEN: \"{}\" is not an address and port, like 0.0.0.0:8080.",
                words.listen
            ));
        });
        let base_url = words.base_url.trim_end_matches('/').to_owned();
        if let Err(reason) = base(&base_url) {
            wrong.push(format!("FRONTDESK_BASE_URL: \"{base_url}\" {reason}."));
        }
        let proxies = words.proxies.parse().map_err(|_| {
            wrong.push(format!(
                "FRONTDESK_PROXIES: \"{}\" is not a number.",
                words.proxies
            ));
        });
        let own = format!(
            "sqlite://{}?mode=rwc",
            words.data_dir.join("frontdesk.sqlite").display()
        );
        let database_url = secret(
            "DATABASE_URL",
            words.database_url,
            words.database_url_file,
            &own,
            &mut wrong,
        );
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| database_url.starts_with(scheme)) {
            wrong.push(
                "FRONTDESK_DATABASE_URL: begins with neither sqlite:// nor postgres://.".to_owned(),
            );
        }
        let folder = format!("folder:{}", words.data_dir.join("mail").display());
        let mail = secret("MAIL", words.mail, words.mail_file, &folder, &mut wrong);
        match (listen, proxies) {
            (Ok(listen), Ok(proxies)) if wrong.is_empty() => Ok(Self {
                listen,
                https: base_url.starts_with("https://"),
                base_url,
                data_dir: words.data_dir,
                database_url,
                mail,
                mail_from: words.mail_from,
                site_dir: words.site_dir,
                demo: words.demo,
                proxies,
                dev: words.dev,
            }),
            (Ok(_) | Err(()), Ok(_) | Err(())) => Err(wrong),
        }
    }
}

/// A public address: http or https, a host, no path.
fn base(url: &str) -> Result<(), &'static str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let host = rest.ok_or("begins with neither https:// nor http://")?;
    if host.is_empty()
        || host.contains(['/', '?', '#', '@', '"'])
        || host.contains(char::is_whitespace)
    {
        return Err("is not a scheme and a host, like https://desk.example.com");
    }
    Ok(())
}

/// A value that may stand in a file of its own.
fn secret(
    name: &str,
    value: Option<String>,
    file: Option<PathBuf>,
    default: &str,
    wrong: &mut Vec<String>,
) -> String {
    match (value, file) {
        (Some(_), Some(_)) => {
            wrong.push(format!(
                "FRONTDESK_{name} and FRONTDESK_{name}_FILE are both set: take one."
            ));
            default.to_owned()
        }
        (Some(value), None) => value,
        (None, Some(file)) => std::fs::read_to_string(&file).map_or_else(
            |error| {
                wrong.push(format!(
                    "FRONTDESK_{name}_FILE: {} cannot be read: {error}.",
                    file.display()
                ));
                default.to_owned()
            },
            |text| text.trim().to_owned(),
        ),
        (None, None) => default.to_owned(),
    }
}
