//! The form of an appointment: what, for whom, who comes, when, with what. It is drawn from what was typed, and checked as it
//! stands; a new appointment and a changed one share it.

use desk::request_details::RequestDetails;
use desk::resources::ResourcePage as Resource;
use desk::services::{NewService, ServicePage as Service};
use desk::visit_check::VisitCheck;
use desk::{Desk, StaffPass};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::check::{self, Answer};
use super::typed::TypedVisit;
use crate::i18n::{Locale, td_string};
use crate::kit::{Choice, Field, Hidden, Pick, TextArea};
use crate::office::requests::Voice;
use crate::office::section::Beside;
use crate::trouble::{self, Trouble};

/// What the form chooses from.
pub struct Choices {
    /// Active services, and the one chosen.
    pub services: Vec<Service>,
    /// Active resources, and those taken.
    pub resources: Vec<Resource>,
    /// Technicians by id and name, where there is no check yet.
    pub technicians: Vec<(String, String)>,
    /// What the client has visits for: id and name.
    pub subjects: Vec<(String, String)>,
}

impl Choices {
    /// Asks the desk.
    ///
    /// # Errors
    /// Not allowed, no such client.
    pub async fn load(
        desk: &Desk,
        staff: &StaffPass,
        typed: &TypedVisit,
    ) -> Result<(Self, desk::clients::ClientPage), Trouble> {
        let client = desk.client(staff, typed.client()?).await?;
        let client = client.ok_or(booking::refusal::Refusal::NotFound)?;
        let services = desk.services(staff).await?.into_iter();
        let services = services
            .filter(|one| one.active || one.id.to_string() == typed.service)
            .collect();
        let resources = desk.resources(staff).await?.into_iter();
        let resources = resources
            .filter(|one| one.active || typed.resource.contains(&one.id.to_string()))
            .collect();
        let team = desk.team(staff).await?.into_iter();
        let technicians = team
            .filter(|one| one.form.active)
            .map(|one| (one.id.to_string(), one.name));
        let subjects = client.subjects.iter();
        let subjects = subjects
            .filter(|one| one.active || typed.subject.contains(&one.id.to_string()))
            .map(|one| (one.id.to_string(), one.name.clone()));
        let choices = Self {
            services,
            resources,
            technicians: technicians.collect(),
            subjects: subjects.collect(),
        };
        Ok((choices, client))
    }

    /// What somebody chooses from who answers a request and is no dispatcher: only what is asked for, by whoever can do it.
    ///
    /// # Errors
    /// No such request.
    pub async fn answering(
        desk: &Desk,
        staff: &StaffPass,
        asked: &RequestDetails,
    ) -> Result<Self, Trouble> {
        let found = desk.offer_choices(staff, &asked.reference, None).await?;
        let technicians = found.technicians.into_iter();
        let service = Service {
            id: asked.service,
            form: NewService {
                name: asked.service_name.clone(),
                lengths: vec![asked.length_min],
                ..NewService::default()
            },
            active: true,
            position: 0,
            version: 0,
        };
        let subjects = asked.subjects.iter();
        Ok(Self {
            services: vec![service],
            resources: Vec::new(),
            technicians: technicians
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
            subjects: subjects
                .map(|(id, name)| (id.to_string(), name.clone()))
                .collect(),
        })
    }

    /// The service chosen.
    pub fn service(&self, typed: &TypedVisit) -> Option<&Service> {
        self.services
            .iter()
            .find(|one| one.id.to_string() == typed.service)
    }

    /// The fields with the service's own length, where there is none or the page had put it there for another service.
    /// A length that somebody typed is kept.
    #[must_use]
    pub fn with_length(&self, mut typed: TypedVisit) -> TypedVisit {
        if let Some(service) = self.service(&typed) {
            let shortest = service.form.lengths.iter().min().copied().unwrap_or(60);
            if typed.length.is_empty() || typed.length_of_another() {
                typed.length = shortest.to_string();
                typed.length_was.clone_from(&typed.length);
            }
            typed.service_was.clone_from(&typed.service);
        }
        typed
    }
}

