//! The third step: notes, ticket, and what the visit is for. A form that carries everything on to the last step; the
//! button that changes the time carries it too, so that nothing typed is lost.

use desk::free_slots::BookableService;
use desk::subjects::Subject;
use leptos::prelude::*;

use super::choices::Choices;
use super::in_words;
use super::parts::{Carried, Question, Step};
use super::photos::Photos;
use super::questions::Asked;
use super::times::find_service;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, EnterSends, Field, Hidden, Icon, Look, TextArea, Tick};
use crate::portal::itself::Counted;
use crate::trouble::Trouble;

/// The page `/request/{service}/details`.
#[component]
pub fn Details() -> impl IntoView {
    crate::site::page(async move {
        let mut choices = Choices::here();
        let service = find_service(&ask::part("service")).await?;
        choices.length = Some(in_words::length_or_first(&service.lengths, choices.length));
        let when = format!("/request/{}", service.id);
        if choices.start.is_none() && !choices.window.is_asked() {
            ask::go(&choices.link(&when));
        }
        let question = td_string!(ask::locale(), portal.wizard.details);
        let form = form(&service, &choices).await?;
        Ok(view! {
            <Step number=3 back=choices.link(&when) question=question/>
            <Question text=question/>
            {form}
        })
    })
}

async fn form(
    service: &BookableService,
    choices: &Choices,
) -> Result<impl IntoView + use<>, Trouble> {
    let locale = ask::locale();
    let (name, line) = (service.name.clone(), in_words::choice_line(choices));
    let when = format!("/request/{}", service.id);
    let check = format!("{when}/check");
    let key = choices.key.clone().unwrap_or_else(ask::fresh_key);
    let about = About::load(choices).await?;
    let asked = Asked::load(service.id, choices).await?;
    let photos = Photos::load(choices, format!("{when}/details"), None).await?;
    Ok(view! {
        <form method="get" action=check class="flex max-w-2xl flex-col gap-5 pb-24 lg:pb-0">
            <EnterSends/>
            <Carried choices=choices.clone()/>
            <Hidden name="key" value=key/>
            <div class="sheet flex items-center gap-3 p-3">
                <span class="grid size-9 place-items-center rounded-control bg-accent-soft text-accent-ink"><Icon name="icon-[lucide--calendar-check]"/></span>
                <div class="min-w-0 grow"><p class="font-semibold">{name}</p><p class="text-sm text-muted">{line}</p></div>
                <button formaction=when class="link px-2 py-3 text-sm font-semibold">{td_string!(locale, portal.wizard.change)}</button>
            </div>
            {asked.fields()}
            {about.fields()}
            {photos.fields()}
            <div class="choice-bar lg:justify-end">
                <Button look=Look::Primary class="grow lg:grow-0">
                    {td_string!(locale, portal.wizard.go_on)} <Icon name="icon-[lucide--arrow-right]"/>
                </Button>
            </div>
        </form>
    })
}

/// What the form about the visit starts with.
pub struct About {
    choices: Choices,
    subjects: Vec<Subject>,
}

impl About {
    /// The client's subjects, and what was chosen so far.
    ///
    /// # Errors
    /// The desk's.
    pub async fn load(choices: &Choices) -> Result<Self, Trouble> {
        let subjects = ask::desk()?.subjects(&ask::contact()?).await?;
        Ok(Self {
            choices: choices.clone(),
            subjects,
        })
    }

    /// What the visit is for, notes and ticket. Drawn inside its form, so that a refusal stands beside its field.
    pub fn fields(self) -> impl IntoView + use<> {
        let locale = ask::locale();
        let Choices {
            notes,
            ticket,
            subjects: chosen,
            ..
        } = self.choices;
        let boxes = self.subjects.into_iter().map(|subject| {
            let id = subject.id.to_string();
            let ticked = chosen.contains(&id);
            view! { <Tick name="subject[]" label=subject.name value=id ticked=ticked hint=subject.details/> }
        });
        let boxes: Vec<_> = boxes.collect();
        let label = ask::business().subjects(ask::locale());
        view! {
            {(!boxes.is_empty()).then(|| view! {
                <fieldset class="field"><legend class="field-label">{label}</legend>{boxes}</fieldset>
            })}
            <Counted left=in_words::notes_left()>
                <TextArea
                    name="notes" label=td_string!(locale, portal.wizard.notes) value=notes.unwrap_or_default() rows=5
                    hint=td_string!(locale, portal.wizard.notes_hint)
                />
            </Counted>
            <Field
                name="ticket" label=td_string!(locale, portal.wizard.ticket) value=ticket.unwrap_or_default()
                hint=td_string!(locale, portal.wizard.ticket_hint) longest=60
            />
        }
    }
}
