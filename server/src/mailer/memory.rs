//! Letters kept in a list, for tests; can be told to fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Mail, Undelivered};

/// A shared list of what was sent. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    sent: Arc<Mutex<Vec<Mail>>>,
    answers: Arc<Mutex<VecDeque<Undelivered>>>,
}

impl Memory {
    /// What was sent so far, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The next letter gets this answer instead of being taken; may be called several times.
    pub fn fail_next(&self, why: Undelivered) {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(why);
    }

    /// Takes the letter, or gives the answer prepared.
    ///
    /// # Errors
    /// What [`Memory::fail_next`] was told.
    pub fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        let answer = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        if let Some(why) = answer {
            return Err(why);
        }
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(mail.clone());
        Ok(())
    }
}
