//! What a form carried when it was refused, so that the page is drawn again with everything still in place.

use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// A refused form: which one, what was typed, and why not. Passwords are never in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The server function it went to, `/do/NAME`.
    pub action: String,
    /// The page the form stands on; the browser's address is the server function's now.
    pub page: String,
    /// What was typed, in the order of the form; a name may come several times.
    pub fields: Vec<(String, String)>,
    /// Why not.
    pub trouble: Trouble,
}

/// The hidden field that tells forms of the same kind on one page apart.
pub const MARK: &str = "_form";

/// The hidden field by which a form on a page that was drawn again says which page it is.
pub const PAGE: &str = "_page";

impl Posted {
    /// Whether it was the form with this action and mark.
    #[must_use]
    pub fn is(&self, action: &str, mark: Option<&str>) -> bool {
        self.action == action && self.value(MARK) == mark
    }

    /// What was typed under a name; the first, where there are several.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a name came with this value: a ticked box, a chosen option.
    #[must_use]
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.fields
            .iter()
            .any(|(key, typed)| key == name && typed == value)
    }
}
