//! One's own account: name, language and zone, which events come by mail, the password, where one is signed in.

use leptos::prelude::*;

use crate::trouble::Trouble;

/// Changes name, telephone, language, zone.
#[server]
pub async fn account_change(
    name: String,
    #[server(default)] phone: String,
    #[server(default)] locale: String,
    #[server(default)] time_zone: String,
) -> Result<(), Trouble> {
    let changed = ChangedAccount {
        name,
        phone,
        locale,
        time_zone,
    };
    ask::desk()?.change_account(&ask::who()?, &changed).await?;
    ask::go("/account?saved=you#you");
    Ok(())
}

/// Chooses about which events mail comes; all others of the list are muted.
#[server]
pub async fn account_mail(#[server(default)] mail: Vec<String>) -> Result<(), Trouble> {
    let (desk, me) = (ask::desk()?, ask::who()?);
    let muted = ssr::muted(&desk.account(&me).await?.muted, &mail);
    desk.mute(&me, &muted).await?;
    ask::go("/account?saved=mail#mail");
    Ok(())
}

/// Changes the password and signs the other devices out.
#[server]
pub async fn account_password(current: String, password: String) -> Result<(), Trouble> {
    ask::desk()?
        .change_password(&ask::who()?, &current, &password)
        .await?;
    ask::go("/account?saved=password#password");
    Ok(())
}

/// Ends one of one's own sessions.
#[server]
pub async fn account_end_session(session: String) -> Result<(), Trouble> {
    let (me, session) = (ask::who()?, session.parse().map_err(|_| Refusal::NotFound)?);
    ask::desk()?.end_session(&me, session).await?;
    ask::go(if me.session() == session {
        "/sign-in"
    } else {
        "/account?saved=session#sessions"
    });
    Ok(())
}

#[cfg(feature = "ssr")]
pub use ssr::{AccountPage, section};
#[cfg(feature = "ssr")]
use {crate::ask, booking::refusal::Refusal, desk::account::ChangedAccount};

#[cfg(feature = "ssr")]
mod ssr {
    use booking::letter::{Event, mailed_to_clients};
    use desk::account::Account;
    use desk::session::OpenSession;
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::{AccountChange, AccountEndSession, AccountMail, AccountPassword};
    use crate::i18n::td_string;
    use crate::kit::{
        Banner, Button, Choice, Field, Form, Hidden, Icon, Look, PageHead, Pick, Tick, Tone,
    };
    use crate::language::own_name;
    use crate::portal::{devices, feeds, my_services};
    use crate::sign_in::password::SignOutEverywhere;
    use crate::{ask, event_words};

    /// What is muted once `mail` was ticked: the events of the list that were not, and others that were muted before.
    pub fn muted(before: &[Event], mail: &[String]) -> Vec<String> {
        let mailed = mailed_to_clients();
        let others = before.iter().filter(|event| !mailed.contains(event));
        let unticked = mailed
            .iter()
            .filter(|event| !mail.iter().any(|word| word == event.as_str()));
        others
            .chain(unticked)
            .map(|event| event.as_str().to_owned())
            .collect()
    }

    /// The page `/account`.
    #[component]
    pub fn AccountPage() -> impl IntoView {
        crate::site::page(async move {
            let (desk, me, locale) = (ask::desk()?, ask::who()?, ask::locale());
            let account = desk.account(&me).await?;
            let sessions = desk.sessions_of(&me).await?;
            let feeds = desk.my_feeds(&me).await?;
            let services = my_services::part().await?;
            let devices = devices::part().await?;
            Ok(view! {
                <PageHead title=td_string!(locale, portal.account.title)/>
                <div class="flex max-w-2xl flex-col gap-5">
                    {you(&account)}
                    {services}
                    {mail(&account)}
                    {devices}
                    {password()}
                    {feeds::part(&me, feeds)}
                    {signed_in(sessions)}
                </div>
            })
        })
    }

    /// A part of the page, with what was just done in it.
    pub fn section(
        id: &'static str,
        title: &'static str,
        done: &'static str,
        body: impl IntoView,
    ) -> impl IntoView {
        let saved = ask::query("saved")
            .is_some_and(|saved| saved == id || (id == "sessions" && saved == "session"));
        view! {
            <section id=id class="sheet p-4">
                <h2 class="mb-3 text-base font-semibold">{title}</h2>
                {saved.then(|| view! { <div class="mb-3"><Banner tone=Tone::Yes alert=true>{done}</Banner></div> })}
                {body}
            </section>
        }
    }

