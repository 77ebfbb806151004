//! For whom: clients found by what one remembers of them; what was chosen on the calendar goes along.

use desk::clients::{ClientRow, ClientSearch};
use desk::{Desk, StaffPass};
use leptos::prelude::*;

use super::block::PATH as BLOCK;
use super::new::PATH;
use super::typed::TypedVisit;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{ButtonLink, Empty, Look, PageHead};
use crate::office::paging::escaped;
use crate::trouble::Trouble;

/// Draws the search and what it finds.
///
/// # Errors
/// Not allowed.
pub async fn draw(
    desk: &Desk,
    staff: &StaffPass,
    locale: Locale,
    typed: &TypedVisit,
) -> Result<impl IntoView + use<>, Trouble> {
    let text = ask::query("text").unwrap_or_default();
    let search = ClientSearch {
        text: text.clone(),
        standing: desk::clients::Standing::Active,
        page: 1,
    };
    let found = desk.clients(staff, &search).await?;
    let kept = kept(typed);
    let hidden = kept.iter().map(|(name, value)| {
        view! { <input type="hidden" name=name.clone() value=value.clone()/> }
    });
    let hidden = hidden.collect_view();
    let along: Vec<String> = kept
        .iter()
        .map(|(name, value)| format!("&{name}={}", escaped(value)))
        .collect();
    let along = along.concat();
    let block = format!("{BLOCK}?from=calendar{along}");
    let rows = found.rows.iter().map(|row| line(row, &along));
    let list = if found.rows.is_empty() {
        view! {
            <Empty icon="icon-[lucide--users]" title=td_string!(locale, office_clients.none) text=td_string!(locale, office_clients.none_text)>
                <ButtonLink href="/office/clients/new" look=Look::Primary>{td_string!(locale, office_clients.add_new)}</ButtonLink>
            </Empty>
        }
        .into_any()
    } else {
        view! { <ul class="sheet rows">{rows.collect_view()}</ul> }.into_any()
    };
    Ok(view! {
        <div class="plain-page">
            <PageHead title=td_string!(locale, visits.add_new) back=("/office/schedule".to_owned(), td_string!(locale, schedule.title).to_owned())>
                <ButtonLink href=block>{td_string!(locale, visits.block.instead)}</ButtonLink>
            </PageHead>
            <h2 class="mb-2 text-base font-semibold">{td_string!(locale, visits.for_whom)}</h2>
            <form method="get" action=PATH role="search" class="mb-4 flex gap-2 sm:max-w-md">
                {hidden}
                <input type="search" name="text" class="input" value=text autofocus=true aria-label=td_string!(locale, office_clients.search) placeholder=td_string!(locale, office_clients.search)/>
                <button class="btn btn-plain">{td_string!(locale, common.search)}</button>
            </form>
            {list}
        </div>
    })
}

/// What was chosen before.
fn kept(typed: &TypedVisit) -> Vec<(String, String)> {
    let technician = typed.technician.first().cloned().unwrap_or_default();
    let all = [
        ("service", typed.service.clone()),
        ("technician", technician),
        ("date", typed.date.clone()),
        ("time", typed.time.clone()),
        ("length", typed.length.clone()),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn line(client: &ClientRow, along: &str) -> impl IntoView + use<> {
    let reach: Vec<String> = [client.email.clone(), client.phone.clone()]
        .into_iter()
        .flatten()
        .collect();
    view! {
        <li class="row">
            <a class="row-link" href=format!("{PATH}?client={}{along}", client.id)>
                <span class="font-semibold">{client.name.clone()}</span>
                <span class="truncate text-sm text-muted">{reach.join(" · ")}</span>
            </a>
        </li>
    }
}
