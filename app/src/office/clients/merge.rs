//! Two records of one client become one: the other is looked for, both stand side by side with what moves, and only then
//! it is done.

use booking::ids::ClientId;
use booking::refusal::Refusal;
use desk::clients::{ClientRow, ClientSearch, NewClient};
use desk::merge_clients::{Merge, MergePreview, MergeSide};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::subjects::label;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Button, ButtonLink, Empty, Form, Hidden, Look, Once, PageHead, Tone};
use crate::office::paging::{escaped, paging};
use crate::office::typed;
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// The hint on a client's page that others are likely the same.
pub(super) fn duplicates(id: &str, alike: &[ClientRow]) -> Option<impl IntoView + use<>> {
    let locale = ask::locale();
    let link = |other: &ClientRow| {
        let reach: Vec<String> = [other.email.clone(), other.phone.clone()]
            .into_iter()
            .flatten()
            .collect();
        let href = format!("/office/clients/{id}/merge/{}", other.id);
        view! { <li><a class="link" href=href>{other.name.clone()}</a> " " <span class="text-sm">{reach.join(" · ")}</span></li> }
    };
    let links: Vec<_> = alike.iter().map(link).collect();
    (!links.is_empty()).then(|| {
        view! {
            <div class="mb-4">
                <Banner tone=Tone::Info>
                    <p>{td_string!(locale, office_merge.alike)}</p>
                    <ul class="list-disc ps-5">{links}</ul>
                </Banner>
            </div>
        }
    })
}

/// The page `/office/clients/:id/merge`: which is the other?
#[component]
pub fn MergeSearchPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id: ClientId = typed::known(&ask::part("id"))?;
        let client = desk.client(&who, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(stays) = client.merged_into {
            ask::go(&format!("/office/clients/{stays}"));
            return Ok(().into_any());
        }
        let text = ask::query("text").unwrap_or_default();
        let search = ClientSearch {
            text: text.clone(),
            page: ask::query("page")
                .and_then(|page| page.parse().ok())
                .unwrap_or(1),
            ..ClientSearch::default()
        };
        let found = desk.clients(&who, &search).await?;
        let rows = found.rows.iter().filter(|row| row.id != id);
        let rows: Vec<_> = rows.map(|row| other(id, row)).collect();
        let list = if rows.is_empty() {
            view! { <Empty icon="icon-[lucide--users]" title=td_string!(locale, office_clients.none) text=td_string!(locale, office_merge.none_text)/> }.into_any()
        } else {
            view! { <ul class="sheet rows">{rows}</ul> }.into_any()
        };
        let address = {
            let text = escaped(&text);
            move |page| format!("/office/clients/{id}/merge?text={text}&page={page}")
        };
        let title = td_string!(
            locale,
            office_merge.search_title,
            name = client.form.name.clone()
        );
        Ok(view! {
            <PageHead title back=(format!("/office/clients/{id}"), client.form.name.clone())/>
            <p class="mb-4 max-w-prose text-muted">{td_string!(locale, office_merge.search_text)}</p>
            <form method="get" action=format!("/office/clients/{id}/merge") role="search" class="mb-4 flex gap-2 sm:max-w-md">
                <input type="search" name="text" class="input" value=text aria-label=td_string!(locale, office_clients.search) placeholder=td_string!(locale, office_clients.search)/>
                <button class="btn btn-plain">{td_string!(locale, common.search)}</button>
            </form>
            {list}
            {paging(found.page, found.pages, address)}
        }
        .into_any())
    })
}

fn other(id: ClientId, row: &ClientRow) -> impl IntoView + use<> {
    let reach: Vec<String> = [row.email.clone(), row.phone.clone()]
        .into_iter()
        .flatten()
        .collect();
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/clients/{id}/merge/{}", row.id)>
                <span class="font-semibold">{row.name.clone()}</span>
                <span class="truncate text-sm text-muted">{crate::language::list(ask::locale(), &row.contacts)}</span>
            </a>
            <span class="text-sm text-muted">{reach.join(" · ")}</span>
        </li>
    }
}

/// The page `/office/clients/:id/merge/:into`: both side by side, and the button.
#[component]
pub fn MergePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let (from, into): (ClientId, ClientId) = (
            typed::known(&ask::part("id"))?,
            typed::known(&ask::part("into"))?,
        );
        let preview = desk.merge_preview(&who, from, into).await?;
        let preview = preview.ok_or(Refusal::NotFound)?;
        let (goes, stays) = (
            preview.from.form.name.clone(),
            preview.into.form.name.clone(),
        );
        let title = td_string!(
            locale,
            office_merge.page_title,
            from = goes.clone(),
            into = stays.clone()
        );
        Ok(view! {
            <PageHead title back=(format!("/office/clients/{from}"), goes)/>
            {table(&preview)}
            <div class="my-4 max-w-3xl"><Banner tone=Tone::Wait>{td_string!(locale, office_merge.warning, into = stays)}</Banner></div>
            <Form action=OfficeMergeClients::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
                <Once key=ask::fresh_key()/>
                <Hidden name="from" value=from.to_string()/>
                <Hidden name="into" value=into.to_string()/>
                <Hidden name="from_version" value=preview.from.version.to_string()/>
                <Hidden name="into_version" value=preview.into.version.to_string()/>
                <div class="flex flex-wrap gap-2">
                    <Button look=Look::Danger>{td_string!(locale, office_merge.confirm)}</Button>
                    <ButtonLink href=format!("/office/clients/{into}/merge/{from}")>{td_string!(locale, office_merge.swap)}</ButtonLink>
                    <ButtonLink href=format!("/office/clients/{from}")>{td_string!(locale, common.cancel)}</ButtonLink>
                </div>
            </Form>
        })
    })
}