    fn you(account: &Account) -> impl IntoView + use<> {
        let (locale, business) = (ask::locale(), ask::business());
        // What holds where nothing is chosen: the client's, or else the business's (decision 18).
        let theirs = if account.locale.is_none() {
            locale
        } else {
            business.locale
        };
        let default = td_string!(
            locale,
            portal.account.language_default,
            language = own_name(theirs)
        );
        let default = Pick::new("", default);
        let languages: Vec<Pick> = std::iter::once(default)
            .chain(crate::language::picks())
            .collect();
        let theirs = Pick::new("", business.time_zone.name());
        let zones = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| Pick::new(zone.name(), zone.name().replace('_', " ")));
        let zones: Vec<Pick> = std::iter::once(theirs).chain(zones).collect();
        let zone_hint = td_string!(
            locale,
            portal.account.zone_hint,
            zone = business.time_zone.name()
        );
        let Account {
            name,
            email,
            phone,
            locale: own,
            time_zone,
            ..
        } = account.clone();
        let form = view! {
            <Form action=AccountChange::PATH posted=ask::posted() locale>
                <Field name="name" label=td_string!(locale, portal.account.name) value=name required=true autocomplete="name"/>
                <div class="field">
                    <span class="field-label">{td_string!(locale, portal.account.email)}</span>
                    <span>{email}</span>
                    <p class="field-hint">{td_string!(locale, portal.account.email_hint)}</p>
                </div>
                <Field name="phone" kind="tel" label=td_string!(locale, portal.account.phone) value=phone.unwrap_or_default() autocomplete="tel" longest=40/>
                <Choice name="locale" label=td_string!(locale, portal.account.language) picks=languages value=own.unwrap_or_default()/>
                <Choice name="time_zone" label=td_string!(locale, portal.account.zone) picks=zones value=time_zone.unwrap_or_default() hint=zone_hint/>
                <div><Button look=Look::Primary>{td_string!(locale, portal.account.save)}</Button></div>
            </Form>
        };
        section(
            "you",
            td_string!(locale, portal.account.you),
            td_string!(locale, portal.account.saved),
            form,
        )
    }

    fn mail(account: &Account) -> impl IntoView + use<> {
        let (locale, muted) = (ask::locale(), account.muted.clone());
        let ticks = mailed_to_clients().into_iter().map(move |event| {
            let ticked = !muted.contains(&event);
            view! { <Tick name="mail[]" label=event_words::event(event, locale) value=event.as_str() ticked=ticked/> }
        });
        let form = view! {
            <p class="mb-2 text-sm text-muted">{td_string!(locale, portal.account.mail_text)}</p>
            <Form action=AccountMail::PATH posted=ask::posted() locale>
                <div>{ticks.collect_view()}</div>
                <div><Button>{td_string!(locale, portal.account.save)}</Button></div>
            </Form>
        };
        section(
            "mail",
            td_string!(locale, portal.account.mail),
            td_string!(locale, portal.account.saved),
            form,
        )
    }

    fn password() -> impl IntoView {
        let locale = ask::locale();
        let form = view! {
            <Form action=AccountPassword::PATH posted=ask::posted() locale>
                <Field name="current" kind="password" label=td_string!(locale, portal.account.password_now) required=true autocomplete="current-password"/>
                <Field name="password" kind="password" label=td_string!(locale, portal.account.password_new) hint=td_string!(locale, portal.account.password_hint) required=true autocomplete="new-password"/>
                <div><Button>{td_string!(locale, portal.account.password_change)}</Button></div>
            </Form>
        };
        section(
            "password",
            td_string!(locale, portal.account.password),
            td_string!(locale, portal.account.password_changed),
            form,
        )
    }

    fn signed_in(sessions: Vec<OpenSession>) -> impl IntoView {
        let locale = ask::locale();
        let rows = sessions
            .into_iter()
            .map(|session| view! { <li>{session_row(session)}</li> });
        let body = view! {
            <ul class="divide-y divide-line">{rows.collect_view()}</ul>
            <Form action=SignOutEverywhere::PATH posted=ask::posted() locale class="mt-3 flex flex-wrap items-center gap-3">
                <Button look=Look::Danger>{td_string!(locale, portal.account.sign_out_all)}</Button>
                <span class="text-sm text-muted">{td_string!(locale, portal.account.sign_out_all_text)}</span>
            </Form>
        };
        section(
            "sessions",
            td_string!(locale, portal.account.sessions),
            td_string!(locale, portal.account.signed_out),
            body,
        )
    }

    fn session_row(session: OpenSession) -> impl IntoView {
        let locale = ask::locale();
        let when = ask::reader().moment(session.seen);
        let seen = td_string!(locale, portal.account.seen, when = when);
        let word = if session.this {
            td_string!(locale, portal.account.sign_out_here)
        } else {
            td_string!(locale, portal.account.sign_out_this)
        };
        let id = session.id.to_string();
        view! {
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
                <Icon name="icon-[lucide--monitor-smartphone]" class="size-5 text-muted"/>
                <div class="min-w-0 grow basis-48">
                    <p class="truncate font-semibold">{device(&session.device)} {session.this.then(|| view! { <span class="pill tone-info ms-1">{td_string!(locale, portal.account.this_device)}</span> })}</p>
                    <p class="text-sm text-muted">{seen}</p>
                </div>
                <Form action=AccountEndSession::PATH posted=ask::posted() locale mark=id.clone() class="">
                    <Hidden name="session" value=id/>
                    <Button>{word}</Button>
                </Form>
            </div>
        }
    }

    /// `Firefox · Linux` of what a browser says it is; all of it, where nothing is known in it.
    fn device(agent: &str) -> String {
        let find = |words: &[(&str, &str)]| {
            words
                .iter()
                .find(|(mark, _)| agent.contains(mark))
                .map(|(_, name)| (*name).to_owned())
        };
        let browser = find(&[
            ("Edg/", "Edge"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ]);
        let system = find(&[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "Mac"),
            ("Linux", "Linux"),
        ]);
        match (browser, system) {
            (Some(browser), Some(system)) => format!("{browser} · {system}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => agent.chars().take(60).collect(),
        }
    }
}
