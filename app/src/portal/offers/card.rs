//! An open offer with its buttons: each time is one tap; a quote with its lines; a way to refuse it all with a word.

use booking::offer::{OfferKind, OfferStatus};
use desk::offers_shown::{OfferSeen, TimeSeen};
use desk::request_history::HistoryLine;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::answer::{AcceptOffer, RefuseOffer};
use crate::i18n::{Locale, td_string};
use crate::kit::form::FormState;
use crate::kit::{Banner, Button, Form, Hidden, Look, Once, Reader, TextArea, Tone, money};
use crate::trouble::Trouble;
use crate::{ask, quote_sheet};

/// The offer that a request waits with, for its page.
///
/// # Errors
/// Faults.
pub async fn open(reference: &str, version: i32) -> Result<Option<AnyView>, Trouble> {
    let offers = ask::desk()?.my_offers(&ask::contact()?, reference).await?;
    let open = offers
        .into_iter()
        .find(|offer| offer.status == OfferStatus::Open);
    let answer = Answer {
        reference: reference.to_owned(),
        version,
        token: String::new(),
        reader: ask::reader(),
    };
    Ok(open.map(|offer| {
        let title = title(&offer, answer.reader.locale);
        view! {
            <section class="sheet mb-5 flex flex-col gap-4 border-wait-line p-4" aria-labelledby="offer">
                <h2 id="offer" class="text-base font-semibold">{title}</h2>
                {draw(&answer, &offer)}
            </section>
        }
        .into_any()
    }))
}

/// For which request the answer is, and how it is sent.
pub(super) struct Answer {
    pub reference: String,
    pub version: i32,
    /// Of the letter's link; empty for who is signed in.
    pub token: String,
    pub reader: Reader,
}

/// What it is.
pub(super) fn title(offer: &OfferSeen, locale: Locale) -> String {
    match &offer.reference {
        Some(reference) => {
            td_string!(locale, offers.quote_for_you, reference = reference.clone())
        }
        None => td_string!(locale, offers.times_for_you).to_owned(),
    }
}

/// An open offer.
pub(super) fn draw(answer: &Answer, offer: &OfferSeen) -> impl IntoView + use<> {
    let locale = answer.reader.locale;
    let note = (!offer.note.is_empty())
        .then(|| view! { <p class="whitespace-pre-line">{offer.note.clone()}</p> });
    let times = offer.times.iter().map(|time| one(answer, offer, time));
    let times = times.collect_view();
    let expires = answer.reader.moment(offer.expires);
    let (text, table) = match offer.kind {
        OfferKind::Times => (Some(td_string!(locale, offers.times_text)), None),
        OfferKind::Quote => (None, Some(quote_sheet::table(offer, locale))),
    };
    let paper = offer.reference.clone().filter(|_| answer.token.is_empty());
    let paper = paper.map(|reference| {
        view! { <a class="link text-sm" href=format!("/quotes/{reference}")>{td_string!(locale, offers.see_paper)}</a> }
    });
    // On the page of the letter nothing can be edited.
    let ends = answer.token.is_empty();
    let ends = ends.then(|| td_string!(locale, offers.editing_ends_it));
    view! {
        {text.map(|text| view! { <p class="text-muted">{text}</p> })}
        {note}
        {table}
        {paper}
        <ul class="flex flex-col gap-3">{times}</ul>
        <p class="text-sm text-muted">{td_string!(locale, offers.answer_to, time = expires)} " " {ends}</p>
        {refuse(answer, offer)}
    }
}

/// A time with its button.
fn one(answer: &Answer, offer: &OfferSeen, time: &TimeSeen) -> impl IntoView + use<> {
    let locale = answer.reader.locale;
    let when = answer.reader.span(time.start, time.end);
    let with = td_string!(locale, offers.with, technician = time.technician.clone());
    let word = match offer.kind {
        OfferKind::Times => td_string!(locale, offers.take),
        OfferKind::Quote => td_string!(locale, offers.accept),
    };
    let id = time.id.to_string();
    let (carried, label) = (Carried::of(answer, offer), format!("when-{id}"));
    let described = label.clone();
    let button = match time.stands {
        true => view! {
            <Form action=AcceptOffer::PATH posted=ask::posted() locale mark=id.clone() class="flex flex-col gap-2">
                {carried.draw()}
                <Hidden name="time" value=id/>
                <button class="btn btn-primary" aria-describedby=described>{word}</button>
            </Form>
        }
        .into_any(),
        false => view! { <span class="pill tone-off">{td_string!(locale, offers.gone)}</span> }.into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3">
            <p id=label class="tabular-nums"><span class="block font-semibold">{when}</span> <span class="text-sm text-muted">{with}</span></p>
            {button}
        </li>
    }
}

