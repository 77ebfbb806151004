//! Clients, found by what one remembers of them.

use desk::clients::{ClientRow, ClientSearch};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Icon, Look, PageHead, Tab, Tabs};
use crate::office::paging::{escaped, paging};

/// The page `/office/clients`.
#[component]
pub fn ClientsPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let text = ask::query("text").unwrap_or_default();
        let inactive = ask::query("former").is_some();
        let page = ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let found = ask::desk()?
            .clients(
                &who,
                &ClientSearch {
                    text: text.clone(),
                    inactive,
                    page,
                },
            )
            .await?;
        let tab = |href: &str, text: &str, current| Tab {
            href: href.to_owned(),
            text: text.to_owned(),
            count: None,
            current,
        };
        let tabs = vec![
            tab(
                "/office/clients",
                td_string!(locale, office_clients.current),
                !inactive,
            ),
            tab(
                "/office/clients?former=1",
                td_string!(locale, office_clients.former),
                inactive,
            ),
        ];
        let list = if found.rows.is_empty() {
            view! { <Empty icon="icon-[lucide--users]" title=td_string!(locale, office_clients.none) text=td_string!(locale, office_clients.none_text)/> }.into_any()
        } else {
            view! { <ul class="sheet rows">{found.rows.iter().map(row).collect_view()}</ul> }
                .into_any()
        };
        let count = td_string!(locale, office_clients.count, count = found.total).to_string();
        let address = {
            let (text, former) = (escaped(&text), if inactive { "&former=1" } else { "" });
            move |page| format!("/office/clients?text={text}{former}&page={page}")
        };
        Ok(view! {
            <PageHead title=td_string!(locale, office_clients.title)>
                <ButtonLink href="/office/clients/new" look=Look::Primary><Icon name="icon-[lucide--plus]" class="size-4"/> {td_string!(locale, office_clients.add_new)}</ButtonLink>
            </PageHead>
            <div class="mb-4 flex flex-wrap items-center gap-3">
                <Tabs label=td_string!(locale, office_clients.title) tabs/>
                <form method="get" action="/office/clients" role="search" class="flex grow gap-2 sm:max-w-md">
                    {inactive.then(|| view! { <input type="hidden" name="former" value="1"/> })}
                    <input type="search" name="text" class="input" value=text aria-label=td_string!(locale, office_clients.search) placeholder=td_string!(locale, office_clients.search)/>
                    <button class="btn btn-plain">{td_string!(locale, common.search)}</button>
                </form>
                <span class="text-sm text-muted">{count}</span>
            </div>
            {list}
            {paging(found.page, found.pages, address)}
        })
    })
}

fn row(client: &ClientRow) -> impl IntoView + use<> {
    let reach: Vec<String> = [client.email.clone(), client.phone.clone()]
        .into_iter()
        .flatten()
        .collect();
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/clients/{}", client.id)>
                <span class="font-semibold">{client.name.clone()}</span>
                <span class="truncate text-sm text-muted">{client.contacts.join(", ")}</span>
            </a>
            <span class="text-sm text-muted">{reach.join(" · ")}</span>
        </li>
    }
}
