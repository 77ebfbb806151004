//! Settings: how people sign in, and for how long.

use desk::settings::ChangedSignIn;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, Tick};
use crate::office::section::{group, owners_only, pair, saved_page};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/sign-in`.
#[component]
pub fn SignInPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        who.dispatcher()?;
        let business = ask::desk()?.business().await?;
        let (links, idle, days) = (
            business.magic_links,
            business.session_idle_hours.to_string(),
            business.session_days.to_string(),
        );
        let owner = who.owner().is_ok();
        let fields = move || {
            (
                group(
                    td_string!(locale, office_settings.links),
                    td_string!(locale, office_settings.links_effect),
                    view! {
                        <Tick name="magic_links" label=td_string!(locale, office_settings.links_field) ticked=links/>
                    },
                ),
                group(
                    td_string!(locale, office_settings.sessions),
                    td_string!(locale, office_settings.sessions_effect),
                    pair(view! {
                        <Field name="session_idle_hours" kind="number" label=td_string!(locale, office_settings.idle_field) value=idle required=true min="1" max="720"/>
                        <Field name="session_days" kind="number" label=td_string!(locale, office_settings.days_field) value=days required=true min="1" max="365"/>
                    }),
                ),
            )
        };
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangeSignIn::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="version" value=business.version.to_string()/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
        })
    })
}

/// Changes how people sign in.
#[server]
pub async fn office_change_sign_in(
    version: String,
    #[server(default)] magic_links: bool,
    #[server(default)] session_idle_hours: String,
    #[server(default)] session_days: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let changed = ChangedSignIn {
        magic_links,
        session_idle_hours: typed::amount(&session_idle_hours, "session_idle_hours")?,
        session_days: typed::amount(&session_days, "session_days")?,
    };
    desk.change_sign_in(&who, typed::known(&version)?, changed)
        .await?;
    ask::go("/office/settings/sign-in?done=page");
    Ok(())
}
