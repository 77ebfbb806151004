//! Tells people's devices of their notices, through the push services of their browsers: taken when due, written in the
//! person's language, sealed so that only the device can read them, sent, and reported. Nothing goes over the network inside
//! a transaction; a push service that is away holds up nothing but its own devices.

pub mod identity;
pub mod line;
pub mod seal;

use std::time::Duration;

use app::i18n::Locale;
use app::kit::Reader;
use app::language::direction;
use app::portal::notice_words::words;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::letter::Event;
use chrono::{DateTime, Utc};
use desk::push_queue::Push;
use desk::{Desk, Happened};
use futures::StreamExt;
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use self::identity::Identity;
use self::line::{Line, Parcel};

/// Notices taken at once.
const BATCH: u32 = 20;
/// On their way at the same time.
const AT_ONCE: usize = 4;
/// For how long, in seconds, taken notices are ours alone: longer than a batch can take.
const LEASE: u32 = 300;
/// How often he looks unasked: for another try, and for notices of other servers.
const EVERY: Duration = Duration::from_secs(30);
/// The longest text on a device, in characters. A push carries at most 4,096 bytes.
const LONGEST: usize = 400;

/// Tells the devices of one desk's people.
#[derive(Debug)]
pub struct Herald {
    desk: Desk,
    identity: Identity,
    line: Line,
    /// Whom a push service can turn to (RFC 8292): the public address.
    contact: String,
}

/// What became of a notice on its way to a device.
enum Fate {
    Sent,
    Gone,
    Refused(String),
    Failed(String, Option<u32>),
}

impl Herald {
    /// A herald with this installation's key, which is made where there is none yet.
    ///
    /// # Errors
    /// The database's; or the key that is there is none.
    pub async fn new(desk: Desk, line: Line, contact: &str) -> desk::Result<Self> {
        let secret = desk.push_secret(identity::fresh).await?;
        let identity = Identity::read(&secret).ok_or_else(|| {
            desk::Fault::Machine("the push key in the database is none".to_owned())
        })?;
        Ok(Self {
            desk,
            identity,
            line,
            contact: contact.to_owned(),
        })
    }

    /// The public key, for browsers: base64url of the point.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.identity.public()
    }

    /// Works until told to stop: begins with what is due, then whenever somebody has news, and now and then unasked.
    pub async fn work(self, stop: CancellationToken) {
        let mut told = self.desk.happened();
        loop {
            if let Err(trouble) = self.round(&stop).await {
                tracing::error!(%trouble, "notices for devices cannot be read");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
                () = news(&mut told) => {}
            }
        }
    }

    /// Tells what is due, batch by batch; how many notices were tried.
    ///
    /// # Errors
    /// The database's. What was told by then is marked, or will be told again, and shown once.
    pub async fn round(&self, stop: &CancellationToken) -> desk::Result<usize> {
        let mut tried = 0;
        while !stop.is_cancelled() {
            let due = self.desk.lease_pushes(BATCH, LEASE).await?;
            if due.is_empty() {
                break;
            }
            tried += due.len();
            let told = futures::stream::iter(due)
                .map(|push| self.carry(push))
                .buffer_unordered(AT_ONCE);
            told.collect::<Vec<()>>().await;
        }
        Ok(tried)
    }

    /// Tells one device of one notice, and writes down what became of it.
    async fn carry(&self, push: Push) {
        let fate = self.fate(&push).await;
        let (notice, device) = (push.notice.id, push.device);
        let reported = match fate {
            Fate::Sent => self.desk.push_sent(&push).await,
            Fate::Gone => self.desk.device_gone(device).await,
            Fate::Refused(why) => {
                tracing::warn!(%notice, %device, why, "a device cannot be told");
                self.desk.push_refused(&push).await
            }
            Fate::Failed(why, wait) => {
                tracing::info!(%notice, %device, why, "a device was not told, will be tried again");
                self.desk.push_failed(&push, wait).await
            }
        };
        if let Err(trouble) = reported {
            tracing::error!(%notice, %device, %trouble, "what became of a push cannot be written down");
        }
    }

    async fn fate(&self, push: &Push) -> Fate {
        let now = self.desk.now();
        let Some(body) = seal::seal(&push.p256dh, &push.auth, written(push, now).as_bytes()) else {
            return Fate::Refused("its key is none".to_owned());
        };
        let Some(authorization) = self
            .identity
            .authorization(&push.endpoint, &self.contact, now)
        else {
            return Fate::Refused("its address is none".to_owned());
        };
        let parcel = Parcel {
            endpoint: &push.endpoint,
            authorization,
            is_urgent: is_urgent(&push.notice.event),
            body,
        };
        match self.line.post(parcel).await {
            Ok(answer) => match answer.status.as_u16() {
                200..=299 => Fate::Sent,
                404 | 410 => Fate::Gone,
                status @ (408 | 429 | 500..=599) => {
                    Fate::Failed(format!("answered {status}"), answer.wait)
                }
                status => Fate::Refused(format!("answered {status}")),
            },
            Err(line::Unsent::Later(why)) => Fate::Failed(why, None),
            Err(line::Unsent::Never(why)) => Fate::Refused(why.to_owned()),
        }
    }
}

/// What the device shows, as the worker reads it (`worker.js`): in the person's language and zone.
fn written(push: &Push, now: DateTime<Utc>) -> String {
    let locale: Locale = push.locale.parse().unwrap_or_default();
    let business = push.business_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let reader = Reader {
        locale,
        zone: push.time_zone.parse().unwrap_or(business),
        business,
        now,
    };
    let (_, text) = words(&push.notice, &reader);
    let body: String = text.chars().take(LONGEST).collect();
    let title: String = push.business.chars().take(LONGEST).collect();
    json!({
        "title": title,
        "body": body,
        "link": push.notice.link,
        "tag": push.notice.id,
        "lang": locale.to_string(),
        "dir": direction(locale),
    })
    .to_string()
}

/// Whether it is worth waking a device for that saves its battery.
fn is_urgent(event: &str) -> bool {
    matches!(
        event.parse(),
        Ok(Event::Reminder | Event::VisitCancelled | Event::VisitChanged)
    )
}

/// Waits until somebody has a notice.
async fn news(told: &mut Receiver<Happened>) {
    loop {
        match told.recv().await {
            Ok(Happened::Notices { .. }) | Err(RecvError::Lagged(_)) => return,
            Ok(
                Happened::Requests | Happened::Schedule | Happened::Messages | Happened::Letters,
            ) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Keys and tokens as they travel.
fn travelling(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
