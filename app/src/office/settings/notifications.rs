//! Settings: who is told what, by which channel, and how early reminders go.

use booking::letter::{Channel, Event, HAPPENING, Recipient, Tick, ticks};
use booking::refusal::Refusal;
use desk::notification_settings::{ChangedNotifications, NotificationSettings};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::event_words;
use crate::i18n::{Locale, td_string};
use crate::kit::form::FormState;
use crate::kit::{Button, Choice, Field, Form, Hidden, Look, Pick};
use crate::office::section::{Beside, group, owners_only, pair, saved_page, typed_all};
use crate::office::typed;
use crate::trouble::Trouble;

/// The page `/office/settings/notifications`.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let settings = ask::desk()?.notification_settings(&who).await?;
        let owner = who.owner().is_ok();
        let version = settings.version.to_string();
        let fields = move || (table(locale, &settings), reminders(locale, &settings));
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangeNotifications::PATH posted=ask::posted() locale class="flex flex-col">
                <Hidden name="version" value=version/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(locale, common.save)}</Button></div> })}
            </Form>
        })
    })
}

/// Three parts of the table of spec §6: requests, appointments, reminders.
fn table(locale: Locale, settings: &NotificationSettings) -> impl IntoView + use<> {
    let kept = typed_all("kept[]");
    let stays = |tick: &Tick| match &kept {
        Some(kept) => kept.contains(&tick.to_string()),
        None => !settings.taken_away.contains(tick),
    };
    let is_request = |event: Event| {
        let word = event.as_str();
        word.starts_with("request.") || word.starts_with("booking.")
    };
    let rows = |requests: bool| {
        let events = HAPPENING.iter().copied();
        events
            .filter(|event| is_request(*event) == requests)
            .map(|event| row(locale, event, &stays))
            .collect::<Vec<_>>()
    };
    let (requests, appointments) = (rows(true), rows(false));
    (
        group(
            td_string!(locale, office_notifications.requests),
            td_string!(locale, office_notifications.requests_effect),
            view! { <div class="divide-y divide-line">{requests}</div> <Beside name="kept"/> },
        ),
        group(
            td_string!(locale, office_notifications.appointments),
            td_string!(locale, office_notifications.appointments_effect),
            view! { <div class="divide-y divide-line">{appointments}</div> },
        ),
    )
}

/// One event: for everybody who is told of it, a box for each channel there is.
fn row(locale: Locale, event: Event, stays: &dyn Fn(&Tick) -> bool) -> AnyView {
    let all = ticks(event);
    let of = |recipient: Recipient| {
        let mine: Vec<Tick> = all
            .iter()
            .filter(|tick| tick.recipient == recipient)
            .copied()
            .collect();
        let boxes = mine.iter().map(|tick| one(locale, tick, stays(tick)));
        let name = event_words::recipient(recipient, locale);
        (!mine.is_empty()).then(|| {
            view! {
                <div class="flex flex-wrap items-center gap-x-4" role="group" aria-label=name>
                    <span class="w-full text-muted sm:w-44" aria-hidden="true">{name}</span>
                    {boxes.collect_view()}
                </div>
            }
        })
    };
    view! {
        <fieldset class="grid gap-1 py-3 first:pt-0 last:pb-0">
            <legend class="float-left font-semibold">{event_words::event(event, locale)}</legend>
            {Recipient::ALL.iter().map(|recipient| of(*recipient)).collect_view()}
        </fieldset>
    }
    .into_any()
}

fn one(locale: Locale, tick: &Tick, ticked: bool) -> impl IntoView + use<> {
    let word = match tick.channel {
        Channel::Mail => td_string!(locale, office_notifications.mail),
        Channel::Notice => td_string!(locale, office_notifications.notice),
    };
    view! {
        <label class="tick">
            <input type="checkbox" name="kept[]" value=tick.to_string() checked=ticked class="checkbox checkbox-primary"/>
            <span>{word}</span>
        </label>
    }
}

fn reminders(locale: Locale, settings: &NotificationSettings) -> impl IntoView + use<> {
    let [first, second] = settings.leads_min;
    group(
        td_string!(locale, office_notifications.reminders),
        td_string!(locale, office_notifications.reminders_effect),
        (
            lead(
                locale,
                "first_lead",
                "first_unit",
                td_string!(locale, office_notifications.first_lead),
                first,
            ),
            lead(
                locale,
                "second_lead",
                "second_unit",
                td_string!(locale, office_notifications.second_lead),
                second,
            ),
            view! { <p class="field-hint">{td_string!(locale, office_notifications.lead_hint)}</p> },
        ),
    )
}

/// A number and its unit: the largest that leaves no rest.
fn lead(
    locale: Locale,
    name: &'static str,
    unit_name: &'static str,
    label: &'static str,
    minutes: i32,
) -> impl IntoView {
    let unit = match minutes {
        0 => 60,
        whole if whole % DAY == 0 => DAY,
        whole if whole % HOUR == 0 => HOUR,
        _ => 1,
    };
    let units = vec![
        Pick::new("1", td_string!(locale, office_config.minutes)),
        Pick::new(HOUR.to_string(), td_string!(locale, office_config.hours)),
        Pick::new(DAY.to_string(), td_string!(locale, office_config.days)),
    ];
    // What was typed stands in the form; the number is not required where a browser sends none.
    let value = FormState::around()
        .typed(name)
        .unwrap_or_else(|| (minutes / unit).to_string());
    pair(view! {
        <Field name=name kind="number" label=label value=value min="0" max="20160"/>
        <Choice name=unit_name label=td_string!(locale, office_notifications.unit) picks=units value=unit.to_string()/>
    })
}

const HOUR: i32 = 60;
const DAY: i32 = 24 * HOUR;

/// Changes who is told what.
#[server]
pub async fn office_change_notifications(
    version: String,
    #[server(default)] kept: Vec<String>,
    #[server(default)] first_lead: String,
    #[server(default)] first_unit: String,
    #[server(default)] second_lead: String,
    #[server(default)] second_unit: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let changed = ChangedNotifications {
        kept,
        leads_min: [
            minutes(&first_lead, &first_unit, "first_lead")?,
            minutes(&second_lead, &second_unit, "second_lead")?,
        ],
    };
    desk.change_notifications(&who, typed::known(&version)?, &changed)
        .await?;
    ask::go("/office/settings/notifications?done=page");
    Ok(())
}

fn minutes(count: &str, unit: &str, field: &str) -> Result<i32, Trouble> {
    if count.trim().is_empty() {
        return Ok(0);
    }
    let unit = match unit {
        "1440" => DAY,
        "60" => HOUR,
        _ => 1,
    };
    typed::amount(count, field)?
        .checked_mul(unit)
        .ok_or_else(|| typed::beside(Refusal::BadAmount, field))
}
