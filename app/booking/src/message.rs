//! Messages between a client and the office: who wrote, and how many somebody may write.

use crate::refusal::words;

/// How many messages a person of a client may write in an hour.
pub const MOST_AN_HOUR: u64 = 20;

words! {
    /// On which side of a conversation somebody writes.
    Side {
        /// For the client.
        Client => "client",
        /// For the business.
        Office => "office",
    }
}
