//! Everything about one request (A8), its history, and the decision; at the right of the queue, or a page on a phone, or in
//! its row beside the Schedule. Drawn on the server.

use leptos::prelude::*;

use super::drawing::Drawing;
use super::facts::{About, Step};
use super::{decide, undo};
use crate::answer_words;
use crate::i18n::{Locale, td_string};
use crate::kit::{Pill, asked};
use crate::photos;

/// The details.
pub(super) fn whole(drawing: &Drawing, about: About) -> impl IntoView + use<> {
    let locale = drawing.locale;
    let back = drawing.place.list(&drawing.asked);
    let row = about.row.clone();
    let outcome = [about.decided.clone(), about.held.clone()]
        .into_iter()
        .flatten();
    let outcome = outcome
        .map(|line| view! { <p class="details-outcome">{line}</p> })
        .collect_view();
    let form = about
        .deciding
        .clone()
        .map(|deciding| decide::draw(drawing, deciding, &row.key));
    let undo = undo::draw(locale, &row.reference, about.undo.as_ref(), &row.key);
    view! {
        <header class="details-head">
            <a class="link details-back" href=back>{td_string!(locale, queue.back)}</a>
            <h2 class="details-title" id="details-title">{row.client.clone()} <span class="qrow-reference">" · " {row.reference.clone()}</span></h2>
            <Pill tone=row.status.tone text=row.status.word.clone()/>
        </header>
        {outcome}
        {undo}
        {facts(locale, &about)}
        {form}
        {about.offers.map(|html| view! { <div inner_html=html></div> })}
        <h3 class="details-heading">{td_string!(locale, queue.history)}</h3>
        <ol class="details-history">{about.history.into_iter().map(step).collect_view()}</ol>
    }
}

/// The form inside a row, and the way to everything else.
pub(super) fn inside(drawing: &Drawing, about: About) -> impl IntoView + use<> {
    let href = format!("/office/requests/{}", about.row.reference);
    let decided = about
        .decided
        .map(|decided| view! { <p class="qrow-line">{decided}</p> });
    let form = about
        .deciding
        .map(|deciding| decide::draw(drawing, deciding, &about.row.key));
    let undo = undo::draw(
        drawing.locale,
        &about.row.reference,
        about.undo.as_ref(),
        &about.row.key,
    );
    view! {
        {decided}
        {undo}
        {form}
        <a class="link qrow-all" href=href>{td_string!(drawing.locale, queue.all_details)}</a>
    }
}

fn facts(locale: Locale, about: &About) -> impl IntoView + use<> {
    let row = &about.row;
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
    let visit = about
        .visit
        .clone()
        .map(|visit| link(td_string!(locale, queue.visit), visit.href, visit.text));
    // The business's own word is not known when the program is built.
    let (label, subjects) = about.subjects.clone();
    let subjects =
        (!subjects.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{subjects}</dd></div> });
    view! {
        <dl class="facts">
            {link(td_string!(locale, queue.client), about.client_href.clone(), row.client.clone())}
            {link(td_string!(locale, queue.email), format!("mailto:{}", about.email), about.email.clone())}
            {link(td_string!(locale, queue.phone), format!("tel:{}", about.phone.replace(' ', "")), about.phone.clone())}
            {text(td_string!(locale, queue.kind), &row.kind)}
            {text(td_string!(locale, queue.service), &row.service)}
            {text(td_string!(locale, queue.when), &asked::sentence(&row.when))}
            {text(td_string!(locale, queue.length), &row.length)}
            {text(td_string!(locale, queue.wish), &about.wish)}
            {subjects}
            {text(td_string!(locale, queue.seats), &about.seats)}
            {ticket} {visit}
        </dl>
        {answer_words::list(&about.answers)}
        {paragraph(td_string!(locale, queue.description), &about.description)}
        {photos::strip(locale, &row.photos)}
        {about.reason.as_ref().map(|reason| paragraph(td_string!(locale, queue.declined_because), reason))}
        {about.deciding.is_none().then(|| paragraph(td_string!(locale, queue.notes), &about.notes))}
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
