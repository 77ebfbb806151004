//! Messages to the office: the list, "Write to us", and a conversation with its form. Plain links and forms.

use booking::message::Side;
use booking::refusal::Refusal;
use desk::messages::ThreadRow;
use desk::write_message::NewMessage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use crate::ask;
use crate::conversation::{about, messages, pills, short};
use crate::i18n::td_string;
use crate::kit::{
    Banner, Button, ButtonLink, Empty, Form, Hidden, Icon, Look, Once, PageHead, Pill, TextArea,
    Tone,
};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// The page `/messages`.
#[component]
pub fn MessagesPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, rows) = (
            ask::locale(),
            ask::desk()?.my_threads(&ask::contact()?).await?,
        );
        let lines: Vec<_> = rows.iter().map(line).collect();
        let list = match lines.is_empty() {
            true => view! { <Empty icon="icon-[lucide--message-circle]" title=td_string!(locale, messages.none) text=td_string!(locale, messages.none_text)/> }.into_any(),
            false => view! { <ul class="sheet max-w-3xl divide-y divide-line">{lines}</ul> }.into_any(),
        };
        Ok(view! {
            <PageHead title=td_string!(locale, messages.title)>
                <ButtonLink href="/messages/new" look=Look::Primary><Icon name="icon-[lucide--pencil]"/> {td_string!(locale, messages.write)}</ButtonLink>
            </PageHead>
            {list}
        })
    })
}

/// A button, because opening it marks it as read.
fn line(row: &ThreadRow) -> impl IntoView + use<> {
    let (locale, id) = (ask::locale(), row.id.to_string());
    let (last, when, visit) = (
        short(&row.last),
        ask::reader().moment(row.at),
        row.visit.clone(),
    );
    let fresh = row.unread > 0;
    let mark = match fresh {
        true => {
            view! { <Pill tone=Tone::Info text=td_string!(locale, messages.fresh)/> }.into_any()
        }
        false => pills(row).into_any(),
    };
    let text = if fresh {
        "block font-semibold"
    } else {
        "block"
    };
    view! {
        <li>
            <Form action=PortalOpenThread::PATH posted=ask::posted() locale mark=id.clone() class="">
                <Hidden name="thread" value=id/>
                <button class="flex w-full cursor-pointer items-start gap-3 px-4 py-3 text-start transition-colors hover:bg-accent-soft">
                    <span class="min-w-0 grow">
                        <span class=text>{last}</span>
                        <span class="mt-0.5 flex flex-wrap items-center gap-2 text-sm text-muted tabular-nums">
                            {when} {visit} {mark}
                        </span>
                    </span>
                    <Icon name="icon-[lucide--chevron-right]" class="mt-0.5 size-5 text-muted"/>
                </button>
            </Form>
        </li>
    }
}

/// The page `/messages/new`; `?about=V-…` names a visit of one's own.
#[component]
pub fn WriteMessagePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::contact()?);
        let visit = match ask::query("about") {
            Some(reference) => {
                let visit = ask::desk()?.my_visit(&who, &reference).await?;
                Some(visit.ok_or(Refusal::NotFound)?)
            }
            None => None,
        };
        let reference = visit.as_ref().map(|visit| visit.reference.clone());
        let about = visit.map(|visit| {
            let words = td_string!(locale, messages.about, reference = visit.reference.clone());
            let when = ask::reader().span(visit.start, visit.end);
            view! { <p><a class="link" href=format!("/visits/{}", visit.reference)>{words}</a> <span class="block text-sm text-muted">{visit.service_name} " · " {when}</span></p> }
        });
        Ok(view! {
            <PageHead title=td_string!(locale, messages.write) back=back()/>
            <div class="sheet flex max-w-2xl flex-col gap-4 p-4">
                {about}
                {form(None, reference)}
            </div>
        })
    })
}

/// The page `/messages/{id}`.
#[component]
pub fn ThreadPage() -> impl IntoView {
    crate::site::page(async move {
        let id = known(&ask::part("id"))?;
        let thread = ask::desk()?.my_thread(&ask::contact()?, id).await?;
        let thread = thread.ok_or(Refusal::NotFound)?;
        let locale = ask::locale();
        let closed = (!thread.row.open).then(|| {
            view! { <Banner tone=Tone::Off>{td_string!(locale, messages.closed_note)}</Banner> }
        });
        let stands = pills(&thread.row);
        Ok(view! {
            <PageHead title=td_string!(locale, messages.title) back=back()>{stands}</PageHead>
            <div class="flex max-w-3xl flex-col gap-4">
                {about(&thread.row, "/visits")}
                {messages(&thread.messages, Side::Client)}
                {closed}
                {form(Some(id), None)}
            </div>
        })
    })
}

fn back() -> (String, String) {
    let word = td_string!(ask::locale(), messages.title);
    ("/messages".to_owned(), word.to_owned())
}

fn form(thread: Option<Uuid>, about: Option<String>) -> impl IntoView {
    let locale = ask::locale();
    let thread = thread.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Form action=PortalWriteMessage::PATH posted=ask::posted() locale>
            <Once key=ask::fresh_key()/>
            <Hidden name="thread" value=thread/>
            <Hidden name="about" value=about.unwrap_or_default()/>
            <TextArea name="words" label=td_string!(locale, messages.words) rows=5 required=true/>
            <div><Button look=Look::Primary><Icon name="icon-[lucide--send]"/> {td_string!(locale, messages.send)}</Button></div>
        </Form>
    }
}

/// The way to the messages from elsewhere, with how many answers are new.
///
/// # Errors
/// The desk's.
pub async fn link() -> Result<Option<impl IntoView + use<>>, Trouble> {
    let locale = ask::locale();
    let Some(who) = ask::who()?.contact() else {
        return Ok(None);
    };
    let fresh = ask::desk()?.unread_answers(&who).await?;
    Ok(Some(view! {
        <ButtonLink href="/messages">
            <Icon name="icon-[lucide--message-circle]"/> {td_string!(locale, messages.title)}
            {(fresh > 0).then(|| view! { " " <span class="count">{fresh}</span> })}
        </ButtonLink>
    }))
}

/// Writes to the office.
#[server]
pub async fn portal_write_message(
    key: String,
    words: String,
    #[server(default)] thread: String,
    #[server(default)] about: String,
) -> Result<(), Trouble> {
    let thread = match thread.is_empty() {
        true => None,
        false => Some(known(&thread)?),
    };
    let message = NewMessage {
        key,
        thread,
        about,
        words,
    };
    let thread = ask::desk()?
        .write_message(&ask::contact()?, message)
        .await?;
    say(Said::Sent);
    ask::go(&format!("/messages/{thread}"));
    Ok(())
}

/// Opens a conversation: what the office wrote counts as read.
#[server]
pub async fn portal_open_thread(thread: String) -> Result<(), Trouble> {
    let id = known(&thread)?;
    ask::desk()?.read_thread(&ask::contact()?, id).await?;
    ask::go(&format!("/messages/{id}"));
    Ok(())
}

fn known(id: &str) -> Result<Uuid, Trouble> {
    id.parse().map_err(|_| Refusal::NotFound.into())
}
