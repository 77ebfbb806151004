//! Staff answer a client's message, close the thread, or open it again. An answer is told to whoever wrote for the client.

use booking::message::Side;
use booking::refusal::Refusal;
use serde_json::json;
use uuid::Uuid;

use crate::conversation;
use crate::desk::Desk;
use crate::history::Entry;
use crate::messages::answers;
use crate::once::{self, Once};
use crate::pass::StaffPass;
use crate::table::thread;
use crate::trouble::Result;
use crate::write_message::read;

impl Desk {
    /// Answers in a thread. Pressed twice it is answered once.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who does not decide requests; [`Refusal::NotFound`]; [`Refusal::KeyReused`]; beside
    /// `words` what texts refuse.
    pub async fn answer_message(
        &self,
        who: &StaffPass,
        key: &str,
        id: Uuid,
        words: &str,
    ) -> Result<()> {
        answers(who)?;
        let mut work = self.begin().await?;
        match work
            .once(who.person, key, &once::hash(&(id, words))?)
            .await?
        {
            Once::First => {}
            Once::Again(_) => return Ok(()),
            Once::Reused(_) => return Err(Refusal::KeyReused.into()),
        }
        let words = read(words)?;
        let row = conversation::locked(&work, id).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        let row = conversation::add(&mut work, &row, (Side::Office, who.person), &words).await?;
        conversation::announce(&mut work, &row, Side::Office, &words).await?;
        work.done_once(who.person, key, json!({})).await?;
        work.commit().await
    }

    /// Closes a thread, which then waits for nobody, or opens it again. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who does not decide requests; [`Refusal::NotFound`].
    pub async fn set_thread_open(&self, who: &StaffPass, id: Uuid, open: bool) -> Result<()> {
        answers(who)?;
        let mut work = self.begin().await?;
        let row = conversation::locked(&work, id).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        if row.is_open == open {
            return Ok(());
        }
        let after = thread::Model {
            is_open: open,
            waits: false,
            ..row
        };
        conversation::write(&mut work, &after).await?;
        let what = if open { "reopened" } else { "closed" };
        let entry = Entry::new(Some(who.person), "thread", id, what);
        entry.write(&work).await?;
        work.commit().await
    }
}
