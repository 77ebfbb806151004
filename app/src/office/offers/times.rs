//! "Propose other times": free times nearby to tick, and up to three of one's own, each with what speaks against it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::fields::{self, Sheet};
use super::send::OfficeProposeTimes;
use super::typed::{ROWS, TypedOffer, carried};
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Form, Look, Once};
use crate::office::section::Beside;
use crate::{ask, site};

/// The page `/office/requests/:reference/times`.
#[component]
pub fn TimesPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let (typed, _) = TypedOffer::here(OfficeProposeTimes::PATH);
        let sheet = Sheet::load(&desk, &staff, &ask::part("reference"), typed, ROWS).await?;
        let locale = sheet.voice.locale;
        let (reference, client) = (
            sheet.found.reference.clone(),
            sheet.found.client_name.clone(),
        );
        let here = format!("/office/requests/{reference}");
        let title = td_string!(locale, offers.propose_title, reference = reference);
        let text = td_string!(locale, offers.propose_text, client = client);
        Ok(view! {
            <div class="plain-page">
                {fields::head(&sheet, title, text)}
                <Form action=OfficeProposeTimes::PATH posted=ask::posted() locale class="sheet flex max-w-3xl flex-col gap-5 p-4">
                    <Once key=ask::fresh_key()/>
                    {fields::hidden(&sheet)}
                    {nearby(&sheet)}
                    {own(&sheet)}
                    {fields::length(&sheet)}
                    {fields::words(&sheet)}
                    <div class="flex flex-wrap gap-2">
                        <Button look=Look::Primary>{td_string!(locale, offers.send_times)}</Button>
                        <button class="btn btn-plain" formmethod="get" formaction=format!("{here}/times") formnovalidate=true>{td_string!(locale, offers.check)}</button>
                        <ButtonLink href=here>{td_string!(locale, common.cancel)}</ButtonLink>
                    </div>
                </Form>
            </div>
        })
    })
}

fn nearby(sheet: &Sheet) -> impl IntoView + use<> {
    let (locale, voice) = (sheet.voice.locale, &sheet.voice);
    let boxes = sheet.choices.free.iter().map(|free| {
        let value = carried(free.start, free.technician.0);
        let ticked = sheet.typed.pick.contains(&value);
        let text = format!(
            "{} · {}",
            voice.times.span(free.start, free.end),
            free.technician.1
        );
        view! {
            <label class="tick">
                <input type="checkbox" name="pick[]" value=value checked=ticked class="checkbox checkbox-primary"/>
                <span>{text}</span>
            </label>
        }
    });
    let boxes = boxes.collect_view();
    let none = sheet.choices.free.is_empty().then(|| {
        view! { <p class="text-muted">{td_string!(locale, offers.none_nearby)}</p> }
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">{td_string!(locale, offers.nearby)}</legend>
            <div class="grid gap-x-4 sm:grid-cols-2">{boxes}</div>
            {none}
            <Beside name="pick"/>
        </fieldset>
    }
}

fn own(sheet: &Sheet) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    let rows = (0..ROWS).map(|row| {
        let n = row + 1;
        let labels = [
            td_string!(locale, offers.nth_date, n = n),
            td_string!(locale, offers.nth_time, n = n),
            td_string!(locale, offers.nth_technician, n = n),
        ];
        fields::time_row(sheet, row, labels)
    });
    let rows = rows.collect_view();
    view! {
        <fieldset class="flex flex-col gap-3">
            <legend class="field-label mb-2">{td_string!(locale, offers.own)}</legend>
            {rows}
            {fields::zone(sheet)}
        </fieldset>
    }
}