/// What both forms carry unseen.
struct Carried {
    reference: String,
    version: i32,
    offer: String,
    token: String,
}

impl Carried {
    fn of(answer: &Answer, offer: &OfferSeen) -> Self {
        Self {
            reference: answer.reference.clone(),
            version: answer.version,
            offer: offer.id.to_string(),
            token: answer.token.clone(),
        }
    }

    fn draw(self) -> impl IntoView {
        view! {
            <Once key=ask::fresh_key()/>
            <Hidden name="reference" value=self.reference/>
            <Hidden name="version" value=self.version.to_string()/>
            <Hidden name="offer" value=self.offer/>
            <Hidden name="token" value=self.token/>
        }
    }
}

fn refuse(answer: &Answer, offer: &OfferSeen) -> impl IntoView + use<> {
    let locale = answer.reader.locale;
    let (summary, label) = match offer.kind {
        OfferKind::Times => (
            td_string!(locale, offers.none_fits),
            td_string!(locale, offers.word),
        ),
        OfferKind::Quote => (
            td_string!(locale, offers.refuse),
            td_string!(locale, offers.word_quote),
        ),
    };
    let carried = Carried::of(answer, offer);
    let posted = ask::posted();
    let open = posted
        .as_ref()
        .is_some_and(|posted| posted.is(RefuseOffer::PATH, None));
    view! {
        <details open=open>
            <summary class="btn btn-plain">{summary}</summary>
            <Form action=RefuseOffer::PATH posted locale class="mt-3 flex flex-col gap-3">
                {carried.draw()}
                <TextArea name="word" label hint=td_string!(locale, offers.word_hint) rows=2/>
                <div><Button look=Look::Plain>{td_string!(locale, offers.tell)}</Button></div>
            </Form>
        </details>
    }
}

/// What became of the answer that was just given, said once.
pub fn said() -> Option<AnyView> {
    if FormState::around().posted.is_some() || ask::posted().is_some() {
        return None;
    }
    let (locale, business) = (ask::locale(), ask::business().name);
    let (tone, words) = match ask::query("offer")?.as_str() {
        "accepted" => (Tone::Yes, td_string!(locale, offers.accepted).to_owned()),
        "refused" => (
            Tone::Info,
            td_string!(locale, offers.refused, business = business),
        ),
        "lost" => (Tone::No, td_string!(locale, offers.lost).to_owned()),
        "lost-all" => (
            Tone::No,
            td_string!(locale, offers.lost_all, business = business),
        ),
        "late" => (Tone::Wait, td_string!(locale, offers.late).to_owned()),
        _ => return None,
    };
    Some(view! { <div class="mb-4"><Banner tone alert=true>{words}</Banner></div> }.into_any())
}

/// What a line of history says, where it is about an offer, and its times.
#[must_use]
pub fn event(line: &HistoryLine) -> Option<(String, Vec<String>)> {
    let reader = ask::reader();
    let (locale, offer) = (reader.locale, line.offer.as_ref());
    let quote = offer.and_then(|offer| {
        let total = money(offer.total, &offer.currency, locale);
        offer.quote.clone().map(|reference| (reference, total))
    });
    let what = match (line.what.as_str(), quote) {
        ("quote_sent", Some((reference, total))) => {
            td_string!(
                locale,
                offers.event.quote,
                reference = reference,
                total = total
            )
        }
        ("times_proposed", _) => td_string!(locale, offers.event.times).to_owned(),
        ("approved", _) if offer.is_some() => td_string!(locale, offers.event.accepted).to_owned(),
        ("offer_refused", _) => td_string!(locale, offers.event.refused).to_owned(),
        ("offer_lost", _) => td_string!(locale, offers.event.lost).to_owned(),
        _ => return None,
    };
    let times = offer.iter().flat_map(|offer| offer.times.iter());
    let times = times.map(|span| reader.span(span.start(), span.end()));
    Some((what, times.collect()))
}
