//! All resources, those in use first.

use desk::resources::ResourcePage as Resource;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{ButtonLink, Empty, Icon, Look, PageHead, Pill, Tone};

/// The page `/office/resources`.
#[component]
pub fn ResourcesPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let resources = ask::desk()?.resources(&who).await?;
        let owner = who.owner().is_ok();
        let list = if resources.is_empty() {
            view! { <Empty icon="icon-[lucide--package]" title=td_string!(locale, office_resources.none) text=td_string!(locale, office_resources.none_text)/> }.into_any()
        } else {
            let rows = resources.iter().map(row).collect_view();
            view! { <ul class="sheet rows">{rows}</ul> }.into_any()
        };
        Ok(view! {
            <PageHead title=td_string!(locale, office_resources.title)>
                {owner.then(|| view! {
                    <ButtonLink href="/office/resources/new" look=Look::Primary>
                        <Icon name="icon-[lucide--plus]" class="size-4"/> {td_string!(locale, office_resources.add_new)}
                    </ButtonLink>
                })}
            </PageHead>
            <p class="mb-4 max-w-prose text-muted">{td_string!(locale, office_resources.about)}</p>
            {list}
        })
    })
}

fn row(resource: &Resource) -> impl IntoView + use<> {
    let locale = ask::locale();
    let form = &resource.form;
    let mut facts = vec![
        form.kind.clone(),
        td_string!(locale, office_resources.units_short, count = form.units).to_string(),
    ];
    if form.turnaround_min > 0 {
        facts.push(
            td_string!(
                locale,
                office_resources.turnaround_short,
                count = form.turnaround_min
            )
            .to_string(),
        );
    }
    let needed = if resource.needed_by.is_empty() {
        td_string!(locale, office_resources.needed_by_none).to_owned()
    } else {
        td_string!(
            locale,
            office_resources.needed_by,
            names = crate::language::list(locale, &resource.needed_by)
        )
        .to_string()
    };
    let inactive = (!resource.active)
        .then(|| view! { <Pill tone=Tone::Off text=td_string!(locale, office_config.inactive)/> });
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/resources/{}", resource.id)>
                <span class="font-semibold">{form.name.clone()}</span>
                <span class="text-sm text-muted">{facts.join(" · ")}</span>
            </a>
            <span class="text-sm text-muted">{needed}</span>
            {inactive}
        </li>
    }
}
