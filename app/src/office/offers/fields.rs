//! What both forms have in common: the page around them, rows of fields that come several times, the word for the client and
//! the reason where rules are broken.

use booking::refusal::Refusal;
use booking::request::{RequestKind, RequestStatus};
use desk::offer_choices::OfferChoices;
use desk::request_details::RequestDetails;
use desk::{Desk, StaffPass};
use leptos::prelude::*;

use super::typed::TypedOffer;
use crate::i18n::{Locale, td_string};
use crate::kit::form::FormState;
use crate::kit::{Banner, Field, Hidden, PageHead, TextArea, Tone};
use crate::office::requests::facts::{Check, Verdict};
use crate::office::requests::{Voice, check};
use crate::trouble::Trouble;

/// What a page is drawn from.
pub struct Sheet {
    /// The request.
    pub found: RequestDetails,
    /// What there is to choose.
    pub choices: OfferChoices,
    /// How the reader reads.
    pub voice: Voice,
    /// What was typed; the length stands in it.
    pub typed: TypedOffer,
    /// The check of each row that says anything.
    pub checks: Vec<Option<Check>>,
}

impl Sheet {
    /// Asks the desk. `rows`: how many times can be typed.
    ///
    /// # Errors
    /// No such request, one that is decided, one that repeats.
    pub async fn load(
        desk: &Desk,
        staff: &StaffPass,
        reference: &str,
        typed: TypedOffer,
        rows: usize,
    ) -> Result<Self, Trouble> {
        let found = desk.request_details(staff, reference).await?;
        let found = found.ok_or(Refusal::NotFound)?;
        match (found.status, found.kind) {
            (RequestStatus::Pending, RequestKind::Recurring) => {
                return Err(Refusal::KindMismatch.into());
            }
            (RequestStatus::Pending, _) => {}
            (_, _) => return Err(Refusal::AlreadyDecided.into()),
        }
        let mut typed = typed;
        reference.clone_into(&mut typed.reference);
        if typed.length.is_empty() {
            typed.length = found.length_min.to_string();
        }
        let length = typed.length().ok().flatten();
        let length = length.filter(|length| booking::service::check_length(*length).is_ok());
        let choices = desk.offer_choices(staff, reference, length).await?;
        let mut checks = Vec::new();
        for row in 0..rows {
            let form = typed.row(row);
            let empty = form.date.is_empty() || form.time.is_empty() || form.technician.is_empty();
            checks.push(match empty {
                true => None,
                false => Some(check(desk, staff, &form).await?),
            });
        }
        Ok(Self {
            voice: Voice::here(desk).await?,
            found,
            choices,
            typed,
            checks,
        })
    }

    /// What was asked for, in a line.
    pub fn asked(&self) -> String {
        let row = &self.found;
        let when = self.voice.when(row.start.zip(row.end), row.dates.as_ref());
        td_string!(
            self.voice.locale,
            offers.asked,
            client = row.client_name.clone(),
            service = row.service_name.clone(),
            when = when
        )
    }
}

/// The head of the page, what was asked, and what an offer does.
pub fn head(sheet: &Sheet, title: String, text: String) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    let reference = sheet.found.reference.clone();
    let back = (
        format!("/office/requests/{reference}"),
        td_string!(locale, offers.back, reference = reference),
    );
    let again = sheet.found.awaiting_client.then(|| {
        view! { <Banner tone=Tone::Wait>{td_string!(locale, offers.again)}</Banner> }
    });
    view! {
        <PageHead title back/>
        <div class="mb-4 flex max-w-3xl flex-col gap-2">
            <p class="font-semibold">{sheet.asked()}</p>
            <p class="text-muted">{text}</p>
            {again}
        </div>
    }
}

/// What travels unseen in both forms.
pub fn hidden(sheet: &Sheet) -> impl IntoView + use<> {
    view! {
        <Hidden name="reference" value=sheet.found.reference.clone()/>
        <Hidden name="version" value=sheet.found.version.to_string()/>
    }
}

/// The length, the word for the client, and the reason where rules are broken.
pub fn length(sheet: &Sheet) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    view! {
        <div class="max-w-40"><Field name="length" kind="number" label=td_string!(locale, queue.length) value=sheet.typed.length.clone() required=true min="5" max="1440"/></div>
    }
}

