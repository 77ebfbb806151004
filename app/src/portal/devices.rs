//! Notices on one's devices: this one is named or taken away by a script (`devices.js`), which alone can ask the browser;
//! the kinds are chosen by a form.

use leptos::prelude::*;

use crate::trouble::Trouble;

/// From now on one is told on this device, as its browser describes it: base64url.
#[server]
pub async fn account_add_device(
    endpoint: String,
    p256dh: String,
    auth: String,
) -> Result<(), Trouble> {
    let new = NewDevice::read(endpoint, &p256dh, &auth)?;
    Ok(ask::desk()?.add_device(&ask::who()?, new).await?)
}

/// One is told no more on this device.
#[server]
pub async fn account_remove_device(endpoint: String) -> Result<(), Trouble> {
    Ok(ask::desk()?.remove_device(&ask::who()?, &endpoint).await?)
}

/// Whether this device is one's own; asked by the worker when it meets somebody new.
#[server]
pub async fn account_check_device(endpoint: String) -> Result<bool, Trouble> {
    Ok(ask::desk()?.is_my_device(&ask::who()?, &endpoint).await?)
}

/// Chooses which kinds of notices come to one's devices; all others of the list are muted there.
#[server]
pub async fn account_push(#[server(default)] push: Vec<String>) -> Result<(), Trouble> {
    let muted: Vec<String> = push_kinds()
        .into_iter()
        .map(|event| event.as_str().to_owned())
        .filter(|word| !push.contains(word))
        .collect();
    ask::desk()?.mute_push(&ask::who()?, &muted).await?;
    ask::go("/account?saved=devices#devices");
    Ok(())
}

#[cfg(feature = "ssr")]
pub use ssr::part;
#[cfg(feature = "ssr")]
use {
    crate::ask,
    desk::push_devices::{NewDevice, push_kinds},
};

#[cfg(feature = "ssr")]
mod ssr {
    use desk::push_devices::push_kinds;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::AccountPush;
    use crate::i18n::td_string;
    use crate::kit::{Button, Form, Look, Tick};
    use crate::portal::account::section;
    use crate::shell::Place;
    use crate::trouble::Trouble;
    use crate::{ask, event_words};

    /// The part of the account's page; nothing in the office, which is no part of what can be installed.
    pub async fn part() -> Result<Option<impl IntoView>, Trouble> {
        let (key, locale) = (ask::push_key(), ask::locale());
        let Some(key) = key.filter(|_| Place::here() == Place::Portal) else {
            return Ok(None);
        };
        let muted = ask::desk()?.push_muted(&ask::who()?).await?;
        let ticks = push_kinds().into_iter().map(move |event| {
            let ticked = !muted.contains(&event);
            view! { <Tick name="push[]" label=event_words::event(event, locale) value=event.as_str() ticked=ticked/> }
        });
        let body = view! {
            {this_device(key)}
            <Form action=AccountPush::PATH posted=ask::posted() locale class="flex flex-col gap-3">
                <p class="text-sm text-muted">{td_string!(locale, devices.kinds)}</p>
                <div>{ticks.collect_view()}</div>
                <div><Button>{td_string!(locale, portal.account.save)}</Button></div>
            </Form>
        };
        Ok(Some(section(
            "devices",
            td_string!(locale, devices.title),
            td_string!(locale, portal.account.saved),
            body,
        )))
    }

    /// How it stands on this device, and the button that changes it. Without scripts, and where the browser cannot show
    /// notices, it says so; the script uncovers what holds.
    fn this_device(key: String) -> impl IntoView {
        let locale = ask::locale();
        let nonce = use_nonce().map(|nonce| nonce.to_string());
        let state = |name: &'static str, words: &'static str| {
            view! { <span data-state=name hidden=name != "none">{words}</span> }
        };
        view! {
            <div class="mb-4 flex flex-wrap items-center gap-3" data-device=key>
                <p role="status" class="grow basis-60">
                    {state("none", td_string!(locale, devices.none))}
                    {state("off", td_string!(locale, devices.off))}
                    {state("on", td_string!(locale, devices.on))}
                    {state("blocked", td_string!(locale, devices.blocked))}
                    {state("failed", td_string!(locale, devices.failed))}
                </p>
                <button type="button" class=Look::Plain.class() data-turn="on" hidden=true>{td_string!(locale, devices.turn_on)}</button>
                <button type="button" class=Look::Plain.class() data-turn="off" hidden=true>{td_string!(locale, devices.turn_off)}</button>
            </div>
            <script type="module" nonce=nonce inner_html=include_str!("devices.js")></script>
        }
    }
}
