//! One client in its tabs, and a new one. The address of one that was merged leads to the one it is part of.

use booking::refusal::Refusal;
use desk::clients::{ClientPage as Client, NewClient};
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::appointments::{appointments, requests};
use super::contacts::contacts;
use super::form::{OfficeClientActive, OfficeCreateClient, OfficeEditClient, fields};
use super::merge::duplicates;
use super::notifications::notifications;
use super::services::services;
use super::subjects::{label, subjects};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Button, ButtonLink, Form, Hidden, Look, Once, PageHead, Tab, Tabs, Tone};
use crate::office::section::{saved_page, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/clients/:id`.
#[component]
pub fn ClientPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id = typed::known(&ask::part("id"))?;
        let client = desk.client(&who, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(stays) = client.merged_into {
            ask::go(&format!("/office/clients/{stays}"));
            return Ok(().into_any());
        }
        let tab = ask::query("tab").unwrap_or_default();
        let part = match tab.as_str() {
            "appointments" => appointments(&desk, &who, id).await?,
            "requests" => requests(&desk, &who, id).await?,
            "services" => services(&desk, &who, id, client.active).await?,
            _ => details(&desk, &who, &client).await?,
        };
        let former = (!client.active).then(|| {
            view! { <div class="mb-4"><Banner tone=Tone::Off>{td_string!(locale, office_clients.former_banner)}</Banner></div> }
        });
        Ok(view! {
            <PageHead title=client.form.name.clone() back=("/office/clients".to_owned(), td_string!(locale, office_clients.title).to_owned())>
                {client.active.then(|| view! { <ButtonLink href=format!("/office/visits/new?client={id}") look=Look::Primary>{td_string!(locale, visits.add_new)}</ButtonLink> })}
                <ButtonLink href=format!("/office/tickets/new?client={id}")>{td_string!(locale, office_clients.new_ticket)}</ButtonLink>
            </PageHead>
            <div class="mb-4"><Tabs label=client.form.name.clone() tabs=tabs(&id.to_string(), &tab)/></div>
            {former}
            {saved_page()}
            {part}
        }
        .into_any())
    })
}

fn tabs(id: &str, current: &str) -> Vec<Tab> {
    let locale = ask::locale();
    let all = [
        ("", td_string!(locale, office_appointments.details)),
        (
            "appointments",
            td_string!(locale, office_appointments.appointments),
        ),
        ("requests", td_string!(locale, office_appointments.requests)),
        ("services", td_string!(locale, client_services.tab)),
    ];
    let known = all.iter().any(|(tab, _)| *tab == current);
    let tab = |(tab, name): (&str, &str)| Tab {
        href: if tab.is_empty() {
            format!("/office/clients/{id}")
        } else {
            format!("/office/clients/{id}?tab={tab}")
        },
        text: name.to_owned(),
        count: None,
        current: tab == current || (tab.is_empty() && !known),
    };
    all.into_iter().map(tab).collect()
}

/// What is written down, who signs in, and what can be done with the record itself.
async fn details(desk: &Desk, who: &StaffPass, client: &Client) -> Result<AnyView, Trouble> {
    let locale = ask::locale();
    let alike = desk.likely_duplicates(who, client.id).await?;
    let (own_id, version) = (client.id.to_string(), client.version.to_string());
    let (id, form) = (own_id.clone(), client.form.clone());
    let messages = view! {
        <div><ButtonLink href=format!("/office/messages?client={own_id}")>{td_string!(locale, messages.all_of)}</ButtonLink></div>
    };
    let merge = view! {
        <div><ButtonLink href=format!("/office/clients/{own_id}/merge")>{td_string!(locale, office_merge.link)}</ButtonLink></div>
    };
    let (word, effect) = if client.active {
        (
            td_string!(locale, office_clients.deactivate),
            td_string!(locale, office_clients.deactivate_effect),
        )
    } else {
        (
            td_string!(locale, office_clients.activate),
            td_string!(locale, office_clients.activate_effect),
        )
    };
    let mail = notifications(desk, who, client.id).await?;
    Ok(view! {
        {duplicates(&own_id, &alike)}
        {section("contacts", td_string!(locale, office_clients.contacts), td_string!(locale, office_clients.contacts_effect), contacts(client))}
        {section("subjects", label(), td_string!(locale, office_clients.subjects_effect), subjects(client))}
        <Form action=OfficeEditClient::PATH posted=ask::posted() locale class="flex flex-col">
            <Hidden name="id" value=id/>
            <Hidden name="version" value=version/>
            {fields(&form)}
            <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div>
        </Form>
        {mail}
        <div class="mt-4">{messages}</div>
        {section("merge", td_string!(locale, office_merge.title), td_string!(locale, office_merge.effect), merge)}
        {section("active", word, effect, toggle(client, word))}
    }
    .into_any())
}

fn toggle(client: &Client, word: &'static str) -> impl IntoView + use<> {
    let (locale, id, version, active) = (
        ask::locale(),
        client.id.to_string(),
        client.version.to_string(),
        client.active,
    );
    view! {
        <Form action=OfficeClientActive::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
            <Hidden name="id" value=id/>
            <Hidden name="version" value=version/>
            {(!active).then(|| view! { <Hidden name="active" value="true"/> })}
            <Button look=if active { Look::Danger } else { Look::Plain }>{word}</Button>
        </Form>
    }
}

/// The page `/office/clients/new`.
#[component]
pub fn NewClientPage() -> impl IntoView {
    crate::site::page(async move {
        let locale = ask::locale();
        ask::staff()?.dispatcher()?;
        Ok(view! {
            <PageHead title=td_string!(locale, office_clients.add_new) back=("/office/clients".to_owned(), td_string!(locale, office_clients.title).to_owned())/>
            <Form action=OfficeCreateClient::PATH posted=ask::posted() locale class="flex flex-col">
                <Once key=ask::fresh_key()/>
                {fields(&NewClient::default())}
                <div class="part-end"><Button look=Look::Primary>{td_string!(locale, office_clients.create)}</Button></div>
            </Form>
        })
    })
}
