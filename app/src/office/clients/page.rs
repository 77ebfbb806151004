//! One client, and a new one.

use booking::refusal::Refusal;
use desk::clients::NewClient;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::contacts::contacts;
use super::form::{OfficeClientActive, OfficeCreateClient, OfficeEditClient, fields};
use super::subjects::{label, subjects};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Form, Hidden, Look, Once, PageHead};
use crate::office::section::{saved_page, section};
use crate::office::{linked, typed};

/// The page `/office/clients/:id`.
#[component]
pub fn ClientPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id = typed::known(&ask::part("id"))?;
        let client = desk.client(&who, id).await?.ok_or(Refusal::NotFound)?;
        let work = desk.client_appointments(&who, id).await?;
        let (own_id, version, active) = (id.to_string(), client.version.to_string(), client.active);
        let (word, effect) = if active {
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
        let (toggle_id, toggle_version) = (own_id.clone(), version.clone());
        let toggle = view! {
            <Form action=OfficeClientActive::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
                <Hidden name="id" value=toggle_id/>
                <Hidden name="version" value=toggle_version/>
                {(!active).then(|| view! { <Hidden name="active" value="true"/> })}
                <Button look=if active { Look::Danger } else { Look::Plain }>{word}</Button>
            </Form>
        };
        let (title, form) = (client.form.name.clone(), client.form.clone());
        Ok(view! {
            <PageHead title back=("/office/clients".to_owned(), td_string!(locale, office_clients.title).to_owned())>
                {active.then(|| view! { <ButtonLink href=format!("/office/visits/new?client={id}") look=Look::Primary>{td_string!(locale, visits.new)}</ButtonLink> })}
                <ButtonLink href=format!("/office/tickets/new?client={id}")>{td_string!(locale, office_clients.new_ticket)}</ButtonLink>
            </PageHead>
            {saved_page()}
            {section("visits", td_string!(locale, office_clients.visits), td_string!(locale, office_clients.visits_effect), linked::visits(&work.visits, td_string!(locale, office_clients.visits_none)))}
            {section("requests", td_string!(locale, office_clients.requests), td_string!(locale, office_clients.requests_effect), linked::requests(&work.requests, td_string!(locale, office_clients.requests_none)))}
            {section("contacts", td_string!(locale, office_clients.contacts), td_string!(locale, office_clients.contacts_effect), contacts(&client))}
            {section("subjects", label(), td_string!(locale, office_clients.subjects_effect), subjects(&client))}
            <Form action=OfficeEditClient::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="id" value=own_id/>
                <Hidden name="version" value=version/>
                {fields(&form)}
                <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div>
            </Form>
            {section("active", word, effect, toggle)}
        })
    })
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
