//! Signing in with a password, and out again.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Card, Field, Form, Hidden, Look, PageHead};
use crate::trouble::Trouble;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let locale = ask::locale();
    let business = ask::business();
    let next = ask::query("next").unwrap_or_default();
    view! {
        <p class="brand">
            <span class="brand-mark" aria-hidden="true">{crate::shell::mark(&business.name)}</span>
            <span class="font-semibold">{business.name.clone()}</span>
        </p>
        <Card class="p-5">
            <PageHead title=td_string!(locale, sign_in.title)/>
            <Form action=SignIn::PATH posted=ask::posted() locale>
                <Hidden name="next" value=next/>
                <Field name="email" kind="email" label=td_string!(locale, sign_in.email) autocomplete="username" required=true/>
                <Field name="password" kind="password" label=td_string!(locale, sign_in.password) autocomplete="current-password" required=true/>
                <Button look=Look::Primary>{td_string!(locale, sign_in.title)}</Button>
            </Form>
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

/// Ends this session.
#[server]
pub async fn sign_out() -> Result<(), Trouble> {
    if let Some(token) = ask::session_token() {
        ask::desk()?.sign_out(&token).await?;
    }
    ask::keep_session(None);
    ask::go("/sign-in");
    Ok(())
}
