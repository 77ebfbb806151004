//! Settings: how requests are decided.

use desk::settings::ChangedApproval;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, Tick};
use crate::office::section::{group, owners_only, saved_page, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/approval`.
#[component]
pub fn ApprovalPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        who.dispatcher()?;
        let business = desk.business().await?;
        let approvers = match who.owner() {
            Ok(()) => desk.staff(&who).await?,
            Err(_) => Vec::new(),
        };
        let deciding = approvers.into_iter().filter(|one| {
            one.enabled && (one.roles.approver || one.roles.dispatcher || one.roles.owner)
        });
        let names: Vec<String> = deciding.map(|one| one.name).collect();
        let (reason, hours, undo) = (
            business.reason_required,
            business.hold_hours.to_string(),
            business.undo_minutes.to_string(),
        );
        let owner = who.owner().is_ok();
        let fields = move || {
            (
                group(
                    td_string!(locale, office_settings.reason),
                    td_string!(locale, office_settings.reason_effect),
                    view! {
                        <Tick name="reason_required" label=td_string!(locale, office_settings.reason_field) ticked=reason/>
                    },
                ),
                group(
                    td_string!(locale, office_settings.hold),
                    td_string!(locale, office_settings.hold_effect),
                    view! {
                        <Field name="hold_hours" kind="number" label=td_string!(locale, office_settings.hold_field) value=hours required=true min="1" max="336"/>
                    },
                ),
                group(
                    td_string!(locale, office_notifications.undo),
                    td_string!(locale, office_notifications.undo_effect),
                    view! {
                        <Field name="undo_minutes" kind="number" label=td_string!(locale, office_notifications.undo_field) value=undo required=true min="0" max="10" hint=td_string!(locale, office_notifications.undo_hint)/>
                    },
                ),
            )
        };
        let decides = view! {
            <div class="sheet flex flex-col items-start gap-3 p-4">
                {(!names.is_empty()).then(|| view! { <ul class="list-disc ps-5">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul> })}
                {owner.then(|| view! { <a class="link" href="/office/settings/people">{td_string!(locale, office_settings.approvers_link)}</a> })}
                <a class="link" href="/office/team">{td_string!(locale, office_settings.approvers_team)}</a>
            </div>
        };
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangeApproval::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="version" value=business.version.to_string()/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
            {section("approvers", td_string!(locale, office_settings.approvers), td_string!(locale, office_settings.approvers_effect), decides)}
        })
    })
}

/// Changes how requests are decided.
#[server]
pub async fn office_change_approval(
    version: String,
    #[server(default)] reason_required: bool,
    #[server(default)] hold_hours: String,
    #[server(default)] undo_minutes: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let changed = ChangedApproval {
        reason_required,
        hold_hours: typed::amount(&hold_hours, "hold_hours")?,
        undo_minutes: typed::amount(&undo_minutes, "undo_minutes")?,
    };
    desk.change_approval(&who, typed::known(&version)?, changed)
        .await?;
    ask::go("/office/settings/approval?done=page");
    Ok(())
}
