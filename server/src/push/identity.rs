//! By which push services know this installation (RFC 8292): a key of P-256, and a token signed by it for each service.

use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use url::Url;

use super::travelling;

/// How long a token holds; a service may refuse more than a day.
const HOLDS: TimeDelta = TimeDelta::hours(12);

/// The key.
#[derive(Debug)]
pub struct Identity(EcdsaKeyPair);

/// A new key, as it is kept (PKCS #8); nothing where the machine has no random numbers.
#[must_use]
pub fn fresh() -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
    Some(made.as_ref().to_vec())
}

impl Identity {
    /// The key that was kept.
    #[must_use]
    pub fn read(kept: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, kept, &random);
        pair.ok().map(Self)
    }

    /// The public key, base64url of the uncompressed point.
    #[must_use]
    pub fn public(&self) -> String {
        travelling(self.0.public_key().as_ref())
    }

    /// The header `Authorization` for the service behind this address; nothing where it is no address.
    #[must_use]
    pub fn authorization(
        &self,
        endpoint: &str,
        contact: &str,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let service = Url::parse(endpoint).ok()?.origin().ascii_serialization();
        let head = json!({ "typ": "JWT", "alg": "ES256" }).to_string();
        let claims = json!({ "aud": service, "exp": (now + HOLDS).timestamp(), "sub": contact });
        let said = format!(
            "{}.{}",
            travelling(head.as_bytes()),
            travelling(claims.to_string().as_bytes())
        );
        let signature = self.0.sign(&SystemRandom::new(), said.as_bytes()).ok()?;
        let token = format!("{said}.{}", travelling(signature.as_ref()));
        Some(format!("vapid t={token}, k={}", self.public()))
    }
}
