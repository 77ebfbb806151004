//! A client's tab of services: what is agreed and was, at which price and since when, its appointments and its history;
//! what is agreed anew.

use booking::ids::{ClientId, ServiceId};
use desk::client_services::{AgreementChange, AgreementLine, ClientService, NewClientService};
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{
    Button, Choice, Empty, Field, Form, Hidden, Look, Once, Pick, Pill, Tick, Tone, money,
};
use crate::office::section::section;
use crate::office::typed;
use crate::trouble::Trouble;

/// The tab.
///
/// # Errors
/// The desk's.
pub(super) async fn services(
    desk: &Desk,
    who: &StaffPass,
    client: ClientId,
    active: bool,
) -> Result<AnyView, Trouble> {
    let locale = ask::locale();
    let all = desk.client_services(who, client).await?;
    let catalogue = desk.services(who).await?;
    let taken = |id: ServiceId| all.iter().any(|one| one.active && one.service == id);
    let free = catalogue
        .iter()
        .filter(|entry| entry.active && !taken(entry.id));
    let picks: Vec<Pick> = free
        .map(|entry| Pick::new(entry.id.to_string(), entry.form.name.clone()))
        .collect();
    let list = if all.is_empty() {
        view! { <Empty icon="icon-[lucide--sparkles]" title=td_string!(locale, client_services.none) text=td_string!(locale, client_services.none_text)/> }.into_any()
    } else {
        let rows = all.iter().map(|one| row(client, one, taken(one.service)));
        view! { <ul class="sheet rows">{rows.collect_view()}</ul> }.into_any()
    };
    let add = (active && !picks.is_empty()).then(|| add(client, picks));
    Ok(section(
        "services",
        td_string!(locale, client_services.tab),
        td_string!(locale, client_services.effect),
        view! { {list} {add} },
    )
    .into_any())
}

/// A price in words; none is the catalogue's.
fn price(minor: Option<i64>) -> String {
    let (locale, currency) = (ask::locale(), ask::business().currency);
    minor.map_or_else(
        || td_string!(locale, client_services.no_price).to_owned(),
        |minor| money(minor, &currency, locale),
    )
}

fn row(client: ClientId, one: &ClientService, runs: bool) -> impl IntoView + use<> {
    let (locale, reader) = (ask::locale(), ask::reader());
    let kind = if one.ongoing {
        td_string!(locale, client_services.ongoing)
    } else {
        td_string!(locale, client_services.one_time)
    };
    let from = reader.day(reader.date(one.since));
    let dates = match one.until {
        Some(until) => {
            let to = reader.day(reader.date(until));
            td_string!(locale, client_services.until, from = from, to = to)
        }
        None => td_string!(locale, client_services.since, date = from),
    };
    let facts = [
        price(one.price_minor.or(one.catalogue_minor)),
        kind.to_owned(),
        dates,
    ];
    let pill = if one.active {
        view! { <Pill tone=Tone::Yes text=td_string!(locale, client_services.active)/> }
    } else {
        view! { <Pill tone=Tone::Off text=td_string!(locale, client_services.ended)/> }
    };
    let id = one.id.to_string();
    let refused = ask::posted().is_some_and(|posted| posted.value("id") == Some(&id));
    let forms = forms(client, one, runs);
    view! {
        <li class="px-4 py-3" data-agreement=id>
            <details open=refused>
                <summary class="flex cursor-pointer items-center gap-3">
                    <span class="min-w-0 grow">
                        <span class="block font-semibold">{one.service_name.clone()}</span>
                        <span class="block text-sm text-muted">{facts.join(" · ")}</span>
                    </span>
                    {pill}
                    <span class="icon-[lucide--chevron-down] size-4 text-muted" aria-hidden="true"></span>
                </summary>
                <div class="mt-3 flex flex-col gap-4">
                    {visits(client, one)}
                    {history(&one.history)}
                    {forms}
                </div>
            </details>
        </li>
    }
}

/// How many appointments there are, with the way to them; the last and the next.
fn visits(client: ClientId, one: &ClientService) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (coming, past) = one.visits;
    let words = match coming + past {
        0 => td_string!(locale, client_services.visits.none).to_owned(),
        1 => td_string!(locale, client_services.visits.one).to_owned(),
        count => td_string!(locale, client_services.visits.many, count = count),
    };
    let side = if coming == 0 { "&when=past" } else { "" };
    let href = format!(
        "/office/clients/{client}?tab=appointments&agreement={}{side}",
        one.id
    );
    let words = if coming + past == 0 {
        words.into_any()
    } else {
        view! { <a class="link" href=href>{words}</a> }.into_any()
    };
    let visit = |word: fn(String) -> String, visit: &Option<(String, _)>| {
        visit.clone().map(|(reference, start)| {
            let text = word(ask::reader().moment(start));
            view! { <a class="link" href=format!("/office/visits/{reference}")>{text}</a> }
        })
    };
    let last = visit(
        |when| td_string!(ask::locale(), client_services.last, when = when),
        &one.last,
    );
    let next = visit(
        |when| td_string!(ask::locale(), client_services.next, when = when),
        &one.next,
    );
    view! { <p class="flex flex-wrap gap-x-4 gap-y-1 text-sm">{words} {last} {next}</p> }
}

