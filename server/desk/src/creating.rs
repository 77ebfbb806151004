//! What a form creates, it creates once: the same form sent again answers with what the first one made.

use booking::ids::PersonId;
use booking::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::desk::Work;
use crate::once::{self, Once};
use crate::trouble::{Fault, Result};

/// What this form made before, if it was sent before.
///
/// # Errors
/// [`Refusal::KeyReused`] when another form was sent with the key.
pub(crate) async fn earlier<T: DeserializeOwned>(
    work: &Work,
    who: PersonId,
    key: &str,
    form: &impl Serialize,
) -> Result<Option<T>> {
    match work.once(who, key, &once::hash(form)?).await? {
        Once::First => Ok(None),
        Once::Reused(_) => Err(Refusal::KeyReused.into()),
        Once::Again(made) => serde_json::from_value(made)
            .map(Some)
            .map_err(|error| Fault::Machine(format!("key: {error}")).into()),
    }
}

/// Notes what this form made.
pub(crate) async fn made(
    work: &Work,
    who: PersonId,
    key: &str,
    made: &impl Serialize,
) -> Result<()> {
    let made =
        serde_json::to_value(made).map_err(|error| Fault::Machine(format!("key: {error}")))?;
    work.done_once(who, key, made).await
}
