//! How a finished letter leaves the house: by SMTP, into a folder, or into memory. Knows nothing of events, languages or
//! the outbox: it takes bytes with an envelope and answers delivered, later or never.

mod folder;
mod memory;
mod smtp;

use std::path::PathBuf;
use std::sync::Arc;

use lettre::address::Envelope;

pub use self::folder::Folder;
pub use self::memory::Memory;
pub use self::smtp::Smtp;

/// A finished letter: whom the server is told, and the bytes of RFC 5322.
#[derive(Clone, Debug)]
pub struct Mail {
    /// From and to, as the mail server is told.
    pub envelope: Envelope,
    /// The Message-ID, angle brackets included; the same however often the letter is sent.
    pub message_id: String,
    /// The whole message, ASCII only, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The server cannot be used at all: nobody listens, it does not greet, refuses our sign-in or STARTTLS. Says nothing
    /// about this letter, and the next one would fare no better.
    #[error("{0}")]
    Away(String),
    /// Not this time (4xx, the connection was lost, no answer in time). Try again.
    #[error("{0}")]
    Later(String),
    /// The server will not take this letter (5xx to the letter itself). Trying again would give the same answer.
    #[error("{0}")]
    Never(String),
}

/// A mail address of the configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMailUrl {
    /// Not a URL, or one without a host.
    #[error(
        "not a mail URL: write smtp://user:password@host:port, smtps://…, folder:PATH or memory:"
    )]
    Unreadable,
    /// A `tls=` that does not exist.
    #[error("tls={0} is not known: use none, opportunistic or required")]
    Tls(String),
    /// TLS cannot be prepared, as when no root certificates are installed.
    #[error("TLS cannot be prepared: {0}")]
    Roots(String),
}

/// The ways out. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// A mail server.
    Smtp(Arc<Smtp>),
    /// One `.eml` file a letter.
    Folder(Arc<Folder>),
    /// A list, for tests.
    Memory(Memory),
}

impl Mailer {
    /// The mailer that `url` names: `smtp://user:password@host:port` (STARTTLS required, except to this very machine;
    /// `?tls=none`, `?tls=opportunistic` or `?tls=required` says otherwise), `smtps://…` (TLS from the first byte),
    /// `folder:PATH`, `memory`. User and password are percent-encoded.
    ///
    /// # Errors
    /// The URL cannot be used; the sentence may be shown to whoever configures, and holds no password.
    pub fn from_url(url: &str) -> Result<Self, BadMailUrl> {
        if matches!(url, "memory" | "memory:") {
            return Ok(Self::Memory(Memory::default()));
        }
        if let Some(path) = url.strip_prefix("folder:") {
            if path.is_empty() {
                return Err(BadMailUrl::Unreadable);
            }
            return Ok(Self::Folder(Arc::new(Folder::new(PathBuf::from(path)))));
        }
        install_tls();
        Ok(Self::Smtp(Arc::new(Smtp::from_url(url)?)))
    }

    /// Sends one letter. Never hangs: every way out has a time limit.
    ///
    /// # Errors
    /// Whether to try again, and the reason in words for staff.
    pub async fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Folder(folder) => folder.send(mail).await,
            Self::Memory(memory) => memory.send(mail),
        }
    }

    /// Says goodbye to the mail server; sending afterwards opens a new connection.
    pub async fn close(&self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Folder(_) | Self::Memory(_) => {}
        }
    }
}

/// Installs ring as the one TLS provider of the process; what is there already stays. To be called at the start, before
/// anything connects; reading a mail server's URL calls it too. (Two providers in one binary panic at run time.)
pub fn install_tls() {
    // An error says that it was installed before: by a test, or by an earlier call.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_or_refused_with_a_sentence() {
        assert!(matches!(Mailer::from_url("memory:"), Ok(Mailer::Memory(_))));
        assert!(matches!(
            Mailer::from_url("folder:/tmp/mails"),
            Ok(Mailer::Folder(_))
        ));
        assert!(matches!(
            Mailer::from_url("smtp://localhost:2525"),
            Ok(Mailer::Smtp(_))
        ));
        let refused = |url| Mailer::from_url(url).map(|_| ()).unwrap_err();
        assert_eq!(refused("folder:"), BadMailUrl::Unreadable);
        assert_eq!(refused("mail.example.com"), BadMailUrl::Unreadable);
        assert_eq!(refused("http://mail.example.com"), BadMailUrl::Unreadable);
        assert_eq!(
            refused("smtp://host?tls=maybe"),
            BadMailUrl::Tls("maybe".to_owned())
        );
    }
}
