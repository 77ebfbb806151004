//! A client's tabs of appointments and of requests: what is to come, what was, filtered by links and plain forms.

use booking::ids::{ClientId, ServiceId};
use booking::visit::VisitStatus;
use desk::client_appointments::{Appointment, Appointments, AppointmentsAsk};
use desk::{Desk, StaffPass};
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Empty, Pick, Pill, Tab, Tabs};
use crate::office::linked::{self, visit_status};
use crate::office::paging::paging;
use crate::trouble::Trouble;

/// What the tab's address asks for.
fn asked() -> AppointmentsAsk {
    let read = |name| ask::query(name).filter(|text| !text.is_empty());
    AppointmentsAsk {
        past: read("when").is_some_and(|when| when == "past"),
        status: read("status").and_then(|word| word.parse().ok()),
        service: read("service").and_then(|id| id.parse().ok()),
        agreement: read("agreement").and_then(|id| id.parse().ok()),
        page: page(),
    }
}

fn page() -> u64 {
    ask::query("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1)
}

/// The tab's address with other wishes.
fn address(client: ClientId, ask: &AppointmentsAsk) -> String {
    let mut address = format!("/office/clients/{client}?tab=appointments");
    if ask.past {
        address += "&when=past";
    }
    if let Some(status) = ask.status {
        address += &format!("&status={status}");
    }
    if let Some(service) = ask.service {
        address += &format!("&service={service}");
    }
    if let Some(agreement) = ask.agreement {
        address += &format!("&agreement={agreement}");
    }
    if ask.page > 1 {
        address += &format!("&page={}", ask.page);
    }
    address
}

/// The tab of appointments.
pub(super) async fn appointments(
    desk: &Desk,
    who: &StaffPass,
    client: ClientId,
) -> Result<AnyView, Trouble> {
    let asked = asked();
    let found = desk.client_appointments(who, client, &asked).await?;
    let rows = if found.rows.is_empty() {
        nothing(&found, &asked)
    } else {
        view! { <ul class="sheet rows">{found.rows.iter().map(row).collect_view()}</ul> }.into_any()
    };
    let href = move |page| address(client, &AppointmentsAsk { page, ..asked });
    Ok(view! {
        {asked.agreement.map(|_| only_these(client))}
        <div class="mb-4 flex flex-wrap items-end justify-between gap-3">
            {sides(client, &found, &asked)}
            {(found.all != (0, 0)).then(|| filter(client, &found, &asked))}
        </div>
        {rows}
        {paging(found.page, found.pages, href)}
    }
    .into_any())
}

/// That other appointments are left out, and the way to them.
fn only_these(client: ClientId) -> impl IntoView {
    let locale = ask::locale();
    let href = address(client, &AppointmentsAsk::default());
    view! {
        <p class="mb-4 text-sm text-muted">
            {td_string!(locale, client_services.only_these)} " "
            <a class="link" href=href>{td_string!(locale, client_services.show_all)}</a>
        </p>
    }
}

/// What is to come, and what was.
fn sides(client: ClientId, found: &Appointments, asked: &AppointmentsAsk) -> impl IntoView + use<> {
    let locale = ask::locale();
    let all = [
        (
            false,
            td_string!(locale, office_appointments.upcoming),
            found.all.0,
        ),
        (
            true,
            td_string!(locale, office_appointments.past),
            found.all.1,
        ),
    ];
    let tab = |(past, name, count): (bool, &str, u64)| {
        let ask = AppointmentsAsk {
            past,
            status: None,
            page: 1,
            ..*asked
        };
        Tab {
            href: address(client, &ask),
            text: name.to_owned(),
            count: Some(count),
            current: past == asked.past,
        }
    };
    view! { <Tabs label=td_string!(locale, office_appointments.appointments) tabs=all.into_iter().map(tab).collect()/> }
}

/// Drop-downs for status and service; the button makes them work without scripts.
fn filter(
    client: ClientId,
    found: &Appointments,
    asked: &AppointmentsAsk,
) -> impl IntoView + use<> {
    let locale = ask::locale();
    let statuses = VisitStatus::ALL
        .iter()
        .map(|status| Pick::new(status.as_str(), visit_status(status.as_str()).0));
    let services = found
        .services
        .iter()
        .map(|(id, name)| Pick::new(id.to_string(), name.clone()));
    let status = asked.status.map_or("", VisitStatus::as_str).to_owned();
    let service = asked.service.as_ref().map(ServiceId::to_string);
    let service = service.unwrap_or_default();
    let (every_status, every_service) = (
        td_string!(locale, office_appointments.every_status),
        td_string!(locale, office_appointments.every_service),
    );
    let statuses = choice("status", every_status, statuses.collect(), &status);
    let services = choice("service", every_service, services.collect(), &service);
    view! {
        <form method="get" action=format!("/office/clients/{client}") class="flex flex-wrap items-center gap-2">
            <input type="hidden" name="tab" value="appointments"/>
            {asked.past.then(|| view! { <input type="hidden" name="when" value="past"/> })}
            {asked.agreement.map(|agreement| view! { <input type="hidden" name="agreement" value=agreement.to_string()/> })}
            {statuses}
            {services}
            <button class="btn btn-plain">{td_string!(locale, office_appointments.filter)}</button>
        </form>
    }
}

fn choice(
    name: &'static str,
    every: &'static str,
    picks: Vec<Pick>,
    chosen: &str,
) -> impl IntoView + use<> {
    let option = |pick: Pick| {
        let selected = pick.value == chosen;
        view! { <option value=pick.value selected=selected>{pick.text}</option> }
    };
    let options = picks.into_iter().map(option).collect_view();
    view! {
        <select name=name class="select w-auto" aria-label=every>
            <option value="">{every}</option>
            {options}
        </select>
    }
}

fn nothing(found: &Appointments, asked: &AppointmentsAsk) -> AnyView {
    let locale = ask::locale();
    let filtered = asked.status.is_some() || asked.service.is_some();
    let side = if asked.past { found.all.1 } else { found.all.0 };
    let (title, text) = match (filtered && side > 0, asked.past) {
        (true, _) => (
            td_string!(locale, office_appointments.none_fits),
            td_string!(locale, office_appointments.none_fits_text),
        ),
        (false, true) => (
            td_string!(locale, office_appointments.none_past),
            td_string!(locale, office_appointments.none_past_text),
        ),
        (false, false) => (
            td_string!(locale, office_appointments.none_upcoming),
            td_string!(locale, office_appointments.none_upcoming_text),
        ),
    };
    view! { <Empty icon="icon-[lucide--calendar]" title text/> }.into_any()
}

fn row(one: &Appointment) -> impl IntoView + use<> {
    let (word, tone) = visit_status(one.status.as_str());
    let when = ask::reader().span(one.start, one.end);
    let what: Vec<String> = std::iter::once(one.service.clone())
        .chain(one.technicians.clone())
        .chain(one.resources.clone())
        .collect();
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/visits/{}", one.reference)>
                <span class="font-semibold tabular-nums">{when}</span>
                <span class="text-sm text-muted">{what.join(" · ")} " " <span class="font-mono">{one.reference.clone()}</span></span>
            </a>
            <Pill tone text=word/>
        </li>
    }
}

/// The tab of requests.
pub(super) async fn requests(
    desk: &Desk,
    who: &StaffPass,
    client: ClientId,
) -> Result<AnyView, Trouble> {
    let locale = ask::locale();
    let found = desk.client_requests(who, client, page()).await?;
    let href = move |page| format!("/office/clients/{client}?tab=requests&page={page}");
    Ok(view! {
        <p class="mb-4 text-sm text-muted">{td_string!(locale, office_clients.requests_effect)}</p>
        {linked::requests(&found.rows, td_string!(locale, office_clients.requests_none))}
        {paging(found.page, found.pages, href)}
    }
    .into_any())
}
