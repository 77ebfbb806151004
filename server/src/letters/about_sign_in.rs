//! Letters about signing in: links that work once, and that a password changed. They carry secrets: never logged.

use chrono::{DateTime, Utc};
use desk::link::SignInFacts;
use desk::outbox::Letter;

use super::words::{Facts, Kind};
use super::{Content, Reader, Unbuildable, plain, when};

/// What such a letter says.
///
/// # Errors
/// An unknown event, or facts that cannot be read.
pub(super) fn content(letter: &Letter, reader: &Reader<'_>) -> Result<Content, Unbuildable> {
    let said: SignInFacts = serde_json::from_value(letter.facts.clone()).map_err(|error| {
        Unbuildable(format!(
            "facts of {}: {error}",
            plain::line(&letter.event, 40)
        ))
    })?;
    let kind = kind(&letter.event, &said)?;
    let mut facts = Facts::from([("business", plain::line(&said.business, 200))]);
    if let Some(expires) = said.expires {
        facts.insert(
            "expires",
            when::instant(expires, reader.zone, reader.locale),
        );
    }
    if let Some(client) = &said.client {
        facts.insert("client", plain::line(client, 200));
    }
    Ok(bare(kind, said.business, facts, said.link))
}

/// The letter that proves that mail works.
pub(super) fn test(business: &str, now: DateTime<Utc>) -> Content {
    let sent = when::instant(now, chrono_tz::Tz::UTC, app::i18n::Locale::en);
    bare(
        Kind::Test,
        business.to_owned(),
        Facts::from([("expires", sent)]),
        "/".to_owned(),
    )
}

fn kind(event: &str, said: &SignInFacts) -> Result<Kind, Unbuildable> {
    match (event, said.expires, &said.client) {
        ("sign-in-link", _, _) => Ok(Kind::SignInLink),
        ("password-reset", _, _) => Ok(Kind::PasswordReset),
        ("password-changed", _, _) => Ok(Kind::PasswordChanged),
        // Without a link that expires it goes to somebody who can sign in already.
        ("invitation", None, _) => Ok(Kind::Added),
        ("invitation", Some(_), Some(_)) => Ok(Kind::ContactInvitation),
        ("invitation", Some(_), None) => Ok(Kind::Invitation),
        (other, _, _) => Err(Unbuildable(format!(
            "no letter for \"{}\"",
            plain::line(other, 40)
        ))),
    }
}

fn bare(kind: Kind, business: String, facts: Facts, link: String) -> Content {
    Content {
        kind,
        business,
        held: false,
        facts,
        own: None,
        rows: Vec::new(),
        quote: None,
        link,
        thread: None,
        calendar: Vec::new(),
    }
}
