//! One service, and a new one.

use desk::resources::ResourcePage;
use desk::services::NewService;
use desk::team::TeamMember;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::form::fields;
use super::questions::questions;
use super::save::{OfficeCreateService, OfficeEditService, OfficeServiceActive};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Form, Hidden, Look, Once, PageHead, Pick};
use crate::office::clients::everybody;
use crate::office::section::{owners_only, saved_page, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// What the form chooses from.
pub(super) struct Around {
    pub team: Vec<TeamMember>,
    pub resources: Vec<ResourcePage>,
    pub clients: Vec<Pick>,
}

/// The page `/office/services/:id`.
#[component]
pub fn ServicePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id = typed::known(&ask::part("id"))?;
        let service = desk
            .service(&who, id)
            .await?
            .ok_or(booking::refusal::Refusal::NotFound)?;
        let around = around(&desk, &who, &service.form).await?;
        let asked = questions(&desk, who, id).await?;
        let (title, version) = (service.form.name.clone(), service.version.to_string());
        let (id, active) = (id.to_string(), service.active);
        let offer = if active {
            td_string!(locale, office_services.deactivate)
        } else {
            td_string!(locale, office_services.activate)
        };
        let effect = if active {
            td_string!(locale, office_services.deactivate_effect)
        } else {
            td_string!(locale, office_services.activate_effect)
        };
        let (own_id, own_version) = (id.clone(), version.clone());
        let toggle = owners_only(
            who,
            view! {
                <Form action=OfficeServiceActive::PATH posted=ask::posted() locale class="flex flex-col items-start gap-3">
                    <Hidden name="id" value=own_id/>
                    <Hidden name="version" value=own_version/>
                    {(!active).then(|| view! { <Hidden name="active" value="true"/> })}
                    <Button look=if active { Look::Danger } else { Look::Plain }>{offer}</Button>
                </Form>
            },
        );
        Ok(view! {
            <PageHead title back=("/office/services".to_owned(), td_string!(locale, office_services.title).to_owned())/>
            {saved_page()}
            <Form action=OfficeEditService::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="id" value=id/>
                <Hidden name="version" value=version/>
                {owners_only(who, fields(&service.form, &around))}
                {who.owner().is_ok().then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
            {asked}
            {section("offer", offer, effect, toggle)}
        })
    })
}

/// The page `/office/services/new`.
#[component]
pub fn NewServicePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        who.owner()?;
        let form = NewService {
            bookable: true,
            lengths: vec![60],
            capacity: 1,
            holds: true,
            technician_preference: true,
            all_technicians: true,
            recurring: true,
            ..NewService::default()
        };
        let around = around(&desk, &who, &form).await?;
        Ok(view! {
            <PageHead
                title=td_string!(locale, office_services.add_new)
                back=("/office/services".to_owned(), td_string!(locale, office_services.title).to_owned())
            />
            <Form action=OfficeCreateService::PATH posted=ask::posted() locale class="flex flex-col">
                <Once key=ask::fresh_key()/>
                {fields(&form, &around)}
                <div class="part-end"><Button look=Look::Primary>{td_string!(locale, office_services.create)}</Button></div>
            </Form>
        })
    })
}

async fn around(desk: &Desk, who: &StaffPass, form: &NewService) -> Result<Around, Trouble> {
    Ok(Around {
        team: desk.team(who).await?,
        resources: desk.resources(who).await?,
        clients: everybody(desk, who, &form.clients).await?,
    })
}
