//! A message that only one device can read (RFC 8291): a fresh key for each, agreed upon with the device's; one record of
//! `aes128gcm` (RFC 8188). The cryptography is ring's.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom, SystemRandom};

/// The size of a record: more than any message that push services take.
const RECORD: u32 = 4096;
/// Behind the text of the last record.
const LAST: u8 = 2;

/// What both ends of a message know, and its salt.
struct Ends<'a> {
    device: &'a [u8],
    ours: &'a [u8],
    auth: &'a [u8],
    salt: [u8; 16],
}

/// Seals `text` for the device with this point and this secret; nothing where the point is none.
#[must_use]
pub fn seal(device: &[u8], auth: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let secret = EphemeralPrivateKey::generate(&ECDH_P256, &random).ok()?;
    let ours = secret.compute_public_key().ok()?;
    let mut salt = [0; 16];
    random.fill(&mut salt).ok()?;
    let ends = Ends {
        device,
        ours: ours.as_ref(),
        auth,
        salt,
    };
    let theirs = UnparsedPublicKey::new(&ECDH_P256, device);
    agree_ephemeral(secret, &theirs, |shared| record(shared, &ends, text)).ok()?
}

/// The one record with its head.
fn record(shared: &[u8], ends: &Ends<'_>, text: &[u8]) -> Option<Vec<u8>> {
    let mut agreed = [0; 32];
    let info: [&[u8]; 3] = [b"WebPush: info\0", ends.device, ends.ours];
    derive(ends.auth, shared, &info, &mut agreed)?;
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    let info: [&[u8]; 1] = [b"Content-Encoding: aes128gcm\0"];
    derive(&ends.salt, &agreed, &info, &mut key)?;
    let info: [&[u8]; 1] = [b"Content-Encoding: nonce\0"];
    derive(&ends.salt, &agreed, &info, &mut nonce)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    let mut sealed = text.to_vec();
    sealed.push(LAST);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
        .ok()?;
    let length = u8::try_from(ends.ours.len()).ok()?;
    let head: [&[u8]; 4] = [&ends.salt, &RECORD.to_be_bytes(), &[length], ends.ours];
    Some([head.concat(), sealed].concat())
}

/// HKDF (RFC 5869) with SHA-256.
fn derive(salt: &[u8], secret: &[u8], info: &[&[u8]], into: &mut [u8]) -> Option<()> {
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    let expanded = extracted.expand(info, Length(into.len())).ok()?;
    expanded.fill(into).ok()
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let device = bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        );
        let ours = bytes(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let ends = Ends {
            device: &device,
            ours: &ours,
            auth: &auth,
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
        };
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let text = b"When I grow up, I want to be a watermelon";
        let sealed = record(&shared, &ends, text).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn what_is_no_point_is_not_sealed_for() {
        assert_eq!(seal(&[4; 65], &[0; 16], b"text"), None);
    }
}
