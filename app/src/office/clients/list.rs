//! Clients, found by what one remembers of them.

use desk::clients::{ClientList, ClientRow, ClientSearch, Standing};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Icon, Look, PageHead, Pill, Tab, Tabs, Tone};
use crate::language::many;
use crate::office::paging::{escaped, paging};

/// The page `/office/clients`.
#[component]
pub fn ClientsPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let search = searched();
        let found = ask::desk()?.clients(&who, &search).await?;
        let count = td_string!(locale, office_clients.count, count = many(found.total));
        let address = {
            let (text, which) = (escaped(&search.text), word(search.standing));
            move |page| format!("/office/clients?text={text}&which={which}&page={page}")
        };
        let which = word(search.standing);
        let text = search.text.clone();
        Ok(view! {
            <PageHead title=td_string!(locale, office_clients.title)>
                <ButtonLink href="/office/clients/import">{td_string!(locale, office_import.link)}</ButtonLink>
                <ButtonLink href="/office/clients/new" look=Look::Primary><Icon name="icon-[lucide--plus]" class="size-4"/> {td_string!(locale, office_clients.add_new)}</ButtonLink>
            </PageHead>
            <div class="mb-4 flex flex-wrap items-center gap-3">
                <Tabs label=td_string!(locale, office_clients.title) tabs=tabs(&search)/>
                <form method="get" action="/office/clients" role="search" class="flex grow gap-2 sm:max-w-md">
                    <input type="hidden" name="which" value=which/>
                    <input type="search" name="text" class="input" value=text aria-label=td_string!(locale, office_clients.search) placeholder=td_string!(locale, office_clients.search)/>
                    <button class="btn btn-plain">{td_string!(locale, common.search)}</button>
                </form>
                <span class="text-sm text-muted" role="status">{count}</span>
            </div>
            {list(&found, &search)}
            {paging(found.page, found.pages, address)}
            {(found.total > 0).then(|| take_away(&search))}
        })
    })
}

/// What the address asks for.
fn searched() -> ClientSearch {
    let standing = match ask::query("which").as_deref() {
        Some("former") => Standing::Former,
        Some("all") => Standing::All,
        _ => Standing::Active,
    };
    ClientSearch {
        text: ask::query("text").unwrap_or_default(),
        standing,
        page: ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1),
    }
}

/// Its word in an address.
const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Former => "former",
        Standing::All => "all",
    }
}

fn tabs(search: &ClientSearch) -> Vec<Tab> {
    let (locale, text) = (ask::locale(), escaped(&search.text));
    let all = [
        (Standing::Active, td_string!(locale, office_clients.current)),
        (Standing::Former, td_string!(locale, office_clients.former)),
        (Standing::All, td_string!(locale, office_clients.all)),
    ];
    let tab = |(standing, name): (Standing, &str)| Tab {
        href: format!("/office/clients?text={text}&which={}", word(standing)),
        text: name.to_owned(),
        count: None,
        current: standing == search.standing,
    };
    all.into_iter().map(tab).collect()
}

fn list(found: &ClientList, search: &ClientSearch) -> AnyView {
    let locale = ask::locale();
    if !found.rows.is_empty() {
        return view! { <ul class="sheet rows">{found.rows.iter().map(row).collect_view()}</ul> }
            .into_any();
    }
    let (title, text) = if search.text.trim().is_empty() && search.standing == Standing::Former {
        (
            td_string!(locale, office_clients.no_former),
            td_string!(locale, office_clients.no_former_text),
        )
    } else {
        (
            td_string!(locale, office_clients.none),
            td_string!(locale, office_clients.none_text),
        )
    };
    view! { <Empty icon="icon-[lucide--users]" title text/> }.into_any()
}

/// What is found, as a file.
fn take_away(search: &ClientSearch) -> impl IntoView + use<> {
    let locale = ask::locale();
    let rest = format!(
        "?text={}&which={}",
        escaped(&search.text),
        word(search.standing)
    );
    let (csv, json) = (
        format!("/office/clients/export.csv{rest}"),
        format!("/office/clients/export.json{rest}"),
    );
    view! {
        <p class="mt-4 flex flex-wrap gap-4 text-sm text-muted">
            <span>{td_string!(locale, office_import.export)}</span>
            <a class="link" href=csv download="">{td_string!(locale, office_import.export_csv)}</a>
            <a class="link" href=json download="">{td_string!(locale, office_import.export_json)}</a>
        </p>
    }
}

fn row(client: &ClientRow) -> impl IntoView + use<> {
    let locale = ask::locale();
    let reach: Vec<String> = [client.email.clone(), client.phone.clone()]
        .into_iter()
        .flatten()
        .collect();
    let former = (!client.active).then(
        || view! { <Pill tone=Tone::Off text=td_string!(locale, office_clients.is_former)/> },
    );
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/clients/{}", client.id)>
                <span class="font-semibold">{client.name.clone()}</span>
                <span class="truncate text-sm text-muted">{crate::language::list(locale, &client.contacts)}</span>
            </a>
            {former}
            <span class="text-sm text-muted">{reach.join(" · ")}</span>
        </li>
    }
}
