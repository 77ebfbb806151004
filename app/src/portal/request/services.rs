//! The first step: what can be booked, each with its price and its next free time.

use leptos::prelude::*;

use super::in_words::{ServiceCard, service_card};
use super::parts::{Question, Step};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Empty, Icon};

/// The page `/request`.
#[component]
pub fn Services() -> impl IntoView {
    crate::site::page(async move {
        let services = ask::desk()?.bookable_services(&ask::contact()?).await?;
        let cards: Vec<ServiceCard> = services.iter().map(service_card).collect();
        let locale = ask::locale();
        Ok(view! {
            <Step number=1 back="/" question=td_string!(locale, portal.wizard.what)/>
            <Question text=td_string!(locale, portal.wizard.what)/>
            {if cards.is_empty() { nothing().into_any() } else { list(cards).into_any() }}
        })
    })
}

fn list(cards: Vec<ServiceCard>) -> impl IntoView {
    view! { <ul class="grid gap-3 lg:grid-cols-2">{cards.into_iter().map(|card| view! { <li>{one(card)}</li> }).collect_view()}</ul> }
}

fn one(card: ServiceCard) -> impl IntoView {
    view! {
        <a href=format!("/request/{}", card.id) class="sheet flex h-full items-center gap-3 p-4 transition-colors hover:bg-accent-soft">
            <span class="grid size-10 shrink-0 place-items-center self-start rounded-control bg-accent-soft text-accent-ink">
                <Icon name="icon-[lucide--sparkles]"/>
            </span>
            <span class="min-w-0 grow">
                <span class="block font-semibold">{card.name}</span>
                <span class="block text-sm text-muted">{card.line}</span>
                {(!card.description.is_empty()).then(|| view! { <span class="mt-1 line-clamp-2 block text-sm">{card.description}</span> })}
                <span class=if card.free { "mt-1.5 flex items-center gap-1.5 text-sm font-semibold text-yes" } else { "mt-1.5 flex items-center gap-1.5 text-sm text-muted" }>
                    <Icon name=if card.free { "icon-[lucide--calendar-check]" } else { "icon-[lucide--calendar-x]" } class="size-4"/>
                    {card.next}
                </span>
            </span>
            <Icon name="icon-[lucide--chevron-right]" class="size-5 text-muted"/>
        </a>
    }
}

fn nothing() -> impl IntoView {
    let (locale, business) = (ask::locale(), ask::business().name);
    view! {
        <Empty
            icon="icon-[lucide--calendar-x]"
            title=td_string!(locale, portal.wizard.none)
            text=td_string!(locale, portal.wizard.none_text, business = business)
        />
    }
}
