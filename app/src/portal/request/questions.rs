//! What a service asks in the step "details", and whenever a waiting request is edited: the fields with what was typed,
//! and the sentence beside each answer that cannot be taken.

use booking::ids::ServiceId;
use booking::question::{AnswerKind, NO, Question, YES, field};
use leptos::prelude::*;

use super::choices::{Choices, answer_key};
use super::in_words::Row;
use crate::answer_words;
use crate::ask;
use crate::i18n::td_string;
use crate::kit::form::FormState;
use crate::kit::{Icon, Pick};
use crate::trouble::{self, Trouble};

/// The address says so when the last step led back, because an answer cannot be taken.
pub const WRONG: &str = "wrong";

/// What is asked, and what was answered so far.
#[derive(Clone, Debug)]
pub struct Asked {
    questions: Vec<Question>,
    answers: Vec<(String, String)>,
}

impl Asked {
    /// What the service asks this client.
    ///
    /// # Errors
    /// The desk's.
    pub async fn load(service: ServiceId, choices: &Choices) -> Result<Self, Trouble> {
        let (desk, who) = (ask::desk()?, ask::contact()?);
        Ok(Self {
            questions: desk.questions_asked(&who, service).await?,
            answers: choices.answers.clone(),
        })
    }

    fn typed(&self, question: &Question) -> String {
        let key = answer_key(&question.id);
        let found = self.answers.iter().find(|(of, _)| *of == key);
        found.map_or_else(String::new, |(_, typed)| typed.clone())
    }

    /// Whether an answer cannot be taken.
    #[must_use]
    pub fn wrong(&self) -> bool {
        let refused = |one: &Question| one.ask.answer(&self.typed(one)).is_err();
        self.questions.iter().any(refused)
    }

    /// The lines of the summary.
    #[must_use]
    pub fn rows(&self, none: &str) -> Vec<Row> {
        let row = |(place, one): (usize, &Question)| {
            let typed = self.typed(one);
            Row {
                name: one.ask.words.clone(),
                value: match typed.trim() {
                    "" => none.to_owned(),
                    typed => answer_words::words(one.ask.kind, typed),
                },
                step: Some("/details"),
                field: Some(field(place)),
            }
        };
        self.questions.iter().enumerate().map(row).collect()
    }

    /// The fields. Drawn inside their form: once it was refused, or led back to, each says what is wrong with it.
    pub fn fields(self) -> impl IntoView + use<> {
        let form = FormState::around();
        let says = form.posted.is_some() || ask::query(WRONG).is_some();
        let fields = self.questions.iter().map(|one| {
            let name = format!("answer[{}]", answer_key(&one.id));
            let typed = form.typed(&name).unwrap_or_else(|| self.typed(one));
            let error = one.ask.answer(&typed).err().filter(|_| says);
            let error = error.map(|why| trouble::words(why, ask::locale()));
            ask_one(one, name, typed, error)
        });
        fields.collect_view()
    }
}

fn ask_one(
    one: &Question,
    name: String,
    typed: String,
    error: Option<&'static str>,
) -> impl IntoView + use<> {
    let (locale, id, required) = (ask::locale(), one.id.to_string(), one.ask.required);
    let optional = (!required)
        .then(|| view! { <span class="font-normal text-muted">" ("{td_string!(locale, common.optional)}")"</span> });
    let by = error.map(|_| format!("{id}-error"));
    let wrong = error.map(|_| "true");
    let must = required.then_some("true");
    let pick = |picks: Vec<Pick>| {
        let options = picks.into_iter().map(|pick| {
            let selected = pick.value == typed;
            view! { <option value=pick.value selected=selected>{pick.text}</option> }
        });
        view! {
            <select id=id.clone() name=name.clone() class="select" aria-required=must aria-invalid=wrong aria-describedby=by.clone()>
                <option value="">{td_string!(locale, questions.choose)}</option>
                {options.collect_view()}
            </select>
        }
        .into_any()
    };
    let line = |inputmode: Option<&'static str>, longest: u32| {
        view! {
            <input
                type="text" id=id.clone() name=name.clone() value=typed.clone() class="input" maxlength=longest inputmode=inputmode
                aria-required=must aria-invalid=wrong aria-describedby=by.clone()
            />
        }
        .into_any()
    };
    let control = match one.ask.kind {
        AnswerKind::Text => line(None, 200),
        AnswerKind::Number => line(Some("decimal"), 24),
        AnswerKind::Choice => pick(one.ask.options.iter().map(|o| Pick::new(o, o)).collect()),
        AnswerKind::YesNo => pick(vec![
            Pick::new(YES, td_string!(locale, questions.yes)),
            Pick::new(NO, td_string!(locale, questions.no)),
        ]),
    };
    let words = one.ask.words.clone();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{words}{optional}</label>
            {control}
            {error.map(|words| view! {
                <p class="field-error" id=format!("{id}-error") role="alert"><Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/>{words}</p>
            })}
        </div>
    }
}
