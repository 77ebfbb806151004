//! "Send a quote": when it would be, lines with their prices, the tax, until when it holds. The sum is worked out by the
//! server whenever the page is drawn; another line is a drawing of the same page that keeps what was typed.

use booking::offer::{Amount, MOST_LINES, totals};
use booking::zone;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::fields::{self, Cell, Sheet};
use super::send::OfficeSendQuote;
use super::typed::{TypedOffer, VALID, field};
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Field, Form, Look, Once, money};
use crate::office::requests::local;
use crate::office::section::Beside;
use crate::{ask, site};

/// How many lines a new quote begins with.
const FIRST_LINES: usize = 3;

/// The page `/office/requests/:reference/quote`.
#[component]
pub fn QuotePage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let (typed, whole) = TypedOffer::here(OfficeSendQuote::PATH);
        let mut sheet = Sheet::load(&desk, &staff, &ask::part("reference"), typed, 1).await?;
        if !whole {
            begin(&mut sheet);
        }
        let locale = sheet.voice.locale;
        let (reference, client) = (
            sheet.found.reference.clone(),
            sheet.found.client_name.clone(),
        );
        let here = format!("/office/requests/{reference}");
        let path = format!("{here}/quote");
        let title = td_string!(locale, offers.quote_title, reference = reference);
        let text = td_string!(locale, offers.quote_text, client = client);
        Ok(view! {
            <div class="plain-page">
                {fields::head(&sheet, title, text)}
                <Form action=OfficeSendQuote::PATH posted=ask::posted() locale class="sheet flex max-w-3xl flex-col gap-5 p-4">
                    <Once key=ask::fresh_key()/>
                    {fields::hidden(&sheet)}
                    {when(&sheet)}
                    {lines(&sheet, path.clone())}
                    {price(&sheet)}
                    {fields::words(&sheet)}
                    <div class="flex flex-wrap gap-2">
                        <Button look=Look::Primary>{td_string!(locale, offers.send_quote)}</Button>
                        <button class="btn btn-plain" formmethod="get" formaction=path formnovalidate=true>{td_string!(locale, offers.check)}</button>
                        <ButtonLink href=here>{td_string!(locale, common.cancel)}</ButtonLink>
                    </div>
                </Form>
            </div>
        })
    })
}

/// What a new quote begins with: the time asked for, or the first that is free; the service at its price; a week.
fn begin(sheet: &mut Sheet) {
    let currency = ask::business().currency;
    let (found, voice) = (&sheet.found, &sheet.voice);
    let choices = &sheet.choices;
    let free = choices.asked.as_ref().or(choices.free.first());
    let free = free.map(|free| (free.start, Some(free.technician.0)));
    let asked = found.start.map(|start| {
        let who = found.asked.as_ref().map(|(id, _)| *id);
        (start, who)
    });
    let first = free.or(asked);
    if let Some((start, technician)) = first {
        let form = local(voice.zone, start);
        sheet.typed.date = vec![form.date];
        sheet.typed.time = vec![form.time];
        sheet.typed.technician = vec![technician.map_or_else(String::new, |id| id.to_string())];
    }
    let price = found
        .price_minor
        .map(|minor| money::typed(minor, &currency));
    sheet.typed.words = vec![found.service_name.clone()];
    sheet.typed.quantity = vec!["1".to_owned()];
    sheet.typed.unit = vec![price.unwrap_or_default()];
    let last = zone::date(&voice.zone, voice.times.now + VALID);
    sheet.typed.valid_until = last.to_string();
}

fn when(sheet: &Sheet) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    let labels = [
        td_string!(locale, queue.date).to_owned(),
        td_string!(locale, queue.time).to_owned(),
        td_string!(locale, queue.technician).to_owned(),
    ];
    view! {
        <fieldset class="flex flex-col gap-3">
            <legend class="field-label mb-2">{td_string!(locale, offers.when)}</legend>
            {fields::time_row(sheet, 0, labels)}
            {fields::zone(sheet)}
        </fieldset>
        {fields::length(sheet)}
    }
}

fn lines(sheet: &Sheet, path: String) -> impl IntoView + use<> {
    let (locale, typed) = (sheet.voice.locale, &sheet.typed);
    let wanted = typed.words.len() + usize::from(!typed.more.is_empty());
    let count = wanted.clamp(FIRST_LINES, MOST_LINES);
    let rows = (0..count).map(|row| line(sheet, row)).collect_view();
    let more = (count < MOST_LINES).then(|| {
        view! { <button class="btn btn-plain" name="more" value="1" formmethod="get" formaction=path formnovalidate=true>{td_string!(locale, offers.add_line)}</button> }
    });
    view! {
        <fieldset class="flex flex-col gap-3">
            <legend class="field-label mb-2">{td_string!(locale, offers.lines)}</legend>
            <p class="field-hint">{td_string!(locale, offers.line_hint)}</p>
            {rows}
            <Beside name="lines"/>
            <div>{more}</div>
        </fieldset>
    }
}

fn line(sheet: &Sheet, row: usize) -> impl IntoView + use<> {
    let (locale, typed) = (sheet.voice.locale, &sheet.typed);
    let n = row + 1;
    let of = |name: &'static str, short: &str, word: &str, all: &[String]| Cell {
        name,
        field: field(short, row),
        label: format!("{word} {n}"),
        value: all.get(row).cloned().unwrap_or_default(),
    };
    let words = of(
        "words[]",
        "words",
        td_string!(locale, offers.words),
        &typed.words,
    );
    let quantity = of(
        "quantity[]",
        "quantity",
        td_string!(locale, offers.quantity),
        &typed.quantity,
    );
    let unit = of(
        "unit[]",
        "unit",
        td_string!(locale, offers.unit),
        &typed.unit,
    );
    view! {
        <div class="grid grid-cols-2 items-start gap-3 sm:grid-cols-[minmax(0,1fr)_7rem_9rem]" role="group" aria-label=td_string!(locale, offers.nth, n = n)>
            <div class="max-sm:col-span-2">{fields::cell("text", "", words)}</div>
            {fields::cell("text", "decimal", quantity)}
            {fields::cell("text", "decimal", unit)}
        </div>
    }
}

/// The tax, the last day, and the sum of what can be read.
fn price(sheet: &Sheet) -> impl IntoView + use<> {
    let (locale, typed) = (sheet.voice.locale, &sheet.typed);
    let currency = ask::business().currency;
    let sum = typed.lines(&currency).ok().zip(typed.tax_bp().ok());
    let sum = sum.and_then(|(lines, tax)| {
        let amounts: Vec<Amount> = lines.iter().map(|(_, amount)| *amount).collect();
        totals(&amounts, tax).ok()
    });
    let sum = sum.map(|sum| {
        let total = money(sum.gross.minor(), &currency, locale);
        view! { <p class="font-semibold tabular-nums">{td_string!(locale, offers.total)} " " {total}</p> }
    });
    view! {
        <div class="pair">
            <Field name="tax" label=td_string!(locale, offers.tax) inputmode="decimal" value=typed.tax.clone()/>
            <Field name="valid_until" kind="date" label=td_string!(locale, offers.valid_until) hint=td_string!(locale, offers.valid_hint) value=typed.valid_until.clone() required=true/>
        </div>
        {sum}
    }
}
