//! One resource, and a new one.

use booking::refusal::Refusal;
use desk::resources::NewResource;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::save::{OfficeCreateResource, OfficeEditResource, OfficeResourceActive};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, Once, PageHead};
use crate::office::section::{group, owners_only, pair, saved_page, section};
use crate::office::typed;

/// The page `/office/resources/:id`.
#[component]
pub fn ResourcePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let id = typed::known(&ask::part("id"))?;
        let all = ask::desk()?.resources(&who).await?;
        let found = all
            .into_iter()
            .find(|one| one.id == id)
            .ok_or(Refusal::NotFound)?;
        let (id, version, active) = (id.to_string(), found.version.to_string(), found.active);
        let (own_id, own_version) = (id.clone(), version.clone());
        let (word, effect) = if active {
            (
                td_string!(locale, office_resources.deactivate),
                td_string!(locale, office_resources.deactivate_effect),
            )
        } else {
            (
                td_string!(locale, office_resources.activate),
                td_string!(locale, office_resources.activate_effect),
            )
        };
        let toggle = view! {
            <Form action=OfficeResourceActive::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
                <Hidden name="id" value=own_id/>
                <Hidden name="version" value=own_version/>
                {(!active).then(|| view! { <Hidden name="active" value="true"/> })}
                <crate::office::section::Beside name="kind"/>
                <Button look=if active { Look::Danger } else { Look::Plain }>{word}</Button>
            </Form>
        };
        let title = found.form.name.clone();
        Ok(view! {
            <PageHead title back=("/office/resources".to_owned(), td_string!(locale, office_resources.title).to_owned())/>
            {saved_page()}
            <Form action=OfficeEditResource::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="id" value=id/>
                <Hidden name="version" value=version/>
                {owners_only(who, fields(&found.form))}
                {who.owner().is_ok().then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
            {section("use", word, effect, owners_only(who, toggle))}
        })
    })
}

/// The page `/office/resources/new`.
#[component]
pub fn NewResourcePage() -> impl IntoView {
    crate::site::page(async move {
        let locale = ask::locale();
        ask::staff()?.owner()?;
        let form = NewResource {
            units: 1,
            ..NewResource::default()
        };
        Ok(view! {
            <PageHead
                title=td_string!(locale, office_resources.add_new)
                back=("/office/resources".to_owned(), td_string!(locale, office_resources.title).to_owned())
            />
            <Form action=OfficeCreateResource::PATH posted=ask::posted() locale class="flex flex-col">
                <Once key=ask::fresh_key()/>
                {fields(&form)}
                <div class="part-end"><Button look=Look::Primary>{td_string!(locale, office_resources.create)}</Button></div>
            </Form>
        })
    })
}

fn fields(form: &NewResource) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (name, kind) = (form.name.clone(), form.kind.clone());
    let (units, turnaround) = (form.units.to_string(), form.turnaround_min.to_string());
    (
        group(
            td_string!(locale, office_resources.what),
            td_string!(locale, office_resources.what_effect),
            pair(view! {
                <Field name="name" label=td_string!(locale, office_resources.name) value=name required=true/>
                <Field name="kind" label=td_string!(locale, office_resources.kind) value=kind required=true hint=td_string!(locale, office_resources.kind_hint)/>
            }),
        ),
        group(
            td_string!(locale, office_resources.amount),
            td_string!(locale, office_resources.amount_effect),
            pair(view! {
                <Field name="units" kind="number" label=td_string!(locale, office_resources.units) value=units required=true min="0" max="1000"/>
                <Field name="turnaround_min" kind="number" label=td_string!(locale, office_resources.turnaround) value=turnaround min="0" max="1440"/>
            }),
        ),
    )
}
