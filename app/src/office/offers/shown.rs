//! Offers among the details of a request: the ways to make one, those that were made, and how history tells of them.

use booking::offer::OfferKind;
use desk::offers_shown::OfferSeen;
use desk::request_history::HistoryLine;
use leptos::prelude::*;

use crate::i18n::{Locale, td_string};
use crate::kit::{Icon, Pill, Reader, money};
use crate::language::quoted;
use crate::quote_sheet::status_to_staff;

/// The ways to answer with an offer, beside Approve and Decline.
pub fn links(locale: Locale, reference: &str) -> impl IntoView + use<> {
    view! { <span class="-ms-2 flex flex-wrap">{both(locale, reference)}</span> }
}

fn both(locale: Locale, reference: &str) -> impl IntoView + use<> {
    let times = format!("/office/requests/{reference}/times");
    let quote = format!("/office/requests/{reference}/quote");
    view! {
        <a class="btn btn-quiet btn-sm" href=times>{td_string!(locale, offers.propose)}</a>
        <a class="btn btn-quiet btn-sm" href=quote>{td_string!(locale, offers.quote)}</a>
    }
}

/// The same in a row of the queue, behind one small button that opens a small menu: a row has one line for what it can be
/// answered with, on a phone too.
pub fn behind(locale: Locale, reference: &str) -> impl IntoView + use<> {
    view! {
        <details class="answers relative">
            <summary class="btn btn-plain btn-sm btn-square" title=td_string!(locale, offers.answers)><Icon name="icon-[lucide--ellipsis]"/><span class="sr-only">{td_string!(locale, offers.answers)}</span></summary>
            <div class="sheet absolute end-0 z-10 grid w-max p-1">{both(locale, reference)}</div>
        </details>
    }
}

/// What was offered, the newest first.
pub fn list(reader: &Reader, offers: &[OfferSeen]) -> Option<impl IntoView + use<>> {
    let locale = reader.locale;
    let rows = offers.iter().map(|offer| one(reader, offer));
    let rows = rows.collect_view();
    (!offers.is_empty()).then(|| {
        view! {
            <h3 class="details-heading">{td_string!(locale, offers.list)}</h3>
            <ul class="flex flex-col gap-2">{rows}</ul>
        }
    })
}

fn one(reader: &Reader, offer: &OfferSeen) -> impl IntoView + use<> {
    let locale = reader.locale;
    let (tone, word) = status_to_staff(offer.status, locale);
    let times = offer.times.iter().map(|time| {
        let text = format!(
            "{} · {}",
            reader.span(time.start, time.end),
            time.technician
        );
        view! { <li>{text}</li> }
    });
    let times = times.collect_view();
    let quote = offer.reference.clone().map(|reference| {
        let total = money(offer.price.total_minor, &offer.price.currency, locale);
        let text = format!("{reference} · {total}");
        view! { <a class="link tabular-nums" href=format!("/office/quotes/{reference}")>{text}</a> }
    });
    let name = match offer.kind {
        OfferKind::Times => Some(td_string!(locale, offers.propose)),
        OfferKind::Quote => None,
    };
    let word_of = |text: Option<&str>| {
        let text = text.filter(|text| !text.is_empty())?.to_owned();
        Some(view! { <p class="qrow-quote">{quoted(locale, &text)}</p> })
    };
    view! {
        <li>
            <p class="flex flex-wrap items-center gap-2">{name} {quote} <Pill tone text=word/></p>
            <ul class="text-sm tabular-nums">{times}</ul>
            {word_of(Some(&offer.note))}
            {word_of(offer.word.as_deref())}
        </li>
    }
}

/// What a line of history says, where it is about an offer; the times are said besides.
#[must_use]
pub fn step(reader: &Reader, line: &HistoryLine, name: &str) -> Option<(String, Vec<String>)> {
    let (locale, name) = (reader.locale, name.to_owned());
    let offer = line.offer.as_ref();
    let quote = offer.and_then(|offer| {
        let total = money(offer.total, &offer.currency, locale);
        offer.quote.clone().map(|reference| (reference, total))
    });
    let what = match (line.what.as_str(), quote) {
        ("times_proposed", _) => td_string!(locale, offers.happened.times, name = name),
        ("quote_sent", Some((reference, total))) => {
            td_string!(
                locale,
                offers.happened.quote,
                name = name,
                reference = reference,
                total = total
            )
        }
        ("approved", Some((reference, total))) => {
            td_string!(
                locale,
                offers.happened.accepted_quote,
                name = name,
                reference = reference,
                total = total
            )
        }
        ("approved", None) if offer.is_some() => {
            td_string!(locale, offers.happened.accepted, name = name)
        }
        ("offer_refused", _) => td_string!(locale, offers.happened.refused, name = name),
        ("offer_lost", _) => td_string!(locale, offers.happened.lost).to_owned(),
        _ => return None,
    };
    let times = offer.iter().flat_map(|offer| offer.times.iter());
    let times = times.map(|span| reader.span(span.start(), span.end()));
    Some((what, times.collect()))
}
