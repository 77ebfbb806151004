//! The Requests page, a page for each request, and the panel beside the Schedule: one queue in three places.

use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos_meta::Title;

use super::board::{Failed, Place};
use super::choosing::action;
use super::drawing::Drawing;
use super::queue::{BoardWords, RequestsDesk, Start};
use super::shown::{Approval, Asked, Filter};
use super::{around, read};
use crate::i18n::{Locale, td_string};
use crate::kit::Posted;
use crate::office::changes;
use crate::office::live::Live;
use crate::trouble::Trouble;
use crate::{ask, site};

/// All requests.
#[component]
pub fn Requests() -> impl IntoView {
    site::page(async move { whole(None).await })
}

/// One request; on a wide screen beside the others.
#[component]
pub fn Request() -> impl IntoView {
    site::page(async move {
        let (desk, staff, reference) = (ask::desk()?, ask::staff()?, ask::part("reference"));
        // What clients ask for against visits has references of the same kind.
        Ok(match desk.change_seen(&staff, &reference).await? {
            Some(change) => {
                view! { {changes::draw(&desk, &staff, change).await?} {alive()} }.into_any()
            }
            None => whole(Some(reference)).await?.into_any(),
        })
    })
}

async fn whole(open: Option<String>) -> Result<impl IntoView, Trouble> {
    let (desk, staff, locale) = (ask::desk()?, ask::staff()?, ask::locale());
    let place = Place {
        path: "/office/requests".to_owned(),
        keep: Vec::new(),
        panel: false,
    };
    let title = match &open {
        Some(reference) => format!("{reference} · {}", td_string!(locale, queue.page_title)),
        None => td_string!(locale, queue.page_title).to_owned(),
    };
    let queue = queue(&desk, &staff, place, open, true).await?;
    let changes = changes::rows(&desk, &staff).await?;
    Ok(view! {
        <Title text=title/>
        <h1 class="sr-only">{td_string!(locale, queue.page_title)}</h1>
        {changes}
        {queue}
        {alive()}
    })
}

/// What keeps the page alive.
pub fn alive() -> impl IntoView {
    let page = ask::posted().map(|posted| posted.page);
    view! { <Live pending=ask::viewer().pending page/> }
}

/// The queue beside the Schedule.
///
/// # Errors
/// Not allowed, faults.
pub async fn panel(desk: &Desk, staff: &StaffPass, place: Place) -> Result<AnyView, Trouble> {
    let open = ask::query("open").filter(|reference| !reference.is_empty());
    let changes = changes::rows(desk, staff).await?;
    let queue = queue(desk, staff, place, open, false).await?;
    Ok(view! { {changes} {queue} }.into_any())
}

/// `strict`: a request that does not exist is a page that does not exist.
async fn queue(
    desk: &Desk,
    staff: &StaffPass,
    place: Place,
    open: Option<String>,
    strict: bool,
) -> Result<impl IntoView + use<>, Trouble> {
    let asked = Asked {
        filter: Filter::of(&ask::query("status").unwrap_or_default()),
        search: ask::query("search").unwrap_or_default(),
        page: ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1),
    };
    let posted = ask::posted()
        .filter(|posted| posted.action == action::APPROVE || posted.action == action::DECLINE);
    let failed = posted.as_ref().and_then(failed);
    let open = failed
        .as_ref()
        .map(|failed| failed.reference.clone())
        .or(open);
    let typed = typed(posted.as_ref());
    let page = posted.map(|posted| posted.page);
    let mut drawing = Drawing::here(place.clone(), asked, page);
    let open = match open {
        Some(reference) => match drawing
            .details(desk, staff, &reference, typed.as_ref())
            .await
        {
            Ok(details) => Some(details),
            Err(trouble) if strict => return Err(trouble),
            Err(_) => None,
        },
        None => None,
    };
    let queue = drawing.queue(desk, staff).await?;
    drawing.asked = queue.asked.clone();
    let head = around::head(&drawing, &queue);
    let start = Start {
        place,
        queue,
        open,
        failed,
        words: words(drawing.locale),
    };
    let locale = drawing.locale;
    Ok(view! {
        <RequestsDesk start>{head}</RequestsDesk>
        {around::help(locale)}
    })
}

fn words(locale: Locale) -> BoardWords {
    BoardWords {
        title: td_string!(locale, queue.title).to_owned(),
        choose: td_string!(locale, queue.choose).to_owned(),
        choose_text: td_string!(locale, queue.choose_text).to_owned(),
        approved: td_string!(locale, status.request.approved).to_owned(),
        declined: td_string!(locale, status.request.declined).to_owned(),
        changed: td_string!(locale, queue.changed).to_owned(),
        load_again: td_string!(locale, queue.load_again).to_owned(),
        unreachable: Trouble::Unreachable.words(locale),
    }
}

fn failed(posted: &Posted) -> Option<Failed> {
    let reference = posted.value("reference")?.to_owned();
    Some(Failed {
        reference,
        why: posted.trouble.words(ask::locale()),
    })
}

/// What the approve form holds instead of what it starts from: what was refused, or what the URL says ("Check the time").
fn typed(posted: Option<&Posted>) -> Option<Approval> {
    let approving = posted.filter(|posted| posted.action == action::APPROVE);
    let value = |name: &str| match approving {
        Some(posted) => posted.value(name).map(str::to_owned),
        None => ask::query(name),
    };
    let form = Approval {
        technician: value("technician").unwrap_or_default(),
        date: value("date")?,
        time: value("time")?,
        offset: value("offset").unwrap_or_default(),
        length: value("length").unwrap_or_default(),
        internal_notes: value("internal_notes").unwrap_or_default(),
        ticket: value("ticket").unwrap_or_default(),
        override_reason: value("override_reason").unwrap_or_default(),
        ..Approval::default()
    };
    Some(match value("at") {
        Some(at) => read::taken(form, &at),
        None => form,
    })
}
