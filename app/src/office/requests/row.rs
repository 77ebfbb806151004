//! One request in the queue: who, what, when; one press approves where the technician is clear. Drawn on the server; what a
//! press does is decided in `queue.rs`, by what the links and forms are.

use leptos::prelude::*;

use super::decide::{action, decline};
use super::drawing::Drawing;
use super::facts::{Ready, Row};
use crate::i18n::td_string;
use crate::kit::{Icon, Pill, Tone};
use crate::language::quoted;
use crate::office::offers;
use crate::photos;

/// Who, what, when.
pub(super) fn draw(drawing: &Drawing, row: Row) -> impl IntoView + use<> {
    let waits = row.status.tone == Tone::Wait;
    let (tone, word) = if waits {
        (Tone::Info, row.kind.clone())
    } else {
        (row.status.tone, row.status.word.clone())
    };
    let waiting = waits.then(|| view! { <span class="sr-only">{row.status.word.clone()}</span> });
    let ticket = row
        .ticket
        .clone()
        .map(|ticket| view! { " · " <a class="link" href=ticket.href>{ticket.text}</a> });
    // Beside the Schedule the time leads to its day, where the hold stands.
    let when = match drawing
        .place
        .on_day(row.day, &drawing.asked, &row.reference)
    {
        Some(href) => view! { <a class="link" href=href>{row.when.clone()}</a> }.into_any(),
        None => row.when.clone().into_any(),
    };
    // An exact time stays in one line; days in words may break.
    let whole = if row.day.is_some() {
        "whitespace-nowrap"
    } else {
        ""
    };
    let wish = row.wish.clone().map(|wish| view! { " · " {wish} });
    let quote = (!row.quote.is_empty())
        .then(|| view! { <p class="qrow-quote">{quoted(drawing.locale, &row.quote)}</p> });
    let href = drawing.place.one(&drawing.asked, &row.reference);
    view! {
        <div class="qrow-head">
            <h3 class="qrow-name"><a href=href data-open=row.reference.clone()>{row.client}</a> <span class="qrow-reference">" · " {row.reference}</span></h3>
            <Pill tone=tone text=word bare=waits/> {waiting}
        </div>
        <p class="qrow-line">{row.service} " · " <span class=whole>{when}</span> " · " {row.length} {wish} {ticket}</p>
        {quote}
        {photos::small(drawing.locale, &row.photos)}
    }
}

/// One press, or the way to a choice; and declining. Nothing where nothing is left to decide.
pub(super) fn actions(drawing: &Drawing, row: &Row) -> impl IntoView + use<> {
    row.status.open.then(|| open_actions(drawing, row))
}

fn open_actions(drawing: &Drawing, row: &Row) -> impl IntoView + use<> {
    let locale = drawing.locale;
    let href = drawing.place.one(&drawing.asked, &row.reference);
    let approve = match row.ready.clone() {
        Some(ready) => one_press(drawing, ready).into_any(),
        // Where a choice is needed first: a time is proposed for days, an exact one has to be looked at.
        None => {
            let word = match row.day {
                Some(_) => td_string!(locale, queue.review),
                None => td_string!(locale, queue.approve),
            };
            view! { <a class="btn btn-primary btn-sm" href=href data-open=row.reference.clone()>{word}</a> }.into_any()
        }
    };
    let word = match (&row.obstacle, row.ready.is_some()) {
        (Some(obstacle), _) => Some(view! { <span class="pill tone-no">{obstacle.clone()}</span> }.into_any()),
        (None, true) => Some(view! { <span class="qrow-free"><Icon name="icon-[lucide--circle-check]"/> {td_string!(locale, queue.free)}</span> }.into_any()),
        (None, false) => None,
    };
    view! {
        <div class="qrow-actions">
            {approve}
            {decline(drawing, format!("decline-{}", row.reference), (&row.reference, row.version), &row.key, row.reason_required)}
            {row.offers.then(|| offers::behind(locale, &row.reference))}
            {word}
        </div>
    }
}

/// "Approve · Ben": a form that carries everything.
fn one_press(drawing: &Drawing, ready: Ready) -> impl IntoView + use<> {
    let form = ready.form;
    let fields = [
        ("reference", form.reference),
        ("version", form.version),
        ("key", form.key),
        ("technician", form.technician),
        ("date", form.date),
        ("time", form.time),
        ("offset", form.offset),
        ("length", form.length),
        ("ticket", form.ticket),
    ];
    let fields = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action=action::APPROVE class="qrow-approve">
            {drawing.leads_back()} {fields.collect_view()}
            <button class="btn btn-primary btn-sm">{td_string!(drawing.locale, queue.approve_with, name = ready.name).to_string()}</button>
        </form>
    }
}
