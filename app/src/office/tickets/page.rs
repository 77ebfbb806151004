//! One ticket with what is linked to it, and a new one.

use booking::refusal::Refusal;
use desk::tickets::NewTicket;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{
    Button, Choice, Field, Form, Hidden, Look, Once, PageHead, Pick, Pill, TextArea, Tone,
};
use crate::office::clients::everybody;
use crate::office::section::{saved_page, section};
use crate::office::{linked, typed};
use crate::trouble::Trouble;

/// The page `/office/tickets/:number`.
#[component]
pub fn TicketPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let found = ask::desk()?
            .ticket(&who, &ask::part("number"))
            .await?
            .ok_or(Refusal::NotFound)?;
        let (open, ticket) = (found.ticket.open, found.ticket);
        let since = td_string!(
            locale,
            office_tickets.since,
            date = ask::reader().moment(ticket.created_at)
        )
        .to_string();
        let about = view! {
            <div class="sheet flex flex-col gap-3 p-4">
                <p class="flex flex-wrap items-center gap-3">
                    <span class="font-mono">{ticket.number.clone()}</span>
                    {if open { view! { <Pill tone=Tone::Info text=td_string!(locale, office_tickets.open)/> } } else { view! { <Pill tone=Tone::Off text=td_string!(locale, office_tickets.closed)/> } }}
                    <span class="text-sm text-muted">{since}</span>
                </p>
                <p><a class="link" href=format!("/office/clients/{}", ticket.client)>{ticket.client_name.clone()}</a></p>
                {(!found.description.is_empty()).then(|| view! { <p class="max-w-prose whitespace-pre-wrap">{found.description.clone()}</p> })}
            </div>
        };
        let (word, effect) = if open {
            (
                td_string!(locale, office_tickets.close),
                td_string!(locale, office_tickets.close_effect),
            )
        } else {
            (
                td_string!(locale, office_tickets.reopen),
                td_string!(locale, office_tickets.reopen_effect),
            )
        };
        let toggle = view! {
            <Form action=OfficeTicketOpen::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
                <Hidden name="number" value=ticket.number.clone()/>
                <Hidden name="version" value=ticket.version.to_string()/>
                {(!open).then(|| view! { <Hidden name="open" value="true"/> })}
                <Button>{word}</Button>
            </Form>
        };
        Ok(view! {
            <PageHead title=ticket.title.clone() back=("/office/tickets".to_owned(), td_string!(locale, office_tickets.title).to_owned())/>
            {saved_page()}
            {section("about", td_string!(locale, office_tickets.about_one), td_string!(locale, office_tickets.about_one_effect), about)}
            {section("requests", td_string!(locale, office_tickets.requests), td_string!(locale, office_tickets.requests_effect), linked::requests(&found.requests, td_string!(locale, office_tickets.requests_none)))}
            {section("visits", td_string!(locale, office_tickets.visits), td_string!(locale, office_tickets.visits_effect), linked::visits(&found.visits, td_string!(locale, office_tickets.visits_none)))}
            {section("state", word, effect, toggle)}
        })
    })
}

/// The page `/office/tickets/new`; `?client=` chooses one.
#[component]
pub fn NewTicketPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let asked = ask::query("client").unwrap_or_default();
        let chosen: Vec<_> = asked.parse().into_iter().collect();
        let clients = everybody(&desk, &who, &chosen).await?;
        let picks: Vec<Pick> =
            std::iter::once(Pick::new("", td_string!(locale, office_tickets.choose)))
                .chain(clients)
                .collect();
        Ok(view! {
            <PageHead title=td_string!(locale, office_tickets.add_new) back=("/office/tickets".to_owned(), td_string!(locale, office_tickets.title).to_owned())/>
            <div class="sheet max-w-2xl p-4">
                <Form action=OfficeCreateTicket::PATH posted=ask::posted() locale>
                    <Once key=ask::fresh_key()/>
                    <Choice name="client" label=td_string!(locale, office_tickets.client) picks value=asked required=true/>
                    <Field name="title" label=td_string!(locale, office_tickets.what) required=true/>
                    <TextArea name="description" label=td_string!(locale, office_tickets.description) rows=5/>
                    <div><Button look=Look::Primary>{td_string!(locale, office_tickets.create)}</Button></div>
                </Form>
            </div>
        })
    })
}

/// Opens a ticket for a client.
#[server]
pub async fn office_create_ticket(
    key: String,
    client: String,
    title: String,
    #[server(default)] description: String,
) -> Result<(), Trouble> {
    let client = typed::id(&client, "client")?;
    let number = ask::desk()?
        .create_ticket(
            &ask::staff()?,
            &key,
            &NewTicket {
                client,
                title,
                description,
            },
        )
        .await?;
    ask::go(&format!("/office/tickets/{number}?done=page"));
    Ok(())
}

/// Closes a ticket, or opens it again.
#[server]
pub async fn office_ticket_open(
    number: String,
    version: String,
    #[server(default)] open: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .set_ticket_open(&ask::staff()?, &number, typed::known(&version)?, open)
        .await?;
    ask::go(&format!("/office/tickets/{number}?done=state"));
    Ok(())
}
