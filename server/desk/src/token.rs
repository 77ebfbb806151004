//! Secrets that travel in cookies and letters: 256 random bits. Only their hash is ever stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::trouble::{Fault, Result};

/// A new token: 43 characters that may stand in a URL.
///
/// # Errors
/// The machine has no random numbers.
pub(crate) fn draw() -> Result<String> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits)
        .map_err(|error| Fault::Machine(format!("random numbers: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bits))
}

/// What is stored of a token. A fast hash will do: there is nothing to guess in 256 random bits.
pub(crate) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
