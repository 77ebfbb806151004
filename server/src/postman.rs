//! The postman: takes letters that are due from the outbox, has them written, sends them, and reports. At least once, always
//! with the same Message-ID. Nothing goes over the network inside a transaction; a letter that cannot be written is dead
//! at once; a mail server that is away costs the letters that tried one try each, not all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use desk::outbox::Letter;
use desk::{Desk, Happened};
use futures::StreamExt;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::letters::{self, Sender, Unbuildable};
use crate::mailer::{Mail, Mailer, Undelivered};

/// How fast the postman works.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Letters taken at once from the outbox.
    pub batch: u32,
    /// Letters on their way at the same time.
    pub at_once: usize,
    /// For how long taken letters are his alone.
    pub lease: Duration,
    /// The longest that sending one letter may take; none is begun that might outlive the lease.
    pub one_letter: Duration,
    /// How often he looks unasked: for letters that wait for another try, and those of other servers.
    pub every: Duration,
    /// How long letters on their way may still take after he was told to stop.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: 20,
            at_once: 4,
            lease: Duration::from_secs(180),
            one_letter: Duration::from_secs(90),
            every: Duration::from_secs(10),
            grace: Duration::from_secs(3),
        }
    }
}

/// Sends the letters of one desk.
#[derive(Clone, Debug)]
pub struct Postman {
    desk: Desk,
    mailer: Mailer,
    sender: Sender,
    pace: Pace,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Nothing is due any more.
    Done,
    /// The mail server cannot be used; letters that are due wait.
    Away,
    /// He was told to stop.
    Stopped,
}

/// What became of one letter.
enum Fate {
    Sent,
    Failed(String),
    Away(String),
    Dead(String),
    /// Not tried, or given up on the way out: back to the outbox as it was.
    Back,
}

/// What the letters of one batch share.
struct Batch<'a> {
    begun: Instant,
    away: AtomicBool,
    stop: &'a CancellationToken,
}

impl Postman {
    /// A postman at the usual pace.
    #[must_use]
    pub fn new(desk: Desk, mailer: Mailer, sender: Sender) -> Self {
        Self {
            desk,
            mailer,
            sender,
            pace: Pace::default(),
        }
    }

    /// The same postman at another pace.
    #[must_use]
    pub fn at_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Works until told to stop: begins with what is due, then whenever a letter is queued, and now and then unasked.
    /// Told to stop, he gives letters on their way a few seconds and puts the others back.
    pub async fn work(self, stop: CancellationToken) {
        let mut told = self.desk.happened();
        let mut tired = Duration::ZERO;
        loop {
            match self.round(&stop).await {
                Ok(Round::Done) => tired = Duration::ZERO,
                Ok(Round::Away) => tired = longer(tired),
                Ok(Round::Stopped) => break,
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be read");
                    tired = longer(tired);
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(tired), if !tired.is_zero() => {}
                () = tokio::time::sleep(self.pace.every), if tired.is_zero() => {}
                () = a_letter(&mut told), if tired.is_zero() => {}
            }
        }
        self.mailer.close().await;
    }

    /// Sends what is due, batch by batch.
    ///
    /// # Errors
    /// The outbox cannot be read. What was sent by then is marked, or will be sent again after its lease.
    pub async fn round(&self, stop: &CancellationToken) -> desk::Result<Round> {
        let lease = u32::try_from(self.pace.lease.as_secs()).unwrap_or(u32::MAX);
        loop {
            if stop.is_cancelled() {
                return Ok(Round::Stopped);
            }
            let begun = Instant::now();
            let letters = self.desk.lease_letters(self.pace.batch, lease).await?;
            if letters.is_empty() {
                return Ok(Round::Done);
            }
            let batch = Batch {
                begun,
                away: AtomicBool::new(false),
                stop,
            };
            self.deliver(letters, &batch).await?;
            if batch.away.load(Ordering::Relaxed) {
                return Ok(Round::Away);
            }
        }
    }

    async fn deliver(&self, letters: Vec<Letter>, batch: &Batch<'_>) -> desk::Result<()> {
        let fates = futures::stream::iter(letters)
            .map(|letter| self.carry(letter, batch))
            .buffer_unordered(self.pace.at_once);
        let back: Vec<Uuid> = fates.filter_map(std::future::ready).collect().await;
        if !back.is_empty() {
            self.desk.release_letters(&back).await?;
        }
        Ok(())
    }

