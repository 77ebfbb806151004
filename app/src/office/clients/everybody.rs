//! Clients to choose from, in other forms of the office.

use booking::ids::ClientId;
use desk::{Desk, StaffPass};

use crate::kit::Pick;
use crate::trouble::Trouble;

/// Clients that a form offers; beyond them a client is found by its own page.
const MOST: u64 = 1_000;

/// The active clients, by name, and those who are chosen already wherever they are.
///
/// # Errors
/// What the desk refuses.
pub async fn everybody(
    desk: &Desk,
    who: &StaffPass,
    chosen: &[ClientId],
) -> Result<Vec<Pick>, Trouble> {
    let names = desk.client_names(who, MOST, chosen).await?;
    let pick = |(id, name): (ClientId, String)| Pick::new(id.to_string(), name);
    Ok(names.into_iter().map(pick).collect())
}
