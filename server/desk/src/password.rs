//! Passwords: which are accepted, how they are hashed and compared. Hashing takes 19 MiB and some 20 ms, so it runs
//! beside the async threads and only a few at once.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use booking::refusal::Refusal;
use tokio::sync::Semaphore;

use crate::trouble::{Fault, Result};

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most characters of a password.
pub const LONGEST: usize = 200;

/// How many are hashed at once; the others wait.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, |cores| cores.get())));

/// A hash of nobody's password, with the present parameters: unknown addresses take as long as known ones.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1vd24tc2FsdA$7yU8yC0Hk9oKpL1xG0eGdX3vWqg0m5X2n8v1n1jYb2A";

/// What people choose first, of ten characters and more. Compared in lower case.
const COMMON: &[&str] = &[
    "0123456789",
    "0987654321",
    "1111111111",
    "1122334455",
    "123123123123",
    "1234512345",
    "12345678900",
    "1234567890",
    "12345678910",
    "1234567891",
    "123456789a",
    "123456789q",
    "1234567899",
    "123456abcdef",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "9876543210",
    "987654321a",
    "a123456789",
    "aa12345678",
    "abc1234567",
    "abcd123456",
    "abcd1234abcd",
    "abcdefghij",
    "admin12345",
    "administrator",
    "adminadmin",
    "alexander1",
    "asdfghjkl1",
    "asdfghjkl;",
    "asdfghjkl123",
    "barcelona1",
    "basketball",
    "business123",
    "california",
    "changeme12",
    "changeme123",
    "chocolate1",
    "christopher",
    "contrasena",
    "contraseña",
    "default123",
    "enter12345",
    "football12",
    "football123",
    "frontdesk1",
    "hello12345",
    "helloworld",
    "iloveyou12",
    "iloveyou123",
    "jordan2323",
    "letmein123",
    "letmeinnow",
    "liverpool1",
    "manchester",
    "mariposa12",
    "master1234",
    "michael123",
    "mypassword",
    "mypassword1",
    "p@ssw0rd123",
    "pass123456",
    "pass1234567",
    "passpass12",
    "passw0rd12",
    "passw0rd123",
    "password00",
    "password01",
    "password10",
    "password11",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "password123456",
    "password21",
    "password99",
    "password!!",
    "password1!",
    "passwordpassword",
    "princess12",
    "princess123",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qazwsx1234",
    "qazwsxedc1",
    "qazwsxedcrfv",
    "qwer123456",
    "qwerasdfzxcv",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "qwertyqwerty",
    "qwertyuiop",
    "qwertyuiop1",
    "qwertyuiop123",
    "qwertyuiop[]",
    "realmadrid",
    "samsung123",
    "secret1234",
    "sunshine12",
    "sunshine123",
    "superman12",
    "superman123",
    "teamomucho",
    "test123456",
    "testtest12",
    "trustno1234",
    "welcome123",
    "welcome1234",
    "whatever12",
    "zaq12wsxcde3",
    "zxcvbnm123",
    "zxcvbnm,./",
];

/// Checks a new password of the person with this address.
///
/// # Errors
/// [`Refusal::WeakPassword`]: shorter than 10 or longer than 200 characters, the address itself or its first part,
/// one character repeated, or one of the most common.
pub fn accept(password: &str, email: &str) -> std::result::Result<(), Refusal> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Refusal::WeakPassword);
    }
    let small = password.trim().to_lowercase();
    let first_part = email.split('@').next().unwrap_or(email);
    let repeated = small
        .chars()
        .skip(1)
        .all(|letter| small.starts_with(letter));
    if repeated || small == email || small == first_part || COMMON.contains(&small.as_str()) {
        return Err(Refusal::WeakPassword);
    }
    Ok(())
}

/// The hash to store, in PHC form.
///
/// # Errors
/// The machine's faults only.
pub(crate) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    in_turn(move || {
        let hashed = hasher()?.hash_password(password.as_bytes());
        hashed.map(|phc| phc.to_string()).map_err(fault)
    })
    .await
}

/// Whether `password` is the one that was hashed. Without a hash it takes as long and is never right.
///
/// # Errors
/// The machine's faults only; a hash that cannot be read is one.
pub(crate) async fn matches(stored: Option<&str>, password: &str) -> Result<bool> {
    if password.chars().count() > LONGEST {
        return Ok(false);
    }
    let somebodys = stored.is_some();
    let stored = stored.unwrap_or(NOBODYS).to_owned();
    let password = password.to_owned();
    in_turn(move || {
        let phc = PasswordHash::new(&stored).map_err(|error| fault(error.into()))?;
        let right = hasher()?.verify_password(password.as_bytes(), &phc).is_ok();
        Ok(right && somebodys)
    })
    .await
}

/// argon2id, 19 MiB, two passes, one lane (OWASP's first choice for it).
fn hasher() -> Result<Argon2<'static>> {
    let params =
        Params::new(19_456, 2, 1, None).map_err(|error| Fault::Machine(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let turn = TURNS
        .acquire()
        .await
        .map_err(|error| Fault::Machine(error.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(turn);
    done.map_err(|error| Fault::Machine(format!("hashing: {error}")))?
}

fn fault(error: argon2::password_hash::Error) -> crate::trouble::Trouble {
    Fault::Machine(format!("hashing: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let Ok(phc) = PasswordHash::new(NOBODYS) else {
            panic!("no PHC string")
        };
        assert_eq!(phc.algorithm.as_str(), "argon2id");
        assert_eq!(phc.params.to_string(), "m=19456,t=2,p=1");
        assert_eq!(phc.hash.map(|hash| hash.len()), Some(32));
        assert_eq!(phc.salt.map(|salt| salt.len()), Some(16));
    }

    #[test]
    fn what_people_choose_first_is_refused() {
        for weak in [
            "short",
            "Password123",
            "ana@example.com",
            "zzzzzzzzzzzz",
            " 1234567890 ",
        ] {
            assert_eq!(
                accept(weak, "ana@example.com"),
                Err(Refusal::WeakPassword),
                "{weak}"
            );
        }
        assert_eq!(accept("correct horse battery", "ana@example.com"), Ok(()));
        assert_eq!(accept("ñandú ñandú", "ana@example.com"), Ok(()));
        assert!(COMMON.iter().all(|common| common.to_lowercase() == *common));
    }
}
