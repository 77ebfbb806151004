//! Signing in with a password, and out again.

use http::HeaderName;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::door;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, Card, Field, Form, Hidden, Look};
use crate::trouble::Trouble;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let (locale, business) = (ask::locale(), ask::business());
    let next = ask::query("next").unwrap_or_default();
    let content = view! {
        <Form action=SignIn::PATH posted=ask::posted() locale>
            <Hidden name="next" value=next/>
            <Field name="email" kind="email" label=td_string!(locale, sign_in.email) autocomplete="username" required=true/>
            <Field name="password" kind="password" label=td_string!(locale, sign_in.password) autocomplete="current-password" required=true/>
            <Button look=Look::Primary>{td_string!(locale, sign_in.title)}</Button>
        </Form>
        <p class="flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm">
            <a class="link py-2" href="/sign-in/reset">{td_string!(locale, sign_in.forgotten)}</a>
            {business.magic_links.then(|| view! { <a class="link py-2" href="/sign-in/link">{td_string!(locale, sign_in.by_link)}</a> })}
        </p>
    };
    (
        door(td_string!(locale, sign_in.title), content),
        business.demo.then(|| demo(locale)),
    )
}

/// Who one can be in the demonstration.
fn demo(locale: Locale) -> impl IntoView {
    let rows = desk::seed_demo::SIGN_INS
        .iter()
        .map(|(email, _)| view! { <li class="font-mono text-sm">{*email}</li> });
    view! {
        <Card class="p-5">
            <p class="font-semibold">{td_string!(locale, sign_in.demo)}</p>
            <ul class="my-2">{rows.collect_view()}</ul>
            <p class="text-sm text-muted">{td_string!(locale, sign_in.demo_password)} " " <span class="font-mono text-ink">{desk::seed_demo::PASSWORD}</span></p>
        </Card>
    }
}

/// Opens a session and leads to where one wanted to go.
#[server]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), Trouble> {
    let (device, from) = (ask::device(), ask::from());
    let session = ask::desk()?
        .sign_in(&email, &password, &device, &from)
        .await?;
    ask::keep_session(Some(&session.token));
    ask::go(if next.is_empty() { "/" } else { &next });
    Ok(())
}

/// By this header a browser forgets what it has kept of a site.
pub const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Leaves nothing of a person in the browser: no session, no photo in its cache, no page that the worker remembers.
fn leave() {
    ask::keep_session(None);
    ask::header(CLEAR_SITE_DATA, "\"cache\", \"storage\"");
    ask::go("/sign-in");
}

/// Ends this session.
#[server]
pub async fn sign_out() -> Result<(), Trouble> {
    if let Some(token) = ask::session_token() {
        ask::desk()?.sign_out(&token).await?;
    }
    leave();
    Ok(())
}

/// Ends all of one's sessions, this one too.
#[server]
pub async fn sign_out_everywhere() -> Result<(), Trouble> {
    ask::desk()?.sign_out_everywhere(&ask::who()?).await?;
    leave();
    Ok(())
}