/// The word for the client, and the reason where rules are broken.
pub fn words(sheet: &Sheet) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    let broken = sheet.checks.iter().flatten();
    let broken = broken
        .filter(|check| check.verdict == Verdict::Soft)
        .flat_map(|check| check.more.clone());
    let broken: Vec<String> = broken.collect();
    let asked = FormState::around().error("override_reason").is_some();
    let wanted = asked || !broken.is_empty() || !sheet.typed.override_reason.is_empty();
    let hint = match broken.is_empty() {
        true => String::new(),
        false => format!(
            "{} {}",
            td_string!(locale, offers.reason_needed),
            broken.join(" ")
        ),
    };
    let reason = wanted.then(|| {
        view! {
            <Field name="override_reason" label=td_string!(locale, queue.override_reason) hint=hint value=sheet.typed.override_reason.clone() longest=2000/>
        }
    });
    view! {
        <TextArea name="note" label=td_string!(locale, offers.note) value=sheet.typed.note.clone() rows=2/>
        {reason}
    }
}

/// A field whose name comes several times: its refusal is named after its row.
pub struct Cell {
    /// The name in the form: `words[]`.
    pub name: &'static str,
    /// What a refusal calls it: `words_2`.
    pub field: String,
    /// What it is for.
    pub label: String,
    /// What it holds.
    pub value: String,
}

/// An input of such a field.
pub fn cell(kind: &'static str, inputmode: &'static str, of: Cell) -> impl IntoView {
    let form = FormState::around();
    let id = form.id(&of.field);
    let error = form.error(&of.field);
    let by = error.is_some().then(|| format!("{id}-error"));
    let wrong = error.is_some().then_some("true");
    let inputmode = (!inputmode.is_empty()).then_some(inputmode);
    let longest = (kind == "text").then_some(200);
    view! {
        <div class="field min-w-0">
            <label class="field-label" for=id.clone()>{of.label}</label>
            <input class="input" id=id.clone() type=kind name=of.name value=of.value inputmode=inputmode maxlength=longest aria-describedby=by aria-invalid=wrong/>
            {error.map(|words| refused(format!("{id}-error"), words))}
        </div>
    }
}

fn refused(id: String, words: String) -> impl IntoView {
    view! {
        <p class="field-error" id=id role="alert"><crate::kit::Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/> {words}</p>
    }
}

/// Date, time and technician of one row, and what speaks against them.
pub fn time_row(sheet: &Sheet, row: usize, labels: [String; 3]) -> impl IntoView + use<> {
    let locale = sheet.voice.locale;
    let typed = sheet.typed.row(row);
    let [date, time, technician] = labels;
    let date = Cell {
        name: "date[]",
        field: format!("date_{}", row + 1),
        label: date,
        value: typed.date,
    };
    let time = Cell {
        name: "time[]",
        field: super::typed::field("time", row),
        label: time,
        value: typed.time,
    };
    let id = FormState::around().id(&format!("technician_{}", row + 1));
    let picks = sheet.choices.technicians.iter().map(|(id, name)| {
        let id = id.to_string();
        let selected = id == typed.technician;
        view! { <option value=id selected=selected>{name.clone()}</option> }
    });
    let picks = picks.collect_view();
    let verdict = sheet.checks.get(row).cloned().flatten();
    view! {
        <div class="grid grid-cols-2 items-start gap-3 sm:grid-cols-3">
            {cell("date", "", date)}
            {cell("time", "", time)}
            <div class="field min-w-0 max-sm:col-span-2">
                <label class="field-label" for=id.clone()>{technician}</label>
                <select class="select" id=id name="technician[]"><option value="">{td_string!(locale, queue.choose_technician)}</option>{picks}</select>
            </div>
        </div>
        {verdict.map(said)}
    }
}

/// What the desk says to a time.
fn said(check: Check) -> impl IntoView {
    let (class, icon) = match check.verdict {
        Verdict::Free => ("check check-free", "icon-[lucide--circle-check]"),
        Verdict::Clash => ("check check-clash", "icon-[lucide--circle-x]"),
        Verdict::Soft | Verdict::Unclear => ("check check-soft", "icon-[lucide--triangle-alert]"),
    };
    let more = check.more.into_iter();
    let more = more.map(|sentence| view! { <li>{sentence}</li> });
    view! {
        <div class=class><crate::kit::Icon name=icon/> <div><p>{check.sentence}</p><ul>{more.collect_view()}</ul></div></div>
    }
}

/// The zone of the business, where the reader's is another.
pub fn zone(sheet: &Sheet) -> Option<impl IntoView + use<>> {
    let (locale, zone): (Locale, _) = (sheet.voice.locale, sheet.voice.zone);
    (crate::ask::zone() != zone).then(|| {
        let text = td_string!(locale, schedule.zone, zone = zone.name()).to_string();
        view! { <p class="field-hint">{text}</p> }
    })
}