/// Draws the fields.
pub fn fields(
    voice: &Voice,
    choices: &Choices,
    typed: &TypedVisit,
    answer: &Answer,
    extra: AnyView,
) -> impl IntoView + use<> {
    let locale = voice.locale;
    view! {
        <Hidden name="whole" value="1"/>
        <Hidden name="client" value=typed.client.clone()/>
        <Hidden name="offset" value=typed.offset.clone()/>
        <div class="pair">
            <Choice name="service" label=td_string!(locale, visits.service) picks=services(choices) value=typed.service.clone() required=true/>
            {length(locale, choices, typed)}
        </div>
        <div class="pair">
            <Field name="date" kind="date" label=td_string!(locale, visits.date) value=typed.date.clone() required=true/>
            <Field name="time" kind="time" label=td_string!(locale, visits.time) value=typed.time.clone() required=true/>
        </div>
        {technicians(locale, choices, typed, answer.checked())}
        {seats(locale, choices, typed)}
        {subjects(voice, choices, typed)}
        {resources(locale, choices, typed)}
        <TextArea name="notes" label=td_string!(locale, visits.notes) hint=td_string!(locale, visits.notes_hint) value=typed.notes.clone() rows=2/>
        <TextArea name="internal_notes" label=td_string!(locale, visits.internal_notes) value=typed.internal_notes.clone() rows=2/>
        <Field name="ticket" label=td_string!(locale, visits.ticket) value=typed.ticket.clone() longest=100/>
        {extra}
    }
}

fn services(choices: &Choices) -> Vec<Pick> {
    let all = choices.services.iter();
    all.map(|one| Pick::new(one.id.to_string(), one.form.name.clone()))
        .collect()
}

fn length(locale: Locale, choices: &Choices, typed: &TypedVisit) -> impl IntoView + use<> {
    let offered = choices.service(typed).map(|service| {
        let lengths: Vec<String> = service
            .form
            .lengths
            .iter()
            .map(ToString::to_string)
            .collect();
        td_string!(locale, visits.lengths, list = lengths.join(", ")).to_string()
    });
    view! {
        <div data-part="length">
            <Hidden name="service_was" value=typed.service_was.clone()/>
            <Hidden name="length_was" value=typed.length_was.clone()/>
            <Field name="length" kind="number" label=td_string!(locale, visits.length) value=typed.length.clone() required=true min="5" max="1440" hint=offered.unwrap_or_default()/>
        </div>
    }
}

/// Everybody who could come, free ones first, each with what speaks against them.
fn technicians(
    locale: Locale,
    choices: &Choices,
    typed: &TypedVisit,
    check: Option<&VisitCheck>,
) -> impl IntoView + use<> {
    let rows: Vec<(String, String, String)> = match check {
        Some(check) => check
            .technicians
            .iter()
            .map(|one| {
                let note = match one.why.first() {
                    None => td_string!(locale, visits.free_with, count = one.that_day).to_string(),
                    Some(why) => trouble::words(*why, locale).to_owned(),
                };
                (one.id.to_string(), one.name.clone(), note)
            })
            .collect(),
        None => choices
            .technicians
            .iter()
            .map(|(id, name)| (id.clone(), name.clone(), String::new()))
            .collect(),
    };
    let boxes = rows.into_iter().map(|(id, name, note)| {
        let ticked = typed.technician.contains(&id);
        view! {
            <label class="tick">
                <input type="checkbox" name="technician[]" value=id checked=ticked class="checkbox checkbox-primary"/>
                <span>{name} " " <small class="text-muted">{note}</small></span>
            </label>
        }
    });
    view! {
        <fieldset class="field" data-part="technicians">
            <legend class="field-label">{td_string!(locale, visits.technicians)}</legend>
            <p class="field-hint">{td_string!(locale, visits.technicians_hint)}</p>
            {boxes.collect_view()}
            <Beside name="technicians"/>
        </fieldset>
    }
}

