//! Settings: how long appointments are kept.

use desk::retention::{FEWEST_DAYS, MOST_DAYS};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Button, Field, Form, Hidden, Look, Tone};
use crate::office::section::{group, owners_only, saved_page};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/retention`.
#[component]
pub fn RetentionPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        who.dispatcher()?;
        let business = ask::desk()?.business().await?;
        let days = business.retention_days.map(|days| days.to_string());
        let owner = who.owner().is_ok();
        // Drawn inside the form, whose state it reads.
        let fields = move || {
            group(
                td_string!(locale, office_retention.title),
                td_string!(locale, office_retention.effect),
                view! {
                    <Field
                        name="days" kind="number" label=td_string!(locale, office_retention.days) value=days.unwrap_or_default()
                        hint=td_string!(locale, office_retention.hint, least = FEWEST_DAYS, most = MOST_DAYS)
                        min=FEWEST_DAYS.to_string() max=MOST_DAYS.to_string() inputmode="numeric"
                    />
                    <Banner tone=Tone::Wait>{td_string!(locale, office_retention.warning)}</Banner>
                },
            )
        };
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangeRetention::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="version" value=business.version.to_string()/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
        })
    })
}

/// Changes how long appointments are kept; nothing typed: for good.
#[server]
pub async fn office_change_retention(
    version: String,
    #[server(default)] days: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let days = match days.trim() {
        "" => None,
        days => Some(typed::amount(days, "days")?),
    };
    desk.change_retention(&who, typed::known(&version)?, days)
        .await?;
    ask::go("/office/settings/retention?done=page");
    Ok(())
}
