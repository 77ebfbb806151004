//! "Make Changes": what can be done about one visit, until when, and what waits. What is too late says so and offers a
//! message instead.

use booking::policy::PortalMode;
use booking::refusal::Refusal;
use desk::changes_shown::VisitWays;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::change::WithdrawChange;
use super::shown::{banner, outcome, wanted};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Form, Hidden, Icon, Look, PageHead};
use crate::trouble::words;

/// Where a message about a visit is written.
pub fn message_link(visit: &str) -> String {
    format!("/messages/new?about={visit}")
}

/// The page `/visits/{ref}/changes`.
#[component]
pub fn MakeChangesPage() -> impl IntoView {
    crate::site::page(async move {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        let reference = ask::part("ref");
        let visit = desk.my_visit(&who, &reference).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let ways = desk.my_visit_ways(&who, &reference).await?;
        let ways = ways.ok_or(Refusal::NotFound)?;
        let (locale, reader) = (ask::locale(), ask::reader());
        let back = (format!("/visits/{reference}"), visit.service_name.clone());
        let when = reader.span(visit.start, visit.end);
        Ok(view! {
            <PageHead title=td_string!(locale, changes.title) back=back/>
            <div class="flex max-w-xl flex-col gap-4">
                <p><span class="font-semibold">{visit.service_name.clone()}</span>" · "<span class="tabular-nums">{when}</span></p>
                {match &ways.open {
                    Some(open) => view! {
                        <section class="sheet flex flex-col gap-3 p-4">
                            {banner(open)}
                            {wanted(open)}
                            {take_back(&reference)}
                        </section>
                    }.into_any(),
                    None => choices(&ways).into_any(),
                }}
            </div>
        })
    })
}

/// Takes back what waits.
pub fn take_back(visit: &str) -> impl IntoView + use<> {
    let locale = ask::locale();
    let visit = visit.to_owned();
    view! {
        <Form action=WithdrawChange::PATH posted=ask::posted() locale>
            <Hidden name="visit" value=visit/>
            <Button>{td_string!(locale, changes.take_back)}</Button>
        </Form>
    }
}

fn choices(ways: &VisitWays) -> impl IntoView + use<> {
    let (locale, visit) = (ask::locale(), ways.visit.clone());
    let message = message_link(&visit);
    if ways.mode == PortalMode::Message {
        return view! {
            <section class="sheet flex flex-col items-start gap-3 p-4">
                <p>{td_string!(locale, changes.by_message)}</p>
                <ButtonLink href=message look=Look::Primary><Icon name="icon-[lucide--mail]" class="size-4"/> {td_string!(locale, changes.write)}</ButtonLink>
            </section>
        }
        .into_any();
    }
    let (_, text, open) = outcome(ways);
    let until = |until: booking::policy::Deadline| {
        td_string!(locale, changes.until, when = ask::reader().moment(until.at))
    };
    let cancel = format!("/visits/cancel?visit={visit}");
    let change = format!("/visits/{visit}/change");
    let (may_change, why) = match ways.change {
        Ok(()) => (true, td_string!(locale, changes.change.text).to_owned()),
        Err(why) => (false, words(why, locale).to_owned()),
    };
    let notes = ways.text.clone();
    view! {
        <section class="sheet flex flex-col items-start gap-2 p-4" aria-labelledby="change">
            <h2 id="change" class="font-semibold">{td_string!(locale, changes.change.title)}</h2>
            <p class="text-sm text-muted">{why}</p>
            {may_change.then(|| view! {
                <p class="text-sm text-muted">{until(ways.change_until)}</p>
                <ButtonLink href=change look=Look::Primary>{td_string!(locale, changes.change.button)}</ButtonLink>
            })}
        </section>
        <section class="sheet flex flex-col items-start gap-2 p-4" aria-labelledby="cancel">
            <h2 id="cancel" class="font-semibold">{td_string!(locale, changes.cancel.title)}</h2>
            <p class="text-sm text-muted">{text}</p>
            {(!notes.is_empty()).then(|| view! { <p class="text-sm whitespace-pre-line text-muted">{notes}</p> })}
            {open.then(|| view! {
                <p class="text-sm text-muted">{until(ways.cancel_until)}</p>
                <ButtonLink href=cancel look=Look::Danger>{td_string!(locale, changes.cancel.title)}</ButtonLink>
            })}
        </section>
        {(!open || !may_change).then(|| view! {
            <p><a class="link" href=message>{td_string!(locale, changes.write)}</a></p>
        })}
    }
    .into_any()
}