fn seats(locale: Locale, choices: &Choices, typed: &TypedVisit) -> impl IntoView + use<> {
    let group = choices
        .service(typed)
        .filter(|service| service.form.capacity > 1)
        .map(|service| service.form.capacity.to_string());
    let value = match typed.seats.is_empty() {
        true => "1".to_owned(),
        false => typed.seats.clone(),
    };
    view! {
        <div data-part="seats">
            {group.map(|most| view! { <Field name="seats" kind="number" label=td_string!(locale, visits.seats) value min="1" max=most/> })}
        </div>
    }
}

fn subjects(voice: &Voice, choices: &Choices, typed: &TypedVisit) -> Option<impl IntoView + use<>> {
    let boxes = choices.subjects.iter().map(|(id, name)| {
        let ticked = typed.subject.contains(id);
        view! {
            <label class="tick">
                <input type="checkbox" name="subject[]" value=id.clone() checked=ticked class="checkbox checkbox-primary"/>
                <span>{name.clone()}</span>
            </label>
        }
    });
    let boxes = boxes.collect_view();
    (!choices.subjects.is_empty()).then(|| {
        view! {
            <fieldset class="field">
                <legend class="field-label">{voice.subjects.clone()}</legend>
                <div class="tick-row">{boxes}</div>
                <Beside name="subjects"/>
            </fieldset>
        }
    })
}

fn resources(
    locale: Locale,
    choices: &Choices,
    typed: &TypedVisit,
) -> Option<impl IntoView + use<>> {
    let taken = |id: &str| {
        let place = typed.resource.iter().position(|one| one == id);
        place
            .and_then(|place| typed.units.get(place).cloned())
            .unwrap_or_default()
    };
    let open = typed
        .units
        .iter()
        .any(|units| !matches!(units.as_str(), "" | "0"));
    let rows = choices.resources.iter().map(|one| {
        let (id, form) = (one.id.to_string(), &one.form);
        let (label, units) = (form.name.clone(), taken(&id));
        let of = td_string!(locale, visits.units_of, count = form.units).to_string();
        view! {
            <label class="unit-row">
                <input type="hidden" name="resource[]" value=id/>
                <input type="number" class="input" name="units[]" min="0" max=form.units.to_string() value=units placeholder="0" aria-label=label.clone()/>
                <span>{label} " " <small class="text-muted">{form.kind.clone()} " · " {of}</small></span>
            </label>
        }
    });
    let rows = rows.collect_view();
    (!choices.resources.is_empty()).then(|| {
        view! {
            <details class="field" open=open>
                <summary class="field-label cursor-pointer">{td_string!(locale, visits.resources)}</summary>
                <p class="field-hint">{td_string!(locale, visits.resources_hint)}</p>
                {rows}
                <Beside name="resources"/>
            </details>
        }
    })
}

/// The frame of form and check side by side, with the script that checks while one types.
pub fn frame(
    voice: &Voice,
    answer: &Answer,
    typed: &TypedVisit,
    path: &str,
    (fields, buttons): (AnyView, AnyView),
) -> impl IntoView + use<> {
    let locale = voice.locale;
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    view! {
        <div class="visit-form" data-check=path.to_owned()>
            <div class="sheet flex flex-col gap-4 p-4">{fields}</div>
            <div class="sheet visit-side flex flex-col gap-4 p-4">
                <h2 class="text-base font-semibold">{td_string!(locale, visits.check.title)}</h2>
                {check::draw(voice, answer, typed, path)}
                <button class="btn btn-plain script-off" formmethod="get" formaction=path.to_owned() formnovalidate=true>{td_string!(locale, visits.check.again)}</button>
                {buttons}
            </div>
        </div>
        <script type="module" nonce=nonce inner_html=include_str!("check.js")></script>
    }
}
