//! The catalogue, in the order clients see it.

use desk::services::ServicePage as Service;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::save::OfficeMoveService;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Form, Hidden, Icon, Look, PageHead, Pill, Tone, money};
use crate::office::section::saved_page;

/// The page `/office/services`.
#[component]
pub fn ServicesPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let services = ask::desk()?.services(&who).await?;
        let owner = who.owner().is_ok();
        let empty = services.is_empty();
        let places = places(&services);
        let rows = services.iter().zip(places);
        let rows = rows
            .map(|(service, place)| row(service, owner.then_some(place)))
            .collect_view();
        Ok(view! {
            <PageHead title=td_string!(locale, office_services.title)>
                {owner.then(|| view! {
                    <ButtonLink href="/office/services/new" look=Look::Primary>
                        <Icon name="icon-[lucide--plus]" class="size-4"/> {td_string!(locale, office_services.add_new)}
                    </ButtonLink>
                })}
            </PageHead>
            {saved_page()}
            <p class="mb-4 max-w-prose text-muted">{td_string!(locale, office_services.about)}</p>
            {if empty {
                view! { <Empty icon="icon-[lucide--sparkles]" title=td_string!(locale, office_services.none) text=td_string!(locale, office_services.none_text)/> }.into_any()
            } else {
                view! { <ul class="sheet rows">{rows}</ul> }.into_any()
            }}
        })
    })
}

/// For each service, the orders of the list with it one place up and one place down, where there is such a place.
fn places(services: &[Service]) -> Vec<(Option<String>, Option<String>)> {
    let active: Vec<String> = services
        .iter()
        .filter(|service| service.active)
        .map(|service| service.id.to_string())
        .collect();
    let swapped = |a: usize, b: usize| {
        let mut order = active.clone();
        (b < order.len()).then(|| {
            order.swap(a, b);
            order.join(" ")
        })
    };
    (0..services.len())
        .map(|place| {
            let up = place.checked_sub(1).filter(|_| place < active.len());
            (
                up.and_then(|before| swapped(before, place)),
                swapped(place, place + 1),
            )
        })
        .collect()
}

fn row(
    service: &Service,
    place: Option<(Option<String>, Option<String>)>,
) -> impl IntoView + use<> {
    let (locale, business) = (ask::locale(), ask::business());
    let form = &service.form;
    let lengths: Vec<String> = form
        .lengths
        .iter()
        .map(|minutes| ask::reader().length(i64::from(*minutes)))
        .collect();
    let lengths = lengths.join(if form.any_length { " – " } else { ", " });
    let price = form
        .price_minor
        .map(|minor| money(minor, &business.currency, locale));
    let facts: Vec<String> = std::iter::once(lengths).chain(price).collect();
    let pill = match (service.active, form.bookable) {
        (false, _) => {
            view! { <Pill tone=Tone::Off text=td_string!(locale, office_config.inactive)/> }
        }
        (true, true) => {
            view! { <Pill tone=Tone::Yes text=td_string!(locale, office_services.bookable_short)/> }
        }
        (true, false) => {
            view! { <Pill tone=Tone::Info text=td_string!(locale, office_services.staff_only)/> }
        }
    };
    let restricted = form.restricted.then(|| view! { <Pill tone=Tone::Info bare=true text=td_string!(locale, office_services.restricted_short)/> });
    let (name, group) = (form.name.clone(), form.capacity);
    let group = (group > 1).then(|| view! { <Pill tone=Tone::Info bare=true text=td_string!(locale, office_services.seats, count = group).to_string()/> });
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/services/{}", service.id)>
                <span class="font-semibold">{name.clone()}</span>
                <span class="text-sm text-muted">{facts.join(" · ")}</span>
            </a>
            <span class="flex flex-wrap items-center justify-end gap-2">{group} {restricted} {pill}</span>
            {place.map(|(up, down)| view! {
                <span class="flex">
                    {mover(up, td_string!(locale, office_services.up, name = name.clone()).to_string(), "icon-[lucide--arrow-up]")}
                    {mover(down, td_string!(locale, office_services.down, name = name).to_string(), "icon-[lucide--arrow-down]")}
                </span>
            })}
        </li>
    }
}

fn mover(order: Option<String>, label: String, icon: &'static str) -> impl IntoView {
    let locale = ask::locale();
    let shown = order.is_some();
    view! {
        <Form action=OfficeMoveService::PATH posted=None locale class="flex">
            <Hidden name="order" value=order.unwrap_or_default()/>
            <button class="btn btn-quiet btn-square btn-sm" class:invisible=!shown aria-label=label disabled=!shown><Icon name=icon class="size-4"/></button>
        </Form>
    }
}
