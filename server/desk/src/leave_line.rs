//! A client waits no longer, or does not want the time that is held for them: it is the next one's.

use booking::refusal::Refusal;
use booking::waiting::WaitingStatus;
use uuid::Uuid;

use crate::desk::Desk;
use crate::pass::ContactPass;
use crate::trouble::Result;
use crate::waiting;

impl Desk {
    /// Ends one's own entry; a time that is held for it is free at once. Twice is once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody else's.
    pub async fn leave_line(&self, who: &ContactPass, id: Uuid) -> Result<()> {
        let mut work = self.begin().await?;
        let row = waiting::own(&work, who, id).await?;
        let status = match row.standing()? {
            WaitingStatus::Waiting => WaitingStatus::Stopped,
            WaitingStatus::Told => WaitingStatus::Passed,
            WaitingStatus::Taken => return Err(Refusal::Final.into()),
            WaitingStatus::Passed
            | WaitingStatus::Missed
            | WaitingStatus::Stopped
            | WaitingStatus::Over => return Ok(()),
        };
        waiting::end(&mut work, &row, status, Some(who.person)).await?;
        work.commit().await
    }
}
