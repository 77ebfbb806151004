//! A quote as both sides read it: its lines, its sums, until when it holds. On the server only.

use booking::offer::OfferStatus;
use desk::offers_shown::{LineSeen, OfferSeen, PriceSeen, QuotePaper};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::money::decimal_mark;
use crate::kit::{Icon, PageHead, Pill, Reader, Tone, money};

/// The lines and the sums.
pub fn table(offer: &OfferSeen, locale: Locale) -> impl IntoView + use<> {
    let price = offer.price.clone();
    let rows = offer.lines.iter().map(|one| line(one, &price, locale));
    let rows = rows.collect_view();
    let label = match &offer.reference {
        Some(reference) => {
            td_string!(locale, offers.quote_paper, reference = reference.clone())
        }
        None => td_string!(locale, offers.lines).to_owned(),
    };
    view! {
        <table class="w-full text-sm tabular-nums" aria-label=label>
            <thead>
                <tr class="border-b border-line text-muted">
                    <th scope="col" class="py-1.5 text-start font-semibold">{td_string!(locale, offers.words)}</th>
                    <th scope="col" class="px-2 py-1.5 text-end font-semibold">{td_string!(locale, offers.quantity)}</th>
                    <th scope="col" class="px-2 py-1.5 text-end font-semibold max-sm:hidden">{td_string!(locale, offers.unit)}</th>
                    <th scope="col" class="py-1.5 text-end font-semibold">{td_string!(locale, offers.amount)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>{sums(&price, locale)}</tfoot>
        </table>
    }
}

fn line(line: &LineSeen, price: &PriceSeen, locale: Locale) -> impl IntoView + use<> {
    let amount = |minor| money(minor, &price.currency, locale);
    view! {
        <tr class="border-b border-line align-top">
            <th scope="row" class="py-1.5 text-start font-normal break-words">{line.words.clone()}</th>
            <td class="px-2 py-1.5 text-end">{hundredths(line.hundredths, locale)}</td>
            <td class="px-2 py-1.5 text-end whitespace-nowrap max-sm:hidden">{amount(line.unit_minor)}</td>
            <td class="py-1.5 text-end whitespace-nowrap">{amount(line.total_minor)}</td>
        </tr>
    }
}

fn sums(price: &PriceSeen, locale: Locale) -> impl IntoView + use<> {
    let row = |word: String, minor: i64, last: bool| {
        let class = if last { "text-base font-semibold" } else { "" };
        view! {
            <tr class=class>
                <th scope="row" colspan="2" class="py-1 text-start font-[inherit]">{word}</th>
                <td class="max-sm:hidden"></td>
                <td class="py-1 text-end whitespace-nowrap">{money(minor, &price.currency, locale)}</td>
            </tr>
        }
    };
    let rate = hundredths(price.tax_bp, locale);
    let tax = (price.tax_bp > 0).then(|| {
        [
            row(
                td_string!(locale, offers.net).to_owned(),
                price.net_minor,
                false,
            ),
            row(
                td_string!(locale, offers.tax_of, rate = rate),
                price.tax_minor,
                false,
            ),
        ]
    });
    let total = row(
        td_string!(locale, offers.total).to_owned(),
        price.total_minor,
        true,
    );
    view! { {tax.map(IntoView::into_view)} {total} }
}

/// "1.5", in Spanish "1,5": a number of hundredths without what is not needed.
#[must_use]
pub fn hundredths(number: u32, locale: Locale) -> String {
    let (whole, rest) = (number / 100, number % 100);
    let mark = decimal_mark(locale);
    let text = match rest {
        0 => whole.to_string(),
        _ => format!("{whole}{mark}{rest:02}"),
    };
    match rest {
        0 => text,
        _ => text.trim_end_matches('0').to_owned(),
    }
}

/// Where an offer stands, in a word.
#[must_use]
pub fn status(status: OfferStatus, locale: Locale) -> (Tone, &'static str) {
    match status {
        OfferStatus::Open => (Tone::Wait, td_string!(locale, offers.status.open)),
        OfferStatus::Accepted => (Tone::Yes, td_string!(locale, offers.status.accepted)),
        OfferStatus::Refused => (Tone::No, td_string!(locale, offers.status.refused)),
        OfferStatus::Replaced => (Tone::Off, td_string!(locale, offers.status.replaced)),
        OfferStatus::Dropped => (Tone::Off, td_string!(locale, offers.status.dropped)),
        OfferStatus::Lost => (Tone::Off, td_string!(locale, offers.status.lost)),
        OfferStatus::Expired => (Tone::Off, td_string!(locale, offers.status.expired)),
    }
}

/// The same in words for staff.
#[must_use]
pub fn status_to_staff(offer: OfferStatus, locale: Locale) -> (Tone, &'static str) {
    let (tone, word) = status(offer, locale);
    match offer {
        OfferStatus::Open => (tone, td_string!(locale, queue.awaiting_client)),
        OfferStatus::Accepted
        | OfferStatus::Refused
        | OfferStatus::Replaced
        | OfferStatus::Dropped
        | OfferStatus::Lost
        | OfferStatus::Expired => (tone, word),
    }
}

/// The quote on paper: on the screen with the way back and a button that prints, on paper alone.
pub fn paper(
    quote: &QuotePaper,
    reader: &Reader,
    back: String,
    (tone, word): (Tone, &'static str),
) -> impl IntoView + use<> {
    let (locale, offer) = (reader.locale, &quote.offer);
    let reference = offer.reference.clone().unwrap_or_default();
    let title = td_string!(locale, offers.quote_paper, reference = reference);
    let (label, named) = (title.clone(), title.clone());
    let back = (
        back,
        td_string!(locale, offers.back, reference = quote.request.clone()),
    );
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let note = (!offer.note.is_empty())
        .then(|| view! { <p class="whitespace-pre-line">{offer.note.clone()}</p> });
    view! {
        <div class="on-screen">
            <PageHead title=title back=back>
                <Pill tone text=word/>
                <button type="button" class="btn btn-primary script-on" data-print=""><Icon name="icon-[lucide--printer]"/> {td_string!(locale, offers.print)}</button>
            </PageHead>
        </div>
        <div class="sheet mx-auto max-w-2xl"><article class="paper flex flex-col gap-4 p-5" aria-label=named>
            <header class="flex flex-wrap justify-between gap-3">
                <p class="font-semibold">{ask::business().name}</p>
                <p class="text-muted tabular-nums">{label}</p>
            </header>
            <dl class="grid gap-1">{about(quote, reader)}</dl>
            {table(offer, locale)}
            {note}
            <p class="text-sm text-muted">{td_string!(locale, offers.valid_to, time = reader.moment(offer.expires))}</p>
        </article></div>
        <script type="module" nonce=nonce inner_html=include_str!("office/print.js")></script>
    }
}

/// For whom, for what, when.
fn about(quote: &QuotePaper, reader: &Reader) -> impl IntoView + use<> {
    let locale = reader.locale;
    let times = quote.offer.times.iter().map(|time| {
        let with = td_string!(locale, offers.with, technician = time.technician.clone());
        format!("{}, {with}", reader.span(time.start, time.end))
    });
    let times: Vec<String> = times.collect();
    let address = quote.address.clone().unwrap_or_default();
    let client = match address.is_empty() {
        true => quote.client.clone(),
        false => format!("{}\n{address}", quote.client),
    };
    let sent = reader.day(reader.date(quote.offer.created));
    let rows = [
        (td_string!(locale, offers.date), sent),
        (td_string!(locale, offers.for_client), client),
        (td_string!(locale, queue.service), quote.service.clone()),
        (td_string!(locale, offers.when), times.join("\n")),
    ];
    rows.map(|(word, value)| {
        view! { <div class="flex gap-3"><dt class="w-32 shrink-0 text-muted">{word}</dt><dd class="min-w-0 whitespace-pre-line">{value}</dd></div> }
    })
    .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_without_what_is_not_needed() {
        for (number, en, es) in [
            (100, "1", "1"),
            (150, "1.5", "1,5"),
            (5, "0.05", "0,05"),
            (1_000, "10", "10"),
            (2_105, "21.05", "21,05"),
        ] {
            assert_eq!(hundredths(number, Locale::en), en);
            assert_eq!(hundredths(number, Locale::es), es);
        }
    }
}
