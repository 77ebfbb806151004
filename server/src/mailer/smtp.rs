//! Letters by SMTP.
//!
//! Uses lettre's connection rather than its `AsyncSmtpTransport`, for two reasons found in the source of lettre 0.11.23:
//! the transport's time-out covers connecting only, and a send that is given up half-way puts its connection, still in
//! the middle of DATA, back into the pool. Here a connection is kept only after a whole, successful letter. It also lets
//! us tell what the server says about itself (greeting, STARTTLS, AUTH: try again later, whatever the code) from what it
//! says about the letter.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::{BadMailUrl, Mail, Undelivered};

/// The longest that one letter may take once connected.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest that connecting, greeting, STARTTLS and sign-in may take together.
const OPENING: Duration = Duration::from_secs(20);
/// The longest that opening a TCP connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection waits for the next letter.
const KEPT: Duration = Duration::from_secs(20);
/// How many connections wait at most.
const MOST_KEPT: usize = 4;

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
    patience: Duration,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Tls {
    /// Never, as to a relay on this machine.
    None,
    /// STARTTLS where the server offers it.
    Opportunistic(TlsParameters),
    /// STARTTLS, or no letter.
    Required(TlsParameters),
    /// From the first byte.
    Wrapped(TlsParameters),
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

impl Smtp {
    /// The server of `smtp://…` or `smtps://…`; see [`super::Mailer::from_url`].
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn from_url(text: &str) -> Result<Self, BadMailUrl> {
        let url = Url::parse(text).map_err(|_| BadMailUrl::Unreadable)?;
        let wrapped = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(BadMailUrl::Unreadable),
        };
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(BadMailUrl::Unreadable)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = Tls::of(&url, &host, wrapped)?;
        let usual = match &tls {
            Tls::None => 25,
            Tls::Opportunistic(_) | Tls::Required(_) => 587,
            Tls::Wrapped(_) => 465,
        };
        Ok(Self {
            port: url.port().unwrap_or(usual),
            host,
            tls,
            credentials: credentials(&url)?,
            hello: ClientId::default(),
            patience: PATIENCE,
            kept: Mutex::default(),
        })
    }

    /// The same server with another time limit for a letter, and no longer one for connecting.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends one letter.
    ///
    /// # Errors
    /// Away, when no connection can be made; later, when the server asks for patience or says nothing; never, when it
    /// refuses this letter for good. A connection lost after DATA is "later": the letter may have arrived, and the
    /// repeat carries the same Message-ID.
    pub async fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        let mut line = match self.kept_line().await {
            Some(line) => line,
            None => self.opened().await?,
        };
        let sent = line.send(&mail.envelope, &mail.bytes);
        match tokio::time::timeout(self.patience, sent).await {
            Ok(Ok(_)) => {
                self.keep(line);
                Ok(())
            }
            Ok(Err(error)) => Err(classify(&error)),
            Err(_) => Err(Undelivered::Later(format!(
                "no answer within {:?}",
                self.patience
            ))),
        }
    }

    /// Ends the waiting connections politely.
    pub async fn close(&self) {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        for (mut line, _) in kept {
            let _ = tokio::time::timeout(Duration::from_secs(1), line.abort()).await;
        }
    }

    /// A new connection, signed in. Whatever goes wrong here says nothing about the letter.
    async fn opened(&self) -> Result<AsyncSmtpConnection, Undelivered> {
        let patience = self.patience.min(OPENING);
        match tokio::time::timeout(patience, self.open()).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(Undelivered::Away(in_words(&error))),
            Err(_) => Err(Undelivered::Away(format!(
                "no connection within {patience:?}"
            ))),
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapped = match &self.tls {
            Tls::Wrapped(how) => Some(how.clone()),
            Tls::None | Tls::Opportunistic(_) | Tls::Required(_) => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut line =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &self.hello, wrapped, None)
                .await?;
        match &self.tls {
            Tls::Required(how) => line.starttls(how.clone(), &self.hello).await?,
            Tls::Opportunistic(how) if line.can_starttls() => {
                line.starttls(how.clone(), &self.hello).await?
            }
            Tls::None | Tls::Opportunistic(_) | Tls::Wrapped(_) => {}
        }
        if let Some(credentials) = &self.credentials {
            line.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(line)
    }

    async fn kept_line(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut line, since) = self
                .kept
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()?;
            let answers = tokio::time::timeout(self.patience.min(CONNECT), line.test_connected());
            if since.elapsed() < KEPT && answers.await == Ok(true) {
                return Some(line);
            }
        }
    }

    fn keep(&self, line: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, since)| since.elapsed() < KEPT);
        if kept.len() < MOST_KEPT {
            kept.push((line, Instant::now()));
        }
    }
}

impl Tls {
    fn of(url: &Url, host: &str, wrapped: bool) -> Result<Self, BadMailUrl> {
        let roots = || {
            TlsParameters::new(host.to_owned())
                .map_err(|error| BadMailUrl::Roots(error.to_string()))
        };
        if wrapped {
            return Ok(Self::Wrapped(roots()?));
        }
        let said = url
            .query_pairs()
            .find(|(key, _)| key == "tls")
            .map(|(_, value)| value.into_owned());
        match said.as_deref() {
            None if is_here(url) => Ok(Self::None),
            Some("none") => Ok(Self::None),
            Some("opportunistic") => Ok(Self::Opportunistic(roots()?)),
            None | Some("required") => Ok(Self::Required(roots()?)),
            Some(other) => Err(BadMailUrl::Tls(other.to_owned())),
        }
    }
}

/// Whether the server is this very machine, where TLS protects nothing. (Hosts of `smtp://` are opaque to the URL
/// standard, so addresses are read here.)
fn is_here(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => false,
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadMailUrl> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(std::borrow::Cow::into_owned)
            .map_err(|_| BadMailUrl::Unreadable)
    };
    Ok(Some(Credentials::new(
        decoded(url.username())?,
        decoded(password)?,
    )))
}

/// What an error in the middle of a letter means. 5xx is about the letter, except the codes by which a server asks for
/// another sign-in (RFC 4954 §6) or closes (421).
fn classify(error: &Error) -> Undelivered {
    let words = in_words(error);
    let about_sign_in = error
        .status()
        .is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
    // `is_client`: the address or text needs an extension that this server lacks.
    if (error.is_permanent() && !about_sign_in) || error.is_client() {
        Undelivered::Never(words)
    } else {
        Undelivered::Later(words)
    }
}

/// The error with its causes, on one line of at most 500 characters.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !words.contains(&text) {
            words.push_str(": ");
            words.push_str(&text);
        }
        cause = inner.source();
    }
    words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(500)
        .collect()
}
