//! The page that a link in a letter opens. Opening it changes nothing — mail scanners open links too —; its button does.

use desk::link::{LinkSeen, Purpose};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{door, set_up};
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Banner, Button, Field, Form, Hidden, Look, Tone};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// The page.
#[component]
pub fn LetterLinkPage() -> impl IntoView {
    crate::site::page(async move {
        let token = ask::part("token");
        let seen = ask::desk()?.look_at_link(&token).await?;
        let locale = ask::locale();
        Ok(match seen {
            Some(seen) if seen.purpose == Purpose::Offer => {
                match crate::portal::offers::linked(&token).await? {
                    Some((title, content)) => door(title, content).into_any(),
                    None => expired(locale),
                }
            }
            Some(seen) => opened(token, seen, locale),
            None => expired(locale),
        })
    })
}

fn opened(token: String, seen: LinkSeen, locale: Locale) -> AnyView {
    match seen.purpose {
        Purpose::SignIn => come_in(token, seen, locale).into_any(),
        Purpose::Reset => new_password(token, seen, locale).into_any(),
        Purpose::Invitation => accept(token, seen, locale).into_any(),
        Purpose::SetUp => set_up::form(token, locale).into_any(),
        // It is drawn where offers are.
        Purpose::Offer => expired(locale),
    }
}

fn expired(locale: Locale) -> AnyView {
    ask::status(410);
    let content = view! {
        <Banner tone=Tone::No>{crate::trouble::words(booking::refusal::Refusal::LinkExpired, locale)}</Banner>
        <a class="link py-2 text-sm" href="/sign-in">{td_string!(locale, sign_in.back)}</a>
    };
    door(td_string!(locale, sign_in.link.expired), content).into_any()
}

fn come_in(token: String, seen: LinkSeen, locale: Locale) -> impl IntoView {
    let content = view! {
        <p>{td_string!(locale, sign_in.link.as_who, email = seen.email.unwrap_or_default())}</p>
        <Form action=UseLink::PATH posted=ask::posted() locale>
            <Hidden name="token" value=token/>
            <Button look=Look::Primary>{td_string!(locale, sign_in.title)}</Button>
        </Form>
    };
    door(td_string!(locale, sign_in.title), content)
}

fn new_password(token: String, seen: LinkSeen, locale: Locale) -> impl IntoView {
    let content = view! {
        <Form action=ResetPassword::PATH posted=ask::posted() locale>
            <Hidden name="token" value=token/>
            {for_who(&seen)}
            {password_field(locale)}
            <Button look=Look::Primary>{td_string!(locale, sign_in.reset.save)}</Button>
        </Form>
    };
    door(td_string!(locale, sign_in.reset.new_title), content)
}

fn accept(token: String, seen: LinkSeen, locale: Locale) -> impl IntoView {
    let content = view! {
        <p class="text-muted">{td_string!(locale, sign_in.invitation.text)}</p>
        <Form action=AcceptInvitation::PATH posted=ask::posted() locale>
            <Hidden name="token" value=token/>
            {for_who(&seen)}
            <Field name="name" label=td_string!(locale, sign_in.name) value=seen.name.unwrap_or_default() autocomplete="name" required=true/>
            {password_field(locale)}
            <Button look=Look::Primary>{td_string!(locale, sign_in.invitation.accept)}</Button>
        </Form>
    };
    door(td_string!(locale, sign_in.invitation.title), content)
}

/// The address, unseen: password managers store the new password under it.
fn for_who(seen: &LinkSeen) -> impl IntoView + use<> {
    let email = seen.email.clone().unwrap_or_default();
    view! { <input type="email" name="_email" value=email autocomplete="username" readonly=true class="sr-only" tabindex="-1" aria-hidden="true"/> }
}

/// A new password.
pub(super) fn password_field(locale: Locale) -> impl IntoView {
    view! {
        <Field
            name="password" kind="password" label=td_string!(locale, sign_in.new_password) hint=td_string!(locale, sign_in.password_hint)
            autocomplete="new-password" required=true
        />
    }
}

/// Signs in by a link.
#[server]
pub async fn use_link(token: String) -> Result<(), Trouble> {
    let session = ask::desk()?.sign_in_by_link(&token, &ask::device()).await?;
    ask::keep_session(Some(&session.token));
    ask::go("/");
    Ok(())
}

/// Sets a new password by a link; one signs in with it.
#[server]
pub async fn reset_password(token: String, password: String) -> Result<(), Trouble> {
    ask::desk()?.reset_password(&token, &password).await?;
    ask::keep_session(None);
    say(Said::PasswordChanged);
    ask::go("/sign-in");
    Ok(())
}

/// Comes in by an invitation.
#[server]
pub async fn accept_invitation(
    token: String,
    name: String,
    password: String,
) -> Result<(), Trouble> {
    let session = ask::desk()?
        .accept_invitation(&token, &name, &password, &ask::device())
        .await?;
    ask::keep_session(Some(&session.token));
    ask::go("/");
    Ok(())
}
