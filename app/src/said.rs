//! The word about what was just done, on the page one is led to: "Saved." It travels in a cookie for a few seconds, as a
//! code, so that nobody can put words into our mouth.

use http::header;
use http::request::Parts;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::Icon;

const COOKIE: &str = "frontdesk-said";

/// What can be said. Add what you need, with its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A change was stored.
    Saved,
    /// Something new was made.
    Added,
    /// Something was taken away.
    Removed,
    /// A letter is on its way.
    Sent,
    /// The new password holds from now on.
    PasswordChanged,
    /// An appointment was booked.
    Booked,
    /// An appointment was cancelled.
    Cancelled,
    /// A decision was taken back.
    Undone,
    /// Other times or a quote are on their way.
    Offered,
}

impl Said {
    const ALL: [Self; 9] = [
        Self::Saved,
        Self::Added,
        Self::Removed,
        Self::Sent,
        Self::PasswordChanged,
        Self::Undone,
        Self::Booked,
        Self::Cancelled,
        Self::Offered,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Sent => "sent",
            Self::PasswordChanged => "password",
            Self::Undone => "undone",
            Self::Offered => "offered",
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
        }
    }

    fn words(self, locale: Locale) -> &'static str {
        match self {
            Self::Saved => td_string!(locale, common.said.saved),
            Self::Added => td_string!(locale, common.said.added),
            Self::Removed => td_string!(locale, common.said.removed),
            Self::Sent => td_string!(locale, common.said.sent),
            Self::PasswordChanged => td_string!(locale, common.said.password),
            Self::Undone => td_string!(locale, office_notifications.undone),
            Self::Offered => td_string!(locale, offers.sent),
            Self::Booked => td_string!(locale, common.said.booked),
            Self::Cancelled => td_string!(locale, common.said.cancelled),
        }
    }
}

/// Says it on the next page. Call it in a server function that succeeds, beside `ask::go`.
pub fn say(said: Said) {
    ask::header(
        header::SET_COOKIE,
        &format!(
            "{COOKIE}={}; Path=/; Max-Age=20; HttpOnly; SameSite=Lax",
            said.code()
        ),
    );
}

/// Draws what is to be said, once.
pub(crate) fn toast(locale: Locale) -> Option<impl IntoView> {
    let parts = use_context::<Parts>()?;
    let lines = parts
        .headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, code) = pairs.find(|(name, _)| *name == COOKIE)?;
    let said = Said::ALL.into_iter().find(|said| said.code() == code)?;
    ask::header(
        header::SET_COOKIE,
        &format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
    );
    Some(view! {
        <p class="toast-line" role="status"><Icon name="icon-[lucide--check]"/> {said.words(locale)}</p>
    })
}
