//! What a letter shows of an offer: the times to choose from, or the price of a quote and the time it is for.

use app::kit::money;
use desk::outbox::{LetterFacts, OfferFacts, TimeFacts};
use leptos_i18n::td_string;

use super::layout::Row;
use super::{Reader, plain, when};

/// The offer with nothing in it that could break a letter.
pub(super) fn cleaned(offer: OfferFacts) -> OfferFacts {
    let line = |words: &str| plain::line(words, 200);
    OfferFacts {
        times: offer
            .times
            .into_iter()
            .map(|time| TimeFacts {
                technician: line(&time.technician),
                ..time
            })
            .collect(),
        quote: offer.quote.map(|mut quote| {
            quote.reference = line(&quote.reference);
            quote.currency = line(&quote.currency);
            quote
        }),
        note: plain::lines(&offer.note),
    }
}

/// The word of staff to the client.
pub(super) fn note(said: &LetterFacts) -> &str {
    said.offer.as_ref().map_or("", |offer| &offer.note)
}

/// One row for each time, and for a quote its reference and what it comes to.
pub(super) fn rows(said: &LetterFacts, reader: &Reader<'_>) -> Vec<Row> {
    let Some(offer) = &said.offer else {
        return Vec::new();
    };
    let l = reader.locale;
    let row = |label: String, value: String, is_time: bool| Row {
        label,
        value,
        was: None,
        is_time,
    };
    let mut rows = Vec::new();
    for (n, time) in (1..).zip(&offer.times) {
        let label = match offer.quote {
            Some(_) => td_string!(l, letters.label.when).to_owned(),
            None => td_string!(l, offers.letter.option, n = n),
        };
        let span = when::span(time.start, time.end, reader.zone, l);
        let technician = time.technician.clone();
        let value = td_string!(l, offers.letter.at, time = span, technician = technician);
        rows.push(row(label, value, true));
    }
    if let Some(quote) = &offer.quote {
        let total = money(quote.total_minor, &quote.currency, l);
        let label = td_string!(l, offers.letter.quote);
        rows.push(row(label.to_owned(), quote.reference.clone(), false));
        rows.push(row(
            td_string!(l, offers.letter.total).to_owned(),
            total,
            false,
        ));
    }
    rows
}
