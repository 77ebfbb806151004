//! Everything about one request (A8), its history, and the decision; at the right of the queue, or a page on a phone.

use leptos::prelude::*;

use super::board::Board;
use super::decide::Decide;
use super::shown::{Details, Step};
use crate::i18n::{Locale, td_string};
use crate::kit::{Empty, Pill};

/// The details that are open, or what to do where none are.
#[component]
pub(super) fn DetailsView(
    /// The queue beside it.
    board: Board,
) -> impl IntoView {
    let locale = board.locale;
    // Drawn again only when another request is opened or the desk was asked again: typing survives the queue's events.
    move || {
        match board.open.get() {
        Some(details) => view! { <article class="details" aria-labelledby="details-title">{draw(board, details)}</article> }.into_any(),
        None => view! {
            <div class="details details-none">
                <Empty icon="icon-[lucide--mouse-pointer-click]" title=td_string!(locale, queue.choose) text=td_string!(locale, queue.choose_text)/>
            </div>
        }
        .into_any(),
    }
    }
}

fn draw(board: Board, details: Details) -> impl IntoView {
    let locale = board.locale;
    let back = board
        .place
        .with_value(|place| place.list(&board.queue.with_untracked(|queue| queue.asked.clone())));
    let row = details.row.clone();
    let outcome = [details.decided.clone(), details.held.clone()]
        .into_iter()
        .flatten();
    let outcome = outcome
        .map(|line| view! { <p class="details-outcome">{line}</p> })
        .collect_view();
    let failure = details
        .deciding
        .is_none()
        .then(|| board.failure(&row.reference))
        .flatten();
    let failure = failure.map(
        |trouble| view! { <p class="banner tone-no" role="alert">{trouble.words(locale)}</p> },
    );
    view! {
        <header class="details-head">
            <a class="link details-back" href=back>{td_string!(locale, queue.back)}</a>
            <h2 class="details-title" id="details-title">{row.client.clone()} <span class="qrow-reference">" · " {row.reference.clone()}</span></h2>
            <Pill tone=row.status.tone.into() text=row.status.word.clone()/>
        </header>
        {failure}
        {outcome}
        {facts(locale, &details)}
        {details.deciding.clone().map(|deciding| view! { <Decide board deciding key=row.key.clone()/> })}
        <h3 class="details-heading">{td_string!(locale, queue.history)}</h3>
        <ol class="details-history">{details.history.into_iter().map(step).collect_view()}</ol>
    }
}

fn facts(locale: Locale, details: &Details) -> impl IntoView + use<> {
    let row = &details.row;
    let text = |word: &'static str, value: &str| {
        (!value.is_empty()).then(|| view! { <div><dt>{word}</dt><dd>{value.to_owned()}</dd></div> })
    };
    let link = |word: &'static str, href: String, value: String| {
        (!value.is_empty()).then(
            || view! { <div><dt>{word}</dt><dd><a class="link" href=href>{value}</a></dd></div> },
        )
    };
    let ticket = row
        .ticket
        .clone()
        .map(|ticket| link(td_string!(locale, queue.ticket), ticket.href, ticket.text));
    let visit = details
        .visit
        .clone()
        .map(|visit| link(td_string!(locale, queue.visit), visit.href, visit.text));
    view! {
        <dl class="facts">
            {link(td_string!(locale, queue.client), details.client_href.clone(), row.client.clone())}
            {link(td_string!(locale, queue.email), format!("mailto:{}", details.email), details.email.clone())}
            {link(td_string!(locale, queue.phone), format!("tel:{}", details.phone.replace(' ', "")), details.phone.clone())}
            {text(td_string!(locale, queue.kind), &row.kind)}
            {text(td_string!(locale, queue.service), &row.service)}
            {text(td_string!(locale, queue.when), &row.when)}
            {text(td_string!(locale, queue.length), &row.length)}
            {ticket} {visit}
        </dl>
        {paragraph(td_string!(locale, queue.description), &details.description)}
        {details.reason.as_ref().map(|reason| paragraph(td_string!(locale, queue.declined_because), reason))}
        {details.deciding.is_none().then(|| paragraph(td_string!(locale, queue.notes), &details.notes))}
    }
}

fn paragraph(word: &'static str, text: &str) -> Option<impl IntoView + use<>> {
    let text = text.to_owned();
    (!text.is_empty()).then(|| view! { <div class="facts-text"><h3 class="details-heading">{word}</h3><p>{text}</p></div> })
}

fn step(step: Step) -> impl IntoView {
    let more = (!step.more.is_empty()).then(|| view! { <p class="details-more">{step.more}</p> });
    view! { <li><span class="details-when">{step.when}</span> <div><p>{step.what}</p>{more}</div></li> }
}