/// What both say, what will be said, and how much there is of each kind.
fn table(preview: &MergePreview) -> impl IntoView + use<> {
    let locale = ask::locale();
    let lines = words().into_iter().map(|(name, of)| {
        let all = [
            of(&preview.from.form),
            of(&preview.into.form),
            of(&preview.after),
        ];
        line(name.to_owned(), all)
    });
    let (from, into) = (&preview.from, &preview.into);
    let counted = from.rows.iter().zip(&into.rows).zip(&preview.rows);
    let counted = counted.map(|((goes, stays), after)| {
        let all = [goes.1, stays.1, after.1].map(|n| n.to_string());
        line(kind(goes.0), all)
    });
    let lines: Vec<_> = lines.chain(counted).collect();
    let head = |side: &MergeSide| side.form.name.clone();
    view! {
        <div class="sheet overflow-x-auto" tabindex="0" role="region" aria-label=td_string!(locale, office_merge.title)>
            <table class="w-full text-start text-sm [&_td]:px-4 [&_td]:py-2 [&_th]:px-4 [&_th]:py-2 [&_tr]:border-t [&_tr]:border-line [&_tr]:align-top">
                <thead>
                    <tr>
                        <th scope="col"><span class="sr-only">{td_string!(locale, office_clients.details)}</span></th>
                        <th scope="col">{td_string!(locale, office_merge.goes)} <span class="block font-normal text-muted">{head(from)}</span></th>
                        <th scope="col">{td_string!(locale, office_merge.stays)} <span class="block font-normal text-muted">{head(into)}</span></th>
                        <th scope="col">{td_string!(locale, office_merge.after)}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

fn line(name: String, cells: [String; 3]) -> impl IntoView + use<> {
    let cells: Vec<_> = cells
        .into_iter()
        .map(|cell| view! { <td class="whitespace-pre-line break-words">{if cell.is_empty() { "–".to_owned() } else { cell }}</td> })
        .collect();
    view! { <tr><th scope="row" class="font-semibold">{name}</th>{cells}</tr> }
}

type Read = fn(&NewClient) -> String;

fn words() -> Vec<(&'static str, Read)> {
    let locale = ask::locale();
    vec![
        (td_string!(locale, office_clients.name), |form| {
            form.name.clone()
        }),
        (td_string!(locale, office_clients.email), |form| {
            form.email.clone()
        }),
        (td_string!(locale, office_clients.phone), |form| {
            form.phone.clone()
        }),
        (td_string!(locale, office_clients.address), |form| {
            form.address.clone()
        }),
        (td_string!(locale, office_clients.language), |form| {
            form.locale.clone()
        }),
        (td_string!(locale, office_clients.zone), |form| {
            form.time_zone.clone()
        }),
        (td_string!(locale, office_merge.sight), |form| {
            sight(form.own_only)
        }),
        (td_string!(locale, office_clients.notes), |form| {
            form.notes.clone()
        }),
    ]
}

fn sight(own_only: bool) -> String {
    let locale = ask::locale();
    if own_only {
        td_string!(locale, office_clients.sees_own).to_owned()
    } else {
        td_string!(locale, office_clients.sees_all).to_owned()
    }
}

/// What the rows of a table are called. A table without a word of its own stands under its name.
fn kind(table: &str) -> String {
    let locale = ask::locale();
    let word = match table {
        "contacts" => td_string!(locale, office_clients.contacts),
        "service_clients" => td_string!(locale, office_merge.services),
        "subjects" => return label(),
        "client_services" => td_string!(locale, office_merge.agreements),
        "tickets" => td_string!(locale, office_merge.tickets),
        "series" => td_string!(locale, office_merge.series),
        "calendar_feeds" => td_string!(locale, office_merge.feeds),
        "threads" => td_string!(locale, messages.title),
        "waiting" => td_string!(locale, waiting.rows),
        "outbox" => td_string!(locale, office_merge.letters),
        "requests" => td_string!(locale, office_clients.requests),
        "visits" => td_string!(locale, office_clients.visits),
        other => other,
    };
    word.to_owned()
}

/// Merges one client into another.
#[server]
pub async fn office_merge_clients(
    key: String,
    from: String,
    into: String,
    from_version: String,
    into_version: String,
) -> Result<(), Trouble> {
    let merge = Merge {
        from: typed::known(&from)?,
        into: typed::known(&into)?,
        versions: (typed::known(&from_version)?, typed::known(&into_version)?),
    };
    let stays = ask::desk()?
        .merge_clients(&ask::staff()?, &key, merge)
        .await?;
    say(Said::Saved);
    ask::go(&format!("/office/clients/{stays}"));
    Ok(())
}
