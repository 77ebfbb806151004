//! The session cookie: how it is called, read and written. What a session means is the desk's.

use http::{HeaderMap, header};

/// How the cookie is called and written; `__Host-` binds it to this host over https.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Whether the site is served over https.
    pub https: bool,
}

impl Cookie {
    fn name(self) -> &'static str {
        if self.https {
            "__Host-frontdesk"
        } else {
            "frontdesk"
        }
    }

    /// The token of a request, if it carries one.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<String> {
        let lines = headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|line| line.to_str().ok());
        let mut pairs = lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .find(|(name, value)| *name == self.name() && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// The header that gives the browser a token, or takes it away.
    #[must_use]
    pub fn write(self, token: Option<&str>) -> String {
        let age = if token.is_some() { "" } else { "; Max-Age=0" };
        let secure = if self.https { "; Secure" } else { "" };
        format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
            self.name(),
            token.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_cookie_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            http::HeaderValue::from_static("a=1; frontdesk=secret; b=2"),
        );
        assert_eq!(
            Cookie { https: false }.read(&headers),
            Some("secret".to_owned())
        );
        assert_eq!(Cookie { https: true }.read(&headers), None);
    }

    #[test]
    fn an_ended_session_is_taken_from_the_browser() {
        let gone = Cookie { https: true }.write(None);
        assert_eq!(
            gone,
            "__Host-frontdesk=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
        );
    }
}
