//! The last step: everything in one view, and the form that sends it. The form carries the instant and an idempotency
//! key; whatever is refused stands here with what can be done about it.

use booking::ids::ServiceId;
use booking::request::RequestStatus;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::choices::Choices;
use super::choose::{Ask, Still, Taken};
use super::in_words::{self, Row};
use super::parts::{Carried, Question, Step};
use super::photos;
use super::questions::{Asked, WRONG};
use super::submit::SubmitRequest;
use super::times::{asked, find_service, still};
use super::window::SubmitWindow;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Banner, Button, Form, Hidden, Icon, Look, Posted, Tone};
use crate::trouble::Trouble;

/// The page `/request/{service}/check`.
#[component]
pub fn Check() -> impl IntoView {
    crate::site::page(async move {
        let mut choices = Choices::here();
        let service = find_service(&ask::part("service")).await?;
        choices.length = Some(in_words::length_or_first(&service.lengths, choices.length));
        let page = format!("/request/{}", service.id);
        if choices.start.is_none() && !choices.window.is_asked() {
            ask::go(&choices.link(&page));
        }
        photos::not_forgotten(&choices, &page);
        photos::go_on_with(&mut choices).await?;
        let action = match choices.window.is_asked() {
            true => SubmitWindow::PATH,
            false => SubmitRequest::PATH,
        };
        let posted = ask::posted().filter(|posted| posted.is(action, None));
        let standing = standing(service.id, &choices).await?;
        let asked = Asked::load(service.id, &choices).await?;
        let chosen = choices.start.is_some() || choices.window.is_asked();
        if chosen && asked.wrong() && posted.is_none() {
            ask::go(&format!(
                "{}&{WRONG}=1",
                choices.link(&format!("{page}/details"))
            ));
        }
        let mut rows = in_words::summary(&service, &choices, &asked).await?;
        rows.extend(photos::row(&choices));
        let locale = ask::locale();
        let note = td_string!(
            locale,
            portal.wizard.send_note,
            business = ask::business().name
        );
        Ok(view! {
            <Step number=4 back=choices.link(&format!("{page}/details")) question=td_string!(locale, portal.wizard.check)/>
            <Question text=td_string!(locale, portal.wizard.check)/>
            {before(&standing, &choices, &format!("{page}/check"))}
            <Form action=action posted=posted.clone() locale=locale class="flex max-w-2xl flex-col gap-4 pb-24 lg:pb-0">
                {summary(rows, posted.as_ref(), &choices, &page)}
                <Hidden name="service" value=service.id.to_string()/>
                <Carried choices=choices.clone()/>
                {typed(&choices)}
                <Hidden name="key" value=key(&choices)/>
                <p class="text-sm text-muted">{note}</p>
                <div class="choice-bar">
                    <div class="choice-bar-text">
                        <strong>{in_words::choice_line(&choices)}</strong>
                        <small>{(service.holds && choices.start.is_some()).then(|| td_string!(locale, portal.wizard.held))}</small>
                    </div>
                    <Button look=Look::Primary>
                        <Icon name="icon-[lucide--send]"/>
                        {if choices.earlier.is_some() { td_string!(locale, portal.wizard.already_new) } else { td_string!(locale, portal.wizard.send) }}
                    </Button>
                </div>
            </Form>
        })
    })
}

/// Notes, ticket, subjects, answers and photos, carried unseen.
pub fn typed(choices: &Choices) -> impl IntoView + use<> {
    let Choices {
        notes,
        ticket,
        subjects,
        answers,
        photos,
        ..
    } = choices.clone();
    let answers = answers.into_iter().map(|(key, typed)| {
        view! { <input type="hidden" name=format!("answer[{key}]") value=typed/> }
    });
    let photos = photos
        .into_iter()
        .map(|photo| view! { <Hidden name="photo[]" value=photo/> });
    let subjects = subjects
        .into_iter()
        .map(|subject| view! { <Hidden name="subject[]" value=subject/> });
    view! {
        <Hidden name="notes" value=notes.unwrap_or_default()/>
        <Hidden name="ticket" value=ticket.unwrap_or_default()/>
        {subjects.collect_view()}
        {answers.collect_view()}
        {photos.collect_view()}
    }
}

/// The key that the details drew; a fresh one, when the old one was used for something else and this is to be sent as new.
fn key(choices: &Choices) -> String {
    choices
        .key
        .clone()
        .filter(|_| choices.earlier.is_none())
        .unwrap_or_else(ask::fresh_key)
}

/// How the time stands when the page is drawn.
enum Standing {
    /// It can be had.
    Free,
    /// This client waits for it already, under this reference: one has come back after sending.
    Yours(String),
    /// Somebody else has it.
    Lost(Taken),
}

