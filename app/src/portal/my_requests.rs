//! What a client has asked for: the list, one request, editing and cancelling it.

pub mod cancel;
#[cfg(feature = "ssr")]
pub mod details;
pub mod edit;
#[cfg(feature = "ssr")]
pub mod in_words;
#[cfg(feature = "ssr")]
pub mod list;

/// One request of this client, in words.
///
/// # Errors
/// [`booking::refusal::Refusal::NotFound`] for one that does not exist or is somebody else's.
#[cfg(feature = "ssr")]
pub async fn paper(reference: &str) -> Result<in_words::Paper, crate::trouble::Trouble> {
    let (desk, who) = (crate::ask::desk()?, crate::ask::contact()?);
    let found = desk.my_request(&who, reference).await?;
    Ok(in_words::paper(
        &found.ok_or(booking::refusal::Refusal::NotFound)?,
        desk.now(),
    ))
}
