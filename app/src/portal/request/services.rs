//! The first step: what can be booked, each with its price and its next free time.

use booking::request::RequestKind;
use leptos::prelude::*;

use super::in_words::{ServiceCard, service_card};
use super::parts::{Question, Step};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Empty, Icon, Tab, Tabs};

/// The page `/request`.
#[component]
pub fn Services() -> impl IntoView {
    crate::site::page(async move {
        let services = ask::desk()?.bookable_services(&ask::contact()?).await?;
        let kind = ask::query("kind").and_then(|word| word.parse().ok());
        let kind = kind.unwrap_or(RequestKind::Appointment);
        let repeats = services.iter().any(|one| one.recurring);
        let services = services
            .iter()
            .filter(|one| one.recurring || kind != RequestKind::Recurring);
        let cards: Vec<ServiceCard> = services.map(|one| service_card(one, kind)).collect();
        let locale = ask::locale();
        let question = match kind {
            RequestKind::Issue => td_string!(locale, asked.what_issue),
            RequestKind::Recurring => td_string!(locale, asked.what_recurring),
            RequestKind::Appointment | RequestKind::OneTime => {
                td_string!(locale, portal.wizard.what)
            }
        };
        Ok(view! {
            <Step number=1 back="/" question=question/>
            <Question text=question/>
            {kinds(kind, repeats)}
            {if cards.is_empty() { nothing().into_any() } else { list(cards).into_any() }}
        })
    })
}

/// What kind of visit it is to be.
fn kinds(chosen: RequestKind, repeats: bool) -> impl IntoView {
    let locale = ask::locale();
    let all = [
        (
            RequestKind::Appointment,
            "/request",
            td_string!(locale, asked.kind_one),
        ),
        (
            RequestKind::Recurring,
            "/request?kind=recurring",
            td_string!(locale, asked.kind_recurring),
        ),
        (
            RequestKind::Issue,
            "/request?kind=issue",
            td_string!(locale, asked.kind_issue),
        ),
    ];
    let chosen = match chosen {
        RequestKind::OneTime => RequestKind::Appointment,
        other => other,
    };
    let tabs = all
        .into_iter()
        .filter(|(kind, ..)| repeats || *kind != RequestKind::Recurring)
        .map(|(kind, href, text)| Tab {
            href: href.to_owned(),
            text: text.to_owned(),
            count: None,
            current: kind == chosen,
        });
    view! { <div class="mb-4"><Tabs tabs=tabs.collect() label=td_string!(locale, asked.kinds)/></div> }
}

fn list(cards: Vec<ServiceCard>) -> impl IntoView {
    view! { <ul class="grid gap-3 lg:grid-cols-2">{cards.into_iter().map(|card| view! { <li>{one(card)}</li> }).collect_view()}</ul> }
}

fn one(card: ServiceCard) -> impl IntoView {
    view! {
        <a href=card.href class="sheet flex h-full items-center gap-3 p-4 transition-colors hover:bg-accent-soft">
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
