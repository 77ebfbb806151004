//! An answer that travels as text inside its envelope. The bundle then reads each type in one way only, the way in which
//! the properties of islands are read; a second copy of every reader was a tenth of the office bundle.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value, as JSON inside a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<T>(pub T);

impl<T: Serialize> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = leptos::serde_json::to_string(&self.0).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        leptos::serde_json::from_str(&text)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_left() {
        let there = leptos::serde_json::to_string(&Written(vec![Some("a \"b\""), None]))
            .unwrap_or_default();
        let back: Result<Written<Vec<Option<String>>>, _> = leptos::serde_json::from_str(&there);
        assert_eq!(
            back.ok(),
            Some(Written(vec![Some("a \"b\"".to_owned()), None]))
        );
    }
}