    /// Carries one letter and reports; answers its id if it goes back to the outbox.
    async fn carry(&self, letter: Letter, batch: &Batch<'_>) -> Option<Uuid> {
        let fate = self.fate(&letter, batch).await;
        let (id, event) = (letter.id, letter.event.as_str());
        match &fate {
            Fate::Sent => tracing::info!(%id, event, "letter sent"),
            Fate::Failed(why) | Fate::Away(why) => {
                tracing::warn!(%id, event, why, "letter not sent, will be tried again")
            }
            Fate::Dead(why) => tracing::error!(%id, event, why, "letter given up"),
            Fate::Back => return Some(id),
        }
        for pause in [50, 500, 2_000] {
            match self.report(id, &fate).await {
                Ok(()) => return None,
                Err(error) => {
                    tracing::warn!(%id, %error, "the letter's fate cannot be written down")
                }
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        // After the lease it is sent again, with the same Message-ID.
        tracing::error!(%id, "the letter's fate is lost");
        None
    }

    async fn fate(&self, letter: &Letter, batch: &Batch<'_>) -> Fate {
        let would_outlive_the_lease =
            batch.begun.elapsed() + self.pace.one_letter > self.pace.lease;
        if would_outlive_the_lease
            || batch.stop.is_cancelled()
            || batch.away.load(Ordering::Relaxed)
        {
            return Fate::Back;
        }
        let mail = match self.written(letter) {
            Ok(mail) => mail,
            Err(why) => return Fate::Dead(why.to_string()),
        };
        tokio::select! {
            answer = tokio::time::timeout(self.pace.one_letter, self.mailer.send(&mail)) => match answer {
                Ok(Ok(())) => Fate::Sent,
                Ok(Err(Undelivered::Later(why))) => Fate::Failed(why),
                Ok(Err(Undelivered::Never(why))) => Fate::Dead(why),
                Ok(Err(Undelivered::Away(why))) => {
                    batch.away.store(true, Ordering::Relaxed);
                    Fate::Away(why)
                }
                Err(_) => Fate::Failed(format!("not sent within {:?}", self.pace.one_letter)),
            },
            () = told_to_stop(batch.stop, self.pace.grace) => Fate::Back,
        }
    }

    /// The message. A fault in writing one letter must not take the others with it.
    fn written(&self, letter: &Letter) -> Result<Mail, Unbuildable> {
        let now = self.desk.now();
        catch_unwind(AssertUnwindSafe(|| {
            letters::write(letter, &self.sender, now)
        }))
        .unwrap_or_else(|_| Err(Unbuildable("writing it panicked".to_owned())))
    }

    async fn report(&self, id: Uuid, fate: &Fate) -> desk::Result<()> {
        match fate {
            Fate::Sent => self.desk.letters_sent(&[id]).await,
            Fate::Failed(why) | Fate::Away(why) => self.desk.letter_failed(id, why).await,
            Fate::Dead(why) => self.desk.letter_dead(id, why).await,
            Fate::Back => self.desk.release_letters(&[id]).await,
        }
    }
}

/// Sends a letter that proves that mail works, past the outbox, for the verb `send-test-mail`; answers its Message-ID.
///
/// # Errors
/// A sentence for whoever typed the verb.
pub async fn send_test_mail(
    to: &str,
    mailer: &Mailer,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<String, String> {
    let mail = letters::test_letter(to, sender, now).map_err(|why| why.to_string())?;
    mailer
        .send(&mail)
        .await
        .map_err(|why| format!("The mail was not accepted: {why}."))?;
    mailer.close().await;
    Ok(mail.message_id)
}

/// Waits until a letter is queued.
async fn a_letter(told: &mut Receiver<Happened>) {
    loop {
        match told.recv().await {
            // Having missed some, there may have been one among them.
            Ok(Happened::Letters) | Err(RecvError::Lagged(_)) => return,
            Ok(
                Happened::Requests
                | Happened::Schedule
                | Happened::Notices { .. }
                | Happened::Messages,
            ) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn told_to_stop(stop: &CancellationToken, grace: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(grace).await;
}

/// 5 s after the first failure, doubled, at most a minute.
fn longer(tired: Duration) -> Duration {
    (tired * 2).clamp(Duration::from_secs(5), Duration::from_secs(60))
}
