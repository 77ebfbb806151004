//! "Your services": what is agreed with the client now, at which price and since when. Read only.

use leptos::prelude::*;

use super::account::section;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::money;
use crate::trouble::Trouble;

/// The part of the account's page; nothing for staff, and where nothing is agreed.
///
/// # Errors
/// The desk's.
pub async fn part() -> Result<Option<impl IntoView + use<>>, Trouble> {
    let (desk, me, locale) = (ask::desk()?, ask::who()?, ask::locale());
    let Some(contact) = me.contact() else {
        return Ok(None);
    };
    let (reader, currency) = (ask::reader(), ask::business().currency);
    let all = desk.my_services(&contact).await?;
    let rows = all.iter().map(|one| {
        let price = match one.price_minor {
            Some(minor) => money(minor, &currency, locale),
            None => td_string!(locale, portal.wizard.price_ask).to_owned(),
        };
        let since = reader.day(reader.date(one.since));
        let since = td_string!(locale, client_services.since, date = since);
        view! {
            <li class="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
                <span class="font-semibold">{one.service.clone()}</span>
                <span class="text-sm text-muted">{price} " · " {since}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    Ok((!all.is_empty()).then(|| {
        let title = td_string!(locale, client_services.yours);
        let body = view! {
            <p class="text-sm text-muted">{td_string!(locale, client_services.yours_text)}</p>
            <ul class="divide-y divide-line">{rows}</ul>
        };
        section("services", title, "", body)
    }))
}