fn history(lines: &[AgreementLine]) -> Option<impl IntoView + use<>> {
    let locale = ask::locale();
    let rows = lines.iter().map(|line| {
        let what = match line.what {
            AgreementChange::Agreed(at) => {
                td_string!(locale, client_services.agreed, price = price(at))
            }
            AgreementChange::Price { from, to } => td_string!(
                locale,
                client_services.price_changed,
                from = price(from),
                to = price(to)
            ),
            AgreementChange::Ended => td_string!(locale, client_services.was_ended).to_owned(),
            AgreementChange::Resumed => td_string!(locale, client_services.was_resumed).to_owned(),
        };
        let when: Vec<String> = std::iter::once(ask::reader().moment(line.at))
            .chain(line.by.clone())
            .collect();
        view! { <li><span>{what}</span> " " <span class="text-muted">{when.join(" · ")}</span></li> }
    });
    let rows = rows.collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="text-sm">
                <h3 class="font-semibold">{td_string!(locale, client_services.history)}</h3>
                <ul class="flex flex-col gap-1">{rows}</ul>
            </div>
        }
    })
}

/// What can be done: another price and the end of one that runs; a new beginning of one that ended.
fn forms(client: ClientId, one: &ClientService, runs: bool) -> impl IntoView + use<> {
    let (locale, currency) = (ask::locale(), ask::business().currency);
    let whose = (
        client.to_string(),
        one.id.to_string(),
        one.version.to_string(),
    );
    let minor = one.price_minor;
    let typed = minor.map_or_else(String::new, |minor| money::typed(minor, &currency));
    let change = one.active.then(|| {
        let mark = whose.1.clone();
        let which = which(&whose);
        view! {
            <Form action=OfficeChangeClientPrice::PATH posted=ask::posted() locale mark class="flex flex-col items-start gap-3">
                {which}
                <Field name="price" label=td_string!(locale, client_services.price, currency = currency) value=typed inputmode="decimal" hint=td_string!(locale, client_services.price_hint)/>
                <Button>{td_string!(locale, client_services.change_price)}</Button>
            </Form>
        }
    });
    let end = one.active.then(|| {
        let mark = whose.1.clone();
        let which = which(&whose);
        view! {
            <Form action=OfficeEndClientService::PATH posted=ask::posted() locale mark class="flex flex-wrap items-center gap-3">
                {which}
                <Button look=Look::Danger>{td_string!(locale, client_services.end)}</Button>
                <span class="field-hint">{td_string!(locale, client_services.end_effect)}</span>
            </Form>
        }
    });
    let resume = (!one.active && !runs).then(|| {
        let mark = whose.1.clone();
        let which = which(&whose);
        view! {
            <Form action=OfficeResumeClientService::PATH posted=ask::posted() locale mark class="flex">
                {which}
                <Button>{td_string!(locale, client_services.resume)}</Button>
            </Form>
        }
    });
    view! { {change} {end} {resume} }
}

fn which((client, id, version): &(String, String, String)) -> impl IntoView + use<> {
    let (client, id, version) = (client.clone(), id.clone(), version.clone());
    view! {
        <Hidden name="client" value=client/>
        <Hidden name="id" value=id/>
        <Hidden name="version" value=version/>
    }
}

fn add(client: ClientId, picks: Vec<Pick>) -> impl IntoView {
    let (locale, currency) = (ask::locale(), ask::business().currency);
    let refused = ask::posted().is_some_and(|posted| posted.action == OfficeAddClientService::PATH);
    view! {
        <details class="sheet p-4" open=refused>
            <summary class="link cursor-pointer">{td_string!(locale, client_services.add_new)}</summary>
            <Form action=OfficeAddClientService::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Once key=ask::fresh_key()/>
                <Hidden name="client" value=client.to_string()/>
                <Choice name="service" label=td_string!(locale, client_services.service) picks=picks/>
                <Field name="price" label=td_string!(locale, client_services.price, currency = currency) inputmode="decimal" hint=td_string!(locale, client_services.price_hint)/>
                <Tick name="ongoing" label=td_string!(locale, client_services.is_ongoing)/>
                <div><Button>{td_string!(locale, client_services.add_new)}</Button></div>
            </Form>
        </details>
    }
}

/// Agrees on a service with a client.
#[server]
pub async fn office_add_client_service(
    key: String,
    client: String,
    service: String,
    #[server(default)] price: String,
    #[server(default)] ongoing: bool,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let new = NewClientService {
        client: typed::known(&client)?,
        service: typed::id(&service, "service")?,
        price_minor: typed::price(&price, "price")?,
        ongoing,
    };
    desk.add_client_service(&who, &key, new).await?;
    done(&client);
    Ok(())
}

/// Changes the price of an agreement.
#[server]
pub async fn office_change_client_price(
    client: String,
    id: String,
    version: String,
    #[server(default)] price: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let price = typed::price(&price, "price")?;
    desk.change_client_price(&who, typed::known(&id)?, typed::known(&version)?, price)
        .await?;
    done(&client);
    Ok(())
}

/// Ends an agreement.
#[server]
pub async fn office_end_client_service(
    client: String,
    id: String,
    version: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.end_client_service(&who, typed::known(&id)?, typed::known(&version)?)
        .await?;
    done(&client);
    Ok(())
}

/// Begins an agreement again.
#[server]
pub async fn office_resume_client_service(
    client: String,
    id: String,
    version: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.resume_client_service(&who, typed::known(&id)?, typed::known(&version)?)
        .await?;
    done(&client);
    Ok(())
}

fn done(client: &str) {
    ask::go(&format!(
        "/office/clients/{client}?tab=services&done=services"
    ));
}
