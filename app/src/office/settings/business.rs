//! Settings: the business.

use booking::refusal::Refusal;
use desk::business::Business;
use desk::settings::ChangedBusiness;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use super::tabs::head;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Choice, Field, Form, Hidden, Icon, Look, Pick};
use crate::office::picks;
use crate::office::section::{group, owners_only, pair, saved_page};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/business`.
#[component]
pub fn BusinessPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        who.dispatcher()?;
        let business = ask::desk()?.business().await?;
        let owner = who.owner().is_ok();
        let logo = owner.then(|| logo(&business));
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangeBusiness::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="version" value=business.version.to_string()/>
                {owners_only(who, (who_we_are(&business), where_we_are(&business), words(&business)))}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
            {logo}
        })
    })
}

fn who_we_are(business: &Business) -> impl IntoView + use<> {
    let (locale, name) = (ask::locale(), business.name.clone());
    group(
        td_string!(locale, office_settings.name),
        td_string!(locale, office_settings.name_effect),
        view! {
            <Field name="name" label=td_string!(locale, office_settings.name_field) value=name required=true/>
        },
    )
}

/// A form of its own: a file cannot travel with the others.
fn logo(business: &Business) -> impl IntoView + use<> {
    let locale = ask::locale();
    let why = ask::query("logo").and_then(|code| Refusal::from_code(&code));
    let why = why.map(|why| crate::trouble::words(why, locale));
    let wrong = why.is_some();
    let now = business.logo.clone().map(|id| {
        view! {
            <img class="brand-logo" src=format!("/logo/{id}") alt=td_string!(locale, office_settings.logo)/>
            <Button look=Look::Plain name="remove" value="yes">{td_string!(locale, office_settings.logo_remove)}</Button>
        }
    });
    view! {
        <form id="logo" method="post" action="/office/settings/logo" enctype="multipart/form-data">
            <Hidden name="version" value=business.version.to_string()/>
            {group(
                td_string!(locale, office_settings.logo),
                td_string!(locale, office_settings.logo_effect),
                view! {
                    {now}
                    <div class="field">
                        <label class="field-label" for="logo-file">{td_string!(locale, office_settings.logo_file)}</label>
                        <input
                            class="input" id="logo-file" type="file" name="file" accept="image/png,image/jpeg,image/webp"
                            aria-invalid=wrong.then_some("true") aria-describedby="logo-hint"
                        />
                        <p class="field-hint" id="logo-hint">{td_string!(locale, office_settings.logo_hint)}</p>
                        {why.map(|why| view! { <p class="field-error" role="alert"><Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/> {why}</p> })}
                    </div>
                    <Button look=Look::Plain>{td_string!(locale, office_settings.logo_send)}</Button>
                },
            )}
        </form>
    }
}

fn where_we_are(business: &Business) -> impl IntoView + use<> {
    let locale = ask::locale();
    let currencies = desk::locality::CURRENCIES
        .iter()
        .map(|code| Pick::new(*code, *code))
        .collect();
    let days = (1..=7)
        .map(|day: u16| Pick::new(day.to_string(), picks::weekday(day, locale)))
        .collect();
    let (zone, language, currency, first) = (
        business.time_zone.clone(),
        business.locale.clone(),
        business.currency.clone(),
        business.first_weekday.to_string(),
    );
    group(
        td_string!(locale, office_settings.place),
        td_string!(locale, office_settings.place_effect),
        view! {
            <Choice name="time_zone" label=td_string!(locale, office_settings.zone) picks=picks::zones() value=zone hint=td_string!(locale, office_settings.zone_hint)/>
            {pair(view! {
                <Choice name="locale" label=td_string!(locale, office_settings.language) picks=crate::language::picks() value=language hint=td_string!(locale, office_settings.language_hint)/>
                <Choice name="first_weekday" label=td_string!(locale, office_settings.first_weekday) picks=days value=first hint=td_string!(locale, office_settings.first_weekday_hint)/>
            })}
            <Choice name="currency" label=td_string!(locale, office_settings.currency) picks=currencies value=currency hint=td_string!(locale, office_settings.currency_hint)/>
        },
    )
}

fn words(business: &Business) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (label, ticket) = (
        business.subject_label.clone(),
        business.ticket_link.clone().unwrap_or_default(),
    );
    (
        group(
            td_string!(locale, office_settings.subjects),
            td_string!(locale, office_settings.subjects_effect),
            view! {
                <Field name="subject_label" label=td_string!(locale, office_settings.subjects_field) value=label longest=40 hint=td_string!(locale, office_settings.subjects_hint)/>
            },
        ),
        group(
            td_string!(locale, office_settings.tickets),
            td_string!(locale, office_settings.tickets_effect),
            view! {
                <Field name="ticket_link" label=td_string!(locale, office_settings.tickets_field) value=ticket longest=500 inputmode="url" hint=td_string!(locale, office_settings.tickets_hint, example = "https://desk.example.com/t/{id}").to_string()/>
            },
        ),
    )
}

/// The form as it is typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedBusiness {
    /// Its name.
    pub name: String,
    /// An IANA zone.
    pub time_zone: String,
    /// A language of the product.
    pub locale: String,
    /// Three letters.
    pub currency: String,
    /// 1 = Monday.
    pub first_weekday: String,
    /// In the plural, or nothing.
    pub subject_label: String,
    /// An address with a place for the ticket, or nothing.
    pub ticket_link: String,
}

/// Changes name, place and words of the business.
#[server]
pub async fn office_change_business(
    version: String,
    #[server(flatten)] typed: TypedBusiness,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let changed = ChangedBusiness {
        name: typed.name,
        time_zone: typed.time_zone,
        locale: typed.locale,
        currency: typed.currency,
        first_weekday: typed::id(&typed.first_weekday, "first_weekday")?,
        subject_label: typed.subject_label,
        ticket_link: typed.ticket_link,
    };
    desk.change_business(&who, typed::known(&version)?, &changed)
        .await?;
    ask::go("/office/settings/business?done=page");
    Ok(())
}
