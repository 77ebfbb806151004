//! What clients write to the office: the list, those that wait first, and a conversation that is answered in line.

use booking::message::Side;
use booking::refusal::Refusal;
use desk::messages::{ThreadRow, ThreadSearch, ThreadSeen};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use crate::ask;
use crate::conversation::{about, messages, pills, short};
use crate::i18n::td_string;
use crate::kit::{Button, Empty, Form, Hidden, Icon, Look, Once, PageHead, Tab, Tabs, TextArea};
use crate::office::paging::paging;
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// The page `/office/messages`; `?client=` shows those of one client.
#[component]
pub fn OfficeMessagesPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let closed = ask::query("closed").is_some();
        let client = ask::query("client").and_then(|id| id.parse().ok());
        let page = ask::query("page").and_then(|page| page.parse().ok());
        let search = ThreadSearch {
            closed,
            client,
            page: page.unwrap_or(1),
        };
        let found = ask::desk()?.threads(&who, search).await?;
        let lines: Vec<_> = found.rows.iter().map(line).collect();
        let list = match lines.is_empty() {
            true => view! { <Empty icon="icon-[lucide--message-circle]" title=td_string!(locale, messages.office_none) text=td_string!(locale, messages.office_none_text)/> }.into_any(),
            false => view! { <ul class="sheet rows">{lines}</ul> }.into_any(),
        };
        let tabs = client.is_none().then(|| view! { <div class="mb-4"><Tabs label=td_string!(locale, messages.title) tabs=tabs(closed)/></div> });
        let address = move |page| match client {
            Some(client) => format!("/office/messages?client={client}&page={page}"),
            None if closed => format!("/office/messages?closed=1&page={page}"),
            None => format!("/office/messages?page={page}"),
        };
        Ok(view! {
            <PageHead title=td_string!(locale, messages.title)/>
            {tabs}
            {list}
            {paging(found.page, found.pages, address)}
        })
    })
}

fn tabs(closed: bool) -> Vec<Tab> {
    let locale = ask::locale();
    let tab = |href: &str, text: &str, current| Tab {
        href: href.to_owned(),
        text: text.to_owned(),
        count: None,
        current,
    };
    vec![
        tab(
            "/office/messages",
            td_string!(locale, messages.open_list),
            !closed,
        ),
        tab(
            "/office/messages?closed=1",
            td_string!(locale, messages.closed),
            closed,
        ),
    ]
}

fn line(row: &ThreadRow) -> impl IntoView + use<> {
    let visit = row.visit.clone().map(|visit| format!(" · {visit}"));
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/messages/{}", row.id)>
                <span class="font-semibold">{row.client.1.clone()}</span>
                <span>{short(&row.last)}</span>
                <span class="text-sm text-muted tabular-nums">{ask::reader().moment(row.at)}{visit}</span>
            </a>
            {pills(row)}
        </li>
    }
}

/// The page `/office/messages/{id}`.
#[component]
pub fn OfficeThreadPage() -> impl IntoView {
    crate::site::page(async move {
        let id = known(&ask::part("id"))?;
        let staff = ask::staff()?;
        let thread = ask::desk()?.thread(&staff, id).await?;
        let thread = thread.ok_or(Refusal::NotFound)?;
        let locale = ask::locale();
        let client = staff.dispatcher().is_ok().then(|| {
            let href = format!("/office/clients/{}", thread.row.client.0);
            view! { <p><a class="link" href=href><Icon name="icon-[lucide--users]" class="size-4"/> {thread.row.client.1.clone()}</a></p> }
        });
        let back = (
            "/office/messages".to_owned(),
            td_string!(locale, messages.title).to_owned(),
        );
        let stands = pills(&thread.row);
        Ok(view! {
            <PageHead title=thread.row.client.1.clone() back>{stands}</PageHead>
            <div class="flex max-w-3xl flex-col gap-4">
                {client}
                {about(&thread.row, "/office/visits")}
                {messages(&thread.messages, Side::Office)}
                {forms(&thread)}
            </div>
        })
    })
}

fn forms(thread: &ThreadSeen) -> impl IntoView + use<> {
    let (locale, id, open) = (ask::locale(), thread.row.id.to_string(), thread.row.open);
    let word = match open {
        true => td_string!(locale, messages.close),
        false => td_string!(locale, messages.reopen),
    };
    let answer = open.then(|| {
        let id = id.clone();
        view! {
            <Form action=OfficeAnswerMessage::PATH posted=ask::posted() locale>
                <Once key=ask::fresh_key()/>
                <Hidden name="thread" value=id/>
                <TextArea name="words" label=td_string!(locale, messages.answer) rows=5 required=true/>
                <div><Button look=Look::Primary><Icon name="icon-[lucide--send]"/> {td_string!(locale, messages.send)}</Button></div>
            </Form>
        }
    });
    view! {
        {answer}
        <Form action=OfficeThreadOpen::PATH posted=ask::posted() locale class="">
            <Hidden name="thread" value=id/>
            {(!open).then(|| view! { <Hidden name="open" value="true"/> })}
            <Button>{word}</Button>
        </Form>
    }
}

/// Answers a client.
#[server]
pub async fn office_answer_message(
    key: String,
    thread: String,
    words: String,
) -> Result<(), Trouble> {
    let id = known(&thread)?;
    ask::desk()?
        .answer_message(&ask::staff()?, &key, id, &words)
        .await?;
    say(Said::Sent);
    ask::go(&format!("/office/messages/{id}"));
    Ok(())
}

/// Closes a conversation, or opens it again.
#[server]
pub async fn office_thread_open(
    thread: String,
    #[server(default)] open: bool,
) -> Result<(), Trouble> {
    let id = known(&thread)?;
    ask::desk()?
        .set_thread_open(&ask::staff()?, id, open)
        .await?;
    say(Said::Saved);
    ask::go(&format!("/office/messages/{id}"));
    Ok(())
}

fn known(id: &str) -> Result<Uuid, Trouble> {
    id.parse().map_err(|_| Refusal::NotFound.into())
}
