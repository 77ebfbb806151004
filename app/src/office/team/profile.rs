//! How a technician can be booked, and who decides for them.

use desk::StaffPass;
use desk::staff::Member;
use desk::team::{ChangedTechnician, TechnicianPage as Technician};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Choice, Field, Form, Hidden, Tick};
use crate::office::section::{Beside, owners_only, pair};
use crate::office::{picks, typed};
use crate::trouble::Trouble;

/// The form about zone, buffers and caps.
pub(super) fn form(who: StaffPass, found: &Technician) -> impl IntoView + use<> {
    let (locale, form) = (ask::locale(), found.member.form.clone());
    let (id, version, owner) = (
        found.member.id.to_string(),
        found.member.version.to_string(),
        who.owner().is_ok(),
    );
    let zones = picks::or_default(
        td_string!(
            locale,
            office_team.zone_default,
            zone = ask::business().time_zone.name()
        )
        .to_string(),
        picks::zones(),
    );
    let cap = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let (before, after) = (
        form.buffer_before.to_string(),
        form.buffer_after.to_string(),
    );
    let (a_day, a_week, active, zone) = (
        cap(form.max_per_day),
        cap(form.max_per_week),
        form.active,
        form.time_zone,
    );
    let fields = move || {
        view! {
            <Tick name="active" label=td_string!(locale, office_team.active) ticked=active hint=td_string!(locale, office_team.active_hint)/>
            <Beside name="active"/>
            <Choice name="time_zone" label=td_string!(locale, office_team.zone) picks=zones value=zone hint=td_string!(locale, office_team.zone_hint)/>
            {pair(view! {
                <Field name="buffer_before" kind="number" label=td_string!(locale, office_services.buffer_before) value=before min="0" max="240"/>
                <Field name="buffer_after" kind="number" label=td_string!(locale, office_services.buffer_after) value=after min="0" max="240"/>
                <Field name="max_per_day" kind="number" label=td_string!(locale, office_services.max_per_day) value=a_day min="0" hint=td_string!(locale, office_services.cap_hint)/>
                <Field name="max_per_week" kind="number" label=td_string!(locale, office_services.max_per_week) value=a_week min="0" hint=td_string!(locale, office_services.cap_hint)/>
            })}
        }
    };
    view! {
        <div class="sheet p-4">
            <Form action=OfficeChangeTechnician::PATH posted=ask::posted() locale>
                <Hidden name="id" value=id/>
                <Hidden name="version" value=version/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div><Button>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
        </div>
    }
}

/// The form about who else decides.
pub(super) fn approvers(who: StaffPass, found: &Technician, staff: &[Member]) -> AnyView {
    let (locale, id, version) = (
        ask::locale(),
        found.member.id.to_string(),
        found.member.version.to_string(),
    );
    if who.owner().is_err() {
        let names: Vec<String> = found
            .approvers
            .iter()
            .map(|(_, name)| name.clone())
            .collect();
        let said = if names.is_empty() {
            td_string!(locale, office_team.approvers_none).to_owned()
        } else {
            crate::language::list(locale, &names)
        };
        return view! { <p class="sheet p-4">{said}</p> }.into_any();
    }
    let choices: Vec<(String, String, bool)> = staff
        .iter()
        .filter(|one| one.enabled && one.person.get() != found.member.id.get())
        .map(|one| {
            (
                one.person.to_string(),
                one.name.clone(),
                found
                    .approvers
                    .iter()
                    .any(|(person, _)| *person == one.person),
            )
        })
        .collect();
    view! {
        <div class="sheet p-4">
            <Form action=OfficeSetApprovers::PATH posted=ask::posted() locale>
                <Hidden name="id" value=id/>
                <Hidden name="version" value=version/>
                <div class="grid gap-x-4 sm:grid-cols-2">
                    {choices.into_iter().map(|(value, label, ticked)| view! { <Tick name="approvers[]" label value ticked/> }).collect_view()}
                </div>
                <Beside name="approvers"/>
                <div><Button>{td_string!(locale, common.save)}</Button></div>
            </Form>
        </div>
    }
    .into_any()
}

/// The form as it is typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedTechnician {
    /// "true": can be booked.
    pub active: String,
    /// An IANA zone, or nothing.
    pub time_zone: String,
    /// Minutes.
    pub buffer_before: String,
    /// Minutes.
    pub buffer_after: String,
    /// Or nothing.
    pub max_per_day: String,
    /// Or nothing.
    pub max_per_week: String,
}

/// Changes how a technician can be booked.
#[server]
pub async fn office_change_technician(
    id: String,
    version: String,
    #[server(flatten)] typed: TypedTechnician,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let changed = ChangedTechnician {
        buffer_before: typed::number_or_zero(&typed.buffer_before, "buffer_before")?,
        buffer_after: typed::number_or_zero(&typed.buffer_after, "buffer_after")?,
        max_per_day: typed::number_or_none(&typed.max_per_day, "max_per_day")?,
        max_per_week: typed::number_or_none(&typed.max_per_week, "max_per_week")?,
        active: typed.active == "true",
        time_zone: typed.time_zone,
    };
    desk.change_technician(&who, typed::known(&id)?, typed::known(&version)?, &changed)
        .await?;
    ask::go(&format!("/office/team/{id}?done=profile#profile"));
    Ok(())
}

/// Says who else decides for a technician.
#[server]
pub async fn office_set_approvers(
    id: String,
    version: String,
    #[server(default)] approvers: Vec<String>,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let people: Result<Vec<_>, Trouble> = approvers
        .iter()
        .map(|person| typed::id(person, "approvers"))
        .collect();
    desk.set_approvers(&who, typed::known(&id)?, typed::known(&version)?, &people?)
        .await?;
    ask::go(&format!("/office/team/{id}?done=approvers#approvers"));
    Ok(())
}
