//! Asking for a letter with a link: to sign in by, or to choose a new password. What is answered never says whether the
//! address is known.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::door;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Button, Field, Form, Look, Tone};
use crate::trouble::Trouble;

/// Asks for a link to choose a new password.
#[component]
pub fn ResetPage() -> impl IntoView {
    let locale = ask::locale();
    ask_for_letter(
        td_string!(locale, sign_in.reset.title),
        td_string!(locale, sign_in.reset.text),
        RequestReset::PATH,
    )
}

/// Asks for a link to sign in by.
#[component]
pub fn LinkPage() -> impl IntoView {
    let locale = ask::locale();
    ask_for_letter(
        td_string!(locale, sign_in.link.title),
        td_string!(locale, sign_in.link.text),
        RequestLink::PATH,
    )
}

fn ask_for_letter(title: &'static str, text: &'static str, action: &'static str) -> impl IntoView {
    let locale = ask::locale();
    let content = view! {
        <p class="text-muted">{text}</p>
        <Form action=action posted=ask::posted() locale>
            <Field name="email" kind="email" label=td_string!(locale, sign_in.email) autocomplete="username" required=true/>
            <Button look=Look::Primary>{td_string!(locale, sign_in.send)}</Button>
        </Form>
        <a class="link py-2 text-sm" href="/sign-in">{td_string!(locale, sign_in.back)}</a>
    };
    door(title, content)
}

/// What is said after asking, whoever asked.
#[component]
pub fn SentPage() -> impl IntoView {
    let locale = ask::locale();
    let content = view! {
        <Banner tone=Tone::Info>{td_string!(locale, sign_in.sent.text)}</Banner>
        <a class="link py-2 text-sm" href="/sign-in">{td_string!(locale, sign_in.back)}</a>
    };
    door(td_string!(locale, sign_in.sent.title), content)
}

/// Sends a link for choosing a new password.
#[server]
pub async fn request_reset(email: String) -> Result<(), Trouble> {
    ask::desk()?.request_reset(&email, &ask::from()).await?;
    ask::go("/sign-in/sent");
    Ok(())
}

/// Sends a link for signing in.
#[server]
pub async fn request_link(email: String) -> Result<(), Trouble> {
    ask::desk()?
        .request_magic_link(&email, &ask::from())
        .await?;
    ask::go("/sign-in/sent");
    Ok(())
}
