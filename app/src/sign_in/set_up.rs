//! The first day: the business and its owner, then what is still missing before the first client can book.

use desk::set_up::{NewBusiness, SetUpStep};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{door, link::password_field};
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{
    Button, ButtonLink, Card, Choice, Field, Form, Hidden, Icon, Look, PageHead, Pick,
};
use crate::trouble::Trouble;

/// The first form, opened by the link that the server prints.
pub(super) fn form(token: String, locale: Locale) -> impl IntoView {
    let zones = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| Pick::new(zone.name(), zone.name().replace('_', " ")))
        .collect();
    let languages = crate::language::picks();
    let currencies = [
        "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "MXN", "ARS", "CLP", "COP", "PEN", "JPY",
    ];
    let currencies = currencies
        .iter()
        .map(|code| Pick::new(*code, *code))
        .collect();
    let content = view! {
        <p class="text-muted">{td_string!(locale, sign_in.set_up.text)}</p>
        <Form action=SetUp::PATH posted=ask::posted() locale>
            <Hidden name="token" value=token/>
            <Field name="business" label=td_string!(locale, sign_in.set_up.business) autocomplete="organization" required=true/>
            <Choice name="time_zone" label=td_string!(locale, sign_in.set_up.time_zone) picks=zones value="UTC"/>
            <Choice name="locale" label=td_string!(locale, sign_in.set_up.language) picks=languages value=locale.to_string()/>
            <Choice name="currency" label=td_string!(locale, sign_in.set_up.currency) picks=currencies value="EUR"/>
            <Field name="name" label=td_string!(locale, sign_in.name) autocomplete="name" required=true/>
            <Field name="email" kind="email" label=td_string!(locale, sign_in.email) autocomplete="username" required=true/>
            {password_field(locale)}
            <Button look=Look::Primary>{td_string!(locale, common.go_on)}</Button>
        </Form>
    };
    // The browser knows where it is; without scripts one chooses.
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let here =
        view! { <script type="module" nonce=nonce inner_html=include_str!("here.js")></script> };
    (
        door(td_string!(locale, sign_in.set_up.title), content),
        here,
    )
}

/// What is still missing, step by step, in the office.
#[component]
pub fn StepsPage() -> impl IntoView {
    crate::site::page(async move {
        ask::staff()?.owner()?;
        let step = ask::desk()?.set_up_step().await?;
        Ok(steps(step, ask::locale()))
    })
}

fn steps(step: Option<SetUpStep>, locale: Locale) -> impl IntoView {
    let done = match step {
        Some(SetUpStep::Owner) => 0,
        Some(SetUpStep::Service) => 1,
        Some(SetUpStep::Hours) => 2,
        None => 3,
    };
    let all = [
        (
            td_string!(locale, sign_in.steps.business),
            "/office/settings/business",
        ),
        (
            td_string!(locale, sign_in.steps.service),
            "/office/services",
        ),
        (td_string!(locale, sign_in.steps.team), "/office/team"),
    ];
    let rows = all.into_iter().enumerate().map(move |(place, (text, href))| {
        let icon = if place < done { "icon-[lucide--circle-check]" } else { "icon-[lucide--circle]" };
        let look = if place == done { Look::Primary } else { Look::Plain };
        view! {
            <li class="flex items-center gap-3 border-b border-line p-4 last:border-0">
                <Icon name=icon class=if place < done { "size-5 text-yes" } else { "size-5 text-muted" }/>
                <span class="grow font-semibold">{text}</span>
                <ButtonLink href look>{td_string!(locale, common.edit)}</ButtonLink>
            </li>
        }
    });
    view! {
        <PageHead title=td_string!(locale, sign_in.steps.title)/>
        <div class="flex max-w-2xl flex-col gap-4">
            <Card><ol>{rows.collect_view()}</ol></Card>
            {(done == 1).then(|| view! {
                <Form action=LoadDemo::PATH posted=ask::posted() locale class="flex items-center gap-3">
                    <p class="grow text-muted">{td_string!(locale, sign_in.steps.or_demo)}</p>
                    <Button>{td_string!(locale, sign_in.steps.load_demo)}</Button>
                </Form>
            })}
        </div>
    }
}

/// Makes the business and its owner.
#[server]
pub async fn set_up(
    token: String,
    business: String,
    time_zone: String,
    locale: String,
    currency: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), Trouble> {
    let new = NewBusiness {
        business,
        time_zone,
        locale,
        currency,
        name,
        email,
        password,
    };
    let session = ask::desk()?.set_up(&token, &new, &ask::device()).await?;
    ask::keep_session(Some(&session.token));
    ask::go("/office/set-up");
    Ok(())
}

/// Replaces an empty installation by the demonstration.
#[server]
pub async fn load_demo() -> Result<(), Trouble> {
    ask::desk()?.load_demo(&ask::staff()?).await?;
    ask::go("/office");
    Ok(())
}
