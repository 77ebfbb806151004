//! Settings: who works here, in which roles, and who may come in.

use desk::invitation::Invited;
use desk::pass::Roles;
use desk::staff::Member;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, Pill, Tick, Tone};
use crate::office::section::{Beside, pair, saved_page, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/people`.
#[component]
pub fn PeoplePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let staff = ask::desk()?.staff(&who).await?;
        let rows = view! { <ul class="sheet rows">{staff.iter().map(row).collect_view()}</ul> };
        Ok(view! {
            {head()}
            {saved_page()}
            {section("staff", td_string!(locale, office_settings.staff), td_string!(locale, office_settings.staff_effect), rows)}
            {section("invite", td_string!(locale, office_settings.invite), td_string!(locale, office_settings.invite_effect), invite())}
        })
    })
}

fn row(member: &Member) -> impl IntoView + use<> {
    let locale = ask::locale();
    let state = match (member.enabled, member.invited) {
        (false, _) => {
            view! { <Pill tone=Tone::Off text=td_string!(locale, office_settings.disabled)/> }
        }
        (true, true) => {
            view! { <Pill tone=Tone::Wait text=td_string!(locale, office_settings.invited)/> }
        }
        (true, false) => {
            view! { <Pill tone=Tone::Yes text=td_string!(locale, office_config.active)/> }
        }
    };
    let posted = ask::posted()
        .is_some_and(|posted| posted.value("person") == Some(member.person.to_string().as_str()));
    let (name, email, summary) = (
        member.name.clone(),
        member.email.clone(),
        in_words(member.roles),
    );
    let technician = member.roles.technician.then(|| view! {
        <a class="link text-sm" href=format!("/office/team/{}", member.person)>{td_string!(locale, office_settings.hours_link)}</a>
    });
    let resend = (member.invited && member.enabled).then(|| {
        small(
            OfficeResendStaff::PATH,
            member,
            None,
            td_string!(locale, office_settings.resend),
        )
    });
    let toggle = if member.enabled {
        small(
            OfficeEnableStaff::PATH,
            member,
            None,
            td_string!(locale, office_settings.disable),
        )
    } else {
        small(
            OfficeEnableStaff::PATH,
            member,
            Some("true"),
            td_string!(locale, office_settings.enable),
        )
    };
    let roles = roles_form(member);
    view! {
        <li class="px-4 py-3">
            <details open=posted>
                <summary class="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1">
                    <span class="flex min-w-0 grow flex-col">
                        <span class="font-semibold">{name}</span>
                        <span class="truncate text-sm text-muted">{email} " · " {summary}</span>
                    </span>
                    {state}
                    <span class="icon-[lucide--chevron-down] size-4 text-muted" aria-hidden="true"></span>
                </summary>
                <div class="mt-3 flex flex-col gap-3">
                    {roles}
                    <div class="flex flex-wrap items-center gap-3">{toggle} {resend} {technician}</div>
                    <p class="field-hint">{td_string!(locale, office_settings.disable_effect)}</p>
                </div>
            </details>
        </li>
    }
}

fn small(
    action: &'static str,
    member: &Member,
    enabled: Option<&'static str>,
    word: &'static str,
) -> impl IntoView + use<> {
    let (locale, person, version) = (
        ask::locale(),
        member.person.to_string(),
        member.version.to_string(),
    );
    let look = if action == OfficeEnableStaff::PATH && enabled.is_none() {
        Look::Danger
    } else {
        Look::Plain
    };
    view! {
        <Form action=action posted=ask::posted() locale mark=person.clone() class="flex flex-col gap-2">
            <Hidden name="person" value=person/>
            <Hidden name="version" value=version/>
            {enabled.map(|enabled| view! { <Hidden name="enabled" value=enabled/> })}
            <Button look>{word}</Button>
        </Form>
    }
}

fn roles_form(member: &Member) -> impl IntoView + use<> {
    let (locale, person, version, roles) = (
        ask::locale(),
        member.person.to_string(),
        member.version.to_string(),
        member.roles,
    );
    view! {
        <Form action=OfficeChangeRoles::PATH posted=ask::posted() locale mark=person.clone() class="flex flex-col items-start gap-2">
            <Hidden name="person" value=person/>
            <Hidden name="version" value=version/>
            {role_boxes(roles)}
            <Button>{td_string!(locale, office_settings.save_roles)}</Button>
        </Form>
    }
}

fn role_boxes(roles: Roles) -> impl IntoView {
    let locale = ask::locale();
    view! {
        <fieldset class="flex w-full flex-col">
            <legend class="field-label">{td_string!(locale, office_settings.roles)}</legend>
            <Tick name="technician" label=td_string!(locale, office_settings.technician) ticked=roles.technician hint=td_string!(locale, office_settings.technician_hint)/>
            <Tick name="dispatcher" label=td_string!(locale, office_settings.dispatcher) ticked=roles.dispatcher hint=td_string!(locale, office_settings.dispatcher_hint)/>
            <Tick name="approver" label=td_string!(locale, office_settings.approver) ticked=roles.approver hint=td_string!(locale, office_settings.approver_hint)/>
            <Tick name="owner" label=td_string!(locale, office_settings.owner) ticked=roles.owner hint=td_string!(locale, office_settings.owner_hint)/>
            <Beside name="roles"/>
        </fieldset>
    }
}

fn in_words(roles: Roles) -> String {
    let locale = ask::locale();
    let all = [
        (roles.owner, td_string!(locale, office_settings.owner)),
        (
            roles.dispatcher,
            td_string!(locale, office_settings.dispatcher),
        ),
        (
            roles.technician,
            td_string!(locale, office_settings.technician),
        ),
        (roles.approver, td_string!(locale, office_settings.approver)),
    ];
    let words: Vec<&str> = all
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, word)| word)
        .collect();
    crate::language::list(locale, &words)
}

fn invite() -> impl IntoView {
    let locale = ask::locale();
    view! {
        <div class="sheet p-4">
            <Form action=OfficeInviteStaff::PATH posted=ask::posted() locale>
                {pair(view! {
                    <Field name="name" label=td_string!(locale, office_settings.person_name) required=true autocomplete="off"/>
                    <Field name="email" kind="email" label=td_string!(locale, office_settings.email) required=true autocomplete="off"/>
                })}
                {role_boxes(Roles { technician: true, ..Roles::default() })}
                <div><Button look=Look::Primary>{td_string!(locale, office_settings.send_invitation)}</Button></div>
            </Form>
        </div>
    }
}

/// Invites a member of staff.
#[server]
pub async fn office_invite_staff(
    name: String,
    email: String,
    #[server(default)] technician: bool,
    #[server(default)] dispatcher: bool,
    #[server(default)] approver: bool,
    #[server(default)] owner: bool,
) -> Result<(), Trouble> {
    let roles = Roles {
        technician,
        dispatcher,
        owner,
        approver,
    };
    ask::desk()?
        .invite_staff(&ask::staff()?, &Invited { name, email }, roles)
        .await?;
    ask::go("/office/settings/people?done=invite");
    Ok(())
}

/// Changes somebody's roles.
#[server]
pub async fn office_change_roles(
    person: String,
    version: String,
    #[server(default)] technician: bool,
    #[server(default)] dispatcher: bool,
    #[server(default)] approver: bool,
    #[server(default)] owner: bool,
) -> Result<(), Trouble> {
    let roles = Roles {
        technician,
        dispatcher,
        owner,
        approver,
    };
    ask::desk()?
        .change_roles(
            &ask::staff()?,
            typed::known(&person)?,
            typed::known(&version)?,
            roles,
        )
        .await?;
    ask::go("/office/settings/people?done=staff");
    Ok(())
}

/// Lets somebody sign in again, or no longer.
#[server]
pub async fn office_enable_staff(
    person: String,
    version: String,
    #[server(default)] enabled: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .set_enabled(
            &ask::staff()?,
            typed::known(&person)?,
            typed::known(&version)?,
            enabled,
        )
        .await?;
    ask::go("/office/settings/people?done=staff");
    Ok(())
}

/// Sends somebody's invitation again.
#[server]
pub async fn office_resend_staff(person: String) -> Result<(), Trouble> {
    ask::desk()?
        .resend_invitation(&ask::staff()?, typed::known(&person)?)
        .await?;
    ask::go("/office/settings/people?done=staff");
    Ok(())
}
