//! One technician: how they can be booked, their week, other hours, time off.

use booking::refusal::Refusal;
use desk::team::TechnicianPage as Technician;
use leptos::prelude::*;

use super::{away, hours, profile};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::PageHead;
use crate::office::section::section;
use crate::office::typed;

/// The page `/office/team/:id`.
#[component]
pub fn TechnicianPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id = typed::known(&ask::part("id"))?;
        let found = desk.technician(&who, id).await?.ok_or(Refusal::NotFound)?;
        let doubts = away::doubts(&desk, &who, id).await;
        let staff = match who.owner() {
            Ok(()) => desk.staff(&who).await?,
            Err(_) => Vec::new(),
        };
        let zone =
            td_string!(locale, office_team.zone_is, zone = found.time_zone.clone()).to_string();
        let week_effect = format!("{} {zone}", td_string!(locale, office_team.week_effect));
        let off_effect = format!("{} {zone}", td_string!(locale, office_team.time_off_effect));
        Ok(view! {
            <PageHead title=found.member.name.clone() back=("/office/team".to_owned(), td_string!(locale, office_team.title).to_owned())/>
            {section("week", td_string!(locale, office_team.week), week_effect, hours::form(&found))}
            {section("exceptions", td_string!(locale, office_team.exceptions), td_string!(locale, office_team.exceptions_effect), away::exceptions(&found))}
            {section("time-off", td_string!(locale, office_team.time_off), off_effect, away::time_off(&found, doubts))}
            {section("profile", td_string!(locale, office_team.profile), td_string!(locale, office_team.profile_effect), profile::form(who, &found))}
            {section("approvers", td_string!(locale, office_team.approvers), td_string!(locale, office_team.approvers_effect), profile::approvers(who, &found, &staff))}
            {section("services", td_string!(locale, office_team.services), td_string!(locale, office_team.services_effect), services(&found))}
        })
    })
}

fn services(found: &Technician) -> impl IntoView + use<> {
    let locale = ask::locale();
    if found.services.is_empty() {
        return view! { <p class="sheet p-4 text-muted">{td_string!(locale, office_team.services_none)}</p> }.into_any();
    }
    let rows = found.services.iter().map(|(id, name)| {
        view! { <li class="row"><a class="row-link" href=format!("/office/services/{id}")><span class="font-semibold">{name.clone()}</span></a></li> }
    });
    view! { <ul class="sheet rows">{rows.collect_view()}</ul> }.into_any()
}
