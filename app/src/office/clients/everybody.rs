//! Clients to choose from, in other forms of the office.

use booking::ids::ClientId;
use desk::clients::ClientSearch;
use desk::{Desk, StaffPass};

use crate::kit::Pick;
use crate::trouble::Trouble;

/// Pages of the list that a form offers; beyond them a client is found by its own page.
const PAGES: u64 = 20;

/// The active clients, by name, and those who are chosen already wherever they are.
///
/// # Errors
/// What the desk refuses.
pub async fn everybody(
    desk: &Desk,
    who: &StaffPass,
    chosen: &[ClientId],
) -> Result<Vec<Pick>, Trouble> {
    let mut all = Vec::new();
    for page in 1..=PAGES {
        let search = ClientSearch {
            page,
            ..ClientSearch::default()
        };
        let found = desk.clients(who, &search).await?;
        all.extend(
            found
                .rows
                .into_iter()
                .map(|row| Pick::new(row.id.to_string(), row.name)),
        );
        if page >= found.pages {
            break;
        }
    }
    for id in chosen {
        if all.iter().any(|pick| pick.value == id.to_string()) {
            continue;
        }
        if let Some(client) = desk.client(who, *id).await? {
            all.push(Pick::new(id.to_string(), client.form.name));
        }
    }
    Ok(all)
}
