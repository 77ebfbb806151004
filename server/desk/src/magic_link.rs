//! Signing in by a link in a letter, where the business allows it.

use std::time::Duration;

use booking::refusal::Refusal;
use tokio::time::Instant;

use crate::desk::Desk;
use crate::link::{self, Purpose};
use crate::session::{self, Session};
use crate::sign_in::{address, lock, may_come_in, person_with};
use crate::tries::{self, Limit};
use crate::trouble::Result;

/// Every answer takes this long, so that its time does not tell known addresses from unknown ones.
const ANSWER_AFTER: Duration = Duration::from_millis(120);

impl Desk {
    /// Sends a link for signing in, if the address is somebody's who may come in. The answer does not say whether it is.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] where the business does not allow such links; [`Refusal::TooManyTries`] after twenty
    /// letters asked for from one place in 15 minutes, whoever they are for.
    pub async fn request_magic_link(&self, email: &str, from: &str) -> Result<()> {
        if !self.business().await?.magic_links {
            return Err(Refusal::NotAllowed.into());
        }
        self.send_link(Purpose::SignIn, email, from).await
    }

    /// Opens a session for the person of the link; no other link for signing in works after that.
    ///
    /// # Errors
    /// [`Refusal::LinkExpired`]; [`Refusal::AccountDisabled`].
    pub async fn sign_in_by_link(&self, token: &str, device: &str) -> Result<Session> {
        let work = self.begin().await?;
        let person = link::consume(&work, token, Purpose::SignIn)
            .await?
            .ok_or(Refusal::LinkExpired)?;
        let person = lock(&work, person).await?;
        let person = may_come_in(&work, &person).await?;
        let session = session::open(&work, person, device).await?;
        work.commit().await?;
        Ok(session)
    }

    /// Sends a link to an address that somebody typed who has not proved anything yet.
    pub(crate) async fn send_link(&self, purpose: Purpose, email: &str, from: &str) -> Result<()> {
        let answer_at = Instant::now() + ANSWER_AFTER;
        let sent = self
            .send_link_if_known(purpose, &address(email), from)
            .await;
        tokio::time::sleep_until(answer_at).await;
        sent
    }

    async fn send_link_if_known(&self, purpose: Purpose, address: &str, from: &str) -> Result<()> {
        let mut work = self.begin().await?;
        let [here, anywhere, place] = Limit::letters(address, from);
        let within_here = tries::count(&work, &here).await?;
        let within_place = tries::count(&work, &place).await?;
        // What the place may not do must not be counted against the address.
        let within = within_here && within_place && tries::count(&work, &anywhere).await?;
        if let Some(person) = person_with(work.tx(), address).await?.filter(|_| within)
            && may_come_in(&work, &person).await.is_ok()
        {
            link::send(&mut work, purpose, &person, None).await?;
        }
        work.commit().await?;
        if within_place {
            Ok(())
        } else {
            Err(Refusal::TooManyTries.into())
        }
    }
}
