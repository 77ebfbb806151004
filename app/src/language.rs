//! The languages of the product: how each is called, which way it is read, what stands between the things it lists; and
//! the switch by which somebody chooses one, with or without scripts.

use http::header;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::Pick;
use crate::kit::posted::PAGE;
use crate::trouble::Trouble;

/// Which language somebody chose before signing in.
pub const COOKIE: &str = "frontdesk-language";

/// All of them, in the order in which they are offered.
pub const ALL: [Locale; 6] = [
    Locale::en,
    Locale::de,
    Locale::es,
    Locale::fr,
    Locale::pt,
    Locale::ar,
];

/// What a language calls itself.
#[must_use]
pub const fn own_name(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "English",
        Locale::de => "Deutsch",
        Locale::es => "Español",
        Locale::fr => "Français",
        Locale::pt => "Português",
        Locale::ar => "العربية",
    }
}

/// Which way it is read: `ltr` or `rtl`.
#[must_use]
pub const fn direction(locale: Locale) -> &'static str {
    match locale {
        Locale::en | Locale::de | Locale::es | Locale::fr | Locale::pt => "ltr",
        Locale::ar => "rtl",
    }
}

/// The tag by which a browser writes times as the pages do: in European digits, also in Arabic.
#[must_use]
pub fn digits(locale: Locale) -> String {
    format!("{locale}-u-nu-latn")
}

/// What became of what: "old → new".
#[must_use]
pub fn became(locale: Locale, old: &str, new: &str) -> String {
    let arrow = match direction(locale) {
        "rtl" => '←',
        _ => '→',
    };
    format!("{old} {arrow} {new}")
}

/// A stretch "09:00–10:00": from right to left where pages are read so, whatever letters stand beside it.
#[must_use]
pub fn stretch(locale: Locale, from: &str, to: &str) -> String {
    match direction(locale) {
        "rtl" => format!("\u{2067}{from}–{to}\u{2069}"),
        _ => format!("{from}–{to}"),
    }
}

/// Things one after another: "Ana, Ben".
#[must_use]
pub fn list<T: AsRef<str>>(locale: Locale, things: &[T]) -> String {
    let mark = match locale {
        Locale::en | Locale::de | Locale::es | Locale::fr | Locale::pt => ", ",
        Locale::ar => "، ",
    };
    let things: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    things.join(mark)
}

/// A label before what it names: "Service:". French keeps the colon at its word by a blank that does not break.
#[must_use]
pub fn label(locale: Locale, label: &str) -> String {
    match locale {
        Locale::en | Locale::de | Locale::es | Locale::pt | Locale::ar => format!("{label}:"),
        Locale::fr => format!("{label}\u{a0}:"),
    }
}

/// What is named, behind its label: "Service: Deep clean".
#[must_use]
pub fn labelled(locale: Locale, what: &str, value: &str) -> String {
    format!("{} {value}", label(locale, what))
}

/// Somebody's own words, between the quotation marks of the language.
#[must_use]
pub fn quoted(locale: Locale, words: &str) -> String {
    match locale {
        Locale::en | Locale::pt => format!("“{words}”"),
        Locale::de => format!("„{words}“"),
        Locale::es | Locale::ar => format!("«{words}»"),
        Locale::fr => format!("«\u{a0}{words}\u{a0}»"),
    }
}

/// How many, as texts count that say it in several ways: "1 visit", "2 visits". Beyond what fits it says as many as fit.
pub fn many(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

/// The languages to choose from, each in its own words.
#[must_use]
pub fn picks() -> Vec<Pick> {
    ALL.map(|locale| Pick::new(locale.to_string(), own_name(locale)))
        .to_vec()
}

/// Turns the pages into a language: one's own from now on, or this browser's before one is signed in.
#[server]
pub async fn choose_language(language: String) -> Result<(), Trouble> {
    let tag = desk::locality::language(&language).map_err(Trouble::from)?;
    if let Ok(me) = ask::who() {
        ask::desk()?.choose_language(&me, tag).await?;
    }
    ask::header(
        header::SET_COOKIE,
        &format!("{COOKIE}={tag}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"),
    );
    Ok(())
}

/// Every language as a button; the one in sight is marked.
#[component]
pub fn Switch() -> impl IntoView {
    let current = ask::locale();
    let page = ask::posted().map_or_else(ask::address, |posted| posted.page);
    let buttons = ALL.map(|locale| {
        let tag = locale.to_string();
        view! {
            <button class="language" name="language" value=tag.clone() lang=tag aria-current=(locale == current).then_some("true")>
                {own_name(locale)}
            </button>
        }
    });
    view! {
        <form method="post" action=ChooseLanguage::PATH class="languages" role="group" aria-label=td_string!(current, language.choose)>
            <input type="hidden" name=PAGE value=page/>
            {buttons.collect_view()}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_stands_as_its_language_writes_it() {
        assert_eq!(
            labelled(Locale::en, "Service", "Deep clean"),
            "Service: Deep clean"
        );
        assert_eq!(label(Locale::fr, "Motif"), "Motif\u{a0}:");
        assert_eq!(
            labelled(Locale::fr, "Technicien", "Ana"),
            "Technicien\u{a0}: Ana"
        );
    }

    #[test]
    fn words_are_quoted_as_each_language_does() {
        let all = ALL.map(|locale| quoted(locale, "a"));
        assert_eq!(all, ["“a”", "„a“", "«a»", "«\u{a0}a\u{a0}»", "“a”", "«a»"]);
    }

    #[test]
    fn the_desk_knows_the_same_languages() {
        let tags = ALL.map(|locale| locale.to_string());
        let mut known: Vec<&str> = desk::locality::LANGUAGES.to_vec();
        let mut ours: Vec<&str> = tags.iter().map(String::as_str).collect();
        known.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, known);
    }
}
