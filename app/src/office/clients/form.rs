//! What is written down about a client.

use desk::clients::NewClient;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Choice, Field, TextArea, Tick};
use crate::office::section::{group, pair};
use crate::office::{picks, typed};
use crate::trouble::Trouble;

/// The form of a client as it is typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedClient {
    /// Name.
    pub name: String,
    /// Address to write to.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Where they live.
    pub address: String,
    /// Language, or nothing.
    pub locale: String,
    /// Zone, or nothing.
    pub time_zone: String,
    /// "true": each contact sees their own only.
    pub own_only: String,
    /// For staff.
    pub notes: String,
}

impl From<TypedClient> for NewClient {
    fn from(typed: TypedClient) -> Self {
        Self {
            own_only: typed.own_only == "true",
            name: typed.name,
            email: typed.email,
            phone: typed.phone,
            address: typed.address,
            locale: typed.locale,
            time_zone: typed.time_zone,
            notes: typed.notes,
        }
    }
}

/// All fields. Called inside the form, whose state they read.
pub(super) fn fields(form: &NewClient) -> impl IntoView + use<> {
    let (locale, business, form) = (ask::locale(), ask::business(), form.clone());
    let language = td_string!(
        locale,
        office_clients.default,
        value = business.locale.to_string()
    )
    .to_string();
    let zone = td_string!(
        locale,
        office_clients.default,
        value = business.time_zone.name()
    )
    .to_string();
    (
        group(
            td_string!(locale, office_clients.details),
            td_string!(locale, office_clients.details_effect),
            view! {
                <Field name="name" label=td_string!(locale, office_clients.name) value=form.name required=true autocomplete="off"/>
                {pair(view! {
                    <Field name="email" kind="email" label=td_string!(locale, office_clients.email) value=form.email autocomplete="off"/>
                    <Field name="phone" kind="tel" label=td_string!(locale, office_clients.phone) value=form.phone longest=40 autocomplete="off"/>
                })}
                <TextArea name="address" label=td_string!(locale, office_clients.address) value=form.address rows=2 longest=500/>
                <TextArea name="notes" label=td_string!(locale, office_clients.notes) value=form.notes/>
            },
        ),
        group(
            td_string!(locale, office_clients.choices),
            td_string!(locale, office_clients.choices_effect),
            view! {
                {pair(view! {
                    <Choice name="locale" label=td_string!(locale, office_clients.language) picks=picks::or_default(language, crate::language::picks()) value=form.locale/>
                    <Choice name="time_zone" label=td_string!(locale, office_clients.zone) picks=picks::or_default(zone, picks::zones()) value=form.time_zone/>
                })}
                <Tick name="own_only" label=td_string!(locale, office_clients.own_only) ticked=form.own_only hint=td_string!(locale, office_clients.own_only_hint)/>
            },
        ),
    )
}

/// Adds a client.
#[server]
pub async fn office_create_client(
    key: String,
    #[server(flatten)] typed: TypedClient,
) -> Result<(), Trouble> {
    let id = ask::desk()?
        .create_client(&ask::staff()?, &key, &typed.into())
        .await?;
    ask::go(&format!("/office/clients/{id}?done=page"));
    Ok(())
}

/// Changes a client.
#[server]
pub async fn office_edit_client(
    id: String,
    version: String,
    #[server(flatten)] typed: TypedClient,
) -> Result<(), Trouble> {
    ask::desk()?
        .edit_client(
            &ask::staff()?,
            typed::known(&id)?,
            typed::known(&version)?,
            &typed.into(),
        )
        .await?;
    ask::go(&format!("/office/clients/{id}?done=page"));
    Ok(())
}

/// Takes a client out of the list, or back.
#[server]
pub async fn office_client_active(
    id: String,
    version: String,
    #[server(default)] active: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .set_client_active(
            &ask::staff()?,
            typed::known(&id)?,
            typed::known(&version)?,
            active,
        )
        .await?;
    ask::go(&format!("/office/clients/{id}?done=active"));
    Ok(())
}
