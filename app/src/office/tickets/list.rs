//! Open tickets, or closed ones.

use desk::tickets::{TicketRow, TicketSearch};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, ButtonLink, Empty, Icon, Look, PageHead, Pill, Tab, Tabs, Tone};
use crate::office::paging::{escaped, paging};

/// The page `/office/tickets`.
#[component]
pub fn TicketsPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let text = ask::query("text").unwrap_or_default();
        let closed = ask::query("closed").is_some();
        let page = ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let found = desk
            .tickets(
                &who,
                &TicketSearch {
                    text: text.clone(),
                    closed,
                    page,
                },
            )
            .await?;
        let outside = desk.business().await?.ticket_link.is_some();
        let tab = |href: &str, text: &str, current| Tab {
            href: href.to_owned(),
            text: text.to_owned(),
            count: None,
            current,
        };
        let tabs = vec![
            tab(
                "/office/tickets",
                td_string!(locale, office_tickets.open_list),
                !closed,
            ),
            tab(
                "/office/tickets?closed=1",
                td_string!(locale, office_tickets.closed_list),
                closed,
            ),
        ];
        let list = if found.rows.is_empty() {
            view! { <Empty icon="icon-[lucide--ticket]" title=td_string!(locale, office_tickets.none) text=td_string!(locale, office_tickets.none_text)/> }.into_any()
        } else {
            view! { <ul class="sheet rows">{found.rows.iter().map(row).collect_view()}</ul> }
                .into_any()
        };
        let address = {
            let (text, closed) = (escaped(&text), if closed { "&closed=1" } else { "" });
            move |page| format!("/office/tickets?text={text}{closed}&page={page}")
        };
        Ok(view! {
            <PageHead title=td_string!(locale, office_tickets.title)>
                <ButtonLink href="/office/tickets/new" look=Look::Primary><Icon name="icon-[lucide--plus]" class="size-4"/> {td_string!(locale, office_tickets.add_new)}</ButtonLink>
            </PageHead>
            {if outside {
                view! { <div class="mb-4"><Banner tone=Tone::Info>{td_string!(locale, office_tickets.outside)}</Banner></div> }.into_any()
            } else {
                view! { <p class="mb-4 max-w-prose text-muted">{td_string!(locale, office_tickets.about)}</p> }.into_any()
            }}
            <div class="mb-4 flex flex-wrap items-center gap-3">
                <Tabs label=td_string!(locale, office_tickets.title) tabs/>
                <form method="get" action="/office/tickets" role="search" class="flex grow gap-2 sm:max-w-md">
                    {closed.then(|| view! { <input type="hidden" name="closed" value="1"/> })}
                    <input type="search" name="text" class="input" value=text aria-label=td_string!(locale, office_tickets.search) placeholder=td_string!(locale, office_tickets.search)/>
                    <button class="btn btn-plain">{td_string!(locale, common.search)}</button>
                </form>
            </div>
            {list}
            {paging(found.page, found.pages, address)}
        })
    })
}

fn row(ticket: &TicketRow) -> impl IntoView + use<> {
    let locale = ask::locale();
    let pill = if ticket.open {
        view! { <Pill tone=Tone::Info text=td_string!(locale, office_tickets.open)/> }
    } else {
        view! { <Pill tone=Tone::Off text=td_string!(locale, office_tickets.closed)/> }
    };
    let since = ask::reader().day(ask::reader().date(ticket.created_at));
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/tickets/{}", ticket.number)>
                <span class="font-semibold">{ticket.title.clone()}</span>
                <span class="text-sm text-muted"><span class="font-mono">{ticket.number.clone()}</span> " · " {ticket.client_name.clone()} " · " {since}</span>
            </a>
            {pill}
        </li>
    }
}