/// Asked when the page is drawn, so that one need not send to find out.
async fn standing(service: ServiceId, choices: &Choices) -> Result<Standing, Trouble> {
    let Some(start) = choices.start.filter(|_| choices.earlier.is_none()) else {
        return Ok(Standing::Free);
    };
    let ask = Ask {
        service: service.to_string(),
        length: choices.length.unwrap_or_default(),
        with: choices.with.clone(),
        seats: choices.seats.unwrap_or(1),
        moving: None,
    };
    let Still::Taken(taken) = still(&asked(&ask)?, start).await? else {
        return Ok(Standing::Free);
    };
    let waiting = ask::desk()?
        .my_requests(&ask::contact()?, Some(RequestStatus::Pending), 0)
        .await?;
    let own = waiting
        .rows
        .into_iter()
        .find(|row| row.service == service && row.start == Some(start));
    Ok(own.map_or(Standing::Lost(taken), |row| Standing::Yours(row.reference)))
}

/// What is to be said before the summary.
fn before(standing: &Standing, choices: &Choices, page: &str) -> Option<AnyView> {
    let locale = ask::locale();
    match (standing, &choices.earlier) {
        (Standing::Lost(taken), _) => Some(lost(taken, choices, page).into_any()),
        (Standing::Yours(own), _) => {
            let says = td_string!(locale, portal.wizard.yours, reference = own.clone());
            Some(already(says, own).into_any())
        }
        (Standing::Free, Some(earlier)) => {
            let says = td_string!(locale, portal.wizard.already, reference = earlier.clone());
            Some(already(says, earlier).into_any())
        }
        (Standing::Free, None) => None,
    }
}

/// The time was taken: the sentence, and the nearest times as links that keep everything else.
pub fn lost(taken: &Taken, choices: &Choices, page: &str) -> impl IntoView + use<> {
    let locale = ask::locale();
    let path = choices.path(page);
    let says = taken.says.clone();
    let links = taken.nearest.iter().map(|chip| {
        let href = format!("{path}day={}&start={}", chip.date, chip.start);
        view! { <li><a class="slot" href=href>{chip.line.clone()}</a></li> }
    });
    let links: Vec<_> = links.collect();
    let word = if links.is_empty() {
        td_string!(locale, portal.wizard.taken_none)
    } else {
        td_string!(locale, portal.wizard.nearest)
    };
    view! {
        <div class="mb-4 max-w-2xl" id="taken">
            <Banner tone=Tone::Wait alert=true>
                <p class="font-semibold">{says}</p>
                <p>{word}</p>
            </Banner>
            <ul class="slots-lines mt-3">{links}</ul>
        </div>
    }
}

/// "Already sent as R-…", with the way there.
fn already(says: String, reference: &str) -> impl IntoView + use<> {
    let see = td_string!(
        ask::locale(),
        portal.wizard.already_see,
        reference = reference.to_owned()
    );
    let href = format!("/requests/{reference}");
    view! {
        <div class="mb-4 max-w-2xl">
            <Banner tone=Tone::Wait alert=true>
                <p>{says}</p>
                <a class="link" href=href>{see}</a>
            </Banner>
        </div>
    }
}

fn summary(
    rows: Vec<Row>,
    posted: Option<&Posted>,
    choices: &Choices,
    page: &str,
) -> impl IntoView + use<> {
    let locale = ask::locale();
    let rows = rows.into_iter().map(|row| {
        let wrong = posted.filter(|posted| row.field.is_some() && posted.trouble.field() == row.field).map(|posted| posted.trouble.words(locale));
        let change = row.step.map(|step| choices.link(&format!("{page}{step}")));
        view! {
            <div class="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-3 sm:grid-cols-[7rem_minmax(0,1fr)_auto]">
                <dt class="text-sm text-muted max-sm:col-start-1">{row.name.clone()}</dt>
                <dd class="min-w-0 max-sm:col-start-1 max-sm:row-start-2">
                    <span class="break-words whitespace-pre-line">{row.value}</span>
                    {wrong.map(|words| view! { <p class="field-error" role="alert"><Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/>{words}</p> })}
                </dd>
                <dd class="self-center max-sm:col-start-2 max-sm:row-span-2 max-sm:row-start-1">{change.map(|href| view! { <a href=href class="link text-sm font-semibold">{td_string!(locale, portal.wizard.change)} <span class="sr-only">{row.name}</span></a> })}</dd>
            </div>
        }
    });
    view! { <dl class="sheet divide-y divide-line">{rows.collect_view()}</dl> }
}
