//! The days on which the business is closed.

use desk::closures::{Closure, NewClosure};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::list::tabs;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, PageHead};
use crate::office::section::{owners_only, pair, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/team/closures`.
#[component]
pub fn ClosuresPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        who.dispatcher()?;
        let today = desk
            .now()
            .with_timezone(&ask::business().time_zone)
            .date_naive();
        let closures = desk.closures(today).await?;
        let owner = who.owner().is_ok();
        let list = if closures.is_empty() {
            view! { <p class="sheet p-4 text-muted">{td_string!(locale, office_team.closures_none)}</p> }.into_any()
        } else {
            view! { <ul class="sheet rows">{closures.iter().map(|one| row(one, owner)).collect_view()}</ul> }.into_any()
        };
        let add = view! {
            <div class="sheet p-4">
                <Form action=OfficeAddClosure::PATH posted=ask::posted() locale>
                    {owners_only(who, fields())}
                    {owner.then(|| view! { <div><Button look=Look::Primary>{td_string!(locale, office_team.add_closure)}</Button></div> })}
                </Form>
            </div>
        };
        Ok(view! {
            <PageHead title=td_string!(locale, office_team.closures)/>
            {tabs()}
            {section("closures", td_string!(locale, office_team.closed_days), td_string!(locale, office_team.closures_effect), list)}
            {section("add", td_string!(locale, office_team.add_closure), td_string!(locale, office_team.add_closure_effect), add)}
        })
    })
}

fn fields() -> impl IntoView {
    let locale = ask::locale();
    view! {
        {pair(view! {
            <Field name="from" kind="date" label=td_string!(locale, office_team.first_day) required=true/>
            <Field name="to" kind="date" label=td_string!(locale, office_team.last_day) hint=td_string!(locale, office_team.last_day_hint)/>
        })}
        <Field name="name" label=td_string!(locale, office_team.closure_name) required=true hint=td_string!(locale, office_team.closure_name_hint)/>
    }
}

fn row(closure: &Closure, owner: bool) -> impl IntoView + use<> {
    let (locale, day, date) = (
        ask::locale(),
        ask::reader().long_day(closure.date),
        closure.date.to_string(),
    );
    let label = td_string!(locale, office_team.open_again, day = day.clone()).to_string();
    view! {
        <li class="row">
            <span class="flex min-w-0 flex-1 flex-col"><span class="font-semibold">{day}</span> <span class="text-sm text-muted">{closure.name.clone()}</span></span>
            {owner.then(|| view! {
                <Form action=OfficeRemoveClosure::PATH posted=None locale class="flex">
                    <Hidden name="date" value=date/>
                    <button class="btn btn-quiet btn-square" aria-label=label><span class="icon-[lucide--trash-2] size-4" aria-hidden="true"></span></button>
                </Form>
            })}
        </li>
    }
}

/// Closes the business on one date or several.
#[server]
pub async fn office_add_closure(
    from: String,
    #[server(default)] to: String,
    name: String,
) -> Result<(), Trouble> {
    ask::desk()?
        .add_closure(&ask::staff()?, &NewClosure { from, to, name })
        .await?;
    ask::go("/office/team/closures?done=closures");
    Ok(())
}

/// Opens the business again on a date.
#[server]
pub async fn office_remove_closure(date: String) -> Result<(), Trouble> {
    ask::desk()?
        .remove_closure(&ask::staff()?, typed::known(&date)?)
        .await?;
    ask::go("/office/team/closures?done=closures");
    Ok(())
}
